//! When a source is read, and what is wrong with it: pure rules over what is remembered of it.

use crate::model::SourceState;
use crate::text::count;
use std::time::Duration;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Between two looks at a source whose rhythm is not known yet.
const UNKNOWN: i64 = HOUR;
/// Bounds of what is learnt, and of how long a failing source is left alone.
const SHORTEST: i64 = 10 * MINUTE;
const LONGEST: i64 = DAY;
/// A schedule is never quite on time: what is due so soon is due.
const SLACK: i64 = MINUTE;
/// A server that answers 304 for ever is asked for the whole document so often.
const WHOLE: i64 = DAY;
/// A permanent redirect is believed when it has held so long.
const SETTLED: i64 = 7 * DAY;
/// Below so many usual entries a drop says nothing.
const FEW: usize = 5;

/// What a good look found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Entries.
    pub entries: usize,
    /// Of these, new ones.
    pub new: usize,
    /// Entries with a date of their own.
    pub dated: usize,
    /// Entries with a title of their own.
    pub titled: usize,
}

/// What decides when a source is asked again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// What the definition says.
    pub every: Option<Duration>,
    /// What the answer or the document says: it stays as it is for so long.
    pub fresh: Option<Duration>,
}

/// Whether it is time to ask. A state that lies in the future was written by a clock that has gone back since.
pub fn is_due(state: &SourceState, now: i64) -> bool {
    now + SLACK >= state.next || state.asked > now || state.next > now + LONGEST + HOUR
}

/// Whether the whole document is wanted, whatever the validators say.
pub fn wants_whole(state: &SourceState, reading: &str, now: i64) -> bool {
    state.reading != reading || now - state.whole >= WHOLE || state.whole > now
}

/// The address that is asked instead, if the old one has said for a week that it has moved.
pub fn settled(state: &SourceState, now: i64) -> Option<&str> {
    state.moved.as_ref().filter(|(_, since)| now - since >= SETTLED).map(|(address, _)| address.as_str())
}

/// The feed that was found behind a page and is asked instead; after three failures in a row the page is looked at again.
pub fn behind(state: &SourceState) -> Option<&str> {
    state.behind.as_deref().filter(|_| state.failures < 3)
}

/// Remembers since when the address says that it has moved for good.
pub fn moved(state: &mut SourceState, to: Option<&str>, now: i64) {
    // Asked at the new address, it need not say so again.
    let settled = settled(state, now).is_some();
    state.moved = match (to, state.moved.take()) {
        (Some(to), known) => {
            let since = known.filter(|(known, _)| known == to).map_or(now, |(_, since)| since);
            Some((to.to_owned(), since))
        }
        (None, known) => known.filter(|_| settled),
    };
}

/// Takes in that it could not be read.
pub fn failed(state: &mut SourceState, address: &str, trouble: String, retry_after: Option<Duration>, now: i64) {
    state.failures = state.failures.saturating_add(1);
    state.failing_since.get_or_insert(now);
    state.asked = now;
    if state.failures == 1 {
        event(state, now, trouble.clone());
    }
    state.troubles = vec![trouble];
    let back_off = SHORTEST << (state.failures - 1).min(10);
    let wait = back_off.min(LONGEST).max(retry_after.map_or(0, seconds));
    state.next = now + wait + spread(address, state.failures, wait / 10);
    // A new address that fails is not the last word.
    state.moved = None;
}

/// Takes in that it still is what it was.
pub fn unchanged(state: &mut SourceState, wishes: Wishes, now: i64) {
    if state.failures > 0 {
        event(state, now, WELL.to_owned());
        state.troubles.clear();
    }
    answered(state, now);
    state.next = now + pause(state, wishes);
}

/// Takes in what was found, and returns what is wrong with it.
pub fn found(state: &mut SourceState, seen: Seen, wishes: Wishes, now: i64) -> Vec<String> {
    let troubles = missing(state, seen);
    if troubles.is_empty() && !state.troubles.is_empty() {
        event(state, now, WELL.to_owned());
    } else if !troubles.is_empty() && troubles != state.troubles {
        event(state, now, troubles.join("; "));
    }
    answered(state, now);
    state.whole = now;
    if seen.new > 0 {
        state.news.push(now);
        let surplus = state.news.len().saturating_sub(20);
        state.news.drain(..surplus);
    }
    // What is wrong is not what is usual.
    if troubles.is_empty() {
        state.entries.push(seen.entries);
        let surplus = state.entries.len().saturating_sub(10);
        state.entries.drain(..surplus);
        state.dated = share(seen.dated, seen.entries);
        state.titled = share(seen.titled, seen.entries);
    }
    state.troubles.clone_from(&troubles);
    state.next = now + pause(state, wishes);
    troubles
}

/// For how long nothing new has come, if that is much longer than usual.
pub fn silence(state: &SourceState, now: i64) -> Option<String> {
    let last = *state.news.last()?;
    let gaps: Vec<i64> = state.news.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let longest = gaps.iter().max().copied().filter(|_| gaps.len() >= 3)?;
    let quiet = now - last;
    (quiet > 14 * DAY && quiet > 5 * longest).then(|| {
        let (days, usual) = ((quiet / DAY) as usize, (longest / DAY).max(1) as usize);
        format!("nothing new for {}; before that never longer than {}", count(days, "day"), count(usual, "day"))
    })
}

/// What is remembered when trouble has ended.
const WELL: &str = "it is well again";

fn event(state: &mut SourceState, now: i64, words: String) {
    state.events.push((now, words));
    let surplus = state.events.len().saturating_sub(10);
    state.events.drain(..surplus);
}

