//! The memory that decoding says it will need, against what it takes.

use std::collections::BTreeMap;

use masthead_decode::{Decoder, FileBytes, Limits, RowBatch};
use masthead_picture::{Light, Rect};
use masthead_testdata::any_size;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn limits() -> Limits {
    any_size().with_bytes(usize::MAX)
}

/// What decoding was estimated to take, and what it took, in bytes. Damaged data is no matter: it shows after everything is
/// allocated.
struct Cost {
    estimated: u64,
    taken: u64,
}

/// What an estimate may be too high besides half of it: scans of a JPEG that use the same tables share them.
const SLACK: u64 = 512 << 10;

impl Cost {
    /// Of `decode`, with a decoder that is made for it.
    fn of(bytes: &[u8], estimate: impl Fn(&Decoder) -> u64, decode: impl Fn(&Decoder)) -> Self {
        let file = FileBytes::from(bytes);
        let before = ALLOCATED.current_usage();
        let decoder = Decoder::new(file, &limits()).unwrap();
        ALLOCATED.reset_peak_usage();
        let estimated = estimate(&decoder);
        decode(&decoder);
        Self { estimated, taken: (ALLOCATED.peak_usage() - before) as u64 }
    }

    /// Of all rows of a window, read into so many batches in turn.
    fn of_rows(bytes: &[u8], window: Option<Rect>, batches: usize) -> Self {
        let window = |decoder: &Decoder| window.unwrap_or(Rect::of(decoder.header().stored));
        Self::of(
            bytes,
            |decoder| decoder.memory(window(decoder)) + (batches as u64 - 1) * decoder.batch_memory(window(decoder)),
            |decoder| {
                let mut rows = decoder.rows(window(decoder), Light::Linear).unwrap();
                let mut batches: Vec<RowBatch> = (0..batches).map(|_| RowBatch::default()).collect();
                let mut next = (0..batches.len()).cycle();
                while rows.read(&mut batches[next.next().unwrap()]).unwrap_or(false) {}
            },
        )
    }

    /// Of the picture of a window.
    fn of_picture(bytes: &[u8], window: Option<Rect>) -> Self {
        let window = |decoder: &Decoder| window.unwrap_or(Rect::of(decoder.header().stored));
        Self::of(
            bytes,
            |decoder| decoder.picture_memory(window(decoder)),
            |decoder| drop(decoder.decode(window(decoder), Light::Linear)),
        )
    }

    fn check(&self, what: &str) {
        assert!(self.taken <= self.estimated, "{what}: {} bytes estimated, {} taken", self.estimated, self.taken);
    }

    /// Also that it is not far above.
    fn check_tight(&self, what: &str, slack: u64) {
        self.check(what);
        let most = self.taken * 3 / 2 + slack;
        assert!(self.estimated <= most, "{what}: {} bytes estimated, {} taken", self.estimated, self.taken);
    }
}

/// What is held between the header and the pixels: as the decoder says, and as it is; and what was taken on the way.
fn held_and_opened(bytes: &[u8]) -> Option<(u64, u64, u64)> {
    let file = FileBytes::from(bytes);
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    let decoder = Decoder::new(file, &limits()).ok()?;
    let (holds, opened) = (ALLOCATED.current_usage() - before, ALLOCATED.peak_usage() - before);
    Some((decoder.held(), holds as u64, opened as u64))
}

