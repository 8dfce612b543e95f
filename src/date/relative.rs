//! The grammar of dates that are counted from now: `gestern um 18:05`, `vor 3 Stunden`, `letzten
//! Montag`, `3 hours ago`, `il y a 3 heures`.
//!
//! Comes in: tokens and the place to begin at. Goes out: a count, not yet a day; what names no
//! day (`vor wenigen Tagen`, `letzte Woche`) is none.

use super::Refusal;
use super::calendar::{Found, Refused};
use super::clock::Clock;
use super::expression::{Expression, What, clock_behind, is_word};
use super::kind::{Kind, Part, Unit};
use super::lex::Gap;
use super::window::Window;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta};
use chrono_tz::Tz;

/// A day or an instant, counted from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    /// So many seconds from now.
    Elapsed(i64),
    /// So many days from today.
    Days(i64),
    /// The month that lies so many from this one.
    Months(i32),
    /// The weekday (0 is Monday) and which of them.
    Weekday(u8, Which),
}

/// Which of the days of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The latest that is past, today's included: what is published has happened.
    Latest,
    /// The latest before today.
    Last,
    /// The first after today.
    Next,
    /// That of the week before this one.
    LastWeek,
}

/// What a relative date comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Instant(DateTime<Tz>),
    Day(NaiveDate),
    Month(NaiveDate),
}

/// So many years are counted from the day a page is read; more are counted in a tale.
const YEARS: i32 = 20;

impl Relative {
    /// The place of it, seen from `now`; with its time of day, if one was said.
    pub fn place(self, now: DateTime<Tz>, clock: Option<&Clock>) -> Option<Place> {
        let today = now.date_naive();
        match self {
            Relative::Elapsed(seconds) => {
                let at = now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?;
                (seconds.abs() <= i64::from(YEARS) * 366 * 86_400).then_some(Place::Instant(at))
            }
            Relative::Days(days) => {
                let day = today.checked_add_signed(TimeDelta::try_days(days)?)?;
                (days.abs() <= i64::from(YEARS) * 366).then_some(Place::Day(day))
            }
            Relative::Months(months) => {
                let first = today.with_day(1)?;
                let count = Months::new(months.unsigned_abs());
                let month =
                    if months < 0 { first.checked_sub_months(count)? } else { first.checked_add_months(count)? };
                (months.abs() <= YEARS * 12).then_some(Place::Month(month))
            }
            Relative::Weekday(day, which) => {
                let back = (7 + today.weekday().num_days_from_monday() - u32::from(day)) % 7;
                let later = clock.is_some_and(|clock| {
                    use chrono::Timelike;
                    (clock.hour, clock.minute) > (now.hour(), now.minute())
                });
                let back = match which {
                    Which::Latest if back == 0 && later => 7,
                    Which::Latest => back,
                    Which::Last if back == 0 => 7,
                    Which::Last => back,
                    Which::LastWeek => today.weekday().num_days_from_monday() + 7 - u32::from(day),
                    Which::Next => return Some(Place::Day(today.checked_add_days(Days::new(u64::from(7 - back)))?)),
                };
                Some(Place::Day(today.checked_sub_days(Days::new(u64::from(back)))?))
            }
        }
    }
}

