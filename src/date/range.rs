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
        // `28. auf 29. August`, `28. & 29. August`
        let and = join.kind == Kind::And || (dot && (join.kind == Kind::Plus || matches!(w.words(join), "auf" | "&")));
        let word = join.kind == Kind::Until || and;
        let mark = matches!(join.kind, Kind::Dash | Kind::Slash) || (dot && join.kind == Kind::Comma);
        if !(word || mark) || join.gap > Gap::Space || (and && !dot) {
            return None;
        }
        // `Mo., 26., bis Mi., 28. August`
        let pair = join.kind == Kind::Comma && matches!(w.get(join_at + 1).kind, Kind::Until | Kind::And);
        let second_at = skip_to_day(w, join_at + 1 + usize::from(pair))?;
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
    if let Kind::Month(_) = first
        && let Some(next) = english_range(w, at)
    {
        return Some(Refused::new(Refusal::Range, next));
    }
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

/// `August 28–30, 2024`, `August 28 – September 2, 2024`.
fn english_range(w: &Window, at: usize) -> Option<usize> {
    w.get(at + 1).number(1, 2)?;
    let join = w.get(at + 2);
    if !matches!(join.kind, Kind::Dash | Kind::Until) || join.gap > Gap::Space {
        return None;
    }
    let next = w.get(at + 3);
    match next.kind {
        Kind::Month(_) => calendar(w, at + 3).ok().flatten().map(|(_, next)| next),
        Kind::Number if next.digits <= 2 && w.get(at + 4).kind == Kind::Comma => {
            w.get(at + 5).number(4, 4).map(|_| at + 6)
        }
        _ => None,
    }
}

/// A range whose first day stands before the token `at`: ` – 30.08.2024`, `bis zum Freitag, 30.
/// August`. `begin` is where that day begins.
pub(super) fn range_from(w: &Window, begin: usize, at: usize, first: Calendar) -> Result<(), Refused> {
    // `26. August, bis Freitag, 30. August`
    let at = at + usize::from(w.get(at).kind == Kind::Comma && w.get(at + 1).kind == Kind::Until);
    let join = w.get(at);
    let joins = match join.kind {
        Kind::Dash | Kind::Until | Kind::Slash => true,
        // `zwischen dem 5. Mai und dem 7. Juni`
        Kind::And => (1..=3).any(|back| begin.checked_sub(back).is_some_and(|at| w.words(w.get(at)) == "zwischen")),
        _ => false,
    };
    if !joins || join.gap > Gap::Space {
        return Ok(());
    }
    let Some(day_at) = skip_to_day(w, at + 1) else { return Ok(()) };
    // `August 2020 bis 2024`, `Mai 2023/2024`
    let year = w.get(day_at).number(4, 4).is_some_and(|year| (1900..2100).contains(&year));
    if matches!(first.when, When::Month { .. }) && !first.numeric && year {
        return Err(Refused { why: Refusal::Range, next: day_at + 1, start: Some(first) });
    }
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

/// Passes over the dot of `u.`, over `zum`, `einschließlich`, a weekday and an article.
fn skip_to_day(w: &Window, at: usize) -> Option<usize> {
    let mut next = at + usize::from(w.get(at).kind == Kind::Dot && w.words(w.before(at)) == "u");
    if w.words(w.get(next)).starts_with("einschl") {
        next += 1;
        next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    }
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
