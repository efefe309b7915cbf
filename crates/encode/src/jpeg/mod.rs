//! JPEG, straight from planes.
//!
//! A picture is checked and becomes a `Frame`; `kernels` turn samples into blocks of coefficients and these into tokens,
//! symbols with the bits that follow them. `baseline` puts whole blocks in the order of a scan, `progressive` parts of them.
//! When all tokens of a scan are known, so are the best Huffman tables for them; then they are coded and written.
//!
//! Files that are not progressive have one scan, in which the components are interleaved: that every reader reads, and shows as it comes.
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

use masthead_picture::Picture;
use masthead_simd::SimdLevel;

use self::baseline::Mcus;
use self::frame::Frame;
use self::kernels::MOST_TOKENS;
use self::markers::Band;
use self::progressive::{Kept, script};
use self::quantiser::Quantiser;
use self::tables::Table;
use self::tokens::{Counts, Tokens, Writer};
use crate::Error;

/// Room for more tokens than this is taken when they come: it is 256 MiB, enough for 8192x8192 samples.
const MOST_RESERVED: usize = 1 << 26;

/// The picture as a JPEG file (JFIF). Chroma is written as sampled: 4:4:4 or 4:2:0.
///
/// The transform is the accurate integer one of the Independent JPEG Group: with [`Quantisation::Standard`], coefficients are those
/// of libjpeg-turbo, and with [`Coding::Standard`] the coded data as well.
///
/// # Errors
/// When the picture is neither grey nor YCbCr, when its chroma is sampled otherwise, or when it is larger than 65500x65500, more
/// than which libjpeg does not read.
pub fn encode_jpeg(picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    encode_at(SimdLevel::detect(), picture, options)
}

fn encode_at(level: SimdLevel, picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    let frame = Frame::new(picture)?;
    let (tables, dead_zone) = options.quantisation.of(frame.chroma_sampling());
    let luma = options.quality.scaled(tables.luma());
    let chroma = options.chroma_quality.unwrap_or(options.quality).scaled(tables.chroma());
    let quantisers = [luma, chroma].map(|steps| Quantiser::new(&steps, dead_zone));
    let restart_rows = |places: &[usize]| frame.restart_rows(places, options.restart_rows);
    let mcus = |places: &[usize]| Mcus::new(&frame, places, &quantisers, level, restart_rows(places));

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
            markers::scan(&frame, &frame.places(), Band::ALL, restart_rows(&frame.places()), &mut file);
            let mut writer = Writer::new(&tables, &mut file);
            mcus(&frame.places()).for_each_group(&mut Tokens::default(), |tokens| {
                writer.write(tokens);
                tokens.clear();
            });
            writer.finish();
        }
        Coding::Optimal => {
            // Room for the worst, of which photographs touch a tenth, instead of moving them as they become more.
            let most = frame.layout(&frame.places()).blocks() * MOST_TOKENS;
            let mut tokens = Tokens::with_capacity(most.min(MOST_RESERVED));
            mcus(&frame.places()).for_each_group(&mut tokens, |_| ());
            let tables = write_tables(&tokens, &mut file);
            markers::scan(&frame, &frame.places(), Band::ALL, restart_rows(&frame.places()), &mut file);
            write_scan(&tables, &tokens, &mut file);
        }
        Coding::Progressive => {
            let kept = Kept::new(&frame, &quantisers, level);
            for scan in script(&frame) {
                let restart_rows = restart_rows(&scan.places);
                let tokens = kept.tokens(&scan, restart_rows);
                let tables = write_tables(&tokens, &mut file);
                markers::scan(&frame, &scan.places, scan.band, restart_rows, &mut file);
                write_scan(&tables, &tokens, &mut file);
            }
        }
    }
    markers::end(&mut file);
    Ok(file)
}

/// Writes the Huffman tables that are best for this scan, and makes room for the scan.
fn write_tables(tokens: &Tokens, file: &mut Vec<u8>) -> [Table; 4] {
    let counts = Counts::of(&tokens.list);
    let tables = counts.tables();
    file.reserve_exact(with_stuffing(counts.bytes(&tables), tokens));
    markers::huffman(&tables, file);
    tables
}

/// Writes the coded data of a scan whose tokens are all known.
fn write_scan(tables: &[Table; 4], tokens: &Tokens, file: &mut Vec<u8>) {
    let mut writer = Writer::new(tables, file);
    writer.write(tokens);
    writer.finish();
}

/// The bytes of a scan, and of what stands around it. In photographs one byte of 200 is followed by a zero.
fn with_stuffing(bytes: usize, tokens: &Tokens) -> usize {
    // A marker, and a byte that is filled up.
    let restarts = 3 * tokens.ends.len();
    bytes + bytes / 128 + restarts + 2048
}

#[cfg(test)]
mod tests;
