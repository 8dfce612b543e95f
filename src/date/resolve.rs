//! From a local time to an instant with its offset.
//!
//! Comes in: a time as a clock on the wall shows it, and the zone of the wall. Goes out: the
//! instant, and whether that time exists once, twice or never. A skipped time moves forward by
//! the gap, of a doubled one the first counts, unless the words say which.

use super::LocalTime;
use chrono::{DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// The instant of a local time in a zone. `None` beyond the years that RFC 3339 can write.
pub(super) fn local(
    time: NaiveDateTime,
    zone: Tz,
    second_pass: Option<bool>,
) -> Option<(DateTime<FixedOffset>, LocalTime)> {
    match zone.from_local_datetime(&time) {
        MappedLocalTime::Single(at) => Some((fixed(time, at.offset().fix())?, LocalTime::Plain)),
        MappedLocalTime::Ambiguous(first, second) => {
            let (first, second) = if first <= second { (first, second) } else { (second, first) };
            let at = if second_pass == Some(true) { second } else { first };
            let how = if second_pass.is_some() { LocalTime::Plain } else { LocalTime::Ambiguous };
            Some((fixed(time, at.offset().fix())?, how))
        }
        MappedLocalTime::None => {
            let before = offset_before(time, zone)?;
            let at = before.from_local_datetime(&time).single()?.with_timezone(&zone);
            Some((fixed(at.naive_local(), at.offset().fix())?, LocalTime::Skipped))
        }
    }
}

/// The instant of a local time whose offset was stated.
pub(super) fn stated(time: NaiveDateTime, seconds: i32) -> Option<DateTime<FixedOffset>> {
    fixed(time, FixedOffset::east_opt(seconds)?)
}

/// RFC 3339 writes offsets in whole minutes; local mean times, in use before the zones, had
/// seconds, which are dropped so that the time of day stays as it was said.
fn fixed(time: NaiveDateTime, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let minutes = FixedOffset::east_opt(offset.local_minus_utc().div_euclid(60) * 60)?;
    let at = minutes.from_local_datetime(&time).single()?;
    ((0..=9999).contains(&at.year()) && (0..=9999).contains(&at.naive_utc().year())).then_some(at)
}

/// The offset that held before a gap: the one of the last local time that exists. No zone ever
/// skipped more than a day.
fn offset_before(time: NaiveDateTime, zone: Tz) -> Option<FixedOffset> {
    (1..=100).find_map(|quarters| {
        let earlier = time.checked_sub_signed(TimeDelta::minutes(15 * quarters))?;
        Some(zone.from_local_datetime(&earlier).latest()?.offset().fix())
    })
}
