//! The memory that decoding says it will need, against what it takes.

use std::collections::BTreeMap;

use masthead_decode::{Decoder, FileBytes, Limits};
use masthead_picture::{Light, Rect};
use masthead_testdata::any_size;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn limits() -> Limits {
    any_size().with_bytes(usize::MAX)
}

/// What decoding a window was estimated to take, and what it took, in bytes. Damaged data is no matter: it shows after
/// everything is allocated.
fn estimated_and_taken(bytes: &[u8], window: Option<Rect>) -> (u64, u64) {
    let file = FileBytes::from(bytes);
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    let decoder = Decoder::new(file, &limits()).unwrap();
    let window = window.unwrap_or(Rect::of(decoder.header().stored));
    let estimated = decoder.memory(window);
    let picture = decoder.decode(window, Light::Linear);
    let taken = ALLOCATED.peak_usage() - before;
    drop(picture);
    (estimated, taken as u64)
}

/// The JPEG with other dimensions in its frame header.
fn declaring(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let frame = jpeg.windows(3).position(|bytes| matches!(bytes, [0xFF, 0xC0..=0xC2, 0])).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A PNG of zeros, with this bit depth, colour type and number of channels.
fn png((width, height): (u32, u32), depth: u8, color: u8, channels: u32, interlaced: bool) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, interlaced.into()]].concat();
    // Rows with their filters, and as many again for the passes; in stored blocks.
    let rows = vec![0; ((width * channels * u32::from(depth) / 8 + 1) * height + 2 * height) as usize];
    let mut pixels = vec![0x78, 0x01];
    for block in rows.chunks(0xFFFF) {
        let length = block.len() as u16;
        pixels.extend([&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), block].concat());
    }
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &pixels), chunk(b"IEND", b"")].concat()
}

/// The checksum of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// One test, because the allocator counts for all threads.
#[test]
fn the_estimate_is_an_upper_bound_and_not_far_above() {
    let generated = masthead_testdata::committed().unwrap();
    let mut pictures = BTreeMap::new();
    for (name, bytes) in &generated {
        // Of a size that the file itself contradicts some are refused at once.
        let contradicted =
            ["jpeg-dnl-420.jpg", "jpeg-restart-420.jpg", "jpeg-restart-420-odd.jpg", "jpeg-restart-grey.jpg"];
        if name.starts_with("jpeg-") && name != "jpeg-metadata.jpg" && !contradicted.contains(&name.as_str()) {
            pictures.insert(format!("large {name}"), declaring(bytes.clone(), 2400, 1603));
        }
    }
    assert!(pictures.len() > 40, "too few generated files");
    for (name, color, channels) in [("grey", 0, 1), ("grey with alpha", 4, 2), ("rgb", 2, 3), ("rgba", 6, 4)] {
        pictures.insert(format!("PNG, {name}"), png((2400, 1603), 8, color, channels, false));
        pictures.insert(format!("PNG, {name}, interlaced"), png((2400, 1603), 8, color, channels, true));
        pictures.insert(format!("PNG, {name}, 16 bits and wide"), png((8192, 400), 16, color, channels, false));
    }
    for photo in std::fs::read_dir(masthead_testdata::folder().join("../photos")).unwrap() {
        let photo = photo.unwrap();
        pictures.insert(photo.file_name().into_string().unwrap(), std::fs::read(photo.path()).unwrap());
    }

    for (name, bytes) in &pictures {
        let (estimated, taken) = estimated_and_taken(bytes, None);
        assert!(taken <= estimated, "{name}: {estimated} bytes estimated, {taken} taken");
        assert!(estimated <= taken * 3 / 2, "{name}: {estimated} bytes estimated, {taken} taken");
    }

    // Of one pixel of these, what the png crate holds is nearly all: its buffer of rows, long and short ones, few and many.
    for (width, height) in [(8192, 2), (8192, 40), (4096, 400), (2400, 603), (300, 300)] {
        for (depth, color, channels) in [(8, 0, 1), (16, 2, 3), (16, 6, 4)] {
            for interlaced in [false, true] {
                let name = format!("{width}x{height}, {depth} bits, {channels} channels, interlaced: {interlaced}");
                let file = png((width, height), depth, color, channels, interlaced);
                let pixel = Rect::from_edges(width - 1, height - 1, width, height);
                let (estimated, taken) = estimated_and_taken(&file, pixel);
                assert!(taken <= estimated, "{name}: {estimated} bytes estimated, {taken} taken");
                // The tables of compressed blocks are estimated too, and these have none.
                assert!(estimated <= taken + (40 << 10), "{name}: {estimated} bytes estimated, {taken} taken");
            }
        }
    }

    // Whatever the file and the window, the estimate holds; of little it may be a larger part.
    for (name, bytes) in generated.iter().chain(&pictures) {
        let Ok(decoder) = Decoder::new(bytes, &limits()) else { continue };
        let stored = decoder.header().stored;
        drop(decoder);
        let (width, height) = (stored.width(), stored.height());
        for (left, top, right, bottom) in [
            (0, 0, 1, 1),
            (width - 1, height - 1, width, height),
            (0, height / 3, width, height - height / 3),
            (width / 3, 0, width - width / 3, height),
        ] {
            let Some(window) = Rect::from_edges(left, top, right, bottom) else { continue };
            let (estimated, taken) = estimated_and_taken(bytes, Some(window));
            assert!(taken <= estimated, "{name}, {window}: {estimated} bytes estimated, {taken} taken");
        }
    }
}
