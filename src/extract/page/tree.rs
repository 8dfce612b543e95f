//! A parsed page laid out flat: elements in the order of the document, each with the range of
//! those within it, and the text cut into blocks.
//!
//! Owns the layout and its counts. In comes HTML, out goes a [`Tree`]. It judges nothing. Every
//! question about a subtree is one subtraction, and nothing here or above recurses.

use dom_query::{Document, NodeData, NodeId};
use markup5ever::LocalName;
use std::ops::Range;

/// An element.
#[derive(Debug)]
pub struct Element {
    /// Its name in lower case.
    pub name: LocalName,
    /// Class and id in lower case, parted by spaces, and the names that pages without such give their parts for scripts and
    /// tests; what pages say of their parts.
    pub hint: Box<str>,
    /// The element around it; its own index for the first.
    pub parent: usize,
    /// The index behind the last element within it.
    pub end: usize,
    /// The text within it, as a range of [`Tree::text`].
    pub text: Range<usize>,
    /// The blocks that begin within it.
    pub blocks: Range<usize>,
    inline: bool,
    /// Which of the attributes that are asked of every element it has.
    has: u16,
    id: NodeId,
}

/// The bit of an attribute that is asked of every element: most have none of them. 0 for all others.
fn bit(attribute: &str) -> u16 {
    match attribute {
        "rel" => 1,
        "itemprop" => 1 << 1,
        "role" => 1 << 2,
        "hidden" => 1 << 3,
        "aria-hidden" => 1 << 4,
        "style" => 1 << 5,
        "href" => 1 << 6,
        "datetime" => 1 << 7,
        "content" => 1 << 8,
        "data-date" => 1 << 9,
        "data-datetime" => 1 << 10,
        "title" => 1 << 11,
        "pubdate" => 1 << 12,
        "itemtype" => 1 << 13,
        "aria-label" => 1 << 14,
        _ => 0,
    }
}

/// A run of text that a reader sees as one: a paragraph, a heading, an item, a cell.
#[derive(Debug)]
pub struct Block {
    /// The nearest element around it that is laid out as a block.
    pub element: usize,
    /// Its text, as a range of [`Tree::text`].
    pub text: Range<usize>,
    /// The number of its words.
    pub words: usize,
    /// How many of them are within links.
    pub linked: usize,
}

/// One piece of the document in its order, for writing it out again.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// An element begins.
    Open(usize),
    /// An element ends.
    Close(usize),
    /// Text of a block, as a range of [`Tree::text`].
    Text { block: usize, start: usize, end: usize },
}

/// A page.
pub struct Tree {
    document: Document,
    /// All elements in the order in which they begin.
    pub elements: Vec<Element>,
    /// All blocks.
    pub blocks: Vec<Block>,
    /// All text in order.
    pub text: String,
    /// Everything in order.
    pub pieces: Vec<Piece>,
    /// For each element where in `pieces` it begins.
    pub opening: Vec<usize>,
}

impl Tree {
    /// Parses a page.
    pub fn parse(html: &str) -> Tree {
        let document = Document::from(html);
        let mut layout = Layout::default();
        let mut stack = vec![(document.tree.root().id, false)];
        while let Some((id, leaving)) = stack.pop() {
            if leaving {
                layout.leave();
                continue;
            }
            let entered = document.tree.query_node_or(&id, false, |node| match &node.data {
                NodeData::Text { contents } => {
                    layout.text(contents);
                    false
                }
                NodeData::Element(element) => {
                    let mut hint = String::new();
                    for name in ["class", "id", "data-hook", "data-testid"] {
                        if let Some(value) = element.attr(name) {
                            hint.push_str(&value.to_lowercase());
                            hint.push(' ');
                        }
                    }
                    let has = element.attrs.iter().fold(0, |has, attr| has | bit(&attr.name.local));
                    layout.enter(&element.name.local, hint, has, id);
                    true
                }
                _ => false,
            });
            if entered {
                stack.push((id, true));
            }
            let from = stack.len();
            stack.extend(document.tree.child_ids_of_it(&id, true).map(|child| (child, false)));
            debug_assert!(stack.len() >= from);
        }
        let Layout { elements, blocks, text, pieces, opening, .. } = layout;
        Tree { document, elements, blocks, text, pieces, opening }
    }

    /// The value of an attribute.
    pub fn attr(&self, element: usize, name: &str) -> Option<String> {
        let element = self.elements.get(element)?;
        let bit = bit(name);
        if bit != 0 && element.has & bit == 0 {
            return None;
        }
        let node = self.document.tree.get(&element.id)?;
        node.attr(name).map(|value| value.to_string())
    }

