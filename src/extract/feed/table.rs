//! The table: which element of which vocabulary says what.
//!
//! Where several elements say the same, each row carries a rank, and the lowest that is there and
//! not empty counts: a title of the entry is better than one of its first picture.

use super::names::Vocabulary::{self, *};
use crate::model::Role;

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Holds entries and the feed's own data.
    Channel,
    /// Holds one entry.
    Entry,
    /// Says nothing itself, its children do.
    Group,
    /// Where an entry was taken from: only its authors count, as the last resort
    /// (RFC 4287, section 4.2.1).
    Source,
    /// The title.
    Title(u8),
    /// The teaser, of a feed its subtitle.
    Summary(u8),
    /// The whole text.
    Body(u8),
    /// Where it can be read.
    Link(u8),
    /// Its identifier.
    Id(u8),
    /// When something happened to it.
    Date(Role, u8),
    /// Who wrote it.
    Author(u8),
    /// One tag.
    Tag,
    /// Several tags, parted by commas.
    Tags,
    /// A file that belongs to it.
    Enclosure,
    /// The language it is written in.
    Language,
    /// Minutes for which it stays as it is.
    Ttl,
    /// The time that it counts its changes by.
    Period,
    /// How often it changes in that time.
    Frequency,
    /// Nothing that we keep, with all that is in it.
    Nothing,
}

/// Longer names are in no row.
const LONGEST: usize = 24;

/// Looks an element up. Case is ignored: RSS was never checked for it.
pub fn field(vocabulary: Vocabulary, local: &str) -> Field {
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..local.len()) else { return Field::Nothing };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    row(vocabulary, lower)
}

fn row(vocabulary: Vocabulary, local: &[u8]) -> Field {
    use Field::{Author, Body, Channel, Date, Enclosure, Entry, Group, Id, Language, Link, Nothing, Source};
    use Field::{Frequency, Period, Summary, Tag, Tags, Title, Ttl};
    match (vocabulary, local) {
        (Rss, b"channel") | (Atom, b"feed") => Channel,
        (Rss, b"item") | (Atom, b"entry") => Entry,
        // RSS with Atom's names, Atom with RSS's: written by hand, read by most.
        (Rss, b"entry") | (Atom, b"item") => Entry,
        (Rss | Atom, b"items" | b"categories") | (Rdf, b"seq" | b"li" | b"bag") => Group,
        (Media, b"group") | (Content, b"items" | b"item") => Group,
        (Atom, b"source") => Source,

        (Rss | Atom, b"title") => Title(0),
        (DublinCore, b"title") => Title(1),
        (Media, b"title") => Title(2),
        (Itunes, b"title") => Title(3),

        (Rss | Atom, b"description" | b"summary" | b"abstract") => Summary(0),
        (Rss | Atom, b"subtitle" | b"tagline") => Summary(1),
        (DublinCore, b"description" | b"abstract") => Summary(2),
        (Itunes, b"summary" | b"description") => Summary(3),
        (Media, b"description") => Summary(4),
        (Itunes, b"subtitle") => Summary(5),

        (Content, b"encoded") => Body(0),
        (Rss | Atom, b"content") => Body(0),
        (Rss | Atom, b"encoded" | b"fullitem" | b"fulltext" | b"body") => Body(1),
        // `content:items`, the first form of the module.
        (Rdf, b"value") => Body(2),
        (Markup, b"body" | b"div") => Body(1),

        // The address before the redirection of a feed service.
        (Feedburner, b"origlink") => Link(0),
        (Rss | Atom, b"link") => Link(1),
        (Rss | Atom, b"url" | b"uri") => Link(4),
        (Prism, b"url") => Link(4),

        (Rss, b"guid") | (Atom, b"id") => Id(0),
        (Rss, b"id") | (Atom, b"guid") => Id(1),
        (DublinCore, b"identifier") => Id(2),

        (Rss, b"lastbuilddate") => Date(Role::Updated, 0),
        (Rss | Atom, b"updated" | b"modified") => Date(Role::Updated, 0),
        (DublinCore, b"modified") => Date(Role::Updated, 1),
        (Rss | Atom, b"pubdate" | b"published") => Date(Role::Published, 0),
        (Rss | Atom, b"issued") => Date(Role::Published, 1),
        (DublinCore, b"issued" | b"available") => Date(Role::Published, 2),
        (Prism, b"publicationdate") => Date(Role::Published, 2),
        (Prism, b"modificationdate") => Date(Role::Updated, 2),
        (Rss | Atom, b"created") | (DublinCore, b"created") => Date(Role::Published, 4),
        (DublinCore, b"date") => Date(Role::Unknown, 3),
        (Rss | Atom, b"date") => Date(Role::Unknown, 3),

        (Atom, b"author") => Author(0),
        (DublinCore, b"creator" | b"author") => Author(1),
        (Rss, b"author") | (Rss | Atom, b"creator") => Author(2),
        (Rss | Atom, b"managingeditor") => Author(3),
        (Itunes, b"author") => Author(4),

        (Rss | Atom, b"category") | (DublinCore, b"subject") => Tag,
        (Itunes | Media, b"category") => Tag,
        (Rss | Atom, b"tags" | b"keywords") | (Itunes | Media, b"keywords") => Tags,

        (Rss | Atom, b"enclosure") | (Media, b"content") => Enclosure,
        (Rss | Atom | DublinCore, b"language") => Language,
        (Rss, b"ttl") => Ttl,
        (Syndication, b"updateperiod") => Period,
        (Syndication, b"updatefrequency") => Frequency,
        _ => Nothing,
    }
}
