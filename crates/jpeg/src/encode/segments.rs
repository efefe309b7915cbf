//! Writes the marker segments around the entropy-coded data (T.81, annex B).

use super::frame::Frame;
use super::scan::Scan;
use crate::markers::{
    APP0, DHT, DQT, DRI, EOI, RST0, SOF0, SOF2, SOI, SOS, SpectralSelection, SuccessiveApproximation,
};
use crate::tables::HuffmanTable;

pub(super) fn start(file: &mut Vec<u8>) {
    marker(SOI, file);
    // JFIF 1.1, no unit of density, pixels as wide as high, no thumbnail.
    segment(APP0, b"JFIF\0\x01\x01\x00\0\x01\0\x01\0\0", file);
}

pub(super) fn end(file: &mut Vec<u8>) {
    marker(EOI, file);
}

/// Steps in zigzag order.
pub(super) fn quantisation(index: u8, steps: &[u8; 64], file: &mut Vec<u8>) {
    segment(DQT, &[&[index], &steps[..]].concat(), file);
}

pub(super) fn frame(progressive: bool, frame: &Frame<'_>, file: &mut Vec<u8>) {
    let ([height, height_low], [width, width_low]) = (frame.height.to_be_bytes(), frame.width.to_be_bytes());
    let mut content = vec![8, height, height_low, width, width_low, frame.components.len() as u8];
    for (id, component) in (1..).zip(&frame.components) {
        content.extend_from_slice(&[id, 0x11 * component.sampling_factor as u8, component.chroma.into()]);
    }
    segment(if progressive { SOF2 } else { SOF0 }, &content, file);
}

/// Tables of luma DC, luma AC, chroma DC and chroma AC; those without codes are left out.
pub(super) fn huffman(tables: &[HuffmanTable], file: &mut Vec<u8>) {
    for (i, table) in (0..).zip(tables).filter(|(_, table)| !table.symbols.is_empty()) {
        // The class, DC or AC, is in the upper half.
        let index = (i & 1) << 4 | i >> 1;
        segment(DHT, &[&[index], &table.counts[..], &table.symbols].concat(), file);
    }
}

/// The end of interval `index` of a scan, counted from 0.
pub(super) fn restart(index: usize, file: &mut Vec<u8>) {
    marker(RST0 + (index % 8) as u8, file);
}

/// The header of a scan, after its restart interval, if it has one: that many MCUs, which fit.
pub(super) fn scan(frame: &Frame<'_>, scan: &Scan, file: &mut Vec<u8>) {
    if let Some(rows) = scan.restart_rows {
        segment(DRI, &((rows * scan.mcus_per_row) as u16).to_be_bytes(), file);
    }
    let SpectralSelection { start, end } = scan.spectral_selection;
    let SuccessiveApproximation { high, low } = scan.successive_approximation;
    let mut content = vec![scan.components.len() as u8];
    for &component in &scan.components {
        // The table of a class that the scan does not have is 0: there are readers that ask.
        let table = u8::from(frame.components[component].chroma);
        let (dc, ac) = (table * u8::from(start == 0), table * u8::from(end > 0));
        content.extend_from_slice(&[component as u8 + 1, dc << 4 | ac]);
    }
    content.extend_from_slice(&[start, end, high << 4 | low]);
    segment(SOS, &content, file);
}

fn marker(marker: u8, file: &mut Vec<u8>) {
    file.extend_from_slice(&[0xff, marker]);
}

fn segment(code: u8, content: &[u8], file: &mut Vec<u8>) {
    // The longest has a Huffman table of 256 symbols.
    let length = content.len() as u16 + 2;
    marker(code, file);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(content);
}
