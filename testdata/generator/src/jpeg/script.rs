//! Scripts of scans by choice: any legal order of any parts.

use super::dct::ZIGZAG;
use super::frame::Frame;
use super::odd::Choices;
use super::scan::Scan;

/// An MCU of several components has no more blocks (T.81, B.2.3).
const MOST_BLOCKS: usize = 10;

/// Scans of a sequential frame: each component in one of them.
pub(super) fn sequential(choices: &mut Choices<'_>, factors: &[(usize, usize)]) -> Vec<Scan> {
    let groups = choices.one_of(&[1, 1, 2, 3, 4]);
    let mut scans = vec![Scan::whole([]); groups];
    for component in 0..factors.len() {
        scans[choices.below(groups)].components.push(component);
    }
    scans.retain(|scan| !scan.components.is_empty());
    scans.into_iter().flat_map(|scan| if fits(&scan.components, factors) { vec![scan] } else { alone(&scan) }).collect()
}

/// Whether an MCU of these components has room.
fn fits(components: &[usize], factors: &[(usize, usize)]) -> bool {
    let blocks = |&component: &usize| factors[component].0 * factors[component].1;
    components.len() == 1 || components.iter().map(blocks).sum::<usize>() <= MOST_BLOCKS
}

/// A scan for each component of this one.
fn alone(scan: &Scan) -> Vec<Scan> {
    scan.components.iter().map(|&component| Scan { components: vec![component], ..scan.clone() }).collect()
}

/// Scans of a progressive frame: bands and bits in any order in which no part comes before those it depends on. Some files end before
/// all is sent.
pub(super) fn progressive(choices: &mut Choices<'_>, factors: &[(usize, usize)]) -> Vec<Scan> {
    // The lowest bit that is sent of each coefficient.
    let mut sent = vec![[None::<u8>; 64]; factors.len()];
    let mut scans = Vec::new();
    for _ in 0..choices.one_of(&[12, 30, 30, 1, 60]) {
        let open: Vec<usize> =
            (0..factors.len()).filter(|&component| sent[component].iter().any(|low| *low != Some(0))).collect();
        if open.is_empty() {
            break;
        }
        let component = choices.one_of(&open);
        let state = sent[component];
        let places: Vec<usize> = (0..64).filter(|&k| state[k] != Some(0)).collect();
        // AC coefficients come after the first scan of the DC coefficient.
        let start = if state[0].is_none() { 0 } else { choices.one_of(&places) };
        let low = match state[start] {
            None => choices.one_of(&[0, 1, 0, 2, 3, 13]),
            Some(low) => low - 1,
        };
        let approximation = (state[start].unwrap_or(0), low);
        let scan = if start == 0 {
            let more = choices.below(2) == 0;
            let together =
                (0..factors.len()).filter(|&other| other == component || (more && sent[other][0] == state[0]));
            let together: Vec<usize> = together.collect();
            Scan::new(if fits(&together, factors) { together } else { vec![component] }, (0, 0), approximation)
        } else {
            let longest = (start..64).take_while(|&k| state[k] == state[start]).count();
            let length = if choices.below(2) == 0 { longest } else { 1 + choices.below(longest) };
            Scan::new([component], (start, start + length - 1), approximation)
        };
        for &component in &scan.components {
            sent[component][scan.band.0..=scan.band.1].fill(Some(low));
        }
        scans.push(scan);
    }
    scans
}

/// The blocks of a component that hold samples, row-major, with what scans carry of their coefficients.
pub(super) fn carried(frame: &Frame, component: usize, scans: &[Scan]) -> Vec<[i16; 64]> {
    let mut sent = [None; 64];
    for scan in scans.iter().filter(|scan| scan.components.contains(&component)) {
        sent[scan.band.0..=scan.band.1].fill(Some(scan.approximation.1));
    }
    let geometry = frame.geometry(component);
    let (wide, high) = geometry.covering;
    let block = |i: usize| {
        let block = &frame.components[component].blocks[i / wide * geometry.padded.0 + i % wide];
        let mut natural = [0; 64];
        for (k, low) in sent.iter().enumerate() {
            let Some(low) = low else { continue };
            // The DC coefficient loses its low bits, others those of their magnitude.
            let value = if k == 0 { block[0] >> low << low } else { block[k] / (1 << low) * (1 << low) };
            natural[ZIGZAG[k]] = value as i16;
        }
        natural
    };
    (0..wide * high).map(block).collect()
}
