//! How a feed shows its articles: keys that may stand in a definition, and in the settings as a default.

use super::keys::Table;
use crate::error::Result;
use std::time::Duration;
use url::Url;

/// How a feed shows its articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation {
    /// `limit`: the newest articles in the documents that are subscribed to.
    pub limit: Limit,
    /// `entry_title`: what titles of entries look like.
    pub entry_title: Template,
    /// `content`: how much of an article an entry holds.
    pub content: Content,
    /// `future`: what happens to articles whose date is still to come.
    pub future: Future,
    /// `image`: a picture that stands for the feed.
    pub image: Option<Url>,
    /// `rights`: who holds what rights in it.
    pub rights: String,
    /// `ttl`: for how long a reader need not look again.
    pub ttl: Option<Duration>,
}

/// Which of its newest articles a feed shows; the older ones stand in its closed documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Count(usize),
    /// Those that came to it within this time.
    Age(Duration),
}

/// How much of an article an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Full,
    /// The teaser, or the beginning of the text.
    Summary,
    /// The title and the link.
    None,
}

/// What happens to an article whose date lies well after the moment at which it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Future {
    /// Its entry bears the moment at which it was seen.
    Clamp,
    /// It is not shown before its date.
    Hold,
}

impl Presentation {
    /// These, where `table` says nothing else.
    pub(super) fn with(self, table: &mut Table) -> Result<Presentation> {
        Ok(Presentation {
            limit: table.limit("limit")?.unwrap_or(self.limit),
            entry_title: table.template("entry_title")?.unwrap_or(self.entry_title),
            content: table
                .choice("content", &[("full", Content::Full), ("summary", Content::Summary), ("none", Content::None)])?
                .unwrap_or(self.content),
            future: table.choice("future", &[("clamp", Future::Clamp), ("hold", Future::Hold)])?.unwrap_or(self.future),
            image: table.address("image")?.or(self.image),
            rights: table.string("rights")?.unwrap_or(self.rights),
            ttl: table.duration("ttl")?.or(self.ttl),
        })
    }
}

impl Default for Presentation {
    fn default() -> Presentation {
        Presentation {
            limit: Limit::Count(100),
            entry_title: Template(vec![Piece::Title]),
            content: Content::Full,
            future: Future::Clamp,
            image: None,
            rights: String::new(),
            ttl: None,
        }
    }
}

/// A pattern for titles: words, and `{title}`, `{source}`, `{author}`, `{tag}` in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Title,
    Source,
    Author,
    Tag,
}

impl Template {
    /// Reads a pattern.
    pub fn parse(text: &str) -> std::result::Result<Template, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, inner)) = rest.split_once('{') {
            let (name, behind) = inner.split_once('}').ok_or_else(|| "a `{` is not closed".to_owned())?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            pieces.push(match name {
                "title" => Piece::Title,
                "source" => Piece::Source,
                "author" => Piece::Author,
                "tag" => Piece::Tag,
                other => {
                    return Err(format!(
                        "`{{{other}}}` is not known; {{title}}, {{source}}, {{author}} and {{tag}} are"
                    ));
                }
            });
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        match pieces.contains(&Piece::Title) {
            true => Ok(Template(pieces)),
            false => Err("it must hold {title}: a reader could not tell the entries apart".to_owned()),
        }
    }

    /// Fills the pattern in. What an article does not have is left out with the brackets around it.
    pub fn fill(&self, title: &str, source: &str, author: Option<&str>, tag: Option<&str>) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            filled.push_str(match piece {
                Piece::Words(words) => words,
                Piece::Title => title,
                Piece::Source => source,
                Piece::Author => author.unwrap_or_default(),
                Piece::Tag => tag.unwrap_or_default(),
            });
        }
        for empty in ["[]", "()", "{}"] {
            // Only brackets of the pattern: those of a title have something in them, or stand in `title` as well.
            if !title.contains(empty) {
                filled = filled.replace(empty, "");
            }
        }
        crate::text::fold(&filled)
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn a_pattern_is_filled_in_and_a_wrong_one_told() {
        let pattern = Template::parse("[{source}] {title} ({author})").unwrap();
        assert_eq!(pattern.fill("Markt", "Bote", Some("A. B."), None), "[Bote] Markt (A. B.)");
        assert_eq!(pattern.fill("Markt", "Bote", None, None), "[Bote] Markt");
        assert!(Template::parse("{titel}").unwrap_err().contains("`{titel}` is not known"));
        assert!(Template::parse("{title").unwrap_err().contains("not closed"));
        assert!(Template::parse("{source}").unwrap_err().contains("must hold {title}"));
    }
}
