//! Which entries of a list are to be followed: those that are new, and those of which the list says something else.

use super::{Course, Lead, TRIES, Trail, asked, known, mark};
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::extract;
use crate::identify::{self, Digest};
use crate::model::{Article, Kind, Pile, SourceState, Stamp};
use crate::pipeline::keep::{self, Job};
use crate::pipeline::rounds::Seen;
use crate::pipeline::understand::{Understood, understand};
use crate::pipeline::{Report, Run};
use crate::read::{Lost, Place, Reader};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::Ordering;
use url::Url;

/// Pages that are read for one source in one run; the next one goes on.
const MOST: usize = 200;
/// Sitemaps of an index that are read in one run.
const MOST_SITEMAPS: usize = 50;

/// Finds out which entries of a list are to be followed.
pub(super) fn gather(
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
            let rest = own.split_off(MOST);
            leads.extend(own);
            if trail.understood.kind == Kind::Feed {
                // Entries leave a feed: they are kept as it shows them, and completed later.
                for lead in rest {
                    course.tries.insert(mark(lead.url.as_str()), 1);
                    course.plain.push(lead.teaser);
                }
            }
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
        let found = reader.crawl(&next).and_then(|document| {
            let failed = |fault| Lost::with(Error::source(next.as_str(), fault));
            let kind = further.kind();
            let asked = asked(run, job, Some(kind));
            let found = understand(&document, &asked).map_err(failed)?;
            if found.kind == kind { Ok(found) } else { Err(failed(extract::Fault::Page(found.kind))) }
        });
        match found {
            Ok(found) => {
                if found.kind == Kind::Sitemap {
                    course.seen.entries += found.articles.len();
                }
                further.learn(run, job, &found);
                entries = found.articles;
            }
            // Many a list names a page behind its last one.
            Err(Lost { error, lasting: true, .. }) if further.kind() == Kind::Listing => {
                report.warnings.push((job.place.shown(), format!("it goes on no further: {}", error.line())));
                break;
            }
            Err(Lost { error, .. }) => {
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
        _ => keep::seen(understood),
    }
}

/// Sorts the entries of a document into those to be followed and those that are known. Says whether any is new.
#[expect(clippy::too_many_arguments, reason = "one step of a loop, which has all of it in its hands")]
fn choose(
    run: &Run,
    index: usize,
    trail: &Trail,
    entries: Pile<Article>,
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
fn says_when(entries: &[Box<Article>], now: DateTime<Utc>) -> bool {
    let fresh = |stamp: &Stamp| now - stamp.at.to_utc() < TimeDelta::hours(1);
    let fresh = entries.iter().filter(|entry| entry.updated.as_ref().is_some_and(fresh)).count();
    entries.len() < 10 || fresh * 10 < entries.len() * 9
}

fn date_of(teaser: &Article) -> Option<DateTime<Utc>> {
    teaser.published.as_ref().or(teaser.updated.as_ref()).map(|stamp| stamp.at.to_utc())
}

/// Where a list goes on: the next pages of a listing, the sitemaps of an index.
struct Further {
    queue: VecDeque<Url>,
    met: HashSet<Url>,
    left: usize,
    covered: i64,
    kind: Kind,
    /// Whether the last run did not come to its end.
    unfinished: bool,
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
        // What the last run did not finish has no reading.
        let unfinished = state.reading.is_empty();
        let (queue, covered) = (VecDeque::new(), state.covered);
        let mut further = Further { queue, met, left, covered, kind: first.kind, unfinished };
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

    /// The next document. A listing of which the last page had nothing new has nothing new behind it, unless something was
    /// left there.
    fn next(&mut self, some: bool) -> Option<Url> {
        if self.left == 0 || self.kind != Kind::Sitemap && !some && !self.unfinished {
            return None;
        }
        self.left -= 1;
        self.queue.pop_front()
    }
}
