//! What happens to a region that is not all inside its image.

use masthead_picture::names;

/// What happens to a region that reaches outside its image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CropPolicy {
    /// It is refused. The default.
    #[default]
    Refuse,
    /// The part inside the image is used.
    Clamp,
}

names! {
    CropPolicy, "crop policy":
    Refuse = "refuse",
    Clamp = "clamp",
}
