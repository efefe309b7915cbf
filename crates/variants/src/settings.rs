//! What is said of a variant, where much may be left to defaults: a table of a file of sets, or options of a command line.

use std::num::NonZeroU16;

use masthead_encode::{Coding, JpegOptions, PngEffort, PngOptions, Quality, Quantisation};

use crate::{Chroma, Encoding, MeaninglessSetting, OutputFormat, SetError, VariantSpec};

/// The options of an encoding, each of which may be missing.
///
/// ```
/// use masthead_encode::PngEffort;
/// use masthead_variants::{EncodingSettings, OutputFormat};
///
/// let all = EncodingSettings::default().with_format(OutputFormat::Png);
/// assert_eq!(EncodingSettings::default().encoding(&all)?.format(), OutputFormat::Png);
///
/// let own = EncodingSettings::default().with_effort(PngEffort::Small);
/// let error = own.encoding(&EncodingSettings::default()).unwrap_err();
/// assert_eq!(error.to_string(), "effort is for png files, and the format is jpeg");
/// # Ok::<(), masthead_variants::MeaninglessSetting>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EncodingSettings {
    /// The format.
    pub format: Option<OutputFormat>,
    /// [`JpegOptions::quality`].
    pub quality: Option<Quality>,
    /// [`JpegOptions::chroma_quality`].
    pub chroma_quality: Option<Quality>,
    /// Chroma subsampling of a JPEG file.
    pub chroma: Option<Chroma>,
    /// [`JpegOptions::quantisation`].
    pub quantisation: Option<Quantisation>,
    /// [`JpegOptions::coding`].
    pub coding: Option<Coding>,
    /// [`JpegOptions::restart_rows`].
    pub restart_rows: Option<NonZeroU16>,
    /// [`PngOptions::effort`].
    pub effort: Option<PngEffort>,
}

impl EncodingSettings {
    /// With this [`format`](Self::format); `None` leaves it to defaults.
    #[must_use]
    pub fn with_format(self, format: impl Into<Option<OutputFormat>>) -> Self {
        Self { format: format.into(), ..self }
    }

    /// With this [`quality`](Self::quality); `None` leaves it to defaults.
    #[must_use]
    pub fn with_quality(self, quality: impl Into<Option<Quality>>) -> Self {
        Self { quality: quality.into(), ..self }
    }

    /// With this [`chroma_quality`](Self::chroma_quality); `None` leaves it to defaults.
    #[must_use]
    pub fn with_chroma_quality(self, chroma_quality: impl Into<Option<Quality>>) -> Self {
        Self { chroma_quality: chroma_quality.into(), ..self }
    }

    /// With this [`chroma`](Self::chroma); `None` leaves it to defaults.
    #[must_use]
    pub fn with_chroma(self, chroma: impl Into<Option<Chroma>>) -> Self {
        Self { chroma: chroma.into(), ..self }
    }

    /// With this [`quantisation`](Self::quantisation); `None` leaves it to defaults.
    #[must_use]
    pub fn with_quantisation(self, quantisation: impl Into<Option<Quantisation>>) -> Self {
        Self { quantisation: quantisation.into(), ..self }
    }

    /// With this [`coding`](Self::coding); `None` leaves it to defaults.
    #[must_use]
    pub fn with_coding(self, coding: impl Into<Option<Coding>>) -> Self {
        Self { coding: coding.into(), ..self }
    }

    /// With this [`restart_rows`](Self::restart_rows); `None` leaves it to defaults.
    #[must_use]
    pub fn with_restart_rows(self, restart_rows: impl Into<Option<NonZeroU16>>) -> Self {
        Self { restart_rows: restart_rows.into(), ..self }
    }

    /// With this [`effort`](Self::effort); `None` leaves it to defaults.
    #[must_use]
    pub fn with_effort(self, effort: impl Into<Option<PngEffort>>) -> Self {
        Self { effort: effort.into(), ..self }
    }

