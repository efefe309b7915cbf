//! The generated files.

use masthead_libjpeg_turbo::available;
use masthead_simd::SimdLevel;

use crate::decoded::{check, decode, header, whole};
use crate::windows::some_windows;

/// Files that are valid, and so are decoded, and the one of two components.
fn readable(name: &str) -> bool {
    name.starts_with("jpeg-") || name == "unsupported-jpeg-two-components.jpg"
}

#[test]
fn planes_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    let mut checked = 0;
    for file in masthead_testdata::files().iter().filter(|file| readable(&file.name)) {
        let windows = some_windows(header(&file.bytes).unwrap().dimensions());
        check(&file.name, &file.bytes, &windows);
        checked += 1;
    }
    assert!(checked > 100, "{checked} files");
}

/// Every layout and process, at the sizes around one and two blocks and MCUs.
#[test]
fn planes_of_small_pictures_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    for (width, height) in [(1, 1), (2, 3), (7, 8), (8, 9), (16, 15), (17, 33), (1, 40), (50, 1), (33, 31)] {
        for file in masthead_testdata::jpegs(width, height) {
            check(&format!("{} of {width}x{height}", file.name), &file.bytes, &[]);
        }
    }
}

/// Files that masthead refuses and libjpeg-turbo reads without a word.
const STRICTER: [&str; 1] = ["broken-jpeg-eob-run-past-end.jpg"];

/// What libjpeg-turbo only warns of is an error here; and nothing else is, but for what is listed.
#[test]
fn what_is_refused_is_broken_for_libjpeg_turbo_too() {
    if !available() {
        return;
    }
    let mut stricter = Vec::new();
    for file in masthead_testdata::files() {
        // Others are well formed, and of kinds that masthead does not read or far too large.
        if !file.name.starts_with("broken-jpeg-") {
            continue;
        }
        let ours = header(&file.bytes)
            .and_then(|header| decode(SimdLevel::detect(), &file.bytes, &header, whole(&header)).map(|_| ()));
        assert!(ours.is_err(), "{}", file.name);
        if masthead_libjpeg_turbo::planes(&file.bytes).is_ok_and(|planes| planes.warnings == 0) {
            stricter.push(file.name);
        }
    }
    assert_eq!(stricter, STRICTER);
}
