//! `masthead inspect`.

#[cfg(target_os = "linux")]
use std::io::{BufRead, BufReader};

use super::*;

fn inspect(input: &Path, more: &[&str]) -> Run {
    masthead(["inspect", input.to_str().unwrap()].iter().chain(more))
}

#[test]
fn headers_are_told_in_words() {
    let run = inspect(&generated("jpeg-exif-orientation-6.jpg"), &["--threads", "2"]).ended(0);
    for words in ["JPEG, sequential", "turned by 90 degrees clockwise", "sRGB", "with 2 threads", "accepted"] {
        assert!(run.stdout.contains(words), "{words} is not in\n{}", run.stdout);
    }
    let run = inspect(&photo("rocket.jpg"), &[]).ended(0);
    assert!(run.stdout.contains("YCbCr 4:4:4") && run.stdout.contains("ICC, 560 B"), "{}", run.stdout);
}

#[test]
fn refusals_come_with_the_header() {
    let run = inspect(&generated("limit-jpeg-65500x65500.jpg"), &[]).ended(1);
    assert!(run.stdout.contains("size         65500x65500"), "{}", run.stdout);
    assert!(run.stdout.contains("refused: image is 65500x65500, at most 8192x8192 is accepted"), "{}", run.stdout);
    let run = inspect(&photo("coffee.png"), &["--max-bytes", "1000"]).ended(1);
    assert!(run.stdout.contains("refused: file has 466706 bytes, at most 1000 are accepted"), "{}", run.stdout);
    let run = inspect(&photo("coffee.png"), &["--width", "601"]).ended(1);
    assert!(run.stdout.contains("refused: region 601x400+0+0 reaches outside"), "{}", run.stdout);
    let run = inspect(&generated("broken-text.jpg"), &[]).ended(1);
    assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1));
}

#[test]
fn json_has_header_region_window_and_memory() {
    let run = inspect(&generated("jpeg-exif-orientation-6.jpg"), &["--json", "--threads", "1"]).ended(0);
    let told = &run.json()[0];
    let (width, height) = (told["width"].as_u64().unwrap(), told["height"].as_u64().unwrap());
    assert_eq!((told["stored_width"].as_u64(), told["stored_height"].as_u64()), (Some(height), Some(width)));
    assert_eq!((&told["orientation"], &told["format"]), (&6.into(), &"jpeg".into()));
    assert_eq!(told["accepted"], true);
    assert_eq!(told["region"]["width"].as_u64(), Some(width));
    assert!(told["window"]["width"].as_u64().unwrap() <= height);
    assert!(told["memory_bytes"].as_u64().unwrap() > 10_000);
    let run = inspect(&generated("broken-text.jpg"), &["--json"]).ended(1);
    let told = &run.json()[0];
    assert_eq!((&told["accepted"], &told["error"]["kind"]), (&false.into(), &"unreadable".into()));
}

#[test]
fn a_whole_folder_is_inspected() {
    let run = inspect(&masthead_testdata::folder().join("../photos"), &["--json"]).ended(0);
    assert!(run.json().len() >= 4, "{}", run.stdout);
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_is_in_memory_once_even_if_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = long_file(folder.path());
    let mut command = command();
    command.args(["inspect", "--json", "--threads=1"]).arg(&file).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The first file is told; the second one is waited for.
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();

    assert!(told.contains("too_large"), "{told}");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak = 1024 * peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap();
    assert!((LONG_FILE..LONG_FILE * 3 / 2).contains(&peak), "{peak} bytes for a file of {LONG_FILE}");
}
