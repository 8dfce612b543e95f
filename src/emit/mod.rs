//! Emitting: a [`Channel`] as RSS 2.0, Atom 1.0 and JSON Feed 1.1, and the HTML pages and the list
//! of subscriptions that stand beside them.
//!
//! Owns the form of every published byte. In come values of [`crate::model`], out go bytes. It
//! knows no clock, no disk and no network, and decides nothing about what is published or in which
//! order: the same channel is the same bytes on every machine.
//!
//! Every field is made ready once, in `item`, for all formats: that is why they agree. The
//! modules of the formats only say where a field goes.

mod atom;
mod history;
mod item;
mod json;
mod opml;
mod page;
mod rss;
mod summary;
mod time;

pub use opml::opml;
pub use page::{article_page, index_page, overview_page};
pub use summary::{Headline, Summary};

use crate::model::Channel;
use std::fmt;

/// The version of the form of published files: raised when the same channel becomes other bytes, so that feeds are written
/// again.
pub const FORM: u32 = 2;

/// The formats that a feed is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 2.0, as the RSS Advisory Board's profile recommends it.
    Rss,
    /// Atom 1.0, RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// All of them, in the order in which they are offered to a reader.
    pub const ALL: [Format; 3] = [Format::Rss, Format::Atom, Format::Json];

    /// The name of the file in the folder of the feed.
    pub fn file_name(self) -> &'static str {
        match self {
            Format::Rss => "rss.xml",
            Format::Atom => "atom.xml",
            Format::Json => "feed.json",
        }
    }

    /// The name of the closed document of this number, as seen from the folder of the feed.
    pub fn closed_name(self, number: u32) -> String {
        let ending = match self {
            Format::Rss => "rss",
            Format::Atom => "xml",
            Format::Json => "json",
        };
        format!("archive/{number:04}.{ending}")
    }

    /// The media type that it is served and announced with.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Rss => "application/rss+xml",
            Format::Atom => "application/atom+xml",
            Format::Json => "application/feed+json",
        }
    }

    /// The name that people know it by.
    pub fn label(self) -> &'static str {
        match self {
            Format::Rss => "RSS",
            Format::Atom => "Atom",
            Format::Json => "JSON Feed",
        }
    }
}

/// Writes a feed in one format.
pub fn feed(channel: &Channel, format: Format) -> Result<Vec<u8>, Fault> {
    match format {
        Format::Rss => rss::write(channel),
        Format::Atom => atom::write(channel),
        Format::Json => json::write(channel),
    }
}

/// The line that names the style sheet for browsers, to stand behind the XML declaration (Associating Style Sheets with XML
/// documents, section 4).
fn style_line(channel: &Channel) -> String {
    let way = format!("{}{}", channel.up(), channel.root());
    format!("<?xml-stylesheet type=\"text/css\" href=\"{way}feed.css\"?>")
}

/// The style sheet of all feeds, `public/feed.css`: what a browser shows of an XML document is readable, and says what it is.
pub fn feed_style() -> &'static str {
    include_str!("feed.css")
}

/// The style sheet of all pages, `public/style.css`.
pub fn style() -> &'static str {
    include_str!("style.css")
}

