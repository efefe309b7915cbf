//! The figures as tables.

use std::fmt;

use masthead_benches::files::FOLDER_VARIABLE;
use masthead_variants::VariantSet;

use crate::measure::{Columns, Measured, PlaneQuality, VariantQuality};

/// How near every plane must be to the reference, in decibels.
const LEAST_PSNR: f64 = 50.0;

/// What only rounding in `f64` can part from the reference: a variant of the picture's own size.
const EXACT_PSNR: f64 = 200.0;

/// How far the mean over all pictures of one size may stay behind true linear light followed by 4:2:0.
const MOST_BEHIND: f64 = 1.0;

/// Headings of [`Columns`].
const HEADINGS: [&str; 3] = ["masthead", "baseline", "true linear, 4:2:0"];

/// Everything that was measured; shown as Markdown.
pub(crate) struct Report<'a> {
    pub(crate) photos: &'a [Measured],
    /// Names of generated pictures and the quality of their planes.
    pub(crate) generated: &'a [(String, Vec<PlaneQuality>)],
}

impl Report<'_> {
    /// The bounds that are missed, a line each.
    pub(crate) fn missed(&self) -> Vec<String> {
        let planes = self.planes().filter(|(_, plane)| plane.psnr < LEAST_PSNR).map(|(name, plane)| {
            let PlaneQuality { variant, component, psnr } = plane;
            format!("{name}, {variant}, {component}: {psnr:.2} dB (expected at least {LEAST_PSNR} dB)")
        });
        let names = names();
        let behind = names.iter().enumerate().filter_map(|(index, name)| {
            let Columns { masthead, linear, .. } = self.mean(index, |variant| variant.before);
            (linear - masthead > MOST_BEHIND).then(|| {
                format!("{name}: mean SSIMULACRA2 {masthead:.2} (expected at least {linear:.2} - {MOST_BEHIND:.1})")
            })
        });
        planes.chain(behind).collect()
    }

    /// All planes, with the name of their picture.
    fn planes(&self) -> impl Iterator<Item = (&str, &PlaneQuality)> {
        let photos = self.photos.iter().map(|photo| (photo.name.as_str(), &photo.planes));
        let generated = self.generated.iter().map(|(name, planes)| (name.as_str(), planes));
        photos.chain(generated).flat_map(|(name, planes)| planes.iter().map(move |plane| (name, plane)))
    }

    /// The mean over all photographs of the variant at `index`.
    fn mean(&self, index: usize, of: impl Fn(&VariantQuality) -> Columns<f64>) -> Columns<f64> {
        mean(self.photos.iter().map(|photo| of(&photo.variants[index])))
    }

    fn write_planes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_head(f, "picture", &names())?;
        for photo in self.photos {
            write_row(f, &format!("`{}`", photo.name), &least_of_sizes(photo.planes.iter()))?;
        }
        let generated = self.generated.iter().flat_map(|(_, planes)| planes);
        write_row(f, &format!("{} of `testdata/generated`", self.generated.len()), &least_of_sizes(generated))
    }

    /// Means over all photographs for each size, and each photograph at each size.
    fn write_scores(&self, f: &mut fmt::Formatter<'_>, of: fn(&VariantQuality) -> Columns<f64>) -> fmt::Result {
        let columns = [HEADINGS.as_slice(), &["masthead less true linear"]].concat();
        write_head(f, "mean over all pictures", &columns)?;
        for (index, name) in names().iter().enumerate() {
            let mean = self.mean(index, of);
            let [masthead, baseline, linear] = mean.values().map(|value| format!("{value:.2}"));
            write_row(f, name, &[masthead, baseline, linear, format!("{:+.2}", mean.masthead - mean.linear)])?;
        }
        writeln!(f, "\nEach picture: masthead / baseline / true linear.\n")?;
        write_head(f, "picture", &names())?;
        for photo in self.photos {
            let cell = |variant| of(variant).values().map(|value| format!("{value:.1}")).join(" / ");
            write_row(f, &format!("`{}`", photo.name), &photo.variants.iter().map(cell).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn write_bytes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_head(f, "bytes of all ten files", &HEADINGS)?;
        let mut totals = [0; 3];
        for photo in self.photos {
            let mut sums = [0; 3];
            for variant in &photo.variants {
                for ((sum, total), bytes) in sums.iter_mut().zip(&mut totals).zip(variant.bytes.values()) {
                    *sum += bytes;
                    *total += bytes;
                }
            }
            write_row(f, &format!("`{}`", photo.name), &sums.map(|sum| sum.to_string()))?;
        }
        write_row(f, "all", &totals.map(|total| total.to_string()))
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Quality\n\n\
             Written by `cargo run --release -p masthead-benches --bin quality`; the [README](README.md) says what is \
             measured and how. The first rows are the photographs of `testdata`; the others are made from the \
             folder that `{FOLDER_VARIABLE}` names, when it is set.\n\n\
             ## Planes\n\n\
             PSNR in decibels of the resampled planes against Lanczos3 in `f64` in the same light from the full picture: \
             the lowest of a variant's components. At least {LEAST_PSNR} is required.\n"
        )?;
        self.write_planes(f)?;
        let missed: Vec<_> = self.missed();
        writeln!(
            f,
            "\n## Before encoding\n\n\
             SSIMULACRA2 against Lanczos3 in `f64` on RGB in linear light. Masthead has the chroma of its file here, 4:4:4 up \
             to 240,000 pixels, true linear light 4:2:0; the baseline (RGB in gamma light) has not been encoded and has 4:4:4. The \
             mean over all pictures of one size may be {MOST_BEHIND:.1} below true linear light.\n"
        )?;
        self.write_scores(f, |variant| variant.before)?;
        writeln!(
            f,
            "\n## After encoding\n\n\
             The same with JPEG files of quality 85, decoded again: masthead and true linear light as masthead encodes, the \
             baseline with jpeg-encoder, 4:2:0.\n"
        )?;
        self.write_scores(f, |variant| variant.after)?;
        writeln!(f)?;
        self.write_bytes(f)?;
        writeln!(f, "\n## Missed bounds\n")?;
        if missed.is_empty() {
            return writeln!(f, "None.");
        }
        missed.iter().try_for_each(|line| writeln!(f, "- {line}"))
    }
}

