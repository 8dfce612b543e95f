//! Keeping the archive well: verify, rebuild, compact, forget, export, import, retention.

use crate::support::specimen::{Item, rss, story};
use crate::support::{House, reading};
use depesche::archive::Archive;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A feed that shows ten articles and holds `n` in all, one text file each.
fn many(n: usize) -> House {
    let house = House::with_files(&[]).feed("blatt", "limit = 10\n[[source]]\npath = \"artikel\"\n");
    for n in 0..n {
        let (day, about) = (n % 28 + 1, format!("Nummer {n}"));
        house.write(
            &format!("feeds/blatt/artikel/{n:04}.md"),
            format!("---\ntitle: {about}\ndate: 2024-08-{day:02}\n---\n\n{}\n", story(&about)),
        );
    }
    house
}

fn files(house: &House) -> Vec<PathBuf> {
    let names = house.tree("archive/journal").into_keys().filter(|name| name.ends_with(".jsonl.zst"));
    names.map(|name| house.path("archive/journal").join(name)).collect()
}

/// Whether words stand anywhere in a folder, packed or not.
fn stands(house: &House, words: &str) -> bool {
    let loose = ["archive", "public"].iter().any(|folder| {
        house.tree(folder).values().any(|(bytes, _)| bytes.windows(words.len()).any(|found| found == words.as_bytes()))
    });
    loose || house.journal().iter().any(|line| line.to_string().contains(words))
}

#[test]
fn what_was_forgotten_is_gone_at_once_and_does_not_come_back() {
    let house = many(120);
    house.update();
    let (list, closed) = (house.list(), house.read("public/blatt/archive/0002.xml"));
    let gone = list.iter().find(|article| article["title"] == "Nummer 3").unwrap()["id"].as_str().unwrap().to_owned();
    let first = house.read("public/blatt/archive/0001.xml");
    assert!(first.contains(&gone) && stands(&house, "Nummer 3 wird"));
    assert_eq!(house.run(&["forget", &gone]).good(), "1 article forgotten; 0 feeds written\n");
    assert!(!stands(&house, "\"Nummer 3\"") && !stands(&house, "Nummer 3 "), "nothing of its words is left");
    assert!(!house.there(&format!("public/blatt/articles/{gone}.html")));
    // Its document lacks it and nothing else; the others are as they were.
    let again = house.read("public/blatt/archive/0001.xml");
    assert_eq!(again.matches("<entry>").count() + 1, first.matches("<entry>").count());
    assert!(!again.contains(&gone));
    assert_eq!(house.read("public/blatt/archive/0002.xml"), closed);
    // The source still shows it, and it was edited since.
    house.write("feeds/blatt/artikel/0003.md", format!("---\ntitle: Nummer 3\n---\n\n{} Neu.\n", story("Nummer 3")));
    assert_eq!(house.update(), "1 source, 120 articles: 0 new, 0 revised, 120 known; 0 feeds written");
    assert_eq!(house.list().len(), 119);
    assert_eq!(house.run(&["show", &gone]).status, 2);
    assert_eq!(house.run(&["verify"]).good(), "123 lines in 1 file, 119 articles: all is well\n");
    // Another article at the same place is another one.
    house.write("feeds/blatt/artikel/0003.md", format!("# Etwas anderes\n\n{}\n", story("den Neubau")));
    assert_eq!(house.update(), "1 source, 120 articles: 1 new, 0 revised, 119 known; 1 feed written");
}

#[test]
fn numbers_stay_what_they_are_when_the_catalogue_is_made_again_after_forgetting() {
    let house = many(250);
    house.update();
    let ids: Vec<String> =
        house.list().iter().step_by(7).map(|article| article["id"].as_str().unwrap().to_owned()).collect();
    let mut arguments = vec!["forget"];
    arguments.extend(ids.iter().map(String::as_str));
    house.run(&arguments).good();
    let published = house.published();
    for prepare in [&["compact"][..], &["rebuild"]] {
        house.run(prepare);
        fs::remove_dir_all(house.path("public")).unwrap();
        assert_eq!(house.run(&["publish"]).status, 0);
        assert_eq!(house.published(), published, "{prepare:?}");
        assert_eq!(house.run(&["verify"]).status, 0, "{prepare:?}");
    }
}

