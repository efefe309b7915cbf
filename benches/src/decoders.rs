//! JPEG decoders beside each other: masthead's, libjpeg-turbo and zune-jpeg. All of them read the header and decode MCU rows to samples of
//! the components as they are stored, into buffers of one MCU row: nothing is upsampled, no colour converted.

use std::error::Error;

use masthead_decode::FileBytes;
use masthead_jpeg::{Header, RowDecoder};
use masthead_libjpeg_turbo::{AVAILABLE, Coefficients, Decoder, Script};
use masthead_picture::Rect;
use masthead_variants::RenderOptions;
use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::{JpegDecoder, RawImcuRowStatus};

use crate::files::{self, PictureFile, banner_plan};

/// The most scans of a file here.
const MOST_SCANS: usize = 100;

/// A JPEG file that is decoded.
#[derive(Clone, Debug)]
pub struct Jpeg {
    /// The name of the file, and what has been done to it.
    pub name: String,
    /// What is in it.
    pub bytes: FileBytes,
    /// The whole picture.
    pub whole: Rect,
    /// What its ten banners need.
    pub banners: Rect,
}

impl Jpeg {
    fn new(name: String, bytes: FileBytes) -> Result<Self, masthead_decode::Error> {
        let file = PictureFile { name, bytes };
        let header = file.decoder()?.header().clone();
        let banners = banner_plan(&header, &RenderOptions::default()).window();
        Ok(Self { name: file.name, bytes: file.bytes, whole: Rect::of(header.stored), banners })
    }
}

/// The photographs of `testdata` and of the folder that [`files::FOLDER_VARIABLE`] names, and what libjpeg-turbo makes of the largest one: the
/// same picture in a hundred scans, and as tiles of a picture of 8192 by 8192 pixels or nearly so, in one scan and progressive. Says so on
/// standard error when the folder or libjpeg-turbo is missing.
///
/// # Errors
/// When a file cannot be read.
pub fn jpegs() -> Result<Vec<Jpeg>, Box<dyn Error>> {
    let mut jpegs = Vec::new();
    for file in files::with_further(files::photos()) {
        if file.bytes.starts_with(&[0xff, 0xd8]) {
            jpegs.push(Jpeg::new(file.name, file.bytes)?);
        }
    }
    if !AVAILABLE {
        eprintln!(
            "libjpeg-turbo is missing (Debian: libjpeg62-turbo-dev): it and what it would have written are not measured"
        );
        return Ok(jpegs);
    }
    let baseline = jpegs.iter().filter(|jpeg| Header::read(&jpeg.bytes, MOST_SCANS).is_ok_and(|it| it.scans() == 1));
    if let Some(largest) = baseline.max_by_key(|jpeg| jpeg.bytes.len()) {
        let name = largest.name.trim_end_matches(".jpg").to_owned();
        let picture = Coefficients::read(&largest.bytes)?;
        let tiled = picture.tiled(8192 / largest.whole.width(), 8192 / largest.whole.height());
        let many = picture.write(&Script::many(picture.components.len()), 0, false)?;
        jpegs.push(Jpeg::new(format!("{name} in 100 scans"), many.into())?);
        for (script, kind) in [(Script::Interleaved, "tiled to 8K"), (Script::Progressive, "tiled to 8K, progressive")]
        {
            jpegs.push(Jpeg::new(format!("{name} {kind}"), tiled.write(&script, 0, false)?.into())?);
        }
    }
    Ok(jpegs)
}

/// A decoder that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JpegDecoding {
    /// Masthead's.
    Masthead,
    /// That of the system.
    LibjpegTurbo,
    /// zune-jpeg.
    ZuneJpeg,
}

impl JpegDecoding {
    /// All that there are here.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let turbo = AVAILABLE.then_some(Self::LibjpegTurbo);
        [Some(Self::Masthead), turbo, Some(Self::ZuneJpeg)].into_iter().flatten().collect()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Masthead => "masthead",
            Self::LibjpegTurbo => "libjpeg-turbo",
            Self::ZuneJpeg => "zune-jpeg",
        }
    }

    /// Decodes a window: all of its rows and no row below it. Only masthead leaves out columns beside it. A sample is returned, so that
    /// nothing is optimised away.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn decode(self, file: &[u8], window: Rect) -> Result<u8, Box<dyn Error>> {
        match self {
            Self::Masthead => masthead(file, window),
            Self::LibjpegTurbo => Ok(Decoder::default().decode(file, window.bottom())?),
            Self::ZuneJpeg => zune_jpeg(file, window),
        }
    }
}

fn masthead(file: &[u8], window: Rect) -> Result<u8, Box<dyn Error>> {
    let header = Header::read(file, MOST_SCANS)?;
    let mut decoder = RowDecoder::new(file, &header, window)?;
    let mut rows: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
    let mut buffers: Vec<&mut [u8]> = rows.iter_mut().map(Vec::as_mut_slice).collect();
    for _ in 0..decoder.mcu_rows().end {
        decoder.decode_mcu_row(&mut buffers)?;
    }
    Ok(rows[0][0])
}

fn zune_jpeg(file: &[u8], window: Rect) -> Result<u8, Box<dyn Error>> {
    let mut decoder = JpegDecoder::new(ZCursor::new(file));
    decoder.set_options(DecoderOptions::default().jpeg_set_max_scans(MOST_SCANS));
    let error = |error| format!("{error:?}");
    decoder.decode_headers().map_err(error)?;
    let mut raw = decoder.raw_output();
    let (Some(layout), Some(components)) = (raw.layout(), raw.num_components()) else {
        return Err("zune-jpeg knows no layout".into());
    };
    let layout = &layout[..components];
    let strides: Vec<usize> = layout.iter().map(|plane| plane.width).collect();
    let mut rows: Vec<Vec<u8>> =
        layout.iter().map(|plane| vec![0; plane.width * plane.vertical_sampling_factor * 8]).collect();
    let mut buffers: Vec<&mut [u8]> = rows.iter_mut().map(Vec::as_mut_slice).collect();
    let mut made = 0;
    while made < window.bottom() as usize {
        match raw.decode_next_imcu_row(&mut buffers, &strides).map_err(error)? {
            RawImcuRowStatus::RowReady { rows_written } => made += rows_written[0],
            _ => break,
        }
    }
    Ok(rows[0][0])
}
