//! Pages of clubs, offices and blogs with all that stands around an article there, as the systems write them that such
//! sites are made with, and the single pieces of furniture of larger ones.

use crate::support::House;
use serde_json::Value;

/// What is found in a page.
fn found(page: &str) -> Value {
    House::empty().file("seite.html", page).extract("seite.html")
}

/// The only article of a page: its title, its authors, and its text in paragraphs.
pub fn article(page: &str) -> (String, Vec<String>, Vec<String>) {
    let found = found(page);
    assert_eq!((&found["kind"], found["warnings"].as_array().unwrap().len()), (&Value::from("article"), 0), "{found}");
    let words = |value: &Value| value.as_str().unwrap().to_owned();
    let article = &found["articles"][0];
    let authors = article["authors"].as_array().unwrap().iter().map(words).collect();
    (words(&article["title"]), authors, words(&article["text"]).split("\n\n").map(str::to_owned).collect())
}

/// A page with this in its article, between two paragraphs that stay.
pub fn around(part: &str) -> String {
    format!(
        "<html lang=de><head><title>Der Turm bleibt stehen</title></head><body><div class=seite><h1>Der Turm bleibt stehen</h1>\
         <div class=inhalt><p>{FIRST}</p>{part}<p>{LAST}</p></div></div></body></html>"
    )
}

pub const FIRST: &str = "Der alte Wasserturm am Bahnhof wird nun doch nicht abgerissen, das hat der Rat am Abend mit knapper Mehrheit \
                     entschieden und damit einen Streit von elf Jahren beendet.";
pub const LAST: &str = "Im Frühjahr sollen die Arbeiten am Dach beginnen, und schon im Herbst könnte im unteren Stock ein Café \
                    eröffnen, für das sich drei Bewerber gemeldet haben.";

/// The text of [`around`] without its two paragraphs.
pub fn between(part: &str) -> Vec<String> {
    let (_, _, mut text) = article(&around(part));
    assert_eq!((text.remove(0).as_str(), text.pop().as_deref()), (FIRST, Some(LAST)));
    text
}

#[test]
fn the_card_of_another_article_stays_out_and_a_heading_with_its_text_stays() {
    let card = "<div class=kasten><span>Archiv</span><h3><a href=/bad>Das Bad schließt im Winter</a></h3><p>Warum die Stadt sparen \
                muss und was das für die Vereine heißt.</p></div>";
    assert_eq!(between(card), Vec::<String>::new());
    let section =
        "<h3>Was die Anwohner sagen</h3><p>Viele freuen sich über den Beschluss und wollen beim Streichen helfen.</p>";
    assert_eq!(
        between(section),
        ["Was die Anwohner sagen", "Viele freuen sich über den Beschluss und wollen beim Streichen helfen."]
    );
}

#[test]
fn hours_are_a_box_beside_an_article_and_a_section_within_one() {
    let hours = "<h3>Öffnungszeiten</h3><p>Montag bis Freitag von 8 bis 12 Uhr, und an jedem Donnerstag auch am Abend bis 19 Uhr.</p>";
    let within =
        ["Öffnungszeiten", "Montag bis Freitag von 8 bis 12 Uhr, und an jedem Donnerstag auch am Abend bis 19 Uhr."];
    assert_eq!(between(hours), within);
    assert_eq!(between(&format!("<div class=k7>{hours}</div>")), Vec::<String>::new());
    // What the title speaks of is the matter of the article, wherever it stands.
    let titled =
        around(&format!("<div class=k7>{hours}</div>")).replace("Der Turm bleibt stehen", "Turm hat neue Öffnungszeit");
    assert_eq!(article(&titled).2, [FIRST, within[0], within[1], LAST]);
}

#[test]
fn words_beside_a_field_for_an_address_stay_out_whatever_their_box_is_called() {
    let subscribe = "<div class=b7><h4>Das Wichtigste am Morgen</h4><p>Alle zwei Tage ein Brief aus der Stadt mit allem, was man wissen \
                     muss.</p><form action=/x><input type=email name=a><button>Los</button></form></div>";
    assert_eq!(between(subscribe), Vec::<String>::new());
    let named = "<section aria-label=\"Newsletter Anmeldung\"><p>Jede Woche ein Brief aus der Stadt mit allem, was man wissen \
                 muss und sagen kann.</p></section>";
    assert_eq!(between(named), Vec::<String>::new());
}

