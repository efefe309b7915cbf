//! The committed files are the ones this crate makes.

use std::collections::BTreeMap;
use std::fs;

const REMEDY: &str = "run `cargo run -p masthead-testdata` and look at what changed";

#[test]
fn committed_files_are_the_generated_ones() {
    let files = masthead_testdata::files();
    assert!(files.len() > 120, "only {} files are generated", files.len());
    let count = files.len();

    let index = fs::read_to_string(masthead_testdata::index_path()).unwrap();
    assert!(index == masthead_testdata::index(&files), "generated.md is stale: {REMEDY}");

    let mut committed = masthead_testdata::committed().unwrap();
    let generated: BTreeMap<_, _> = files.into_iter().map(|file| (file.name, file.bytes)).collect();
    assert_eq!(generated.len(), count, "two files have the same name");
    for (name, bytes) in &generated {
        let Some(found) = committed.remove(name) else { panic!("{name} is missing: {REMEDY}") };
        assert!(found == *bytes, "{name} differs: {REMEDY}");
    }
    assert!(committed.is_empty(), "{:?} is made no longer: {REMEDY}", committed.keys());
}

#[test]
fn the_folder_stays_small() {
    let files = masthead_testdata::files();
    let size: usize = files.iter().map(|file| file.bytes.len()).sum();
    assert!(size < 1_000_000, "{size} bytes (expected less than 1000000)");
}
