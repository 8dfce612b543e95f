//! From claims to dates: each claim is read by the date room, and the best of them is chosen by its evidence.

use crate::date::{self, Context, Role};
use crate::model::{DateClaim, Origin, Stamp};
use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// Years before which nothing was published on the web.
const WEB: i32 = 1990;

/// The publication and the last change among the claims.
///
/// A claim counts for the role that its place gives it, else for the one its words give (`Stand:`,
/// `Veröffentlicht am`), else for the publication. Claims come in the order of their evidence; the first sound one
/// wins, and of two that name the same day the more precise. A doubtful one (its weekday contradicts it, it lies
/// more than a day ahead of now or before the web) is taken only if there is no other, and never if it lies ahead.
pub fn chosen(claims: &[DateClaim], context: &Context) -> (Option<Stamp>, Option<Stamp>) {
    let read: Vec<(Role, bool, Stamp)> = claims.iter().filter_map(|claim| stamp(claim, context)).collect();
    let best = |wanted: Role| -> Option<Stamp> {
        let of_role: Vec<_> = read.iter().filter(|(role, ..)| *role == wanted).collect();
        let first = of_role.iter().find(|(_, doubtful, _)| !doubtful).or(of_role.first())?;
        let more = of_role.iter().find(|(_, doubtful, stamp)| {
            !doubtful && stamp.precision > first.2.precision && stamp.at.date_naive() == first.2.at.date_naive()
        });
        Some(more.unwrap_or(first).2.clone())
    };
    let (published, updated) = (best(Role::Published), best(Role::Updated));
    match (published, updated) {
        // What was changed was there before: a lone date of change stands for the publication as well.
        (None, Some(updated)) => (Some(updated.clone()), Some(updated)),
        // A change before the publication is a mistake of the source, or a date of another thing.
        (Some(published), Some(updated)) if updated.at < published.at => (Some(published), None),
        pair => pair,
    }
}

/// Reads one claim; `None` if its words are no date, or one that cannot be.
pub fn stamp(claim: &DateClaim, context: &Context) -> Option<(Role, bool, Stamp)> {
    let reading = date::read(&claim.words, context)?;
    if reading.at.with_timezone(&Utc) > context.now + TimeDelta::days(1) {
        return None;
    }
    let role = match (claim.role, reading.role) {
        (Role::Unknown, Role::Unknown) => Role::Published,
        (Role::Unknown, spoken) => spoken,
        (stated, _) => stated,
    };
    let words = claim.words.get(reading.span.clone()).unwrap_or(&claim.words);
    let stamp = Stamp {
        at: reading.at,
        precision: reading.precision,
        zone: reading.zone,
        local: reading.local,
        origin: claim.origin,
        words: crate::text::fold(words),
        relative: is_relative(&claim.words, reading.at, context),
    };
    Some((role, reading.doubtful || reading.at.year() < WEB && claim.origin != Origin::FrontMatter, stamp))
}

/// Whether the words count from now: read at another time, they name another instant.
fn is_relative(words: &str, at: DateTime<chrono::FixedOffset>, context: &Context) -> bool {
    let later = Context { now: context.now + TimeDelta::days(400), ..*context };
    date::read(words, &later).is_none_or(|reading| reading.at != at)
}
