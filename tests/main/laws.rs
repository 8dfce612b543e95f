//! The laws of DESIGN.md, each by its number. What needs a chapter of its own (identity, dates, the archive) is told
//! there in full; here stands that each law holds on the whole way.

use crate::support::specimen::{Item, markdown, page, rss, story, text};
use crate::support::{Answer, House, NOW, Server, reading};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A folder with something of every kind.
fn full() -> House {
    let story = story("den Marktplatz");
    let body = format!("<h2>Der Rat</h2><p>{story}</p><p><img src=\"https://blatt.example/m.jpg\" alt=\"\"></p>");
    let html = page("Der Marktplatz als Seite", "https://blatt.example/seite", "2024-08-27T14:30:00+02:00", &body);
    let house = House::with_files(&[
        ("markt.txt", &text("Der Marktplatz", "28. August 2024", "das Pflaster")),
        ("kurz.md", &markdown("title: Kurz\ntags: [Rat, Markt]", "Ein *kurzer* Satz.\n\n- eins\n- zwei")),
        ("seite.html", &html),
    ]);
    let relative = "gestern um 18:05";
    house.feed("bote", "[[source]]\npath = \"quelle\"\n").file(
        "feeds/bote/quelle",
        rss(&[
            Item {
                title: "Eins",
                link: "https://bote.example/1",
                date: relative,
                author: "Wiebke Harms",
                text: &story,
                ..Item::default()
            },
            Item { title: "Zwei", guid: "2", text: "Ein Satz ohne Datum.", ..Item::default() },
        ]),
    )
}

#[test]
fn law_1_ingesting_the_same_thing_twice_changes_nothing() {
    let house = full();
    house.update();
    let (published, journal) = (house.published(), house.journal());
    for now in [NOW, "2024-11-01T12:00:01+01:00", "2024-11-30T00:00:00Z", "2031-01-01T00:00:00Z"] {
        assert_eq!(house.update_at(now), "2 sources, 5 articles: 0 new, 0 revised, 5 known; 0 feeds written", "{now}");
        house.at(now, &["publish"]).good();
        house.at(now, &["ingest", "feeds/blatt/artikel/markt.txt", "--feed", "blatt"]).good();
    }
    assert_eq!(house.published(), published);
    let revisions = |lines: &[Value]| lines.iter().filter(|line| line["line"] == "revision").count();
    assert_eq!((revisions(&journal), revisions(&house.journal())), (5, 5));
}

#[test]
fn law_2_the_order_in_which_answers_arrive_changes_nothing() {
    let server = Server::start(vec![]);
    let shared =
        |title: &str| rss(&[Item { title, link: "https://blatt.example/beide", text: "Ein Satz.", ..Item::default() }]);
    let run = |delays: [u64; 3]| {
        for (n, delay) in delays.into_iter().enumerate() {
            // Whoever comes first gives the title: the order of the sources decides, not that of the answers.
            server.answers(&format!("/{n}"), Answer::ok("", shared(&format!("Titel {n}"))).slow(delay));
        }
        let sources: String =
            (0..3).map(|n| format!("[[source]]\nurl = \"{}\"\n", server.url(&format!("/{n}")))).collect();
        let house = House::empty()
            .file("depesche.toml", format!("per_host = 8\n{}", server.settings()))
            .feed("blatt", &sources)
            .feed("zweites", &sources.replace("/0", "/2"));
        house.update();
        (house.published(), house.journal(), house.list())
    };
    let (published, journal, list) = run([400, 200, 0]);
    assert_eq!(list[0]["title"], "Titel 0");
    for delays in [[0, 200, 400], [0, 0, 0]] {
        let again = run(delays);
        assert_eq!(again.0, published, "{delays:?}");
        assert_eq!((again.1, again.2), (journal.clone(), list.clone()), "{delays:?}");
    }
}

