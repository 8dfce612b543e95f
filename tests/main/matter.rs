//! What looks like the furniture of a page and is the matter of its article.

use crate::support::House;
use serde_json::Value;

const TOLD: &str = "Der alte Wasserturm am Bahnhof wird nun doch nicht abgerissen, das hat der Rat am Abend mit knapper Mehrheit entschieden.";
const MORE: &str =
    "Im Frühjahr sollen die Arbeiten am Dach beginnen, und schon im Herbst könnte im unteren Stock ein Café eröffnen.";

/// What is found in a page with this in its body.
fn found(title: &str, head: &str, body: &str) -> Value {
    let page = format!(
        "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>{title}</title>{head}</head><body>\
         <nav><ul><li><a href=/>Start</a></li><li><a href=/k>Kontakt</a></li></ul></nav>{body}\
         <footer><a href=/i>Impressum</a></footer></body></html>"
    );
    House::empty().file("seite.html", page).extract("seite.html")
}

/// The lines of the only article of a page whose headline stands above this in one element.
fn lines(title: &str, body: &str) -> Vec<String> {
    let found = found(title, "", &format!("<div class=inhalt><h1>{title}</h1>{body}</div>"));
    assert_eq!(
        (&found["kind"], &found["articles"][0]["title"]),
        (&Value::from("article"), &Value::from(title)),
        "{found}"
    );
    split(&found)
}

fn split(found: &Value) -> Vec<String> {
    let text = found["articles"][0]["text"].as_str().unwrap_or_default();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn paragraphs(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("<p>{text}</p>")).collect()
}

/// Paragraphs under a title that all have to stay.
fn stay(title: &str, texts: &[&str]) {
    assert_eq!(lines(title, &paragraphs(texts)), texts);
    // The same as plain text.
    let plain = format!("{title}\n\n{}\n", texts.join("\n\n"));
    let found = House::empty().file("text.txt", plain).extract("text.txt");
    assert_eq!(
        (&found["articles"][0]["title"], split(&found)),
        (&Value::from(title), texts.iter().map(|&t| t.to_owned()).collect())
    );
}

#[test]
fn the_body_may_stand_in_an_element_of_any_name() {
    for name in
        ["kontakt", "kopf", "right", "rechts", "service", "box", "meta", "print", "widget", "mehr", "autor", "tools"]
    {
        let body = format!("<div class={name}><h1>Der Turm bleibt</h1><p>{TOLD}</p><p>{MORE}</p></div>");
        assert_eq!(split(&found("Der Turm bleibt", "", &body)), [TOLD, MORE], "{name}");
        let body = format!("<h1>Der Turm bleibt</h1><div class={name}><p>{TOLD}</p><p>{MORE}</p></div>");
        assert_eq!(split(&found("Der Turm bleibt", "", &body)), [TOLD, MORE], "{name}");
    }
}

#[test]
fn an_article_about_cookies_newsletters_or_scripts_is_no_notice_of_them() {
    stay(
        "Neues Gesetz für Cookies",
        &[
            "Wer im Netz surft, kennt die Fenster: Webseiten müssen um Erlaubnis bitten, bevor sie Cookies setzen.",
            "Nach dem neuen Gesetz dürfen Cookies nur gespeichert werden, wenn der Nutzer der Webseite ausdrücklich zugestimmt hat.",
            "Wer einen Werbeblocker benutzt, sieht die Fenster oft gar nicht, so der Verband der Anbieter.",
        ],
    );
    stay(
        "Rathaus verschickt Newsletter",
        &[
            "Die Gemeinde gibt von Januar an einen eigenen Newsletter heraus, der einmal im Monat erscheint.",
            "Für den Newsletter können sich alle Bürger anmelden, die mehr aus dem Rathaus erfahren wollen.",
            "Wer unseren Newsletter nicht mehr lesen will, kann ihn jederzeit abbestellen, verspricht die Bürgermeisterin.",
        ],
    );
    stay(
        "Lücke im Browser",
        &[
            "Eine Lücke erlaubt Angreifern, die Daten von Besuchern zu lesen, wie der Hersteller nun zugibt.",
            "Wer sichergehen will, sollte JavaScript deaktivieren oder einen anderen Browser benutzen.",
        ],
    );
    let notice = "Wir verwenden Cookies, um Ihnen die Nutzung dieser Website zu erleichtern.";
    assert_eq!(lines("Der Turm bleibt", &paragraphs(&[TOLD, notice, MORE])), [TOLD, MORE]);
}

