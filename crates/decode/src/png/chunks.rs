//! The chunks of a PNG before its pixels.

/// Signature; then length, type and checksum of a chunk.
const SIGNATURE: usize = 8;
const LENGTH_AND_TYPE: usize = 8;
const CHECKSUM: usize = 4;

/// The length of the longest EXIF chunk: the codec gathers each of them, also those that it then leaves out.
pub(super) fn longest_exif(bytes: &[u8]) -> usize {
    let mut longest = 0;
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    while let Some((head, after)) = rest.split_first_chunk::<LENGTH_AND_TYPE>() {
        let [l3, l2, l1, l0, name @ ..] = *head;
        let length = (u32::from_be_bytes([l3, l2, l1, l0]) as usize).min(after.len());
        match &name {
            b"IDAT" => break,
            b"eXIf" => longest = longest.max(length),
            _ => {}
        }
        rest = after[length..].get(CHECKSUM..).unwrap_or_default();
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_after_the_pixels_and_others_do_not_count() {
        let chunk = |name: &[u8; 4], length: usize| {
            [&(length as u32).to_be_bytes()[..], name, &vec![0; length], b"crc?"].concat()
        };
        let parts = [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"tEXt", 900), chunk(b"eXIf", 30), chunk(b"eXIf", 20)];
        let before = parts.concat();
        assert_eq!(longest_exif(&before), 30);
        assert_eq!(longest_exif(&[&before[..], &chunk(b"IDAT", 5), &chunk(b"eXIf", 99)].concat()), 30);
        assert_eq!(longest_exif(&[&before[..], &chunk(b"eXIf", 99)].concat()), 99);
        // Cut, or longer than the file.
        assert_eq!(longest_exif(&[&before[..], &chunk(b"eXIf", 99)[..50]].concat()), 42);
        assert_eq!(longest_exif(b"\x89PNG"), 0);
    }
}
