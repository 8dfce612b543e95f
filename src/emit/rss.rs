//! RSS 2.0 with the modules content, Dublin Core, Media RSS and Atom, written by the `rss` crate.
//!
//! In comes a [`Channel`], out goes a document. What the crate has no word for is closed here: the
//! escaping that the RSS Advisory Board recommends, and elements of other namespaces.
//!
//! Where a value goes, beside the plain cases:
//! - `guid` is a URN and says that it is no link, so that no reader opens it.
//! - `link` of the channel is demanded. Without a site and without a base it is the URN of the feed:
//!   true, absolute, the same for ever, and a scheme that the specification's rule allows.
//! - `description` of the channel is demanded. Without one the title stands in.
//! - `description` of an item stands before `content:encoded` even if it is empty, as the profile
//!   asks: a reader then knows that there is no teaser.
//! - An `enclosure` of unknown size has the length 0, also by the profile; a second one is
//!   `media:content`, as an item has at most one enclosure.

use crate::date;
use crate::emit::item::{File, Head, Item, collect};
use crate::emit::{Fault, Format, history, style_line};
use crate::model::Channel;
use crate::text;
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Enclosure, Guid, Image, Source};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Declared in every document, used or not: the head of a feed then never changes.
const NAMESPACES: [(&str, &str); 5] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("fh", history::NAMESPACE),
    ("media", "http://search.yahoo.com/mrss/"),
];

/// Writes the document.
pub fn write(channel: &Channel) -> Result<Vec<u8>, Fault> {
    let head = Head::of(channel, Format::Rss)?;
    let description = if head.description.is_empty() { &head.title } else { &head.description };
    let link = head.link.as_deref().or(head.page.as_deref()).unwrap_or(&head.urn);
    let document = rss::Channel {
        title: head.title.to_string(),
        link: link.to_owned(),
        description: description.to_string(),
        language: head.language.map(str::to_owned),
        last_build_date: Some(date::rfc2822(&head.updated)),
        generator: Some("depesche".to_owned()),
        copyright: (!head.rights.is_empty()).then(|| head.rights.to_string()),
        ttl: channel.ttl.map(|minutes| minutes.to_string()),
        image: head.image.map(|image| Image {
            url: image.to_owned(),
            // Both are to be those of the channel (RSS 2.0, `image`).
            title: head.title.to_string(),
            link: link.to_owned(),
            ..Image::default()
        }),
        extensions: extensions(channel, head.address, head.hub, head.history),
        namespaces: NAMESPACES.map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())).into(),
        items: collect(channel, |_, item| element(channel, item))?,
        ..rss::Channel::default()
    };
    let size = channel.entries.iter().map(|entry| entry.html.len() + entry.summary.len() + 2048).sum();
    let out = Hexadecimal { out: Vec::with_capacity(size), verbatim: false, style: Some(style_line(channel)) };
    Ok(document.pretty_write_to(out, b' ', 1).map_err(Fault::Rss)?.out)
}

fn element(channel: &Channel, item: Item) -> rss::Item {
    let mut files = item.files.iter();
    let enclosure = files.next().map(|file| Enclosure {
        url: file.url.to_string(),
        length: file.length.unwrap_or(0).to_string(),
        mime_type: file.stated_type().to_owned(),
    });
    let further: Vec<Extension> = files.map(media_content).collect();
    let mut extensions = named("atom", "updated", vec![text_element("atom:updated", date::rfc3339(&item.updated))]);
    if !item.related.is_empty() {
        let link = |href: &str| empty_element("atom:link", [("href", href.to_owned()), ("rel", "related".to_owned())]);
        let links = item.related.iter().map(|href| link(href)).collect();
        extensions.entry("atom".to_owned()).or_default().insert("link".to_owned(), links);
    }
    let mut media = BTreeMap::new();
    if !further.is_empty() {
        media.insert("content".to_owned(), further);
    }
    if let Some(image) = &item.image {
        media.insert("thumbnail".to_owned(), vec![empty_element("media:thumbnail", [("url", image.to_string())])]);
    }
    if !media.is_empty() {
        extensions.insert("media".to_owned(), media);
    }
    // The element demands the address of the feed.
    let source = item.source.and_then(|source| {
        let url = channel.base.as_ref()?.join(&format!("{}/{}", source.name, Format::Rss.file_name())).ok()?;
        Some(Source { url: url.into(), title: Some(source.title.into_owned()) })
    });
    let has_body = !item.html.is_empty();
    let has_teaser = !item.summary.is_empty();
    rss::Item {
        title: Some(item.title.into_owned()),
        link: item.link.map(String::from),
        // A description is HTML by the specification, the teaser is plain text.
        description: (has_body || has_teaser).then(|| text::escape_html(&item.summary)),
        categories: item.tags.into_iter().map(|tag| Category { name: tag.into_owned(), domain: None }).collect(),
        enclosure,
        guid: Some(Guid { value: item.urn, permalink: false }),
        pub_date: Some(date::rfc2822(&item.published)),
        content: has_body.then(|| item.html.into_owned()),
        source,
        extensions,
        dublin_core_ext: Some(DublinCoreExtension {
            creators: item.authors.into_iter().map(String::from).collect(),
            languages: item.language.map(str::to_owned).into_iter().collect(),
            ..DublinCoreExtension::default()
        }),
        ..rss::Item::default()
    }
}

