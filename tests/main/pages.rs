//! Pages of articles: those in several parts, behind pay walls, with rules of their own, and hostile ones.

use crate::support::specimen::{markdown, page, story};
use crate::support::{Answer, House, Server};
use serde_json::json;

const DATE: &str = "2024-08-28T14:30:00+02:00";
const PAGED: &str = "depesche.toml";

fn paragraph(subject: &str) -> String {
    format!("<p>{}</p>", story(subject))
}

/// What `extract` says of an address.
fn extracted(server: &Server, path: &str) -> serde_json::Value {
    let house = House::empty().file(PAGED, server.settings());
    house.extract(&server.url(path))
}

#[test]
fn an_article_in_parts_is_joined_in_their_order() {
    let part = |subject: &str, link: &str| page("Der Bahnhof", "", DATE, &format!("{}{link}", paragraph(subject)));
    let server = Server::start(vec![
        (
            "/bahnhof",
            Answer::ok(
                "text/html",
                part("den Bahnhof", "<a href=\"/bahnhof/seite-2\">2</a><a href=\"/markt\">Markt</a>"),
            ),
        ),
        (
            "/bahnhof/seite-2",
            Answer::ok(
                "text/html",
                part("den Markt", "<a href=\"/bahnhof\">1</a><a rel=next href=\"/bahnhof/seite-3\">weiter</a>"),
            ),
        ),
        ("/bahnhof/seite-3", Answer::ok("text/html", part("die Brücke", "<a href=\"/bahnhof/seite-2\">zurück</a>"))),
    ]);
    let found = extracted(&server, "/bahnhof");
    let text = found["articles"][0]["text"].as_str().unwrap();
    assert_eq!(text.split("\n\n").collect::<Vec<_>>(), [story("den Bahnhof"), story("den Markt"), story("die Brücke")]);
    assert_eq!(server.asked().iter().filter(|path| path.starts_with("/bahnhof")).count(), 3);
}

#[test]
fn the_whole_on_one_page_is_read_instead_of_its_parts() {
    let whole = format!("{}{}", paragraph("den Bahnhof"), paragraph("den Markt"));
    let first =
        format!("{}<a href=\"?seite=2\">2</a><a href=\"/druck\">Auf einer Seite lesen</a>", paragraph("den Bahnhof"));
    let server = Server::start(vec![
        ("/bahnhof", Answer::ok("text/html", page("Der Bahnhof", "", DATE, &first))),
        ("/druck", Answer::ok("text/html", page("Der Bahnhof", "", DATE, &whole))),
    ]);
    let article = &extracted(&server, "/bahnhof")["articles"][0];
    assert_eq!(article["text"], format!("{}\n\n{}", story("den Bahnhof"), story("den Markt")));
    assert_eq!(article["link"], server.url("/bahnhof"));
    assert!(!server.asked().contains(&"/bahnhof?seite=2".to_owned()));
}

#[test]
fn parts_without_end_and_missing_parts_are_named() {
    let numbered: Vec<String> =
        (1..40).map(|n| if n == 1 { "/lang".to_owned() } else { format!("/lang/{n}") }).collect();
    let answers = numbered.iter().enumerate().map(|(n, path)| {
        let body = format!("{}<a href=\"/lang/{}\">weiter</a>", paragraph(&format!("Teil {}", n + 1)), n + 2);
        (path.as_str(), Answer::ok("text/html", page("Lang", "", DATE, &body)))
    });
    let broken = format!("{}<a href=\"/kurz/2\">weiter</a>", paragraph("den Anfang"));
    let mut answers: Vec<_> = answers.collect();
    answers.push(("/kurz", Answer::ok("text/html", page("Kurz", "", DATE, &broken))));
    let server = Server::start(answers);
    let settings = format!("{}pause = \"0s\"\n", server.settings());
    let house = House::empty().file(PAGED, settings.replace("pause = \"0s\"\npause = \"0s\"\n", "pause = \"0s\"\n"));
    let found = house.extract(&server.url("/lang"));
    let text = found["articles"][0]["text"].as_str().unwrap();
    assert!(text.contains("Über Teil 30 wird") && !text.contains("Über Teil 31 wird"));
    assert_eq!(found["warnings"], json!(["only the first 30 parts of it were read"]));
    let found = house.extract(&server.url("/kurz"));
    assert_eq!(found["articles"][0]["text"], story("den Anfang"));
    let missing = format!("it goes on at {}, which cannot be read: the rest of it is missing", server.url("/kurz/2"));
    assert_eq!(found["warnings"], json!([missing]));
}

