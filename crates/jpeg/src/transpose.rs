//! The transposition that lies between the two passes of both transforms.

use std::arch::x86_64::*;

/// Both halves, each 8x8 values.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn transposed(mut rows: [__m256i; 8]) -> [__m256i; 8] {
    // Vectors 0 and 4, 1 and 5, ... are unpacked to vectors 0 and 1, 2 and 3, ...: a perfect shuffle of the 64 values, and
    // three of those are the transposition.
    for _ in 0..3 {
        let shuffled = rows;
        for i in 0..4 {
            rows[2 * i] = _mm256_unpacklo_epi16(shuffled[i], shuffled[i + 4]);
            rows[2 * i + 1] = _mm256_unpackhi_epi16(shuffled[i], shuffled[i + 4]);
        }
    }
    rows
}
