//! What is refused, with which words, and how soon.

use std::time::{Duration, Instant};

use masthead_decode::{Decoder, Error, ErrorKind, Limits, RowBatch};
use masthead_picture::{Dimensions, Light, Rect};

use crate::{decode, file, files, header, limits};

/// A file that must be refused, under the usual limits, in no time.
fn refusal(name: &str, bytes: &[u8]) -> Error {
    let start = Instant::now();
    let error = Decoder::new(bytes, &Limits::default()).and_then(|decoder| {
        let window = Rect::of(decoder.header().stored);
        decoder.decode(window, Light::Linear)
    });
    let took = start.elapsed();
    let most = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 200 });
    assert!(took < most, "{name} took {took:?}");
    error.err().unwrap_or_else(|| panic!("{name} was decoded"))
}

#[test]
fn broken_files_are_unreadable() {
    for (name, bytes) in files(&["broken-"], 15) {
        let error = refusal(&name, &bytes);
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}: {error}");
        let message = error.to_string();
        assert!(message.starts_with(char::is_lowercase) && !message.ends_with('.'), "{name}: {message}");
    }
    for (name, expected) in [
        ("broken-empty.jpg", "the file is empty"),
        ("broken-one-byte.jpg", "the file ends after 1 byte, within the signature of an image"),
        ("broken-signature-only.jpg", "broken JPEG: the file ends before its first scan"),
        ("broken-signature-only.png", "broken PNG: the file ends too early"),
        ("broken-text.jpg", "the file is text, not an image"),
        ("broken-jpeg-cut-header.jpg", "broken JPEG: the file ends before its first scan"),
        ("broken-jpeg-cut-progressive.jpg", "broken JPEG: the file ends before the end of the image"),
        ("broken-jpeg-cut-scan.jpg", "broken JPEG: scan 1 is damaged in MCU row 3: the data ends early"),
        ("broken-jpeg-scan-ends-early.jpg", "broken JPEG: scan 2 is damaged in MCU row 3: the data ends early"),
        (
            "broken-jpeg-code-not-in-table.jpg",
            "broken JPEG: scan 1 is damaged in MCU row 3: a code is not in the Huffman table",
        ),
        (
            "broken-jpeg-restart-out-of-order.jpg",
            "broken JPEG: scan 1 is damaged in MCU row 0: restart marker RST5 is out of order (expected RST2)",
        ),
        (
            "broken-jpeg-eob-run-past-end.jpg",
            "broken JPEG: scan 2 is damaged in MCU row 15: \
             a run of ended blocks goes past the end of the scan or restart interval",
        ),
        ("broken-jpeg-no-huffman.jpg", "broken JPEG: component 1 uses DC Huffman table 0, which is missing"),
        ("broken-jpeg-zero-width.jpg", "broken JPEG: the image is 0x128, without a pixel"),
        ("broken-jpeg-zero-height.jpg", "broken JPEG: the image is 256x0, without a pixel"),
        ("broken-png-cut-idat.png", "broken PNG: the file ends too early"),
    ] {
        assert_eq!(refusal(name, &file(name)).to_string(), expected, "{name}");
    }
}

#[test]
fn other_formats_are_named() {
    for (name, bytes) in files(&["foreign-"], 15) {
        let error = refusal(&name, &bytes);
        let expected = match name.rsplit('.').next().unwrap() {
            "avif" => "AVIF images",
            "bmp" => "BMP images",
            "gif" => "GIF images",
            "heic" => "HEIC images",
            "jxl" => "JPEG XL images",
            "pdf" => "PDF documents",
            "svg" => "SVG images",
            "tif" => "TIFF images",
            "webp" => "WebP images",
            extension => panic!("no name for {extension}"),
        };
        assert_eq!(error.to_string(), format!("{expected} are not supported"), "{name}");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn what_is_unusual_is_named() {
    for (name, bytes) in files(&["unsupported-"], 3) {
        let expected = match name.as_str() {
            "unsupported-jpeg-12-bit.jpg" => "12-bit JPEG images are not supported",
            "unsupported-jpeg-lossless.jpg" => "lossless JPEG images are not supported",
            "unsupported-jpeg-two-components.jpg" => "2-component JPEG images are not supported",
            name => panic!("nothing is said of {name}"),
        };
        assert_eq!(refusal(&name, &bytes).to_string(), expected);
    }
    let start = b"\xFF\xD8\xFF\xF7\0\x0B\x08\0\x64\0\xC8\x01\x01\x11\0";
    assert_eq!(refusal("JPEG-LS", start).to_string(), "JPEG-LS images are not supported");
}

#[test]
fn limits_are_held_from_the_header_on() {
    for (name, kind, expected) in [
        ("jpeg-1000-scans.jpg", ErrorKind::TooLarge, "the JPEG has 1135 scans, at most 100 are accepted"),
        ("jpeg-199x99.jpg", ErrorKind::TooSmall, "image is 199x99, at least 200x100 is required"),
        ("jpeg-65500x65500.jpg", ErrorKind::TooLarge, "image is 65500x65500, at most 8192x8192 is accepted"),
        ("jpeg-65535x1.jpg", ErrorKind::TooLarge, "image is 65535x1, at most 8192x8192 is accepted"),
        ("png-65535x1.png", ErrorKind::TooLarge, "image is 65535x1, at most 8192x8192 is accepted"),
        (
            "png-2147483647x2147483647.png",
            ErrorKind::TooLarge,
            "image is 2147483647x2147483647, at most 8192x8192 is accepted",
        ),
    ] {
        let name = format!("limit-{name}");
        let error = Decoder::new(file(&name), &Limits::default()).err().unwrap();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, expected), "{name}");
    }
}

