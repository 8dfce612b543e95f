//! Elements whose content is collected: a title, a text, a link, a person. Owns what happens
//! between their start tag and their end tag, and where the result goes.

use super::address::is_web;
use super::content::{Content, Form};
use super::html::{is_void, write_end, write_start};
use super::lexer::Tag;
use super::names::Vocabulary;
use super::person;
use super::table::Field;
use super::tree::{Mode, TreeReader, What};
use std::borrow::Cow;
use std::rc::Rc;

/// An element whose content is being collected.
#[derive(Debug)]
pub struct Capture<'a> {
    /// How deep the element stands.
    pub level: usize,
    /// What it is for.
    pub field: Field,
    /// What was collected so far.
    pub content: Content<'a>,
    /// How to collect.
    pub kind: Kind<'a>,
}

/// What the attributes of a captured element said, or what has to be told apart in it.
#[derive(Debug)]
pub enum Kind<'a> {
    /// Title, teaser, text: elements in it are markup.
    Markup,
    /// Anything else: only the characters count.
    Words,
    /// A link whose address is its content.
    Link(Link<'a>),
    /// An identifier, and whether it is an address, too.
    Guid { permalink: bool },
    /// A tag, and what to take for it if it is empty.
    Tag { label: Option<&'a str> },
    /// A person (RFC 4287, section 3.2): the characters go to the part that is open.
    Person { name: String, email: String, part: Part },
}

/// A part of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The element of the person itself.
    Direct,
    /// `name`.
    Name,
    /// `email`.
    Email,
    /// `uri`, by which nobody is named.
    Other,
}

/// What a link says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The rank of its element in the table.
    pub rank: u8,
    /// `rel`; none is `alternate`.
    pub rel: Option<&'a str>,
    /// `type`.
    pub media_type: Option<&'a str>,
    /// `length`.
    pub length: Option<&'a str>,
}

impl<'a> Kind<'a> {
    /// What to collect in an element of this field.
    pub fn of(field: Field, tag: &Tag<'a>) -> Kind<'a> {
        match field {
            Field::Title(_) | Field::Summary(_) | Field::Body(_) => Kind::Markup,
            Field::Author(_) => Kind::Person { name: String::new(), email: String::new(), part: Part::Direct },
            Field::Tag => Kind::Tag { label: tag.attribute("label") },
            Field::Id(rank) => {
                let denied = tag.attribute("isPermaLink").is_some_and(|said| said.trim().eq_ignore_ascii_case("false"));
                // The `id` of Atom is never an address to go to.
                let guid = tag.name().get(tag.name().len().saturating_sub(4)..);
                let guid = guid.is_some_and(|end| end.eq_ignore_ascii_case("guid"));
                Kind::Guid { permalink: rank == 0 && guid && !denied }
            }
            _ => Kind::Words,
        }
    }
}

impl<'a> TreeReader<'a, '_> {
    /// Begins to collect the content of the element opened last.
    pub fn capture(&mut self, field: Field, kind: Kind<'a>, form: Form) {
        let level = self.frames.len() - 1;
        self.mode = Mode::Capturing(Capture { level, field, content: Content::new(form), kind });
    }

    /// An element within a captured one. False if it was dealt with altogether.
    pub fn start_captured(&mut self, tag: &Tag<'a>) -> bool {
        let Mode::Capturing(capture) = &mut self.mode else { return true };
        match &mut capture.kind {
            Kind::Markup => return self.start_markup(tag),
            Kind::Person { part, .. } => {
                let local = tag.name().rsplit(':').next().unwrap_or_default();
                *part = match local.to_ascii_lowercase().as_str() {
                    "name" => Part::Name,
                    "email" => Part::Email,
                    "uri" | "url" | "homepage" => Part::Other,
                    _ => *part,
                };
            }
            _ => {}
        }
        self.push(tag, What::Frame);
        true
    }

