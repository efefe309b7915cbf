//! Arithmetic entropy decoding (T.81, annex D, F.2.4 and G.2): scans of SOF9 and SOF10.
//!
//! - `decoder`: the binary arithmetic decoder, from bytes to decisions;
//! - `estimates`: table D.3, the probabilities that it adapts;
//! - `statistics`: the model, which gives each decision a state to adapt;
//! - [`ArithmeticScan`]: a scan under way, from decisions to coefficients.
//!
//! What data is damaged is harder to tell than with Huffman codes, since any bytes are decisions. These are noticed: a coefficient
//! or a run of zeros that has no room, data that goes on before a restart marker, restart markers that are missing or out of order,
//! and a file that ends within a scan. That a marker comes early is not: the standard lets an encoder leave out zeros at
//! the end (D.1.8), however many they are, and so a decoder goes on with zeros.

mod decoder;
mod estimates;
mod statistics;

#[cfg(test)]
mod tests;

use super::Damage;
use super::coefficients::{Block, McuRow};
use super::frame::Frame;
use super::procedure::{Band, Procedure};
use super::scan_header::{Conditioning, ScanHeader};
use crate::tables::ZIGZAG;
use decoder::{Decoder, State};
use statistics::{AcArea, AcStates, DcArea, Prediction};

/// An arithmetic-coded scan under way.
pub(super) struct ArithmeticScan<'a> {
    decoder: Decoder<'a>,
    procedure: Procedure,
    components: Vec<Component>,
    /// Statistics areas, one for each component; those with the same table share the first one.
    areas: Vec<(DcArea, AcArea)>,
    mcus_across: usize,
    /// MCUs between restart markers; 0 when there are none.
    restart_interval: u32,
    /// MCUs until the next one.
    until_restart: u32,
    /// The number of the next one, 0 to 7.
    next_restart: u8,
}

/// A component of the scan.
struct Component {
    /// In the frame.
    index: usize,
    /// Blocks of it in an MCU of several components, and rows of them.
    horizontal: usize,
    vertical: usize,
    /// Blocks in a row and rows of blocks when it is the only one.
    blocks_across: usize,
    blocks_down: u32,
    conditioning: Conditioning,
    dc_area: usize,
    ac_area: usize,
    prediction: Prediction,
}

impl<'a> ArithmeticScan<'a> {
    /// A scan of the file that the header is from.
    pub(super) fn new(file: &'a [u8], frame: &Frame, header: &ScanHeader) -> Self {
        let data = file.get(header.data.clone()).unwrap_or_default();
        let tables = || header.components.iter().map(|component| component.conditioning);
        let components = header.components.iter().map(|component| {
            let Conditioning { dc_table, ac_table, .. } = component.conditioning;
            let factors = &frame.components[component.index];
            Component {
                index: component.index,
                horizontal: factors.horizontal.into(),
                vertical: factors.vertical.into(),
                blocks_across: frame.blocks_across(component.index) as usize,
                blocks_down: frame.blocks_down(component.index),
                conditioning: component.conditioning,
                dc_area: tables().position(|other| other.dc_table == dc_table).unwrap_or(0),
                ac_area: tables().position(|other| other.ac_table == ac_table).unwrap_or(0),
                prediction: Prediction::default(),
            }
        });
        let components: Vec<_> = components.collect();
        Self {
            decoder: Decoder::new(data, header.data.end < file.len()),
            procedure: Procedure::new(frame, header),
            areas: vec![Self::NEW_AREAS; components.len()],
            components,
            mcus_across: frame.mcus_across() as usize,
            restart_interval: header.restart_interval,
            until_restart: header.restart_interval,
            next_restart: 0,
        }
    }

    const NEW_AREAS: (DcArea, AcArea) = ([State::NEW; 64], [State::NEW; 256]);

    /// Bytes that a scan of this header allocates.
    pub(super) fn memory(header: &ScanHeader) -> u64 {
        let each = size_of::<Component>() + size_of::<(DcArea, AcArea)>();
        (header.components.len() * each) as u64
    }

    /// Decodes MCU row `index` of the picture, which comes after the one before. With `keep` false, a sequential scan leaves `row` as
    /// it is.
    pub(super) fn decode_mcu_row(&mut self, index: u32, row: &mut McuRow, keep: bool) -> Result<(), Damage> {
        let keep = keep || !matches!(self.procedure, Procedure::Sequential);
        let mut passed_over = ([0; 64], 0);
        if let [only] = &self.components[..] {
            let Component { index: component, vertical, blocks_across, blocks_down, .. } = *only;
            let rows_above = u64::from(index) * vertical as u64;
            let rows = u64::from(blocks_down).saturating_sub(rows_above).min(vertical as u64);
            for y in 0..rows as usize {
                let (blocks, nonzero) = row.block_row(component, y);
                for (block, nonzero) in blocks.iter_mut().zip(nonzero).take(blocks_across) {
                    self.begin_mcu()?;
                    let (block, nonzero) =
                        if keep { (block, nonzero) } else { (&mut passed_over.0, &mut passed_over.1) };
                    self.decode_block(0, block, nonzero)?;
                }
            }
        } else {
            for mcu in 0..self.mcus_across {
                self.begin_mcu()?;
                for i in 0..self.components.len() {
                    let Component { index: component, horizontal, vertical, .. } = self.components[i];
                    for y in 0..vertical {
                        let (blocks, nonzero) = row.block_row(component, y);
                        for x in mcu * horizontal..(mcu + 1) * horizontal {
                            let (block, nonzero) = if keep {
                                (&mut blocks[x], &mut nonzero[x])
                            } else {
                                (&mut passed_over.0, &mut passed_over.1)
                            };
                            self.decode_block(i, block, nonzero)?;
                        }
                    }
                }
            }
        }
        self.decoder.check_end()
    }

