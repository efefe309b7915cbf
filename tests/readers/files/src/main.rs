//! Writes the files that other people's readers are tried on, and the samples that were encoded into them.
//!
//! ```text
//! cargo run --package masthead-readers-files -- FOLDER PHOTOGRAPH...
//! ```
//!
//! `FOLDER` gets the files; for each picture a file of raw samples, one plane after the other for JPEG, interleaved for PNG;
//! and `manifest.json`, a list of the files:
//!
//! ```text
//! {"file": "optimal-420-restart-1-17x33.jpg",  the file
//!  "kind": "optimal 4:2:0",                    the column of the table that it belongs to
//!  "samples": "420-17x33.raw",                 what was encoded
//!  "layout": "4:2:0",                          grey, 4:2:0 or 4:4:4 of JPEG; grey, rgb or rgba of PNG
//!  "width": 17, "height": 33}
//! ```

mod defaults;
mod folder;
mod scene;

use std::error::Error;
use std::path::Path;

use folder::Folder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, photographs @ ..] = &arguments[..] else { return Err("expected FOLDER PHOTOGRAPH...".into()) };
    let mut folder = Folder::new(Path::new(folder));
    scene::jpeg(&mut folder)?;
    scene::png(&mut folder)?;
    for photograph in photographs {
        defaults::write(&mut folder, Path::new(photograph))?;
    }
    folder.finish()
}
