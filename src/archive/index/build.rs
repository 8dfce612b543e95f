//! Making an index of the whole journal, and bringing one up to date with what the journal has got since.

use super::beside::beside;
use super::desk::{Desk, Draft, Entry, Found};
use super::fault::Fault;
use super::hit::Stored;
use super::known::Known;
use super::lines::{self, Flow};
use super::place::{Place, Places};
use super::schema::{FORM, Fields, State};
use super::search::stored;
use super::segments;
use crate::archive::journal::{Damage, Journal, Position};
use crate::archive::lasting::Mark;
use crate::archive::line::Line;
use crate::archive::mend;
use crate::error::{Error, Result};
use crate::model::{Article, ArticleId, Revision};
use crate::words::{Census, Language, Vocabulary};
use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Term};

/// Bytes of memory of the writer that takes in a run.
const MEMORY: usize = 32 << 20;
/// Bytes of articles up to which what was found in them is kept in memory until the vocabulary is known: it takes as much as half of
/// their texts, and what is besides.
const KEPT: usize = 48 << 20;
/// Bytes of articles that make a set of segments where there are more.
const AT_ONCE: usize = 32 << 20;
/// Articles whose words are counted, at most: more find hardly any further word.
const CENSUS: u32 = 150_000;
/// Segments of one order of magnitude that are merged into one.
const MERGED: usize = 8;
/// Articles of the largest segment that merging makes in a run, which somebody waits for.
const OF_RUN: u32 = 50_000;
/// And in the making of the whole: each segment more makes a question slower, and each of a million articles is merged once.
const OF_ALL: usize = 250_000;

/// Takes the whole journal into an empty index. Gives the vocabulary that was made for it, and what cannot be read.
///
/// The vocabulary has to be known before the first word is taken apart: so the journal is read twice, except where it holds so
/// little that what was made of it can be kept.
pub fn build(index: &Index, fields: &Fields, journal: &Journal) -> Result<(Vocabulary, Vec<Error>), Fault> {
    let end = journal.end_mark()?;
    let mut known = Known::default();
    let ((desk, vocabulary, drafts), (scanned, weight)) = beside(
        |looks| look(looks, Desk::default()),
        |looks| {
            let (mut counted, mut weight) = (0, 0);
            let scanned = journal.scan(Position::default(), |spot, frame, line| {
                let place = Place::of(spot, frame);
                known.add(&line, place);
                if let Line::Revision { revision, .. } = line {
                    let counts = counted < CENSUS && is_german(&revision.article);
                    counted += u32::from(counts);
                    let its = weight_of(&revision.article);
                    weight += its;
                    if counts || weight <= KEPT {
                        looks.put(Look { revision, place, counts, keep: weight <= KEPT }, its);
                    }
                }
                Ok(())
            });
            (scanned, weight)
        },
    );
    let (damages, lines) = scanned?;
    let counted = u32::try_from(known.len()).unwrap_or(u32::MAX);
    let desk = desk.with(vocabulary.clone());
    let segments = match drafts.filter(|_| weight <= KEPT) {
        Some(drafts) => of_drafts(index, fields, desk, &known, drafts)?,
        None => of_journal(index, fields, desk, &known, journal)?,
    };
    let groups = known.len().div_ceil(OF_ALL);
    drop(known);
    let ids: Vec<SegmentId> = segments.iter().map(SegmentMeta::id).collect();
    segments::commit(index, segments, &state((seen(end, &damages, journal)?, lines), counted, journal)?)?;
    if ids.len() >= MERGED {
        let (mut writer, _) = writer(index)?;
        for group in ids.chunks(ids.len().div_ceil(groups)).filter(|group| group.len() > 1) {
            writer.merge(group).wait()?;
        }
        writer.wait_merging_threads()?;
    }
    let lost = damages.iter().filter(|damage| !damage.torn).map(mend::lost).collect();
    Ok((vocabulary, lost))
}

/// A revision that is looked at for the first time.
struct Look {
    revision: Box<Revision>,
    place: Place,
    /// Whether its words are counted.
    counts: bool,
    /// Whether its draft is kept; from the first one on that is not, none is of use.
    keep: bool,
}

