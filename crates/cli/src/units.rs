//! Numbers and names as they are shown.

use std::time::Duration;

/// A number of bytes with three or four digits that matter: `987 B`, `102.3 kB`, `5.2 MB`.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        // 999950 would be shown as 1000.0 kB.
        1000..999_950 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A duration in milliseconds, or in seconds from ten seconds on.
pub(crate) fn time(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    match milliseconds {
        0.0..100.0 => format!("{milliseconds:.1} ms"),
        0.0..10_000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1e3),
    }
}

/// Milliseconds for machine-readable output, to a microsecond.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The text with line breaks and other control characters escaped: file names may hold any.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let escaped = character.is_control().then(|| character.escape_default());
            let plain = (!character.is_control()).then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_change_their_unit_without_a_gap() {
        let shown = [0, 999, 1000, 999_949, 999_950, 5 << 20].map(bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "5.2 MB"]);
    }

    #[test]
    fn times_have_the_digits_that_matter() {
        let shown = [40, 1_234, 123_456, 12_345_678].map(|us| time(Duration::from_micros(us)));
        assert_eq!(shown, ["0.0 ms", "1.2 ms", "123 ms", "12.3 s"]);
        assert_eq!(milliseconds(Duration::from_nanos(1_234_567)), 1.235);
    }

    #[test]
    fn names_stay_on_one_line() {
        assert_eq!(one_line("a\nb\u{1b}[31m é"), "a\\nb\\u{1b}[31m é");
    }
}
