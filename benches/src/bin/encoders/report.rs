//! The figures as tables.

use std::fmt;

use masthead_benches::files::FOLDER_VARIABLE;
use masthead_variants::VariantSet;

use crate::compare::Encoder;
use crate::options::Gain;
use crate::subject::QUALITIES;

/// Everything that was measured; shown as Markdown.
pub(crate) struct Report {
    pub(crate) encoders: Vec<Vec<Encoder>>,
    pub(crate) options: Vec<Gain>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Encoders\n\n\
             Written by `cargo run --release -p masthead-benches --bin encoders`; the [README](README.md) says what is \
             measured and how. The pictures are the photographs of `testdata`, and those of the folder that \
             `{FOLDER_VARIABLE}` names, when it is set."
        )?;
        for (quality, encoders) in QUALITIES.iter().zip(&self.encoders) {
            writeln!(f, "\n## Quality {quality}\n")?;
            writeln!(f, "| encoder | bytes of all | SSIMULACRA2 | ms for ten banners |\n|---|---:|---:|---:|")?;
            for Encoder { name, bytes, score, time } in encoders {
                writeln!(f, "| {name} | {bytes} | {score:.2} | {:.1} |", time.as_secs_f64() * 1e3)?;
            }
        }
        writeln!(
            f,
            "\n## Options\n\n\
             Bytes at equal SSIMULACRA2, in percent of what 4:2:0 with the standard's tables takes at this quality; both with \
             optimal Huffman tables. Means of all pictures that have colours, and the least and the greatest mean of one.\n"
        )?;
        let names: Vec<String> = VariantSet::profile_banner().iter().map(|spec| spec.name().to_owned()).collect();
        writeln!(f, "| option | quality | {} | mean | least | greatest |", names.join(" | "))?;
        writeln!(f, "|---|---:|{}", "---:|".repeat(names.len() + 3))?;
        for Gain { candidate, variants, pictures: (least, greatest) } in &self.options {
            let mean = variants.iter().sum::<f64>() / variants.len().max(1) as f64;
            let cells = variants.iter().chain([&mean, least, greatest]).map(|percent| format!("{percent:+.1}"));
            let cells: Vec<String> = cells.collect();
            writeln!(f, "| {} | {} | {} |", candidate.name, candidate.quality, cells.join(" | "))?;
        }
        Ok(())
    }
}
