//! A window is the same as that part of the whole picture.

use std::sync::LazyLock;

use masthead_decode::{Decoder, Error, ErrorKind};
use masthead_picture::{Dimensions, Light, Picture, Rect};
use proptest::prelude::*;

use crate::{decode, decode_window, file, files, header, limits};

/// Windows at every edge, across blocks and along them, and single pixels.
fn windows(stored: Dimensions) -> Vec<Rect> {
    let (width, height) = (stored.width(), stored.height());
    let edges = [
        (0, 0, width, height),
        (0, 0, 1, 1),
        (width - 1, 0, width, 1),
        (0, height - 1, 1, height),
        (width - 1, height - 1, width, height),
        (77, 53, 78, 54),
        (16, 16, 32, 32),
        (15, 17, 34, 30),
        (0, 31, width, 65),
        (0, 16, width, 48),
        (33, 0, 100, height),
        (100, 60, width, height),
    ];
    edges.map(|(left, top, right, bottom)| Rect::from_edges(left, top, right, bottom).unwrap()).to_vec()
}

#[test]
fn a_window_is_a_part_of_the_whole_picture() {
    for (name, bytes) in files(&["jpeg-", "png-"], 100) {
        let whole = decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(whole.window(), Rect::of(header(&bytes).stored), "{name}");
        for window in windows(whole.dimensions()) {
            let part = decode_window(&bytes, window).unwrap_or_else(|error| panic!("{name}, {window}: {error}"));
            assert_eq!((part.window(), part.model()), (window, whole.model()), "{name}");
            for (part, whole) in part.components().iter().zip(whole.components()) {
                assert_eq!(part.sampling, whole.sampling, "{name}, {window}");
                let samples = part.sampling.cover(window);
                assert_eq!((part.left, part.top), (samples.left(), samples.top()), "{name}, {window}");
                assert_eq!(part.plane, whole.plane.cropped(samples).unwrap(), "{name}, {window}");
            }
        }
    }
}

/// All files and what their whole pictures are.
static WHOLE: LazyLock<Vec<(String, Decoder, Picture)>> = LazyLock::new(|| {
    let all = files(&["jpeg-", "png-"], 100).into_iter().map(|(name, bytes)| {
        let decoder = Decoder::new(bytes, &limits()).unwrap();
        let whole = decoder.decode(Rect::of(decoder.header().stored), Light::Linear).unwrap();
        (name, decoder, whole)
    });
    all.collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1000 } else { 10_000 }))]

    /// Any window of any file is that part of the whole.
    #[test]
    fn any_window_is_a_part_of_the_whole_picture(
        which in any::<prop::sample::Index>(),
        columns in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        rows in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let (name, decoder, whole) = which.get(&WHOLE);
        let edges = |(a, b): (prop::sample::Index, prop::sample::Index), length: u32| {
            let (a, b) = (a.index(length as usize) as u32, b.index(length as usize) as u32);
            (a.min(b), a.max(b) + 1)
        };
        let (left, right) = edges(columns, whole.dimensions().width());
        let (top, bottom) = edges(rows, whole.dimensions().height());
        let window = Rect::from_edges(left, top, right, bottom).unwrap();
        let part = decoder.decode(window, Light::Linear).unwrap();
        for (part, whole) in part.components().iter().zip(whole.components()) {
            let samples = part.sampling.cover(window);
            prop_assert!(part.plane == whole.plane.cropped(samples).unwrap(), "{}, {}", name, window);
        }
    }
}

#[test]
fn alpha_is_premultiplied_in_the_light_that_is_asked_for() {
    let bytes = file("png-rgba-8.png");
    let window = Rect::from_edges(20, 70, 200, 100).unwrap();
    for light in [Light::Linear, Light::Gamma] {
        let picture = Decoder::new(&bytes, &limits()).unwrap().decode(window, light).unwrap();
        assert_eq!(picture.premultiplied(), light);
        // Half-transparent red, green and blue at one place of the ramp along the bottom.
        let [red, green, blue, alpha] = [0, 1, 2, 3].map(|plane| picture.components()[plane].plane.row(20)[60]);
        let straight = masthead_testdata::scene::scene(203, 101).at(80, 90);
        let transfer = masthead_picture::Transfer::srgb();
        let expected = straight.map(|sample| transfer.premultiply(sample, alpha, light));
        assert_eq!([red, green, blue], expected, "{light:?}");
        assert!((80..120).contains(&alpha));
    }
}

#[test]
fn a_window_outside_is_the_callers_mistake() {
    for name in ["jpeg-420.jpg", "png-rgb-8.png"] {
        let bytes = file(name);
        let stored = header(&bytes).stored;
        let window = Rect::from_edges(0, 0, stored.width() + 1, 1).unwrap();
        let error = decode_window(&bytes, window).unwrap_err();
        assert_eq!(error, Error::Window { window, stored });
        assert_eq!(error.kind(), ErrorKind::Internal);
        let (width, height) = (stored.width(), stored.height());
        let expected = format!("window {}x1+0+0 reaches outside the stored image of {width}x{height}", width + 1);
        assert_eq!(error.to_string(), expected);
    }
}
