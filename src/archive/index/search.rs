//! Answers: which articles, the best or the newest first.

use super::best::{Finder, best};
use super::build::{newest, revisions, told};
use super::compile::compile;
use super::fault::Fault;
use super::hit::{Hit, Stored};
use super::phrase::Phrase;
use super::schema::Fields;
use crate::archive::journal::Journal;
use crate::archive::line::Line;
use crate::archive::query::{Fact, Kept, Story, digest};
use crate::ask::Query;
use crate::model::ArticleId;
use crate::words::{Language, Vocabulary};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::OnceLock;
use tantivy::query::EnableScoring;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term};

/// Articles up to which one thread looks through all segments: several would take longer to begin.
const ALONE: u64 = 200_000;
/// Ids that are named as candidates of a beginning, at most.
const CANDIDATES: usize = 10;

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What answers best.
    Best,
    /// What was published last.
    Newest,
}

/// Which part of an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// So many are passed over.
    pub offset: usize,
    /// So many are wanted; all, if none is said.
    pub limit: Option<usize>,
}

/// The index at one moment: what another process writes meanwhile changes nothing of it.
pub struct Index {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) languages: Vec<Language>,
    pub(super) dir: PathBuf,
    pub(super) words: Option<PathBuf>,
    vocabulary: OnceLock<Vocabulary>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Index of {}", self.dir.display())
    }
}

impl Index {
    /// What is committed now. `words` is the file of its vocabulary.
    pub(super) fn new(
        index: &tantivy::Index,
        fields: Fields,
        dir: PathBuf,
        words: Option<PathBuf>,
        vocabulary: Option<Vocabulary>,
    ) -> Result<Index, Fault> {
        let reader = index.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let mut languages = vec![Language::German];
        languages.extend(values(&searcher, fields.language)?.iter().map(|tag| Language::of(Some(tag))));
        languages.sort_unstable();
        languages.dedup();
        let held = OnceLock::new();
        if let Some(vocabulary) = vocabulary {
            let _ = held.set(vocabulary);
        }
        Ok(Index { searcher, fields, languages, dir, words, vocabulary: held })
    }

