//! Sets of banner sizes in TOML files.

use std::fs;
use std::path::Path;

use masthead::{EncodingSettings, MAX_VARIANTS, VariantSet, VariantSettings};
use serde::Deserialize;
use toml::Spanned;

use crate::output::shown;
use crate::print::Failure;

/// A whole file: one `[[variant]]` table for each picture to make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    #[serde(default)]
    variant: Vec<Spanned<VariantSettings>>,
}

/// The set that a file describes; `defaults` are for what its tables leave out.
///
/// # Errors
/// When there is no such file, or it is not a set: the message names the file, the place, and what is accepted.
pub(crate) fn read(path: &Path, defaults: &EncodingSettings) -> Result<VariantSet, String> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io(shown(path), "", &error).to_string())?;
    parse(&text, defaults).map_err(|message| format!("{}: {message}", shown(path)))
}

fn parse(text: &str, defaults: &EncodingSettings) -> Result<VariantSet, String> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let file: SetFile = toml::from_str(text).map_err(|error| {
        let message = error.message().trim();
        error.span().map_or_else(|| message.to_owned(), |span| format!("line {}: {message}", line(span.start)))
    })?;
    if file.variant.is_empty() {
        return Err(format!(
            "no [[variant]] in this file (expected 1 to {MAX_VARIANTS}, each with name, width and height)"
        ));
    }
    let spec = |table: Spanned<VariantSettings>| {
        let start = table.span().start;
        table.into_inner().spec(defaults).map_err(|error| format!("line {}: {error}", line(start)))
    };
    let specs = file.variant.into_iter().map(spec).collect::<Result<_, _>>()?;
    VariantSet::new(specs).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead::{
        Chroma, Coding, Encoding, JpegOptions, OutputFormat, PngEffort, PngOptions, Quality, Quantisation, VariantSpec,
    };

    const GOOD: &str = r#"
        [[variant]]
        name = "wide"
        width = 1200
        height = 400
        quality = 70
        chroma-quality = 60
        chroma = "4:4:4"
        quantisation = "standard"
        coding = "progressive"

        [[variant]]
        name = "logo"
        width = 320
        height = 320
        format = "png"
        effort = "small"

        [[variant]]
        name = "plain"
        width = 30
        height = 10
    "#;

    fn message(text: &str) -> String {
        parse(text, &EncodingSettings::default()).unwrap_err()
    }

    #[test]
    fn every_key_is_heard_and_the_command_line_fills_the_gaps() {
        let defaults = EncodingSettings::default().with_quality(Quality::new(50));
        let set = parse(GOOD, &defaults).unwrap();
        let encodings: Vec<_> = set.iter().map(VariantSpec::encoding).collect();
        let wide = JpegOptions::default()
            .with_quality(Quality::new(70).unwrap())
            .with_chroma_quality(Quality::new(60))
            .with_quantisation(Quantisation::Standard)
            .with_coding(Coding::Progressive);
        let plain = JpegOptions::default().with_quality(Quality::new(50).unwrap());
        let jpeg = |options, chroma| Encoding::jpeg(options).with_chroma(chroma);
        let png = Encoding::Png(PngOptions::default().with_effort(PngEffort::Small));
        assert_eq!(encodings, [jpeg(wide, Chroma::Full), png, jpeg(plain, Chroma::Auto)]);
        assert_eq!(set.iter().nth(1).unwrap().encoding().format(), OutputFormat::Png);
    }

    #[test]
    fn bad_files_say_where_and_what_is_accepted() {
        let variant = |rest: &str| message(&format!("[[variant]]\nname = \"a\"\nwidth = 30\n{rest}"));
        assert_eq!(message(""), "no [[variant]] in this file (expected 1 to 64, each with name, width and height)");
        assert_eq!(variant(""), "line 1: missing field `height`");
        assert!(variant("height = 10\nwidht = 5").starts_with("line 5: unknown field `widht`, expected one of `name`"));
        for (rest, expected) in [
            ("height = 10\nformat = \"gif\"", "line 5: unknown format \"gif\" (expected jpeg or png)"),
            ("height = -1", "line 4: invalid value: integer `-1`, expected 1 to 8192 pixels"),
            ("height = 9000", "line 4: invalid value: integer `9000`, expected 1 to 8192 pixels"),
            ("height = 10\nquality = 0", "line 5: quality is 0 (expected 1 to 100)"),
            ("height = 10\nchroma-quality = 101", "line 5: quality is 101 (expected 1 to 100)"),
            (
                "height = 10\nformat = \"png\"\nquality = 9",
                "line 1: variant a: quality is for jpeg files, and the format is png",
            ),
            ("height = 10\neffort = \"fast\"", "line 1: variant a: effort is for png files, and the format is jpeg"),
        ] {
            assert_eq!(variant(rest), expected);
        }
        assert!(variant("height = ").starts_with("line 4: "));
    }
}
