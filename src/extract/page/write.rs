//! The body of a page written out as clean HTML.
//!
//! Owns which elements and attributes are written. In come the tree and the blocks that are kept,
//! out goes HTML of headings, paragraphs, lists, quotes, tables, figures and links, without empty
//! elements. It never makes addresses absolute and trusts no markup to be safe: that is the matter
//! of the sanitiser behind it.

use super::body::{Body, in_figure};
use super::tree::{Piece, Tree};
use crate::text::escape_html;

/// What an element becomes.
fn kept_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "h1" | "h2" => "h2",
        "h3" => "h3",
        "h4" | "h5" | "h6" => "h4",
        "p" => "p",
        "ul" | "menu" => "ul",
        "ol" => "ol",
        "li" => "li",
        "dl" => "dl",
        "dt" => "dt",
        "dd" => "dd",
        "blockquote" => "blockquote",
        "pre" => "pre",
        "code" | "kbd" | "samp" | "tt" => "code",
        "table" => "table",
        "thead" => "thead",
        "tbody" => "tbody",
        "tfoot" => "tfoot",
        "tr" => "tr",
        "td" => "td",
        "th" => "th",
        "caption" => "caption",
        "figure" => "figure",
        "figcaption" => "figcaption",
        "a" => "a",
        "b" | "strong" => "strong",
        "i" | "em" => "em",
        "q" => "q",
        "cite" => "cite",
        "sub" => "sub",
        "sup" => "sup",
        "del" | "s" | "strike" => "del",
        "ins" => "ins",
        _ => return None,
    })
}

/// Elements in which text may stand without a paragraph around it.
fn holds_text(name: &str) -> bool {
    matches!(name, "p" | "h2" | "h3" | "h4" | "li" | "dt" | "dd" | "td" | "th" | "caption" | "figcaption" | "pre")
}

struct Open {
    element: usize,
    name: &'static str,
    written: bool,
}

/// Writes the kept blocks.
pub fn html(tree: &Tree, body: &Body, dropped: &[bool]) -> String {
    let mut out = String::new();
    let mut open: Vec<Open> = Vec::new();
    let mut paragraph: Option<usize> = None;
    let container = &tree.elements[body.container];
    let lead = body.keep[..container.blocks.start].iter().position(|keep| *keep);
    for (at, keep) in body.keep[..container.blocks.start].iter().enumerate() {
        if *keep && lead.is_some() {
            out.push_str(&format!("<p>{}</p>\n", escape_html(&tree.block_text(at))));
        }
    }
    let first = tree.opening[body.container];
    let last = tree.opening.get(container.end).copied().unwrap_or(tree.pieces.len());
    for piece in &tree.pieces[first..last] {
        match *piece {
            Piece::Open(at) => {
                let element = &tree.elements[at];
                match &*element.name {
                    _ if dropped[at] => {}
                    "img" => image(tree, at, &mut open, &mut out),
                    "br" => {
                        let inside = open.last().is_some_and(|o| o.written) || paragraph.is_some();
                        if inside && !out.ends_with("<br>") && !out.ends_with("<p>") {
                            out.push_str("<br>");
                        }
                    }
                    name => {
                        if let Some(name) = kept_name(name) {
                            if paragraph.is_some() && !is_phrase(name) {
                                end_paragraph(&mut out, &mut paragraph);
                            }
                            open.push(Open { element: at, name, written: false });
                        }
                    }
                }
            }
            Piece::Close(at) => {
                if open.last().is_some_and(|o| o.element == at) {
                    let Some(last) = open.pop() else { continue };
                    if paragraph.is_some() && !is_phrase(last.name) {
                        end_paragraph(&mut out, &mut paragraph);
                    }
                    if last.written {
                        while last.name != "pre" && out.ends_with("<br>") {
                            out.truncate(out.len() - 4);
                        }
                        out.push_str("</");
                        out.push_str(last.name);
                        out.push_str(if is_phrase(last.name) { ">" } else { ">\n" });
                    }
                }
            }
            Piece::Text { block, start, end } => {
                if !body.keep[block] {
                    continue;
                }
                // A caption stands in a figure of its own, or the running text would read it.
                if in_figure(tree, block) && !open.iter().any(|o| o.name == "figcaption") {
                    if open.iter().any(|o| o.name == "figure") {
                        caption(tree, block, start, &mut open, &mut out);
                    }
                    continue;
                }
                let text = &tree.text[start..end];
                if paragraph.is_some_and(|last| last != block) {
                    end_paragraph(&mut out, &mut paragraph);
                }
                let pre = open.iter().any(|o| o.name == "pre");
                if text.trim().is_empty() && !pre {
                    if !out.ends_with([' ', '\n']) && !out.ends_with("<br>") {
                        out.push(' ');
                    }
                    continue;
                }
                let bare = !open.iter().any(|o| holds_text(o.name));
                if bare && paragraph.is_none() {
                    let split = open.iter().position(|o| is_phrase(o.name)).unwrap_or(open.len());
                    write_open(tree, &mut open[..split], &mut out);
                    out.push_str("<p>");
                    paragraph = Some(block);
                }
                write_open(tree, &mut open, &mut out);
                push_text(&mut out, text, pre);
            }
        }
    }
    end_paragraph(&mut out, &mut paragraph);
    for last in open.into_iter().rev().filter(|o| o.written) {
        out.push_str("</");
        out.push_str(last.name);
        out.push('>');
    }
    out
}

