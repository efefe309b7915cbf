//! Outputs are whole or not there, and never replace an input.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_killed_run_leaves_no_half_file() {
    const COPIES: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let (photos, whole, out) = (folder.path().join("in"), folder.path().join("whole"), folder.path().join("out"));
    fs::create_dir(&photos).unwrap();
    for number in 0..COPIES {
        fs::copy(generated("jpeg-420.jpg"), photos.join(format!("{number:02}.jpg"))).unwrap();
    }
    render(generated("jpeg-420.jpg"), &whole, &[]).ended(0);
    let folders = || fs::read_dir(&out).map_or(0, Iterator::count);
    for wanted in [1, 3, 9] {
        let _ = fs::remove_dir_all(&out);
        let mut child = command().arg("render").arg(&photos).arg("-o").arg(&out).stdout(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while folders() < wanted && start.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_micros(100));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let mut checked = 0;
        for picture in listing(&out) {
            for name in listing(&out.join(&picture)) {
                let path = out.join(&picture).join(&name);
                if name.starts_with('.') {
                    assert!(name.ends_with(".part"), "{}", path.display());
                } else {
                    assert_eq!(fs::read(&path).unwrap(), fs::read(whole.join(&name)).unwrap(), "{}", path.display());
                    checked += 1;
                }
            }
        }
        assert!(folders() >= wanted && checked + 10 >= 10 * (wanted - 1), "{checked} files in {} folders", folders());
    }
}

#[test]
fn files_of_an_earlier_run_are_replaced() {
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("web.jpg"), "old").unwrap();
    render(photo("coffee.png"), &out, &[]).ended(0);
    assert_profile_banner(out.path(), "jpg");
}

#[test]
fn an_output_folder_that_cannot_be_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    fs::write(&taken, "a file").unwrap();
    for out in [taken.clone(), taken.join("deeper")] {
        let run = render(photo("coffee.png"), &out, &[]).ended(1);
        assert!(run.stderr.contains("cannot make the output folder: "), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1);
    }
    assert_eq!(fs::read(&taken).unwrap(), b"a file");
}

#[test]
fn an_input_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("web.jpg");
    fs::copy(photo("rocket.jpg"), &input).unwrap();
    let before = fs::read(&input).unwrap();
    let run = render(&input, folder.path(), &[]).ended(1);
    assert!(run.stderr.contains("would be written over an input"), "{}", run.stderr);
    assert_eq!(fs::read(&input).unwrap(), before);
    assert_eq!(listing(folder.path()), ["web.jpg"]);
}
