//! Terms on their way into the index.
//!
//! Texts are analysed before tantivy sees them; it gets their terms on a line each. Its own way for words that are found already
//! (`PreTokenizedString`) writes them as JSON and reads them again, which took a third of all indexing.

use super::schema::Fields;
use std::str::Split;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tantivy::schema::Value;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Index, TantivyDocument};

/// The name by which the schema calls for it.
pub const NAME: &str = "lines";

/// Bytes of texts that wait for the index, at most. tantivy itself lets ten thousand articles wait, however long they are.
const WAITING: u64 = 4 << 20;
/// How long it is waited for a thread that may have broken off; the next article finds that out.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets an index know it: without, nothing can be written.
pub fn register(index: &Index) -> Flow {
    let flow = Flow::default();
    let lines = Lines { token: Token::default(), taken: flow.taken.clone() };
    index.tokenizers().register(NAME, TextAnalyzer::from(lines));
    flow
}

/// How many bytes of texts are on their way from the thread that analyses to the one that writes.
#[derive(Debug, Default)]
pub struct Flow {
    given: u64,
    taken: Arc<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: Mutex<u64>,
    more: Condvar,
}

impl Flow {
    /// Waits until there is room for one more article. Counted is what the tokenizer gets to see.
    pub fn give(&mut self, document: &TantivyDocument, fields: &Fields) {
        let seen = [fields.title, fields.body, fields.parts, fields.author, fields.tag];
        let texts = document.field_values().filter(|(field, _)| seen.contains(field));
        self.given += texts.filter_map(|(_, value)| value.as_str()).map(|text| text.len() as u64).sum::<u64>();
        let taken = self.taken.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| self.given.saturating_sub(*taken) > WAITING;
        let waited = self.taken.more.wait_timeout_while(taken, PATIENCE, is_full);
        let (taken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            // What is not taken now never is: nobody waits for it a second time.
            self.given = *taken;
        }
    }

    /// How many bytes are on their way.
    #[cfg(test)]
    pub fn waiting(&self) -> u64 {
        self.given - *self.taken.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes each line for a term. An empty line is a place where none stands.
#[derive(Debug, Clone, Default)]
struct Lines {
    token: Token,
    taken: Arc<Taken>,
}

struct Terms<'a> {
    lines: Split<'a, char>,
    token: &'a mut Token,
}

impl Tokenizer for Lines {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.token.reset();
        *self.taken.bytes.lock().unwrap_or_else(PoisonError::into_inner) += text.len() as u64;
        self.taken.more.notify_one();
        Terms { lines: text.split('\n'), token: &mut self.token }
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        for line in self.lines.by_ref() {
            // The first one begins at `usize::MAX`.
            self.token.position = self.token.position.wrapping_add(1);
            if !line.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(line);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    #[test]
    fn an_empty_line_is_a_place_where_no_word_stands() {
        let mut lines = Lines::default();
        for (text, terms) in
            [("a\nbc\n\n\nd\n", &[("a", 0), ("bc", 1), ("d", 4)][..]), ("", &[]), ("\n\n", &[]), ("e", &[("e", 0)])]
        {
            let mut stream = lines.token_stream(text);
            let mut found = Vec::new();
            while let Some(token) = stream.next() {
                found.push((token.text.clone(), token.position));
            }
            let terms: Vec<(String, usize)> = terms.iter().map(|&(term, at)| (term.to_owned(), at)).collect();
            assert_eq!(found, terms, "{text:?}");
        }
    }
}
