//! Who wrote the article of a page.
//!
//! Owns the choice between what the page says in JSON-LD, in `<meta>`, in marked elements and in
//! its byline. In comes the tree, out go names as found. It never changes a name but for the words
//! around it (`Von`, a profession behind a comma).

use super::headline::{Headline, pieces_of};
use super::json_ld::Described;
use super::meta::Head;
use super::tree::Tree;
use crate::extract::furniture::furniture;
use crate::extract::text::head::{bare, byline, is_name};
use crate::text::fold;

/// Finds the authors.
pub fn find(
    tree: &Tree,
    head: &Head,
    described: Option<&Described>,
    headline: Option<&Headline>,
    body: Option<usize>,
) -> Vec<String> {
    let house = House::of(head, described, headline);
    let mut people = Vec::new();
    let mut houses = Vec::new();
    // Who calls a site after himself.
    let mut own = Vec::new();
    if let Some(described) = described {
        for (name, organisation) in &described.authors {
            for name in names(name) {
                let list = match house.is(&name) {
                    _ if *organisation => &mut houses,
                    true if house.is_named(&name) && is_name(&name) => &mut own,
                    true => &mut houses,
                    false => &mut people,
                };
                push(list, name);
            }
        }
    }
    let whole = |names: &[String]| names.iter().any(|name| is_name(name));
    let spaced = |names: &[String]| names.iter().any(|name| name.contains(' '));
    if whole(&people) {
        // Agencies beside people are authors as well.
        people.extend(houses);
        return people;
    }
    // WordPress says it in pairs: `twitter:label1` names what `twitter:data1` holds.
    for at in ["1", "2"] {
        let label = head.first(&[&format!("twitter:label{at}")]).unwrap_or_default();
        if matches!(label, "Verfasst von" | "Geschrieben von" | "Written by" | "Von" | "Autor") {
            let name = head.first(&[&format!("twitter:data{at}")]).unwrap_or_default();
            names(name).into_iter().filter(|name| !house.is(name)).for_each(|name| push(&mut people, name));
        }
    }
    for name in [
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "cxenseparse:author",
        "citation_author",
        "article:author:name",
        "autor",
        "byl",
    ] {
        for name in head.all(name).iter().flat_map(|value| names(value)) {
            match house.is(&name) {
                false => push(&mut people, name),
                true if house.is_named(&name) && is_name(&name) => push(&mut own, name),
                true => {}
            }
        }
        if spaced(&people) {
            break;
        }
    }
    let shown = shown(tree, headline, body, &house, &mut own);
    match (people.is_empty(), shown.is_empty()) {
        // What the reader sees is written with more care than what machines read.
        (false, false) if whole(&shown) && !whole(&people) => shown,
        (false, _) => people,
        (true, false) => shown,
        // A desk is better than nobody.
        (true, true) => {
            let last = [signed(tree, body, &house), desk(tree, headline, body), agency(tree, body), own, houses];
            last.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
        }
    }
}

/// A name under the text, set apart from it.
fn signed(tree: &Tree, body: Option<usize>, house: &House) -> Vec<String> {
    let Some(blocks) = body.map(|at| tree.elements[at].blocks.clone()) else { return Vec::new() };
    let set_apart = |at: &usize| {
        let block = &tree.blocks[*at];
        let inner = (block.element..tree.elements[block.element].end).map(|at| &tree.elements[at]);
        (2..=3).contains(&block.words)
            && block.linked == 0
            && &*tree.elements[block.element].name == "p"
            && inner.skip(1).any(|inner| matches!(&*inner.name, "em" | "i" | "b" | "strong"))
    };
    let last = blocks.rev().filter(|at| tree.blocks[*at].words > 0).take(3).find(set_apart);
    let name =
        last.map(|at| tree.block_text(at)).filter(|name| is_name(name) && !house.is(name) && furniture(name).is_none());
    name.into_iter().collect()
}

/// The agency that a report names before its first sentence: `Hamburg (dpa/lno) – Der Senat …`.
fn agency(tree: &Tree, body: Option<usize>) -> Vec<String> {
    const AGENCIES: [&str; 17] = [
        "afp",
        "ap",
        "apa",
        "awp",
        "dapd",
        "dpa",
        "dts",
        "epd",
        "idea",
        "keystone-sda",
        "kna",
        "ots",
        "pte",
        "reuters",
        "rtr",
        "sda",
        "sid",
    ];
    /// Bytes before which the agency stands.
    const NEAR: usize = 60;
    let Some(blocks) = body.map(|at| tree.elements[at].blocks.clone()) else { return Vec::new() };
    let named = |at: usize| {
        let text = tree.block_text(at);
        let (place, rest) = text.split_once('(').filter(|(place, _)| place.len() <= NEAR && !place.contains('.'))?;
        let (names, rest) = rest.split_once(')')?;
        let known = |name: &str| AGENCIES.contains(&name.trim().to_lowercase().as_str());
        let said = names.split(['/', ',', '-']).any(known) && names.len() <= 24 && !place.trim().is_empty();
        (said && rest.trim_start().starts_with(['–', '-', '—', '.', ':'])).then(|| names.to_owned())
    };
    blocks.filter(|at| tree.blocks[*at].words >= 8).take(4).find_map(named).into_iter().collect()
}

