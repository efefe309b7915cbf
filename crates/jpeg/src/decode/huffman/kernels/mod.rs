//! Decoding MCUs, for each SIMD level.
//!
//! All levels have the same code. With the bit manipulation of the AVX2 level the compiler makes one instruction of a shift by a variable
//! count, of a count of zeros, and of a load with a byte swap. Only PDEP has to be named.

use super::coding::{Coding, State};
use super::layout::Mcus;
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;

#[cfg(target_arch = "x86_64")]
mod avx2;
mod scalar;

masthead_simd::kernels! {
    /// Decodes MCUs between which there is no restart marker: see [`coding::decode`](super::coding::decode).
    pub(super) fn decode(
        coding: &Coding,
        state: &mut State<'_>,
        mcus: &Mcus<'_>,
        blocks: &mut [Block],
        nonzero: &mut [u64],
        keep: bool,
    ) -> Result<(), Damage> => avx2, scalar;
}
