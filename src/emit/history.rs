//! The history of a feed (RFC 5005): the document that is subscribed to and the closed ones before it, each with links to its
//! neighbours, so that a reader that missed something, or came late, can walk back to the first entry.
//!
//! A closed document never changes a byte. So its `next-archive` names the next one before that exists: documents are
//! numbered, so that its address is known, and until then it answers 404.

use crate::emit::Format;
use crate::model::{Channel, History};

/// The namespace of `fh:complete` and `fh:archive`.
pub const NAMESPACE: &str = "http://purl.org/syndication/history/1.0";

/// The element that says which kind of document it is; the one that is subscribed to bears none, unless it is all there is.
pub fn mark(history: History) -> Option<&'static str> {
    match history {
        History::Complete => Some("complete"),
        History::Closed(_) => Some("archive"),
        History::Newest(_) => None,
    }
}

/// The path of the document itself, from the folder of the feed.
pub fn path(history: History, format: Format) -> String {
    match history {
        History::Closed(number) => format.closed_name(number),
        History::Complete | History::Newest(_) => format.file_name().to_owned(),
    }
}

/// The links to its neighbours. Without a base they are relative to the document in Atom, and left out otherwise.
pub fn links(channel: &Channel, format: Format) -> Vec<(&'static str, String)> {
    let mut paths = Vec::new();
    if let History::Closed(number) = channel.history {
        paths.push(("current", format.file_name().to_owned()));
        paths.push(("next-archive", format.closed_name(number + 1)));
    }
    paths.extend(channel.history.previous().map(|number| ("prev-archive", format.closed_name(number))));
    let relative = |path: &str| (format == Format::Atom).then(|| format!("{}{path}", channel.up()));
    paths
        .into_iter()
        .filter_map(|(rel, path)| Some((rel, channel.address(&path).or_else(|| relative(&path))?)))
        .collect()
}
