//! Which vector instructions kernels use.

use std::sync::LazyLock;

/// The vector instructions that kernels use. All levels give the same bytes: it is for tests and benchmarks to choose one.
///
/// # Guarantees
/// - `Avx2` exists only on a processor that has AVX2;
/// - `Avx512` exists only on a processor that has AVX-512 with its F, BW, VL, VBMI and VNNI parts, and AVX2.
///
/// Other crates cannot make one but by [`SimdLevel::detect`] and [`SimdLevel::all`].
///
/// ```
/// use masthead_picture::SimdLevel;
///
/// assert_eq!(SimdLevel::all()[0], SimdLevel::Scalar);
/// assert!(SimdLevel::all().contains(&SimdLevel::detect()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimdLevel {
    /// Plain Rust, which every processor can run; the definition of the results.
    Scalar,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    #[non_exhaustive]
    Avx2,
    /// AVX-512, as processors have it since Ice Lake and Zen 4.
    #[cfg(target_arch = "x86_64")]
    #[non_exhaustive]
    Avx512,
}

impl SimdLevel {
    /// The best of this processor, or the one that the environment variable `MASTHEAD_SIMD` names, if this processor has it.
    /// Other values of the variable are ignored. Looked for once.
    #[must_use]
    pub fn detect() -> Self {
        static LEVEL: LazyLock<SimdLevel> = LazyLock::new(|| {
            let named = std::env::var("MASTHEAD_SIMD");
            let levels = SimdLevel::all();
            let found = levels.iter().find(|level| named.as_deref() == Ok(level.name()));
            *found.or(levels.last()).expect("every processor has the scalar level")
        });
        *LEVEL
    }

    /// All that this processor has, lowest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut levels = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            levels.push(Self::Avx2);
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512vnni")
            {
                levels.push(Self::Avx512);
            }
        }
        levels
    }

    /// As `MASTHEAD_SIMD` names it: `scalar`, `avx2` or `avx512`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "avx512",
        }
    }
}