#[test]
fn law_2_many_documents_are_taken_in_their_order() {
    let house = House::with_files(&[]);
    for n in 0..150 {
        house.write(&format!("feeds/blatt/artikel/{n:03}.md"), format!("# Nummer {n}\n\nSatz {n}.\n"));
    }
    house.update();
    let titles: Vec<String> = house
        .journal()
        .iter()
        .filter(|line| line["line"] == "revision")
        .map(|line| line["article"]["title"].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<String> = (0..150).map(|n| format!("Nummer {n}")).collect();
    assert_eq!(titles, expected);
}

#[test]
fn law_3_neither_the_clock_nor_the_zone_of_the_machine_is_seen() {
    let runs: Vec<(BTreeMap<String, String>, Vec<Value>)> =
        [("UTC", NOW), ("Pacific/Auckland", NOW), ("America/New_York", "2024-11-01T11:00:00Z")]
            .into_iter()
            .map(|(zone, now)| {
                let house = full();
                let done = house.command(now, &["update"]).env("TZ", zone).env("LC_ALL", "C").output().unwrap();
                assert!(done.status.success());
                (house.published(), house.journal())
            })
            .collect();
    assert_eq!(runs[0], runs[1]);
    assert_eq!(runs[0], runs[2]);
}

#[test]
fn law_4_an_identity_never_changes() {
    let first = Item {
        title: "Der Marktplatz",
        link: "https://blatt.example/markt",
        guid: "a",
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::with_document(rss(&[first]));
    house.update();
    let id = house.only()["id"].clone();
    let changes = [
        Item { guid: "b", ..first },
        Item { link: "http://blatt.example/markt", ..first },
        Item { link: "https://blatt.example/markt?utm_source=rss", ..first },
        Item { text: "Ein ganz anderer Satz.", ..first },
        Item { title: "Ein ganz anderer Titel", ..first },
        Item { date: "Wed, 28 Aug 2024 14:30:00 +0200", ..first },
    ];
    for (day, change) in changes.into_iter().enumerate() {
        house.write("feeds/blatt/quelle", rss(&[change]));
        house.update_at(&format!("2024-11-{:02}T12:00:00Z", day + 2));
        let article = house.only();
        assert_eq!((&article["id"], &article["published"]), (&id, &json!("2024-11-01T11:00:00+00:00")));
        assert_eq!(reading::agreed(&house, "blatt")[0].id, format!("urn:uuid:{}", id.as_str().unwrap()));
    }
}

#[test]
fn law_5_a_failed_source_leaves_the_published_feed_as_it_is() {
    let feed = rss(&[Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]);
    let server = Server::start(vec![("/feed", Answer::ok("", &feed))]);
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/feed")));
    house.update();
    let before = house.tree("public");
    let torn = Answer { torn: true, ..Answer::ok("", &feed.as_bytes()[..feed.len() / 2]) };
    for answer in [
        Answer::status(404),
        Answer::status(500),
        Answer::ok("", ""),
        Answer::ok("", &feed.as_bytes()[..feed.len() / 2]),
        torn,
        Answer::ok("text/html", "<html><body>Wartungsarbeiten</body></html>"),
    ] {
        server.answers("/feed", answer);
        let ran = house.at("2024-11-02T12:00:00Z", &["update", "--all"]);
        assert_eq!(
            (ran.status, ran.closing()),
            (1, "1 source, 0 articles: 0 new, 0 revised, 0 known; 0 feeds written; 1 failed")
        );
        assert_eq!(house.tree("public"), before);
    }
    // A source that has become empty is no reason to forget what it once had.
    server.answers("/feed", Answer::ok("", rss(&[])));
    house.at("2024-11-03T12:00:00Z", &["update"]);
    assert_eq!(house.tree("public"), before);
}

#[test]
fn law_5_nothing_half_written_lies_in_the_public_folder() {
    let house = full();
    house.update();
    let odd: Vec<String> = house.tree("public").into_keys().filter(|name| name.ends_with(".new")).collect();
    assert_eq!(odd, Vec::<String>::new());
}

#[test]
fn law_6_what_was_acknowledged_survives_a_kill_at_any_moment() {
    let house = House::with_files(&[]);
    let mut written = 0;
    for (round, milliseconds) in [2, 8, 15, 25, 40, 60, 90, 130].into_iter().enumerate() {
        for n in 0..20 {
            let file = format!("feeds/blatt/artikel/{round}-{n:02}.md");
            house.write(&file, format!("# Nummer {round}-{n}\n\n{}\n", story(&format!("Nummer {round}-{n}"))));
            written += 1;
        }
        let acknowledged = house.list();
        let mut child = house.command(NOW, &["--quiet", "update"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
        // Reading works at once and shows at least what was there.
        let now = house.list();
        for article in &acknowledged {
            assert!(now.contains(article), "{article} was lost after {milliseconds} ms");
        }
    }
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(house.listed("id").len(), written);
    assert_eq!(
        house.update(),
        format!("1 source, {written} articles: 0 new, 0 revised, {written} known; 0 feeds written")
    );
    let ids: std::collections::BTreeSet<String> = house.listed("id").iter().map(Value::to_string).collect();
    assert_eq!(ids.len(), written);
}

#[test]
fn law_6_the_loss_of_the_whole_catalogue_loses_nothing() {
    let house = full();
    house.update();
    let (published, list) = (house.published(), house.list());
    std::fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    std::fs::remove_dir_all(house.path("public")).unwrap();
    let ran = house.at("2024-12-01T12:00:00Z", &["update"]);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.closing(), "2 sources, 5 articles: 0 new, 0 revised, 5 known; 2 feeds written");
    assert_eq!((house.published(), house.list()), (published, list));
}

#[test]
fn law_7_one_bad_document_does_not_stop_the_others_and_is_named() {
    let house = House::with_files(&[("a.md", "# Eins\n\nEin Satz.\n"), ("c.md", "# Drei\n\nEin Satz.\n")])
        .file("feeds/blatt/artikel/b.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF")
        .feed("bote", "[[source]]\npath = \"fehlt.txt\"\n[[source]]\npath = \"gut.md\"\n")
        .file("feeds/bote/gut.md", "# Gut\n\nEin Satz.\n");
    house.run(&["update"]).is(
        1,
        "blatt: 2 entries in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         bote: 1 entry in public/bote/ (rss.xml, atom.xml, feed.json)\n\
         3 sources, 3 articles: 3 new, 0 revised, 0 known; 2 feeds written; 2 failed\n",
        "depesche: cannot read `feeds/blatt/artikel/b.jpg`: it is no writing but a JPEG image\n\
         depesche: cannot read `feeds/bote/fehlt.txt`: there is no such file or folder\n\
         hint: paths in a feed.toml start from the folder that it lies in\n",
    );
}

#[test]
fn law_7_one_bad_article_does_not_stop_the_others_and_is_named() {
    let feed = rss(&[
        Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() },
        Item::default(),
        Item { title: "Drei", link: "https://blatt.example/3", text: "Ein Satz.", ..Item::default() },
    ]);
    let house = House::with_document(feed);
    // An entry with nothing in it is no loss: it is named to whoever asks.
    house.run(&["-v", "update"]).is(
        0,
        "blatt: 2 entries in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         1 source, 2 articles: 2 new, 0 revised, 0 known; 1 feed written\n",
        "depesche: warning: `feeds/blatt/quelle`: an entry was left out: it is empty\n",
    );
}

#[test]
fn law_8_what_the_text_does_not_say_is_assumed_and_marked() {
    let item =
        |date| Item { title: "Eins", link: "https://blatt.example/1", date, text: "Ein Satz.", ..Item::default() };
    let table = [
        ("28. August 2024", "day", "assumed", "plain"),
        ("28.08.2024, 14:30 Uhr", "minute", "assumed", "plain"),
        ("Wed, 28 Aug 2024 14:30:00 +0200", "second", "stated", "plain"),
        ("31.03.2024, 02:30 Uhr", "minute", "assumed", "skipped"),
        ("27.10.2024, 02:30 Uhr", "minute", "assumed", "ambiguous"),
    ];
    for (date, precision, zone, local) in table {
        let house = House::with_document(rss(&[item(date)]));
        house.update();
        let stamp = &house.journal()[0]["article"]["published"];
        assert_eq!(
            (&stamp["precision"], &stamp["zone"], &stamp["local"], &stamp["words"]),
            (&json!(precision), &json!(zone), &json!(local), &json!(date))
        );
    }
}

#[test]
fn law_8_a_date_is_never_invented() {
    let house = House::empty();
    for date in ["", "Sommer 2024", "2024", "demnächst", "10.–12. August 2024", "31. Februar 2024", "01.01.2090"] {
        house.write(
            "feed.xml",
            rss(&[Item { title: "Eins", link: "https://blatt.example/1", date, text: "Ein Satz.", ..Item::default() }]),
        );
        let article = &house.extract("feed.xml")["articles"][0];
        assert_eq!(
            (&article["published"], &article["published_precision"], &article["updated"]),
            (&Value::Null, &Value::Null, &Value::Null),
            "{date}"
        );
    }
    // Years, prices and scores in the running text are no dates of the article.
    house.write(
        "artikel.txt",
        format!(
            "Der Marktplatz\n\n{} Das Haus von 1911 kostet 3,50 Euro, das Spiel endete 2:1.\n",
            story("den Marktplatz")
        ),
    );
    assert_eq!(house.extract("artikel.txt")["articles"][0]["published"], Value::Null);
}

/// What a title may hold at worst.
const HOSTILE: &str = "a\u{1b}[31mrot\u{7}\u{8}\u{9b}2J \u{202e}dnib\u{202c}\u{2066}x\u{2069} ]]> </title><script>alert(1)</script> \"'&amp; z";

fn hostile() -> House {
    // Control characters are no XML: they come in JSON and in plain texts.
    let title = serde_json::to_string(HOSTILE).unwrap();
    let json = format!(
        "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": {title}, \"items\": [{{\"id\": \"1\", \"title\": {title}, \
         \"summary\": {title}, \"url\": \"https://blatt.example/1\", \"authors\": [{{\"name\": {title}}}], \"tags\": [{title}], \
         \"content_html\": \"<p onclick='x()'>Gut <script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x()'>a</a></p>\"}}]}}"
    );
    House::with_document(json)
        .file("feeds/text/feed.toml", "[[source]]\npath = \"böse\\u001b[2J.txt\"\n")
        .file("feeds/text/böse\u{1b}[2J.txt", format!("{HOSTILE}\n\n{}\n", story(HOSTILE)))
}

/// Whether a terminal would obey, or show what follows in another order.
fn commands(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

#[test]
fn law_9_no_untrusted_character_commands_the_terminal() {
    let house = hostile();
    let mut said = String::new();
    for arguments in [
        &["-v", "update"][..],
        &["list"],
        &["extract", "feeds/text/fehlt\u{1b}[31m.txt"],
        &["extract", "a\u{202e}b"],
        &["ingest", "\u{9b}2J", "--feed", "blatt"],
        &["update", "blatt\u{1b}[31m"],
        &["show", "\u{1b}[31m"],
        &["date", "\u{1b}[31m"],
        &["--\u{1b}[31m"],
        &["\u{1b}[31m\u{202e}"],
        &["--now", "\u{1b}[31m", "list"],
    ] {
        let now = if arguments.contains(&"--now") { "" } else { NOW };
        let ran = house.at(now, arguments);
        assert_eq!(commands(&ran.stderr), "", "{arguments:?} on standard error: {:?}", ran.stderr);
        if !arguments.contains(&"extract") {
            assert_eq!(commands(&ran.stdout), "", "{arguments:?} on standard output: {:?}", ran.stdout);
        }
        said.push_str(&ran.stderr);
    }
    for article in house.list() {
        let shown = house.run(&["show", article["id"].as_str().unwrap()]).good();
        assert_eq!(commands(&shown), "", "{shown:?}");
    }
    // What is taken out leaves a mark or nothing, and the rest of the name is there.
    assert!(said.contains("[31m"), "{said}");
}

#[test]
fn law_9_no_control_character_is_in_json() {
    let house = hostile();
    house.run(&["update"]);
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    for arguments in [
        &["list", "--json"][..],
        &["show", "--json", &id],
        &["extract", "feeds"],
        &["date", "--json", "\u{1b}[31m\u{9b}2J"],
        &["update", "--json"],
    ] {
        let ran = house.run(arguments);
        let control: String = ran.stdout.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert_eq!(control, "", "{arguments:?}");
    }
}

#[test]
fn law_9_settings_and_definitions_are_untrusted_as_well() {
    let house = House::with_document("x").file("feeds/blatt/feed.toml", "\"ti\\u001b[31mtel\" = 1\n");
    assert_eq!(commands(&house.run(&["update"]).stderr), "");
    house.write("depesche.toml", "allow = [\"\\u001b[31m\"]\n");
    let ran = house.run(&["update"]);
    assert_eq!((commands(&ran.stderr).as_str(), ran.status), ("", 2));
}

#[test]
fn law_9_hostile_titles_are_the_same_harmless_text_in_all_formats() {
    let house = hostile();
    house.run(&["update"]);
    for feed in ["blatt", "text"] {
        for (name, text) in house.published().iter().filter(|(name, _)| name.starts_with(feed)) {
            let control: String = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\t')).collect();
            assert_eq!(control, "", "{name}");
            if name.ends_with(".html") {
                assert!(!text.contains("<script"), "{name}");
                assert!(
                    !text.contains("onerror") && !text.contains("onclick") && !text.contains("javascript:"),
                    "{name}"
                );
            }
        }
    }
    let entry = &reading::agreed(&house, "blatt")[0];
    let expected = "a[31mrot2J \u{202e}dnib\u{202c}\u{2066}x\u{2069} ]]> </title><script>alert(1)</script> \"'&amp; z";
    assert_eq!(entry.title, expected);
    assert_eq!(entry.authors, [expected]);
    assert_eq!(entry.tags, [expected]);
    assert!(entry.html.starts_with("<p>Gut "), "{}", entry.html);
    assert!(!entry.html.contains("alert") && !entry.html.contains("javascript"), "{}", entry.html);
}

#[test]
fn law_9_names_of_feeds_and_ids_cannot_leave_the_public_folder() {
    let house = House::with_document(rss(&[Item {
        title: "../../weg",
        link: "../../../etc/passwd",
        guid: "../../x",
        text: "Ein Satz.",
        ..Item::default()
    }]));
    house.update();
    for name in house.tree("").into_keys() {
        let inside = ["public/", "archive/", "feeds/"].iter().any(|folder| name.starts_with(folder));
        assert!(inside && !name.contains(".."), "{name}");
    }
}

#[test]
fn law_10_what_is_published_reads_back_the_same_in_all_formats() {
    let story = story("den Marktplatz");
    let json = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Blatt",
        "items": [
            {
                "id": "1", "url": "https://blatt.example/1?a=1&b=2", "title": "Müller & Söhne: 3 < 4", "summary": "Kurz & <gut>.",
                "content_html": format!("<p>{story}</p><p>Ein <a href=\"https://blatt.example/x?a=1&amp;b=2\">Verweis</a> &amp; mehr ]]&gt;</p>"),
                "date_published": "2024-08-28T14:30:00+02:00", "date_modified": "2024-08-29T09:00:00+02:00",
                "authors": [{"name": "Wiebke Harms"}, {"name": "Jannes & Co."}], "tags": ["Rat", "Markt & Platz"],
                "attachments": [{"url": "https://blatt.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 4711}],
            },
            {"id": "2", "title": "Ohne alles", "content_text": "Erste Zeile\nzweite <Zeile>\n\nZweiter Absatz"},
        ],
    });
    let house = House::with_document(json.to_string()).file("depesche.toml", "base = \"https://feeds.example/\"\n");
    house.update();
    let time = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let ids = house.listed("id");
    let expected = [
        reading::Entry {
            id: format!("urn:uuid:{}", ids[0].as_str().unwrap()),
            title: "Ohne alles".into(),
            link: format!("https://feeds.example/blatt/articles/{}.html", ids[0].as_str().unwrap()),
            authors: vec![],
            published: time(NOW),
            updated: time(NOW),
            summary: String::new(),
            html: "<p>Erste Zeile<br>zweite &lt;Zeile&gt;</p><p>Zweiter Absatz</p>".into(),
            tags: vec![],
            enclosures: vec![],
        },
        reading::Entry {
            id: format!("urn:uuid:{}", ids[1].as_str().unwrap()),
            title: "Müller & Söhne: 3 < 4".into(),
            link: "https://blatt.example/1?a=1&b=2".into(),
            authors: vec!["Wiebke Harms".into(), "Jannes & Co.".into()],
            published: time("2024-08-28T14:30:00+02:00"),
            updated: time("2024-08-29T09:00:00+02:00"),
            summary: "Kurz & <gut>.".into(),
            html: format!(
                "<p>{story}</p><p>Ein <a href=\"https://blatt.example/x?a=1&amp;b=2\" rel=\"nofollow noopener\">Verweis</a> &amp; mehr ]]&gt;</p>"
            ),
            tags: vec!["Rat".into(), "Markt & Platz".into()],
            enclosures: vec![("https://blatt.example/a.mp3".into(), "audio/mpeg".into(), 4711)],
        },
    ];
    assert_eq!(reading::agreed(&house, "blatt"), expected);
}

#[test]
fn law_10_what_is_published_is_the_same_article_when_it_is_read_again() {
    let house = full().file("depesche.toml", "base = \"https://feeds.example/\"\n");
    house.update();
    let fields = ["title", "authors", "published", "summary", "text", "html", "tags", "enclosures", "link"];
    for document in reading::DOCUMENTS {
        let path = format!("public/bote/{document}");
        let articles = house.extract(&path)["articles"].as_array().unwrap().clone();
        assert_eq!(articles.len(), 2);
        let [first, again] = ["feeds/bote/quelle", path.as_str()].map(|place| house.extract(place)["articles"].clone());
        // The dated one has everything of its own; the other got a link and a date from us.
        let dated =
            |articles: &Value| articles.as_array().unwrap().iter().find(|a| a["title"] == "Eins").unwrap().clone();
        for field in fields {
            assert_eq!(dated(&again)[field], dated(&first)[field], "{document}: {field}");
        }
    }
}
