//! A feed followed back to its beginning: archived feeds and paged ones (RFC 5005, sections 3 and 4), JSON Feed's
//! `next_url`, and the pages that WordPress counts by `?paged=`.
//!
//! It goes from the newest document to the first, one request after the other. Closed documents never change: one that was
//! read and kept is not asked for again, so that a walk that broke off goes on where it was.

use super::keep::{Age, Job, take_in};
use super::pages::asked;
use super::understand::understand;
use super::{Report, Run};
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::read::{Place, Reader};
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use url::Url;

/// Documents that are followed in one run; the next one goes on from there.
const MOST: usize = 2000;

/// Where a document leads to.
enum Step {
    /// To the closed document before it, which never changes.
    Archived(Url),
    /// To the next page, which changes with every new entry.
    Paged(Url),
}

/// Keeps what the earlier documents of a feed hold. A trouble on the way is told and ends the walk; what was read is kept.
pub(super) fn follow(
    run: &Run,
    reader: &Reader,
    job: &Job,
    links: &[(String, Url)],
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let feed = &run.definitions[job.feed].name;
    let Place::Url(first) = &job.place else { return Ok(()) };
    // A paged feed that was once read to its end brings nothing new behind its first page that was not there before.
    let done = archive.walked(feed, first.as_str())?.is_some();
    // A feed that names no earlier documents may have pages that are counted.
    let guessed = !links.iter().any(|(rel, _)| matches!(rel.as_str(), "prev-archive" | "next"));
    let mut met = HashSet::from([first.clone()]);
    let mut next = if guessed { counted(first, 2).map(Step::Paged) } else { step(links, first) };
    let mut asked = 0;
    let mut page = 1;
    while let Some(step_taken) = next
        && !run.stop.load(Ordering::Relaxed)
    {
        let (address, archived) = match step_taken {
            Step::Archived(address) => (address, true),
            Step::Paged(_) if done => break,
            Step::Paged(address) => (address, false),
        };
        if !met.insert(address.clone()) {
            break;
        }
        if archived && let Some(before) = archive.walked(feed, address.as_str())? {
            next = Url::parse(&before).ok().map(Step::Archived);
            continue;
        }
        if asked == MOST {
            report.warnings.push((feed.clone(), format!("{MOST} earlier documents were read; the next run goes on")));
            return Ok(());
        }
        asked += 1;
        page += 1;
        let found = match look(run, reader, job, &address) {
            Ok(found) => found,
            // Behind the last page that is counted there is none.
            Err(_) if guessed && page > 2 => break,
            Err(_) if guessed => {
                let told = "`history` finds no earlier documents: the feed names none, and has no pages by `?paged=`";
                report.warnings.push((feed.clone(), told.to_owned()));
                break;
            }
            Err(trouble) => {
                report.troubles.push(trouble.hint("the next look at the feed goes on from there"));
                return Ok(());
            }
        };
        let new = report.new;
        let links_there = found.links.clone();
        if found.articles.is_empty() {
            break;
        }
        take_in(run, job, found, Age::Earlier, archive, report)?;
        // Some servers answer every page with the first one.
        let idle = guessed && report.new == new;
        archive.commit(run.now)?;
        next = match guessed {
            true => counted(first, page + 1).map(Step::Paged).filter(|_| !idle),
            false => step(&links_there, &address),
        };
        if archived {
            let before = match &next {
                Some(Step::Archived(before)) => before.as_str(),
                _ => "",
            };
            archive.note_walked(feed, address.as_str(), before)?;
        }
    }
    if run.stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    // The end was reached.
    if done { Ok(()) } else { archive.note_walked(feed, first.as_str(), "") }
}

/// Where a document leads to: archived documents before pages.
fn step(links: &[(String, Url)], own: &Url) -> Option<Step> {
    let to = |rel: &str| links.iter().find(|(found, url)| found == rel && url != own).map(|(_, url)| url.clone());
    to("prev-archive").map(Step::Archived).or_else(|| to("next").map(Step::Paged))
}

/// The address of a page as WordPress counts them.
fn counted(first: &Url, page: usize) -> Option<Url> {
    let mut address = first.clone();
    let others: Vec<(String, String)> = first.query_pairs().into_owned().filter(|(name, _)| name != "paged").collect();
    address.query_pairs_mut().clear().extend_pairs(others).append_pair("paged", &page.to_string());
    Some(address)
}

fn look(run: &Run, reader: &Reader, job: &Job, address: &Url) -> Result<super::Understood> {
    let document = reader.crawl(address).map_err(|lost| lost.error)?;
    let failed = |cause: String| Error::source(address.as_str(), cause);
    let found = understand(&document, &asked(run, job, None)).map_err(|fault| failed(fault.to_string()))?;
    match found.kind {
        Kind::Feed => Ok(found),
        _ => Err(failed("it is no feed".to_owned())),
    }
}
