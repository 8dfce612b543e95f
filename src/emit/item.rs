//! What a feed and its entries say, made ready for every format alike.
//!
//! In come a [`Channel`] and its [`Entry`]s, out go the same fields free of what a format cannot
//! carry: text without characters that XML forbids, lines without line breaks, addresses that are
//! addresses, times that every date format can say. Nothing is escaped here: that is the last step,
//! and each format has its own.

use crate::emit::{Fault, Format, history, time};
use crate::model::{Channel, Enclosure, Entry, EntrySource, Precision};
use crate::text;
use chrono::{DateTime, FixedOffset};
use memchr::memmem;
use std::borrow::Cow;
use url::Url;

/// The feed itself.
pub struct Head<'a> {
    /// The identity of the feed.
    pub urn: String,
    /// One line, never empty.
    pub title: Cow<'a, str>,
    /// One line; empty if there is nothing to see in it.
    pub description: Cow<'a, str>,
    /// BCP 47 tag.
    pub language: Option<&'a str>,
    /// The address of the site that it speaks of.
    pub link: Option<Cow<'a, str>>,
    /// The absolute address of its own page.
    pub page: Option<String>,
    /// The absolute address of the document.
    pub address: Option<String>,
    /// The hub that tells subscribers of changes.
    pub hub: Option<&'a str>,
    /// A picture that stands for it.
    pub image: Option<&'a str>,
    /// One line; empty if there is nothing to see in it.
    pub rights: Cow<'a, str>,
    /// Relations of RFC 5005 and where they lead.
    pub history: Vec<(&'static str, String)>,
    /// The newest of its entries' `updated`.
    pub updated: DateTime<FixedOffset>,
}

impl<'a> Head<'a> {
    /// Makes the feed's own fields ready for a document of this format.
    pub fn of(channel: &'a Channel, format: Format) -> Result<Head<'a>, Fault> {
        let urn = channel.urn();
        let updated = time::writable(channel.updated).map_err(|year| Fault::Year { of: urn.clone(), year })?;
        Ok(Head {
            title: feed_title(channel),
            description: filled(line(&channel.description)).unwrap_or_default(),
            language: language(&channel.language),
            link: channel.link.as_deref().and_then(address),
            page: channel.address("index.html"),
            address: channel.address(&history::path(channel.history, format)),
            hub: channel.hub.as_ref().map(Url::as_str),
            image: channel.image.as_ref().map(Url::as_str),
            rights: filled(line(&channel.rights)).unwrap_or_default(),
            history: history::links(channel, format),
            updated,
            urn,
        })
    }
}

/// An entry.
pub struct Item<'a> {
    /// The identity of the article.
    pub urn: String,
    /// One line, never empty.
    pub title: Cow<'a, str>,
    /// Names, one line each, none of them empty.
    pub authors: Vec<Cow<'a, str>>,
    /// When it was published.
    pub published: DateTime<FixedOffset>,
    /// How exact that is; `None`: it is the time of first sight.
    pub precision: Option<Precision>,
    /// When it was last changed.
    pub updated: DateTime<FixedOffset>,
    /// Its address, or the absolute address of its page here.
    pub link: Option<Cow<'a, str>>,
    /// The teaser, one line; empty if there is nothing to see in it.
    pub summary: Cow<'a, str>,
    /// The body as HTML, possibly empty.
    pub html: Cow<'a, str>,
    /// BCP 47 tag, if it is not the feed's.
    pub language: Option<&'a str>,
    /// One line each, none of them empty.
    pub tags: Vec<Cow<'a, str>>,
    /// The files that belong to it.
    pub files: Vec<File<'a>>,
    /// The picture that stands for it: the first file that is one, else the first in the text.
    pub image: Option<Cow<'a, str>>,
    /// The address of the document that it was found in.
    pub via: Option<Cow<'a, str>>,
    /// Addresses where other papers have it in words of their own.
    pub related: Vec<Cow<'a, str>>,
    /// The feed that it was taken from.
    pub source: Option<Source<'a>>,
}

