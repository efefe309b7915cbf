//! The first bytes of other formats: enough to be named in the refusal, not enough to decode.

use crate::GeneratedFile;

pub(super) fn files() -> Vec<GeneratedFile> {
    let gif = |version: &[u8; 6]| [version, &b"\xC8\0\x64\0\x80\0\0\0\0\0\xFF\xFF\xFF;"[..]].concat();
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"200\"></svg>\n";
    let prolog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a comment -->\n";
    let file = |name: &str, proves, bytes: &[u8]| GeneratedFile::new(name, proves, bytes.to_vec());
    vec![
        file("foreign-gif87a.gif", "GIF, the older version", &gif(b"GIF87a")),
        file("foreign-gif89a.gif", "GIF, the newer version", &gif(b"GIF89a")),
        file("foreign-webp.webp", "WebP", b"RIFF\x16\0\0\0WEBPVP8L\x0A\0\0\0\x2F\xC7\xC0\x18\0\0\0\0\0\0"),
        file("foreign-avif.avif", "AVIF by its major brand", &ftyp(b"avif", &[b"mif1", b"miaf"])),
        file("foreign-avif-mif1.avif", "AVIF by a compatible brand", &ftyp(b"mif1", &[b"mif1", b"avif", b"miaf"])),
        file("foreign-heic.heic", "HEIC by its major brand", &ftyp(b"heic", &[b"mif1", b"heic"])),
        file("foreign-heic-mif1.heic", "HEIC by a compatible brand", &ftyp(b"mif1", &[b"mif1", b"heic"])),
        file("foreign-bmp.bmp", "BMP", &bmp()),
        file("foreign-tiff-little.tif", "TIFF, little-endian", b"II\x2A\0\x08\0\0\0\0\0\0\0\0\0"),
        file("foreign-tiff-big.tif", "TIFF, big-endian", b"MM\0\x2A\0\0\0\x08\0\0\0\0\0\0"),
        file("foreign-svg.svg", "SVG that starts with its element", svg.as_bytes()),
        file("foreign-svg-prolog.svg", "SVG after an XML prolog and a comment", [prolog, svg].concat().as_bytes()),
        file("foreign-svg-space.svg", "SVG after white space", [" \r\n\t", svg].concat().as_bytes()),
        file("foreign-svg-bom.svg", "SVG after a byte order mark", ["\u{FEFF}", prolog, svg].concat().as_bytes()),
        file("foreign-pdf.pdf", "PDF", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"),
        file(
            "foreign-jxl-codestream.jxl",
            "JPEG XL, which begins like a JPEG",
            b"\xFF\x0A\xF8\x2F\x09\x08\0\0\0\0\0\0",
        ),
        file(
            "foreign-jxl-container.jxl",
            "JPEG XL in its container",
            b"\0\0\0\x0CJXL \x0D\x0A\x87\x0A\0\0\0\x14ftypjxl \0\0\0\0jxl ",
        ),
    ]
}

/// The first box of an ISO media file, and the head of the one after it.
fn ftyp(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Vec<u8> {
    let length = 16 + 4 * compatible.len() as u32;
    let mut file = [&length.to_be_bytes()[..], b"ftyp", major, &[0; 4]].concat();
    file.extend(compatible.iter().copied().flatten());
    file.extend(b"\0\0\0\x0Cmeta\0\0\0\0");
    file
}

/// File header and info header of a 200x100 picture with 24 bits a pixel.
fn bmp() -> Vec<u8> {
    let mut file = b"BM".to_vec();
    for value in [60054u32, 0, 54, 40, 200, 100, 1 | 24 << 16, 0, 60000, 2835, 2835, 0, 0] {
        file.extend(value.to_le_bytes());
    }
    file
}
