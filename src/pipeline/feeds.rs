//! From the archive to the public folder: which revisions make which feed.

use super::compose::{compose, parts_of};
use super::letting_go;
use super::render::{self, Draft, Note, Outcome};
use super::{Report, Run};
use crate::archive::{Archive, Origin, Shelf, Shown, Window};
use crate::config::{Content, Definition, Future, Limit};
use crate::emit::{self, Format, Summary};
use crate::error::{Error, Result};
use crate::model::{Article, Channel, Entry, EntrySource, History, Precision, Revision, SourceState};
use crate::publish;
use crate::read::Reader;
use crate::text;
use chrono::{DateTime, FixedOffset, TimeDelta};
use std::sync::atomic::Ordering;
use url::Url;

/// What the state of a feed itself, beside those of its sources, is known by.
pub(super) const FEED: &str = "/";
/// Entries of a feed that is limited by age, at most.
const MOST: usize = 1000;
/// A date so far after the moment at which the article was seen is one to come, and no clock that is a little fast.
const AHEAD: TimeDelta = TimeDelta::hours(1);
/// Characters of text that stand for a teaser where there is none.
const TEASER: usize = 300;

/// How the feeds are written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Publishing {
    /// Whether all is made again, whatever is known of what is there.
    pub again: bool,
    /// Whether a feed may lose entries for no known reason.
    pub accept_loss: bool,
}

/// A feed or a part of one, in its turn.
struct Turn {
    /// The number of its definition.
    feed: usize,
    /// Whether it is the feed itself, and no part of it.
    whole: bool,
    /// Its name.
    name: String,
    /// What came of it; nothing while it is being written.
    made: Option<Result<Outcome>>,
}

/// What is to be done for one feed.
enum Prepared {
    /// It stays as it is.
    Stays(Box<Summary>),
    /// It may be another than before.
    Changed(Box<Draft>),
}

/// Writes the chosen feeds and the page of all, and tells the hub. A feed that cannot be written is a trouble and leaves
/// the others alone. Feeds that are made of others may ask the index; while the others are written, it is brought up to date.
pub(super) fn publish(
    run: &Run,
    reader: &Reader,
    how: Publishing,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    report.warnings.extend(compose(run, archive)?);
    archive.beside_index(|archive| write(run, reader, how, archive, report))
}

fn write(run: &Run, reader: &Reader, how: Publishing, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let mut complete = run.complete;
    let stopped = || run.stop.load(Ordering::Relaxed);
    let mut turns: Vec<Turn> = Vec::new();
    let written = render::all(run.public, |write| {
        for (index, definition) in run.definitions.iter().enumerate() {
            if stopped() {
                // The others are written by the next run.
                complete = false;
                break;
            }
            let parts: Vec<Definition> = match definition.by_tag {
                true => {
                    let names = archive.feeds(&parts_of(&definition.name))?;
                    names.into_iter().map(|part| of_tag(definition, part)).collect()
                }
                false => Vec::new(),
            };
            for (part, shown) in std::iter::once(definition).chain(&parts).enumerate() {
                let made = match prepare(run, definition, shown, how, archive) {
                    Ok(None) => continue,
                    Ok(Some(Prepared::Stays(summary))) => {
                        Some(Ok(Outcome { summary: *summary, written: false, note: None }))
                    }
                    Ok(Some(Prepared::Changed(draft))) => {
                        write(turns.len(), draft);
                        None
                    }
                    Err(trouble) => Some(Err(trouble)),
                };
                turns.push(Turn { feed: index, whole: part == 0, name: shown.name.clone(), made });
            }
        }
        Ok(())
    })?;
    for (turn, outcome) in written {
        turns[turn].made = Some(outcome);
    }
    let (mut site, mut notes, mut unwritten) = (Vec::new(), Vec::new(), Vec::new());
    for Turn { feed, whole, name, made } in turns {
        let told = &mut report.feeds[feed];
        match made {
            Some(Ok(Outcome { summary, written, note })) => {
                if whole {
                    told.entries = summary.entries;
                }
                told.written |= written;
                if let (Some(hub), true) = (&run.settings.hub, written) {
                    let documents = Format::ALL.iter().filter_map(|format| summary.address(format.file_name()));
                    report.troubles.extend(reader.announce(hub, &documents.collect::<Vec<_>>()).err());
                }
                site.push(summary);
                notes.extend(note.map(|note| (name, serde_json::to_vec(&note).unwrap_or_default())));
            }
            // What is published is better than what can be read: it stays, and the other feeds go on.
            Some(Err(trouble)) => {
                unwritten.push((name.clone(), trouble.line()));
                report.troubles.push(trouble);
                match noted(archive, &name) {
                    Some(note) => site.push(note.summary),
                    None => complete = false,
                }
            }
            None => complete = false,
        }
    }
    report.feeds_written = report.feeds.iter().filter(|feed| feed.written).count();
    if complete {
        report.troubles.extend(publish::site(run.public, &site).err());
    }
    if !stopped() {
        remember(archive, unwritten)?;
    }
    if notes.is_empty() { Ok(()) } else { archive.note_published(&notes) }
}

