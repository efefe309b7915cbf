//! The scene of the test data, in every way in which masthead writes a picture. It has slopes, edges, saturated colours and
//! stripes, and no flip or rotation maps it onto itself: a block that is lost, moved or of the wrong colour shows.

use std::error::Error;
use std::num::NonZeroU16;

use masthead_encode::{Coding, JpegOptions, PngEffort, PngOptions, encode_jpeg, encode_png};
use masthead_picture::{Dimensions, Interleaved, Light, Picture, Plane, Sampling};
use masthead_testdata::scene;

use crate::folder::{Folder, layout};

/// From a single pixel to the largest of the default set. Odd ones end within blocks and within MCUs.
const SIZES: [(u32, u32); 9] =
    [(1, 1), (7, 9), (8, 8), (16, 16), (17, 33), (101, 67), (257, 129), (640, 320), (1500, 500)];

/// JPEG files of all codings and samplings, with and without restart intervals.
pub(crate) fn jpeg(folder: &mut Folder) -> Result<(), Box<dyn Error>> {
    for (width, height) in SIZES {
        for chroma in [None, Some(Sampling::HALF), Some(Sampling::FULL)] {
            let rgb = rgb(width, height)?;
            let picture = match chroma {
                None => Picture::gray(rgb.into_ycbcr(Sampling::FULL).into_components().swap_remove(0).plane),
                Some(sampling) => rgb.into_ycbcr(sampling),
            };
            let layout = layout(chroma);
            let short = layout.replace(':', "");
            let stored = folder.store_planes(&format!("{short}-{width}x{height}"), &picture)?;
            for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
                for restart_rows in [0, 1, 3] {
                    let file = format!("{coding}-{short}-restart-{restart_rows}-{width}x{height}.jpg");
                    let restart_rows = NonZeroU16::new(restart_rows);
                    let options = JpegOptions::default().with_coding(coding).with_restart_rows(restart_rows);
                    let kind = format!("{coding} {layout}");
                    folder.add(&file, &kind, &encode_jpeg(&picture, &options)?, &stored)?;
                }
            }
        }
    }
    Ok(())
}

/// PNG files of all colour types and efforts.
pub(crate) fn png(folder: &mut Folder) -> Result<(), Box<dyn Error>> {
    for (width, height) in SIZES {
        let rgb = rgb(width, height)?;
        let grey = Picture::gray(rgb.clone().into_ycbcr(Sampling::FULL).into_components().swap_remove(0).plane);
        let mut planes = rgb.clone().into_full_planes();
        planes.push(plane(width, height, scene::alpha(width as usize, height as usize))?);
        let planes = planes.try_into().map_err(|_| "four planes were expected")?;
        let rgba = Picture::rgba_from_straight(planes, Light::Linear).ok_or("planes of one size were expected")?;
        for (name, picture) in [("grey", grey), ("rgb", rgb), ("rgba", rgba)] {
            let stored = folder.store_pixels(&format!("png-{name}-{width}x{height}"), &picture)?;
            for effort in [PngEffort::Fast, PngEffort::Balanced, PngEffort::Small] {
                let file = format!("{effort}-{name}-{width}x{height}.png");
                let options = PngOptions::default().with_effort(effort);
                folder.add(&file, &format!("PNG {name}"), &encode_png(picture.clone(), &options)?, &stored)?;
            }
        }
    }
    Ok(())
}

fn rgb(width: u32, height: u32) -> Result<Picture, Box<dyn Error>> {
    let pixels = scene::scene(width as usize, height as usize);
    let dimensions = Dimensions::new(width, height).ok_or("an empty picture")?;
    Ok(Picture::from_interleaved(pixels.rgb.as_flattened(), dimensions, Interleaved::Rgb)?)
}

fn plane(width: u32, height: u32, samples: Vec<u8>) -> Result<Plane, Box<dyn Error>> {
    Dimensions::new(width, height).and_then(|size| Plane::new(size, samples)).ok_or("as many samples as pixels".into())
}
