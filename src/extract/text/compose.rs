//! The body of an article in plain text, made into HTML.
//!
//! Owns the choice of headings, the lines left out within the body, captions glued to paragraphs,
//! and the markup. In come lines, out goes HTML of `h2`, `p`, `ul` and `li`. It never decides where
//! the article begins or ends.

use super::head::bare;
use super::lines::{Line, Look, ends_sentence};
use super::window::Shape;
use crate::extract::furniture::Furniture;
use crate::text::escape_html;
use std::collections::HashSet;
use std::ops::Range;

/// What a line of the body becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Heading,
    Paragraph,
    Item,
    Nothing,
}

/// The body as HTML; `skip` are lines used elsewhere: the title, its repetitions, date and names; `days` those of schedules.
pub fn html(
    lines: &[Line],
    body: Range<usize>,
    skip: &HashSet<usize>,
    days: &HashSet<usize>,
    title: Option<&str>,
    shape: Shape,
) -> String {
    let mut parts = vec![Part::Nothing; body.len()];
    let mut boxed = false;
    for at in body.clone() {
        let line = &lines[at];
        let part = match line.look {
            _ if skip.contains(&at) => Part::Nothing,
            Look::Furniture(kind) => {
                boxed = kind != Furniture::Line;
                Part::Nothing
            }
            Look::Notice | Look::Path => Part::Nothing,
            // The content of a box: short lines up to the next running text.
            Look::Short | Look::Item | Look::Date if boxed && shape == Shape::Page => Part::Nothing,
            _ if line.credit && (shape == Shape::Page || line.words <= 12) && !is_long(line) => Part::Nothing,
            Look::Date if shape == Shape::Page => Part::Nothing,
            Look::Short if is_heading(lines, at, &body) => Part::Heading,
            Look::Item => Part::Item,
            Look::Prose if line.item => Part::Item,
            Look::Prose => {
                boxed = false;
                Part::Paragraph
            }
            _ => Part::Paragraph,
        };
        parts[at - body.start] = part;
    }
    drop_last_labels(lines, &body, days, &mut parts);
    let headings: Vec<&str> = body
        .clone()
        .filter(|at| parts[at - body.start] == Part::Heading)
        .map(|at| lines[at].text.as_str())
        .chain(title)
        .collect();
    let mut out = String::new();
    let mut list = false;
    for at in body.clone() {
        let part = parts[at - body.start];
        let line = &lines[at];
        if list && !matches!(part, Part::Item | Part::Nothing) {
            out.push_str("</ul>\n");
            list = false;
        }
        match part {
            Part::Nothing => {}
            Part::Heading => element(&mut out, "h2", &line.text),
            Part::Paragraph => element(&mut out, "p", unglue(&line.text, &headings)),
            Part::Item => {
                if !list {
                    out.push_str("<ul>\n");
                    list = true;
                }
                element(&mut out, "li", &line.text);
            }
        }
    }
    if list {
        out.push_str("</ul>\n");
    }
    out
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push_str(&format!("<{name}>{}</{name}>\n", escape_html(text)));
}

fn is_long(line: &Line) -> bool {
    line.words > 45
}

/// A heading within the body: a short line between paragraphs that is no sentence.
fn is_heading(lines: &[Line], at: usize, body: &Range<usize>) -> bool {
    let line = &lines[at];
    let text = line.text.as_str();
    let question = text.ends_with('?');
    let chars = text.chars().count();
    if line.item || line.credit || line.words > 14 || !(3..=110).contains(&chars) || !question && ends_sentence(text) {
        return false;
    }
    if text.ends_with(',') || text.starts_with(['|', '(']) || text.contains(" | ") {
        return false;
    }
    if text.chars().next().is_some_and(char::is_lowercase) {
        return false;
    }
    let next = lines[at + 1..body.end].first();
    next.is_some_and(|next| matches!(next.look, Look::Prose | Look::Item))
}

/// Short lines that nothing follows were of the page: headings of what is not there, labels,
/// names of further pages.
fn drop_last_labels(lines: &[Line], body: &Range<usize>, days: &HashSet<usize>, parts: &mut [Part]) {
    const MOST: usize = 8;
    const MOST_WORDS_OF_NAME: usize = 4;
    let tail = parts.iter().rposition(|part| *part == Part::Item || *part == Part::Paragraph);
    let prose = body.clone().rposition(|at| parts[at - body.start] == Part::Item || lines[at].look == Look::Prose);
    let told = body.clone().rposition(|at| {
        let signed = at > body.start && is_greeting(&lines[at - 1]) && lines[at].words <= MOST_WORDS_OF_NAME;
        days.contains(&at) || is_told(&lines[at]) || is_greeting(&lines[at]) || signed
    });
    let Some(last) = prose.map(|prose| told.map_or(prose, |told| prose.max(told))).or(tail) else { return };
    if parts.len() - last <= MOST {
        for part in parts.iter_mut().skip(last + 1) {
            *part = Part::Nothing;
        }
    }
}

/// Whether a line is the greeting at the end of a letter, behind which stands who wrote it.
fn is_greeting(line: &Line) -> bool {
    const MOST_WORDS: usize = 6;
    let lower = line.text.to_lowercase();
    line.words <= MOST_WORDS
        && matches!(line.look, Look::Short | Look::Prose)
        && lower.split(|c: char| !c.is_alphanumeric()).any(|word| {
            matches!(word, "grüße" | "grüsse" | "grüßen" | "grüssen" | "gruß" | "gruss" | "gegrüßt" | "herzlichst")
        })
}

/// Whether a short line is of the text by itself: a sentence, or the item of a numbered list.
fn is_told(line: &Line) -> bool {
    const LEAST_WORDS: usize = 3;
    let short = matches!(line.look, Look::Short | Look::Date);
    let numbered = line.text.split_once(". ").is_some_and(|(number, rest)| {
        (1..=2).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && rest.starts_with(char::is_alphabetic)
    });
    // `200 g Mehl`
    let amount = line.text.starts_with(|c: char| c.is_ascii_digit()) && line.words >= 2;
    short
        && !line.credit
        && (amount && line.date.is_none()
            || numbered && line.date.is_none()
            || line.words >= LEAST_WORDS && line.text.ends_with(['.', '!', '?']))
}

/// Takes off a caption that repeats a heading and is glued to the first word of the paragraph.
fn unglue<'a>(text: &'a str, headings: &[&str]) -> &'a str {
    for heading in headings {
        if heading.contains(' ')
            && let Some(rest) = text.strip_prefix(heading)
            && rest.chars().next().is_some_and(|c| c.is_uppercase() || matches!(c, '„' | '"' | '“' | '»'))
        {
            return rest;
        }
    }
    text
}

/// The lines that repeat the title.
pub fn repeats(lines: &[Line], body: &Range<usize>, title: &str) -> Vec<usize> {
    let title = bare(title);
    body.clone().filter(|at| bare(&lines[*at].text) == title).collect()
}