/// Remembers which feeds could not be written, for `status`.
fn remember(archive: &Archive, unwritten: Vec<(String, String)>) -> Result<()> {
    let mut states = archive.sources();
    let before = states.clone();
    // The address of a source may end in the same way.
    states.retain(|key, _| key.find(FEED) != Some(key.len() - FEED.len()));
    states.extend(unwritten.into_iter().map(|(name, trouble)| {
        (format!("{name}{FEED}"), SourceState { troubles: vec![trouble], ..SourceState::default() })
    }));
    if states == before { Ok(()) } else { archive.note_sources(&states) }
}

/// What is remembered of a feed. Where that cannot be read, all is compared.
fn noted(archive: &Archive, name: &str) -> Option<Note> {
    archive.published(name).ok().flatten().and_then(|note| serde_json::from_slice(&note).ok())
}

/// The definition of the feed for a tag; its title is found with its articles.
fn of_tag(definition: &Definition, name: String) -> Definition {
    Definition { name, by_tag: false, ..definition.clone() }
}

/// Makes one feed ready to be written, if it is chosen and may have changed. `None` as long as it has no article, since then
/// it has no date.
fn prepare(
    run: &Run,
    chosen: &Definition,
    definition: &Definition,
    how: Publishing,
    archive: &mut Archive,
) -> Result<Option<Prepared>> {
    let name = &definition.name;
    let mut shelf = archive.shelf(name)?;
    if shelf.arrived == 0 {
        return Ok(None);
    }
    let note = noted(archive, name);
    if run.wants(chosen) {
        letting_go::withdraw(run.public, name, note.as_ref().map_or(0, |note| note.gone), archive)?;
    }
    let note = note.filter(|_| !how.again);
    let window = window(run, definition, archive)?;
    if window.shown.is_empty() {
        if shelf.gone > 0 && window.held.is_empty() && run.wants(chosen) {
            publish::withdraw_feed(run.public, name)?;
        }
        return Ok(None);
    }
    if let Some(note) = &note {
        let same = note.stamp == stamp(run, definition, shelf, &window) && publish::intact(run.public, &note.files);
        if same || !run.wants(chosen) {
            return Ok(Some(Prepared::Stays(Box::new(note.summary.clone()))));
        }
    }
    let mut entries = Vec::with_capacity(window.shown.len());
    for id in &window.shown {
        let (revision, origin) = archive.revision(*id)?;
        entries.push(entry(run, definition, revision, &origin));
    }
    if !run.wants(chosen) {
        let summary = Summary::of(&channel(run, definition, entries, History::Newest(0)));
        return Ok(Some(Prepared::Stays(Box::new(summary))));
    }
    if !how.accept_loss {
        nothing_lost(run, name, archive)?;
    }
    archive.close(name, &window, run.now)?;
    shelf = archive.shelf(name)?;
    let closed = shelf.documents > 0;
    let history = if closed { History::Newest(shelf.documents) } else { History::Complete };
    let channel = channel(run, definition, entries, history);
    older(run, definition, &channel, &window, note.as_ref().map(|note| note.arrived), archive)?;
    let stamp = stamp(run, definition, shelf, &window);
    Ok(Some(Prepared::Changed(Box::new(Draft { channel, stamp, arrived: shelf.arrived, gone: shelf.gone }))))
}

