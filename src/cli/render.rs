//! An article on a terminal: headings, wrapped paragraphs, a margin.

use super::Stop;
use super::output::{Output, Span, Style};
use super::table::wrap;
use crate::model::Revision;
use crate::text::{Block, blocks};

/// Columns of a line, at most: longer ones are hard to read.
const COLUMNS: usize = 78;

/// When it was published, by whom, and which revision it is.
pub fn facts(revision: &Revision, date: &str) -> String {
    let article = &revision.article;
    let mut facts = vec![revision.published.format(date).to_string()];
    facts.extend((!article.authors.is_empty()).then(|| article.authors.join(", ")));
    facts.extend((revision.revision > 1).then(|| format!("revision {}", revision.revision)));
    facts.join(" · ")
}

/// Prints an article for reading.
pub fn article(out: &mut Output, revision: &Revision, width: usize) -> Result<(), Stop> {
    let columns = width.min(COLUMNS);
    let article = &revision.article;
    lines(out, Style::Head, ["", ""], &article.title, columns)?;
    lines(out, Style::Dim, ["", ""], &facts(revision, "%d.%m.%Y %H:%M %:z"), columns)?;
    if let Some(link) = &article.link {
        out.spans(&[Span { link: Some(link), ..Span::new(Style::Dim, link.as_str()) }])?;
    }
    let mut paragraphs = blocks(&article.html);
    if paragraphs.is_empty() {
        let text = article.text.split("\n\n").filter(|text| !text.trim().is_empty());
        paragraphs = text.map(|text| Block::Paragraph(text.to_owned())).collect();
    }
    let mut item = false;
    for block in &paragraphs {
        // Items stand together.
        let is_item = matches!(block, Block::Item(_));
        if !(item && is_item) {
            out.line("")?;
        }
        item = is_item;
        match block {
            Block::Heading(text) => lines(out, Style::Head, ["", ""], text, columns)?,
            Block::Paragraph(text) => lines(out, Style::Plain, ["", ""], text, columns)?,
            Block::Item(text) => lines(out, Style::Plain, ["  • ", "    "], text, columns)?,
            Block::Quote(text) => lines(out, Style::Plain, ["  │ ", "  │ "], text, columns)?,
            Block::Code(text) => {
                for line in text.lines() {
                    out.line(&format!("    {line}"))?;
                }
            }
        }
    }
    Ok(())
}

/// A paragraph, its first line behind one margin and the others behind another.
fn lines(out: &mut Output, style: Style, margins: [&str; 2], text: &str, columns: usize) -> Result<(), Stop> {
    for (number, line) in wrap(text, columns - margins[0].chars().count()).into_iter().enumerate() {
        let margin = margins[usize::from(number > 0)].to_owned();
        out.spans(&[Span::new(Style::Dim, margin), Span::new(style, line)])?;
    }
    Ok(())
}
