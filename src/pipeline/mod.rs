//! The order of the steps, and nothing else: read → extract → normalise → identify → keep → publish.
//!
//! In come definitions or single places, out comes a [`Report`]. One bad source, document or article never stops the
//! others: it becomes a trouble in the report. Only an archive that cannot be used ends a run.

mod ordered;

use crate::archive::{Archive, Found};
use crate::config::{Definition, Settings};
use crate::date::Context;
use crate::emit::{Format, Summary};
use crate::error::{Error, Result};
use crate::extract;
use crate::identify::{self, Verdict};
use crate::model::{Article, Channel, Document, Entry, FeedHead, Kind, Revision, Source};
use crate::normalise::{self, Surroundings};
use crate::publish;
use crate::read::{self, Manners, Place, Reader};
use chrono::{DateTime, Utc};
use ordered::ordered;
use std::collections::HashSet;
use std::path::Path;
use std::thread;
use url::Url;

/// The version of extract and normalise: raised when they find other texts in the same documents than before.
const READING: u16 = 1;
/// Threads that read: most of their time goes into waiting for the network.
const READERS: usize = 16;

/// What a document was understood to be.
#[derive(Debug, Clone)]
pub struct Understood {
    /// Its kind.
    pub kind: Kind,
    /// What a feed says of itself.
    pub feed: Option<FeedHead>,
    /// Its articles, in the order of the document.
    pub articles: Vec<Article>,
    /// The addresses of feeds that a page offers.
    pub feeds: Vec<String>,
    /// What was odd, repaired or left out.
    pub warnings: Vec<String>,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Sources that were read, well or not.
    pub sources: usize,
    /// Articles that were found in them.
    pub articles: usize,
    /// Of these, how many were new …
    pub new: usize,
    /// … or are a new revision of a kept one …
    pub revised: usize,
    /// … or show nothing new.
    pub known: usize,
    /// Feeds of which something was written.
    pub feeds_written: usize,
    /// What happened to each feed, in the order of the definitions.
    pub feeds: Vec<FeedReport>,
    /// What failed, in the order of the sources.
    pub troubles: Vec<Error>,
    /// What was odd about documents that were read: name and sentence.
    pub warnings: Vec<(String, String)>,
}

/// What a run did for one feed.
#[derive(Debug, Clone, Default)]
pub struct FeedReport {
    /// Its name.
    pub name: String,
    /// New articles.
    pub new: usize,
    /// New revisions.
    pub revised: usize,
    /// Entries in its subscription documents; 0 if it is not published yet.
    pub entries: usize,
    /// Whether any of its documents changed.
    pub written: bool,
}

/// How far a run is, for whoever shows it.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// So many documents are to be read.
    Planned(usize),
    /// This one is done.
    Done(&'a str),
}

/// What a run needs.
pub struct Run<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// All feeds that can be used.
    pub definitions: &'a [Definition],
    /// Whether these are all that there are: the page of all feeds is not written while one is missing.
    pub complete: bool,
    /// The names of the chosen ones; all, if none is named.
    pub only: &'a [String],
    /// The public folder.
    pub public: &'a Path,
    /// The run's only look at the clock.
    pub now: DateTime<Utc>,
    /// Told of each step.
    pub progress: &'a (dyn Fn(Step) + Sync),
}

impl Run<'_> {
    fn wants(&self, definition: &Definition) -> bool {
        self.only.is_empty() || self.only.contains(&definition.name)
    }
}

impl Report {
    /// An empty report with a place for each feed.
    fn of(run: &Run) -> Report {
        let feeds = run.definitions.iter().map(|feed| FeedReport { name: feed.name.clone(), ..FeedReport::default() });
        Report { feeds: feeds.collect(), ..Report::default() }
    }
}

/// Reads documents with the manners that the settings ask for.
pub fn reader(settings: &Settings) -> Reader {
    Reader::new(Manners {
        allow: settings.allow.clone(),
        per_host: settings.per_host,
        pause: settings.pause,
        contact: settings.contact.clone(),
        ..Manners::default()
    })
}

/// Understands one document.
fn understand(
    document: &Document,
    dates: Context,
    language: Option<&str>,
) -> std::result::Result<Understood, extract::Fault> {
    let extracted = extract::articles(document, &dates)?;
    let mut warnings = extracted.warnings;
    let feed = extracted
        .feed
        .map(|feed| normalise::feed(&feed, &Surroundings { url: document.url.as_ref(), dates, language }));
    // What names no language is in the feed's, if that names one.
    let language = feed.as_ref().and_then(|feed| feed.language.as_deref()).or(language);
    let around = Surroundings { url: document.url.as_ref(), dates, language };
    let mut articles = Vec::with_capacity(extracted.articles.len());
    for raw in &extracted.articles {
        match normalise::article(raw, &around, &mut warnings) {
            Ok(article) => articles.push(article),
            Err(fault) => warnings.push(format!("an entry was left out: {fault}")),
        }
    }
    // A page that names no address of its own has the one it was read from.
    if let (Kind::Article, [article], Some(url)) = (extracted.kind, articles.as_mut_slice(), &document.url) {
        article.link.get_or_insert_with(|| url.to_string());
    }
    let feeds =
        extracted.feeds.iter().filter_map(|link| normalise::address(link, around.url)).map(String::from).collect();
    Ok(Understood { kind: extracted.kind, feed, articles, feeds, warnings })
}

