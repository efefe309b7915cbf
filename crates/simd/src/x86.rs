//! Vectors of x86-64 from and to memory.
//!
//! All functions are to be inlined into kernels, which have at least the instructions that these name.
//!
//! ```
//! use std::arch::x86_64::_mm256_add_epi8;
//! use masthead_simd::x86::{load_256, store_256};
//!
//! #[target_feature(enable = "avx2")]
//! fn double(samples: &mut [u8; 32]) {
//!     let vector = load_256(samples);
//!     store_256(samples, _mm256_add_epi8(vector, vector));
//! }
//! # // SAFETY: the processor has AVX2.
//! # if is_x86_feature_detected!("avx2") { unsafe { double(&mut [1; 32]) } }
//! ```
//!
//! Arrays of other sizes do not compile, and neither do those of anything but lanes:
//!
//! ```compile_fail,E0080
//! # use std::arch::x86_64::__m256i;
//! # use masthead_simd::x86::store_256;
//! #[target_feature(enable = "avx2")]
//! fn set(samples: &mut [u8; 31], vector: __m256i) {
//!     store_256(samples, vector);
//! }
//! # if is_x86_feature_detected!("avx2") { unsafe { set(&mut [0; 31], std::mem::zeroed()) } }
//! ```
//!
//! ```compile_fail,E0277
//! # use std::arch::x86_64::__m256i;
//! # use masthead_simd::x86::store_256;
//! #[target_feature(enable = "avx2")]
//! fn set(flags: &mut [bool; 32], vector: __m256i) {
//!     store_256(flags, vector);
//! }
//! ```
//!
//! # Safety
//! Memory is read and written only through references to arrays that are exactly as long as the vector, which the compiler
//! checks; and [`Lane`]s have no padding, and may have any bits.

#![allow(unsafe_code)]
#![allow(
    clippy::missing_safety_doc,
    reason = "they are unsafe only where a caller lacks the instructions that they name"
)]

use std::arch::x86_64::*;

use crate::Lane;

/// Loads 16 bytes.
#[inline]
#[target_feature(enable = "sse2")]
#[must_use]
pub fn load_128<T: Lane, const N: usize>(from: &[T; N]) -> __m128i {
    const { assert!(size_of::<[T; N]>() == 16) }
    // SAFETY: 16 bytes behind a reference can be read.
    unsafe { _mm_loadu_si128(std::ptr::from_ref(from).cast()) }
}

/// Loads 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
#[must_use]
pub fn load_256<T: Lane, const N: usize>(from: &[T; N]) -> __m256i {
    const { assert!(size_of::<[T; N]>() == 32) }
    // SAFETY: 32 bytes behind a reference can be read.
    unsafe { _mm256_loadu_si256(std::ptr::from_ref(from).cast()) }
}

/// Loads 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
#[must_use]
pub fn load_512<T: Lane, const N: usize>(from: &[T; N]) -> __m512i {
    const { assert!(size_of::<[T; N]>() == 64) }
    // SAFETY: 64 bytes behind a reference can be read.
    unsafe { _mm512_loadu_si512(std::ptr::from_ref(from).cast()) }
}

/// Stores 16 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub fn store_128<T: Lane, const N: usize>(to: &mut [T; N], vector: __m128i) {
    const { assert!(size_of::<[T; N]>() == 16) }
    // SAFETY: 16 bytes behind a unique reference can be written.
    unsafe { _mm_storeu_si128(std::ptr::from_mut(to).cast(), vector) }
}

/// Stores 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub fn store_256<T: Lane, const N: usize>(to: &mut [T; N], vector: __m256i) {
    const { assert!(size_of::<[T; N]>() == 32) }
    // SAFETY: 32 bytes behind a unique reference can be written.
    unsafe { _mm256_storeu_si256(std::ptr::from_mut(to).cast(), vector) }
}

/// Stores 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn store_512<T: Lane, const N: usize>(to: &mut [T; N], vector: __m512i) {
    const { assert!(size_of::<[T; N]>() == 64) }
    // SAFETY: 64 bytes behind a unique reference can be written.
    unsafe { _mm512_storeu_si512(std::ptr::from_mut(to).cast(), vector) }
}

/// Fetches the cache line that lies `ahead` bytes behind the first of `from` into the cache that `HINT` names: `_MM_HINT_T0`
/// is the first level, `_MM_HINT_T1` the second. It is a hint, and does nothing where there is no memory.
///
/// Not every machine fetches ahead by itself: where the hardware does not, this makes reading from memory ten times faster.
#[inline]
#[target_feature(enable = "sse")]
#[allow(unused_unsafe, reason = "not unsafe since Rust 1.91")]
pub fn prefetch<const HINT: i32>(from: &[u8], ahead: usize) {
    // SAFETY: fetching neither reads nor fails, whatever is at the address.
    unsafe { _mm_prefetch::<HINT>(from.as_ptr().wrapping_add(ahead).cast()) }
}
