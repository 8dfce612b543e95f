//! Articles out of plain text, in the two ways in which it reaches people: what a scraper left
//! (title repeated, breadcrumb, a date line with views, headings as short lines, captions glued to
//! paragraphs, a closing notice), and a whole page copied from a browser, menus and all.
//!
//! Owns the finding of title, names, date and body among lines. In comes decoded text, out goes
//! one raw article. It never reads a file, cleans HTML or chooses between dates.

mod compose;
mod dates;
pub(crate) mod head;
mod lines;
mod window;

use crate::date::{Context, Role};
use crate::extract::furniture::names_subject;
use crate::model::{DateClaim, Markup, Origin, RawArticle};
use lines::{Line, Look};
pub(crate) use lines::{about_itself, date_of_line, ends_sentence, names_handle, names_year};
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

/// Reads a plain text as one article.
pub fn read(text: &str, context: &Context) -> TextParts {
    let mut warnings = Vec::new();
    let text = bounded(text, &mut warnings);
    let mut lines = lines::lines(text, "", context);
    let found = title_line(&lines).filter(|title| names_subject(title)).map(str::to_owned);
    if let Some(title) = found {
        // What the title speaks of is matter, and no notice of the page.
        lines = lines::lines(text, &title, context);
    }
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
        (Some(at), Shape::Scraped) if lines[at].look != Look::Prose && head::is_top(&lines, at) => at,
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
    let days = dates::schedule(&lines);
    let mut dates = dates::claims(&lines, title, &body, shape, &days, &mut skip, context);
    let authors = authors(&lines, title, &body, &mut skip);
    let title = title.map(|at| {
        let (title, date) = head::without_date(&lines[at].text, context);
        if let Some(words) = date {
            dates.insert(0, DateClaim { role: Role::Unknown, words, origin: Origin::Byline });
        }
        title
    });
    let html = compose::html(&lines, body, &skip, &days, title.as_deref(), shape);
    let article = RawArticle {
        title: title.map(Markup::Text),
        authors,
        dates,
        body: Some(Markup::Html(html)),
        ..RawArticle::default()
    };
    TextParts { article: Some(article), warnings }
}

/// The words of the title.
fn title_line(lines: &[Line]) -> Option<&str> {
    let shape = window::shape(lines);
    let body = window::window(lines, shape);
    let anchor = (!body.is_empty()).then(|| window::anchor(lines, &body))?;
    head::title(lines, &(anchor..body.end), shape).map(|at| lines[at].text.as_str())
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
