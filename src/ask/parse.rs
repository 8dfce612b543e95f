//! From the pieces of a query to what it asks for.
//!
//! ```text
//! query   = group (OR group)*
//! group   = one (AND? one)*
//! one     = NOT? ( "(" query ")" | field value | phrase | word )
//! ```

use super::lex::{Piece, pieces};
use super::time::{self, Side};
use super::{DEPTH, Fault, Field, LONGEST, Query, TERMS};
use crate::date::Context;
use crate::words;
use std::ops::Range;

/// What is known by a name before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Words(Field),
    Feed,
    Site,
    Language,
    Time(Side),
}

const NAMES: [(&str, Name); 17] = [
    ("title", Name::Words(Field::Title)),
    ("titel", Name::Words(Field::Title)),
    ("author", Name::Words(Field::Author)),
    ("autor", Name::Words(Field::Author)),
    ("tag", Name::Words(Field::Tag)),
    ("thema", Name::Words(Field::Tag)),
    ("feed", Name::Feed),
    ("site", Name::Site),
    ("seite", Name::Site),
    ("language", Name::Language),
    ("sprache", Name::Language),
    ("since", Name::Time(Side::Since)),
    ("seit", Name::Time(Side::Since)),
    ("until", Name::Time(Side::Until)),
    ("bis", Name::Time(Side::Until)),
    ("on", Name::Time(Side::On)),
    ("am", Name::Time(Side::On)),
];

/// Reads a query. An empty one asks for everything.
///
/// # Errors
/// If it cannot be read, or is so long or so nested that no person has written it.
pub fn parse(text: &str, context: &Context) -> Result<Query, Fault> {
    if text.len() > LONGEST {
        let what = format!("it has {} bytes, and at most {LONGEST} are read", text.len());
        return Err(Fault::new(0..0, what).hint("ask for less at once"));
    }
    let pieces = pieces(text)?;
    if pieces.is_empty() {
        return Ok(Query::All);
    }
    let mut parser = Parser { context, pieces: &pieces, at: 0, terms: 0, depth: 0, end: text.len() };
    let query = parser.query()?;
    match parser.pieces.get(parser.at) {
        None => Ok(query),
        Some(_) => Err(parser.never_opened()),
    }
}

