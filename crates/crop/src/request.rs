//! What a person asks for.

use masthead_picture::Rect;

use crate::Error;

/// The longest part of an untrusted number that a message repeats.
const QUOTED: usize = 24;

/// The region a person asked for, in pixels of the displayed image, origin top left. Nothing is checked yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct CropRequest {
    /// Width of the region. Default: to the right edge of the image.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub width: Option<u32>,
    /// Height of the region. Default: to the bottom edge of the image.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub height: Option<u32>,
    /// First column. Default: 0.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub offset_left: Option<u32>,
    /// First row. Default: 0.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub offset_top: Option<u32>,
}

impl From<Rect> for CropRequest {
    /// Exactly these pixels: a region that was accepted before, and stored.
    fn from(rect: Rect) -> Self {
        Self {
            width: Some(rect.width()),
            height: Some(rect.height()),
            offset_left: Some(rect.left()),
            offset_top: Some(rect.top()),
        }
    }
}

/// Reads one of the four numbers of a [`CropRequest`] from text: decimal digits and nothing else.
///
/// # Errors
/// [`Error::Number`] on anything else, with `name` and the value: a sign, a fraction, an exponent, a space, nothing at
/// all, or more than `u32::MAX`.
///
/// ```
/// use masthead_crop::parse_pixels;
///
/// assert_eq!(parse_pixels("width", "1500").unwrap(), 1500);
/// let error = parse_pixels("offset_left", "-1").unwrap_err();
/// assert_eq!(error.to_string(), "offset_left is \"-1\" (expected a whole number of pixels from 0 to 4294967295)");
/// ```
pub fn parse_pixels(name: &'static str, value: &str) -> Result<u32, Error> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        let shortened: String = value.chars().take(QUOTED).collect();
        let more = if shortened.len() < value.len() { "..." } else { "" };
        Error::Number { name, value: format!("{shortened:?}{more}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_only() {
        for value in ["", "-1", "+1", "1.5", "1e3", " 1", "1 ", "0x10", "١٢", "4294967296", "99999999999"] {
            assert!(parse_pixels("width", value).is_err(), "{value:?}");
        }
        assert_eq!(parse_pixels("width", "4294967295"), Ok(u32::MAX));
        assert_eq!(parse_pixels("width", "0007"), Ok(7));
        let error = parse_pixels("height", &"9".repeat(1000)).unwrap_err().to_string();
        assert!(error.len() < 120, "{error}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn what_was_not_asked_for_is_not_stored() {
        let request = CropRequest { height: Some(400), ..CropRequest::default() };
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(stored, r#"{"height":400}"#);
        assert_eq!(serde_json::from_str::<CropRequest>(&stored).unwrap(), request);
        assert!(serde_json::from_str::<CropRequest>(r#"{"left":1}"#).is_err());
        assert!(serde_json::from_str::<CropRequest>(r#"{"height":-1}"#).is_err());
    }
}
