//! Reading from the disk: regular files, bounded, and none outside of the folder that was named.

use crate::error::{Error, Result};
use crate::model::Document;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Folders within folders that are entered.
const DEEPEST: usize = 32;

/// A file, or what cannot be listed and why.
pub type Listed = std::result::Result<PathBuf, (PathBuf, io::Error)>;

/// The files of a folder and of the folders in it, in the order of their paths. Hidden ones, definitions and
/// links are passed over: a link could lead out of the folder.
pub fn below(folder: &Path) -> Vec<Listed> {
    let mut found = Vec::new();
    walk(folder, 0, &mut found);
    if found.is_empty() {
        found.push(Err((folder.to_owned(), io::Error::other("there is no file in this folder"))));
    }
    found
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<Listed>) {
    if depth > DEEPEST {
        return found.push(Err((folder.to_owned(), io::Error::other(format!("more than {DEEPEST} folders deep")))));
    }
    let listing = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.and_then(|e| Ok((e.path(), e.file_type()?)))).collect());
    let mut entries: Vec<_> = match listing {
        Ok(entries) => entries,
        Err(cause) => return found.push(Err((folder.to_owned(), reason(cause)))),
    };
    entries.sort_by(|a: &(PathBuf, fs::FileType), b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if kind.is_dir() && !hidden {
            walk(&path, depth + 1, found);
        } else if kind.is_file() && !hidden && path.file_name() != Some(OsStr::new("feed.toml")) {
            found.push(Ok(path));
        }
    }
}

/// Reads one file, under the name that it is known by.
pub fn read(path: &Path, name: &str, largest: usize) -> Result<Document> {
    let failed = |cause: io::Error| Error::source(path.display().to_string(), reason(cause));
    // Opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Error::source(path.display().to_string(), "it is no regular file"));
    }
    bounded(File::open(path).map_err(failed)?, name, largest)
}

/// Reads a stream to its end, of `largest` bytes at most.
pub fn bounded(stream: impl Read, name: &str, largest: usize) -> Result<Document> {
    let mut bytes = Vec::new();
    let limit = largest as u64 + 1;
    stream.take(limit).read_to_end(&mut bytes).map_err(|cause| Error::source(name, reason(cause)))?;
    if bytes.len() > largest {
        let told = Error::source(name, format!("it is larger than {} MB", largest >> 20));
        return Err(told.hint("`max_megabytes` in depesche.toml sets the limit"));
    }
    Ok(Document { name: name.to_owned(), url: None, media_type: None, bytes })
}

/// An I/O error in words that do not need an errno table.
fn reason(cause: io::Error) -> io::Error {
    match cause.kind() {
        kind @ io::ErrorKind::NotFound => io::Error::new(kind, "there is no such file or folder"),
        kind @ io::ErrorKind::PermissionDenied => io::Error::new(kind, "this user may not read it"),
        _ => cause,
    }
}
