//! What is told of the archive and of the program: `stats`, `completions`, `man`, and `show` in other shapes.

use crate::support::specimen::{Item, markdown, rss};
use crate::support::{House, NOW};
use serde_json::json;
use std::fs;
use std::process::Stdio;

fn house() -> House {
    let item = |title, link, date, author| Item { title, link, guid: link, date, author, text: "Ein Satz." };
    let house = House::with_document(rss(&[
        item("Eins", "https://blatt.example/1", "Wed, 28 Aug 2024 14:30:00 +0200", "Anna Muster"),
        item("Zwei", "https://blatt.example/2", "Thu, 29 Aug 2024 14:30:00 +0200", "Anna Muster"),
        // The first moment of a month, there.
        item("Drei", "https://nest.example/3", "Sun, 01 Sep 2024 00:00:00 +0200", "Wiebke Harms"),
    ]));
    house.update();
    house
}

#[test]
fn stats_count_by_what_is_asked() {
    let house = house();
    for (by, expected) in [
        ("feed", "       3  blatt\n"),
        ("month", "       2  2024-08\n       1  2024-09\n"),
        ("author", "       2  Anna Muster\n       1  Wiebke Harms\n"),
        ("site", "       2  blatt.example\n       1  nest.example\n"),
        ("tag", ""),
        ("language", "       3  de\n"),
        ("growth", "       3  2024-11\n"),
    ] {
        house.run(&["stats", "--by", by]).is(0, expected, "");
    }
    house.run(&["stats", "--by", "author", "seit:2024-09"]).is(0, "       1  Wiebke Harms\n", "");
    house.run(&["stats", "--by", "month", "--limit", "1"]).is(0, "       1  2024-09\n", "");
    assert_eq!(
        house.run(&["stats", "--by", "site", "--limit", "1", "--json"]).objects(),
        [json!({"by": "site", "name": "blatt.example", "articles": 2})]
    );
    let all = house.run(&["stats", "--json"]).objects().remove(0);
    assert_eq!((&all["articles"], &all["text_bytes"]), (&json!(3), &json!(3 * "EinsEin Satz.".len())));
    assert_eq!(
        (&all["first"], &all["last"]),
        (&json!("2024-08-28T14:30:00+02:00"), &json!("2024-09-01T00:00:00+02:00"))
    );
    for part in ["journal", "catalogue", "index", "public"] {
        assert!(all["disk"][part].as_u64().unwrap() > 100, "{part}: {all}");
    }
    let told = house.run(&["stats"]).good();
    assert!(told.starts_with("articles    3\ntext        39 bytes\npublished   2024-08-28 – 2024-09-01\n"), "{told}");
}

/// What is completed behind these words.
fn completed(house: &House, words: &[&str]) -> Vec<String> {
    let mut command = house.command("", &["--", "depesche"]);
    command.args(words).env("DEPESCHE_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true").env("_CLAP_IFS", "\n");
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn shells_complete_commands_names_of_feeds_and_ids() {
    let house = house().feed("bote", "[[source]]\npath = \"nichts.md\"\n");
    assert_eq!(completed(&house, &["sea"]), ["search"]);
    assert_eq!(completed(&house, &["update", "b"]), ["blatt", "bote"]);
    assert_eq!(completed(&house, &["list", "--feed", "bo"]), ["bote"]);
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    assert_eq!(completed(&house, &["show", &id[..8]]), [id.as_str()]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = house.at("", &["completions", shell]).good();
        assert!(script.contains("DEPESCHE_COMPLETE") && script.contains("depesche"), "{shell}: {script}");
    }
    assert_eq!(house.at("", &["completions", "tcsh"]).status, 2);
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let house = House::empty();
    let told = house.at("", &["man", "seiten"]).good();
    let pages: Vec<String> = house.tree("seiten").into_keys().collect();
    assert_eq!(told, format!("{} pages in seiten/\n", pages.len()));
    for command in ["", "-update", "-search", "-list", "-show", "-stats", "-completions", "-man"] {
        let page = house.read(&format!("seiten/depesche{command}.1"));
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{command}");
    }
    assert!(house.read("seiten/depesche-search.1").contains("Haushaltsgesetze"));
}

#[test]
fn an_article_is_shown_as_html_or_opened() {
    let house = House::empty()
        .feed("bote", "[[source]]\npath = \"notiz.md\"\n")
        .file("feeds/bote/notiz.md", markdown("title: Notiz", "Erster *Absatz*."))
        .feed("blatt", "[[source]]\npath = \"quelle\"\n")
        .file(
            "feeds/blatt/quelle",
            rss(&[Item { title: "Eins", link: "https://blatt.example/1?a=1&b=2", text: "Satz.", ..Item::default() }]),
        );
    house.update();
    let all = house.list();
    let id = |title: &str| {
        all.iter()
            .find(|article| article["title"] == title)
            .and_then(|article| article["id"].as_str())
            .unwrap()
            .to_owned()
    };
    assert_eq!(house.run(&["show", &id("Notiz"), "--html"]).good(), "<p>Erster <em>Absatz</em>.</p>\n");
    house.write("browser", "#!/bin/sh\nprintf %s \"$1\" > geöffnet\n");
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(house.path("browser"), fs::Permissions::from_mode(0o755)).unwrap();
    let open =
        |title: &str| house.command(NOW, &["show", &id(title), "--open"]).env("BROWSER", "./browser").output().unwrap();
    assert!(open("Eins").status.success());
    assert_eq!(house.read("geöffnet"), "https://blatt.example/1?a=1&b=2");
    let none = open("Notiz");
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8(none.stderr).unwrap().contains("the article has no address"));
}
