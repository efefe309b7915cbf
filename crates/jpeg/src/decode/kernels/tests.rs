use masthead_libjpeg_turbo::{Coefficients, CoefficientsOfComponent, ColorSpace, Script, planes};
use masthead_simd::SimdLevel;
use masthead_testdata::Random;

use super::*;
use crate::tables::ZIGZAG;

/// Of quantisation, row-major.
type Steps = [u16; 64];

/// Blocks of up to 64 coefficients, none larger than `most`, and their bits.
fn blocks(random: &mut Random, count: usize, most: u64) -> (Vec<Block>, Vec<u64>) {
    let block = |_| {
        let (mut block, mut nonzero) = ([0; 64], 0);
        // Many have one of the lengths at which something else is done.
        let length = [1, 10, 11, 1 + random.below(64)][random.below(4) as usize] as usize;
        let rarity = 1 + random.below(4);
        for (k, position) in ZIGZAG.into_iter().enumerate().take(length) {
            if k + 1 == length || random.below(rarity) == 0 {
                let value = (random.below(2 * most + 1) as i64 - most as i64) as i16;
                block[usize::from(position)] = value;
                nonzero |= u64::from(k > 0 && value != 0) << (63 - k);
            }
        }
        // A row without columns, and a column without rows.
        let kept: fn(usize) -> bool = match random.below(8) {
            0 => |position| position < 8,
            1 => |position| position.is_multiple_of(8),
            _ => |_| true,
        };
        for (k, position) in ZIGZAG.into_iter().map(usize::from).enumerate() {
            if !kept(position) {
                block[position] = 0;
                nonzero &= !(1 << (63 - k));
            }
        }
        (block, nonzero)
    };
    (0..count).map(block).unzip()
}

/// Eight rows of samples; what is beside them stays.
fn transform(level: SimdLevel, blocks: &[Block], nonzero: &[u64], steps: &Steps) -> Vec<u8> {
    const BESIDE: usize = 3;
    let (mut blocks, mut nonzero) = (blocks.to_vec(), nonzero.to_vec());
    let width = 8 * blocks.len();
    let mut samples = vec![77; 8 * width + 7 * BESIDE];
    inverse_transform(level, &mut blocks, &mut nonzero, steps, &mut samples, width + BESIDE);
    assert!(blocks.iter().all(|block| *block == [0; 64]) && nonzero.iter().all(|bits| *bits == 0), "{level}");
    let mut rows = Vec::new();
    for row in samples.chunks(width + BESIDE) {
        rows.extend_from_slice(&row[..width]);
        assert!(row[width..].iter().all(|beside| *beside == 77), "{level}");
    }
    rows
}

/// Steps and sizes of coefficients: usual ones, the largest of baseline files, and such that products overflow.
fn kinds(random: &mut Random) -> [(Steps, u64); 5] {
    let mut noise = |most: u64| std::array::from_fn(|_| 1 + random.below(most) as u16);
    [(noise(30), 60), ([1; 64], 1023), (noise(255), 1023), (noise(65535), 1), (noise(65535), 1023)]
}

#[test]
fn all_levels_give_the_same_samples() {
    let mut random = Random::new(1);
    // A few of them for Miri, which is slow: flat pairs, low and full ones, such that overflow, and a single block.
    let (rounds, counts) = if cfg!(miri) { (1, &[11][..]) } else { (200, &[0, 1, 2, 3, 4, 7, 22][..]) };
    for round in 0..rounds {
        for (steps, most) in kinds(&mut random).into_iter().take(if cfg!(miri) { 1 } else { 5 }) {
            for most in [most, 32767] {
                let (blocks, nonzero) = blocks(&mut random, *counts.last().expect("there are some"), most);
                for &count in counts {
                    let made = |level| transform(level, &blocks[..count], &nonzero[..count], &steps);
                    let expected = made(SimdLevel::Scalar);
                    for level in SimdLevel::all() {
                        assert_eq!(made(level), expected, "{level}: round {round}, {count} blocks of {most}");
                    }
                }
            }
        }
    }
    SimdLevel::test_all(|_| ());
}

