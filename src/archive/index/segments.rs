//! The segments of a whole index, each written at once from the articles that are to stand in it.
//!
//! tantivy's own writer takes documents one by one, with their words as they are spelt, on one thread; on several, other articles stand in
//! each segment every time. Here the same articles always stand together, and the files are the same that tantivy makes of them.

use super::desk::{Desk, Entry};
use super::postings::Column;
use super::schema::Fields;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use tantivy::directory::{META_LOCK, TerminatingWrite};
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, Value};
use tantivy::store::StoreWriter;
use tantivy::{Directory, Index, IndexMeta, TantivyDocument, TantivyError};

/// Segments that are written at once, at most, and articles that are worth one.
const AT_ONCE: usize = 4;
const WORTH: usize = 1_000;

/// Learns the words of these articles and writes segments of them, one for each thread; they do not count before they are
/// [committed](commit).
pub fn write(
    index: &Index,
    fields: &Fields,
    desk: &mut Desk,
    entries: Vec<Entry>,
) -> tantivy::Result<Vec<SegmentMeta>> {
    desk.learn();
    desk.sort();
    let desk = &*desk;
    let segments = rayon::current_num_threads().min(AT_ONCE).min(entries.len().div_ceil(WORTH)).max(1);
    let each = entries.len().div_ceil(segments).max(1);
    let mut entries = entries.into_iter();
    let lots: Vec<Vec<Entry>> = (0..segments).map(|_| entries.by_ref().take(each).collect()).collect();
    let lots = lots.into_par_iter().filter(|lot| !lot.is_empty());
    lots.map(|lot| segment(index, fields, desk, lot)).collect()
}

fn segment(index: &Index, fields: &Fields, desk: &Desk, mut entries: Vec<Entry>) -> tantivy::Result<SegmentMeta> {
    let segment = index.new_segment();
    let (schema, settings) = (segment.schema(), index.settings());
    entries.sort_by_key(|entry| Reverse(entry.rank()));
    let articles = entries.len() as u32;

    let mut fast = FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, index.fast_field_tokenizer().clone())?;
    let mut store = StoreWriter::new(
        segment.open_write(SegmentComponent::Store)?,
        settings.docstore_compression,
        settings.docstore_blocksize,
        settings.docstore_compress_dedicated_thread,
    )?;
    let mut norms = FieldNormsWriter::for_schema(&schema);
    let terms = desk.analyser().terms_known();
    let column = |(field, placed)| Column::new(field, placed, terms);
    let placed = [true, true, false, true, true];
    let columns = [fields.title, fields.body, fields.parts, fields.author, fields.tag];
    let mut columns: Vec<Column> = columns.into_iter().zip(placed).map(column).collect();
    let mut raw = Raw::default();
    for (number, entry) in (0..).zip(&entries) {
        let document = entry.document(fields);
        fast.add_document(&document)?;
        store.store(&document, &schema)?;
        raw.add(number, &document, [fields.id, fields.feed, fields.host, fields.language]);
        norms.record(number, fields.id, 1);
        for (column, words) in columns.iter_mut().zip(desk.words(entry.draft()).each()) {
            norms.record(number, column.field, column.count(words));
        }
    }
    columns.iter_mut().for_each(Column::lay_out);
    for entry in entries {
        let words = desk.words(entry.draft());
        columns.iter_mut().zip(words.each()).for_each(|(column, words)| column.place(words));
    }
    store.close()?;
    let mut file = segment.open_write(SegmentComponent::FastFields)?;
    fast.serialize(&mut file, None)?;
    file.terminate()?;
    norms.serialize(FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?, None)?;

    let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
    let mut postings = InvertedIndexSerializer::open(&segment)?;
    // In the order of the fields.
    raw.write(&[fields.id], &norms, &mut postings)?;
    for column in columns {
        let norms = norms.get_field(column.field)?;
        column.write(desk.analyser(), norms, &mut postings)?;
    }
    raw.write(&[fields.feed, fields.host, fields.language], &norms, &mut postings)?;
    postings.close()?;
    Ok(index.new_segment_meta(segment.id(), articles))
}

/// The articles that have a value, by field and value.
#[derive(Default)]
struct Raw(BTreeMap<Field, BTreeMap<Vec<u8>, Vec<u32>>>);