/// The JPEG with other dimensions in its frame header.
fn declaring(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let frame = jpeg.windows(3).position(|bytes| matches!(bytes, [0xFF, 0xC0..=0xC2 | 0xC9..=0xCA, 0])).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// The JPEG with segments of metadata or tables before its own.
fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut with = jpeg[..2].to_vec();
    for (marker, body) in segments {
        with.extend([&[0xFF, *marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat());
    }
    [&with, &jpeg[2..]].concat()
}

/// The segments of a profile of so many bytes.
fn profile_segments(length: usize) -> Vec<(u8, Vec<u8>)> {
    let profile = vec![7; length];
    let parts: Vec<_> = profile.chunks(65_500).collect();
    let body =
        |number: usize, part: &[u8]| [b"ICC_PROFILE\0", &[number as u8 + 1, parts.len() as u8][..], part].concat();
    parts.iter().enumerate().map(|(number, part)| (0xE2, body(number, part))).collect()
}

/// The PNG with chunks of metadata after its header.
fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    const HEADER: usize = 8 + 25;
    [&png[..HEADER], &chunks.concat(), &png[HEADER..]].concat()
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let named = [name, data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// The chunk of a profile of so many bytes, packed to a twentieth of them.
fn profile_chunk(length: usize) -> Vec<u8> {
    const LONGEST_MATCH: usize = 258;
    // The last block, of fixed codes (RFC 1951, section 3.2.6): the literal 7, and matches of it at distance 1.
    let mut bits = vec![1, 1, 0];
    let mut code = |code: u32, length: u32| bits.extend((0..length).rev().map(|bit| (code >> bit & 1) as u8));
    (0..1 + (length - 1) % LONGEST_MATCH).for_each(|_| code(0b0011_0111, 8));
    (0..(length - 1) / LONGEST_MATCH).for_each(|_| code(0b1_1000_1010_0000, 13));
    code(0, 7);
    let packed: Vec<u8> = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let (low, high) = (0..length).fold((1_u32, 0), |(low, high), _| ((low + 7) % 65_521, (high + low + 7) % 65_521));
    chunk(b"iCCP", &[&b"name\0\0\x78\x01"[..], &packed, &(high << 16 | low).to_be_bytes()].concat())
}

/// Bytes in a zlib stream of stored blocks, of which none says that it is the last.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    for block in bytes.chunks(0xFFFF) {
        let length = block.len() as u16;
        stream.extend([&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), block].concat());
    }
    stream
}

/// A PNG of zeros, with this bit depth, colour type and number of channels.
fn png((width, height): (u32, u32), depth: u8, color: u8, channels: u32, interlaced: bool) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, interlaced.into()]].concat();
    // Rows with their filters, and as many again for the passes.
    let rows = vec![0; ((width * channels * u32::from(depth) / 8 + 1) * height + 2 * height) as usize];
    let pixels = stored(&rows);
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &pixels), chunk(b"IEND", b"")].concat()
}

/// The checksum of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Whether the file itself contradicts another size, and is refused at once.
fn contradicted(name: &str) -> bool {
    name.starts_with("jpeg-dnl-")
}