/// The feed that an entry was taken from.
pub struct Source<'a> {
    /// The name of its folder.
    pub name: &'a str,
    /// The identity of the feed.
    pub urn: String,
    /// One line, never empty.
    pub title: Cow<'a, str>,
    /// The address of the site that it speaks of.
    pub link: Option<Cow<'a, str>>,
}

/// A file that belongs to an entry.
pub struct File<'a> {
    /// Its absolute address.
    pub url: Cow<'a, str>,
    /// Its media type.
    pub media_type: Option<&'a str>,
    /// Its size in bytes.
    pub length: Option<u64>,
}

impl<'a> File<'a> {
    /// The media type for formats that demand one (RFC 2046, section 4.5.1, for unknown content).
    pub fn stated_type(&self) -> &'a str {
        self.media_type.unwrap_or("application/octet-stream")
    }
}

/// Makes every entry ready, in the order of the channel, and what a format makes of it. The first
/// entry that cannot be written ends it.
pub fn collect<'a, T>(channel: &'a Channel, make: impl Fn(&'a Entry, Item<'a>) -> T) -> Result<Vec<T>, Fault> {
    let mut made = Vec::with_capacity(channel.entries.len());
    for entry in &channel.entries {
        made.push(make(entry, Item::of(channel, entry)?));
    }
    Ok(made)
}

impl<'a> Item<'a> {
    fn of(channel: &'a Channel, entry: &'a Entry) -> Result<Item<'a>, Fault> {
        let time = |at| time::writable(at).map_err(|year| Fault::Year { of: entry.id.urn(), year });
        Ok(Item {
            urn: entry.id.urn(),
            title: title(entry),
            authors: lines(&entry.authors),
            published: time(entry.published)?,
            precision: entry.precision,
            updated: time(entry.updated)?,
            link: link(entry).or_else(|| channel.address(&page_of(entry)).map(Cow::Owned)),
            summary: filled(line(&entry.summary)).unwrap_or_default(),
            html: with_elsewhere(body(entry), entry),
            language: entry.language.as_deref().and_then(language).filter(|tag| *tag != channel.language),
            tags: lines(&entry.tags),
            image: image(entry),
            files: files(entry),
            via: entry.via.as_deref().and_then(address),
            related: related(entry),
            source: entry.source.as_ref().map(source),
        })
    }
}

/// Addresses where other papers have it in words of their own.
fn related(entry: &Entry) -> Vec<Cow<'_, str>> {
    entry.related.iter().filter_map(|link| address(link)).collect()
}

/// A paragraph that names the other papers which have it; empty if there are none.
pub fn elsewhere(entry: &Entry) -> String {
    let links: Vec<String> = related(entry)
        .iter()
        .map(|link| {
            let host = Url::parse(link).ok().and_then(|url| url.host_str().map(str::to_owned));
            let host = host.as_deref().map_or(link.as_ref(), |host| host.strip_prefix("www.").unwrap_or(host));
            format!("<a href=\"{}\">{}</a>", text::escape_html(link), text::escape_html(host))
        })
        .collect();
    if links.is_empty() { String::new() } else { format!("<p>Auch bei {}</p>", links.join(", ")) }
}

/// The body with that paragraph behind it; a feed without bodies stays one.
fn with_elsewhere<'a>(body: Cow<'a, str>, entry: &Entry) -> Cow<'a, str> {
    if body.is_empty() || entry.related.is_empty() {
        return body;
    }
    Cow::Owned(format!("{}\n{}", body.trim_end(), elsewhere(entry)))
}

fn source(source: &EntrySource) -> Source<'_> {
    Source {
        name: &source.name,
        urn: Channel::urn_of(&source.name),
        title: filled(line(&source.title)).unwrap_or(Cow::Borrowed(&source.name)),
        link: source.link.as_deref().and_then(address),
    }
}

