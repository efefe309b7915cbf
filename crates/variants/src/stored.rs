//! Sets and variants in TOML, JSON and whatever else serde knows.
//!
//! Keys stand in one flat table, which serde's `flatten` cannot do where unknown keys are refused: [`Table`] is that table.

use std::fmt;
use std::num::NonZeroU16;

use masthead_encode::{Coding, PngEffort, Quality, Quantisation};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Chroma, EncodingSettings, MAX_VARIANT, OutputFormat, VariantSet, VariantSettings, VariantSpec};

#[derive(Deserialize, Serialize)]
#[serde(rename = "variant", rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    name: String,
    width: Pixels,
    height: Pixels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<OutputFormat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<Quality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chroma_quality: Option<Quality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chroma: Option<Chroma>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quantisation: Option<Quantisation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coding: Option<Coding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restart_rows: Option<NonZeroU16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effort: Option<PngEffort>,
}

/// A width or height, whose refusal says what is accepted.
#[derive(Serialize)]
struct Pixels(u32);

impl<'de> Deserialize<'de> for Pixels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Pixels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "1 to {MAX_VARIANT} pixels")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Pixels, E> {
                let refusal = || E::invalid_value(Unexpected::Unsigned(number), &self);
                u32::try_from(number)
                    .ok()
                    .filter(|pixels| (1..=MAX_VARIANT).contains(pixels))
                    .map(Pixels)
                    .ok_or_else(refusal)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Pixels, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
                }
            }
        }

        deserializer.deserialize_u32(Number)
    }
}

impl From<Table> for VariantSettings {
    fn from(table: Table) -> Self {
        let Table {
            name,
            width,
            height,
            format,
            quality,
            chroma_quality,
            chroma,
            quantisation,
            coding,
            restart_rows,
            effort,
        } = table;
        let encoding =
            EncodingSettings { format, quality, chroma_quality, chroma, quantisation, coding, restart_rows, effort };
        Self { name, width: width.0, height: height.0, encoding }
    }
}

impl From<VariantSettings> for Table {
    fn from(settings: VariantSettings) -> Self {
        let VariantSettings { name, width, height, encoding } = settings;
        let EncodingSettings { format, quality, chroma_quality, chroma, quantisation, coding, restart_rows, effort } =
            encoding;
        let (width, height) = (Pixels(width), Pixels(height));
        Self {
            name,
            width,
            height,
            format,
            quality,
            chroma_quality,
            chroma,
            quantisation,
            coding,
            restart_rows,
            effort,
        }
    }
}

impl<'de> Deserialize<'de> for VariantSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Table::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for VariantSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Table::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for VariantSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let settings = VariantSettings::deserialize(deserializer)?;
        settings.spec(&EncodingSettings::default()).map_err(de::Error::custom)
    }
}

impl Serialize for VariantSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        VariantSettings {
            name: self.name().to_owned(),
            width: self.dimensions().width(),
            height: self.dimensions().height(),
            encoding: self.encoding().into(),
        }
        .serialize(serializer)
    }
}

/// A list of variants.
impl<'de> Deserialize<'de> for VariantSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for VariantSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

#[cfg(test)]
mod tests {
    use masthead_encode::{DeadZone, QuantisationTables};

    use super::*;
    use crate::Encoding;

    fn set(json: &str) -> Result<VariantSet, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_says_everything_or_only_what_it_must() {
        let json = r#"[
            {"name": "plain", "width": 30, "height": 10},
            {"name": "logo", "width": 320, "height": 320, "format": "png", "effort": "small"},
            {"name": "wide", "width": 1200, "height": 400, "format": "jpeg", "quality": 70, "chroma-quality": 60,
             "chroma": "4:4:4", "quantisation": "standard", "coding": "progressive", "restart-rows": 2}
        ]"#;
        let read = set(json).unwrap();
        let encodings: Vec<Encoding> = read.iter().map(VariantSpec::encoding).collect();
        assert_eq!(encodings[0], Encoding::default());
        assert_eq!(encodings[1], Encoding::png(masthead_encode::PngOptions::default().with_effort(PngEffort::Small)));
        let options = masthead_encode::JpegOptions::default()
            .with_quality(Quality::new(70).unwrap())
            .with_chroma_quality(Quality::new(60))
            .with_quantisation(Quantisation::Standard)
            .with_coding(Coding::Progressive)
            .with_restart_rows(NonZeroU16::new(2));
        assert_eq!(encodings[2], Encoding::jpeg(options).with_chroma(Chroma::Full));
        assert_eq!(set(&serde_json::to_string(&read).unwrap()), Ok(read));
        let default = VariantSet::default();
        assert_eq!(set(&serde_json::to_string(&default).unwrap()), Ok(default));
    }

    #[test]
    fn quantisation_of_ones_own_is_stored_with_its_tables() {
        let tables = QuantisationTables::new([3; 64], [200; 64]).unwrap();
        let custom = Quantisation::Custom { tables, dead_zone: DeadZone::new(7).unwrap() };
        let options = masthead_encode::JpegOptions::default().with_quantisation(custom);
        let written = VariantSet::default().with_encoding(Encoding::jpeg(options));
        assert_eq!(set(&serde_json::to_string(&written).unwrap()), Ok(written));
    }

    #[test]
    fn refusals_name_the_key_and_what_is_accepted() {
        let refusal = |rest: &str| set(&format!(r#"[{{"name": "a", "width": 30, {rest}}}]"#)).unwrap_err();
        for (rest, expected) in [
            (r#""height": -1"#, "invalid value: integer `-1`, expected 1 to 8192 pixels"),
            (r#""height": 9000"#, "invalid value: integer `9000`, expected 1 to 8192 pixels"),
            (r#""height": 10, "widht": 5"#, "unknown field `widht`, expected one of `name`"),
            (r#""height": 10, "format": "gif""#, "unknown format \"gif\" (expected jpeg or png)"),
            (r#""height": 10, "effort": "fast""#, "variant a: effort is for png files, and the format is jpeg"),
            (
                r#""height": 10, "format": "png", "chroma": "auto""#,
                "variant a: chroma is for jpeg files, and the format is png",
            ),
            (r#""format": "png""#, "missing field `height`"),
        ] {
            assert!(refusal(rest).starts_with(expected), "{}", refusal(rest));
        }
        assert!(set("[]").unwrap_err().starts_with("a set of 0 variants (expected 1 to 64)"));
    }
}