    /// The words that compounds are taken apart by.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| {
            let bytes = self.words.as_ref().and_then(|path| std::fs::read(path).ok());
            bytes.and_then(Vocabulary::read).unwrap_or_default()
        })
    }

    /// The feeds that have an article, by name.
    pub fn feeds(&self) -> Result<Vec<String>, Fault> {
        values(&self.searcher, self.fields.feed)
    }

    /// How many articles there are.
    pub fn articles(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The articles that answer a query.
    pub fn search(&self, query: &Query, sort: Sort, page: Page) -> Result<Vec<Hit>, Fault> {
        let addresses = match sort {
            Sort::Best => self.best(query, page)?,
            Sort::Newest => self.newest(query, page)?,
        };
        let mut hits = Vec::with_capacity(addresses.len());
        for address in addresses {
            hits.extend(shown(&self.searcher, &self.fields, address)?.map(Stored::hit));
        }
        Ok(hits)
    }

    /// Which of these articles answer a query, in their order.
    pub fn answering(&self, query: &Query, ids: &[ArticleId]) -> Result<Vec<ArticleId>, Fault> {
        let query = compile(self, query, false)?;
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut found = HashSet::new();
        for segment in self.searcher.segment_readers() {
            let terms = segment.inverted_index(self.fields.id)?;
            let mut asked: Vec<(u32, ArticleId)> = Vec::new();
            for id in ids {
                let term = Term::from_field_bytes(self.fields.id, &id.0);
                let postings = terms.read_postings(&term, IndexRecordOption::Basic);
                let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else { continue };
                while postings.doc() != TERMINATED {
                    if is_alive(segment, postings.doc()) {
                        asked.push((postings.doc(), *id));
                    }
                    postings.advance();
                }
            }
            asked.sort_unstable();
            let mut documents = weight.scorer(segment, 1.0)?;
            for (document, id) in asked {
                if documents.doc() < document {
                    documents.seek(document);
                }
                if documents.doc() == document {
                    found.insert(id);
                }
            }
        }
        Ok(ids.iter().copied().filter(|id| found.contains(id)).collect())
    }

    /// The text of an article.
    pub fn text(&self, id: ArticleId) -> Result<Option<String>, Fault> {
        let mut journal = Journal::open(&self.dir.join("journal"))?;
        let newest = stored(&self.searcher, &self.fields, id)?.and_then(|stored| newest(&stored, &mut journal));
        Ok(newest.map(|revision| revision.article.text))
    }

    fn best(&self, query: &Query, page: Page) -> Result<Vec<DocAddress>, Fault> {
        let most = usize::try_from(self.articles()).unwrap_or(usize::MAX);
        let limit = page.limit.unwrap_or(most);
        if limit == 0 || page.offset >= most {
            return Ok(Vec::new());
        }
        let scoring = EnableScoring::enabled_from_searcher(&self.searcher);
        let query = compile(self, query, true)?;
        let finder = match query.downcast_ref::<Phrase>() {
            Some(phrase) => Finder::Parts(Box::new(phrase.scored(&self.searcher, &self.searcher)?)),
            None => Finder::Whole(query.weight(scoring)?),
        };
        let threads = match self.articles() {
            0..ALONE => 1,
            _ => std::thread::available_parallelism().map_or(1, usize::from),
        };
        let found = best(&self.searcher, &finder, page.offset.saturating_add(limit), threads)?;
        Ok(found.into_iter().skip(page.offset).map(|answer| answer.address).collect())
    }

    /// Articles lie in each segment in the order in which they are listed: the first ones of each are enough.
    fn newest(&self, query: &Query, page: Page) -> Result<Vec<DocAddress>, Fault> {
        let wanted = page.limit.map_or(usize::MAX, |limit| limit.saturating_add(page.offset));
        let query = compile(self, query, false)?;
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut found: Vec<(u64, DocAddress)> = Vec::new();
        for (number, segment) in self.searcher.segment_readers().iter().enumerate() {
            let ranks = segment.fast_fields().u64("rank")?;
            let mut documents = weight.scorer(segment, 1.0)?;
            let mut here = 0;
            while documents.doc() != TERMINATED && here < wanted {
                let document = documents.doc();
                if is_alive(segment, document) {
                    let rank = ranks.first(document).unwrap_or_default();
                    found.push((rank, DocAddress::new(number as u32, document)));
                    here += 1;
                }
                documents.advance();
            }
        }
        found.sort_by_key(|(rank, address)| (std::cmp::Reverse(*rank), *address));
        let addresses = found.into_iter().map(|(_, address)| address);
        Ok(addresses.skip(page.offset).take(page.limit.unwrap_or(usize::MAX)).collect())
    }

    /// The articles whose id begins with these hexadecimal digits, at most ten of them.
    fn with_prefix(&self, digits: &str) -> Result<Vec<Stored>, Fault> {
        let digit = |at: usize, missing: u8| {
            digits.as_bytes().get(at).map_or(Some(missing), |c| char::from(*c).to_digit(16).map(|digit| digit as u8))
        };
        let bound = |missing: u8| -> Option<[u8; 16]> {
            let mut bytes = [0; 16];
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = digit(2 * at, missing)? << 4 | digit(2 * at + 1, missing)?;
            }
            Some(bytes)
        };
        let (Some(low), Some(high)) = (bound(0), bound(15)) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (number, segment) in self.searcher.segment_readers().iter().enumerate() {
            let terms = segment.inverted_index(self.fields.id)?;
            let range = terms.terms().range().ge(low).le(high);
            let mut stream = range.into_stream().map_err(tantivy::TantivyError::from)?;
            while let Some((_, info)) = stream.next() {
                let mut postings = terms
                    .read_postings_from_terminfo(info, IndexRecordOption::Basic)
                    .map_err(tantivy::TantivyError::from)?;
                while postings.doc() != TERMINATED {
                    if is_alive(segment, postings.doc()) && found.len() < CANDIDATES {
                        let address = DocAddress::new(number as u32, postings.doc());
                        found.extend(shown(&self.searcher, &self.fields, address)?);
                    }
                    postings.advance();
                }
            }
        }
        found.sort_by_key(Stored::id);
        Ok(found)
    }

    /// The articles whose id begins so, dashes left out, with all their revisions; `None` if what the journal holds is not what
    /// the index says of it.
    pub fn kept(&self, digits: &str) -> Result<Option<Vec<Kept>>, Fault> {
        let mut journal = Journal::open(&self.dir.join("journal"))?;
        let mut kept = Vec::new();
        for stored in self.with_prefix(digits)? {
            let Some(revisions) = revisions(&stored, &mut journal).filter(|all| !all.is_empty()) else {
                return Ok(None);
            };
            kept.push(Kept { feeds: stored.feeds, revisions });
        }
        Ok(Some(kept))
    }

    /// As [`story`](crate::archive::story) finds it; `None` if what the journal holds is not what the index says of it.
    pub fn story(&self, id: ArticleId) -> Result<Option<Vec<Fact>>, Fault> {
        Ok(self.lines(id)?.map(|lines| {
            let mut story = Story::of(id);
            lines.into_iter().for_each(|line| story.add(line));
            story.facts
        }))
    }

    /// The lines of the journal that say something of an article, in their order; `None` if one does not stand where it stood.
    pub(in crate::archive) fn lines(&self, id: ArticleId) -> Result<Option<Vec<Line>>, Fault> {
        let mut journal = Journal::open(&self.dir.join("journal"))?;
        Ok(stored(&self.searcher, &self.fields, id)?.and_then(|stored| told(&stored, &mut journal)))
    }

    /// As [`revised_since`](crate::archive::revised_since) finds them; `None` if what the journal holds is not what the index says
    /// of it.
    pub fn revised(&self, since: DateTime<Utc>) -> Result<Option<Vec<Kept>>, Fault> {
        let mut journal = Journal::open(&self.dir.join("journal"))?;
        let mut found = Vec::new();
        for (number, segment) in self.searcher.segment_readers().iter().enumerate() {
            let changes = segment.fast_fields().i64("changed")?;
            for document in segment.doc_ids_alive() {
                if changes.first(document).is_none_or(|at| at < since.timestamp()) {
                    continue;
                }
                let address = DocAddress::new(number as u32, document);
                let Some(stored) = shown(&self.searcher, &self.fields, address)? else { return Ok(None) };
                let Some(mut before) = revisions(&stored, &mut journal) else { return Ok(None) };
                let Some(newest) = before.pop().filter(|newest| newest.seen >= since) else { continue };
                // The last one from before that time, or the first.
                let at = before.iter().rposition(|revision| revision.seen < since).unwrap_or(0);
                let mut both = vec![before.swap_remove(at), newest];
                both.iter_mut().for_each(digest);
                found.push(Kept { feeds: stored.feeds, revisions: both });
            }
        }
        found.sort_by_key(|kept| std::cmp::Reverse(kept.revisions.last().map(|newest| (newest.seen, newest.id))));
        Ok(Some(found))
    }

    /// Ids and titles that begin so, for completion.
    pub fn candidates(&self, digits: &str) -> Result<Vec<(ArticleId, String)>, Fault> {
        let found = self.with_prefix(digits)?;
        Ok(found.into_iter().map(Stored::hit).map(|hit| (hit.id, hit.title)).collect())
    }
}

