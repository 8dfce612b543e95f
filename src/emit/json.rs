//! JSON Feed 1.1.
//!
//! In comes a [`Channel`], out goes a document whose members stand in a fixed order.
//!
//! Each item has the extension member `_depesche` with `published_precision`: `second`, `minute`,
//! `day` or `month` as the article said it, `null` if it gave no date and `date_published` is the
//! time at which it was first seen. A day without a time is midnight in `date_published`, and this
//! is how a reader can tell. `related` there are addresses where other papers have the article in words of their own. An item must have a content: without a body it is the empty text.

use crate::date;
use crate::emit::item::{File, Head, Item, collect};
use crate::emit::{Fault, Format};
use crate::model::{Channel, Precision};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<[Hub<'a>; 1]>,
    items: Vec<Element<'a>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    protocol: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Element<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, str>>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    _depesche: Extension<'a>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: Cow<'a, str>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: Cow<'a, str>,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Extension<'a> {
    published_precision: Option<Precision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceFeed<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Cow<'a, str>>,
}

#[derive(Serialize)]
struct SourceFeed<'a> {
    id: String,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<Cow<'a, str>>,
}

/// Writes the document.
pub fn write(channel: &Channel) -> Result<Vec<u8>, Fault> {
    let head = Head::of(channel, Format::Json)?;
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: head.title,
        home_page_url: head.link.or(head.page.map(Cow::Owned)),
        feed_url: head.address,
        description: head.description,
        language: head.language,
        icon: head.image,
        // The older entries lie there (JSON Feed 1.1, `next_url`).
        next_url: head.history.into_iter().find(|(rel, _)| *rel == "prev-archive").map(|(_, href)| href),
        hubs: head.hub.map(|url| [Hub { protocol: "WebSub", url }]),
        items: collect(channel, |_, item| element(item))?,
    };
    let size = channel.entries.iter().map(|entry| entry.html.len() * 9 / 8 + entry.summary.len() + 1024).sum();
    let mut written = Vec::with_capacity(size);
    serde_json::to_writer_pretty(&mut written, &document).map_err(Fault::Json)?;
    written.push(b'\n');
    Ok(embeddable(written))
}

/// The same JSON, if it is put into a `<script>` of a page: what would end or open one there is written as an escape.
fn embeddable(json: Vec<u8>) -> Vec<u8> {
    let is_meant = |rest: &[u8]| {
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        rest.starts_with(b"!--") || rest.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
    };
    let mut out = Vec::new();
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', &json) {
        if is_meant(&json[at + 1..]) {
            out.extend_from_slice(&json[done..at]);
            out.extend_from_slice(b"\\u003c");
            done = at + 1;
        }
    }
    if done == 0 {
        return json;
    }
    out.extend_from_slice(&json[done..]);
    out
}

fn element(item: Item) -> Element {
    let content_html = (!item.html.is_empty()).then_some(item.html);
    Element {
        id: item.urn,
        url: item.link,
        title: item.title,
        content_text: if content_html.is_none() { Some("") } else { None },
        content_html,
        summary: item.summary,
        image: item.image,
        date_published: date::rfc3339(&item.published),
        date_modified: date::rfc3339(&item.updated),
        authors: item.authors.into_iter().map(|name| Author { name }).collect(),
        tags: item.tags,
        language: item.language,
        attachments: item.files.into_iter().map(attachment).collect(),
        _depesche: Extension {
            published_precision: item.precision,
            source: item.source.map(|source| SourceFeed {
                id: source.urn,
                title: source.title,
                home_page_url: source.link,
            }),
            related: item.related,
        },
    }
}

fn attachment(file: File) -> Attachment {
    Attachment { mime_type: file.stated_type(), size_in_bytes: file.length, url: file.url }
}
