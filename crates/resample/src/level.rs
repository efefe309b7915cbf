//! Which vector instructions the kernels may use.
//!
//! The kernels are plain loops, written once. For a processor with AVX2 the compiler makes a second copy of each with
//! vectors twice as wide. Both copies do the same operations on each sample in the same order, without fused
//! multiply-adds, so their results are the same to the last bit.

/// The widest vectors of this processor that the kernels were compiled for.
///
/// # Guarantees
/// - `Avx2` exists only on a processor that has AVX2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// What every processor of this architecture has; the definition of the results.
    Baseline,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

/// Proof that AVX2 is there.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Level {
    /// The best of this processor; the environment variable `MASTHEAD_SIMD=baseline` lowers it.
    pub(crate) fn detect() -> Self {
        static LEVEL: std::sync::LazyLock<Level> = std::sync::LazyLock::new(|| {
            let lowered = std::env::var_os("MASTHEAD_SIMD").is_some_and(|level| level == "baseline");
            Level::all().last().copied().filter(|_| !lowered).unwrap_or(Level::Baseline)
        });
        *LEVEL
    }

    /// All that this processor has, narrowest first.
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return vec![Self::Baseline, Self::Avx2(Avx2(()))];
        }
        vec![Self::Baseline]
    }
}
