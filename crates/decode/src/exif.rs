//! The one thing that is read from EXIF: how the picture has to be turned.

use masthead_picture::Orientation;

/// The tag of the orientation (EXIF 2.32, section 4.6.4).
const ORIENTATION: u16 = 0x0112;
/// Bytes of a directory entry: tag, type, count, value.
const ENTRY: usize = 12;

/// The orientation that a TIFF block names in its first directory. A block that is damaged in any way, or does not
/// say, means [`Orientation::Upright`]: metadata is no reason to refuse a picture.
pub(crate) fn orientation(tiff: &[u8]) -> Orientation {
    parse(tiff).unwrap_or_default()
}

fn parse(tiff: &[u8]) -> Option<Orientation> {
    let order = match tiff.get(..4)? {
        b"II*\0" => Order::Little,
        b"MM\0*" => Order::Big,
        _ => return None,
    };
    let offset = usize::try_from(order.long(tiff, 4)?).ok()?;
    let directory = tiff.get(offset..)?;
    let count = usize::from(order.short(directory, 0)?);
    let mut entries = directory[2..].chunks_exact(ENTRY).take(count);
    let entry = entries.find(|entry| order.short(entry, 0) == Some(ORIENTATION))?;
    if order.long(entry, 4)? != 1 {
        return None;
    }
    // SHORT is what the standard says; LONG is seen in the wild.
    let value = match order.short(entry, 2)? {
        3 => u32::from(order.short(entry, 8)?),
        4 => order.long(entry, 8)?,
        _ => return None,
    };
    Orientation::from_exif(value)
}

/// The order of bytes in a number.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(*bytes),
            Self::Big => u16::from_be_bytes(*bytes),
        })
    }

    fn long(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(*bytes),
            Self::Big => u32::from_be_bytes(*bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with another entry before the orientation.
    fn block(big: bool, kind: u16, count: u32, value: &[u8; 4]) -> Vec<u8> {
        let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let signature = if big { b"MM\0*" } else { b"II*\0" };
        let mut block = [&signature[..], &long(8), &short(2)].concat();
        block.extend([&short(0x010F)[..], &short(2), &long(4), b"abc\0"].concat());
        block.extend([&short(ORIENTATION)[..], &short(kind), &long(count), value].concat());
        block.extend(long(0));
        block
    }

    #[test]
    fn all_orientations_in_both_byte_orders() {
        for expected in Orientation::ALL {
            let number = expected.exif() as u8;
            assert_eq!(orientation(&block(true, 3, 1, &[0, number, 0, 0])), expected);
            assert_eq!(orientation(&block(false, 3, 1, &[number, 0, 0, 0])), expected);
            assert_eq!(orientation(&block(true, 4, 1, &[0, 0, 0, number])), expected);
            assert_eq!(orientation(&block(false, 4, 1, &[number, 0, 0, 0])), expected);
        }
    }

    #[test]
    fn what_makes_no_sense_is_upright() {
        let upright = |block: &[u8]| assert_eq!(orientation(block), Orientation::Upright);
        upright(&block(true, 3, 1, &[0, 0, 0, 0]));
        upright(&block(true, 3, 1, &[0, 9, 0, 0]));
        upright(&block(true, 3, 2, &[0, 6, 0, 6]));
        upright(&block(true, 2, 1, b"6\0\0\0"));
        upright(&block(true, 4, 1, &[255, 255, 255, 255]));
        upright(b"XX\0*\0\0\0\x08");
        upright(b"MM\0*\xff\xff\xff\xff");
        upright(b"Exif\0\0");
    }

    #[test]
    fn cut_anywhere_before_the_value_it_is_upright() {
        let whole = block(false, 3, 1, &[6, 0, 0, 0]);
        let end_of_entry = whole.len() - 4;
        for length in 0..=whole.len() {
            let expected = if length < end_of_entry { Orientation::Upright } else { Orientation::Rotate90 };
            assert_eq!(orientation(&whole[..length]), expected, "{length} bytes");
        }
    }
}
