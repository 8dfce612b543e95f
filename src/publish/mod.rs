//! The public folder: what subscribers see.
//!
//! In come channels, out come files. A file is written beside its place and renamed into it, so that nobody reads half
//! of one; a file that would get the bytes it has is left alone, so that its time of modification says when it changed.
//! What a definition no longer names is left where it is: somebody may be subscribed to it.

use crate::emit::{self, Format, Summary};
use crate::error::{Error, Result};
use crate::model::{ArticleId, Channel, Entry};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A file as it was left: enough to see later whether anybody touched it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Its path below the public folder.
    name: String,
    /// Its size in bytes.
    size: u64,
    /// Nanoseconds since 1970 of its modification.
    changed: u128,
}

/// What was written of a feed.
#[derive(Debug, Default)]
pub struct Written {
    /// Whether any file changed.
    pub changed: bool,
    /// All files that belong to what is subscribed to.
    pub files: Vec<Left>,
}

/// Writes the documents of a feed that are subscribed to, and its pages, under `public/NAME/`.
pub fn feed(public: &Path, channel: &Channel) -> Result<Written> {
    let mut names: Vec<String> = channel.entries.iter().map(|entry| page_name(channel, entry.id)).collect();
    let pages = public.join(&channel.name).join("articles");
    let mut changed = !pages.is_dir();
    if changed {
        all_pages(&pages, channel)?;
    } else {
        for (entry, name) in channel.entries.iter().zip(&names) {
            changed |= write(&public.join(name), &emit::article_page(channel, entry))?;
        }
    }
    let mut put = |name: String, bytes: &[u8]| -> Result<()> {
        changed |= write(&public.join(&name), bytes)?;
        names.push(name);
        Ok(())
    };
    for format in Format::ALL {
        let name = format!("{}/{}", channel.name, format.file_name());
        let document = emit::feed(channel, format).map_err(|cause| Error::output(public.join(&name), cause))?;
        put(name, &document)?;
    }
    put(format!("{}/index.html", channel.name), &emit::index_page(channel))?;
    Ok(Written { changed, files: names.into_iter().filter_map(|name| left(public, name)).collect() })
}

/// Writes one document alone.
pub fn document(public: &Path, channel: &Channel, format: Format) -> Result<()> {
    let path = public.join(&channel.name).join(format.file_name());
    let document = emit::feed(channel, format).map_err(|cause| Error::output(&path, cause))?;
    write(&path, &document).map(|_| ())
}

/// Writes those files of a closed document that are not there. What is there stays as it is, for ever.
pub fn closed(public: &Path, channel: &Channel, number: u32) -> Result<()> {
    for format in Format::ALL {
        let path = closed_path(public, &channel.name, format, number);
        if !path.exists() {
            let document = emit::feed(channel, format).map_err(|cause| Error::output(&path, cause))?;
            write(&path, &document)?;
        }
    }
    Ok(())
}

/// Whether all files of a closed document are there.
pub fn has_closed(public: &Path, name: &str, number: u32) -> bool {
    Format::ALL.iter().all(|format| closed_path(public, name, *format, number).exists())
}

fn closed_path(public: &Path, name: &str, format: Format, number: u32) -> PathBuf {
    public.join(name).join(format.closed_name(number))
}

/// Writes the page of an article that the feed no longer shows.
pub fn page(public: &Path, channel: &Channel, entry: &Entry) -> Result<()> {
    write(&public.join(page_name(channel, entry.id)), &emit::article_page(channel, entry)).map(|_| ())
}

/// Removes the pages of articles, and closed documents, which are to be made again.
pub fn withdraw(public: &Path, name: &str, ids: &[ArticleId], documents: &[u32]) -> Result<()> {
    for id in ids {
        remove(&public.join(name).join("articles").join(page_file(*id)))?;
    }
    for number in documents {
        for format in Format::ALL {
            remove(&closed_path(public, name, format, *number))?;
        }
    }
    Ok(())
}

/// Removes the documents of a feed that has nothing to show any more.
pub fn withdraw_feed(public: &Path, name: &str) -> Result<()> {
    for format in Format::ALL {
        remove(&public.join(name).join(format.file_name()))?;
    }
    remove(&public.join(name).join("index.html"))
}

/// Writes all pages of a feed that has none. They are written beside their folder, which takes its place once all are there: to
/// rename each of them would take half as long as to write it.
fn all_pages(folder: &Path, channel: &Channel) -> Result<()> {
    let beside = folder.with_extension("new");
    let failed = |cause| Error::output(folder, cause);
    // What a run left that was killed.
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(failed)?;
    }
    make_folder(&beside)?;
    let write = |entry: &Entry| fs::write(beside.join(page_file(entry.id)), emit::article_page(channel, entry));
    let written = channel.entries.iter().try_for_each(write).and_then(|()| fs::rename(&beside, folder));
    written.map_err(|cause| {
        let _ = fs::remove_dir_all(&beside);
        failed(cause)
    })
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(Error::output(path, cause)),
        _ => Ok(()),
    }
}

/// Whether there is a page of an article.
pub fn has_page(public: &Path, name: &str, id: ArticleId) -> bool {
    public.join(name).join("articles").join(page_file(id)).exists()
}

fn page_name(channel: &Channel, id: ArticleId) -> String {
    format!("{}/articles/{}", channel.name, page_file(id))
}

fn page_file(id: ArticleId) -> String {
    format!("{id}.html")
}

/// Whether files are as they were left.
pub fn intact(public: &Path, files: &[Left]) -> bool {
    files.iter().all(|file| left(public, file.name.clone()).as_ref() == Some(file))
}

fn left(public: &Path, name: String) -> Option<Left> {
    let data = fs::metadata(public.join(&name)).ok()?;
    let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(Left { name, size: data.len(), changed })
}

/// The ids of the articles that a feed shows at the moment, read from what is published; none, if that cannot be read.
pub fn shown(public: &Path, name: &str) -> Vec<ArticleId> {
    #[derive(Deserialize)]
    struct Published {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        id: String,
    }
    let document = fs::read(public.join(name).join(Format::Json.file_name())).unwrap_or_default();
    let Ok(Published { items }) = serde_json::from_slice(&document) else { return Vec::new() };
    items.iter().filter_map(|item| ArticleId::parse(item.id.strip_prefix("urn:uuid:")?)).collect()
}

/// Writes what all feeds have in common.
pub fn site(public: &Path, feeds: &[Summary]) -> Result<()> {
    write(&public.join("index.html"), &emit::overview_page(feeds))?;
    write(&public.join("feeds.opml"), &emit::opml(feeds))?;
    write(&public.join("style.css"), emit::style().as_bytes())?;
    write(&public.join("feed.css"), emit::feed_style().as_bytes())?;
    Ok(())
}

/// Puts `bytes` at `path` and tells whether they were not there already.
///
/// There is no fsync: what a power cut takes from here, the next run writes again, because it compares.
fn write(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    if let Some(dir) = path.parent() {
        make_folder(dir)?;
    }
    place(path, bytes)?;
    Ok(true)
}

/// Makes a folder, with those above it, if it is not there.
fn make_folder(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(|cause| Error::output(dir, cause))
}

/// Puts `bytes` at `path`, in a folder that is there, whatever stands there.
fn place(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    // One process writes at a time, so that the name needs no chance in it.
    beside.push(".new");
    fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path)).map_err(|cause| {
        // The half of a file that a full disk left is of no use to anybody.
        let _ = fs::remove_file(&beside);
        Error::output(path, cause)
    })
}
