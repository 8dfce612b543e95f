//! Lines of a plain text, and what each of them looks like on its own.
//!
//! Owns [`Line`] and the looks. In comes a text, out come its lines that say something, with what
//! their shape and words make of them. It never weighs a line against its neighbours.

use crate::date::{Context, Precision, Role};
use crate::extract::furniture::{self, Furniture};
use crate::text::fold;

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Running text: a sentence, or long enough to be one.
    Prose,
    /// Words without the end of a sentence: a heading, a title, a label.
    Short,
    /// An item of a menu or of a list, without a sentence.
    Item,
    /// A date with little else around it.
    Date,
    /// Names behind `Von` or `Autor:`.
    Byline,
    /// Where the reader is: `Start › Politik`, or only the arrows.
    Path,
    /// Not of the article, by its words.
    Furniture(Furniture),
    /// Cookies, consent, subscriptions, copyright.
    Notice,
}

/// A line that says something.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its words, white space folded, without the mark of a list.
    pub text: String,
    /// Whether it carries the mark of a list.
    pub item: bool,
    /// Whether an empty line stands before it.
    pub gap: bool,
    /// The number of words.
    pub words: usize,
    /// What it looks like.
    pub look: Look,
    /// The words of the date in it, if a date is the matter of it.
    pub date: Option<(String, Role)>,
    /// The picture credit that it is or ends with.
    pub credit: bool,
}

/// No article has more lines; the rest is left out.
pub const MOST_LINES: usize = 50_000;

/// Splits a text into lines that say something; `title` is that of the article, as far as it is known.
pub fn lines(text: &str, title: &str, context: &Context) -> Vec<Line> {
    let mut gap = true;
    let mut lines = Vec::new();
    for raw in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{C}']) {
        let (item, content) = item(raw.trim());
        let folded = fold(content);
        if !folded.chars().any(|c| c.is_alphanumeric()) {
            gap |= folded.is_empty() && !item;
            continue;
        }
        let words = folded.split(' ').count();
        let date = date_of_line(&folded, context);
        let look = look(&folded, title, words, item, date.is_some());
        let credit = furniture::is_credit(&folded);
        lines.push(Line { text: folded, item, gap, words, look, date, credit });
        gap = false;
        if lines.len() == MOST_LINES {
            break;
        }
    }
    lines
}

/// Takes the mark of a list off: `* `, `- `, `• `, the `o ` and `+ ` of text browsers, and `1. `
/// where what follows is no sentence.
fn item(line: &str) -> (bool, &str) {
    let mut rest = line;
    let mut found = false;
    while let Some(next) = mark(rest) {
        rest = next.trim_start();
        found = true;
    }
    (found, rest)
}

fn mark(line: &str) -> Option<&str> {
    let mut chars = line.chars();
    match chars.next()? {
        '*' | '+' | '-' | '•' | '·' | '‣' | '◦' | '▪' | '●' | '■' | '»' | '›' | '–' | '→' | 'o' => {
            let rest = chars.as_str();
            (rest.is_empty() && line != "o" || rest.starts_with([' ', '\t', '\u{A0}'])).then_some(rest)
        }
        _ => None,
    }
}

/// The words and role of a date, if the line is about when the article appeared.
pub fn date_of_line(text: &str, context: &Context) -> Option<(String, Role)> {
    let words = text.split_whitespace().count();
    if words > 60 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if names_handle(text) {
        return None;
    }
    if let Some(role) = about_itself(text) {
        return stated(text, role, context);
    }
    if words > 24 {
        return None;
    }
    let mut rest = text.to_owned();
    let mut first: Option<(String, Role)> = None;
    let readings: Vec<_> = crate::date::find(text, context).collect();
    for reading in readings.iter().rev() {
        if rest.is_char_boundary(reading.span.start) && rest.is_char_boundary(reading.span.end) {
            rest.replace_range(reading.span.clone(), " ");
        }
    }
    for reading in &readings {
        // `Gespeichert am` says when, whatever the words between.
        let role = match reading.role {
            Role::Event if is_stored(text) => Role::Published,
            // A short line that opens with a date is about it; an event would be named first.
            Role::Event if reading.span.start == 0 && words <= 10 && !ends_sentence(text) => Role::Unknown,
            role => role,
        };
        if reading.doubtful || role == Role::Event || reading.precision == Precision::Month {
            continue;
        }
        let found = text.get(reading.span.clone())?;
        let better = match &first {
            None => true,
            Some((kept, kept_role)) => {
                (role == Role::Published, names_year(found)) > (*kept_role == Role::Published, names_year(kept))
            }
        };
        if better {
            first = Some((found.to_owned(), role));
        }
    }
    let (date, role) = first?;
    // `Lesezeit: 4 Min.`
    let sentence = text.ends_with('.') && !text.ends_with("Min.") && rest.split_whitespace().count() > 5;
    let left = rest.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !is_meta_word(w)).count();
    // A line that begins or ends with its date is about it.
    let outer = text.starts_with(date.as_str()) || text.ends_with(date.as_str());
    let limit = match (role, outer) {
        (Role::Unknown, false) => 5,
        // What follows behind a bar is of the line, not of the date.
        (Role::Unknown, true)
            if text.strip_prefix(date.as_str()).is_some_and(|rest| rest.trim_start().starts_with(['|', '•', '·'])) =>
        {
            24
        }
        (Role::Unknown, true) => 7,
        _ => 10,
    };
    (!sentence && left <= limit).then_some((date, role))
}

