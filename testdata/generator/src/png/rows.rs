//! From samples to filtered rows: bit packing, Adam7, filters.

use super::{Filters, Png};

/// First column and row, then the steps between columns and rows, of Adam7's seven passes.
const ADAM7: [(usize, usize, usize, usize); 7] =
    [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

/// All rows, each behind the number of its filter, as they go into the zlib stream.
pub(super) fn filtered(png: &Png) -> Vec<u8> {
    let passes: &[_] = if png.interlaced { &ADAM7 } else { &[(0, 0, 1, 1)] };
    let mut stream = Vec::new();
    for &(left, top, dx, dy) in passes {
        let columns: Vec<usize> = (left..png.width).step_by(dx).collect();
        if columns.is_empty() {
            continue;
        }
        let mut above = Vec::new();
        for (i, y) in (top..png.height).step_by(dy).enumerate() {
            let row = packed(png, y, &columns);
            above.resize(row.len(), 0);
            stream.extend(filter_row(png, &row, &above, i));
            above = row;
        }
    }
    stream
}

fn packed(png: &Png, y: usize, columns: &[usize]) -> Vec<u8> {
    let channels = png.colour.channels();
    let samples = columns.iter().flat_map(|&x| {
        let first = (y * png.width + x) * channels;
        &png.samples[first..first + channels]
    });
    match png.depth {
        16 => samples.flat_map(|sample| sample.to_be_bytes()).collect(),
        8 => samples.map(|&sample| sample as u8).collect(),
        depth => {
            let depth = usize::from(depth);
            let mut row = vec![0; (columns.len() * depth).div_ceil(8)];
            for (i, &sample) in samples.enumerate() {
                row[i * depth / 8] |= (sample as u8) << (8 - depth - i * depth % 8);
            }
            row
        }
    }
}

fn filter_row(png: &Png, row: &[u8], above: &[u8], number: usize) -> Vec<u8> {
    let bytes_per_pixel = (png.colour.channels() * usize::from(png.depth)).div_ceil(8);
    let candidate = |filter| apply(filter, row, above, bytes_per_pixel);
    match png.filters {
        _ if png.depth < 8 || png.palette.is_some() => candidate(0),
        Filters::InTurn => candidate((number % 5) as u8),
        Filters::Smallest => {
            let cost =
                |row: &Vec<u8>| -> u32 { row[1..].iter().map(|&byte| u32::from((byte as i8).unsigned_abs())).sum() };
            (0..5).map(candidate).min_by_key(cost).expect("five filters")
        }
    }
}

fn apply(filter: u8, row: &[u8], above: &[u8], bytes_per_pixel: usize) -> Vec<u8> {
    let before = |row: &[u8], i: usize| i.checked_sub(bytes_per_pixel).map_or(0, |i| row[i]);
    let predicted = |i: usize| {
        let (left, up, corner) = (before(row, i), above[i], before(above, i));
        match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => left.midpoint(up),
            _ => paeth(left, up, corner),
        }
    };
    let differences = (0..row.len()).map(|i| row[i].wrapping_sub(predicted(i)));
    std::iter::once(filter).chain(differences).collect()
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |&candidate: &u8| (estimate - i16::from(candidate)).abs();
    [left, up, corner].into_iter().min_by_key(distance).expect("three candidates")
}
