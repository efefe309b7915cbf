//! Every file of `testdata/generated` through the decoder. The names of the files say what must happen to them.

mod damage;
mod effort;
mod headers;
mod pixels;
mod refusals;
mod rows;
mod scans;
mod small;
mod windows;

use std::collections::BTreeMap;

use masthead_decode::{Decoder, Error, Header};
use masthead_picture::{Light, Picture, Rect};
use masthead_testdata::{any_size as limits, decode};

/// The files whose name begins with one of these, of which there must be at least `least`.
fn files(prefixes: &[&str], least: usize) -> BTreeMap<String, Vec<u8>> {
    let mut files = masthead_testdata::committed().unwrap();
    files.retain(|name, _| prefixes.iter().any(|prefix| name.starts_with(prefix)));
    assert!(files.len() >= least, "{} files of {prefixes:?}, {least} expected", files.len());
    files
}

/// One file.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(masthead_testdata::folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn header(bytes: &[u8]) -> Header {
    Decoder::new(bytes, &limits()).unwrap().header().clone()
}

fn decode_window(bytes: &[u8], window: Rect) -> Result<Picture, Error> {
    Decoder::new(bytes, &limits())?.decode(window, Light::Linear)
}
