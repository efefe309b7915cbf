//! A scan as T.81 describes it, bit by bit and coefficient by coefficient: the definition of what the decoder has to do.

use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::frame::{Frame, Process};
use crate::decode::scan_header::ScanHeader;
use crate::tables::ZIGZAG;

use super::source::{Code, Source, codes};

/// All blocks of each component, in rows padded to whole MCUs.
pub(super) type Coefficients = Vec<Vec<Block>>;

/// Blocks in a padded row of a component.
pub(super) fn padded_across(frame: &Frame, component: usize) -> usize {
    frame.mcus_across() as usize * usize::from(frame.components[component].horizontal())
}

/// Zeros.
pub(super) fn no_coefficients(frame: &Frame) -> Coefficients {
    let rows = |component: usize| frame.mcu_rows() as usize * usize::from(frame.components[component].vertical());
    (0..frame.components.len()).map(|i| vec![[0; 64]; padded_across(frame, i) * rows(i)]).collect()
}

/// A scan under way.
struct Twin<'a, S> {
    source: &'a mut S,
    header: &'a ScanHeader,
    is_progressive: bool,
    tables: Vec<[Vec<Code>; 2]>,
    predictors: [i32; 4],
    end_of_band_run: u32,
    /// Blocks before the next restart marker, or the end; of scans of one component.
    blocks_left: u32,
}

/// Decodes a scan on top of `coefficients`, which it leaves as they are when it fails. The error says in which MCU row.
pub(super) fn decode_scan(
    frame: &Frame,
    header: &ScanHeader,
    file: &[u8],
    source: &mut impl Source,
    coefficients: &mut Coefficients,
) -> Result<(), (u32, Damage)> {
    let tables = header.components.iter().map(|component| {
        [component.dc, component.ac].map(|table| table.map_or(Vec::new(), |table| codes(table, file)))
    });
    let rows: Vec<Vec<Vec<(usize, usize)>>> = (0..frame.mcu_rows()).map(|row| mcus(frame, header, row)).collect();
    let mut left: usize = rows.iter().map(Vec::len).sum();
    let interval = if header.restart_interval > 0 { header.restart_interval as usize } else { usize::MAX };
    let mut twin = Twin {
        source,
        header,
        is_progressive: frame.process == Process::Progressive,
        tables: tables.collect(),
        predictors: [0; 4],
        end_of_band_run: 0,
        blocks_left: left.min(interval) as u32,
    };
    let mut decoded = 0;
    for (row, mcus) in (0..).zip(rows) {
        for mcu in mcus {
            if decoded > 0 && decoded % interval == 0 {
                twin.restart((decoded / interval - 1) % 8).map_err(|damage| (row, damage))?;
                twin.blocks_left = left.min(interval) as u32;
            }
            for (component, block) in mcu {
                let block = &mut coefficients[header.components[component].index][block];
                twin.block(component, block).map_err(|damage| (row, damage))?;
            }
            twin.blocks_left -= 1;
            decoded += 1;
            left -= 1;
        }
        if left == 0 && twin.end_of_band_run > 0 {
            return Err((row, Damage::EndOfBandRun));
        }
    }
    Ok(())
}

/// The MCUs of an MCU row of the picture: of each block the component of the scan and the index (T.81, A.2).
fn mcus(frame: &Frame, header: &ScanHeader, row: u32) -> Vec<Vec<(usize, usize)>> {
    let row = row as usize;
    if let [component] = &*header.components {
        let height = usize::from(frame.components[component.index].vertical());
        let rows = row * height..((row + 1) * height).min(frame.blocks_down(component.index) as usize);
        let across = padded_across(frame, component.index);
        let columns = frame.blocks_across(component.index) as usize;
        return rows.flat_map(|y| (0..columns).map(move |x| vec![(0, y * across + x)])).collect();
    }
    let mcu = |column: usize| {
        let components = header.components.iter().enumerate();
        let blocks = components.flat_map(|(number, component)| {
            let factors = &frame.components[component.index];
            let (width, height) = (usize::from(factors.horizontal()), usize::from(factors.vertical()));
            let across = padded_across(frame, component.index);
            (0..height)
                .flat_map(move |y| (0..width).map(move |x| (number, (row * height + y) * across + column * width + x)))
        });
        blocks.collect()
    };
    (0..frame.mcus_across() as usize).map(mcu).collect()
}