/// One test, because the allocator counts for all threads.
#[test]
fn the_estimate_is_an_upper_bound_and_not_far_above() {
    let generated = masthead_testdata::committed().unwrap();
    let mut pictures = BTreeMap::new();
    for (name, bytes) in &generated {
        if name.starts_with("jpeg-") && name != "jpeg-metadata.jpg" && !contradicted(name) {
            pictures.insert(format!("large {name}"), declaring(bytes.clone(), 2400, 1603));
        }
    }
    assert!(pictures.len() > 40, "too few generated files");
    for (name, color, channels) in [("grey", 0, 1), ("grey with alpha", 4, 2), ("rgb", 2, 3), ("rgba", 6, 4)] {
        pictures.insert(format!("PNG, {name}"), png((2400, 1603), 8, color, channels, false));
        pictures.insert(format!("PNG, {name}, interlaced"), png((2400, 1603), 8, color, channels, true));
        pictures.insert(format!("PNG, {name}, 16 bits and wide"), png((8192, 400), 16, color, channels, false));
    }
    // Files that are nothing but metadata.
    let plain = png((300, 200), 8, 2, 3, false);
    let (exif, profile) = (chunk(b"eXIf", &vec![0; 3 << 20]), profile_chunk(2_200_000));
    let damaged = [&exif[..exif.len() - 4], b"crc?"].concat();
    for (name, chunks) in [
        ("EXIF", vec![exif.clone()]),
        ("EXIF that is damaged", vec![damaged.clone()]),
        ("a profile", vec![profile.clone()]),
        ("the longest profile", vec![profile_chunk(4 << 20)]),
        ("a profile that is too long", vec![profile_chunk((4 << 20) + 1)]),
        ("a profile and EXIF", vec![profile.clone(), exif.clone()]),
        ("EXIF and a profile", vec![damaged, exif, profile]),
    ] {
        pictures.insert(format!("PNG, {name}"), with_chunks(&plain, &chunks));
    }
    let jpeg = &pictures["large jpeg-420.jpg"].clone();
    pictures.insert("JPEG, a profile".into(), with_segments(jpeg, &profile_segments(4_000_000)));
    let exif = (0xE1, [b"Exif\0\0", &vec![0; 60_000][..]].concat());
    pictures.insert("JPEG, EXIF".into(), with_segments(jpeg, &vec![exif; 60]));
    // Tables are what the codec reads from a copy.
    let table = (0xDB, [vec![0], vec![1; 64]].concat());
    pictures.insert("JPEG, tables".into(), with_segments(jpeg, &vec![table; 900]));
    for photo in std::fs::read_dir(masthead_testdata::folder().join("../photos")).unwrap() {
        let photo = photo.unwrap();
        pictures.insert(photo.file_name().into_string().unwrap(), std::fs::read(photo.path()).unwrap());
    }

    for (name, bytes) in &pictures {
        Cost::of_picture(bytes, None).check_tight(name, SLACK);
        Cost::of_rows(bytes, None, 3).check_tight(name, SLACK);
    }

    // Of a JPEG little besides the rows that are handed on, however large it is.
    for (name, bytes) in generated.iter().filter(|(name, _)| name.starts_with("jpeg-") && !contradicted(name)) {
        let largest = declaring(bytes.clone(), 8192, 8192);
        let decoder = Decoder::new(&largest, &limits()).unwrap();
        let whole = Rect::of(decoder.header().stored);
        let besides = decoder.memory(whole) - decoder.batch_memory(whole);
        // Four components, or MCUs of 32 rows, have more coefficients in an MCU row.
        let most = if ["ycck", "4x4", "1x4"].iter().any(|unusual| name.contains(unusual)) { 3 << 19 } else { 1 << 20 };
        assert!(besides <= most, "{name}: {besides} bytes besides a batch");
        drop(decoder);
        Cost::of_rows(&largest, None, 2).check_tight(name, SLACK);
    }

    // Of one pixel of these, what the png crate holds is nearly all: its buffer of rows, long and short ones, few and many.
    for (width, height) in [(8192, 2), (8192, 40), (4096, 400), (2400, 603), (300, 300)] {
        for (depth, color, channels) in [(8, 0, 1), (16, 2, 3), (16, 6, 4)] {
            for interlaced in [false, true] {
                let name = format!("{width}x{height}, {depth} bits, {channels} channels, interlaced: {interlaced}");
                let file = png((width, height), depth, color, channels, interlaced);
                let pixel = Rect::from_edges(width - 1, height - 1, width, height);
                let Cost { estimated, taken } = Cost::of_rows(&file, pixel, 1);
                assert!(taken <= estimated, "{name}: {estimated} bytes estimated, {taken} taken");
                // The tables of compressed blocks are estimated too, and these have none.
                assert!(estimated <= taken + (40 << 10), "{name}: {estimated} bytes estimated, {taken} taken");
            }
        }
    }

    for (name, bytes) in generated.iter().chain(&pictures) {
        let Some((held, holds, opened)) = held_and_opened(bytes) else { continue };
        assert!(holds <= held, "{name}: {holds} bytes held, {held} said");
        assert!(held <= holds + (8 << 10), "{name}: {holds} bytes held, {held} said");
        let most = 3 * bytes.len() as u64 + (16 << 20);
        assert!(opened <= most, "{name}, {} bytes: {opened} taken for the header", bytes.len());
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
            Cost::of_rows(bytes, Some(window), 1).check(&format!("{name}, {window}"));
        }
    }
}