#[test]
fn what_leads_to_other_articles_stays_out_with_its_heading() {
    let led = "<p><strong>Lesen Sie auch: </strong><a href=/b>Bad, Turm, Brücke: was die Stadt in diesem Jahr noch alles \
               vorhat</a></p>";
    assert_eq!(between(led), Vec::<String>::new());
    let listed = "<h3>Hintergründe, für Sie gesammelt</h3><ul><li><a href=/1>Der Turm im Krieg</a></li><li><a href=/2>Wer den Turm \
                  baute</a></li></ul>";
    assert_eq!(between(listed), Vec::<String>::new());
}

#[test]
fn what_a_page_says_of_its_own_entry_is_no_text() {
    let about = "<p>Der Beitrag wurde am Mittwoch, den 27. November 2024 um 15:21 Uhr veröffentlicht und wurde unter Stadt \
                 abgelegt.</p>";
    assert_eq!(between(about), Vec::<String>::new());
}

#[test]
fn a_sentence_that_is_set_as_a_heading_ends_a_text_and_a_heading_of_nothing_does_not() {
    let (_, _, text) = article(&around("").replace("</div></div>", "<h4>Der Turm steht noch lange.</h4></div></div>"));
    assert_eq!(text, [FIRST, LAST, "Der Turm steht noch lange."]);
    let (_, _, text) = article(&around("").replace("</div></div>", "<h4>Noch viel mehr Türme</h4></div></div>"));
    assert_eq!(text, [FIRST, LAST]);
}

#[test]
fn items_with_a_typed_mark_are_kept() {
    let items = "<div>– Dach und Fenster</div><div>– Café im unteren Stock</div>";
    assert_eq!(between(items).join("\n"), "– Dach und Fenster\n– Café im unteren Stock");
}

#[test]
fn names_in_elements_of_their_own_are_each_an_author() {
    let named = "<div class=article-byline><span>Anna Muster</span> <span>Bernd Otto Beispiel</span> <span>Clara Probe</span></div>";
    let page = around("").replace("</h1>", &format!("</h1>{named}"));
    assert_eq!(article(&page).1, ["Anna Muster", "Bernd Otto Beispiel", "Clara Probe"]);
}

#[test]
fn the_life_of_an_author_stays_out_and_what_he_did_stays() {
    let by = |last: &str| {
        around("")
            .replace("</h1>", "</h1><p>Von Anna Muster</p>")
            .replace("</div></div>", &format!("<p>{last}</p></div></div>"))
    };
    assert_eq!(article(&by("Anna Muster ist freie Journalistin und lebt in Neustadt.")).2, [FIRST, LAST]);
    let did = "Anna Muster hat den Turm im Sommer als Erste bestiegen.";
    assert_eq!(article(&by(did)).2, [FIRST, LAST, did]);
}

#[test]
fn an_agency_is_the_author_where_nobody_else_is() {
    let sent = |page: String| page.replace(FIRST, &format!("Neustadt (dpa/xyz) – {FIRST}"));
    assert_eq!(article(&sent(around(""))).1, ["dpa/xyz"]);
    let written = around("").replace("</h1>", "</h1><p>Von Anna Muster, Neustadt</p>");
    assert_eq!(article(&sent(written)).1, ["Anna Muster"]);
    // What stands in brackets is rarely an agency.
    assert_eq!(article(&around("").replace(FIRST, &format!("Neustadt (Kreis Süd) – {FIRST}"))).1, Vec::<String>::new());
}

#[test]
fn a_line_that_names_somebody_counts_more_than_a_handle() {
    let page = around("<p>Blog Beitrag von Anna Muster</p>")
        .replace("</h1>", "</h1><div class=meta><a class=username href=/user/7>turmfalke</a></div>");
    assert_eq!(article(&page).1, ["Anna Muster"]);
    let page = around("").replace("</h1>", "</h1><div class=meta><a class=username href=/user/7>turmfalke</a></div>");
    assert_eq!(article(&page).1, ["turmfalke"]);
}

