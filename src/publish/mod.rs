//! The public folder: what subscribers see.
//!
//! In come channels, out come files. A file is written beside its place and renamed into it, so that nobody reads half
//! of one; a file that would get the bytes it has is left alone, so that its time of modification says when it changed.
//! What a definition no longer names is left where it is: somebody may be subscribed to it.

use crate::emit::{self, Format, Summary};
use crate::error::{Error, Result};
use crate::model::Channel;
use std::fs;
use std::io;
use std::path::Path;

/// Writes all documents of a feed under `public/NAME/` and tells whether any of them changed.
pub fn feed(public: &Path, channel: &Channel) -> Result<bool> {
    let dir = public.join(&channel.name);
    let mut changed = false;
    for entry in &channel.entries {
        let page = emit::article_page(channel, entry);
        changed |= write(&dir.join("articles").join(format!("{}.html", entry.id)), &page)?;
    }
    for format in Format::ALL {
        let path = dir.join(format.file_name());
        let document = emit::feed(channel, format).map_err(|cause| Error::output(&path, cause))?;
        changed |= write(&path, &document)?;
    }
    changed |= write(&dir.join("index.html"), &emit::index_page(channel))?;
    Ok(changed)
}

/// Writes what all feeds have in common.
pub fn site(public: &Path, feeds: &[Summary]) -> Result<()> {
    write(&public.join("index.html"), &emit::overview_page(feeds))?;
    write(&public.join("feeds.opml"), &emit::opml(feeds))?;
    write(&public.join("style.css"), emit::style().as_bytes())?;
    Ok(())
}

/// Puts `bytes` at `path` and tells whether they were not there already.
///
/// There is no fsync: what a power cut takes from here, the next run writes again, because it compares.
fn write(path: &Path, bytes: &[u8]) -> Result<bool> {
    let failed = |cause: io::Error| Error::output(path, cause);
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    let mut beside = path.as_os_str().to_owned();
    // One process writes at a time, so that the name needs no chance in it.
    beside.push(".new");
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(failed)?;
    }
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if let Err(cause) = written {
        // The half of a file that a full disk left is of no use to anybody.
        let _ = fs::remove_file(&beside);
        return Err(failed(cause));
    }
    Ok(true)
}
