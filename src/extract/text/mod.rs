//! Articles out of plain text, in the two ways in which it reaches people: what a scraper left
//! (title repeated, breadcrumb, a date line with views, headings as short lines, captions glued to
//! paragraphs, a closing notice), and a whole page copied from a browser, menus and all.
//!
//! Owns the finding of title, names, date and body among lines. In comes decoded text, out goes
//! one raw article. It never reads a file, cleans HTML or chooses between dates.

mod compose;
pub(crate) mod head;
mod lines;
mod window;

use crate::date::{Context, Role};
use crate::model::{DateClaim, Markup, Origin, RawArticle};
use lines::{Line, Look};
pub(crate) use lines::{about_itself, date_of_line, ends_sentence, names_year};
use std::collections::HashSet;
use std::ops::Range;
use window::Shape;

/// A longer text is cut: no article has a million words.
const MOST_BYTES: usize = 4 << 20;

/// What was found in a plain text.
#[derive(Debug, Default)]
pub struct TextParts {
    /// The article, if there are any words.
    pub article: Option<RawArticle>,
    /// What was odd: sentences without a full stop.
    pub warnings: Vec<String>,
}

/// A text that names more days is a calendar.
const MOST_CLAIMS: usize = 200;

/// Reads a plain text as one article.
pub fn read(text: &str, context: &Context) -> TextParts {
    let mut warnings = Vec::new();
    let text = bounded(text, &mut warnings);
    let lines = lines::lines(text, context);
    if lines.len() == lines::MOST_LINES {
        warnings.push(format!("only the first {} lines were read", lines::MOST_LINES));
    }
    let shape = window::shape(&lines);
    let body = window::window(&lines, shape);
    if body.is_empty() {
        return TextParts { article: None, warnings };
    }
    let anchor = window::anchor(&lines, &body);
    let title = head::title(&lines, &(anchor..body.end), shape);
    let mut skip: HashSet<usize> = HashSet::new();
    let start = match (title, shape) {
        (Some(at), _) if at < anchor => {
            // A teaser may stand above the headline; what else is there is of the page.
            skip.extend((body.start..at).filter(|at| lines[*at].look != Look::Prose || shape == Shape::Page));
            at.min(body.start)
        }
        (_, Shape::Page) => anchor,
        _ => body.start,
    };
    let body = start..body.end;
    if let Some(at) = title {
        // A whole sentence may be the title for want of a better one; then the text begins with it.
        if shape == Shape::Page || lines[at].look != Look::Prose {
            skip.insert(at);
        }
        skip.extend(compose::repeats(&lines, &body, &lines[at].text).into_iter().filter(|other| *other != at));
    }
    let mut dates = dates(&lines, title, &body, shape, &mut skip, context);
    let authors = authors(&lines, title, &body, &mut skip);
    let title = title.map(|at| {
        let (title, date) = head::without_date(&lines[at].text, context);
        if let Some(words) = date {
            dates.insert(0, DateClaim { role: Role::Unknown, words, origin: Origin::Byline });
        }
        title
    });
    let html = compose::html(&lines, body, &skip, title.as_deref(), shape);
    let article = RawArticle {
        title: title.map(Markup::Text),
        authors,
        dates,
        body: Some(Markup::Html(html)),
        ..RawArticle::default()
    };
    TextParts { article: Some(article), warnings }
}

/// The text up to the longest that is read.
fn bounded<'a>(text: &'a str, warnings: &mut Vec<String>) -> &'a str {
    if text.len() <= MOST_BYTES {
        return text;
    }
    warnings.push(format!("only the first {} MB were read", MOST_BYTES >> 20));
    let mut end = MOST_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The claims to the article's date, best first: lines about it near the head, a date that a
