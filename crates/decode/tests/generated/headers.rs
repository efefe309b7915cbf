//! What is known before a pixel is decoded.

use masthead_decode::{FileColor, Format, Header};
use masthead_picture::{ColorModel, Orientation};

use crate::{decode, file, files, header};

/// Format, dimensions, colour, factors, bits; and what is out of the ordinary.
fn told(name: &str) -> String {
    let Header { format, stored, color, subsampling, bit_depth, alpha, progressive, scans, icc_profile, .. } =
        header(&file(name));
    let mut told = format!("{format} {stored} {color}");
    if let Some(subsampling) = subsampling {
        told += &format!(" {subsampling}");
    }
    told += &format!(" {bit_depth} bits");
    if alpha {
        told += ", alpha";
    }
    if progressive {
        told += ", progressive";
    }
    if scans != 1 {
        told += &format!(", {scans} scans");
    }
    if let Some(profile) = icc_profile {
        told += &format!(", profile of {} bytes", profile.len());
    }
    told
}

#[test]
fn jpegs() {
    for (name, expected) in [
        ("jpeg-444.jpg", "JPEG 256x128 YCbCr 4:4:4 8 bits"),
        ("jpeg-422-odd.jpg", "JPEG 251x127 YCbCr 4:2:2 8 bits"),
        ("jpeg-440.jpg", "JPEG 256x128 YCbCr 4:4:0 8 bits"),
        ("jpeg-420-odd.jpg", "JPEG 251x127 YCbCr 4:2:0 8 bits"),
        ("jpeg-411.jpg", "JPEG 256x128 YCbCr 4:1:1 8 bits"),
        ("jpeg-410.jpg", "JPEG 256x128 YCbCr 4:1:0 8 bits"),
        ("jpeg-luma-subsampled.jpg", "JPEG 256x128 YCbCr 1x1,2x2,2x2 8 bits"),
        ("jpeg-chroma-mixed-odd.jpg", "JPEG 251x127 YCbCr 2x2,2x1,1x2 8 bits"),
        ("jpeg-grey-2x2-odd.jpg", "JPEG 251x127 grey 8 bits"),
        ("jpeg-grey-progressive.jpg", "JPEG 256x128 grey 8 bits, progressive, 6 scans"),
        ("jpeg-progressive-420-odd.jpg", "JPEG 251x127 YCbCr 4:2:0 8 bits, progressive, 14 scans"),
        ("jpeg-multi-scan-444.jpg", "JPEG 256x128 YCbCr 4:4:4 8 bits, 3 scans"),
        ("jpeg-restart-420.jpg", "JPEG 256x128 YCbCr 4:2:0 8 bits"),
        ("jpeg-dnl-420.jpg", "JPEG 256x128 YCbCr 4:2:0 8 bits"),
        ("jpeg-rgb-adobe.jpg", "JPEG 256x128 RGB 4:4:4 8 bits"),
        ("jpeg-rgb-ids.jpg", "JPEG 256x128 RGB 4:4:4 8 bits"),
        ("jpeg-cmyk-adobe.jpg", "JPEG 256x128 CMYK 4:4:4 8 bits"),
        ("jpeg-cmyk-no-adobe.jpg", "JPEG 256x128 CMYK 4:4:4 8 bits"),
        ("jpeg-ycck-420.jpg", "JPEG 256x128 YCCK 4:2:0 8 bits"),
        ("jpeg-icc.jpg", "JPEG 240x128 YCbCr 4:2:0 8 bits, profile of 520 bytes"),
        ("jpeg-icc-two-chunks.jpg", "JPEG 240x128 YCbCr 4:2:0 8 bits, profile of 520 bytes"),
        ("jpeg-icc-broken.jpg", "JPEG 240x128 YCbCr 4:2:0 8 bits, profile of 200 bytes"),
        ("jpeg-icc-missing-chunk.jpg", "JPEG 240x128 YCbCr 4:2:0 8 bits"),
    ] {
        assert_eq!(told(name), expected, "{name}");
    }
}

