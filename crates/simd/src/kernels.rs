//! From a level to the kernel for it.

/// Makes one safe function of the versions of a kernel. It takes a [`SimdLevel`](crate::SimdLevel) before the kernel's own
/// arguments, and calls the best version that the level has.
///
/// Versions are functions of the same name and signature in modules called `scalar`, `avx2` and `avx512`. Behind `=>` stand
/// those that there are, best first. `scalar` is always there; any other may be left out, and a level without a version of
/// its own takes that of the next lower level.
///
/// Versions may use these instructions, and no others, by `#[target_feature(enable = "...")]`: in `avx2`, `avx2` and what that
/// implies; in `avx512`, these and `avx512f`, `avx512bw`, `avx512vl`, `avx512vbmi` and `avx512vnni`.
///
/// ```
/// use masthead_simd::{SimdLevel, kernels};
///
/// mod scalar {
///     pub(super) fn sum(samples: &[u8]) -> u32 {
///         samples.iter().map(|sample| u32::from(*sample)).sum()
///     }
/// }
///
/// #[cfg(target_arch = "x86_64")]
/// mod avx2 {
///     /// The compiler makes the vectors.
///     #[target_feature(enable = "avx2")]
///     pub(super) fn sum(samples: &[u8]) -> u32 {
///         super::scalar::sum(samples)
///     }
/// }
///
/// kernels! {
///     /// The sum of all samples.
///     fn sum(samples: &[u8]) -> u32 => avx2, scalar;
/// }
///
/// # fn main() {
/// assert!(SimdLevel::all().into_iter().all(|level| sum(level, &[1, 2, 255]) == 258));
/// # }
/// ```
#[macro_export]
macro_rules! kernels {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? => $($version:ident),+;
    )*) => {$(
        $(#[$attribute])*
        $visibility fn $name(level: $crate::SimdLevel, $($argument: $type),*) $(-> $result)? {
            $crate::kernels!(@avx512 [$($version)+] level, $name($($argument),*))
        }
    )*};
    (@avx512 [avx512 $($lower:ident)+] $level:expr, $name:ident $arguments:tt) => {
        match $level {
            // SAFETY: a `SimdLevel::Avx512` exists only on a processor that has the parts of AVX-512 named there.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            $crate::SimdLevel::Avx512 { .. } => unsafe { avx512::$name $arguments },
            lower => $crate::kernels!(@avx2 [$($lower)+] lower, $name $arguments),
        }
    };
    (@avx512 [$($lower:ident)+] $level:expr, $name:ident $arguments:tt) => {
        $crate::kernels!(@avx2 [$($lower)+] $level, $name $arguments)
    };
    (@avx2 [avx2 scalar] $level:expr, $name:ident $arguments:tt) => {
        match $level {
            $crate::SimdLevel::Scalar => scalar::$name $arguments,
            // SAFETY: a level above the scalar one exists only on a processor that has AVX2.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code)]
            _ => unsafe { avx2::$name $arguments },
        }
    };
    (@avx2 [scalar] $level:expr, $name:ident $arguments:tt) => {{
        let _ = $level;
        scalar::$name $arguments
    }};
}
