//! A colour by its name or its numbers.

use std::fmt;
use std::str::FromStr;

use crate::InvalidColor;

/// An opaque sRGB colour. Shown, and with the feature `serde` stored, as `#1a2b3c`.
///
/// ```
/// use masthead_picture::Rgb;
///
/// let orange = Rgb { red: 0xFF, green: 0x88, blue: 0x00 };
/// assert_eq!("f80".parse(), Ok(orange));
/// assert_eq!(orange.to_string(), "#ff8800");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Rgb {
    /// White.
    pub const WHITE: Self = Self::grey(255);

    const fn grey(level: u8) -> Self {
        Self { red: level, green: level, blue: level }
    }

    /// Red, green and blue.
    #[must_use]
    pub const fn samples(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl FromStr for Rgb {
    type Err = InvalidColor;

    /// Reads `rrggbb` or `rgb`, hexadecimal, with or without `#` before it; or `black`, `white` or `grey`. Upper or lower case.
    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        match text.to_ascii_lowercase().as_str() {
            "white" => return Ok(Self::WHITE),
            "black" => return Ok(Self::grey(0)),
            "grey" | "gray" => return Ok(Self::grey(128)),
            _ => {}
        }
        let digits = text.strip_prefix('#').unwrap_or(text);
        let number = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let channel = |number: u32, shift: u32| (number >> shift) as u8;
        match (number, digits.len()) {
            (Some(number), 6) => {
                Ok(Self { red: channel(number, 16), green: channel(number, 8), blue: channel(number, 0) })
            }
            (Some(number), 3) => {
                let digit = |shift| channel(number, shift) % 16 * 17;
                Ok(Self { red: digit(8), green: digit(4), blue: digit(0) })
            }
            _ => Err(InvalidColor { text: text.to_owned() }),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rgb {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Rgb {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_read_as_people_write_them() {
        let color = |red, green, blue| Ok(Rgb { red, green, blue });
        assert_eq!("#1a2B3c".parse(), color(0x1A, 0x2B, 0x3C));
        assert_eq!("f80".parse(), color(0xFF, 0x88, 0x00));
        assert_eq!("White".parse(), Ok(Rgb::WHITE));
        assert_eq!("#010a00".parse().map(|color: Rgb| color.to_string()), Ok("#010a00".to_owned()));
        for bad in ["", "#", "#ffff", "+fffff", "ggg", "red", "#1234567", "é12"] {
            assert!(bad.parse::<Rgb>().is_err(), "{bad}");
        }
    }
}
