//! How the files are written: the options of the command line, which are the defaults of a set file too.

use clap::ValueEnum;
use masthead::{Chroma, Coding, Encoding, JpegOptions, PngEffort, PngOptions, Quality, Quantisation};
use serde::Deserialize;

/// A format that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormatName {
    /// Small files, no transparency
    Jpeg,
    /// Large files, exact, transparency is kept
    Png,
}

/// Chroma subsampling of JPEG files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
pub(crate) enum ChromaName {
    /// All colour samples up to 240,000 pixels (800,000 from quality 90 on, none below 80), if the picture has them: fewer bytes
    /// for what can be seen
    #[serde(rename = "auto")]
    Auto,
    /// 4:2:0, a quarter of the colour samples: what most pictures on the web have
    #[value(name = "420", alias = "4:2:0")]
    #[serde(rename = "4:2:0", alias = "420")]
    Half,
    /// 4:4:4, all colour samples: sharper colour edges, more bytes
    #[value(name = "444", alias = "4:4:4")]
    #[serde(rename = "4:4:4", alias = "444")]
    Full,
}

/// How JPEG files are quantised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QuantisationName {
    /// Tables that take fewer bytes for what can be seen in photographs
    Tuned,
    /// The tables of the standard, as most programs use them: larger files, nearer to the picture
    Standard,
}

/// How JPEG files are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CodingName {
    /// The Huffman tables of the standard: the least time
    Standard,
    /// Huffman tables made for each picture: 1 to 6 % fewer bytes than standard, 1.3 times the time
    Optimal,
    /// From coarse to fine: 2 to 12 % fewer bytes than standard, six times the time, and up to three times the time to decode
    Progressive,
}

/// How hard PNG files are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EffortName {
    /// The least time
    Fast,
    /// Four times the time, a quarter fewer bytes
    Balanced,
    /// Sixteen times the time, the fewest bytes
    Small,
}

/// The options of one file, or of all that do not say otherwise.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct EncodingArgs {
    /// Format of the files [default: jpeg]
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// Quality of JPEG files, 1 (smallest) to 100 (best) [default: 85]
    #[arg(long, value_name = "1-100", value_parser = parse_quality, allow_negative_numbers = true)]
    pub(crate) quality: Option<Quality>,

    /// Quality of the colours in JPEG files, apart from that of the light [default: the same]
    #[arg(long, value_name = "1-100", value_parser = parse_quality, allow_negative_numbers = true)]
    pub(crate) chroma_quality: Option<Quality>,

    /// Colour samples of JPEG files [default: auto]
    #[arg(long, value_enum)]
    pub(crate) chroma: Option<ChromaName>,

    /// How JPEG files are quantised [default: tuned]
    #[arg(long, value_enum)]
    pub(crate) quantisation: Option<QuantisationName>,

    /// How JPEG files are coded [default: optimal]
    #[arg(long, value_enum)]
    pub(crate) coding: Option<CodingName>,

    /// How hard PNG files are compressed [default: balanced]
    #[arg(long, value_enum)]
    pub(crate) effort: Option<EffortName>,
}

impl EncodingArgs {
    /// The encoding that these options mean.
    pub(crate) fn encoding(&self) -> Encoding {
        match self.format.unwrap_or(FormatName::Jpeg) {
            FormatName::Jpeg => Encoding::jpeg(
                JpegOptions::default()
                    .with_quality(self.quality.unwrap_or_default())
                    .with_chroma_quality(self.chroma_quality)
                    .with_quantisation(match self.quantisation {
                        None => Quantisation::default(),
                        Some(QuantisationName::Tuned) => Quantisation::Tuned,
                        Some(QuantisationName::Standard) => Quantisation::Standard,
                    })
                    .with_coding(match self.coding {
                        None => Coding::default(),
                        Some(CodingName::Standard) => Coding::Standard,
                        Some(CodingName::Optimal) => Coding::Optimal,
                        Some(CodingName::Progressive) => Coding::Progressive,
                    }),
            )
            .with_chroma(match self.chroma {
                None => Chroma::default(),
                Some(ChromaName::Auto) => Chroma::Auto,
                Some(ChromaName::Half) => Chroma::Half,
                Some(ChromaName::Full) => Chroma::Full,
            }),
            FormatName::Png => Encoding::Png(PngOptions::default().with_effort(match self.effort {
                None => PngEffort::default(),
                Some(EffortName::Fast) => PngEffort::Fast,
                Some(EffortName::Balanced) => PngEffort::Balanced,
                Some(EffortName::Small) => PngEffort::Small,
            })),
        }
    }

    /// The names of the options given that mean nothing in files of `format`.
    pub(crate) fn meaningless_in(&self, format: FormatName) -> Vec<&'static str> {
        let given = match format {
            FormatName::Jpeg => vec![(self.effort.is_some(), "effort")],
            FormatName::Png => vec![
                (self.quality.is_some(), "quality"),
                (self.chroma_quality.is_some(), "chroma-quality"),
                (self.chroma.is_some(), "chroma"),
                (self.quantisation.is_some(), "quantisation"),
                (self.coding.is_some(), "coding"),
            ],
        };
        given.into_iter().filter_map(|(given, name)| given.then_some(name)).collect()
    }
}

fn parse_quality(value: &str) -> Result<Quality, &'static str> {
    value.parse().ok().and_then(Quality::new).ok_or("expected a whole number from 1 to 100")
}
