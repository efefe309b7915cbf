//! Valid JPEGs that nobody would write: any legal combination of what the format has, chosen by bytes.

use super::frame::{self, Coding, Frame, FrameComponent, Geometry, Process};
use super::scan::{Conditioning, Scan};
use super::script;
use super::writer::{self, Layout, segment};
use crate::Random;

/// A valid JPEG of noise.
#[derive(Clone, Debug)]
pub struct OddJpeg {
    /// The file.
    pub file: Vec<u8>,
    /// The same with the height in its frame header, where `file` has it in a DNL segment.
    pub without_dnl: Vec<u8>,
    /// For each component its blocks, those that hold samples of the picture: quantised coefficients in row-major order, as far as
    /// scans carry them.
    pub coefficients: Vec<Vec<[i16; 64]>>,
    /// What was chosen, for messages.
    pub description: String,
}

/// Choices made by bytes. After the last one, all are the first of their alternatives.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    /// A number below `bound`, which is 256 at most.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0.next().map_or(0, |&byte| usize::from(byte) * bound / 256)
    }

    pub(super) fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count && count > 1
    }

    fn noise(&mut self) -> Random {
        Random::new(self.0.by_ref().take(4).fold(0, |seed, &byte| seed << 8 | u64::from(byte)))
    }
}

/// The JPEG that these bytes choose; a few dozen of them choose everything.
///
/// From 1x1 to 100x100 pixels; 1 to 4 components with any factors; sequential or progressive, Huffman or arithmetic coding; scans
/// in any legal order, not always of all bits and bands; restart intervals and tables that change between scans, DNL, fill bytes and
/// comments.
///
/// ```
/// let odd = masthead_testdata::odd_jpeg(&[]);
/// assert_eq!((odd.coefficients.len(), odd.coefficients[0].len()), (1, 1));
/// ```
pub fn odd_jpeg(choices: &[u8]) -> OddJpeg {
    let choices = &mut Choices(choices.iter());
    let size = (side(choices), side(choices));
    let coding = choices.one_of(&[Coding::Huffman, Coding::Huffman, Coding::Arithmetic]);
    let process = choices.one_of(&[Process::Baseline, Process::Extended, Process::Progressive, Process::Progressive]);
    let count = choices.one_of(&[1, 3, 3, 2, 4]);
    let factors: Vec<_> =
        (0..count).map(|_| (choices.one_of(&[1, 2, 1, 2, 3, 4]), choices.one_of(&[1, 2, 1, 2, 3, 4]))).collect();
    let mut scans = match process {
        Process::Progressive => script::progressive(choices, &factors),
        Process::Baseline | Process::Extended => script::sequential(choices, &factors),
    };
    for scan in &mut scans {
        decorate(choices, scan, process == Process::Baseline, coding);
    }
    let mut layout = Layout {
        scans,
        restart_interval: choices.one_of(&[0, 0, 1, 2, 7]),
        height_after_scan: choices.once_in(8),
        quantisation_at_scans: choices.once_in(3),
        huffman_tables_once: choices.once_in(3),
        rare_codes: choices.once_in(2).then(|| choices.noise()),
        fill: (0..choices.one_of(&[0, 0, 0, 3])).map(|_| choices.below(4)).collect(),
        ..Layout::default()
    };
    let mut components: Vec<_> = (0..).zip(&factors).map(|(id, &factors)| component(choices, id, factors)).collect();
    agree_on_steps(&mut components, &layout);
    let max = frame::largest(factors.iter().copied());
    for component in &mut components {
        component.blocks = noise(choices, component, Geometry::new(size, component.sampling, max));
    }
    let frame = Frame { size, process, coding, components };
    let file = writer::write(&frame, &layout);
    let description = format!(
        "{}x{} {process:?} {coding:?} {factors:?} restarts {} dnl {} tables {} {} {} fill {:?} scans {:?}",
        size.0,
        size.1,
        layout.restart_interval,
        layout.height_after_scan,
        layout.quantisation_at_scans,
        layout.huffman_tables_once,
        layout.rare_codes.is_some(),
        layout.fill,
        layout.scans,
    );
    layout.height_after_scan = false;
    let without_dnl = writer::write(&frame, &layout);
    let coefficients = (0..count).map(|component| script::carried(&frame, component, &layout.scans)).collect();
    OddJpeg { file, without_dnl, coefficients, description }
}

