//! Documents in, lines of the archive out: read, understand, identify, keep.

use super::history;
use super::ordered::ordered;
use super::understand::{Understood, understand};
use super::{Report, Run, Step, failure, threads};
use crate::archive::{Archive, Found};
use crate::date::Context;
use crate::error::{Error, Result};
use crate::extract;
use crate::identify::{self, Verdict};
use crate::model::Kind;
use crate::read::{Place, Reader};
use std::collections::HashSet;

/// The version of extract and normalise: raised when they find other texts in the same documents than before.
const READING: u16 = 1;

/// A place to read, and the number of the definition that it is read for.
pub(super) struct Job {
    pub feed: usize,
    pub place: Place,
    /// Whether the place stands in the definition, rather than among the arguments.
    pub defined: bool,
    /// Whether the feed there is followed back to its beginning.
    pub history: bool,
}

/// Reads the jobs in their order and keeps what is new.
pub(super) fn keep(run: &Run, reader: &Reader, jobs: &[Job], archive: &mut Archive, report: &mut Report) -> Result<()> {
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
    let mut histories = Vec::new();
    ordered(jobs, threads(), work, |index, result| {
        let job = &jobs[index];
        (run.progress)(Step::Done(&job.place.shown()));
        match result.unwrap_or_else(|panic| Err(failure(&job.place.shown(), &*panic))) {
            Ok(understood) => {
                if job.history && understood.kind == Kind::Feed {
                    histories.push((index, understood.links.clone()));
                }
                take_in(run, job, understood, Age::Newest, archive, report)
            }
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
    archive.commit(run.now)?;
    for (index, links) in histories {
        history::follow(run, reader, &jobs[index], &links, archive, report)?;
    }
    Ok(())
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
            Verdict::Same { id, .. } | Verdict::Revised { id, .. } => {
                report.known += 1;
                archive.note(id, &article, &keys, why, &found)?;
            }
        }
    }
    shared.sort();
    shared.dedup();
    archive.disown(shared, &found)
}
