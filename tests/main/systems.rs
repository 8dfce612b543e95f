//! What systems write into pages and texts, and what people write that looks alike.

use crate::furnished::{FIRST, LAST, around, article, between};
use crate::support::House;
use serde_json::Value;

/// Title, date and paragraphs of a plain text.
fn text(text: &str) -> (Value, Value, Vec<String>) {
    let found = House::empty().file("text.txt", text).extract("text.txt");
    let article = &found["articles"][0];
    let paragraphs = article["text"].as_str().unwrap().lines().filter(|line| !line.is_empty());
    (article["title"].clone(), article["published"].clone(), paragraphs.map(str::to_owned).collect())
}

#[test]
fn boxes_of_widespread_extensions_stay_out() {
    let told =
        "<p>Anna Muster baut seit dreißig Jahren Türme aus Streichhölzern und lebt mit zwei Katzen in Neustadt.</p>";
    for name in
        ["saboxplugin-wrap", "wp_rp_wrap wp_rp_plain", "abh_box abh_box_down", "mc4wp-form-fields", "cmplz-message"]
    {
        assert_eq!(between(&format!("<div class=\"{name}\">{told}</div>")), Vec::<String>::new(), "{name}");
    }
    assert_eq!(between(&format!("<div class=kasten>{told}</div>")).len(), 1);
    let cited = "<div><div class=titel>Zitiervorschlag</div><p>Der Turm bleibt stehen. In: Neustädter Blatt, 3. März 2024</p></div>";
    assert_eq!(between(cited), Vec::<String>::new());
    let short = around("").replace("<div class=inhalt>", "<div class=inhalt><h5 class=text-author>am Neustadt</h5>");
    assert_eq!(article(&short).2, [FIRST, LAST]);
}

#[test]
fn what_systems_count_embed_and_ask_stays_out() {
    for line in [
        "Es werden die Meldungen 1 bis 10 von insgesamt 34 angezeigt.",
        "Ein Beitrag geteilt von Anna Muster (@anna_muster) am Apr 21, 2019 um 4:47 PDT",
        "Möchten Sie weiterlesen?",
        "Ja. Ich bin Abonnent.",
        "Der Text kann Links enthalten, für die wir eine Provision bekommen, wenn Sie dort etwas kaufen.",
        "Wenn Sie uns per Kontaktformular Anfragen zukommen lassen, werden Ihre Angaben bei uns gespeichert.",
    ] {
        assert_eq!(between(&format!("<p>{line}</p>")), Vec::<String>::new(), "{line}");
    }
    for line in [
        "Von den Türmen stehen die Nummern 1 bis 5 von einst 9 noch heute.",
        "Ein von der Gemeinde gepostetes Bild zeigte den Turm im Schnee.",
        "Ich bin Abonnent des Blattes seit dreißig Jahren und kenne den Turm.",
        "Der Makler verlangt für den Link zum Turm eine Provision vom Käufer.",
    ] {
        assert_eq!(between(&format!("<p>{line}</p>")), [line]);
    }
}

#[test]
fn a_heading_is_no_caption_whatever_its_letters_are_called() {
    let told = "Wer das Dach bezahlt, wem der Turm gehört und was aus den Falken wird, weiß im Rathaus niemand.";
    for heading in ["<h3 id=grundlegende-fragen-sind-offen>", "<h3 class=\"caption-s5 lg:text-18\">"] {
        let section = format!("{heading}Grundlegende Fragen sind offen</h3><p>{told}</p>");
        assert_eq!(between(&section), ["Grundlegende Fragen sind offen", told]);
    }
}

#[test]
fn ingredients_stay_where_they_are_links_and_lists_of_links_do_not() {
    let item = |before: &str, name: &str| format!("<li>{before}<a href=/x/{name}>{name}</a></li>");
    let list = |items: &[(&str, &str)]| -> String {
        format!("<ul>{}</ul>", items.iter().map(|(before, name)| item(before, name)).collect::<String>())
    };
    let measured = [("200 g ", "Weizenmehl"), ("2 ", "Eier"), ("½ Liter ", "Milch"), ("", "Salz")];
    assert_eq!(between(&list(&measured)).join("\n"), "200 g Weizenmehl\n2 Eier\n½ Liter Milch\nSalz");
    let others =
        [("", "Das Bad schließt im Winter"), ("", "Neue Brücke über die Aller"), ("", "9 Tipps für den Garten")];
    assert_eq!(between(&list(&others)), Vec::<String>::new());
}