/// The relative date that begins at this token.
pub(super) fn relative(w: &Window, at: usize) -> Found<Expression> {
    let token = w.get(at);
    let counted = match token.kind {
        // With a capital letter inside of a sentence it is the noun: `am Morgen`, `jeden Morgen`.
        Kind::Day(1) if token.capital && is_word(w.before(at).kind) && token.gap < Gap::Line => return Ok(None),
        Kind::Day(days) => return day_with_time(w, at + 1, Relative::Days(i64::from(days))),
        Kind::Weekday(day) => {
            let next = at + 1;
            let next = next + usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
            if w.get(next).kind == Kind::Last && w.get(next + 1).kind == Kind::Unit(Unit::Week) {
                return day_with_time(w, next + 2, Relative::Weekday(day, Which::LastWeek));
            }
            return day_with_time(w, next, Relative::Weekday(day, Which::Latest));
        }
        Kind::Last | Kind::Next => return turned(w, at),
        Kind::Aujourd if w.get(at + 1).kind == Kind::Apostrophe && w.words(w.get(at + 2)) == "hui" => {
            return day_with_time(w, at + 3, Relative::Days(0));
        }
        Kind::Hier if w.get(at + 1).kind == Kind::A => {
            let found = day_with_time(w, at + 1, Relative::Days(-1))?;
            return Ok(found.filter(|(said, _)| said.clock.is_some()));
        }
        Kind::Before if vague(w, at + 1) => return Err(Refused::new(Refusal::Vague, at + 2)),
        Kind::Now => {
            let just = w.get(at + 1).kind == Kind::Just && w.get(at + 1).near();
            Some((Relative::Elapsed(0), at + 1 + usize::from(just)))
        }
        Kind::Just if matches!(w.get(at + 1).kind, Kind::Just | Kind::Now) && w.get(at + 1).near() => {
            Some((Relative::Elapsed(0), at + 2))
        }
        Kind::Just => Some((Relative::Elapsed(0), at + 1)),
        Kind::Before => duration(w, at + 1).map(|(length, next)| (length.counted(-1), next)),
        Kind::In => duration(w, at + 1).map(|(length, next)| (length.counted(1), next)),
        Kind::Il if w.words(w.get(at + 1)).eq_ignore_ascii_case("y") && w.words(w.get(at + 2)) == "a" => {
            duration(w, at + 3).map(|(length, next)| (length.counted(-1), next))
        }
        Kind::Number | Kind::Numeral(_) | Kind::A | Kind::An => duration(w, at)
            .filter(|(_, next)| w.get(*next).kind == Kind::Ago)
            .map(|(length, next)| (length.counted(-1), next + 1)),
        _ => None,
    };
    let Some((relative, next)) = counted else { return Ok(None) };
    // `vor 2 Tagen um 18:05`
    if let Relative::Days(_) = relative {
        return day_with_time(w, next, relative);
    }
    Ok(Some((Expression { what: What::Relative(relative), weekday: None, clock: None }, next)))
}

/// `wenigen Tagen`, `ein paar Stunden`.
fn vague(w: &Window, at: usize) -> bool {
    let article = usize::from(w.get(at).kind == Kind::Numeral(4));
    w.get(at + article).kind == Kind::Few
}

/// A day, the part of it, and its time: `gestern Abend um 8 Uhr`.
fn day_with_time(w: &Window, at: usize, day: Relative) -> Found<Expression> {
    let token = w.get(at);
    let part = match token.kind {
        _ if token.gap > Gap::Space => None,
        Kind::Part(part) => Some(part),
        Kind::Noon => Some(Part::Noon),
        Kind::Day(1) => Some(Part::Morning),
        _ => None,
    };
    let next = at + usize::from(part.is_some());
    let said = |clock| Expression { what: What::Relative(day), weekday: None, clock };
    Ok(Some(match clock_behind(w, next)? {
        Some((mut clock, next)) => {
            if part == Some(Part::Afternoon) && clock.hour < 12 {
                clock.hour += 12;
            }
            (said(Some(clock)), next)
        }
        None => (said(None), next),
    }))
}

/// `letzten Montag`, `kommenden Freitag um 9 Uhr`, `letzten Monat`.
fn turned(w: &Window, at: usize) -> Found<Expression> {
    match (w.get(at).kind, w.get(at + 1).kind) {
        _ if !w.get(at + 1).near() => Ok(None),
        (Kind::Last, Kind::Weekday(day)) => day_with_time(w, at + 2, Relative::Weekday(day, Which::Last)),
        (Kind::Next, Kind::Weekday(day)) => day_with_time(w, at + 2, Relative::Weekday(day, Which::Next)),
        (Kind::Last, Kind::Unit(Unit::Month)) => {
            let what = What::Relative(Relative::Months(-1));
            Ok(Some((Expression { what, weekday: None, clock: None }, at + 2)))
        }
        _ => Ok(None),
    }
}

