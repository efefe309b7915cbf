//! A window of a picture holds the same samples as the whole picture, and a picture that decodes has windows that do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead_decode::{Decoder, ErrorKind, Limits};
use masthead_picture::{Dimensions, Light, Rect};

fuzz_target!(|bytes: &[u8]| {
    // The fuzzer has a time limit of its own.
    let limits = Limits::default()
        .with_min_dimensions(Dimensions::new(1, 1).unwrap())
        .with_pixels(1 << 20)
        .with_memory(64 << 20)
        .with_deadline(None);
    let Ok(decoder) = Decoder::new(bytes, &limits) else { return };
    let header = decoder.header().clone();
    let whole = Rect::of(header.stored);

    // The last bytes choose the window: metadata and trailing bytes are theirs to change.
    let choice = |from: usize, most: u32| bytes.iter().rev().nth(from).map_or(0, |byte| u32::from(*byte)) % most;
    let (width, height) = (header.stored.width(), header.stored.height());
    let (left, top) = (choice(0, width), choice(1, height));
    let (right, bottom) = (left + 1 + choice(2, width - left), top + 1 + choice(3, height - top));
    let window = Rect::from_edges(left, top, right, bottom).unwrap();

    let all = match decoder.decode(whole, Light::Linear) {
        Ok(picture) => picture,
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
            return;
        }
    };
    assert_eq!((all.window(), all.model()), (whole, header.model()));
    let part = Decoder::new(bytes, &limits).unwrap().decode(window, Light::Linear).unwrap();
    assert_eq!((part.window(), part.model()), (window, all.model()));
    for (part, all) in part.components().iter().zip(all.components()) {
        let needed = part.sampling.cover(window);
        for y in needed.top()..needed.bottom() {
            let columns = |left: u32| (needed.left() - left) as usize..(needed.right() - left) as usize;
            assert_eq!(
                part.plane.row((y - part.top) as usize)[columns(part.left)],
                all.plane.row((y - all.top) as usize)[columns(all.left)],
            );
        }
    }
});
