//! HTML to what a person reads in a terminal: paragraphs with their kind. What is hidden or scripted must be gone before.

use super::fold;
use super::html::{Piece, walk};

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// Running text.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// A paragraph of a quotation.
    Quote(String),
    /// Lines that stay as they are.
    Code(String),
}

/// The paragraphs of an HTML fragment, in their order. Captions are left out, as in [`of_html`](super::of_html).
pub fn blocks(html: &str) -> Vec<Block> {
    let mut out = Blocks::default();
    walk(html, |piece| match piece {
        Piece::Words(words) => out.text.push_str(words),
        Piece::Element(name, leaving) => out.element(name, leaving),
    });
    out.end();
    out.blocks
}

#[derive(Default)]
struct Blocks {
    blocks: Vec<Block>,
    text: String,
    heading: bool,
    pre: u32,
    quote: u32,
    item: u32,
}

impl Blocks {
    fn element(&mut self, name: &str, leaving: bool) {
        let depth = |depth: u32| if leaving { depth.saturating_sub(1) } else { depth + 1 };
        match name {
            "br" if self.pre > 0 => self.text.push('\n'),
            "br" => self.text.push(' '),
            "td" | "th" => self.text.push_str(" | "),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end();
                self.heading = !leaving;
            }
            "pre" => {
                self.end();
                self.pre = depth(self.pre);
            }
            "blockquote" => {
                self.end();
                self.quote = depth(self.quote);
            }
            "li" | "dd" => {
                self.end();
                self.item = depth(self.item);
            }
            "a" | "b" | "i" | "em" | "strong" | "span" | "code" | "small" | "sub" | "sup" | "u" | "s" | "del"
            | "ins" | "q" | "abbr" | "cite" | "mark" | "time" | "kbd" | "var" | "samp" | "img" | "wbr" | "bdi"
            | "bdo" | "dfn" => {}
            _ => self.end(),
        }
    }

    /// What has been read up to here is a paragraph.
    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let folded = || fold(&text).trim_matches([' ', '|']).to_owned();
        self.blocks.push(match (self.pre > 0, self.heading, self.item > 0, self.quote > 0) {
            (true, ..) => Block::Code(text.trim_matches('\n').to_owned()),
            (_, true, ..) => Block::Heading(folded()),
            (.., true, _) => Block::Item(folded()),
            (.., true) => Block::Quote(folded()),
            _ => Block::Paragraph(folded()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, blocks};

    #[test]
    fn paragraphs_keep_their_kind() {
        let html = "<h2>Kopf</h2><p>Ein <b>Satz</b>,\n noch einer.</p><ul><li>eins</li><li><p>zwei</p></li></ul>\
                    <blockquote><p>Ein Wort</p></blockquote><pre>a\n  b</pre>lose<figure><figcaption>Bild</figcaption></figure>";
        let text = str::to_owned;
        assert_eq!(
            blocks(html),
            [
                Block::Heading(text("Kopf")),
                Block::Paragraph(text("Ein Satz, noch einer.")),
                Block::Item(text("eins")),
                Block::Item(text("zwei")),
                Block::Quote(text("Ein Wort")),
                Block::Code(text("a\n  b")),
                Block::Paragraph(text("lose")),
            ]
        );
    }
}
