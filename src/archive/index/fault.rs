//! What goes wrong with an index.

use super::folder::forbidden;
use crate::error::Error;
use std::io;
use std::path::Path;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError, OpenWriteError};

/// What cannot be used of an index, or of the disk below it.
#[derive(Debug)]
pub enum Fault {
    /// tantivy cannot read or write it.
    Index(tantivy::TantivyError),
    /// The archive cannot be read.
    Archive(Error),
}

impl From<tantivy::TantivyError> for Fault {
    fn from(cause: tantivy::TantivyError) -> Fault {
        Fault::Index(cause)
    }
}

impl From<Error> for Fault {
    fn from(cause: Error) -> Fault {
        Fault::Archive(cause)
    }
}

impl Fault {
    /// As the user is told of it.
    pub fn of(self, dir: &Path) -> Error {
        match self {
            Fault::Archive(error) => error,
            Fault::Index(cause) => match disk_fault(&cause) {
                Some(disk) => Error::archive(dir, io::Error::new(disk.kind(), disk.to_string())),
                None => Error::archive(dir, crate::text::fold(&cause.to_string()))
                    .hint("if the disk is full, make room; else remove this folder: it is made again from the journal, nothing is lost"),
            },
        }
    }

    /// Whether the disk or the rights to it are at fault, rather than the index.
    pub fn is_of_disk(&self) -> bool {
        matches!(self, Fault::Index(cause) if disk_fault(cause).is_some())
    }
}

/// What failed below it, if that is a right or room that is missing.
fn disk_fault(cause: &TantivyError) -> Option<&io::Error> {
    let (TantivyError::IoError(found)
    | TantivyError::LockFailure(LockError::IoError(found), _)
    | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: found, .. })
    | TantivyError::OpenReadError(OpenReadError::IoError { io_error: found, .. })) = cause
    else {
        return None;
    };
    (forbidden(found) || found.kind() == io::ErrorKind::StorageFull).then_some(&**found)
}
