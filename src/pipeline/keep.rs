//! Documents in, lines of the archive out: read, understand, identify, keep.

use super::decide::{Age, READING, Ready, take_in};
use super::discover;
use super::history;
use super::ordered::{Gate, Sharing, ordered};
use super::pages::{self, Trail};
use super::rounds::{self, Seen, Wishes};
use super::understand::{Asked, Understood, understand};
use super::{Report, Run, Step, failure, threads};
use crate::archive::Archive;
use crate::config::Approach;
use crate::error::{Error, Result};
use crate::extract;
use crate::model::{Document, Kind, SourceState};
use crate::read::{Look, Lost, Place, Reader, Validators};
use std::collections::HashSet;
use std::time::Duration;
use url::Url;

/// Bytes of text that a page has at the least if it is there to be read, and not for the feeds that it names.
const DOOR: usize = 200;

/// A place to read, and the number of the definition that it is read for.
#[derive(Debug, Clone)]
pub(super) struct Job<'a> {
    pub feed: usize,
    pub place: Place,
    /// Whether the place stands in the definition, rather than among the arguments.
    pub defined: bool,
    /// How it is read.
    pub approach: &'a Approach,
}

impl Job<'_> {
    /// What the state of its source is known by; only what is on the web and in a definition has one.
    pub fn key(&self, run: &Run) -> Option<String> {
        let Place::Url(url) = &self.place else { return None };
        self.defined.then(|| source_key(&run.definitions[self.feed].name, url))
    }

    /// The place as the archive knows it, and the scope of the guids there. Guids count at the host that the definition
    /// names, wherever it redirects to today; in files, in their feed.
    pub fn names(&self, run: &Run) -> (String, String) {
        let feed = &run.definitions[self.feed].name;
        let host = match &self.place {
            Place::Url(url) => url.host_str(),
            _ => None,
        };
        // Two feeds may read the same document differently, each by its own zone and language.
        (format!("{feed}/{}", self.place.name()), host.unwrap_or(feed).to_owned())
    }
}

/// What the state of a source is known by.
pub(super) fn source_key(feed: &str, url: &Url) -> String {
    format!("{feed}/{url}")
}

/// What a look brought, and the feed behind the page that was looked at instead of it.
struct Fetched {
    look: Look,
    behind: Option<Url>,
}

/// What was found at a look: nothing new, or a document that was understood.
struct Found {
    understood: Option<Understood>,
    look: Look,
    /// The feed that was found behind the page, and what is to be said of it.
    behind: Option<(Url, String)>,
}

/// What a look brought. Looks are taken beside one another, and all that needs no archive is done there.
struct Looked<'j> {
    brought: Brought<'j>,
    /// How long the feed says that it stays as it is.
    stays: Option<Duration>,
    look: Look,
    behind: Option<(Url, String)>,
}

/// What is there to be kept or followed.
enum Brought<'j> {
    /// Nothing new.
    Nothing,
    /// A list whose pages are to be followed.
    List(Understood),
    /// Articles, and the beginning of the feed's history if that is to be followed.
    Articles { ready: Ready, seen: Seen, newest: Option<history::Newest<'j>> },
}

