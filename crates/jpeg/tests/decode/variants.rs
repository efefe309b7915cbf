//! The generated pictures, written again by libjpeg-turbo without loss: other scans, restart intervals and entropy coding.

use masthead_libjpeg_turbo::{Coefficients, Script, available};
use masthead_simd::SimdLevel;

use crate::decoded::check;

/// Restart intervals and arithmetic coding of each script.
const CODINGS: [(u16, bool); 6] = [(0, false), (1, false), (7, false), (300, false), (0, true), (7, true)];

/// Scripts for a file of so many components.
pub(crate) fn scripts(components: usize) -> [(&'static str, Script); 5] {
    [
        ("interleaved", Script::Interleaved),
        ("progressive", Script::Progressive),
        ("separate", Script::separate(components)),
        ("odd", Script::odd(components)),
        ("100 scans", Script::many(components)),
    ]
}

/// The distinct pictures of the generated files, each with the name of one.
fn pictures() -> Vec<(String, Coefficients)> {
    let mut pictures: Vec<(String, Coefficients)> = Vec::new();
    for file in masthead_testdata::files().into_iter().filter(|file| file.name.starts_with("jpeg-")) {
        // DNL is not for libjpeg-turbo; other files have the same picture.
        if let Ok(coefficients) = Coefficients::read(&file.bytes)
            && pictures.iter().all(|(_, other)| *other != coefficients)
        {
            pictures.push((file.name, coefficients));
        }
    }
    pictures
}

#[test]
fn planes_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    let pictures = pictures();
    assert!(pictures.len() > 20, "{} pictures", pictures.len());
    let mut written = 0;
    for (name, picture) in &pictures {
        for (script, scans) in scripts(picture.components.len()) {
            for (restart_interval, arithmetic) in CODINGS {
                let name = format!("{name}, {script}, restarts {restart_interval}, arithmetic {arithmetic}");
                match picture.write(&scans, restart_interval, arithmetic) {
                    Ok(file) => {
                        check(&name, &file, &[]);
                        written += 1;
                    }
                    // Scans of all components are limited to ten blocks an MCU.
                    Err(error) => {
                        assert_eq!(error.to_string(), "Sampling factors too large for interleaved scan", "{name}")
                    }
                }
            }
        }
    }
    println!("{written} files of {} pictures", pictures.len());
    SimdLevel::test_all(|_| ());
}
