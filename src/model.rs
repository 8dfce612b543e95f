//! The nouns that everybody shares, one for each stage of an article's way:
//! [`Document`] → [`RawArticle`] → [`Article`] → [`Revision`] → [`Entry`] in a [`Channel`].
//!
//! Owns the types and nothing else: no reading, no writing, no decisions. What must not exist
//! cannot be written down here: a date has an offset, a kept article has an id, an entry of a feed
//! has a title and both its dates.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use url::Url;

pub use crate::date::{LocalTime, Precision, Role, ZoneOrigin};

/// Where writing comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An address: what is there is found out by looking.
    Url(Url),
    /// A file, or a folder with everything in it.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Source::Url(url) => f.write_str(url.as_str()),
            Source::Path(path) => write!(f, "{}", path.display()),
            Source::Stdin => f.write_str("-"),
        }
    }
}

/// Bytes as they arrived.
#[derive(Debug, Clone)]
pub struct Document {
    /// The name it was asked for by: the path as given, the path below a folder, or the address.
    pub name: String,
    /// The address it has on the web, after redirects: what relative links start from.
    pub url: Option<Url>,
    /// The `Content-Type` header, whole, with its charset.
    pub media_type: Option<String>,
    /// The content, decoded from any transfer or content encoding, not from its character set.
    pub bytes: Vec<u8>,
}

/// What a document turned out to be, found by looking at its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One article: a page, a Markdown file, a plain text.
    Article,
    /// An RSS, Atom or JSON feed.
    Feed,
    /// A page that links to articles and is none itself.
    Listing,
    /// A sitemap or sitemap index.
    Sitemap,
    /// None of these.
    Unknown,
}

/// Many of a kind, each with room of its own, which is free as soon as it is done with: of a feed of a hundred thousand entries no
/// stage is held beside the next, as the room of a plain list would be to its end.
pub type Pile<T> = Vec<Box<T>>;

/// Everything that was found in one document.
#[derive(Debug, Clone)]
pub struct Extracted {
    /// What the document is.
    pub kind: Kind,
    /// The feed's own data, if it is a feed.
    pub feed: Option<RawFeed>,
    /// The articles, in the order of the document.
    pub articles: Pile<RawArticle>,
    /// The addresses of feeds that a page offers (`rel=alternate`), as found.
    pub feeds: Vec<String>,
    /// Where a feed, a listing or a sitemap points to for more of itself.
    pub links: Vec<FeedLink>,
    /// What was odd, repaired or left out: one sentence each, without a full stop.
    pub warnings: Vec<String>,
}

/// A link of the feed to itself, its other pages or its hub: Atom `link` with a `rel` other than
/// `alternate` (in RSS as `atom:link`), JSON Feed `feed_url`, `next_url` and `hubs`; the next page of a listing or an
/// article, the whole of one; the sitemaps of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// `self`, `next`, `prev-archive` (RFC 5005), `hub`, `sitemap`, `whole`: lower case.
    pub rel: String,
    /// The address, absolute where a base is known.
    pub href: String,
    /// When a sitemap was last changed, says its index: the words of `lastmod`.
    pub changed: Option<String>,
}

/// A piece of writing as found: plain, or with HTML markup in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Markup {
    /// Characters as they are to be seen: `<b>` is three visible characters.
    Text(String),
    /// HTML source: `<b>` is a tag, `&amp;` an ampersand.
    Html(String),
}

impl Markup {
    /// The source as it was found.
    pub fn source(&self) -> &str {
        match self {
            Markup::Text(s) | Markup::Html(s) => s,
        }
    }
}

/// Where the words of a date stood: the evidence that a choice between several is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// An element of a feed: `pubDate`, `published`, `updated`, `dc:date`, `date_published`.
    Feed,
    /// A `<meta>` element of a page.
    Meta,
    /// `datePublished` or `dateModified` in JSON-LD.
    JsonLd,
    /// A `<time>` element, or microdata.
    Time,
    /// A key of the front matter of a Markdown file.
    FrontMatter,
    /// A line beside the headline.
    Byline,
    /// The running text.
    Text,
    /// The address of the page.
    Url,
    /// The name of the file, as in `2024-08-28-titel.md`.
    FileName,
}

