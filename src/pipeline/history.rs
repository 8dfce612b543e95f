//! A feed followed back to its beginning: archived feeds and paged ones (RFC 5005, sections 3 and 4), JSON Feed's
//! `next_url`, and the pages that WordPress counts by `?paged=`.
//!
//! It goes from the newest document to the first, one request after the other. Closed documents never change: one that was
//! read and kept is not asked for again. Pages move on with every new entry, always away from the first: a walk over these that
//! broke off begins again with the page that it could not read, and misses nothing.

use super::decide::{Age, Ready, take_in};
use super::keep::Job;
use super::pages::asked;
use super::understand::{Understood, understand};
use super::{Report, Run};
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::{Article, Kind};
use crate::read::{Lost, Place, Reader};
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

/// The newest document of a feed whose earlier ones are wanted.
pub(super) struct Newest<'j> {
    job: &'j Job<'j>,
    /// Where it was read: the address of the source, or of the feed behind it.
    address: Url,
    /// Where it points to for more.
    links: Vec<(String, Url)>,
    /// What stands for its entries.
    entries: HashSet<String>,
}

impl<'j> Newest<'j> {
    /// `None` for what was not read from the web.
    pub fn of(job: &'j Job<'j>, behind: Option<&Url>, found: &Understood) -> Option<Newest<'j>> {
        let Place::Url(own) = &job.place else { return None };
        let address = behind.unwrap_or(own).clone();
        Some(Newest {
            job,
            address,
            links: found.links.clone(),
            entries: found.articles.iter().map(|article| mark(article)).collect(),
        })
    }
}

/// Keeps what the earlier documents of a feed hold. A trouble on the way is told and ends the walk; what was read is kept.
pub(super) fn follow(
    run: &Run,
    reader: &Reader,
    newest: Newest,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let Newest { job, address: first, links, entries: mut met_entries } = newest;
    let (feed, source) = (&run.definitions[job.feed].name, job.place.name());
    // A paged feed that was once read to its end brings nothing new behind its first page that was not there before.
    let done = archive.walked(feed, source)?.is_some();
    // A feed that names no earlier documents may have pages that are counted.
    let guessed = !links.iter().any(|(rel, _)| matches!(rel.as_str(), "prev-archive" | "next"));
    let mut next = if guessed { counted(&first, 2).map(Step::Paged) } else { step(&links, &first) };
    // The page that a walk which broke off was to read next.
    let reached = format!("{first} reached");
    if let (Some(Step::Paged(page)), Some(before)) = (&mut next, archive.walked(feed, &reached)?) {
        *page = Url::parse(&before).unwrap_or_else(|_| page.clone());
    }
    let mut met = HashSet::from([first.clone()]);
    let mut asked = 0;
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
        if !archived {
            archive.note_walked(feed, &reached, address.as_str())?;
        }
        if asked == MOST {
            report.warnings.push((feed.clone(), format!("{MOST} earlier documents were read; the next run goes on")));
            return Ok(());
        }
        asked += 1;
        let found = match look(run, reader, job, &address) {
            Ok(found) => found,
            // Behind the last page that is counted there is none.
            Err(Lost { lasting: true, .. }) if guessed && page_of(&address) > 2 => break,
            Err(Lost { lasting: true, error, .. }) if guessed => {
                let told = "`history` finds no earlier documents: the feed names none, and has no pages by `?paged=`";
                report.warnings.push((feed.clone(), format!("{told}: {}", error.line())));
                break;
            }
            Err(Lost { error, .. }) => {
                report.troubles.push(error.hint("the next look at the feed goes on from there"));
                return Ok(());
            }
        };
        // Some servers answer every page with the first one.
        let before = met_entries.len();
        met_entries.extend(found.articles.iter().map(|article| mark(article)));
        if guessed && met_entries.len() == before || found.articles.is_empty() {
            break;
        }
        let links_there = found.links.clone();
        take_in(run, job, Ready::of(run, job, found, Age::Earlier), archive, report)?;
        archive.commit(run.now)?;
        next = match guessed {
            true => counted(&first, page_of(&address) + 1).map(Step::Paged),
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
    if done { Ok(()) } else { archive.note_walked(feed, source, "") }
}

/// What stands for an entry within one walk.
fn mark(article: &Article) -> String {
    article.link.clone().or_else(|| article.guid.clone()).unwrap_or_else(|| article.title.clone())
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

/// The number of a page in its address; that of the first is not written.
fn page_of(address: &Url) -> usize {
    let number = |(name, value): (_, std::borrow::Cow<str>)| (name == "paged").then(|| value.parse().ok()).flatten();
    address.query_pairs().find_map(number).unwrap_or(1)
}

fn look(run: &Run, reader: &Reader, job: &Job, address: &Url) -> std::result::Result<Understood, Lost> {
    let document = reader.crawl(address)?;
    let failed = |cause: String| Lost::with(Error::source(address.as_str(), cause));
    let found = understand(&document, &asked(run, job, None)).map_err(|fault| failed(fault.to_string()))?;
    match found.kind {
        Kind::Feed => Ok(found),
        _ => Err(failed("it is no feed".to_owned())),
    }
}
