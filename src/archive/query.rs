//! Reading the archive without a lock, beside a process that may be writing: the journal alone is read, and of it
//! what is complete.

use super::journal::{Journal, Position};
use super::line::Line;
use crate::error::{Error, Result};
use crate::identify::{Key, Reason};
use crate::model::{ArticleId, Revision};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::path::Path;

/// An article as a query finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The feeds that list it, in the order in which they found it.
    pub feeds: Vec<String>,
    /// Its revisions that were asked for, oldest first.
    pub revisions: Vec<Revision>,
}

/// The newest revision of each article, without its text, newest publication first; and what of the journal cannot be
/// read.
pub fn newest_of_each(dir: &Path) -> Result<(Vec<Kept>, Vec<Error>)> {
    let mut all: HashMap<ArticleId, Kept> = HashMap::new();
    let lost = collect(dir, &mut all, |revision, kept| {
        revision.article.html = String::new();
        revision.article.text = String::new();
        kept.clear();
        true
    })?;
    let mut found: Vec<Kept> = all.into_values().collect();
    found.sort_by_key(|kept| std::cmp::Reverse(kept.revisions.last().map(|newest| (newest.published, newest.id))));
    Ok((found, lost))
}

/// The articles whose id begins with `prefix` (dashes may be left out), with all their revisions, whole; and what of
/// the journal cannot be read.
pub fn with_prefix(dir: &Path, prefix: &str) -> Result<(Vec<Kept>, Vec<Error>)> {
    let prefix: String = prefix.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect();
    let mut all = HashMap::new();
    let lost = collect(dir, &mut all, |revision, _| revision.id.to_string().replace('-', "").starts_with(&prefix))?;
    let mut found: Vec<Kept> = all.into_values().collect();
    found.sort_by_key(|kept| kept.revisions.first().map(|first| first.id));
    Ok((found, lost))
}

/// The articles that changed since then, the last change first, each with two revisions: what it was before, and what it is now.
/// Instead of texts these have a digest of them. And what of the journal cannot be read.
pub fn revised_since(dir: &Path, since: DateTime<Utc>) -> Result<(Vec<Kept>, Vec<Error>)> {
    let mut all = HashMap::new();
    let lost = collect(dir, &mut all, |revision, kept| {
        digest(revision);
        // The first one, or the last from before that time, and the newest.
        if let [_, newest] = kept.as_slice() {
            kept.remove(usize::from(newest.seen >= since));
        }
        true
    })?;
    let changed = |kept: &Kept| matches!(kept.revisions.as_slice(), [_, newest] if newest.seen >= since);
    let mut found: Vec<Kept> = all.into_values().filter(changed).collect();
    found.sort_by_key(|kept| std::cmp::Reverse(kept.revisions.last().map(|newest| (newest.seen, newest.id))));
    Ok((found, lost))
}

/// Leaves of texts only whether they are the same.
pub fn digest(revision: &mut Revision) {
    revision.article.html = String::new();
    revision.article.text = blake3::hash(revision.article.text.as_bytes()).to_string();
}

/// What was learnt of an article at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// When.
    pub seen: DateTime<Utc>,
    /// The feed that found it.
    pub feed: String,
    /// The document among the sources of this feed.
    pub place: String,
    /// Why it was taken for this article, or for a new one.
    pub why: Reason,
    /// The number of the revision, if one was kept.
    pub revision: Option<u32>,
    /// The title that it had there.
    pub title: String,
    /// The link that it had there.
    pub link: Option<String>,
    /// The keys that lead to the article since then.
    pub keys: Vec<Key>,
}

/// What was learnt of an article, the oldest first; and what of the journal cannot be read. The whole journal is gone through:
/// [`Index::story`](super::Index::story) knows where to look.
pub fn story(dir: &Path, id: ArticleId) -> Result<(Vec<Fact>, Vec<Error>)> {
    let mut story = Story::of(id);
    let journal = Journal::open(&dir.join("journal"))?;
    let (damages, _) = journal.scan(Position::default(), |_, _, line| {
        story.add(line);
        Ok(())
    })?;
    Ok((story.facts, damages.iter().filter(|damage| !damage.torn).map(super::mend::lost).collect()))
}

