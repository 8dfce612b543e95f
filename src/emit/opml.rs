//! The list of subscriptions, `public/feeds.opml`: OPML 2.0, made to be imported by a feed reader.
//!
//! In come the [`Summary`]s of all feeds, out goes a document with one outline for each, in their
//! order. Without a base the addresses are relative to the document: a reader that is given its
//! address can follow them, and a list without them would be empty. RSS is listed, because that is
//! what `type="rss"` promises and what the oldest readers take; the page of a feed offers the others.

use crate::date;
use crate::emit::item::language;
use crate::emit::{Format, Summary, time};
use crate::text::escape_xml;

/// Writes the list of subscriptions.
pub fn opml(site: &[Summary]) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n<head>\n");
    out.push_str("<title>Feeds</title>\n");
    let newest = site.iter().map(|feed| feed.updated).max();
    if let Some(Ok(at)) = newest.map(time::writable) {
        out.push_str(&format!("<dateModified>{}</dateModified>\n", date::rfc2822(&at)));
    }
    out.push_str("</head>\n<body>\n");
    for feed in site {
        out.push_str("<outline");
        attribute(&mut out, "type", "rss");
        attribute(&mut out, "version", "RSS");
        attribute(&mut out, "text", &feed.title);
        attribute(&mut out, "title", &feed.title);
        attribute(&mut out, "description", &feed.description);
        attribute(&mut out, "language", language(&feed.language).unwrap_or_default());
        let file = Format::Rss.file_name();
        let address = feed.address(file).unwrap_or_else(|| format!("{}/{file}", feed.name));
        attribute(&mut out, "xmlUrl", &address);
        // Only absolute: a reader shows it as the site, and would look for it at the wrong place.
        let site = feed.link.clone().or_else(|| feed.address("index.html"));
        attribute(&mut out, "htmlUrl", site.as_deref().unwrap_or_default());
        out.push_str("/>\n");
    }
    out.push_str("</body>\n</opml>\n");
    out.into_bytes()
}

fn attribute(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        out.push_str(&format!(" {name}=\"{}\"", escape_xml(value)));
    }
}