#[test]
fn of_two_days_with_like_evidence_the_one_that_is_shown_counts() {
    let data = "<meta property=\"article:published_time\" content=\"2024-03-04T08:00:00+01:00\"></head>";
    let page =
        around("").replace("</head>", data).replace("</h1>", "</h1><time datetime=2024-03-11>11. März 2024</time>");
    assert_eq!(found(&page)["articles"][0]["published"], "2024-03-11T00:00:00+01:00");
    let twice = page.replace("</head>", "<script type=application/ld+json>{\"@type\":\"Article\",\"datePublished\":\"2024-03-04T08:00:00+01:00\"}</script></head>");
    assert_eq!(found(&twice)["articles"][0]["published"], "2024-03-04T08:00:00+01:00");
}

/// A club's page made with Joomla: a log-in beside the article, its data in a list, a table.
const CLUB: &str = r#"<!DOCTYPE html><html lang="de-de"><head><meta charset="utf-8"><meta name="author" content="Super User">
<title>Schützenverein Tannhof - Königsschießen 2023</title></head><body><div class="container-header"><a href="/">Schützenverein Tannhof</a></div>
<ul class="mod-menu nav"><li><a href="/">Home</a></li><li><a href="/jugend">Jugend</a></li></ul>
<div class="com-content-article item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline">Königsschießen 2023</h2></div>
<dl class="article-info"><dd class="createdby" itemprop="author" itemscope itemtype="https://schema.org/Person">Geschrieben von: <span itemprop="name">Martin Oberhauser</span></dd>
<dd class="published"><time datetime="2023-05-19T09:12:00+02:00" itemprop="datePublished">Veröffentlicht: 19. Mai 2023</time></dd><dd class="hits">Zugriffe: 412</dd></dl>
<div itemprop="articleBody"><p>Mit einem Teiler von 41,2 hat sich Ludwig Kern zum dritten Mal die Königskette gesichert.</p>
<p>Bei den Damen gewann Erika Wagner vor Anneliese Stark, in der Jugend setzte sich Tim Brandl durch.</p></div>
<ul class="pager"><li><a href="/a" rel="prev">Zurück</a></li><li><a href="/b" rel="next">Weiter</a></li></ul></div>
<div class="moduletable"><h3>Anmeldung</h3><form><label>Benutzername</label><input name="u"><label>Passwort</label><input type="password"><button>Anmelden</button></form></div>
<div class="moduletable"><h3>Nächste Termine</h3><ul><li>24. Mai Vereinsmeisterschaft</li><li>7. Juni Sommerfest am Schützenheim mit Musik</li></ul></div></body></html>"#;

#[test]
fn a_log_in_beside_an_article_makes_no_log_in_form_of_it() {
    let (title, authors, text) = article(CLUB);
    assert_eq!((title.as_str(), authors), ("Königsschießen 2023", vec!["Martin Oberhauser".to_owned()]));
    assert_eq!(
        text,
        [
            "Mit einem Teiler von 41,2 hat sich Ludwig Kern zum dritten Mal die Königskette gesichert.",
            "Bei den Damen gewann Erika Wagner vor Anneliese Stark, in der Jugend setzte sich Tim Brandl durch."
        ]
    );
    let form = "<html><head><title>Intern</title></head><body><h1>Interner Bereich</h1><p>Hier geben Sie bitte Ihren Namen und Ihr \
                Passwort ein, das Sie mit der Post von uns bekommen haben, und bestätigen mit dem Knopf.</p><form><input name=n>\
                <input type=password></form></body></html>";
    assert_eq!(found(form)["warnings"][0], "a log-in form, not an article");
}

