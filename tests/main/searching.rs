//! `search`, `list` with a query, feeds that are made by one; and what the index does when it is lost, damaged or behind.

use crate::support::specimen::{Item, rss};
use crate::support::{House, reading};
use chrono::DateTime;
use depesche::archive::{self, Page, Sort};
use depesche::ask;
use depesche::date::Context;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

const HOUSEHOLD: Item = Item {
    title: "Landtag beschließt Haushaltsgesetz",
    link: "https://blatt.example/haushalt",
    guid: "1",
    date: "Wed, 28 Aug 2024 14:30:00 +0200",
    author: "Anna Müller",
    text: "Die Abgeordneten stimmten am Mittwoch mit großer Mehrheit zu.",
};
const CLIMATE: Item = Item {
    title: "Klimaschutzgesetz gilt",
    link: "https://blatt.example/klima",
    guid: "2",
    date: "Mon, 02 Sep 2024 08:00:00 +0200",
    author: "",
    text: "Die Länder müssen jedes Jahr berichten. Der Rat der Stadt tagt im Rathaus.",
};
const STORKS: Item = Item {
    title: "Störche sind zurück",
    link: "https://nest.example/stoerche",
    guid: "3",
    date: "Tue, 15 Oct 2024 10:00:00 +0200",
    author: "Wiebke Harms",
    text: "Auf dem Kirchturm klappert es wieder. Werbung: Klimaanlagen im Angebot.",
};

fn house() -> House {
    let house = House::with_document(rss(&[HOUSEHOLD, CLIMATE, STORKS]));
    house.update();
    house
}

