//! What options of the encoder are worth: bytes at equal SSIMULACRA2.

use std::error::Error;

use masthead_encode::{DeadZone, JpegOptions, Quality, Quantisation, QuantisationTables, encode_jpeg};
use masthead_picture::Picture;
use rayon::prelude::*;

use crate::subject::{Banner, QUALITIES, Subject};

/// Something that is compared with the plain encoder: 4:2:0, the tables of the standard, no dead zone.
pub(crate) struct Candidate {
    pub(crate) name: String,
    /// The quality at which the plain encoder's files are.
    pub(crate) quality: u8,
    /// Whether chroma is 4:4:4.
    full: bool,
    quantisation: Quantisation,
    /// What chroma's quality is above that of luma.
    chroma: i16,
}

/// By how much the bytes of a candidate differ from the plain ones at equal SSIMULACRA2, in percent.
pub(crate) struct Gain {
    pub(crate) candidate: Candidate,
    /// For each variant, the mean of all pictures.
    pub(crate) variants: Vec<f64>,
    /// The least and the greatest mean of a picture.
    pub(crate) pictures: (f64, f64),
}

fn candidates() -> Result<Vec<Candidate>, Box<dyn Error>> {
    let plain = |name: &str, quality| Candidate {
        name: name.to_owned(),
        quality,
        full: false,
        quantisation: Quantisation::Standard,
        chroma: 0,
    };
    let custom = |tables, hundredths| -> Result<Quantisation, Box<dyn Error>> {
        let dead_zone = DeadZone::new(hundredths).ok_or("a dead zone is at most 50")?;
        Ok(Quantisation::Custom { tables, dead_zone })
    };
    let (standard, robidoux) = (QuantisationTables::default(), QuantisationTables::robidoux());
    let mut candidates = Vec::new();
    for quality in QUALITIES {
        let tuned = |full| Candidate { full, quantisation: Quantisation::Tuned, ..plain("tuned", quality) };
        candidates.push(Candidate { full: true, ..plain("4:4:4", quality) });
        candidates.push(tuned(false));
        candidates.push(Candidate { name: "4:4:4, tuned".to_owned(), ..tuned(true) });
    }
    for chroma in [-5, 5] {
        candidates.push(Candidate { chroma, ..plain(&format!("chroma quality {chroma:+}"), 85) });
        candidates.push(Candidate { full: true, chroma, ..plain(&format!("4:4:4, chroma quality {chroma:+}"), 85) });
    }
    for hundredths in [5, 10] {
        let quantisation = custom(standard, hundredths)?;
        candidates.push(Candidate { quantisation, ..plain(&format!("dead zone {hundredths}"), 85) });
    }
    for hundredths in [0, 8] {
        let quantisation = custom(robidoux, hundredths)?;
        candidates.push(Candidate { quantisation, ..plain(&format!("Robidoux's tables, dead zone {hundredths}"), 85) });
    }
    Ok(candidates)
}

/// The gains of all candidates on pictures that have colours.
pub(crate) fn measured(subjects: &[Subject]) -> Result<Vec<Gain>, Box<dyn Error>> {
    candidates()?
        .into_par_iter()
        .map(|candidate| {
            let gains = |subject: &Subject| {
                let percent = subject.banners.iter().map(|banner| candidate.percent(banner));
                percent.collect::<Result<Vec<f64>, _>>().map_err(|error| error.to_string())
            };
            let pictures = subjects.iter().filter(|subject| subject.is_colour);
            let gains: Vec<Vec<f64>> = pictures.map(gains).collect::<Result<_, String>>()?;
            let mean = |values: &mut dyn ExactSizeIterator<Item = f64>| {
                let count = values.len().max(1) as f64;
                values.sum::<f64>() / count
            };
            let variants = 0..gains.first().map_or(0, Vec::len);
            let means = gains.iter().map(|gain| mean(&mut gain.iter().copied()));
            Ok(Gain {
                pictures: means.fold((f64::MAX, f64::MIN), |(least, most), mean| (least.min(mean), most.max(mean))),
                variants: variants.map(|variant| mean(&mut gains.iter().map(|gain| gain[variant]))).collect(),
                candidate,
            })
        })
        .collect::<Result<_, String>>()
        .map_err(Into::into)
}

impl Candidate {
    /// Bytes more than the plain encoder's at the SSIMULACRA2 of these, in percent.
    fn percent(&self, banner: &Banner) -> Result<f64, Box<dyn Error>> {
        let quantisation = Quantisation::Standard;
        let plain = JpegOptions::default().with_quality(quality(self.quality.into())).with_quantisation(quantisation);
        let file = encode_jpeg(&banner.half, &plain)?;
        let wanted = banner.score(&file)?;
        let picture = if self.full { &banner.full } else { &banner.half };
        let at = |quality| self.at(quality, picture, banner);

        // The settings between which the wanted score lies, and what they give.
        let (mut low, mut high) = (1, 100);
        let (mut below, mut above) = (None, None);
        while high - low > 1 {
            let middle = i16::midpoint(low, high);
            let given = at(middle)?;
            if given.0 < wanted { (low, below) = (middle, Some(given)) } else { (high, above) = (middle, Some(given)) }
        }
        let (low_score, low_bytes) = below.map_or_else(|| at(low), Ok)?;
        let (high_score, high_bytes) = above.map_or_else(|| at(high), Ok)?;
        if !(low_score..=high_score).contains(&wanted) {
            return Err(format!("{}: {wanted} is not reached between {low} and {high}", self.name).into());
        }
        let place = (wanted - low_score) / (high_score - low_score).max(1e-9);
        let bytes = (low_bytes.ln() * (1.0 - place) + high_bytes.ln() * place).exp();
        Ok((bytes / file.len() as f64 - 1.0) * 100.0)
    }

    /// Score and bytes of the file at a quality.
    fn at(&self, luma: i16, picture: &Picture, banner: &Banner) -> Result<(f64, f64), Box<dyn Error>> {
        let options = JpegOptions::default()
            .with_quality(quality(luma))
            .with_chroma_quality(Some(quality(luma + self.chroma)))
            .with_quantisation(self.quantisation);
        let file = encode_jpeg(picture, &options)?;
        Ok((banner.score(&file)?, file.len() as f64))
    }
}

fn quality(number: i16) -> Quality {
    Quality::new(number.clamp(1, 100) as u8).unwrap_or_default()
}
