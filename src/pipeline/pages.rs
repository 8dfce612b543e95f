//! Entries of a list, followed to their pages: those of listings and sitemaps, and of feeds with `full = true`.
//!
//! A list says of an article its address, perhaps title, date and teaser; the page says the rest. Which entries are followed is
//! decided by what the archive knows: those that are new, and those of which the list says something else than when their page was read.
//! An entry whose page is no article, or was not wanted, is remembered as long as the list shows it, so that no page is read
//! twice for nothing. What could not be read is tried again at the next looks.

use super::keep::{Age, Job, take_in};
use super::ordered::{Gate, Sharing, ordered};
use super::rounds::{self, Seen, Wishes};
use super::understand::{Asked, Understood, understand};
use super::{Report, Run, Step, failure, threads};
use crate::archive::Archive;
use crate::config::Approach;
use crate::date::Context;
use crate::error::{Error, Result};
use crate::identify::{self, Digest};
use crate::model::{Article, Document, Kind, SourceState, Stamp};
use crate::read::{Lost, Place, Reader};
use crate::text::count;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;
use url::Url;

/// Pages that are read for one source in one run; the next one goes on.
const MOST: usize = 200;
/// Sitemaps of an index that are read in one run.
const MOST_SITEMAPS: usize = 50;
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
    told: Vec<Article>,
    /// Entries that are kept as the list shows them, since the definition says so.
    plain: Vec<Article>,
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
    teaser: Article,
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
    let work = |lead: &Lead, gate: &Gate| page(run, reader, trails[lead.trail].job, lead, gate);
    let lane = |lead: &Lead| lead.url.host_str().map(str::to_owned);
    let sharing = Sharing { threads: threads(), lane: &lane, per_lane: reader.per_host(), stop: &run.stop };
    let mut taken = 0;
    ordered(leads, &sharing, work, |index, result| {
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

/// Finds out which entries of a list are to be followed.
fn gather(
    run: &Run,
    reader: &Reader,
    index: usize,
    trail: &mut Trail,
    leads: &mut Vec<Lead>,
    archive: &Archive,
    report: &mut Report,
) -> Result<Course> {
    let job = trail.job;
    let mut course = Course {
        told: Vec::new(),
        plain: Vec::new(),
        tries: BTreeMap::new(),
        new: 0,
        whole: true,
        lost: Vec::new(),
        seen: seen(&trail.understood),
    };
    let before = leads.len();
    let mut met = HashSet::new();
    let mut further = Further::of(run, job, &trail.state, &trail.understood);
    let mut entries = std::mem::take(&mut trail.understood.articles);
    loop {
        let some = choose(run, index, trail, entries, &mut course, leads, &mut met, archive)?;
        if leads.len() - before > MOST {
            // The newest first; without dates, as the list has them.
            let mut own = leads.split_off(before);
            own.sort_by_key(|lead| std::cmp::Reverse(date_of(&lead.teaser)));
            own.truncate(MOST);
            leads.extend(own);
            course.whole = false;
            let told = format!("it has more than {MOST} new entries: the rest comes with the next runs");
            report.warnings.push((job.place.shown(), told));
            break;
        }
        let Some(next) = further.next(some) else { break };
        if run.stop.load(Ordering::Relaxed) {
            course.whole = false;
            break;
        }
        let found = reader.crawl(&next).map_err(|lost| lost.error).and_then(|document| {
            let failed = |fault| Error::source(next.as_str(), fault);
            let kind = further.kind();
            let asked = asked(run, job, Some(kind));
            let found = understand(&document, &asked).map_err(failed)?;
            if found.kind == kind { Ok(found) } else { Err(failed(crate::extract::Fault::Page(found.kind))) }
        });
        match found {
            Ok(found) => {
                if found.kind == Kind::Sitemap {
                    course.seen.entries += found.articles.len();
                }
                further.learn(run, job, &found);
                entries = found.articles;
            }
            Err(error) => {
                course.whole = false;
                course.lost.push(error);
                entries = Vec::new();
            }
        }
    }
    Ok(course)
}

fn seen(understood: &Understood) -> Seen {
    let entries = understood.articles.len();
    match understood.kind {
        // Of a sitemap, neither is usual.
        Kind::Sitemap => Seen { entries: entries + understood.sitemaps.len(), new: 0, dated: 0, titled: 0 },
        _ => super::keep::seen(understood),
    }
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

/// Sorts the entries of a document into those to be followed and those that are known. Says whether any is new.
#[expect(clippy::too_many_arguments, reason = "one step of a loop, which has all of it in its hands")]
fn choose(
    run: &Run,
    index: usize,
    trail: &Trail,
    entries: Vec<Article>,
    course: &mut Course,
    leads: &mut Vec<Lead>,
    met: &mut HashSet<String>,
    archive: &Archive,
) -> Result<bool> {
    let job = trail.job;
    let (definition, approach) = (&run.definitions[job.feed], job.approach);
    let sitemap = trail.understood.kind == Kind::Sitemap;
    let (place, scope) = job.names(run);
    let around = identify::Place { scope: &scope, document: job.place.name(), single: false, address: None };
    let honest = !sitemap || says_when(&entries, run.now);
    let full = approach.full.unwrap_or(true);
    let mut some = false;
    for mut teaser in entries {
        let Some(url) = teaser.link.as_deref().and_then(|link| Url::parse(link).ok()) else {
            // What has no page is kept as it is.
            course.told.push(teaser);
            continue;
        };
        let wanted = approach.wants(&teaser) && definition.filter.may_want(&teaser, run.now);
        if !wanted || !met.insert(url.to_string()) {
            continue;
        }
        if !full {
            some |= !known(run, job, &teaser, archive)?;
            // A sitemap without titles says too little.
            course.plain.extend(Some(teaser).filter(|teaser| !teaser.title.is_empty()));
            continue;
        }
        if let Some(updated) = teaser.updated.as_ref().filter(|_| sitemap && honest) {
            // What a sitemap says of an article is when it was changed.
            teaser.text = updated.at.to_rfc3339();
        }
        let mark = mark(url.as_str());
        let tries = trail.state.pages.get(&mark).copied().unwrap_or_default();
        if tries > 0 {
            course.tries.insert(mark, tries);
        }
        let keys = archive.usable(identify::keys(&teaser, &around), &scope)?;
        let known = archive.known(&keys, &place)?;
        let follow = match known.first() {
            None => tries < TRIES,
            Some(known) => {
                let says_else = known.seen_here.is_some_and(|seen| seen != Digest::of(&teaser));
                (1..TRIES).contains(&tries) || says_else && tries < TRIES
            }
        };
        some |= known.is_empty();
        if follow {
            leads.push(Lead { trail: index, url, teaser });
        } else if !known.is_empty() {
            course.told.push(teaser);
        }
    }
    Ok(some)
}

/// Whether a sitemap knows when its pages were changed: some write the moment of asking for each.
fn says_when(entries: &[Article], now: DateTime<Utc>) -> bool {
    let fresh = |stamp: &Stamp| now - stamp.at.to_utc() < TimeDelta::hours(1);
    let fresh = entries.iter().filter(|entry| entry.updated.as_ref().is_some_and(fresh)).count();
    entries.len() < 10 || fresh * 10 < entries.len() * 9
}

fn date_of(teaser: &Article) -> Option<DateTime<Utc>> {
    teaser.published.as_ref().or(teaser.updated.as_ref()).map(|stamp| stamp.at.to_utc())
}

/// Where a list goes on: the next pages of a listing, the sitemaps of an index.
struct Further {
    queue: std::collections::VecDeque<Url>,
    met: HashSet<Url>,
    left: usize,
    covered: i64,
    kind: Kind,
}

impl Further {
    fn of(run: &Run, job: &Job, state: &SourceState, first: &Understood) -> Further {
        let left = match first.kind {
            Kind::Sitemap => MOST_SITEMAPS,
            _ => job.approach.pages.saturating_sub(1),
        };
        let met = match &job.place {
            Place::Url(url) => HashSet::from([url.clone()]),
            _ => HashSet::new(),
        };
        let mut further = Further { queue: Default::default(), met, left, covered: state.covered, kind: first.kind };
        further.learn(run, job, first);
        further
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn learn(&mut self, run: &Run, job: &Job, found: &Understood) {
        let oldest = run.definitions[job.feed].filter.max_age.and_then(|age| TimeDelta::from_std(age).ok());
        let found: Vec<Url> = match self.kind {
            Kind::Sitemap => {
                let worth = |changed: &Option<DateTime<Utc>>| {
                    changed.is_none_or(|changed| {
                        changed.timestamp() >= self.covered - 86_400
                            && oldest.is_none_or(|age| run.now - changed <= age)
                    })
                };
                found.sitemaps.iter().filter(|(_, changed)| worth(changed)).map(|(url, _)| url.clone()).collect()
            }
            _ => found.links.iter().filter(|(rel, _)| rel == "next").map(|(_, url)| url.clone()).take(1).collect(),
        };
        for url in found {
            if self.met.insert(url.clone()) {
                self.queue.push_back(url);
            }
        }
    }

    /// The next document. A listing of which the last page had nothing new has nothing new behind it.
    fn next(&mut self, some: bool) -> Option<Url> {
        if self.left == 0 || self.kind != Kind::Sitemap && !some {
            return None;
        }
        self.left -= 1;
        self.queue.pop_front()
    }
}

/// Reads the page of an entry.
fn page(run: &Run, reader: &Reader, job: &Job, lead: &Lead, gate: &Gate) -> Page {
    let document: Document = match reader.crawl(&lead.url) {
        Ok(document) => document,
        Err(Lost { error, lasting, .. }) => return Page::Lost { error, lasting },
    };
    gate.admit(document.bytes.len());
    let plain = crate::model::Selectors::default();
    let asked = Asked { list: false, selectors: &plain, ..asked(run, job, None) };
    match understand(&document, &asked) {
        Ok(found) if found.kind == Kind::Article && found.articles.len() == 1 => Page::Article(Box::new(found)),
        Ok(found) => Page::Other(found.kind, crate::extract::Fault::Page(found.kind).to_string()),
        Err(fault) => Page::Other(Kind::Unknown, fault.to_string()),
    }
}

/// An entry as it would be kept: with what its page says, if that can be read.
pub(super) fn complete(reader: &Reader, teaser: &Article, kind: Kind, asked: &Asked) -> Article {
    let page = || {
        let url = Url::parse(teaser.link.as_deref()?).ok()?;
        let document = reader.crawl(&url).ok()?;
        let found = understand(&document, &Asked { kind: None, list: false, ..*asked }).ok()?;
        let [article] = found.articles.as_slice() else { return None };
        (found.kind == Kind::Article).then(|| article.clone())
    };
    let Some(mut article) = page() else { return teaser.clone() };
    combine(&mut article, teaser, kind);
    article
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
            take_in(run, &job, *found, Age::Newest, archive, report)?;
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
    take_in(run, trail.job, only, Age::Newest, archive, report)?;
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

/// What the page and the list say of an article becomes one: the page has the text, the list what it knows better.
fn combine(article: &mut Article, teaser: &Article, kind: Kind) {
    let feed = kind == Kind::Feed;
    if feed {
        // A feed has its data from where the articles are written; its title has no name of the site behind it.
        article.title.clone_from(&teaser.title);
        let tags: Vec<String> = teaser.tags.iter().filter(|tag| !article.tags.contains(tag)).cloned().collect();
        article.tags.extend(tags);
        let known: HashSet<String> = article.enclosures.iter().map(|enclosure| enclosure.url.clone()).collect();
        article.enclosures.extend(teaser.enclosures.iter().filter(|file| !known.contains(&file.url)).cloned());
        if !teaser.authors.is_empty() {
            article.authors.clone_from(&teaser.authors);
        }
        if teaser.published.is_some() {
            article.published.clone_from(&teaser.published);
        }
        // A page behind a wall may show less than its feed.
        if teaser.text.len() > article.text.len() {
            article.text.clone_from(&teaser.text);
            article.html.clone_from(&teaser.html);
        }
    }
    if article.published.is_none() {
        article.published.clone_from(&teaser.published);
    }
    if article.updated.is_none() && feed {
        article.updated.clone_from(&teaser.updated);
    }
    if article.summary.is_empty() && kind != Kind::Sitemap && teaser.summary != article.text {
        article.summary.clone_from(&teaser.summary);
    }
    if article.authors.is_empty() {
        article.authors.clone_from(&teaser.authors);
    }
    if article.language.is_none() {
        article.language.clone_from(&teaser.language);
    }
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
    take_in(run, job, plain, Age::Newest, archive, report)?;
    let plain = report.new - new;
    let told = Understood { articles: course.told, ..understood };
    take_in(run, job, told, Age::Told, archive, report)?;
    let stopped = run.stop.load(Ordering::Relaxed);
    state.reading = super::keep::reading(run, job);
    let now = run.now.timestamp();
    let troubles = rounds::found(&mut state, Seen { new: course.new + plain, ..course.seen }, wishes, now);
    let place = job.place.shown();
    if job.key(run).is_some() {
        report.troubles.extend(troubles.into_iter().map(|trouble| super::keep::odd(&place, trouble)));
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
