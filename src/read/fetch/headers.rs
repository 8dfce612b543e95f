//! What the headers of an answer say about the next look.

use super::RETRY;
use chrono::{DateTime, Utc};
use reqwest::header::{CACHE_CONTROL, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::Duration;

/// A longer validator is not kept: it would be sent with each request.
const LONGEST_VALIDATOR: usize = 1024;

/// A header that is sent back as it is, if it is short and plain.
pub fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty() && value.len() <= LONGEST_VALIDATOR).then(|| value.to_owned())
}

/// For how long an answer is fresh: `max-age`, else `Expires` (RFC 9111, section 4.2.1). `no-cache` and `no-store` make it
/// stale at once.
pub fn freshness(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let words = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let words: Vec<String> =
        words.flat_map(|value| value.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect();
    if words.iter().any(|word| word == "no-cache" || word == "no-store") {
        return None;
    }
    // More digits than a number has are long enough.
    let seconds = |digits: &str| digits.parse::<u64>().ok().or((digits.len() > 18).then_some(u64::MAX));
    if let Some(age) = words.iter().find_map(|word| word.strip_prefix("max-age=")) {
        return seconds(age.trim_matches('"')).map(Duration::from_secs);
    }
    until(headers.get(EXPIRES)?.to_str().ok()?, now)
}

/// For how long a server wants to be left alone: seconds or a date (RFC 9110, section 10.2.3), held between a minute and a
/// day.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let asked = if digits { Duration::from_secs(value.parse().unwrap_or(u64::MAX)) } else { until(value, now)? };
    Some(Duration::from_secs(asked.as_secs().clamp(*RETRY.start(), *RETRY.end())))
}

/// The time until an HTTP date; `None` if it is none or has passed.
pub fn until(date: &str, now: DateTime<Utc>) -> Option<Duration> {
    let date = DateTime::parse_from_rfc2822(date.trim()).ok()?.to_utc();
    (date - now).to_std().ok().filter(|left| !left.is_zero())
}
