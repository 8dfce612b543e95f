//! Where an article goes on that is spread over several pages.
//!
//! Owns the telling of a further part from another article: in come the page and its address, out goes a link to the whole on
//! one page, or to the next part. It follows no address.

use super::meta::Head;
use super::tree::Tree;
use crate::text::fold;
use url::Url;

/// What the links to the whole are called.
const WHOLE: [&str; 9] = [
    "auf einer seite lesen",
    "alles auf einer seite",
    "auf einer seite",
    "artikel auf einer seite lesen",
    "artikel auf einer seite",
    "ganzen artikel auf einer seite lesen",
    "alle seiten auf einmal lesen",
    "gesamten artikel auf einer seite lesen",
    "komplettansicht",
];

/// Links from an article to the rest of it, as found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sequel {
    /// To all of it on one page.
    pub whole: Option<String>,
    /// To the next part.
    pub next: Option<String>,
}

/// Finds them. Without the address of the page nothing can be told.
pub fn find(tree: &Tree, head: &Head, url: Option<&Url>) -> Sequel {
    let Some(url) = url else { return Sequel::default() };
    let mut sequel = Sequel::default();
    let links = (0..tree.elements.len()).filter(|at| &*tree.elements[*at].name == "a");
    for at in links {
        let Some(href) = tree.attr(at, "href").filter(|href| !href.trim().starts_with('#')) else { continue };
        let Ok(target) = url.join(href.trim()) else { continue };
        if target == *url || target.host_str() != url.host_str() {
            continue;
        }
        let text = || fold(&tree.text_of(at)).to_lowercase();
        if sequel.whole.is_none() && tree.elements[at].text.len() < 60 && WHOLE.contains(&text().as_str()) {
            sequel.whole = Some(href.trim().to_owned());
        }
        if sequel.next.is_none() && goes_on(url, &target) {
            sequel.next = Some(href.trim().to_owned());
        }
    }
    // Blogs name the next post in their head as well: only a part of the same address is one.
    let named = head.next.clone().filter(|href| url.join(href).is_ok_and(|target| goes_on(url, &target)));
    sequel.next = named.or(sequel.next);
    sequel
}

/// Whether an address is that of the part behind `here`: the same but for a number that is one more, or the second part
/// where `here` has none.
pub fn goes_on(here: &Url, there: &Url) -> bool {
    /// A greater number is that of an article.
    const MOST: usize = 99;
    if here.host_str() != there.host_str() {
        return false;
    }
    let address = |url: &Url| {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", url.path().trim_end_matches('/'))
    };
    let (here, there) = (address(here), address(there));
    let digits = |text: &str| text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let mut before = here.bytes().zip(there.bytes()).take_while(|(a, b)| a == b).count();
    while !here.is_char_boundary(before) || !there.is_char_boundary(before) {
        before -= 1;
    }
    before -= digits(&there[..before]);
    let (from, to) = (&here[before..], &there[before..]);
    let mut behind =
        from.bytes().rev().zip(to.bytes().rev()).take_while(|(a, b)| a == b && !a.is_ascii_digit()).count();
    while !from.is_char_boundary(from.len() - behind) || !to.is_char_boundary(to.len() - behind) {
        behind -= 1;
    }
    let (from, to) = (&from[..from.len() - behind], &to[..to.len() - behind]);
    let number = digits(to);
    let Some(next) = to[to.len() - number..].parse::<usize>().ok().filter(|next| (2..=MOST).contains(next)) else {
        return false;
    };
    let word = &to[..to.len() - number];
    if from.is_empty() {
        // `/artikel` and `/artikel/2`, `/artikel-2.html`, `/artikel?seite=2`.
        let word = word.trim_matches(['/', '-', '_', ',', '.', '?', '&', '=']).to_lowercase();
        let marked = !to.starts_with(|c: char| c.is_alphanumeric());
        return next == 2
            && marked
            && matches!(word.as_str(), "" | "seite" | "page" | "p" | "teil" | "part" | "s" | "pg");
    }
    // What stands before the number has to say that it counts parts, or ids and days would.
    let counts = || {
        let lead = there[..before].to_lowercase();
        ["seite", "page", "teil", "part"].iter().any(|word| lead.trim_end_matches(['=', '/', '-', '_']).ends_with(word))
            || lead.ends_with("?p=")
            || lead.ends_with('/')
            || lead.ends_with('-')
    };
    word.is_empty() && from.parse::<usize>().is_ok_and(|here| here + 1 == next) && counts()
}

#[cfg(test)]
mod tests {
    use super::goes_on;
    use url::Url;

    #[test]
    fn a_further_part_is_told_from_another_article() {
        let goes_on = |here: &str, there: &str| {
            let url = |path: &str| Url::parse(&format!("https://blatt.example{path}")).unwrap();
            goes_on(&url(here), &url(there))
        };
        for (here, there) in [
            ("/lokales/bahnhof", "/lokales/bahnhof/2"),
            ("/lokales/bahnhof/", "/lokales/bahnhof/seite-2/"),
            ("/lokales/bahnhof/seite-2", "/lokales/bahnhof/seite-3"),
            ("/bahnhof.html", "/bahnhof-2.html"),
            ("/bahnhof.html", "/bahnhof.html?seite=2"),
            ("/bahnhof?id=7&page=9", "/bahnhof?id=7&page=10"),
            ("/bahnhof/1", "/bahnhof/2"),
        ] {
            assert!(goes_on(here, there), "{here} {there}");
        }
        for (here, there) in [
            ("/lokales/bahnhof", "/lokales/markt"),
            ("/lokales/bahnhof", "/lokales/bahnhof/3"),
            ("/lokales/bahnhof", "/lokales/bahnhof/comment-page-2"),
            ("/artikel-4711", "/artikel-4712"),
            ("/2024/05/03", "/2024/05/06"),
            ("/bahnhof", "/bahnhof"),
            ("/bahnhof", "/bahnhof2"),
            ("/seite-3", "/seite-2"),
        ] {
            assert!(!goes_on(here, there), "{here} {there}");
        }
    }
}