fn image(entry: &Entry) -> Option<Cow<'_, str>> {
    let of_kind = |file: &&Enclosure| file.media_type.as_deref().is_some_and(|kind| kind.starts_with("image/"));
    if let Some(file) = entry.enclosures.iter().find(of_kind) {
        return address(&file.url);
    }
    // The HTML is our sanitiser's, which writes attributes in one way.
    let (_, tag) = entry.html.split_at(memmem::find(entry.html.as_bytes(), b"<img ")?);
    let (tag, _) = tag.split_once('>')?;
    let (_, src) = tag.split_once("src=\"")?;
    let (src, _) = src.split_once('"')?;
    address(&src.replace("&amp;", "&")).map(|address| Cow::Owned(address.into_owned()))
}

/// The page of an entry, as seen from the folder of its feed.
pub fn page_of(entry: &Entry) -> String {
    format!("articles/{}.html", entry.id)
}

/// The title of a feed as one line; its name, if the title has nothing to see in it.
pub fn feed_title(channel: &Channel) -> Cow<'_, str> {
    filled(line(&channel.title)).unwrap_or(Cow::Borrowed(&channel.name))
}

/// The title of an entry as one line. One that consists of illegal characters is no title.
pub fn title(entry: &Entry) -> Cow<'_, str> {
    filled(line(&entry.title)).unwrap_or(Cow::Borrowed("Ohne Titel"))
}

/// The article's own address.
pub fn link(entry: &Entry) -> Option<Cow<'_, str>> {
    entry.link.as_deref().and_then(address)
}

/// The body of an entry: its HTML, or paragraphs made of its text.
pub fn body(entry: &Entry) -> Cow<'_, str> {
    if !entry.html.trim().is_empty() {
        return text::clean(&entry.html);
    }
    let mut html = String::new();
    for paragraph in entry.text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        html.push_str("<p>");
        html.push_str(&text::escape_html(paragraph).replace('\n', "<br>\n"));
        html.push_str("</p>\n");
    }
    Cow::Owned(html)
}

/// The files of an entry that have an address.
pub fn files(entry: &Entry) -> Vec<File<'_>> {
    entry.enclosures.iter().filter_map(file).collect()
}

fn file(enclosure: &Enclosure) -> Option<File<'_>> {
    let media_type = enclosure.media_type.as_deref().filter(|kind| is_media_type(kind));
    Some(File { url: address(&enclosure.url)?, media_type, length: enclosure.length })
}

/// Text for a place that has one line: every tab and line break becomes a space, because in an
/// attribute a reader sees them as spaces anyway (XML 1.0, section 3.3.3) and the formats are to agree.
pub fn line(text: &str) -> Cow<'_, str> {
    let clean = text::clean(text);
    if clean.contains(['\t', '\n']) { Cow::Owned(clean.replace(['\t', '\n'], " ")) } else { clean }
}

/// The lines that have something to see in them.
pub fn lines(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().filter_map(|text| filled(line(text))).collect()
}

fn filled(line: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if line.trim().is_empty() { None } else { Some(line) }
}

/// An address on the web, absolute and without a character that no URI may carry. Everything else,
/// `javascript:` above all, is no address.
pub fn address(text: &str) -> Option<Cow<'_, str>> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    if rest.is_empty() || rest.starts_with(['/', '?', '#']) { None } else { Some(text::escape_uri(text)) }
}

/// A language tag by the grammar that Atom demands (RFC 3066, section 2.1); others are left out.
pub fn language(tag: &str) -> Option<&str> {
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let short = |part: &str| (1..=8).contains(&part.len());
    let fits = short(primary)
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| short(part) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    fits.then_some(tag)
}

/// `type/subtype` with parameters behind (RFC 2045, section 5.1), as far as a validator looks.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| !part.is_empty() && !part.contains(|c| " ()<>@,;:\\\"/[]?=".contains(c));
    let (essence, _) = text.split_once(';').unwrap_or((text, ""));
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    printable && essence.trim_end().split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