/// paragraph begins with, such a line behind the text, dates within the first paragraphs.
fn dates(
    lines: &[Line],
    title: Option<usize>,
    body: &Range<usize>,
    shape: Shape,
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
        if line.look == Look::Date && !(at < head && is_teaser(line)) && (at < head + 12 || prose <= first) {
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
    let behind = (body.end.saturating_sub(3)..lines.len().min(body.end + 12)).filter(|at| !skip.contains(at));
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
    for (nth, at) in body.clone().filter(|at| looks(lines[*at].look)).take(most).enumerate() {
        for reading in crate::date::find(&lines[at].text, context).take(4) {
            // Far from the head a word of publication speaks of other writing.
            let role = match reading.role {
                Role::Published if nth >= 12 => Role::Unknown,
                role => role,
            };
            if reading.precision != crate::date::Precision::Month
                && let Some(words) = lines[at].text.get(reading.span.clone()).filter(|words| names_year(words))
            {
                claims.push(DateClaim { role, words: words.to_owned(), origin: Origin::Text });
            }
        }
        if claims.len() > MOST_CLAIMS {
            break;
        }
    }
    claims
}

/// Whether a line lists another article with its date.
fn is_teaser(line: &Line) -> bool {
    let dated = line.date.as_ref().map_or(0, |(words, _)| words.split(' ').count());
    line.item && line.words > dated + 2
}

/// The date that stands behind the title where the page lists its newest articles, this one among them.
fn listed(lines: &[Line], title: usize, context: &Context) -> Option<DateClaim> {
    let wanted = lines[title].text.as_str();
    let behind = |at: usize| {
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

/// The names in the first byline near the headline.
fn authors(lines: &[Line], title: Option<usize>, body: &Range<usize>, skip: &mut HashSet<usize>) -> Vec<String> {
    let head = title.unwrap_or(body.start);
    let near = head.saturating_sub(3)..(head + 10).min(lines.len());
    for at in near {
        if lines[at].look == Look::Byline
            && let Some(names) = head::byline(&lines[at].text)
        {
            skip.insert(at);
            return names;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::date::Context;
    use crate::model::{Markup, Origin};

    fn context() -> Context {
        Context { now: "2025-01-01T00:00:00Z".parse().unwrap(), zone: chrono_tz::Europe::Berlin }
    }

    const SCRAPED: &str = "Neue Brücke über die Aller\n\nSie sind hier:\n»\n»\nNeue Brücke über die Aller\n\
        3. März 2024 | 57 klicks\n\nNeue Brücke über die Aller\n\n\
        Die alte Brücke war nach mehr als hundert Jahren nicht mehr zu retten, sagen die Ingenieure.\n\n\
        Bau im Zeitplan\n\n\
        Bau im ZeitplanNach dem Winter liegen die Arbeiten im Plan, obwohl der Fluss zweimal über die Ufer trat.\n\n\
        Kommentarfunktion ist deaktiviert\n";

    #[test]
    fn a_scraped_text_keeps_its_headings_and_loses_what_the_page_put_around_them() {
        let article = read(SCRAPED, &context()).article.unwrap();
        assert_eq!(article.title, Some(Markup::Text("Neue Brücke über die Aller".into())));
        assert_eq!(
            article.body.unwrap().source(),
            "<p>Die alte Brücke war nach mehr als hundert Jahren nicht mehr zu retten, sagen die Ingenieure.</p>\n\
             <h2>Bau im Zeitplan</h2>\n\
             <p>Nach dem Winter liegen die Arbeiten im Plan, obwohl der Fluss zweimal über die Ufer trat.</p>\n"
        );
        let first = &article.dates[0];
        assert_eq!((first.words.as_str(), first.origin), ("3. März 2024", Origin::Byline));
    }

    #[test]
    fn a_page_copied_whole_loses_its_menus_and_comments() {
        let page = "Zum Inhalt springen\n* Start\n* Politik\n* Sport\n* Kontakt\n* Abo\nAnmelden\nSuche\n\n\
            Der Apfelbaum trägt wieder\n\nVon Anna Muster\n\n12.09.2024, 10:15 Uhr\n\n\
            Nach drei mageren Jahren hängen die Zweige im Garten der Schule voll, und die Kinder haben geerntet.\n\n\
            Aus den Äpfeln wird nun Saft gepresst, den der Förderverein am Sonntag auf dem Markt verkauft.\n\n\
            3 Kommentare\n\nBernd\n\nDas war eine sehr schöne Ernte, und wir haben alle gern geholfen an diesem Tag.\n\n\
            * Impressum\n* Datenschutz\n";
        let article = read(page, &context()).article.unwrap();
        assert_eq!(article.title, Some(Markup::Text("Der Apfelbaum trägt wieder".into())));
        assert_eq!(article.authors, ["Anna Muster"]);
        assert_eq!(article.body.unwrap().source().matches("<p>").count(), 2);
    }

    #[test]
    fn nothing_but_marks_is_no_article() {
        assert!(read("* * *\n\n---\n", &context()).article.is_none());
    }
}
