//! An answer on a terminal: a line for each article that fits its width, with what answers the query marked.

use super::Stop;
use super::ask::short;
use super::output::{Output, Span, Style};
use crate::archive::Hit;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a feed's name, at most.
const FEED: usize = 16;

/// An article, the places in its title that answer the query, and a piece of its text around what answers it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The article.
    pub hit: Hit,
    /// In bytes of its title.
    pub marks: Vec<Range<usize>>,
    /// A piece of its text, with places in it.
    pub excerpt: Option<(String, Vec<Range<usize>>)>,
}

/// Prints them. Dates are those of the place that they were written for, as one writes them there.
pub fn print(out: &mut Output, rows: &[Row], width: usize) -> Result<(), Stop> {
    let feeds = rows.iter().map(|row| feed(&row.hit).width()).max().unwrap_or(0).min(FEED);
    for Row { hit, marks, excerpt } in rows {
        let date = hit.published.format("%d.%m.%Y %H:%M").to_string();
        let feed = fit(feed(hit), feeds);
        let padding = " ".repeat(feeds.saturating_sub(feed.width()));
        let before = date.len() + 2 + 8 + 2 + feeds + 2;
        // On a narrow one the title gets a line of its own.
        let (room, own) = if before + 24 <= width { (width - before, false) } else { (width.saturating_sub(2), true) };
        let mut line = vec![
            Span::new(Style::Dim, date),
            Span::new(Style::Plain, "  "),
            Span::new(Style::Plain, short(hit)),
            Span::new(Style::Plain, "  "),
            Span::new(Style::Dim, format!("{feed}{padding}")),
            Span::new(Style::Plain, "  "),
        ];
        if own {
            out.spans(&line)?;
            line = vec![Span::new(Style::Plain, "  ")];
        }
        let title = fit(&hit.title, room);
        let mut pieces = marked(&title, marks);
        for piece in &mut pieces {
            piece.link = hit.link.as_deref();
        }
        line.extend(pieces);
        out.spans(&line)?;
        if let Some((text, marks)) = excerpt {
            let mut line = vec![Span::new(Style::Plain, "    ")];
            let text = fit(text, width.saturating_sub(4));
            line.extend(marked(&text, marks).into_iter().map(|span| match span.style {
                Style::Plain => Span { style: Style::Dim, ..span },
                _ => span,
            }));
            out.spans(&line)?;
        }
    }
    Ok(())
}

fn feed(hit: &Hit) -> &str {
    hit.feeds.first().map_or("", String::as_str)
}

/// As much of a text as fits into so many columns.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(1);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A text with the places in it that are marked; what lies beyond its end is none.
fn marked(text: &str, marks: &[Range<usize>]) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(marked)) = (text.get(at..mark.start), text.get(mark.clone())) else { break };
        spans.push(Span::new(Style::Plain, before.to_owned()));
        spans.push(Span::new(Style::Mark, marked.to_owned()));
        at = mark.end;
    }
    spans.push(Span::new(Style::Plain, text.get(at..).unwrap_or_default().to_owned()));
    spans.retain(|span| !span.text.is_empty());
    spans
}

/// The lines of a text that is broken between words so that each fits into so many columns.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{fit, marked, wrap};
    use crate::cli::output::Style;

    #[test]
    fn a_text_is_cut_at_columns_and_not_at_bytes() {
        assert_eq!(fit("Größe", 5), "Größe");
        assert_eq!(fit("Größer", 5), "Größ…");
        assert_eq!(fit("日本語", 5), "日本…");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("Der Rat tagt  am Montag", 8), ["Der Rat", "tagt am", "Montag"]);
        assert_eq!(wrap("Donaudampfschifffahrt ab", 8), ["Donaudampfschifffahrt", "ab"]);
    }

    #[test]
    fn marks_beyond_a_cut_are_left_out() {
        let spans = marked("Der Rat…", &[4..7, 9..15]);
        let texts: Vec<(&str, Style)> = spans.iter().map(|span| (span.text.as_ref(), span.style)).collect();
        assert_eq!(texts, [("Der ", Style::Plain), ("Rat", Style::Mark), ("…", Style::Plain)]);
    }
}