#[test]
fn a_feed_is_forgotten_by_its_name_and_articles_by_their_age() {
    let house = many(30).feed("bote", "[[source]]\npath = \"quelle\"\n");
    let item = Item { title: "Eins", link: "https://bote.example/1", text: "Ein Satz.", ..Item::default() };
    house.write("feeds/bote/quelle", rss(&[item]));
    house.update();
    let dry = house.run(&["forget", "--feed", "blatt", "--before", "11. August 2024", "--dry-run"]).good();
    assert_eq!(dry, "12 articles would be forgotten\n");
    assert_eq!(house.list().len(), 31);
    house.run(&["forget", "--feed", "blatt", "--before", "11. August 2024"]).good();
    assert_eq!(house.list().len(), 19);
    house.run(&["forget", "--feed", "blatt"]).good();
    assert_eq!(house.listed("title"), ["Eins"]);
    for file in ["atom.xml", "rss.xml", "feed.json", "index.html"] {
        assert!(!house.there(&format!("public/blatt/{file}")), "{file}");
    }
    assert_eq!(reading::agreed(&house, "bote").len(), 1);
    for wrong in [&["forget"][..], &["forget", "0000"], &["forget", "--before", "irgendwann"]] {
        assert_eq!(house.run(wrong).status, 2, "{wrong:?}");
    }
}

