//! Photographs: that of `testdata`, and those of the folder that `MASTHEAD_PHOTOS` names.

use std::fs;
use std::path::{Path, PathBuf};

use masthead_libjpeg_turbo::{Coefficients, available};

use crate::decoded::{check, header};
use crate::variants::scripts;
use crate::windows::some_windows;

/// The photographs' names and contents. Says so when no folder is named.
fn photographs() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos")];
    match std::env::var_os("MASTHEAD_PHOTOS") {
        Some(folder) => folders.push(PathBuf::from(folder)),
        None => eprintln!("MASTHEAD_PHOTOS is not set: only photographs of testdata are compared"),
    }
    let mut photographs = Vec::new();
    for folder in folders {
        let count = photographs.len();
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "jpg") {
                photographs.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()));
            }
        }
        assert!(photographs.len() > count, "{} has no JPEG files", folder.display());
    }
    photographs.sort();
    photographs
}

#[test]
fn planes_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    for (name, file) in photographs() {
        check(&name, &file, &some_windows(header(&file).unwrap().dimensions()));
    }
}

/// Each script with another restart interval, Huffman and arithmetic coding in turn.
#[test]
fn planes_of_variants_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    for (name, file) in photographs() {
        // A large one takes a second for each variant and level: others show as much.
        if file.len() > 1 << 20 {
            continue;
        }
        let picture = Coefficients::read(&file).unwrap();
        for (i, (script, scans)) in scripts(picture.components.len()).into_iter().enumerate() {
            let (restart_interval, arithmetic) = ([0, 1, 7, 300, 0][i], name.len() % 2 == i % 2);
            let file = picture.write(&scans, restart_interval, arithmetic).unwrap();
            check(&format!("{name}, {script}, restarts {restart_interval}, arithmetic {arithmetic}"), &file, &[]);
        }
    }
}