/// The last parts of the links that a query finds.
fn found(house: &House, query: &str) -> Vec<String> {
    let answer = house.run(&["search", query, "--newest", "--format", "{link}"]).good();
    answer.lines().map(|link| link.rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn a_query_is_words_phrases_fields_and_dates() {
    let house = house();
    for (query, expected) in [
        ("Gesetz", &["klima", "haushalt"][..]),
        ("\"Rat der Stadt\"", &["klima"]),
        ("„Rat der Stadt“", &["klima"]),
        ("\"Stadt der Rat\"", &[]),
        ("Klima -Werbung", &["klima"]),
        ("-Gesetz", &["stoerche"]),
        ("Haushalt OR Störche", &["stoerche", "haushalt"]),
        ("(Haushalt OR Störche) -author:Harms", &["haushalt"]),
        ("title:Störche", &["stoerche"]),
        ("title:Kirchturm", &[]),
        ("author:Mueller", &["haushalt"]),
        ("author:\"Wiebke Harms\"", &["stoerche"]),
        ("site:blatt.example", &["klima", "haushalt"]),
        ("site:example", &[]),
        ("feed:blatt Rat", &["klima"]),
        ("klima*", &["stoerche", "klima"]),
        ("seit:2024-09", &["stoerche", "klima"]),
        ("seit:2024-09 bis:\"2. September 2024\"", &["klima"]),
        ("bis:2024-08", &["haushalt"]),
        ("am:2.9.2024", &["klima"]),
        ("since:30d", &["stoerche"]),
        ("seit:2024", &["stoerche", "klima", "haushalt"]),
        ("bis:2023", &[]),
        ("sprache:de", &["stoerche", "klima", "haushalt"]),
        ("language:en", &[]),
    ] {
        assert_eq!(found(&house, query), expected, "{query}");
    }
}

#[test]
fn a_word_with_a_hyphen_before_it_is_no_option() {
    let house = house();
    let answer = house.run(&["search", "Klima", "-Werbung", "--format", "{title}"]).good();
    assert_eq!(answer, "Klimaschutzgesetz gilt\n");
}

#[test]
fn a_mistake_in_a_query_is_pointed_at() {
    let house = house();
    for (query, error) in [
        (
            "Rat tittel:Haus",
            "  Rat tittel:Haus\n      ^^^^^^^\ndepesche: the query cannot be read: `tittel:` is no field\nhint: did you mean `titel:`?\n",
        ),
        (
            "seit:irgendwann",
            "  seit:irgendwann\n       ^^^^^^^^^^\ndepesche: the query cannot be read: `irgendwann` is no date\n\
             hint: such as `gestern`, `2024-08`, `30d` or `\"28. August 2024\"`; a range has two sides: `seit:… bis:…`\n",
        ),
        (
            "Größe \"offen",
            "  Größe \"offen\n        ^^^^^^\ndepesche: the query cannot be read: the quotation mark is not closed\n\
             hint: write `\"` at its end as well\n",
        ),
        (
            "*gesetz",
            "  *gesetz\n  ^^^^^^^\ndepesche: the query cannot be read: `*` stands for the end of a word only\n\
             hint: ends are found without it: `Gesetz` finds `Haushaltsgesetz`\n",
        ),
        (
            ") Haus",
            "  ) Haus\n  ^\ndepesche: the query cannot be read: this parenthesis was never opened\nhint: take it away\n",
        ),
        (
            "Haus ()",
            "  Haus ()\n        ^\ndepesche: the query cannot be read: there is nothing between the parentheses\nhint: take them away\n",
        ),
        (
            "https://blatt.example/haus",
            "  https://blatt.example/haus\n  ^^^^^^\ndepesche: the query cannot be read: `https:` is no field\n\
             hint: articles are found by their host, not by the whole address: `site:blatt.example`\n",
        ),
    ] {
        house.run(&["search", query]).is(2, "", error);
    }
    for query in
        ["a OR", "OR a", "()", "(a", "a)", "a AND", "- a", "title:", "title: a", "!!", "a*b*", "x*", "site:/", "a NOT"]
    {
        let ran = house.run(&["search", query]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{query}");
        assert!(ran.stderr.contains("the query cannot be read") && ran.stderr.contains('^'), "{query}: {}", ran.stderr);
    }
    let unknown = house.run(&["search", "feed:blat"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("did you mean `blatt`?"), "{}", unknown.stderr);
}

#[test]
fn a_query_that_no_person_has_written_is_refused_at_once() {
    let house = house();
    let long = "wort ".repeat(20_000);
    let nested = format!("{}a{}", "(".repeat(2_000), ")".repeat(2_000));
    let many = "a b ".repeat(1_000);
    let hyphens = format!("{}a", "NOT ".repeat(1_000));
    for query in [long, nested, many, hyphens] {
        let begun = std::time::Instant::now();
        let ran = house.run(&["search", &query]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", &query[..20]);
        assert!(ran.stderr.len() < 1_000, "{}", ran.stderr);
        assert!(begun.elapsed() < Duration::from_secs(5), "{}", &query[..20]);
    }
}

#[test]
fn any_query_is_refused_or_answered_in_bounded_time_and_every_order_has_the_same_answers() {
    let house = house();
    let now = DateTime::parse_from_rfc3339("2024-11-01T12:00:00Z").unwrap().to_utc();
    let context = Context { now, zone: chrono_tz::Europe::Berlin };
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "Gesetz", "Rat", "Stadt", "der", "es", "Klima", "Haushalt", "Werbung", "Müller", "Störche", "E-Mail", "Haushalts-Gesetz", "Kirchturm",
        ]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![
            "\"", "\"der Rat\"", "(", ")", "-", " OR ", " NOT ", "*", " ", "title:", "author:", "tag:", "lang:de", "seit:", "bis:", "am:", "2024-09",
            "gestern", "30d", "feed:blatt", "site:blatt.example",
        ]).prop_map(str::to_owned),
        1 => "[a-zäöüß*§:. -]{0,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    let queries =
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" ").replace("- ", "-").replace(": ", ":"));
    // The same queries in every run.
    let config = Config { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(2024), ..Config::default() };
    let (mut answered, mut found) = (0, 0);
    let law = |text: String| {
        let begun = Instant::now();
        if let Ok(query) = ask::parse(&text, &context) {
            let all = Page { offset: 0, limit: None };
            let ids = |sort| {
                let (hits, _) =
                    archive::ask(&house.path("archive"), now, |index| index.search(&query, sort, all)).unwrap();
                hits.into_iter().map(|hit| hit.id).collect::<BTreeSet<_>>()
            };
            let (best, newest) = (ids(Sort::Best), ids(Sort::Newest));
            prop_assert_eq!(&best, &newest, "{}", text);
            answered += 1;
            found += usize::from(!best.is_empty());
        }
        prop_assert!(begun.elapsed() < Duration::from_secs(5), "{}", text);
        Ok(())
    };
    let law = std::cell::RefCell::new(law);
    TestRunner::new(config).run(&queries, |text| (law.borrow_mut())(text)).unwrap();
    assert!(answered > 60 && found > 20, "of 300 queries {answered} were answered, {found} with articles");
}

#[test]
fn pages_formats_and_filters_are_those_of_list_as_well() {
    let house = house();
    let lines = |arguments: &[&str]| -> Vec<String> {
        house
            .run(&[arguments, &["--format", "{date} {title}"][..]].concat())
            .good()
            .lines()
            .map(str::to_owned)
            .collect()
    };
    let all = [
        "2024-10-15 Störche sind zurück",
        "2024-09-02 Klimaschutzgesetz gilt",
        "2024-08-28 Landtag beschließt Haushaltsgesetz",
    ];
    assert_eq!(lines(&["list"]), all);
    assert_eq!(lines(&["list", "--limit", "1"]), all[..1]);
    assert_eq!(lines(&["list", "--offset", "1"]), all[1..]);
    assert_eq!(lines(&["list", "--offset", "1", "--limit", "1"]), all[1..2]);
    assert_eq!(lines(&["list", "--limit", "0"]), all[..0]);
    assert_eq!(lines(&["list", "--offset", "7"]), all[..0]);
    assert_eq!(lines(&["list", "Gesetz", "--since", "2024-09"]), all[1..2]);
    assert_eq!(lines(&["list", "--until", "September 2024"]), all[1..]);
    assert_eq!(lines(&["search", "Gesetz", "--newest", "--limit", "1"]), all[1..2]);
    assert_eq!(lines(&["search", "Gesetz", "--newest", "--offset", "1"]), all[2..]);
    house.run(&["list", "--format", "{titel}"]).is(
        2,
        "",
        "depesche: `{titel}` is nothing that `--format` knows\nhint: did you mean `{title}`?\n",
    );
    house.run(&["list", "--format", "{date} {title"]).is(
        2,
        "",
        "depesche: the brace of `{title` is not closed\nhint: write `}` behind the name, and `{{` for a brace that is meant as one\n",
    );
    assert_eq!(house.run(&["list", "--limit", "1", "--format", "{feed}\\n{feed}"]).good(), "blatt\nblatt\n");
    assert_eq!(
        house.run(&["list", "--limit", "1", "--format", "{{{feed}}}\\t{authors}"]).good(),
        "{blatt}\tWiebke Harms\n"
    );
}

#[test]
fn the_title_counts_for_more_than_the_text() {
    let told = Item {
        title: "Nachrichten",
        link: "https://blatt.example/a",
        guid: "a",
        text: "Heute geht es um den Fluss.",
        ..HOUSEHOLD
    };
    let named = Item {
        title: "Der Fluss",
        link: "https://blatt.example/b",
        guid: "b",
        text: "Heute geht es um das Ufer.",
        ..CLIMATE
    };
    let house = House::with_document(rss(&[named, told]));
    house.update();
    let titles = house.run(&["search", "Fluss", "--format", "{title}"]).good();
    assert_eq!(titles, "Der Fluss\nNachrichten\n");
}

#[test]
fn of_answers_that_are_worth_the_same_the_newest_comes_first_whenever_they_came() {
    let house = House::with_document(rss(&[HOUSEHOLD, CLIMATE]));
    house.update();
    // What came later stands in another segment than what the index was made of.
    house.write("feeds/blatt/quelle", rss(&[HOUSEHOLD, CLIMATE, STORKS]));
    house.update();
    for query in ["feed:blatt", "sprache:de", "feed:blatt sprache:de", "Abgeordnete OR feed:blatt"] {
        let answer = house.run(&["search", query, "--format", "{link}"]).good();
        let found: Vec<&str> = answer.lines().map(|link| link.rsplit('/').next().unwrap()).collect();
        let expected: &[&str] = match query {
            // What has the word is better.
            "Abgeordnete OR feed:blatt" => &["haushalt", "stoerche", "klima"],
            _ => &["stoerche", "klima", "haushalt"],
        };
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn a_revised_article_is_found_by_what_it_says_now() {
    let house = House::with_document(rss(&[HOUSEHOLD]));
    house.update();
    assert_eq!(found(&house, "Abgeordnete"), ["haushalt"]);
    let revised = Item { text: "Die Minister stimmten am Donnerstag mit knapper Mehrheit zu.", ..HOUSEHOLD };
    house.write("feeds/blatt/quelle", rss(&[revised]));
    house.update_at("2024-11-02T12:00:00+01:00");
    assert_eq!(found(&house, "Abgeordnete"), [""; 0]);
    assert_eq!(found(&house, "Minister"), ["haushalt"]);
    assert_eq!(house.list().len(), 1);
}

#[test]
fn a_lost_or_damaged_index_is_made_again_and_said() {
    let house = house();
    let (listed, gesetz) = (house.list(), found(&house, "Gesetz"));
    fs::remove_dir_all(house.path("archive/index")).unwrap();
    assert_eq!(house.list(), listed);
    assert!(house.there("archive/index/meta.json"));
    fs::remove_file(house.path("archive/index/meta.json")).unwrap();
    let ran = house.run(&["list", "--json"]);
    assert_eq!((ran.status, ran.objects()), (0, listed.clone()));
    assert!(ran.stderr.contains("the index was made again from the journal"), "{}", ran.stderr);
    let names: Vec<String> = house.tree("archive/index").into_keys().filter(|name| !name.starts_with('.')).collect();
    for name in names.iter().map(|name| name.rsplit('.').next().unwrap().to_owned()) {
        // Each making gives the files other names.
        let files = house.tree("archive/index");
        let Some((path, (bytes, _))) = files.iter().find(|(path, _)| path.ends_with(&name)) else { continue };
        for damage in [vec![0; bytes.len()], bytes[..bytes.len() / 2].to_vec(), Vec::new()] {
            let now =
                house.tree("archive/index").into_keys().find(|path| path.ends_with(&name)).unwrap_or(path.clone());
            house.write(&format!("archive/index/{now}"), damage);
            let ran = house.run(&["search", "Gesetz", "--newest", "--format", "{link}"]);
            let links: Vec<&str> = ran.stdout.lines().filter_map(|link| link.rsplit('/').next()).collect();
            assert_eq!((ran.status, links), (0, vec!["klima", "haushalt"]), "{now}: {}", ran.stderr);
            assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        }
    }
    assert_eq!(house.list(), listed);
    assert_eq!(found(&house, "Gesetz"), gesetz);
}

#[test]
fn an_index_of_another_journal_is_made_again() {
    let house = house();
    let other = House::with_document(rss(&[STORKS]));
    other.update();
    fs::remove_dir_all(house.path("archive/journal")).unwrap();
    for (name, (bytes, _)) in other.tree("archive/journal") {
        house.write(&format!("archive/journal/{name}"), bytes);
    }
    let ran = house.run(&["list", "--format", "{title}"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "Störche sind zurück\n"));
    assert!(ran.stderr.contains("the journal is not the one that it was made of"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_written_is_asked_all_the_same() {
    let house = house();
    fs::remove_dir_all(house.path("archive/index")).unwrap();
    // Somebody else is writing: nothing may be made there, and the answer is the same.
    let lock = fs::File::options().write(true).open(house.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(found(&house, "Gesetz"), ["klima", "haushalt"]);
    assert!(!house.there("archive/index"));
}

#[test]
fn a_run_with_nothing_new_leaves_the_index_alone() {
    let house = house();
    let before = house.tree("archive/index");
    house.update_at("2024-11-02T12:00:00+01:00");
    assert_eq!(house.tree("archive/index"), before);
}

#[test]
fn what_was_forgotten_is_not_found() {
    let house = house();
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    house.run(&["forget", &id]).good();
    assert_eq!(found(&house, "-nichts"), ["klima", "haushalt"]);
}

#[test]
fn a_query_is_a_feed() {
    let house = house().feed("gesetze", "title = \"Gesetze\"\nquery = \"Gesetz seit:90d -Haushalt\"\n");
    house.update();
    let titles = |house: &House| -> Vec<String> {
        reading::agreed(house, "gesetze").into_iter().map(|entry| entry.title).collect()
    };
    assert_eq!(titles(&house), ["Klimaschutzgesetz gilt"]);
    assert_eq!(found(&house, "feed:gesetze"), ["klima"]);
    let baby = Item {
        title: "Neues Baugesetz",
        link: "https://blatt.example/bau",
        guid: "4",
        date: "Fri, 01 Nov 2024 10:00:00 +0100",
        ..CLIMATE
    };
    house.write("feeds/blatt/quelle", rss(&[baby, STORKS, CLIMATE]));
    house.update_at("2024-11-02T12:00:00+01:00");
    assert_eq!(titles(&house), ["Neues Baugesetz", "Klimaschutzgesetz gilt"]);
    let before = house.tree("public");
    house.update_at("2024-11-03T12:00:00+01:00");
    assert_eq!(house.tree("public"), before, "nothing new, and nothing written");
}

#[test]
fn a_query_feed_takes_from_the_feeds_that_it_names() {
    let house = house()
        .feed("nest", "[[source]]\npath = \"quelle\"\n")
        .file(
            "feeds/nest/quelle",
            rss(&[Item { guid: "5", link: "https://nest.example/gesetz", title: "Das Gesetz der Störche", ..STORKS }]),
        )
        .feed("wahl", "query = \"Gesetz\"\nfeeds = [\"nest\"]\n");
    house.update();
    assert_eq!(found(&house, "feed:wahl"), ["gesetz"]);
}

#[test]
fn a_query_in_a_definition_that_cannot_be_read_is_named_with_its_place() {
    let house = House::empty().feed("kaputt", "title = \"Kaputt\"\nquery = \"seit:30d titel:\"\n");
    house.run(&["update"]).is(
        2,
        "",
        "depesche: cannot use `feeds/kaputt/feed.toml:2`: `query` cannot be read at `titel:`: nothing stands behind the colon\n\
         hint: write it without a space: `titel:Wort`, `titel:\"mehrere Wörter\"`\n",
    );
}

#[test]
fn control_characters_of_a_title_stay_away_from_the_terminal() {
    let evil = Item { title: "Rot \u{9b}31m und \u{202e}verkehrt", ..STORKS };
    let house = House::with_document(rss(&[evil]));
    house.update();
    for arguments in
        [&["list"][..], &["search", "verkehrt"], &["list", "--format", "{title}"], &["search", "Rot \u{1b}[31m OR"]]
    {
        let ran = house.run(arguments);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{arguments:?}: {all:?}");
    }
}

#[test]
fn a_shortened_id_that_begins_several_names_the_candidates() {
    let items: Vec<(String, String)> =
        (0..600).map(|n| (format!("Artikel {n}"), format!("https://blatt.example/{n}"))).collect();
    let items: Vec<Item> =
        items.iter().map(|(title, link)| Item { title, link, guid: link, text: "", ..HOUSEHOLD }).collect();
    let house = House::with_document(rss(&items));
    house.update();
    let mut ids: Vec<String> = house.listed("id").iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    let pair = ids.windows(2).find(|pair| pair[0][..4] == pair[1][..4]).expect("600 ids of which two begin alike");
    let ran = house.run(&["show", &pair[0][..4]]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    for id in pair {
        assert!(ran.stderr.lines().any(|line| line.starts_with(&format!("  {id}  "))), "{}", ran.stderr);
    }
    assert_eq!(house.run(&["show", &pair[0], "--json"]).objects()[0]["id"], pair[0].as_str());
}

#[test]
fn verify_names_an_index_that_is_not_as_it_was_written() {
    let house = house();
    assert_eq!(house.run(&["verify"]).status, 0);
    let whole = house.tree("archive/index");
    let (name, (bytes, _)) = whole.iter().find(|(name, _)| name.ends_with(".idx")).unwrap();
    let mut turned = bytes.clone();
    turned[bytes.len() / 2] ^= 0xFF;
    house.write(&format!("archive/index/{name}"), &turned);
    let ran = house.run(&["verify"]);
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("index`: its files are not as they were written"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: remove this folder"), "{}", ran.stderr);
    fs::remove_dir_all(house.path("archive/index")).unwrap();
    assert_eq!(found(&house, "Gesetz"), ["klima", "haushalt"]);
    assert_eq!(house.run(&["verify"]).status, 0);
}