#[test]
fn retention_lets_go_what_is_too_much_or_too_old() {
    let house =
        House::with_document("").file("feeds/blatt/feed.toml", "retention = 2\n[[source]]\npath = \"quelle\"\n");
    let show = |numbers: std::ops::Range<usize>| {
        let names: Vec<(String, String)> =
            numbers.map(|n| (format!("Nummer {n}"), format!("https://blatt.example/{n}"))).collect();
        let items: Vec<Item> =
            names.iter().map(|(title, link)| Item { title, link, text: "Ein Satz.", ..Item::default() }).collect();
        house.write("feeds/blatt/quelle", rss(&items));
    };
    show(0..3);
    let closing = house.update_at("2024-11-01T12:00:00Z");
    assert_eq!(
        closing,
        "1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written; 1 forgotten, as `retention` says"
    );
    assert_eq!(house.list().len(), 2);
    assert_eq!(
        house.update_at("2024-11-02T12:00:00Z"),
        "1 source, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written"
    );
    // An age counts from when it came.
    house.write("feeds/blatt/feed.toml", "retention = \"10d\"\n[[source]]\npath = \"quelle\"\n");
    show(3..4);
    house.update_at("2024-11-06T12:00:00Z");
    assert_eq!(house.list().len(), 3);
    let closing = house.update_at("2024-11-12T12:00:00Z");
    assert!(closing.ends_with("; 2 forgotten, as `retention` says"), "{closing}");
    assert_eq!(house.listed("title"), ["Nummer 3"]);
    // A clock ten years ahead empties nothing.
    let ran = house.at("2034-11-12T12:00:00Z", &["update"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("either the clock is wrong, or the key is new"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`depesche forget --feed blatt --before 2034-11-02` once"), "{}", ran.stderr);
    assert_eq!(house.listed("title"), ["Nummer 3"]);
    house.write("feeds/blatt/feed.toml", "retention = \"bald\"\n[[source]]\npath = \"quelle\"\n");
    assert_eq!(house.run(&["update"]).status, 2);
}

#[test]
fn what_another_feed_keeps_for_ever_is_not_let_go() {
    let house = House::with_document("")
        .file("feeds/blatt/feed.toml", "retention = \"1d\"\n[[source]]\npath = \"quelle\"\n")
        .feed("bote", "[[source]]\npath = \"../blatt/quelle\"\n")
        .feed("alle", "feeds = \"all\"\n");
    let item = Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    house.write("feeds/blatt/quelle", rss(&[item]));
    house.update_at("2024-11-01T12:00:00Z");
    house.update_at("2024-11-20T12:00:00Z");
    assert_eq!(house.list().len(), 1);
    fs::remove_dir_all(house.path("feeds/bote")).unwrap();
    // A feed made of others holds nothing.
    house.update_at("2024-11-21T12:00:00Z");
    assert_eq!(house.list().len(), 0);
    assert!(!house.there("public/alle/atom.xml"));
}

/// Four hundred words that hardly stand together anywhere else.
fn words(mut n: u64) -> String {
    const BEGINNINGS: [&str; 16] = [
        "Ver", "Ent", "Be", "Ge", "Auf", "Ab", "Ein", "Aus", "Um", "Vor", "Nach", "Über", "Unter", "Zu", "An", "Durch",
    ];
    const MIDDLES: [&str; 16] = [
        "ord", "stell", "wirk", "hand", "bind", "leit", "fass", "kund", "trag", "setz", "führ", "halt", "seh", "ring",
        "geb", "zieh",
    ];
    const ENDS: [&str; 8] = ["ung", "nis", "en", "t", "bar", "lich", "schaft", "er"];
    let mut next = |most: u64| {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (n >> 33) as usize % most as usize
    };
    let word = |_| format!("{}{}{} ", BEGINNINGS[next(16)], MIDDLES[next(16)], ENDS[next(8)]);
    (0..400).map(word).collect()
}

/// An archive of so many articles that a dictionary is made.
fn large() -> House {
    let house = many(0);
    let item = Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    house.write("feeds/blatt/artikel/feed.xml", rss(&[item]));
    house.update_at("2024-09-01T12:00:00Z");
    // A thousand like it, as another archive might hold them.
    let mut line = house.journal().remove(0);
    let mut lines = vec![json!({"line": "archive", "v": 1, "depesche": "0.1.0"})];
    for n in 0..1200u64 {
        let link = format!("blatt.example/artikel/{n}");
        line["id"] = json!(format!("{:08x}-1111-8111-8111-111111111111", n * 7919));
        line["keys"] = json!([{"kind": "link", "value": link}]);
        line["article"]["link"] = json!(format!("https://{link}"));
        line["article"]["title"] = json!(format!("Nummer {n}"));
        line["article"]["text"] = json!(words(n));
        lines.push(line.clone());
    }
    lines.push(json!({"line": "end", "lines": 1200}));
    fs::remove_dir_all(house.path("archive")).unwrap();
    house.write("x.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    assert_eq!(house.at("2024-09-01T12:00:00Z", &["import", "x.jsonl"]).status, 0);
    // Two more files.
    house.update_at("2024-10-01T12:00:00Z");
    house.write("feeds/blatt/artikel/feed.xml", rss(&[Item { text: "Ein anderer Satz.", ..item }]));
    house.update_at("2024-11-01T12:00:00Z");
    fs::remove_dir_all(house.path("public")).unwrap();
    house.run(&["publish"]).good();
    house
}

#[test]
fn compact_packs_with_a_dictionary_and_changes_nothing_else() {
    let house = large();
    let (journal, list, published) = (house.journal(), house.list(), house.published());
    let size = |house: &House| files(house).iter().map(|file| file.metadata().unwrap().len()).sum::<u64>();
    let before = size(&house);
    house.run(&["compact"]).good();
    assert!(size(&house) < before, "{} KB became {}", before >> 10, size(&house) >> 10);
    assert!(house.there("archive/journal/dictionary"), "no dictionary was made");
    assert_eq!(house.list(), list);
    assert_eq!(house.run(&["verify"]).status, 0);
    // Spots in the catalogue lead to the same revisions.
    fs::remove_dir_all(house.path("public")).unwrap();
    house.run(&["publish"]).good();
    assert_eq!(house.published(), published);
    // What comes later leans on the dictionary as well.
    house.write("feeds/blatt/artikel/neu.md", "# Neu\n\nEin Satz.\n");
    house.update_at("2024-12-01T12:00:00Z");
    assert_eq!(house.list().len(), list.len() + 1);
    let again = house.run(&["compact"]).good();
    assert!(again.starts_with("1 of 4 files written anew"), "{again}");
    // The command of the README.
    let paths = files(&house);
    let cat = |extra: &[&str]| Command::new("zstdcat").args(extra).args(&paths).output();
    let Ok(read) = cat(&["-D", house.path("archive/journal/dictionary").to_str().unwrap()]) else {
        return println!("skipped: zstdcat is not installed");
    };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[..journal.len()], journal);
}

/// The names of what the index is made of.
fn index(house: &House) -> Vec<String> {
    house.tree("archive/index").into_keys().collect()
}

#[test]
#[cfg(unix)]
fn a_catalogue_that_has_doubled_is_written_anew_and_says_the_same() {
    use std::os::unix::fs::MetadataExt;
    let house = large();
    let list = house.list();
    let number = || fs::metadata(house.path("archive/catalogue/db")).unwrap().ino();
    let tidied = |least: u64| {
        let now = "2024-11-02T12:00:00Z".parse().unwrap();
        let (archive, _) = Archive::open(&house.path("archive"), Duration::ZERO, now).unwrap();
        let before = number();
        archive.tidy(least).unwrap();
        number() != before
    };
    assert!(!tidied(1 << 30), "it is a small one");
    assert!(tidied(0), "it never was");
    assert!(!tidied(0), "it has not grown");
    assert_eq!(house.list(), list);
    assert!(house.run(&["verify"]).good().contains("all is well"));
    assert!(!house.path("archive/catalogue.new").exists() && !house.path("archive/catalogue.old").exists());
}

#[test]
fn the_index_knows_the_journal_again_after_compact() {
    let house = large();
    house.run(&["search", "Nummer"]).good();
    let asked = |house: &House| {
        let found = house.run(&["search", "Nummer", "--limit", "2000", "--json"]).good();
        let shown = house.run(&["show", house.list()[700]["id"].as_str().unwrap()]).good();
        (found, shown)
    };
    let (before, answers) = (index(&house), asked(&house));
    assert!(house.run(&["compact"]).good().starts_with("3 of 3 files written anew"));
    assert_eq!(asked(&house), answers);
    assert_eq!(index(&house), before, "it was made again");
    // With another dictionary, all are written anew once more.
    house.write("archive/journal/dictionary.stale", "");
    assert!(house.run(&["compact"]).good().starts_with("3 of 3 files written anew"));
    assert_eq!(asked(&house), answers);
    assert_eq!(index(&house), before, "it was made again");
    // One that is made of files that were written anew is the same.
    fs::remove_dir_all(house.path("archive/index")).unwrap();
    assert_eq!(asked(&house), answers);
    // What was appended to a file that was written anew is found, before it is written anew once more and after that.
    for number in 0..3 {
        let now = format!("2024-11-0{}T13:00:00Z", number + 1);
        let words = format!("Quittenbaum{number}");
        house.write(
            &format!("feeds/blatt/artikel/neu{number}.md"),
            format!("# Neu {number}\n\nEin {words} im Garten.\n"),
        );
        house.update_at(&now);
        let before = index(&house);
        for compact in [false, true] {
            if compact {
                house.run(&["compact"]).good();
                assert_eq!(index(&house), before, "it was made again");
            }
            let found: Value = serde_json::from_str(&house.run(&["search", &words, "--json"]).good()).unwrap();
            let id = found["id"].as_str().unwrap().to_owned();
            assert!(house.run(&["show", &id]).good().contains(&words), "{found}");
            house.run(&["explain", &id]).good();
        }
    }
    assert_eq!(house.run(&["verify"]).status, 0);
}

/// The parts of the index, each with the articles that were ever put into it, and whether some were taken out that are still in its files.
fn parts(house: &House) -> Vec<(String, u64, bool)> {
    let meta: Value = serde_json::from_str(&house.read("archive/index/meta.json")).unwrap();
    let part = |part: &Value| {
        let id = part["segment_id"].as_str().unwrap().to_owned();
        (id, part["max_doc"].as_u64().unwrap(), !part["deletes"].is_null())
    };
    meta["segments"].as_array().unwrap().iter().map(part).collect()
}

#[test]
fn the_index_is_not_made_again_for_what_is_forgotten_and_keeps_nothing_of_it() {
    let house = large();
    house.run(&["search", "Nummer"]).good();
    house.write("feeds/blatt/artikel/neu.md", "# Neu\n\nEin Quittenbaum im Garten.\n");
    house.update_at("2024-11-02T12:00:00Z");
    let asked = |house: &House| -> Vec<Vec<String>> {
        // What is worth the same comes in any order.
        let sorted = |query: &&str| {
            let found = house.run(&["search", query, "--limit", "2000", "--json"]).good();
            let mut lines: Vec<String> = found.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        ["Nummer", "Quittenbaum", "Satz", "-nichts"].iter().map(sorted).collect()
    };
    let names = |answers: &[Vec<String>], id: &str| answers.concat().iter().any(|line| line.contains(id));
    for compact in [false, true] {
        let before = parts(&house);
        let list = house.list();
        let old = list.iter().find(|article| article["title"] == "Nummer 700" || article["title"] == "Nummer 701");
        let id = old.unwrap()["id"].as_str().unwrap();
        assert!(names(&asked(&house), id));
        house.run(&["forget", id]).good();
        if compact {
            house.run(&["compact"]).good();
        }
        let after = parts(&house);
        assert!(after.iter().all(|(.., deleted)| !deleted), "its words are in the files: {after:?}");
        assert_eq!(after.iter().map(|(_, articles, _)| articles).sum::<u64>(), list.len() as u64 - 1, "{after:?}");
        assert!(after.iter().any(|part| before.contains(part)), "it was made again: {before:?}, {after:?}");
        let answers = asked(&house);
        assert!(!names(&answers, id));
        assert_eq!(house.run(&["verify"]).status, 0);
        // It says what one says that is made of what is left.
        let kept = house.tree("archive/index");
        fs::remove_dir_all(house.path("archive/index")).unwrap();
        assert!(asked(&house) == answers, "it says something else");
        fs::remove_dir_all(house.path("archive/index")).unwrap();
        kept.into_iter().for_each(|(name, (bytes, _))| house.write(&format!("archive/index/{name}"), bytes));
        assert!(asked(&house) == answers, "it says something else");
    }
}

#[test]
fn what_retention_let_go_leaves_the_index_with_compact() {
    let house = large();
    house.run(&["search", "Nummer"]).good();
    let kept = house.list().len();
    house.write("feeds/blatt/feed.toml", "retention = 1000\n[[source]]\npath = \"artikel\"\n");
    house.write("feeds/blatt/artikel/neu.md", "# Neu\n\nEin Quittenbaum im Garten.\n");
    house.update_at("2024-11-02T12:00:00Z");
    assert_eq!(house.list().len(), 1000);
    assert!(parts(&house).iter().any(|(.., deleted)| *deleted), "of the {kept} before, some are to go");
    house.run(&["compact"]).good();
    let after = parts(&house);
    assert_eq!(after.iter().map(|(_, articles, _)| articles).sum::<u64>(), 1000, "{after:?}");
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn verify_finds_the_catalogue_whose_replacement_was_broken_off() {
    let house = many(20);
    house.update();
    fs::rename(house.path("archive/catalogue"), house.path("archive/catalogue.old")).unwrap();
    // A line is what the feed lists of the document that closed.
    assert!(house.run(&["verify"]).good().ends_with(", 20 articles: all is well\n"));
}

#[test]
fn a_catalogue_whose_replacement_was_broken_off_is_put_back() {
    let house = many(20);
    house.update();
    let list = house.list();
    let path = |name: &str| house.path("archive").join(name);
    fs::rename(path("catalogue"), path("catalogue.old")).unwrap();
    house.write("archive/catalogue.new/db", "half of it");
    let run = house.run(&["update"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "it was made again");
    assert!(!house.there("archive/catalogue.old") && !house.there("archive/catalogue.new"));
    // The one that took the place of the other counts.
    house.write("archive/catalogue.old/db", "what it was");
    assert_eq!(house.run(&["update"]).status, 0);
    assert!(!house.there("archive/catalogue.old"));
    assert_eq!(house.list(), list);
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn each_file_is_whole_without_the_dictionary_beside_it() {
    let house = large();
    house.run(&["compact"]).good();
    let list = house.list();
    fs::remove_file(house.path("archive/journal/dictionary")).unwrap();
    assert_eq!(house.list(), list);
    fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    assert_eq!(house.run(&["update"]).status, 0);
    assert_eq!(house.list(), list);
    assert!(house.there("archive/journal/dictionary"), "it is put back");
    // A dictionary that a disk ate is taken from another file.
    for file in files(&house) {
        let mut bytes = fs::read(&file).unwrap();
        bytes[2000] ^= 0xFF;
        fs::write(&file, &bytes).unwrap();
        assert_eq!(house.list(), list, "{}", file.display());
        bytes[2000] ^= 0xFF;
        fs::write(&file, &bytes).unwrap();
    }
}

#[test]
fn export_and_import_give_the_same_published_bytes() {
    let house = many(130);
    house.update();
    let item = Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    house.write("feeds/blatt/artikel/feed.xml", rss(&[item]));
    house.update_at("2024-11-02T12:00:00Z");
    house.write("feeds/blatt/artikel/feed.xml", rss(&[Item { text: "Ein anderer Satz.", ..item }]));
    house.update_at("2024-11-03T12:00:00Z");
    let some = house.list()[40]["id"].as_str().unwrap().to_owned();
    house.run(&["forget", &some]).good();
    let exported = house.run(&["export"]).good();
    let new = many(0);
    fs::remove_dir_all(new.path("feeds/blatt")).unwrap();
    for (name, (bytes, _)) in house.tree("feeds") {
        new.write(&format!("feeds/{name}"), bytes);
    }
    let taken = new.fed(exported.as_bytes(), &["import", "-"]);
    assert_eq!((taken.status, taken.stderr.as_str()), (0, ""));
    assert_eq!(new.run(&["export"]).good(), exported);
    assert_eq!((new.journal(), new.list()), (house.journal(), house.list()));
    new.run(&["publish"]).good();
    assert_eq!(new.published(), house.published());
    let closing = new.update_at("2024-11-04T12:00:00Z");
    assert_eq!(closing, "1 source, 131 articles: 0 new, 0 revised, 131 known; 0 feeds written");
    // What is there is not written over, and half of it is none.
    new.write("x.jsonl", &exported);
    assert_eq!(new.run(&["import", "x.jsonl"]).status, 3);
    let cut = exported.rfind("{\"line\":\"end\"").unwrap();
    let middle: Vec<&str> = exported.lines().take(20).chain(exported.lines().skip(21)).collect();
    for (broken, why) in [
        (&exported[..cut], "its end is missing"),
        (&exported[..cut - 30], "line"),
        (&middle.join("\n"), "lines are missing before it"),
        (&exported[exported.find('\n').unwrap() + 1..], "it is nothing that `depesche export` wrote"),
        (&exported.replacen("\"v\":1", "\"v\":9", 1), "newer version"),
        ("", "its end is missing"),
    ] {
        let empty = House::empty().file("x.jsonl", broken);
        let ran = empty.run(&["import", "x.jsonl"]);
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
        assert_eq!(empty.list(), Vec::<Value>::new());
    }
}

#[test]
fn verify_names_what_is_wrong_and_rebuild_mends_the_catalogue() {
    let house = many(20);
    house.update();
    let published = house.published();
    assert_eq!(house.run(&["verify"]).good(), "21 lines in 1 file, 20 articles: all is well\n");
    assert_eq!(House::empty().run(&["verify"]).good(), "0 lines in 0 files, 0 articles: all is well\n");
    // The catalogue of an archive with less in it.
    let other = many(19);
    other.update();
    let (whole, foreign) = (house.tree("archive/catalogue"), other.tree("archive/catalogue"));
    let replace = |tree: &crate::support::house::Tree| {
        fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
        for (name, (bytes, _)) in tree {
            house.write(&format!("archive/catalogue/{name}"), bytes);
        }
    };
    replace(&foreign);
    let ran = house.run(&["verify"]);
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("articles are missing: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: run `depesche rebuild`"), "{}", ran.stderr);
    assert_eq!(house.run(&["rebuild"]).status, 0);
    assert_eq!(house.run(&["verify"]).status, 0);
    fs::remove_dir_all(house.path("public")).unwrap();
    house.run(&["publish"]).good();
    assert_eq!(house.published(), published);
    replace(&whole);
    // A byte of the journal.
    let journal = files(&house).remove(0);
    let mut bytes = fs::read(&journal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&journal, bytes).unwrap();
    let ran = house.run(&["verify", "--json"]);
    assert_eq!(ran.status, 3);
    assert!(ran.objects()[0]["faults"][0].as_str().unwrap().contains("2024-11-0001.jsonl.zst"), "{}", ran.stdout);
}
