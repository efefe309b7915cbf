//! From a level to the kernel for it.

/// Makes one safe function of the versions of a kernel. It takes a [`SimdLevel`](crate::SimdLevel) before the kernel's own
/// arguments, and calls the best version that the level has.
///
/// Versions are functions of the same name and signature in modules called `scalar`, `avx2` and `avx512`. Behind `=>` stand
/// those that there are, best first. `scalar` is always there; any other may be left out, and a level without a version of
/// its own takes that of the next lower level.
///
/// Versions are safe functions, and may use these instructions, and no others, by `#[target_feature(enable = "...")]`: in `avx2`,
/// `avx2` and what that implies, `bmi1`, `bmi2`, `lzcnt`, `movbe` and `popcnt`; in `avx512`, these and `avx512f`, `avx512bw`,
/// `avx512vl`, `avx512vbmi` and `avx512vnni`. The compiler checks both, since each version is called by a safe function of exactly
/// these instructions.
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
///
/// A version that uses what its level does not promise does not compile:
///
/// ```compile_fail,E0133
/// # mod scalar {
/// #     pub(super) fn sum(samples: &[u8]) -> u32 {
/// #         samples.iter().map(|sample| u32::from(*sample)).sum()
/// #     }
/// # }
/// mod avx2 {
///     #[target_feature(enable = "avx512f")]
///     pub(super) fn sum(samples: &[u8]) -> u32 {
///         super::scalar::sum(samples)
///     }
/// }
///
/// masthead_simd::kernels! {
///     fn sum(samples: &[u8]) -> u32 => avx2, scalar;
/// }
/// # fn main() {}
/// ```
///
/// Neither does one that its callers have to promise something:
///
/// ```compile_fail,E0133
/// # mod scalar {
/// #     pub(super) fn first(samples: &[u8]) -> u8 {
/// #         samples[0]
/// #     }
/// # }
/// mod avx512 {
///     #[target_feature(enable = "avx512f")]
///     pub(super) unsafe fn first(samples: &[u8]) -> u8 {
///         unsafe { *samples.as_ptr() }
///     }
/// }
///
/// masthead_simd::kernels! {
///     fn first(samples: &[u8]) -> u8 => avx512, scalar;
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! kernels {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? => $($version:ident),+;
    )*) => {$(
        $(#[$attribute])*
        $visibility fn $name(level: $crate::SimdLevel, $($argument: $type),*) $(-> $result)? {
            $crate::kernels!(@avx512 [$($version)+] level, $name($($argument: $type),*) ($($result)?))
        }
    )*};
    (@avx512 [avx512 $($lower:ident)+] $level:expr, $name:ident($($argument:ident: $type:ty),*) ($($result:ty)?)) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            $crate::SimdLevel::Avx512 { .. } => {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
                #[inline]
                fn entry($($argument: $type),*) $(-> $result)? {
                    avx512::$name($($argument),*)
                }
                // SAFETY: a `SimdLevel::Avx512` exists only on a processor that has all that `entry` enables.
                #[allow(unsafe_code)]
                unsafe {
                    entry($($argument),*)
                }
            }
            lower => $crate::kernels!(@avx2 [$($lower)+] lower, $name($($argument: $type),*) ($($result)?)),
        }
    };
    (@avx512 [$($lower:ident)+] $level:expr, $name:ident $arguments:tt $result:tt) => {
        $crate::kernels!(@avx2 [$($lower)+] $level, $name $arguments $result)
    };
    (@avx2 [avx2 scalar] $level:expr, $name:ident($($argument:ident: $type:ty),*) ($($result:ty)?)) => {
        match $level {
            $crate::SimdLevel::Scalar => scalar::$name($($argument),*),
            #[cfg(target_arch = "x86_64")]
            _ => {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
                #[inline]
                fn entry($($argument: $type),*) $(-> $result)? {
                    avx2::$name($($argument),*)
                }
                // SAFETY: a level above the scalar one exists only on a processor that has all that `entry` enables.
                #[allow(unsafe_code)]
                unsafe {
                    entry($($argument),*)
                }
            }
        }
    };
    (@avx2 [scalar] $level:expr, $name:ident($($argument:ident: $type:ty),*) ($($result:ty)?)) => {{
        let _ = $level;
        scalar::$name($($argument),*)
    }};
}
