//! The names of the house that publishes a page, and of nobody: they are no authors.

use crate::extract::page::headline::{Headline, pieces_of};
use crate::extract::page::json_ld::Described;
use crate::extract::page::meta::Head;
use crate::extract::text::head::bare;

/// The names of the site and its publisher: no authors.
pub(super) struct House(Vec<String>);

impl House {
    pub(super) fn of(head: &Head, described: Option<&Described>, headline: Option<&Headline>) -> House {
        let names = [
            head.first(&["og:site_name"]),
            head.first(&["application-name"]),
            described.and_then(|d| d.publisher.as_deref()),
        ];
        let mut names: Vec<String> = names.into_iter().flatten().map(bare).collect();
        // What stands behind the headline in the title of the page is the site.
        let title = headline.map(|headline| bare(&headline.text)).unwrap_or_default();
        let pieces = head.title.iter().flat_map(|title| pieces_of(title));
        names.extend(pieces.filter(|piece| !title.contains(piece.as_str())));
        names.retain(|name| !name.is_empty());
        House(names)
    }

    /// Whether the site bears this name, with or without an article.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let whole = bare(name);
        let short = ["die", "der", "das"].iter().find_map(|article| whole.strip_prefix(article));
        // `Blatt /mu`, `Blatt – Das Magazin`: whole words, or a person whose name begins alike would be lost.
        let mut words = name.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| bare(&name[..at]));
        self.0.contains(&whole)
            || words.any(|begin| begin.chars().count() >= 4 && self.0.contains(&begin))
            || short.is_some_and(|short| self.0.iter().any(|name| name == short))
    }

    pub(super) fn is(&self, name: &str) -> bool {
        const WORDS: &[&str] = &[
            "redaktion",
            "admin",
            "administrator",
            "online",
            "gmbh",
            "verlag",
            "webmaster",
            "ag",
            "e.v.",
            "team",
            "presse",
        ];
        let lower = name.to_lowercase();
        self.is_named(name)
            // What systems call their first user.
            || lower == "super user"
            || matches!(lower.as_str(), "wordpressadmin" | "wpadmin" | "siteadmin" | "webadmin" | "sysadmin")
            || lower.split_whitespace().any(|word| WORDS.contains(&word))
            || lower.contains("redaktion")
            || lower.contains('.') && !lower.contains(' ')
    }
}
