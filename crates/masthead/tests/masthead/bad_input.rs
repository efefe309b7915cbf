//! Files and regions that must be refused: with the right kind, quickly, and without a panic.

use std::time::{Duration, Instant};

use crate::support::{file, files, names};
use masthead::{CropPolicy, CropRequest, ErrorKind, Limits, Options, Processor};

/// No refusal may take longer, in an unoptimised build on a busy machine.
const SOON: Duration = Duration::from_secs(2);

fn kind_of(file: &[u8]) -> Option<ErrorKind> {
    let start = Instant::now();
    let result = Processor::default().render(file, &CropRequest::default());
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    result.err().map(|error| {
        let message = error.to_string();
        assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
        error.kind()
    })
}

fn assert_kinds(prefix: &str, expected: &[ErrorKind]) {
    for (name, file) in files("generated", prefix) {
        let kind = kind_of(&file);
        assert!(kind.is_some_and(|kind| expected.contains(&kind)), "{name}: {kind:?}");
    }
}

#[test]
fn broken_files_are_unreadable() {
    assert_kinds("broken-", &[ErrorKind::Unreadable]);
}

#[test]
fn other_formats_are_unsupported_by_name() {
    assert_kinds("foreign-", &[ErrorKind::Unsupported]);
    assert_kinds("unsupported-", &[ErrorKind::Unsupported]);
    let error = Processor::default().render(b"GIF89a....", &CropRequest::default()).unwrap_err();
    assert_eq!(error.to_string(), "GIF images are not supported");
}

#[test]
fn limits_are_kept() {
    let expected = [
        // Large, and no scan of it costs much.
        ("limit-jpeg-100-empty-scans.jpg", None),
        ("limit-jpeg-1000-scans.jpg", Some(ErrorKind::TooLarge)),
        ("limit-jpeg-199x99.jpg", Some(ErrorKind::TooSmall)),
        ("limit-jpeg-65500x65500.jpg", Some(ErrorKind::TooLarge)),
        ("limit-jpeg-65535x1.jpg", Some(ErrorKind::TooLarge)),
        ("limit-png-2147483647x2147483647.png", Some(ErrorKind::TooLarge)),
        ("limit-png-65535x1.png", Some(ErrorKind::TooLarge)),
        // Pixel data beyond the last row is passed over, not inflated, as libpng does.
        ("limit-png-inflating.png", None),
    ];
    let files = files("generated", "limit-");
    let kinds: Vec<_> = files.iter().map(|(name, file)| (name.as_str(), kind_of(file))).collect();
    assert_eq!(kinds, expected);
    // What is passed over shows nowhere.
    let render = |name| Processor::default().render(file("generated", name), &CropRequest::default()).unwrap();
    let (inflating, plain) = (render("limit-png-inflating.png"), render("png-grey-1.png"));
    assert!(inflating.variants.iter().zip(&plain.variants).all(|(a, b)| a.bytes == b.bytes));
}

#[test]
fn files_that_are_no_image() {
    for file in [&b""[..], b"\xff", b"hello, world\n", &[0; 4096], b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(kind_of(file), Some(ErrorKind::Unreadable), "{file:?}");
    }
}

/// Cut anywhere, a photograph is refused, unless the cut lies after the last row that is needed.
#[test]
fn a_photograph_cut_at_every_thousandth_byte() {
    let whole = file("photos", "rocket.jpg");
    let processor = Processor::default();
    let expected = processor.render(&whole, &CropRequest::default()).unwrap();
    let mut refused = 0;
    for cut in (0..whole.len()).step_by(1000) {
        match processor.render(&whole[..cut], &CropRequest::default()) {
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unreadable, "cut at {cut}: {error}");
                refused += 1;
            }
            Ok(banner) => {
                assert!(cut > whole.len() / 2, "cut at {cut}");
                let same = banner.variants.iter().zip(&expected.variants).all(|(a, b)| a.bytes == b.bytes);
                assert!(same, "a file cut at {cut} gives another banner");
            }
        }
    }
    assert!(refused > whole.len() / 2000, "{refused}");
}

#[test]
fn regions_are_refused_with_their_numbers() {
    let file = file("photos", "rocket.jpg");
    let processor = Processor::default();
    for (request, part) in [
        (CropRequest { width: Some(0), ..CropRequest::default() }, "region 0x"),
        (CropRequest { height: Some(u32::MAX), ..CropRequest::default() }, "x4294967295+0+0 reaches outside"),
        (
            CropRequest { offset_left: Some(u32::MAX), width: Some(u32::MAX), ..CropRequest::default() },
            "region 4294967295x",
        ),
        (CropRequest { width: Some(199), ..CropRequest::default() }, "at least 200x66"),
    ] {
        let error = processor.render(&file, &request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Region);
        assert!(error.to_string().contains(part), "{error}");
    }
    let clamping = Processor::new(Options::default().with_crop_policy(CropPolicy::Clamp));
    let request = CropRequest { height: Some(u32::MAX), offset_top: Some(100), ..CropRequest::default() };
    assert_eq!(names(&clamping.render(&file, &request).unwrap()).len(), 10);
}

#[test]
fn bytes_memory_and_time_are_bounded() {
    let file = file("photos", "rocket.jpg");
    let refusal = |limits: Limits| {
        let processor = Processor::new(Options::default().with_limits(limits));
        processor.render(&file, &CropRequest::default()).unwrap_err()
    };
    let error = refusal(Limits::default().with_bytes(1000));
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.to_string(), format!("file has {} bytes, at most 1000 are accepted", file.len()));
    let error = refusal(Limits::default().with_memory(100_000));
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().ends_with("at most 100000 are accepted"), "{error}");
    let error = refusal(Limits::default().with_deadline(Some(Duration::ZERO)));
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

/// Every marker of `SECRET` in the two files is something private.
#[test]
fn nothing_of_the_upload_survives_but_the_picture() {
    for prefix in ["jpeg-metadata", "png-metadata"] {
        let (name, file) = files("generated", prefix).swap_remove(0);
        let holds = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"SECRET");
        assert!(holds(&file), "{name}");
        for options in [Options::default(), crate::support::lossless()] {
            for variant in Processor::new(options).render(&file, &CropRequest::default()).unwrap().variants {
                assert!(!holds(&variant.bytes), "{name} {}", variant.name);
                for chunk in [&b"Exif"[..], b"eXIf", b"ICC_PROFILE", b"iCCP", b"tEXt", b"http://"] {
                    let found = variant.bytes.windows(chunk.len()).any(|window| window == chunk);
                    assert!(!found, "{name} {} holds {chunk:?}", variant.name);
                }
            }
        }
    }
}
