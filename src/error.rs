//! What can go wrong, by what a person can do about it.
//!
//! Each variant carries the thing it happened to. `Display` prints one line without the cause;
//! [`Error::line`] joins the chain, and only cli prints. Rooms have small fault types of their own,
//! which travel here as causes.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Any cause: a room's fault, an I/O error, an error of a library.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// The result of everything that can fail in a way that the user hears of.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, named by what it happened to.
#[derive(Debug)]
pub enum Error {
    /// An argument that makes no sense. Status 2.
    Usage {
        /// What is wrong, as a sentence without a full stop.
        what: String,
        /// The way out.
        hint: Option<String>,
    },
    /// A file of definitions or settings that cannot be used. Status 2.
    Definition {
        /// The file, with `:LINE` where it is known.
        place: String,
        /// What is wrong with it.
        cause: Cause,
        /// The way out.
        hint: Option<String>,
    },
    /// A source, document or article that could not be read. The others go on. Status 1.
    Source {
        /// Path or address as the user knows it.
        place: String,
        /// Why.
        cause: Cause,
        /// The way out.
        hint: Option<String>,
    },
    /// A file of the public folder that could not be written. Status 1.
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: Cause,
    },
    /// The archive cannot be used. Status 3.
    Archive {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        cause: Cause,
        /// The way out.
        hint: Option<String>,
    },
    /// Another process is writing to the archive. Status 4.
    Busy {
        /// The archive.
        path: PathBuf,
        /// Who, and since when, as far as it left word.
        holder: String,
    },
}

impl Error {
    /// A [`Error::Source`] without a hint.
    pub fn source(place: impl Into<String>, cause: impl Into<Cause>) -> Error {
        Error::Source { place: place.into(), cause: cause.into(), hint: None }
    }

    /// A [`Error::Output`].
    pub fn output(path: impl Into<PathBuf>, cause: impl Into<Cause>) -> Error {
        Error::Output { path: path.into(), cause: cause.into() }
    }

    /// A [`Error::Archive`] without a hint.
    pub fn archive(path: impl Into<PathBuf>, cause: impl Into<Cause>) -> Error {
        Error::Archive { path: path.into(), cause: cause.into(), hint: None }
    }

    /// The same failure with a way out.
    pub fn hint(mut self, text: impl Into<String>) -> Error {
        match &mut self {
            Error::Usage { hint, .. }
            | Error::Definition { hint, .. }
            | Error::Source { hint, .. }
            | Error::Archive { hint, .. } => *hint = Some(text.into()),
            Error::Output { .. } | Error::Busy { .. } => {}
        }
        self
    }

    /// The way out, if one is known. Rights that are missing and disks that are full have one of their own, whatever failed by them.
    pub fn way_out(&self) -> Option<&str> {
        match self {
            Error::Usage { hint, .. } => hint.as_deref(),
            Error::Definition { hint, cause, .. } | Error::Source { hint, cause, .. } => match kind(cause) {
                Some(ErrorKind::PermissionDenied) => Some("give this user the right to read it"),
                _ => hint.as_deref(),
            },
            Error::Archive { hint, cause, .. } => against(cause).or(hint.as_deref()).or(kind(cause).and(Some(AGAIN))),
            Error::Output { cause, .. } => against(cause).or(Some(AGAIN)),
            Error::Busy { .. } => Some("wait until it is done, or give more time with `--wait SECONDS`"),
        }
    }

    /// The failure and its causes on one line: `cannot read X: the server answered 404`.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(next) = cause {
            let text = next.to_string();
            // Libraries repeat their cause in their own words; saying it once is enough.
            if !line.ends_with(&text) {
                line.push_str(": ");
                line.push_str(&text);
            }
            cause = next.source();
        }
        line
    }
}

/// Where a disk fails for no reason that is known here.
const AGAIN: &str = "run it again: nothing is lost; if it fails once more, look after the disk";

/// What kind of failure of a disk is behind it, if one is.
fn kind(cause: &Cause) -> Option<ErrorKind> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(cause.as_ref());
    while let Some(cause) = next {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            return Some(cause.kind());
        }
        next = cause.source();
    }
    None
}

/// What helps where something may not be written, or cannot be for want of room.
fn against(cause: &Cause) -> Option<&'static str> {
    match kind(cause)? {
        ErrorKind::PermissionDenied => Some("give this user the right to read and write there"),
        ErrorKind::ReadOnlyFilesystem => {
            Some("its disk is read-only: make it writable, or use another folder with `--root DIR`")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Some("make room on the disk and run it again: nothing is lost")
        }
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => Some("something else stands in its way: move that away"),
        _ => None,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Error::Usage { what, .. } => f.write_str(what),
            Error::Definition { place, .. } => write!(f, "cannot use `{place}`"),
            Error::Source { place, .. } => write!(f, "cannot read `{place}`"),
            Error::Output { path, .. } => write!(f, "cannot write `{}`", path.display()),
            Error::Archive { path, .. } => write!(f, "cannot use the archive `{}`", path.display()),
            Error::Busy { path, holder } => {
                write!(f, "the archive `{}` is being written to by another process: {holder}", path.display())
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Usage { .. } | Error::Busy { .. } => None,
            Error::Definition { cause, .. }
            | Error::Source { cause, .. }
            | Error::Output { cause, .. }
            | Error::Archive { cause, .. } => Some(cause.as_ref()),
        }
    }
}
