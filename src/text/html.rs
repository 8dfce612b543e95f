//! HTML to plain text.
//!
//! Owns the laying out of paragraphs. In comes HTML, out goes text in which block elements are
//! parted by an empty line, list items and table rows by a line break, cells by a bar. Captions are
//! left out: they belong to pictures that a text does not have. It never sanitises: what is hidden or scripted must be gone before.

use super::fold_onto;
use dom_query::{Document, NodeData, NodeId};
use std::borrow::Cow;

/// Elements that no reader sees, and captions.
const LEFT_OUT: [&str; 6] = ["script", "style", "template", "noscript", "head", "figcaption"];

/// The text of an HTML fragment as a reader sees it.
pub fn of_html(html: &str) -> String {
    let mut out = Layout::default();
    walk(html, |piece| match piece {
        Piece::Words(words) => out.words(words),
        Piece::Element(name, leaving) => out.element(name, leaving),
    });
    out.text
}

/// The same of a fragment as a serialiser writes it, if it would write the tree of that in the same way again (HTML Standard, 13.3): then no
/// tree need be made. Brackets stand around tags only, and every element has an end tag but the void ones.
pub fn of_serialised(html: &str) -> String {
    let mut out = Layout::default();
    let (mut rest, mut left_out) = (html, 0_usize);
    loop {
        let (words, behind) = rest.split_once('<').unwrap_or((rest, ""));
        if left_out == 0 && !words.is_empty() {
            out.words(&unescaped(words));
        }
        let Some((tag, behind)) = behind.split_once('>') else { return out.text };
        rest = behind;
        let (name, leaving) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
        let name = name.split(' ').next().unwrap_or_default();
        match (LEFT_OUT.contains(&name), leaving) {
            (true, false) => left_out += 1,
            (true, true) => left_out = left_out.saturating_sub(1),
            (false, _) if left_out > 0 => {}
            // That a void element is left at once changes nothing.
            (false, _) => out.element(name, leaving),
        }
    }
}

/// Text without the references that a serialiser writes.
fn unescaped(text: &str) -> Cow<'_, str> {
    const REFERENCES: [(&str, char); 4] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&nbsp;", '\u{A0}')];
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = text[..first].to_owned();
    let mut rest = &text[first..];
    while let Some(c) = rest.chars().next() {
        let known = REFERENCES.iter().find_map(|(written, means)| Some((rest.strip_prefix(written)?, *means)));
        let (behind, means) = known.unwrap_or((&rest[c.len_utf8()..], c));
        out.push(means);
        let next = behind.find('&').unwrap_or(behind.len());
        out.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    Cow::Owned(out)
}

/// What is met on the way through a fragment.
pub enum Piece<'a> {
    /// Text.
    Words(&'a str),
    /// An element by its name, and whether it is left.
    Element(&'a str, bool),
}

/// Goes through an HTML fragment in the order of reading; captions and what no reader sees are left out.
pub fn walk(html: &str, mut meet: impl FnMut(Piece)) {
    let document = Document::fragment(html);
    let tree = &document.tree;
    // An explicit stack: markup may be nested deeper than a call stack.
    let mut stack = vec![(tree.root().id, false)];
    while let Some((id, leaving)) = stack.pop() {
        let name = tree.query_node_or(&id, None, |node| match &node.data {
            NodeData::Text { contents } if !leaving => {
                meet(Piece::Words(contents));
                None
            }
            NodeData::Element(element) => Some(element.name.local.clone()),
            _ => None,
        });
        if let Some(name) = &name {
            if LEFT_OUT.contains(&name.as_ref()) {
                continue;
            }
            meet(Piece::Element(name, leaving));
        }
        if !leaving {
            if name.is_some() {
                stack.push((id, true));
            }
            let children: Vec<NodeId> = tree.child_ids_of_it(&id, true).collect();
            stack.extend(children.into_iter().map(|child| (child, false)));
        }
    }
}

/// Text in the making, and the white space that is owed before the next word.
#[derive(Default)]
struct Layout {
    text: String,
    space: bool,
    /// Line breaks owed: 1 a new line, 2 a new paragraph.
    breaks: u8,
    bar: bool,
    pre: u32,
}

impl Layout {
    fn words(&mut self, words: &str) {
        if self.pre > 0 {
            for (at, line) in words.split('\n').enumerate() {
                if at > 0 {
                    self.breaks = self.breaks.max(1);
                }
                if !line.trim().is_empty() {
                    self.owed();
                    self.text.push_str(line.trim_end());
                }
            }
            return;
        }
        if words.starts_with(char::is_whitespace) {
            self.space = true;
        }
        if !words.trim_start().is_empty() {
            self.owed();
            fold_onto(&mut self.text, words);
            self.space = true;
        }
        if !words.ends_with(char::is_whitespace) && !words.is_empty() {
            self.space = false;
        }
    }

    fn owed(&mut self) {
        if !self.text.is_empty() {
            match (self.breaks, self.bar, self.space) {
                (2.., _, _) => self.text.push_str("\n\n"),
                (1, _, _) => self.text.push('\n'),
                (0, true, _) => self.text.push_str(" | "),
                (0, false, true) => self.text.push(' '),
                _ => {}
            }
        }
        (self.breaks, self.bar, self.space) = (0, false, false);
    }

    fn element(&mut self, name: &str, leaving: bool) {
        match name {
            "pre" => {
                self.pre = if leaving { self.pre.saturating_sub(1) } else { self.pre + 1 };
                self.breaks = 2;
            }
            "br" => self.breaks = self.breaks.max(1),
            "li" | "tr" | "dt" | "dd" | "option" => self.breaks = self.breaks.max(1),
            "td" | "th" => self.bar |= leaving,
            "address" | "article" | "aside" | "blockquote" | "body" | "center" | "details" | "dialog" | "div"
            | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5"
            | "h6" | "header" | "hr" | "main" | "nav" | "ol" | "p" | "section" | "summary" | "table" | "ul"
            | "caption" => {
                self.breaks = 2;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of_html as text;

    #[test]
    fn paragraphs_are_parted_by_an_empty_line_and_items_by_a_line_break() {
        let html = "<h2>Kopf</h2><p>Ein <b>Satz</b>, <i>noch</i>\n einer.</p><ul><li>eins</li><li>zwei</li></ul>";
        assert_eq!(text(html), "Kopf\n\nEin Satz, noch einer.\n\neins\nzwei");
    }

    #[test]
    fn cells_are_parted_by_a_bar_and_breaks_are_kept() {
        let html = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>x<br>y";
        assert_eq!(text(html), "a | b\nc\n\nx\ny");
    }
}
