//! The grammar of a whole date: weekday, day, time and zone in any order that is written, and
//! the ranges that are none.
//!
//! Comes in: tokens and the place to begin at. Goes out: what was said, not yet an instant.

use super::Refusal;
use super::calendar::{Calendar, Found, Refused, When, calendar};
use super::clock::{self, Clock};
use super::kind::Kind;
use super::lex::Gap;
use super::range;
use super::relative::{self, Relative};
use super::setting::is_compound;
use super::window::Window;

/// A date as said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expression {
    pub what: What,
    /// 0 is Monday.
    pub weekday: Option<u8>,
    pub clock: Option<Clock>,
}

/// The day of an expression.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Calendar(Calendar),
    Relative(Relative),
}

/// The expression that begins at this token.
pub(super) fn expression(w: &Window, at: usize) -> Found<Expression> {
    let kind = w.get(at).kind;
    if matches!(kind, Kind::Number | Kind::Month(_) | Kind::Weekday(_))
        && let Some(found) = dated(w, at)?
    {
        return Ok(Some(found));
    }
    if matches!(kind, Kind::Number | Kind::Midnight | Kind::Noon)
        && let Some(found) = time_first(w, at)?
    {
        return Ok(Some(found));
    }
    relative::relative(w, at)
}

/// A calendar date, its weekday before or behind it, its time behind it.
fn dated(w: &Window, at: usize) -> Found<Expression> {
    let (weekday, day_at) = match weekday(w, at) {
        Some((day, next)) => (Some(day), next),
        None => (None, at),
    };
    if !w.get(day_at).near() && day_at > at {
        return Ok(None);
    }
    if let Some(range) = range::names_before(w, at) {
        return Err(range);
    }
    let Some((cal, next)) = calendar(w, day_at)? else {
        return match range::days_before(w, day_at) {
            Some(range) => Err(range),
            None => Ok(None),
        };
    };
    if is_part_of_number(w, day_at, next, &cal) {
        return Err(Refused::new(Refusal::NoDate, next));
    }
    range::range_from(w, at, next, cal)?;
    let (weekday, next) = match weekday {
        None => weekday_behind(w, next),
        some => (some, next),
    };
    let (time, next) = match cal.clock {
        Some(time) => (Some(time), next),
        None => match clock_behind(w, next)? {
            Some((time, next)) => (Some(time), next),
            None => (None, next),
        },
    };
    if time.is_some() {
        range::range_from(w, at, next, Calendar { clock: time, ..cal })?;
    }
    // `12.08.20 24`: the groups of a telephone number.
    let group = w.get(next);
    let dialled = group.is_number() && group.gap == Gap::Space && !is_word(w.get(next + 1).kind);
    if cal.short && cal.numeric && time.is_none() && dialled && w.get(next + 1).kind != Kind::Dot {
        return Err(Refused::new(Refusal::NoDate, next + 1));
    }
    if let When::Month { .. } = cal.when
        && time.is_some()
    {
        return Ok(None);
    }
    Ok(Some((Expression { what: What::Calendar(cal), weekday, clock: time }, next)))
}

/// `Mittwoch, den`, `Mi.,`, `Wed`.
pub(super) fn weekday(w: &Window, at: usize) -> Option<(u8, usize)> {
    let Kind::Weekday(day) = w.get(at).kind else { return None };
    let mut next = at + 1;
    next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    next += usize::from(w.get(next).kind == Kind::Comma && w.get(next).near());
    next += usize::from(w.get(next).kind == Kind::Article && w.get(next).near());
    Some((day, next))
}

/// `28.08.2024 (Mi)`, `28.08.2024, Mittwoch`.
fn weekday_behind(w: &Window, at: usize) -> (Option<u8>, usize) {
    let mark = w.get(at);
    let skip = usize::from(matches!(mark.kind, Kind::Open | Kind::Comma) && mark.gap <= Gap::Space);
    let Kind::Weekday(day) = w.get(at + skip).kind else { return (None, at) };
    let mut next = at + skip + 1;
    next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    if mark.kind == Kind::Open {
        return if w.get(next).kind == Kind::Close { (Some(day), next + 1) } else { (None, at) };
    }
    let another = next + usize::from(w.get(next).kind == Kind::Comma);
    let starts_another = matches!(calendar(w, another), Ok(Some(_)) | Err(_));
    if starts_another || w.get(at + skip).gap > Gap::Space { (None, at) } else { (Some(day), next) }
}

/// The time behind a date, whatever joins the two.
pub(super) fn clock_behind(w: &Window, at: usize) -> Found<Clock> {
    let mut next = at;
    for _ in 0..4 {
        let token = w.get(next);
        if !token.near() {
            return Ok(None);
        }
        let joins = match token.kind {
            Kind::Comma | Kind::Dash | Kind::Bar | Kind::Slash | Kind::At | Kind::Open | Kind::Semicolon => true,
            Kind::Colon | Kind::Um | Kind::A | Kind::About => true,
            // `ca. 14 Uhr`
            Kind::Dot => next > at && w.before(next).kind == Kind::About,
            Kind::T => token.tight() && w.get(next + 1).tight(),
            Kind::Lead => w.words(token) == "ab",
            Kind::Word => w.words(token) == "von",
            _ => false,
        };
        if !joins {
            break;
        }
        next += 1;
    }
    if !w.get(next).near() || (w.get(next).tight() && next == at) {
        return Ok(None);
    }
    let Some((time, after)) = clock::clock(w, next, true)? else { return Ok(None) };
    let opened = (at..next).any(|at| w.get(at).kind == Kind::Open);
    let close = opened && w.get(after).kind == Kind::Close;
    Ok(Some((time, after + usize::from(close))))
}

