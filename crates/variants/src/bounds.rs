//! How much a set may ask for.

/// The largest width and height of a variant.
pub const MAX_VARIANT: u32 = 8192;

/// The most variants in a set.
pub const MAX_VARIANTS: usize = 64;

/// The longest name of a variant, in bytes.
pub(crate) const MAX_NAME: usize = 64;
