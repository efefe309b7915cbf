//! Sets of banner sizes in TOML files.

use std::fs;
use std::path::Path;

use masthead::{MAX_VARIANT, MAX_VARIANTS, Quality, VariantSet, VariantSpec};
use serde::Deserialize;

use crate::encoding::{ChromaName, CodingName, EffortName, EncodingArgs, FormatName, QuantisationName};
use crate::output::shown;
use crate::print::Failure;

/// A whole file: one `[[variant]]` table for each picture to make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    #[serde(default)]
    variant: Vec<Variant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    name: String,
    width: i64,
    height: i64,
    format: Option<FormatName>,
    quality: Option<i64>,
    #[serde(rename = "chroma-quality")]
    chroma_quality: Option<i64>,
    chroma: Option<ChromaName>,
    quantisation: Option<QuantisationName>,
    coding: Option<CodingName>,
    effort: Option<EffortName>,
}

/// The set that a file describes; `defaults` are the options of variants that do not have their own.
///
/// # Errors
/// When there is no such file, or it is not a set: the message names the file, the place, and what is accepted.
pub(crate) fn read(path: &Path, defaults: &EncodingArgs) -> Result<VariantSet, String> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io(shown(path), "", &error).to_string())?;
    parse(&text, defaults).map_err(|message| format!("{}: {message}", shown(path)))
}

fn parse(text: &str, defaults: &EncodingArgs) -> Result<VariantSet, String> {
    let file: SetFile = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let message = error.message().trim();
        line.map_or_else(|| message.to_owned(), |line| format!("line {line}: {message}"))
    })?;
    if file.variant.is_empty() {
        return Err(format!(
            "no [[variant]] in this file (expected 1 to {MAX_VARIANTS}, each with name, width and height)"
        ));
    }
    let specs = file.variant.into_iter().map(|variant| variant.spec(defaults)).collect::<Result<_, _>>()?;
    VariantSet::new(specs).map_err(|error| error.to_string())
}

impl Variant {
    fn spec(self, defaults: &EncodingArgs) -> Result<VariantSpec, String> {
        let refused = |message: String| format!("variant {:?}: {message}", self.name);
        let quality = |key: &str, number: Option<i64>| {
            let checked = |number| u8::try_from(number).ok().and_then(Quality::new);
            let refusal = |number| refused(format!("{key} is {number} (expected 1 to 100)"));
            number.map(|number| checked(number).ok_or_else(|| refusal(number))).transpose()
        };
        let own = EncodingArgs {
            format: self.format,
            quality: quality("quality", self.quality)?,
            chroma_quality: quality("chroma-quality", self.chroma_quality)?,
            chroma: self.chroma,
            quantisation: self.quantisation,
            coding: self.coding,
            effort: self.effort,
        };
        let format = own.format.or(defaults.format).unwrap_or(FormatName::Jpeg);
        if let [meaningless, ..] = own.meaningless_in(format)[..] {
            let (of, other) = match format {
                FormatName::Jpeg => ("PNG", "jpeg"),
                FormatName::Png => ("JPEG", "png"),
            };
            return Err(refused(format!("{meaningless} is for {of} files, and the format is {other}")));
        }
        let all = EncodingArgs {
            format: Some(format),
            quality: own.quality.or(defaults.quality),
            chroma_quality: own.chroma_quality.or(defaults.chroma_quality),
            chroma: own.chroma.or(defaults.chroma),
            quantisation: own.quantisation.or(defaults.quantisation),
            coding: own.coding.or(defaults.coding),
            effort: own.effort.or(defaults.effort),
        };
        let pixels = |what: &str, number: i64| {
            u32::try_from(number).map_err(|_| refused(format!("{what} is {number} (expected 1 to {MAX_VARIANT})")))
        };
        let (width, height) = (pixels("width", self.width)?, pixels("height", self.height)?);
        VariantSpec::new(self.name, width, height, all.encoding()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead::{Chroma, Coding, Encoding, JpegOptions, OutputFormat, PngEffort, PngOptions, Quantisation};

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
        parse(text, &EncodingArgs::default()).unwrap_err()
    }

    #[test]
    fn every_key_is_heard_and_the_command_line_fills_the_gaps() {
        let defaults = EncodingArgs { quality: Quality::new(50), ..EncodingArgs::default() };
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
        assert_eq!(variant("height = 10\nformat = \"gif\""), "line 5: unknown variant `gif`, expected `jpeg` or `png`");
        assert_eq!(variant("height = -1"), "variant \"a\": height is -1 (expected 1 to 8192)");
        assert_eq!(variant("height = 9000"), "variant a is 30x9000 (expected 1x1 to 8192x8192)");
        assert_eq!(variant("height = 10\nquality = 0"), "variant \"a\": quality is 0 (expected 1 to 100)");
        assert_eq!(
            variant("height = 10\nchroma-quality = 101"),
            "variant \"a\": chroma-quality is 101 (expected 1 to 100)"
        );
        assert_eq!(
            variant("height = 10\nformat = \"png\"\nquality = 9"),
            "variant \"a\": quality is for JPEG files, and the format is png"
        );
        assert_eq!(
            variant("height = 10\neffort = \"fast\""),
            "variant \"a\": effort is for PNG files, and the format is jpeg"
        );
        assert!(variant("height = ").starts_with("line 4: "));
    }
}