/// `14.30 Uhr | 28.08.2024`, `18:05 Uhr am 27. August`.
fn time_first(w: &Window, at: usize) -> Found<Expression> {
    if is_joined_to_left(w, at) {
        return Ok(None);
    }
    let Ok(Some((time, mut next))) = clock::clock(w, at, false) else { return Ok(None) };
    if time.span {
        return Ok(None);
    }
    for _ in 0..4 {
        match w.get(next).kind {
            Kind::Comma | Kind::Dash | Kind::Bar | Kind::Slash | Kind::Am | Kind::Article | Kind::Lead
                if w.get(next).near() =>
            {
                next += 1;
            }
            _ => break,
        }
    }
    if !w.get(next).near() {
        return Ok(None);
    }
    match dated(w, next)? {
        Some((Expression { what: What::Calendar(cal), weekday, clock: None }, after))
            if !matches!(cal.when, When::Month { .. }) =>
        {
            Ok(Some((Expression { what: What::Calendar(cal), weekday, clock: Some(time) }, after)))
        }
        Some(_) => Ok(None),
        None => match relative::relative(w, next)? {
            // `9 Uhr heute`
            Some((
                Expression {
                    what: What::Relative(day @ (Relative::Days(-3..=2) | Relative::Weekday(..))),
                    clock: None,
                    ..
                },
                after,
            )) => Ok(Some((Expression { what: What::Relative(day), weekday: None, clock: Some(time) }, after))),
            _ => Ok(None),
        },
    }
}

/// Digits that a mark joins to a number before them: `030/28.08.24`, `192.168.1.2.24`.
pub(super) fn is_joined_to_left(w: &Window, at: usize) -> bool {
    let mark = w.before(at);
    if !w.get(at).tight() || mark.kind == Kind::End {
        return false;
    }
    match mark.kind {
        Kind::Dot | Kind::Colon | Kind::Slash | Kind::Dash | Kind::Comma | Kind::Apostrophe => {
            mark.tight() && at >= 2 && w.get(at - 2).is_number()
        }
        Kind::Number => !w.get(at).split,
        _ => false,
    }
}

/// A date in digits that is only a part of a longer number, or the number of something.
fn is_part_of_number(w: &Window, at: usize, next: usize, cal: &Calendar) -> bool {
    let behind = w.get(next);
    if behind.tight() && behind.is_number() && !behind.split {
        return true;
    }
    if !cal.numeric {
        return false;
    }
    let mut before = w.before(at);
    if is_joined_to_left(w, at) {
        return true;
    }
    // `V2.10.24` is a version, `Klein25.10.2023` a scraped byline.
    let glued = w.get(at).tight()
        && !matches!(before.kind, Kind::Number | Kind::End)
        && before.end > before.start
        && is_word(before.kind);
    if glued && (cal.short || before.end - before.start < 3) {
        return true;
    }
    if matches!(before.kind, Kind::Dot | Kind::Colon) && at >= 2 {
        before = w.get(at - 2);
    }
    // `v. 28.8.2024` is `vom`, `v2.8.24` a version.
    let of = w.before(at).kind == Kind::Dot && !w.get(at).tight() && matches!(w.words(before), "v" | "V");
    if matches!(before.kind, Kind::Label | Kind::Week) && w.get(at).gap <= Gap::Space && !of {
        return true;
    }
    let digit_behind = w.get(next + 1).is_number() && w.get(next + 1).tight();
    if behind.tight() && digit_behind && behind.kind == Kind::Dot {
        return true;
    }
    if behind.kind == Kind::Amount && behind.gap <= Gap::Space {
        return true;
    }
    // `2.10.24-beta`
    if cal.short && is_compound(w, next) && !w.get(next + 1).capital {
        return true;
    }
    if cal.short {
        let joined = behind.tight() && digit_behind && matches!(behind.kind, Kind::Dash | Kind::Slash);
        // `030 12.08.20 24` is a telephone number.
        let close = usize::from(w.before(at).kind == Kind::Close && at >= 3 && w.get(at - 3).kind == Kind::Open);
        let before = w.before(at - close);
        let dialled = before.is_number()
            && w.get(at).gap == Gap::Space
            && (before.digits >= 3 || w.words(before).starts_with('0'))
            && !is_time_end(w, at);
        return joined || dialled;
    }
    false
}

fn is_time_end(w: &Window, at: usize) -> bool {
    at >= 2 && w.get(at - 2).kind == Kind::Colon
}

/// A token that is made of letters.
pub(super) fn is_word(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::End
            | Kind::Number
            | Kind::Dot
            | Kind::Comma
            | Kind::Colon
            | Kind::Semicolon
            | Kind::Dash
            | Kind::Slash
            | Kind::Plus
            | Kind::Underscore
            | Kind::Apostrophe
            | Kind::Open
            | Kind::Close
            | Kind::Bar
            | Kind::At
            | Kind::Sign
    )
}
