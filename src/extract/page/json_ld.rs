//! What a page says of its article in JSON-LD (schema.org).
//!
//! Owns the search for the article among the objects of a page. In come the contents of its
//! scripts, out goes one [`Described`]. It never follows an address and reads no date.

use crate::text::fold;
use serde_json::{Map, Value};

/// Objects looked at in one page; a graph that is longer is cut.
const MOST_OBJECTS: usize = 4_000;

/// The article as described.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Described {
    /// `headline`, else `name`.
    pub headline: Option<String>,
    /// `author`: names with whether each is an organisation.
    pub authors: Vec<(String, bool)>,
    /// `datePublished`, `dateCreated`.
    pub published: Vec<String>,
    /// `dateModified`.
    pub modified: Vec<String>,
    /// `description`.
    pub description: Option<String>,
    /// `url`, `mainEntityOfPage`.
    pub url: Option<String>,
    /// `keywords`, `articleSection`.
    pub tags: Vec<String>,
    /// `image`.
    pub image: Option<String>,
    /// `inLanguage`.
    pub language: Option<String>,
    /// `publisher.name`.
    pub publisher: Option<String>,
    /// `isAccessibleForFree` is false.
    pub paid: bool,
    /// Whether its type is that of an article, not only of a page or product.
    pub article: bool,
}

/// How much a type speaks of an article: 0 not at all.
fn weight(kind: &str) -> u8 {
    let kind = kind.rsplit(['/', '#', ':']).next().unwrap_or(kind);
    match kind {
        "NewsArticle"
        | "ReportageNewsArticle"
        | "AnalysisNewsArticle"
        | "OpinionNewsArticle"
        | "BackgroundNewsArticle"
        | "ReviewNewsArticle"
        | "AdvertiserContentArticle"
        | "LiveBlogPosting" => 5,
        "Article"
        | "BlogPosting"
        | "TechArticle"
        | "ScholarlyArticle"
        | "SocialMediaPosting"
        | "Report"
        | "DiscussionForumPosting"
        | "MedicalScholarlyArticle"
        | "SatiricalArticle" => 4,
        "Recipe" | "Review" | "HowTo" | "PodcastEpisode" | "RadioEpisode" | "TVEpisode" | "VideoObject" | "QAPage"
        | "FAQPage" => 2,
        "WebPage" | "ItemPage" | "AboutPage" | "CreativeWork" | "MedicalWebPage" | "Product" | "Event" => 1,
        _ => 0,
    }
}

/// Finds the article among everything described on a page; the first of the weightiest type.
pub fn read(scripts: &[&str]) -> Option<Described> {
    let mut best: Option<(u8, Described)> = None;
    let mut people: Vec<(String, String)> = Vec::new();
    let roots: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
    let mut objects: Vec<&Map<String, Value>> = Vec::new();
    let mut queue: std::collections::VecDeque<&Value> = roots.iter().collect();
    while let Some(value) = queue.pop_front() {
        match value {
            Value::Array(list) => queue.extend(list),
            Value::Object(map) => {
                objects.push(map);
                for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart", "liveBlogUpdate", "subjectOf"] {
                    queue.extend(map.get(key).filter(|v| v.is_object() || v.is_array()));
                }
            }
            _ => {}
        }
        if objects.len() > MOST_OBJECTS {
            break;
        }
    }
    for map in &objects {
        if let (Some(id), Some(name)) =
            (map.get("@id").and_then(Value::as_str), map.get("name").and_then(Value::as_str))
        {
            people.push((id.to_owned(), name.to_owned()));
        }
    }
    for map in &objects {
        let weight = kinds(map).iter().map(|kind| weight(kind)).max().unwrap_or(0);
        if weight == 0 || best.as_ref().is_some_and(|(most, _)| *most >= weight) {
            continue;
        }
        best = Some((weight, describe(map, &people)));
    }
    let (weight, mut described) = best?;
    described.article = weight >= 4;
    if weight == 1 {
        // What a web page is named is its title with the site's name; its author is the house.
        described.headline = None;
        described.authors.clear();
    }
    Some(described)
}

/// Parses a script as pages write it: with comments around it, line breaks within strings, a
/// semicolon at its end.
fn parse(script: &str) -> Option<Value> {
    let trimmed = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("/*<![CDATA[*/")
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("/*]]>*/")
        .trim()
        .trim_end_matches(';');
    serde_json::from_str(trimmed).ok().or_else(|| {
        let flat: String = trimmed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&flat).ok()
    })
}

