//! The fields of the index, and how far it has seen the journal.
//!
//! Bodies are not in it: they stand in the journal. It holds what articles are found and sorted by, and what a line of an
//! answer shows. Documents of a segment lie in the order in which they are listed, so that the newest ones are its first.

use super::lines;
use crate::archive::lasting::Mark;
use crate::model::ArticleId;
use crate::words;
use serde::{Deserialize, Serialize};
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{IndexSettings, IndexSortByField, Order};

/// The version of what is described here; another one, or other rules for words, need another index.
pub const FORM: u32 = 5_000 + words::RULES;

/// The fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// The id, as 16 bytes.
    pub id: Field,
    /// [`rank`]: what articles are sorted by.
    pub rank: Field,
    /// When it was first seen, seconds since 1970, and how many bytes of text it has: for statistics.
    pub seen: Field,
    /// See above.
    pub length: Field,
    /// When it was revised last, seconds since 1970, if it was.
    pub changed: Field,
    /// Stems of the words of the title, with their places.
    pub title: Field,
    /// Stems of title, text, authors and tags, with their places.
    pub body: Field,
    /// Stems of the parts of compounds in all of these.
    pub parts: Field,
    /// Names, word by word.
    pub author: Field,
    /// Stems of the words of tags.
    pub tag: Field,
    /// Names of feeds.
    pub feed: Field,
    /// Host and domains above it.
    pub host: Field,
    /// The first part of the language's tag.
    pub language: Field,
    /// For statistics: host, authors and tags as they are written.
    pub site: Field,
    /// See above.
    pub authors: Field,
    /// See above.
    pub tags: Field,
    /// What a line of an answer shows: [`Hit`](super::Hit).
    pub shown: Field,
}

/// The schema with its fields.
pub fn schema() -> (Schema, Fields) {
    let words = |option| {
        let indexing = TextFieldIndexing::default().set_tokenizer(lines::NAME).set_index_option(option);
        TextOptions::default().set_indexing_options(indexing)
    };
    let placed = || words(IndexRecordOption::WithFreqsAndPositions);
    let plain = || {
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing.set_fieldnorms(false))
    };
    let counted = || TextOptions::default().set_fast("raw");
    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_bytes_field("id", INDEXED),
        rank: schema.add_u64_field("rank", FAST),
        seen: schema.add_i64_field("seen", NumericOptions::default().set_fast()),
        length: schema.add_u64_field("length", FAST),
        changed: schema.add_i64_field("changed", NumericOptions::default().set_fast()),
        title: schema.add_text_field("title", placed()),
        body: schema.add_text_field("body", placed()),
        parts: schema.add_text_field("parts", words(IndexRecordOption::Basic)),
        author: schema.add_text_field("author", placed()),
        tag: schema.add_text_field("tag", placed()),
        feed: schema.add_text_field("feed", plain().set_fast("raw")),
        host: schema.add_text_field("host", plain()),
        language: schema.add_text_field("language", plain().set_fast("raw")),
        site: schema.add_text_field("site", counted()),
        authors: schema.add_text_field("authors", counted()),
        tags: schema.add_text_field("tags", counted()),
        shown: schema.add_bytes_field("shown", BytesOptions::default().set_stored()),
    };
    (schema.build(), fields)
}

/// How hard what is stored is packed: 16 KB at a time, so that it takes little time, and nothing to unpack.
const PACKING: i32 = 9;

/// How its files are laid out.
pub fn settings() -> IndexSettings {
    IndexSettings {
        sort_by_field: Some(IndexSortByField { field: "rank".to_owned(), order: Order::Desc }),
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(PACKING) }),
        ..IndexSettings::default()
    }
}

/// Bits of the id that decide between articles of one second.
const TIE: u32 = 25;

/// What articles are sorted by: the instant of publication, then the id. Instants from 2400 before our era to the year 9999 have one each.
pub fn rank(published: i64, id: ArticleId) -> u64 {
    let [a, b, c, d, ..] = id.0;
    first_rank(published) | u64::from(u32::from_be_bytes([a, b, c, d]) >> (32 - TIE))
}

/// The lowest rank of an instant.
pub fn first_rank(published: i64) -> u64 {
    let shifted = published.saturating_add(1 << 37).clamp(0, (1 << (64 - TIE)) - 1);
    (shifted as u64) << TIE
}

/// The instant of a rank.
pub fn instant(rank: u64) -> i64 {
    (rank >> TIE) as i64 - (1 << 37)
}

/// What the index says of itself, in the payload of each commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// [`FORM`].
    pub form: u32,
    /// How far it has seen the journal: the number of the file …
    pub file: u32,
    /// … bytes of it, as if it had never been written anew …
    pub offset: u64,
    /// … and lines of it.
    pub line: u32,
    /// What the journal looked like up to there: where it looks different now, it was written anew.
    pub journal: String,
    /// How many articles there were when its vocabulary was made.
    pub counted: u32,
}

impl State {
    /// How far it has seen the journal.
    pub fn mark(&self) -> Mark {
        Mark { file: self.file, offset: self.offset }
    }
}