/// Where the document itself lies, the hub that tells of its changes (WebSub, section 4), and its place in the history.
fn extensions(
    channel: &Channel,
    address: Option<String>,
    hub: Option<&str>,
    history: Vec<(&'static str, String)>,
) -> ExtensionMap {
    let link = |rel: &str, href: String| [("href", href), ("rel", rel.to_owned())];
    let own = address.map(|address| {
        let kind = ("type", Format::Rss.media_type().to_owned());
        empty_element("atom:link", link("self", address).into_iter().chain([kind]))
    });
    let hub = hub.map(|hub| empty_element("atom:link", link("hub", hub.to_owned())));
    let neighbours = history.into_iter().map(|(rel, href)| {
        let kind = ("type", Format::Rss.media_type().to_owned());
        empty_element("atom:link", link(rel, href).into_iter().chain([kind]))
    });
    let links: Vec<Extension> = own.into_iter().chain(hub).chain(neighbours).collect();
    let mut extensions = ExtensionMap::default();
    if !links.is_empty() {
        extensions.extend(named("atom", "link", links));
    }
    if let Some(mark) = history::mark(channel.history) {
        extensions.extend(named("fh", mark, vec![empty_element(&format!("fh:{mark}"), [])]));
    }
    extensions
}

fn media_content(file: &File) -> Extension {
    let size = file.length.map(|length| ("fileSize", length.to_string()));
    let kind = file.media_type.map(|kind| ("type", kind.to_owned()));
    empty_element("media:content", [("url", file.url.to_string())].into_iter().chain(size).chain(kind))
}

fn named(prefix: &str, name: &str, elements: Vec<Extension>) -> ExtensionMap {
    BTreeMap::from([(prefix.to_owned(), BTreeMap::from([(name.to_owned(), elements)]))])
}

fn text_element(name: &str, value: String) -> Extension {
    Extension { name: name.to_owned(), value: Some(value), ..Extension::default() }
}

fn empty_element(name: &str, attrs: impl IntoIterator<Item = (&'static str, String)>) -> Extension {
    let attrs = attrs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    // An empty value keeps the indentation of the writer out of the element.
    Extension { name: name.to_owned(), value: Some(String::new()), attrs, ..Extension::default() }
}

/// Writes `&amp;` and `&lt;` as `&#x26;` and `&#x3C;`, which are the same to a parser. RSS does not
/// say whether a title is text or HTML; the hexadecimal form is the one that the fewest readers
/// decode twice (RSS Best Practices Profile, section "Character Data"). What stands in a CDATA
/// section is left alone: the writer of XML hands over its delimiters as writes of their own.
struct Hexadecimal {
    out: Vec<u8>,
    verbatim: bool,
    /// What stands behind the declaration, until it is written.
    style: Option<String>,
}

impl Write for Hexadecimal {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if self.out.ends_with(b"?>")
            && let Some(style) = self.style.take()
        {
            self.out.push(b'\n');
            self.out.extend_from_slice(style.as_bytes());
        }
        match chunk {
            b"<![CDATA[" => self.verbatim = true,
            b"]]>" => self.verbatim = false,
            _ => {}
        }
        let mut rest = chunk;
        while !self.verbatim
            && let Some(at) = rest.iter().position(|byte| *byte == b'&')
        {
            self.out.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            let (reference, length): (&[u8], _) = match rest {
                [b'&', b'a', b'm', b'p', b';', ..] => (b"&#x26;", 5),
                [b'&', b'l', b't', b';', ..] => (b"&#x3C;", 4),
                _ => (b"&", 1),
            };
            self.out.extend_from_slice(reference);
            rest = &rest[length..];
        }
        self.out.extend_from_slice(rest);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