/// The rules of libjpeg: JFIF means YCbCr whatever Adobe says, and four components with any transform are YCCK.
#[test]
fn the_colour_model_of_a_jpeg() {
    let with_adobe = |name: &str, transform: u8| {
        let bytes = file(name);
        let adobe = [b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
        header(&[&bytes[..2], &adobe, &bytes[2..]].concat()).color
    };
    assert_eq!(with_adobe("jpeg-444.jpg", 0), FileColor::YCbCr);
    assert_eq!(with_adobe("jpeg-rgb-ids.jpg", 0), FileColor::Rgb);
    assert_eq!(with_adobe("jpeg-rgb-ids.jpg", 1), FileColor::YCbCr);
    assert_eq!(with_adobe("jpeg-cmyk-no-adobe.jpg", 0), FileColor::Cmyk);
    assert_eq!(with_adobe("jpeg-cmyk-no-adobe.jpg", 1), FileColor::Ycck);
    assert_eq!(with_adobe("jpeg-grey.jpg", 1), FileColor::Gray);
}

#[test]
fn pngs() {
    for (name, expected) in [
        ("png-grey-1.png", "PNG 203x101 grey 1 bits"),
        ("png-grey-16.png", "PNG 203x101 grey 16 bits"),
        ("png-grey-1-trns.png", "PNG 203x101 grey 1 bits, alpha"),
        ("png-grey-alpha-8.png", "PNG 203x101 grey with alpha 8 bits, alpha"),
        ("png-palette-2.png", "PNG 203x101 palette 2 bits"),
        ("png-palette-4-trns.png", "PNG 203x101 palette 4 bits, alpha"),
        ("png-palette-4-interlaced.png", "PNG 203x101 palette 4 bits, progressive"),
        ("png-rgb-16-trns.png", "PNG 203x101 RGB 16 bits, alpha"),
        ("png-rgba-16-interlaced.png", "PNG 203x101 RGBA 16 bits, alpha, progressive"),
        ("png-animated.png", "PNG 203x101 RGB 8 bits"),
        ("png-icc.png", "PNG 203x101 RGB 8 bits, profile of 520 bytes"),
        ("png-icc-broken.png", "PNG 203x101 RGB 8 bits"),
    ] {
        assert_eq!(told(name), expected, "{name}");
    }
}

#[test]
fn the_profile_is_the_same_wherever_it_comes_from() {
    let profile = header(&file("jpeg-icc.jpg")).icc_profile.unwrap();
    assert_eq!(header(&file("jpeg-icc-two-chunks.jpg")).icc_profile.unwrap(), profile);
    assert_eq!(header(&file("png-icc.png")).icc_profile.unwrap(), profile);
    // A profile names itself at this place.
    assert_eq!(&profile[36..40], b"acsp");
}

#[test]
fn orientations() {
    for (number, orientation) in (1..=8).zip(Orientation::ALL) {
        let jpeg = header(&file(&format!("jpeg-exif-orientation-{number}.jpg")));
        assert_eq!(jpeg.orientation, orientation);
        assert_eq!(jpeg.displayed().to_string(), "240x128");
        let png = header(&file(&format!("png-exif-orientation-{number}.png")));
        assert_eq!(png.orientation, orientation);
        assert_eq!(png.displayed().to_string(), "208x104");
    }
}

#[test]
fn damaged_exif_costs_the_orientation_at_most() {
    for (name, bytes) in files(&["jpeg-exif-broken-"], 10) {
        let header = header(&bytes);
        assert_eq!(header.orientation, Orientation::Upright, "{name}");
        assert!(decode(&bytes).is_ok(), "{name}");
    }
}

/// The model that the header promises is the one that comes.
#[test]
fn models() {
    for (name, bytes) in files(&["jpeg-", "png-"], 100) {
        let header = header(&bytes);
        let expected = match header.color {
            FileColor::YCbCr => ColorModel::YCbCr,
            FileColor::Gray if !header.alpha => ColorModel::Gray,
            _ if header.alpha => ColorModel::Rgba,
            _ => ColorModel::Rgb,
        };
        assert_eq!(header.model(), expected, "{name}");
        assert_eq!(decode(&bytes).unwrap().model(), expected, "{name}");
        assert_eq!(header.format == Format::Png, name.ends_with(".png"), "{name}");
    }
}