struct Parser<'a> {
    context: &'a Context,
    pieces: &'a [(Piece, Range<usize>)],
    at: usize,
    terms: usize,
    depth: usize,
    end: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at).map(|(piece, _)| piece)
    }

    /// Where the next piece stands, or the end.
    fn here(&self) -> Range<usize> {
        self.pieces.get(self.at).map_or(self.end..self.end, |(_, at)| at.clone())
    }

    fn never_opened(&self) -> Fault {
        Fault::new(self.here(), "this parenthesis was never opened").hint("take it away")
    }

    fn query(&mut self) -> Result<Query, Fault> {
        let mut any = vec![self.group()?];
        while self.peek() == Some(&Piece::Or) {
            let at = self.here();
            self.at += 1;
            if self.ended() {
                return Err(Fault::new(at, "nothing stands behind it").hint("write a word on both sides of `OR`"));
            }
            any.push(self.group()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Query::Or(any) })
    }

    /// Whether there is nothing more to a group here.
    fn ended(&self) -> bool {
        matches!(self.peek(), None | Some(Piece::Close | Piece::Or))
    }

    fn group(&mut self) -> Result<Query, Fault> {
        let mut all = Vec::new();
        while !self.ended() {
            if self.peek() == Some(&Piece::And) {
                let at = self.here();
                self.at += 1;
                if all.is_empty() || self.ended() {
                    let hint = "write a word on both sides of `AND`, or leave it away: all words are looked for";
                    return Err(Fault::new(at, "it has only one side").hint(hint));
                }
                continue;
            }
            all.push(self.one()?);
        }
        match all.len() {
            0 => Err(match self.peek() {
                Some(Piece::Close) if self.depth == 0 => self.never_opened(),
                Some(Piece::Close) => {
                    Fault::new(self.here(), "there is nothing between the parentheses").hint("take them away")
                }
                _ => Fault::new(self.here(), "nothing stands before it")
                    .hint("put words in quotation marks if they are meant as words: `\"OR\"`"),
            }),
            1 => Ok(all.remove(0)),
            _ => Ok(Query::And(all)),
        }
    }

    fn one(&mut self) -> Result<Query, Fault> {
        let Some((piece, at)) = self.pieces.get(self.at) else { return Ok(Query::All) };
        let at = at.clone();
        self.at += 1;
        match piece {
            Piece::Not => {
                if self.ended() || matches!(self.peek(), Some(Piece::Not | Piece::And)) {
                    return Err(Fault::new(at, "it says what is not wanted, and nothing stands behind it")
                        .hint("write it before a word, without a space: `-Werbung`"));
                }
                Ok(Query::Not(Box::new(self.one()?)))
            }
            Piece::Open => self.parenthesis(at),
            Piece::Field(name) => self.field(name, at),
            Piece::Quoted(words) => self.words(Field::Any, words, true, at),
            Piece::Word(word) => self.words(Field::Any, word, false, at),
            // Those are seen by whoever calls this.
            Piece::Close | Piece::Or | Piece::And => Err(Fault::new(at, "it stands where a word is expected")),
        }
    }

    fn parenthesis(&mut self, at: Range<usize>) -> Result<Query, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            let what = format!("more than {DEPTH} parentheses stand within each other");
            return Err(Fault::new(at, what).hint("ask in a simpler way"));
        }
        let query = self.query()?;
        if self.peek() != Some(&Piece::Close) {
            return Err(Fault::new(at, "the parenthesis is not closed").hint("write `)` at its end"));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(query)
    }

    fn field(&mut self, written: &str, at: Range<usize>) -> Result<Query, Fault> {
        let lower = written.to_lowercase();
        let Some((_, name)) = NAMES.iter().find(|(name, _)| *name == lower) else {
            let fault = Fault::new(at, format!("`{written}:` is no field"));
            return Err(match nearest(&lower) {
                _ if matches!(lower.as_str(), "http" | "https") => {
                    fault.hint("articles are found by their host, not by the whole address: `site:blatt.example`")
                }
                Some(near) => fault.hint(format!("did you mean `{near}:`?")),
                None => fault.hint(format!(
                    "fields are title, author, tag, feed, site, language, since, until, on; or put it in quotation marks: `\"{written}:…\"`"
                )),
            });
        };
        let (value, quoted, place) = match self.pieces.get(self.at) {
            Some((Piece::Quoted(value), place)) if place.start == at.end => (value, true, place.clone()),
            Some((Piece::Word(value), place)) if place.start == at.end => (value, false, place.clone()),
            _ => {
                let hint = format!("write it without a space: `{written}:Wort`, `{written}:\"mehrere Wörter\"`");
                return Err(Fault::new(at, "nothing stands behind the colon").hint(hint));
            }
        };
        self.at += 1;
        match name {
            Name::Words(field) => self.words(*field, value, quoted, place),
            Name::Feed => {
                self.counted(&place)?;
                Ok(Query::Feed(value.clone()))
            }
            Name::Site => {
                self.counted(&place)?;
                let host = value.to_lowercase();
                let host = host.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
                let host = host.strip_prefix("www.").unwrap_or(host);
                if host.is_empty() {
                    return Err(Fault::new(place, "it names no host").hint("such as `site:blatt.example`"));
                }
                Ok(Query::Site(host.to_owned()))
            }
            Name::Language => {
                self.counted(&place)?;
                Ok(Query::Language(value.to_lowercase()))
            }
            Name::Time(side) => {
                self.counted(&place)?;
                let (since, until) = time::bounds(value, *side, self.context).ok_or_else(|| {
                    Fault::new(place, format!("`{value}` is no date")).hint(
                        "such as `gestern`, `2024-08`, `30d` or `\"28. August 2024\"`; a range has two sides: `seit:… bis:…`",
                    )
                })?;
                Ok(Query::Published(since, until))
            }
        }
    }

    fn counted(&mut self, at: &Range<usize>) -> Result<(), Fault> {
        self.terms += 1;
        match self.terms > TERMS {
            false => Ok(()),
            true => {
                Err(Fault::new(at.clone(), format!("it asks for more than {TERMS} things"))
                    .hint("ask for less at once"))
            }
        }
    }

    fn words(&mut self, field: Field, text: &str, quoted: bool, at: Range<usize>) -> Result<Query, Fault> {
        self.counted(&at)?;
        let count = words::tokens(text).count();
        self.terms += count.saturating_sub(1);
        self.counted(&at)?;
        self.terms -= 1;
        if count == 0 {
            return Err(Fault::new(at, "there is no word in it").hint("a word is made of letters or digits"));
        }
        if quoted {
            return Ok(if count == 1 {
                Query::Word(field, text.to_owned())
            } else {
                Query::Phrase(field, text.to_owned())
            });
        }
        let Some(star) = text.find('*') else { return Ok(Query::Word(field, text.to_owned())) };
        let beginning = &text[..star];
        if star + 1 != text.len() {
            // `Bürger*innen` is a word.
            if !text.ends_with('*') && !text.starts_with('*') {
                return Ok(Query::Word(field, text.to_owned()));
            }
            let hint = "ends are found without it: `Gesetz` finds `Haushaltsgesetz`";
            return Err(Fault::new(at, "`*` stands for the end of a word only").hint(hint));
        }
        if beginning.chars().count() < 2 || words::tokens(beginning).count() != 1 {
            return Err(Fault::new(at, "before `*` stands the beginning of one word, of two letters at least"));
        }
        Ok(Query::Prefix(field, beginning.to_owned()))
    }
}

/// The known name that is most like this one.
fn nearest(name: &str) -> Option<&'static str> {
    let like = NAMES.iter().map(|(known, _)| (strsim::jaro_winkler(name, known), *known));
    // Found by hand, as for the keys of definitions: `titl`, `autr` and `sinse` are above it.
    like.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.8).map(|(_, known)| known)
}