/// What stands before a date in a byline: `Anna Muster am Freitag, 3. Mai`.
fn until_date(text: &str) -> &str {
    let text = text.split(" am ").next().unwrap_or(text);
    let text = text.split(" um ").next().unwrap_or(text);
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let text = text[..digit].trim_end();
    for day in [
        " Stand:",
        " Stand",
        " vor",
        " veröffentlicht",
        " Veröffentlicht",
        " aktualisiert",
        " Aktualisiert",
        " Mo,",
        " Di,",
        " Mi,",
        " Do,",
        " Fr,",
        " Sa,",
        " So,",
        " Montag,",
        " Dienstag,",
        " Mittwoch,",
        " Donnerstag,",
        " Freitag,",
        " Samstag,",
        " Sonntag,",
    ] {
        if let Some(text) = text.strip_suffix(day) {
            return text;
        }
    }
    text
}

/// The editorial desk where the page shows it in the place of an author.
fn desk(tree: &Tree, headline: Option<&Headline>, body: Option<usize>) -> Vec<String> {
    let body = body.map_or(0..tree.blocks.len(), |at| tree.elements[at].blocks.clone());
    let head = headline.and_then(|h| h.element).map_or(body.start, |at| tree.elements[at].blocks.start);
    let near = head.saturating_sub(4)..body.end + 3;
    let shown = tree.elements.iter().enumerate().find(|(at, element)| {
        near.contains(&element.blocks.start)
            && is_author_hint(&element.hint)
            && tree.text_of(*at).to_lowercase().starts_with("redaktion")
            && element.text.len() < 40
            && !in_other(tree, *at, head)
    });
    shown.map(|(at, _)| vec![until_date(&tree.text_of(at)).to_owned()]).unwrap_or_default()
}

/// The names of the site and its publisher: no authors.
struct House(Vec<String>);

impl House {
    fn of(head: &Head, described: Option<&Described>, headline: Option<&Headline>) -> House {
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
    fn is_named(&self, name: &str) -> bool {
        let whole = bare(name);
        let short = ["die", "der", "das"].iter().find_map(|article| whole.strip_prefix(article));
        // `Blatt /mu`, `Blatt – Das Magazin`: whole words, or a person whose name begins alike would be lost.
        let mut words = name.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| bare(&name[..at]));
        self.0.contains(&whole)
            || words.any(|begin| begin.chars().count() >= 4 && self.0.contains(&begin))
            || short.is_some_and(|short| self.0.iter().any(|name| name == short))
    }

    fn is(&self, name: &str) -> bool {
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
            || lower.split_whitespace().any(|word| WORDS.contains(&word))
            || lower.contains("redaktion")
            || lower.contains('.') && !lower.contains(' ')
    }
}

fn push(list: &mut Vec<String>, name: String) {
    if !list.iter().any(|other| bare(other) == bare(&name)) && list.len() < 20 {
        list.push(name);
    }
}

/// Splits what stands in a place for authors into names.
pub fn names(text: &str) -> Vec<String> {
    let text = fold(text).replacen("von: ", "von ", 1);
    if text.len() > 300 || text.contains("://") || text.starts_with("www.") {
        return Vec::new();
    }
    let mut text = text.as_str();
    for lead in [
        "Alle Artikel von ",
        "Alle Beiträge von ",
        "Alles von ",
        "Erstellt von ",
        "erstellt von ",
        "Eingestellt von ",
        "Gespeichert von ",
        "Geschrieben von ",
        "Verfasst von ",
        "Posted by ",
        "Von ",
        "von ",
        "VON ",
        "By ",
        "by ",
        "Autor: ",
        "Autorin: ",
        "Autoren: ",
        "Text: ",
        "Author: ",
        "Interview: ",
        "Ein Kommentar von ",
        "Kommentar von ",
    ] {
        text = text.strip_prefix(lead).unwrap_or(text);
    }
    text.split([';', '|'])
        .flat_map(|part| part.split(" / "))
        .flat_map(|part| part.split(" und "))
        .flat_map(|part| part.split(" & "))
        .flat_map(split_commas)
        .flat_map(split_slash)
        .map(|name| name.split(" (").next().unwrap_or(name))
        .map(|name| name.trim().trim_matches(['"', ',', '(', ')', ':', '•', '·', '-']).trim().to_owned())
        .filter(|name| bare(name).chars().count() >= 2 && name.split(' ').count() <= 6 && !name.contains('@'))
        .collect()
}

