//! Decoding takes what it says it will: all at the beginning, nothing afterwards.

use masthead_jpeg::{Header, RowDecoder};
use masthead_picture::Rect;

use crate::{ALLOCATED, counted};

/// Decodes a window, and checks what that takes. Gives what the decoder took.
fn check(file: &[u8], header: &Header, window: Rect, what: &str) -> u64 {
    let estimate = header.memory();
    let (mut decoder, peak) = counted(|| RowDecoder::new(file, header, window).unwrap());
    assert!(peak <= estimate, "{what} {window}: {estimate} estimated, {peak} taken");
    // Not far from it, either.
    assert!(estimate <= peak + peak / 16 + 1024, "{what} {window}: {estimate} estimated, {peak} taken");
    let mut buffers: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
    let mut rows: Vec<&mut [u8]> = buffers.iter_mut().map(|buffer| &mut buffer[..]).collect();
    let (result, more) = counted(|| (0..decoder.mcu_rows().end).try_for_each(|_| decoder.decode_mcu_row(&mut rows)));
    result.unwrap_or_else(|error| panic!("{what} {window}: {error}"));
    assert_eq!(more, 0, "{what} {window}: more was taken");
    peak
}

pub(crate) fn the_estimate_is_never_too_low() {
    let files = masthead_testdata::files().into_iter().filter(|file| file.name.starts_with("jpeg-"));
    for file in files.filter(|file| file.name.ends_with(".jpg")) {
        let before = ALLOCATED.current_usage();
        let header = Header::read(&file.bytes, 1000).unwrap();
        let held = (ALLOCATED.current_usage() - before) as u64;
        assert!(held <= header.held(), "{}: {} estimated, {held} taken", file.name, header.held());
        let whole = Rect::of(header.dimensions());
        let (width, height) = (whole.width(), whole.height());
        check(&file.bytes, &header, whole, &file.name);
        check(
            &file.bytes,
            &header,
            Rect::from_edges(width / 2, height / 2, width / 2 + 1, height / 2 + 1).unwrap(),
            &file.name,
        );
    }
}

/// A progressive file of one MCU row, 8192 pixels wide, 4:4:4, in 100 scans, each with a table of its own. All coefficients are zero.
fn wide_file() -> Vec<u8> {
    let frame: &[u8] = b"\xff\xc2\0\x11\x08\0\x08\x20\0\x03\x01\x11\0\x02\x11\0\x03\x11\0";
    // One code, of one bit: that the DC coefficient is as before, or that the block is over.
    let codes = |class| [&[0xff, 0xc4, 0, 20, class, 1][..], &[0; 15], &[0]].concat();
    let data = |blocks: usize| vec![0; blocks / 8];
    let mut file = [b"\xff\xd8\xff\xdb\0\x43\0", &[1; 64][..], frame].concat();
    file.extend([&codes(0)[..], b"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0\0\0", &data(3 * 1024)].concat());
    for scan in 0..99 {
        let header = [0xff, 0xda, 0, 8, 1, 1 + scan % 3, 0, 1, 63, 0];
        file.extend([&codes(0x10)[..], &header, &data(1024)].concat());
    }
    file.extend([0xff, 0xd9]);
    file
}

pub(crate) fn many_scans_of_a_wide_picture_take_less_than_a_megabyte() {
    let file = wide_file();
    let header = Header::read(&file, 100).unwrap();
    assert_eq!((header.scans(), header.dimensions().to_string()), (100, "8192x8".to_owned()));
    let taken = check(&file, &header, Rect::of(header.dimensions()), "a wide file") + header.held();
    assert!(taken < 1_000_000, "{taken} bytes");
}