    /// The blocks of a run of elements: one with all within it, and perhaps those that follow beside it.
    pub fn blocks_of(&self, elements: &Range<usize>) -> Range<usize> {
        let Some(first) = self.elements.get(elements.start) else { return 0..0 };
        let (from, mut to, mut at) = (first.blocks.start, first.blocks.end, first.end);
        while at < elements.end {
            to = to.max(self.elements[at].blocks.end);
            at = self.elements[at].end;
        }
        from..to
    }

    /// The elements that a CSS selector chooses, in the order of the page; none if it cannot be read.
    pub fn select(&self, selector: &str) -> Vec<usize> {
        let Some(chosen) = self.document.try_select(selector) else { return Vec::new() };
        let ids: std::collections::HashSet<NodeId> = chosen.nodes().iter().map(|node| node.id).collect();
        (0..self.elements.len()).filter(|at| ids.contains(&self.elements[*at].id)).collect()
    }

    /// The text of an element on one line.
    pub fn text_of(&self, element: usize) -> String {
        crate::text::fold(&self.text[self.elements[element].text.clone()])
    }

    /// The text of a block on one line.
    pub fn block_text(&self, block: usize) -> String {
        crate::text::fold(&self.text[self.blocks[block].text.clone()])
    }

    /// The element and those around it, innermost first.
    pub fn around(&self, element: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(element), |at| {
            let parent = self.elements[*at].parent;
            (parent != *at).then_some(parent)
        })
    }
}

/// Elements that stand in the line and do not end a block.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "img"
            | "picture"
            | "source"
            | "input"
            | "br"
    )
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

#[derive(Default)]
struct Layout {
    elements: Vec<Element>,
    blocks: Vec<Block>,
    text: String,
    pieces: Vec<Piece>,
    opening: Vec<usize>,
    open: Vec<usize>,
    /// The open elements that are laid out as blocks.
    around: Vec<usize>,
    links: usize,
    heading: usize,
    /// Whether text goes on in the last block.
    running: bool,
    breaks: usize,
}

impl Layout {
    fn enter(&mut self, local: &LocalName, hint: String, has: u16, id: NodeId) {
        let name: &str = local;
        let at = self.elements.len();
        let parent = self.open.last().copied().unwrap_or(at);
        match name {
            // Two breaks in a row part paragraphs, as many older pages do.
            "br" => {
                self.breaks += 1;
                self.text.push('\n');
                if self.breaks >= 2 {
                    self.running = false;
                }
            }
            "a" => self.links += 1,
            _ => {}
        }
        // Whatever a heading is made of, it is one line.
        let inline = is_inline(name) || self.heading > 0;
        if is_heading(name) {
            self.heading += 1;
        }
        if !inline {
            self.end_block();
            self.around.push(at);
        }
        self.elements.push(Element {
            name: local.clone(),
            hint: hint.into(),
            parent,
            end: at + 1,
            text: self.text.len()..self.text.len(),
            blocks: self.blocks.len()..self.blocks.len(),
            inline,
            has,
            id,
        });
        self.open.push(at);
        self.opening.push(self.pieces.len());
        self.pieces.push(Piece::Open(at));
    }

    fn leave(&mut self) {
        let Some(at) = self.open.pop() else { return };
        let count = self.elements.len();
        let element = &mut self.elements[at];
        element.end = count;
        element.text.end = self.text.len();
        element.blocks.end = self.blocks.len();
        let inline = element.inline;
        if is_heading(&element.name) {
            self.heading = self.heading.saturating_sub(1);
        }
        if &*element.name == "a" {
            self.links = self.links.saturating_sub(1);
        }
        if !inline {
            self.end_block();
            self.around.pop();
        }
        self.pieces.push(Piece::Close(at));
    }

    fn end_block(&mut self) {
        self.running = false;
        self.breaks = 0;
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn text(&mut self, text: &str) {
        let words = text.split_whitespace().count();
        if words == 0 {
            if self.running && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
            if self.running
                && let Some(last) = self.blocks.len().checked_sub(1)
            {
                let end = self.text.len();
                self.pieces.push(Piece::Text { block: last, start: end - 1, end });
            }
            return;
        }
        self.breaks = 0;
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        if !self.running {
            self.running = true;
            let element = self.around.last().copied().unwrap_or(0);
            self.blocks.push(Block { element, text: start..end, words: 0, linked: 0 });
        }
        let at = self.blocks.len() - 1;
        let block = &mut self.blocks[at];
        block.text.end = end;
        block.words += words;
        if self.links > 0 {
            block.linked += words;
        }
        self.pieces.push(Piece::Text { block: at, start, end });
    }
}
