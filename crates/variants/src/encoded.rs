//! From the finished picture of a variant to its file.

use std::time::{Duration, Instant};

use masthead_encode::{encode_jpeg, encode_png};
use masthead_picture::{Dimensions, Picture};

use crate::plan::{Plan, PlannedVariant};
use crate::{Encoding, Error, OutputFormat, Scratch};

/// One finished file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncodedVariant {
    /// The name of its [`VariantSpec`](crate::VariantSpec).
    pub name: String,
    /// Width and height.
    pub dimensions: Dimensions,
    /// The format of the file.
    pub format: OutputFormat,
    /// The file.
    pub bytes: Vec<u8>,
    /// The time that it took to turn it, to bring it to sRGB and to encode it.
    pub encode_time: Duration,
}

impl EncodedVariant {
    /// The usual name of its file: `<name>.<extension>`, such as `1500x500.jpg`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.format.extension())
    }
}

/// Puts the picture over the background, where the format has no alpha, and encodes it. Its planes are left to the next job.
pub(crate) fn encode(
    plan: &Plan,
    variant: &PlannedVariant,
    picture: Picture,
    scratch: &Scratch,
) -> Result<EncodedVariant, Error> {
    let start = Instant::now();
    let encoding = variant.spec.encoding();
    let mut bytes = match encoding {
        Encoding::Jpeg { options, .. } => {
            let picture = picture.over(plan.options.background).into_ycbcr(variant.chroma);
            let bytes = encode_jpeg(&picture, &options)?;
            scratch.keep_planes(picture);
            bytes
        }
        Encoding::Png(options) => encode_png(picture, &options)?,
    };
    bytes.shrink_to_fit();
    Ok(EncodedVariant {
        name: variant.spec.name().to_owned(),
        dimensions: variant.spec.dimensions(),
        format: encoding.format(),
        bytes,
        encode_time: start.elapsed(),
    })
}