/// More bits than needed are no mistake: sequential scans give those that they have.
#[test]
#[cfg_attr(miri, ignore = "nothing else than above is read or written")]
fn bits_of_zeros_do_not_matter() {
    let mut random = Random::new(2);
    let (blocks, nonzero) = blocks(&mut random, 64, 1023);
    let last = |bits: &u64| bits & bits.wrapping_neg();
    let (last, all): (Vec<u64>, Vec<u64>) = nonzero.iter().map(|bits| (last(bits), u64::MAX)).unzip();
    SimdLevel::test_all(|level| {
        let expected = transform(level, &blocks, &nonzero, &[9; 64]);
        for bits in [&last, &all] {
            assert!(transform(level, &blocks, bits, &[9; 64]) == expected, "{level}");
        }
    });
}

/// The sum of all basis functions, in `f64` (T.81, A.3.3).
#[test]
#[cfg_attr(miri, ignore = "nothing unsafe, and slow there")]
fn samples_are_those_of_the_definition() {
    let mut random = Random::new(3);
    let cosine = |frequency: usize, at: usize| {
        let scale = if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
        scale / 2.0 * ((2 * at + 1) as f64 * frequency as f64 * std::f64::consts::PI / 16.0).cos()
    };
    for most in [1, 8, 100, 1000] {
        let (blocks, nonzero) = blocks(&mut random, 100, most);
        let samples = transform(SimdLevel::Scalar, &blocks, &nonzero, &[1; 64]);
        for (i, block) in blocks.iter().enumerate() {
            for position in 0..64 {
                let (x, y) = (position % 8, position / 8);
                let exact = block
                    .iter()
                    .enumerate()
                    .map(|(k, coefficient)| f64::from(*coefficient) * cosine(k % 8, x) * cosine(k / 8, y));
                let exact = (exact.sum::<f64>() + 128.0).clamp(0.0, 255.0);
                let sample = f64::from(samples[y * 800 + 8 * i + x]);
                // Half a step of rounding, and what integers lose on the way.
                assert!((sample - exact).abs() < 0.6, "{sample} {exact}");
            }
        }
    }
}

/// Also where products and sums overflow.
#[test]
#[cfg_attr(miri, ignore = "Miri cannot call it")]
fn samples_are_those_of_libjpeg_turbo() {
    if !masthead_libjpeg_turbo::available() {
        return;
    }
    let mut random = Random::new(4);
    for round in 0..50 {
        for (steps, most) in kinds(&mut random) {
            let (mut blocks, nonzero) = blocks(&mut random, 100, most);
            // The DC coefficient is coded as a difference of at most 11 bits.
            blocks.iter_mut().for_each(|block| block[0] %= 1024);
            let expected = expected(&blocks, &steps);
            for level in SimdLevel::all() {
                let made = transform(level, &blocks, &nonzero, &steps);
                assert!(made == expected, "{level}: round {round}, {most}");
            }
        }
    }
}

/// As libjpeg-turbo decodes a file of these blocks.
fn expected(blocks: &[Block], steps: &Steps) -> Vec<u8> {
    let component = CoefficientsOfComponent {
        horizontal: 1,
        vertical: 1,
        blocks_across: blocks.len() as u32,
        steps: *steps,
        blocks: blocks.to_vec(),
    };
    let width = 8 * component.blocks_across;
    let file = Coefficients { width, height: 8, color_space: ColorSpace::Gray, components: vec![component] };
    let file = file.write(&Script::Interleaved, 0, false).expect("coefficients have at most 10 bits");
    let mut planes = planes(&file).expect("libjpeg-turbo reads what it writes");
    assert_eq!(planes.warnings, 0, "{}", planes.warning);
    planes.planes.remove(0).samples
}
