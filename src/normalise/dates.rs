//! From claims to dates: each claim is read by the date room, and the best of them is chosen by its evidence.
//!
//! The rules, in this order:
//!
//! 1. Only claims that the date room reads count. A doubtful one (its weekday contradicts it, or it lies before the web)
//!    counts only where there is no other; one that lies more than a day ahead of now is none.
//! 2. For the publication, claims of a change count only where nothing else is claimed but dates in the running text of
//!    which nothing is said; for the change, only claims of a change count, and in feeds dates of which nothing says what
//!    happened then.
//! 3. A date that depends on the moment of reading (`vor 3 Stunden`, `28. August` without a year) and a bare month
//!    count only where there is no other.
//! 4. Among the rest the day counts that most kinds of places name (data, meta, what is shown, the address); where two
//!    are named alike often, the one that a reader is shown, then the rank of the place, then the order of the document.
//! 5. Other claims of the same day refine the chosen one: a coarser precision gives way to a finer one, an assumed zone
//!    to a stated one.

use crate::date::{self, Basis, Context, Precision, Role, ZoneOrigin};
use crate::model::{DateClaim, Origin, Stamp};
use chrono::{DateTime, Datelike, FixedOffset, SubsecRound, TimeDelta};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Years before which nothing was published on the web.
const WEB: i32 = 1990;

/// A claim that was read.
struct Read {
    role: Role,
    doubtful: bool,
    rank: u8,
    stamp: Stamp,
}

/// The publication and the last change among the claims.
pub fn chosen(claims: &[DateClaim], context: &Context) -> (Option<Stamp>, Option<Stamp>) {
    let read: Vec<Read> = claims.iter().filter_map(|claim| read(claim, context)).collect();
    // What stands in the running text may be of anything; a change at least is of this article.
    let in_text = |read: &Read| read.role == Role::Unknown && read.stamp.origin == Origin::Text;
    let said = |read: &Read| !matches!(read.role, Role::Updated | Role::Event) && !in_text(read);
    let published = best(&read, context, said);
    let updated = best(&read, context, |read| read.role == Role::Updated)
        .or_else(|| best(&read, context, |read| read.role == Role::Unknown && read.stamp.origin == Origin::Feed));
    match (published, updated) {
        // What was changed was there before: a lone date of change stands for the publication as well.
        (None, Some(updated)) => (Some(updated.clone()), Some(updated)),
        (None, None) => (latest(&read), None),
        // A change before the publication is a mistake of the source, or a date of another thing.
        (Some(published), Some(updated)) if updated.at < published.at => (Some(published), None),
        pair => pair,
    }
}

/// The date of one claim, whatever its role.
pub fn instant(claim: &DateClaim, context: &Context) -> Option<DateTime<FixedOffset>> {
    read(claim, context).map(|read| read.stamp.at)
}

/// The moment that data counts in seconds or milliseconds since 1970, in words that the date room reads.
fn counted(claim: &DateClaim) -> Option<String> {
    let words = claim.words.trim();
    let data = matches!(claim.origin, Origin::Feed | Origin::JsonLd) && words.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = data.then(|| words.parse().ok())??;
    match words.len() {
        10 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
    .map(|at| at.to_rfc3339())
}

fn read(claim: &DateClaim, context: &Context) -> Option<Read> {
    let counted = counted(claim);
    let reading = date::read(counted.as_deref().unwrap_or(&claim.words), context)?;
    let role = if claim.role == Role::Unknown { reading.role } else { claim.role };
    if role == Role::Event && claim.origin != Origin::Text || reading.at.to_utc() > context.now + TimeDelta::days(1) {
        return None;
    }
    let words = claim.words.get(reading.span.clone()).filter(|_| counted.is_none()).unwrap_or(&claim.words);
    let stamp = Stamp {
        // Whole seconds: feeds cannot say more, and what is kept is compared with what is read again.
        at: reading.at.trunc_subsecs(0),
        precision: reading.precision,
        zone: reading.zone,
        local: reading.local,
        origin: claim.origin,
        words: crate::text::fold(words),
        relative: reading.basis != Basis::Absolute,
    };
    // An author may well date his own text before the web.
    let doubtful = reading.doubtful || reading.at.year() < WEB && claim.origin != Origin::FrontMatter;
    Some(Read { role, doubtful, rank: rank(claim.origin, role), stamp })
}

/// How much a claim is to be believed by its place: less is better.
fn rank(origin: Origin, role: Role) -> u8 {
    let said = role != Role::Unknown;
    match origin {
        Origin::Feed | Origin::FrontMatter => 0,
        Origin::JsonLd => 1,
        Origin::Meta if said => 2,
        Origin::Time if said => 3,
        Origin::Byline if said => 4,
        Origin::Url => 5,
        Origin::Time => 6,
        Origin::Byline => 7,
        // `<meta name="date">` without more is as often the date of the last build.
        Origin::Meta => 8,
        Origin::FileName => 9,
        Origin::Text => 10,
    }
}

/// Places that are written by one hand count as one: what is shown is shown twice on many pages.
fn hand(origin: Origin) -> Option<u8> {
    match origin {
        Origin::Feed | Origin::FrontMatter | Origin::JsonLd => Some(0),
        Origin::Meta => Some(1),
        Origin::Time | Origin::Byline => Some(2),
        Origin::Url | Origin::FileName => Some(3),
        Origin::Text => None,
    }
}

/// The latest day that a running text names: it was not written before. Days that it announces are no claims of a text.
fn latest(read: &[Read]) -> Option<Stamp> {
    let whole = |read: &&Read| read.stamp.precision != Precision::Month && !read.doubtful && !read.stamp.relative;
    read.iter().filter(whole).map(|read| &read.stamp).max_by_key(|stamp| stamp.at).cloned()
}

fn best(read: &[Read], context: &Context, counts: impl Fn(&Read) -> bool) -> Option<Stamp> {
    let reads = || read.iter().filter(|read| counts(read));
    let day = |read: &Read| read.stamp.at.with_timezone(&context.zone).date_naive();
    let support = |read: &Read| {
        let hands = reads().filter(|other| day(other) == day(read)).filter_map(|other| hand(other.stamp.origin));
        hands.collect::<BTreeSet<u8>>().len()
    };
    let is_shown = |read: &Read| reads().any(|other| day(other) == day(read) && hand(other.stamp.origin) == Some(2));
    let best = reads().min_by_key(|read| {
        let month = read.stamp.precision == Precision::Month;
        (read.doubtful, read.stamp.relative, month, Reverse(support(read)), Reverse(is_shown(read)), read.rank)
    })?;
    // Seconds tell no more of the evidence than minutes do.
    let exact = |read: &Read| read.stamp.precision.min(Precision::Minute);
    let stated = |read: &Read| read.stamp.zone == ZoneOrigin::Stated;
    // A doubtful claim says nothing about another one.
    let finer = reads()
        .filter(|read| !read.doubtful && day(read) == day(best))
        .max_by_key(|read| (exact(read), stated(read), read.stamp.precision, Reverse(read.rank)))
        .filter(|finer| exact(finer) > exact(best) || stated(finer) && !stated(best) && exact(finer) == exact(best));
    Some(finer.unwrap_or(best).stamp.clone())
}
