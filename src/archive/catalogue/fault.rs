//! What can be wrong with the catalogue.

use crate::model::ArticleId;
use std::fmt;

/// Why the catalogue cannot be used; each is mended by making it again from the journal.
#[derive(Debug)]
pub enum Fault {
    /// sled cannot read or write it.
    Database(sled::Error),
    /// sled breaks off at it.
    Panic,
    /// The table of keys cannot be read or written, or (without a cause) is not as it was written.
    Keys(Option<std::io::Error>),
    /// A record is not as it was written.
    Record(ArticleId),
    /// It failed in an earlier run.
    Marked,
    /// It was written by another version, or says of itself what cannot be.
    Schema,
    /// It was written by a newer version.
    Newer,
    /// It is older than a file of the journal that was written anew since.
    Behind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Database(cause) => write!(f, "the catalogue cannot be read or written: {}", one_line(cause)),
            Fault::Panic => f.write_str("the catalogue is damaged"),
            Fault::Keys(Some(cause)) => write!(f, "the catalogue's keys cannot be read or written: {cause}"),
            Fault::Keys(None) => f.write_str("the catalogue's keys are damaged"),
            Fault::Record(id) => write!(f, "the catalogue's record of {id} is damaged"),
            Fault::Marked => f.write_str("an earlier run found it damaged"),
            Fault::Schema => f.write_str("the catalogue is of another version"),
            Fault::Behind => f.write_str("it has not seen all of a file that was written anew since"),
            Fault::Newer => f.write_str("it was written by a newer version of depesche"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Fault::Database(sled::Error::Io(cause)) | Fault::Keys(Some(cause)) => Some(cause),
            _ => None,
        }
    }
}

impl Fault {
    /// Whether the catalogue itself is at fault, rather than the disk or the rights to it: making it again helps.
    pub fn is_damage(&self) -> bool {
        match self {
            // sled tells a broken file as an error of its own kind `Other` as well.
            Fault::Database(sled::Error::Io(cause)) => cause.kind() == std::io::ErrorKind::Other,
            Fault::Keys(Some(cause)) => {
                matches!(cause.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof)
            }
            Fault::Keys(None) => true,
            Fault::Database(_) | Fault::Panic | Fault::Record(_) | Fault::Marked | Fault::Schema | Fault::Behind => {
                true
            }
            Fault::Newer => false,
        }
    }
}

impl From<sled::Error> for Fault {
    fn from(cause: sled::Error) -> Fault {
        Fault::Database(cause)
    }
}

impl From<std::io::Error> for Fault {
    fn from(cause: std::io::Error) -> Fault {
        Fault::Keys(Some(cause))
    }
}

/// sled's messages run over several lines.
fn one_line(cause: &sled::Error) -> String {
    crate::text::fold(&cause.to_string())
}