/// Text with its white space folded, unless it is preformatted.
fn push_text(out: &mut String, text: &str, pre: bool) {
    if pre {
        out.push_str(&escape_html(text));
        return;
    }
    if text.starts_with(char::is_whitespace) && !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
    out.push_str(&escape_html(&crate::text::fold(text)));
    if text.ends_with(char::is_whitespace) {
        out.push(' ');
    }
}

fn end_paragraph(out: &mut String, paragraph: &mut Option<usize>) {
    if paragraph.take().is_some() {
        while out.ends_with("<br>") {
            out.truncate(out.len() - 4);
        }
        out.push_str("</p>\n");
    }
}

fn is_phrase(name: &str) -> bool {
    matches!(name, "a" | "strong" | "em" | "q" | "cite" | "sub" | "sup" | "code" | "del" | "ins")
}

/// Writes the start tags that are still owed.
fn write_open(tree: &Tree, open: &mut [Open], out: &mut String) {
    for owed in open.iter_mut().filter(|open| !open.written) {
        owed.written = true;
        out.push('<');
        out.push_str(owed.name);
        if owed.name == "a"
            && let Some(href) = tree.attr(owed.element, "href")
            && !href.trim().is_empty()
            && !href.trim().starts_with('#')
        {
            out.push_str(&format!(" href=\"{}\"", escape_html(href.trim())));
        }
        out.push('>');
    }
}

/// A caption without `figcaption` around it: all of its block at its first piece.
fn caption(tree: &Tree, block: usize, start: usize, open: &mut [Open], out: &mut String) {
    if tree.blocks[block].text.start == start {
        let figure = open.iter().rposition(|o| o.name == "figure").map_or(0, |at| at + 1);
        write_open(tree, &mut open[..figure], out);
        out.push_str(&format!("<figcaption>{}</figcaption>", escape_html(&tree.block_text(block))));
    }
}

/// A picture in a figure, with its real address where the page loads it late.
fn image(tree: &Tree, at: usize, open: &mut [Open], out: &mut String) {
    let Some(figure) = open.iter().rposition(|o| o.name == "figure") else { return };
    let source = ["data-src", "data-original", "data-lazy-src", "src"]
        .iter()
        .filter_map(|name| tree.attr(at, name))
        .map(|source| source.trim().to_owned())
        .find(|source| !source.is_empty() && !source.starts_with("data:"));
    let Some(source) = source else { return };
    if tree.attr(at, "width").is_some_and(|w| w.trim() == "1") {
        return;
    }
    write_open(tree, &mut open[..=figure], out);
    out.push_str(&format!("<img src=\"{}\"", escape_html(&source)));
    if let Some(alt) = tree.attr(at, "alt").filter(|alt| !alt.trim().is_empty()) {
        out.push_str(&format!(" alt=\"{}\"", escape_html(alt.trim())));
    }
    out.push('>');
}
