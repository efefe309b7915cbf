//! A region lies inside its image; what it shows lies inside the region, has the target's shape, and turns with the image.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use masthead_crop::{Cover, CropPolicy, CropRegion, CropRequest, stored_rect};
use masthead_picture::{Dimensions, Orientation, Rect};

#[derive(Arbitrary, Debug)]
struct Input {
    image: (u32, u32),
    target: (u32, u32),
    width: Option<u32>,
    height: Option<u32>,
    offset_left: Option<u32>,
    offset_top: Option<u32>,
    clamp: bool,
}

fuzz_target!(|input: Input| {
    let Some(image) = Dimensions::new(input.image.0, input.image.1) else { return };
    let Some(target) = Dimensions::new(input.target.0, input.target.1) else { return };
    let Input { width, height, offset_left, offset_top, clamp, .. } = input;
    let request = CropRequest { width, height, offset_left, offset_top };
    let policy = if clamp { CropPolicy::Clamp } else { CropPolicy::Refuse };
    let region = match CropRegion::new(&request, image, policy) {
        Ok(region) => region,
        Err(error) => {
            assert!(error.to_string().contains(&format!("{image}+0+0")), "{error}");
            return;
        }
    };
    let rect = region.rect();
    assert!(Rect::of(image).contains(rect));
    assert_eq!(region.at_least(rect.dimensions()), Ok(region));
    assert_eq!(CropRegion::new(&rect.into(), image, policy), Ok(region));
    if !clamp {
        assert!(width.is_none_or(|width| width == rect.width()) && height.is_none_or(|height| height == rect.height()));
    }

    let cover = region.cover(target);
    assert!(cover.horizontal.floor() >= rect.left().into() && cover.horizontal.ceil() <= rect.right().into());
    assert!(cover.vertical.floor() >= rect.top().into() && cover.vertical.ceil() <= rect.bottom().into());
    let shape = cover.horizontal.length() / cover.vertical.length();
    let expected = f64::from(target.width()) / f64::from(target.height());
    assert!((shape / expected - 1.0).abs() < 1e-12);
    for orientation in Orientation::ALL {
        let turned = Cover::of(rect).stored(orientation, image);
        assert_eq!(turned, Cover::of(stored_rect(rect, orientation, image)));
    }
});
