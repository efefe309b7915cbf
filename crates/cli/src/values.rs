//! Amounts of memory and time, as they are typed.

use std::time::Duration;

/// Units of memory, in bytes.
const SIZES: [(&str, u64); 7] = [
    ("", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Units of time, in milliseconds.
const DURATIONS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// `512MiB`, `2GB`, `1.5 GiB`, or a number of bytes.
pub(crate) fn parse_size(value: &str) -> Result<u64, String> {
    amount(value, &SIZES).ok_or_else(|| {
        "expected a size such as 512MiB, 2GB or 536870912, in bytes or with a unit: kB, MB, GB, KiB, MiB or GiB"
            .to_owned()
    })
}

/// `500ms`, `2s`, `15m`, `1h`, `1.5d`, or `0`; at least `least` and at most `most`, which are given in the same way.
pub(crate) fn parse_duration(value: &str, least: &str, most: &str) -> Result<Duration, String> {
    let parse = |value: &str| if value == "0" { Some(0) } else { amount(value, &DURATIONS) };
    let milliseconds = parse(value).filter(|&given| parse(least) <= Some(given) && Some(given) <= parse(most));
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| format!("expected a time from {least} to {most}, with a unit: ms, s, m, h or d"))
}

/// A decimal number and one of the units (upper and lower case are the same), in the smallest of them.
fn amount(value: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = value.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| unit.trim_start().eq_ignore_ascii_case(name))?;
    match number.split_once('.') {
        None => number.parse::<u64>().ok()?.checked_mul(*factor),
        // What is not a whole number is small enough to be exact, or near enough.
        Some((whole, fraction)) if !whole.is_empty() && !fraction.is_empty() => {
            let number: f64 = number.parse().ok()?;
            let product = number * *factor as f64;
            (product < 2f64.powi(53)).then_some(product.round() as u64)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (value, bytes) in [
            ("0", 0),
            ("67108864", 64 << 20),
            ("512MiB", 512 << 20),
            ("512mib", 512 << 20),
            ("1.5 GiB", 3 << 29),
            ("2GB", 2_000_000_000),
            ("100kB", 100_000),
        ] {
            assert_eq!(parse_size(value), Ok(bytes), "{value}");
        }
        for bad in
            ["", "MiB", "512M", "512 MB x", "-1", "+1", "1e3", ".5GB", "5.GB", "1.2.3GB", "99999999999999999GB", "é"]
        {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn units_are_named() {
        let message =
            "expected a size such as 512MiB, 2GB or 536870912, in bytes or with a unit: kB, MB, GB, KiB, MiB or GiB";
        assert_eq!(parse_size("1TiB"), Err(message.to_owned()));
    }

    #[test]
    fn durations() {
        for (value, milliseconds) in [
            ("0", 0),
            ("0s", 0),
            ("500ms", 500),
            ("2s", 2_000),
            ("1.5s", 1_500),
            ("15m", 900_000),
            ("24 H", 86_400_000),
        ] {
            assert_eq!(parse_duration(value, "0", "1d"), Ok(Duration::from_millis(milliseconds)), "{value}");
        }
        for bad in ["", "2", "2x", "-2s", "25h", "two", "1d1h", "1e3s"] {
            let message = "expected a time from 0 to 1d, with a unit: ms, s, m, h or d";
            assert_eq!(parse_duration(bad, "0", "1d"), Err(message.to_owned()), "{bad}");
        }
        assert!(parse_duration("999ms", "1s", "1d").is_err());
    }
}
