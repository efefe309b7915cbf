//! The file: marker segments around entropy-coded data (ITU T.81, annex B).

use super::arithmetic;
use super::frame::{Coding, Frame, FrameComponent, Process};
use super::huffman::Tables;
use super::scan::{Conditioning, Scan};
use super::symbols::{self, Item};
use crate::Random;

/// What a writer may choose besides the picture and its scans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Segments between SOI and the tables.
    pub segments: Vec<Vec<u8>>,
    pub scans: Vec<Scan>,
    /// In MCUs, 0 for none, until a scan changes it.
    pub restart_interval: u16,
    /// Leaves the height to a DNL segment behind the first scan.
    pub height_after_scan: bool,
    /// Defines each quantisation table right before the first scan of a component that needs it, so that several components may have
    /// different tables in the same destination.
    pub quantisation_at_scans: bool,
    /// One set of Huffman tables at the begin, for all scans.
    pub huffman_tables_once: bool,
    /// Huffman tables have codes that are not used; the noise that chooses them.
    pub rare_codes: Option<Random>,
    /// Numbers of fill bytes before markers, in turn, from the beginning again after the last.
    pub fill: Vec<usize>,
}

/// A marker segment: the marker's second byte, the length, the payload.
pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &length[..], payload].concat()
}

/// The file of a frame.
pub(crate) fn write(frame: &Frame, layout: &Layout) -> Vec<u8> {
    let mut writer = Writer { frame, layout, file: vec![0xFF, 0xD8], markers: 0 };
    writer.write();
    writer.file
}

struct Writer<'a> {
    frame: &'a Frame,
    layout: &'a Layout,
    file: Vec<u8>,
    /// How many markers there are that fill bytes may precede.
    markers: usize,
}

impl Writer<'_> {
    fn write(&mut self) {
        let Self { frame, layout, .. } = *self;
        for segment in &layout.segments {
            self.put(segment);
        }
        if !layout.quantisation_at_scans {
            let all: Vec<usize> = (0..frame.components.len()).collect();
            self.quantisation_tables(&all);
        }
        self.put(&self.frame_header());
        let mut restart_interval = layout.restart_interval;
        if restart_interval > 0 {
            self.put(&segment(0xDD, &restart_interval.to_be_bytes()));
        }

        let mut items: Vec<Vec<Item>> = Vec::new();
        if frame.coding == Coding::Huffman {
            let mut interval = restart_interval;
            for scan in &layout.scans {
                interval = scan.restart_interval.unwrap_or(interval);
                items.push(symbols::items(scan, frame, interval.into()));
            }
        }
        let mut rare = layout.rare_codes.clone();
        let once = layout.huffman_tables_once.then(|| Tables::for_items(items.iter().flatten(), rare.as_mut()));
        if let Some(tables) = &once {
            self.huffman_tables(tables);
        }
        let mut conditioning = Conditioning::default();
        let mut seen = vec![false; frame.components.len()];
        for (i, scan) in layout.scans.iter().enumerate() {
            if let Some(interval) = scan.restart_interval {
                self.put(&segment(0xDD, &interval.to_be_bytes()));
                restart_interval = interval;
            }
            if let Some(changed) = scan.conditioning {
                self.put(&segment(0xCC, &changed.definition()));
                conditioning = changed;
            }
            if layout.quantisation_at_scans {
                let new: Vec<usize> = scan.components.iter().copied().filter(|&component| !seen[component]).collect();
                self.quantisation_tables(&new);
                new.iter().for_each(|&component| seen[component] = true);
            }
            for segment in &scan.segments {
                self.put(segment);
            }
            let segments = if frame.coding == Coding::Arithmetic {
                arithmetic::encode(scan, frame, &conditioning, restart_interval.into())
            } else if let Some(tables) = &once {
                tables.encode(&items[i])
            } else {
                let tables = Tables::for_items(&items[i], rare.as_mut());
                self.huffman_tables(&tables);
                tables.encode(&items[i])
            };
            self.put(&self.scan_header(scan));
            self.entropy_coded(&segments);
            if i == 0 && layout.height_after_scan {
                self.put(&segment(0xDC, &(frame.size.1 as u16).to_be_bytes()));
            }
        }
        self.put(&[0xFF, 0xD9]);
    }

    /// A marker with what belongs to it.
    fn put(&mut self, segment: &[u8]) {
        if let Some(&count) = self.layout.fill.get(self.markers % self.layout.fill.len().max(1)) {
            self.file.resize(self.file.len() + count, 0xFF);
        }
        self.markers += 1;
        self.file.extend(segment);
    }

    fn entropy_coded(&mut self, segments: &[Vec<u8>]) {
        for (i, segment) in segments.iter().enumerate() {
            if i > 0 {
                self.put(&[0xFF, 0xD0 + ((i - 1) % 8) as u8]);
            }
            self.file.extend(segment);
        }
    }

    /// The quantisation tables of these components, each destination once.
    fn quantisation_tables(&mut self, components: &[usize]) {
        let mut defined = Vec::new();
        for &component in components {
            let FrameComponent { quantisation, steps, .. } = &self.frame.components[component];
            if defined.contains(quantisation) {
                continue;
            }
            defined.push(*quantisation);
            let payload = if steps.iter().all(|&step| step < 256) {
                [&[*quantisation][..], &steps.map(|step| step as u8)].concat()
            } else {
                [&[0x10 | quantisation][..], steps.map(u16::to_be_bytes).as_flattened()].concat()
            };
            self.put(&segment(0xDB, &payload));
        }
    }

    fn huffman_tables(&mut self, tables: &Tables) {
        let definition = tables.definition();
        if !definition.is_empty() {
            self.put(&segment(0xC4, &definition));
        }
    }

    fn frame_header(&self) -> Vec<u8> {
        let Frame { size, process, coding, components } = self.frame;
        let height = if self.layout.height_after_scan { 0 } else { size.1 as u16 };
        let mut payload = vec![8];
        payload.extend(height.to_be_bytes());
        payload.extend((size.0 as u16).to_be_bytes());
        payload.push(components.len() as u8);
        for FrameComponent { id, sampling: (h, v), quantisation, .. } in components {
            payload.extend([*id, (h << 4 | v) as u8, *quantisation]);
        }
        let marker = match (coding, process) {
            (Coding::Huffman, Process::Baseline) => 0xC0,
            (Coding::Huffman, Process::Extended) => 0xC1,
            (Coding::Huffman, Process::Progressive) => 0xC2,
            (Coding::Arithmetic, Process::Baseline | Process::Extended) => 0xC9,
            (Coding::Arithmetic, Process::Progressive) => 0xCA,
        };
        segment(marker, &payload)
    }

    fn scan_header(&self, scan: &Scan) -> Vec<u8> {
        let mut payload = vec![scan.components.len() as u8];
        for &component in &scan.components {
            let (dc, ac) = scan.tables_of(component, self.frame);
            payload.extend([self.frame.components[component].id, dc << 4 | ac]);
        }
        payload.extend([scan.band.0 as u8, scan.band.1 as u8]);
        payload.push(scan.approximation.0 << 4 | scan.approximation.1);
        segment(0xDA, &payload)
    }
}