/// Drafts of revisions, with where those stand.
type Drafts = Vec<(Place, Box<Draft>)>;

/// Counts the words of all revisions that come. Gives the drafts as well, if they can be kept.
fn look(looks: Receiver<Vec<Look>>, mut desk: Desk) -> (Desk, Vocabulary, Option<Drafts>) {
    let mut census = Census::default();
    let mut drafts = Some(Vec::new());
    for Look { revision, place, counts, keep } in looks.into_iter().flatten() {
        let draft = desk.draft(*revision);
        if counts {
            desk.count(&draft, &mut census);
        }
        if let (Some(drafts), true) = (&mut drafts, keep) {
            drafts.push((place, draft));
        } else {
            drafts = None;
        }
        if desk.is_cleared() {
            census.renumbered();
            drafts = None;
        }
    }
    if drafts.is_none() {
        desk.clear();
        census.renumbered();
    }
    let vocabulary = desk.vocabulary(census);
    (desk, vocabulary, drafts)
}

/// Segments of what was kept.
fn of_drafts(
    index: &Index,
    fields: &Fields,
    mut desk: Desk,
    known: &Known,
    drafts: Drafts,
) -> Result<Vec<SegmentMeta>, Fault> {
    let newest = drafts.into_iter().filter_map(|(place, draft)| {
        let (feeds, places) = known.newest_at(draft.id(), place)?;
        Some(Entry::new(draft, feeds, places))
    });
    let newest: Vec<Entry> = newest.collect();
    desk.learn_the_last();
    Ok(segments::write(index, fields, &mut desk, newest)?)
}

/// Segments of the newest revision of each article, which are read again.
fn of_journal(
    index: &Index,
    fields: &Fields,
    mut desk: Desk,
    known: &Known,
    journal: &Journal,
) -> Result<Vec<SegmentMeta>, Fault> {
    let (written, read) = beside(
        |found: Receiver<Vec<Found>>| {
            let (mut segments, mut entries, mut weight) = (Vec::new(), Vec::new(), 0);
            let mut write = |desk: &mut Desk, entries: &mut Vec<Entry>| -> tantivy::Result<()> {
                segments.extend(segments::write(index, fields, desk, std::mem::take(entries))?);
                desk.is_cleared();
                Ok(())
            };
            for Found { revision, feeds, places } in found.into_iter().flatten() {
                weight += weight_of(&revision.article);
                entries.push(Entry::new(desk.draft(*revision), feeds, places));
                if weight > AT_ONCE {
                    weight = 0;
                    write(&mut desk, &mut entries)?;
                }
            }
            write(&mut desk, &mut entries)?;
            tantivy::Result::Ok(segments)
        },
        |found| {
            journal.scan(Position::default(), |spot, frame, line| {
                if let Line::Revision { revision, .. } = line
                    && let Some((feeds, places)) = known.newest_at(revision.id, Place::of(spot, frame))
                {
                    let weight = weight_of(&revision.article);
                    found.put(Found { revision, feeds, places }, weight);
                }
                Ok(())
            })
        },
    );
    read?;
    Ok(written?)
}

/// About the bytes of an article that are analysed, and those that it takes besides, however short it is.
fn weight_of(article: &Article) -> usize {
    const BESIDES: usize = 1 << 10;
    article.title.len() + article.text.len() + BESIDES
}

fn is_german(article: &Article) -> bool {
    Language::of(article.language.as_deref()) == Language::German
}

/// Takes in all articles that come, no faster than the writer takes them.
fn write(
    found: Receiver<Vec<Found>>,
    mut desk: Desk,
    fields: &Fields,
    writer: &IndexWriter,
    mut flow: Flow,
) -> tantivy::Result<()> {
    for some in found {
        for document in desk.documents(some, fields) {
            flow.give(&document, fields);
            writer.add_document(document)?;
        }
    }
    Ok(())
}

/// What the journal has got since an index last saw it.
#[derive(Debug, Default)]
pub struct News {
    /// The articles that it speaks of, with where, and the feeds that list them from then on, or do not any more.
    articles: BTreeMap<ArticleId, (Places, Vec<(bool, String)>)>,
    /// Those that were forgotten.
    forgotten: Vec<ArticleId>,
    /// How far it was seen, and how many lines of its last file.
    upto: (Mark, u32),
}

