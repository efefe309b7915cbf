//! Living with shells: help, versions, completions, pipes.

use super::*;

/// The commands of every build.
const CORE: &[&str] = &["render", "inspect", "bench", "completions"];

/// The commands of a build with the server.
const SERVER: &[&str] = if cfg!(feature = "server") { &["serve", "user", "backup", "restore", "check"] } else { &[] };

#[test]
fn help_has_examples_everywhere() {
    for &command in CORE.iter().chain(SERVER) {
        for flag in ["-h", "--help"] {
            let run = masthead([command, flag]).ended(0);
            assert!(run.stdout.contains("Examples:\n  masthead "), "{command} {flag}\n{}", run.stdout);
        }
    }
    assert!(masthead(["--help"]).ended(0).stdout.contains("Examples:\n  masthead render"));
}

/// `masthead help COMMAND` tells more than the line in the list of commands.
#[test]
fn help_tells_all_about_a_command() {
    let core = [
        (vec!["help", "render"], "Each INPUT is cut to the region"),
        (vec!["help", "inspect"], "Reads the header of each FILE"),
        (vec!["help", "bench"], "First one job at a time"),
    ];
    let server = [
        (vec!["help", "serve"], "An upload that was acknowledged is on disk"),
        (vec!["help", "user", "add"], "They are printed this once"),
        (vec!["help", "backup"], "It grows as DIR.partial"),
        (vec!["help", "restore"], "Each file is checked against its SHA-256 sum"),
        (vec!["help", "check"], "--accept makes them a pair as they are"),
    ];
    for (command, words) in core.into_iter().chain(server.into_iter().filter(|_| cfg!(feature = "server"))) {
        let help = masthead(command.clone()).ended(0).stdout;
        assert!(help.replace('\n', " ").contains(words), "{command:?}: {help}");
    }
}

/// The example in the help is what a newcomer copies.
#[test]
fn the_set_that_help_shows_is_accepted() {
    let out = tempfile::tempdir().unwrap();
    let help = masthead(["render", "--help"]).ended(0).stdout;
    let (_, set) = help.split_once("[[variant]]").unwrap();
    let (set, _) = set.split_once("What a table leaves out").unwrap();
    let path = out.path().join("set.toml");
    std::fs::write(&path, format!("[[variant]]{set}")).unwrap();
    let folder = out.path().join("made");
    render(photo("coffee.png"), &folder, &["--set", path.to_str().unwrap()]).ended(0);
    assert_eq!(listing(&folder), ["cover.jpg", "logo.png"]);
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = concat!("masthead ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(masthead(["-V"]).ended(0).stdout, version);
    assert!(masthead(["--version"]).ended(0).stdout.starts_with(version));
}

#[test]
fn a_build_says_which_parts_it_has() {
    for arguments in ["--version", "--help"] {
        let text = masthead([arguments]).ended(0).stdout.replace('\n', " ");
        assert!(text.contains("render, inspect, bench, completions"), "{text}");
        assert_eq!(text.contains("server: serve, user, backup, restore, check"), !SERVER.is_empty(), "{text}");
        assert_eq!(text.contains("no server"), SERVER.is_empty(), "{text}");
    }
    for command in ["serve", "user", "backup", "restore", "check"] {
        assert_eq!(masthead([command, "--help"]).code == Some(0), SERVER.contains(&command));
        if SERVER.is_empty() {
            let run = masthead([command]).ended(2);
            assert!(run.stderr.contains("no server (it is the feature 'server'"), "{}", run.stderr);
        }
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = masthead(["completions", shell]).ended(0);
        assert!(run.stdout.contains("masthead") && run.stdout.contains("offset-left"), "{shell}");
    }
    masthead(["completions", "cmd"]).ended(2);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let out = tempfile::tempdir().unwrap();
    let photos = masthead_testdata::folder().join("../photos");
    let photos = photos.to_str().unwrap();
    let out = out.path().to_str().unwrap();
    for arguments in [
        vec!["completions", "bash"],
        vec!["inspect", photos],
        vec!["bench", photos, "--repeat", "1"],
        vec!["render", photos, "-o", out],
    ] {
        let mut child = command().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap()).ended(0);
        assert_eq!(run.stderr, "", "{arguments:?}");
    }
    assert!(listing(Path::new(out)).len() >= 4);
}
