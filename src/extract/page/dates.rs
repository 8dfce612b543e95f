//! Everything on a page that may be the date of its article.
//!
//! Owns where to look and what each place says of a date's role. In comes the tree, out go claims,
//! best evidence first within a role. It reads dates only to know whether words are one, and
//! chooses nothing.

mod address;

use super::headline::Headline;
use super::json_ld::Described;
use super::meta::Head;
use super::tree::Tree;
use crate::date::{Context, Precision, Role};
use crate::extract::text::head::without_date;
use crate::extract::text::{date_of_line, names_handle, names_year};
use crate::model::{DateClaim, Origin};
use address::of_address;
use url::Url;

/// `<meta>` names by role, strongest first.
const META: &[(&str, Role)] = &[
    ("article:published_time", Role::Published),
    ("og:article:published_time", Role::Published),
    ("article:published", Role::Published),
    ("datepublished", Role::Published),
    ("date.published", Role::Published),
    ("parsely-pub-date", Role::Published),
    ("sailthru.date", Role::Published),
    ("dcterms.created", Role::Published),
    ("dcterms.issued", Role::Published),
    ("dc.date.issued", Role::Published),
    ("dc.date.created", Role::Published),
    ("dc.date.published", Role::Published),
    ("article_date_original", Role::Published),
    ("article.published", Role::Published),
    ("cxenseparse:recs:publishtime", Role::Published),
    ("cxenseparse:publishtime", Role::Published),
    ("publish_date", Role::Published),
    ("publish-date", Role::Published),
    ("publishdate", Role::Published),
    ("publication_date", Role::Published),
    ("published_time", Role::Published),
    ("pubdate", Role::Published),
    ("pub_date", Role::Published),
    ("creation_date", Role::Published),
    ("vr:published_time", Role::Published),
    ("citation_publication_date", Role::Published),
    ("citation_online_date", Role::Published),
    ("date_published", Role::Published),
    ("dc.date", Role::Unknown),
    ("dcterms.date", Role::Unknown),
    ("dc:date", Role::Unknown),
    ("date", Role::Unknown),
    ("article:modified_time", Role::Updated),
    ("og:updated_time", Role::Updated),
    ("datemodified", Role::Updated),
    ("dcterms.modified", Role::Updated),
    ("dc.date.modified", Role::Updated),
    ("last-modified", Role::Updated),
    ("lastmod", Role::Updated),
    ("revised", Role::Updated),
    ("modified_time", Role::Updated),
];

/// Where on a page the article stands.
pub struct Place<'a> {
    /// The page.
    pub tree: &'a Tree,
    /// The parts that are out.
    pub dropped: &'a [bool],
    /// The headline.
    pub headline: Option<&'a Headline>,
    /// The element that holds the body.
    pub body: Option<usize>,
}

/// Collects the claims.
pub fn claims(
    place: &Place,
    head: &Head,
    described: Option<&Described>,
    scripts: &[&str],
    url: Option<&Url>,
    context: &Context,
) -> Vec<DateClaim> {
    let Place { tree, dropped, headline, body } = *place;
    let mut claims = Claims(Vec::new());
    if let Some(described) = described {
        described.published.iter().for_each(|words| claims.add(Role::Published, words, Origin::JsonLd));
        described.modified.iter().for_each(|words| claims.add(Role::Updated, words, Origin::JsonLd));
    }
    for (name, role) in META {
        head.all(name).iter().take(2).for_each(|words| claims.add(*role, words, Origin::Meta));
    }
    let scope = Scope::of(tree, headline, body);
    elements(tree, dropped, &scope, &mut claims, context);
    lines(tree, dropped, &scope, &mut claims, context);
    for address in url.map(Url::path).into_iter().chain(head.canonical.as_deref()) {
        if let Some(words) = of_address(address) {
            claims.add(Role::Unknown, &words, Origin::Url);
        }
    }
    titles(head, &mut claims, context);
    if claims.0.is_empty() {
        scripted(scripts, &mut claims);
    }
    if claims.0.is_empty() {
        foot(tree, &mut claims, context);
    }
    text(tree, dropped, &scope, &mut claims, context);
    let said =
        |claim: &DateClaim| claim.role == Role::Published && matches!(claim.origin, Origin::JsonLd | Origin::Meta);
    if claims.0.iter().any(said) && url.map(Url::path).into_iter().chain(head.canonical.as_deref()).any(is_of_events) {
        let shown = |claim: &DateClaim| matches!(claim.origin, Origin::Time | Origin::Byline);
        claims.0.retain(|claim| claim.role != Role::Unknown || !shown(claim));
    }
    claims.0
}

