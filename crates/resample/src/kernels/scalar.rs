//! The definition of the results.

use masthead_picture::Transfer;

use super::{BLOCK, Columns, HALF, MIDDLE, Pair, ROWS, SHIFT, Sums, TILE_WIDTH, Values, WEIGHT_BITS};

pub(super) fn look_up(upper: &[u8], lower: &[u8], _ahead: usize, values: &Values, pairs: &mut [Pair]) {
    let value = |samples: &[[u32; 256]; 2], upper: u8, lower: u8| {
        let bits = samples[0][usize::from(upper)] | samples[1][usize::from(lower)];
        [bits as u16 as i16, (bits >> 16) as i16]
    };
    // Eight samples a load.
    let (upper_eights, upper_rest) = upper.as_chunks::<8>();
    let (lower_eights, lower_rest) = lower.as_chunks::<8>();
    let (pair_eights, pair_rest) = pairs.as_chunks_mut::<8>();
    for ((upper, lower), pairs) in upper_eights.iter().zip(lower_eights).zip(&mut *pair_eights) {
        let (upper, lower) = (u64::from_le_bytes(*upper), u64::from_le_bytes(*lower));
        *pairs = std::array::from_fn(|i| value(&values.pairs, (upper >> (8 * i)) as u8, (lower >> (8 * i)) as u8));
    }
    let rest = pair_eights.as_flattened_mut()[8 * upper_eights.len()..].iter_mut().chain(pair_rest);
    for ((upper, lower), pair) in upper_rest.iter().zip(lower_rest).zip(rest) {
        *pair = value(&values.pairs, *upper, *lower);
    }
}

pub(super) fn widen(upper: &[u8], lower: &[u8], _ahead: usize, pairs: &mut [Pair]) {
    let value = |sample: &u8| (i16::from(*sample) - 128) << 7;
    for ((upper, lower), pair) in upper.iter().zip(lower).zip(pairs) {
        *pair = [value(upper), value(lower)];
    }
}

pub(super) fn interleave(upper: &[i16], lower: &[i16], pairs: &mut [Pair]) {
    for ((upper, lower), pair) in upper.iter().zip(lower).zip(pairs) {
        *pair = [*upper, *lower];
    }
}

pub(super) fn sum_rows(pairs: &[Pair], offsets: &[usize], sums: Sums<'_>, width: usize, stride: usize, to: &mut [i16]) {
    let Some((base, _)) = sums.iter().next() else { return };
    for column in (0..width).step_by(BLOCK) {
        for (y, (first, weights)) in sums.iter().enumerate() {
            let mut totals = [HALF; BLOCK];
            for (offset, weight) in offsets[first - base..][..weights.len()].iter().zip(weights) {
                for (total, pair) in totals.iter_mut().zip(&pairs[offset + column..][..BLOCK]) {
                    *total += product(*pair, *weight);
                }
            }
            for (to, total) in to[y * stride + column..][..BLOCK].iter_mut().zip(totals) {
                *to = (total >> SHIFT).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            }
        }
    }
}

pub(super) fn to_columns(rows: &[i16], stride: usize, columns: &mut [Columns]) {
    for (x, column) in columns.iter_mut().enumerate() {
        *column = std::array::from_fn(|row| [rows[row * stride + 2 * x], rows[row * stride + 2 * x + 1]]);
    }
}

pub(super) fn sum_columns(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u16; ROWS]]) {
    for_each_sum(columns, base, sums, (MIDDLE << SHIFT) + HALF, to, |total| {
        (total >> SHIFT).clamp(0, 2 * MIDDLE - 1) as u16
    });
}

pub(super) fn sum_columns_of_samples(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u8; ROWS]]) {
    let start = (MIDDLE << SHIFT) + (HALF << 7);
    for_each_sum(columns, base, sums, start, to, |total| (total >> (SHIFT + 7)).clamp(0, 255) as u8);
}

pub(super) fn encode(values: &[[u16; ROWS]; TILE_WIDTH], samples: &mut [[u8; ROWS]; TILE_WIDTH]) {
    let transfer = Transfer::srgb();
    for (sample, value) in samples.as_flattened_mut().iter_mut().zip(values.as_flattened()) {
        *sample = transfer.encode(*value);
    }
}

pub(super) fn to_rows(columns: &[[u8; ROWS]; TILE_WIDTH], stride: usize, rows: &mut [u8]) {
    for (y, row) in rows.chunks_mut(stride).take(ROWS).enumerate() {
        for (sample, column) in row.iter_mut().zip(columns) {
            *sample = column[y];
        }
    }
}

#[inline(always)]
pub(super) fn lanczos3(first: f32, step: f32, weights: &mut [[i32; 8]]) {
    // A number of this size has no bits for fractions: what is added to it is rounded, and stands in its lowest bits.
    const ROUND: f32 = (3 << 22) as f32;
    let steps = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0_f32];
    for (eight, weights) in weights.iter_mut().enumerate() {
        let first = first + step * (8 * eight as i32) as f32;
        for (weight, i) in weights.iter_mut().zip(steps) {
            let value = lanczos3_at(first + step * i) * (1 << WEIGHT_BITS) as f32;
            *weight = (value + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
        }
    }
}

/// `sinc(x) * sinc(x / 3)` with one sine instead of two: with `s = sin(pi x / 3)`, `sin(pi x) = s (3 - 4 s^2)`.
///
/// Half a million weights are computed for one banner, so the sine is its Taylor series up to degree 11.
#[inline(always)]
fn lanczos3_at(x: f32) -> f32 {
    use std::f32::consts::PI;
    // At 0 the quotient has no value; near it, it is 1.
    let x = if x.abs() > 1e-4 { x.abs() } else { 1e-4 };
    let third = x * (1.0 / 3.0);
    let angle = PI * if third < 0.5 { third } else { 1.0 - third };
    let square = angle * angle;
    let fourth = square * square;
    let low = (1.0 - square * (1.0 / 6.0)) + fourth * (1.0 / 120.0 - square * (1.0 / 5040.0));
    let high = 1.0 / 362_880.0 - square * (1.0 / 39_916_800.0);
    let sine = angle * (low + fourth * fourth * high);
    let square = sine * sine;
    let weight = square * (3.0 - 4.0 * square) / (PI * PI * third * x);
    if x < 3.0 { weight } else { 0.0 }
}

#[inline(always)]
fn for_each_sum<T>(
    columns: &[Columns],
    base: usize,
    sums: Sums<'_>,
    start: i32,
    to: &mut [[T; ROWS]],
    finish: impl Fn(i32) -> T,
) {
    for ((first, weights), to) in sums.iter().zip(to) {
        let mut totals = [start; ROWS];
        for (column, weight) in columns[first - base..].iter().zip(weights) {
            for (total, pair) in totals.iter_mut().zip(column) {
                *total += product(*pair, *weight);
            }
        }
        *to = totals.map(&finish);
    }
}

#[inline(always)]
fn product(pair: Pair, weight: Pair) -> i32 {
    i32::from(pair[0]) * i32::from(weight[0]) + i32::from(pair[1]) * i32::from(weight[1])
}
