//! What a program outside the workspace does with masthead: all of it by the public interface alone.

#![forbid(unsafe_code)]

use std::sync::mpsc;

use masthead::{CropRequest, Encoding, Error, Interleaved, Job, OutputFormat, Processor, VariantPicture};

/// Renders a job on another thread and encodes its pictures there, with an encoder of this program's own.
pub fn encoded_elsewhere(job: Job) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let (sender, receiver) = mpsc::channel();
    rayon::spawn(move || {
        let encoded = job.pictures().map(|pictures| pictures.iter().map(encoded).collect());
        let _ = sender.send(encoded);
    });
    receiver.recv().expect("the job does not panic")
}

fn encoded(variant: &VariantPicture) -> (String, Vec<u8>) {
    let dimensions = variant.picture.dimensions();
    let pixels = variant.picture.to_interleaved(Interleaved::Rgb);
    let (width, height) = (dimensions.width() as u16, dimensions.height() as u16);
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, 90)
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("a variant has the size of a JPEG file");
    (variant.name.clone(), file)
}

/// The endings of the files that a processor makes; of formats that this program does not know, their own.
pub fn endings(processor: &Processor) -> Vec<String> {
    let ending = |encoding: Encoding| match encoding {
        Encoding::Jpeg { .. } => "jpeg".to_owned(),
        Encoding::Png(_) => "png".to_owned(),
        other => other.format().to_string(),
    };
    processor.options().variants.iter().map(|spec| ending(spec.encoding())).collect()
}

/// Whether files of a format show exactly what was encoded. Formats may be added: of those this program claims nothing.
pub fn is_lossless(format: OutputFormat) -> bool {
    match format {
        OutputFormat::Png => true,
        OutputFormat::Jpeg => false,
        _ => false,
    }
}

/// The whole picture.
pub const WHOLE: CropRequest = CropRequest { width: None, height: None, offset_left: None, offset_top: None };

#[cfg(test)]
mod tests;