/// Whether a line names the handle of somebody, as it stands under a post that is shown in another text: a day beside it is
/// that of the post. `— Anna Muster (@anna) 3. März 2020`
pub fn names_handle(line: &str) -> bool {
    line.contains("(@")
}

/// What a sentence tells of the writing that it stands by: `Der Beitrag wurde am … veröffentlicht und …`.
pub fn about_itself(text: &str) -> Option<Role> {
    const ITSELF: [&str; 7] = ["beitrag", "artikel", "eintrag", "seite", "text", "meldung", "post"];
    let mut words = text.split_whitespace().map(str::to_lowercase);
    let first = words.next().filter(|word| matches!(word.as_str(), "der" | "dieser" | "diese" | "die" | "dieses"));
    if first.is_none() || !ITSELF.contains(&words.next()?.as_str()) || words.next()? != "wurde" {
        return None;
    }
    let has = |stems: &[&str]| {
        words.clone().take(24).any(|word| stems.iter().any(|stem| word.trim_start_matches('(').starts_with(stem)))
    };
    if has(&["veröffentlicht", "publiziert", "erstellt", "gepostet", "geschrieben", "verfasst", "eingestellt"]) {
        Some(Role::Published)
    } else {
        has(&["geändert", "bearbeitet", "aktualisiert"]).then_some(Role::Updated)
    }
}

/// The first full date of a text.
fn stated(text: &str, role: Role, context: &Context) -> Option<(String, Role)> {
    let reading = crate::date::find(text, context).find(|r| !r.doubtful && r.precision != Precision::Month)?;
    text.get(reading.span).filter(|words| names_year(words)).map(|words| (words.to_owned(), role))
}

/// Whether a line begins with a word for the appearance of what it stands by.
fn is_stored(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "gespeichert",
        "erstellt",
        "eingestellt",
        "verfasst",
        "geschrieben",
        "veröffentlicht",
        "publiziert",
        "gepostet",
        "posted",
        "von ",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.starts_with(word))
}

/// Whether the words of a date say its year: in running text one without is of any year.
pub fn names_year(words: &str) -> bool {
    let mut numbers = words.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let four = words.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() == 4 && !n.starts_with('0') || n.len() == 8);
    four || numbers.clone().count() >= 3 && numbers.all(|n| n.len() <= 2) && !words.contains(':')
}

/// Words that stand beside a date without being matter: labels, times, counts, names of days.
fn is_meta_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "am",
        "um",
        "uhr",
        "vom",
        "von",
        "stand",
        "datum",
        "veröffentlicht",
        "veröffentlichung",
        "aktualisiert",
        "erstellt",
        "letzte",
        "letztes",
        "zuletzt",
        "update",
        "aktualisierung",
        "geändert",
        "publiziert",
        "erschienen",
        "online",
        "seit",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonnabend",
        "sonntag",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "kommentare",
        "kommentar",
        "klicks",
        "aufrufe",
        "views",
        "min",
        "minuten",
        "lesezeit",
        "lesedauer",
        "posted",
        "on",
        "by",
        "h",
        "in",
        "autor",
        "redaktion",
        "kategorie",
        "artikel",
        "und",
        "der",
        "den",
        "mal",
        "gelesen",
    ];
    word.bytes().all(|b| b.is_ascii_digit()) || WORDS.contains(&word.to_lowercase().as_str())
}

fn look(text: &str, title: &str, words: usize, item: bool, dated: bool) -> Look {
    if furniture::is_notice(text, title) {
        return Look::Notice;
    }
    if dated {
        return Look::Date;
    }
    if let Some(kind) = furniture::furniture(text) {
        return Look::Furniture(kind);
    }
    if is_path(text, words) {
        return Look::Path;
    }
    if super::head::byline(text).is_some() {
        return Look::Byline;
    }
    let ended = ends_sentence(text);
    if !ended && is_choice(text, words) {
        return Look::Item;
    }
    if item {
        return if ended && words >= 8 || words >= 14 { Look::Prose } else { Look::Item };
    }
    if ended && words >= 7 || words >= 18 || has_inner_sentence(text) && words >= 7 { Look::Prose } else { Look::Short }
}

/// Whether a long line is a list of labels run together, as the choices of a form are when a page is
/// copied: nearly all words capitals, or month after month with its count.
pub fn is_choice(text: &str, words: usize) -> bool {
    if words < 12 {
        return false;
    }
    let capitals =
        text.split(' ').filter(|w| w.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '(')).count();
    capitals * 10 >= words * 7
}

/// Whether the line ends as a sentence does, closing marks aside.
pub fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '“', '”', '«', '»', '‹', '›', '\'', '’', ')', ']', ' ']);
    text.ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Whether a sentence ends within the line and another begins.
fn has_inner_sentence(text: &str) -> bool {
    let mut end = false;
    let mut space = false;
    let mut long = 0;
    for c in text.chars() {
        if end && space && c.is_uppercase() {
            return true;
        }
        match c {
            '.' | '!' | '?' => (end, space) = (long >= 3, false),
            ' ' => space = true,
            '"' | '“' | '”' | '«' | '»' => {}
            _ => (end, space) = (false, false),
        }
        long = if c.is_alphabetic() { long + 1 } else { 0 };
    }
    false
}

/// A breadcrumb: short steps parted by arrows.
fn is_path(text: &str, words: usize) -> bool {
    let steps = text.split(['>', '›', '»', '→', '/', '|']).map(str::trim).filter(|s| !s.is_empty());
    let arrows = text.matches(['>', '›', '»', '→']).count();
    let quoted = text.matches('«').count();
    words <= 25 && arrows >= 2 && quoted == 0 && steps.count() >= 2
}