/// A date that the titles which machines read begin or end with: `28.08.2024 | Titel`.
fn titles(head: &Head, claims: &mut Claims, context: &Context) {
    for title in [head.title.as_deref(), head.first(&["og:title"])].into_iter().flatten() {
        if let (_, Some(words)) = without_date(title, context) {
            claims.add(Role::Unknown, &words, Origin::Meta);
        }
    }
}

/// What a page says of itself anywhere, where nothing stands with its article: `Diese Seite wurde zuletzt am … geändert`,
/// `[Stand: …]`.
fn foot(tree: &Tree, claims: &mut Claims, context: &Context) {
    for (at, block) in tree.blocks.iter().enumerate().filter(|(_, block)| block.words <= 30) {
        let text = tree.block_text(at);
        if !text.bytes().any(|b| b.is_ascii_digit()) || is_of_another(tree, block.element) {
            continue;
        }
        let lower = text.to_lowercase();
        let rights = lower.starts_with("copyright") || lower.starts_with('©');
        for reading in crate::date::find(&text, context).take(3) {
            let said = matches!(reading.role, Role::Published | Role::Updated);
            let whole = reading.precision != Precision::Month && !reading.doubtful;
            if let Some(words) = text.get(reading.span.clone()).filter(|words| names_year(words))
                && whole
                && (said || rights)
            {
                claims.add(if said { reading.role } else { Role::Updated }, words, Origin::Text);
            }
        }
    }
}

/// Whether an element is of a comment or a teaser.
fn is_of_another(tree: &Tree, at: usize) -> bool {
    const OTHERS: [&str; 5] = ["comment", "kommentar", "teaser", "related", "sidebar"];
    tree.around(at).take(10).any(|around| {
        let element = &tree.elements[around];
        !matches!(&*element.name, "html" | "body") && OTHERS.iter().any(|name| element.hint.contains(name))
    })
}

/// The first date that a script of the page says to be that of a publication. Only asked where the
/// page says nothing else: scripts describe other articles as well.
fn scripted(scripts: &[&str], claims: &mut Claims) {
    const KEYS: &[&str] = &[
        "\"datePublished\"",
        "\"published_at\"",
        "\"publishedAt\"",
        "\"publishDate\"",
        "\"publicationDate\"",
        "\"created_at\"",
        "\"createdAt\"",
    ];
    for key in KEYS {
        for script in scripts {
            let found = script.find(key).map(|at| &script[at + key.len()..]);
            let value = found.and_then(|rest| {
                rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()
            });
            if let Some(value) = value.filter(|v| v.len() <= 40) {
                claims.add(Role::Published, value, Origin::Meta);
                return;
            }
        }
    }
}

struct Claims(Vec<DateClaim>);

impl Claims {
    fn add(&mut self, role: Role, words: &str, origin: Origin) {
        let words = crate::text::fold(words);
        let claim = DateClaim { role, words, origin };
        if !claim.words.is_empty() && claim.words.len() <= 200 && !self.0.contains(&claim) {
            self.0.push(claim);
        }
    }
}

/// The part of the page that is around the article: from a little before the headline to the end
/// of the body.
struct Scope {
    /// The block of the headline, or of the beginning of the body.
    head: usize,
    /// The first and last block of the body.
    start: usize,
    end: usize,
}

impl Scope {
    fn of(tree: &Tree, headline: Option<&Headline>, body: Option<usize>) -> Scope {
        let body = body.map_or(0..tree.blocks.len(), |at| tree.elements[at].blocks.clone());
        let head =
            headline.and_then(|h| h.element).map(|at| tree.elements[at].blocks.start).filter(|head| *head <= body.end);
        Scope { head: head.unwrap_or(body.start), start: body.start, end: body.end }
    }

