//! How the files are written: the options of the command line, which are the defaults of a set file too.

use masthead::{Chroma, Coding, EncodingSettings, OutputFormat, PngEffort, Quality, Quantisation};

use crate::words::words;

/// The options of all files that do not say otherwise.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct EncodingArgs {
    /// Format of the files [default: jpeg]
    #[arg(long, value_parser = words(OutputFormat::ALL, format_help))]
    format: Option<OutputFormat>,

    /// Quality of JPEG files, 1 (smallest) to 100 (best) [default: 85]
    #[arg(long, value_name = "1-100", allow_negative_numbers = true)]
    quality: Option<Quality>,

    /// Quality of the colours in JPEG files, apart from that of the light [default: the same]
    #[arg(long, value_name = "1-100", allow_negative_numbers = true)]
    chroma_quality: Option<Quality>,

    /// Colour samples of JPEG files [default: auto]
    #[arg(long, value_parser = words(Chroma::ALL, chroma_help))]
    chroma: Option<Chroma>,

    /// How JPEG files are quantised [default: tuned]
    #[arg(long, value_parser = words(Quantisation::ALL, quantisation_help))]
    quantisation: Option<Quantisation>,

    /// How JPEG files are coded [default: optimal]
    #[arg(long, value_parser = words(Coding::ALL, coding_help))]
    coding: Option<Coding>,

    /// How hard PNG files are compressed [default: balanced]
    #[arg(long, value_parser = words(PngEffort::ALL, effort_help))]
    effort: Option<PngEffort>,
}

fn format_help(format: &OutputFormat) -> &'static str {
    match format {
        OutputFormat::Jpeg => "Small files, no transparency",
        OutputFormat::Png => "Large files, exact, transparency is kept",
        _ => "",
    }
}

fn chroma_help(chroma: &Chroma) -> &'static str {
    match chroma {
        Chroma::Auto => {
            "All colour samples up to 240,000 pixels (800,000 from quality 90 on, none below 80), if the picture has them: \
             fewer bytes for what can be seen"
        }
        Chroma::Half => "4:2:0, a quarter of the colour samples: what most pictures on the web have",
        Chroma::Full => "4:4:4, all colour samples: sharper colour edges, more bytes",
        _ => "",
    }
}

fn quantisation_help(quantisation: &Quantisation) -> &'static str {
    match quantisation {
        Quantisation::Tuned => "Tables that take fewer bytes for what can be seen in photographs",
        Quantisation::Standard => {
            "The tables of the standard, as most programs use them: larger files, nearer to the picture"
        }
        _ => "",
    }
}

fn coding_help(coding: &Coding) -> &'static str {
    match coding {
        Coding::Standard => "The Huffman tables of the standard: the least time",
        Coding::Optimal => {
            "Huffman tables made for each picture: 1 to 5 % fewer bytes than standard, 1.3 times the time"
        }
        Coding::Progressive => {
            "From coarse to fine: 2 to 12 % fewer bytes than standard, five times the time, and up to three times the time to \
             decode"
        }
        _ => "",
    }
}

fn effort_help(effort: &PngEffort) -> &'static str {
    match effort {
        PngEffort::Fast => "The least time",
        PngEffort::Balanced => "Four times the time, a quarter fewer bytes",
        PngEffort::Small => "Sixteen times the time, the fewest bytes",
        _ => "",
    }
}

impl EncodingArgs {
    /// What is said of the files.
    pub(crate) fn settings(&self) -> EncodingSettings {
        let Self { format, quality, chroma_quality, chroma, quantisation, coding, effort } = *self;
        EncodingSettings::default()
            .with_format(format)
            .with_quality(quality)
            .with_chroma_quality(chroma_quality)
            .with_chroma(chroma)
            .with_quantisation(quantisation)
            .with_coding(coding)
            .with_effort(effort)
    }
}
