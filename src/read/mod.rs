//! From a source to documents: the only room that reads the network and the files of sources.
//!
//! In comes a [`Source`], out come [`Document`]s: bytes with their name, address and media type. It does not look into
//! them, and keeps nothing.

mod fetch;
mod files;
mod guard;
mod packed;
mod robots;

pub use fetch::{LookUp, Manners, Validators};

use crate::error::{Error, Result};
use crate::model::{Document, Source};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use url::Url;

/// One thing to read: what a source comes down to when its folders are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An address.
    Url(Url),
    /// A file, and the name that it is known by.
    File(PathBuf, String),
    /// Standard input.
    Stdin,
    /// What cannot be listed, and why.
    Lost(String, io::ErrorKind, String),
}

impl Place {
    /// What a message calls it: the address, or the path from where the program runs.
    pub fn shown(&self) -> String {
        match self {
            Place::File(path, _) => path.display().to_string(),
            _ => self.name().to_owned(),
        }
    }

    /// The host that it is read from, with its port.
    pub fn host(&self) -> Option<String> {
        let Place::Url(url) = self else { return None };
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    }

    /// The name that stays the same wherever the folder lies: the address, or the path below the base.
    pub fn name(&self) -> &str {
        match self {
            Place::Url(url) => url.as_str(),
            Place::File(_, name) | Place::Lost(name, ..) => name,
            Place::Stdin => "-",
        }
    }
}

/// The places of a source, in a fixed order. Files are named as the source was written, those of a folder by their path
/// below `base`.
pub fn places(source: &Source, base: &Path) -> Vec<Place> {
    match source {
        Source::Url(url) => vec![Place::Url(url.clone())],
        Source::Stdin => vec![Place::Stdin],
        Source::Path(path) if path.is_dir() => files::below(path)
            .into_iter()
            .map(|found| match found {
                Ok(file) => Place::File(file.clone(), name(&file, base)),
                Err((path, why)) => Place::Lost(path.display().to_string(), why.kind(), why.to_string()),
            })
            .collect(),
        Source::Path(path) => vec![Place::File(path.clone(), name(path, base))],
    }
}

/// The path below `base`, with slashes on every system, so that it is the same wherever the folder lies.
fn name(file: &Path, base: &Path) -> String {
    let below = file.strip_prefix(base).unwrap_or(file);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    if file.is_absolute() && below == file { file.display().to_string() } else { parts.join("/") }
}

/// What a look at a place brought.
#[derive(Debug, Default)]
pub struct Look {
    /// The document; `None` if it has not changed.
    pub document: Option<Document>,
    /// What stands for it at the next look; nothing for files.
    pub validators: Validators,
    /// For how long it is fresh, if the server says so.
    pub fresh: Option<Duration>,
    /// Where the address has moved for good.
    pub moved: Option<Url>,
}

/// A place that could not be read.
#[derive(Debug)]
pub struct Lost {
    /// Why.
    pub error: Error,
    /// For how long the server wants to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether asking again soon would bring the same.
    pub lasting: bool,
}

impl Lost {
    /// Lost for a reason that lasts, with nothing said by a server.
    pub fn with(error: Error) -> Lost {
        Lost { error, retry_after: None, lasting: true }
    }
}

/// Reads places. The client for the web is made when the first address is read, since most of a start goes into its
/// certificates.
#[derive(Debug, Default)]
pub struct Reader {
    manners: Manners,
    fetcher: OnceLock<std::result::Result<fetch::Fetcher, String>>,
}

impl Reader {
    /// A reader with these manners.
    pub fn new(manners: Manners) -> Reader {
        Reader { manners, fetcher: OnceLock::new() }
    }

    /// Connections to one host at a time.
    pub fn per_host(&self) -> usize {
        self.manners.per_host
    }

    /// Tells a WebSub hub that documents have changed.
    pub fn announce(&self, hub: &Url, changed: &[String]) -> Result<()> {
        self.fetcher(hub)?.announce(hub, changed).map_err(|cause| failed(hub, cause))
    }

    fn fetcher(&self, url: &Url) -> Result<&fetch::Fetcher> {
        self.fetcher
            .get_or_init(|| fetch::Fetcher::new(self.manners.clone()).map_err(|cause| cause.to_string()))
            .as_ref()
            .map_err(|cause| Error::source(url.as_str(), cause.clone()))
    }

    /// Reads one place, whole. May be called from several threads.
    pub fn document(&self, place: &Place) -> Result<Document> {
        match self.look(place, &Validators::default(), false) {
            Ok(Look { document: Some(document), .. }) => Ok(document),
            Ok(_) => Err(Error::source(place.shown(), "the server says that it has not changed, and nobody asked")),
            Err(lost) => Err(lost.error),
        }
    }

    /// Reads an address that was found by following links: robots.txt counts (RFC 9309).
    pub fn crawl(&self, url: &Url) -> std::result::Result<Document, Lost> {
        let answer = self.fetcher(url).map_err(Lost::with)?.crawl(url).map_err(|cause| lost(url, cause))?;
        answer.document.ok_or_else(|| Lost::with(Error::source(url.as_str(), "the server sent nothing")))
    }

    /// Reads one place, unless it still is what the validators stand for. An address that is `shared` by several readers is
    /// asked for once. May be called from several threads.
    pub fn look(&self, place: &Place, known: &Validators, shared: bool) -> std::result::Result<Look, Lost> {
        let ask = |fetcher: &fetch::Fetcher, url| match shared {
            true => fetcher.get_once(url, known),
            false => fetcher.get(url, known),
        };
        let plain = |document: Result<Document>| match document {
            Ok(document) => Ok(Look { document: Some(document), ..Look::default() }),
            Err(error) => Err(Lost::with(error)),
        };
        match place {
            Place::Lost(name, kind, why) => plain(Err(Error::source(name, io::Error::new(*kind, why.as_str())))),
            Place::Stdin => plain(files::bounded(std::io::stdin().lock(), "-", self.manners.largest)),
            Place::File(path, name) => plain(files::read(path, name, self.manners.largest)),
            Place::Url(url) => match self.fetcher(url).map(|fetcher| ask(fetcher, url)) {
                Ok(Ok(fetch::Answer { document, validators, fresh, moved })) => {
                    Ok(Look { document, validators, fresh, moved })
                }
                Ok(Err(cause)) => Err(lost(url, cause)),
                Err(error) => Err(Lost::with(error)),
            },
        }
    }
}

fn lost(url: &Url, cause: fetch::Fault) -> Lost {
    Lost { retry_after: cause.retry_after(), lasting: cause.is_lasting(), error: failed(url, cause) }
}

fn failed(url: &Url, cause: fetch::Fault) -> Error {
    Error::Source { place: url.to_string(), hint: cause.way_out(), cause: cause.into() }
}