#[test]
fn a_short_notice_is_no_wall_no_error_and_no_log_in_form() {
    let works =
        ["Das Bad bleibt vom 3. bis zum 7. Juni wegen Wartungsarbeiten geschlossen.", "Wir bitten um Verständnis."];
    assert_eq!(lines("Wartungsarbeiten im Hallenbad", &paragraphs(&works)), works);
    let consent = [
        "Die Schule braucht für Fotos die Einwilligung der Eltern, teilt das Ministerium mit.",
        "Ohne Zustimmung dürfen personenbezogene Daten nicht weitergegeben werden. Ein Widerruf ist jederzeit möglich.",
        "Auch für Werbung gilt der Datenschutz.",
    ];
    assert_eq!(lines("Einwilligung der Eltern nötig", &paragraphs(&consent)), consent);
    let camp = ["Das Zeltlager findet im August statt.", "Anmelden können sich Kinder ab acht Jahren bei Anna Muster."];
    let log_in = "<form><input name=u><input type=password></form>";
    assert_eq!(lines("Anmeldung zum Zeltlager", &(paragraphs(&camp) + log_in)), camp);
    let form = "<form><label>E-Mail</label><input type=email><button>Senden</button></form>";
    let header =
        format!("<header><h1>Anmeldung zum Turnier</h1></header><div class=inhalt>{}{form}</div>", paragraphs(&camp));
    assert_eq!(split(&found("Anmeldung zum Turnier", "", &header)), camp);
}

#[test]
fn a_sentence_may_begin_with_the_words_of_furniture() {
    let texts = [
        TOLD,
        "Mehr aus Zufall fanden sie den Schatz.",
        "Drucken war damals teuer.",
        "Alle Artikel waren ausverkauft.",
        "Twitter bleibt stumm.",
        "Die Agentur Imago hat seine Bilder gekauft, der Preis blieb geheim.",
        "Bitte melden Sie sich an bis zum 20. April im Pfarrbüro.",
        MORE,
    ];
    assert_eq!(lines("Der Turm bleibt", &paragraphs(&texts)), texts);
    let linked = [
        TOLD,
        "Zum Thema <a href=/w>Wohnen</a> sagte die Ministerin, man werde mehr bauen.",
        "Auf Facebook und Twitter wurde das <a href=/v>Video</a> tausendfach geteilt.",
        MORE,
    ];
    assert_eq!(lines("Der Turm bleibt", &paragraphs(&linked)).len(), 4);
}

#[test]
fn a_section_may_be_headed_like_a_box() {
    let told = "Die Zeitungen der Zeit berichteten kaum über den Bau, und wenn, dann abfällig.";
    for head in ["Presse", "Diskussion", "Kommentar", "Unterstützen Sie den Turm"] {
        let body = format!("<p>{TOLD}</p><h2>{head}</h2><p>{told}</p><p>{MORE}</p>");
        assert_eq!(lines("Der Turm bleibt", &body), [TOLD, head, told, MORE]);
    }
    let days =
        format!("<p>{TOLD}</p><h2>Termine</h2><ul><li>3. Mai: Wanderung</li><li>10. Mai: Grillen am See</li></ul>");
    assert_eq!(lines("Der Turm bleibt", &days), [TOLD, "Termine", "3. Mai: Wanderung", "10. Mai: Grillen am See"]);
    // A box has an element of its own.
    let boxed =
        format!("<p>{TOLD}</p><p>{MORE}</p><div class=k7><h2>Termine</h2><ul><li>3. Mai: Wanderung</li></ul></div>");
    assert_eq!(lines("Der Turm bleibt", &boxed), [TOLD, MORE]);
}

#[test]
fn what_leads_elsewhere_takes_nothing_of_an_interview_with_it() {
    let talk = [
        "Wie geht es dem Turm?",
        "Gut.",
        "Und den Tauben?",
        "Auch gut. Sie brüten gerade.",
        "Was kommt nun?",
        "Der Frühling.",
    ];
    for lead in [
        "<p>Lesen Sie auch: <a href=/k>Der Turm im Krieg</a></p>",
        "<p>Mehr zum Thema</p><p><a href=/k>Der Turm im Krieg</a></p>",
    ] {
        let body = format!("<p>{TOLD}</p>{}{lead}{}", paragraphs(&talk[..2]), paragraphs(&talk[2..]));
        let mut all = vec![TOLD];
        all.extend(talk);
        assert_eq!(lines("Gespräch mit der Türmerin", &body), all);
    }
}

