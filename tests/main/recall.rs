//! What German queries find: `tests/data/recall.txt` says what they must find and must not find.

use crate::support::House;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The least share of each that is accepted.
const FLOOR: f64 = 0.95;

struct Query<'a> {
    text: &'a str,
    must: Vec<&'a str>,
    must_not: Vec<&'a str>,
}

/// The articles as items of a feed, and the queries.
fn read(data: &str) -> (Vec<Value>, Vec<Query<'_>>) {
    let (mut items, mut queries): (Vec<Value>, Vec<Query>) = (Vec::new(), Vec::new());
    for line in data.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((text, keys)) = line.split_once(" => ") {
            let (must, must_not) = keys.split_once('!').unwrap_or((keys, ""));
            let words = |keys| str::split_whitespace(keys).collect();
            queries.push(Query { text, must: words(must), must_not: words(must_not) });
            continue;
        }
        let (name, value) = line.split_once(' ').unwrap();
        if name == "article" {
            let url = format!("https://blatt.example/{value}");
            items.push(json!({"id": value, "url": url, "date_published": "2024-08-28T12:00:00Z", "tags": []}));
            continue;
        }
        let item = items.last_mut().unwrap();
        match name {
            "title" => item["title"] = value.into(),
            "text" => item["content_text"] = value.into(),
            "author" => item["authors"] = json!([{"name": value}]),
            "tag" => item["tags"].as_array_mut().unwrap().push(value.into()),
            "language" => item["language"] = value.into(),
            _ => panic!("{line}"),
        }
    }
    (items, queries)
}

#[test]
fn german_queries_find_what_they_must_and_nothing_else() {
    let data = include_str!("../data/recall.txt");
    let (items, queries) = read(data);
    assert!(queries.len() >= 200, "{} queries", queries.len());
    let keys: BTreeSet<String> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "Blatt", "items": items});
    let house = House::with_document(feed.to_string());
    house.update();
    let (mut must, mut found, mut must_not, mut wrong) = (0, 0, 0, 0);
    let mut misses = Vec::new();
    for Query { text, must: wanted, must_not: unwanted } in &queries {
        for key in wanted.iter().chain(unwanted) {
            assert!(keys.contains(*key), "`{key}` of `{text}` is no article");
        }
        let answer = house.run(&["search", text, "--limit", "1000", "--format", "{link}"]).good();
        let answer: BTreeSet<&str> = answer.lines().filter_map(|line| line.rsplit('/').next()).collect();
        must += wanted.len();
        must_not += unwanted.len();
        for key in wanted.iter().filter(|key| !answer.contains(**key)) {
            misses.push(format!("`{text}` does not find {key}"));
        }
        found += wanted.iter().filter(|key| answer.contains(**key)).count();
        for key in unwanted.iter().filter(|key| answer.contains(**key)) {
            wrong += 1;
            misses.push(format!("`{text}` finds {key}"));
        }
    }
    let share = |part: usize, all: usize| part as f64 / all as f64;
    let (recall, precision) = (share(found, must), share(must_not - wrong, must_not));
    println!(
        "{} queries: {found} of {must} found, {wrong} of {must_not} wrongly\n{}",
        queries.len(),
        misses.join("\n")
    );
    assert!(recall >= FLOOR && precision >= FLOOR, "{recall:.3} and {precision:.3}:\n{}", misses.join("\n"));
}