/// Words that say when something happened, before anybody has read them as a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateClaim {
    /// What the place says of the date, [`Role::Unknown`] where only the words can tell.
    pub role: Role,
    /// The words as found.
    pub words: String,
    /// Where they stood.
    pub origin: Origin,
}

/// A file that belongs to an article: RSS `enclosure` and `media:content`, Atom
/// `link rel="enclosure"`, JSON Feed `attachments`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Enclosure {
    /// Its address: `url`, `href`, `url`.
    pub url: String,
    /// Its media type: `type`, `type`, `mime_type`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub media_type: Option<String>,
    /// Its size in bytes: `length`, `length`, `size_in_bytes`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub length: Option<u64>,
}

/// Where on a listing page its entries stand: CSS selectors, each looked for within an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selectors {
    /// An entry.
    pub entry: Option<String>,
    /// The link to its article.
    pub link: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its date: the `datetime` of a `<time>`, else the words.
    pub date: Option<String>,
    /// Its teaser.
    pub summary: Option<String>,
    /// The link to the page that goes on; looked for on the whole page.
    pub next: Option<String>,
    /// What stands where on the page of an article.
    pub page: PageSelectors,
}

/// What stands where on the page of an article: CSS selectors, each looked for on the whole page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSelectors {
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it: each chosen element one or more names.
    pub author: Option<String>,
    /// When it was published: the `datetime` of a `<time>`, else the words.
    pub date: Option<String>,
    /// The text: everything in the chosen elements.
    pub body: Option<String>,
    /// What is left out.
    pub drop: Option<String>,
}

impl Selectors {
    /// Whether any of them says where the entries are.
    pub fn find_entries(&self) -> bool {
        self.entry.is_some() || self.link.is_some()
    }
}

/// What was found of one article: everything optional, nothing cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawArticle {
    /// RSS `title`, Atom `title`, JSON Feed `title`, the headline of a page.
    pub title: Option<Markup>,
    /// Names as found: RSS `author`, `dc:creator`; Atom `author/name`; JSON Feed `authors[].name`.
    pub authors: Vec<String>,
    /// Everything that may be its date, best evidence first within a role.
    pub dates: Vec<DateClaim>,
    /// Its address, possibly relative: RSS `link`, Atom `link rel="alternate"`, JSON Feed `url`, the canonical link of a page.
    pub link: Option<String>,
    /// Its identifier at the source: RSS `guid`, Atom `id`, JSON Feed `id`.
    pub guid: Option<String>,
    /// The teaser: RSS `description`, Atom `summary`, JSON Feed `summary`.
    pub summary: Option<Markup>,
    /// The body: RSS `content:encoded`, Atom `content`, JSON Feed `content_html` or `content_text`.
    pub body: Option<Markup>,
    /// What relative links in it start from, if not the document's address: `xml:base`, `<base href>`.
    pub base: Option<String>,
    /// BCP 47 tag as found: `dc:language`, `xml:lang`, JSON Feed `language`, `<html lang>`.
    pub language: Option<String>,
    /// RSS `category`, `dc:subject`; Atom `category`; JSON Feed `tags`; keywords of a page.
    pub tags: Vec<String>,
    /// RSS `enclosure`, Atom `link rel="enclosure"`, JSON Feed `attachments`.
    pub enclosures: Vec<Enclosure>,
    /// Earlier addresses of it, possibly relative: `aliases` in front matter.
    pub aliases: Vec<String>,
    /// Whether the rest stands behind a pay wall.
    pub teaser: bool,
}

/// What a feed says of itself, as found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawFeed {
    /// RSS `channel/title`, Atom `feed/title`, JSON Feed `title`.
    pub title: Option<Markup>,
    /// RSS `channel/description`, Atom `subtitle`, JSON Feed `description`.
    pub subtitle: Option<Markup>,
    /// RSS `channel/link`, Atom `link rel="alternate"`, JSON Feed `home_page_url`.
    pub link: Option<String>,
    /// Atom `id`, RDF `rdf:about`, JSON Feed `feed_url`.
    pub id: Option<String>,
    /// RSS `managingEditor`, `dc:creator`; Atom `author/name`; JSON Feed `authors[].name`.
    pub authors: Vec<String>,
    /// RSS `lastBuildDate`, `pubDate`; Atom `updated`.
    pub updated: Option<DateClaim>,
    /// RSS `category`, Atom `category`.
    pub tags: Vec<String>,
    /// RSS `language`, Atom `xml:lang`, JSON Feed `language`.
    pub language: Option<String>,
    /// What relative links start from: `xml:base`.
    pub base: Option<String>,
    /// Minutes for which it stays as it is: RSS `ttl`, `sy:updatePeriod` by `sy:updateFrequency`.
    pub minutes: Option<u64>,
}