    /// Before each MCU: a restart, where one is due.
    fn begin_mcu(&mut self) -> Result<(), Damage> {
        if self.restart_interval == 0 {
            return Ok(());
        }
        if self.until_restart == 0 {
            self.decoder.check_end()?;
            self.decoder.restart(self.next_restart)?;
            self.next_restart = (self.next_restart + 1) % 8;
            self.until_restart = self.restart_interval;
            self.areas.fill(Self::NEW_AREAS);
            for component in &mut self.components {
                component.prediction = Prediction::default();
            }
        }
        self.until_restart -= 1;
        Ok(())
    }

    /// Decodes what the scan has of a block of one of its components.
    fn decode_block(&mut self, component: usize, block: &mut Block, nonzero: &mut u64) -> Result<(), Damage> {
        let Self { decoder, components, areas, .. } = self;
        let Component { conditioning, dc_area, ac_area, prediction, .. } = &mut components[component];
        match self.procedure {
            Procedure::Sequential => {
                block[0] = prediction.decode(decoder, &mut areas[*dc_area].0, conditioning)? as i16;
                let band = Band { start: 1, end: 63, low: 0 };
                decode_band(decoder, &mut areas[*ac_area].1, conditioning, band, block, nonzero)
            }
            Procedure::DcFirst { low } => {
                block[0] = (prediction.decode(decoder, &mut areas[*dc_area].0, conditioning)? << low) as i16;
                Ok(())
            }
            Procedure::DcRefinement { low } => {
                block[0] |= i16::from(decoder.decide_evenly()) << low;
                Ok(())
            }
            Procedure::AcFirst(band) => {
                decode_band(decoder, &mut areas[*ac_area].1, conditioning, band, block, nonzero)
            }
            Procedure::AcRefinement(band) => refine_band(decoder, &mut areas[*ac_area].1, band, block, nonzero),
        }
    }
}

/// The bit of a coefficient in a mask of those that are not zero.
const fn bit(k: usize) -> u64 {
    1 << 63 >> k
}

/// The coefficients of a band that is all zeros yet (figure F.20, and G.2).
fn decode_band(
    decoder: &mut Decoder<'_>,
    area: &mut AcArea,
    conditioning: &Conditioning,
    band: Band,
    block: &mut Block,
    nonzero: &mut u64,
) -> Result<(), Damage> {
    let mut k = band.start;
    while k <= band.end && !decoder.decide(&mut area[AcStates::of(k).end()]) {
        while !decoder.decide(&mut area[AcStates::of(k).nonzero()]) {
            k += 1;
            if k > band.end {
                return Err(Damage::ZeroRun);
            }
        }
        let value = (statistics::decode_ac(decoder, area, k, conditioning.ac_low)? << band.low) as i16;
        block[usize::from(ZIGZAG[k])] = value;
        *nonzero = if value == 0 { *nonzero & !bit(k) } else { *nonzero | bit(k) };
        k += 1;
    }
    Ok(())
}

/// A further bit of each coefficient of a band (figures G.10 and G.11).
fn refine_band(
    decoder: &mut Decoder<'_>,
    area: &mut AcArea,
    band: Band,
    block: &mut Block,
    nonzero: &mut u64,
) -> Result<(), Damage> {
    let step = 1 << band.low;
    // The last coefficient of scans before: the band does not end before it.
    let known = *nonzero & !(bit(band.end) - 1);
    let known = if known == 0 { 0 } else { 63 - known.trailing_zeros() as usize };
    let mut k = band.start;
    while k <= band.end && (k <= known || !decoder.decide(&mut area[AcStates::of(k).end()])) {
        loop {
            let states = AcStates::of(k);
            let coefficient = &mut block[usize::from(ZIGZAG[k])];
            if *nonzero & bit(k) != 0 {
                if decoder.decide(&mut area[states.larger()]) {
                    *coefficient = coefficient.wrapping_add(if *coefficient < 0 { -step } else { step });
                }
                break;
            }
            if decoder.decide(&mut area[states.nonzero()]) {
                *coefficient = if decoder.decide_evenly() { -step } else { step };
                *nonzero |= bit(k);
                break;
            }
            k += 1;
            if k > band.end {
                return Err(Damage::ZeroRun);
            }
        }
        k += 1;
    }
    Ok(())
}
