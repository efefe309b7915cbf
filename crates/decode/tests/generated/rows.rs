//! Rows are handed on from the top, some at a time.

use masthead_decode::{Decoder, ErrorKind, RowBatch};
use masthead_picture::{Light, Rect};

use crate::{decode_window, file, files, header, limits};

/// The rows of each component that are left, and its width.
fn heights(batch: &RowBatch) -> Vec<usize> {
    batch.components().map(|rows| rows.height()).collect()
}

/// One batch for all files: large and small ones, of one component and of four, come one after another, and what is left of the
/// one before is never seen.
#[test]
fn batches_put_together_are_the_window() {
    let mut batch = RowBatch::default();
    for (name, bytes) in files(&["jpeg-", "png-"], 100) {
        let decoder = Decoder::new(bytes, &limits()).unwrap();
        let (width, height) = (decoder.header().stored.width(), decoder.header().stored.height());
        for window in [
            Rect::of(decoder.header().stored),
            Rect::from_edges(width / 3, height / 3 + 1, width - 5, height - 3).unwrap(),
            Rect::from_edges(width - 1, height - 1, width, height).unwrap(),
        ] {
            let picture = decoder.decode(window, Light::Linear).unwrap();
            let mut rows = decoder.rows(window, Light::Linear).unwrap();
            let mut planes = vec![Vec::new(); picture.components().len()];
            while rows.read(&mut batch).unwrap() {
                assert_eq!(batch.components().len(), planes.len(), "{name}, {window}");
                assert!(batch.components().any(|rows| rows.height() > 0), "{name}, {window}: a batch of no rows");
                for ((rows, plane), component) in batch.components().zip(&mut planes).zip(picture.components()) {
                    assert_eq!(rows.width(), component.plane.width(), "{name}, {window}");
                    rows.rows().for_each(|row| plane.extend_from_slice(row));
                }
            }
            for (component, plane) in picture.components().iter().zip(&planes) {
                assert!(component.plane.samples() == plane, "{name}, {window}");
            }
            assert_eq!(batch.components().len(), 0, "{name}, {window}: rows after the last");
            assert!(!rows.read(&mut batch).unwrap(), "{name}, {window}: more after the end");
        }
    }
}

/// What is read is not changed by what is read after it.
#[test]
fn several_batches_may_be_alive() {
    let decoder = Decoder::new(file("jpeg-420.jpg"), &limits()).unwrap();
    let window = Rect::of(decoder.header().stored);
    let picture = decoder.decode(window, Light::Linear).unwrap();
    let mut rows = decoder.rows(window, Light::Linear).unwrap();
    let mut batches = Vec::new();
    loop {
        let mut batch = RowBatch::default();
        if !rows.read(&mut batch).unwrap() {
            break;
        }
        batches.push(batch);
    }
    assert!(batches.len() > 3);
    for (index, component) in picture.components().iter().enumerate() {
        let rows = batches.iter().flat_map(|batch| batch.components().nth(index).unwrap().rows());
        assert!(rows.eq(component.plane.rows()), "component {index}");
    }
}

#[test]
fn a_batch_of_a_jpeg_is_what_the_window_has_of_an_mcu_row() {
    for (name, window, expected) in [
        ("jpeg-420.jpg", (0, 0, 256, 128), vec![[16, 8, 8]; 8]),
        ("jpeg-420.jpg", (0, 21, 256, 50), vec![[11, 6, 6], [16, 8, 8], [2, 1, 1]]),
        ("jpeg-444.jpg", (9, 7, 10, 9), vec![[1, 1, 1], [1, 1, 1]]),
        ("jpeg-410-odd.jpg", (0, 100, 251, 127), vec![[12, 6, 6], [15, 8, 8]]),
        ("jpeg-luma-subsampled.jpg", (3, 3, 5, 17), vec![[7, 13, 13], [1, 1, 1]]),
    ] {
        let decoder = Decoder::new(file(name), &limits()).unwrap();
        let (left, top, right, bottom) = window;
        let window = Rect::from_edges(left, top, right, bottom).unwrap();
        let mut rows = decoder.rows(window, Light::Linear).unwrap();
        let (mut batch, mut found) = (RowBatch::default(), Vec::new());
        while rows.read(&mut batch).unwrap() {
            found.push(heights(&batch));
        }
        assert_eq!(found, expected, "{name}, {window}");
    }
}

#[test]
fn a_batch_of_a_png_has_some_rows_unless_it_is_interlaced() {
    for (name, expected) in [
        ("png-rgb-8.png", vec![16, 16, 16, 16, 16, 16, 5]),
        ("png-grey-alpha-8.png", vec![16, 16, 16, 16, 16, 16, 5]),
        ("png-rgb-8-interlaced.png", vec![101]),
    ] {
        let decoder = Decoder::new(file(name), &limits()).unwrap();
        let window = Rect::of(decoder.header().stored);
        let mut rows = decoder.rows(window, Light::Linear).unwrap();
        let (mut batch, mut found) = (RowBatch::default(), Vec::new());
        while rows.read(&mut batch).unwrap() {
            assert!(heights(&batch).iter().all(|height| *height == heights(&batch)[0]));
            found.push(heights(&batch)[0]);
        }
        assert_eq!(found, expected, "{name}");
    }
}

/// Rows come until the damage is reached, and none after it.
#[test]
fn nothing_comes_after_damage() {
    for name in ["jpeg-420.jpg", "png-rgb-8.png"] {
        let bytes = file(name);
        let window = Rect::of(header(&bytes).stored);
        let decoder = Decoder::new(&bytes[..bytes.len() * 3 / 4], &limits()).unwrap();
        let mut rows = decoder.rows(window, Light::Linear).unwrap();
        let (mut batch, mut read) = (RowBatch::default(), 0);
        let error = loop {
            match rows.read(&mut batch) {
                Ok(more) => assert!(more, "{name}"),
                Err(error) => break error,
            }
            read += heights(&batch)[0];
        };
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}: {error}");
        assert!(read > 30 && read < window.height() as usize, "{name}: {read} rows");
        assert_eq!(batch.components().len(), 0, "{name}");
        assert_eq!(rows.read(&mut batch), Ok(false), "{name}");
        let strip = Rect::from_edges(0, 0, window.width(), read as u32).unwrap();
        assert!(decode_window(&bytes[..bytes.len() * 3 / 4], strip).is_ok(), "{name}");
    }
}
