//! Entries of a list, followed to their pages: those of listings and sitemaps, and of feeds with `full = true`.
//!
//! A list says of an article its address, perhaps title, date and teaser; the page says the rest. Which entries are followed is
//! decided by what the archive knows: those that are new, and those of which the list says something else than when their page was read.
//! An entry whose page is no article, or was not wanted, is remembered as long as the list shows it, so that no page is read
//! twice for nothing. What could not be read is tried again at the next looks.

mod combine;
mod gather;
mod parts;

pub(super) use combine::complete;
pub(super) use parts::joined;

use super::decide::{Age, Ready, take_in};
use super::keep::{self, Job};
use super::ordered::{Gate, Sharing, ordered};
use super::rounds::{self, Seen, Wishes};
use super::understand::{Asked, Understood, understand};
use super::{Report, Run, Step, failure, threads};
use crate::archive::Archive;
use crate::config::Approach;
use crate::date::Context;
use crate::error::{Error, Result};
use crate::extract;
use crate::identify;
use crate::model::{Article, Document, Kind, Pile, Selectors, SourceState};
use crate::read::{Lost, Place, Reader};
use crate::text::count;
use combine::combine;
use gather::gather;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;
use url::Url;

/// How often a page is tried that cannot be read.
const TRIES: u8 = 5;
/// Marks what is not tried again.
const GIVEN_UP: u8 = u8::MAX;
/// After so many articles what was kept is made safe.
const PORTION: usize = 25;
/// A source with work left is asked again so soon.
const SOON: i64 = 600;

/// A list that was read and whose entries are to be followed.
pub(super) struct Trail<'j> {
    pub job: &'j Job<'j>,
    /// What is remembered of its source, not yet complete.
    pub state: SourceState,
    /// What it says.
    pub understood: Understood,
    pub wishes: Wishes,
}

/// What is done for a list.
struct Course {
    /// Entries that the archive knows already, or that are kept as the list shows them.
    told: Pile<Article>,
    /// Entries that are kept as the list shows them, since the definition says so.
    plain: Pile<Article>,
    /// How often pages have been tried, by [`mark`].
    tries: BTreeMap<String, u8>,
    /// New articles.
    new: usize,
    /// Whether all that is to be read has been read.
    whole: bool,
    /// What could not be read.
    lost: Vec<Error>,
    /// What the list had.
    seen: Seen,
}

/// An entry whose page is to be read.
struct Lead {
    trail: usize,
    url: Url,
    teaser: Box<Article>,
}

/// What stands behind an entry.
enum Page {
    /// Its article.
    Article(Box<Understood>),
    /// Something else, and what.
    Other(Kind, String),
    /// Nothing that can be had.
    Lost { error: Error, lasting: bool },
}