/// The rest of the pixel data is passed over, as libpng does with a warning.
#[test]
fn pixel_data_of_no_use_is_not_unpacked() {
    let bytes = file("limit-png-inflating.png");
    assert!(decode(&bytes).unwrap() == decode(file("png-grey-1.png")).unwrap());
}

#[test]
fn what_is_wide_is_accepted_when_the_limits_say_so() {
    let wide = Dimensions::new(65_535, 65_535).unwrap();
    let limits = limits().with_max_dimensions(wide);
    for name in ["limit-jpeg-65535x1.jpg", "limit-png-65535x1.png"] {
        let bytes = file(name);
        let window = Rect::from_edges(65_000, 0, 65_535, 1).unwrap();
        let picture = Decoder::new(&bytes, &limits).unwrap().decode(window, Light::Linear).unwrap();
        // Column x has the high byte of x.
        let expected = [0, 300, 534].map(|column: usize| ((65_000 + column) >> 8) as u8);
        let row = picture.components()[0].plane.row(0);
        let near = [0, 300, 534].iter().zip(expected).all(|(column, expected)| row[*column].abs_diff(expected) <= 2);
        assert!(near, "{name}");
    }
}

#[test]
fn bytes_pixels_and_scans() {
    let bytes = file("jpeg-progressive-420.jpg");
    let refused = |limits: &Limits| Decoder::new(&bytes, limits).err().unwrap();
    let length = bytes.len();

    let limits = Limits::default().with_bytes(length).with_pixels(256 * 128).with_scans(14);
    assert!(Decoder::new(&bytes, &limits).is_ok());
    let error = refused(&limits.clone().with_bytes(length - 1));
    assert_eq!(error.to_string(), format!("file has {length} bytes, at most {} are accepted", length - 1));
    let error = refused(&limits.clone().with_pixels(32_767));
    assert_eq!(error.to_string(), "image has 32768 pixels, at most 32767 are accepted");
    let error = refused(&limits.with_scans(13));
    assert_eq!(error.to_string(), "the JPEG has 14 scans, at most 13 are accepted");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn the_least_and_the_greatest_dimensions_are_accepted() {
    let bytes = file("jpeg-420.jpg");
    let dimensions = |width, height| Dimensions::new(width, height).unwrap();
    let open = |least, most| {
        let limits = limits().with_min_dimensions(least).with_max_dimensions(most);
        Decoder::new(&bytes, &limits).map(|_| ()).map_err(|error| error.to_string())
    };
    let exact = dimensions(256, 128);
    assert_eq!(open(exact, exact), Ok(()));
    for (width, height) in [(257, 128), (256, 129)] {
        let expected = format!("image is 256x128, at least {width}x{height} is required");
        assert_eq!(open(dimensions(width, height), dimensions(300, 300)), Err(expected));
    }
    for (width, height) in [(255, 128), (256, 127)] {
        let expected = format!("image is 256x128, at most {width}x{height} is accepted");
        assert_eq!(open(dimensions(1, 1), dimensions(width, height)), Err(expected));
    }
}

/// Dimensions are those of the picture as it is shown.
#[test]
fn a_turned_picture_is_measured_as_it_is_shown() {
    let turned = file("jpeg-exif-orientation-6.jpg");
    assert_eq!(header(&turned).stored.to_string(), "128x240");
    let fits = |width, height| {
        let max_dimensions = Dimensions::new(width, height).unwrap();
        Decoder::new(&turned, &Limits::default().with_max_dimensions(max_dimensions)).is_ok()
    };
    assert!(fits(240, 128) && !fits(128, 240));
}

#[test]
fn memory_is_refused_before_it_is_taken() {
    for name in ["jpeg-420.jpg", "jpeg-progressive-420.jpg", "jpeg-ycck-420.jpg", "png-rgba-16-interlaced.png"] {
        let bytes = file(name);
        let stored = header(&bytes).stored;
        let needed = Decoder::new(&bytes, &limits()).unwrap().picture_memory(Rect::of(stored));
        let decode = |memory| {
            let limits = limits().with_memory(memory);
            Decoder::new(&bytes, &limits).unwrap().decode(Rect::of(stored), Light::Linear)
        };
        assert!(decode(needed).is_ok(), "{name}");
        let error = decode(needed - 1).unwrap_err();
        let expected = format!("decoding needs {needed} bytes of memory, at most {} are accepted", needed - 1);
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::TooLarge, expected), "{name}");
    }
}

#[test]
fn a_deadline_ends_it() {
    for (name, bytes) in files(&["jpeg-", "png-"], 90) {
        let limits = limits().with_deadline(Some(Duration::ZERO));
        let decoder = Decoder::new(&bytes, &limits).unwrap();
        let window = Rect::of(decoder.header().stored);
        let error = decoder.decode(window, Light::Linear).unwrap_err();
        assert_eq!(error, Error::Deadline { limit: Duration::ZERO }, "{name}");
        assert_eq!(error.kind(), ErrorKind::Deadline);
    }
    // What is done between two batches counts as well.
    let deadline = Duration::from_millis(5);
    let decoder = Decoder::new(file("jpeg-420.jpg"), &limits().with_deadline(Some(deadline))).unwrap();
    let mut rows = decoder.rows(Rect::of(decoder.header().stored), Light::Linear).unwrap();
    let start = Instant::now();
    while start.elapsed() < deadline {
        std::hint::spin_loop();
    }
    let error = rows.read(&mut RowBatch::default()).unwrap_err();
    assert_eq!(error, Error::Deadline { limit: deadline });
    assert_eq!(error.to_string(), "decoding took longer than the accepted 5ms");
}