impl News {
    /// Reads them.
    pub fn since(position: Position, journal: &Journal) -> Result<News> {
        let end = journal.end_mark()?;
        let mut news = News::default();
        let (damages, lines) = journal.scan(position, |spot, frame, line| {
            if let Line::Forgotten { ids, .. } = &line {
                news.articles.retain(|id, _| !ids.contains(id));
                news.forgotten.extend(ids);
                return Ok(());
            }
            for id in line.articles() {
                let (places, feeds) = news.articles.entry(*id).or_default();
                places.add(&line, Place::of(spot, frame));
                feeds.extend(line.feed().map(|feed| (true, feed.to_owned())));
                feeds.extend(line.left().map(|feed| (false, feed.to_owned())));
            }
            Ok(())
        })?;
        news.upto = (seen(end, &damages, journal)?, lines);
        Ok(news)
    }

    /// How many articles they speak of.
    pub fn len(&self) -> usize {
        self.articles.len()
    }
}

/// An article as it is to be taken in.
struct Changed {
    id: ArticleId,
    places: Places,
    feeds: Vec<String>,
    /// Whether the index has it.
    known: bool,
}

/// Takes news into an index. Articles that would be as they are, are left alone; that they were looked at is noted.
pub fn update(
    index: &Index,
    fields: &Fields,
    state: &State,
    vocabulary: Vocabulary,
    news: News,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = reader.searcher();
    let mut changed: Vec<Changed> = Vec::new();
    for (id, (fresh, named)) in news.articles {
        let old = stored(&searcher, fields, id)?;
        let known = old.is_some();
        let (mut places, mut feeds) = old.map(|old| (old.places(), old.feeds)).unwrap_or_default();
        let before = (places.clone(), feeds.clone());
        for (lists, feed) in named {
            match lists {
                true if feeds.contains(&feed) => {}
                true => feeds.push(feed),
                false => feeds.retain(|listed| *listed != feed),
            }
        }
        places.extend(fresh);
        if (&places, &feeds) != (&before.0, &before.1) && !places.revisions.is_empty() {
            changed.push(Changed { id, places, feeds, known });
        }
    }
    if changed.is_empty() && news.upto.0 == state.mark() {
        return Ok(());
    }
    // Neighbours in the journal are unpacked together.
    changed.sort_by(|a, b| a.places.revisions.last().cmp(&b.places.revisions.last()));
    let desk = Desk::new(vocabulary);
    let (mut writer, flow) = writer(index)?;
    // What is taken in later is not meant. Where nothing is to be taken out, tantivy opens none of its segments.
    let known = changed.iter().filter(|changed| changed.known).map(|changed| changed.id);
    for id in news.forgotten.into_iter().chain(known) {
        writer.delete_term(Term::from_field_bytes(fields.id, &id.0));
    }
    let (written, read) = beside(
        |found| write(found, desk, fields, &writer, flow),
        |found| {
            for Changed { places, feeds, .. } in changed {
                let Some(newest) = places.revisions.last() else { continue };
                let Line::Revision { revision, .. } = newest.read(journal)? else { continue };
                let weight = weight_of(&revision.article);
                found.put(Found { revision, feeds, places }, weight);
            }
            Ok(())
        },
    );
    read.map_err(Fault::Archive)?;
    written?;
    commit(&mut writer, journal, news.upto, state.counted)?;
    merge(index, &mut writer)?;
    Ok(writer.wait_merging_threads()?)
}

/// Writes the segments anew that hold words of what was taken out of them, and notes that the journal, all of which was seen, is
/// another one now. Killed before the end, the index is one of another journal, and made again.
pub fn purge(index: &Index, state: &State, journal: &Journal) -> Result<(), Fault> {
    let (mut writer, _) = writer(index)?;
    for segment in index.searchable_segment_metas()?.into_iter().filter(tantivy::SegmentMeta::has_deletes) {
        writer.merge(&[segment.id()]).wait()?;
    }
    commit(&mut writer, journal, (journal.end_mark()?, state.line), state.counted)?;
    Ok(writer.wait_merging_threads()?)
}

