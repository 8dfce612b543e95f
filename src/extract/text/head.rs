//! The head of an article in plain text: its title and who wrote it.
//!
//! Owns the choice among the lines before the body, and the reading of a byline. In come lines,
//! out come the place of the title and names. It never reads a date.

use super::lines::{Line, Look, ends_sentence};
use super::window::Shape;
use crate::date::Context;
use crate::extract::furniture::{Furniture, addresses};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// A headline of more words than this is taken for running text.
const LONGEST_TITLE: usize = 30;

/// Letters and digits of a line in lower case: what two writings of one title have in common.
pub fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    // Most letters are of ASCII, and their case is one bit: this is asked of every heading and block.
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                bare.push(c.to_ascii_lowercase());
            }
        } else if c.is_alphanumeric() {
            bare.extend(c.to_lowercase());
        }
    }
    bare
}

/// What is known of the lines of a text, for the choice of its title.
struct Known<'a> {
    lines: &'a [Line],
    /// How often a line occurs.
    counts: HashMap<String, usize>,
    /// All short lines bare, parted by line breaks.
    short: String,
    /// The beginnings of the longer words of the body, and in how many lines each of them stands.
    stems: HashMap<String, usize>,
    /// What the addresses in the text end with: copied writing often names its own.
    addressed: HashSet<String>,
    /// The first line of running text.
    anchor: usize,
    shape: Shape,
}

/// The line that is the title of the article whose running text begins at `body.start`: looked for
/// before it, and in its first lines where a scraper has put the teaser first.
pub fn title(lines: &[Line], body: &Range<usize>, shape: Shape) -> Option<usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for line in lines.iter().filter(|line| line.words <= LONGEST_TITLE) {
        *counts.entry(bare(&line.text)).or_default() += 1;
    }
    let prose = lines[body.clone()].iter().filter(|l| l.look == Look::Prose).take(60);
    let mut told: HashMap<String, usize> = HashMap::new();
    for stem in prose.flat_map(|l| stems(&l.text).into_iter().collect::<HashSet<String>>()) {
        *told.entry(stem).or_default() += 1;
    }
    let short: Vec<String> = lines.iter().filter(|l| l.words <= 40).take(4_000).map(|l| bare(&l.text)).collect();
    let addressed = lines.iter().filter_map(|line| last_of_address(&line.text)).collect();
    let known = Known { lines, counts, short: short.join("\n"), stems: told, addressed, anchor: body.start, shape };
    let from = if shape == Shape::Scraped { 0 } else { body.start.saturating_sub(60) };
    let mut to = (body.start + 6).min(lines.len());
    if shape == Shape::Scraped {
        let prose = lines.iter().position(|line| line.look == Look::Prose && !line.item).unwrap_or_default();
        to = to.min(10.max(prose + 2));
    }
    let mut best: Option<(f64, usize)> = None;
    for at in from..to {
        let Some(features) = known.features(at) else { continue };
        let score: f64 = features.iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum();
        // Of two equals the first: below it stand subtitles.
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, at));
        }
    }
    let threshold = |at: usize| match at.checked_sub(body.start) {
        None | Some(0) => THRESHOLD,
        Some(1) if shape == Shape::Scraped => BELOW,
        Some(_) => 0.0,
    };
    let best = best.filter(|(score, at)| *score > threshold(*at)).map(|(_, at)| at)?;
    // Empty lines may set a kicker apart better than its headline; one that is repeated as titles are is none.
    let repeated = known.counts.get(&bare(&lines[best].text)).is_some_and(|count| *count > 1);
    Some(if known.is_kicker(best) && !repeated { best + 1 } else { best })
}

/// The number of features by which a line is known as a headline.
const FEATURES: usize = 31;

