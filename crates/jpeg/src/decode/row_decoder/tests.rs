use masthead_picture::Dimensions;
use masthead_testdata::Random;

use super::*;
use crate::Damage;

fn generated(name: &str) -> Vec<u8> {
    std::fs::read(masthead_testdata::folder().join(name)).unwrap()
}

/// The samples of all MCU rows of a window, component by component.
fn decode(file: &[u8], header: &Header, window: Rect) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut decoder = RowDecoder::new(file, header, window)?;
    let mut buffers: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
    let mut decoded = vec![Vec::new(); buffers.len()];
    while decoder.next_mcu_row() < decoder.mcu_rows().end {
        let is_wanted = decoder.mcu_rows().contains(&decoder.next_mcu_row());
        let mut rows: Vec<&mut [u8]> = buffers.iter_mut().map(|buffer| &mut buffer[..]).collect();
        decoder.decode_mcu_row(&mut rows)?;
        if is_wanted {
            decoded.iter_mut().zip(&buffers).for_each(|(decoded, buffer)| decoded.extend(buffer));
        }
    }
    Ok(decoded)
}

fn whole(file: &[u8]) -> Result<Vec<Vec<u8>>, DecodeError> {
    let header = Header::read(file, 100)?;
    decode(file, &header, Rect::of(header.dimensions()))
}

#[test]
fn layout_is_of_whole_blocks() {
    let file = generated("jpeg-420.jpg");
    let header = Header::read(&file, 1).unwrap();
    let decoder = RowDecoder::new(&file, &header, Rect::from_edges(17, 15, 34, 33).unwrap()).unwrap();
    assert_eq!((decoder.next_mcu_row(), decoder.mcu_rows()), (0, 0..3));
    let layout: Vec<_> = decoder.layout().iter().map(|layout| (layout.left, layout.width, layout.height)).collect();
    assert_eq!(layout, [(16, 24, 16), (8, 16, 8), (8, 16, 8)]);
    let decoder = RowDecoder::new(&file, &header, Rect::from_edges(255, 127, 256, 128).unwrap()).unwrap();
    assert_eq!(decoder.mcu_rows(), 7..8);
    assert_eq!((decoder.layout()[1].left, decoder.layout()[1].samples()), (120, 64));
    // A window that no picture has is refused by the decoder alone.
    let layout = header.layout(Rect::from_edges(0, 0, u32::MAX, 1).unwrap()).next().unwrap();
    assert!(layout.width >= u32::MAX as usize);
}

#[test]
fn rows_above_the_window_are_left_as_they_are() {
    for name in ["jpeg-420.jpg", "jpeg-progressive-420.jpg"] {
        let file = generated(name);
        let header = Header::read(&file, 100).unwrap();
        let mut decoder = RowDecoder::new(&file, &header, Rect::from_edges(0, 40, 256, 41).unwrap()).unwrap();
        let mut buffers: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![1; layout.samples()]).collect();
        for mcu_row in 0..=2 {
            let mut rows: Vec<&mut [u8]> = buffers.iter_mut().map(|buffer| &mut buffer[..]).collect();
            decoder.decode_mcu_row(&mut rows).unwrap();
            assert_eq!(buffers.iter().flatten().all(|sample| *sample == 1), mcu_row < 2, "{name}, row {mcu_row}");
        }
    }
}

#[test]
fn callers_faults_are_errors() {
    let file = generated("jpeg-420.jpg");
    let header = Header::read(&file, 1).unwrap();
    let all = Rect::of(header.dimensions());
    let error = |file, header, window| RowDecoder::new(file, header, window).err().unwrap().to_string();
    let outside = Rect::new(255, 0, Dimensions::new(2, 1).unwrap()).unwrap();
    assert_eq!(error(&file, &header, outside), "window 2x1+255+0 reaches outside the picture of 256x128");
    let other = "the file is not the one that the header was read of";
    assert_eq!(error(&file[..1000], &header, all), other);

    let mut decoder = RowDecoder::new(&file, &header, all).unwrap();
    let (mut luma, mut cb, mut cr) = (vec![0; 256 * 16], vec![0; 128 * 8], vec![0; 128 * 8 - 1]);
    let error = |decoder: &mut RowDecoder<'_>, rows: &mut [&mut [u8]]| decoder.decode_mcu_row(rows).unwrap_err();
    let found = error(&mut decoder, &mut [&mut luma, &mut cb, &mut cr]).to_string();
    assert_eq!(found, "component 2 has a buffer of 1023 samples (expected 1024)");
    let found = error(&mut decoder, &mut [&mut luma]).to_string();
    assert_eq!(found, "component 1 has a buffer of 0 samples (expected 1024)");
    cr.push(0);
    (0..8).for_each(|_| decoder.decode_mcu_row(&mut [&mut luma, &mut cb, &mut cr]).unwrap());
    assert_eq!(error(&mut decoder, &mut [&mut luma, &mut cb, &mut cr]), DecodeError::Finished(8));
}