#[test]
fn a_page_that_turns_into_a_teaser_does_not_take_its_text_away() {
    let whole = format!("{}{}", paragraph("den Bahnhof"), paragraph("den Markt"));
    let marked = |body: &str| {
        let data = "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"Der Bahnhof\",\
            \"isAccessibleForFree\":false}</script>";
        page("Der Bahnhof", "", DATE, &format!("{body}{data}"))
    };
    let said = |body: &str| {
        page("Der Bahnhof", "", DATE, &format!("{body}<div class=\"offer\">Jetzt weiterlesen mit Blatt Plus</div>"))
    };
    let called = |body: &str| {
        page("Der Bahnhof", "", DATE, &format!("{body}<div class=\"article-paywall\">Angebote für Sie</div>"))
    };
    for wall in [&marked as &dyn Fn(&str) -> String, &said, &called] {
        let server = Server::start(vec![("/bahnhof", Answer::ok("text/html", page("Der Bahnhof", "", DATE, &whole)))]);
        let house = House::empty()
            .file(PAGED, server.settings())
            .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/bahnhof")));
        house.update_at("2024-08-29T10:00:00Z");
        assert_eq!(house.extract(&server.url("/bahnhof"))["articles"][0]["teaser"], false);
        // Half of the text is left: too much for an emptied page.
        server.answers("/bahnhof", Answer::ok("text/html", wall(&paragraph("den Bahnhof"))));
        assert_eq!(house.extract(&server.url("/bahnhof"))["articles"][0]["teaser"], true);
        let ran = house.at("2024-08-31T10:00:00Z", &["update"]);
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("what was kept stays"), "{}", ran.stderr);
        let kept = house.only();
        assert_eq!(kept["revision"], 1);
        let id = kept["id"].as_str().unwrap();
        assert!(house.show(id)["text"].as_str().unwrap().contains("den Markt"));
        let corrected = format!("{}<p>Berichtigt am Montag.</p>", paragraph("den Bahnhof"));
        // A correction of a text that everybody may read is another matter.
        server.answers("/bahnhof", Answer::ok("text/html", page("Der Bahnhof", "", DATE, &corrected)));
        house.at("2024-09-02T10:00:00Z", &["update", "--all"]).good();
        assert_eq!(house.only()["revision"], 2);
    }
}

#[test]
fn walls_and_errors_are_named_whatever_they_say_of_themselves() {
    let said = "<meta property=\"og:type\" content=\"article\">";
    let plain = |title: &str, body: &str| {
        format!("<html><head><title>{title}</title>{said}</head><body><h1>{title}</h1>{body}</body></html>")
    };
    let consent = "<p>Wir und unsere Partner verwenden Cookies und verarbeiten personenbezogene Daten für Werbung und Tracking. Mit Ihrer \
        Einwilligung, die Sie jederzeit widerrufen können, stimmen Sie zu. Mehr im Datenschutz.</p>";
    let house = House::empty()
        .file("fehler.html", plain("Seite nicht gefunden", "<p>Diese Seite gibt es nicht mehr, oder die Adresse ist falsch.</p>"))
        .file("nummer.html", plain("Fehler: 404", "<p>Die Seite wurde nicht gefunden.</p>"))
        .file("wand.html", plain("Ihre Zustimmung", consent))
        .file("login.html", plain("Anmelden", "<p>Bitte melden Sie sich hier mit Ihrem Namen und Ihrem Kennwort an, um diese Seite zu sehen, und dann geht es gleich weiter.</p><form><input type=password></form>"))
        .file("notiz.html", plain("500 Euro Belohnung für Hinweise", "<p>Für Hinweise auf den Verbleib des Bootes zahlt der Verein 500 Euro. Wer etwas gesehen hat, meldet sich beim Hafenmeister am Steg 3.</p>"))
        .file("strasse.html", plain("B 404 ab Montag gesperrt", "<p>Die B 404 ist ab Montag zwischen Nord und Süd gesperrt. Die Umleitung führt über die Dörfer am Fluss und ist ausgeschildert.</p>"));
    for (name, warning) in [
        ("fehler.html", "an error page, not an article"),
        ("nummer.html", "an error page, not an article"),
        ("wand.html", "a consent wall, not an article"),
        ("login.html", "a log-in form, not an article"),
    ] {
        let found = house.extract(name);
        assert_eq!((&found["kind"], &found["articles"]), (&json!("unknown"), &json!([])), "{name}");
        assert_eq!(found["warnings"], json!([warning]), "{name}");
    }
    for (name, title) in
        [("notiz.html", "500 Euro Belohnung für Hinweise"), ("strasse.html", "B 404 ab Montag gesperrt")]
    {
        let found = house.extract(name);
        assert_eq!(found["articles"][0]["title"], title);
    }
}

