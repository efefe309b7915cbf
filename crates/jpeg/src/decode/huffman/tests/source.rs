//! Where the symbols of a scan come from: from bits, one by one, or at random, with the bits that say so.

use crate::decode::error::Damage;
use crate::decode::scan_header::HuffmanSource;

/// A code: its length, its bits, and its symbol.
pub(super) type Code = (u32, u32, u8);

/// The codes of a table (T.81, C.2).
pub(super) fn codes(table: HuffmanSource, file: &[u8]) -> Vec<Code> {
    let (counts, symbols) = table.counts_and_symbols(file).unwrap();
    let lengths = (1..).zip(counts).flat_map(|(length, count)| (0..*count).map(move |_| length));
    let mut last = (0, 0);
    let codes = lengths.zip(symbols).map(|(length, symbol)| {
        last = (length, if last.0 == 0 { 0 } else { (last.1 + 1) << (length - last.0) });
        (last.0, last.1, *symbol)
    });
    codes.collect()
}

/// Symbols, the bits behind them, and restart markers.
pub(super) trait Source {
    /// DECODE: a symbol. What is chosen at random has to `fit`.
    fn decode(&mut self, codes: &[Code], fits: &dyn Fn(u8) -> bool) -> Result<u8, Damage>;
    /// RECEIVE: a number of so many bits. What is chosen at random is at most `most`.
    fn receive(&mut self, size: u8, most: u32) -> Result<u32, Damage>;
    /// The restart marker of this number.
    fn restart(&mut self, number: u8) -> Result<(), Damage>;
}

/// Reads entropy-coded data bit by bit.
pub(super) struct Reader {
    /// The bytes of each restart interval without stuffing, and the marker behind it.
    intervals: std::vec::IntoIter<(Vec<u8>, Option<u8>)>,
    bytes: Vec<u8>,
    marker: Option<u8>,
    /// How many bits have been read of `bytes`.
    read: usize,
}

impl Reader {
    pub(super) fn new(data: &[u8]) -> Self {
        let mut intervals = vec![(Vec::new(), None)];
        let mut rest = data.iter().copied();
        while let Some(byte) = rest.next() {
            let (bytes, marker) = intervals.last_mut().unwrap();
            match byte {
                0xff => match rest.find(|byte| *byte != 0xff) {
                    Some(0) => bytes.push(0xff),
                    None => {}
                    found => {
                        *marker = found;
                        intervals.push((Vec::new(), None));
                    }
                },
                byte => bytes.push(byte),
            }
        }
        let mut reader = Self { intervals: intervals.into_iter(), bytes: Vec::new(), marker: None, read: 0 };
        reader.next_interval();
        reader
    }

    fn next_interval(&mut self) {
        (self.bytes, self.marker) = self.intervals.next().unwrap_or_default();
        self.read = 0;
    }

    fn bit(&mut self) -> Result<u32, Damage> {
        let byte = self.bytes.get(self.read / 8).ok_or(Damage::EndsEarly)?;
        let bit = byte >> (7 - self.read % 8) & 1;
        self.read += 1;
        Ok(bit.into())
    }
}

impl Source for Reader {
    fn decode(&mut self, codes: &[Code], _: &dyn Fn(u8) -> bool) -> Result<u8, Damage> {
        let mut code = 0;
        for length in 1..=16 {
            code = code << 1 | self.bit()?;
            if let Some((.., symbol)) = codes.iter().find(|(other, bits, _)| (*other, *bits) == (length, code)) {
                return Ok(*symbol);
            }
        }
        Err(Damage::Code)
    }

    fn receive(&mut self, size: u8, _: u32) -> Result<u32, Damage> {
        (0..size).try_fold(0, |number, _| Ok(number << 1 | self.bit()?))
    }

    fn restart(&mut self, expected: u8) -> Result<(), Damage> {
        if self.bytes.len() - self.read.div_ceil(8) > 0 {
            return Err(Damage::RestartMissing { expected });
        }
        match self.marker {
            None => return Err(Damage::EndsEarly),
            Some(marker) if marker == 0xd0 + expected => {}
            Some(found @ 0xd0..=0xd7) => return Err(Damage::RestartOrder { found: found - 0xd0, expected }),
            Some(_) => return Err(Damage::RestartMissing { expected }),
        }
        self.next_interval();
        Ok(())
    }
}

/// Numbers that look random.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// Below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * u64::from(end)) >> 32) as u32
    }
}

/// Chooses symbols at random, and writes entropy-coded data that says so.
pub(super) struct Writer<'a> {
    pub(super) random: &'a mut Random,
    pub(super) data: Vec<u8>,
    /// Bits of the next byte, behind a one.
    byte: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        Self { random, data: Vec::new(), byte: 1 }
    }

    fn write(&mut self, bits: u32, count: u32) {
        for index in (0..count).rev() {
            self.byte = self.byte << 1 | bits >> index & 1;
            if self.byte >= 256 {
                self.data.push(self.byte as u8);
                if self.byte as u8 == 0xff {
                    self.data.push(0);
                }
                self.byte = 1;
            }
        }
    }

    /// Fills up the last byte, with bits of any value.
    pub(super) fn finish(&mut self) {
        while self.byte > 1 {
            let bit = self.random.below(2);
            self.write(bit, 1);
        }
    }
}

impl Source for Writer<'_> {
    fn decode(&mut self, codes: &[Code], fits: &dyn Fn(u8) -> bool) -> Result<u8, Damage> {
        let fitting: Vec<_> = codes.iter().filter(|(.., symbol)| fits(*symbol)).collect();
        let (length, code, symbol) = *fitting[self.random.below(fitting.len() as u32) as usize];
        self.write(code, length);
        Ok(symbol)
    }

    fn receive(&mut self, size: u8, most: u32) -> Result<u32, Damage> {
        let number = self.random.below((1_u32 << size).min(most.saturating_add(1)));
        self.write(number, size.into());
        Ok(number)
    }

    fn restart(&mut self, number: u8) -> Result<(), Damage> {
        self.finish();
        let fill = self.random.below(3) as usize;
        self.data.extend(std::iter::repeat_n(0xff, 1 + fill));
        self.data.push(0xd0 + number);
        Ok(())
    }
}
