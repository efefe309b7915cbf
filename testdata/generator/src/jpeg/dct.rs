//! The forward DCT, exact in integers until the one rounding at its end, and so exactly
//! symmetric: flipping or transposing a block flips signs or transposes its coefficients.

/// `cos(k * pi / 16) / 2` in 14 bits.
const HALF_COSINES: [i64; 9] = [8192, 8035, 7568, 6811, 5793, 4551, 3135, 1598, 0];
const SCALE: i64 = 1 << 28;

/// Position `i` of the zigzag order is coefficient `ZIGZAG[i]` of the block's rows.
pub(super) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Quantisation table `id` (0 luma, 1 chroma) in zigzag order, symmetric about its diagonal.
pub(super) fn quantisation(id: u8) -> [u16; 64] {
    let step = if id == 0 { 3 } else { 5 };
    ZIGZAG.map(|i| (3 + step * (i / 8 + i % 8)) as u16)
}

/// The quantised coefficients, in zigzag order, of a block of samples.
pub(super) fn forward(block: &[u8; 64], quantisation: &[u16; 64]) -> [i32; 64] {
    let mut rows = [0i64; 64];
    for (i, value) in rows.iter_mut().enumerate() {
        let (y, u) = (i / 8, i % 8);
        *value = (0..8).map(|x| basis(u, x) * (i64::from(block[y * 8 + x]) - 128)).sum();
    }
    let mut quantised = [0; 64];
    for (position, value) in quantised.iter_mut().enumerate() {
        let (v, u) = (ZIGZAG[position] / 8, ZIGZAG[position] % 8);
        let sum: i64 = (0..8).map(|y| basis(v, y) * rows[y * 8 + u]).sum();
        let divisor = SCALE * i64::from(quantisation[position]);
        *value = (sum.signum() * ((sum.abs() + divisor / 2) / divisor)) as i32;
    }
    quantised
}

/// The value at `x` of the cosine with frequency `u`, scaled to unit length, in 14 bits.
fn basis(u: usize, x: usize) -> i64 {
    if u == 0 {
        return HALF_COSINES[4];
    }
    match (2 * x + 1) * u % 32 {
        angle @ 0..=8 => HALF_COSINES[angle],
        angle @ 9..=16 => -HALF_COSINES[16 - angle],
        angle @ 17..=24 => -HALF_COSINES[angle - 16],
        angle => HALF_COSINES[32 - angle],
    }
}