/// A parish's page: the article in a box that is called like a list of news, the foot a list of links.
const PARISH: &str = r#"<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Gemeinde Auental: Neue Zeiten des Wertstoffhofs</title></head><body>
<div class="cookiehinweis"><p>Wir verwenden Cookies, um Ihnen die Nutzung unserer Internetseite zu erleichtern.</p></div>
<div class="pfad">Sie sind hier: <a href="/">Startseite</a> &gt; <a href="/aktuelles">Aktuelles</a></div>
<div class="inhalt"><div class="news news-single"><div class="article"><div class="header"><h3>Neue Zeiten des Wertstoffhofs</h3></div>
<div class="footer"><p><span class="news-list-date">17.03.2023</span></p></div><div class="teaser-text"><p>Der Wertstoffhof öffnet von April an auch am Mittwochabend.</p></div>
<div class="news-text-wrap"><p>Der Gemeinderat hat in seiner Sitzung am 11. März beschlossen, die Zeiten zu erweitern. Damit können auch Berufstätige ihren Grünschnitt unter der Woche abgeben.</p><p>Die Zeiten im Überblick:</p>
<ul><li>Mittwoch: 16 bis 19 Uhr</li><li>Freitag: 14 bis 18 Uhr</li></ul><p>Die Gebühren bleiben unverändert.</p></div><div class="news-backlink-wrap"><a href="/aktuelles">Zurück</a></div></div></div></div>
<div class="rechts"><h4>Kontakt</h4><p>Gemeinde Auental<br>Marktplatz 1<br>12345 Auental</p><h4>Öffnungszeiten</h4><p>Montag bis Freitag 8 bis 12 Uhr, Donnerstag zusätzlich von 14 bis 18 Uhr und nach Vereinbarung</p></div>
<div class="fuss"><a href="/impressum">Impressum</a> | <a href="/datenschutz">Datenschutz</a> | <a href="/barrierefreiheit">Barrierefreiheit</a><p>© 2023 Gemeinde Auental</p></div></body></html>"#;

#[test]
fn the_foot_of_a_page_makes_no_listing_of_it() {
    let (title, _, text) = article(PARISH);
    assert_eq!(title, "Neue Zeiten des Wertstoffhofs");
    assert_eq!(
        text,
        [
            "Der Wertstoffhof öffnet von April an auch am Mittwochabend.",
            "Der Gemeinderat hat in seiner Sitzung am 11. März beschlossen, die Zeiten zu erweitern. Damit können auch \
             Berufstätige ihren Grünschnitt unter der Woche abgeben.",
            "Die Zeiten im Überblick:",
            "Mittwoch: 16 bis 19 Uhr\nFreitag: 14 bis 18 Uhr",
            "Die Gebühren bleiben unverändert."
        ]
    );
}

/// A page made by hand: its first heading is the name of the practice, and its columns are named by their width.
const PRACTICE: &str = r##"<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Praxis am Park | Aktuelles</title></head><body>
<section class="hero"><h1>Praxis am Park</h1><p>Ihre Hausärzte in Neustadt – mit Zeit und Herz für die ganze Familie seit über zwanzig Jahren.</p></section>
<section class="content"><div class="row"><div class="col-md-8"><h2>Grippeimpfung: Termine ab sofort</h2><p><small>01. Oktober 2023</small></p>
<p>Ab sofort können Sie bei uns Termine für die Grippeimpfung vereinbaren. Wir impfen montags und donnerstags von 14 bis 16 Uhr.</p>
<p>Empfohlen wird die Impfung vor allem Menschen über sechzig, Schwangeren und chronisch Kranken.</p></div>
<div class="col-md-4"><div class="card"><h3>Sprechzeiten</h3><p>Mo, Di, Do 8–12 und 15–18 Uhr</p></div><div class="card"><h3>Notdienst</h3><p>Außerhalb unserer Sprechzeiten erreichen Sie den ärztlichen Bereitschaftsdienst unter der Nummer 116 117.</p></div></div></div></section>
<footer><p>Praxis am Park · Parkstraße 5 · 54321 Neustadt</p><a href="#">Impressum</a></footer></body></html>"##;