#[test]
fn damage_names_the_scan_and_the_mcu_row() {
    let cut = whole(&generated("broken-jpeg-cut-scan.jpg")).unwrap_err();
    let DecodeError::Damaged { scan: 1, mcu_row: 3..=5, what: Damage::EndsEarly } = cut else { panic!("{cut}") };
    // The third scan is left without its data.
    let file = generated("jpeg-multi-scan-444.jpg");
    let header = Header::read(&file, 100).unwrap();
    let data = header.scans[2].data.clone();
    let error = whole(&[&file[..data.start], &file[data.end..]].concat()).unwrap_err();
    assert_eq!(error.to_string(), "scan 3 is damaged in MCU row 0: the data ends early");
    // What lies below the window is not looked at.
    let cut = [&file[..data.start + data.len() / 2], &file[data.end..]].concat();
    let header = Header::read(&cut, 100).unwrap();
    assert!(decode(&cut, &header, Rect::from_edges(0, 0, 256, 20).unwrap()).is_ok());
    assert!(decode(&cut, &header, Rect::of(header.dimensions())).is_err());
}

/// A component that no scan has is as libjpeg-turbo makes it: grey.
#[test]
fn components_without_a_scan_are_grey() {
    let file = generated("jpeg-multi-scan-444.jpg");
    let second = Header::read(&file, 3).unwrap().scans[1].data.end;
    let decoded = whole(&[&file[..second], &[0xff, 0xd9]].concat()).unwrap();
    let all = whole(&file).unwrap();
    assert!(decoded[..2] == all[..2]);
    assert!(decoded[2].len() == all[2].len() && decoded[2].iter().all(|sample| *sample == 128));
}

#[test]
fn any_window_is_part_of_the_whole() {
    let mut random = Random::new(7);
    let files = masthead_testdata::files().into_iter().filter(|file| file.name.starts_with("jpeg-"));
    for file in files {
        let header = Header::read(&file.bytes, 1000).unwrap();
        let Ok(all) = decode(&file.bytes, &header, Rect::of(header.dimensions())) else { panic!("{}", file.name) };
        let (width, height) = (header.dimensions().width(), header.dimensions().height());
        for _ in 0..4 {
            let mut below = |bound: u32| random.below(bound.into()) as u32;
            let (left, top) = (below(width), below(height));
            let (right, bottom) = (left + 1 + below(width - left), top + 1 + below(height - top));
            let window = Rect::from_edges(left, top, right, bottom).unwrap();
            let part = decode(&file.bytes, &header, window).unwrap();
            let decoder = RowDecoder::new(&file.bytes, &header, window).unwrap();
            let whole = RowDecoder::new(&file.bytes, &header, Rect::of(header.dimensions())).unwrap();
            for (index, layout) in decoder.layout().iter().enumerate() {
                let (first, stride) = (decoder.mcu_rows().start as usize * layout.height, whole.layout()[index].width);
                for (y, row) in part[index].chunks_exact(layout.width).enumerate() {
                    let from = (first + y) * stride + layout.left as usize;
                    assert!(row == &all[index][from..from + layout.width], "{} {window}: {index}, {y}", file.name);
                }
            }
        }
    }
}

/// Whatever happens to a file, it is decoded or refused.
#[test]
fn hostile_files_do_no_harm() {
    let mut random = Random::new(5);
    for name in [
        "jpeg-420-odd.jpg",
        "jpeg-progressive-420-odd.jpg",
        "jpeg-multi-scan-420-odd.jpg",
        "jpeg-restart-progressive-420.jpg",
        "jpeg-restart-grey.jpg",
    ] {
        let file = generated(name);
        for cut in (0..file.len()).step_by(41) {
            let _ = whole(&file[..cut]);
            let _ = whole(&[&file[..cut], &[0xff, 0xd9]].concat());
        }
        for _ in 0..150 {
            let mut file = file.clone();
            for _ in 0..1 + random.below(4) {
                let length = file.len() as u64;
                // Half of them near the beginning, where the structure is.
                let end = if random.below(2) == 0 { length } else { length.min(700) };
                let at = random.below(end) as usize;
                file[at] = random.bits() as u8;
            }
            // Not one that has become a thousand times larger.
            if Header::read(&file, 100).is_ok_and(|header| header.dimensions().pixels() < 1 << 18) {
                let _ = whole(&file);
            }
        }
    }
}

/// Any number of bytes of ones may stand before a marker. They are not read again for each block that the data has not.
#[test]
fn fill_bytes_without_end_do_no_harm() {
    for name in ["jpeg-420.jpg", "jpeg-arithmetic-420-ragged.jpg"] {
        let file = generated(name);
        let header = Header::read(&file, 1).unwrap();
        let data = header.scans[0].data.start;
        let fill = vec![0xff; 4 << 20];
        let start = std::time::Instant::now();
        let _ = whole(&[&file[..data + 40], &fill, &[0xd9]].concat());
        let took = start.elapsed();
        assert!(took.as_secs() < 1, "{name} took {took:?}");
    }
}
