//! `width`, `height`, `offset_left` and `offset_top`, from query, form or multipart fields.

use bytes::Bytes;
use masthead::{CropRequest, parse_pixels};
use masthead_oauth1::{Pairs, Plus, decode};

use super::{Payload, repeated};
use crate::error::Refusal;

/// The longest value of a region parameter that is looked at: more is no number, and messages repeat the beginning only.
pub(super) const LONGEST: usize = 64;

/// The four numbers of a region, from wherever in the request they stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    region: CropRequest,
}

impl Parameters {
    /// Takes those in a query or a form, and gives its `banner`; `keep` makes of the banner's value what outlives `input`.
    pub(super) fn take_pairs(
        &mut self,
        input: &[u8],
        keep: impl Fn(&[u8]) -> Bytes,
    ) -> Result<Option<Payload>, Refusal> {
        let mut banner = None;
        for (name, value) in Pairs::new(input) {
            match &*decode(name, Plus::Space) {
                b"banner" if value.is_empty() => {}
                b"banner" if banner.is_some() => return Err(repeated("banner")),
                b"banner" => banner = Some(Payload::Encoded(keep(value))),
                name => self.take_encoded(name, value)?,
            }
        }
        Ok(banner)
    }

    /// Whether a parameter is one of the four.
    pub(super) fn known(name: &[u8]) -> bool {
        matches!(name, b"width" | b"height" | b"offset_left" | b"offset_top")
    }

    /// A parameter with a value that is still urlencoded. Unknown ones are passed over.
    fn take_encoded(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refusal> {
        if !Self::known(name) {
            return Ok(());
        }
        // One byte more shows that it is too long.
        let value = decode(&value[..value.len().min(3 * LONGEST + 1)], Plus::Space);
        self.take(name, &String::from_utf8_lossy(&value))
    }

    /// A parameter with its value. Unknown ones are passed over; one that is given twice must be the same twice.
    pub(super) fn take(&mut self, name: &[u8], value: &str) -> Result<(), Refusal> {
        let (name, place) = match name {
            b"width" => ("width", &mut self.region.width),
            b"height" => ("height", &mut self.region.height),
            b"offset_left" => ("offset_left", &mut self.region.offset_left),
            b"offset_top" => ("offset_top", &mut self.region.offset_top),
            _ => return Ok(()),
        };
        if value.len() > LONGEST {
            return Err(Refusal::Parameter(format!("Parameter {name} has more than {LONGEST} characters.")));
        }
        let pixels = parse_pixels(name, value).map_err(|error| Refusal::Parameter(format!("Parameter {error}.")))?;
        match place.replace(pixels) {
            Some(before) if before != pixels => Err(repeated(name)),
            _ => Ok(()),
        }
    }

    /// The region.
    pub(crate) fn region(&self) -> CropRequest {
        self.region
    }
}