/// A date that was read and chosen, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The instant, with the offset that holds at the place it was written for.
    pub at: DateTime<FixedOffset>,
    /// How much of it the words said; the rest is zero.
    pub precision: Precision,
    /// Whether the words named the zone.
    pub zone: ZoneOrigin,
    /// Whether the local time exists once, twice or not at all.
    pub local: LocalTime,
    /// Where the words stood.
    pub origin: Origin,
    /// The words.
    pub words: String,
    /// Whether the words count from the moment of reading (`vor 3 Stunden`): such a date is another
    /// at every look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relative: bool,
}

/// A clean article: plain-text title, absolute link, safe HTML. It has no identity yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Plain text on one line, never empty.
    pub title: String,
    /// Names of people or houses, as a reader sees them.
    pub authors: Vec<String>,
    /// When it was first published, if the source says so.
    pub published: Option<Stamp>,
    /// When the source says that it was changed.
    pub updated: Option<Stamp>,
    /// Absolute http(s) address.
    pub link: Option<String>,
    /// The identifier at the source, as found, without surrounding space.
    pub guid: Option<String>,
    /// Plain text on one line; empty if there is none.
    pub summary: String,
    /// Sanitised HTML with absolute links; empty if there is none.
    pub html: String,
    /// The same as plain text, paragraphs parted by an empty line.
    pub text: String,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Plain text, each once.
    pub tags: Vec<String>,
    /// With absolute http(s) addresses.
    pub enclosures: Vec<Enclosure>,
    /// Earlier addresses of it: absolute http(s).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether only the beginning is shown, the rest behind a pay wall: it replaces nothing fuller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub teaser: bool,
}

/// What a feed says of itself, cleaned; printed by `extract`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedHead {
    /// Plain text.
    pub title: Option<String>,
    /// Plain text.
    pub subtitle: Option<String>,
    /// Absolute address of the site.
    pub link: Option<String>,
    /// Identifier as found.
    pub id: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// RFC 3339.
    pub updated: Option<DateTime<FixedOffset>>,
    /// Plain text.
    pub tags: Vec<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Minutes for which it stays as it is, as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u64>,
}

/// The identity of a kept article: a UUID of version 8 (RFC 9562, section 5.8) whose digit after
/// the `8` is the version of our rule. Made once from the strongest key that the article then had,
/// the same on every machine, and never changed afterwards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub [u8; 16]);

impl ArticleId {
    /// The version of the rule by which new ids are made.
    pub const VERSION: u8 = 1;

    /// Lays a digest into the form of a UUID version 8.
    pub fn from_digest(digest: &[u8; 32]) -> ArticleId {
        uuid(digest, ArticleId::VERSION)
    }

    /// The id of an article whose first choice belongs to another one already.
    pub fn next(&self) -> ArticleId {
        ArticleId::from_digest(blake3::hash(&self.0).as_bytes())
    }