/// The revisions of an article, the oldest first; `None` if one does not stand where it stood.
pub fn revisions(stored: &Stored, journal: &mut Journal) -> Option<Vec<Revision>> {
    stored.places().revisions.into_iter().map(|spot| at(stored, spot, journal)).collect()
}

/// The newest revision of an article.
pub fn newest(stored: &Stored, journal: &mut Journal) -> Option<Revision> {
    stored.places().revisions.last().and_then(|spot| at(stored, *spot, journal))
}

/// All lines that say something of an article, in their order; `None` if they do not stand where they stood.
pub fn told(stored: &Stored, journal: &mut Journal) -> Option<Vec<Line>> {
    let Places { revisions, told } = stored.places();
    let mut places = [revisions, told].concat();
    places.sort_unstable();
    let line = |place: Place| place.read(journal).ok().filter(|line| line.articles() == [stored.id()]);
    places.into_iter().map(line).collect()
}

fn at(stored: &Stored, spot: Place, journal: &mut Journal) -> Option<Revision> {
    match spot.read(journal) {
        Ok(Line::Revision { revision, .. }) if revision.id == stored.id() => Some(*revision),
        _ => None,
    }
}

/// One thread writes one segment; which segments become one is decided here and nowhere else.
fn writer(index: &Index) -> Result<(IndexWriter, Flow), Fault> {
    let flow = lines::register(index);
    let writer = index.writer_with_num_threads(1, MEMORY)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok((writer, flow))
}

fn commit(writer: &mut IndexWriter, journal: &Journal, upto: (Mark, u32), counted: u32) -> Result<(), Fault> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&state(upto, counted, journal)?);
    prepared.commit()?;
    Ok(())
}

/// What an index says of itself that has seen so much of the journal.
fn state((upto, line): (Mark, u32), counted: u32, journal: &Journal) -> Result<String> {
    let Mark { file, offset } = upto;
    let state = State { form: FORM, file, offset, line, journal: journal.print(upto)?, counted };
    Ok(serde_json::to_string(&state).unwrap_or_default())
}

/// What is torn off at the end was not seen: it may be what another process is writing.
fn seen(end: Mark, damages: &[Damage], journal: &Journal) -> Result<Mark, Error> {
    match damages.last() {
        Some(damage) if damage.torn => journal.mark(end.file, damage.offset),
        _ => Ok(end),
    }
}

/// Merges eight segments of one order of magnitude into one, as often as there are eight: each article is merged a few times in its
/// life, and a run with a hundred new ones merges eight hundred at most, once in eight runs.
fn merge(index: &Index, writer: &mut IndexWriter) -> Result<(), Fault> {
    loop {
        let mut orders: BTreeMap<u32, Vec<(u32, SegmentId)>> = BTreeMap::new();
        for segment in index.searchable_segment_metas()? {
            let order = segment.num_docs().max(1).ilog(MERGED as u32);
            orders.entry(order).or_default().push((segment.num_docs(), segment.id()));
        }
        let full = orders.into_values().find_map(|mut segments| {
            segments.sort_unstable();
            segments.truncate(MERGED);
            let articles: u32 = segments.iter().map(|(articles, _)| articles).sum();
            (segments.len() == MERGED && articles <= OF_RUN).then_some(segments)
        });
        let Some(segments) = full else { return Ok(()) };
        let ids: Vec<SegmentId> = segments.into_iter().map(|(_, id)| id).collect();
        writer.merge(&ids).wait()?;
    }
}

#[cfg(test)]
mod tests {
    use super::writer;
    use crate::archive::index::desk::Desk;
    use crate::archive::index::schema::{schema, settings};
    use crate::archive::index::trial::articles;

    #[test]
    fn all_that_is_given_to_the_writer_is_taken() {
        let (schema, fields) = schema();
        let index = tantivy::Index::builder().schema(schema).settings(settings()).create_in_ram().unwrap();
        let (mut writer, mut flow) = writer(&index).unwrap();
        for document in Desk::default().documents(articles(), &fields) {
            flow.give(&document, &fields);
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        assert_eq!(flow.waiting(), 0);
    }
}
