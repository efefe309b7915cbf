//! What the kernels of masthead share: kernels are the inner loops that exist once for each set of vector instructions.
//!
//! - A [`SimdLevel`] is a set of vector instructions that this processor has. It is found out once, and carried as a value
//!   from there on.
//! - [`kernels!`] makes one safe function of the versions of a kernel: it takes a level and calls the best version for it.
//! - A [`Lane`] is a plain number, or an array of them: what a vector may be loaded from and stored to.
//! - `x86` has these loads and stores for x86-64, as safe functions over arrays of exactly a vector's size.
//!
//! All versions of a kernel give the same bytes. The one in plain Rust, `scalar`, defines them; tests run every level that
//! the processor has ([`SimdLevel::all`]) beside it.
//!
//! # Who it is for
//!
//! Programs that embed masthead need at most [`SimdLevel`] and [`LevelError`], to check `MASTHEAD_SIMD` before anything else;
//! the crate `masthead` has both. [`kernels!`], [`Lane`] and `x86` are for masthead's own crates that have kernels: they are public
//! since those are crates of their own, and change with them.

mod error;
mod kernels;
mod lane;
mod level;
#[cfg(target_arch = "x86_64")]
pub mod x86;

pub use error::LevelError;
pub use lane::Lane;
pub use level::SimdLevel;