impl Raw {
    /// Adds what the next article has in these fields.
    fn add(&mut self, number: u32, document: &TantivyDocument, of: [Field; 4]) {
        for (field, value) in document.field_values().filter(|(field, _)| of.contains(field)) {
            let value = value.as_bytes().or_else(|| value.as_str().map(str::as_bytes)).unwrap_or_default();
            let of_field = self.0.entry(field).or_default();
            match of_field.get_mut(value) {
                Some(articles) if articles.last() == Some(&number) => {}
                Some(articles) => articles.push(number),
                None => drop(of_field.insert(value.to_owned(), vec![number])),
            }
        }
    }

    fn write(
        &self,
        fields: &[Field],
        norms: &FieldNormReaders,
        postings: &mut InvertedIndexSerializer,
    ) -> tantivy::Result<()> {
        for (field, values) in fields.iter().filter_map(|field| self.0.get_key_value(field)) {
            let written: usize = values.values().map(Vec::len).sum();
            let mut writer = postings.new_field(*field, written as u64, norms.get_field(*field)?)?;
            for (value, articles) in values {
                writer.new_term(value, 0, false)?;
                articles.iter().for_each(|article| writer.write_doc(*article, 0, &[]));
                writer.close_term()?;
            }
            writer.close()?;
        }
        Ok(())
    }
}

/// Makes these the segments of an index that has none, the largest first, as tantivy does.
pub fn commit(index: &Index, mut segments: Vec<SegmentMeta>, payload: &str) -> tantivy::Result<()> {
    segments.sort_by_key(|segment| Reverse(segment.max_doc()));
    let meta = IndexMeta {
        index_settings: index.settings().clone(),
        persisted_custom_extensions: Vec::new(),
        segments,
        schema: index.schema(),
        opstamp: 0,
        payload: Some(payload.to_owned()),
    };
    // The file stands there from now on: whoever only asks makes none.
    let _lock = index.directory().acquire_lock(&META_LOCK)?;
    let bytes = serde_json::to_vec_pretty(&meta).map_err(|cause| TantivyError::InternalError(cause.to_string()))?;
    index.directory().sync_directory()?;
    index.directory().atomic_write(Path::new("meta.json"), &bytes)?;
    Ok(index.directory().sync_directory()?)
}

#[cfg(test)]
mod tests {
    use super::{commit, write};
    use crate::archive::index::desk::{Desk, Entry, Found};
    use crate::archive::index::lines;
    use crate::archive::index::schema::{schema, settings};
    use crate::archive::index::trial::articles;
    use crate::words::{Census, Vocabulary};
    use tantivy::Index;
    use tantivy::index::SegmentComponent::{FastFields, FieldNorms, Positions, Postings, Store, Terms};

    fn vocabulary() -> Vocabulary {
        let (mut census, mut desk) = (Census::default(), Desk::default());
        for found in articles() {
            let draft = desk.draft(*found.revision);
            desk.count(&draft, &mut census);
        }
        desk.vocabulary(census)
    }

    #[test]
    fn a_segment_is_the_same_to_the_byte_as_one_that_tantivy_makes_of_the_same_articles() {
        let (schema, fields) = schema();
        let made = || Index::builder().schema(schema.clone()).settings(settings()).create_in_ram().unwrap();
        let (theirs, ours) = (made(), made());
        lines::register(&theirs);
        let mut writer = theirs.writer_with_num_threads(1, 64 << 20).unwrap();
        for document in Desk::new(vocabulary()).documents(articles(), &fields) {
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();

        let mut desk = Desk::default();
        let draft = |Found { revision, feeds, places }| Entry::new(desk.draft(*revision), feeds, places);
        let entries: Vec<Entry> = articles().into_iter().map(draft).collect();
        let mut desk = desk.with(vocabulary());
        commit(&ours, write(&ours, &fields, &mut desk, entries).unwrap(), "").unwrap();

        let segments = [&theirs, &ours].map(|index| index.searchable_segments().unwrap());
        let [[theirs], [ours]] = [&segments[0][..], &segments[1][..]] else { panic!("more than one segment") };
        assert_eq!((theirs.meta().max_doc(), ours.meta().max_doc()), (700, 700));
        for part in [FieldNorms, Terms, Postings, Positions, FastFields, Store] {
            let bytes = [theirs, ours].map(|it| it.open_read(part.clone()).unwrap().read_bytes().unwrap());
            assert!(bytes[0].len() > 700 && bytes[0] == bytes[1], "{part:?}");
        }
    }
}
