//! From the arguments to the files that are read.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use masthead::FileBytes;

use crate::output::shown;
use crate::print::Failure;

/// The argument that means standard input.
const STDIN: &str = "-";

/// Endings of the files that are taken from a folder. What a file really is, its content decides.
const ENDINGS: [&str; 3] = ["jpg", "jpeg", "png"];

/// One picture to read.
#[derive(Debug)]
pub(crate) struct Input {
    /// Where it is; `None` is standard input.
    path: Option<PathBuf>,
}

/// What the arguments name: pictures, and in their place what could not be looked into.
pub(crate) struct Inputs {
    pub(crate) list: Vec<Result<Input, Failure>>,
    /// Whether there may be more than one: a folder was named, or several arguments.
    pub(crate) several: bool,
}

impl Inputs {
    /// Looks into the folders among `arguments`, except into `skip` (the output folder of an earlier run may lie inside).
    ///
    /// # Errors
    /// When standard input is asked for twice: it can be read once.
    pub(crate) fn new(arguments: &[PathBuf], skip: Option<&Path>) -> Result<Self, String> {
        if arguments.iter().filter(|argument| argument.as_os_str() == STDIN).count() > 1 {
            return Err("standard input (-) can be read only once".to_owned());
        }
        let skip = skip.and_then(|path| fs::canonicalize(path).ok());
        let mut list = Vec::new();
        let mut several = arguments.len() > 1;
        for argument in arguments {
            if argument.as_os_str() == STDIN {
                list.push(Ok(Input { path: None }));
            } else if argument.is_dir() {
                several = true;
                let before = list.len();
                walk(argument, skip.as_deref(), &mut list);
                if list.len() == before {
                    list.push(Err(Failure {
                        subject: shown(argument),
                        kind: "io",
                        message: format!("no pictures in this folder (looked for .{})", ENDINGS.join(", .")),
                    }));
                }
            } else {
                list.push(Ok(Input { path: Some(argument.clone()) }));
            }
        }
        Ok(Self { list, several })
    }

    /// The files among the inputs.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().flatten().filter_map(|input| input.path.as_deref())
    }

    /// A folder name for each input, all different also where upper and lower case count as the same: the file's name
    /// without its ending, with `-2`, `-3`... where that is taken.
    pub(crate) fn names(&self) -> Vec<OsString> {
        let mut taken = HashSet::new();
        let mut name = |stem: &OsStr| {
            let mut name = stem.to_owned();
            let mut number = 1;
            while !taken.insert(name.to_string_lossy().to_lowercase()) {
                number += 1;
                name = stem.to_owned();
                name.push(format!("-{number}"));
            }
            name
        };
        // What failed already needs no folder, and takes no name from others.
        self.list
            .iter()
            .map(|input| input.as_ref().map_or_else(|_| OsString::new(), |input| name(input.stem())))
            .collect()
    }
}

/// Adds the pictures of a folder and of the folders in it, in the order of their names. Hidden files are left out, and
/// links to folders are not followed: they may lead round in circles.
fn walk(folder: &Path, skip: Option<&Path>, list: &mut Vec<Result<Input, Failure>>) {
    if skip.is_some() && fs::canonicalize(folder).ok().as_deref() == skip {
        return;
    }
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return list.push(Err(Failure::io(shown(folder), "cannot look into the folder", &error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, skip, list);
        } else if path.is_file() && has_ending(&path) {
            list.push(Ok(Input { path: Some(path) }));
        }
    }
}

fn has_ending(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ENDINGS.iter().any(|ending| extension.eq_ignore_ascii_case(ending)))
}

impl Input {
    /// The file as it is printed.
    pub(crate) fn shown(&self) -> String {
        self.path.as_deref().map_or_else(|| "standard input".to_owned(), shown)
    }

    /// The file's name without the folders it is in.
    pub(crate) fn name(&self) -> String {
        let name = self.path.as_deref().and_then(Path::file_name);
        name.map_or_else(|| self.shown(), |name| shown(Path::new(name)))
    }

    /// The file's name without its ending.
    fn stem(&self) -> &OsStr {
        match &self.path {
            Some(path) => path.file_stem().unwrap_or(OsStr::new("picture")),
            None => OsStr::new("stdin"),
        }
    }

    /// The content, shared: whoever takes a clone takes no copy. More than `most` bytes are never read, and a file that is longer is refused unread.
    pub(crate) fn read(&self, most: usize) -> Result<FileBytes, Failure> {
        let failed = |error: &io::Error| Failure::io(self.shown(), "", error);
        let Some(path) = &self.path else {
            return self.read_bounded(&mut io::stdin().lock(), 0, most);
        };
        let mut file = File::open(path).map_err(|error| failed(&error))?;
        let metadata = file.metadata().map_err(|error| failed(&error))?;
        // The length of a pipe or a device says nothing.
        let length = if metadata.is_file() { metadata.len() } else { 0 };
        if length > most as u64 {
            return Err(self.too_long(&length.to_string(), most));
        }
        self.read_bounded(&mut file, length as usize, most)
    }

    fn read_bounded(&self, stream: &mut dyn Read, expected: usize, most: usize) -> Result<FileBytes, Failure> {
        let mut bytes = Vec::with_capacity(expected + 1);
        let bound = (most as u64).saturating_add(1);
        stream.take(bound).read_to_end(&mut bytes).map_err(|error| Failure::io(self.shown(), "", &error))?;
        if bytes.len() > most {
            return Err(self.too_long(&format!("more than {most}"), most));
        }
        Ok(bytes.into())
    }

    fn too_long(&self, length: &str, most: usize) -> Failure {
        Failure {
            subject: self.shown(),
            kind: masthead::ErrorKind::TooLarge.name(),
            message: format!("file has {length} bytes, at most {most} are accepted (--max-bytes)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files_and_outputs() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for inside in ["b", "out", ".hidden"] {
            fs::create_dir(at(inside)).unwrap();
        }
        for file in ["c.PNG", "a.jpg", "b/x.jpeg", "notes.txt", "out/web.jpg", ".hidden/y.jpg", ".z.jpg"] {
            fs::write(at(file), "").unwrap();
        }
        let inputs = Inputs::new(&[folder.path().into()], Some(&at("out"))).unwrap();
        let found: Vec<_> = inputs.paths().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(found, ["a.jpg", "b/x.jpeg", "c.PNG"].map(Path::new));
        assert!(inputs.several);
    }

    #[test]
    fn folder_names_never_clash() {
        let arguments = ["x/a.jpg", "y/A.png", "a-2.jpg", "a", "-", ".."].map(PathBuf::from);
        let inputs = Inputs { list: arguments.map(|path| Ok(Input { path: Some(path) })).into(), several: true };
        assert_eq!(inputs.names(), ["a", "A-2", "a-2-2", "a-3", "-", "picture"]);
    }

    #[test]
    fn reading_stops_behind_the_limit() {
        let input = Input { path: None };
        assert_eq!(input.read_bounded(&mut [7; 10].as_slice(), 0, 10).unwrap().len(), 10);
        let endless = &mut io::repeat(7);
        let failure = input.read_bounded(endless, 0, 10).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "standard input: file has more than 10 bytes, at most 10 are accepted (--max-bytes)"
        );
    }
}