/// The articles that a feed shows.
fn window(run: &Run, definition: &Definition, archive: &Archive) -> Result<Window> {
    let shown = match definition.presentation.limit {
        Limit::Count(most) => Shown::Count(most),
        Limit::Age(age) => {
            let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
            Shown::Since(run.now.checked_sub_signed(age).unwrap_or_default(), MOST)
        }
    };
    let hold = (definition.presentation.future == Future::Hold).then_some(run.now);
    archive.shown(&definition.name, shown, hold)
}

/// A digest of everything that the files of a feed are made of: where it is the same, they are.
fn stamp(run: &Run, definition: &Definition, shelf: Shelf, window: &Window) -> String {
    let settings = (&run.settings.base, &run.settings.hub);
    // Entries name the feeds that they come from.
    let titles: Vec<_> = match definition.is_composed() {
        false => Vec::new(),
        true => run.definitions.iter().map(|other| (&other.name, &other.title, &other.link)).collect(),
    };
    let made_of = format!("{} {settings:?} {definition:?} {titles:?} {shelf:?} {window:?}", emit::FORM);
    blake3::hash(made_of.as_bytes()).to_string()
}

/// Writes what the feed no longer shows: closed documents that are missing, and the pages of articles that came or changed
/// since it was last written, if they have no address of their own or had a page before.
fn older(
    run: &Run,
    definition: &Definition,
    newest: &Channel,
    window: &Window,
    arrived: Option<u64>,
    archive: &mut Archive,
) -> Result<()> {
    let name = &definition.name;
    let (documents, end) = (archive.shelf(name)?.documents, archive.closed_arrivals(name)?);
    let mut pages = Vec::new();
    for number in (1..=documents).filter(|number| !publish::has_closed(run.public, name, *number)) {
        let mut entries: Vec<Entry> = Vec::new();
        // The last arrival comes first, and stands for earlier ones of the same article.
        for (revision, origin) in archive.document(name, number)?.into_iter().rev() {
            if !entries.iter().any(|entry| entry.id == revision.id) {
                entries.push(entry(run, definition, revision, &origin));
            }
        }
        pages.extend(entries.iter().filter(|entry| entry.link.is_none()).map(|entry| entry.id));
        let mut document = channel(run, definition, entries, History::Closed(number));
        if document.entries.is_empty() {
            // All that it held was forgotten: it is a link of the chain still, and dated as it was.
            document.updated = archive.newest_in(name, number)?;
        }
        publish::closed(run.public, &document, number)?;
    }
    // Those in documents that were closed long ago have their pages.
    pages.extend(archive.came(name, arrived.unwrap_or(end))?);
    pages.sort_unstable();
    pages.dedup();
    for id in pages.into_iter().filter(|id| !window.shown.contains(id) && !window.held.contains(id)) {
        let (revision, origin) = archive.revision(id)?;
        if revision.article.link.is_none() || publish::has_page(run.public, name, id) {
            publish::page(run.public, newest, &entry(run, definition, revision, &origin))?;
        }
    }
    Ok(())
}

/// Refuses to replace a feed by one that lacks articles for no reason: all that it shows now is in the archive.
fn nothing_lost(run: &Run, name: &str, archive: &Archive) -> Result<()> {
    let mut lost = 0;
    for id in publish::shown(run.public, name) {
        lost += usize::from(!archive.knows(id)?);
    }
    if lost == 0 {
        return Ok(());
    }
    let fault = format!("{} that it shows would be lost: the archive does not know them", text::count(lost, "entry"));
    Err(Error::source(run.public.join(name).display().to_string(), fault).hint(format!(
        "the feed stays as it is; put a backup of the archive in its place, or, if that is meant, run `depesche publish {name} \
         --accept-loss`"
    )))
}

