//! What masthead makes of a photograph by default, and the planes that it encoded.

use std::error::Error;
use std::fs;
use std::path::Path;

use masthead::{CropRequest, FileBytes, Processor};
use masthead_encode::{Coding, JpegOptions, encode_jpeg};
use masthead_picture::{ColorModel, Picture, Sampling};

use crate::folder::{Folder, layout};

/// Writes the default files of one photograph, and the largest of them once more in the other codings.
pub(crate) fn write(folder: &mut Folder, path: &Path) -> Result<(), Box<dyn Error>> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a photograph without a name")?;
    let photograph = FileBytes::from(fs::read(path)?);
    let processor = Processor::default();
    let banner = processor.render(photograph.clone(), &CropRequest::default())?;
    let pictures = processor.prepare(photograph, &CropRequest::default())?.pictures()?;
    for (variant, shown) in banner.variants.iter().zip(pictures) {
        let planes = encoded_planes(&shown.picture.over(processor.options().background), &variant.bytes)?
            .ok_or_else(|| format!("{stem} {}: the planes are not those of the file", variant.name))?;
        let name = format!("{stem}-{}", variant.name);
        let stored = folder.store_planes(&name, &planes)?;
        folder.add(&format!("default-{name}.jpg"), "default files", &variant.bytes, &stored)?;
        if variant.name == "1500x500" {
            for coding in [Coding::Standard, Coding::Progressive] {
                let options = JpegOptions::default().with_coding(coding);
                let chroma = planes.components().get(1).map(|component| component.sampling);
                let kind = format!("{coding} {}", layout(chroma));
                folder.add(&format!("{coding}-{name}.jpg"), &kind, &encode_jpeg(&planes, &options)?, &stored)?;
            }
        }
    }
    Ok(())
}

/// The planes that `file` was encoded from: encoded again, they give the same file.
fn encoded_planes(picture: &Picture, file: &[u8]) -> Result<Option<Picture>, Box<dyn Error>> {
    let samplings: &[Sampling] = match picture.model() {
        ColorModel::Gray => &[Sampling::FULL],
        _ => &[Sampling::FULL, Sampling::HALF],
    };
    for &sampling in samplings {
        let planes = picture.clone().into_ycbcr(sampling);
        if encode_jpeg(&planes, &JpegOptions::default())? == file {
            return Ok(Some(planes));
        }
    }
    Ok(None)
}