#[test]
fn verses_quotations_and_tickers_stay_whole() {
    let verses = ["Der Mond ist aufgegangen,", "die goldnen Sternlein prangen", "am Himmel hell und klar;"];
    let body = format!("<p>{TOLD}</p>{}", verses.map(|verse| format!("<div>{verse}</div>")).concat());
    assert_eq!(lines("Abendlied", &body), [TOLD, verses[0], verses[1], verses[2]]);
    let quoted = format!(
        "<p>{TOLD}</p><blockquote><p>Er steht seit hundert Jahren.</p><cite>Anna Muster, Türmerin</cite></blockquote><p>{MORE}</p>"
    );
    assert_eq!(
        lines("Der Turm bleibt", &quoted),
        [TOLD, "Er steht seit hundert Jahren.", "Anna Muster, Türmerin", MORE]
    );
    let entry = |told: &str| format!("<div class=ticker-entry><p>{told}</p></div>");
    let entries = [
        "14:05 Uhr: Die Feuerwehr ist eingetroffen.",
        "14:12 Uhr: Die Straße ist gesperrt.",
        "15:00 Uhr: Das Feuer ist gelöscht, verletzt wurde niemand.",
    ];
    let ticker = format!("<p>{TOLD}</p><div class='liveticker ticker'>{}</div>", entries.map(entry).concat());
    assert_eq!(lines("Brand am Turm", &ticker), [TOLD, entries[0], entries[1], entries[2]]);
}

#[test]
fn text_directly_behind_the_headline_is_no_part_of_it() {
    let found = found("Der Turm bleibt", "", &format!("<div><h1>Der Turm bleibt</h1>{TOLD}<br><br>{MORE}</div>"));
    assert_eq!(
        (&found["articles"][0]["title"], split(&found)),
        (&Value::from("Der Turm bleibt"), vec![TOLD.to_owned(), MORE.to_owned()])
    );
}

#[test]
fn a_narrow_column_with_the_headline_or_much_of_the_text_stays() {
    let row = |narrow: &str| {
        format!(
            "<div class=row><div class=col-md-8><h2>Dafür</h2><p>{TOLD}</p><p>{MORE}</p></div><div class=col-md-4>{narrow}</div></div>"
        )
    };
    let against =
        "Ein Turm, den niemand braucht, kostet die Stadt in jedem Jahr mehr als ein neues Dach für die Schule.";
    let page = format!("<h1>Zwei Meinungen zum Turm</h1>{}", row(&format!("<h2>Dagegen</h2><p>{against}</p>")));
    assert_eq!(split(&found("Zwei Meinungen zum Turm", "", &page)), ["Dafür", TOLD, MORE, "Dagegen", against]);
}

#[test]
fn what_asks_for_support_behind_an_article_stays_out() {
    let appeal = "<div class=k9><p>Lesen und handeln</p><p>Guter Journalismus kostet Geld. Unterstützen Sie unsere Redaktion mit einer Spende, \
                  damit unsere Zeitung unabhängig bleibt.</p></div>";
    let texts = paragraphs(&[TOLD, MORE, TOLD, MORE]);
    assert_eq!(lines("Der Turm bleibt", &format!("{texts}{appeal}")), [TOLD, MORE, TOLD, MORE]);
    let blog = "<p>Alle Nachrichten zum Turm <a href=/l>finden Sie jederzeit in unserem Liveblog</a>:</p>";
    assert_eq!(lines("Der Turm bleibt", &format!("{texts}{blog}")), [TOLD, MORE, TOLD, MORE]);
}

