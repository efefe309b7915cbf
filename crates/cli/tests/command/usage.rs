//! Wrong command lines.

use std::fs;

use super::*;

/// The run ends with 2, makes nothing, and says `words`.
#[track_caller]
fn refused(arguments: &[&str], words: &str) {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("out");
    let mut command = command();
    command.arg("render").arg(photo("coffee.png")).arg("-o").arg(&folder).args(arguments);
    let run = Run::of(command.output().unwrap()).ended(2);
    assert!(run.stderr.contains(words), "{words} is not in\n{}", run.stderr);
    assert!(!folder.exists());
    assert_eq!(run.stdout, "");
}

#[test]
fn pixels_are_whole_numbers() {
    for (option, name) in
        [("--width", "width"), ("--height", "height"), ("--offset-left", "offset_left"), ("--offset-top", "offset_top")]
    {
        for value in ["-1", "1.5", "1e3", "-1.5", "99999999999", "x"] {
            let words = format!("{name} is \"{value}\" (expected a whole number of pixels from 0 to 4294967295)");
            refused(&[option, value], &words);
        }
    }
}

#[test]
fn values_out_of_range_are_told_the_range() {
    refused(&["--quality", "0"], "quality is 0 (expected 1 to 100)");
    refused(&["--chroma-quality", "101"], "quality is 101 (expected 1 to 100)");
    refused(&["--threads", "0"], "invalid value '0' for '--threads <N>': expected a whole number from 1 to 1024");
    refused(&["--threads", "1025"], "expected a whole number from 1 to 1024");
    refused(&["--threads", "NaN"], "expected a whole number from 1 to 1024");
    refused(&["--max-bytes", "0"], "expected a whole number from 1 to 4294967295");
    refused(&["--format", "gif"], "[possible values: jpeg, png]");
    refused(&["--chroma", "422"], "[possible values: auto, 420, 444]");
    refused(&["--light", "dark"], "[possible values: linear, gamma]");
    refused(&["--filter", "nearest"], "lanczos3]");
    for option in ["--min-size", "--min-region"] {
        for value in ["0x1", "200", "200x", "1.5x2", "-1x1", "x"] {
            refused(&[option, value], &format!("invalid dimensions \"{value}\" (expected width and height from 1 to "));
        }
    }
    refused(&["--min-size", "1x9000"], "--min-size is 1x9000, and pictures of at most 8192x8192 are accepted");
    refused(&["--background", "#12345"], "expected rrggbb or rgb in hexadecimal");
}

#[test]
fn options_without_effect_are_refused() {
    refused(&["--format", "png", "--quality", "50"], "--quality is for JPEG files, and none will be made");
    refused(&["--effort", "small"], "--effort is for PNG files, and none will be made");
}

#[test]
fn bad_sets_name_the_file_and_what_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("covers.toml");
    let path = set.to_str().unwrap();
    refused(&["--set", path], "covers.toml: no such file or folder");
    for (text, words) in [
        ("", "no [[variant]] in this file (expected 1 to 64"),
        ("[[variant]]\nnam = 'a'\n", "covers.toml: line 2: unknown field `nam`, expected one of `name`, `width`"),
        ("[[variant]]\nname = 'a/b'\nwidth = 3\nheight = 1\n", "(expected 1 to 64 ASCII letters, digits, - and _)"),
        ("[[variant]]\nname = 'a'\nwidth = 3\nheight = 0\n", "invalid value: integer `0`, expected 1 to 8192 pixels"),
        ("[[variant]]\nname = 'a'\nwidth = 3\nheight = 'x'\n", "covers.toml: line 4: invalid type: string \"x\""),
        ("[[variant\n", "covers.toml: line 1: "),
    ] {
        fs::write(&set, text).unwrap();
        refused(&["--set", path], words);
    }
}

#[test]
fn standard_input_can_be_read_once() {
    let run = masthead(["render", "-", "-", "-o", "unused"]).ended(2);
    assert_eq!(run.stderr, "masthead: standard input (-) can be read only once\n");
}

#[test]
fn no_arguments_or_wrong_ones() {
    let run = masthead([""; 0]).ended(2);
    assert!(run.stderr.contains("Usage: masthead <COMMAND>") && run.stderr.contains("Examples:"), "{}", run.stderr);
    assert!(masthead(["rendr"]).ended(2).stderr.contains("'render'"));
    assert!(masthead(["render", "photo.jpg"]).ended(2).stderr.contains("--out <DIR>"));
    masthead(["bench", "photo.jpg", "--repeat", "0"]).ended(2);
}

#[test]
fn a_mistyped_simd_level_is_refused_by_every_command() {
    let photo = photo("coffee.png");
    let photo = photo.to_str().unwrap();
    let server = [vec!["serve", "--data", "unused"], vec!["user", "list", "--data", "unused"]];
    let core = [
        vec!["render", photo, "-o", "unused"],
        vec!["inspect", photo],
        vec!["bench", photo],
        vec!["completions", "bash"],
    ];
    for arguments in core.into_iter().chain(server.into_iter().filter(|_| cfg!(feature = "server"))) {
        let run = Run::of(command().args(&arguments).env("MASTHEAD_SIMD", "avx3").output().unwrap()).ended(2);
        assert_eq!(
            run.stderr, "masthead: MASTHEAD_SIMD is \"avx3\" (expected scalar, avx2 or avx512)\n",
            "{arguments:?}"
        );
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn an_empty_simd_level_is_none() {
    let inspect = command().arg("inspect").arg(photo("coffee.png")).env("MASTHEAD_SIMD", "").output().unwrap();
    Run::of(inspect).ended(0);
}