fn kinds(map: &Map<String, Value>) -> Vec<&str> {
    match map.get("@type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn describe(map: &Map<String, Value>, people: &[(String, String)]) -> Described {
    let one = |key: &str| map.get(key).and_then(text);
    let mut authors = Vec::new();
    for key in ["author", "creator"] {
        if let Some(value) = map.get(key).filter(|_| authors.is_empty()) {
            collect_authors(value, people, &mut authors);
        }
    }
    let mut tags = Vec::new();
    for key in ["keywords", "articleSection"] {
        match map.get(key) {
            Some(Value::String(s)) => tags.extend(s.split([',', ';']).map(fold).filter(|t| !t.is_empty())),
            Some(Value::Array(list)) => tags.extend(list.iter().filter_map(text).filter(|t| !t.is_empty())),
            _ => {}
        }
    }
    let address = |value: &Value| match value {
        Value::String(s) => Some(s.clone()),
        Value::Object(o) => o.get("@id").or(o.get("url")).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let image = map.get("image").and_then(|value| match value {
        Value::Array(list) => list.first().and_then(picture),
        value => picture(value),
    });
    Described {
        headline: one("headline").or_else(|| one("name")),
        authors,
        published: ["datePublished", "dateCreated", "uploadDate"].iter().filter_map(|k| one(k)).collect(),
        modified: one("dateModified").into_iter().collect(),
        description: one("description"),
        url: map.get("url").and_then(address).or_else(|| map.get("mainEntityOfPage").and_then(address)),
        tags,
        image,
        language: one("inLanguage"),
        publisher: map.get("publisher").and_then(|p| p.get("name")).and_then(text),
        paid: is_paid(map) || parts(map).any(is_paid),
        article: false,
    }
}

/// The parts that an object is said to have: those behind a pay wall are named so.
fn parts(map: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let parts = match map.get("hasPart") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(part) => std::slice::from_ref(part),
        None => &[],
    };
    parts.iter().take(64).filter_map(Value::as_object)
}

fn is_paid(map: &Map<String, Value>) -> bool {
    match map.get("isAccessibleForFree") {
        Some(Value::Bool(free)) => !free,
        Some(Value::String(free)) => free.trim().eq_ignore_ascii_case("false"),
        _ => false,
    }
}

fn picture(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Object(o) => o.get("url").or(o.get("contentUrl")).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// A text on one line, entities resolved: many pages write them into JSON.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(s) if s.contains('&') || s.contains('<') => crate::text::of_html(s),
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    Some(fold(&text)).filter(|t| !t.is_empty())
}

fn collect_authors(value: &Value, people: &[(String, String)], out: &mut Vec<(String, bool)>) {
    let values = match value {
        Value::Array(list) => list.iter().take(64).collect(),
        value => vec![value],
    };
    for value in values {
        match value {
            Value::String(_) => out.extend(text(value).map(|name| (name, false))),
            Value::Object(map) => {
                let house = kinds(map).iter().any(|kind| kind.ends_with("Organization"));
                match map.get("name") {
                    Some(Value::Array(names)) => out.extend(names.iter().filter_map(text).map(|name| (name, house))),
                    Some(name) => out.extend(text(name).map(|name| (name, house))),
                    None => {
                        let id = map.get("@id").and_then(Value::as_str);
                        let named = id.and_then(|id| people.iter().find(|(other, _)| other == id));
                        out.extend(named.map(|(_, name)| (fold(name), house)));
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_article_is_found_within_a_graph_and_its_author_by_reference() {
        let script = r##"{"@graph":[{"@type":"WebPage","name":"Seite"},
            {"@type":"Person","@id":"#p","name":"Anna Muster"},
            {"@type":"NewsArticle","headline":"Gr&uuml;ner Apfel","author":{"@id":"#p"},"datePublished":"2024-01-02T03:04:05Z"}]}"##;
        let found = read(&[script]).unwrap();
        assert_eq!(found.headline.as_deref(), Some("Grüner Apfel"));
        assert_eq!(found.authors, [("Anna Muster".to_owned(), false)]);
        assert_eq!(found.published, ["2024-01-02T03:04:05Z"]);
    }
}
