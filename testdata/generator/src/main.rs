//! `cargo run -p masthead-testdata` rewrites `testdata/generated` and its list.

use std::{fs, io};

fn main() -> io::Result<()> {
    let files = masthead_testdata::files();
    let folder = masthead_testdata::folder();
    fs::create_dir_all(&folder)?;
    for name in masthead_testdata::committed()?.keys() {
        if !files.iter().any(|file| file.name == *name) {
            fs::remove_file(folder.join(name))?;
            println!("removed {name}");
        }
    }
    for file in &files {
        fs::write(folder.join(&file.name), &file.bytes)?;
    }
    fs::write(masthead_testdata::index_path(), masthead_testdata::index(&files))?;
    let size: usize = files.iter().map(|file| file.bytes.len()).sum();
    println!("{} files, {size} bytes", files.len());
    Ok(())
}
