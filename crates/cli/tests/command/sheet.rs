//! The page of `--sheet`.

use std::fs;

use super::*;

#[test]
fn the_page_needs_nothing_but_itself() {
    let out = tempfile::tempdir().unwrap();
    let region = ["--sheet", "--width", "450", "--height", "150", "--offset-left", "100", "--offset-top", "40"];
    let run = render(photo("coffee.png"), &out, &region).ended(0);
    assert!(run.stdout.contains("index.html"), "{}", run.stdout);
    let page = fs::read_to_string(out.path().join("index.html")).unwrap();
    for outside in ["http:", "https:", "//", "<script", "<link", "@import", "url("] {
        // Data URIs may hold two slashes in a row.
        let text: String =
            page.split("base64,").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect();
        assert!(!text.contains(outside), "{outside} in\n{text}");
    }
    let sources: Vec<_> = page.match_indices("src=\"").map(|(at, _)| &page[at + 5..at + 28]).collect();
    assert_eq!(sources.len(), 11);
    assert!(sources.iter().all(|source| *source == "data:image/jpeg;base64,"), "{sources:?}");
    for (name, width, height) in PROFILE_BANNER {
        assert!(page.contains(&format!("<b>{name}.jpg</b>")), "{name}");
        assert!(page.contains(&format!("width=\"{width}\" height=\"{height}\"")), "{name}");
    }
    assert!(page.contains("<rect class=\"region\" x=\"100\" y=\"40\" width=\"450\" height=\"150\"/>"));
    // The name of the file, and not where it was.
    assert!(page.contains("<h1>coffee.png</h1>") && !page.contains("testdata"));
}

#[test]
fn the_page_can_do_without_the_whole_picture() {
    let out = tempfile::tempdir().unwrap();
    // Cut below the region: the banner can be made, the whole picture cannot.
    let bytes = fs::read(photo("rocket.jpg")).unwrap();
    let cut = out.path().join("cut.jpg");
    fs::write(&cut, &bytes[..bytes.len() * 3 / 4]).unwrap();
    render(&cut, &out, &["--sheet", "--height", "150"]).ended(0);
    let page = fs::read_to_string(out.path().join("index.html")).unwrap();
    assert!(page.contains("could not be decoded"));
    assert_eq!(page.matches("src=\"").count(), 10);
}