    /// The keys of the settings that are there and mean nothing in files of `format`.
    #[must_use]
    pub fn meaningless_in(&self, format: OutputFormat) -> Vec<&'static str> {
        let given = match format {
            OutputFormat::Jpeg => vec![("effort", self.effort.is_some())],
            OutputFormat::Png => vec![
                ("quality", self.quality.is_some()),
                ("chroma-quality", self.chroma_quality.is_some()),
                ("chroma", self.chroma.is_some()),
                ("quantisation", self.quantisation.is_some()),
                ("coding", self.coding.is_some()),
                ("restart-rows", self.restart_rows.is_some()),
            ],
        };
        given.into_iter().filter_map(|(key, given)| given.then_some(key)).collect()
    }

    /// The encoding that these settings mean. What is missing is taken from `defaults`, and what is missing there too is as in
    /// [`Encoding::default`]. Defaults that mean nothing in the format are passed over.
    ///
    /// # Errors
    /// When one of these settings means nothing in the format.
    pub fn encoding(&self, defaults: &Self) -> Result<Encoding, MeaninglessSetting> {
        let format = self.format.or(defaults.format).unwrap_or(OutputFormat::Jpeg);
        if let Some(&key) = self.meaningless_in(format).first() {
            return Err(MeaninglessSetting { key, format });
        }
        Ok(match format {
            OutputFormat::Jpeg => {
                let options = JpegOptions::default()
                    .with_quality(self.quality.or(defaults.quality).unwrap_or_default())
                    .with_chroma_quality(self.chroma_quality.or(defaults.chroma_quality))
                    .with_quantisation(self.quantisation.or(defaults.quantisation).unwrap_or_default())
                    .with_coding(self.coding.or(defaults.coding).unwrap_or_default())
                    .with_restart_rows(self.restart_rows.or(defaults.restart_rows));
                Encoding::jpeg(options).with_chroma(self.chroma.or(defaults.chroma).unwrap_or_default())
            }
            OutputFormat::Png => {
                let effort = self.effort.or(defaults.effort).unwrap_or_default();
                Encoding::png(PngOptions::default().with_effort(effort))
            }
        })
    }
}

impl From<Encoding> for EncodingSettings {
    /// All that the encoding says.
    fn from(encoding: Encoding) -> Self {
        let format = Some(encoding.format());
        match encoding {
            Encoding::Jpeg { options, chroma } => Self {
                format,
                quality: Some(options.quality),
                chroma_quality: options.chroma_quality,
                chroma: Some(chroma),
                quantisation: Some(options.quantisation),
                coding: Some(options.coding),
                restart_rows: options.restart_rows,
                effort: None,
            },
            Encoding::Png(options) => Self { format, effort: Some(options.effort), ..Self::default() },
        }
    }
}

/// What is said of a variant: its name and size, and of its encoding what is not left to defaults.
///
/// With the feature `serde` it is a flat table: `name`, `width`, `height`, and if need be `format`, `quality`, `chroma-quality`,
/// `chroma`, `quantisation`, `coding`, `restart-rows`, `effort`. Other keys are refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct VariantSettings {
    /// The name.
    pub name: String,
    /// Width of the file, in pixels.
    pub width: u32,
    /// Height of the file, in pixels.
    pub height: u32,
    /// How it is written.
    pub encoding: EncodingSettings,
}

impl VariantSettings {
    /// What is said of a variant of this name and size, its encoding left to defaults.
    #[must_use]
    pub fn new(name: impl Into<String>, width: u32, height: u32) -> Self {
        Self { name: name.into(), width, height, encoding: EncodingSettings::default() }
    }

    /// With this [`VariantSettings::encoding`].
    #[must_use]
    pub fn with_encoding(self, encoding: EncodingSettings) -> Self {
        Self { encoding, ..self }
    }

    /// The variant. What is missing of its encoding is taken from `defaults`, as in [`EncodingSettings::encoding`].
    ///
    /// # Errors
    /// As [`VariantSpec::new`], and when a setting means nothing in the format.
    pub fn spec(self, defaults: &EncodingSettings) -> Result<VariantSpec, SetError> {
        match self.encoding.encoding(defaults) {
            Ok(encoding) => VariantSpec::new(self.name, self.width, self.height, encoding),
            Err(error) => Err(SetError::Setting { name: self.name, error }),
        }
    }
}
