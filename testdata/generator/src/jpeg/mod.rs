//! A JPEG writer with every freedom the format has and no speed.

mod arithmetic;
mod arithmetic_encoder;
mod component;
mod dct;
mod frame;
mod huffman;
mod odd;
mod scan;
mod script;
mod symbols;
mod writer;

use crate::scene::Pixels;
use component::Component;
use frame::{Coding, Frame, FrameComponent, Process};
pub use odd::{OddJpeg, odd_jpeg};
pub(crate) use scan::{Conditioning, Scan};
use writer::Layout;
pub(crate) use writer::segment;

/// A JPEG to be written.
#[derive(Clone)]
pub(crate) struct Jpeg {
    size: (usize, usize),
    components: Vec<Component>,
    process: Process,
    coding: Coding,
    layout: Layout,
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
        let scans = vec![Scan::whole((0..components.len()).collect::<Vec<_>>())];
        let layout = Layout { segments, scans, ..Layout::default() };
        Self { size, components, process: Process::Baseline, coding: Coding::Huffman, layout }
    }

    pub(crate) fn grey(picture: &Pixels) -> Self {
        Self::new(picture, component::grey(picture), vec![jfif()])
    }

    /// YCbCr without subsampling, in a JFIF file.
    pub(crate) fn ycbcr(picture: &Pixels) -> Self {
        Self::new(picture, component::ycbcr(picture), vec![jfif()])
    }

    /// The first two components of YCbCr, which no colour model has.
    pub(crate) fn two_components(picture: &Pixels) -> Self {
        let mut components = component::ycbcr(picture);
        components.truncate(2);
        Self::new(picture, components, vec![])
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
        self.layout.segments.push(segment(marker, payload));
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
        self.layout.restart_interval = mcus;
        self
    }

    /// Gives every component a scan of its own.
    pub(crate) fn one_scan_each(mut self) -> Self {
        self.layout.scans = (0..self.components.len()).map(|component| Scan::whole([component])).collect();
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
        let mut scans = vec![Scan::new(all.clone(), (0, 0), (0, 1))];
        for (band, approximation) in [((1, 5), (0, 2)), ((6, 63), (0, 2)), ((1, 63), (2, 1)), ((1, 63), (1, 0))] {
            scans.extend(all.iter().map(|&only| Scan::new([only], band, approximation)));
        }
        scans.push(Scan::new(all, (0, 0), (1, 0)));
        self.with_progressive_scans(scans)
    }

    pub(crate) fn with_progressive_scans(mut self, scans: Vec<Scan>) -> Self {
        self.process = Process::Progressive;
        self.layout.scans = scans;
        self
    }

    /// Leaves the height to a DNL segment behind the first scan.
    pub(crate) fn with_height_after_scan(mut self) -> Self {
        self.layout.height_after_scan = true;
        self
    }

    /// Codes decisions arithmetically (SOF9, SOF10).
    pub(crate) fn arithmetic(mut self) -> Self {
        self.coding = Coding::Arithmetic;
        self
    }

    /// Puts the components into scans of a sequential frame.
    pub(crate) fn with_scans(mut self, scans: impl Into<Vec<Scan>>) -> Self {
        self.layout.scans = scans.into();
        self
    }

    /// Steps above 255 for high frequencies, which a table of two bytes a step holds.
    pub(crate) fn with_wide_steps(mut self) -> Self {
        for step in self.components.iter_mut().flat_map(|component| &mut component.steps[50..]) {
            *step += 240;
        }
        self
    }

    /// Puts every component's quantisation table into destination 0, where it stands from its first scan on.
    pub(crate) fn with_one_quantisation_table_at_a_time(mut self) -> Self {
        self.layout.quantisation_at_scans = true;
        self
    }

    /// One set of Huffman tables for all scans.
    pub(crate) fn with_huffman_tables_once(mut self) -> Self {
        self.layout.huffman_tables_once = true;
        self
    }

    /// Puts these numbers of fill bytes before markers, in turn.
    pub(crate) fn with_fill_bytes(mut self, counts: &[usize]) -> Self {
        self.layout.fill = counts.to_vec();
        self
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let max = frame::largest(self.components.iter().map(|component| component.sampling));
        let component = |component: &Component| FrameComponent {
            id: component.id,
            sampling: component.sampling,
            quantisation: if self.layout.quantisation_at_scans { 0 } else { component.tables },
            steps: component.steps,
            tables: component.tables,
            blocks: component::blocks(component, self.size, max),
        };
        let components = self.components.iter().map(component).collect();
        let frame = Frame { size: self.size, process: self.process, coding: self.coding, components };
        writer::write(&frame, &self.layout)
    }
}
