//! The encoder.
//!
//! Samples become blocks of quantised coefficients and these become tokens, symbols with the bits that follow them, in `kernels`.
//! `sequential` puts whole blocks in the order of a scan, `progressive` parts of them. When all tokens of a scan are known, so are
//! the best Huffman tables for them (`huffman`); then they are coded (`writer`) and stand between marker segments (`segments`).
//!
//! Files that are not progressive have one scan, in which the components are interleaved: every reader reads that, and shows it as
//! it comes.
//!
//! Why it is so, and what else was tried, is in `notes.md`.

mod bits;
mod corrections;
mod frame;
mod huffman;
mod kernels;
mod memory;
mod options;
mod progressive;
mod quality;
mod quantisation;
mod quantiser;
mod scan;
mod segments;
mod sequential;
#[cfg(feature = "serde")]
mod stored;
mod token;
mod tokens;
mod writer;

pub use frame::Frame;
pub use memory::{EncodeMemory, memory};
pub use options::{Coding, JpegOptions};
pub use quality::{Quality, QualityError};
pub use quantisation::{DeadZone, Quantisation, QuantisationTables};

use masthead_simd::SimdLevel;

use self::kernels::MAX_BLOCK_TOKENS;
use self::progressive::CoefficientBuffer;
use self::quantiser::Quantiser;
use self::scan::Scan;
use self::sequential::SequentialTokens;
use self::tokens::{SymbolCounts, Tokens};
use self::writer::EntropyWriter;
use crate::tables::{HuffmanTable, standard_huffman};

/// The frame as a JPEG file (JFIF). It has nothing but the picture: no EXIF, no colour profile, no comment.
#[must_use]
pub fn encode(frame: &Frame<'_>, options: &JpegOptions) -> Vec<u8> {
    encode_at(SimdLevel::detect(), frame, options)
}

fn encode_at(level: SimdLevel, frame: &Frame<'_>, options: &JpegOptions) -> Vec<u8> {
    let (tables, dead_zone) = options.quantisation.of(frame.chroma_sampling());
    let luma = options.quality.scaled(tables.luma());
    let chroma = options.chroma_quality.unwrap_or(options.quality).scaled(tables.chroma());
    let quantisers = [luma, chroma].map(|steps| Quantiser::new(&steps, dead_zone));

    let mut file = Vec::new();
    segments::start(&mut file);
    // Grey pictures have no second table.
    for (index, quantiser) in (0..2).zip(&quantisers).take(frame.components.len()) {
        segments::quantisation(index, &quantiser.steps, &mut file);
    }
    segments::frame(options.coding == Coding::Progressive, frame, &mut file);
    match options.coding {
        Coding::Standard => {
            let tables = standard_huffman();
            segments::huffman(if frame.components.len() == 1 { &tables[..2] } else { &tables }, &mut file);
            let scan = Scan::sequential(frame, options.restart_rows);
            segments::scan(frame, &scan, &mut file);
            let mut writer = EntropyWriter::new(&tables, &mut file);
            SequentialTokens::new(frame, &scan, &quantisers, level).for_each_group(&mut Tokens::default(), |tokens| {
                writer.write(tokens);
                tokens.clear();
            });
            writer.finish();
        }
        Coding::Optimal => {
            let scan = Scan::sequential(frame, options.restart_rows);
            // Room for the worst, of which photographs touch a tenth, instead of moving them as they become more.
            let mut tokens = Tokens::with_capacity(scan.blocks() * MAX_BLOCK_TOKENS);
            SequentialTokens::new(frame, &scan, &quantisers, level).for_each_group(&mut tokens, |_| ());
            write_scan(frame, &scan, &tokens, &mut file);
        }
        Coding::Progressive => {
            let coefficients = CoefficientBuffer::new(frame, &quantisers, level);
            for scan in progressive::script(frame, options.restart_rows) {
                write_scan(frame, &scan, &coefficients.tokens(&scan), &mut file);
            }
        }
    }
    segments::end(&mut file);
    file
}

/// Writes a scan whose tokens are all known, and before it the Huffman tables that are best for them.
fn write_scan(frame: &Frame<'_>, scan: &Scan, tokens: &Tokens, file: &mut Vec<u8>) {
    let counts = SymbolCounts::of(&tokens.tokens);
    let tables: [HuffmanTable; 4] = counts.optimal_tables();
    file.reserve_exact(with_stuffing(counts.bytes(&tables), tokens));
    segments::huffman(&tables, file);
    segments::scan(frame, scan, file);
    let mut writer = EntropyWriter::new(&tables, file);
    writer.write(tokens);
    writer.finish();
}

/// The bytes of a scan, and of what stands around it. In photographs one byte of 200 is followed by a zero.
fn with_stuffing(bytes: usize, tokens: &Tokens) -> usize {
    // A marker, and a byte that is filled up.
    let restarts = 3 * tokens.interval_ends.len();
    bytes + bytes / 128 + restarts + 2048
}

#[cfg(test)]
mod tests;
