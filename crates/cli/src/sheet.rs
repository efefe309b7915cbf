//! A page that shows a picture, its region, and everything made of it. It needs no other file and no script.

use std::cmp::Reverse;
use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use masthead::{Banner, CropRequest, Dimensions, EncodedVariant, Encoding, FileBytes, Options, OutputFormat};
use masthead::{Processor, VariantSet, VariantSpec};

use crate::units::{bytes, count};

/// The longer side of the source as the page shows it, in pixels.
const SOURCE_SIDE: u32 = 1200;

const STYLE: &str = include_str!("sheet.css");

/// The page for one picture: `file` is its content and `title` its name. Where the whole picture cannot be
/// decoded (a banner needs only a part of it), a grey field stands for it.
pub(crate) fn page(title: &str, file: FileBytes, banner: &Banner, options: &Options) -> String {
    let image = banner.region.image();
    let title = escaped(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} - masthead</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p>{image} pixels, region {}: {}, {}</p>\n</header>\n",
        banner.region.rect(),
        count(banner.variants.len(), "file"),
        bytes(banner.total_bytes() as u64),
    );
    source_figure(&mut page, image, source_picture(file, image, options).as_ref(), banner);
    variant_figures(&mut page, banner);
    page += "</body>\n</html>\n";
    page
}

/// The whole picture, small: upright and in sRGB, which the file itself need not be.
fn source_picture(file: FileBytes, image: Dimensions, options: &Options) -> Option<EncodedVariant> {
    let longer = image.width().max(image.height());
    let side = |side: u32| match longer {
        0..=SOURCE_SIDE => side,
        _ => (u64::from(side) * u64::from(SOURCE_SIDE)).div_ceil(longer.into()) as u32,
    };
    let spec = VariantSpec::new("source", side(image.width()), side(image.height()), Encoding::default()).ok()?;
    let options = options.clone().with_variants(VariantSet::new(vec![spec]).ok()?);
    Processor::new(options).render(file, &CropRequest::default()).ok()?.variants.pop()
}

fn source_figure(page: &mut String, image: Dimensions, source: Option<&EncodedVariant>, banner: &Banner) {
    let (width, height) = (image.width(), image.height());
    let region = banner.region.rect();
    let _ = write!(
        page,
        "<section>\n<h2>Source and region</h2>\n<figure class=\"source\" style=\"--shape:{:.4}\">\n\
         <div class=\"frame\" style=\"aspect-ratio:{width}/{height}\">",
        f64::from(width) / f64::from(height),
    );
    if let Some(source) = source {
        let _ = write!(page, "<img alt=\"The whole picture\" src=\"{}\">", data_uri(source));
    }
    let (left, top, across, down) = (region.left(), region.top(), region.width(), region.height());
    let _ = write!(
        page,
        "\n<svg viewBox=\"0 0 {width} {height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\n\
         <path class=\"outside\" d=\"M0 0H{width}V{height}H0ZM{left} {top}h{across}v{down}h-{across}Z\"/>\n"
    );
    let shapes = shapes(banner);
    for (_, shape) in &shapes {
        let part = banner.region.cover(*shape);
        for class in ["halo", "shape"] {
            let _ = writeln!(
                page,
                "<rect class=\"{class}\" x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"/>",
                part.horizontal.start(),
                part.vertical.start(),
                part.horizontal.length(),
                part.vertical.length(),
            );
        }
    }
    for class in ["halo", "region"] {
        let _ =
            writeln!(page, "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{across}\" height=\"{down}\"/>");
    }
    let names: Vec<_> = shapes.iter().map(|(name, _)| name.as_str()).collect();
    let _ = writeln!(
        page,
        "</svg></div>\n<figcaption><b>Solid:</b> the region, {region}. <b>Dashed:</b> the part of it that is shown \
         at {}.{}</figcaption>\n</figure>\n</section>",
        names.join(", "),
        if source.is_some() { "" } else { " The whole picture could not be decoded, so a plain field stands for it." },
    );
}

/// A section for each shape, the widest file first; all at one scale, and never larger than they are.
fn variant_figures(page: &mut String, banner: &Banner) {
    let widest = banner.variants.iter().map(|variant| variant.dimensions.width()).max().unwrap_or(1);
    for (shape, _) in shapes(banner) {
        let mut variants: Vec<_> = banner.variants.iter().filter(|variant| shape_name(variant) == shape).collect();
        variants.sort_by_key(|variant| Reverse(variant.dimensions.width()));
        let _ = writeln!(page, "<section>\n<h2>{shape}</h2>\n<div class=\"variants\">");
        for variant in variants {
            let (width, height) = (variant.dimensions.width(), variant.dimensions.height());
            let share = 100.0 * f64::from(width) / f64::from(widest);
            let checks = if variant.format == OutputFormat::Png { " class=\"checks\"" } else { "" };
            let _ = writeln!(
                page,
                "<figure{checks}><img alt=\"\" width=\"{width}\" height=\"{height}\" \
                 style=\"width:min({width}px,{share:.3}cqw)\" src=\"{}\">\n\
                 <figcaption><b>{}.{}</b><br>{}, {}</figcaption></figure>",
                data_uri(variant),
                escaped(&variant.name),
                variant.format.extension(),
                variant.dimensions,
                bytes(variant.bytes.len() as u64),
            );
        }
        *page += "</div>\n</section>\n";
    }
}

/// The different shapes of the variants by name (`3:1`), with the dimensions of the first of each.
fn shapes(banner: &Banner) -> Vec<(String, Dimensions)> {
    let mut shapes: Vec<(String, Dimensions)> = Vec::new();
    for variant in &banner.variants {
        let name = shape_name(variant);
        if !shapes.iter().any(|(known, _)| *known == name) {
            shapes.push((name, variant.dimensions));
        }
    }
    shapes
}

fn shape_name(variant: &EncodedVariant) -> String {
    let (width, height) = (variant.dimensions.width(), variant.dimensions.height());
    let divisor = greatest_common_divisor(width, height);
    format!("{}:{}", width / divisor, height / divisor)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn data_uri(variant: &EncodedVariant) -> String {
    format!("data:{};base64,{}", variant.format.content_type(), BASE64_STANDARD.encode(&variant.bytes))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out() {
        assert_eq!(escaped("<b>\"&\".jpg"), "&lt;b&gt;&quot;&amp;&quot;.jpg");
    }
}
