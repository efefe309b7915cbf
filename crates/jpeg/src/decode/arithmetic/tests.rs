use super::*;
use crate::decode::Header;
use masthead_libjpeg_turbo::{Coefficients, Script};

/// All coefficients of each component of an arithmetic-coded file; or in which scan and row which damage is.
fn coefficients(file: &[u8]) -> Result<Vec<Vec<Block>>, (usize, u32, Damage)> {
    let header = Header::read(file, 100).unwrap();
    let mut scans: Vec<_> = header.scans.iter().map(|scan| ArithmeticScan::new(file, &header.frame, scan)).collect();
    let mut all = vec![Vec::new(); header.frame.components.len()];
    for index in 0..header.frame.mcu_rows() {
        let mut row = McuRow::new(&header.frame);
        for (number, scan) in scans.iter_mut().enumerate() {
            scan.decode_mcu_row(index, &mut row, true).map_err(|damage| (number, index, damage))?;
        }
        for (component, factors) in header.frame.components.iter().enumerate() {
            let blocks_across = header.frame.blocks_across(component) as usize;
            for y in 0..factors.vertical() {
                let (blocks, nonzero) = row.block_row(component, y.into());
                let is_there =
                    index * u32::from(factors.vertical()) + u32::from(y) < header.frame.blocks_down(component);
                for (block, nonzero) in blocks.iter().zip(nonzero).take(if is_there { blocks_across } else { 0 }) {
                    let expected =
                        (1..64).filter(|&k| block[usize::from(ZIGZAG[k])] != 0).fold(0, |mask, k| mask | bit(k));
                    assert_eq!(*nonzero, expected, "the mask of {block:?}");
                    all[component].push(*block);
                }
            }
        }
    }
    Ok(all)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(masthead_testdata::folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The test sequence of T.81, K.4.
#[test]
fn sequence_of_the_standard() {
    const CODE: [u8; 29] = [
        0x65, 0x5B, 0x51, 0x44, 0xF7, 0x96, 0x9D, 0x51, 0x78, 0x55, 0xBF, 0xFF, 0x00, 0xFC, 0x51, 0x84, 0xC7, 0xCE,
        0xF9, 0x39, 0x00, 0x28, 0x7D, 0x46, 0x70, 0x8E, 0xCB, 0xC0, 0xF6,
    ];
    const DECISIONS: [u8; 32] = [
        0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xC0, 0x03, 0x52, 0x87, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x82, 0xC0,
        0x20, 0x00, 0xFC, 0xD7, 0x9E, 0xF6, 0x74, 0xEA, 0xAB, 0xF7, 0x69, 0x7E, 0xE7, 0x4C,
    ];
    let (mut decoder, mut state) = (Decoder::new(&CODE, true), State::NEW);
    for byte in DECISIONS {
        let decided = (0..8).fold(0, |byte, _| byte << 1 | u8::from(decoder.decide(&mut state)));
        assert_eq!(decided, byte);
    }
}

/// Sequential or progressive, in any order of scans, with any restarts and conditioning.
#[test]
fn files_of_one_picture_have_the_same_coefficients() {
    let expected = coefficients(&file("jpeg-arithmetic-420-ragged.jpg")).unwrap();
    assert!(expected.iter().flatten().flatten().filter(|value| **value != 0).count() > 3000);
    let mut files = masthead_testdata::committed().unwrap();
    files.retain(|name, _| name.starts_with("jpeg-arithmetic-") && name.ends_with("-420-ragged.jpg"));
    assert!(files.len() >= 11, "{} files", files.len());
    for (name, file) in files {
        assert!(coefficients(&file).unwrap() == expected, "{name}");
    }
}

/// Files of libjpeg-turbo's arithmetic encoder, and ours as it decodes them.
#[test]
fn coefficients_are_those_of_libjpeg_turbo() {
    if !masthead_libjpeg_turbo::AVAILABLE {
        return;
    }
    let check = |name: &str, bytes: &[u8]| {
        let expected = Coefficients::read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = coefficients(bytes).unwrap_or_else(|damage| panic!("{name}: {damage:?}"));
        assert!(expected.components.iter().map(|component| &component.blocks).eq(&found), "{name}");
    };
    for name in
        ["jpeg-grey-odd", "jpeg-420-odd", "jpeg-chroma-mixed-odd", "jpeg-ycck-420-odd", "jpeg-wide-steps-ragged"]
    {
        let stored = Coefficients::read(&file(&format!("{name}.jpg"))).unwrap();
        let components = stored.components.len();
        let scripts = [Script::Interleaved, Script::separate(components), Script::Progressive, Script::odd(components)];
        for script in scripts {
            for restart_interval in [0, 1, 7] {
                let bytes = stored.write(&script, restart_interval, true).unwrap();
                check(&format!("{name}, {script:?}, {restart_interval}"), &bytes);
            }
        }
    }
    let mut ours = masthead_testdata::committed().unwrap();
    // libjpeg-turbo does not read DNL.
    ours.retain(|name, _| name.starts_with("jpeg-arithmetic-") && !name.contains("dnl"));
    assert!(ours.len() >= 14, "{} files", ours.len());
    ours.iter().for_each(|(name, bytes)| check(name, bytes));
}

#[test]
fn damage_is_told_with_scan_and_row() {
    let damage = |name: &str| coefficients(&file(&format!("broken-jpeg-arithmetic-{name}.jpg"))).unwrap_err();
    assert_eq!(damage("restart-missing"), (0, 0, Damage::RestartMissing { expected: 2 }));
    assert_eq!(damage("restart-doubled"), (0, 1, Damage::RestartOrder { found: 2, expected: 3 }));
    assert_eq!(damage("restart-out-of-order"), (0, 0, Damage::RestartOrder { found: 5, expected: 2 }));
    let (scan, row, what) = damage("cut");
    assert_eq!((scan, what), (0, Damage::EndsEarly));
    assert!((2..6).contains(&row), "{row}");
    let (scan, row, what) = damage("noise");
    assert_eq!((scan, what), (0, Damage::ZeroRun));
    assert!((2..6).contains(&row), "{row}");
}

/// Whatever the bytes, each row is decoded or refused, within bounds.
#[test]
fn any_bytes_are_decisions() {
    let names = [
        "jpeg-arithmetic-420-ragged.jpg",
        "jpeg-arithmetic-progressive-odd-order-420-ragged.jpg",
        "jpeg-arithmetic-restart-420-ragged.jpg",
    ];
    let mut random = masthead_testdata::Random::new(5);
    let mut kinds = std::collections::BTreeSet::new();
    for name in names {
        let mut file = file(name);
        let data: Vec<_> = Header::read(&file, 100).unwrap().scans.iter().map(|scan| scan.data.clone()).collect();
        for range in data.iter().cycle().take(40) {
            for _ in 0..20 {
                let at = range.start + random.below(range.len() as u64) as usize;
                // No marker appears and none goes.
                if file[at] != 0xFF && file[at.saturating_sub(1)] != 0xFF {
                    file[at] = random.below(255) as u8;
                }
            }
            kinds.extend(coefficients(&file).err().map(|(_, _, what)| what.to_string()));
        }
    }
    assert!(kinds.len() >= 3, "{kinds:?}");
}

/// A picture that is flat gives data whose last bytes are zeros, which the encoder leaves out.
#[test]
fn zeros_at_the_end_need_not_be_there() {
    let flat = masthead_testdata::plain_files((800, 600), [90, 90, 90]);
    let flat = flat.iter().find(|file| file.name == "JPEG, 4:2:0, arithmetic").unwrap();
    let header = Header::read(&flat.bytes, 100).unwrap();
    assert!(header.scans[0].data.len() < 20, "{:?}", header.scans[0].data);
    let blocks = coefficients(&flat.bytes).unwrap();
    assert_eq!(blocks.iter().map(Vec::len).collect::<Vec<_>>(), [7500, 1900, 1900]);
    assert!(blocks.iter().flatten().all(|block| block[1..] == [0; 63] && block[0] <= 0));
}

#[test]
fn scans_of_the_same_table_share_its_statistics() {
    let file = file("jpeg-arithmetic-420-ragged.jpg");
    let header = Header::read(&file, 100).unwrap();
    let scan = ArithmeticScan::new(&file, &header.frame, &header.scans[0]);
    let areas: Vec<_> = scan.components.iter().map(|component| (component.dc_area, component.ac_area)).collect();
    assert_eq!(areas, [(0, 0), (1, 1), (1, 1)]);
    assert!(ArithmeticScan::memory(&header.scans[0]) < 2000);
}