fn names() -> Vec<String> {
    VariantSet::profile_banner().iter().map(|spec| spec.name().to_owned()).collect()
}

fn write_head(f: &mut fmt::Formatter<'_>, first: &str, columns: &[impl AsRef<str>]) -> fmt::Result {
    let columns: Vec<_> = columns.iter().map(AsRef::as_ref).collect();
    writeln!(f, "| {first} | {} |", columns.join(" | "))?;
    writeln!(f, "|---|{}", "---:|".repeat(columns.len()))
}

fn write_row(f: &mut fmt::Formatter<'_>, label: &str, cells: &[String]) -> fmt::Result {
    writeln!(f, "| {label} | {} |", cells.join(" | "))
}

/// The lowest decibels of each size, to a tenth and rounded down: a bound that is missed looks missed.
fn least_of_sizes<'a>(planes: impl Iterator<Item = &'a PlaneQuality> + Clone) -> Vec<String> {
    let least = |name: String| {
        let of_size = planes.clone().filter(|plane| plane.variant == name);
        let least = of_size.map(|plane| plane.psnr).fold(f64::INFINITY, f64::min);
        if least > EXACT_PSNR { "exact".to_owned() } else { format!("{:.1}", (least * 10.0).floor() / 10.0) }
    };
    names().into_iter().map(least).collect()
}

fn mean(columns: impl ExactSizeIterator<Item = Columns<f64>>) -> Columns<f64> {
    let count = columns.len() as f64;
    let sum = columns.fold(Columns::default(), |sum: Columns<f64>, next| Columns {
        masthead: sum.masthead + next.masthead,
        baseline: sum.baseline + next.baseline,
        linear: sum.linear + next.linear,
    });
    Columns { masthead: sum.masthead / count, baseline: sum.baseline / count, linear: sum.linear / count }
}
