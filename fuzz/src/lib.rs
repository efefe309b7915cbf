//! What the targets of the JPEG decoder have in common: files to planes, by masthead and by libjpeg-turbo.

use masthead_jpeg::{DecodeError, Header, RowDecoder};
use masthead_libjpeg_turbo::Planes;
use masthead_picture::Rect;
use masthead_simd::SimdLevel;

/// The samples of each component in a window of the picture, and where they are.
pub type Windows = Vec<(Rect, Vec<u8>)>;

/// Decodes a window of a file.
///
/// # Errors
/// What masthead refuses.
pub fn decode(level: SimdLevel, file: &[u8], header: &Header, window: Rect) -> Result<Windows, DecodeError> {
    let mut decoder = RowDecoder::with_simd(level, file, header, window)?;
    let layout = decoder.layout().to_vec();
    let mut rows: Vec<Vec<u8>> = layout.iter().map(|layout| vec![0; layout.samples()]).collect();
    let rects = header.components().iter().map(|component| component.sampling().cover(window));
    let mut windows: Windows = rects.map(|rect| (rect, Vec::new())).collect();
    let mcu_rows = decoder.mcu_rows();
    for mcu_row in 0..mcu_rows.end {
        decoder.decode_mcu_row(&mut rows.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
        if !mcu_rows.contains(&mcu_row) {
            continue;
        }
        for ((rows, layout), (rect, samples)) in rows.iter().zip(&layout).zip(&mut windows) {
            for (y, row) in (mcu_row * layout.height as u32..).zip(rows.chunks(layout.width)) {
                if (rect.top()..rect.bottom()).contains(&y) {
                    let left = (rect.left() - layout.left) as usize;
                    samples.extend(&row[left..left + rect.width() as usize]);
                }
            }
        }
    }
    Ok(windows)
}

/// The whole picture, for which all SIMD levels must say the same.
///
/// # Errors
/// What masthead refuses.
pub fn decode_whole(file: &[u8], header: &Header) -> Result<Windows, DecodeError> {
    let whole = Rect::of(header.dimensions());
    let scalar = decode(SimdLevel::Scalar, file, header, whole);
    for level in SimdLevel::all() {
        assert_eq!(decode(level, file, header, whole), scalar, "{level}");
    }
    scalar
}

/// A window is a part of the whole picture.
pub fn check_window(file: &[u8], header: &Header, whole: &Windows, window: Rect) {
    let parts = decode(SimdLevel::detect(), file, header, window).unwrap();
    for ((rect, part), (all, samples)) in parts.iter().zip(whole) {
        let rows = samples.chunks(all.width() as usize).skip(rect.top() as usize).take(rect.height() as usize);
        let expected: Vec<u8> =
            rows.flat_map(|row| &row[rect.left() as usize..rect.right() as usize]).copied().collect();
        assert!(*part == expected, "window {window}");
    }
}

/// The samples are those of libjpeg-turbo.
pub fn check_planes(header: &Header, ours: &Windows, theirs: &Planes) {
    let dimensions = header.dimensions();
    assert_eq!((dimensions.width(), dimensions.height()), (theirs.width, theirs.height));
    assert_eq!(ours.len(), theirs.planes.len());
    for (i, ((rect, samples), plane)) in ours.iter().zip(&theirs.planes).enumerate() {
        assert_eq!((rect.width(), rect.height()), (plane.width, plane.height), "component {i}");
        for (y, row) in (0..plane.height).zip(samples.chunks(plane.width as usize)) {
            assert_eq!(row, plane.row(y), "component {i}, row {y}");
        }
    }
}

/// A window of a picture, by four bytes.
pub fn window(header: &Header, choices: [u8; 4]) -> Rect {
    let dimensions = header.dimensions();
    let below = |choice: u8, bound: u32| u32::from(choice) * bound / 256;
    let (left, top) = (below(choices[0], dimensions.width()), below(choices[1], dimensions.height()));
    let right = left + 1 + below(choices[2], dimensions.width() - left);
    let bottom = top + 1 + below(choices[3], dimensions.height() - top);
    Rect::from_edges(left, top, right, bottom).expect("it has a pixel")
}
