//! Whole numbers, as they are typed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads a whole number of this range; what it refuses, clap has named already.
pub(crate) fn whole<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: Clone + Display + FromStr + PartialOrd,
{
    move |value| {
        let number = value.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a whole number from {} to {}", range.start(), range.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_range_or_no_number_is_refused() {
        let number = whole(1..=1024_u16);
        assert_eq!((number("1"), number("1024")), (Ok(1), Ok(1024)));
        for bad in ["0", "1025", "65536", "99999999999999999999", "-1", "1.5", "NaN", "many", ""] {
            assert_eq!(number(bad), Err("expected a whole number from 1 to 1024".to_owned()), "{bad}");
        }
    }
}
