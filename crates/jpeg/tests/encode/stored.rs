//! What a JPEG file holds, read by zune-jpeg, and how far it may be from what was encoded.

use masthead_picture::{Dimensions, Plane};
use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

/// The planes of a file, as they are stored.
pub(crate) fn planes(file: &[u8]) -> Vec<Plane> {
    let mut decoder = JpegDecoder::new(ZCursor::new(file));
    decoder.decode_headers().unwrap();
    let mut raw = decoder.raw_output();
    let layout = raw.layout().unwrap();
    let count = raw.num_components().unwrap();
    let mut buffers: Vec<Vec<u8>> = layout[..count].iter().map(|plane| vec![0; plane.byte_size]).collect();
    raw.decode_into_planes(&mut buffers.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
    buffers
        .iter()
        .zip(layout)
        .map(|(buffer, plane)| {
            let rows = buffer.chunks(plane.stride).take(plane.height).flat_map(|row| &row[..plane.width]);
            let dimensions = Dimensions::new(plane.width as u32, plane.height as u32).unwrap();
            Plane::new(dimensions, rows.copied().collect()).unwrap()
        })
        .collect()
}

/// The segments of a file up to its first scan: markers and what they hold.
pub(crate) fn segments(file: &[u8]) -> Vec<(u8, &[u8])> {
    let mut segments = Vec::new();
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = file[at..at + 4] else { panic!("no marker at {at}") };
        let length = usize::from(u16::from_be_bytes([high, low]));
        segments.push((marker, &file[at + 4..][..length - 2]));
        if marker == 0xda {
            return segments;
        }
        at += 2 + length;
    }
}

/// Checks that what is stored is what was encoded, but for what quantisation changes: coefficients by half a step and the dead
/// zone, in hundredths of a step, at most. The transform keeps sums of squares, so they bound those of samples.
pub(crate) fn check(file: &[u8], encoded: &[&Plane], dead_zone: u8) {
    let steps = |index: u8| {
        let mut tables = segments(file).into_iter().filter(|(marker, _)| *marker == 0xdb);
        tables.find_map(|(_, content)| (content[0] == index).then(|| content[1..].to_vec())).unwrap()
    };
    let read = planes(file);
    assert_eq!(read.len(), encoded.len());
    for (i, (read, plane)) in read.iter().zip(encoded).enumerate() {
        assert_eq!(read.dimensions(), plane.dimensions());
        // A coefficient is rounded, and integers lose something on the way; so do samples, all 64 of them.
        let most = |step: &u8| f64::from(*step) * (0.5 + f64::from(dead_zone) / 100.0) + 0.75;
        let bound = steps((i > 0).into()).iter().map(|step| most(step).powi(2)).sum::<f64>().sqrt() + 64_f64.sqrt();
        for top in (0..read.height()).step_by(8) {
            for left in (0..read.width()).step_by(8) {
                let mut error = 0.0;
                for y in top..read.height().min(top + 8) {
                    for x in left..read.width().min(left + 8) {
                        error += (f64::from(read.row(y)[x]) - f64::from(plane.row(y)[x])).powi(2);
                    }
                }
                assert!(error.sqrt() <= bound, "component {i}, block at {left}, {top}: {} > {bound}", error.sqrt());
            }
        }
    }
}
