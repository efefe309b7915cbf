//! Which vector instructions kernels use.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::LevelError;

/// A set of vector instructions that this processor has, ordered by what it can do. All levels give the same bytes, so it is
/// only tests and benchmarks that choose one.
///
/// # Guarantees
/// - `Avx2` exists only on a processor that has AVX2, and the bit manipulation that came with it: BMI1, BMI2, LZCNT, POPCNT and
///   MOVBE;
/// - `Avx512` exists only on a processor that has all that, and AVX-512 with its F, BW, VL, VBMI and VNNI parts.
///
/// Other crates get one only from the functions here.
///
/// ```
/// use masthead_simd::SimdLevel;
///
/// assert_eq!(SimdLevel::all()[0], SimdLevel::Scalar);
/// assert!(SimdLevel::all().contains(&SimdLevel::detect()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimdLevel {
    /// Plain Rust, which every processor can run; the definition of the results.
    Scalar,
    /// AVX2 and bit manipulation, as processors have them since Haswell and Zen.
    #[cfg(target_arch = "x86_64")]
    #[non_exhaustive]
    Avx2,
    /// AVX-512, as processors have it since Ice Lake and Zen 4.
    #[cfg(target_arch = "x86_64")]
    #[non_exhaustive]
    Avx512,
}

/// Names of the levels, lowest first, also of those that other architectures have.
const NAMES: [&str; 3] = ["scalar", "avx2", "avx512"];

impl SimdLevel {
    /// The level to use: the best of this processor, but none above the one that `MASTHEAD_SIMD` names
    /// ([`SimdLevel::from_env`]). The environment is read at the first call.
    ///
    /// # Panics
    /// When `MASTHEAD_SIMD` names no level. A program can call [`SimdLevel::from_env`] at its start to refuse it by itself.
    #[must_use]
    pub fn detect() -> Self {
        static LEVEL: LazyLock<Result<SimdLevel, LevelError>> = LazyLock::new(SimdLevel::from_env);
        match &*LEVEL {
            Ok(level) => *level,
            Err(error) => panic!("{error}"),
        }
    }

    /// The best level of this processor that is not above the one that the environment variable `MASTHEAD_SIMD` names, as in
    /// [`SimdLevel::at_most`]; the best of all when it is not set, or empty, which is how containers unset a variable.
    ///
    /// # Errors
    /// [`LevelError::Variable`] when it is set to anything else but `scalar`, `avx2` or `avx512`.
    pub fn from_env() -> Result<Self, LevelError> {
        match std::env::var_os("MASTHEAD_SIMD").filter(|word| !word.is_empty()) {
            None => Ok(best(Self::all())),
            Some(word) => {
                let word = word.to_string_lossy();
                Self::at_most(&word).map_err(|_| LevelError::Variable(word.into_owned()))
            }
        }
    }

    /// The best level of this processor that is not above the one named `scalar`, `avx2` or `avx512`.
    ///
    /// ```
    /// use masthead_simd::SimdLevel;
    ///
    /// assert_eq!(SimdLevel::at_most("scalar")?, SimdLevel::Scalar);
    /// assert_eq!(Some(&SimdLevel::at_most("avx512")?), SimdLevel::all().last());
    ///
    /// let error = SimdLevel::at_most("sse2").unwrap_err();
    /// assert_eq!(error.to_string(), "unknown SIMD level \"sse2\" (expected scalar, avx2 or avx512)");
    /// # Ok::<(), masthead_simd::LevelError>(())
    /// ```
    ///
    /// # Errors
    /// [`LevelError::Unknown`] for any other name.
    pub fn at_most(name: &str) -> Result<Self, LevelError> {
        let rank = |name: &str| NAMES.iter().position(|other| *other == name);
        let most = rank(name).ok_or_else(|| LevelError::Unknown(name.to_owned()))?;
        Ok(best(Self::all().into_iter().filter(|level| rank(level.name()) <= Some(most))))
    }

    /// All that this processor has, lowest first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut levels = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("movbe")
            && is_x86_feature_detected!("popcnt")
        {
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

    /// For tests: runs `test` on all levels that this processor has, and then prints them, as in `levels: scalar avx2`, so that
    /// a run with `--nocapture` shows that none was left out.
    #[doc(hidden)]
    pub fn test_all(mut test: impl FnMut(Self)) {
        let mut tested = String::from("levels:");
        for level in Self::all() {
            test(level);
            tested = tested + " " + level.name();
        }
        println!("{tested}");
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

fn best(levels: impl IntoIterator<Item = SimdLevel>) -> SimdLevel {
    levels.into_iter().max().expect("every processor has the scalar level")
}

impl fmt::Display for SimdLevel {
    /// The name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SimdLevel {
    type Err = LevelError;

    /// The level of this name.
    ///
    /// # Errors
    /// [`LevelError::Unknown`] when there is none, [`LevelError::Missing`] when this processor does not have it.
    fn from_str(name: &str) -> Result<Self, LevelError> {
        let level = Self::at_most(name)?;
        // It is the best of all when the processor does not have the one of this name.
        if level.name() == name {
            Ok(level)
        } else {
            Err(LevelError::Missing { word: name.to_owned(), best: level.name() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_they_are_written() {
        let all = SimdLevel::all();
        assert!(all.is_sorted() && all[0] == SimdLevel::Scalar);
        for (rank, name) in NAMES.into_iter().enumerate() {
            let highest = all[rank.min(all.len() - 1)];
            assert_eq!(SimdLevel::at_most(name), Ok(highest));
            let missing = LevelError::Missing { word: name.to_owned(), best: best(all.clone()).name() };
            assert_eq!(name.parse(), if highest.name() == name { Ok(highest) } else { Err(missing) });
        }
        SimdLevel::test_all(|level| assert_eq!(level.to_string().parse(), Ok(level)));
    }

    #[test]
    fn other_words_are_refused() {
        for word in ["", "Scalar", "avx", "avx2 ", "avx-512"] {
            let expected = LevelError::Unknown(word.to_owned());
            assert_eq!(SimdLevel::at_most(word), Err(expected.clone()));
            assert_eq!(word.parse::<SimdLevel>(), Err(expected));
        }
        let variable = LevelError::Variable("sse2".to_owned());
        assert_eq!(variable.to_string(), "MASTHEAD_SIMD is \"sse2\" (expected scalar, avx2 or avx512)");
        let missing = LevelError::Missing { word: "avx512".to_owned(), best: "avx2" };
        assert_eq!(missing.to_string(), "this processor has no avx512 (expected avx2 or lower)");
    }
}
