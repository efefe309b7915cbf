//! How banners are made: the options that all commands share that make some.

use std::path::PathBuf;

use masthead::{
    CropPolicy, Dimensions, EncodingSettings, Filter, Light, Limits, Options, OutputFormat, Rgb, VariantSet,
};

use crate::encoding::EncodingArgs;
use crate::numbers::whole;
use crate::set;
use crate::words::words;

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
  restart-rows = 8        # rows of MCUs between restart markers

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
    #[arg(long, default_value_t, value_parser = words(Light::ALL, light_help))]
    light: Light,

    /// The resampling filter
    #[arg(long, default_value_t, value_parser = words(Filter::ALL, filter_help))]
    filter: Filter,

    /// Refuse files that are longer
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().bytes as u32,
          value_parser = whole(1..=u32::MAX), allow_negative_numbers = true)]
    max_bytes: u32,

    /// Refuse pictures that are smaller, down to 1x1
    #[arg(long, value_name = "WxH", default_value_t = Limits::default().min_dimensions, allow_hyphen_values = true)]
    min_size: Dimensions,

    /// Refuse regions that are smaller, down to 1x1
    #[arg(long, value_name = "WxH", default_value_t = Options::default().min_region, allow_hyphen_values = true)]
    min_region: Dimensions,
}

fn light_help(light: &Light) -> &'static str {
    match light {
        Light::Linear => "Linear light, as a lens does: fine detail and text keep their brightness",
        Light::Gamma => "The stored values, as most programs do: a little faster",
    }
}

fn filter_help(filter: &Filter) -> &'static str {
    match filter {
        Filter::Box => "The plain average",
        Filter::Triangle => "Bilinear",
        Filter::CatmullRom => "A sharp cubic",
        Filter::Mitchell => "A soft cubic",
        Filter::Lanczos3 => "The sharpest",
        _ => "",
    }
}

impl BannerArgs {
    /// The options of the engine.
    ///
    /// # Errors
    /// When the set file is not a set, and when an option has nothing to act on.
    pub(crate) fn options(&self, crop_policy: CropPolicy) -> Result<Options, String> {
        let settings = self.encoding.settings();
        let variants = match &self.set.set {
            Some(path) => set::read(path, &settings)?,
            None => {
                let encoding = EncodingSettings::default().encoding(&settings);
                VariantSet::profile_banner().with_encoding(encoding.map_err(|error| error.to_string())?)
            }
        };
        for (format, other, name) in
            [(OutputFormat::Jpeg, OutputFormat::Png, "JPEG"), (OutputFormat::Png, OutputFormat::Jpeg, "PNG")]
        {
            let none = variants.iter().all(|spec| spec.encoding().format() != format);
            if let (true, [option, ..]) = (none, &settings.meaningless_in(other)[..]) {
                return Err(format!("--{option} is for {name} files, and none will be made (see --format)"));
            }
        }
        let EngineArgs { light, filter, min_size, min_region, .. } = self.engine;
        let limits = Limits::default().with_bytes(self.max_bytes()).with_min_dimensions(min_size);
        let most = limits.max_dimensions;
        if min_size.width() > most.width() || min_size.height() > most.height() {
            return Err(format!("--min-size is {min_size}, and pictures of at most {most} are accepted"));
        }
        Ok(Options::default()
            .with_variants(variants)
            .with_limits(limits)
            .with_min_region(min_region)
            .with_crop_policy(crop_policy)
            .with_light(light)
            .with_filter(filter)
            .with_background(self.set.background))
    }

    /// The longest file that is read.
    pub(crate) fn max_bytes(&self) -> usize {
        self.engine.max_bytes as usize
    }
}
