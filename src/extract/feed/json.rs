//! JSON Feed 1.0 and 1.1, entry by entry, so that only one of them is held as JSON at a time.
//!
//! Values of a wrong type are taken for what they may mean (a number as identifier) or left out;
//! an object that does not end is refused whole.

use super::{Fault, FeedParts, Limits, inherit};
use crate::model::{DateClaim, Enclosure, FeedLink, Markup, Origin, Pile, RawArticle, RawFeed, Role};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads the text of a JSON feed.
pub fn read(text: &str, limits: &Limits) -> Result<FeedParts, Fault> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document = deserializer.deserialize_map(DocumentVisitor { limits }).map_err(|error| {
        // serde_json refuses what nests deeper than 128 and names it in words only.
        if error.is_eof() {
            Fault::Truncated
        } else if error.to_string().starts_with("recursion limit") {
            Fault::TooDeep
        } else if error.is_data() {
            Fault::NotAFeed
        } else {
            Fault::Malformed
        }
    })?;
    let Document { mut head, articles, has_items, left_out } = document;
    let version = take_text(&mut head, "version").unwrap_or_default();
    let named = ["title", "home_page_url", "feed_url"].iter().any(|key| head.contains_key(*key));
    let is_feed = version.contains("jsonfeed.org/") || has_items && named;
    if !is_feed {
        return Err(Fault::NotAFeed);
    }
    let mut parts = FeedParts { articles, ..FeedParts::default() };
    if left_out > 0 {
        parts.warnings.push(format!("entries beyond the limit, left out: {left_out}"));
    }
    for (key, rel) in [("feed_url", "self"), ("next_url", "next")] {
        if let Some(href) = head.get(key).and_then(Value::as_str).filter(|href| !href.is_empty()) {
            parts.links.push(FeedLink { rel: rel.to_owned(), href: href.to_owned(), changed: None });
        }
    }
    if let Some(Value::Array(hubs)) = head.remove("hubs") {
        for hub in hubs.iter().filter_map(|hub| hub.get("url").and_then(Value::as_str)) {
            parts.links.push(FeedLink { rel: "hub".to_owned(), href: hub.to_owned(), changed: None });
        }
    }
    parts.head = feed(head);
    inherit(&parts.head.authors, &mut parts.articles);
    Ok(parts)
}

struct Document {
    head: Map<String, Value>,
    articles: Pile<RawArticle>,
    has_items: bool,
    left_out: usize,
}

struct DocumentVisitor<'l> {
    limits: &'l Limits,
}

impl<'de> Visitor<'de> for DocumentVisitor<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document { head: Map::new(), articles: Vec::new(), has_items: false, left_out: 0 };
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                map.next_value_seed(Items { limits: self.limits, document: &mut document })?;
                document.has_items = true;
            } else {
                let value = map.next_value()?;
                document.head.insert(key, value);
            }
        }
        Ok(document)
    }
}

struct Items<'l, 'd> {
    limits: &'l Limits,
    document: &'d mut Document,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(item) = sequence.next_element::<Value>()? {
            let Value::Object(item) = item else { continue };
            if self.document.articles.len() < self.limits.entries {
                self.document.articles.push(Box::new(article(item)));
            } else {
                self.document.left_out += 1;
            }
        }
        Ok(())
    }
}

fn feed(mut head: Map<String, Value>) -> RawFeed {
    RawFeed {
        title: take_text(&mut head, "title").map(Markup::Text),
        subtitle: take_text(&mut head, "description").map(Markup::Text),
        link: take_text(&mut head, "home_page_url"),
        id: take_text(&mut head, "feed_url"),
        authors: authors(&mut head),
        language: take_text(&mut head, "language"),
        ..RawFeed::default()
    }
}

fn article(mut item: Map<String, Value>) -> RawArticle {
    let html = take_text(&mut item, "content_html").map(Markup::Html);
    let text = take_text(&mut item, "content_text").map(Markup::Text);
    let dates = [("date_published", Role::Published), ("date_modified", Role::Updated)];
    let dates = dates
        .into_iter()
        .filter_map(|(key, role)| Some(DateClaim { role, words: take_text(&mut item, key)?, origin: Origin::Feed }));
    let dates = dates.collect();
    let url = take_text(&mut item, "url");
    RawArticle {
        title: take_text(&mut item, "title").map(Markup::Text),
        authors: authors(&mut item),
        dates,
        link: url.or_else(|| take_text(&mut item, "external_url")),
        guid: take_text(&mut item, "id"),
        summary: take_text(&mut item, "summary").map(Markup::Text),
        body: html.or(text),
        language: take_text(&mut item, "language"),
        tags: take_list(&mut item, "tags").into_iter().filter_map(text_of).collect(),
        enclosures: take_list(&mut item, "attachments").into_iter().filter_map(enclosure).collect(),
        ..RawArticle::default()
    }
}

/// `authors` of version 1.1, else `author` of version 1.0.
fn authors(object: &mut Map<String, Value>) -> Vec<String> {
    let mut found = take_list(object, "authors");
    found.extend(object.remove("author"));
    let mut names: Vec<String> = Vec::new();
    for author in found {
        let name = match author {
            Value::Object(mut author) => take_text(&mut author, "name"),
            other => text_of(other),
        };
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

fn enclosure(attachment: Value) -> Option<Enclosure> {
    let Value::Object(mut attachment) = attachment else { return None };
    let length = attachment.get("size_in_bytes");
    let length = length.and_then(|length| length.as_u64().or_else(|| length.as_str()?.trim().parse().ok()));
    Some(Enclosure {
        url: take_text(&mut attachment, "url")?,
        media_type: take_text(&mut attachment, "mime_type"),
        length,
    })
}

fn take_list(object: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match object.remove(key) {
        Some(Value::Array(values)) => values,
        Some(Value::Null) | None => Vec::new(),
        Some(value) => vec![value],
    }
}

fn take_text(object: &mut Map<String, Value>, key: &str) -> Option<String> {
    object.remove(key).and_then(text_of)
}

/// Characters, where the value is some; `None` if there are none but white space.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
