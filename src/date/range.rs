//! The grammar of what is more than one day, and so no date: `28.–30. August`, `Mai bis August
//! 2024`, `Montag bis Freitag`.
//!
//! Comes in: tokens and the place to begin at. Goes out: the refusal, with the place behind the
//! range and with its start, for those who ask for it. It reads no single date as one.

use super::Refusal;
use super::calendar::{Calendar, Refused, When, calendar};
use super::expression::{clock_behind, is_joined_to_left, weekday};
use super::kind::Kind;
use super::lex::Gap;
use super::window::Window;
use chrono::{Datelike, NaiveDate};

/// `28. bis 30. August`, `15./16.2.`, `18. und Sonntag, 19. Mai`: days whose month comes later.
pub(super) fn days_before(w: &Window, at: usize) -> Option<Refused> {
    if is_joined_to_left(w, at) {
        return None;
    }
    let first = w.get(at).number(1, 2).filter(|day| (1..=31).contains(day))?;
    let mut place = at;
    for _ in 0..4 {
        w.get(place).number(1, 2)?;
        let dot = w.get(place + 1).kind == Kind::Dot && w.get(place + 1).tight();
        let join_at = place + 1 + usize::from(dot);
        let join = w.get(join_at);
        let word = matches!(join.kind, Kind::Until | Kind::And);
        let mark = matches!(join.kind, Kind::Dash | Kind::Slash) || (dot && join.kind == Kind::Comma);
        if !(word || mark) || join.gap > Gap::Space || (join.kind == Kind::And && !dot) {
            return None;
        }
        let second_at = skip_to_day(w, join_at + 1)?;
        match calendar(w, second_at) {
            Ok(Some((cal, next))) if w.get(second_at).is_number() => {
                let tight = join.tight() && w.get(second_at).tight();
                let dotted = w.get(second_at + 1).kind == Kind::Dot;
                // `Teil 2 – 28. August` has a dot on one side only.
                if matches!(cal.when, When::Month { .. }) || !(tight || word || dot == dotted) {
                    return None;
                }
                let when = match cal.when {
                    When::Date(date) => date.with_day(first).map(When::Date),
                    When::Yearless { month, .. } => Some(When::Yearless { month, day: first }),
                    When::Month { .. } => None,
                };
                let start = when.map(|when| Calendar { when, ..cal });
                return Some(Refused { why: Refusal::Range, next, start });
            }
            Err(refused) => return Some(refused),
            _ => place = second_at,
        }
    }
    None
}

/// `Mai bis August 2024`, `Mai/Juni 2024`, `Montag bis Freitag`: a name joined to another of its
/// kind. `Montag, 5. Mai – Freitag` is not meant: there the day stands between.
pub(super) fn names_before(w: &Window, at: usize) -> Option<Refused> {
    let first = w.get(at).kind;
    let join_at = at + 1 + usize::from(w.get(at + 1).kind == Kind::Dot && w.get(at + 1).tight());
    let join = w.get(join_at);
    let second = w.get(join_at + 1);
    if join.gap > Gap::Space
        || second.gap > Gap::Space
        || !matches!(join.kind, Kind::Dash | Kind::Slash | Kind::Until | Kind::And)
    {
        return None;
    }
    let mut next = join_at + 2;
    next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    match (first, second.kind) {
        (Kind::Month(month), Kind::Month(_)) => match calendar(w, join_at + 1) {
            Ok(Some((cal, next))) => {
                let start = match cal.when {
                    When::Month { year, .. } => {
                        Some(Calendar { when: When::Month { year, month: u32::from(month) }, ..cal })
                    }
                    _ => None,
                };
                Some(Refused { why: Refusal::Range, next, start })
            }
            _ => Some(Refused::new(Refusal::Range, next)),
        },
        (Kind::Weekday(_), Kind::Weekday(_)) => {
            let next = clock_behind(w, next).ok().flatten().map_or(next, |(_, next)| next);
            // `Samstag und Sonntag, 18. und 19. Mai` goes on with its days.
            Some(Refused::new(Refusal::Range, next))
        }
        _ => None,
    }
}

/// A range whose first day stands before this token: ` – 30.08.2024`, `bis zum Freitag, 30. August`.
pub(super) fn range_from(w: &Window, at: usize, first: Calendar) -> Result<(), Refused> {
    let join = w.get(at);
    if !matches!(join.kind, Kind::Dash | Kind::Until | Kind::Slash) || join.gap > Gap::Space {
        return Ok(());
    }
    let Some(day_at) = skip_to_day(w, at + 1) else { return Ok(()) };
    let Some((last, next)) = calendar(w, day_at)? else { return Ok(()) };
    let next = clock_behind(w, next).ok().flatten().map_or(next, |(_, next)| next);
    // The year is named once, behind the last day.
    let start = match (first.when, last.when) {
        (When::Yearless { month, day }, When::Date(last)) => {
            let earlier = i32::from((month, day) > (last.month(), last.day()));
            NaiveDate::from_ymd_opt(last.year() - earlier, month, day)
                .map(|date| Calendar { when: When::Date(date), ..first })
        }
        _ => Some(first),
    };
    Err(Refused { why: Refusal::Range, next, start })
}

/// Passes over `zum`, `einschließlich`, a weekday and an article.
fn skip_to_day(w: &Window, at: usize) -> Option<usize> {
    let mut next = at;
    if matches!(w.get(next).kind, Kind::Lead | Kind::Am) {
        next += 1;
    }
    if let Some((_, after)) = weekday(w, next) {
        next = after;
    } else if w.get(next).kind == Kind::Article {
        next += 1;
    }
    (w.get(next).gap <= Gap::Space).then_some(next)
}
