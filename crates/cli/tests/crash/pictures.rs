//! What is uploaded, and the banner that must come of it.

use std::sync::OnceLock;

use masthead::{
    CropRequest, Dimensions, Encoding, Interleaved, Options, Picture, PngOptions, Processor, Threads, VariantSet,
    VariantSpec,
};

/// Pictures of one user. They are uploaded in turn: long before the first comes again, everybody has forgotten it.
pub(crate) const PER_USER: usize = 12;

/// A picture, small enough to be uploaded many times a second.
pub(crate) struct Upload {
    pub(crate) content_type: &'static str,
    pub(crate) file: Vec<u8>,
    banner: OnceLock<Vec<Variant>>,
}

/// A file that the server must serve, byte for byte.
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

impl Upload {
    /// Picture `number` of user `user`, unlike all others.
    pub(crate) fn new(user: usize, number: usize) -> Self {
        const WIDTH: u32 = 600;
        const HEIGHT: u32 = 200;
        let (base, step) = (40 + 50 * user as u32, 20 * number as u32);
        let pixel = |row: u32, column: u32| [base as u8, (column * 255 / WIDTH) as u8, ((row + step) % 256) as u8];
        let pixels: Vec<u8> =
            (0..HEIGHT).flat_map(|row| (0..WIDTH).flat_map(move |column| pixel(row, column))).collect();
        let dimensions = Dimensions::new(WIDTH, HEIGHT).unwrap();
        let picture = Picture::from_interleaved(&pixels, dimensions, Interleaved::Rgb).unwrap();

        let (encoding, content_type) = match number % 2 {
            0 => (Encoding::default(), "image/jpeg"),
            _ => (Encoding::Png(PngOptions::default()), "image/png"),
        };
        let file = VariantSpec::new("upload", WIDTH, HEIGHT, encoding).unwrap();
        let variants = VariantSet::new(vec![file]).unwrap();
        let processor = Processor::new(Options::default().with_variants(variants));
        let banner = processor.render_picture(picture, &CropRequest::default()).unwrap();
        let file = banner.variants.into_iter().next().unwrap().bytes;
        Self { content_type, file, banner: OnceLock::new() }
    }

    /// What the library makes of it: the same bytes whatever the number of threads.
    pub(crate) fn banner(&self) -> &[Variant] {
        self.banner.get_or_init(|| {
            let processor = Processor::new(Options::default().with_threads(Threads::Caller));
            let banner = processor.render(&self.file, &CropRequest::default()).unwrap();
            let variants = banner.variants.into_iter().map(|file| Variant {
                name: file.name,
                width: file.dimensions.width(),
                height: file.dimensions.height(),
                bytes: file.bytes,
            });
            variants.collect()
        })
    }
}

/// All pictures of user `user`.
pub(crate) fn album(user: usize) -> Vec<Upload> {
    (0..PER_USER).map(|number| Upload::new(user, number)).collect()
}
