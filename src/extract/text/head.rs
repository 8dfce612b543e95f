//! The head of an article in plain text: its title and who wrote it.
//!
//! Owns the choice among the lines before the body, and the reading of a byline. In come lines,
//! out come the place of the title and names. It never reads a date.

use super::lines::{Line, Look};
use super::window::Shape;
use std::collections::HashMap;
use std::ops::Range;

/// A headline of more words than this is taken for running text.
const LONGEST_TITLE: usize = 30;

/// Letters and digits of a line in lower case: what two writings of one title have in common.
pub fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The line that is the title of the article whose body is `body`, looked for before it, and in
/// its first lines where a scraper has put the teaser first.
pub fn title(lines: &[Line], body: &Range<usize>, shape: Shape) -> Option<usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for line in lines {
        if line.words <= LONGEST_TITLE {
            *counts.entry(bare(&line.text)).or_default() += 1;
        }
    }
    let from = body.start.saturating_sub(30);
    let mut to = (body.start + 4).min(lines.len());
    if shape == Shape::Scraped {
        // A scraper leaves little above the headline.
        to = to.min(10);
    }
    let mut best: Option<(i64, usize)> = None;
    for at in from..to {
        let Some(score) = score(lines, at, body, &counts) else { continue };
        // Of two equals the first: below it stand subtitles.
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, at));
        }
    }
    best.filter(|(score, _)| *score > 0).map(|(_, at)| at)
}

/// How much the line looks like the headline, `None` if it cannot be one.
fn score(lines: &[Line], at: usize, body: &Range<usize>, counts: &HashMap<String, usize>) -> Option<i64> {
    let line = &lines[at];
    if line.words > LONGEST_TITLE || line.credit || line.text.chars().count() < 3 {
        return None;
    }
    let mut score = match line.look {
        Look::Short => 10,
        Look::Prose if line.words <= 20 && !line.item => 0,
        _ => return None,
    };
    let again = counts.get(&bare(&line.text)).copied().unwrap_or(0).saturating_sub(1);
    if again > 0 && line.words >= 2 {
        score += 14;
    }
    if line.gap && lines.get(at + 1).is_none_or(|next| next.gap) {
        score += 8;
    }
    score += match line.words {
        1 => -8,
        2 => 0,
        3 => 4,
        4..=16 => 10,
        _ => 4,
    };
    if line.text.ends_with(['.', ':', ';', ',']) {
        score -= 8;
    }
    // What stands between the headline and the text is little: kicker, lead, date, names.
    if at < body.start {
        for between in &lines[at + 1..body.start] {
            score += match between.look {
                Look::Date | Look::Byline => 2,
                Look::Prose => -2,
                Look::Path => -6,
                _ if between.item => -3,
                _ => -2,
            };
        }
    } else {
        score -= 12 * (1 + at as i64 - body.start as i64);
        if at == body.start && lines.get(at + 1).is_some_and(|next| next.look == Look::Prose) {
            score += 8;
        }
    }
    if lines.iter().skip(at + 1).take(3).any(|near| matches!(near.look, Look::Date | Look::Byline)) {
        score += 8;
    } else if at > 0 && matches!(lines[at - 1].look, Look::Date | Look::Path) {
        score += 6;
    }
    Some(score)
}

/// The names in a byline, if the line is one: `Von Anna Muster und Bernd Beispiel`.
pub fn byline(text: &str) -> Option<Vec<String>> {
    const LEADS: &[&str] = &[
        "von ",
        "autor: ",
        "autorin: ",
        "autoren: ",
        "text: ",
        "ein beitrag von ",
        "ein artikel von ",
        "geschrieben von ",
        "verfasst von ",
        "by ",
    ];
    let lower = text.to_lowercase();
    let lead = LEADS.iter().find(|lead| lower.starts_with(**lead))?;
    let rest = text.get(lead.len()..)?;
    let rest = rest.split(['|', '•', '·']).next().unwrap_or(rest).trim();
    if text.split(' ').count() > 14 {
        return None;
    }
    let names: Vec<String> = rest
        .split([',', ';', '/', '&'])
        .flat_map(|part| part.split(" und "))
        .map(|name| name.trim().trim_start_matches("von ").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    (!names.is_empty() && names.iter().all(|name| is_name(name))).then_some(names)
}

/// Whether the words may be the name of a person: two to five, each with a capital, titles and
/// particles aside.
pub fn is_name(text: &str) -> bool {
    const PARTICLES: &[&str] = &[
        "von", "van", "de", "der", "den", "zu", "zur", "zum", "del", "di", "da", "dos", "la", "le", "el", "al", "bin",
        "dr.", "prof.",
    ];
    const NOT: &[&str] = &["der", "die", "das", "den", "dem", "des", "ein", "eine", "bis", "uns", "redaktion"];
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=5).contains(&words.len())
        && words.iter().all(|word| {
            PARTICLES.contains(&word.to_lowercase().as_str())
                || word.chars().next().is_some_and(char::is_uppercase)
                    && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | '’'))
        })
        && words.first().is_some_and(|first| !NOT.contains(&first.to_lowercase().as_str()))
        && words.last().is_some_and(|last| last.chars().next().is_some_and(char::is_uppercase))
}
