//! Banners of a photograph by masthead, read again by `image`: each is as large as its variant, and shows what `image` finds in the
//! photograph there.

use std::error::Error;
use std::path::Path;

use image::imageops::{self, FilterType};
use masthead::{CropRequest, Processor};

fn main() -> Result<(), Box<dyn Error>> {
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../testdata/photos/coffee.png");
    let file = std::fs::read(photo)?;
    let banner = Processor::default().render(file.clone(), &CropRequest::default())?;
    let source = image::load_from_memory(&file)?.to_rgb8();
    for variant in &banner.variants {
        let read = image::load_from_memory(&variant.bytes)?.to_rgb8();
        let (width, height) = read.dimensions();
        assert_eq!((width, height), (variant.dimensions.width(), variant.dimensions.height()), "{}", variant.name);
        // The largest centred part of the shape.
        let (w, h) = source.dimensions();
        let (cut_width, cut_height) = (w.min(h * width / height), h.min(w * height / width));
        let part = imageops::crop_imm(&source, (w - cut_width) / 2, (h - cut_height) / 2, cut_width, cut_height);
        let expected = imageops::resize(&part.to_image(), width, height, FilterType::Triangle);
        let sum: u64 = read.iter().zip(expected.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let difference = sum as f64 / expected.len() as f64;
        assert!(difference < 8.0, "{}: {difference}", variant.name);
        println!("{}: {width}x{height}, a mean difference of {difference:.1}", variant.name);
    }
    Ok(())
}
