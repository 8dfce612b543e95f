//! Whether an element is of the article, or of comments and other articles beside it.

use crate::extract::page::tree::Tree;

/// Whether an element is of comments or of another article: within something that is called so and
/// does not hold the article as well.
pub fn in_other(tree: &Tree, at: usize, head: usize) -> bool {
    const OTHERS: &[&str] = &[
        "comment",
        "comments",
        "commentlist",
        "kommentar",
        "kommentare",
        "related",
        "teaser",
        "teasers",
        "sidebar",
        "widget",
        "recommend",
        "recommendations",
        "respond",
        "footer",
        "recentcomments",
        "newsticker",
    ];
    let holds_head = |around: &usize| tree.elements[*around].blocks.contains(&head);
    // The foot of an article is of it: that of the page holds no headline beside it.
    let own_foot = tree.around(at).filter(holds_head).take(4).any(|around| is_called_article(tree, around));
    tree.around(at).take(10).take_while(|around| !holds_head(around)).any(|around| {
        let element = &tree.elements[around];
        match &*element.name {
            "nav" => return true,
            // `<aside class="meta">` says when and by whom.
            "aside" => return !element.hint.split_whitespace().any(|token| DATA.contains(&token)),
            _ => {}
        }
        // A box of its author may be of the same kind as the teasers.
        let of_author = element.hint.split_whitespace().any(|token| matches!(token, "author" | "autor" | "autorin"));
        element.hint.split_whitespace().any(|token| {
            if of_author && token.contains("teaser") {
                return false;
            }
            if let Some((name, _)) = token.split_once("footer")
                && (own_foot || is_part_of(name))
            {
                return false;
            }
            token.split(|c: char| !c.is_alphanumeric()).any(|word| OTHERS.contains(&word))
        })
    })
}

/// Names of elements that hold data about an article.
pub(super) const DATA: &[&str] =
    &["meta", "info", "metadata", "byline", "author", "autor", "date", "datum", "article-info"];

/// Whether a foot is that of something on the page: `entry-footer`, `asset__footer`.
pub(super) fn is_part_of(name: &str) -> bool {
    const WHOLE: [&str; 7] = ["page", "site", "main", "global", "layout", "l", "c"];
    let name = name.trim_end_matches(['-', '_']);
    !name.is_empty() && !WHOLE.contains(&name)
}

/// Whether an element says that it holds an article.
pub(super) fn is_called_article(tree: &Tree, at: usize) -> bool {
    let element = &tree.elements[at];
    match &*element.name {
        "article" => true,
        "html" | "body" | "main" => false,
        _ => {
            let named = element.hint.split(|c: char| !c.is_alphanumeric()).any(|word| {
                matches!(word, "article" | "artikel" | "post" | "entry" | "hentry" | "beitrag" | "single" | "story")
            });
            named || tree.attr(at, "itemtype").is_some_and(|kind| kind.contains("Article") || kind.contains("Posting"))
        }
    }
}
