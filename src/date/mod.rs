//! Reads dates as people write them in German, with the English, French, ISO and RFC forms that
//! stand beside them in pages and feeds.
//!
//! Owns the reading of dates, the rules of local time, and the two strict forms that feeds carry.
//! Comes in: text, and a [`Context`] with `now` and a zone. Goes out: a [`Reading`], which says how
//! sure it is, or a [`Refusal`], which says why. It never asks the clock or the zone of the
//! machine, never invents what the words leave open, never panics, and takes time in proportion
//! to the text, whatever the text is.
//!
//! How: a lexer cuts the text into tokens and looks each word up once; a grammar reads calendar
//! dates, times, ranges and relative words from the tokens around the place it is at; then what
//! stands around a find decides whether it is a date or the number of something. The surprising
//! thing: what looks like a date and is none is passed over as a whole, because parts of it look
//! like dates, too (`31.04.2024` ends in a month, `2.10.24.1` begins with a day).

mod calendar;
mod clock;
mod expression;
mod iso;
mod kind;
mod lex;
mod lexicon;
mod range;
mod relative;
mod resolve;
mod role;
mod scan;
mod setting;
mod window;
mod words;
mod write;

use scan::{Ranges, Scanner};
pub use write::{rfc2822, rfc3339};

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Against what a date is read.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The moment that relative words start from.
    pub now: DateTime<Utc>,
    /// The zone of words that name none.
    pub zone: Tz,
}

/// How much of an instant the words said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// The month; the day is its first.
    Month,
    /// The day; the time is midnight.
    Day,
    /// The minute, or the hour.
    Minute,
    /// The second, or a part of it.
    Second,
}

/// What the words say that happened then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What the date stands with was published: `Veröffentlicht am`, `Von … |`.
    Published,
    /// It was changed: `Aktualisiert`, `Stand`.
    Updated,
    /// Something else happened: `Urteil vom`, `gültig bis`, any date inside of a sentence.
    Event,
    /// The words do not say.
    Unknown,
}

/// Whether the words named the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ZoneOrigin {
    /// `MESZ`, `+02:00`, `Z`.
    Stated,
    /// That of the [`Context`].
    Assumed,
}

/// Whether the local time exists once, twice or not at all in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LocalTime {
    /// Once; or the words said which of the two, or the offset.
    Plain,
    /// Twice: the first was taken.
    Ambiguous,
    /// Not at all: it was moved forward by the gap.
    Skipped,
}

/// What the words of a date needed beside themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Nothing: they name the year.
    Absolute,
    /// The year of `now`, or the one that the weekday shows, or the one before.
    Yearless,
    /// `now` itself.
    Relative,
}

/// A date that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The instant, with the offset that was stated or that holds in the zone; its year has four
    /// digits, its offset whole minutes.
    pub at: DateTime<FixedOffset>,
    /// How much of it the words said.
    pub precision: Precision,
    /// What happened then.
    pub role: Role,
    /// Whether the words named the zone.
    pub zone: ZoneOrigin,
    /// Whether the local time exists.
    pub local: LocalTime,
    /// Where in the text the words of the date stood, in bytes, without lead-in.
    pub span: Range<usize>,
    /// A weekday that the date does not fall on was named beside it.
    pub doubtful: bool,
    /// What the words needed beside themselves.
    pub basis: Basis,
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refusal {
    /// There is nothing like a date in it, or what is like one is a number of something else.
    NoDate,
    /// It has the shape of a date, but no calendar or clock shows it: `31.04.2024`, `25:10 Uhr`.
    Impossible,
    /// It is more than one day: `28.–30. August 2024`.
    Range,
    /// It says a time without saying which: a week, a year, `vor wenigen Tagen`.
    Vague,
}

/// Reads a short text that is a date with its surroundings: the value of a date field, a byline,
/// a line of a page. Of several dates the most exact counts, then that of publication, then the
/// first.
pub fn read(text: &str, context: &Context) -> Option<Reading> {
    explain(text, context).ok()
}

/// Reads as [`read`] does, and says why where there is nothing to read.
pub fn explain(text: &str, context: &Context) -> Result<Reading, Refusal> {
    best(Scanner::new(text, context, Ranges::Refused))
}

/// Reads as [`explain`] does, but takes a range for its first day.
pub fn read_start(text: &str, context: &Context) -> Result<Reading, Refusal> {
    best(Scanner::new(text, context, Ranges::Start))
}

/// Finds the dates of a running text, in its order: all of them, also those of events, also
/// months and relative ones; [`Reading::role`], [`Reading::precision`] and [`Reading::basis`] tell
/// them apart.
pub fn find<'a>(text: &'a str, context: &'a Context) -> impl Iterator<Item = Reading> + 'a {
    Scanner::new(text, context, Ranges::Refused)
}

fn best(mut scanner: Scanner) -> Result<Reading, Refusal> {
    let mut best: Option<Reading> = None;
    for reading in scanner.by_ref() {
        best = match best {
            Some(kept) if rank(&kept) >= rank(&reading) => Some(kept),
            _ => Some(reading),
        };
    }
    best.ok_or(scanner.refusal().unwrap_or(Refusal::NoDate))
}

fn rank(reading: &Reading) -> (bool, bool, u8) {
    let role = match reading.role {
        Role::Published => 3,
        Role::Unknown => 2,
        Role::Updated => 1,
        Role::Event => 0,
    };
    (reading.precision > Precision::Month, !reading.doubtful, role)
}

#[cfg(test)]
mod tests;
