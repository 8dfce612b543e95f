//! Documents in, lines of the archive out: read, understand, identify, keep.

use super::history;
use super::ordered::{Gate, Sharing, ordered};
use super::rounds::{self, Seen, Wishes};
use super::understand::{Understood, understand};
use super::{Report, Run, Step, failure, threads};
use crate::archive::{self, Archive};
use crate::config::Definition;
use crate::date::Context;
use crate::error::{Error, Result};
use crate::extract;
use crate::identify::{self, Reason, Verdict};
use crate::model::{ArticleId, Kind, SourceState};
use crate::read::{Look, Lost, Place, Reader, Validators};
use std::collections::HashSet;
use std::time::Duration;
use url::Url;

/// The version of extract and normalise: raised when they find other texts in the same documents than before.
const READING: u16 = 1;

/// A place to read, and the number of the definition that it is read for.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub feed: usize,
    pub place: Place,
    /// Whether the place stands in the definition, rather than among the arguments.
    pub defined: bool,
    /// Whether the feed there is followed back to its beginning.
    pub history: bool,
    /// Between two looks, if the definition says so.
    pub every: Option<Duration>,
}

impl Job {
    /// What the state of its source is known by; only what is on the web and in a definition has one.
    pub fn key(&self, run: &Run) -> Option<String> {
        let Place::Url(url) = &self.place else { return None };
        self.defined.then(|| source_key(&run.definitions[self.feed].name, url))
    }
}

/// What the state of a source is known by.
pub(super) fn source_key(feed: &str, url: &Url) -> String {
    format!("{feed}/{url}")
}

/// What a look brought: nothing new, or a document that was understood.
struct Found {
    understood: Option<Understood>,
    look: Look,
}

