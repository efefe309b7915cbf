//! The tables and the restart interval that stand at a place in the file. Segments between scans may define them anew.

use super::DecodeError;
use super::scan_header::{Conditioning, HuffmanSource};
use super::segments::Segment;
use crate::markers::{DAC, DHT, DQT, DRI};
use crate::tables::ZIGZAG;

/// Destinations of arithmetic conditioning of each kind. T.81 has four of them, libjpeg sixteen.
const CONDITIONINGS: usize = 16;

/// A quantisation table in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuantisationSource {
    /// Where its 64 steps stand, in zigzag order.
    position: usize,
    /// Whether each takes two bytes.
    wide: bool,
}

impl QuantisationSource {
    fn length(self) -> usize {
        if self.wide { 128 } else { 64 }
    }

    /// The steps in natural order; `None` when `file` is not the one that it is about.
    pub(super) fn steps(self, file: &[u8]) -> Option<[u16; 64]> {
        let bytes = file.get(self.position..)?.get(..self.length())?;
        let mut steps = [0; 64];
        for (k, natural) in ZIGZAG.into_iter().enumerate() {
            let step =
                if self.wide { u16::from_be_bytes([bytes[2 * k], bytes[2 * k + 1]]) } else { u16::from(bytes[k]) };
            steps[usize::from(natural)] = step;
        }
        Some(steps)
    }
}

/// What stands at a place in the file, by destination.
#[derive(Clone, Debug)]
pub(super) struct DecoderTables {
    pub(super) quantisation: [Option<QuantisationSource>; 4],
    pub(super) dc: [Option<HuffmanSource>; 4],
    pub(super) ac: [Option<HuffmanSource>; 4],
    /// `L` and `U` of each DC conditioning.
    dc_bounds: [(u8, u8); CONDITIONINGS],
    /// `Kx` of each AC conditioning.
    ac_low: [u8; CONDITIONINGS],
    /// MCUs between restart markers; 0 when there are none.
    pub(super) restart_interval: u16,
}

impl Default for DecoderTables {
    /// Those at the beginning: none, and the conditioning that needs no segment (T.81, F.1.4.4).
    fn default() -> Self {
        Self {
            quantisation: [None; 4],
            dc: [None; 4],
            ac: [None; 4],
            dc_bounds: [(0, 1); CONDITIONINGS],
            ac_low: [5; CONDITIONINGS],
            restart_interval: 0,
        }
    }
}

impl DecoderTables {
    /// Takes note of a segment, if it is one of those that are told here.
    pub(super) fn take(&mut self, segment: &Segment<'_>) -> Result<(), DecodeError> {
        match segment.marker {
            DQT => self.define_quantisation(segment),
            DHT => self.define_huffman(segment),
            DAC => self.define_conditioning(segment.body),
            DRI => self.define_restart_interval(segment.body),
            _ => Ok(()),
        }
    }

    fn define_restart_interval(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        let &[high, low] = body else {
            return Err(DecodeError::broken(format!("a restart interval has {} bytes (expected 2)", body.len())));
        };
        self.restart_interval = u16::from_be_bytes([high, low]);
        Ok(())
    }

    fn define_quantisation(&mut self, segment: &Segment<'_>) -> Result<(), DecodeError> {
        let mut rest = segment.body;
        while let [kind, steps @ ..] = rest {
            let (precision, destination) = (kind >> 4, kind & 15);
            let source = QuantisationSource { position: segment.end - steps.len(), wide: precision == 1 };
            let place = self.quantisation.get_mut(usize::from(destination)).filter(|_| precision <= 1);
            let Some(place) = place else {
                return Err(DecodeError::broken(format!(
                    "quantisation table {destination} of precision {precision} (expected 0 to 3, of precision 0 or 1)"
                )));
            };
            rest = steps
                .get(source.length()..)
                .ok_or_else(|| DecodeError::broken(format!("quantisation table {destination} is cut")))?;
            *place = Some(source);
        }
        Ok(())
    }