/// What each feature counts, in their order below: logistic regression over the candidates of some
/// 300 German texts with known headlines, rounded; the last seven were added to the fit of the others. (A new fit of all of
/// them, by the choice within each text, was no better when tested on texts that it had not seen.)
const WEIGHTS: [f64; FEATURES] = [
    0.0, 3.3, 1.65, 0.15, 0.1, 0.95, 0.9, -1.2, 1.2, 0.1, -0.2, -2.95, 2.4, 0.8, 1.2, 0.45, -2.0, 0.0, 0.4, 0.8, 2.7,
    0.35, -0.15, -1.75, -1.0, 1.0, -1.0, 1.0, 2.0, 12.0, -3.0,
];
/// What stands above the text is a headline for want of a better one; what stands within it is a heading.
const THRESHOLD: f64 = -1.5;
/// What stands directly below the first paragraph is one below a teaser, before half a sentence is made the title.
const BELOW: f64 = -1.0;

impl Known<'_> {
    /// The features of a line, `None` if it cannot be a headline.
    fn features(&self, at: usize) -> Option<[f64; FEATURES]> {
        let line = &self.lines[at];
        if line.words > LONGEST_TITLE || line.credit || line.text.chars().count() < 3 || line.text.starts_with('|') {
            return None;
        }
        let may = match line.look {
            Look::Short => true,
            Look::Prose => line.words <= 20,
            // A headline may name a day.
            Look::Date => line.date.as_ref().is_some_and(|(words, _)| line.words >= words.split(' ').count() + 4),
            _ => false,
        };
        if !may {
            return None;
        }
        let yes = |condition: bool| f64::from(u8::from(condition));
        let again = self.counts.get(&bare(&line.text)).copied().unwrap_or(0) > 1;
        let next = self.lines.get(at + 1);
        let near = |look: Look, range: Range<usize>| self.lines[range].iter().any(|l| l.look == look);
        let behind = at + 1..(at + 4).min(self.lines.len());
        let before = at.saturating_sub(2)..at;
        let (mut labels, mut items, mut prose) = (0.0f64, 0.0f64, 0.0f64);
        if at < self.anchor {
            for between in &self.lines[at + 1..self.anchor] {
                match between.look {
                    Look::Date | Look::Byline => {}
                    Look::Prose => prose += 1.0,
                    Look::Item | Look::Path | Look::Furniture(_) => items += 1.0,
                    _ if between.item => items += 1.0,
                    _ => labels += 1.0,
                }
            }
        }
        let words = stems(&line.text);
        // A sentence of the body shares all of its words with itself.
        let own = usize::from(at >= self.anchor && line.look == Look::Prose);
        let shared = words.iter().filter(|word| self.stems.get(*word).is_some_and(|lines| *lines > own)).count() as f64;
        let path = self.is_on_path(at);
        let is = |line: Option<&Line>, look: fn(Look) -> bool| line.is_some_and(|line| look(line.look));
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        let capitals = line.text.chars().filter(|c| c.is_uppercase()).count();
        Some([
            1.0,
            yes(line.gap && next.is_none_or(|next| next.gap)),
            yes(again && line.words >= 3),
            yes(line.words == 1),
            yes(line.words == 2),
            yes(line.words == 3),
            yes((4..=16).contains(&line.words)),
            yes(line.text.ends_with(['.', ':', ';', ','])),
            prose.min(4.0),
            labels.min(8.0),
            items.min(8.0),
            yes(at > self.anchor),
            yes(near(Look::Date, behind.clone()) || near(Look::Byline, behind)),
            yes(near(Look::Date, before.clone()) || near(Look::Path, before)),
            if words.is_empty() { 0.0 } else { shared / words.len() as f64 },
            shared.min(5.0),
            yes(line.look == Look::Prose),
            yes(line.text.contains(['|', '»', '←', '→', '%', '@'])),
            yes(capitals * 2 > letters),
            yes(at == 0),
            // Breadcrumbs, comment boxes and links to the next article name it within their own words.
            yes(line.words >= 3 && self.short.matches(&bare(&line.text)).take(2).count() > 1 && !again),
            yes(at > 0 && matches!(self.lines[at - 1].look, Look::Item | Look::Furniture(_) | Look::Path)),
            yes(next.is_some_and(|next| next.look == Look::Prose)),
            yes(line.text.starts_with(char::is_lowercase)),
            yes(is(next, |look| matches!(look, Look::Furniture(_) | Look::Notice))),
            yes(path),
            yes(line.text.ends_with('…')),
            yes(self.shape == Shape::Page && line.gap && next.is_none_or(|next| next.gap)),
            yes(at > 0 && self.is_kicker(at - 1)),
            yes(self.addressed.contains(&slug(&line.text))),
            // A scraper leaves little above the headline, whatever it takes for running text.
            yes(self.shape == Shape::Scraped && at >= 10 && depth(self.lines, at) >= 10),
        ])
    }

    /// Whether a line is the kicker over a headline: a word or three, with a longer line below that no sentence ends, and the
    /// article behind it. The name of a series is one over any line.
    fn is_kicker(&self, at: usize) -> bool {
        let [kicker, headline, behind, ..] = &self.lines[at..] else { return false };
        let longer = match kicker.words {
            1 => headline.words >= 3,
            2 | 3 if is_series(&kicker.text) => headline.words >= 2,
            2 | 3 => headline.words >= 4 && headline.words > kicker.words,
            _ => false,
        };
        let short = |line: &Line| line.look == Look::Short && !line.item && !line.text.ends_with(['.', ':', ',']);
        let article = matches!(behind.look, Look::Prose | Look::Byline | Look::Date | Look::Furniture(Furniture::Line));
        let begins =
            headline.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '„' | '"' | '»'));
        // Further down, and among menus, short lines are headings and labels.
        let top = self.shape == Shape::Scraped && depth(self.lines, at) <= 1;
        top && longer && short(kicker) && short(headline) && begins && article
    }

    /// Whether what leads to the page ends with the line: a step of a breadcrumb, or a menu.
    fn is_on_path(&self, at: usize) -> bool {
        let wanted = bare(&self.lines[at].text);
        let before = &self.lines[at.saturating_sub(12)..at];
        before.iter().any(|line| {
            let found = bare(&line.text);
            (line.item || matches!(line.look, Look::Path | Look::Item)) && found.ends_with(&wanted)
                || (line.look == Look::Short
                    || [" / ", " › ", " > ", " » ", " | "].iter().any(|bar| line.text.contains(bar)))
                    && line.words > self.lines[at].words
                    && found.ends_with(&wanted)
        })
    }
}