/// What the lines of the journal say of one article.
#[derive(Debug)]
pub struct Story {
    id: ArticleId,
    /// What was learnt, the oldest first.
    pub facts: Vec<Fact>,
}

impl Story {
    /// Nothing yet.
    pub fn of(id: ArticleId) -> Story {
        Story { id, facts: Vec::new() }
    }

    /// Adds what the next line says, if it is about this article.
    pub fn add(&mut self, line: Line) {
        let facts = &mut self.facts;
        let within =
            |feed: &str, place: String| match place.strip_prefix(feed).and_then(|place| place.strip_prefix('/')) {
                Some(name) => name.to_owned(),
                None => place,
            };
        match line {
            Line::Revision { revision, feed, place, why, keys, .. } if revision.id == self.id => facts.push(Fact {
                seen: revision.seen,
                place: within(&feed, place),
                feed,
                why,
                revision: Some(revision.revision),
                title: revision.article.title,
                link: revision.article.link,
                keys,
            }),
            Line::Place { id, feed, place, seen, why, title, link, keys, .. } if id == self.id => {
                facts.push(Fact { seen, place: within(&feed, place), feed, why, revision: None, title, link, keys });
            }
            Line::Joined { id, feed, place, seen, why, article, keys, .. } if id == self.id => {
                let (title, link) = (article.title, article.link);
                facts.push(Fact { seen, place: within(&feed, place), feed, why, revision: None, title, link, keys });
            }
            Line::Parted { id, place, seen, .. } if id == self.id => {
                let is_there = |fact: &Fact| place == format!("{}/{}", fact.feed, fact.place);
                let Some(index) = facts.iter().rposition(is_there) else { return };
                // The keys of that place lead to another article from now on.
                let fact = Fact { seen, why: Reason::Parted, keys: Vec::new(), ..facts[index].clone() };
                facts[index].keys.clear();
                facts.push(fact);
            }
            Line::Forgotten { ids, .. } if ids.contains(&self.id) => facts.clear(),
            _ => {}
        }
    }
}

/// Goes through the journal; `wanted` sees each revision and those kept before of the same article.
fn collect(
    dir: &Path,
    all: &mut HashMap<ArticleId, Kept>,
    wanted: impl Fn(&mut Revision, &mut Vec<Revision>) -> bool,
) -> Result<Vec<Error>> {
    let journal = Journal::open(&dir.join("journal"))?;
    let (damages, _) = journal.scan(Position::default(), |_, _, line| {
        match line {
            Line::Revision { mut revision, feed, .. } => {
                let kept = all.entry(revision.id).or_insert_with(|| Kept { feeds: Vec::new(), revisions: Vec::new() });
                if wanted(&mut revision, &mut kept.revisions) {
                    add(&mut kept.feeds, feed);
                    kept.revisions.push(*revision);
                } else if kept.revisions.is_empty() {
                    all.remove(&revision.id);
                }
            }
            Line::Place { id, feed, .. } | Line::Joined { id, feed, listed: true, .. } => {
                if let Some(kept) = all.get_mut(&id) {
                    add(&mut kept.feeds, feed);
                }
            }
            Line::Listed { ids, feed, .. } => {
                for id in ids {
                    if let Some(kept) = all.get_mut(&id) {
                        add(&mut kept.feeds, feed.clone());
                    }
                }
            }
            Line::Forgotten { ids, .. } => ids.iter().for_each(|id| drop(all.remove(id))),
            Line::Parted { id, leaves: Some(feed), .. } => {
                if let Some(kept) = all.get_mut(&id) {
                    kept.feeds.retain(|listed| *listed != feed);
                }
            }
            Line::Joined { .. } | Line::Parted { .. } | Line::Shared { .. } | Line::Closed { .. } | Line::Husk(_) => {}
        }
        Ok(())
    })?;
    // An end that is not whole is what another process is writing.
    Ok(damages.iter().filter(|damage| !damage.torn).map(super::mend::lost).collect())
}

fn add(feeds: &mut Vec<String>, feed: String) {
    if !feeds.contains(&feed) {
        feeds.push(feed);
    }
}
