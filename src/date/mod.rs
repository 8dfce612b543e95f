//! Reads dates.

mod calendar;
mod clock;
mod expression;
mod lex;
mod lexicon;
mod relative;
mod resolve;
mod role;
mod scan;
mod setting;
mod window;
mod write;

use scan::Scanner;
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
    Month,
    Day,
    Minute,
    Second,
}

/// What the words say that happened then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Published,
    Updated,
    Event,
    Unknown,
}

/// Whether the words named the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ZoneOrigin {
    Stated,
    Assumed,
}

/// Whether the local time exists once, twice or not at all in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LocalTime {
    Plain,
    Ambiguous,
    Skipped,
}

/// What the words of a date needed beside themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Nothing: they name the year.
    Absolute,
    /// The year of `now`, or the one before.
    Yearless,
    /// `now` itself.
    Relative,
}

/// A date that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub at: DateTime<FixedOffset>,
    pub precision: Precision,
    pub role: Role,
    pub zone: ZoneOrigin,
    pub local: LocalTime,
    /// Where in the text the words of the date stood, in bytes, without lead-in.
    pub span: Range<usize>,
    /// A weekday that contradicts the date.
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

/// Reads a short text that is a date with its surroundings.
pub fn read(text: &str, context: &Context) -> Option<Reading> {
    explain(text, context).ok()
}

/// Reads as [`read`] does, and says why where there is nothing to read.
pub fn explain(text: &str, context: &Context) -> Result<Reading, Refusal> {
    best(Scanner::new(text, context, false))
}

/// Reads as [`explain`] does, but takes a range for its first day.
pub fn read_start(text: &str, context: &Context) -> Result<Reading, Refusal> {
    best(Scanner::new(text, context, true))
}

/// Finds the dates of a running text, in its order.
pub fn find<'a>(text: &'a str, context: &'a Context) -> impl Iterator<Item = Reading> + 'a {
    Scanner::new(text, context, false)
}

/// Of several dates in a short text the first of the most exact.
fn best(mut scanner: Scanner) -> Result<Reading, Refusal> {
    let mut best: Option<Reading> = None;
    for reading in scanner.by_ref() {
        best = match best {
            Some(kept) if rank(&kept) >= rank(&reading) => Some(kept),
            _ => Some(reading),
        };
    }
    best.ok_or(scanner.refusal.unwrap_or(Refusal::NoDate))
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
