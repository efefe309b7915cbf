//! How banners are made: the options that all commands share that make some.

use std::path::PathBuf;

use clap::ValueEnum;
use masthead::{CropPolicy, Filter, Light, Limits, Options, OutputFormat, Rgb, VariantSet};

use crate::encoding::{EncodingArgs, FormatName};
use crate::set;

/// Everything that says what is made of a picture and its region.
#[derive(clap::Args)]
pub(crate) struct BannerArgs {
    #[command(flatten)]
    set: SetArgs,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    engine: EngineArgs,
}

/// The sizes to make.
#[derive(clap::Args)]
#[command(next_help_heading = "Files")]
struct SetArgs {
    /// Make the sizes of a TOML file instead of the ten of a profile banner
    #[arg(long, value_name = "FILE.toml", long_help = SET_HELP)]
    set: Option<PathBuf>,

    /// Colour behind transparent pixels in JPEG files: rrggbb, rgb (hexadecimal), black, white or grey
    #[arg(long, value_name = "COLOUR", default_value = "white")]
    background: Rgb,
}

const SET_HELP: &str = "\
Make the sizes of a TOML file instead of the ten of a profile banner

It holds a table for each file to make. All but name, width and height may be left out:

  [[variant]]
  name = \"cover\"          # of the file: letters, digits, - and _
  width = 1200            # 1 to 8192
  height = 400            # 1 to 8192
  format = \"jpeg\"         # or \"png\"
  quality = 85            # 1 to 100
  chroma-quality = 80     # 1 to 100; the quality, if it is left out
  chroma = \"auto\"         # or \"4:2:0\", \"4:4:4\"
  quantisation = \"tuned\"  # or \"standard\"
  coding = \"optimal\"      # or \"standard\", \"progressive\"

  [[variant]]
  name = \"logo\"
  width = 320
  height = 320
  format = \"png\"
  effort = \"balanced\"     # or \"fast\", \"small\"

What a table leaves out is taken from the options of the command line.";

/// How pictures are read and resampled.
#[derive(clap::Args)]
#[command(next_help_heading = "Engine")]
struct EngineArgs {
    /// In which light pixels are averaged
    #[arg(long, value_enum, default_value_t = LightName::Linear)]
    light: LightName,

    /// The resampling filter
    #[arg(long, value_enum, default_value_t = FilterName::Lanczos3)]
    filter: FilterName,

    /// Refuse files that are longer
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().bytes as u32,
          value_parser = clap::value_parser!(u32).range(1..), allow_negative_numbers = true)]
    max_bytes: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum LightName {
    /// Linear light, as a lens does: fine detail and text keep their brightness
    Linear,
    /// The stored values, as most programs do: a little faster
    Gamma,
}

#[derive(Clone, Copy, ValueEnum)]
enum FilterName {
    /// The plain average
    Box,
    /// Bilinear
    Triangle,
    /// A sharp cubic
    CatmullRom,
    /// A soft cubic
    Mitchell,
    /// The sharpest
    Lanczos3,
}

impl BannerArgs {
    /// The options of the engine.
    ///
    /// # Errors
    /// When the set file is not a set, and when an option has nothing to act on.
    pub(crate) fn options(&self, crop_policy: CropPolicy) -> Result<Options, String> {
        let variants = match &self.set.set {
            Some(path) => set::read(path, &self.encoding)?,
            None => VariantSet::profile_banner().with_encoding(self.encoding.encoding()),
        };
        for (format, other, name) in
            [(OutputFormat::Jpeg, FormatName::Png, "JPEG"), (OutputFormat::Png, FormatName::Jpeg, "PNG")]
        {
            let none = variants.iter().all(|spec| spec.encoding().format() != format);
            if let (true, [option, ..]) = (none, &self.encoding.meaningless_in(other)[..]) {
                return Err(format!("--{option} is for {name} files, and none will be made (see --format)"));
            }
        }
        Ok(Options::default()
            .with_variants(variants)
            .with_limits(Limits::default().with_bytes(self.max_bytes()))
            .with_crop_policy(crop_policy)
            .with_light(match self.engine.light {
                LightName::Linear => Light::Linear,
                LightName::Gamma => Light::Gamma,
            })
            .with_filter(match self.engine.filter {
                FilterName::Box => Filter::Box,
                FilterName::Triangle => Filter::Triangle,
                FilterName::CatmullRom => Filter::CatmullRom,
                FilterName::Mitchell => Filter::Mitchell,
                FilterName::Lanczos3 => Filter::Lanczos3,
            })
            .with_background(self.set.background))
    }

    /// The longest file that is read.
    pub(crate) fn max_bytes(&self) -> usize {
        self.engine.max_bytes as usize
    }
}
