//! libjpeg-turbo of the system, as masthead's tests, fuzz targets and benchmarks need it: what our JPEG decoder is held against.
//!
//! - [`planes`] decodes a file to the samples of its components, as they are stored: no upsampling, no colours.
//! - [`Decoder`] does the same as fast as libjpeg-turbo can, for benchmarks.
//! - [`Coefficients`] are what a file holds, without loss; they can be written again with other scans, restart intervals and entropy
//!   coding ([`transcode`]), or put together anew.
//!
//! It is libjpeg-turbo 2.1 or later with its headers, Debian's `libjpeg62-turbo-dev`. Where that is missing, [`AVAILABLE`] is false and
//! all calls are errors; tests begin with [`available`], which says so.
//!
//! Errors of libjpeg-turbo are returned, and nothing is static: any number of threads may call it. How much memory it takes is up to
//! the header of the file: a caller that does not trust the file looks at that first.

mod coefficients;
#[cfg(all(libjpeg_turbo, not(miri)))]
mod ffi;
#[cfg(not(all(libjpeg_turbo, not(miri))))]
#[path = "missing.rs"]
mod ffi;
mod layout;
mod planes;
mod script;

use std::fmt;

pub use coefficients::{Coefficients, CoefficientsOfComponent, transcode};
pub use planes::{Decoder, Plane, Planes, planes};
pub use script::{Scan, Script};

/// Whether libjpeg-turbo is here.
pub const AVAILABLE: bool = cfg!(all(libjpeg_turbo, not(miri)));

/// For tests that begin with it: whether libjpeg-turbo is here. Where it is not, it says on standard error that comparisons are left out.
///
/// # Panics
/// When libjpeg-turbo is missing, and the environment variable `MASTHEAD_REQUIRE_LIBJPEG_TURBO` is `1`.
#[must_use]
pub fn available() -> bool {
    if !AVAILABLE {
        let required = std::env::var_os("MASTHEAD_REQUIRE_LIBJPEG_TURBO").is_some_and(|value| value == "1");
        assert!(!required, "libjpeg-turbo is missing, and MASTHEAD_REQUIRE_LIBJPEG_TURBO is 1");
        eprintln!("LEFT OUT: libjpeg-turbo is missing (Debian: libjpeg62-turbo-dev), nothing was compared with it");
    }
    AVAILABLE
}

/// What libjpeg-turbo says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// What the components are, as libjpeg-turbo makes it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorSpace {
    /// Nothing that it knows.
    Unknown,
    /// Luma alone.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Luma and two of chroma.
    YCbCr,
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// Luma, two of chroma, black.
    Ycck,
}

impl ColorSpace {
    const ALL: [Self; 6] = [Self::Unknown, Self::Gray, Self::Rgb, Self::YCbCr, Self::Cmyk, Self::Ycck];

    /// From a `J_COLOR_SPACE`.
    fn new(number: i32) -> Self {
        usize::try_from(number).ok().and_then(|number| Self::ALL.get(number).copied()).unwrap_or(Self::Unknown)
    }

    fn number(self) -> i32 {
        self as i32
    }
}
