//! Reads files with the `image` crate or with jpeg-decoder: `readers (image | jpeg-decoder) FOLDER OUTPUT FILE...`
//!
//! Each file of `FOLDER` becomes a PAM file of its name in `OUTPUT`, or a line `FILE: why not` among the errors. The first line that
//! is printed is the version of the reader.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

/// Width, height, samples per pixel, samples.
type Pixels = (u32, u32, u32, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [reader, folder, output, files @ ..] = &arguments[..] else {
        return Err("expected READER FOLDER OUTPUT FILE...".into());
    };
    let read = match reader.as_str() {
        "image" => with_image,
        "jpeg-decoder" => with_jpeg_decoder,
        _ => return Err("expected image or jpeg-decoder".into()),
    };
    match reader.as_str() {
        "image" => println!("{} (zune-jpeg {}, png {})", version("image"), version("zune-jpeg"), version("png")),
        _ => println!("{}", version(reader)),
    }
    for file in files {
        let (width, height, depth, samples) = match read(&Path::new(folder).join(file)) {
            Ok(pixels) => pixels,
            Err(error) => {
                eprintln!("{file}: {error}");
                continue;
            }
        };
        let mut pam = format!("P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL 255\nENDHDR\n").into_bytes();
        pam.extend(samples);
        fs::write(Path::new(output).join(file), pam)?;
    }
    Ok(())
}

/// The version of a crate, as the lock file has it.
fn version(name: &str) -> &'static str {
    let mut lines = include_str!("../Cargo.lock").lines();
    lines.find(|line| *line == format!("name = \"{name}\""));
    lines.next().and_then(|line| line.split('"').nth(1)).unwrap_or("unknown")
}

fn with_image(path: &Path) -> Result<Pixels, Box<dyn Error>> {
    let image = image::open(path)?;
    let depth = u32::from(image.color().bytes_per_pixel());
    Ok((image.width(), image.height(), depth, image.into_bytes()))
}

fn with_jpeg_decoder(path: &Path) -> Result<Pixels, Box<dyn Error>> {
    let mut decoder = jpeg_decoder::Decoder::new(File::open(path)?);
    let samples = decoder.decode()?;
    let info = decoder.info().ok_or("no header")?;
    let depth = info.pixel_format.pixel_bytes() as u32;
    Ok((info.width.into(), info.height.into(), depth, samples))
}
