//! Counts over the articles that answer a query.

use super::compile::compile;
use super::fault::Fault;
use super::schema::instant;
use super::search::{Index, is_alive};
use crate::ask::Query;
use chrono::DateTime;
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};
use tantivy::query::EnableScoring;
use tantivy::{DocSet, SegmentReader, TERMINATED};

/// By what articles are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The feeds that list them.
    Feed,
    /// The month of their publication.
    Month,
    /// Who wrote them.
    Author,
    /// Their tags.
    Tag,
    /// The host that they stand at.
    Site,
    /// Their language.
    Language,
    /// The month in which they were first seen.
    Seen,
}

/// So many of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What.
    pub name: String,
    /// How many articles.
    pub articles: u64,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// How many articles there are.
    pub articles: u64,
    /// Bytes of their titles and texts.
    pub bytes: u64,
    /// The instants of the first and the last publication, seconds since 1970.
    pub published: Option<(i64, i64)>,
    /// How many of each.
    pub counts: Vec<Count>,
}

impl Index {
    /// Counts the articles that answer a query; the most of something first, months in their order. Months begin in `zone`.
    pub fn statistics(&self, query: &Query, group: Group, zone: Tz) -> Result<Statistics, Fault> {
        let query = compile(self, query, false)?;
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut found = Statistics::default();
        let mut counts: HashMap<String, u64> = HashMap::new();
        let mut steps: BTreeMap<i64, u64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let mut documents = weight.scorer(segment, 1.0)?;
            let mut all = Vec::new();
            while documents.doc() != TERMINATED {
                if is_alive(segment, documents.doc()) {
                    all.push(documents.doc());
                }
                documents.advance();
            }
            sum(segment, &all, &mut found)?;
            match column(group) {
                Some(name) => by_word(segment, name, &all, &mut counts)?,
                None => by_step(segment, group, &all, &mut steps)?,
            }
        }
        let mut named: Vec<Count> = counts.into_iter().map(|(name, articles)| Count { name, articles }).collect();
        named.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.name.cmp(&b.name)));
        for (step, articles) in steps {
            let at = DateTime::from_timestamp(step * STEP, 0).unwrap_or_default().with_timezone(&zone);
            let name = at.format("%Y-%m").to_string();
            match named.last_mut() {
                Some(last) if last.name == name => last.articles += articles,
                _ => named.push(Count { name, articles }),
            }
        }
        found.counts = named;
        Ok(found)
    }
}

/// Seconds of which all lie in one month, in any zone: offsets are whole quarters of an hour.
const STEP: i64 = 900;

fn column(group: Group) -> Option<&'static str> {
    match group {
        Group::Feed => Some("feed"),
        Group::Author => Some("authors"),
        Group::Tag => Some("tags"),
        Group::Site => Some("site"),
        Group::Language => Some("language"),
        Group::Month | Group::Seen => None,
    }
}

fn sum(segment: &SegmentReader, all: &[u32], found: &mut Statistics) -> Result<(), Fault> {
    let lengths = segment.fast_fields().u64("length")?;
    let ranks = segment.fast_fields().u64("rank")?;
    found.articles += all.len() as u64;
    found.bytes += all.iter().filter_map(|document| lengths.first(*document)).sum::<u64>();
    // They lie in the order of their publication, the newest first.
    let at = |document: Option<&u32>| document.and_then(|document| ranks.first(*document)).map(instant);
    if let (Some(last), Some(first)) = (at(all.first()), at(all.last())) {
        let (start, end) = found.published.unwrap_or((first, last));
        found.published = Some((start.min(first), end.max(last)));
    }
    Ok(())
}

fn by_word(segment: &SegmentReader, name: &str, all: &[u32], counts: &mut HashMap<String, u64>) -> Result<(), Fault> {
    let Some(words) = segment.fast_fields().str(name)? else { return Ok(()) };
    let mut tally = vec![0u64; words.num_terms()];
    for document in all {
        for word in words.term_ords(*document) {
            if let Some(count) = usize::try_from(word).ok().and_then(|word| tally.get_mut(word)) {
                *count += 1;
            }
        }
    }
    let counted = (0u64..).zip(tally).filter(|(_, count)| *count > 0);
    let (numbers, tally): (Vec<u64>, Vec<u64>) = counted.unzip();
    // All in their order: a single word is found by reading those of its block that stand before it.
    let mut tally = tally.into_iter();
    let add = |word: &[u8]| {
        if let Some(count) = tally.next() {
            *counts.entry(String::from_utf8_lossy(word).into_owned()).or_default() += count;
        }
    };
    words.dictionary().sorted_ords_to_term_cb(&numbers, add).map_err(tantivy::TantivyError::from)?;
    Ok(())
}

fn by_step(segment: &SegmentReader, group: Group, all: &[u32], steps: &mut BTreeMap<i64, u64>) -> Result<(), Fault> {
    let ranks = segment.fast_fields().u64("rank")?;
    let seen = segment.fast_fields().i64("seen")?;
    for document in all {
        let at = match group {
            Group::Seen => seen.first(*document),
            _ => ranks.first(*document).map(instant),
        };
        *steps.entry(at.unwrap_or_default().div_euclid(STEP)).or_default() += 1;
    }
    Ok(())
}
