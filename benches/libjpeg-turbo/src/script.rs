//! Which scans a file is written in.

use crate::layout::{self, MOST_COMPONENTS};

/// The scans of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// One sequential scan of all components.
    Interleaved,
    /// Progressive, as libjpeg-turbo does it when nothing else is asked for.
    Progressive,
    /// These: sequential when each has all coefficients, and progressive otherwise.
    Scans(Vec<Scan>),
}

/// A scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Indices of its components, 1 to 4.
    pub components: Vec<usize>,
    /// Its first coefficient (`Ss`).
    pub first: u8,
    /// Its last coefficient (`Se`).
    pub last: u8,
    /// The bit that the scan before it ended at, 0 for none (`Ah`).
    pub high: u8,
    /// The bit that it ends at (`Al`).
    pub low: u8,
}

impl Scan {
    fn new(components: &[usize], [first, last]: [u8; 2], [high, low]: [u8; 2]) -> Self {
        Self { components: components.to_vec(), first, last, high, low }
    }

    pub(crate) fn layout(&self) -> layout::Scan {
        let mut component = [0; MOST_COMPONENTS];
        for (to, from) in component.iter_mut().zip(&self.components) {
            *to = *from as i32;
        }
        layout::Scan {
            components: self.components.len() as i32,
            component,
            first: self.first.into(),
            last: self.last.into(),
            high: self.high.into(),
            low: self.low.into(),
        }
    }
}

impl Script {
    /// A sequential scan for each component.
    #[must_use]
    pub fn separate(components: usize) -> Self {
        Self::Scans((0..components).map(|component| Scan::new(&[component], [0, 63], [0, 0])).collect())
    }

    /// A progressive script that no program would write: components in any order, bits of a coefficient in up to three scans, bands that
    /// other scans split.
    #[must_use]
    pub fn odd(components: usize) -> Self {
        let all: Vec<usize> = (0..components).collect();
        let mut scans: Vec<Scan> = (1..components).step_by(2).map(|i| Scan::new(&[i], [0, 0], [0, 2])).collect();
        let even: Vec<usize> = all.iter().copied().step_by(2).collect();
        scans.extend([
            Scan::new(&even, [0, 0], [0, 2]),
            Scan::new(&[0], [1, 1], [0, 3]),
            Scan::new(&[0], [2, 63], [0, 3]),
            Scan::new(&[0], [1, 63], [3, 2]),
            Scan::new(&all, [0, 0], [2, 1]),
        ]);
        for component in 1..components {
            scans.push(Scan::new(&[component], [1, 20], [0, 1]));
            scans.push(Scan::new(&[component], [21, 63], [0, 1]));
        }
        scans.extend([Scan::new(&[0], [1, 63], [2, 1]), Scan::new(&all, [0, 0], [1, 0])]);
        scans.extend(all.iter().rev().map(|component| Scan::new(&[*component], [1, 63], [1, 0])));
        Self::Scans(scans)
    }

    /// As many progressive scans as masthead accepts: 100 for a picture in colour.
    #[must_use]
    pub fn many(components: usize) -> Self {
        let all: Vec<usize> = (0..components).collect();
        let mut scans = Vec::new();
        // Two DC scans; the others are bands of the first bits, and then of the last one.
        let bands = (98 / 2 - 9 * (components - 1)).min(63);
        for bits in [[0, 1], [1, 0]] {
            scans.push(Scan::new(&all, [0, 0], bits));
            for component in 0..components {
                let bands = if component == 0 { bands as u8 } else { 9 };
                scans.extend((1..=bands).map(|k| Scan::new(&[component], [k, if k < bands { k } else { 63 }], bits)));
            }
        }
        Self::Scans(scans)
    }

    pub(crate) fn layout(&self) -> Vec<layout::Scan> {
        match self {
            Self::Interleaved | Self::Progressive => Vec::new(),
            Self::Scans(scans) => scans.iter().map(Scan::layout).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_scans_are_a_hundred() {
        for components in 1..=4 {
            let Script::Scans(scans) = Script::many(components) else { panic!("it has scans") };
            assert_eq!(scans.len(), 100, "{components}");
        }
    }
}
