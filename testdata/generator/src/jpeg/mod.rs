//! A JPEG writer with every freedom the format has and no speed.

mod component;
mod dct;
mod huffman;
mod scan;

use crate::scene::Pixels;
use component::{Blocks, Component};
use huffman::Tables;
pub(crate) use scan::Scan;

/// The coding process, which the SOF marker names.
#[derive(Clone, Copy, PartialEq)]
enum Process {
    Baseline = 0xC0,
    Extended = 0xC1,
    Progressive = 0xC2,
}

/// A JPEG to be written.
#[derive(Clone)]
pub(crate) struct Jpeg {
    size: (usize, usize),
    components: Vec<Component>,
    process: Process,
    scans: Vec<Scan>,
    restart_interval: u16,
    /// Segments between SOI and the tables.
    segments: Vec<Vec<u8>>,
    height_after_scan: bool,
}

/// A marker segment: the marker's second byte, the length, the payload.
pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &length[..], payload].concat()
}

fn jfif() -> Vec<u8> {
    segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
}

/// Adobe's segment; `transform` is 0 for RGB or CMYK, 1 for YCbCr, 2 for YCCK.
fn adobe(transform: u8) -> Vec<u8> {
    segment(0xEE, &[b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat())
}

impl Jpeg {
    fn new(picture: &Pixels, components: Vec<Component>, segments: Vec<Vec<u8>>) -> Self {
        let size = (picture.width, picture.height);
        let scan = Scan { components: (0..components.len()).collect(), band: (0, 63), approximation: (0, 0) };
        Self {
            size,
            components,
            process: Process::Baseline,
            scans: vec![scan],
            restart_interval: 0,
            segments,
            height_after_scan: false,
        }
    }

    pub(crate) fn grey(picture: &Pixels) -> Self {
        Self::new(picture, component::grey(picture), vec![jfif()])
    }

    /// YCbCr without subsampling, in a JFIF file.
    pub(crate) fn ycbcr(picture: &Pixels) -> Self {
        Self::new(picture, component::ycbcr(picture), vec![jfif()])
    }

    pub(crate) fn rgb_by_adobe_marker(picture: &Pixels) -> Self {
        Self::new(picture, component::rgb(picture, [1, 2, 3]), vec![adobe(0)])
    }

    pub(crate) fn rgb_by_component_ids(picture: &Pixels) -> Self {
        Self::new(picture, component::rgb(picture, *b"RGB"), vec![])
    }

    pub(crate) fn cmyk(picture: &Pixels) -> Self {
        Self::new(picture, component::inverted_cmyk(picture), vec![adobe(0)])
    }

    pub(crate) fn cmyk_without_adobe_marker(picture: &Pixels) -> Self {
        Self::new(picture, component::inverted_cmyk(picture), vec![])
    }

    pub(crate) fn ycck(picture: &Pixels) -> Self {
        Self::new(picture, component::ycck(picture), vec![adobe(2)])
    }

    /// Sets the sampling factors of the components, in order.
    pub(crate) fn with_sampling(mut self, factors: &[(usize, usize)]) -> Self {
        for (component, &sampling) in self.components.iter_mut().zip(factors) {
            component.sampling = sampling;
        }
        self
    }

    /// Adds a segment behind the ones before.
    pub(crate) fn with_segment(mut self, marker: u8, payload: &[u8]) -> Self {
        self.segments.push(segment(marker, payload));
        self
    }

    /// Adds an EXIF block.
    pub(crate) fn with_exif(self, tiff: &[u8]) -> Self {
        self.with_segment(0xE1, &[b"Exif\0\0", tiff].concat())
    }

    /// Adds an ICC profile, in `chunks` segments.
    pub(crate) fn with_icc(self, profile: &[u8], chunks: usize) -> Self {
        profile.chunks(profile.len().div_ceil(chunks)).zip(1..).fold(self, |jpeg, (part, number)| {
            jpeg.with_segment(0xE2, &[b"ICC_PROFILE\0", &[number, chunks as u8][..], part].concat())
        })
    }

    pub(crate) fn with_restart_interval(mut self, mcus: u16) -> Self {
        self.restart_interval = mcus;
        self
    }

    /// Gives every component a scan of its own.
    pub(crate) fn one_scan_each(mut self) -> Self {
        let scan = |component| Scan { components: vec![component], band: (0, 63), approximation: (0, 0) };
        self.scans = (0..self.components.len()).map(scan).collect();
        self
    }

    /// Names the process "extended sequential", which 8-bit samples do not need.
    pub(crate) fn extended(mut self) -> Self {
        self.process = Process::Extended;
        self
    }

    /// Makes it progressive, with spectral selection and two steps of successive approximation.
    pub(crate) fn progressive(self) -> Self {
        let all: Vec<usize> = (0..self.components.len()).collect();
        let mut scans = vec![Scan { components: all.clone(), band: (0, 0), approximation: (0, 1) }];
        for (band, approximation) in [((1, 5), (0, 2)), ((6, 63), (0, 2)), ((1, 63), (2, 1)), ((1, 63), (1, 0))] {
            scans.extend(all.iter().map(|&only| Scan { components: vec![only], band, approximation }));
        }
        scans.push(Scan { components: all, band: (0, 0), approximation: (1, 0) });
        self.with_progressive_scans(scans)
    }

    pub(crate) fn with_progressive_scans(mut self, scans: Vec<Scan>) -> Self {
        self.process = Process::Progressive;
        self.scans = scans;
        self
    }

    /// Leaves the height to a DNL segment behind the first scan.
    pub(crate) fn with_height_after_scan(mut self) -> Self {
        self.height_after_scan = true;
        self
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let max = self
            .components
            .iter()
            .fold((1, 1), |max, component| (component.sampling.0.max(max.0), component.sampling.1.max(max.1)));
        let mcus = (self.size.0.div_ceil(8 * max.0), self.size.1.div_ceil(8 * max.1));
        let blocks: Vec<_> = self.components.iter().map(|component| Blocks::new(component, self.size, max)).collect();

        let mut file = vec![0xFF, 0xD8];
        file.extend(self.segments.concat());
        file.extend(self.quantisation_tables());
        file.extend(self.frame_header());
        if self.restart_interval > 0 {
            file.extend(segment(0xDD, &self.restart_interval.to_be_bytes()));
        }
        let progressive = self.process == Process::Progressive;
        for (i, scan) in self.scans.iter().enumerate() {
            let restarts = usize::from(self.restart_interval);
            let items = scan::items(scan, &self.components, &blocks, mcus, progressive, restarts);
            let tables = Tables::for_items(&items);
            let definition = tables.definition();
            if !definition.is_empty() {
                file.extend(segment(0xC4, &definition));
            }
            file.extend(self.scan_header(scan));
            file.extend(tables.encode(&items));
            if i == 0 && self.height_after_scan {
                file.extend(segment(0xDC, &(self.size.1 as u16).to_be_bytes()));
            }
        }
        file.extend([0xFF, 0xD9]);
        file
    }

    fn quantisation_tables(&self) -> Vec<u8> {
        let last = self.components.iter().map(|component| component.tables).max();
        let table = |id| segment(0xDB, &[&[id][..], &dct::quantisation(id)].concat());
        (0..=last.unwrap_or(0)).flat_map(table).collect()
    }

    fn frame_header(&self) -> Vec<u8> {
        let height = if self.height_after_scan { 0 } else { self.size.1 as u16 };
        let mut payload = vec![8];
        payload.extend(height.to_be_bytes());
        payload.extend((self.size.0 as u16).to_be_bytes());
        payload.push(self.components.len() as u8);
        for Component { id, sampling: (h, v), tables, .. } in &self.components {
            payload.extend([*id, (h << 4 | v) as u8, *tables]);
        }
        segment(self.process as u8, &payload)
    }

    fn scan_header(&self, scan: &Scan) -> Vec<u8> {
        let mut payload = vec![scan.components.len() as u8];
        for &component in &scan.components {
            let Component { id, tables, .. } = self.components[component];
            payload.extend([id, tables << 4 | tables]);
        }
        payload.extend([scan.band.0 as u8, scan.band.1 as u8]);
        payload.push(scan.approximation.0 << 4 | scan.approximation.1);
        segment(0xDA, &payload)
    }
}
