//! Atom 1.0 (RFC 4287), written by the `atom_syndication` crate.
//!
//! In comes a [`Channel`], out goes a document that holds to the grammar of the RFC's appendix B.
//!
//! Where a value goes, beside the plain cases:
//! - Every entry needs an author, of its own or of the feed (section 4.1.1). The feed names its
//!   title as author, always: it is the house that an unsigned article comes from, and the head
//!   does not change when the first unsigned article appears.
//! - Without a base, links to the project's own files are relative to the document (section 2).
//! - The crate cannot set `xml:lang` on an entry: the texts of the entry carry it.

use crate::emit::item::{File, Head, Item, collect, page_of};
use crate::emit::{Fault, Format, history, style_line};
use crate::model::{Channel, Entry};
use atom_syndication as atom;
use std::borrow::Cow;

/// Writes the document.
pub fn write(channel: &Channel) -> Result<Vec<u8>, Fault> {
    let head = Head::of(channel, Format::Atom)?;
    let site = head.link.map(Cow::into_owned).or(head.page).unwrap_or_else(|| format!("{}index.html", channel.up()));
    let own = || format!("{}{}", channel.up(), history::path(channel.history, Format::Atom));
    let address = head.address.unwrap_or_else(own);
    let mut links =
        vec![link("alternate", site, Some("text/html")), link("self", address, Some(Format::Atom.media_type()))];
    // WebSub (W3C Recommendation), section 4.
    links.extend(head.hub.map(|hub| link("hub", hub.to_owned(), None)));
    links.extend(head.history.into_iter().map(|(rel, href)| link(rel, href, Some(Format::Atom.media_type()))));
    let document = atom::Feed {
        title: text(&head.title, None),
        id: head.urn,
        updated: head.updated,
        authors: vec![person(&head.title)],
        generator: Some(atom::Generator { value: "depesche".to_owned(), ..atom::Generator::default() }),
        links,
        subtitle: (!head.description.is_empty()).then(|| text(&head.description, None)),
        logo: head.image.map(str::to_owned),
        rights: (!head.rights.is_empty()).then(|| text(&head.rights, None)),
        entries: collect(channel, |entry, item| element(channel, entry, item))?,
        namespaces: [("fh".to_owned(), history::NAMESPACE.to_owned())].into(),
        base: channel.address(""),
        lang: head.language.map(str::to_owned),
        ..atom::Feed::default()
    };
    // Escaping makes HTML longer by a fifth or so.
    let size: usize = channel.entries.iter().map(|entry| entry.html.len() * 5 / 4 + entry.summary.len() + 2048).sum();
    let mut written = Vec::with_capacity(size);
    // The crate's own declaration does not name the encoding.
    written.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    written.extend_from_slice(style_line(channel).as_bytes());
    written.push(b'\n');
    let config = atom::WriteConfig { write_document_declaration: false, indent_size: Some(1) };
    let mut written = document.write_with_config(written, config).map_err(Fault::Atom)?;
    if let Some(mark) = history::mark(channel.history) {
        // The crate writes extensions behind the entries; the grammar of the RFC has them before. In text every `<` is
        // escaped, so that the first entry is the first one.
        let entry = b"\n <entry>";
        if let Some(at) = written.windows(entry.len()).position(|window| window == entry) {
            written.splice(at..at, format!("\n <fh:{mark}/>").into_bytes());
        }
    }
    Ok(written)
}

fn element(channel: &Channel, entry: &Entry, item: Item) -> atom::Entry {
    let language = item.language;
    let alternate = item.link.map_or_else(|| format!("{}{}", channel.up(), page_of(entry)), String::from);
    let alternate =
        atom::Link { hreflang: language.map(str::to_owned), ..link("alternate", alternate, Some("text/html")) };
    let content = |html: Cow<str>| atom::Content {
        value: Some(html.into_owned()),
        content_type: Some("html".to_owned()),
        lang: language.map(str::to_owned),
        ..atom::Content::default()
    };
    atom::Entry {
        title: text(&item.title, language),
        id: item.urn,
        updated: item.updated,
        authors: item.authors.iter().map(|name| person(name)).collect(),
        categories: item.tags.into_iter().map(category).collect(),
        links: std::iter::once(alternate)
            .chain(item.files.iter().map(enclosure))
            .chain(item.via.map(|via| link("via", via.into_owned(), None)))
            .chain(item.related.into_iter().map(|other| link("related", other.into_owned(), None)))
            .collect(),
        source: item.source.map(|source| atom::Source {
            title: text(&source.title, None),
            id: source.urn,
            // What it says at the moment does not matter to the entry; that of the entry never changes without it.
            updated: item.updated,
            links: source
                .link
                .map(|href| link("alternate", href.into_owned(), Some("text/html")))
                .into_iter()
                .collect(),
            ..atom::Source::default()
        }),
        published: Some(item.published),
        summary: (!item.summary.is_empty()).then(|| text(&item.summary, language)),
        content: (!item.html.is_empty()).then(|| content(item.html)),
        ..atom::Entry::default()
    }
}

fn text(value: &str, language: Option<&str>) -> atom::Text {
    atom::Text { value: value.to_owned(), lang: language.map(str::to_owned), ..atom::Text::default() }
}

fn person(name: &str) -> atom::Person {
    atom::Person { name: name.to_owned(), ..atom::Person::default() }
}

fn category(tag: Cow<str>) -> atom::Category {
    atom::Category { term: tag.into_owned(), ..atom::Category::default() }
}

fn enclosure(file: &File) -> atom::Link {
    atom::Link {
        length: file.length.map(|length| length.to_string()),
        ..link("enclosure", file.url.to_string(), file.media_type)
    }
}

fn link(rel: &str, href: String, media_type: Option<&str>) -> atom::Link {
    atom::Link { href, rel: rel.to_owned(), mime_type: media_type.map(str::to_owned), ..atom::Link::default() }
}