impl<'j> Looked<'j> {
    fn of(run: &Run, job: &'j Job, found: Found) -> Looked<'j> {
        let Found { understood, look, behind } = found;
        let feed = understood.as_ref().and_then(|understood| understood.feed.as_ref());
        let stays = feed.and_then(|feed| feed.minutes).map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        let brought = match understood {
            None => Brought::Nothing,
            Some(understood) if follows(job, &understood) => Brought::List(understood),
            Some(understood) => {
                let has_history = job.approach.history && understood.kind == Kind::Feed;
                let behind_it = behind.as_ref().map(|(url, _)| url);
                let newest = has_history.then(|| history::Newest::of(job, behind_it, &understood)).flatten();
                let seen = seen(&understood);
                Brought::Articles { ready: Ready::of(run, job, understood, Age::Newest), seen, newest }
            }
        };
        Looked { brought, stays, look, behind }
    }
}

/// Reads the jobs in their order and keeps what is new.
pub(super) fn keep<'j>(
    run: &Run,
    reader: &Reader,
    jobs: &'j [Job<'j>],
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let mut states = archive.sources();
    let now = run.now.timestamp();
    let none = SourceState::default();
    let state = |job: &Job| job.key(run).and_then(|key| states.get(&key)).unwrap_or(&none);
    // A walk through the history of a feed that broke off begins with the whole of it.
    let mut walking = HashSet::new();
    for job in jobs.iter().filter(|job| job.approach.history) {
        let (Place::Url(url), Some(key)) = (&job.place, job.key(run)) else { continue };
        if archive.walked(&run.definitions[job.feed].name, url.as_str())?.is_none() {
            walking.insert(key);
        }
    }
    let walking = |job: &Job| job.key(run).is_some_and(|key| walking.contains(&key));
    let due: Vec<&Job> = jobs.iter().filter(|job| run.all || rounds::is_due(state(job), now)).collect();
    report.waiting = jobs.len() - due.len();
    // An address that several feeds read is asked for once.
    let mut names = HashSet::new();
    let addresses = due.iter().filter(|job| matches!(job.place, Place::Url(_))).map(|job| job.place.name());
    let shared: HashSet<&str> = addresses.filter(|address| !names.insert(*address)).collect();
    (run.progress)(Step::Planned(due.len()));
    let fetch = |job: &&Job| -> (std::result::Result<Fetched, Lost>, usize) {
        let state = state(job);
        let known = match walking(job) || rounds::wants_whole(state, &reading(run, job), now) {
            true => Validators::default(),
            false => Validators { etag: state.etag.clone(), last_modified: state.last_modified.clone() },
        };
        let behind = rounds::behind(state).and_then(|url| Url::parse(url).ok());
        let settled = || rounds::settled(state, now).and_then(|url| Url::parse(url).ok());
        let place = behind.clone().or_else(settled).map(Place::Url);
        let looked = reader.look(place.as_ref().unwrap_or(&job.place), &known, shared.contains(&job.place.name()));
        let document = looked.as_ref().ok().and_then(|look| look.document.as_ref());
        let bytes = document.map_or(0, |document| document.bytes.len());
        (looked.map(|look| Fetched { look, behind }), bytes)
    };
    let find = |job: &Job, Fetched { mut look, behind }: Fetched, gate: &Gate| -> std::result::Result<Found, Lost> {
        let Some(document) = look.document.take() else {
            return Ok(Found { understood: None, look, behind: behind.map(|url| (url, String::new())) });
        };
        let failed = |fault: extract::Fault| Error::source(job.place.shown(), fault);
        let lost = |error: Error| Lost::with(error);
        let asked = pages::asked(run, job, job.approach.kind);
        let found = understand(&document, &asked).map_err(|fault| lost(failed(fault)))?;
        if let Some(url) = behind {
            return match found.kind {
                Kind::Feed => Ok(Found { understood: Some(found), look, behind: Some((url, String::new())) }),
                _ => Err(lost(Error::source(url.as_str(), "the feed that the page offered is none any more"))),
            };
        }
        if found.kind != Kind::Feed {
            gate.leave();
        }
        let found = match job.place.host() {
            Some(_) => pages::joined(reader, document.url.as_ref(), found, &asked),
            None => found,
        };
        understood_as(&document, found, look, state(job), job, reader, &asked).map_err(|fault| lost(failed(fault)))
    };
    let work = |job: &&'j Job<'j>, fetched: std::result::Result<Fetched, Lost>, gate: &Gate| {
        find(job, fetched?, gate).map(|found| Looked::of(run, job, found))
    };
    let lane = |job: &&Job| job.place.host();
    let sharing = Sharing { threads: threads(), lane: &lane, per_lane: reader.per_host(), stop: &run.stop };
    let (mut histories, mut changed, mut trails) = (Vec::new(), Vec::new(), Vec::new());
    let outcome = ordered(&due, &sharing, fetch, work, |index, result| {
        let job = due[index];
        (run.progress)(Step::Done(&job.place.shown()));
        let lost = |panic: Box<dyn std::any::Any + Send>| Lost::with(failure(&job.place.shown(), &*panic));
        let mut next = state(job).clone();
        match result.unwrap_or_else(|panic| Err(lost(panic))) {
            Ok(Looked { brought, stays, look, behind }) => {
                let before = report.new;
                let wishes = Wishes { every: job.approach.every, fresh: look.fresh.max(stays) };
                // The address behind a page is found anew if it moves.
                let moved = look.moved.as_ref().filter(|_| behind.is_none());
                rounds::moved(&mut next, moved.map(Url::as_str), now);
                if let Some((_, said)) = behind.as_ref().filter(|(_, said)| !said.is_empty()) {
                    report.notices.push((job.place.shown(), said.clone()));
                }
                next.behind = behind.map(|(url, _)| url.into());
                next.etag = look.validators.etag;
                next.last_modified = look.validators.last_modified;
                match brought {
                    Brought::Nothing => {
                        report.unchanged += 1;
                        rounds::unchanged(&mut next, wishes, now);
                    }
                    Brought::List(understood) => {
                        trails.push(Trail { job, state: next, understood, wishes });
                        return Ok(());
                    }
                    Brought::Articles { ready, mut seen, newest } => {
                        histories.extend(newest);
                        take_in(run, job, ready, archive, report)?;
                        seen.new = report.new - before;
                        next.reading = reading(run, job);
                        let troubles = rounds::found(&mut next, seen, wishes, now);
                        if job.key(run).is_some() {
                            let place = job.place.shown();
                            report.troubles.extend(troubles.into_iter().map(|trouble| odd(&place, trouble)));
                        }
                    }
                }
            }
            Err(Lost { error, retry_after, .. }) => {
                let trouble = match &job.place {
                    Place::File(path, _) if job.defined && !path.exists() => {
                        error.hint("paths in a feed.toml start from the folder that it lies in")
                    }
                    _ => error,
                };
                rounds::failed(&mut next, job.place.name(), trouble.line(), retry_after, now);
                report.troubles.push(trouble);
            }
        }
        changed.extend(job.key(run).map(|key| (key, next)));
        Ok::<(), Error>(())
    });
    // An archive that failed is not written to again: what it has taken in by half would be there twice.
    outcome?;
    // After a signal, too, what is finished is kept; validators count from then on.
    archive.commit(run.now)?;
    changed.extend(pages::follow(run, reader, trails, archive, report)?);
    if run.dry {
        return Ok(());
    }
    if !changed.is_empty() {
        states.extend(changed);
        archive.note_sources(&states)?;
    }
    for newest in histories {
        history::follow(run, reader, newest, archive, report)?;
    }
    Ok(())
}

