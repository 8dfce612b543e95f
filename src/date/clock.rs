//! The grammar of the time of day and of its zone.
//!
//! Comes in: tokens and the place to begin at. Goes out: the time as said, and the place behind
//! it. A time that cannot be (`25:10 Uhr`) is refused; what only looks like one (a score, a
//! price) is none.

use super::Refusal;
use super::calendar::{Found, Refused};
use super::kind::{Kind, Part};
use super::lex::Gap;
use super::window::Window;

/// A time of day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// 0 to 24.
    pub hour: u32,
    pub minute: u32,
    /// 0 to 60; `None` if not said.
    pub second: Option<u32>,
    pub nanos: u32,
    /// East of Greenwich, in seconds.
    pub offset: Option<i32>,
    /// Which of the two, when the hour is doubled: `2A` is the first, `2B` the second.
    pub second_pass: Option<bool>,
    /// The beginning of a span: `14–16 Uhr`.
    pub span: bool,
}

/// How surely a number that begins here is an hour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `14:30`
    Colon,
    /// `14.30`, which is also a price and a day.
    Dot,
    /// `14 Uhr`, `14h`
    Word,
    /// `14`
    Bare,
}

/// A time with its zone. `dated`: it stands behind a date, so that `14.30` needs no `Uhr`.
pub(super) fn clock(w: &Window, at: usize, dated: bool) -> Found<Clock> {
    match w.get(at).kind {
        Kind::Midnight => Ok(Some((plain(24, 0), at + 1))),
        Kind::Noon => Ok(Some((plain(12, 0), at + 1))),
        Kind::Number => spoken(w, at, dated),
        _ => Ok(None),
    }
}

fn plain(hour: u32, minute: u32) -> Clock {
    Clock { hour, minute, second: None, nanos: 0, offset: None, second_pass: None, span: false }
}

fn spoken(w: &Window, at: usize, dated: bool) -> Found<Clock> {
    if w.before(at).kind == Kind::T && w.get(at).tight() && w.get(at).digits > 2 {
        return basic(w, at);
    }
    // `1430 Uhr`
    if w.get(at).digits == 4 && w.get(at + 1).kind == Kind::Uhr && w.get(at + 1).near() {
        return Ok(basic(w, at)?.map(|(time, next)| (time, next + 1)));
    }
    let Some((mut time, mut shape, mut next)) = digits(w, at) else { return Ok(None) };
    if let Some(mark) = doubled(w, next) {
        time.second_pass = Some(mark);
        next += 1;
    }
    let word = w.get(next);
    if word.near() && matches!(word.kind, Kind::Uhr | Kind::H) {
        next += 1;
        if matches!(shape, Shape::Bare) {
            // `14 Uhr 30`, `14h30`
            let minute = w.get(next).number(2, 2).filter(|_| w.get(next).gap <= Gap::Space && !is_joined(w, next + 1));
            if let Some(minute) = minute {
                time.minute = minute;
                next += 1;
                next += usize::from(w.get(next).kind == Kind::Unit(super::kind::Unit::Minute));
            }
        }
        shape = Shape::Word;
        if let Some(mark) = doubled(w, next) {
            time.second_pass = Some(mark);
            next += 1;
        }
    }
    if let Some((hour, after)) = half_day(w, next, time.hour) {
        time.hour = hour;
        next = after;
        shape = if shape == Shape::Bare { Shape::Word } else { shape };
    }
    let um = matches!(w.before(at).kind, Kind::Um | Kind::A) && !w.get(at).tight();
    let certain = match shape {
        Shape::Colon | Shape::Word => true,
        Shape::Dot => um || (dated && ends_clause(w, next)),
        Shape::Bare => false,
    };
    let full = time.second.is_some() || w.before(at).kind == Kind::T;
    let (span, after) = if full { (false, next) } else { span(w, next, certain || shape == Shape::Dot) };
    let certain = certain || span;
    if !certain {
        return if shape == Shape::Bare && um && ends_clause(w, next) && time.hour <= 24 {
            Ok(Some((time, next)))
        } else {
            Ok(None)
        };
    }
    time.span = span;
    next = after;
    let impossible = time.hour > 24
        || time.minute > 59
        || time.second.is_some_and(|s| s > 60)
        || (time.hour == 24 && (time.minute > 0 || time.second.unwrap_or(0) > 0));
    if impossible && time.hour > 24 && shape == Shape::Colon && !um && !full {
        // `33:27` behind a date is the score of a match.
        return Ok(None);
    }
    if impossible {
        return Err(Refused::new(Refusal::Impossible, next));
    }
    if !span && let Some((offset, after)) = zone(w, next, full)? {
        time.offset = Some(offset);
        next = after;
    }
    Ok(Some((time, next)))
}