/// Mostly few pixels, so that there are many files a second.
fn side(choices: &mut Choices<'_>) -> usize {
    let most = choices.one_of(&[17, 9, 17, 33, 100]);
    1 + choices.below(most)
}

/// Destinations of tables, restart interval, conditioning and comments of a scan.
fn decorate(choices: &mut Choices<'_>, scan: &mut Scan, baseline: bool, coding: Coding) {
    let tables = if baseline { 2 } else { 4 };
    scan.tables = scan.components.iter().map(|_| (choices.below(tables) as u8, choices.below(tables) as u8)).collect();
    scan.restart_interval = choices.once_in(4).then(|| choices.one_of(&[0, 1, 3, 9, 40]));
    if coding == Coding::Arithmetic && choices.once_in(4) {
        let low = choices.below(4) as u8;
        let dc = (low, low + choices.below(5) as u8);
        scan.conditioning =
            Some(Conditioning { dc: [dc, (0, 1), (0, 0), dc], ac: [1 + choices.below(63) as u8, 5, 63, 1] });
    }
    if choices.once_in(8) {
        scan.segments.push(segment(0xFE, b"a comment"));
    }
}

/// A component without its blocks.
fn component(choices: &mut Choices<'_>, id: u8, sampling: (usize, usize)) -> FrameComponent {
    let quantisation = choices.below(4) as u8;
    let most = choices.one_of(&[1, 16, 255, 1000]);
    let mut random = choices.noise();
    let steps = std::array::from_fn(|_| 1 + random.below(most) as u16);
    FrameComponent { id: 1 + id, sampling, quantisation, steps, tables: 0, blocks: Vec::new() }
}

/// Components whose tables are defined together in the same destination have the same one.
fn agree_on_steps(components: &mut [FrameComponent], layout: &Layout) {
    let all: Vec<usize> = (0..components.len()).collect();
    let mut together: Vec<Vec<usize>> = Vec::new();
    if layout.quantisation_at_scans {
        let mut seen = Vec::new();
        for scan in &layout.scans {
            let new: Vec<usize> =
                scan.components.iter().copied().filter(|component| !seen.contains(component)).collect();
            seen.extend(&new);
            together.push(new);
        }
    } else {
        together.push(all);
    }
    for group in together {
        for (i, &component) in group.iter().enumerate() {
            let destination = components[component].quantisation;
            let first = group[..i].iter().find(|&&other| components[other].quantisation == destination);
            if let Some(&first) = first {
                components[component].steps = components[first].steps;
            }
        }
    }
}

/// Blocks of noise: coefficients that stay in the range of samples when they are multiplied by their steps.
fn noise(choices: &mut Choices<'_>, component: &FrameComponent, geometry: Geometry) -> Vec<[i32; 64]> {
    let coefficients = choices.one_of(&[6, 0, 1, 20, 64]);
    let loud = choices.below(4) as u32;
    let mut random = choices.noise();
    let (wide, high) = geometry.padded;
    let block = |_| {
        let mut block = [0; 64];
        for _ in 0..coefficients {
            let last = random.below(64);
            let k = random.below(last + 1) as usize;
            let most = (1000 / i32::from(component.steps[k])).max(1) >> (random.below(4) as u32 * (3 - loud));
            block[k] = (random.below(2 * most as u64 + 1) as i32) - most;
        }
        block
    };
    (0..wide * high).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_choose_a_file() {
        let mut random = Random::new(3);
        let mut seen = std::collections::BTreeSet::new();
        for length in (0..80).cycle().take(800) {
            let choices: Vec<u8> = random.by_ref().map(|bits| bits as u8).take(length).collect();
            let odd = odd_jpeg(&choices);
            assert!(odd.file.starts_with(&[0xFF, 0xD8]) && odd.file.ends_with(&[0xFF, 0xD9]));
            assert_eq!(odd.file == odd.without_dnl, !odd.description.contains("dnl true"));
            let words = odd.description.split(' ').skip(1).take(2);
            seen.insert((words.collect::<Vec<_>>().join(" "), odd.coefficients.len()));
        }
        // Three processes, two codings, four numbers of components.
        assert_eq!(seen.len(), 24, "{seen:?}");
    }
}
