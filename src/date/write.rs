//! The two forms in which feeds carry dates, written strictly.
//!
//! Comes in: an instant as a reading carries it, its year of four digits and its offset in whole
//! minutes. Goes out: text that every reader of the standard reads. RFC 2822 has no parts of a
//! second: they are dropped.

use chrono::{DateTime, FixedOffset, SecondsFormat};

/// RFC 3339, as Atom and JSON Feed demand: `2024-08-28T14:30:00+02:00`.
pub fn rfc3339(at: &DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// RFC 2822 with a year of four digits, as RSS demands: `Wed, 28 Aug 2024 14:30:00 +0200`.
pub fn rfc2822(at: &DateTime<FixedOffset>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S %z").to_string()
}