/// A length of time, in quarters of each unit.
#[derive(Default, Clone, Copy)]
struct Length {
    seconds: i64,
    days: i64,
    months: i64,
}

impl Length {
    /// Counted from now: in days where days were said, in months where months were: `vor einer Woche` says
    /// no hour, `vor vier Monaten` no day.
    fn counted(self, sign: i64) -> Relative {
        if self.months > 0 {
            Relative::Months((sign * (self.months / 4)) as i32)
        } else if self.seconds == 0 && self.days % 4 == 0 && self.days > 0 {
            Relative::Days(sign * (self.days / 4))
        } else {
            Relative::Elapsed(sign * (self.seconds + self.days * 86_400) / 4)
        }
    }
}

/// `2 Std. 15 Min.`, `einer halben Stunde`, `etwa zwei Wochen`, `1,5 Stunden`.
fn duration(w: &Window, at: usize) -> Option<(Length, usize)> {
    let mut length = Length::default();
    let mut next = at + usize::from(w.get(at).kind == Kind::About);
    // `ca. 20 Minuten`
    next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    let mut end = None;
    for _ in 0..3 {
        if next > at && !w.get(next).near() {
            break;
        }
        let Some((quarters, unit, after)) = term(w, next) else { break };
        match unit {
            Unit::Second => length.seconds += quarters,
            Unit::Minute => length.seconds += quarters * 60,
            Unit::Hour => length.seconds += quarters * 3600,
            Unit::Day => length.days += quarters,
            Unit::Week => length.days += quarters * 7,
            Unit::Month => length.months += quarters,
            Unit::Year => length.months += quarters * 12,
        }
        end = Some(after);
        next = after + usize::from(matches!(w.get(after).kind, Kind::And | Kind::Comma));
    }
    end.map(|end| (length, end))
}

/// One count with its unit.
fn term(w: &Window, at: usize) -> Option<(i64, Unit, usize)> {
    let first = w.get(at);
    let (quarters, mut next) = match first.kind {
        Kind::Number if first.digits <= 4 => {
            let whole = 4 * first.value as i64;
            let point = matches!(w.get(at + 1).kind, Kind::Comma | Kind::Dot) && w.get(at + 1).tight();
            match w.get(at + 2).number(1, 1).filter(|_| point && w.get(at + 2).tight()) {
                Some(5) => (whole + 2, at + 3),
                _ if w.words(w.get(at + 1)) == "½" => (whole + 2, at + 2),
                _ => (whole, at + 1),
            }
        }
        // `einer halben`, `drei viertel`
        Kind::Numeral(count) if count % 4 == 0 => match w.get(at + 1).kind {
            Kind::Numeral(part) if part < 4 => (i64::from(count / 4 * part), at + 2),
            _ => (i64::from(count), at + 1),
        },
        Kind::Numeral(quarters) => (i64::from(quarters), at + 1),
        Kind::A | Kind::An => (4, at + 1),
        _ => return None,
    };
    let unit = w.get(next);
    if !unit.near() {
        return None;
    }
    next += 1;
    next += usize::from(w.get(next).kind == Kind::Dot && w.get(next).tight());
    match unit.kind {
        Kind::Unit(unit) => Some((quarters, unit, next)),
        Kind::H => Some((quarters, Unit::Hour, next)),
        Kind::An => Some((quarters, Unit::Year, next)),
        Kind::Minutes(minutes) => Some((quarters * i64::from(minutes), Unit::Minute, next)),
        _ => None,
    }
}
