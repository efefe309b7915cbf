//! Any window of a picture is the same as that part of the whole.

use masthead_picture::{Dimensions, Rect};
use masthead_simd::SimdLevel;
use proptest::prelude::*;

use crate::decoded::{decode, header, whole};

/// Windows of a picture: a corner, the middle, a column and a row, the last pixel.
pub(crate) fn some_windows(picture: Dimensions) -> Vec<Rect> {
    let (width, height) = (picture.width(), picture.height());
    let edges = [
        [0, 0, width / 2, height / 3],
        [width / 3, height / 4, width - width / 5, height - height / 4],
        [width / 2, 0, width / 2 + 1, height],
        [0, height / 2, width, height / 2 + 1],
        [width - 1, height - 1, width, height],
    ];
    edges.into_iter().filter_map(|[left, top, right, bottom]| Rect::from_edges(left, top, right, bottom)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_window_is_a_crop_of_the_whole(
        (width, height) in (1..70_usize, 1..70_usize),
        file in any::<prop::sample::Index>(),
        level in any::<prop::sample::Index>(),
        edges in any::<[prop::sample::Index; 4]>(),
    ) {
        let files = masthead_testdata::jpegs(width, height);
        let file = file.get(&files);
        let level = *level.get(&SimdLevel::all());
        let [x, right, y, bottom] = edges;
        let (left, top) = (x.index(width), y.index(height));
        let (right, bottom) = (left + 1 + right.index(width - left), top + 1 + bottom.index(height - top));
        let window = Rect::from_edges(left as u32, top as u32, right as u32, bottom as u32).unwrap();

        let header = header(&file.bytes).unwrap();
        let all = decode(SimdLevel::Scalar, &file.bytes, &header, whole(&header)).unwrap();
        let parts = decode(level, &file.bytes, &header, window).unwrap();
        for (component, (part, all)) in header.components().iter().zip(parts.iter().zip(&all)) {
            let rect = component.sampling().cover(window);
            prop_assert_eq!(part.crop(rect), all.crop(rect), "{}, window {}, {}", file.name, window, level);
        }
    }
}