    /// A tag of captured markup.
    fn start_markup(&mut self, tag: &Tag<'a>) -> bool {
        self.push(tag, What::Frame);
        let mut name = tag.name();
        if name.contains(':')
            && let (Vocabulary::Markup, local) = self.namespaces.resolve(name)
        {
            name = local;
        }
        let inner = self.base();
        let Mode::Capturing(capture) = &mut self.mode else { return true };
        let outer = self.frames.get(capture.level).and_then(|frame| frame.base.as_ref());
        // Only a base declared within has to be applied here: the outer one is handed out.
        let inner = inner.filter(|inner| outer.is_none_or(|outer| !Rc::ptr_eq(inner, outer)));
        let first = self.frames.len() == capture.level + 2;
        let wrapper = first && name == "div" && capture.content.is_wrapper_due();
        let (entities, addresses) = (&mut self.entities, &mut self.addresses);
        capture.content.tag(|out| {
            if !wrapper {
                write_start(out, name, tag, inner.as_deref(), entities, addresses);
            }
        });
        if is_void(name) {
            self.pop();
            return false;
        }
        if !wrapper {
            self.set(What::Written { prefix: tag.name().len() - name.len() });
        }
        true
    }

    /// Characters within a captured element.
    pub fn collect(&mut self, piece: Cow<'a, str>) {
        let Mode::Capturing(capture) = &mut self.mode else { return };
        match &mut capture.kind {
            Kind::Person { name, part: Part::Name, .. } => name.push_str(&piece),
            Kind::Person { email, part: Part::Email, .. } => email.push_str(&piece),
            Kind::Person { part: Part::Other, .. } => {}
            _ => capture.content.text(piece),
        }
    }

    /// An element within a captured one ends.
    pub fn close_captured(&self, capture: &mut Capture<'a>) {
        if let Kind::Person { part, .. } = &mut capture.kind {
            *part = Part::Direct;
        }
        if let Some(frame) = self.frames.last()
            && let What::Written { prefix } = frame.what
        {
            capture.content.tag(|out| write_end(out, &frame.name[prefix..]));
        }
    }

    /// An element was read to its end: what was collected goes where it belongs.
    pub fn captured(&mut self, capture: Capture<'a>) {
        let Capture { field, content, kind, .. } = capture;
        let base = self.base();
        match (field, kind) {
            (Field::Title(rank), _) => {
                if let Some(title) = content.into_markup() {
                    self.draft().title(rank, title);
                }
            }
            (Field::Summary(rank), _) => {
                if let Some(summary) = content.into_markup() {
                    self.draft().summary(rank, summary, base);
                }
            }
            (Field::Body(rank), _) => {
                if let Some(body) = content.into_markup() {
                    self.draft().body(rank, body, base);
                }
            }
            (_, Kind::Link(link)) => self.link(&link, &content.into_text()),
            (Field::Author(rank), Kind::Person { name, email, .. }) => {
                let direct = content.into_text();
                let found = [name.as_str(), &direct, &email].into_iter().find(|found| !found.trim().is_empty());
                let rank = if self.source_level.is_some() { u8::MAX } else { rank };
                self.draft().author(rank, person::name(found.unwrap_or_default()));
            }
            (Field::Id(rank), Kind::Guid { permalink }) => {
                let id = content.into_text();
                let id = id.trim();
                self.draft().id(rank, id);
                if permalink && is_web(id) {
                    self.draft().permalink(id.to_owned());
                }
            }
            (Field::Tag, Kind::Tag { label }) => {
                let tag = content.into_text();
                match label {
                    Some(label) if tag.trim().is_empty() => {
                        let label = self.entities.text(label);
                        self.draft().tag(label.trim());
                    }
                    _ => self.draft().tag(tag.trim()),
                }
            }
            (Field::Tags, _) => {
                for tag in content.into_text().split(',') {
                    self.draft().tag(tag.trim());
                }
            }
            (Field::Date(role, rank), _) => self.draft().date(role, rank, content.into_text().trim()),
            (Field::Ttl, _) => self.draft().pace.ttl = content.into_text().trim().parse().ok(),
            (Field::Period, _) => self.draft().pace.period = period(content.into_text().trim()),
            (Field::Frequency, _) => self.draft().pace.frequency = content.into_text().trim().parse().ok(),
            (Field::Language, _) => self.draft().language(content.into_text().trim()),
            _ => {}
        }
    }
}

/// Minutes of the words of `sy:updatePeriod`.
fn period(word: &str) -> Option<u64> {
    match word.to_ascii_lowercase().as_str() {
        "hourly" => Some(60),
        "daily" => Some(24 * 60),
        "weekly" => Some(7 * 24 * 60),
        "monthly" => Some(30 * 24 * 60),
        "yearly" => Some(365 * 24 * 60),
        _ => None,
    }
}
