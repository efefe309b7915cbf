//! Which files a job makes.

use std::collections::HashSet;

use masthead_picture::Dimensions;

use crate::bounds::MAX_NAME;
use crate::{Encoding, MAX_VARIANT, MAX_VARIANTS, SetError};

/// One file of a set: its name, size and encoding.
///
/// # Guarantees
/// - the name is 1 to 64 ASCII letters, digits, `-` and `_`, so that it can stand in a file name and a URL;
/// - width and height are 1 to [`MAX_VARIANT`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantSpec {
    name: String,
    dimensions: Dimensions,
    encoding: Encoding,
}

impl VariantSpec {
    /// A variant of this name and size.
    ///
    /// # Errors
    /// When the name or a number is not as the type guarantees.
    pub fn new(name: impl Into<String>, width: u32, height: u32, encoding: Encoding) -> Result<Self, SetError> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(allowed) {
            return Err(SetError::Name(name));
        }
        match Dimensions::new(width, height) {
            Some(dimensions) if width <= MAX_VARIANT && height <= MAX_VARIANT => {
                Ok(Self { name, dimensions, encoding })
            }
            _ => Err(SetError::Dimensions { name, width, height }),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Width and height of the file, as it is shown.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// How the file is written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// The files that a job makes.
///
/// # Guarantees
/// - there are 1 to [`MAX_VARIANTS`] of them;
/// - no two names are alike, upper and lower case counting as the same.
///
/// ```
/// use masthead_variants::{Encoding, VariantSet, VariantSpec};
///
/// let jpeg = Encoding::default();
/// let set = VariantSet::new(vec![
///     VariantSpec::new("cover", 1200, 400, jpeg)?,
///     VariantSpec::new("thumb", 120, 40, jpeg)?,
/// ])?;
/// assert_eq!(set.iter().map(|spec| spec.name()).collect::<Vec<_>>(), ["cover", "thumb"]);
/// assert!(VariantSpec::new("../etc", 1, 1, jpeg).is_err());
/// # Ok::<(), masthead_variants::SetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantSet {
    specs: Vec<VariantSpec>,
}

/// Names and sizes of [`VariantSet::profile_banner`].
const PROFILE_BANNER: [(&str, u32, u32); 10] = [
    ("1500x500", 1500, 500),
    ("1080x360", 1080, 360),
    ("600x200", 600, 200),
    ("300x100", 300, 100),
    ("ipad", 626, 313),
    ("ipad_retina", 1252, 626),
    ("web", 520, 260),
    ("web_retina", 1040, 520),
    ("mobile", 320, 160),
    ("mobile_retina", 640, 320),
];

impl VariantSet {
    /// A set of these variants, in this order.
    ///
    /// # Errors
    /// When there are none or too many, or two of one name.
    pub fn new(specs: Vec<VariantSpec>) -> Result<Self, SetError> {
        if specs.is_empty() || specs.len() > MAX_VARIANTS {
            return Err(SetError::Count(specs.len()));
        }
        let mut names = HashSet::new();
        for spec in &specs {
            if !names.insert(spec.name.to_ascii_lowercase()) {
                return Err(SetError::Duplicate(spec.name.clone()));
            }
        }
        Ok(Self { specs })
    }

    /// The ten sizes of a profile banner: four of shape 3:1, named by their size, and six of shape 2:1.
    #[must_use]
    pub fn profile_banner() -> Self {
        let specs = PROFILE_BANNER.map(|(name, width, height)| {
            VariantSpec::new(name, width, height, Encoding::default()).expect("names and sizes are valid")
        });
        Self { specs: specs.into() }
    }

    /// The same names and sizes, all written with `encoding`.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        for spec in &mut self.specs {
            spec.encoding = encoding;
        }
        self
    }

    /// The variants in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, VariantSpec> {
        self.specs.iter()
    }

    /// How many there are; at least one.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.specs.len()
    }
}

impl Default for VariantSet {
    /// [`VariantSet::profile_banner`].
    fn default() -> Self {
        Self::profile_banner()
    }
}

impl<'a> IntoIterator for &'a VariantSet {
    type Item = &'a VariantSpec;
    type IntoIter = std::slice::Iter<'a, VariantSpec>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_set_is_the_ten_profile_banners() {
        let set = VariantSet::default();
        assert_eq!(set.len(), 10);
        assert_eq!(VariantSet::new(set.specs.clone()), Ok(set.clone()));
        for spec in &set {
            let (width, height) = (spec.dimensions().width(), spec.dimensions().height());
            assert!(width == 3 * height || width == 2 * height, "{}", spec.name());
        }
    }

    #[test]
    fn bad_sets_say_why() {
        let spec = |name: &str| VariantSpec::new(name, 10, 10, Encoding::default());
        let long = "x".repeat(65);
        for name in ["", ".", "a b", "a/b", "é", long.as_str()] {
            assert_eq!(spec(name), Err(SetError::Name(name.to_owned())));
        }
        assert_eq!(
            VariantSpec::new("a", 0, 9000, Encoding::default()).unwrap_err().to_string(),
            "variant a is 0x9000 (expected 1x1 to 8192x8192)"
        );
        assert_eq!(VariantSet::new(vec![]), Err(SetError::Count(0)));
        let twice = vec![spec("web").unwrap(), spec("Web").unwrap()];
        assert_eq!(VariantSet::new(twice), Err(SetError::Duplicate("Web".into())));
    }
}
