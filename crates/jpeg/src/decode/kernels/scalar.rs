//! The inverse transform in plain Rust: the definition of the results.

use super::factors::{EVEN, INNER, OUTER, SUMS};
use super::{Block, COLUMN_SHIFT, EXTRA_BITS, FACTOR_BITS, ROW_SHIFT, flat, is_flat, rows};

pub(super) fn inverse_transform(
    blocks: &mut [Block],
    nonzero: &mut [u64],
    steps: &[u16; 64],
    samples: &mut [u8],
    stride: usize,
) {
    let mut rows = rows(samples, stride, 8 * blocks.len());
    for (i, (block, nonzero)) in blocks.iter_mut().zip(nonzero).enumerate() {
        let made = if is_flat(*nonzero) {
            [[flat(block[0].wrapping_mul(steps[0] as i16)); 8]; 8]
        } else {
            transformed(block, steps)
        };
        (*block, *nonzero) = ([0; 64], 0);
        for (row, made) in rows.iter_mut().zip(made) {
            row[8 * i..][..8].copy_from_slice(&made);
        }
    }
}

/// The samples of a block.
pub(super) fn transformed(block: &Block, steps: &[u16; 64]) -> [[u8; 8]; 8] {
    let mut values = [[0; 8]; 8];
    for ((value, coefficient), step) in values.as_flattened_mut().iter_mut().zip(block).zip(steps) {
        *value = coefficient.wrapping_mul(*step as i16);
    }
    if block[8..].iter().all(|coefficient| *coefficient == 0) {
        // libjpeg-turbo's shortcut differs from the pass where this overflows.
        values = [values[0].map(|value| value.wrapping_shl(EXTRA_BITS)); 8];
    } else {
        values = pass::<COLUMN_SHIFT>(values);
    }
    let samples =
        pass::<ROW_SHIFT>(transposed(values)).map(|column| column.map(|value| (value.clamp(-128, 127) + 128) as u8));
    transposed(samples)
}

fn transposed<T: Copy>(values: [[T; 8]; 8]) -> [[T; 8]; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| values[x][y]))
}

/// Eight numbers side by side, each of another column. The compiler makes vectors of them.
type Lanes<T> = [T; 8];

#[inline(always)]
fn lanes<T, U>(a: Lanes<T>, b: Lanes<T>, each: impl Fn(T, T) -> U) -> Lanes<U>
where
    T: Copy,
{
    std::array::from_fn(|i| each(a[i], b[i]))
}

/// Sums of two products each.
#[inline(always)]
fn weighted(a: Lanes<i16>, b: Lanes<i16>, factors: [i16; 2]) -> Lanes<i32> {
    lanes(a, b, |a, b| i32::from(a) * i32::from(factors[0]) + i32::from(b) * i32::from(factors[1]))
}

/// Eight coefficients of each column to eight values, rounded while shifted to the right by `SHIFT`.
///
/// Sums of 32 bits do not overflow: factors sum up to less than 2^16 for each value, and inputs have 16 bits.
#[inline(always)]
fn pass<const SHIFT: u32>(coefficients: [Lanes<i16>; 8]) -> [Lanes<i16>; 8] {
    let [c0, c1, c2, c3, c4, c5, c6, c7] = coefficients;
    let sum = |a, b| lanes(a, b, |a: i32, b| a + b);
    let difference = |a, b| lanes(a, b, |a: i32, b| a - b);

    let plain = [lanes(c0, c4, i16::wrapping_add), lanes(c0, c4, i16::wrapping_sub)];
    let plain = plain.map(|lanes| lanes.map(|value| i32::from(value) << FACTOR_BITS));
    let turned = EVEN.map(|factors| weighted(c2, c6, factors));
    let even = [
        sum(plain[0], turned[0]),
        sum(plain[1], turned[1]),
        difference(plain[1], turned[1]),
        difference(plain[0], turned[0]),
    ];

    let (z3, z4) = (lanes(c7, c3, i16::wrapping_add), lanes(c5, c1, i16::wrapping_add));
    let sums = SUMS.map(|factors| weighted(z3, z4, factors));
    let outer = OUTER.map(|factors| weighted(c7, c1, factors));
    let inner = INNER.map(|factors| weighted(c5, c3, factors));
    let odd = [sum(outer[0], sums[1]), sum(inner[0], sums[0]), sum(inner[1], sums[1]), sum(outer[1], sums[0])];

    let shifted = |lanes: Lanes<i32>| {
        lanes.map(|sum| ((sum + (1 << SHIFT >> 1)) >> SHIFT).clamp(i16::MIN.into(), i16::MAX.into()) as i16)
    };
    std::array::from_fn(|i| shifted(if i < 4 { sum(even[i], odd[i]) } else { difference(even[7 - i], odd[7 - i]) }))
}
