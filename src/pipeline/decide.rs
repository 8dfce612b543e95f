//! The articles of a document, decided about one after the other, and kept.

use super::copies::copy_of;
use super::keep::Job;
use super::understand::Understood;
use super::{Report, Run, Step};
use crate::archive::{self, Archive};
use crate::config::Duplicates;
use crate::error::{Error, Result};
use crate::identify::{self, Keyed, Look as Glance, Reason, Verdict};
use crate::model::{Article, ArticleId, Kind};
use crate::read::Place;
use std::collections::HashSet;

/// The version of extract and normalise: raised when they find other texts in the same documents than before.
pub(super) const READING: u16 = 2;

/// Whether a document says how things are, or how they once were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// It is what the source shows now.
    Newest,
    /// It is an earlier document of a feed: what is known already is known better.
    Earlier,
    /// It is what a list says of articles whose own pages were read: only where they stand is learnt.
    Told,
}

/// The articles of a document, ready to be decided about: all is done with them for which nothing need be known of the archive.
pub(super) struct Ready {
    entries: Vec<Keyed>,
    /// How many the filter of the feed did not want.
    dropped: usize,
    warnings: Vec<String>,
    age: Age,
}

impl Ready {
    /// The articles of this document.
    pub fn of(run: &Run, job: &Job, understood: Understood, age: Age) -> Ready {
        let definition = &run.definitions[job.feed];
        let (_, scope) = job.names(run);
        let page = understood.kind == Kind::Article;
        let address = match &job.place {
            Place::Url(url) if page => Some(url.as_str()),
            _ => None,
        };
        let single = page && matches!(job.place, Place::File(..));
        let around = identify::Place { scope: &scope, document: job.place.name(), single, address };
        let mut articles = understood.articles;
        let all = articles.len();
        // Those whose pages were read have passed with all of their text.
        if age != Age::Told {
            articles.retain(|article| definition.filter.wants(article, run.now));
        }
        let dropped = all - articles.len();
        let look = |article: &Article| Glance::at(article, &definition.name, page, run.now);
        let entries = identify::one_of_each(articles, &around, look);
        Ready { entries, dropped, warnings: understood.warnings, age }
    }
}

/// Decides about the articles of one document and keeps what is to be kept.
pub(super) fn take_in(run: &Run, job: &Job, ready: Ready, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let Ready { entries, dropped, warnings, age } = ready;
    let (feed, name) = (&run.definitions[job.feed].name, job.place.name());
    let (place, scope) = job.names(run);
    let scope = scope.as_str();
    report.warnings.extend(warnings.into_iter().map(|warning| (job.place.shown(), warning)));
    report.dropped += dropped;
    let found = archive::Found { feed, place: &place, scope, seen: run.now, reader: READING };
    let duplicates = run.definitions[job.feed].duplicates;
    let mut refused: Vec<(ArticleId, Reason)> = Vec::new();
    let mut shared = Vec::new();
    let mut met = HashSet::new();
    for entry in entries {
        let (article, glance) = (entry.article, entry.look);
        let mut keys = archive.usable(entry.keys, scope)?;
        if keys.is_empty() {
            keys.push(identify::content_key(&article, scope));
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
        let mut verdict = identify::verdict(&article, &keys, &known, &glance);
        if matches!(verdict, Verdict::New { .. })
            && age != Age::Told
            && duplicates != Duplicates::Keep
            && let Some(id) = copy_of(&article, &glance, &known, &met, &found, archive)?
        {
            verdict = Verdict::Joined { id, reason: Reason::Alike };
        }
        let why = verdict.reason();
        met.insert(verdict.id());
        // What was forgotten is known by its keys, and does not come back.
        if !matches!(verdict, Verdict::New { .. }) && archive.is_forgotten(verdict.id())? {
            report.articles += usize::from(age != Age::Told);
            report.known += usize::from(age != Age::Told);
            continue;
        }
        if age == Age::Told {
            // What was not kept is none of the archive's, and what another feed keeps is not always wanted by this one.
            if !known.is_empty()
                && !matches!(verdict, Verdict::New { .. })
                && wants_kept(run, job, verdict.id(), archive)?
            {
                archive.note(verdict.id(), &article, glance.digest, &keys, why, &found)?;
            }
            continue;
        }
        report.articles += 1;
        (run.progress)(Step::Decided { feed, place: name, title: &article.title, verdict: &verdict });
        match verdict {
            Verdict::New { id, .. } => {
                report.new += 1;
                report.feeds[job.feed].new += 1;
                archive.keep_new(id, *article, &glance, &keys, why, &found)?;
            }
            Verdict::Revised { id, .. } | Verdict::Same { id, .. }
                if age == Age::Earlier && archive.lists(feed, id)? =>
            {
                report.known += 1;
            }
            Verdict::Revised { id, .. } if age == Age::Newest => {
                report.revised += 1;
                report.feeds[job.feed].revised += 1;
                archive.revise(id, *article, &glance, &keys, why, &found)?;
            }
            Verdict::Joined { id, .. } => {
                report.joined += 1;
                archive.join(id, *article, &keys, why, duplicates == Duplicates::Join, &found)?;
            }
            Verdict::Refused { id, reason } => {
                report.known += 1;
                refused.push((id, reason));
                // What is shown now was looked at; of what may still change, the last state is yet to come.
                if !matches!(reason, Reason::Restless(_)) {
                    archive.note(id, &article, glance.digest, &keys, why, &found)?;
                }
            }
            Verdict::Same { id, .. } | Verdict::Revised { id, .. } => {
                report.known += 1;
                archive.note(id, &article, glance.digest, &keys, why, &found)?;
            }
        }
    }
    tell_refused(job, &refused, report);
    shared.sort();
    shared.dedup();
    archive.disown(shared, &found)
}

/// Whether a feed wants an article that is kept: all of its text is known then, and not only what a list says of it.
fn wants_kept(run: &Run, job: &Job, id: ArticleId, archive: &mut Archive) -> Result<bool> {
    let definition = &run.definitions[job.feed];
    // In a rehearsal there is nothing to be read again.
    if !definition.filter.asks() || run.dry || archive.lists(&definition.name, id)? {
        return Ok(true);
    }
    let (revision, _) = archive.revision(id)?;
    Ok(definition.filter.wants(&revision.article, run.now))
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
