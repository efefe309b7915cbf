//! Which pictures become JPEG files.

use masthead_encode::{Error, JpegOptions, encode_jpeg};
use masthead_picture::{ColorModel, Component, Dimensions, Light, Picture, Plane, Ratio, Rect, Sampling};

fn plane(width: u32, height: u32) -> Plane {
    Plane::filled(Dimensions::new(width, height).unwrap(), 90)
}

#[test]
fn whole_grey_and_ycbcr_pictures_are_encoded() {
    let half = Picture::ycbcr([plane(5, 4), plane(3, 2), plane(3, 2)]).unwrap();
    let full = Picture::ycbcr([plane(5, 4), plane(5, 4), plane(5, 4)]).unwrap();
    for picture in [Picture::gray(plane(5, 4)), half, full] {
        let file = encode_jpeg(&picture, &JpegOptions::default()).unwrap();
        assert!(file.starts_with(&[0xff, 0xd8]) && file.ends_with(&[0xff, 0xd9]));
    }
}

#[test]
fn others_are_refused() {
    let refused = |picture: Picture| encode_jpeg(&picture, &JpegOptions::default()).unwrap_err();
    let rgb = Picture::rgb([plane(4, 4), plane(4, 4), plane(4, 4)]).unwrap();
    assert_eq!(refused(rgb), Error::Model(ColorModel::Rgb));

    // 4:2:2.
    let wide = Sampling { horizontal: Ratio::HALF, vertical: Ratio::ONE };
    let components = vec![
        Component::whole(plane(4, 4), Sampling::FULL),
        Component::whole(plane(2, 4), wide),
        Component::whole(plane(2, 4), wide),
    ];
    let whole = Rect::of(Dimensions::new(4, 4).unwrap());
    let picture = Picture::new(ColorModel::YCbCr, whole, components, Light::Gamma).unwrap();
    assert_eq!(refused(picture), Error::Model(ColorModel::YCbCr));

    // A window of a larger plane.
    let part = Rect::of(Dimensions::new(3, 3).unwrap());
    let luma = vec![Component::whole(plane(4, 4), Sampling::FULL)];
    let picture = Picture::new(ColorModel::Gray, part, luma, Light::Gamma).unwrap();
    assert_eq!(refused(picture), Error::Model(ColorModel::Gray));

    let message = refused(Picture::gray(plane(65_501, 1))).to_string();
    assert_eq!(message, "picture is 65501x1, at most 65500x65500 can be read in a JPEG file");
}
