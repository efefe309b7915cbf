//! Quantisation as it is stored: a name, or a table with the steps of luma and chroma and a dead zone.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::quantisation::{DeadZone, Quantisation, QuantisationTables};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Custom {
    luma: Vec<u8>,
    chroma: Vec<u8>,
    #[serde(default)]
    dead_zone: u8,
}

impl Serialize for Quantisation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Custom { tables, dead_zone } => {
                let (luma, chroma) = (tables.luma().to_vec(), tables.chroma().to_vec());
                Custom { luma, chroma, dead_zone: dead_zone.get() }.serialize(serializer)
            }
            named => serializer.collect_str(named),
        }
    }
}

impl<'de> Deserialize<'de> for Quantisation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrTable)
    }
}

struct NameOrTable;

impl<'de> Visitor<'de> for NameOrTable {
    type Value = Quantisation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tuned, standard, or a table with luma, chroma and dead-zone")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Quantisation, E> {
        name.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Quantisation, A::Error> {
        let Custom { luma, chroma, dead_zone } = Custom::deserialize(MapAccessDeserializer::new(map))?;
        let tables = match (luma.try_into(), chroma.try_into()) {
            (Ok(luma), Ok(chroma)) => QuantisationTables::new(luma, chroma),
            _ => None,
        };
        let tables = tables.ok_or_else(|| A::Error::custom("luma and chroma are 64 steps each, from 1 to 255"))?;
        let dead_zone = DeadZone::new(dead_zone)
            .ok_or_else(|| A::Error::custom(format!("dead-zone is {dead_zone} (expected 0 to 50)")))?;
        Ok(Quantisation::Custom { tables, dead_zone })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Coding, DeadZone, JpegOptions, Quality, Quantisation, QuantisationTables};

    fn read(text: &str) -> Result<JpegOptions, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn options_are_read_as_they_are_stored() {
        assert_eq!(read("{}"), Ok(JpegOptions::default()));
        let stored = serde_json::to_string(&JpegOptions::default()).unwrap();
        assert_eq!(stored, r#"{"quality":85,"quantisation":"tuned","coding":"optimal"}"#);
        let dead_zone = DeadZone::new(7).unwrap();
        let options = JpegOptions::default()
            .with_quality(Quality::new(70).unwrap())
            .with_chroma_quality(Quality::new(60))
            .with_coding(Coding::Progressive)
            .with_quantisation(Quantisation::Custom { tables: QuantisationTables::robidoux(), dead_zone })
            .with_restart_rows(std::num::NonZeroU16::new(3));
        assert_eq!(read(&serde_json::to_string(&options).unwrap()), Ok(options));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, expected) in [
            (r#"{"qualty":85}"#, "unknown field `qualty`, expected one of `quality`, `chroma-quality`"),
            (r#"{"quality":101}"#, "quality is 101 (expected 1 to 100)"),
            (r#"{"quality":-1}"#, "quality is -1 (expected 1 to 100)"),
            (r#"{"coding":"best"}"#, "unknown coding \"best\" (expected standard, optimal or progressive)"),
            (r#"{"quantisation":"custom"}"#, "unknown quantisation \"custom\" (expected tuned or standard)"),
            (r#"{"quantisation":{"luma":[1],"chroma":[1]}}"#, "luma and chroma are 64 steps each, from 1 to 255"),
            (r#"{"quantisation":5}"#, "expected tuned, standard, or a table with luma, chroma and dead-zone"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
