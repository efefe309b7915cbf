//! What a JPEG file holds, and how far it may be from what was encoded.

use masthead_jpeg::{Header, RowDecoder};
use masthead_picture::{Dimensions, Plane, Rect};

/// The planes of a file, as they are stored: read by masthead's decoder and, where it is there, by libjpeg-turbo, to which they must
/// be the same.
pub(crate) fn planes(file: &[u8]) -> Vec<Plane> {
    let planes = read(file);
    if masthead_libjpeg_turbo::AVAILABLE {
        let turbo = masthead_libjpeg_turbo::planes(file).unwrap();
        assert_eq!(turbo.warnings, 0, "{}", turbo.warning);
        assert_eq!(turbo.planes.len(), planes.len());
        for (turbo, plane) in turbo.planes.iter().zip(&planes) {
            assert_eq!(Dimensions::new(turbo.width, turbo.height), Some(plane.dimensions()));
            assert!((0..).zip(plane.rows()).all(|(y, row)| turbo.row(y) == row), "libjpeg-turbo reads other samples");
        }
    }
    planes
}

/// The planes of a file, by masthead's decoder.
pub(crate) fn read(file: &[u8]) -> Vec<Plane> {
    let header = Header::read(file, 100).unwrap();
    let mut decoder = RowDecoder::new(file, &header, Rect::of(header.dimensions())).unwrap();
    let mut buffers: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
    let mut planes = vec![Vec::new(); buffers.len()];
    let dimensions: Vec<Dimensions> = header
        .components()
        .iter()
        .map(|component| component.sampling().component_dimensions(header.dimensions()))
        .collect();
    for _ in decoder.mcu_rows() {
        let mut rows: Vec<&mut [u8]> = buffers.iter_mut().map(Vec::as_mut_slice).collect();
        decoder.decode_mcu_row(&mut rows).unwrap();
        for (index, plane) in planes.iter_mut().enumerate() {
            let rows = buffers[index].chunks_exact(decoder.layout()[index].width);
            rows.for_each(|row| plane.extend_from_slice(&row[..dimensions[index].width() as usize]));
        }
    }
    let whole = planes.into_iter().zip(dimensions).map(|(mut samples, dimensions)| {
        // The last MCU row may have rows beyond the edge.
        samples.truncate(dimensions.pixels() as usize);
        Plane::new(dimensions, samples).unwrap()
    });
    whole.collect()
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
