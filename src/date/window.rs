//! The tokens around the place that is looked at: some behind it, enough before it.
//!
//! Comes in: a text. Goes out: tokens by their number, counted from the first of the text. It
//! holds a fixed count of them, so that neither a short text nor a long one needs the heap.

use super::lex::{Lexer, Token};

/// How many tokens can be looked at ahead: more than the longest date has.
pub(super) const AHEAD: usize = 48;
/// How many can be looked back at: the lead-in of a date.
pub(super) const BEHIND: usize = 16;
const CAPACITY: usize = 2 * (AHEAD + BEHIND);

/// A view of the tokens of a text that moves from left to right.
#[derive(Debug, Clone)]
pub(super) struct Window<'a> {
    pub text: &'a str,
    lexer: Lexer<'a>,
    held: [Token; CAPACITY],
    /// The number of the first token held.
    first: usize,
    /// How many are held.
    count: usize,
    ended: bool,
}

impl<'a> Window<'a> {
    pub fn new(text: &'a str) -> Window<'a> {
        Window { text, lexer: Lexer::new(text), held: [Token::END; CAPACITY], first: 0, count: 0, ended: false }
    }

    /// Moves on so that the token `at` and those around it can be looked at; whether it exists.
    #[inline]
    pub fn reach(&mut self, at: usize) -> bool {
        if !self.ended && at + AHEAD > self.first + self.count {
            self.fill(at);
        }
        at < self.first + self.count
    }

    fn fill(&mut self, at: usize) {
        let keep_from = at.saturating_sub(BEHIND).clamp(self.first, self.first + self.count);
        let dropped = keep_from - self.first;
        if dropped > 0 {
            self.held.copy_within(dropped..self.count, 0);
            self.first += dropped;
            self.count -= dropped;
        }
        while self.count < CAPACITY {
            let Some(token) = self.lexer.token() else {
                self.ended = true;
                return;
            };
            self.held[self.count] = token;
            self.count += 1;
        }
    }

    /// The token of that number; [`Token::END`] outside what can be looked at.
    #[inline]
    pub fn get(&self, at: usize) -> Token {
        match at.checked_sub(self.first) {
            Some(place) if place < self.count => self.held[place],
            _ => Token::END,
        }
    }

    /// The token before that number.
    #[inline]
    pub fn before(&self, at: usize) -> Token {
        match at.checked_sub(1) {
            Some(at) => self.get(at),
            None => Token::END,
        }
    }

    /// The text of a token.
    pub fn words(&self, token: Token) -> &'a str {
        self.text.get(token.start..token.end).unwrap_or("")
    }
}