#[test]
fn the_day_of_an_event_is_not_that_of_its_announcement() {
    let said = "<meta property=\"article:published_time\" content=\"2024-03-04T08:00:00+01:00\">";
    let texts = paragraphs(&[TOLD, MORE]);
    for day in
        ["<p>Beginn: <time datetime=2024-05-12>12. Mai 2024</time></p>", "<p>Wann: Sonntag, 12. Mai 2024, 19 Uhr</p>"]
    {
        let body = format!("<div><h1>Fest am Turm</h1>{day}{texts}</div>");
        assert_eq!(
            found("Fest am Turm", said, &body)["articles"][0]["published"],
            "2024-03-04T08:00:00+01:00",
            "{day}"
        );
    }
    // Among events a day that is shown without a word is theirs.
    let page = |address: &str| {
        let head = format!("{said}<link rel=canonical href=https://a.example/{address}/fest>");
        found("Fest am Turm", &head, &format!("<div><h1>Fest am Turm</h1><p>12.05.2024</p>{texts}</div>"))
    };
    assert_eq!(page("termine")["articles"][0]["published"], "2024-03-04T08:00:00+01:00");
    assert_eq!(page("aktuelles")["articles"][0]["published"], "2024-05-12T00:00:00+02:00");
}

/// The day and the text of what is found in a plain text.
fn text(text: &str) -> (Option<String>, String) {
    let found = House::empty().file("text.txt", text).extract("text.txt");
    let article = &found["articles"][0];
    let day = article["published"].as_str().and_then(|at| at.get(..10)).map(str::to_owned);
    (day, article["text"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_text_is_not_of_the_day_that_it_announces() {
    let dated = |sentence: &str| text(&format!("Der Turm\n\n{sentence} {TOLD}\n\n{MORE}\n")).0;
    for announced in [
        "Das Fest beginnt am 12. Dezember 2022 und dauert drei Tage.",
        "Die neue Brücke wird am 12. Dezember 2022 eröffnet.",
        "Die Versammlung findet am 12. Dezember 2022 im Saal statt.",
        "Anträge sind bis zum 12. Dezember 2022 möglich.",
    ] {
        assert_eq!(dated(announced), None, "{announced}");
    }
    assert_eq!(dated("Der Minister hat die Brücke am 12. Dezember 2022 eröffnet.").as_deref(), Some("2022-12-12"));
    assert_eq!(dated("Am 12. Dezember 2022 brannte der Turm.").as_deref(), Some("2022-12-12"));
    // Who looked at a source on a day wrote then.
    let noted =
        format!("Der Turm\n\n{TOLD}\n\n{MORE}\n\nQuellenangaben\n\n1 Stadtarchiv: Der Turm, abgerufen am 12.12.2022\n");
    assert_eq!(text(&noted).0.as_deref(), Some("2022-12-12"));
}

#[test]
fn the_last_lines_of_a_text_stay_where_they_say_something() {
    let results = format!(
        "Ergebnisse\n\n{TOLD}\n\n1. Anna Schulze 12,4 s\n2. Petra Meier 12,9 s\n\nDer nächste Lauf ist im Mai.\n"
    );
    assert!(
        text(&results).1.ends_with("2. Petra Meier 12,9 s\n\nDer nächste Lauf ist im Mai."),
        "{}",
        text(&results).1
    );
    let schedule = format!(
        "Treffen im Mai\n\n{TOLD}\n\n3. Mai 2022: Wanderung\n10. Mai 2022: Grillen am See\n17. Mai 2022: Vortrag\n\nAlle sind eingeladen.\n"
    );
    for kept in
        ["3. Mai 2022: Wanderung", "10. Mai 2022: Grillen am See", "17. Mai 2022: Vortrag", "Alle sind eingeladen."]
    {
        assert!(text(&schedule).1.contains(kept), "{kept} is missing: {}", text(&schedule).1);
    }
}

#[test]
fn the_title_of_a_text_stands_below_its_kicker_and_in_its_address() {
    let title = |text: &str| House::empty().file("text.txt", text).extract("text.txt")["articles"][0]["title"].clone();
    assert_eq!(
        title(&format!("Stadtbild\nDer alte Turm bleibt stehen\nVon Anna Muster\n{TOLD}\n{MORE}\n")),
        "Der alte Turm bleibt stehen"
    );
    assert_eq!(
        title(&format!(
            "Das Portal der Stadt\n\n4. Februar 2022\n\n{TOLD}\n{MORE}\nRathaus: Türme für Übermütige\nhttps://a.example/news/rathaus-tuerme-fuer-uebermuetige.html\n"
        )),
        "Rathaus: Türme für Übermütige"
    );
    // A sentence is no title for sharing all of its words with itself.
    assert_eq!(
        title(
            "Apfelkuchen\n\nDieser Kuchen steht in einer Stunde auf dem Tisch und schmeckt auch am nächsten Tag.\n\nZutaten\n200 g Mehl\n100 g Butter\n"
        ),
        "Apfelkuchen"
    );
}