    fn define_huffman(&mut self, segment: &Segment<'_>) -> Result<(), DecodeError> {
        let mut rest = segment.body;
        while let [kind, table @ ..] = rest {
            let source = HuffmanSource::File(segment.end - table.len());
            let (class, destination) = (kind >> 4, kind & 15);
            let place = match class {
                0 => self.dc.get_mut(usize::from(destination)),
                1 => self.ac.get_mut(usize::from(destination)),
                _ => None,
            };
            let cut = || DecodeError::broken(format!("Huffman table {destination} is cut"));
            let (counts, symbols) = table.split_first_chunk::<16>().ok_or_else(cut)?;
            let count = counts.iter().copied().map(usize::from).sum::<usize>();
            rest = symbols.get(count..).ok_or_else(cut)?;
            match place {
                _ if count > 256 => {
                    return Err(DecodeError::broken(format!(
                        "Huffman table {destination} has {count} codes (expected 256 at most)"
                    )));
                }
                Some(place) => *place = Some(source),
                None => {
                    return Err(DecodeError::broken(format!(
                        "Huffman table {destination} of class {class} (expected 0 to 3, of class 0 or 1)"
                    )));
                }
            }
        }
        Ok(())
    }

    fn define_conditioning(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        let (pairs, rest) = body.as_chunks::<2>();
        for &[kind, value] in pairs {
            let (class, destination) = (kind >> 4, usize::from(kind & 15));
            let (lower, upper) = (value & 15, value >> 4);
            match class {
                0 if lower <= upper => self.dc_bounds[destination] = (lower, upper),
                1 if (1..=63).contains(&value) => self.ac_low[destination] = value,
                0 | 1 => {
                    return Err(DecodeError::broken(format!(
                        "arithmetic conditioning {value} (expected bounds in order, or a coefficient of 1 to 63)"
                    )));
                }
                _ => {
                    return Err(DecodeError::broken(format!(
                        "arithmetic conditioning of class {class} (expected 0 or 1)"
                    )));
                }
            }
        }
        if rest.is_empty() { Ok(()) } else { Err(DecodeError::broken("arithmetic conditioning is cut")) }
    }

    /// The conditioning with these indices, which are below 16.
    pub(super) fn conditioning(&self, dc_table: u8, ac_table: u8) -> Conditioning {
        let (dc_lower, dc_upper) = self.dc_bounds[usize::from(dc_table & 15)];
        Conditioning { dc_lower, dc_upper, ac_low: self.ac_low[usize::from(ac_table & 15)], dc_table, ac_table }
    }

