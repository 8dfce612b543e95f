//! From a query to what tantivy looks up.

use super::conditions::Conditions;
use super::fault::Fault;
use super::phrase::{LONGEST, Phrase};
use super::ranked::{Ranked, Word};
use super::schema::first_rank;
use super::search::Index;
use super::span::Between;
use crate::ask::{Field, Query};
use crate::words::{Language, is_affix, is_derived, normal, tokens};
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as Look, RegexQuery, TermQuery,
};
use tantivy::schema::{Field as Column, IndexRecordOption};

/// How much more a word of the title says than one of the text, and how much less a part of a compound.
const TITLE: f32 = 1.5;
const PART: f32 = 0.6;
/// Words of an archive that is so small that all of them are looked at for compounds with a word of the query: its
/// vocabulary is too small to have taken them apart. Looking through so many takes some milliseconds for each word of the query
/// (`cargo bench --bench ask`: 30 ms for 150,000 on a busy machine).
const SMALL: usize = 20_000;
/// Compounds that are found so, at most.
const COMPOUNDS: usize = 200;

/// What is to be looked up. Only with `scoring` is it of interest how well an article answers.
pub fn compile(index: &Index, query: &Query, scoring: bool) -> Result<Box<dyn Look>, Fault> {
    Compiler { index, scoring }.query(query)
}

struct Compiler<'a> {
    index: &'a Index,
    scoring: bool,
}