/// How many lines above a line may be of the article's head, ten at most.
fn depth(lines: &[Line], at: usize) -> usize {
    lines[..at].iter().filter(|line| may_be_head(line)).take(10).count()
}

/// Whether a line may be of the head of an article: neither the row of a table nor what the house says to its readers.
fn may_be_head(line: &Line) -> bool {
    let asks = || ends_sentence(&line.text) && line.words <= LONGEST_TITLE && addresses(&line.text);
    !matches!(line.look, Look::Notice | Look::Furniture(_)) && !line.text.starts_with('|') && !asks()
}

/// Whether nothing stands above the title of a scraped text but its kicker and what the house says to its readers.
pub fn is_top(lines: &[Line], title: usize) -> bool {
    let mut above = lines[..title].iter().filter(|line| may_be_head(line));
    above.next().is_none_or(|kicker| kicker.look == Look::Short) && above.next().is_none()
}

/// Whether a line is the name of a series: `Einheit der Woche`, `Frage des Tages`.
fn is_series(line: &str) -> bool {
    [" der woche", " des tages", " des monats"].iter().any(|end| line.to_lowercase().ends_with(end))
}

/// What the path of an address ends with that is all of a line: `https://…/der-turm-bleibt.html` gives `der-turm-bleibt`.
fn last_of_address(line: &str) -> Option<String> {
    let address = line.strip_prefix("https://").or(line.strip_prefix("http://")).filter(|rest| !rest.contains(' '))?;
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    let last = path.split_once('/')?.1.rsplit('/').next()?;
    let last = last.split_once('.').map_or(last, |(name, _)| name);
    (last.matches('-').count() >= 2).then(|| last.to_lowercase())
}

