//! Words for the values of options: as they are shown, read, and stored.

/// Gives the values of an enum words: `ALL`, `Display`, `FromStr` with [`UnknownName`](crate::UnknownName), and serde's `Serialize` and
/// `Deserialize` where the crate that uses it has its feature `serde` on (it must have one, and the crate serde behind it).
///
/// Behind `|` stand other words that are read as well. Behind `;` stand values that have a word to be shown, and cannot be read
/// by it; they may have fields. How an enum with such values is stored is for its crate to say.
///
/// ```text
/// masthead_picture::names! {
///     Chroma, "chroma":
///     Auto = "auto",
///     Quarter = "4:2:0" | "420",
///     Full = "4:4:4" | "444";
///     Custom = "custom",
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! names {
    (@serde $type:ident) => {
        #[cfg(feature = "serde")]
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let name = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                name.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
    (@serde $type:ident; $($nameless:ident)+) => {};
    (
        $type:ident, $what:literal:
        $($variant:ident = $name:literal $(| $other:literal)*),+ $(,)?
        $(; $($nameless:ident = $word:literal),+ $(,)?)?
    ) => {
        impl $type {
            /// All that have a name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl ::std::fmt::Display for $type {
            /// The name.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $name,)+
                    $($(Self::$nameless { .. } => $word,)+)?
                })
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            /// The value of this name.
            fn from_str(name: &str) -> ::std::result::Result<Self, $crate::UnknownName> {
                match name {
                    $($name $(| $other)* => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownName::new($what, name, &[$($name),+])),
                }
            }
        }

        $crate::names!(@serde $type $(; $($nameless)+)?);
    };
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "a test's enum is not public")]
mod tests {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Chroma {
        Auto,
        Quarter,
        Full,
        Custom(u8),
    }

    crate::names! {
        Chroma, "chroma":
        Auto = "auto",
        Quarter = "4:2:0" | "420",
        Full = "4:4:4";
        Custom = "custom",
    }

    #[test]
    fn names_are_read_as_they_are_shown() {
        assert_eq!(Chroma::ALL, [Chroma::Auto, Chroma::Quarter, Chroma::Full]);
        for chroma in Chroma::ALL {
            assert_eq!(chroma.to_string().parse(), Ok(*chroma));
        }
        assert_eq!("420".parse(), Ok(Chroma::Quarter));
        assert_eq!(format!("{:>7}|{}", Chroma::Quarter, Chroma::Custom(3)), "  4:2:0|custom");
    }

    #[test]
    fn other_names_are_told_what_there_is() {
        for name in ["custom", "Auto", "", "444"] {
            let expected = format!("unknown chroma {name:?} (expected auto, 4:2:0 or 4:4:4)");
            assert_eq!(name.parse::<Chroma>().unwrap_err().to_string(), expected);
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn values_are_stored_by_name() {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Ratio {
            Half,
            Full,
        }

        crate::names! {
            Ratio, "ratio":
            Half = "4:2:0" | "420",
            Full = "4:4:4",
        }

        let stored = serde_json::to_string(Ratio::ALL).unwrap();
        assert_eq!(stored, r#"["4:2:0","4:4:4"]"#);
        assert_eq!(serde_json::from_str::<Vec<Ratio>>(&stored).unwrap(), Ratio::ALL);
        assert_eq!(serde_json::from_str::<Ratio>(r#""420""#).unwrap(), Ratio::Half);
        let refused = serde_json::from_str::<Ratio>(r#""422""#).unwrap_err();
        assert!(refused.to_string().starts_with("unknown ratio \"422\" (expected 4:2:0 or 4:4:4)"), "{refused}");
    }
}
