//! The order of the steps, and nothing else: read → extract → normalise → identify → keep → publish.
//!
//! In come definitions or single places, out comes a [`Report`]. One bad source, document or article never stops the
//! others: it becomes a trouble in the report. Only an archive that cannot be used ends a run.

mod compose;
mod copies;
mod decide;
mod discover;
mod feeds;
mod health;
mod history;
mod keep;
mod letting_go;
mod ordered;
mod pages;
mod render;
mod rounds;
mod survey;
mod understand;

pub use health::{Health, State, health};
pub use survey::{Survey, survey};
pub use understand::{Asked, Understood, look};

use crate::archive::{Archive, Joined, Scope, Which};
use crate::config::{Approach, Definition, Reading, Settings};
use crate::emit::Format;
use crate::error::{Error, Result};
use crate::identify::Verdict;
use crate::model::{ArticleId, Source};
use crate::publish;
use crate::read::{self, LookUp, Manners, Place, Reader};
use chrono::{DateTime, Utc};
use feeds::Publishing;
use keep::{Job, keep};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Threads that read: most of their time goes into waiting for the network.
const READERS: usize = 32;

/// Articles that are forgotten in one step.
const FORGOTTEN_AT_ONCE: usize = 5000;

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
    /// … or show nothing new …
    pub known: usize,
    /// … or are another paper's copy of a kept one.
    pub joined: usize,
    /// Articles that the filters of their feed do not let through.
    pub dropped: usize,
    /// Documents that have not changed since they were kept, says their server.
    pub unchanged: usize,
    /// Places that are not due yet.
    pub waiting: usize,
    /// Kept articles that were forgotten, by the retention of their feed or because somebody said so.
    pub forgotten: usize,
    /// Feeds of which something was written.
    pub feeds_written: usize,
    /// What happened to each feed, in the order of the definitions.
    pub feeds: Vec<FeedReport>,
    /// What failed, in the order of the sources.
    pub troubles: Vec<Error>,
    /// What was odd about documents that were read: name and sentence.
    pub warnings: Vec<(String, String)>,
    /// What was found out about sources: name and sentence.
    pub notices: Vec<(String, String)>,
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
    /// This was decided about an article.
    Decided {
        /// The feed that it was found for.
        feed: &'a str,
        /// Where.
        place: &'a str,
        /// Its title.
        title: &'a str,
        /// What is to happen to it.
        verdict: &'a Verdict,
    },
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
    /// Whether sources are read that are not due.
    pub all: bool,
    /// Whether nothing is kept and nothing published: the archive has been told to rehearse.
    pub dry: bool,
    /// Set when the run is to end at once, with what is finished kept.
    pub stop: Arc<AtomicBool>,
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
pub fn reader(settings: &Settings, now: DateTime<Utc>, stop: &Arc<AtomicBool>) -> Reader {
    Reader::new(Manners {
        deadline: settings.timeout,
        connect: settings.timeout.min(Duration::from_secs(10)),
        now,
        stop: stop.clone(),
        allow: settings.allow.clone(),
        per_host: settings.per_host,
        pause: settings.pause,
        contact: settings.contact.clone(),
        largest: settings.largest,
        proxy: settings.proxy.clone(),
        look_up: LookUp::system(),
    })
}

