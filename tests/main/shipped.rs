//! The main job on the examples that lie in `feeds/`.

use crate::support::{House, reading};
use std::fs;
use std::path::{Path, PathBuf};

fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the shipped definitions and settings, as a fresh clone has them.
fn clone() -> House {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let to = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &to);
            } else {
                fs::copy(&path, &to).unwrap();
            }
        }
    }
    let house = House::empty();
    copy(&crate_dir().join("feeds"), &house.path("feeds"));
    fs::copy(crate_dir().join("depesche.toml"), house.path("depesche.toml")).unwrap();
    house
}

/// The names of the shipped feeds.
fn feeds() -> Vec<String> {
    let folders = fs::read_dir(crate_dir().join("feeds")).unwrap();
    let mut names: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_fresh_clone_has_feeds_after_one_command() {
    let house = clone();
    house.run(&["update"]).is(
        0,
        "beispiel: 3 entries in public/beispiel/ (rss.xml, atom.xml, feed.json)\n\
         nachbarblatt: 2 entries in public/nachbarblatt/ (rss.xml, atom.xml, feed.json)\n\
         2 sources, 5 articles: 5 new, 0 revised, 0 known; 2 feeds written\n",
        "",
    );
    for name in ["index.html", "feeds.opml", "style.css", "beispiel/index.html", "nachbarblatt/index.html"] {
        assert!(house.there(&format!("public/{name}")), "{name}");
    }
}

#[test]
fn a_second_run_finds_nothing_new_and_touches_no_file() {
    let house = clone();
    house.update();
    let before = ["public", "archive/journal", "feeds"].map(|folder| house.tree(folder));
    // A file that is written again would get another time of modification.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let again = house.at("2024-11-02T12:00:00+01:00", &["update"]);
    again.is(0, "2 sources, 5 articles: 0 new, 0 revised, 5 known; 0 feeds written\n", "");
    assert_eq!(["public", "archive/journal", "feeds"].map(|folder| house.tree(folder)), before);
}

#[test]
fn every_shipped_feed_yields_exactly_what_lies_beside_it() {
    let house = clone();
    house.update();
    for feed in feeds() {
        let expected = crate_dir().join("feeds").join(&feed).join("expected");
        for document in reading::DOCUMENTS {
            let path: PathBuf = expected.join(document);
            let wanted = fs::read_to_string(&path).unwrap_or_else(|cause| {
                panic!("each shipped feed has a folder `expected`: {}: {cause}", path.display())
            });
            assert_eq!(house.read(&format!("public/{feed}/{document}")), wanted, "{}", path.display());
        }
    }
}

#[test]
fn the_shipped_feeds_read_back_alike_in_all_three_formats() {
    let house = clone();
    house.update();
    let titles =
        |name: &str| -> Vec<String> { reading::agreed(&house, name).into_iter().map(|entry| entry.title).collect() };
    assert_eq!(
        titles("beispiel"),
        [
            "Neuer Fahrplan: Der Bus kommt jetzt auch sonntags",
            "Freibad öffnet zwei Wochen früher",
            "Alter Wasserturm wird zum Vereinshaus",
        ]
    );
    assert_eq!(titles("nachbarblatt"), ["Störche sind zurück", "Feuerwehr sucht Nachwuchs"]);
}

#[test]
fn with_a_base_every_document_carries_its_own_address() {
    let house = clone();
    house.update();
    let base = "http://localhost:8000/beispiel";
    assert!(
        house.read("public/beispiel/rss.xml").contains(&format!("<atom:link href=\"{base}/rss.xml\" rel=\"self\""))
    );
    assert!(house.read("public/beispiel/atom.xml").contains(&format!("<link href=\"{base}/atom.xml\" rel=\"self\"")));
    assert!(house.read("public/beispiel/feed.json").contains(&format!("\"feed_url\": \"{base}/feed.json\"")));
}

#[test]
fn the_published_atom_feeds_hold_to_the_grammar() {
    let house = clone();
    house.update();
    for feed in feeds() {
        super::shared::holds_to_the_grammar_of_atom(&house, &feed);
    }
}
