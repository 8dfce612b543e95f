//! Dates in queries: `seit:2024-08`, `bis:"28. August 2024"`, `am:gestern`, `since:30d`.

use crate::date::{self, Context, Precision};
use chrono::{DateTime, Datelike, Days, LocalResult, Months, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Which side of a date is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From its beginning on.
    Since,
    /// Up to its end.
    Until,
    /// From its beginning to its end.
    On,
}

/// The seconds since 1970 from which on, and before which, an article was published; `None` if the text is no date.
pub fn bounds(text: &str, side: Side, context: &Context) -> Option<(Option<i64>, Option<i64>)> {
    let (from, to) = period(text, context)?;
    let (from, to) = (Some(from.timestamp()), Some(to.timestamp()));
    Some(match side {
        Side::Since => (from, None),
        Side::Until => (None, to),
        Side::On => (from, to),
    })
}

/// The time that a text means: its beginning, and the moment behind its end. A year, a month and a day are that long; a
/// length of time (`30d`) ends now.
pub fn period(text: &str, context: &Context) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let text = text.trim();
    if let Some(length) = length(text) {
        return Some((context.now.checked_sub_signed(length)?, context.now));
    }
    if text.len() == 4
        && let Ok(year @ 1000..) = text.parse()
    {
        return span(NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year + 1, 1, 1)?, context.zone);
    }
    // `seit:"drei Monaten"`, as one says it.
    let text = if is_span(text) { &format!("vor {text}") } else { text };
    let reading = date::read(text, context)?;
    // The date is the whole of the text: what stands beside it would be passed over.
    let rest = [text.get(..reading.span.start)?, text.get(reading.span.end..)?].concat();
    if rest.chars().any(char::is_alphanumeric) {
        return None;
    }
    let day = reading.at.date_naive();
    match reading.precision {
        Precision::Month => {
            let first = day.with_day(1)?;
            span(first, first.checked_add_months(Months::new(1))?, context.zone)
        }
        Precision::Day => span(day, day.checked_add_days(Days::new(1))?, context.zone),
        Precision::Minute => {
            Some((reading.at.to_utc(), reading.at.to_utc().checked_add_signed(TimeDelta::minutes(1))?))
        }
        Precision::Second => {
            Some((reading.at.to_utc(), reading.at.to_utc().checked_add_signed(TimeDelta::seconds(1))?))
        }
    }
}

/// Whether it is a number of minutes, days, months …, in words.
fn is_span(text: &str) -> bool {
    const UNITS: [&str; 15] = [
        "minute", "minuten", "stunde", "stunden", "tag", "tage", "tagen", "woche", "wochen", "monat", "monate",
        "monaten", "jahr", "jahre", "jahren",
    ];
    let mut words = text.split_whitespace();
    matches!((words.next(), words.next(), words.next()), (Some(_), Some(unit), None) if UNITS.contains(&unit.to_lowercase().as_str()))
}

/// `30d`, `12h`, `2w`.
fn length(text: &str) -> Option<TimeDelta> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = text.get(..digits)?.parse().ok()?;
    match text.get(digits..)? {
        "m" | "min" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" | "t" => TimeDelta::try_days(number),
        "w" => TimeDelta::try_weeks(number),
        _ => None,
    }
}

fn span(from: NaiveDate, to: NaiveDate, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    Some((midnight(from, zone)?, midnight(to, zone)?))
}

/// The first moment of a day: where midnight is skipped, the hour behind it.
fn midnight(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_hms_opt(0, 0, 0)?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
        LocalResult::None => zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest().map(|at| at.to_utc()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, bounds};
    use crate::date::Context;
    use chrono::DateTime;

    #[test]
    fn a_date_is_as_long_as_its_words_say() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp();
        let context = Context {
            now: DateTime::from_timestamp(at("2024-11-01T12:00:00+01:00"), 0).unwrap(),
            zone: chrono_tz::Europe::Berlin,
        };
        for (text, from, to) in [
            ("2024", "2024-01-01T00:00:00+01:00", "2025-01-01T00:00:00+01:00"),
            ("2024-08", "2024-08-01T00:00:00+02:00", "2024-09-01T00:00:00+02:00"),
            ("August 2024", "2024-08-01T00:00:00+02:00", "2024-09-01T00:00:00+02:00"),
            ("2024-08-28", "2024-08-28T00:00:00+02:00", "2024-08-29T00:00:00+02:00"),
            ("28. August 2024", "2024-08-28T00:00:00+02:00", "2024-08-29T00:00:00+02:00"),
            ("gestern", "2024-10-31T00:00:00+01:00", "2024-11-01T00:00:00+01:00"),
            ("28.8.2024, 14:30 Uhr", "2024-08-28T14:30:00+02:00", "2024-08-28T14:31:00+02:00"),
            // A day of 25 hours.
            ("27.10.2024", "2024-10-27T00:00:00+02:00", "2024-10-28T00:00:00+01:00"),
            ("3 Tagen", "2024-10-29T00:00:00+01:00", "2024-10-30T00:00:00+01:00"),
            ("einem Tag", "2024-10-31T00:00:00+01:00", "2024-11-01T00:00:00+01:00"),
            ("30d", "2024-10-02T12:00:00+01:00", "2024-11-01T12:00:00+01:00"),
            ("12h", "2024-11-01T00:00:00+01:00", "2024-11-01T12:00:00+01:00"),
        ] {
            assert_eq!(bounds(text, Side::On, &context), Some((Some(at(from)), Some(at(to)))), "{text}");
            assert_eq!(bounds(text, Side::Since, &context), Some((Some(at(from)), None)), "{text}");
            assert_eq!(bounds(text, Side::Until, &context), Some((None, Some(at(to)))), "{text}");
        }
        for text in [
            "",
            "irgendwann",
            "28.–30. August 2024",
            "31.4.2024",
            "30x",
            "vielen Tagen",
            "99999999999999d",
            "Treffen am 28. August 2024",
        ] {
            assert_eq!(bounds(text, Side::Since, &context), None, "{text}");
        }
    }
}