/// Reads the sources of the chosen definitions, keeps what is new and publishes.
pub fn update(run: &Run, archive: &mut Archive) -> Result<Report> {
    let mut jobs = Vec::new();
    let mut sources = 0;
    for (feed, definition) in run.definitions.iter().enumerate().filter(|(_, definition)| run.wants(definition)) {
        sources += definition.sources.len();
        for Reading { source, approach } in &definition.sources {
            let places = read::places(source, &definition.dir).into_iter();
            jobs.extend(places.map(|place| Job { feed, place, defined: true, approach }));
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
    let approach = Approach::default();
    let jobs: Vec<Job> = places.map(|place| Job { feed, place, defined: false, approach: &approach }).collect();
    keep_and_publish(run, &jobs, archive, Report { sources: sources.len(), ..Report::of(run) })
}

/// Decides about what is at one place, for the sources that read it; else as if it were ingested into the first feed.
pub fn consider(run: &Run, source: &Source, archive: &mut Archive) -> Result<Report> {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let wanted = read::places(source, Path::new(""));
    let is_wanted = |place: &Place| {
        wanted.iter().any(|wanted| match (place, wanted) {
            (Place::Url(a), Place::Url(b)) => a == b,
            (Place::File(a, _), Place::File(b, _)) => whole(a) == whole(b),
            _ => false,
        })
    };
    let mut jobs = Vec::new();
    for (feed, definition) in run.definitions.iter().enumerate() {
        for Reading { source, approach } in &definition.sources {
            let places = read::places(source, &definition.dir).into_iter().filter(&is_wanted);
            jobs.extend(places.map(|place| Job { feed, place, defined: true, approach }));
        }
    }
    if jobs.is_empty() {
        return ingest(run, std::slice::from_ref(source), Path::new(""), archive);
    }
    keep_and_publish(run, &jobs, archive, Report { sources: jobs.len(), ..Report::of(run) })
}

/// Writes the chosen feeds again from the archive; only with `accept_loss` even if entries would be lost that the archive
/// does not know any more.
pub fn republish(run: &Run, accept_loss: bool, archive: &mut Archive) -> Result<Report> {
    let mut report = Report::of(run);
    let how = Publishing { again: true, accept_loss };
    feeds::publish(run, &reader(run.settings, run.now, &run.stop), how, archive, &mut report)?;
    Ok(report)
}

/// Makes what was joined to an article as a near-duplicate articles of their own again, all or only that at one place, and
/// publishes what changed. They are never joined again.
///
/// # Errors
/// If nothing is joined to it there.
pub fn part(run: &Run, id: ArticleId, place: Option<&str>, archive: &mut Archive) -> Result<Report> {
    let mut report = Report::of(run);
    let stands = |joined: &Joined| {
        let within = joined.place.strip_prefix(&format!("{}/", joined.feed)).unwrap_or(&joined.place).to_owned();
        let link = joined.article.link.clone();
        (within, link)
    };
    let all = archive.joined(id)?;
    let places: Vec<String> = all.iter().map(&stands).map(|(within, link)| link.unwrap_or(within)).collect();
    let is_meant = |joined: &Joined| {
        let (within, link) = stands(joined);
        place.is_none_or(|place| within == place || link.as_deref() == Some(place))
    };
    for joined in all.into_iter().filter(is_meant) {
        if let Some(feed) = report.feeds.iter_mut().find(|feed| feed.name == joined.feed) {
            feed.new += 1;
        }
        archive.part(id, joined, run.now)?;
        report.new += 1;
    }
    if report.new == 0 {
        let (what, hint) = match place.filter(|_| !places.is_empty()) {
            Some(place) => {
                (format!("nothing at `{place}` is joined to {id}"), format!("joined are {}", places.join(", ")))
            }
            None => (format!("nothing is joined to {id}"), format!("`depesche explain {id}` tells its places")),
        };
        return Err(Error::Usage { what, hint: Some(hint) });
    }
    archive.commit(run.now)?;
    feeds::publish(run, &reader(run.settings, run.now, &run.stop), Publishing::default(), archive, &mut report)?;
    Ok(report)
}

/// Forgets articles, and takes them from the public folder: these, or what `which` says.
pub fn forget(run: &Run, ids: &[ArticleId], which: Option<&Which>, archive: &mut Archive) -> Result<Report> {
    let mut report = Report::of(run);
    let before = |archive: &Archive, id: &ArticleId| Ok(!archive.is_forgotten(*id)?);
    for id in ids {
        report.forgotten += usize::from(before(archive, id)?);
    }
    archive.forget(ids, run.now)?;
    let mut last = None;
    while let Some(which) = which {
        // Some at a time: their number is not bounded.
        let meant = archive.meant(which, last, FORGOTTEN_AT_ONCE)?;
        last = meant.last().copied();
        if last.is_none() {
            break;
        }
        archive.forget(&meant, run.now)?;
        report.forgotten += meant.len();
    }
    archive.compact(Scope::Forgotten, &run.stop, &|_, _| {})?;
    for feed in archive.feeds_with_gone()? {
        let own = feed.split('/').next().unwrap_or_default();
        if !run.definitions.iter().any(|definition| definition.name == own) {
            // No definition names it any more, and its files are still there.
            letting_go::withdraw(run.public, &feed, 0, archive)?;
        }
    }
    if !run.definitions.is_empty() {
        let reader = reader(run.settings, run.now, &run.stop);
        feeds::publish(run, &reader, Publishing::default(), archive, &mut report)?;
    }
    Ok(report)
}

fn keep_and_publish(run: &Run, jobs: &[Job], archive: &mut Archive, mut report: Report) -> Result<Report> {
    let reader = reader(run.settings, run.now, &run.stop);
    keep(run, &reader, jobs, archive, &mut report)?;
    if run.dry || run.stop.load(Ordering::Relaxed) {
        // What is kept is published by the next run.
        return Ok(report);
    }
    letting_go::retain(run, archive, &mut report)?;
    feeds::publish(run, &reader, Publishing::default(), archive, &mut report)?;
    if let (true, Some(channel)) = (run.settings.health, health::feed(run, &archive.sources())) {
        report.troubles.extend(publish::document(run.public, &channel, Format::Atom).err());
    }
    Ok(report)
}

fn threads() -> usize {
    READERS.max(thread::available_parallelism().map_or(1, usize::from))
}

fn failure(name: &str, panic: &(dyn std::any::Any + Send)) -> Error {
    let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Error::source(name, format!("the program failed at it: {}", words.unwrap_or("it left no word")))
        .hint("this is a mistake in depesche: please report it together with the document")
}
