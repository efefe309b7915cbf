//! Writes JPEG files of planes: what `tests/pillow` compares with libjpeg-turbo's, and what is read in them.
//!
//! ```text
//! cargo run -p masthead-jpeg --example encode -- PLANES QUALITY CODING RESTART_ROWS FILE
//! ```
//!
//! `PLANES` is a file: a line with width, height and 400 (grey), 420 or 444, then the samples of luma and chroma. `CODING` is
//! standard, optimal or progressive; 0 restart rows are none. `FILE.planes` gets the planes as the decoder reads them.

use std::error::Error;
use std::fs;
use std::num::NonZeroU16;

use masthead_jpeg::{Coding, Frame, JpegOptions, Quality, Quantisation, encode};
use masthead_picture::{Dimensions, Plane, Sampling};

#[path = "../tests/encode/stored.rs"]
#[allow(dead_code)]
mod stored;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [planes, quality, coding, restart_rows, file] = &arguments[..] else {
        return Err("expected PLANES QUALITY CODING RESTART_ROWS FILE".into());
    };
    let options = JpegOptions::default()
        .with_quality(Quality::new(quality.parse()?).ok_or("quality is not 1 to 100")?)
        .with_coding(match coding.as_str() {
            "standard" => Coding::Standard,
            "optimal" => Coding::Optimal,
            "progressive" => Coding::Progressive,
            _ => return Err("coding is not standard, optimal or progressive".into()),
        })
        .with_quantisation(Quantisation::Standard)
        .with_restart_rows(NonZeroU16::new(restart_rows.parse()?));
    let (planes, chroma) = read(&fs::read(planes)?)?;
    let frame = match &planes[..] {
        [luma, cb, cr] => Frame::ycbcr([luma, cb, cr], chroma)?,
        planes => Frame::gray(&planes[0])?,
    };
    let encoded = encode(&frame, &options);
    fs::write(file, &encoded)?;
    let read: Vec<Plane> = stored::read(&encoded);
    fs::write(format!("{file}.planes"), read.iter().flat_map(Plane::samples).copied().collect::<Vec<_>>())?;
    Ok(())
}

/// The planes, and how chroma is sampled.
fn read(bytes: &[u8]) -> Result<(Vec<Plane>, Sampling), Box<dyn Error>> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("no first line")?;
    let mut rest = &bytes[end + 1..];
    let numbers: Vec<u32> = str::from_utf8(&bytes[..end])?.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[width, height, kind] = &numbers[..] else { return Err("expected width, height and sampling".into()) };
    let dimensions = Dimensions::new(width, height).ok_or("an empty picture")?;
    let mut plane = |sampling: Sampling| {
        let dimensions = sampling.component_dimensions(dimensions);
        let (samples, after) = rest.split_at_checked(dimensions.pixels() as usize).ok_or("too few samples")?;
        rest = after;
        Plane::new(dimensions, samples.to_vec()).ok_or("too few samples")
    };
    let luma = plane(Sampling::FULL)?;
    let chroma = match kind {
        400 => return Ok((vec![luma], Sampling::FULL)),
        444 => Sampling::FULL,
        _ => Sampling::HALF,
    };
    Ok((vec![luma, plane(chroma)?, plane(chroma)?], chroma))
}
