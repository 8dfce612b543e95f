//! Elements that mean something: what each field of the table does when its start tag is read.

use super::capture::{Kind, Link};
use super::content::Form;
use super::draft::Draft;
use super::lexer::Tag;
use super::names::Vocabulary;
use super::table::{Field, field};
use super::tree::{Mode, OpenEntry, TreeReader, What};
use crate::model::{Enclosure, FeedLink};

impl<'a> TreeReader<'a, '_> {
    /// An element where elements mean something.
    pub fn start_read(&mut self, tag: &Tag<'a>) {
        self.push(tag, What::Frame);
        let level = self.frames.len() - 1;
        if level == 0 && self.namespaces.core() == Vocabulary::Rss {
            return;
        }
        let (vocabulary, local) = self.namespaces.resolve(tag.name());
        let mut found = field(vocabulary, local);
        if self.source_level.is_some() && !matches!(found, Field::Author(_) | Field::Entry) {
            found = Field::Nothing;
        }
        match found {
            Field::Channel if self.entry.is_none() => self.start_channel(tag),
            Field::Entry => self.start_entry(tag),
            Field::Group => {}
            Field::Source if self.entry.is_some() => {
                self.source_level = Some(level);
                self.set(What::Source);
            }
            Field::Channel | Field::Source | Field::Nothing => self.mode = Mode::Skipping(level),
            Field::Enclosure => self.start_enclosure(tag, vocabulary),
            Field::Tag if self.tag_attribute(tag) => {}
            Field::Link(rank) => self.start_link(tag, rank, vocabulary),
            found => self.capture(found, Kind::of(found, tag), form(found, vocabulary, tag)),
        }
    }

    /// An element that nobody asks for. An entry in it counts all the same, as one of its own:
    /// modules that synchronise or merge feeds hold their entries like this.
    pub fn start_skipped(&mut self, tag: &Tag<'a>) {
        self.push(tag, What::Frame);
        let local = tag.name().rsplit(':').next().unwrap_or_default();
        if !local.eq_ignore_ascii_case("item") && !local.eq_ignore_ascii_case("entry") {
            return;
        }
        let (vocabulary, local) = self.namespaces.resolve(tag.name());
        if vocabulary == self.namespaces.core() && field(vocabulary, local) == Field::Entry {
            self.outer.extend(self.entry.take());
            let around = std::mem::replace(&mut self.mode, Mode::Reading);
            self.open_entry(tag, around);
        }
    }

    fn start_channel(&mut self, tag: &Tag<'a>) {
        self.set(What::Channel);
        self.channel_seen = true;
        if let Some(about) = tag.attribute("rdf:about") {
            let about = self.entities.text(about);
            self.head.id(1, about.trim());
        }
    }

    /// An entry in an entry: the end tag of the first is missing.
    fn start_entry(&mut self, tag: &Tag<'a>) {
        if let Some(open) = self.entry.as_ref().map(|entry| entry.level) {
            self.repaired += 1;
            self.pop();
            self.close_to(open);
            self.push(tag, What::Frame);
        }
        self.open_entry(tag, Mode::Reading);
    }

    fn open_entry(&mut self, tag: &Tag<'a>, around: Mode<'a>) {
        self.set(What::Entry);
        let place = (self.articles.len() < self.limits.entries).then_some(self.articles.len());
        match place {
            Some(_) => self.articles.push(Box::default()),
            None => self.left_out += 1,
        }
        let mut draft = Draft::default();
        if let Some(about) = tag.attribute("rdf:about") {
            let about = self.entities.text(about);
            draft.id(1, about.trim());
            draft.link(u8::MAX, self.resolve(&about));
        }
        self.entry = Some(OpenEntry { draft, level: self.frames.len() - 1, place, around });
    }

    /// An entry ends: it takes its place among the articles.
    pub fn close_entry(&mut self) {
        let Some(OpenEntry { mut draft, place, around, .. }) = self.entry.take() else { return };
        let language = |frame: &super::tree::Frame<'a>| frame.language;
        let inside = self.frames.last().and_then(language);
        if let Some(inside) = inside.filter(|_| inside != self.frames.first().and_then(language)) {
            draft.language(inside);
        }
        let base = self.base();
        if let Some(article) = place.and_then(|place| self.articles.get_mut(place)) {
            **article = draft.into_article(base);
        }
        self.entry = self.outer.pop();
        self.mode = around;
    }

    /// A tag in an attribute: Atom `term`, iTunes `text`. Whether there was one.
    fn tag_attribute(&mut self, tag: &Tag<'a>) -> bool {
        let found = tag.attribute("term").or_else(|| tag.attribute("text"));
        let Some(found) = found.filter(|found| !found.trim().is_empty()) else { return false };
        let found = self.entities.text(found);
        self.draft().tag(found.trim());
        true
    }

    /// RSS `enclosure` and `media:content`, whose children say something of the entry, too.
    fn start_enclosure(&mut self, tag: &Tag<'a>, vocabulary: Vocabulary) {
        let Some(address) = tag.attribute("url").or_else(|| tag.attribute("href")) else { return };
        let length = tag.attribute("length").or_else(|| tag.attribute("fileSize"));
        let address = self.entities.text(address);
        self.enclosure(&address, tag.attribute("type"), length);
        // An episode of a podcast without an identifier is its file.
        if vocabulary != Vocabulary::Media {
            self.draft().id(u8::MAX, address.trim());
        }
    }

    fn enclosure(&mut self, address: &str, media_type: Option<&str>, length: Option<&str>) {
        let enclosure = Enclosure {
            url: self.resolve(address),
            media_type: media_type.map(str::trim).filter(|found| !found.is_empty()).map(str::to_owned),
            length: length.and_then(|length| length.trim().parse().ok()),
        };
        if let Some(entry) = &mut self.entry {
            entry.draft.enclosure(enclosure);
        }
    }

    fn start_link(&mut self, tag: &Tag<'a>, rank: u8, vocabulary: Vocabulary) {
        // In RSS the link of the format's own goes before one borrowed from Atom.
        let borrowed = vocabulary == Vocabulary::Atom && self.namespaces.core() != Vocabulary::Atom;
        let link = Link {
            rank: if borrowed { rank + 1 } else { rank },
            rel: tag.attribute("rel"),
            media_type: tag.attribute("type"),
            length: tag.attribute("length"),
        };
        let href = tag.attribute("href").or_else(|| tag.attribute("rdf:resource"));
        match href.filter(|href| !href.trim().is_empty()) {
            Some(href) => {
                let href = self.entities.text(href);
                self.link(&link, &href);
                self.mode = Mode::Skipping(self.frames.len() - 1);
            }
            None => self.capture(Field::Link(rank), Kind::Link(link), Form::Plain),
        }
    }

    /// Takes a link for what its relation says (RFC 4287, section 4.2.7.2).
    pub fn link(&mut self, link: &Link, address: &str) {
        let rel = link.rel.map(|rel| rel.trim().to_ascii_lowercase()).unwrap_or_default();
        match rel.rsplit("/relation/").next().unwrap_or_default() {
            "" | "alternate" => {
                // Among several the one for people.
                let readable = link.media_type.is_none_or(|found| found.is_empty() || found.contains("html"));
                let address = self.resolve(address);
                self.draft().link(link.rank * 2 + u8::from(!readable), address);
            }
            "enclosure" => self.enclosure(address, link.media_type, link.length),
            rel if self.entry.is_none() => {
                let href = self.resolve(address);
                self.links.push(FeedLink { rel: rel.to_owned(), href, changed: None });
            }
            _ => {}
        }
    }
}

/// The form in which an element holds its text.
fn form(found: Field, vocabulary: Vocabulary, tag: &Tag) -> Form {
    match (found, vocabulary) {
        (Field::Title(_) | Field::Summary(_) | Field::Body(_), Vocabulary::Atom) => {
            Form::of_atom(tag.attribute("type"), tag.attribute("mode"))
        }
        (Field::Title(_) | Field::Summary(_) | Field::Body(_), Vocabulary::Markup) => Form::Inline,
        (Field::Title(_) | Field::Summary(_), Vocabulary::Media) => {
            let html = tag.attribute("type").is_some_and(|found| found.contains("html"));
            if html { Form::Escaped } else { Form::Plain }
        }
        (Field::Title(_) | Field::Summary(_) | Field::Body(_), _) => Form::Escaped,
        _ => Form::Plain,
    }
}
