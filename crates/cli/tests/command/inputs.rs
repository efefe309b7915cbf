//! Where pictures come from.

use std::fs::{self, File};
use std::io::Write;

use super::*;

#[test]
fn a_folder_is_walked_and_its_outputs_are_not_rendered_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deeper")).unwrap();
    fs::copy(photo("coffee.png"), folder.path().join("Coffee.PNG")).unwrap();
    fs::copy(photo("rocket.jpg"), folder.path().join("deeper/rocket.jpeg")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a picture").unwrap();
    let out = folder.path().join("banners");
    for _ in 0..2 {
        render(folder.path(), &out, &[]).ended(0);
        assert_eq!(listing(&out), ["Coffee", "rocket"]);
    }
    assert_profile_banner(&out.join("rocket"), "jpg");
}

#[test]
fn a_folder_of_one_picture_still_makes_a_folder_for_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(photo("coffee.png"), folder.path().join("coffee.png")).unwrap();
    let out = folder.path().join("banners");
    render(folder.path(), &out, &[]).ended(0);
    assert_eq!(listing(&out), ["coffee"]);
}

#[test]
fn an_empty_folder_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let run = render(folder.path(), folder.path().join("out"), &[]).ended(1);
    assert!(run.stderr.contains("no pictures in this folder (looked for .jpg, .jpeg, .png)"), "{}", run.stderr);
}

#[test]
fn standard_input_is_read() {
    let out = tempfile::tempdir().unwrap();
    let mut command = command();
    command.args(["render", "-", "-o"]).arg(out.path()).stdin(File::open(photo("rocket.jpg")).unwrap());
    Run::of(command.output().unwrap()).ended(0);
    assert_profile_banner(out.path(), "jpg");
}

#[test]
fn more_than_the_limit_is_never_read() {
    let out = tempfile::tempdir().unwrap();
    // An endless stream ends at the limit.
    let mut child = command()
        .args(["render", "-", "--max-bytes", "1000000", "-o"])
        .arg(out.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    while pipe.write_all(&[0xFF; 4096]).is_ok() {}
    drop(pipe);
    let run = Run::of(child.wait_with_output().unwrap()).ended(1);
    assert_eq!(
        run.stderr,
        "masthead: standard input: file has more than 1000000 bytes, at most 1000000 are accepted (--max-bytes)\n"
    );

    // A file of a terabyte (a sparse one) is refused by its length.
    let huge = out.path().join("huge.jpg");
    if File::create(&huge).unwrap().set_len(1 << 40).is_ok() {
        let run = render(&huge, out.path(), &["--json"]).ended(1);
        assert!(run.stderr.contains("file has 1099511627776 bytes, at most 5242880 are accepted"), "{}", run.stderr);
        assert_eq!(run.json()[0]["error"]["kind"], "too_large");
    }
}

#[test]
fn every_bad_file_is_one_line_and_the_right_kind() {
    let out = tempfile::tempdir().unwrap();
    let mut found = 0;
    for name in listing(&masthead_testdata::folder()) {
        let kinds: &[&str] = match name.split('-').next().unwrap() {
            "broken" => &["unreadable", "unsupported", "too_small"],
            "foreign" | "unsupported" => &["unsupported"],
            // Its picture is whole, and what inflates behind it is never unpacked; or scans are many, and just not too many.
            "limit" if matches!(&*name, "limit-png-inflating.png" | "limit-jpeg-100-empty-scans.jpg") => continue,
            "limit" => &["too_large", "too_small", "unreadable"],
            _ => continue,
        };
        found += 1;
        let run = render(generated(&name), out.path().join(&name), &["--json"]).ended(1);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        let kind = run.json()[0]["error"]["kind"].as_str().unwrap().to_owned();
        assert!(kinds.contains(&kind.as_str()), "{name}: {}", run.stderr);
    }
    assert!(found > 30, "only {found} bad files were found");
    assert_eq!(listing(out.path()), [""; 0]);
}

#[test]
fn a_name_cannot_break_the_line() {
    let run = render("two\nlines.jpg", "unused", &[]).ended(1);
    assert_eq!(run.stderr, "masthead: two\\nlines.jpg: no such file or folder\n");
}