    /// Reads the 36 characters of a UUID; `None` if they are not one.
    pub fn parse(text: &str) -> Option<ArticleId> {
        let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
        let mut id = [0; 16];
        if digits.len() != 32 || text.len() != 36 {
            return None;
        }
        for (byte, pair) in id.iter_mut().zip(digits.chunks(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        let id = ArticleId(id);
        id.to_string().eq_ignore_ascii_case(text).then_some(id)
    }

    /// The id as feeds carry it: a URN (RFC 9562, section 4), an IRI as Atom demands and no
    /// address that a reader could take for a link.
    pub fn urn(&self) -> String {
        format!("urn:uuid:{self}")
    }
}

/// A UUID of version 8 with the version of our rule in the digit behind the 8.
fn uuid(digest: &[u8; 32], version: u8) -> ArticleId {
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id[6] = 0x80 | version;
    id[8] = 0x80 | (id[8] & 0x3f);
    ArticleId(id)
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ArticleId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<ArticleId, D::Error> {
        let text = String::deserialize(d)?;
        ArticleId::parse(&text).ok_or_else(|| serde::de::Error::custom("not an article id"))
    }
}

/// An article as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Which article.
    pub id: ArticleId,
    /// 1 for the first, rising by one.
    pub revision: u32,
    /// When the article, in its first revision, was first seen.
    pub first_seen: DateTime<Utc>,
    /// When this revision was first seen.
    pub seen: DateTime<Utc>,
    /// The instant that stands for the publication in every feed and list, fixed by the first
    /// revision: what the source said then, else the time of first sight.
    pub published: DateTime<FixedOffset>,
    /// How exact `published` is; `None` if it is the time of first sight.
    pub precision: Option<Precision>,
    /// The article, as this revision shows it.
    pub article: Article,
}

impl Revision {
    /// The instant of the last change: what the source said, or when a later revision was first
    /// seen, whichever is later; never before `published`.
    pub fn updated(&self) -> DateTime<FixedOffset> {
        let stated = self.article.updated.as_ref().map(|stamp| stamp.at);
        let noticed = (self.revision > 1).then(|| self.seen.fixed_offset());
        [stated, noticed].into_iter().flatten().fold(self.published, |a, b| if b > a { b } else { a })
    }
}

/// One entry of a published feed: RSS `item`, Atom `entry`, an element of JSON Feed `items`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// RSS `guid` (no permalink), Atom `id`, JSON Feed `id`, each as [`ArticleId::urn`].
    pub id: ArticleId,
    /// `title` in all three. Plain text.
    pub title: String,
    /// `dc:creator`, `author/name`, `authors[].name`.
    pub authors: Vec<String>,
    /// `pubDate`, `published`, `date_published`.
    pub published: DateTime<FixedOffset>,
    /// How exact `published` is; `None` if it is the time of first sight.
    pub precision: Option<Precision>,
    /// `atom:updated`, `updated`, `date_modified`.
    pub updated: DateTime<FixedOffset>,
    /// The address of the article itself: absolute http(s). `None`: its page here stands for it.
    pub link: Option<String>,
    /// `description`, `summary`, `summary`. Plain text.
    pub summary: String,
    /// `content:encoded`, `content type="html"`, `content_html`. Safe HTML with absolute links.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// BCP 47 tag, if it is not the feed's.
    pub language: Option<String>,
    /// `category`, `category`, `tags`.
    pub tags: Vec<String>,
    /// `enclosure`, `link rel="enclosure"`, `attachments`.
    pub enclosures: Vec<Enclosure>,
    /// The address of the document that it was found in, if that is not its own: `link rel="via"`.
    pub via: Option<String>,
    /// Addresses where other papers have it in words of their own: `atom:link rel="related"`, `link rel="related"`,
    /// `_depesche.related`.
    pub related: Vec<String>,
    /// The feed that it was taken from, if it is another: `source`, `source`, `_depesche.source`.
    pub source: Option<EntrySource>,
}

/// What the web is read through. A proxy resolves names by itself: what it connects to is not looked at here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Nothing, whatever the environment says.
    #[default]
    None,
    /// What the environment names (`HTTPS_PROXY` and its like).
    Environment,
    /// This one.
    Of(Url),
}

/// The feed that an entry was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrySource {
    /// The name of its folder.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The site that it speaks of.
    pub link: Option<String>,
}

/// The place of a document in the history of its feed (RFC 5005).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// The document that is subscribed to, and all there is of the feed (section 2).
    Complete,
    /// The document that is subscribed to, with so many closed ones before it (section 4).
    Newest(u32),
    /// The closed document of this number, from 1 (section 4).
    Closed(u32),
}

impl History {
    /// The number of the closed document before this one.
    pub fn previous(self) -> Option<u32> {
        match self {
            History::Complete => None,
            History::Newest(count) => (count > 0).then_some(count),
            History::Closed(number) => number.checked_sub(1).filter(|number| *number > 0),
        }
    }
}