#[test]
fn a_definition_says_where_things_stand_on_a_page() {
    let body = format!(
        "<div class=ober>Amtliche Mitteilung</div><div class=wer>Anna Muster und Bernd Beispiel</div><div class=wann>3. Mai 2024</div>\
         <div class=kommentare><p>Erster Absatz, der unter einem falschen Namen steht und doch der Text ist.</p>\
         <p class=weg>{}</p><p>Zweiter Absatz.</p></div>",
        story("ganz anderes")
    );
    let server = Server::start(vec![("/a", Answer::ok("text/html", page("Bekanntmachungen", "", DATE, &body)))]);
    let keys = "article_title = \".ober\"\narticle_author = \".wer\"\narticle_date = \".wann\"\narticle_body = \".kommentare\"\narticle_drop = \".weg\"\n";
    let house = House::empty()
        .file(PAGED, server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\nkind = \"article\"\n{keys}", server.url("/a")));
    house.update();
    let kept = house.only();
    assert_eq!(kept["title"], "Amtliche Mitteilung");
    assert_eq!(kept["authors"], json!(["Anna Muster", "Bernd Beispiel"]));
    assert_eq!(kept["published"], "2024-05-03T00:00:00+02:00");
    let text = house.show(kept["id"].as_str().unwrap())["text"].as_str().unwrap().to_owned();
    assert_eq!(text, "Erster Absatz, der unter einem falschen Namen steht und doch der Text ist.\n\nZweiter Absatz.");
    // What chooses nothing is named, and looking goes on.
    let house = House::empty().file(PAGED, server.settings()).feed(
        "blatt",
        &format!("[[source]]\nurl = \"{}\"\nkind = \"article\"\narticle_title = \".fehlt\"\n", server.url("/a")),
    );
    let ran = house.run(&["update", "--verbose"]);
    assert!(ran.stderr.contains("`article_title` chooses nothing on the page"), "{}", ran.stderr);
    assert_eq!(house.only()["title"], "Bekanntmachungen");
    let house = House::empty().feed("blatt", "[[source]]\nurl = \"https://blatt.example/\"\narticle_body = \"<\"\n");
    assert!(house.run(&["update"]).stderr.contains("`<` in `article_body` is no CSS selector"));
}

#[test]
fn drafts_are_not_published_and_break_nothing() {
    let house = House::with_files(&[
        ("fertig.md", &markdown("title: Fertig\ndate: 2024-08-28", "Ein Satz.")),
        ("entwurf.md", &markdown("title: Entwurf\ndraft: true", "Ein Satz.")),
        ("jekyll.md", &markdown("title: Zurück\npublished: false", "Ein Satz.")),
    ]);
    let ran = house.run(&["update", "--verbose"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(house.listed("title"), ["Fertig"]);
    assert_eq!(ran.stderr.matches("marked as a draft: not published").count(), 2, "{}", ran.stderr);
}

#[test]
fn a_file_that_was_renamed_is_known_by_its_alias() {
    let house = House::empty().feed("blatt", "[[source]]\npath = \"artikel\"\n");
    let text = |link: &str, more: &str| markdown(&format!("title: Umbau\nurl: {link}\n{more}"), "Ein Satz.");
    house.write("feeds/blatt/artikel/a.md", text("https://blatt.example/alt/", "draft: false"));
    house.update();
    std::fs::remove_file(house.path("feeds/blatt/artikel/a.md")).unwrap();
    house.write("feeds/blatt/artikel/b.md", text("https://blatt.example/neu/", "aliases: [/alt/]"));
    house.update();
    assert_eq!(house.list().len(), 1);
}

#[test]
fn hostile_pages_and_texts_are_read_in_bounded_time() {
    let attributes = " a=b".repeat(1_000_000);
    let rest = paragraph("das Ende");
    let table: [(&str, String, &str); 9] = [
        ("tief", format!("<h1>Tief</h1>{}{rest}", "<div>".repeat(100_000)), "nested deeper"),
        ("fett", format!("<h1>Tief</h1>{}{rest}", "<b><i>".repeat(50_000)), "nested deeper"),
        ("breit", format!("<h1>Breit</h1><p{attributes}>{}</p>", story("das Ende")), "attributes"),
        ("tabellen", format!("<h1>Tabellen</h1>{}{rest}", "<table><tr><td>".repeat(30_000)), "nested deeper"),
        ("zeile", format!("<h1>Zeile</h1><p>{}", "wort ".repeat(10_000_000)), "only the first 8 MB"),
        ("text", format!("Titel\n\n{}", "wort ".repeat(10_000_000)), "only the first 4 MB"),
        ("markdown", format!("# Titel\n\n{}", "*wort* [".repeat(20_000)), ""),
        ("offen", format!("<h1>Offen</h1>{}{rest}", "<p><a href=x><li><td>".repeat(20_000)), ""),
        ("zeichen", format!("<h1>Zeichen</h1><p>&#xD800;&#xDFFF;&#0;&#x110000;\0{}\0</p>", story("das Ende")), ""),
    ];
    let house = House::empty();
    for (name, document, warning) in table {
        house.write(name, document);
        let begun = std::time::Instant::now();
        let ran = house.run(&["extract", name]);
        let took = begun.elapsed();
        println!("{name} took {took:?}");
        assert!(ran.status <= 1 && !ran.stderr.contains("the program failed"), "{name}: {}", ran.stderr);
        assert!(ran.stdout.contains(warning), "{name}: {}", ran.stdout.chars().rev().take(300).collect::<String>());
        assert!(took.as_secs() < 60, "{name} took {took:?}");
        assert!(!ran.stdout.contains("\\u0000"), "{name}");
    }
}
