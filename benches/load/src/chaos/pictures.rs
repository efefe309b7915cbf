//! What is uploaded, and what has to come of it.

use std::collections::BTreeMap;
use std::fs;

use masthead::{CropRequest, Processor};

const TESTDATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/");

/// Pictures of several kinds and sizes; the last one ends in the middle of its pixels, and can only be refused.
const FILES: [&str; 4] = ["generated/jpeg-420.jpg", "photos/rocket.jpg", "photos/coffee.png", "photos/coffee.png"];

/// Regions of each of them: uploads of the same picture differ in these.
pub(crate) const REGIONS: u32 = 3;

/// One upload: which picture, and which region of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Choice {
    pub(crate) picture: usize,
    pub(crate) region: u32,
}

/// The pictures, and the files that the server must make of them.
pub(crate) struct Pictures {
    files: Vec<Vec<u8>>,
    /// By choice, then by the name of the variant. There are none of a picture that cannot be read.
    expected: BTreeMap<Choice, BTreeMap<String, Vec<u8>>>,
}

impl Pictures {
    /// Reads the pictures and makes the banners, with the options that servers have by default.
    pub(crate) fn new() -> Result<Self, String> {
        let mut files = Vec::new();
        for name in FILES {
            let path = format!("{TESTDATA}{name}");
            files.push(fs::read(&path).map_err(|error| format!("{path}: {error}"))?);
        }
        if let Some(broken) = files.last_mut() {
            broken.truncate(broken.len() / 20);
        }

        let (processor, last) = (Processor::default(), files.len() - 1);
        let mut expected = BTreeMap::new();
        for (picture, file) in files.iter().enumerate() {
            for region in 0..REGIONS {
                let choice = Choice { picture, region };
                // Nothing is wrong with the header of any of them.
                let job = processor.prepare(file, &request(choice)).map_err(|error| error.to_string())?;
                match job.render() {
                    Ok(banner) if picture != last => {
                        let variants = banner.variants.into_iter().map(|variant| (variant.name, variant.bytes));
                        expected.insert(choice, variants.collect());
                    }
                    Err(_) if picture == last => {}
                    Ok(_) => return Err(format!("half of {} is enough for a banner", FILES[picture])),
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
        Ok(Self { files, expected })
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    pub(crate) fn file(&self, choice: Choice) -> &[u8] {
        &self.files[choice.picture]
    }

    /// The banner that an upload must become, by the names of its variants; `None` when it can only be refused.
    pub(crate) fn banner(&self, choice: Choice) -> Option<&BTreeMap<String, Vec<u8>>> {
        self.expected.get(&choice)
    }

    /// Expects something else of a picture than the server makes of it.
    #[cfg(test)]
    pub(crate) fn expect_wrongly(&mut self) {
        let banners = self.expected.values_mut().flat_map(BTreeMap::values_mut);
        banners.for_each(|file| file.reverse());
    }
}

/// The region of a choice, which every picture has.
fn request(choice: Choice) -> CropRequest {
    let [width, height, left, top] = region(choice);
    CropRequest { width: Some(width), height: Some(height), offset_left: Some(left), offset_top: Some(top) }
}

/// Width, height, left and top.
pub(crate) fn region(choice: Choice) -> [u32; 4] {
    [240, 100, choice.region, 2 * choice.region]
}