    /// How far a block is from where dates stand: small near the headline; `None` outside.
    fn distance(&self, block: usize) -> Option<usize> {
        if block >= self.head && block <= self.head + 40 {
            Some(block - self.head)
        } else if block < self.head && self.head - block <= 12 {
            Some(8 + self.head - block)
        } else if block > self.head && block <= self.end + 12 {
            Some(100 + self.end.abs_diff(block))
        } else {
            None
        }
    }
}

/// `<time>`, microdata and elements that are called dates.
fn elements(tree: &Tree, dropped: &[bool], scope: &Scope, claims: &mut Claims, context: &Context) {
    let mut found: Vec<(usize, Role, String)> = Vec::new();
    for (at, element) in tree.elements.iter().enumerate() {
        let prop = tree.attr(at, "itemprop").unwrap_or_default().to_lowercase();
        let hint = &*element.hint;
        let marked = match prop.as_str() {
            "datepublished" | "datecreated" | "dateissued" => Some(Role::Published),
            "datemodified" => Some(Role::Updated),
            _ => None,
        };
        if &*element.name == "meta" {
            if let (Some(role), Some(content)) = (marked, tree.attr(at, "content")) {
                found.push((0, role, content));
            }
            continue;
        }
        let time = &*element.name == "time";
        let data = tree.attr(at, "data-date").is_some();
        let called = is_date_hint(hint) && element.text.len() < 120 && element.blocks.len() <= 2;
        if marked.is_none() && !time && !data && !called {
            continue;
        }
        // Microdata speaks of the thing that it stands in, whatever that is called.
        let own = if marked.is_some() {
            !super::authors::in_other(tree, at, scope.head)
        } else {
            is_meta_part(tree, at, scope.head)
        };
        if dropped[at] && !own || is_teaser(tree, at, scope.head) {
            continue;
        }
        let Some(distance) = scope.distance(element.blocks.start) else { continue };
        let role =
            marked.unwrap_or(if hint.contains("updated") && !hint.contains("published") || hint.contains("modified") {
                Role::Updated
            } else if hint.contains("published") || tree.attr(at, "pubdate").is_some() || hint.contains("entry-date") {
                Role::Published
            } else {
                Role::Unknown
            });
        let role = if role == Role::Unknown { word_role(&before(tree, at)).unwrap_or(role) } else { role };
        for name in ["datetime", "content", "data-date", "data-datetime", "title"] {
            if let Some(words) = tree.attr(at, name).filter(|w| w.bytes().filter(u8::is_ascii_digit).count() >= 6) {
                found.push((distance, role, words));
                break;
            }
        }
        let text = tree.text_of(at);
        if let Some((words, said)) = date_of_line(&text, context) {
            found.push((distance, if said == Role::Unknown { role } else { said }, words));
        }
    }
    found.sort_by_key(|(distance, _, _)| *distance);
    for (_, role, words) in found.into_iter().take(12) {
        claims.add(role, &words, Origin::Time);
    }
}

/// Whether an element stands beside a link in an item of a list, as dates of other articles do.
fn is_teaser(tree: &Tree, at: usize, head: usize) -> bool {
    tree.around(at).take(4).filter(|around| &*tree.elements[*around].name == "li").any(|item| {
        let blocks = tree.elements[item].blocks.clone();
        !blocks.contains(&head) && tree.blocks[blocks].iter().map(|block| block.linked).sum::<usize>() >= 3
    })
}

/// The words that stand directly before an element.
fn before(tree: &Tree, at: usize) -> String {
    let start = tree.elements[at].text.start;
    let from = tree.text.floor_char_boundary(start.saturating_sub(40));
    crate::text::fold(&tree.text[from..start]).to_lowercase()
}

