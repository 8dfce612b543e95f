//! Everything in a plain text that may be the date of its article.
//!
//! Owns where to look, and which days tell nothing of when a text was written. In come lines, out go claims, best evidence
//! first. It chooses nothing.

use super::lines::{self, Line, Look, names_year};
use super::window::Shape;
use crate::date::{Context, Precision, Role};
use crate::extract::furniture::Furniture;
use crate::model::{DateClaim, Origin};
use std::collections::HashSet;
use std::ops::Range;

/// A text that names more days is a calendar.
const MOST_CLAIMS: usize = 200;

/// The claims to the article's date, best first: lines about it near the head, a date that a
/// paragraph begins with, such a line behind the text, dates within the first paragraphs.
pub fn claims(
    lines: &[Line],
    title: Option<usize>,
    body: &Range<usize>,
    shape: Shape,
    days: &HashSet<usize>,
    skip: &mut HashSet<usize>,
    context: &Context,
) -> Vec<DateClaim> {
    let head = title.unwrap_or(body.start);
    let from = head.saturating_sub(12);
    let first = lines[body.clone()].iter().filter(|l| l.look == Look::Prose).take(2).count().max(1);
    let mut prose = 0;
    let mut near: Vec<(usize, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate().take(body.end.max(head + 12)).skip(from) {
        if at > head && line.look == Look::Prose {
            prose += 1;
        }
        if line.look == Look::Date
            && !days.contains(&at)
            && !(at < head && is_teaser(line))
            && (at < head + 12 || prose <= first)
        {
            // Behind the headline is nearer than before it.
            near.push((if at >= head { at - head } else { 6 + head - at }, at));
        }
    }
    near.sort();
    // A page full of dates says nothing by the twentieth.
    near.truncate(8);
    let mut claims = Vec::new();
    let mut claim = |at: usize, origin: Origin| {
        if let Some((words, role)) = &lines[at].date {
            claims.push(DateClaim { role: *role, words: words.clone(), origin });
        }
    };
    for (_, at) in near {
        claim(at, Origin::Byline);
        if at >= body.start {
            skip.insert(at);
        }
    }
    for at in body.clone().take(30).filter(|at| lines[*at].look == Look::Prose) {
        if let Some(words) = leading_date(&lines[at].text, context) {
            claims.push(DateClaim { role: Role::Unknown, words, origin: Origin::Byline });
            break;
        }
    }
    let behind = (body.end.saturating_sub(3)..lines.len().min(body.end + 12))
        .filter(|at| !skip.contains(at) && !days.contains(at));
    for at in behind.filter(|at| lines[*at].look == Look::Date).take(1) {
        let words = lines[at].date.clone();
        claims.extend(words.map(|(words, role)| DateClaim { role, words, origin: Origin::Text }));
    }
    claims.extend(title.and_then(|title| listed(lines, title, context)));
    claims.extend(lines.iter().filter(|line| lines::about_itself(&line.text).is_some()).filter_map(|line| {
        let (words, role) = line.date.clone()?;
        Some(DateClaim { role, words, origin: Origin::Byline })
    }));
    let looks = |look: Look| match shape {
        Shape::Page => look == Look::Prose,
        Shape::Scraped => matches!(look, Look::Prose | Look::Short | Look::Item | Look::Date),
    };
    let most = if shape == Shape::Page { 12 } else { usize::MAX };
    let told = body.clone().filter(|at| looks(lines[*at].look) && !days.contains(at)).take(most);
    // What a source is of was written before.
    let cites = |at: &usize| {
        let line = lines[*at].text.as_str();
        line.starts_with("Quelle:") || line.starts_with("Quellen:") || lines::names_handle(line)
    };
    for (nth, at) in told.enumerate().filter(|(_, at)| !cites(at)) {
        for reading in crate::date::find(&lines[at].text, context).take(4) {
            // Far from the head a word of publication speaks of other writing.
            let role = match reading.role {
                Role::Published if nth >= 12 => Role::Unknown,
                role => role,
            };
            if reading.precision != Precision::Month
                && !is_announced(&lines[at].text, &reading.span)
                && let Some(words) = lines[at].text.get(reading.span.clone()).filter(|words| names_year(words))
            {
                claims.push(DateClaim { role, words: words.to_owned(), origin: Origin::Text });
            }
        }
        if claims.len() > MOST_CLAIMS {
            break;
        }
    }
    if claims.is_empty() && shape == Shape::Page {
        claims.extend(stamped(lines, body, days, context));
    }
    if shape == Shape::Scraped {
        // A schedule appears shortly before what it begins with: where nothing else is named, that says more than nothing.
        let first = body.clone().find(|at| days.contains(at)).and_then(|at| lines[at].date.clone());
        claims.extend(first.map(|(words, _)| DateClaim { role: Role::Event, words, origin: Origin::Text }));
        claims.extend(lines[body.end..].iter().filter_map(|line| retrieved(&line.text, context)));
        claims.truncate(MOST_CLAIMS);
    }
    claims
}

/// The line nearest to the body that is a date and nothing else, where nothing nearer tells anything: before it, else behind
/// it, up to the comments. One of several such lines is of a list of other articles.
fn stamped(lines: &[Line], body: &Range<usize>, days: &HashSet<usize>, context: &Context) -> Option<DateClaim> {
    const FAR: usize = 60;
    let is_alone = |at: &usize| {
        let line = &lines[*at];
        let Some((words, _)) = &line.date else { return false };
        let dated = words.split(' ').count();
        line.look == Look::Date
            && names_year(words)
            && !days.contains(at)
            && !is_teaser(line)
            && (line.words <= dated + 2 || is_timed(&line.text, context))
    };
    let before: Vec<usize> = (body.start.saturating_sub(FAR)..body.start).filter(is_alone).collect();
    let behind = (body.end..lines.len().min(body.end + FAR)).take_while(|at| !is_end(&lines[*at])).find(is_alone);
    let at = if let [at] = before.as_slice() { *at } else { behind? };
    let (words, role) = lines[at].date.clone()?;
    Some(DateClaim { role, words, origin: Origin::Text })
}

/// Whether comments begin with the line, or the foot of the page.
fn is_end(line: &Line) -> bool {
    line.look == Look::Furniture(Furniture::End)
}

/// Whether a line says the time of a day beside the day.
fn is_timed(line: &str, context: &Context) -> bool {
    crate::date::find(line, context).next().is_some_and(|reading| reading.precision == Precision::Minute)
}

/// The lines of schedules: three and more below one another that each begin with a day and say what is on then.
pub fn schedule(lines: &[Line]) -> HashSet<usize> {
    const LEAST: usize = 3;
    let is_entry = |line: &Line| {
        let Some((words, Role::Unknown | Role::Event)) = &line.date else { return false };
        line.text.strip_prefix(words.as_str()).is_some_and(|rest| rest.chars().any(char::is_alphabetic))
            && line.words > words.split(' ').count()
    };
    let mut found = HashSet::new();
    let mut start = 0;
    for at in 0..=lines.len() {
        if lines.get(at).is_some_and(is_entry) {
            continue;
        }
        if at - start >= LEAST {
            found.extend(start..at);
        }
        start = at + 1;
    }
    found
}

/// Whether the sentence around a day tells of it as of one to come: it was written before, and who knows how long.
///
/// `Das Fest beginnt am 12. Dezember`, `Bis zum 3. Mai`, `Die Brücke wird am 3. Mai eröffnet`.
fn is_announced(text: &str, day: &Range<usize>) -> bool {
    const BEFORE: &[&str] = &["ab", "bis", "spätestens"];
    const VERBS: &[&str] = &[
        "beginnt",
        "beginnen",
        "startet",
        "starten",
        "endet",
        "enden",
        "öffnet",
        "öffnen",
        "steigt",
        "tritt",
        "treten",
        "soll",
        "sollen",
        "lädt",
        "laden",
        "folgt",
        "gastiert",
        "eröffnet",
    ];
    let (before, after) = (&text[..day.start], &text[day.end..]);
    let ends = |at: usize, text: &str| {
        let sign = text[at..].starts_with(['.', '!', '?']);
        // A number with a stop is a day or a rank.
        sign && !text[..at].ends_with(|c: char| c.is_ascii_digit())
            && text[at..].chars().nth(1).is_none_or(char::is_whitespace)
    };
    let start = before.char_indices().rev().map(|(at, _)| at).find(|at| ends(*at, before)).map_or(0, |at| at + 1);
    let end = after.char_indices().map(|(at, _)| at).find(|at| ends(*at, after)).unwrap_or(after.len());
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (before, after) = (words(&before[start..]), words(&after[..end]));
    let leads = before.iter().rev().take(2).any(|word| BEFORE.contains(&word.as_str()));
    let has = |words: &[&str]| before.iter().chain(&after).any(|word| words.contains(&word.as_str()));
    // Of `hat … eröffnet` the day is past.
    let past = has(&["hat", "haben", "wurde", "wurden", "war", "waren", "hatte", "hatten"]);
    let held = has(&["findet", "finden"]) && has(&["statt"]);
    let verb = |word: &&String| word.chars().count() > 3 && word.ends_with(['t', 'n']);
    let becomes = has(&["wird", "werden"]) && after.last().is_some_and(|word| verb(&word));
    leads || !past && (held || becomes || has(VERBS))
}

/// The day on which the author of a text looked at a source: `abgerufen am 3. Mai 2024`, `Abruf: 3.5.2024`.
fn retrieved(line: &str, context: &Context) -> Option<DateClaim> {
    let lower = line.to_lowercase();
    if !["abgerufen", "abruf", "letzter zugriff", "zuletzt aufgerufen"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    let reading = crate::date::find(line, context).filter(|reading| reading.precision != Precision::Month).last()?;
    let words = line.get(reading.span).filter(|words| names_year(words))?;
    Some(DateClaim { role: Role::Event, words: words.to_owned(), origin: Origin::Text })
}

/// Whether a line lists another article with its date.
fn is_teaser(line: &Line) -> bool {
    let dated = line.date.as_ref().map_or(0, |(words, _)| words.split(' ').count());
    line.item && line.words > dated + 2
}

/// The date that stands behind or before the title where the page lists its newest articles, this one among them.
fn listed(lines: &[Line], title: usize, context: &Context) -> Option<DateClaim> {
    let wanted = lines[title].text.as_str();
    let behind = |at: usize| {
        if let Some(before) = lines[at].text.strip_suffix(wanted).filter(|before| !before.is_empty() && at != title) {
            return lines::date_of_line(before.trim(), context);
        }
        let rest = lines[at].text.strip_prefix(wanted).filter(|_| at != title)?;
        let rest = if rest.is_empty() { lines.get(at + 1)?.text.as_str() } else { rest };
        lines::date_of_line(rest.trim(), context)
    };
    let (words, role) = (0..lines.len()).filter(|at| lines[*at].words >= 3).find_map(behind)?;
    Some(DateClaim { role, words, origin: Origin::Text })
}

/// The date that a paragraph begins with, as news agencies do: `Berlin, 3. Mai 2024 – …`.
fn leading_date(text: &str, context: &Context) -> Option<String> {
    let reading = crate::date::find(text, context).next()?;
    let before = text.get(..reading.span.start)?;
    let after = text.get(reading.span.end..)?.trim_start();
    let place = before.split_whitespace().count() <= 4 && !before.contains('.') && before.chars().count() <= 40;
    let parted = after.starts_with(['-', '–', '—', ':', ')', '|', '.', '/']);
    let bare = before.is_empty() || before.trim_end().ends_with([',', '(']);
    (place && parted && bare).then(|| text.get(reading.span.clone()).map(str::to_owned)).flatten()
}
