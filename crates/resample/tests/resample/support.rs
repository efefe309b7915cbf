//! Which samples a target depends on.

use std::ops::Range;

use masthead_resample::{Dimensions, Filter, Light, Plane, Resampler, Resampling, SourceRect, Target};
use proptest::prelude::*;

use crate::sharing::plane;

/// The samples of a plane outside of these columns and rows, replaced by others.
fn changed_outside(plane: &Plane, columns: &Range<i64>, rows: &Range<i64>, other: &Plane) -> Plane {
    let mut samples = Vec::new();
    for y in 0..plane.height() {
        for x in 0..plane.width() {
            let inside = columns.contains(&(x as i64)) && rows.contains(&(y as i64));
            samples.push(if inside { plane.row(y)[x] } else { other.row(y)[x] });
        }
    }
    Plane::new(plane.dimensions(), samples).unwrap()
}

fn made(plane: &Plane, target: Target, filter: Filter) -> Plane {
    let resampling = Resampling::new(plane.dimensions(), &[target], filter).unwrap();
    Resampler::new().resample_all(&resampling, plane, Light::Gamma).remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn samples_outside_the_support_count_for_nothing(
        width in 1u32..300, height in 1u32..60, target_width in 1u32..60, target_height in 1u32..60,
        edges in [0.0f64..1.0, 0.0..1.0, 0.01..0.4, 0.01..0.4], level in 0u32..4, filter in 0usize..5, seed: u32,
    ) {
        let source = plane(width, height, seed);
        let (w, h) = (f64::from(width) * edges[2], f64::from(height) * edges[3]);
        let rect = SourceRect::new(edges[0] * (f64::from(width) - w), edges[1] * (f64::from(height) - h), w, h).unwrap();
        let target = Target { rect, dimensions: Dimensions::new(target_width, target_height).unwrap(), level };
        let filter = Filter::ALL[filter];
        let (columns, rows) = target.support(filter);
        let changed = changed_outside(&source, &columns, &rows, &plane(width, height, seed.wrapping_add(2)));
        prop_assert_eq!(made(&source, target, filter), made(&changed, target, filter));
    }
}

/// It is not much wider than it must be: what lies a filter's width further in counts.
#[test]
fn samples_inside_the_support_count() {
    let source = Plane::filled(Dimensions::new(400, 200).unwrap(), 255);
    let black = Plane::filled(source.dimensions(), 0);
    let rect = SourceRect::new(100.0, 50.0, 200.0, 100.0).unwrap();
    for (size, level) in [((150, 75), 0), ((50, 25), 0), ((50, 25), 1), ((20, 10), 2), ((400, 300), 0)] {
        let target = Target { rect, dimensions: Dimensions::new(size.0, size.1).unwrap(), level };
        for &filter in Filter::ALL {
            let (columns, rows) = target.support(filter);
            let unchanged = made(&source, target, filter);
            let reduction = 200.0 / f64::from(size.0);
            let slack = (2.0 * reduction).ceil() as i64 + 2 + 20 * i64::from(level);
            for (columns, rows) in [
                (columns.start + slack..columns.end, rows.clone()),
                (columns.start..columns.end - slack, rows.clone()),
                (columns.clone(), rows.start + slack..rows.end),
                (columns.clone(), rows.start..rows.end - slack),
            ] {
                let changed = changed_outside(&source, &columns, &rows, &black);
                assert!(made(&changed, target, filter) != unchanged, "{filter} {size:?} {level} {columns:?} {rows:?}");
            }
        }
    }
}
