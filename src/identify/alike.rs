//! Near-duplicates: the report of an agency in several papers, each with a headline, a lead and a house style of its own.
//!
//! A [`Fingerprint`] finds what may be the same report; [`is_same_report`] decides, and both see the whole texts then. It is
//! careful: a join that is missed shows a reader something twice, a wrong one hides an article.

use super::link;
use super::sketch::Sketch;
use super::words::{hash, hash_of_run, pieces, words};
use crate::model::Article;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;

/// Texts with fewer words are too short to tell a copy from a likeness.
const SHORTEST: usize = 60;
/// Words in a run of a fingerprint: long enough that texts which have one in common have a sentence in common.
const RUN: usize = 5;
/// Hashes in a fingerprint. Of two texts that share a third of their runs, 4 of 100 have none of eight in common.
const HASHES: usize = 8;
/// Words in a run when two texts are compared: short enough that an edit in every other line leaves most of them.
const COMPARED: usize = 3;

/// Reports of one agency that are further apart are two, a year's look back or the same notice again.
const SPAN: TimeDelta = TimeDelta::days(14);
/// Copies appear within two days. What appears later must share more, since it may be the next report on the same matter,
/// which repeats the background of the first.
const AT_ONCE: TimeDelta = TimeDelta::days(2);
/// Runs that the shorter text has in common with the longer one, in hundredths, within [`AT_ONCE`] …
const SHARED: usize = 60;
/// … and after it.
const SHARED_LATER: usize = 80;

/// The smallest hashes of a text's runs of words (bottom-k MinHash: Broder 1997).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u32; HASHES]);

impl Fingerprint {
    /// The fingerprint of a text; `None` for one that is too short.
    pub fn of(text: &str) -> Option<Fingerprint> {
        Fingerprint::of_words(&words(text))
    }

    /// Sketch and fingerprint of a text, which is looked at once.
    pub fn with_sketch(text: &str) -> (Sketch, Option<Fingerprint>) {
        let words = words(text);
        (Sketch::of_words(&words), Fingerprint::of_words(&words))
    }

    fn of_words(words: &[u64]) -> Option<Fingerprint> {
        if words.len() < SHORTEST {
            return None;
        }
        let mut smallest = [u32::MAX; HASHES];
        for run in words.windows(RUN) {
            let hash = (hash_of_run(run) >> 32) as u32;
            let at = smallest.partition_point(|kept| *kept < hash);
            if at < HASHES && smallest[at] != hash {
                smallest[at..].rotate_right(1);
                smallest[at] = hash;
            }
        }
        Some(Fingerprint(smallest))
    }
}

/// An article with the moment that counts for it: its stated date, or its first sight.
#[derive(Debug, Clone, Copy)]
pub struct Dated<'a> {
    /// The article.
    pub article: &'a Article,
    /// The moment.
    pub at: DateTime<Utc>,
}

impl Dated<'_> {
    /// An article that was first seen then.
    pub fn of(article: &Article, seen: DateTime<Utc>) -> Dated<'_> {
        Dated { article, at: super::stated(article).map_or(seen, |at| at.to_utc()) }
    }
}

/// Whether two articles of different sites are the same report. The shorter one may leave out up to two thirds of the longer.
///
/// Reports made by a pattern (weather, stocks, results of an election in each town) share their sentences as well, and
/// differ in their figures and names: those of the shorter text must nearly all be in the longer.
pub fn is_same_report(a: Dated, b: Dated) -> bool {
    let apart = (a.at - b.at).abs();
    if apart > SPAN {
        return false;
    }
    let (short, long) = match (words(&a.article.text), words(&b.article.text)) {
        (a_words, b_words) if a_words.len() <= b_words.len() => ((a.article, a_words), (b.article, b_words)),
        (a_words, b_words) => ((b.article, b_words), (a.article, a_words)),
    };
    if short.1.len() < SHORTEST || short.1.len() * 3 < long.1.len() {
        return false;
    }
    let there: HashSet<u64> = long.1.windows(COMPARED).map(hash_of_run).collect();
    let runs: HashSet<u64> = short.1.windows(COMPARED).map(hash_of_run).collect();
    let shared = runs.iter().filter(|run| there.contains(run)).count();
    let needed = if apart <= AT_ONCE { SHARED } else { SHARED_LATER };
    if shared * 100 < runs.len() * needed {
        return false;
    }
    let all: HashSet<u64> = long.1.iter().copied().collect();
    [is_figure as fn(&str) -> bool, is_name].into_iter().all(|is_telling| {
        let telling: HashSet<u64> = pieces(&short.0.text).filter(|word| is_telling(word)).map(hash).collect();
        let missing = telling.iter().filter(|word| !all.contains(word)).count();
        missing * 4 <= telling.len()
    })
}

/// Whose writing an article is: the site that its link leads to, as a digest; for one without a link, `scope`. Hosts of one
/// domain are one site.
pub fn site(article: &Article, scope: &str) -> u32 {
    let normal = article.link.as_deref().and_then(|link| link::normal(link).whole);
    let host = normal.as_deref().and_then(|link| link.split(['/', '?']).next()).map(domain);
    hash(host.unwrap_or(scope)) as u32
}

/// The domain that a host belongs to, as far as can be told without a list of all: two labels, or three where the second is
/// one for a kind of users.
fn domain(host: &str) -> &str {
    const KINDS: [&str; 9] = ["co", "or", "gv", "ac", "com", "org", "net", "gov", "edu"];
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let Some(last) = dots.next() else { return host };
    let Some(second) = dots.next() else { return host };
    let start = match KINDS.contains(&&host[second + 1..last]) {
        true => dots.next(),
        false => Some(second),
    };
    start.map_or(host, |start| &host[start + 1..])
}

fn is_figure(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Names, and with them all German nouns.
fn is_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.chars().nth(2).is_some()
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn hosts_of_one_domain_are_one_site() {
        assert_eq!(domain("lokales.blatt.example"), "blatt.example");
        assert_eq!(domain("blatt.example"), "blatt.example");
        assert_eq!(domain("www.rathaus.gv.at"), "rathaus.gv.at");
        assert_eq!(domain("gv.at"), "gv.at");
        assert_eq!(domain("localhost"), "localhost");
    }
}
