//! Valid JPEGs of every layout and process.

use crate::GeneratedFile;
use crate::jpeg::Jpeg;
use crate::scene::{Pixels, scene};

/// Whole MCUs for every sampling used here.
const EVEN: (usize, usize) = (256, 128);
/// Cut by the edge of blocks, MCUs and chroma samples in both directions.
const ODD: (usize, usize) = (251, 127);

pub(super) fn files() -> Vec<GeneratedFile> {
    [subsampled(), one_component(), processes(), colour_models()].concat()
}

fn subsampled() -> Vec<GeneratedFile> {
    let factors = [
        ("444", (1, 1), "chroma at full size"),
        ("422", (2, 1), "chroma at half width"),
        ("440", (1, 2), "chroma at half height"),
        ("420", (2, 2), "chroma at half width and height, what cameras write"),
        ("411", (4, 1), "chroma at a quarter of the width"),
        ("410", (4, 2), "chroma at a quarter of the width and half the height"),
    ];
    let mut files = Vec::new();
    for (name, luma, proves) in factors {
        let encode = |picture: &Pixels| Jpeg::ycbcr(picture).with_sampling(&[luma]).encode();
        files.push(GeneratedFile::new(format!("jpeg-{name}.jpg"), proves, encode(&even())));
        files.push(GeneratedFile::new(
            format!("jpeg-{name}-odd.jpg"),
            "the same where the edge cuts blocks and chroma samples",
            encode(&odd()),
        ));
    }
    let chroma_finer = [(1, 1), (2, 2), (2, 2)];
    files.push(GeneratedFile::new(
        "jpeg-luma-subsampled.jpg",
        "luma at half the width and height of chroma",
        Jpeg::ycbcr(&even()).with_sampling(&chroma_finer).encode(),
    ));
    let mixed = [(2, 2), (2, 1), (1, 2)];
    files.push(GeneratedFile::new(
        "jpeg-chroma-mixed-odd.jpg",
        "Cb at half height, Cr at half width",
        Jpeg::ycbcr(&odd()).with_sampling(&mixed).encode(),
    ));
    files
}

fn one_component() -> Vec<GeneratedFile> {
    let doubled = |picture| Jpeg::grey(&picture).with_sampling(&[(2, 2)]);
    vec![
        GeneratedFile::new("jpeg-grey.jpg", "a single component", Jpeg::grey(&even()).encode()),
        GeneratedFile::new("jpeg-grey-odd.jpg", "the same at an odd size", Jpeg::grey(&odd()).encode()),
        GeneratedFile::new(
            "jpeg-grey-2x2.jpg",
            "sampling factors of a single component mean nothing: blocks stay in plain row order",
            doubled(even()).encode(),
        ),
        GeneratedFile::new("jpeg-grey-2x2-odd.jpg", "the same at an odd size", doubled(odd()).encode()),
        GeneratedFile::new(
            "jpeg-grey-progressive.jpg",
            "progressive with a single component",
            Jpeg::grey(&even()).progressive().encode(),
        ),
    ]
}

fn processes() -> Vec<GeneratedFile> {
    let full = |picture| Jpeg::ycbcr(&picture);
    let halved = |picture| Jpeg::ycbcr(&picture).with_sampling(&[(2, 2)]);
    let made = |name: &str, proves, jpeg: Jpeg| GeneratedFile::new(name, proves, jpeg.encode());
    vec![
        made(
            "jpeg-progressive-444.jpg",
            "progressive: spectral selection, successive approximation, runs of ended bands",
            full(even()).progressive(),
        ),
        made("jpeg-progressive-420.jpg", "the same with subsampled chroma", halved(even()).progressive()),
        made(
            "jpeg-progressive-420-odd.jpg",
            "scans of one component have fewer blocks than the padded planes",
            halved(odd()).progressive(),
        ),
        made(
            "jpeg-restart-420.jpg",
            "a restart marker every 5 MCUs, which is not a whole row",
            halved(even()).with_restart_interval(5),
        ),
        made(
            "jpeg-restart-420-odd.jpg",
            "a restart marker after each row of MCUs",
            halved(odd()).with_restart_interval(16),
        ),
        made(
            "jpeg-restart-grey.jpg",
            "intervals of a few bytes that go from one row into the next",
            Jpeg::grey(&even()).with_restart_interval(3),
        ),
        made(
            "jpeg-restart-multi-scan-444.jpg",
            "the same in a scan for each component",
            full(even()).one_scan_each().with_restart_interval(3),
        ),
        made(
            "jpeg-restart-progressive-420.jpg",
            "restart markers end a run of ended bands",
            halved(even()).progressive().with_restart_interval(7),
        ),
        made(
            "jpeg-multi-scan-444.jpg",
            "sequential with a scan for each component: no row is complete before the last scan",
            full(even()).one_scan_each(),
        ),
        made("jpeg-multi-scan-420-odd.jpg", "the same with planes of different sizes", halved(odd()).one_scan_each()),
        made("jpeg-extended-420.jpg", "SOF1 with 8 bits decodes like baseline", halved(even()).extended()),
        made(
            "jpeg-dnl-420.jpg",
            "height 0 in the header, given by a DNL segment after the scan",
            halved(even()).with_height_after_scan(),
        ),
    ]
}

fn colour_models() -> Vec<GeneratedFile> {
    let picture = even();
    let halved = [(2, 2), (1, 1), (1, 1), (2, 2)];
    let made = |name: &str, proves, jpeg: Jpeg| GeneratedFile::new(name, proves, jpeg.encode());
    vec![
        made("jpeg-rgb-adobe.jpg", "RGB by Adobe's transform 0", Jpeg::rgb_by_adobe_marker(&picture)),
        made(
            "jpeg-rgb-ids.jpg",
            "RGB by the component identifiers R, G, B, without JFIF and Adobe segments",
            Jpeg::rgb_by_component_ids(&picture),
        ),
        made("jpeg-cmyk-adobe.jpg", "CMYK, inverted as Adobe stores it", Jpeg::cmyk(&picture)),
        made(
            "jpeg-cmyk-no-adobe.jpg",
            "four components without an Adobe segment, also stored inverted",
            Jpeg::cmyk_without_adobe_marker(&picture),
        ),
        made("jpeg-ycck-444.jpg", "YCCK by Adobe's transform 2", Jpeg::ycck(&picture)),
        made(
            "jpeg-ycck-420.jpg",
            "the same with subsampled chroma and full-size black",
            Jpeg::ycck(&picture).with_sampling(&halved),
        ),
        made("jpeg-ycck-420-odd.jpg", "the same at an odd size", Jpeg::ycck(&odd()).with_sampling(&halved)),
    ]
}

fn even() -> Pixels {
    scene(EVEN.0, EVEN.1)
}

fn odd() -> Pixels {
    scene(ODD.0, ODD.1)
}
