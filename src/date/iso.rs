//! The grammar of dates that begin with their year, after ISO 8601, and of what the world makes of
//! them (`2024/8/28`, `2024_08_28`).
//!
//! Comes in: tokens and the place of the year. Goes out: as from the calendar's grammar.

use super::Refusal;
use super::calendar::{Calendar, Found, Refused, When, date};
use super::clock;
use super::kind::Kind;
use super::window::Window;
use chrono::{NaiveDate, Weekday};

/// `2024-08-28`, `2024/08/28`, `2024.08.28`, `2024-W35-3`, `2024-08`.
pub(super) fn year_first(w: &Window, at: usize) -> Found<Calendar> {
    let Some(year) = w.get(at).number(4, 4) else { return Ok(None) };
    let mark = w.get(at + 1);
    if !mark.tight() {
        return Ok(None);
    }
    if mark.kind == Kind::W || (mark.kind == Kind::Dash && w.get(at + 2).kind == Kind::W) {
        return week_date(w, year as i32, at + 1 + usize::from(mark.kind == Kind::Dash));
    }
    if !(matches!(mark.kind, Kind::Dash | Kind::Slash | Kind::Dot | Kind::Underscore) && w.get(at + 2).tight()) {
        return Ok(None);
    }
    let Some(month) = w.get(at + 2).number(1, 2) else { return Ok(None) };
    let again = w.get(at + 3);
    if again.kind == mark.kind && again.tight() && w.get(at + 4).tight() && w.get(at + 4).is_number() {
        let Some(day) = w.get(at + 4).number(1, 2) else { return Ok(None) };
        let date = date(year as i32, month, day, at + 5)?;
        return Ok(Some((Calendar::numeric(When::Date(date)), at + 5)));
    }
    // ISO 8601, 4.1.2.3: the month with two digits. `2023-24` is a season and has no such month.
    let is_month = w.get(at + 2).digits == 2 && (1..=12).contains(&month) && (1900..2100).contains(&year);
    if matches!(mark.kind, Kind::Dash | Kind::Slash) && is_month {
        let when = When::Month { year: year as i32, month };
        return Ok(Some((Calendar { weak: true, ..Calendar::numeric(when) }, at + 3)));
    }
    Ok(None)
}

/// The week date of ISO 8601, section 4.1.4; a week without its day is no date.
fn week_date(w: &Window, year: i32, at: usize) -> Found<Calendar> {
    let number = w.get(at + 1);
    let (week, day, next) = match (number.kind, number.digits, w.get(at + 2).kind) {
        (Kind::Number, 3, _) => (number.value / 10, number.value % 10, at + 2),
        (Kind::Number, 2, Kind::Dash) if w.get(at + 3).number(1, 1).is_some() => {
            (number.value, w.get(at + 3).value, at + 4)
        }
        (Kind::Number, ..) => return Err(Refused::new(Refusal::Vague, at + 2)),
        _ => return Ok(None),
    };
    let weekday = (1..=7).contains(&day).then(|| Weekday::try_from(day as u8 - 1).ok()).flatten();
    match weekday.and_then(|weekday| NaiveDate::from_isoywd_opt(year, week as u32, weekday)) {
        Some(date) => Ok(Some((Calendar::numeric(When::Date(date)), next))),
        None => Err(Refused::new(Refusal::Impossible, next)),
    }
}

/// `20240828`, `20240828143000`: the basic format of ISO 8601, with and without its time.
pub(super) fn compact(w: &Window, at: usize) -> Found<Calendar> {
    let token = w.get(at);
    let (value, time) = match token.digits {
        8 => (token.value, None),
        _ => (token.value / 1_000_000, Some((token.value % 1_000_000) as u32)),
    };
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    if !(1970..2100).contains(&year) {
        return Ok(None);
    }
    let Some(date) = NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32) else { return Ok(None) };
    let clock = match time.map(clock::of_six_digits) {
        Some(None) => return Ok(None),
        Some(some) => some,
        None => None,
    };
    Ok(Some((Calendar { weak: true, clock, ..Calendar::numeric(When::Date(date)) }, at + 1)))
}