/// Reads and understands places in their order, keeping nothing. `prepare` may add what is known of a document before
/// it is looked into.
pub fn look<E>(
    places: &[Place],
    reader: &Reader,
    dates: Context,
    prepare: impl Fn(&mut Document) + Sync,
    mut take: impl FnMut(&str, Option<Url>, Result<Understood>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let work = |place: &Place| {
        let mut document = match reader.document(place) {
            Ok(document) => document,
            Err(error) => return (None, Err(error)),
        };
        prepare(&mut document);
        let understood = understand(&document, dates, None);
        (document.url, understood.map_err(|fault| Error::source(place.shown(), fault)))
    };
    ordered(places, threads(), work, |index, result| {
        let name = places[index].name();
        let (url, understood) = result.unwrap_or_else(|panic| (None, Err(failure(&places[index].shown(), &*panic))));
        take(name, url, understood)
    })
}

/// Reads the sources of the chosen definitions, keeps what is new and publishes.
pub fn update(run: &Run, archive: &mut Archive) -> Result<Report> {
    let mut jobs = Vec::new();
    let mut sources = 0;
    for (feed, definition) in run.definitions.iter().enumerate().filter(|(_, definition)| run.wants(definition)) {
        sources += definition.sources.len();
        for source in &definition.sources {
            jobs.extend(read::places(source, &definition.dir).into_iter().map(|place| Job {
                feed,
                place,
                defined: true,
            }));
        }
    }
    keep_and_publish(run, &jobs, archive, Report { sources, ..Report::of(run) })
}

/// Reads single sources into the one chosen feed and publishes it.
pub fn ingest(run: &Run, sources: &[Source], base: &Path, archive: &mut Archive) -> Result<Report> {
    let feed = run.definitions.iter().position(|definition| run.wants(definition)).unwrap_or_default();
    let places = sources.iter().flat_map(|source| read::places(source, base));
    // The place of a file is the same from wherever it is named.
    let places = places.map(|place| match place {
        Place::File(path, name) => {
            let whole = std::path::absolute(&path).map_or(name, |whole| whole.display().to_string());
            Place::File(path, whole)
        }
        other => other,
    });
    let jobs: Vec<Job> = places.map(|place| Job { feed, place, defined: false }).collect();
    keep_and_publish(run, &jobs, archive, Report { sources: sources.len(), ..Report::of(run) })
}

/// Writes the chosen feeds again from the archive.
pub fn republish(run: &Run, archive: &mut Archive) -> Result<Report> {
    let mut report = Report::of(run);
    publish(run, &reader(run.settings), archive, &mut report)?;
    Ok(report)
}

fn keep_and_publish(run: &Run, jobs: &[Job], archive: &mut Archive, mut report: Report) -> Result<Report> {
    let reader = reader(run.settings);
    keep(run, &reader, jobs, archive, &mut report)?;
    publish(run, &reader, archive, &mut report)?;
    Ok(report)
}

/// A place to read, and the number of the definition that it is read for.
struct Job {
    feed: usize,
    place: Place,
    /// Whether the place stands in the definition, rather than among the arguments.
    defined: bool,
}

fn keep(run: &Run, reader: &Reader, jobs: &[Job], archive: &mut Archive, report: &mut Report) -> Result<()> {
    (run.progress)(Step::Planned(jobs.len()));
    let work = |job: &Job| {
        let definition = &run.definitions[job.feed];
        let dates = Context { now: run.now, zone: definition.zone };
        let document = reader.document(&job.place)?;
        let failed = |fault: extract::Fault| Error::source(job.place.shown(), fault);
        let found = understand(&document, dates, Some(&definition.language)).map_err(failed)?;
        match found.kind {
            Kind::Article | Kind::Feed => Ok(found),
            kind => Err(match found.feeds.first() {
                Some(feed) => {
                    failed(extract::Fault::Page(kind)).hint(format!("the page offers a feed: `url = \"{feed}\"`"))
                }
                None => failed(extract::Fault::Page(kind)),
            }),
        }
    };
    ordered(jobs, threads(), work, |index, result| {
        let job = &jobs[index];
        (run.progress)(Step::Done(&job.place.shown()));
        match result.unwrap_or_else(|panic| Err(failure(&job.place.shown(), &*panic))) {
            Ok(understood) => take_in(run, job, understood, archive, report),
            Err(trouble) => {
                report.troubles.push(match &job.place {
                    Place::File(path, _) if job.defined && !path.exists() => {
                        trouble.hint("paths in a feed.toml start from the folder that it lies in")
                    }
                    _ => trouble,
                });
                Ok(())
            }
        }
    })?;
    archive.commit(run.now)
}

/// Decides about the articles of one document and keeps what is to be kept.
fn take_in(run: &Run, job: &Job, understood: Understood, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let (feed, name) = (&run.definitions[job.feed].name, job.place.name());
    report.warnings.extend(understood.warnings.into_iter().map(|warning| (job.place.shown(), warning)));
    // Guids count at the host that the definition names, wherever it redirects to today; in files, in their feed.
    let host = match &job.place {
        Place::Url(url) => url.host_str(),
        _ => None,
    };
    let scope = host.unwrap_or(feed);
    // Two feeds may read the same document differently, each by its own zone and language.
    let place = format!("{feed}/{name}");
    let found = Found { feed, place: &place, scope, seen: run.now, reader: READING };
    let single = understood.kind == Kind::Article && matches!(job.place, Place::File(..));
    let around = identify::Place { scope, document: name, single };
    let mut shared = Vec::new();
    let mut met = HashSet::new();
    for entry in identify::one_of_each(understood.articles, &around) {
        let article = entry.article;
        report.articles += 1;
        let mut keys = archive.usable(entry.keys, scope)?;
        if keys.is_empty() {
            keys.push(identify::content_key(&article, &around));
        }
        let mut known = archive.known(&keys, &place)?;
        if known.is_empty() {
            // The first article of a source that uses one key for all was kept before that was known.
            let lost = archive.usable(entry.shared.clone(), scope)?;
            known = archive.known(&lost, &place)?;
            known.retain(|known| known.title == identify::title_digest(&article.title));
        }
        shared.extend(entry.shared);
        // Two entries of one document are two articles, whatever weak key they may share with a kept one.
        known.retain(|known| !met.contains(&known.id));
        let verdict = identify::verdict(&article, &keys, &known);
        let why = verdict.reason();
        met.insert(verdict.id());
        match verdict {
            Verdict::New { id, .. } => {
                report.new += 1;
                report.feeds[job.feed].new += 1;
                archive.keep_new(id, article, &keys, why, &found)?;
            }
            Verdict::Revised { id, .. } => {
                report.revised += 1;
                report.feeds[job.feed].revised += 1;
                archive.revise(id, article, &keys, why, &found)?;
            }
            Verdict::Same { id, .. } => {
                report.known += 1;
                archive.note(id, &article, &keys, why, &found)?;
            }
        }
    }
    shared.sort();
    shared.dedup();
    archive.disown(shared, &found)
}

/// Writes the chosen feeds and the page of all, and tells the hub. A feed that cannot be written is a trouble and leaves
/// the others alone.
fn publish(run: &Run, reader: &Reader, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let mut site = Vec::new();
    let mut complete = run.complete;
    for (definition, told) in run.definitions.iter().zip(&mut report.feeds) {
        let revisions = match archive.newest(&definition.name, definition.limit) {
            Ok(revisions) => revisions,
            // What is published is better than what can be read: it stays, and the other feeds go on.
            Err(trouble) => {
                report.troubles.push(trouble);
                complete = false;
                continue;
            }
        };
        let Some(channel) = channel(definition, run.settings, revisions) else { continue };
        told.entries = channel.entries.len();
        site.push(Summary::of(&channel));
        if !run.wants(definition) {
            continue;
        }
        match publish::feed(run.public, &channel) {
            Ok(written) => told.written = written,
            Err(trouble) => report.troubles.push(trouble),
        }
        if let (Some(hub), true) = (&channel.hub, told.written) {
            let documents = Format::ALL.iter().filter_map(|format| channel.address(format.file_name()));
            let announced = reader.announce(hub, &documents.collect::<Vec<_>>());
            report.troubles.extend(announced.err());
        }
    }
    report.feeds_written = report.feeds.iter().filter(|feed| feed.written).count();
    if complete {
        report.troubles.extend(publish::site(run.public, &site).err());
    }
    Ok(())
}

/// A feed ready to be written; `None` as long as it has no article, since then it has no date either.
fn channel(definition: &Definition, settings: &Settings, revisions: Vec<Revision>) -> Option<Channel> {
    let updated = revisions.iter().map(Revision::updated).max()?;
    Some(Channel {
        name: definition.name.clone(),
        title: definition.title.clone(),
        description: definition.description.clone(),
        link: definition.link.as_ref().map(|link| link.to_string()),
        language: definition.language.clone(),
        base: settings.base.clone(),
        hub: settings.hub.clone(),
        updated,
        entries: revisions.into_iter().map(|revision| entry(revision, &definition.language)).collect(),
    })
}

fn entry(revision: Revision, language: &str) -> Entry {
    let updated = revision.updated();
    let Revision { id, published, precision, article, .. } = revision;
    Entry {
        id,
        title: article.title,
        authors: article.authors,
        published,
        precision,
        updated,
        link: article.link,
        summary: article.summary,
        html: article.html,
        text: article.text,
        language: article.language.filter(|own| own != language),
        tags: article.tags,
        enclosures: article.enclosures,
    }
}

fn threads() -> usize {
    READERS.max(thread::available_parallelism().map_or(1, usize::from))
}

fn failure(name: &str, panic: &(dyn std::any::Any + Send)) -> Error {
    let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Error::source(name, format!("the program failed at it: {}", words.unwrap_or("it left no word")))
        .hint("this is a mistake in depesche: please report it together with the document")
}
