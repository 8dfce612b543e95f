//! Published feeds, read back by a reader that is not ours.

use super::House;
use chrono::{DateTime, SubsecRound, Utc};
use feed_rs::model::Feed;
use serde_json::Value;

/// What all formats must say of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub link: String,
    pub authors: Vec<String>,
    pub published: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    pub summary: String,
    pub html: String,
    pub tags: Vec<String>,
    pub enclosures: Vec<(String, String, u64)>,
}

/// The three documents of a feed.
pub const DOCUMENTS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// A published document as the independent reader understands it.
pub fn feed(house: &House, name: &str, document: &str) -> Feed {
    let bytes = house.read(&format!("public/{name}/{document}"));
    feed_rs::parser::Builder::new()
        .sanitize_content(false)
        .build()
        .parse(bytes.as_bytes())
        .unwrap_or_else(|cause| panic!("{name}/{document}: {cause}\n{bytes}"))
}

/// The entries of a published document.
pub fn entries(house: &House, name: &str, document: &str) -> Vec<Entry> {
    let text = |text: Option<feed_rs::model::Text>| text.map(|text| text.content).unwrap_or_default();
    let mut read: Vec<Entry> = feed(house, name, document)
        .entries
        .into_iter()
        .map(|entry| Entry {
            title: text(entry.title),
            link: entry
                .links
                .iter()
                .find(|link| link.rel.as_deref() != Some("enclosure"))
                .map(|link| link.href.clone())
                .unwrap_or_default(),
            authors: entry.authors.into_iter().filter_map(|person| person.name).collect(),
            published: entry.published.expect("published").trunc_subsecs(0),
            updated: entry.updated.unwrap_or_default(),
            summary: text(entry.summary),
            html: entry.content.and_then(|content| content.body).unwrap_or_default(),
            tags: entry.categories.into_iter().map(|category| category.term).collect(),
            enclosures: Vec::new(),
            id: entry.id,
        })
        .collect();
    // What the reader does not hand on in the same way for all formats is looked up in the document itself.
    let source = house.read(&format!("public/{name}/{document}"));
    match document {
        "feed.json" => {
            let json: Value = serde_json::from_str(&source).unwrap();
            for (entry, item) in read.iter_mut().zip(json["items"].as_array().unwrap()) {
                for file in item["attachments"].as_array().unwrap_or(&Vec::new()) {
                    let (url, kind) = (file["url"].as_str().unwrap(), file["mime_type"].as_str().unwrap());
                    entry.enclosures.push((url.into(), kind.into(), file["size_in_bytes"].as_u64().unwrap_or(0)));
                }
            }
        }
        "atom.xml" => {
            let atom = atom_syndication::Feed::read_from(source.as_bytes()).unwrap();
            for (entry, item) in read.iter_mut().zip(atom.entries()) {
                for link in item.links().iter().filter(|link| link.rel() == "enclosure") {
                    let length = link.length().and_then(|length| length.parse().ok()).unwrap_or(0);
                    entry.enclosures.push((link.href().into(), link.mime_type().unwrap_or_default().into(), length));
                }
            }
        }
        _ => {
            let rss = rss::Channel::read_from(source.as_bytes()).unwrap();
            for (entry, item) in read.iter_mut().zip(rss.items()) {
                if let Some(file) = item.enclosure() {
                    let length = file.length().parse().unwrap_or(0);
                    entry.enclosures.push((file.url().into(), file.mime_type().into(), length));
                }
                // RSS itself knows no date of change: the element of Atom carries it.
                let updated = &item.extensions()["atom"]["updated"][0];
                entry.updated = DateTime::parse_from_rfc3339(updated.value().unwrap()).unwrap().to_utc();
                entry.html = item.content().unwrap_or_default().to_owned();
                entry.summary = item.description().map(depesche::text::of_html).unwrap_or_default();
            }
        }
    }
    read
}

/// The entries of a feed, which all three documents must agree on.
pub fn agreed(house: &House, name: &str) -> Vec<Entry> {
    let [rss, atom, json] = DOCUMENTS.map(|document| entries(house, name, document));
    assert_eq!(rss, atom, "RSS and Atom");
    assert_eq!(atom, json, "Atom and JSON Feed");
    atom
}
