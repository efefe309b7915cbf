//! What is made, and what is told of it.

use std::collections::HashSet;
use std::fs;

use super::*;

#[test]
fn one_picture_becomes_ten_files_of_the_right_names_and_sizes() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("new/banners");
    let run = render(photo("rocket.jpg"), &folder, &[]).ended(0);
    assert_profile_banner(&folder, "jpg");
    assert_eq!(run.stderr, "");
    for (name, width, height) in PROFILE_BANNER {
        let row = run.stdout.lines().find(|line| line.starts_with(&format!("{name}.jpg "))).expect(name);
        assert!(row.contains(&format!("{width}x{height}")) && row.ends_with(" ms"), "{row}");
    }
    assert!(run.stdout.contains("region 640x427+0+0"), "{}", run.stdout);
}

#[test]
fn png_files_on_request() {
    let out = tempfile::tempdir().unwrap();
    render(photo("coffee.png"), &out, &["--format", "png", "--effort", "fast"]).ended(0);
    assert_profile_banner(out.path(), "png");
}

#[test]
fn several_pictures_get_a_folder_each() {
    let out = tempfile::tempdir().unwrap();
    let (rocket, coffee) = (photo("rocket.jpg"), photo("coffee.png"));
    let mut command = command();
    let run =
        Run::of(command.arg("render").args([&rocket, &coffee, &rocket]).arg("-o").arg(out.path()).output().unwrap());
    let run = run.ended(0);
    assert_eq!(listing(out.path()), ["coffee", "rocket", "rocket-2"]);
    for folder in listing(out.path()) {
        assert_profile_banner(&out.path().join(folder), "jpg");
    }
    // No terminal, no bar: a line for each picture, in their order.
    assert_eq!(run.stderr, "");
    let rows: Vec<_> = run.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(rows, ["picture", "rocket", "coffee", "rocket-2", "3"]);
}

#[test]
fn a_failure_is_one_line_and_the_others_are_made() {
    let out = tempfile::tempdir().unwrap();
    let mut command = command();
    command.arg("render").args([photo("rocket.jpg"), generated("broken-text.jpg"), "missing.jpg".into()]);
    command.args([generated("broken-jpeg-cut-scan.jpg"), photo("coffee.png")]).arg("-o").arg(out.path());
    let run = Run::of(command.output().unwrap()).ended(1);
    assert_eq!(listing(out.path()), ["coffee", "rocket"]);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.stderr);
    assert!(
        lines[0].starts_with("masthead: ") && lines[0].ends_with("broken-text.jpg: the file is text, not an image")
    );
    assert_eq!(lines[1], "masthead: missing.jpg: no such file or folder");
    assert!(lines[2].contains("broken-jpeg-cut-scan.jpg: "), "{}", lines[2]);
    assert!(run.stdout.contains("2 of 5 pictures"), "{}", run.stdout);
}