/// Commas part names, or a name from a place or profession: only names are kept then.
fn split_commas(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    if pieces.len() < 2 {
        return pieces;
    }
    let named: Vec<&str> = pieces.iter().copied().filter(|p| is_name(p)).collect();
    if named.is_empty() { pieces[..1].to_vec() } else { named }
}

/// An agency behind the name of a person: `Anna Muster/dpa`. Alone the names of agencies stay together.
fn split_slash(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split('/').collect();
    if pieces.iter().any(|piece| is_name(piece)) { pieces } else { vec![part] }
}

/// Names in elements that are marked or called authors, near the article, and in its byline.
fn shown(
    tree: &Tree,
    headline: Option<&Headline>,
    body: Option<usize>,
    house: &House,
    own: &mut Vec<String>,
) -> Vec<String> {
    let body = body.map_or(0..tree.blocks.len(), |at| tree.elements[at].blocks.clone());
    let head = headline.and_then(|h| h.element).map_or(body.start, |at| tree.elements[at].blocks.start);
    let near = |block: usize| block + 15 >= head && block <= body.end + 15;
    let mut found: Vec<(u8, usize, String)> = Vec::new();
    for (at, element) in tree.elements.iter().enumerate() {
        if element.text.is_empty() || element.text.len() > 240 || !near(element.blocks.start) {
            continue;
        }
        let rel = tree.attr(at, "rel").is_some_and(|rel| rel.split_whitespace().any(|r| r == "author"));
        let prop = tree.attr(at, "itemprop").unwrap_or_default();
        let profile = &*element.name == "a"
            && tree.attr(at, "href").is_some_and(|href| {
                ["/author/", "/autor/", "/autoren/", "/autorin/", "/authors/"].iter().any(|part| href.contains(part))
            });
        let rank = if prop.contains("author") || prop.contains("creator") {
            0
        } else if rel || profile || element.hint.split(' ').any(|token| token == "fn") {
            1
        } else if is_author_hint(&element.hint) {
            2
        } else {
            continue;
        };
        if in_other(tree, at, head) {
            continue;
        }
        let text = tree.text_of(at);
        let apart = names_apart(tree, at);
        for name in if apart.len() >= 2 { apart } else { names(until_date(&text)) } {
            let agency = name.len() <= 5 && name.chars().all(char::is_uppercase) && !found.is_empty();
            // A handle, where nothing but it is said.
            let linked = || (at..element.end).any(|inner| &*tree.elements[inner].name == "a");
            let called =
                || element.hint.split_whitespace().any(|token| matches!(token, "author" | "autor" | "username"));
            let handle = || {
                let one = !name.contains(' ') && (is_led(&text) || called() && linked());
                rank < 2 || element.hint.contains("username") || one
            };
            let words = name.split(' ').count();
            if house.is(&name) {
                if rank < 2 && house.is_named(&name) {
                    push(own, name);
                }
            } else if is_name(&name) || agency || words <= 3 && handle() && (words == 1 || is_proper(&name)) {
                found.push((rank, element.blocks.start, name));
            }
        }
    }
    found.sort_by_key(|(rank, place, _)| (*rank, *place));
    let rank = found.first().map(|(rank, _, _)| *rank);
    let place = found.first().map(|(_, place, _)| *place).unwrap_or(0);
    let mut authors = Vec::new();
    // All of the best kind that stand together: further ones are of other articles.
    for (_, _, name) in found.into_iter().filter(|(r, p, _)| Some(*r) == rank && p.abs_diff(place) <= 6) {
        push(&mut authors, name);
    }
    // A line that names somebody says more than the handle under which a system knows him.
    let handles = !authors.is_empty();
    if !authors.iter().any(|name| is_name(name)) {
        let lines = head.saturating_sub(4)..tree.blocks.len().min(head + 14);
        for at in lines.chain(body.end.saturating_sub(2)..tree.blocks.len().min(body.end + 2)) {
            if tree.blocks[at].words > 16 || in_other(tree, tree.blocks[at].element, head) {
                continue;
            }
            let text = tree.block_text(at);
            let found = if handles {
                byline(&text).unwrap_or_default()
            } else {
                line(&text, tree.blocks.get(at + 1).map(|_| tree.block_text(at + 1)).as_deref())
            };
            let found: Vec<String> = found.into_iter().filter(|name| !house.is(name)).collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    authors
}

/// The names that stand each in an element of its own, with nothing between them: without a mark they would be read as one.
fn names_apart(tree: &Tree, at: usize) -> Vec<String> {
    const MOST: usize = 60;
    let element = &tree.elements[at];
    let inner = (at + 1..element.end).take(MOST).filter(|inner| tree.elements[*inner].end == inner + 1);
    let mut names: Vec<String> = Vec::new();
    for name in inner.map(|inner| tree.text_of(inner)).filter(|name| is_name(name)) {
        push(&mut names, name);
    }
    // Where they are not all, the words between them part them.
    let all = names.iter().map(|name| bare(name).len()).sum::<usize>() == bare(&tree.text_of(at)).len();
    if all { names } else { Vec::new() }
}

/// Whether words lead in the names behind them.
fn is_led(text: &str) -> bool {
    const LEADS: [&str; 6] = ["von ", "by ", "gespeichert von", "erstellt von", "eingestellt von", "verfasst von"];
    let lower = text.to_lowercase();
    LEADS.iter().any(|lead| lower.starts_with(lead))
}

/// Whether a name of several words has a capital in it and does not end with a word that leads on.
fn is_proper(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.ends_with(" von") && !name.contains(" der ")
}

/// Names in a line near the headline: a byline, a label with the name behind it, or a name beside
/// a date.
fn line(text: &str, next: Option<&str>) -> Vec<String> {
    const LABELS: &[&str] = &[
        "autor",
        "autorin",
        "autoren",
        "text",
        "von",
        "interview",
        "author",
        "redakteur",
        "redakteurin",
        "artikel von",
        "beitrag von",
        "text von",
        "verfasst von",
        "geschrieben von",
    ];
    if let Some(names) = byline(text) {
        return names;
    }
    // Behind a date: `05.02.2020 - Redaktion: Anna Muster`.
    for bar in [" // ", " | ", " • ", " · ", " – ", " - ", " -"] {
        let handle = |piece: &str| {
            let name = ["Autor: ", "Autorin: "].iter().find_map(|lead| piece.strip_prefix(lead))?;
            (!name.contains(' ')).then(|| vec![name.to_owned()])
        };
        let mut pieces = text.split(bar).skip(1).map(str::trim);
        if let Some(names) = pieces.find_map(|piece| byline(piece).or_else(|| handle(piece))) {
            return names;
        }
    }
    if LABELS.contains(&text.trim_end_matches(':').to_lowercase().as_str())
        && let Some(next) = next.filter(|next| next.len() < 80)
    {
        return names(next).into_iter().filter(|name| is_name(name)).collect();
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return Vec::new();
    }
    if let Some((_, behind)) = text.split_once(" von ")
        && behind.split(' ').count() <= 3
        && behind.split(' ').all(|word| word.starts_with(char::is_uppercase))
    {
        return vec![behind.trim().to_owned()];
    }
    text.split(['|', '•', '·', '–', '—', ',', '/'])
        .map(str::trim)
        .filter(|piece| piece.split(' ').count() <= 4 && is_name(piece) && !is_time_word(piece))
        .map(str::to_owned)
        .collect()
}

/// Whether a piece of a date line that looks like a name is of the date.
fn is_time_word(piece: &str) -> bool {
    const WORDS: &[&str] = &[
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
        "uhr",
        "stand",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "veröffentlicht",
        "aktualisiert",
        "kommentare",
        "lesezeit",
    ];
    piece.split(' ').any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

fn is_author_hint(hint: &str) -> bool {
    let called = hint.split_whitespace().any(|token| matches!(token, "user-name" | "user_name"));
    called
        || hint.split(|c: char| !c.is_alphanumeric()).any(|token| {
            matches!(token, "byline" | "vcard" | "writer" | "username" | "submitted")
                || (token.starts_with("author") || token.starts_with("autor") || token.ends_with("author"))
                    && token.len() <= 16
                    && token != "authority"
        })
}

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
        element.hint.split_whitespace().any(|token| {
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
const DATA: &[&str] = &["meta", "info", "metadata", "byline", "author", "autor", "date", "datum", "article-info"];

/// Whether a foot is that of something on the page: `entry-footer`, `asset__footer`.
fn is_part_of(name: &str) -> bool {
    const WHOLE: [&str; 7] = ["page", "site", "main", "global", "layout", "l", "c"];
    let name = name.trim_end_matches(['-', '_']);
    !name.is_empty() && !WHOLE.contains(&name)
}

/// Whether an element says that it holds an article.
fn is_called_article(tree: &Tree, at: usize) -> bool {
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
