//! Times as feeds and pages write them.
//!
//! In comes an instant with its offset, out go RFC 3339 for Atom and JSON Feed, RFC 2822 for RSS,
//! and German words for people. Never asks what time it is, and never changes the instant or the
//! day that it falls on.

use crate::date::rfc3339;
use chrono::{DateTime, Datelike, FixedOffset, Timelike};

use crate::model::Precision;

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The instant in a form that RFC 2822 and RFC 3339 can both say, so that all formats say the same:
/// whole seconds, no leap second (`xsd:dateTime` has none), an offset of whole minutes, a year of
/// four digits. `Err` carries a year that has not.
pub fn writable(at: DateTime<FixedOffset>) -> Result<DateTime<FixedOffset>, i32> {
    // Local mean time, in force before 1893, has offsets such as +00:53:28. The next whole minute
    // keeps midnight on its day, where the one before would fall on the evening before.
    let seconds = at.offset().local_minus_utc();
    let whole = seconds + (60 - seconds.rem_euclid(60)) % 60;
    let offset = FixedOffset::east_opt(whole).unwrap_or(*at.offset());
    let local = at.with_timezone(&offset);
    let local = local.with_nanosecond(0).unwrap_or(local);
    match local.year() {
        0..=9999 => Ok(local),
        year => Err(year),
    }
}

/// `28. August 2024, 14:30 Uhr`; as much of it as is known.
pub fn german(at: &DateTime<FixedOffset>, precision: Precision) -> String {
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
    match precision {
        Precision::Month => format!("{month} {}", at.year()),
        Precision::Day => format!("{}. {month} {}", at.day(), at.year()),
        Precision::Minute | Precision::Second => {
            let zone = zone_words(at.offset().local_minus_utc());
            format!("{}. {month} {}, {}:{:02} Uhr{zone}", at.day(), at.year(), at.hour(), at.minute())
        }
    }
}

/// The zone of a time of day. The offsets of Central Europe go without saying; of any other the
/// hour would mislead if it stood alone.
fn zone_words(seconds: i32) -> String {
    match seconds / 60 {
        60 | 120 => String::new(),
        0 => " (UTC)".to_owned(),
        minutes => {
            let sign = if minutes < 0 { '−' } else { '+' };
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            if rest == 0 { format!(" (UTC{sign}{hours})") } else { format!(" (UTC{sign}{hours}:{rest:02})") }
        }
    }
}

/// The value of `datetime` of a `<time>` element: a month, a date, or an instant (HTML, 4.5.14).
pub fn machine(at: &DateTime<FixedOffset>, precision: Precision) -> String {
    match precision {
        Precision::Month => at.format("%Y-%m").to_string(),
        Precision::Day => at.format("%Y-%m-%d").to_string(),
        Precision::Minute | Precision::Second => rfc3339(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn midnight_in_local_mean_time_stays_on_its_day() {
        let berlin = FixedOffset::east_opt(53 * 60 + 28).unwrap();
        let midnight = at("1889-12-31T23:06:32Z").with_timezone(&berlin);
        assert_eq!(rfc3339(&writable(midnight).unwrap()), "1890-01-01T00:00:32+00:54");
        let west = FixedOffset::west_opt(53 * 60 + 28).unwrap();
        let midnight = at("1890-01-01T00:53:28Z").with_timezone(&west);
        assert_eq!(rfc3339(&writable(midnight).unwrap()), "1890-01-01T00:00:28-00:53");
    }

    #[test]
    fn leap_seconds_and_fractions_are_left_out() {
        assert_eq!(rfc3339(&writable(at("2016-12-31T23:59:60.5Z")).unwrap()), "2016-12-31T23:59:59+00:00");
        assert_eq!(
            crate::date::rfc2822(&writable(at("2024-08-08T09:05:07.9+02:00")).unwrap()),
            "Thu, 08 Aug 2024 09:05:07 +0200"
        );
    }

    #[test]
    fn years_without_four_digits_are_refused() {
        let far = DateTime::UNIX_EPOCH.fixed_offset().with_year(10_000).unwrap();
        assert_eq!(writable(far), Err(10_000));
        assert_eq!(writable(far.with_year(-1).unwrap()), Err(-1));
    }

    #[test]
    fn german_words_say_what_is_known_and_name_foreign_zones() {
        let when = at("2024-03-05T09:07:00+01:00");
        assert_eq!(german(&when, Precision::Second), "5. März 2024, 9:07 Uhr");
        assert_eq!(german(&when, Precision::Day), "5. März 2024");
        assert_eq!(german(&when, Precision::Month), "März 2024");
        assert_eq!(german(&at("2024-03-05T09:07:00Z"), Precision::Minute), "5. März 2024, 9:07 Uhr (UTC)");
        assert_eq!(german(&at("2024-03-05T09:07:00-03:30"), Precision::Minute), "5. März 2024, 9:07 Uhr (UTC−3:30)");
    }
}