/// Follows all lists, and returns what is to be remembered of their sources.
pub(super) fn follow(
    run: &Run,
    reader: &Reader,
    mut trails: Vec<Trail>,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<Vec<(String, SourceState)>> {
    let mut courses = Vec::with_capacity(trails.len());
    let mut leads = Vec::new();
    for (index, trail) in trails.iter_mut().enumerate() {
        courses.push(gather(run, reader, index, trail, &mut leads, archive, report)?);
    }
    // What several lists show is read for the first of them; then it is known to the others.
    let mut met = HashSet::new();
    let (leads, again): (Vec<Lead>, Vec<Lead>) = leads.into_iter().partition(|lead| met.insert(lead.url.clone()));
    (run.progress)(Step::Planned(report.sources + leads.len()));
    read(run, reader, &trails, &mut courses, &leads, archive, report)?;
    let mut left = Vec::new();
    for lead in again {
        match known(run, trails[lead.trail].job, &lead.teaser, archive)? {
            true => courses[lead.trail].told.push(lead.teaser),
            false => left.push(lead),
        }
    }
    read(run, reader, &trails, &mut courses, &left, archive, report)?;
    let mut states = Vec::new();
    for (trail, course) in trails.into_iter().zip(courses) {
        states.extend(finish(run, trail, course, archive, report)?);
    }
    archive.commit(run.now)?;
    Ok(states)
}

/// Whether the archive knows an entry.
fn known(run: &Run, job: &Job, entry: &Article, archive: &Archive) -> Result<bool> {
    let (place, scope) = job.names(run);
    let around = identify::Place { scope: &scope, document: job.place.name(), single: false, address: None };
    Ok(!archive.known(&archive.usable(identify::keys(entry, &around), &scope)?, &place)?.is_empty())
}

/// Reads the pages of entries and takes them in, in their order.
fn read(
    run: &Run,
    reader: &Reader,
    trails: &[Trail],
    courses: &mut [Course],
    leads: &[Lead],
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let fetch = |lead: &Lead| {
        let document = reader.crawl(&lead.url);
        let bytes = document.as_ref().map_or(0, |document| document.bytes.len());
        (document, bytes)
    };
    let work = |lead: &Lead, document, gate: &Gate| page(run, reader, trails[lead.trail].job, document, gate);
    let lane = |lead: &Lead| lead.url.host_str().map(str::to_owned);
    let sharing = Sharing { threads: threads(), lane: &lane, per_lane: reader.per_host(), stop: &run.stop };
    let mut taken = 0;
    ordered(leads, &sharing, fetch, work, |index, result| {
        let lead = &leads[index];
        (run.progress)(Step::Done(lead.url.as_str()));
        let page =
            result.unwrap_or_else(|panic| Page::Lost { error: failure(lead.url.as_str(), &*panic), lasting: true });
        let (trail, course) = (&trails[lead.trail], &mut courses[lead.trail]);
        take(run, trail, course, lead, page, archive, report)?;
        taken += 1;
        if taken % PORTION == 0 { archive.commit(run.now) } else { Ok(()) }
    })
}

/// What stands for an address in the memory of its source.
fn mark(link: &str) -> String {
    blake3::hash(link.as_bytes()).to_hex()[..16].to_owned()
}

/// How a document of this source is read.
pub(super) fn asked<'a>(run: &'a Run, job: &'a Job, kind: Option<Kind>) -> Asked<'a> {
    let definition = &run.definitions[job.feed];
    Asked {
        dates: Context { now: run.now, zone: definition.zone },
        language: Some(&definition.language),
        kind,
        list: true,
        selectors: &job.approach.selectors,
        limits: run.settings.limits,
    }
}

/// What the page of an entry is.
fn page(run: &Run, reader: &Reader, job: &Job, document: std::result::Result<Document, Lost>, gate: &Gate) -> Page {
    let document = match document {
        Ok(document) => document,
        Err(Lost { error, lasting, .. }) => return Page::Lost { error, lasting },
    };
    let plain = Selectors { page: job.approach.selectors.page.clone(), ..Selectors::default() };
    let asked = Asked { list: false, selectors: &plain, ..asked(run, job, None) };
    let found = understand(&document, &asked);
    gate.leave();
    match found {
        Ok(found) if found.kind == Kind::Article && found.articles.len() == 1 => {
            Page::Article(Box::new(joined(reader, document.url.as_ref(), found, &asked)))
        }
        Ok(found) => Page::Other(found.kind, extract::Fault::Page(found.kind).to_string()),
        Err(fault) => Page::Other(Kind::Unknown, fault.to_string()),
    }
}

/// Takes in what stands behind an entry.
fn take(
    run: &Run,
    trail: &Trail,
    course: &mut Course,
    lead: &Lead,
    page: Page,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let kind = trail.understood.kind;
    let mark = mark(lead.url.as_str());
    // A feed's entry is one, whatever stands behind it; that of a page if it has a date.
    let stands = match kind {
        Kind::Feed => true,
        Kind::Sitemap => false,
        _ => lead.teaser.published.is_some() || trail.job.approach.selectors.find_entries(),
    };
    match page {
        Page::Article(mut found) => {
            let mut article = found.articles.remove(0);
            combine(&mut article, &lead.teaser, kind);
            keep_address(run, trail, &mut article, &lead.teaser, archive)?;
            let address = article.link.as_deref().and_then(|link| Url::parse(link).ok()).unwrap_or(lead.url.clone());
            found.articles.push(article);
            let approach = Approach::default();
            let job = Job { feed: trail.job.feed, place: Place::Url(address), defined: false, approach: &approach };
            let (new, dropped) = (report.new, report.dropped);
            take_in(run, &job, Ready::of(run, &job, *found, Age::Newest), archive, report)?;
            course.new += report.new - new;
            if report.dropped > dropped {
                course.tries.insert(mark, GIVEN_UP);
            } else {
                course.tries.remove(&mark);
                course.told.push(lead.teaser.clone());
            }
        }
        Page::Other(what, why) => {
            let keeps = stands && !(kind == Kind::Listing && matches!(what, Kind::Listing | Kind::Feed));
            let said = if keeps { "the entry is kept as the list shows it" } else { "the entry is passed over" };
            report.warnings.push((lead.url.to_string(), format!("{why}; {said}")));
            course.tries.insert(mark, GIVEN_UP);
            if keeps {
                keep_teaser(run, trail, course, lead, archive, report)?;
            }
        }
        Page::Lost { error, lasting: true } => {
            let said = if stands { "the entry is kept as the list shows it" } else { "the entry is passed over" };
            report.warnings.push((lead.url.to_string(), format!("{}; {said}", error.line())));
            course.tries.insert(mark, GIVEN_UP);
            if stands {
                keep_teaser(run, trail, course, lead, archive, report)?;
            }
        }
        Page::Lost { error, lasting: false } => {
            let tries = course.tries.get(&mark).copied().unwrap_or_default() + 1;
            course.tries.insert(mark, tries);
            course.lost.push(error);
            course.whole &= tries >= TRIES;
            if kind == Kind::Feed || tries >= TRIES && stands {
                keep_teaser(run, trail, course, lead, archive, report)?;
            }
        }
    }
    Ok(())
}

/// Keeps an entry as the list shows it.
fn keep_teaser(
    run: &Run,
    trail: &Trail,
    course: &mut Course,
    lead: &Lead,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<()> {
    let new = report.new;
    let only = Understood { articles: vec![lead.teaser.clone()], ..Understood::of(trail.understood.kind) };
    take_in(run, trail.job, Ready::of(run, trail.job, only, Age::Newest), archive, report)?;
    course.new += report.new - new;
    Ok(())
}

/// An article that is known by the address in the list keeps it, whatever address its page calls its own.
fn keep_address(run: &Run, trail: &Trail, article: &mut Article, teaser: &Article, archive: &Archive) -> Result<()> {
    if !known(run, trail.job, article, archive)? && known(run, trail.job, teaser, archive)? {
        article.link.clone_from(&teaser.link);
    }
    Ok(())
}

/// Notes where the articles stand, and what is to be remembered of the source.
fn finish(
    run: &Run,
    trail: Trail,
    course: Course,
    archive: &mut Archive,
    report: &mut Report,
) -> Result<Option<(String, SourceState)>> {
    let Trail { job, mut state, mut understood, wishes } = trail;
    let warnings = std::mem::take(&mut understood.warnings);
    let plain = Understood { articles: course.plain, warnings, ..Understood::of(understood.kind) };
    let new = report.new;
    take_in(run, job, Ready::of(run, job, plain, Age::Newest), archive, report)?;
    let plain = report.new - new;
    let told = Understood { articles: course.told, ..understood };
    take_in(run, job, Ready::of(run, job, told, Age::Told), archive, report)?;
    let stopped = run.stop.load(Ordering::Relaxed);
    state.reading = keep::reading(run, job);
    let now = run.now.timestamp();
    let troubles = rounds::found(&mut state, Seen { new: course.new + plain, ..course.seen }, wishes, now);
    let place = job.place.shown();
    if job.key(run).is_some() {
        report.troubles.extend(troubles.into_iter().map(|trouble| keep::odd(&place, trouble)));
    }
    if let Some(first) = course.lost.first() {
        let what = format!("{} of its entries could not be read: {}", count(course.lost.len(), "page"), first.line());
        report.troubles.push(Error::source(&*place, what).hint("they are tried again with the next runs"));
    }
    state.pages = course.tries;
    match course.whole && !stopped {
        true => state.covered = now,
        false => {
            // The list must be seen again, even if it has not changed.
            (state.etag, state.last_modified, state.reading) = (None, None, String::new());
            state.next = state.next.min(now + SOON);
        }
    }
    Ok(job.key(run).map(|key| (key, state)))
}
