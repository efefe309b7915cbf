use std::f64::consts::PI;

use masthead_simd::SimdLevel;
use masthead_testdata::Random;

use super::super::token::token;
use super::*;
use crate::tables::{LUMA_STEPS, ZIGZAG};
use crate::{DeadZone, Quality};

/// Rows of samples of four blocks: noise of every strength, flat ones, and black and white only. A few of them for Miri, which is slow.
fn samples() -> Vec<[[u8; QUAD_WIDTH]; 8]> {
    let mut random = Random::new(1);
    let mut kinds = vec![[[0; QUAD_WIDTH]; 8], [[255; QUAD_WIDTH]; 8]];
    let (noisy, positions) = if cfg!(miri) { (4, 0..1) } else { (600, 0..64) };
    for quad in 0..noisy {
        let (strength, base) = (1 + random.below(256), random.below(256));
        kinds.push(std::array::from_fn(|_| {
            std::array::from_fn(|_| match quad % 3 {
                0 => random.below(2) as u8 * 255,
                _ => (base + random.below(strength)).min(255) as u8,
            })
        }));
    }
    // The largest coefficients: black and white as the signs of each basis function.
    for position in positions {
        kinds.push(std::array::from_fn(|y| {
            std::array::from_fn(|x| if basis(position, x % 8, y) > 0.0 { 255 } else { 0 })
        }));
    }
    kinds
}

/// The basis function of coefficient `position`, in row-major order (T.81, A.3.3).
fn basis(position: usize, x: usize, y: usize) -> f64 {
    let cosine = |frequency: usize, at: usize| {
        let scale = if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
        scale / 2.0 * ((2 * at + 1) as f64 * frequency as f64 * PI / 16.0).cos()
    };
    cosine(position % 8, x) * cosine(position / 8, y)
}

fn blocks(level: SimdLevel, samples: &[[u8; QUAD_WIDTH]; 8], quantiser: &Quantiser) -> [Block; QUAD] {
    let mut blocks = [[Block::ZERO; QUAD]];
    transform(level, &samples.each_ref().map(|row| &row[..]), 0, quantiser, &mut blocks);
    let [blocks] = blocks;
    blocks
}

#[test]
#[cfg_attr(miri, ignore = "nothing unsafe, and slow there")]
fn coefficients_are_those_of_the_definition() {
    let quantiser = Quantiser::new(&[1; 64], DeadZone::default());
    for samples in samples() {
        for (i, block) in blocks(SimdLevel::Scalar, &samples, &quantiser).iter().enumerate() {
            for (coefficient, position) in block.coefficients.iter().zip(ZIGZAG) {
                let mut exact = 0.0;
                for (y, row) in samples.iter().enumerate() {
                    for (x, sample) in row[8 * i..][..8].iter().enumerate() {
                        exact += (f64::from(*sample) - 128.0) * basis(position.into(), x, y);
                    }
                }
                // Half a step of rounding, and what integers lose on the way.
                assert!((f64::from(*coefficient) - exact).abs() < 0.75, "{position}: {coefficient} {exact}");
            }
        }
    }
}

#[test]
fn all_levels_give_the_same_blocks() {
    let quality = |number| Quality::new(number).unwrap().scaled(&LUMA_STEPS);
    for (steps, dead_zone) in [([1; 64], 0), (quality(85), 0), (quality(20), 10), (quality(1), 50)] {
        let quantiser = Quantiser::new(&steps, DeadZone::new(dead_zone).unwrap());
        for samples in samples() {
            let expected = blocks(SimdLevel::Scalar, &samples, &quantiser);
            for block in &expected {
                let nonzero = block.coefficients.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(*value != 0));
                assert_eq!(block.nonzero, nonzero);
            }
            for level in SimdLevel::all() {
                assert_eq!(blocks(level, &samples, &quantiser), expected, "{} {dead_zone}", level.name());
            }
        }
    }
}

#[test]
fn all_levels_give_the_same_tokens() {
    let mut random = Random::new(2);
    let mut blocks = vec![Block::ZERO; 90];
    for block in &mut blocks {
        let (rarity, strength) = (1 + random.below(40), 1 + random.below(1023));
        for (i, coefficient) in block.coefficients.iter_mut().enumerate() {
            if random.below(rarity) == 0 {
                *coefficient = (random.below(2 * strength + 1) as i64 - strength as i64) as i16;
                block.nonzero |= u64::from(*coefficient != 0) << i;
            }
        }
    }
    let scan_block = |i: u16| ScanBlock { index: (!i.is_multiple_of(17)).then_some(i % 90), component: (i % 3) as u8 };
    let order: Vec<ScanBlock> = (0..200).map(scan_block).collect();
    for count in [0, 1, 15, 16, 17, 200] {
        let made = |level| {
            let mut predictors = [-1024, 1023, 0];
            let mut made = vec![0; order.len() * MAX_BLOCK_TOKENS + SPARE_TOKENS];
            let length = tokens(level, &blocks, &order[..count], &mut predictors, &mut made);
            made.truncate(length);
            (made, predictors)
        };
        for level in SimdLevel::all() {
            assert_eq!(made(level), made(SimdLevel::Scalar), "{} {count}", level.name());
        }
    }
}

/// The first differs from 5 by -3, the second from 2 by nothing; after it come 17 zeros, 1, 45 zeros and the last, -2.
#[test]
fn tokens_say_what_a_block_has() {
    let mut block = Block::ZERO;
    (block.coefficients[0], block.coefficients[18], block.coefficients[63]) = (2, 1, -2);
    block.nonzero = 1 | 1 << 18 | 1 << 63;
    let order = [ScanBlock { index: Some(0), component: 0 }, ScanBlock { index: None, component: 0 }];
    let expected = [
        token(0, 2, 0b00),
        token(1, 0xf0, 0),
        token(1, 0x11, 0b1),
        token(1, 0xf0, 0),
        token(1, 0xf0, 0),
        token(1, 0xc2, 0b01),
        token(0, 0, 0),
        token(1, 0, 0),
    ];
    SimdLevel::test_all(|level| {
        let mut made = [0; 2 * MAX_BLOCK_TOKENS + SPARE_TOKENS];
        let count = tokens(level, &[block.clone()], &order, &mut [5, 0, 0], &mut made);
        assert_eq!(made[..count], expected, "{level}");
    });
}
