//! Goes through a text from left to right and makes readings of the dates in it.
//!
//! Comes in: a text and the context. Goes out: readings, and why there was none. It decides
//! nothing about the words: that is the grammar's, and the setting's.

use super::calendar::{Calendar, Refused, When, with_year};
use super::clock::Clock;
use super::expression::{Expression, What, expression};
use super::kind::Kind;
use super::relative::Place;
use super::window::Window;
use super::{Basis, Context, LocalTime, Precision, Reading, Refusal, Role, ZoneOrigin, resolve, role, setting};
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// The dates of a text, in its order.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    window: Window<'a>,
    context: Context,
    /// The next token to look at.
    at: usize,
    /// The token behind the last date: no lead-in reaches back over it.
    floor: usize,
    ranges: Ranges,
    /// Why the first thing that had the shape of a date was none.
    refusal: Option<Refusal>,
}

/// What becomes of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ranges {
    /// It is no date.
    Refused,
    /// It is read as its first day.
    Start,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, context: &Context, ranges: Ranges) -> Scanner<'a> {
        Scanner { window: Window::new(text), context: *context, at: 0, floor: 0, ranges, refusal: None }
    }

    /// Why there was no date, once all of the text is read.
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    fn refuse(&mut self, why: Refusal, next: usize) {
        if self.refusal.is_none() || self.refusal == Some(Refusal::NoDate) {
            self.refusal = Some(why);
        }
        self.at = next.max(self.at + 1);
    }

    fn accept(&mut self, expression: &Expression, next: usize) -> Option<Reading> {
        let reading = self.reading(expression, next);
        match reading {
            Some(_) => {
                self.at = next.max(self.at + 1);
                self.floor = self.at;
            }
            None if matches!(expression.what, What::Relative(_)) => self.refuse(Refusal::Vague, next),
            None => self.refuse(Refusal::Impossible, next),
        }
        reading
    }

    fn reading(&self, said: &Expression, next: usize) -> Option<Reading> {
        let context = &self.context;
        let local_now = context.now.with_timezone(&context.zone);
        let (date, mut precision) = match said.what {
            What::Calendar(Calendar { when: When::Date(date), .. }) => (date, Precision::Day),
            What::Calendar(Calendar { when: When::Month { year, month }, .. }) => {
                (NaiveDate::from_ymd_opt(year, month, 1)?, Precision::Month)
            }
            What::Calendar(Calendar { when: When::Yearless { month, day }, .. }) => {
                (with_year(month, day, said.weekday, local_now.date_naive())?, Precision::Day)
            }
            What::Relative(relative) => match relative.place(local_now, said.clock.as_ref())? {
                Place::Day(day) => (day, Precision::Day),
                Place::Month(month) => (month, Precision::Month),
                Place::Instant(at) => return Some(self.answer(at.fixed_offset(), Precision::Minute, said, next)),
            },
        };
        let mut zone = ZoneOrigin::Assumed;
        let (at, local) = match said.clock {
            Some(clock) => {
                precision = if clock.second.is_some() { Precision::Second } else { Precision::Minute };
                let time = wall_time(date, &clock)?;
                match clock.offset {
                    Some(offset) => {
                        zone = ZoneOrigin::Stated;
                        (resolve::stated(time, offset)?, LocalTime::Plain)
                    }
                    None => resolve::local(time, context.zone, clock.second_pass)?,
                }
            }
            // No time was said, so that none was skipped.
            None => (resolve::local(date.and_time(NaiveTime::MIN), context.zone, None)?.0, LocalTime::Plain),
        };
        let doubtful = said.weekday.is_some_and(|day| u32::from(day) != date.weekday().num_days_from_monday());
        Some(Reading { zone, local, doubtful, ..self.answer(at, precision, said, next) })
    }

    /// A reading with what the words around it say.
    fn answer(&self, at: DateTime<FixedOffset>, precision: Precision, said: &Expression, next: usize) -> Reading {
        let w = &self.window;
        let role = match role::role(w, self.at, next, self.floor) {
            // Nothing is published from two to four.
            Role::Unknown if said.clock.is_some_and(|clock| clock.span) => Role::Event,
            role => role,
        };
        let basis = match said.what {
            What::Relative(_) => Basis::Relative,
            What::Calendar(Calendar { when: When::Yearless { .. }, .. }) => Basis::Yearless,
            What::Calendar(_) => Basis::Absolute,
        };
        Reading {
            at,
            precision,
            role,
            zone: ZoneOrigin::Assumed,
            local: LocalTime::Plain,
            span: w.get(self.at).start..w.get(next - 1).end,
            doubtful: false,
            basis,
        }
    }
}

/// The clock on the wall; 24 Uhr is the beginning of the next day, and so is a leap second.
fn wall_time(date: NaiveDate, clock: &Clock) -> Option<NaiveDateTime> {
    let leap = clock.second == Some(60);
    let second = if leap { 59 } else { clock.second.unwrap_or(0) };
    let date = if clock.hour == 24 { date.checked_add_days(Days::new(1))? } else { date };
    let time = date.and_hms_nano_opt(clock.hour % 24, clock.minute, second, clock.nanos)?;
    if leap { time.checked_add_signed(TimeDelta::seconds(1)) } else { Some(time) }
}

impl Iterator for Scanner<'_> {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        while self.window.reach(self.at) {
            if !begins(self.window.get(self.at).kind) {
                self.at += 1;
                continue;
            }
            match expression(&self.window, self.at) {
                Ok(Some((said, next))) if setting::fits(&self.window, self.at, next, self.floor, &said) => {
                    if let Some(reading) = self.accept(&said, next) {
                        return Some(reading);
                    }
                }
                Ok(_) => self.at += 1,
                Err(Refused { why: Refusal::Range, start: Some(start), next }) if self.ranges == Ranges::Start => {
                    let said = Expression { what: What::Calendar(start), weekday: None, clock: start.clock };
                    if let Some(reading) = self.accept(&said, next) {
                        return Some(reading);
                    }
                }
                Err(refused) => self.refuse(refused.why, refused.next),
            }
        }
        None
    }
}

/// Whether a date can begin with it.
fn begins(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Number
            | Kind::Month(_)
            | Kind::Weekday(_)
            | Kind::Day(_)
            | Kind::Before
            | Kind::In
            | Kind::Il
            | Kind::A
            | Kind::An
            | Kind::Hier
            | Kind::Aujourd
            | Kind::Now
            | Kind::Just
            | Kind::Last
            | Kind::Next
            | Kind::Numeral(_)
            | Kind::Midnight
            | Kind::Noon
    )
}
