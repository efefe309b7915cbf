//! Encoders beside each other: bytes, quality and time at the same quality setting.

use std::error::Error;
use std::time::{Duration, Instant};

use masthead_benches::baseline;
use masthead_encode::{Coding, JpegOptions, Quality, Quantisation, encode_jpeg};

use crate::subject::{Banner, QUALITIES, Subject};
use crate::turbo::{self, Made, Turbo};

/// Of so many times of each encoding the median counts.
const ROUNDS: usize = 5;

/// What an encoder made of all banners.
#[derive(Clone)]
pub(crate) struct Encoder {
    pub(crate) name: String,
    /// Of all files.
    pub(crate) bytes: usize,
    /// SSIMULACRA2, the mean of all files.
    pub(crate) score: f64,
    /// The time of all ten banners of a picture, the mean of all pictures.
    pub(crate) time: Duration,
}

/// For each of [`QUALITIES`] the encoders.
pub(crate) fn measured(subjects: &[Subject]) -> Result<Vec<Vec<Encoder>>, Box<dyn Error>> {
    let mut turbo = Turbo::start();
    if turbo.is_none() {
        eprintln!("there is no python3 with Pillow: libjpeg-turbo is left out");
    }
    QUALITIES.iter().map(|&quality| at(quality, subjects, turbo.as_mut())).collect()
}

fn at(quality: u8, subjects: &[Subject], mut turbo: Option<&mut Turbo>) -> Result<Vec<Encoder>, Box<dyn Error>> {
    let mut encoders: Vec<Encoder> = Vec::new();
    let banners: Vec<&Banner> = subjects.iter().flat_map(|subject| &subject.banners).collect();
    for banner in &banners {
        let mut files = own(banner, quality)?;
        if let Some(turbo) = turbo.as_deref_mut() {
            let made = turbo.encoded(&banner.half, quality, ROUNDS)?;
            files.extend(turbo::MODES.iter().zip(made).map(|(mode, made)| (format!("libjpeg-turbo, {mode}"), made)));
        }
        for (index, (name, (file, time))) in files.into_iter().enumerate() {
            if encoders.len() == index {
                encoders.push(Encoder { name, bytes: 0, score: 0.0, time: Duration::ZERO });
            }
            let encoder = &mut encoders[index];
            encoder.bytes += file.len();
            encoder.score += banner.score(&file)? / banners.len() as f64;
            encoder.time += time / subjects.len() as u32;
        }
    }
    Ok(encoders)
}

/// What the encoders of this process make of a banner.
fn own(banner: &Banner, quality: u8) -> Result<Vec<(String, Made)>, Box<dyn Error>> {
    let usual = JpegOptions::default().with_quality(Quality::new(quality).ok_or("quality is 1 to 100")?);
    let picture = if banner.full_at.contains(&quality) { &banner.full } else { &banner.half };
    let mut files = vec![("masthead, as it comes".to_owned(), timed(|| Ok(encode_jpeg(picture, &usual)?))?)];
    for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
        let options = usual.with_coding(coding).with_quantisation(Quantisation::Standard);
        let made = timed(|| Ok(encode_jpeg(&banner.half, &options)?))?;
        files.push((format!("masthead, {}", format!("{coding:?}").to_lowercase()), made));
    }
    for (optimised, name) in [(false, "jpeg-encoder"), (true, "jpeg-encoder, optimised")] {
        let made = timed(|| baseline::encoded_planes(&banner.half, quality, optimised))?;
        files.push((name.to_owned(), made));
    }
    Ok(files)
}

fn timed(encode: impl Fn() -> Result<Vec<u8>, Box<dyn Error>>) -> Result<Made, Box<dyn Error>> {
    let mut times = Vec::new();
    let mut file = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        file = encode()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok((file, times[ROUNDS / 2]))
}
