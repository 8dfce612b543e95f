//! The grammar of days and months: what stands for a date without its time.
//!
//! Comes in: tokens and the place to begin at. Goes out: the day, month or yearless day, and the
//! place behind it. A shape that is a date but for its values (`31.04.2024`) is refused, so that
//! no part of it is read as something else. It knows neither `now` nor a zone.

use super::Refusal;
use super::clock::{self, Clock};
use super::iso;
use super::kind::Kind;
use super::lex::Gap;
use super::window::Window;
use chrono::{Datelike, NaiveDate};

/// What was read, and the number of the token behind it; `None` if it is something else.
pub(super) type Found<T> = Result<Option<(T, usize)>, Refused>;

/// Something that has the shape of a date and is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused {
    pub why: Refusal,
    /// The token behind it.
    pub next: usize,
    /// Where a range starts.
    pub start: Option<Calendar>,
}

impl Refused {
    pub fn new(why: Refusal, next: usize) -> Refused {
        Refused { why, next, start: None }
    }
}

/// A place in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Date(NaiveDate),
    Month { year: i32, month: u32 },
    Yearless { month: u32, day: u32 },
}

/// A calendar date as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub when: When,
    /// Written in digits only.
    pub numeric: bool,
    /// With a year of two digits.
    pub short: bool,
    /// A shape that much else has, too: it must stand alone or be led in.
    pub weak: bool,
    /// A time that stood inside, as in `Wed Aug 28 14:30:00 2024`.
    pub clock: Option<Clock>,
}

impl Calendar {
    fn named(when: When) -> Calendar {
        Calendar { when, numeric: false, short: false, weak: false, clock: None }
    }

    pub fn numeric(when: When) -> Calendar {
        Calendar { numeric: true, ..Calendar::named(when) }
    }
}

/// A date that begins at this token.
pub(super) fn calendar(w: &Window, at: usize) -> Found<Calendar> {
    let first = w.get(at);
    match (first.kind, first.digits) {
        (Kind::Month(month), _) => month_first(w, at, u32::from(month)),
        (Kind::Number, 1 | 2) => day_first(w, at),
        (Kind::Number, 4) => iso::year_first(w, at),
        (Kind::Number, 8 | 14) => iso::compact(w, at),
        _ => Ok(None),
    }
}

