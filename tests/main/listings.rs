//! Listing pages in different styles, made for this: what `extract` finds in each is compared whole with what a person sees.

use crate::support::{House, Ran};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

#[test]
fn entries_of_listing_pages_are_found_without_selectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|file| file.unwrap().file_name().to_str()?.strip_suffix(".html").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 10);
    let house = House::empty();
    let mut wrong = String::new();
    for name in &names {
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap();
        house.write("seite.html", fs::read(folder.join(format!("{name}.html"))).unwrap());
        house.write("urls.tsv", format!("seite.html\t{}\n", expected["url"].as_str().unwrap()));
        let ran: Ran = house.run(&["extract", "--urls", "urls.tsv", "seite.html"]);
        let found = ran.objects().remove(0);
        let entries: Vec<Value> = found["articles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| json!({"link": entry["link"], "title": entry["title"], "published": entry["published"]}))
            .collect();
        let found = json!({"url": expected["url"], "next": found["next"], "kind": found["kind"], "entries": entries});
        let mut expected = expected;
        expected["kind"] = json!("listing");
        if found != expected {
            wrong += &format!("{name}: found {found:#}\nexpected {expected:#}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
