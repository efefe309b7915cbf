//! JPEG, straight from planes.
//!
//! A picture is checked and becomes a `Frame`; `kernels` turn samples into blocks of coefficients and these into tokens,
//! symbols with the bits that follow them. `baseline` puts whole blocks in the order of a scan, `progressive` parts of them.
//! When all tokens of a scan are known, so are the best Huffman tables for them; then they are coded and written.
//!
//! Why it is so, and what else was tried, is in `notes.md`.

mod baseline;
mod bits;
mod frame;
mod huffman;
mod kernels;
mod markers;
mod options;
mod progressive;
mod quantiser;
mod tables;
mod tokens;

pub use options::{Coding, DeadZone, JpegOptions, Quality, Quantisation, QuantisationTables};

use masthead_picture::{Picture, SimdLevel};

use self::baseline::Mcus;
use self::frame::Frame;
use self::kernels::MOST_TOKENS;
use self::markers::Band;
use self::progressive::{Kept, script};
use self::quantiser::Quantiser;
use self::tokens::{Counts, Tokens, Writer};
use crate::Error;

/// The picture as a JPEG file (JFIF). Chroma is written as sampled: 4:4:4 or 4:2:0.
///
/// The transform is the accurate integer one of the Independent JPEG Group: with [`Quantisation::Standard`], coefficients are those
/// of libjpeg-turbo, and with [`Coding::Standard`] the coded data as well.
///
/// # Errors
/// When the picture is neither grey nor YCbCr, when its chroma is sampled otherwise, when it is larger than 65535x65535, or
/// when a restart interval has more than 65535 MCUs.
pub fn encode_jpeg(picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    encode_at(SimdLevel::detect(), picture, options)
}

fn encode_at(level: SimdLevel, picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    let frame = Frame::new(picture)?;
    let (tables, dead_zone) = options.quantisation.of(frame.chroma_sampling());
    let luma = options.quality.scaled(tables.luma());
    let chroma = options.chroma_quality.unwrap_or(options.quality).scaled(tables.chroma());
    let quantisers = [luma, chroma].map(|steps| Quantiser::new(&steps, dead_zone));
    if let Some(rows) = options.restart_rows {
        frame.check_restart(rows)?;
    }
    let interval = options.restart_rows.map_or(usize::MAX, |rows| rows.get().into());
    let mcus = |places: &[usize]| Mcus::new(&frame, places, &quantisers, level, interval);

    let mut file = Vec::new();
    markers::start(&mut file);
    // Grey pictures have no second table.
    for (index, quantiser) in (0..2).zip(&quantisers).take(frame.components.len()) {
        markers::quantisation(index, &quantiser.steps, &mut file);
    }
    markers::frame(options.coding, &frame, &mut file);
    match options.coding {
        Coding::Standard => {
            let tables = tables::standard();
            markers::huffman(if frame.components.len() == 1 { &tables[..2] } else { &tables }, &mut file);
            markers::scan(&frame, &frame.places(), Band::ALL, options.restart_rows, &mut file);
            let mut writer = Writer::new(&tables, &mut file);
            mcus(&frame.places()).for_each_group(&mut Tokens::default(), |tokens| {
                writer.write(tokens);
                tokens.clear();
            });
            writer.finish();
        }
        Coding::Optimal => {
            let scans = frame.places().into_iter().map(|place| {
                // Room for the worst, of which photographs touch a tenth, instead of moving them as they become more.
                let (columns, rows) = frame.components[place].blocks();
                let mut tokens = Tokens::with_capacity(columns * rows * MOST_TOKENS);
                mcus(&[place]).for_each_group(&mut tokens, |_| ());
                tokens
            });
            let scans: Vec<Tokens> = scans.collect();
            // Both chroma components share their tables.
            let counts = Counts::of(&scans);
            let tables = counts.tables();
            file.reserve_exact(with_stuffing(counts.bytes(&tables)));
            markers::huffman(&tables, &mut file);
            for (place, tokens) in scans.iter().enumerate() {
                markers::scan(&frame, &[place], Band::ALL, options.restart_rows, &mut file);
                let mut writer = Writer::new(&tables, &mut file);
                writer.write(tokens);
                writer.finish();
            }
        }
        Coding::Progressive => {
            let kept = Kept::new(&frame, &quantisers, level);
            for scan in script(&frame) {
                let tokens = kept.tokens(&scan, interval);
                let counts = Counts::of(std::slice::from_ref(&tokens));
                let tables = counts.tables();
                file.reserve_exact(with_stuffing(counts.bytes(&tables)));
                markers::huffman(&tables, &mut file);
                markers::scan(&frame, &scan.places, scan.band, options.restart_rows, &mut file);
                let mut writer = Writer::new(&tables, &mut file);
                writer.write(&tokens);
                writer.finish();
            }
        }
    }
    markers::end(&mut file);
    Ok(file)
}

/// The bytes of a scan, and of what stands around it. In photographs one byte of 200 is followed by a zero.
fn with_stuffing(bytes: usize) -> usize {
    bytes + bytes / 128 + 2048
}

#[cfg(test)]
mod tests;
