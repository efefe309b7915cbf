//! Options whose values are words of the library: what it shows and reads is what the command line takes.

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Reads one of these values by the word that it is shown as; `help` says what each does.
pub(crate) fn words<T>(values: &'static [T], help: fn(&T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Clone + Display + FromStr<Err: Error + Send + Sync> + Send + Sync,
{
    let offered = values.iter().map(move |value| {
        let word = value.to_string();
        // The completions of shells part words at colons: 420 is offered for 4:2:0, and both are read.
        PossibleValue::new(word.replace(':', "")).alias(word).help(help(value))
    });
    PossibleValuesParser::new(offered).try_map(|word| word.parse())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fmt::Debug;

    use clap::Command;
    use masthead::{Chroma, Coding, Filter, Light, OutputFormat, PngEffort, Quantisation};

    use super::*;

    /// What is offered is read, and is the value that is meant.
    fn check<T>(values: &'static [T])
    where
        T: Clone + Debug + Display + FromStr<Err: Error + Send + Sync> + PartialEq + Send + Sync,
    {
        let parser = words(values, |_| "");
        for (value, offered) in values.iter().zip(parser.possible_values().unwrap()) {
            for word in [offered.get_name(), &value.to_string()] {
                assert_eq!(parser.parse_ref(&Command::new("x"), None, OsStr::new(word)).unwrap(), *value);
            }
        }
        assert!(parser.parse_ref(&Command::new("x"), None, OsStr::new("none of them")).is_err());
    }

    #[test]
    fn every_word_is_read() {
        check(Chroma::ALL);
        check(Coding::ALL);
        check(Filter::ALL);
        check(Light::ALL);
        check(OutputFormat::ALL);
        check(PngEffort::ALL);
        check(Quantisation::ALL);
    }
}