#[test]
fn json_is_an_object_a_line_with_the_error_in_its_place() {
    let out = tempfile::tempdir().unwrap();
    let mut command = command();
    command.arg("render").args([photo("coffee.png"), generated("foreign-webp.webp")]).arg("-o").arg(out.path());
    command.args(["--json", "--sheet", "--width", "450", "--height", "150", "--offset-left", "100"]);
    let run = Run::of(command.output().unwrap()).ended(1);
    let [made, failed] = &run.json()[..] else { panic!("{}", run.stdout) };

    assert_eq!(made["file"].as_str().unwrap(), photo("coffee.png").to_str().unwrap());
    let region = serde_json::json!({ "width": 450, "height": 150, "offset_left": 100, "offset_top": 0 });
    assert_eq!(made["region"], region);
    let keys = ["bytes", "encode_ms", "format", "height", "name", "path", "width"];
    let variants = made["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 10);
    for (variant, (name, width, height)) in variants.iter().zip(PROFILE_BANNER) {
        assert_eq!(
            variant.as_object().unwrap().keys().collect::<HashSet<_>>(),
            keys.map(String::from).iter().collect()
        );
        assert_eq!(variant["name"], name);
        assert_eq!((&variant["width"], &variant["height"]), (&width.into(), &height.into()));
        assert_eq!(variant["format"], "jpeg");
        let path = Path::new(variant["path"].as_str().unwrap());
        assert_eq!(fs::metadata(path).unwrap().len(), variant["bytes"].as_u64().unwrap());
        assert!(variant["encode_ms"].is_f64());
    }
    assert!(made["decode_ms"].as_f64().unwrap() > 0.0 && made["resample_ms"].as_f64().unwrap() > 0.0);
    assert!(Path::new(made["sheet"].as_str().unwrap()).is_file());
    assert_eq!(made.get("error"), None);

    assert_eq!(failed["error"]["kind"], "unsupported");
    assert_eq!(failed["error"]["message"], "WebP images are not supported");
    assert_eq!(failed.get("variants"), None);
}

/// What the levels of `MASTHEAD_SIMD` do is the same; a level that this processor does not have is the best that it has.
#[test]
fn the_vector_instructions_change_no_byte() {
    let out = tempfile::tempdir().unwrap();
    for level in ["scalar", "avx2", "avx512"] {
        let mut command = command();
        command.arg("render").args([photo("rocket.jpg"), photo("coffee.png")]).arg("-o").arg(out.path().join(level));
        Run::of(command.env("MASTHEAD_SIMD", level).output().unwrap()).ended(0);
    }
    for (name, ..) in PROFILE_BANNER {
        for picture in ["rocket", "coffee"] {
            let read =
                |level: &str| fs::read(out.path().join(level).join(picture).join(format!("{name}.jpg"))).unwrap();
            assert!(read("scalar") == read("avx2") && read("scalar") == read("avx512"), "{picture} {name}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let out = tempfile::tempdir().unwrap();
    for threads in ["1", "3"] {
        render(photo("rocket.jpg"), out.path().join(threads), &["--threads", threads]).ended(0);
    }
    for (name, ..) in PROFILE_BANNER {
        let read = |threads: &str| fs::read(out.path().join(threads).join(format!("{name}.jpg"))).unwrap();
        assert_eq!(read("1"), read("3"), "{name}");
    }
}

#[test]
fn regions_are_refused_or_clamped() {
    let out = tempfile::tempdir().unwrap();
    let run = render(photo("coffee.png"), &out, &["--width", "4294967295", "--offset-left", "4294967295"]).ended(1);
    assert!(run.stderr.contains("reaches outside the image 600x400+0+0"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1);
    assert_eq!(listing(out.path()), [""; 0]);
    let run = render(photo("coffee.png"), &out, &["--width", "0"]).ended(1);
    assert!(run.stderr.contains("region 0x400+0+0 is empty"), "{}", run.stderr);
    let run = render(photo("coffee.png"), &out, &["--width", "5000", "--offset-left", "50", "--clamp"]).ended(0);
    assert!(run.stdout.contains("region 550x400+50+0"), "{}", run.stdout);
}

/// An avatar is a picture.
#[test]
fn the_least_sizes_can_be_lowered_to_a_pixel() {
    let out = tempfile::tempdir().unwrap();
    let set = out.path().join("avatar.toml");
    fs::write(&set, "[[variant]]\nname = 'avatar'\nwidth = 48\nheight = 48\n").unwrap();
    let tiny = out.path().join("tiny");
    let set = set.to_str().unwrap();
    let region = ["--width", "1", "--height", "1", "--offset-left", "7", "--set", set];
    let run = render(photo("coffee.png"), &tiny, &region).ended(1);
    assert!(run.stderr.contains("is too small, at least 200x66 is accepted"), "{}", run.stderr);
    render(photo("coffee.png"), &tiny, &[&region[..], &["--min-region", "1x1"]].concat()).ended(0);
    assert_eq!(size(&tiny.join("avatar.jpg")), (48, 48));

    // What was made is a picture of 48x48 itself.
    let again = out.path().join("again");
    let run = render(tiny.join("avatar.jpg"), &again, &["--set", set, "--min-region", "48x48"]).ended(1);
    assert!(run.stderr.contains("image is 48x48, at least 200x100 is required"), "{}", run.stderr);
    render(tiny.join("avatar.jpg"), &again, &["--set", set, "--min-region", "48x48", "--min-size", "48x48"]).ended(0);
    assert_eq!(size(&again.join("avatar.jpg")), (48, 48));
}

#[test]
fn every_way_to_write_a_file_is_heard() {
    let out = tempfile::tempdir().unwrap();
    let bytes = |name: &str, more: &[&str]| {
        let folder = out.path().join(name);
        render(generated("png-rgba-8.png"), &folder, more).ended(0);
        fs::read(folder.join("web.jpg")).unwrap()
    };
    let plain = bytes("plain", &[]);
    assert!(bytes("quality", &["--quality", "40"]).len() < plain.len());
    assert!(bytes("full", &["--chroma", "444"]).len() > bytes("half", &["--chroma", "420"]).len());
    assert!(bytes("chroma-quality", &["--chroma-quality", "95"]).len() > plain.len());
    assert_ne!(bytes("quantisation", &["--quantisation", "standard"]), plain);
    assert!(bytes("standard", &["--coding", "standard"]).len() > plain.len());
    assert!(bytes("progressive", &["--coding", "progressive"]).windows(2).any(|pair| pair == [0xff, 0xc2]));
    for (name, more) in [
        ("background", ["--background", "#102030"]),
        ("light", ["--light", "gamma"]),
        ("filter", ["--filter", "mitchell"]),
    ] {
        assert_ne!(bytes(name, &more), plain, "{name}");
    }
    let defaults = ["--quality=85", "--chroma=auto", "--quantisation=tuned", "--coding=optimal", "--background=ffffff"];
    assert_eq!(bytes("defaults", &defaults), plain);
}

#[test]
fn a_set_of_ones_own() {
    let out = tempfile::tempdir().unwrap();
    let set = out.path().join("set.toml");
    let text = "[[variant]]\nname = 'cover'\nwidth = 1200\nheight = 400\nquality = 70\nchroma = '4:4:4'\n\
                [[variant]]\nname = 'logo'\nwidth = 64\nheight = 64\nformat = 'png'\neffort = 'small'\n";
    fs::write(&set, text).unwrap();
    let folder = out.path().join("made");
    render(photo("coffee.png"), &folder, &["--set", set.to_str().unwrap()]).ended(0);
    assert_eq!(listing(&folder), ["cover.jpg", "logo.png"]);
    assert_eq!(size(&folder.join("cover.jpg")), (1200, 400));
    assert_eq!(size(&folder.join("logo.png")), (64, 64));
}