/// `28.08.2024`, `28. August 2024`, `28/08/2024`, `28-Aug-2024`, `28th of August`, `08/2024`.
fn day_first(w: &Window, at: usize) -> Found<Calendar> {
    let Some(day) = w.get(at).number(1, 2) else { return Ok(None) };
    let mark = w.get(at + 1);
    match mark.kind {
        Kind::Dot if mark.tight() => {
            let second = w.get(at + 2);
            match second.kind {
                Kind::Month(month) if second.near() => named(w, at + 2, day, u32::from(month)),
                Kind::Number if second.near() => dotted(w, at, day),
                _ => Ok(None),
            }
        }
        Kind::Month(month) if mark.near() => named(w, at + 1, day, u32::from(month)),
        Kind::Slash | Kind::Dash if mark.tight() && w.get(at + 2).tight() => match w.get(at + 2).kind {
            Kind::Month(month) => named(w, at + 2, day, u32::from(month)),
            Kind::Number => separated(w, at, day, mark.kind),
            _ => Ok(None),
        },
        Kind::Ordinal if mark.tight() => {
            let of = usize::from(w.get(at + 2).kind == Kind::Article);
            match w.get(at + 2 + of).kind {
                Kind::Month(month) => named(w, at + 2 + of, day, u32::from(month)),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// What follows the month of a day: its year, if there is one.
fn named(w: &Window, month_at: usize, day: u32, month: u32) -> Found<Calendar> {
    let next = after_dot(w, month_at + 1);
    match year_after(w, next, true) {
        Some((year, short, next)) => {
            let cal = Calendar { short, ..Calendar::named(When::Date(date(year, month, day, next)?)) };
            Ok(Some((cal, next)))
        }
        None if exists(month, day) => {
            // `9Jul`, and `12. Mai 202412`
            let weak = w.get(month_at).tight() && w.before(month_at).is_number();
            if w.get(next).is_number() && w.get(next).digits > 2 && w.get(next + 1).kind != Kind::Uhr {
                return Ok(None);
            }
            Ok(Some((Calendar { weak, ..Calendar::named(When::Yearless { month, day }) }, next)))
        }
        None => Err(Refused::new(Refusal::Impossible, next)),
    }
}

/// A year after the name of a month. One of two digits must not be the hour or the count of
/// something: `28. August 14:30`, `28. August 12 Personen`.
fn year_after(w: &Window, at: usize, short_too: bool) -> Option<(i32, bool, usize)> {
    let token = w.get(at);
    if !token.near() {
        return None;
    }
    match token.kind {
        Kind::Number => full_year(w, at).map(|year| (year, false, at + 1)).or_else(|| {
            let year = token.number(2, 2).filter(|_| short_too && is_year_of_two_digits(w, at))?;
            Some((century(year), true, at + 1))
        }),
        Kind::Apostrophe => Some((century(tight_two_digits(w, at + 1)?), true, at + 2)),
        // `5 Januar, 2015`
        Kind::Comma => full_year(w, at + 1).map(|year| (year, false, at + 2)),
        // `28-Aug-2024`, `28/Aug/2024`
        Kind::Dash | Kind::Slash if token.tight() && w.get(at + 1).tight() => full_year(w, at + 1)
            .map(|year| (year, false, at + 2))
            .or_else(|| Some((century(w.get(at + 1).number(2, 2).filter(|_| short_too)?), true, at + 2))),
        _ => None,
    }
}

/// A year of four digits that is no time of day (`1800 Uhr`).
fn full_year(w: &Window, at: usize) -> Option<i32> {
    let year = w.get(at).number(4, 4).filter(|_| w.get(at).near())?;
    ((1000..3000).contains(&year) && w.get(at + 1).kind != Kind::Uhr).then_some(year as i32)
}

fn tight_two_digits(w: &Window, at: usize) -> Option<u32> {
    w.get(at).number(2, 2).filter(|_| w.get(at).tight())
}

fn is_year_of_two_digits(w: &Window, at: usize) -> bool {
    let next = w.get(at + 1);
    match next.kind {
        Kind::Colon | Kind::Dot => !(next.tight() && w.get(at + 2).is_number() && w.get(at + 2).tight()),
        Kind::End | Kind::Comma | Kind::Semicolon | Kind::Bar | Kind::At | Kind::Um | Kind::Close => true,
        Kind::Dash | Kind::Slash => next.gap != Gap::None,
        Kind::Number => clock::clock(w, at + 1, true).is_ok_and(|c| c.is_some()),
        _ => next.gap >= Gap::Line,
    }
}

/// `28.08.2024`, `28. 8. 24`, `28.8.`, `08.2024`.
fn dotted(w: &Window, at: usize, day: u32) -> Found<Calendar> {
    let second = w.get(at + 2);
    let dot = w.get(at + 3);
    if !(dot.kind == Kind::Dot && dot.tight()) {
        return Ok(month_year(w, at, at + 2));
    }
    let Some(month) = second.number(1, 2) else { return Ok(None) };
    let year = w.get(at + 4);
    let (year, short, next) = match (year.kind, year.digits) {
        (Kind::Number, 4) if year.near() => match full_year(w, at + 4) {
            Some(year) => (year, false, at + 5),
            None => return Ok(None),
        },
        (Kind::Number, 2) if year.tight() || (year.near() && is_year_of_two_digits(w, at + 4)) => {
            (century(year.value as u32), true, at + 5)
        }
        (Kind::Apostrophe, _) if year.near() => match tight_two_digits(w, at + 5) {
            Some(year) => (century(year), true, at + 6),
            None => return Ok(None),
        },
        // `1.2.3` and `1.2.345` are versions.
        (Kind::Number, _) if year.tight() => return Ok(None),
        _ if exists(month, day) => {
            let cal = Calendar { weak: true, ..Calendar::numeric(When::Yearless { month, day }) };
            return Ok(Some((cal, at + 4)));
        }
        _ => return Ok(None),
    };
    let cal = Calendar { short, ..Calendar::numeric(When::Date(date(year, month, day, next)?)) };
    Ok(Some((cal, next)))
}

/// `28/08/2024`, `28-08-2024`, `08/28/2024`, `28/08/24`, `08/2024`.
fn separated(w: &Window, at: usize, first: u32, mark: Kind) -> Found<Calendar> {
    let again = w.get(at + 3);
    if !(again.kind == mark && again.tight() && w.get(at + 4).tight()) {
        return Ok(if mark == Kind::Slash { month_year(w, at, at + 2) } else { None });
    }
    let Some(second) = w.get(at + 2).number(1, 2) else { return Ok(None) };
    let (year, short) = match full_year(w, at + 4) {
        // Much else is written with strokes: `EU/1/20/1525`.
        Some(year) if !(1900..2100).contains(&year) => return Ok(None),
        Some(year) => (year, false),
        None => match w.get(at + 4).number(2, 2) {
            Some(year) if mark == Kind::Slash => (century(year), true),
            // `28-08-24` may begin with the year or with the day.
            _ => return Ok(None),
        },
    };
    // In German the day comes first; only where it cannot, the order is the American one.
    let (day, month) = if second > 12 && first <= 12 { (second, first) } else { (first, second) };
    let cal = Calendar { short, ..Calendar::numeric(When::Date(date(year, month, day, at + 5)?)) };
    Ok(Some((cal, at + 5)))
}

/// `08/2024`, `08.2024`.
fn month_year(w: &Window, month_at: usize, year_at: usize) -> Option<(Calendar, usize)> {
    let month = w.get(month_at).number(1, 2).filter(|m| (1..=12).contains(m))?;
    let year = w.get(year_at).number(4, 4).filter(|y| (1900..2100).contains(y))?;
    let two_digits = w.get(month_at).digits == 2;
    if !w.get(year_at).tight() || !(two_digits || w.get(month_at + 1).kind == Kind::Slash) {
        return None;
    }
    let when = When::Month { year: year as i32, month };
    Some((Calendar { weak: true, ..Calendar::numeric(when) }, year_at + 1))
}

/// `August 2024`, `Aug. ’24`, `August 28, 2024`, `Aug 28 14:30:00 2024`.
fn month_first(w: &Window, at: usize, month: u32) -> Found<Calendar> {
    let next = after_dot(w, at + 1);
    if let Some((year, _, next)) = year_after(w, next, false)
        && w.get(next - 2).kind != Kind::Comma
    {
        return Ok(Some((Calendar::named(When::Month { year, month }), next)));
    }
    let Some(day) = w.get(next).number(1, 2).filter(|_| w.get(next).near()) else { return Ok(None) };
    let next = next + 1;
    let ordinal = w.get(next).kind == Kind::Ordinal && w.get(next).tight();
    let next = next + usize::from(ordinal);
    let year_at = next + usize::from(w.get(next).kind == Kind::Comma);
    if let Some(year) = full_year(w, year_at) {
        let date = date(year, month, day, year_at + 1)?;
        return Ok(Some((Calendar::named(When::Date(date)), year_at + 1)));
    }
    // The form of asctime(3), and of date(1) with its zone.
    if let Ok(Some((clock, after))) = clock::clock(w, next, true)
        && let Some(year) = full_year(w, after)
    {
        let date = date(year, month, day, after + 1)?;
        return Ok(Some((Calendar { clock: Some(clock), ..Calendar::named(When::Date(date)) }, after + 1)));
    }
    let clear = ordinal || clock::clock(w, year_at, true).is_ok_and(|c| c.is_some());
    if clear && exists(month, day) {
        let cal = Calendar { weak: true, ..Calendar::named(When::Yearless { month, day }) };
        return Ok(Some((cal, next)));
    }
    Ok(None)
}

fn after_dot(w: &Window, at: usize) -> usize {
    at + usize::from(w.get(at).kind == Kind::Dot && w.get(at).tight())
}

/// Two digits stand for 1969 to 2068, as in POSIX (strptime, `%y`).
fn century(year: u32) -> i32 {
    (if year < 69 { 2000 + year } else { 1900 + year }) as i32
}

pub(super) fn date(year: i32, month: u32, day: u32, next: usize) -> Result<NaiveDate, Refused> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or(Refused::new(Refusal::Impossible, next))
}

/// Whether some year has that day.
fn exists(month: u32, day: u32) -> bool {
    NaiveDate::from_ymd_opt(2000, month, day).is_some()
}

/// The year that a day without one is meant in: the latest that is past, because what is published
/// has happened. A weekday beside it knows better: the latest past year, the next, or one of the
/// five before, in which the day falls on it.
pub(super) fn with_year(month: u32, day: u32, weekday: Option<u8>, today: NaiveDate) -> Option<NaiveDate> {
    let past = |years: i32| NaiveDate::from_ymd_opt(today.year() - years, month, day);
    // 29 February exists at least every eight years.
    let mut latest = (0..=8).filter_map(past).filter(|date| *date <= today);
    let first = latest.next()?;
    let Some(weekday) = weekday else { return Some(first) };
    let next = (1..=8).filter_map(|years| NaiveDate::from_ymd_opt(first.year() + years, month, day)).next();
    let falls = |date: &NaiveDate| date.weekday().num_days_from_monday() == u32::from(weekday);
    [Some(first), next].into_iter().flatten().chain(latest.take(5)).find(falls).or(Some(first))
}