fn answered(state: &mut SourceState, now: i64) {
    state.asked = now;
    state.good = Some(now);
    state.failures = 0;
    state.failing_since = None;
}

/// What is missing in what it answers, compared with what is usual.
fn missing(state: &SourceState, seen: Seen) -> Vec<String> {
    let mut sorted = state.entries.clone();
    sorted.sort_unstable();
    let Some(usual) = sorted.get(sorted.len() / 2).copied() else { return Vec::new() };
    let mut troubles = Vec::new();
    if seen.entries == 0 && usual > 0 {
        troubles.push(format!("it has no entries any more, where there were usually {usual}"));
    } else if usual >= FEW && seen.entries * 4 < usual {
        troubles.push(format!("it has only {}, where there were usually {usual}", count(seen.entries, "entry")));
    }
    if seen.entries > 0 && state.dated >= 80 && share(seen.dated, seen.entries) < 20 {
        troubles.push("its entries have no dates any more".to_owned());
    }
    if seen.entries > 0 && state.titled >= 80 && share(seen.titled, seen.entries) < 20 {
        troubles.push("its entries have no titles any more".to_owned());
    }
    troubles
}

fn share(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or_default()
}

/// Until the next look: as the definition says; else half of the usual time between news, but not sooner than the answer
/// allows.
fn pause(state: &SourceState, wishes: Wishes) -> i64 {
    if let Some(every) = wishes.every {
        return seconds(every).clamp(MINUTE, 30 * DAY);
    }
    let mut gaps: Vec<i64> = state.news.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let learnt = if gaps.len() < 3 { UNKNOWN } else { gaps[gaps.len() / 2] / 2 };
    learnt.clamp(SHORTEST, LONGEST).max(wishes.fresh.map_or(0, seconds).min(LONGEST))
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// Spreads sources that failed together, the same way at every time and on every machine.
fn spread(address: &str, failures: u32, most: i64) -> i64 {
    let digest = blake3::hash(format!("{failures}\0{address}").as_bytes());
    let number =
        u32::from_be_bytes([digest.as_bytes()[0], digest.as_bytes()[1], digest.as_bytes()[2], digest.as_bytes()[3]]);
    i64::from(number) % most.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_700_000_000;

    #[test]
    fn a_failing_source_is_left_alone_longer_and_longer_but_never_for_good() {
        let mut state = SourceState::default();
        let mut waits = Vec::new();
        for n in 0..12 {
            failed(&mut state, "https://a.example/", "x".into(), None, T + n * DAY);
            waits.push((state.next - state.asked) / MINUTE);
        }
        for (wait, least) in waits.iter().zip([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440, 1440]) {
            assert!((least..=least + least / 10).contains(wait), "{waits:?}");
        }
        failed(&mut state, "https://a.example/", "x".into(), Some(Duration::from_secs(3 * 86_400)), T);
        assert!(state.next - T >= 3 * DAY);
    }

    #[test]
    fn the_rhythm_is_learnt_within_bounds_and_answers_are_respected() {
        let mut state = SourceState::default();
        let seen = Seen { entries: 10, new: 1, dated: 10, titled: 10 };
        for n in 0..5 {
            found(&mut state, seen, Wishes::default(), T + n * 6 * HOUR);
        }
        assert_eq!(state.next - state.asked, 3 * HOUR);
        let fresh = Wishes { fresh: Some(Duration::from_secs(5 * 3600)), every: None };
        unchanged(&mut state, fresh, T);
        assert_eq!(state.next - T, 5 * HOUR);
        let ever = Wishes { fresh: Some(Duration::MAX), every: None };
        unchanged(&mut state, ever, T);
        assert_eq!(state.next - T, DAY);
        let every = Wishes { every: Some(Duration::from_secs(1800)), ..ever };
        unchanged(&mut state, every, T);
        assert_eq!(state.next - T, 1800);
    }

    #[test]
    fn a_clock_that_moved_makes_nothing_wait_for_years() {
        let mut state = SourceState::default();
        unchanged(&mut state, Wishes::default(), T + 3650 * DAY);
        assert!(is_due(&state, T), "the clock went back");
        unchanged(&mut state, Wishes::default(), T);
        assert!(!is_due(&state, T + 1) && is_due(&state, T + HOUR - 30) && is_due(&state, T + 3650 * DAY));
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut state = SourceState::default();
        let usual = Seen { entries: 20, new: 1, dated: 20, titled: 20 };
        for n in 0..4 {
            assert!(found(&mut state, usual, Wishes::default(), T + n * DAY).is_empty());
        }
        let now = T + 5 * DAY;
        let told = |seen: Seen| found(&mut state.clone(), seen, Wishes::default(), now).join("; ");
        assert_eq!(told(Seen::default()), "it has no entries any more, where there were usually 20");
        assert_eq!(
            told(Seen { entries: 4, dated: 4, titled: 4, new: 0 }),
            "it has only 4 entries, where there were usually 20"
        );
        assert_eq!(told(Seen { dated: 1, ..usual }), "its entries have no dates any more");
        assert_eq!(told(Seen { titled: 0, ..usual }), "its entries have no titles any more");
        assert_eq!(told(Seen { entries: 6, dated: 6, titled: 6, new: 0 }), "");
        assert_eq!(silence(&state, T + 10 * DAY), None);
        let told = silence(&state, T + 40 * DAY).unwrap();
        assert_eq!(told, "nothing new for 37 days; before that never longer than 1 day");
    }
}
