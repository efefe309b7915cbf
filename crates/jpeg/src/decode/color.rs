//! What the components of a file stand for.

use super::frame::Frame;
use super::metadata::Metadata;

/// What the components of a file stand for, in full range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Color {
    /// One component: luma.
    Gray,
    /// Luma and two components of chroma.
    YCbCr,
    /// Red, green and blue.
    Rgb,
    /// Cyan, magenta, yellow and black; Adobe's programs store them inverted.
    Cmyk,
    /// CMYK, the first three as luma and chroma.
    Ycck,
    /// Two components, which T.81 allows and no file format gives a meaning.
    Unknown,
}

impl Color {
    /// By the rules of libjpeg (`default_decompress_parms` in `jdapimin.c`), which everyone follows.
    pub(super) fn of(frame: &Frame, metadata: &Metadata) -> Self {
        match (&frame.components[..], metadata.adobe_transform) {
            ([_], _) => Self::Gray,
            ([_, _], _) => Self::Unknown,
            ([_, _, _, _], None | Some(0)) => Self::Cmyk,
            ([_, _, _, _], Some(_)) => Self::Ycck,
            (_, _) if metadata.jfif => Self::YCbCr,
            (_, Some(0)) => Self::Rgb,
            (_, Some(_)) => Self::YCbCr,
            (components, None) if components.iter().map(|component| component.id).eq(*b"RGB") => Self::Rgb,
            _ => Self::YCbCr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(ids: &[u8], jfif: bool, adobe_transform: Option<u8>) -> Color {
        let components = ids.iter().flat_map(|id| [*id, 0x11, 0]);
        let body: Vec<u8> = [8, 0, 8, 0, 8, ids.len() as u8].into_iter().chain(components).collect();
        let frame = Frame::read(crate::markers::SOF0, &body, None).unwrap();
        Color::of(&frame, &Metadata { jfif, adobe_transform, ..Metadata::default() })
    }

    #[test]
    fn markers_count_more_than_identifiers() {
        assert_eq!(color(b"x", true, Some(1)), Color::Gray);
        assert_eq!(color(b"xy", true, None), Color::Unknown);
        assert_eq!(color(b"RGB", false, None), Color::Rgb);
        assert_eq!(color(b"RGB", true, None), Color::YCbCr);
        assert_eq!(color(b"RGB", false, Some(1)), Color::YCbCr);
        assert_eq!(color(b"\x01\x02\x03", false, None), Color::YCbCr);
        assert_eq!(color(b"\x01\x02\x03", false, Some(0)), Color::Rgb);
        assert_eq!(color(b"\x01\x02\x03", true, Some(0)), Color::YCbCr);
        assert_eq!(color(b"abc", false, Some(7)), Color::YCbCr);
        assert_eq!(color(b"abcd", true, None), Color::Cmyk);
        assert_eq!(color(b"abcd", false, Some(0)), Color::Cmyk);
        assert_eq!(color(b"abcd", false, Some(2)), Color::Ycck);
        assert_eq!(color(b"abcd", false, Some(9)), Color::Ycck);
    }
}
