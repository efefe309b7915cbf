//! JPEGs whose headers are right and whose scans lie.

use super::broken::{SOS, cut, position};
use crate::jpeg::{Jpeg, Scan};
use crate::scene::{Pixels, scene};
use crate::{GeneratedFile, Random};

pub(super) fn files() -> Vec<GeneratedFile> {
    [short_scans(), restarts(), codes()].concat()
}

fn halved() -> Jpeg {
    Jpeg::ycbcr(&scene(256, 128)).with_sampling(&[(2, 2)])
}

/// Where scan `number` has its SOS marker; from 0.
fn scan(file: &[u8], number: usize) -> usize {
    (0..file.len() - 1).filter(|&at| file[at..at + 2] == SOS).nth(number).expect("the file has this scan")
}

/// Where the entropy-coded data of scan `number` lies.
fn data(file: &[u8], number: usize) -> std::ops::Range<usize> {
    let header = scan(file, number) + 2;
    let start = header + usize::from(u16::from_be_bytes([file[header], file[header + 1]]));
    let is_marker = |at: &usize| file[*at] == 0xFF && !matches!(file[at + 1], 0 | 0xD0..=0xD7);
    let end = (start..file.len() - 1).find(is_marker).expect("a marker ends a scan");
    start..end
}

/// The file without the second half of a scan's data.
fn shortened(mut file: Vec<u8>, number: usize) -> Vec<u8> {
    let data = data(&file, number);
    let mut half = data.start + data.len() / 2;
    // A byte of 0xFF stays with the zero behind it.
    half += usize::from(file[half - 1] == 0xFF);
    file.drain(half..data.end);
    file
}

fn short_scans() -> Vec<GeneratedFile> {
    let arithmetic = halved().arithmetic().encode();
    let length = arithmetic.len() / 2;
    vec![
        GeneratedFile::new(
            "broken-jpeg-scan-ends-early.jpg",
            "the second of three scans has half of its data",
            shortened(halved().one_scan_each().encode(), 1),
        ),
        GeneratedFile::new(
            "broken-jpeg-progressive-scan-ends-early.jpg",
            "an AC scan has half of its data, those before and after it are whole",
            shortened(halved().progressive().encode(), 7),
        ),
        GeneratedFile::new("broken-jpeg-arithmetic-cut.jpg", "cut in the middle of the scan", cut(arithmetic, length)),
        GeneratedFile::new(
            "broken-jpeg-eob-run-past-end.jpg",
            "a run of ended bands that has twice as many blocks as are left",
            eob_run_past_the_end(),
        ),
    ]
}

/// The DC scan of a flat picture, and the AC scan of one twice as high: a single run.
fn eob_run_past_the_end() -> Vec<u8> {
    let flat = |height| {
        let scans = vec![Scan::new([0], (0, 0), (0, 0)), Scan::new([0], (1, 63), (0, 0))];
        Jpeg::grey(&Pixels::from_fn(256, height, |_, _| [100; 3])).with_progressive_scans(scans).encode()
    };
    let (low, high) = (flat(128), flat(256));
    [&low[..data(&low, 0).end], &high[data(&high, 0).end..]].concat()
}

/// Restart markers of files of each process that are missing, doubled or out of order.
fn restarts() -> Vec<GeneratedFile> {
    let processes = [
        ("", halved().with_restart_interval(5)),
        ("progressive-", halved().progressive().with_restart_interval(7)),
        ("arithmetic-", halved().arithmetic().with_restart_interval(5)),
    ];
    let damaged = |(process, jpeg): (&str, Jpeg)| {
        let file = jpeg.encode();
        let data = data(&file, 0);
        let is_restart = |at: &usize| file[*at] == 0xFF && matches!(file[at + 1], 0xD0..=0xD7);
        let third = data.filter(is_restart).nth(2).expect("a third restart");
        let with = |marker: &[u8]| [&file[..third], marker, &file[third + 2..]].concat();
        [
            ("missing", "a restart marker is missing between two intervals", with(&[])),
            ("doubled", "a restart marker stands twice", with(&[0xFF, 0xD2, 0xFF, 0xD2])),
            ("out-of-order", "RST5 stands where RST2 should", with(&[0xFF, 0xD5])),
        ]
        .map(|(what, proves, file)| {
            GeneratedFile::new(format!("broken-jpeg-{process}restart-{what}.jpg"), proves, file)
        })
    };
    processes.into_iter().flat_map(damaged).collect()
}

fn codes() -> Vec<GeneratedFile> {
    let inserted = |file: Vec<u8>, number: usize, bytes: &[u8]| {
        let data = data(&file, number);
        let middle = data.start + data.len() / 2;
        let middle = middle + usize::from(file[middle - 1] == 0xFF);
        [&file[..middle], bytes, &file[middle..]].concat()
    };
    // No code is all ones, and no value has as many bits.
    let ones = [0xFF, 0].repeat(8);
    let arithmetic = halved().arithmetic().encode();
    let noise: Vec<u8> = Random::new(1).map(|bits| bits as u8).filter(|&byte| byte < 0xFF).take(4000).collect();
    let noise = inserted(arithmetic, 0, &noise);
    vec![
        GeneratedFile::new(
            "broken-jpeg-code-not-in-table.jpg",
            "bits within the scan that are no Huffman code",
            inserted(halved().encode(), 0, &ones),
        ),
        GeneratedFile::new(
            "broken-jpeg-progressive-code-not-in-table.jpg",
            "the same in a scan of AC coefficients",
            inserted(halved().progressive().encode(), 4, &ones),
        ),
        GeneratedFile::new(
            "broken-jpeg-arithmetic-noise.jpg",
            "decisions that lead past the last coefficient of a block",
            noise,
        ),
        GeneratedFile::new(
            "broken-jpeg-no-quantisation.jpg",
            "a scan whose component names a quantisation table that is not there",
            no_quantisation(),
        ),
    ]
}

fn no_quantisation() -> Vec<u8> {
    let mut file = halved().encode();
    let table = position(&file, &[0xFF, 0xDB]);
    let length = usize::from(u16::from_be_bytes([file[table + 2], file[table + 3]]));
    file.drain(table..table + 2 + length);
    file
}