impl<S: Source> Twin<'_, S> {
    fn restart(&mut self, number: usize) -> Result<(), Damage> {
        if self.end_of_band_run > 0 {
            return Err(Damage::EndOfBandRun);
        }
        self.predictors = [0; 4];
        self.source.restart(number as u8)
    }

    fn block(&mut self, component: usize, block: &mut Block) -> Result<(), Damage> {
        let low = self.header.approximation.low;
        let is_first = self.header.approximation.high == 0;
        match (self.is_progressive, self.header.spectral.start) {
            (false, _) => {
                block[0] = self.dc(component)? as i16;
                self.sequential_ac(component, block)
            }
            (true, 0) if is_first => {
                block[0] = (self.dc(component)? << low) as i16;
                Ok(())
            }
            (true, 0) => {
                block[0] |= (self.source.receive(1, 1)? as i16) << low;
                Ok(())
            }
            (true, _) if is_first => self.first_ac(block, low),
            (true, _) => self.refine_ac(block, 1 << low),
        }
    }

    /// Decode_DC_coefficient (F.2.2.1).
    fn dc(&mut self, component: usize) -> Result<i32, Damage> {
        let size = self.source.decode(&self.tables[component][0], &|_| true)?;
        let difference = extend(self.source.receive(size, u32::MAX)?, size);
        self.predictors[component] += difference;
        Ok(self.predictors[component])
    }

    /// Decode_AC_coefficients (F.2.2.2).
    fn sequential_ac(&mut self, component: usize, block: &mut Block) -> Result<(), Damage> {
        let mut k = 1;
        while k <= 63 {
            let fits = |symbol: u8| symbol & 15 == 0 && symbol >> 4 < 15 || k + usize::from(symbol >> 4) <= 63;
            let symbol = self.source.decode(&self.tables[component][1], &fits)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                break;
            }
            k += usize::from(run);
            let value = extend(self.source.receive(size, u32::MAX)?, size);
            if k > 63 {
                return Err(Damage::ZeroRun);
            }
            block[usize::from(ZIGZAG[k])] = value as i16;
            k += 1;
        }
        Ok(())
    }

    /// The first scan of a band (G.1.2.2).
    fn first_ac(&mut self, block: &mut Block, low: u8) -> Result<(), Damage> {
        let (mut k, end) = (self.header.spectral.start, self.header.spectral.end);
        while self.end_of_band_run == 0 && k <= end {
            let left = self.blocks_left;
            let fits = |symbol: u8| match (symbol >> 4, symbol & 15) {
                (run @ 0..15, 0) => 1 << run <= left,
                (run, _) => k + run <= end,
            };
            let symbol = self.source.decode(&self.tables[0][1], &fits)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                self.begin_end_of_band_run(run)?;
                break;
            }
            k += run;
            let value = extend(self.source.receive(size, u32::MAX)?, size);
            if k > end {
                return Err(Damage::ZeroRun);
            }
            if size > 0 {
                block[usize::from(ZIGZAG[usize::from(k)])] = (value << low) as i16;
            }
            k += 1;
        }
        self.end_of_band_run = self.end_of_band_run.saturating_sub(1);
        Ok(())
    }

    fn begin_end_of_band_run(&mut self, size: u8) -> Result<(), Damage> {
        let most = self.blocks_left.saturating_sub(1 << size);
        self.end_of_band_run = (1 << size) + self.source.receive(size, most)?;
        Ok(())
    }

    /// A refinement of a band (G.1.2.3).
    fn refine_ac(&mut self, block: &mut Block, one: i16) -> Result<(), Damage> {
        let (mut k, end) = (self.header.spectral.start, self.header.spectral.end);
        while self.end_of_band_run == 0 && k <= end {
            let left = self.blocks_left;
            let zeros = (k..=end).filter(|k| block[usize::from(ZIGZAG[usize::from(*k)])] == 0).count();
            let fits = |symbol: u8| match (symbol >> 4, symbol & 15) {
                (15, 0) => true,
                (run, 0) => 1 << run <= left,
                (run, 1) => usize::from(run) < zeros,
                _ => false,
            };
            let symbol = self.source.decode(&self.tables[0][1], &fits)?;
            let (mut run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                self.begin_end_of_band_run(run)?;
                break;
            }
            if size > 1 {
                self.source.receive(1, 1)?;
                return Err(Damage::Refinement);
            }
            let new = if size == 0 { 0 } else { [-one, one][self.source.receive(1, 1)? as usize] };
            loop {
                if k > end {
                    // A run of 16 zeros of which there are fewer ends the block, as in libjpeg.
                    if new != 0 {
                        return Err(Damage::ZeroRun);
                    }
                    break;
                }
                let coefficient = &mut block[usize::from(ZIGZAG[usize::from(k)])];
                k += 1;
                if *coefficient != 0 {
                    correct(self.source, coefficient, one)?;
                } else if run == 0 {
                    *coefficient = new;
                    break;
                } else {
                    run -= 1;
                }
            }
        }
        if self.end_of_band_run > 0 {
            for k in k..=end {
                let coefficient = &mut block[usize::from(ZIGZAG[usize::from(k)])];
                if *coefficient != 0 {
                    correct(self.source, coefficient, one)?;
                }
            }
            self.end_of_band_run -= 1;
        }
        Ok(())
    }
}

fn correct(source: &mut impl Source, coefficient: &mut i16, one: i16) -> Result<(), Damage> {
    // As libjpeg: a bit that is there already is not added.
    if source.receive(1, 1)? == 1 && *coefficient & one == 0 {
        *coefficient = coefficient.wrapping_add(if *coefficient < 0 { -one } else { one });
    }
    Ok(())
}

/// EXTEND (F.2.2.1).
fn extend(bits: u32, size: u8) -> i32 {
    if size > 0 && bits < 1 << (size - 1) { bits as i32 - (1 << size) + 1 } else { bits as i32 }
}