/// All that stands in a field, each once.
fn values(searcher: &Searcher, field: Field) -> Result<Vec<String>, Fault> {
    let mut found = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let terms = segment.inverted_index(field)?;
        let mut stream = terms.terms().stream().map_err(tantivy::TantivyError::from)?;
        while let Some((value, _)) = stream.next() {
            found.insert(String::from_utf8_lossy(value).into_owned());
        }
    }
    Ok(found.into_iter().collect())
}

/// Whether a document was not replaced or removed.
pub(super) fn is_alive(segment: &SegmentReader, document: u32) -> bool {
    segment.alive_bitset().is_none_or(|alive| alive.is_alive(document))
}

/// What is stored of a document.
fn shown(searcher: &Searcher, fields: &Fields, address: DocAddress) -> Result<Option<Stored>, Fault> {
    let document: TantivyDocument = searcher.doc(address)?;
    let bytes = document.get_first(fields.shown).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
    Ok(bytes.and_then(|bytes| postcard::from_bytes(&bytes).ok()))
}

/// What is stored of an article.
pub(super) fn stored(searcher: &Searcher, fields: &Fields, id: ArticleId) -> Result<Option<Stored>, Fault> {
    let term = Term::from_field_bytes(fields.id, &id.0);
    for (number, segment) in searcher.segment_readers().iter().enumerate() {
        let terms = segment.inverted_index(fields.id)?;
        let postings = terms.read_postings(&term, IndexRecordOption::Basic).map_err(tantivy::TantivyError::from)?;
        let Some(mut postings) = postings else { continue };
        while postings.doc() != TERMINATED {
            if is_alive(segment, postings.doc()) {
                return shown(searcher, fields, DocAddress::new(number as u32, postings.doc()));
            }
            postings.advance();
        }
    }
    Ok(None)
}
