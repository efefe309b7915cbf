//! Runs the real `masthead` on the pictures of `testdata`; of a build without the server, the parts that it has.

mod bench;
#[cfg(feature = "server")]
mod connections;
mod inputs;
mod inspect;
mod interruption;
mod memory;
#[cfg(feature = "otel")]
mod otel;
mod render;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod server;
mod sheet;
mod shell;
#[cfg(feature = "server")]
mod storage;
#[cfg(feature = "server")]
mod tls;
mod usage;
#[cfg(feature = "server")]
mod user;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Names and sizes of the default set.
const PROFILE_BANNER: [(&str, u32, u32); 10] = [
    ("1500x500", 1500, 500),
    ("1080x360", 1080, 360),
    ("600x200", 600, 200),
    ("300x100", 300, 100),
    ("ipad", 626, 313),
    ("ipad_retina", 1252, 626),
    ("web", 520, 260),
    ("web_retina", 1040, 520),
    ("mobile", 320, 160),
    ("mobile_retina", 640, 320),
];

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
    command.stdin(Stdio::null());
    // Options that the shell around has set are none of our business.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MASTHEAD_") && name != "MASTHEAD_SIMD" {
            command.env_remove(name);
        }
    }
    command
}

/// A finished run.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Standard output as one JSON value a line.
    #[track_caller]
    fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

fn masthead<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    Run::of(command().args(arguments).output().unwrap())
}

/// `masthead render INPUT -o OUT` and more arguments.
fn render(input: impl AsRef<Path>, out: impl AsRef<Path>, more: &[&str]) -> Run {
    let mut command = command();
    command.arg("render").arg(input.as_ref()).arg("-o").arg(out.as_ref()).args(more);
    Run::of(command.output().unwrap())
}

fn photo(name: &str) -> PathBuf {
    masthead_testdata::folder().join("../photos").join(name)
}

fn generated(name: &str) -> PathBuf {
    masthead_testdata::folder().join(name)
}

/// A small JPEG file of about 64 MiB: most of them lie behind the picture, where nothing looks at them.
fn long_file(folder: &Path) -> PathBuf {
    let path = folder.join("long.jpg");
    fs::copy(generated("jpeg-420.jpg"), &path).unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(LONG_FILE).unwrap();
    path
}

const LONG_FILE: u64 = 64 << 20;

fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Width and height from the frame header of a JPEG, or from the IHDR of a PNG.
fn size(file: &Path) -> (u32, u32) {
    let bytes = fs::read(file).unwrap();
    if bytes.starts_with(b"\x89PNG") {
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert!(bytes.ends_with(b"IEND\xAE\x42\x60\x82"), "{}", file.display());
        return (word(16), word(20));
    }
    assert!(bytes.starts_with(b"\xFF\xD8\xFF") && bytes.ends_with(b"\xFF\xD9"), "{}", file.display());
    let number = |at: usize| u32::from(bytes[at]) << 8 | u32::from(bytes[at + 1]);
    let mut at = 2;
    while !matches!(bytes[at + 1], 0xC0..=0xC2) {
        at += 2 + number(at + 2) as usize;
    }
    (number(at + 7), number(at + 5))
}

/// Asserts that `folder` holds the default set and nothing else.
#[track_caller]
fn assert_profile_banner(folder: &Path, extension: &str) {
    let mut expected: Vec<_> = PROFILE_BANNER.iter().map(|(name, ..)| format!("{name}.{extension}")).collect();
    expected.sort();
    assert_eq!(listing(folder), expected);
    for (name, width, height) in PROFILE_BANNER {
        assert_eq!(size(&folder.join(format!("{name}.{extension}"))), (width, height), "{name}");
    }
}