/// `14:30:15,123`, `14.30`, `14`.
fn digits(w: &Window, at: usize) -> Option<(Clock, Shape, usize)> {
    let mut time = plain(w.get(at).number(1, 2)?, 0);
    let mut next = at + 1;
    let marked = doubled(w, next).filter(|_| is_joined(w, next + 1));
    if marked.is_some() {
        time.second_pass = marked;
        next += 1;
    }
    let mark = w.get(next);
    let two = |at: usize| w.get(at).number(2, 2).filter(|_| w.get(at).tight());
    if !(mark.tight() && matches!(mark.kind, Kind::Colon | Kind::Dot)) {
        return Some((time, Shape::Bare, next));
    }
    let Some(minute) = two(next + 1) else {
        // `14:3` is a score; `14.` and `14:` end a clause.
        let number = w.get(next + 1).is_number() && w.get(next + 1).tight();
        return (!number).then_some((time, Shape::Bare, next));
    };
    time.minute = minute;
    next += 2;
    if w.get(next).kind == mark.kind
        && w.get(next).tight()
        && let Some(second) = two(next + 1)
    {
        time.second = Some(second);
        next += 2;
        let point = w.get(next);
        let fraction = w.get(next + 1);
        if point.tight()
            && fraction.tight()
            && fraction.is_number()
            && matches!((mark.kind, point.kind), (Kind::Colon, Kind::Dot | Kind::Comma))
        {
            time.nanos = nanos(w.words(fraction));
            next += 2;
        }
    }
    // `1:23:4`, `12.50.7`, `10:30:15:99`
    if is_joined(w, next) {
        return None;
    }
    Some((time, if mark.kind == Kind::Colon { Shape::Colon } else { Shape::Dot }, next))
}

/// `143015`, if a clock can show it.
pub(super) fn of_six_digits(value: u32) -> Option<Clock> {
    let (hour, minute, second) = (value / 10_000, value / 100 % 100, value % 100);
    (hour < 24 && minute < 60 && second < 60).then_some(Clock { second: Some(second), ..plain(hour, minute) })
}

/// `143015` behind the `T` of ISO 8601's basic format.
fn basic(w: &Window, at: usize) -> Found<Clock> {
    let token = w.get(at);
    let (hour, minute, second) = match token.digits {
        4 => (token.value / 100, token.value % 100, None),
        6 => (token.value / 10_000, token.value / 100 % 100, Some((token.value % 100) as u32)),
        _ => return Ok(None),
    };
    if hour > 24
        || minute > 59
        || second.is_some_and(|s| s > 60)
        || (hour == 24 && (minute > 0 || second.unwrap_or(0) > 0))
    {
        return Err(Refused::new(Refusal::Impossible, at + 1));
    }
    let mut time = Clock { second, ..plain(hour as u32, minute as u32) };
    let mut next = at + 1;
    if let Some((offset, after)) = zone(w, next, true)? {
        time.offset = Some(offset);
        next = after;
    }
    Ok(Some((time, next)))
}

/// The first nine digits of a fraction of a second. What is no ASCII digit (`½`) ends it.
fn nanos(digits: &str) -> u32 {
    let mut nanos = 0;
    let mut digits = digits.bytes().map_while(|b| b.is_ascii_digit().then(|| b - b'0'));
    for _ in 0..9 {
        nanos = nanos * 10 + u32::from(digits.next().unwrap_or(0));
    }
    nanos
}

/// A mark of joining with a number behind it: what stands before is but a part of something.
fn is_joined(w: &Window, at: usize) -> bool {
    let mark = w.get(at);
    mark.tight() && matches!(mark.kind, Kind::Dot | Kind::Colon) && w.get(at + 1).is_number() && w.get(at + 1).tight()
}

/// The letter that German law gives the two hours from 2 to 3 when summer time ends.
fn doubled(w: &Window, at: usize) -> Option<bool> {
    let token = w.get(at);
    if token.gap > Gap::Space || token.end - token.start != 1 {
        return None;
    }
    match w.words(token) {
        "A" => Some(false),
        "B" => Some(true),
        _ => None,
    }
}

/// `abends`, `pm`: the half of the day.
fn half_day(w: &Window, at: usize, hour: u32) -> Option<(u32, usize)> {
    let token = w.get(at);
    if !token.near() {
        return None;
    }
    let later = if hour < 12 { hour + 12 } else { hour };
    match token.kind {
        Kind::Part(Part::Morning) | Kind::Day(1) => Some((hour, at + 1)),
        Kind::Part(Part::Noon) => Some((if hour <= 3 { later } else { hour }, at + 1)),
        Kind::Part(Part::Afternoon) => Some((later, at + 1)),
        Kind::Part(Part::Night) => Some((if (8..=12).contains(&hour) { hour + 12 } else { hour }, at + 1)),
        Kind::Midnight if hour == 12 => Some((24, at + 1)),
        Kind::Midnight if hour == 0 || hour == 24 => Some((hour, at + 1)),
        // `8 Uhr am Abend`
        Kind::Am if w.get(at + 1).near() && matches!(w.get(at + 1).kind, Kind::Part(_) | Kind::Day(1)) => {
            half_day(w, at + 1, hour)
        }
        // `2:30 p.m.`
        Kind::Pm => Some((later, at + 1)),
        Kind::Am if hour <= 12 && ends_clause(w, at + 1) => Some((hour % 12, at + 1)),
        Kind::Word if matches!(w.words(token), "p" | "P") && is_meridiem(w, at) => Some((later, at + 4)),
        Kind::A if w.words(token).eq_ignore_ascii_case("a") && is_meridiem(w, at) => Some((hour % 12, at + 4)),
        _ => None,
    }
    .filter(|_| hour <= 24)
}