#[test]
fn an_answer_that_is_folded_away_stays_and_what_is_hidden_does_not() {
    let answer = "Ja, an jedem Sonntag von April bis Oktober, wenn das Wetter es zulässt und jemand aufschließt.";
    let faq = format!(
        "<div class=faq-list><h3>Darf man auf den Turm?</h3><div style=\"display: none\"><p>{answer}</p></div></div>"
    );
    assert_eq!(between(&faq), ["Darf man auf den Turm?", answer]);
    assert_eq!(
        between(&format!("<div class=zusatz style=\"display: none\"><p>{answer}</p></div>")),
        Vec::<String>::new()
    );
}

#[test]
fn whom_a_text_names_as_its_author_counts_more_than_whose_account_it_was() {
    let posted = |part: &str| around(part).replace("</title>", "</title><meta name=author content=\"Bernd Beispiel\">");
    assert_eq!(article(&posted("")).1, ["Bernd Beispiel"]);
    let guest = "<p><em>Ein Gastbeitrag von Anna Muster.</em></p>";
    let page = posted("").replace(FIRST, &format!("{FIRST}</p>{guest}<p>"));
    assert_eq!(article(&page).1, ["Anna Muster"]);
    let told = "<p>Ein Bericht von Anna Muster lag auf dem Tisch.</p>";
    assert_eq!(article(&posted(told)).1, ["Bernd Beispiel"]);
    // Who made the design of a site.
    let marked = posted("").replace("</h1>", "</h1><p class=meta>Von <a rel=author href=/a/7>Anna Muster</a></p>");
    assert_eq!(article(&marked).1, ["Anna Muster"]);
}

#[test]
fn what_somebody_is_to_the_house_stays_out_and_what_reporters_did_stays() {
    let by = |last: &str| {
        around("")
            .replace("</h1>", "</h1><p>Von Anna Muster</p>")
            .replace("</div></div>", &format!("<p>{last}</p></div></div>"))
    };
    for post in ["Redakteurin im Feuilleton.", "Politischer Korrespondent in Bern."] {
        assert_eq!(article(&by(post)).2, [FIRST, LAST]);
    }
    for did in ["Reporter der Zeitung waren dabei.", "Redakteur in der Stadt wollte er nie werden."] {
        assert_eq!(article(&by(did)).2, [FIRST, LAST, did]);
    }
}

#[test]
fn the_title_of_a_text_stands_below_a_series_and_below_what_the_house_asks() {
    for above in [
        "Einheit der Woche\n",
        "Möchten Sie mehr über Türme lesen?\nAbonnieren Sie jetzt den Newsletter «Türme».\n\n\nUnsere Bauten\n\n\n",
    ] {
        let (title, _, kept) = text(&format!("{above}Turm bleibt doch stehen\n{FIRST}\n{LAST}\n"));
        assert_eq!(
            (title, kept),
            (Value::from("Turm bleibt doch stehen"), vec![FIRST.to_owned(), LAST.to_owned()]),
            "{above}"
        );
    }
    // A series alone is a title.
    assert_eq!(text(&format!("Buch des Monats\n\n{FIRST}\n\n{LAST}\n")).0, "Buch des Monats");
}

#[test]
fn the_greeting_at_the_end_of_a_letter_stays() {
    let letter = format!("Der Turm bleibt stehen\n\n{FIRST}\n\n{LAST}\n\nHerzliche Grüße\nAnna Muster\n");
    assert_eq!(text(&letter).2, [FIRST, LAST, "Herzliche Grüße", "Anna Muster"]);
    let labels = format!("Der Turm bleibt stehen\n\n{FIRST}\n\n{LAST}\n\nBauten\nAnna Muster\n");
    assert_eq!(text(&labels).2, [FIRST, LAST]);
}