fn channel(run: &Run, definition: &Definition, entries: Vec<Entry>, history: History) -> Channel {
    let presentation = &definition.presentation;
    let title = match definition.name.rsplit_once("/themen/") {
        Some((_, slug)) => {
            let tag = entries.iter().flat_map(|entry| &entry.tags).find(|tag| text::slug(tag) == slug);
            format!("{}: {}", definition.title, tag.map_or(slug, String::as_str))
        }
        None => definition.title.clone(),
    };
    Channel {
        name: definition.name.clone(),
        title,
        description: definition.description.clone(),
        link: definition.link.as_ref().map(|link| link.to_string()),
        language: definition.language.clone(),
        base: run.settings.base.clone(),
        hub: run.settings.hub.clone(),
        image: presentation.image.clone(),
        rights: presentation.rights.clone(),
        ttl: presentation.ttl.map(|ttl| ttl.as_secs().div_ceil(60)),
        history,
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or_default(),
        entries,
    }
}

fn entry(run: &Run, definition: &Definition, revision: Revision, origin: &Origin) -> Entry {
    let presentation = &definition.presentation;
    let (published, precision) = date(&revision, presentation.future);
    let updated = revision.updated().max(published);
    let updated = if published < revision.published && updated == revision.published { published } else { updated };
    let Revision { id, article, .. } = revision;
    // A feed for a tag is a part of its feed, and no other one.
    let own = definition.name.split('/').next() == Some(&origin.feed);
    let source = run.definitions.iter().find(|other| !own && other.name == origin.feed);
    let title = presentation.entry_title.fill(
        &article.title,
        source.map_or(&definition.title, |source| &source.title),
        article.authors.first().map(String::as_str),
        article.tags.first().map(String::as_str),
    );
    let (summary, html, text) = content(&article, presentation.content);
    Entry {
        id,
        title,
        published,
        precision,
        updated,
        via: via(&article, origin),
        related: origin.elsewhere.clone(),
        source: source.map(|source| EntrySource {
            name: source.name.clone(),
            title: source.title.clone(),
            link: source.link.as_ref().map(Url::to_string),
        }),
        authors: article.authors,
        link: article.link,
        summary,
        html,
        text,
        language: article.language.filter(|own| *own != definition.language),
        tags: article.tags,
        enclosures: article.enclosures,
    }
}

/// When an article was published. A date that was still to come when the article was seen cannot be when it appeared.
fn date(revision: &Revision, future: Future) -> (DateTime<FixedOffset>, Option<Precision>) {
    let seen = revision.first_seen.with_timezone(revision.published.offset());
    match future {
        Future::Clamp if revision.published > seen + AHEAD => (seen, None),
        Future::Clamp | Future::Hold => (revision.published, revision.precision),
    }
}

/// Teaser, HTML and text, as much as the feed shows of them.
fn content(article: &Article, content: Content) -> (String, String, String) {
    let beginning = || match article.text.char_indices().nth(TEASER) {
        None => text::fold(&article.text),
        Some((end, _)) => {
            let cut = article.text[..end].rfind(char::is_whitespace).unwrap_or(end);
            format!("{} …", text::fold(&article.text[..cut]))
        }
    };
    match content {
        Content::Full => (article.summary.clone(), article.html.clone(), article.text.clone()),
        Content::Summary if article.summary.is_empty() => (beginning(), String::new(), String::new()),
        Content::Summary => (article.summary.clone(), String::new(), String::new()),
        Content::None => Default::default(),
    }
}

/// The address of the document that an article was found in, if it is not the article's own.
fn via(article: &Article, origin: &Origin) -> Option<String> {
    let place = Url::parse(&origin.place).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let own =
        article.link.as_deref().is_some_and(|link| link.trim_end_matches('/') == place.as_str().trim_end_matches('/'));
    (!own).then(|| place.into())
}