#[test]
fn the_name_of_the_house_is_no_headline_and_a_narrow_column_no_text() {
    let (title, _, text) = article(PRACTICE);
    assert_eq!(title, "Grippeimpfung: Termine ab sofort");
    assert_eq!(
        text,
        [
            "Ab sofort können Sie bei uns Termine für die Grippeimpfung vereinbaren. Wir impfen montags und donnerstags von 14 bis 16 \
             Uhr.",
            "Empfohlen wird die Impfung vor allem Menschen über sechzig, Schwangeren und chronisch Kranken."
        ]
    );
    assert_eq!(found(PRACTICE)["articles"][0]["published"], "2023-10-01T00:00:00+02:00");
}

#[test]
fn a_headline_stays_one_where_the_foot_says_another_name() {
    let page = PRACTICE.replace("<footer><p>Praxis am Park", "<footer><p>Gemeinschaft der Ärzte");
    assert_eq!(article(&page).0, "Praxis am Park");
}

#[test]
fn a_date_above_the_headline_counts_more_than_those_of_other_articles() {
    let page = around("").replace("<h1>", "<p>Pressemitteilung Nr. 87/2023 vom 12. September 2023</p><h1>").replace(
        "</div></div>",
        "<div><h2>Weitere Pressemitteilungen</h2><ul><li><a href=/1>11.09.2023 Der Kreistag berät über den Haushalt</a></li></ul></div></div></div>",
    );
    assert_eq!(found(&page)["articles"][0]["published"], "2023-09-12T00:00:00+02:00");
}

#[test]
fn a_recipe_with_numbered_steps_is_no_page_with_a_menu() {
    let recipe = "Schneller Apfelkuchen\n\nDieser Kuchen steht in einer Stunde auf dem Tisch und schmeckt auch am nächsten Tag noch \
                  gut.\n\nZutaten\n- 200 g Mehl\n- 100 g Butter\n- 80 g Zucker\n- 2 Eier\n- Salz\n- 4 Äpfel\n- Zimt\n\nZubereitung\n- 1.\n\
                  - Butter, Zucker und Eier schaumig rühren und das Mehl mit dem Salz nach und nach dazugeben.\n- 2.\n- Die Äpfel schälen, \
                  in Spalten schneiden und dicht auf den Teig legen, dann mit Zimt bestreuen.\n- 3.\n- Bei 180 Grad vierzig Minuten backen \
                  und vor dem Schneiden ganz auskühlen lassen.\n";
    let found = House::empty().file("kuchen.txt", recipe).extract("kuchen.txt");
    let text = found["articles"][0]["text"].as_str().unwrap();
    assert_eq!(found["articles"][0]["title"], "Schneller Apfelkuchen");
    for kept in ["200 g Mehl", "Zimt\n", "Butter, Zucker und Eier schaumig", "ganz auskühlen lassen."] {
        assert!(text.contains(kept), "{kept} is missing: {text}");
    }
}

#[test]
fn what_asks_readers_of_a_text_for_something_stays_out() {
    let asked = format!(
        "Der Turm bleibt stehen\n\n{FIRST}\n\nANZEIGE - Heute mal ausgehen? Wie wäre es mit:\n\n{LAST}\n\nUm den Tipp „Der Turm bleibt \
         stehen“ kommentieren zu können, musst du dich anmelden.\n"
    );
    let found = House::empty().file("turm.txt", asked).extract("turm.txt");
    assert_eq!(found["articles"][0]["text"], format!("{FIRST}\n\n{LAST}"));
}

#[test]
fn what_the_last_lines_say_of_the_author_stays_out() {
    let life = "<p>Anna Muster ist Redakteurin und schreibt seit neun Jahren über Türme.</p>";
    let page = around("")
        .replace("</h1>", "</h1><p>Von Anna Muster</p>")
        .replace("</div></div>", &format!("{life}</div></div>"));
    let (_, authors, text) = article(&page);
    assert_eq!((authors, text), (vec!["Anna Muster".to_owned()], vec![FIRST.to_owned(), LAST.to_owned()]));
    // Of somebody else it is matter.
    let other = page.replace("Von Anna Muster", "Von Bernd Beispiel");
    assert_eq!(article(&other).2.len(), 3);
}