/// Reads the jobs in their order and keeps what is new.
pub(super) fn keep(run: &Run, reader: &Reader, jobs: &[Job], archive: &mut Archive, report: &mut Report) -> Result<()> {
    let mut states = archive.sources();
    let now = run.now.timestamp();
    let none = SourceState::default();
    let state = |job: &Job| job.key(run).and_then(|key| states.get(&key)).unwrap_or(&none);
    // A walk through the history of a feed that broke off begins with the whole of it.
    let mut walking = HashSet::new();
    for job in jobs.iter().filter(|job| job.history) {
        let (Place::Url(url), Some(key)) = (&job.place, job.key(run)) else { continue };
        if archive.walked(&run.definitions[job.feed].name, url.as_str())?.is_none() {
            walking.insert(key);
        }
    }
    let walking = |job: &Job| job.key(run).is_some_and(|key| walking.contains(&key));
    let due: Vec<&Job> = jobs.iter().filter(|job| run.all || rounds::is_due(state(job), now)).collect();
    report.waiting = jobs.len() - due.len();
    (run.progress)(Step::Planned(due.len()));
    let work = |job: &&Job, gate: &Gate| -> std::result::Result<Found, Lost> {
        let definition = &run.definitions[job.feed];
        let state = state(job);
        let known = match walking(job) || rounds::wants_whole(state, &reading(definition), now) {
            true => Validators::default(),
            false => Validators { etag: state.etag.clone(), last_modified: state.last_modified.clone() },
        };
        let place = rounds::settled(state, now).and_then(|url| Url::parse(url).ok()).map(Place::Url);
        let mut look = reader.look(place.as_ref().unwrap_or(&job.place), &known)?;
        let Some(document) = look.document.take() else { return Ok(Found { understood: None, look }) };
        gate.admit(document.bytes.len());
        let dates = Context { now: run.now, zone: definition.zone };
        let failed = |fault: extract::Fault| Error::source(job.place.shown(), fault);
        let lost = |error: Error| Lost { error, retry_after: None };
        let found = understand(&document, dates, Some(&definition.language)).map_err(|fault| lost(failed(fault)))?;
        match found.kind {
            Kind::Article | Kind::Feed => Ok(Found { understood: Some(found), look }),
            kind => Err(lost(match found.feeds.first() {
                Some(feed) => {
                    failed(extract::Fault::Page(kind)).hint(format!("the page offers a feed: `url = \"{feed}\"`"))
                }
                None => failed(extract::Fault::Page(kind)),
            })),
        }
    };
    let lane = |job: &&Job| job.place.host();
    let sharing = Sharing { threads: threads(), lane: &lane, per_lane: reader.per_host(), stop: &run.stop };
    let (mut histories, mut changed) = (Vec::new(), Vec::new());
    let outcome = ordered(&due, &sharing, work, |index, result| {
        let job = due[index];
        (run.progress)(Step::Done(&job.place.shown()));
        let lost = |panic: Box<dyn std::any::Any + Send>| Lost {
            error: failure(&job.place.shown(), &*panic),
            retry_after: None,
        };
        let mut next = state(job).clone();
        match result.unwrap_or_else(|panic| Err(lost(panic))) {
            Ok(found) => {
                let (Found { understood, look }, before) = (found, report.new);
                let feed = understood.as_ref().and_then(|understood| understood.feed.as_ref());
                let stays =
                    feed.and_then(|feed| feed.minutes).map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
                let wishes = Wishes { every: job.every, fresh: look.fresh.max(stays) };
                rounds::moved(&mut next, look.moved.as_ref().map(Url::as_str), now);
                next.etag = look.validators.etag;
                next.last_modified = look.validators.last_modified;
                match understood {
                    None => {
                        report.unchanged += 1;
                        rounds::unchanged(&mut next, wishes, now);
                    }
                    Some(understood) => {
                        if job.history && understood.kind == Kind::Feed {
                            histories.push((job, understood.links.clone()));
                        }
                        let mut seen = seen(&understood);
                        take_in(run, job, understood, Age::Newest, archive, report)?;
                        seen.new = report.new - before;
                        next.reading = reading(&run.definitions[job.feed]);
                        let troubles = rounds::found(&mut next, seen, wishes, now);
                        if job.key(run).is_some() {
                            report.troubles.extend(troubles.into_iter().map(|trouble| {
                                Error::source(job.place.shown(), trouble).hint(
                                    "what was kept stays; look whether the source has changed: `depesche extract` shows what is found there",
                                )
                            }));
                        }
                    }
                }
            }
            Err(Lost { error, retry_after }) => {
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
    if run.dry {
        return Ok(());
    }
    if !changed.is_empty() {
        states.extend(changed);
        archive.note_sources(&states)?;
    }
    for (job, links) in histories {
        history::follow(run, reader, job, &links, archive, report)?;
    }
    Ok(())
}

/// The digest of what decides how a document is understood.
fn reading(definition: &Definition) -> String {
    format!("{READING} {} {} {}", definition.zone, definition.language, definition.filter.described())
}

fn seen(understood: &Understood) -> Seen {
    let entries = understood.articles.len();
    let dated = understood.articles.iter().filter(|article| article.published.is_some()).count();
    Seen { entries, new: 0, dated, titled: entries.saturating_sub(understood.untitled) }
}

/// Whether a document says how things are, or how they once were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// It is what the source shows now.
    Newest,
    /// It is an earlier document of a feed: what is known already is known better.
    Earlier,
}

/// Decides about the articles of one document and keeps what is to be kept.
pub(super) fn take_in(
    run: &Run,
    job: &Job,
    understood: Understood,
    age: Age,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
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
    let found = archive::Found { feed, place: &place, scope, seen: run.now, reader: READING };
    let single = understood.kind == Kind::Article && matches!(job.place, Place::File(..));
    let address = match &job.place {
        Place::Url(url) if understood.kind == Kind::Article => Some(url.as_str()),
        _ => None,
    };
    let page = understood.kind == Kind::Article;
    let around = identify::Place { scope, document: name, single, address };
    let mut refused: Vec<(ArticleId, Reason)> = Vec::new();
    let mut shared = Vec::new();
    let mut met = HashSet::new();
    let mut articles = understood.articles;
    let all = articles.len();
    articles.retain(|article| run.definitions[job.feed].filter.wants(article, run.now));
    report.dropped += all - articles.len();
    for entry in identify::one_of_each(articles, &around) {
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
        let verdict = identify::verdict(&article, &keys, &known, page, run.now);
        let why = verdict.reason();
        met.insert(verdict.id());
        (run.progress)(Step::Decided { feed, place: name, title: &article.title, verdict: &verdict });
        match verdict {
            Verdict::New { id, .. } => {
                report.new += 1;
                report.feeds[job.feed].new += 1;
                archive.keep_new(id, article, &keys, why, &found)?;
            }
            Verdict::Revised { id, .. } | Verdict::Same { id, .. }
                if age == Age::Earlier && archive.lists(feed, id)? =>
            {
                report.known += 1;
            }
            Verdict::Revised { id, .. } if age == Age::Newest => {
                report.revised += 1;
                report.feeds[job.feed].revised += 1;
                archive.revise(id, article, &keys, why, &found)?;
            }
            Verdict::Refused { id, reason } => {
                report.known += 1;
                refused.push((id, reason));
                // What is shown now was looked at; of what may still change, the last state is yet to come.
                if !matches!(reason, Reason::Restless(_)) {
                    archive.note(id, &article, &keys, why, &found)?;
                }
            }
            Verdict::Same { id, .. } | Verdict::Revised { id, .. } => {
                report.known += 1;
                archive.note(id, &article, &keys, why, &found)?;
            }
        }
    }
    tell_refused(job, &refused, report);
    shared.sort();
    shared.dedup();
    archive.disown(shared, &found)
}

/// Names what was not allowed to replace what is kept, in one sentence for each reason.
fn tell_refused(job: &Job, refused: &[(ArticleId, Reason)], report: &mut Report) {
    let is_restless = |(_, reason): &&(ArticleId, Reason)| matches!(reason, Reason::Restless(_));
    for (id, _) in refused.iter().filter(is_restless) {
        let sentence = format!("{id} changes at every look: its next revision waits");
        report.warnings.push((job.place.shown(), sentence));
    }
    let lost: Vec<_> = refused.iter().filter(|refused| !is_restless(refused)).collect();
    let Some((id, reason)) = lost.first() else { return };
    let what = match lost.len() {
        1 => format!("the article {id} is {reason}: what was kept stays"),
        more => format!("{more} articles show hardly any or another text now, {id} among them: what was kept stays"),
    };
    report.troubles.push(Error::source(job.place.shown(), what).hint(
        "look whether the source has a wall, an error or only teasers now; `depesche extract` shows what is found there",
    ));
}
