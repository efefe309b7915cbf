//! Chroma upsampling: from the samples of a component to one for each pixel.

use crate::{Component, Plane, Ratio, Rect, Sampling};

/// The samples of `component` at each pixel centre of `window`, interpolated linearly; at the edges of the plane the
/// nearest sample holds on.
pub(crate) fn upsampled(component: Component, window: Rect) -> Plane {
    let Component { plane, sampling, left, top } = component;
    if sampling == Sampling::FULL {
        let own = Rect::new(left, top, plane.dimensions()).expect("a component lies inside its picture");
        if own == window {
            return plane;
        }
        let inside = Rect::new(window.left() - left, window.top() - top, window.dimensions());
        return inside.and_then(|rect| plane.cropped(rect)).expect("a component holds its window");
    }
    let columns: Vec<_> =
        (window.left()..window.right()).map(|x| neighbours(sampling.horizontal, x, left, plane.width())).collect();
    let mut samples = Vec::with_capacity(columns.len() * window.height() as usize);
    for y in window.top()..window.bottom() {
        let (above, below, down) = neighbours(sampling.vertical, y, top, plane.height());
        let (above, below) = (plane.row(above), plane.row(below));
        samples.extend(columns.iter().map(|&(before, after, along)| {
            let mix = |row: &[u8]| u32::from(row[before]) * (256 - along) + u32::from(row[after]) * along;
            ((mix(above) * (256 - down) + mix(below) * down + (1 << 15)) >> 16) as u8
        }));
    }
    Plane::new(window.dimensions(), samples).expect("a sample was made for each pixel")
}

/// The two samples between which the centre of pixel `position` lies, counted from `origin`, and how far it is from
/// the first to the second, in 256ths.
fn neighbours(ratio: Ratio, position: u32, origin: u32, length: usize) -> (usize, usize, u32) {
    let (numerator, denominator) = (i64::from(ratio.numerator()), i64::from(ratio.denominator()));
    // (position + 1/2) * ratio - 1/2, in units of 1 / (2 * denominator).
    let center = (2 * i64::from(position) + 1) * numerator - denominator - 2 * denominator * i64::from(origin);
    let unit = 2 * denominator;
    let last = length as i64 - 1;
    let before = center.div_euclid(unit);
    let fraction = center.rem_euclid(unit) * 256 / unit;
    (before.clamp(0, last) as usize, (before + 1).clamp(0, last) as usize, fraction as u32)
}
