//! How much work a small file may ask for.

use std::time::{Duration, Instant};

use masthead_decode::{Decoder, Error, RowBatch};
use masthead_picture::{Light, Rect};

use crate::limits;

/// A progressive grey JPEG of one value, in so many scans, of which all but the first say in a few bytes that they add nothing.
fn empty_scans(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let blocks = u32::from(width.div_ceil(8)) * u32::from(height.div_ceil(8));
    let segment =
        |marker: u8, body: &[u8]| [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat();
    let scan = |band: (u8, u8), approximation: u8, data: &[u8]| {
        [segment(0xDA, &[1, 1, 0, band.0, band.1, approximation]), data.to_vec()].concat()
    };
    let [h1, h0] = height.to_be_bytes();
    let [w1, w0] = width.to_be_bytes();
    // One code for a difference of zero; and of four bits those of the runs of 1 to 32767 ended bands.
    let differences = [&[0][..], &[1], &[0; 15], &[0]].concat();
    let runs: Vec<u8> = (0..15).map(|bits| bits << 4).collect();
    let runs = [&[0x10, 0, 0, 0, 15][..], &[0; 12], &runs].concat();
    let mut ended = Bits::default();
    let mut rest = blocks;
    while rest > 0 {
        let run = rest.min(32_767);
        let bits = run.ilog2();
        ended.push(bits, 4);
        ended.push(run - (1 << bits), bits);
        rest -= run;
    }
    let ended = ended.finish();
    // Each coefficient but for its last bit, and then that.
    let bands = (1..=63).flat_map(|k| [((k, k), 0x01), ((k, k), 0x10)]);
    let mut file = [
        b"\xFF\xD8".to_vec(),
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC2, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]),
        segment(0xC4, &differences),
        segment(0xC4, &runs),
        scan((0, 0), 0, &vec![0; blocks.div_ceil(8) as usize]),
    ]
    .concat();
    bands.take(scans - 1).for_each(|(band, approximation)| file.extend(scan(band, approximation, &ended)));
    file.extend([0xFF, 0xD9]);
    file
}

/// Bits, the high one first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    /// As bytes, filled up with ones; zeros follow 0xFF.
    fn finish(self) -> Vec<u8> {
        let bytes = self
            .0
            .chunks(8)
            .map(|bits| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(*bits.get(bit).unwrap_or(&true))));
        bytes.flat_map(|byte| if byte == 0xFF { vec![0xFF, 0] } else { vec![byte] }).collect()
    }
}

/// The time that all rows of a file take.
fn time(file: &[u8]) -> Duration {
    let decoder = Decoder::new(file, &limits()).unwrap();
    let start = Instant::now();
    let mut rows = decoder.rows(Rect::of(decoder.header().stored), Light::Linear).unwrap();
    let mut batch = RowBatch::default();
    while rows.read(&mut batch).unwrap() {
        assert!(batch.components().all(|rows| rows.rows().all(|row| row.iter().all(|sample| *sample == 128))));
    }
    start.elapsed()
}

/// The file is as small with the scans as without them.
#[test]
fn scans_that_add_nothing_cost_next_to_nothing() {
    let (one, all) = (empty_scans(8192, 6400, 1), empty_scans(8192, 6400, 100));
    assert!(all.len() < one.len() + 20_000);
    let least = |file: &[u8]| (0..3).map(|_| time(file)).min().unwrap();
    let (one, all) = (least(&one), least(&all));
    assert!(all < 4 * one, "{one:?} with one scan, {all:?} with a hundred");
}

/// It is looked at in each MCU row, also of those above the window, in which there is nothing to hand on.
#[test]
fn a_deadline_ends_what_is_above_the_window() {
    let limit = Duration::from_millis(1);
    let file = empty_scans(8192, 6400, 100);
    let decoder = Decoder::new(&file[..], &limits().with_deadline(Some(limit))).unwrap();
    let mut rows = decoder.rows(Rect::from_edges(0, 6399, 1, 6400).unwrap(), Light::Linear).unwrap();
    let start = Instant::now();
    assert_eq!(rows.read(&mut RowBatch::default()), Err(Error::Deadline { limit }));
    let took = start.elapsed();
    assert!(took < time(&file) / 2, "{took:?}");
}