    /// Puts the standard tables where there are none, as Motion JPEG has it.
    pub(super) fn complete_with_standard(&mut self) {
        for (index, tables) in [&mut self.dc, &mut self.ac].into_iter().enumerate() {
            tables[0].get_or_insert(HuffmanSource::Standard(index as u8));
            tables[1].get_or_insert(HuffmanSource::Standard(2 + index as u8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::segments::Segments;

    fn tables(segments: &[(u8, &[u8])]) -> Result<(DecoderTables, Vec<u8>), String> {
        let segment = |(marker, body): &(u8, &[u8])| {
            [&[0xFF, *marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat()
        };
        let file: Vec<u8> = segments.iter().flat_map(segment).collect();
        let mut tables = DecoderTables::default();
        for segment in Segments::starting_at(&file, 0) {
            tables.take(&segment).map_err(|error| error.to_string())?;
        }
        Ok((tables, file))
    }

    fn refusal(marker: u8, body: &[u8]) -> String {
        tables(&[(marker, body)]).map(|_| ()).unwrap_err()
    }

    #[test]
    fn quantisation_tables_of_one_and_two_bytes() {
        let narrow: Vec<u8> = [0x02].into_iter().chain(1..=64).collect();
        let wide: Vec<u8> = [0x13].into_iter().chain((1..=64).flat_map(|step| [step, 7])).collect();
        let (tables, file) = tables(&[(DQT, &[&narrow[..], &wide].concat())]).unwrap();
        assert_eq!((tables.quantisation[0], tables.quantisation[1]), (None, None));
        let steps = |index: usize| tables.quantisation[index].unwrap().steps(&file).unwrap();
        // The third in zigzag order is the first of the second row.
        assert_eq!((steps(2)[1], steps(2)[8], steps(2)[63]), (2, 3, 64));
        assert_eq!((steps(3)[1], steps(3)[8], steps(3)[63]), (0x207, 0x307, 0x4007));
        assert_eq!(tables.quantisation[3].unwrap().steps(&file[..file.len() - 1]), None);
    }

    #[test]
    fn the_last_definition_stands() {
        let table = |kind, symbol| [&[kind, 1][..], &[0; 15], &[symbol]].concat();
        let (first, second) = (table(0x11, 5), [table(0x11, 6), table(0x01, 7)].concat());
        let (tables, file) = tables(&[(DHT, &first), (DRI, &[1, 2]), (DHT, &second)]).unwrap();
        let symbols = |source: Option<HuffmanSource>| source.map(|source| source.counts_and_symbols(&file).unwrap().1);
        assert_eq!(tables.dc.map(symbols), [None, Some(&[7][..]), None, None]);
        assert_eq!(tables.ac.map(symbols), [None, Some(&[6][..]), None, None]);
        assert_eq!(tables.restart_interval, 0x102);
    }

    #[test]
    fn standard_tables_only_fill_up() {
        let table = [&[0x11, 1][..], &[0; 15], &[9]].concat();
        let (mut tables, file) = tables(&[(DHT, &table)]).unwrap();
        tables.complete_with_standard();
        let first = |source: Option<HuffmanSource>| {
            source.map(|source| {
                source.counts_and_symbols(&file).unwrap().1[..3.min(source.counts_and_symbols(&file).unwrap().1.len())]
                    .to_vec()
            })
        };
        assert_eq!(tables.dc.map(first), [Some(vec![0, 1, 2]), Some(vec![0, 1, 2]), None, None]);
        assert_eq!(tables.ac.map(first), [Some(vec![1, 2, 3]), Some(vec![9]), None, None]);
    }

    #[test]
    fn conditioning_has_defaults() {
        let (tables, _) = tables(&[(DAC, &[0x01, 0x42, 0x12, 63])]).unwrap();
        let expected = Conditioning { dc_lower: 0, dc_upper: 1, ac_low: 5, dc_table: 0, ac_table: 1 };
        assert_eq!(tables.conditioning(0, 1), expected);
        let expected = Conditioning { dc_lower: 2, dc_upper: 4, ac_low: 63, dc_table: 1, ac_table: 2 };
        assert_eq!(tables.conditioning(1, 2), expected);
    }

    #[test]
    fn what_is_broken_is_said() {
        assert_eq!(refusal(DQT, &[0; 64]), "quantisation table 0 is cut");
        let expected = "quantisation table 4 of precision 0 (expected 0 to 3, of precision 0 or 1)";
        assert_eq!(refusal(DQT, &[4; 65]), expected);
        assert_eq!(refusal(DHT, &[0; 16]), "Huffman table 0 is cut");
        assert_eq!(refusal(DHT, &[1; 32]), "Huffman table 1 is cut");
        assert_eq!(refusal(DHT, &[0x24, 0].repeat(9)[..17]), "Huffman table 4 is cut");
        assert_eq!(refusal(DHT, &[17; 300]), "Huffman table 1 has 272 codes (expected 256 at most)");
        let no_codes = [&[0x24][..], &[0; 16]].concat();
        assert_eq!(refusal(DHT, &no_codes), "Huffman table 4 of class 2 (expected 0 to 3, of class 0 or 1)");
        assert_eq!(refusal(DRI, &[1]), "a restart interval has 1 bytes (expected 2)");
        let expected = "arithmetic conditioning 36 (expected bounds in order, or a coefficient of 1 to 63)";
        assert_eq!(refusal(DAC, &[0, 0x24]), expected);
        assert_eq!(refusal(DAC, &[0x20, 1]), "arithmetic conditioning of class 2 (expected 0 or 1)");
        assert_eq!(refusal(DAC, &[0x10]), "arithmetic conditioning is cut");
    }
}