impl Compiler<'_> {
    fn query(&self, query: &Query) -> Result<Box<dyn Look>, Fault> {
        let fields = &self.index.fields;
        Ok(match query {
            Query::All => Box::new(AllQuery),
            Query::And(all) => self.all(all)?,
            Query::Or(any) => any_of(any.iter().map(|query| self.query(query)).collect::<Result<_, _>>()?),
            Query::Not(_) => self.all(std::slice::from_ref(query))?,
            Query::Word(field, word) => self.word(*field, word)?,
            Query::Phrase(field, words) => self.phrase(*field, words, Conditions::default())?,
            Query::Prefix(field, beginning) => self.prefix(*field, beginning)?,
            Query::Feed(name) => self.exact(fields.feed, name),
            Query::Site(host) => self.exact(fields.host, host),
            Query::Language(tag) => self.exact(fields.language, tag),
            Query::Published(None, None) => Box::new(AllQuery),
            Query::Published(since, until) => {
                Box::new(Between(since.map_or(0, first_rank)..until.map_or(u64::MAX, first_rank)))
            }
        })
    }

    fn all(&self, all: &[Query]) -> Result<Box<dyn Look>, Fault> {
        if self.scoring
            && let Some(ranked) = self.ranked(all)?
        {
            return Ok(ranked);
        }
        let mut clauses: Vec<(Occur, Box<dyn Look>)> = Vec::new();
        for query in all {
            match query {
                Query::Not(inner) => {
                    clauses.push((Occur::MustNot, self.unscored().query(inner)?));
                }
                query => clauses.push((Occur::Must, self.query(query)?)),
            }
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// What is there or not, and makes nothing better.
    fn exact(&self, column: Column, value: &str) -> Box<dyn Look> {
        let exact = lookup(Term::from_field_text(column, value), IndexRecordOption::Basic);
        if self.scoring { Box::new(ConstScoreQuery::new(exact, 0.0)) } else { exact }
    }

    fn unscored(&self) -> Compiler<'_> {
        Compiler { scoring: false, ..*self }
    }

    /// Words and conditions, or a phrase and conditions: most queries are no more than that.
    fn ranked(&self, all: &[Query]) -> Result<Option<Box<dyn Look>>, Fault> {
        let (mut words, mut phrases, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for query in all {
            match query {
                Query::Word(field, text) if tokens(text).count() == 1 => words.push(self.places(*field, text)?),
                Query::Phrase(field, text) => phrases.push((*field, text)),
                Query::Not(inner) => conditions.push((Occur::MustNot, self.unscored().query(inner)?)),
                Query::Feed(_) | Query::Site(_) | Query::Language(_) | Query::Published(..) => {
                    conditions.push((Occur::Must, self.unscored().query(query)?));
                }
                _ => return Ok(None),
            }
        }
        let conditions = Conditions::new(conditions);
        Ok(match (words.is_empty(), phrases.as_slice()) {
            (false, []) => Some(Box::new(Ranked::new(words, conditions))),
            (true, [(field, text)]) => Some(self.phrase(*field, text, conditions)?),
            _ => None,
        })
    }

    fn column(&self, field: Field) -> Column {
        let fields = &self.index.fields;
        match field {
            Field::Any => fields.body,
            Field::Title => fields.title,
            Field::Author => fields.author,
            Field::Tag => fields.tag,
        }
    }

    /// The stems that a word has in the languages of the archive.
    fn stems(&self, field: Field, word: &str) -> Vec<String> {
        let normal = normal(word);
        if field == Field::Author {
            return vec![Language::Other.stem(&normal)];
        }
        let mut stems: Vec<String> = self.index.languages.iter().map(|language| language.stem(&normal)).collect();
        stems.sort();
        stems.dedup();
        stems
    }

    fn word(&self, field: Field, text: &str) -> Result<Box<dyn Look>, Fault> {
        let pieces: Vec<&str> = tokens(text).map(|token| token.text).collect();
        let word = self.places(field, &pieces.concat())?;
        let mut any = vec![self.union(word)];
        if pieces.len() > 1 {
            // `E-Mail` stands for `Email` as well, and for `E Mail`.
            any.push(self.phrase(field, text, Conditions::default())?);
        }
        Ok(any_of(any))
    }

    fn union(&self, word: Word) -> Box<dyn Look> {
        match self.scoring {
            true => Box::new(Ranked::new(vec![word], Conditions::default())),
            false => any_of(word.into_iter().map(|(term, _)| lookup(term, IndexRecordOption::Basic)).collect()),
        }
    }

    /// What a word is found by, and how much that says.
    fn places(&self, field: Field, word: &str) -> Result<Word, Fault> {
        let fields = &self.index.fields;
        let column = self.column(field);
        let mut places = Word::new();
        for stem in self.stems(field, word) {
            let mut add = |column, stem: &str, worth| places.push((Term::from_field_text(column, stem), worth));
            add(column, &stem, 1.0);
            // Names and tags are looked for as they are; the parts of compounds are not told apart by where they stand.
            if field == Field::Any {
                if self.scoring {
                    add(fields.title, &stem, TITLE);
                }
                add(fields.parts, &stem, PART);
            }
            if matches!(field, Field::Any | Field::Title | Field::Tag) {
                for compound in self.compounds(column, &stem)? {
                    add(column, &compound, PART);
                }
            }
        }
        Ok(places)
    }

    fn term(&self, term: Term) -> Box<dyn Look> {
        let option = if self.scoring { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        lookup(term, option)
    }

    /// Words behind one another, as each language of the archive has them, under these conditions.
    fn phrase(&self, field: Field, text: &str, conditions: Conditions) -> Result<Box<dyn Look>, Fault> {
        let column = self.column(field);
        let words: Vec<&str> = tokens(text).map(|token| token.text).collect();
        let ways = if field == Field::Author { &[Language::Other][..] } else { &self.index.languages };
        let mut phrases: Vec<Vec<Term>> = Vec::new();
        for language in ways {
            let stems = words.iter().map(|word| language.stem(&normal(word)));
            let terms: Vec<Term> = stems.map(|stem| Term::from_field_text(column, &stem)).collect();
            let mut are_known = true;
            for term in &terms {
                are_known = are_known && self.index.searcher.doc_freq(term)? > 0;
            }
            if are_known && !phrases.contains(&terms) {
                phrases.push(terms);
            }
        }
        if self.scoring
            && let [terms] = phrases.as_slice()
            && (2..=LONGEST).contains(&terms.len())
        {
            return Ok(Box::new(Phrase::new(terms.clone(), conditions, self.index.searcher.index())));
        }
        let looked_up = |terms: Vec<Term>| -> Box<dyn Look> {
            match terms.as_slice() {
                [only] => self.term(only.clone()),
                _ => Box::new(PhraseQuery::new(terms)),
            }
        };
        let any = any_of(phrases.into_iter().map(looked_up).collect());
        Ok(conditions.with(any))
    }

    fn prefix(&self, field: Field, beginning: &str) -> Result<Box<dyn Look>, Fault> {
        let column = self.column(field);
        let normal = normal(beginning);
        let mut any: Vec<Box<dyn Look>> = Vec::new();
        // What is kept are stems: a beginning that is longer than the stem of its word is this word.
        for stem in self.stems(field, beginning) {
            any.push(self.term(Term::from_field_text(column, &stem)));
        }
        let letters: String = Language::Other.stem(&normal).chars().filter(|c| c.is_alphanumeric()).collect();
        any.push(Box::new(RegexQuery::from_pattern(&format!("{letters}.*"), column)?));
        Ok(any_of(any))
    }

    /// Compounds of a small archive that a word is a part of, and that could not be taken apart when they were taken in: the
    /// query tells that it is a word.
    fn compounds(&self, column: Column, stem: &str) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        if stem.chars().count() < 4 || !stem.chars().all(char::is_alphabetic) {
            return Ok(found);
        }
        let segments = self.index.searcher.segment_readers();
        let dictionaries =
            segments.iter().map(|segment| segment.inverted_index(column)).collect::<tantivy::Result<Vec<_>>>()?;
        if dictionaries.iter().map(|terms| terms.terms().num_terms()).sum::<usize>() > SMALL {
            return Ok(found);
        }
        for dictionary in dictionaries {
            let mut stream = dictionary.terms().stream().map_err(tantivy::TantivyError::from)?;
            while let Some((term, _)) = stream.next() {
                let Ok(term) = std::str::from_utf8(term) else { continue };
                if found.len() < COMPOUNDS && is_part(self.index, term, stem) {
                    found.push(term.to_owned());
                }
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// Whether a word of a small archive may be a compound with this part: what is left of it is a word that is known, or the part is long enough
/// to be no accident.
pub fn is_part(index: &Index, term: &str, part: &str) -> bool {
    let letters = part.chars().count();
    if letters < 4 || term.len() <= part.len() + 2 {
        return false;
    }
    let Some(at) = term.find(part) else { return false };
    let last = term.rfind(part).unwrap_or(at);
    let (head, tail) = (&term[..last], &term[at + part.len()..]);
    let known = |word: &str| index.vocabulary().of(&Language::German.stem(word)).is_some();
    let plausible = |word: &str| word.chars().count() >= 3 && word.chars().all(char::is_alphabetic) && !is_affix(word);
    let linked = |word: &str| {
        let rest = ["es", "s", "en", "er", "n", "e"].iter().find_map(|link| word.strip_prefix(link));
        rest.is_some_and(known)
    };
    match (last + part.len() == term.len(), at == 0) {
        // It ends in it.
        (true, _) => plausible(head) && (letters >= 5 || head.chars().count() >= 5 || known(head)),
        // It begins with it.
        (_, true) => {
            let long = letters + tail.chars().count() >= 9;
            plausible(tail) && !is_derived(tail) && (long || known(tail) || linked(tail))
        }
        // It stands in its midst.
        _ => letters >= 6 && plausible(&term[..at]) && plausible(tail) && !is_derived(tail),
    }
}

fn lookup(term: Term, option: IndexRecordOption) -> Box<dyn Look> {
    Box::new(TermQuery::new(term, option))
}

fn any_of(mut any: Vec<Box<dyn Look>>) -> Box<dyn Look> {
    match any.len() {
        0 => Box::new(EmptyQuery),
        1 => any.remove(0),
        _ => Box::new(BooleanQuery::union(any)),
    }
}