/// What a document that was read at the address of a source is to that source: itself, or the feed that it offers.
fn understood_as(
    document: &Document,
    found: Understood,
    look: Look,
    state: &SourceState,
    job: &Job,
    reader: &Reader,
    asked: &Asked,
) -> std::result::Result<Found, extract::Fault> {
    let (kind, wanted) = (found.kind, job.approach.kind);
    let Place::Url(url) = &job.place else {
        return match kind {
            Kind::Article | Kind::Feed => Ok(Found { understood: Some(found), look, behind: None }),
            _ if wanted == Some(kind) => Ok(Found { understood: Some(found), look, behind: None }),
            _ => Err(extract::Fault::Page(kind)),
        };
    };
    let front = || discover::is_front(document.url.as_ref().unwrap_or(url));
    // A page of hardly any words that names feeds is their door; and who wants history or pages wants no single article.
    let door = || {
        let words: usize = found.articles.iter().map(|article| article.text.len()).sum();
        let meant = job.approach.history || job.approach.full == Some(true);
        job.defined && !found.feeds.is_empty() && (meant || words < DOOR)
    };
    let looks = match wanted {
        Some(Kind::Feed) => kind != Kind::Feed,
        Some(_) => false,
        None => matches!(kind, Kind::Listing | Kind::Unknown) || kind == Kind::Article && (front() || door()),
    };
    if looks {
        // The usual addresses are tried once.
        let guess = state.good.is_none();
        if let Some((offer, others)) = discover::feed(reader, url, &found, guess, asked) {
            let said = offer_said(&offer, &others);
            let discover::Offer { url, understood, look, .. } = offer;
            return Ok(Found { understood: Some(understood), look, behind: Some((url, said)) });
        }
    }
    let fits = match wanted {
        Some(wanted) => kind == wanted,
        None => kind != Kind::Unknown,
    };
    if fits { Ok(Found { understood: Some(found), look, behind: None }) } else { Err(extract::Fault::Page(kind)) }
}

/// What is said of a feed that was found behind a page.
pub(super) fn offer_said(offer: &discover::Offer, others: &[Url]) -> String {
    let more = match others.len() {
        0 => String::new(),
        _ => format!(", rather than {}", others.iter().map(Url::as_str).collect::<Vec<_>>().join(", ")),
    };
    format!("the page offers a feed, which is read: {} ({}{more})", offer.url, offer.format)
}

/// Whether there is something to be followed: the pages of entries, or of the list itself.
fn follows(job: &Job, found: &Understood) -> bool {
    let list = match found.kind {
        Kind::Listing | Kind::Sitemap => true,
        Kind::Feed => job.approach.full == Some(true),
        _ => false,
    };
    list && matches!(job.place, Place::Url(_))
}

/// A trouble of a source that answers, and yet not as usual.
pub(super) fn odd(place: &str, trouble: String) -> Error {
    Error::source(place, trouble)
        .hint("what was kept stays; look whether the source has changed: `depesche extract` shows what is found there")
}

/// The digest of what decides how a document is understood.
pub(super) fn reading(run: &Run, job: &Job) -> String {
    let definition = &run.definitions[job.feed];
    let how = job.approach.described();
    format!("{READING} {} {} {}{how}", definition.zone, definition.language, definition.filter.described())
}

pub(super) fn seen(understood: &Understood) -> Seen {
    let entries = understood.articles.len();
    let dated = understood.articles.iter().filter(|article| article.published.is_some()).count();
    Seen { entries, new: 0, dated, titled: entries.saturating_sub(understood.untitled) }
}