fn is_meridiem(w: &Window, at: usize) -> bool {
    w.get(at + 1).kind == Kind::Dot
        && w.words(w.get(at + 2)).eq_ignore_ascii_case("m")
        && w.get(at + 3).kind == Kind::Dot
}

/// Nothing follows that a number could be counting.
fn ends_clause(w: &Window, at: usize) -> bool {
    let next = w.get(at);
    match next.kind {
        Kind::Word | Kind::Number | Kind::Amount | Kind::Unit(_) | Kind::Month(_) | Kind::Weekday(_) => {
            next.gap >= Gap::Line
        }
        Kind::Article | Kind::Numeral(_) => false,
        _ => true,
    }
}

/// The end of a span of time, which is passed over: `–16 Uhr`, `bis 17:30`.
fn span(w: &Window, at: usize, begun: bool) -> (bool, usize) {
    let mark = w.get(at);
    if mark.gap > Gap::Space || !matches!(mark.kind, Kind::Dash | Kind::Until) || w.get(at + 1).gap > Gap::Space {
        return (false, at);
    }
    let Some((time, shape, next)) = digits(w, at + 1) else { return (false, at) };
    let uhr = matches!(w.get(next).kind, Kind::Uhr | Kind::H) && w.get(next).near();
    let is_time = match shape {
        Shape::Colon => true,
        _ => uhr,
    };
    // `14:30-0200` and `14:30-02:00` are offsets; the caller asks for the span only of a time.
    if !is_time || time.hour > 24 || time.minute > 59 || time.second.is_some() || (!begun && !uhr) {
        return (false, at);
    }
    (true, next + usize::from(uhr))
}

/// A zone behind a time: `MESZ`, `(UTC+2)`, `+0200`, `Z`. A tight hyphen with hours and minutes is
/// an offset only in `full` times: `10:00-12:00` is a span.
fn zone(w: &Window, at: usize, full: bool) -> Result<Option<(i32, usize)>, Refused> {
    let open = usize::from(w.get(at).kind == Kind::Open && w.get(at).near());
    let at = at + open;
    let token = w.get(at);
    if token.gap > Gap::Space {
        return Ok(None);
    }
    let found = match token.kind {
        Kind::Zone(minutes) => {
            let lower = !token.capital;
            if lower && !token.tight() {
                return Ok(None);
            }
            let name = i32::from(minutes) * 60;
            // `GMT+0200`, `UTC+2`
            match w.get(at + 1).tight().then(|| offset(w, at + 1, true)).flatten() {
                Some((seconds, next)) => Some((name + seconds, next)),
                None => Some((name, at + 1)),
            }
        }
        Kind::Plus | Kind::Dash => offset(w, at, full),
        _ => None,
    };
    match found {
        Some((seconds, next)) if seconds.abs() < 86_400 => {
            Ok(Some((seconds, next + usize::from(open == 1 && w.get(next).kind == Kind::Close))))
        }
        Some((_, next)) => Err(Refused::new(Refusal::Impossible, next)),
        None => Ok(None),
    }
}

/// `+02:00`, `-0330`, `+02`, and `+2` behind the name of a zone.
fn offset(w: &Window, at: usize, full: bool) -> Option<(i32, usize)> {
    let sign = match w.get(at).kind {
        Kind::Plus => 1,
        Kind::Dash if full => -1,
        _ => return None,
    };
    let number = w.get(at + 1);
    if !number.tight() || !number.is_number() {
        return None;
    }
    let value = number.value as i32;
    let (hours, minutes, next) = match number.digits {
        4 => (value / 100, value % 100, at + 2),
        1 | 2 => match (w.get(at + 2).kind, w.get(at + 3).number(2, 2)) {
            (Kind::Colon, Some(minutes)) if w.get(at + 2).tight() && w.get(at + 3).tight() => {
                (value, minutes as i32, at + 4)
            }
            _ if w.get(at).tight() => (value, 0, at + 2),
            _ => return None,
        },
        _ => return None,
    };
    // RFC 3339, section 5.6: hours to 23, minutes to 59. What is beyond cannot be.
    let seconds = if hours < 24 && minutes < 60 { hours * 3600 + minutes * 60 } else { 86_400 };
    Some((sign * seconds, next))
}
