//! The segments around the coded data (T.81, annex B).

use super::frame::Frame;
use super::options::Coding;
use super::tables::Table;

/// Which coefficients a scan has, and which of their bits.
#[derive(Clone, Copy)]
pub(super) struct Band {
    pub(super) first: u8,
    pub(super) last: u8,
    /// The lowest bit of the scans before, or 0 if there were none.
    pub(super) high: u8,
    /// The lowest bit of this scan.
    pub(super) low: u8,
}

impl Band {
    /// Everything.
    pub(super) const ALL: Self = Self { first: 0, last: 63, high: 0, low: 0 };
}

pub(super) fn start(file: &mut Vec<u8>) {
    file.extend_from_slice(&[0xff, 0xd8]);
    // JFIF 1.1, no unit of density, pixels as wide as high, no thumbnail.
    segment(0xe0, b"JFIF\0\x01\x01\x00\0\x01\0\x01\0\0", file);
}

pub(super) fn end(file: &mut Vec<u8>) {
    file.extend_from_slice(&[0xff, 0xd9]);
}

/// Steps in the order of a file.
pub(super) fn quantisation(index: u8, steps: &[u8; 64], file: &mut Vec<u8>) {
    segment(0xdb, &[&[index], &steps[..]].concat(), file);
}

pub(super) fn frame(coding: Coding, frame: &Frame<'_>, file: &mut Vec<u8>) {
    let ([height, height_low], [width, width_low]) = (frame.height.to_be_bytes(), frame.width.to_be_bytes());
    let mut content = vec![8, height, height_low, width, width_low, frame.components.len() as u8];
    for (id, component) in (1..).zip(&frame.components) {
        content.extend_from_slice(&[id, 0x11 * component.factor as u8, component.chroma.into()]);
    }
    let baseline = coding != Coding::Progressive;
    segment(if baseline { 0xc0 } else { 0xc2 }, &content, file);
}

/// Tables of luma DC, luma AC, chroma DC and chroma AC; those without codes are left out.
pub(super) fn huffman(tables: &[Table], file: &mut Vec<u8>) {
    for (i, table) in (0..).zip(tables).filter(|(_, table)| !table.symbols.is_empty()) {
        // The class, DC or AC, is in the upper half.
        let index = (i & 1) << 4 | i >> 1;
        segment(0xc4, &[&[index], &table.counts[..], &table.symbols].concat(), file);
    }
}

/// The end of interval `index` of a scan, counted from 0.
pub(super) fn restart(index: usize, file: &mut Vec<u8>) {
    file.extend_from_slice(&[0xff, 0xd0 + (index % 8) as u8]);
}

/// A scan of the components with these places in the frame, and the number of MCUs after which it begins anew: those of so many
/// rows, which the frame has chosen so that they fit.
pub(super) fn scan(frame: &Frame<'_>, places: &[usize], band: Band, restart_rows: Option<usize>, file: &mut Vec<u8>) {
    if let Some(rows) = restart_rows {
        segment(0xdd, &((rows * frame.layout(places).columns) as u16).to_be_bytes(), file);
    }
    let mut content = vec![places.len() as u8];
    for &place in places {
        // The table of a class that the scan does not have is 0: there are readers that ask.
        let table = u8::from(frame.components[place].chroma);
        let (dc, ac) = (table * u8::from(band.first == 0), table * u8::from(band.last > 0));
        content.extend_from_slice(&[place as u8 + 1, dc << 4 | ac]);
    }
    content.extend_from_slice(&[band.first, band.last, band.high << 4 | band.low]);
    segment(0xda, &content, file);
}

fn segment(marker: u8, content: &[u8], file: &mut Vec<u8>) {
    // The longest has a Huffman table of 256 symbols.
    let length = content.len() as u16 + 2;
    file.extend_from_slice(&[0xff, marker]);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(content);
}
