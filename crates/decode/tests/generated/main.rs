//! Every file of `testdata/generated` through the decoder. The names of the files say what must happen to them.

mod damage;
mod headers;
mod pixels;
mod refusals;
mod windows;

use std::collections::BTreeMap;

use masthead_decode::{Decoder, Error, Header, Limits};
use masthead_picture::{Dimensions, Light, Picture, Rect};

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

/// The usual limits, and pictures of any small size.
fn limits() -> Limits {
    Limits { min_dimensions: Dimensions::new(1, 1).unwrap(), ..Limits::default() }
}

fn header(bytes: &[u8]) -> Header {
    Decoder::new(bytes, &limits()).unwrap().header().clone()
}

/// The whole picture.
fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let decoder = Decoder::new(bytes, &limits())?;
    let window = Rect::of(decoder.header().stored);
    let header = decoder.header().clone();
    let picture = decoder.decode(window, Light::Linear)?;
    let samplings: Vec<_> = picture.components().iter().map(|component| component.sampling).collect();
    assert_eq!((picture.model(), samplings), (header.model(), header.samplings), "the header foretells the planes");
    Ok(picture)
}

fn decode_window(bytes: &[u8], window: Rect) -> Result<Picture, Error> {
    Decoder::new(bytes, &limits())?.decode(window, Light::Linear)
}
