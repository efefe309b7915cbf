//! Odd but valid JPEGs: masthead decodes each of them, to the planes of libjpeg-turbo, at every SIMD level and in every window.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead_fuzz::{check_planes, check_window, decode_whole, window};
use masthead_jpeg::Header;
use masthead_libjpeg_turbo::{Coefficients, planes};
use masthead_testdata::odd_jpeg;

fuzz_target!(|bytes: &[u8]| {
    let (choices, rest) = bytes.split_first_chunk().map_or(([0; 4], bytes), |(choices, rest)| (*choices, rest));
    let odd = odd_jpeg(rest);
    let header = Header::read(&odd.file, 100).unwrap_or_else(|error| panic!("{error}: {}", odd.description));
    let ours = decode_whole(&odd.file, &header).unwrap_or_else(|error| panic!("{error}: {}", odd.description));
    // libjpeg-turbo does not read DNL.
    let theirs = planes(&odd.without_dnl).unwrap_or_else(|error| panic!("{error}: {}", odd.description));
    assert_eq!(theirs.warnings, 0, "{}: {}", theirs.warning, odd.description);
    // The writer knows what it wrote.
    match Coefficients::read(&odd.without_dnl) {
        Ok(stored) => {
            let blocks = stored.components.iter().map(|component| &component.blocks);
            assert!(blocks.eq(&odd.coefficients), "{}", odd.description);
        }
        Err(error) => assert_eq!(error.to_string(), "a component without a scan", "{}", odd.description),
    }
    check_planes(&header, &ours, &theirs);
    check_window(&odd.file, &header, &ours, window(&header, choices));
});
