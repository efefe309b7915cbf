//! The figures as tables.

use std::fmt;

use masthead_benches::files::FOLDER_VARIABLE;
use masthead_picture::Sampling;
use masthead_variants::VariantSet;

use crate::measure::{Columns, Measured, PlaneQuality, SOFTENINGS, VariantQuality};

/// How near every plane must be to the same plane in `f64`, in decibels. When masthead-resample starts from a reduced level of its
/// pyramid is fitted to 50, and the plane nearest to that has 51.6 (`van-2048x1358.png`). Rounding alone costs all but 58.9.
const LEAST_PSNR: f64 = 50.0;

/// What only rounding in `f64` can part from the reference: a variant of the picture's own size.
const EXACT_PSNR: f64 = 200.0;

/// How many points the mean over all pictures of one size may stay behind the same planes in `f64`. Both are made of the same samples,
/// in the same light, with the same chroma; integers and reduced levels cost less than a tenth of a point.
const MOST_BEHIND_EXACT: f64 = 0.25;

/// How many points a picture in 4:2:0 may stay behind true linear light in 4:2:0. That has softer chroma, because it is averaged over
/// 2x2 pixels, and masthead's is averaged as it is stored: together masthead is 0.1 to 0.5 above over all photographs, and 0.1 below
/// over those of `testdata`.
const MOST_BEHIND_HALF: f64 = 0.25;

/// The same in 4:4:4, where true linear light has all of its chroma: 1.7 to 3.2 points over all photographs, and less over those
/// of `testdata`, two of which are grey or RGB.
const MOST_BEHIND_FULL: f64 = 3.5;

/// The loss that must not pass, in points.
const POINT: f64 = 1.0;

/// Headings of [`Columns`].
const HEADINGS: [&str; 3] = ["masthead", "baseline", "true linear"];

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
        planes.chain(names().iter().enumerate().flat_map(|(index, name)| self.missed_means(index, name))).collect()
    }

    /// The bounds on means that the variant at `index` misses.
    fn missed_means(&self, index: usize, name: &str) -> Vec<String> {
        let masthead = self.mean(index, |variant| variant.before.masthead);
        let least_exact = self.mean(index, |variant| variant.exact) - MOST_BEHIND_EXACT;
        let least_linear = self.mean(index, |variant| {
            let is_full = variant.chroma == Sampling::FULL;
            variant.before.linear - if is_full { MOST_BEHIND_FULL } else { MOST_BEHIND_HALF }
        });
        let mut missed = Vec::new();
        for (least, what) in [(least_exact, "the same planes in f64"), (least_linear, "true linear light")] {
            if masthead < least {
                missed.push(format!(
                    "{name}: mean SSIMULACRA2 {masthead:.2} (expected at least {least:.2} beside {what})"
                ));
            }
        }
        // A bound is worth something only while what is a point worse misses it: in numbers, and in pictures.
        let (_, softened) = self.softened(index);
        for worse in [masthead - POINT, softened] {
            if worse >= least_exact {
                let loss = masthead - worse;
                missed.push(format!(
                    "{name}: a loss of {loss:.2} to {worse:.2} would pass (expected less than {least_exact:.2})"
                ));
            }
        }
        missed
    }

    /// All planes, with the name of their picture.
    fn planes(&self) -> impl Iterator<Item = (&str, &PlaneQuality)> {
        let photos = self.photos.iter().map(|photo| (photo.name.as_str(), &photo.planes));
        let generated = self.generated.iter().map(|(name, planes)| (name.as_str(), planes));
        photos.chain(generated).flat_map(|(name, planes)| planes.iter().map(move |plane| (name, plane)))
    }

    /// The mean over all photographs of the variant at `index`.
    fn mean(&self, index: usize, of: impl Fn(&VariantQuality) -> f64) -> f64 {
        self.photos.iter().map(|photo| of(&photo.variants[index])).sum::<f64>() / self.photos.len() as f64
    }

    /// The least softening that costs a point at this size, and the mean of what is left; the strongest if none does.
    fn softened(&self, index: usize) -> (f64, f64) {
        let masthead = self.mean(index, |variant| variant.before.masthead);
        let mut scores = (0..).zip(SOFTENINGS).map(|(i, part)| (part, self.mean(index, |variant| variant.softened[i])));
        let strongest = scores.clone().last().expect("there are some");
        scores.find(|(_, score)| masthead - score >= POINT).unwrap_or(strongest)
    }

    /// What the bounds on means are about: a row for each size.
    fn write_bounds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = ["masthead", "same planes in `f64`", "difference", "softened", "costs", "passes"];
        write_head(f, "mean over all pictures", &columns)?;
        for (index, name) in names().iter().enumerate() {
            let masthead = self.mean(index, |variant| variant.before.masthead);
            let exact = self.mean(index, |variant| variant.exact);
            let (part, softened) = self.softened(index);
            let passes = if softened < exact - MOST_BEHIND_EXACT { "no" } else { "yes" };
            let [difference, loss] = [masthead - exact, softened - masthead].map(|points| format!("{points:+.2}"));
            let [masthead, exact] = [masthead, exact].map(|score| format!("{score:.2}"));
            write_row(f, name, &[masthead, exact, difference, part.to_string(), loss, passes.to_owned()])?;
        }
        Ok(())
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
            let means = [0, 1, 2].map(|column: usize| self.mean(index, |variant| of(variant).values()[column]));
            let [masthead, baseline, linear] = means.map(|value| format!("{value:.2}"));
            write_row(f, name, &[masthead, baseline, linear, format!("{:+.2}", means[0] - means[2])])?;
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
             SSIMULACRA2 against Lanczos3 in `f64` on RGB in linear light. First masthead beside its own planes, resampled in `f64`: \
             the mean over all pictures of one size may be {MOST_BEHIND_EXACT} lower. Then the check of the check: the same pictures with \
             each sample of luma moved by a part of the way to the mean of its neighbours, as far as costs a point; that must not pass.\n"
        )?;
        self.write_bounds(f)?;
        writeln!(
            f,
            "\nThen beside true linear light with the chroma of masthead's file: 4:4:4 up to 240,000 pixels where the picture has it, 4:2:0 \
             above. The mean may be {MOST_BEHIND_HALF} lower for files of 4:2:0, and {MOST_BEHIND_FULL} for those of 4:4:4, \
             where chroma that is averaged as it is stored costs something. The baseline (RGB in gamma light) has not been \
             encoded and has 4:4:4.\n"
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
