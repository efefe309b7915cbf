//! Files decoded by masthead, and their comparison with what libjpeg-turbo makes of them.

use masthead_jpeg::{Color, DecodeError, Header, RowDecoder};
use masthead_libjpeg_turbo::{ColorSpace, Planes};
use masthead_picture::Rect;
use masthead_simd::SimdLevel;

/// Scans that a file may have.
pub(crate) const MOST_SCANS: usize = 100;

/// The samples of a component in a window: whole blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The column and the row of the component that it begins with.
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) samples: Vec<u8>,
}

impl Part {
    /// The samples of a rectangle of the component, which the part holds.
    pub(crate) fn crop(&self, rect: Rect) -> Vec<u8> {
        let (left, top) = (rect.left() as usize - self.left, rect.top() as usize - self.top);
        let rows = self.samples.chunks(self.width).skip(top).take(rect.height() as usize);
        rows.flat_map(|row| &row[left..][..rect.width() as usize]).copied().collect()
    }
}

pub(crate) fn header(file: &[u8]) -> Result<Header, DecodeError> {
    Header::read(file, MOST_SCANS)
}

/// The whole picture.
pub(crate) fn whole(header: &Header) -> Rect {
    Rect::of(header.dimensions())
}

/// Decodes a window.
pub(crate) fn decode(level: SimdLevel, file: &[u8], header: &Header, window: Rect) -> Result<Vec<Part>, DecodeError> {
    let mut decoder = RowDecoder::with_simd(level, file, header, window)?;
    let mcu_rows = decoder.mcu_rows();
    let mut rows: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
    let mut parts: Vec<Part> = decoder
        .layout()
        .iter()
        .map(|layout| Part {
            left: layout.left as usize,
            top: mcu_rows.start as usize * layout.height,
            width: layout.width,
            samples: Vec::new(),
        })
        .collect();
    for mcu_row in 0..mcu_rows.end {
        let mut buffers: Vec<&mut [u8]> = rows.iter_mut().map(Vec::as_mut_slice).collect();
        decoder.decode_mcu_row(&mut buffers)?;
        if mcu_rows.contains(&mcu_row) {
            parts.iter_mut().zip(&rows).for_each(|(part, rows)| part.samples.extend_from_slice(rows));
        }
    }
    Ok(parts)
}

/// A window and the whole picture, at every SIMD level, are what libjpeg-turbo has there; so are colours and sizes.
pub(crate) fn check(name: &str, file: &[u8], windows: &[Rect]) {
    let header = header(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let planes = masthead_libjpeg_turbo::planes(&with_height(file, &header))
        .unwrap_or_else(|error| panic!("{name}: libjpeg-turbo refuses it: {error}"));
    assert_eq!(planes.warnings, 0, "{name}: {}", planes.warning);
    check_header(name, &header, &planes);
    for window in [&[whole(&header)], windows].concat() {
        for level in SimdLevel::all() {
            let parts = decode(level, file, &header, window)
                .unwrap_or_else(|error| panic!("{name}, window {window}, {level}: {error}"));
            compare(&format!("{name}, window {window}, {level}"), &header, window, &parts, &planes);
        }
    }
}

fn check_header(name: &str, header: &Header, planes: &Planes) {
    let dimensions = header.dimensions();
    assert_eq!((dimensions.width(), dimensions.height()), (planes.width, planes.height), "{name}");
    let color_space = match header.color() {
        Color::Gray => ColorSpace::Gray,
        Color::YCbCr => ColorSpace::YCbCr,
        Color::Rgb => ColorSpace::Rgb,
        Color::Cmyk => ColorSpace::Cmyk,
        Color::Ycck => ColorSpace::Ycck,
        Color::Unknown => ColorSpace::Unknown,
        other => panic!("{name}: what is {other:?} to libjpeg-turbo?"),
    };
    assert_eq!(color_space, planes.color_space, "{name}");
    assert_eq!(header.components().len(), planes.planes.len(), "{name}");
    for (component, plane) in header.components().iter().zip(&planes.planes) {
        let size = component.sampling().component_dimensions(dimensions);
        assert_eq!((size.width(), size.height()), (plane.width, plane.height), "{name}");
    }
}

/// All blocks of the parts that are in the picture.
fn compare(what: &str, header: &Header, window: Rect, parts: &[Part], planes: &Planes) {
    assert_eq!(parts.len(), planes.planes.len(), "{what}");
    for (i, (part, plane)) in parts.iter().zip(&planes.planes).enumerate() {
        let needed = header.components()[i].sampling().cover(window);
        let rows = part.samples.len() / part.width;
        assert!(part.left <= needed.left() as usize && part.left + part.width >= needed.right() as usize, "{what}");
        assert!(part.top <= needed.top() as usize && part.top + rows >= needed.bottom() as usize, "{what}");
        let width = part.width.min(plane.stride - part.left);
        let expected = plane.samples.chunks(plane.stride).skip(part.top);
        for (y, (row, expected)) in part.samples.chunks(part.width).zip(expected).enumerate() {
            let expected = &expected[part.left..][..width];
            if row[..width] != *expected {
                let x = row.iter().zip(expected).position(|(a, b)| a != b).unwrap_or_default();
                let (found, expected) = (row[x], expected[x]);
                let (x, y) = (part.left + x, part.top + y);
                panic!("{what}: component {i} has {found} in column {x}, row {y} (expected {expected})");
            }
        }
    }
}

/// libjpeg-turbo does not read DNL: the file with its height where that usually is.
fn with_height(file: &[u8], header: &Header) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut at = 2;
    while at + 9 <= file.len() {
        // Fill bytes.
        if file[at + 1] == 0xff {
            at += 1;
            continue;
        }
        if let 0xc0..=0xc2 | 0xc9 | 0xca = file[at + 1] {
            if file[at + 5..at + 7] == [0, 0] {
                let height = u16::try_from(header.dimensions().height()).expect("a JPEG is at most 65535 high");
                file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
            }
            break;
        }
        at += 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
    }
    file
}