/// Why a feed could not be written.
#[derive(Debug)]
pub enum Fault {
    /// A year with other than four digits, which the date formats of feeds cannot say.
    Year {
        /// The entry or feed that carries it, as a URN.
        of: String,
        /// The year.
        year: i32,
    },
    /// What the writer of RSS said.
    Rss(::rss::Error),
    /// What the writer of Atom said.
    Atom(atom_syndication::Error),
    /// What the writer of JSON said.
    Json(serde_json::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Year { of, year } => write!(f, "a feed cannot say the year {year} of `{of}`"),
            Fault::Rss(_) => f.write_str("cannot write RSS"),
            Fault::Atom(_) => f.write_str("cannot write Atom"),
            Fault::Json(_) => f.write_str("cannot write JSON Feed"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Fault::Year { .. } => None,
            Fault::Rss(cause) => Some(cause),
            Fault::Atom(cause) => Some(cause),
            Fault::Json(cause) => Some(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Enclosure, Entry, History, Precision};
    use chrono::{DateTime, Datelike};

    /// What a title may hold at worst: it reaches the archive through files and feeds.
    const HOSTILE: &str =
        "a ]]> b <![CDATA[ &amp; &#xD800; <script>alert(1)</script> \u{202E}\u{2028} \"'\\ \u{10FFFF} z";

    fn entry(text: &str) -> Entry {
        let at = DateTime::parse_from_rfc3339("2024-08-28T14:30:00+02:00").unwrap();
        Entry {
            id: ArticleId([7; 16]),
            title: text.to_owned(),
            authors: vec![text.to_owned()],
            published: at,
            precision: Some(Precision::Minute),
            updated: at,
            link: Some("https://blatt.example/?a=1&b=2".to_owned()),
            summary: text.to_owned(),
            html: format!("<p>{text}</p>"),
            text: String::new(),
            language: None,
            tags: vec![text.to_owned()],
            enclosures: vec![],
            via: None,
            related: vec![],
            source: None,
        }
    }

    fn channel(entry: Entry) -> Channel {
        Channel {
            name: "blatt".to_owned(),
            title: "Blatt".to_owned(),
            description: String::new(),
            link: None,
            language: "de".to_owned(),
            base: None,
            hub: None,
            image: None,
            rights: String::new(),
            ttl: None,
            history: History::Complete,
            updated: entry.updated,
            entries: vec![entry],
        }
    }

    fn written(channel: &Channel, format: Format) -> String {
        String::from_utf8(feed(channel, format).unwrap()).unwrap()
    }

    #[test]
    fn every_format_reads_back_the_same_hostile_text() {
        let controls: String = ('\0'..=' ').chain('\u{7F}'..='\u{9F}').chain(['\u{FFFE}', '\u{FFFF}']).collect();
        let channel = channel(entry(&format!("v{controls}{HOSTILE}")));
        // A tab, a line feed and the space are left, in one line as three spaces.
        let (line, html) = (format!("v   {HOSTILE}"), format!("<p>v\t\n {HOSTILE}</p>"));

        let rss = ::rss::Channel::read_from(written(&channel, Format::Rss).as_bytes()).unwrap();
        let item = &rss.items[0];
        assert_eq!(item.title.as_deref(), Some(line.as_str()));
        assert_eq!(item.content.as_deref(), Some(html.as_str()));
        assert_eq!(item.dublin_core_ext.as_ref().unwrap().creators, [line.as_str()]);
        assert_eq!(item.categories[0].name, line);

        let atom = atom_syndication::Feed::read_from(written(&channel, Format::Atom).as_bytes()).unwrap();
        let entry = &atom.entries[0];
        assert_eq!(entry.title.value, line);
        assert_eq!(entry.summary.as_ref().unwrap().value, line);
        assert_eq!(entry.content.as_ref().unwrap().value.as_deref(), Some(html.as_str()));
        assert_eq!(entry.authors[0].name, line);
        assert_eq!(entry.categories[0].term, line);

        let json: serde_json::Value = serde_json::from_str(&written(&channel, Format::Json)).unwrap();
        let item = &json["items"][0];
        assert_eq!(item["title"], line.as_str());
        assert_eq!(item["summary"], line.as_str());
        assert_eq!(item["content_html"], html.as_str());
        assert_eq!(item["authors"][0]["name"], line.as_str());
        assert_eq!(item["tags"][0], line.as_str());
    }

    #[test]
    fn rss_has_hexadecimal_references_in_text_and_leaves_cdata_alone() {
        let rss = written(&channel(entry("x < y & z ]]> &amp;")), Format::Rss);
        assert!(rss.contains("<title>x &#x3C; y &#x26; z ]]&gt; &#x26;amp;</title>"), "{rss}");
        assert!(rss.contains("<link>https://blatt.example/?a=1&#x26;b=2</link>"), "{rss}");
        assert!(rss.contains("<![CDATA[<p>x < y & z ]]]]><![CDATA[> &amp;</p>]]>"), "{rss}");
        assert!(rss.contains("<![CDATA[x &lt; y &amp; z ]]&gt; &amp;amp;]]>"), "{rss}");
    }

    #[test]
    fn what_is_no_title_no_name_and_no_address_is_left_out() {
        let mut entry = entry("\0\u{1B}");
        entry.link = Some("javascript:alert(1)".to_owned());
        entry.enclosures = vec![Enclosure { url: "data:text/html,x".to_owned(), media_type: None, length: None }];
        let json: serde_json::Value = serde_json::from_str(&written(&channel(entry), Format::Json)).unwrap();
        let item = json["items"][0].as_object().unwrap();
        let names: Vec<&str> = item.keys().map(String::as_str).collect();
        assert_eq!(item["title"], "Ohne Titel");
        for absent in ["url", "summary", "authors", "tags", "attachments"] {
            assert!(!names.contains(&absent), "{absent} in {names:?}");
        }
    }

    #[test]
    fn a_media_type_that_is_none_is_not_stated() {
        let mut entry = entry("x");
        let kinds = ["audio/mpeg", "text/html; charset=utf-8", "mp3", "a/", "a b/c", "a/b;\u{1}", "a/\n"];
        entry.enclosures = kinds
            .map(|kind| Enclosure {
                url: "https://blatt.example/a".to_owned(),
                media_type: Some(kind.to_owned()),
                length: None,
            })
            .to_vec();
        let json: serde_json::Value = serde_json::from_str(&written(&channel(entry), Format::Json)).unwrap();
        let stated: Vec<&str> = json["items"][0]["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|a| a["mime_type"].as_str())
            .collect();
        let unknown = "application/octet-stream";
        assert_eq!(stated, [kinds[0], kinds[1], unknown, unknown, unknown, unknown, unknown]);
    }

    #[test]
    fn a_year_of_five_digits_is_refused_and_names_its_entry() {
        let mut entry = entry("x");
        entry.published = entry.published.with_year(12_024).unwrap();
        let channel = channel(entry);
        for format in Format::ALL {
            let fault = feed(&channel, format).unwrap_err();
            assert_eq!(
                fault.to_string(),
                "a feed cannot say the year 12024 of `urn:uuid:07070707-0707-0707-0707-070707070707`"
            );
        }
        assert!(!article_page(&channel, &channel.entries[0]).is_empty());
    }
}