#[test]
fn the_post_in_a_text_does_not_date_it_and_a_line_that_is_a_date_does() {
    let post = "— Anna Muster (@anna_muster) 3. März 2020";
    assert_eq!(text(&format!("Der Turm bleibt stehen\n\n{FIRST}\n\n{post}\n\n{LAST}\n")).1, Value::Null);
    let menu = "Zum Inhalt springen\n* Start\n* Politik\n* Sport\n* Kontakt\n* Abo\nAnmelden\nSuche\n\n";
    let page = |foot: &str| {
        format!(
            "{menu}Der Turm bleibt stehen\n\n{FIRST}\n\n{LAST}\n\n* Bauten\n* Türme\n* Anna Muster\n* Drucken\n{foot}"
        )
    };
    assert_eq!(text(&page("* 13. 1. 2020\n")).1, "2020-01-13T00:00:00+01:00");
}

#[test]
fn what_a_page_says_to_everybody_is_named_and_a_short_article_beside_it_is_not() {
    let said = |title: &str, body: &str| {
        let page = format!(
            "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
        );
        let found = House::empty().file("seite.html", page).extract("seite.html");
        (found["kind"].clone(), found["warnings"][0].as_str().unwrap_or_default().to_owned())
    };
    let consent = "<p>Wir und unsere 87 Partner verwenden Cookies und ähnliche Technologien, um Ihnen Werbung zu zeigen.</p>\
                   <button>Akzeptieren</button>";
    let bought = "<h2>Mit Werbung weiterlesen</h2><p>Lesen Sie uns mit Werbung und Tracking, wie die Erklärung zum Datenschutz sagt.</p>\
                  <button>Akzeptieren und weiter</button><h2>Pur-Abo</h2><p>Ohne Tracking für drei Euro im Monat.</p>";
    let missing = "<h1>Hoppla!</h1><p>Fehler 404: Dieser Artikel wurde verschoben.</p>";
    let failed = "<h1>Es ist ein Fehler aufgetreten</h1><p>Bitte versuchen Sie es später erneut.</p>";
    let robots = "<h1>Kurze Prüfung</h1><p>Bitte bestätigen Sie, dass Sie ein Mensch sind.</p>";
    for (body, kind) in [
        (format!("<h1>Willkommen</h1>{consent}").as_str(), "a consent wall, not an article"),
        (bought, "a consent wall, not an article"),
        (missing, "an error page, not an article"),
        (failed, "an error page, not an article"),
        (robots, "a check for robots, not an article"),
    ] {
        assert_eq!(said("Blatt", body), (Value::from("unknown"), kind.to_owned()), "{body}");
    }
    let note = format!(
        "<div class=inhalt><h1>Der Turm bleibt stehen</h1><p>{FIRST}</p></div><div class=fenster>{consent}</div>"
    );
    assert_eq!(said("Der Turm bleibt stehen", &note).0, "article");
    for told in [
        "Fehler 404 heißt das Bild, das nun auf jeder Seite des Turms hängt.",
        "Ob Sie ein Mensch sind, wissen Programme besser als Menschen, sagt eine Forscherin in Neustadt.",
    ] {
        let report = format!("<h1>Ausstellung im Turm</h1><p>{FIRST}</p><p>{told}</p>");
        assert_eq!(said("Ausstellung im Turm", &report).0, "article", "{told}");
    }
}

#[test]
fn broken_front_matter_is_read_line_by_line_and_named() {
    let text = format!("---\ntitle: Der Turm: er bleibt\ndate: 2024-03-03\ntags: [turm\n---\n{FIRST}\n");
    let found = House::empty().file("turm.md", text).extract("turm.md");
    let article = &found["articles"][0];
    assert_eq!(
        (&article["title"], &article["published"]),
        (&Value::from("Der Turm: er bleibt"), &Value::from("2024-03-03T00:00:00+01:00"))
    );
    assert!(found["warnings"][0].as_str().unwrap().starts_with("front matter was not understood"), "{found}");
}
