//! Whatever the bytes: a header within the limits or an error with a message, and the same one each time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead_decode::{Decoder, Limits};
use masthead_picture::Rect;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    match Decoder::new(bytes, &limits) {
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
            assert_eq!(Decoder::new(bytes, &limits).err(), Some(error));
        }
        Ok(decoder) => {
            let header = decoder.header().clone();
            let displayed = header.displayed();
            assert!(displayed.width() <= limits.max_dimensions.width());
            assert!(displayed.height() <= limits.max_dimensions.height());
            assert!(displayed.width() >= limits.min_dimensions.width());
            assert!(displayed.height() >= limits.min_dimensions.height());
            assert!(displayed.pixels() <= limits.pixels && header.scans <= limits.scans);
            assert_eq!(Decoder::new(bytes, &limits).unwrap().header(), &header);

            // A part of the picture takes no more memory than all of it.
            let whole = Rect::of(header.stored);
            let part = Rect::from_edges(0, 0, header.stored.width(), header.stored.height().div_ceil(2)).unwrap();
            assert!(decoder.memory(part) <= decoder.memory(whole));
        }
    }
});