/// A title as addresses write it.
fn slug(title: &str) -> String {
    let spelt = title.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    let words = spelt.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The beginnings of the longer words: what the forms of a word have in common.
fn stems(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(|word| word.chars().flat_map(char::to_lowercase).take(6).collect())
        .collect()
}

/// Takes a date off a title that begins or ends with one: `23.01.2022 - Titel`. The title, and the
/// words of the date.
pub fn without_date(title: &str, context: &Context) -> (String, Option<String>) {
    const BARS: [char; 8] = ['-', '–', '—', '|', '•', '·', ':', '/'];
    let whole = || (title.to_owned(), None);
    if !title.bytes().any(|b| b.is_ascii_digit()) {
        return whole();
    }
    let readings: Vec<_> = crate::date::find(title, context).collect();
    let [reading] = readings.as_slice() else { return whole() };
    let (Some(before), Some(words), Some(after)) =
        (title.get(..reading.span.start), title.get(reading.span.clone()), title.get(reading.span.end..))
    else {
        return whole();
    };
    let (before, after) = (before.trim(), after.trim());
    // Figures alone are no part of a sentence; a month in words may be.
    let figures = words.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !super::names_year(words) {
        return whole();
    }
    if before.is_empty() && (after.starts_with(BARS) || figures) && after.split(' ').count() >= 2 {
        let rest = after.trim_start_matches(BARS).trim();
        return (rest.to_owned(), Some(words.to_owned()));
    }
    let tail = after.trim_matches(BARS).trim();
    if tail.is_empty() && (before.ends_with(BARS) || figures) && before.split(' ').count() >= 2 {
        return (before.trim_end_matches(BARS).trim().to_owned(), Some(words.to_owned()));
    }
    whole()
}

/// The names in a byline, if the line is one: `Von Anna Muster und Bernd Beispiel`.
pub fn byline(text: &str) -> Option<Vec<String>> {
    const LEADS: &[&str] = &[
        "blog beitrag von ",
        "blogbeitrag von ",
        "beitrag von ",
        "gespeichert von ",
        "erstellt von ",
        "posted by ",
        "redaktion: ",
        "text und foto: ",
        "text und fotos: ",
        "von ",
        "autor: ",
        "autorin: ",
        "autoren: ",
        "text: ",
        "ein beitrag von ",
        "ein essay von ",
        "ein gastbeitrag von ",
        "ein interview von ",
        "ein kommentar von ",
        "eine analyse von ",
        "eine kolumne von ",
        "eine rezension von ",
        "gastbeitrag von ",
        "gastkommentar von ",
        "ein gastkommentar von ",
        "ein bericht von ",
        "ein text von ",
        "eine reportage von ",
        "eine glosse von ",
        "ein porträt von ",
        "interview von ",
        "kolumne von ",
        "kommentar von ",
        "rezension von ",
        "ein artikel von ",
        "geschrieben von ",
        "verfasst von ",
        "by ",
    ];
    let text = &text.replacen("von: ", "von ", 1);
    let lower = text.to_lowercase();
    let lead = LEADS.iter().find(|lead| lower.starts_with(**lead))?;
    let rest = text.get(lead.len()..)?;
    let rest = rest.split(['|', '•', '·']).next().unwrap_or(rest).trim();
    // `Ein Interview von … mit …`, `Anna Muster (Sprecherin des Vereins)`
    let rest = rest.split(" mit ").next().unwrap_or(rest).trim_end_matches('.');
    let rest = rest.split(" (").next().unwrap_or(rest).trim();
    if text.split(' ').count() > 14 {
        return None;
    }
    let names: Vec<String> = rest
        .split([',', ';', '/', '&'])
        .flat_map(|part| part.split(" und "))
        .map(|name| name.trim().trim_start_matches("von ").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    // An agency may stand behind the names.
    let agency = |name: &String| {
        name.len() <= 5 && name.chars().all(|c| c.is_uppercase() || c == '-')
            || matches!(name.as_str(), "dpa" | "epd" | "kna" | "afp" | "apa" | "sid" | "lno" | "lnw")
    };
    let mut names = names;
    // Where they write from may stand there, too: `Von Anna Muster, Berlin`.
    let place = |name: &String| !name.contains(' ') && name.starts_with(char::is_uppercase) && !agency(name);
    if names.len() >= 2 && names.last().is_some_and(place) {
        names.pop();
    }
    let rest = names.get(1..).unwrap_or_default();
    (names.first().is_some_and(|name| is_name(name)) && rest.iter().all(|name| is_name(name) || agency(name)))
        .then_some(names)
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