/// The role that words before a date give it.
fn word_role(words: &str) -> Option<Role> {
    let words = words.trim_end_matches([':', ' ', '|', '-', '–']);
    let ends = |list: &[&str]| list.iter().any(|word| words.ends_with(word));
    if ends(&[
        "aktualisiert",
        "aktualisiert am",
        "geändert am",
        "update",
        "zuletzt geändert",
        "bearbeitet",
        "stand",
        "letzte aktualisierung",
        "letzte änderung",
    ]) {
        Some(Role::Updated)
    } else if ends(&[
        "veröffentlicht",
        "veröffentlicht am",
        "erschienen",
        "erschienen am",
        "erstellt am",
        "publiziert am",
        "publiziert",
        "posted on",
    ]) {
        Some(Role::Published)
    } else if ends(&["beginn", "einlass", "termin", "wann", "bis", "anmeldeschluss", "veranstaltung", "premiere"]) {
        Some(Role::Event)
    } else {
        None
    }
}

/// Whether an address is among those of events: the day that such a page shows is when something is on.
fn is_of_events(address: &str) -> bool {
    const NAMES: [&str; 8] = [
        "veranstaltung",
        "veranstaltungen",
        "termin",
        "termine",
        "event",
        "events",
        "kalender",
        "veranstaltungskalender",
    ];
    address.split('/').any(|part| NAMES.contains(&part.to_lowercase().as_str()))
}

fn is_date_hint(hint: &str) -> bool {
    !hint.is_empty()
        && hint.split(|c: char| !c.is_alphanumeric()).any(|token| {
            matches!(
                token,
                "date"
                    | "datum"
                    | "time"
                    | "published"
                    | "pubdate"
                    | "publishdate"
                    | "timestamp"
                    | "datetime"
                    | "dateline"
                    | "byline"
                    | "postdate"
                    | "created"
                    | "meta"
            ) || token.ends_with("date") && token.len() < 16
                || token.ends_with("datum") && token.len() < 16
        })
}

/// Whether an element is left out of the text as data about the article, not as another one.
fn is_meta_part(tree: &Tree, at: usize, head: usize) -> bool {
    const META_PARTS: &[&str] =
        &["meta", "byline", "dateline", "date", "datum", "author", "autor", "published", "credit", "info"];
    tree.around(at).take(6).any(|around| META_PARTS.iter().any(|name| tree.elements[around].hint.contains(name)))
        && !super::authors::in_other(tree, at, head)
}

/// Lines near the headline, and behind the body, that are about a date.
fn lines(tree: &Tree, dropped: &[bool], scope: &Scope, claims: &mut Claims, context: &Context) {
    let mut found: Vec<(usize, Role, String)> = Vec::new();
    let near = scope.head.saturating_sub(12)..tree.blocks.len().min(scope.head + 40);
    let behind = scope.end.saturating_sub(2)..tree.blocks.len().min(scope.end + 12);
    for at in near.chain(behind) {
        let block = &tree.blocks[at];
        if block.words > 60 || dropped[block.element] && !is_meta_part(tree, block.element, scope.head) {
            continue;
        }
        // An item of a list that is all link leads to another article; the date alone may be the link to this one.
        let item = &*tree.elements[block.element].name == "li";
        if item && block.linked * 2 > block.words && block.words >= 6 {
            continue;
        }
        let Some(distance) = scope.distance(at) else { continue };
        if let Some((words, role)) = date_of_line(&tree.block_text(at), context) {
            found.push((distance, role, words));
        }
    }
    found.sort_by_key(|(distance, _, _)| *distance);
    for (_, role, words) in found.into_iter().take(6) {
        claims.add(role, &words, Origin::Byline);
    }
}

/// Dates in the first and last paragraphs.
fn text(tree: &Tree, dropped: &[bool], scope: &Scope, claims: &mut Claims, context: &Context) {
    let blocks =
        (scope.start..scope.end).filter(|at| !dropped[tree.blocks[*at].element] && tree.blocks[*at].words >= 6);
    for at in blocks.take(6) {
        let text = tree.block_text(at);
        if names_handle(&text) {
            continue;
        }
        for reading in crate::date::find(&text, context).take(3) {
            // A page that is read from the web is seen soon after it appeared: what happened once says less than that.
            if reading.precision != Precision::Month
                && reading.role != Role::Event
                && let Some(words) = text.get(reading.span.clone()).filter(|words| names_year(words))
            {
                claims.add(reading.role, words, Origin::Text);
            }
        }
    }
}