/// A feed ready to be written. It has at least one entry, so that its date is never invented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The name of its folder: letters, digits, `-`, `_`, `.`; with slashes, if it is a part of another feed.
    pub name: String,
    /// `channel/title`, `feed/title`, `title`.
    pub title: String,
    /// `channel/description`, `subtitle`, `description`; empty if there is none.
    pub description: String,
    /// The site it speaks of: `channel/link`, `link rel="alternate"`, `home_page_url`.
    pub link: Option<String>,
    /// BCP 47 tag: `language`, `xml:lang`, `language`.
    pub language: String,
    /// Where `public/` will be seen, ending in `/`; `None` if the settings name no `base`.
    pub base: Option<Url>,
    /// The hub that tells subscribers of changes (WebSub): `atom:link rel="hub"`, `link rel="hub"`, `hubs`.
    pub hub: Option<Url>,
    /// A picture that stands for it: `image`, `logo`, `icon`.
    pub image: Option<Url>,
    /// Who holds what rights in it: `copyright`, `rights`; empty if nothing is said.
    pub rights: String,
    /// Minutes for which a reader need not look again: `ttl`.
    pub ttl: Option<u64>,
    /// Which document of the feed it is.
    pub history: History,
    /// The newest of its entries' `updated`.
    pub updated: DateTime<FixedOffset>,
    /// In the order in which they are to be read.
    pub entries: Vec<Entry>,
}

impl Channel {
    /// The version of the rule by which feeds are named. It stays when that of articles changes.
    const URN_VERSION: u8 = 1;

    /// The identity of the feed: Atom `feed/id`.
    pub fn urn(&self) -> String {
        Channel::urn_of(&self.name)
    }

    /// The identity of the feed of this name. Made of the name, so that neither a new title nor a new address changes it.
    pub fn urn_of(name: &str) -> String {
        let digest = blake3::hash(format!("feed\0{name}").as_bytes());
        uuid(digest.as_bytes(), Channel::URN_VERSION).urn()
    }

    /// The way from the folder of the feed to `public/`. A feed for a tag lies below the one that it is a part of.
    pub fn root(&self) -> String {
        "../".repeat(1 + self.name.matches('/').count())
    }

    /// How far below the folder of the feed its document lies.
    pub fn up(&self) -> &'static str {
        match self.history {
            History::Closed(_) => "../",
            History::Complete | History::Newest(_) => "",
        }
    }

    /// The absolute address of a file of this feed, such as `atom.xml`; `None` without a base.
    pub fn address(&self, file: &str) -> Option<String> {
        let base = self.base.as_ref()?;
        base.join(&format!("{}/{file}", self.name)).ok().map(String::from)
    }
}

/// What is remembered of a source on the web. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceState {
    /// `ETag` of what was kept last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of what was kept last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The digest of how it was read: with another definition or version, the same document says something else.
    pub reading: String,
    /// When it was asked last.
    pub asked: i64,
    /// When it is to be asked next.
    pub next: i64,
    /// When it last answered well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good: Option<i64>,
    /// When the whole document was last read.
    pub whole: i64,
    /// How many times in a row it has failed, and since when.
    pub failures: u32,
    /// When the first of these failures was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<i64>,
    /// What is wrong with it, in words: the last failure, or what is missing in what it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<String>,
    /// When something began to be wrong or ended, and what, at most ten times, the newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<(i64, String)>,
    /// How many entries it had in its last looks, at most ten, the newest last.
    pub entries: Vec<usize>,
    /// When it had new entries, at most twenty times, the newest last.
    pub news: Vec<i64>,
    /// Of a hundred entries, how many had a date of their own in the last good look.
    pub dated: usize,
    /// Of a hundred entries, how many had a title.
    pub titled: usize,
    /// The address of the feed that the page there offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<String>,
    /// Entries that it lists and that were not kept, by the digest of their address: how often their pages have been tried,
    /// 255 for those that are not tried again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pages: BTreeMap<String, u8>,
    /// When everything that it listed had been read.
    #[serde(skip_serializing_if = "is_never")]
    pub covered: i64,
    /// Where the address has moved for good, and since when it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<(String, i64)>,
}

fn is_never(time: &i64) -> bool {
    *time == 0
}
