//! The furniture of German web pages: the words of share bars, comment boxes, teasers, notices and
//! menus, by which a line is known not to belong to an article.
//!
//! Owns the word lists and the one function that asks them, [`furniture`]. In comes a line as a
//! reader sees it, out goes what kind of furniture it is. It never looks at markup, at the lines
//! around, or at where the line stands: that is up to the rooms for texts and for pages.

/// What a line of furniture says of the lines behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Furniture {
    /// The rest of the page is not the article: comments, the foot of the page.
    End,
    /// The head of a box: related articles, newsletter, the author. Its content follows.
    Box,
    /// A line on its own: share bar, print, advertisement, photo credit.
    Line,
}

/// Heads of what follows an article and is never followed by more of it.
const END: &[&str] = &[
    "ein kommentar",
    "eine antwort",
    "antworten zu",
    "antworten auf",
    "reaktionen zu",
    "reaktionen auf",
    "ergänzungen zu",
    "kommentare ausgeblendet",
    "gedanken zu",
    "gedanke zu",
    "hinterlasse ",
    "hinterlassen sie",
    "kommentar absenden",
    "kommentar abgeben",
    "kommentar hinterlassen",
    "kommentar hinzufügen",
    "kommentar schreiben",
    "kommentar verfassen",
    "kommentar erstellen",
    "kommentare anzeigen",
    "kommentare lesen",
    "kommentare zu",
    "kommentare zum",
    "kommentarfunktion",
    "kommentieren sie",
    "kommentiere den",
    "kommentiere diesen",
    "leave a comment",
    "leave a reply",
    "leider sind keine kommentare",
    "leserkommentare",
    "leser-kommentare",
    "lesermeinungen",
    "es gibt noch keine kommentare",
    "noch keine kommentare",
    "schreib einen kommentar",
    "schreibe einen kommentar",
    "schreibe ein kommentar",
    "schreibe den ersten kommentar",
    "schreiben sie den ersten kommentar",
    "schreiben sie einen kommentar",
    "diesen artikel kommentieren",
    "um kommentieren zu können",
    "um einen kommentar zu",
    "sie müssen angemeldet sein",
    "du musst angemeldet sein",
    "melden sie sich an, um zu kommentieren",
    "verfassen sie einen kommentar",
    "ihr kommentar",
    "dein kommentar",
    "deine meinung",
    "ihre meinung",
    "diskutieren sie",
    "diskutiere mit",
    "alle kommentare",
    "neuer kommentar",
    "comments are closed",
    "post a comment",
    "kommentar veröffentlichen",
    "beiträge aus dem forum",
    "vorschau auf den nächsten",
    "beitrags-navigation",
    "beitragsnavigation",
    "artikel-navigation",
    "artikelnavigation",
    "proudly powered by",
    "trackback",
    "pingback",
    "nächster beitrag",
    "nächster artikel",
    "vorheriger beitrag",
    "vorheriger artikel",
    "älterer post",
    "neuerer post",
    "alle rechte vorbehalten",
    "all rights reserved",
];

/// The same, where the line says nothing else.
const END_WHOLE: &[&str] = &[
    "kommentar",
    "kommentare",
    "comments",
    "diskussion",
    "leserbriefe",
    "impressum",
    "footer",
    "fußzeile",
    "fusszeile",
    "nach oben",
    "zum seitenanfang",
    "seitenanfang",
    "navigationspfad",
    "meta",
    "archive",
    "blogroll",
];

/// Heads of boxes.
const BOX: &[&str] = &[
    "abonniere ",
    "abonnieren sie",
    "aktuelle artikel",
    "aktuelle beiträge",
    "aktuelle meldungen",
    "aktuelle nachrichten",
    "aktuelle ausgabe",
    "aktuelle kommentare",
    "aktuelle produkttests",
    "alle artikel",
    "alle beiträge",
    "alle meldungen",
    "alle pressemitteilungen",
    "am meisten gelesen",
    "andere interessante",
    "anzeige -",
    "anzeige:",
    "auch interessant",
    "auch spannend",
    "auf einmal gelesen",
    "beliebte artikel",
    "beliebte beiträge",
    "das könnte dich auch",
    "das könnte dir auch",
    "das könnte euch auch",
    "das könnte ihnen auch",
    "das könnte sie auch",
    "das könnte dich ebenfalls",
    "das könnte sie ebenfalls",
    "das könnte dich interessieren",
    "das könnte sie interessieren",
    "das könnte dir gefallen",
    "dazu passend",
    "der autor",
    "die autorin",
    "die neuesten",
    "die neusten",
    "dies könnte sie",
    "dies könnte dich",
    "diese artikel könnten",
    "diese beiträge könnten",
    "diese themen könnten",
    "diesen artikel teilen",
    "diesen beitrag teilen",
    "diese seite teilen",
    "artikel teilen",
    "beitrag teilen",
    "seite teilen",
    "teile diesen",
    "teile den",
    "teilen sie diesen",
    "teilen mit",
    "share this",
    "sag es weiter",
    "empfehlungen der redaktion",
    "empfohlene artikel",
    "empfohlene beiträge",
    "empfohlen für",
    "empfohlener redaktioneller inhalt",
    "entdecken sie",
    "folge uns",
    "folgen sie uns",
    "folgt uns",
    "gefällt dir",
    "gefällt ihnen",
    "hat dir der artikel",
    "hat dir der beitrag",
    "hat ihnen der artikel",
    "war dieser artikel",
    "jetzt newsletter",
    "kategorie:",
    "kategorien:",
    "kontakt:",
    "kommende events",
    "kommende spiele",
    "kommende termine",
    "lesen sie auch",
    "lesen sie hierzu",
    "lesen sie mehr",
    "lesen sie dazu",
    "lies auch",
    "lies hier",
    "lest auch",
    "lesetipp",
    "letzte artikel",
    "letzte beiträge",
    "letzte kommentare",
    "mehr artikel",
    "mehr aus",
    "mehr beiträge",
    "mehr dazu",
    "mehr für dich",
    "mehr für sie",
    "mehr lesen",
    "mehr nachrichten",
    "mehr news",
    "mehr themen",
    "mehr über",
    "mehr von",
    "mehr zu",
    "mehr zum",
    "meist gelesen",
    "meistgelesen",
    "meistgeklickt",
    "meistkommentiert",
    "neueste artikel",
    "neueste beiträge",
    "neueste kommentare",
    "neueste meldungen",
    "neueste nachrichten",
    "neuste beiträge",
    "newsletter",
    "passend dazu",
    "passende artikel",
    "passende beiträge",
    "populäre artikel",
    "pressekontakt",
    "related articles",
    "related posts",
    "recent posts",
    "schlagwort:",
    "schlagworte",
    "schlagwörter",
    "siehe auch",
    "tags:",
    "themen:",
    "themen in diesem artikel",
    "top-themen",
    "top themen",
    "top-artikel",
    "verwandte artikel",
    "verwandte beiträge",
    "verwandte themen",
    "verwandte nachrichten",
    "verwandte inhalte",
    "videos zum thema",
    "sie könnten auch an",
    "vielleicht auch interessant",
    "weitere artikel",
    "weitere beiträge",
    "weitere informationen",
    "weitere infos",
    "weitere interessante",
    "weitere meldungen",
    "weitere nachrichten",
    "weitere news",
    "weitere pressemitteilungen",
    "weitere themen",
    "weiterführende artikel",
    "weiterführende links",
    "weiterführende informationen",
    "zum weiterlesen",
    "ähnliche artikel",
    "ähnliche beiträge",
    "ähnliche inhalte",
    "ähnliche meldungen",
    "ähnliche nachrichten",
    "ähnliche posts",
    "ähnliche themen",
    "über den autor",
    "über die autorin",
    "über die autoren",
    "über uns",
    "zum autor",
    "zur autorin",
    "wählen sie ihren zugang",
    "jetzt weiterlesen",
    "jetzt diesen artikel lesen",
    "sie wollen mehr",
    "weiterlesen mit",
    "bleiben sie informiert",
    "bleib auf dem laufenden",
    "bleiben sie auf dem laufenden",
    "wir informieren sie",
    "keine news mehr",
    "unterstütze ",
    "unterstützen sie",
    "quellenangaben",
];

/// The same, where the line says nothing else.
const BOX_WHOLE: &[&str] = &[
    "tags",
    "kategorien",
    "themen",
    "newsletter",
    "teilen",
    "share",
    "services",
    "service",
    "links",
    "kontakt",
    "presse",
    "downloads",
    "download",
    "zum thema",
    "suche",
    "suche nach",
    "anmelden",
    "login",
    "registrieren",
    "ansprechpartner",
    "ansprechpartnerin",
    "ihr ansprechpartner",
    "ihre ansprechpartner",
    "ihre ansprechpartnerin",
    "unsere sponsoren",
    "unsere partner",
    "sponsoren",
    "autor",
    "autorin",
    "socials",
    "social media",
    "veranstaltungen",
    "termine",
    "empfehlungen",
    "artikel",
];

/// Lines on their own.
const LINE: &[&str] = &[
    "bildnachweis",
    "bildquelle",
    "fotocredit",
    "weiterlesen",
    "advertisement",
    "abgelegt unter",
    "eingestellt von",
    "veröffentlicht in ",
    "veröffentlicht unter",
    "gespeichert von",
    "gepostet von",
    "geposted",
    "posted in",
    "verfasst unter",
    "log in",
    "jetzt registrieren",
    "jetzt anmelden",
    "bild anzeigen",
    "kommentarnavigation",
    "akzeptieren",
    "alle anzeigen",
    "als e-mail",
    "es befinden sich keine produkte",
    "warenkorb",
    "artikel drucken",
    "artikel empfehlen",
    "artikel merken",
    "artikel vorlesen",
    "artikel anhören",
    "artikel kommentieren",
    "artikel bewerten",
    "artikel versenden",
    "auf facebook teilen",
    "auf twitter teilen",
    "auf whatsapp teilen",
    "auf pinterest teilen",
    "auf linkedin teilen",
    "auf x teilen",
    "beitrag drucken",
    "bild via",
    "bild vergrößern",
    "bildrechte auf der",
    "bitte aktivieren sie javascript",
    "bitte melden sie sich an",
    "direkt zum inhalt",
    "direkt zu",
    "drucken",
    "empfehlen",
    "externer inhalt",
    "gefällt mir",
    "hier geht es zu",
    "hier geht's zu",
    "in neuem fenster",
    "klicken, um",
    "klick, um",
    "lesedauer",
    "lesezeit",
    "link kopieren",
    "link kopiert",
    "menü öffnen",
    "menü schließen",
    "per e-mail",
    "per mail",
    "per whatsapp",
    "seite drucken",
    "sie befinden sich",
    "sie sind hier",
    "du bist hier",
    "skip to",
    "springe zu",
    "springe direkt",
    "symbolbild",
    "symbolfoto",
    "titelbild",
    "beitragsbild",
    "twittern",
    "tweet",
    "vielen dank für ihr",
    "vorlesen",
    "zum inhalt",
    "zum hauptinhalt",
    "zum artikel",
    "zum kommentar",
    "zur startseite",
    "zurück zur",
    "zurück zum",
    "zur übersicht",
    "zur galerie",
    "zur bildergalerie",
    "weitere videos",
    "zu den kommentaren",
];

/// Places to share at: a sentence about one of them is longer.
const NETWORKS: &[&str] =
    &["facebook", "instagram", "linkedin", "pinterest", "reddit", "telegram", "tumblr", "twitter", "whatsapp", "xing"];

/// Lines on their own that say nothing else.
const LINE_WHOLE: &[&str] = &[
    "ad",
    "abbrechen",
    "abo",
    "abonnieren",
    "anhören",
    "antworten",
    "anzeige",
    "anzeigen",
    "artikel",
    "audio",
    "bewerten",
    "bild",
    "bilder",
    "bookmark",
    "e-mail",
    "email",
    "feedback",
    "folgen",
    "foto",
    "fotos",
    "galerie",
    "home",
    "informationen",
    "kommentieren",
    "link",
    "mail",
    "mehr",
    "mehr anzeigen",
    "mehr erfahren",
    "erfahre mehr",
    "erfahren sie mehr",
    "jetzt mehr erfahren",
    "menu",
    "menü",
    "merken",
    "mitteilen",
    "news",
    "nächste",
    "nächster",
    "nächstes",
    "pdf",
    "pocket",
    "print",
    "rss",
    "schließen",
    "schliessen",
    "send",
    "senden",
    "speichern",
    "start",
    "startseite",
    "suchen",
    "teilen",
    "verlinken",
    "vergrößern",
    "verschicken",
    "versenden",
    "video",
    "videos",
    "vor",
    "vorherige",
    "vorheriger",
    "weiter",
    "weitersagen",
    "werbung",
    "zurück",
    "x",
    "flattr",
    "threema",
    "facebook messenger",
    "messenger",
    "snapchat",
    "mastodon",
    "bluesky",
    "threads",
    "youtube",
    "tiktok",
    "plus",
];

/// What a reader is asked to do with the page, at the end of a line.
const ASKED: &[&str] = &[
    " teilen",
    " drucken",
    " weiterempfehlen",
    " weitersagen",
    " abonnieren",
    " kommentieren",
    " merken",
    " ausdrucken",
];

/// The line without what decorates it: lower case, no soft hyphens, no numbers, marks or brackets
/// at either end, except the colon that a label ends with.
fn key(line: &str) -> String {
    let lower = lower(line);
    let start = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = start.trim_end_matches(|c: char| !c.is_alphabetic() && c != ':' && c != '-');
    crate::text::fold(end)
}

/// Lower case, without soft hyphens.
fn lower(text: &str) -> String {
    if text.contains('\u{AD}') { text.replace('\u{AD}', "").to_lowercase() } else { text.to_lowercase() }
}

/// What kind of furniture the line is, `None` if it may be of the article.
///
/// Only short lines are asked: a sentence of the article may begin with any of these words.
pub fn furniture(line: &str) -> Option<Furniture> {
    if line.len() > 160 {
        return None;
    }
    let words = line.split_whitespace().count();
    if words > 14 {
        return None;
    }
    let key = key(line);
    if key.is_empty() {
        return Some(Furniture::Line);
    }
    let bare = key.trim_end_matches([':', '-', ' ']);
    let starts = |list: &[&str]| {
        list.iter().any(|word| {
            // A whole word, or `Instagram` would be found in `Instagramprofile`.
            key.strip_prefix(word)
                .is_some_and(|rest| word.ends_with([' ', ':']) || !rest.starts_with(char::is_alphanumeric))
        })
    };
    let is = |list: &[&str]| list.contains(&bare);
    if is(END_WHOLE) || words <= 12 && starts(END) {
        Some(Furniture::End)
    } else if is(BOX_WHOLE) || words <= 9 && starts(BOX) {
        Some(Furniture::Box)
    } else if is(LINE_WHOLE)
        || words <= 3 && starts(NETWORKS)
        || words <= 7 && (starts(LINE) || ASKED.iter().any(|verb| bare.ends_with(verb)))
    {
        Some(Furniture::Line)
    } else {
        None
    }
}

/// Whether the heading is one of a box beside articles, or of a section of one: where it stands tells which.
pub fn is_often_beside(heading: &str) -> bool {
    const OFTEN: &[&str] = &[
        "öffnungszeiten",
        "sprechzeiten",
        "bürozeiten",
        "anschrift",
        "so erreichen sie uns",
        "nächste termine",
        "nächste spiele",
        "nächste veranstaltungen",
    ];
    heading.len() <= 60 && OFTEN.contains(&key(heading).trim_end_matches([':', '-', ' ']))
}

/// Whether a paragraph speaks of cookies, consent, subscriptions or copyright instead of the
/// matter of an article. Unlike [`furniture`] this is asked of whole paragraphs.
pub fn is_notice(paragraph: &str) -> bool {
    const STRONG: &[&str] = &[
        "verwenden cookies",
        "verwendet cookies",
        "nutzen cookies",
        "nutzt cookies",
        "setzen cookies",
        "benutzt cookies",
        "diese website verwendet",
        "cookie-richtlinie",
        "cookie-einstellungen",
        "einsatz von cookies",
        "verwendung von cookies",
        "nutzung von cookies",
        "akismet",
        "e-mail-adresse wird nicht veröffentlicht",
        "erforderliche felder sind",
        "pflichtfelder",
        "all rights reserved",
        "alle rechte vorbehalten",
        "datenschutzerklärung gelesen",
        "datenschutzerklärung zur kenntnis",
        "jederzeit abbestellen",
        "jederzeit wieder abmelden",
        "jederzeit kündbar",
        "newsletter abonnieren",
        "für den newsletter",
        "zum newsletter",
        "newsletter an",
        "bitte aktivieren sie javascript",
        "aktivieren sie bitte javascript",
        "klicke auf den link, um",
        "klick, um auf",
        "klick, um über",
        "benachrichtige mich über",
        "kommentieren zu können",
        "gefällt dir unser",
        "gefällt ihnen unser",
        "benachrichtigung bei weiteren kommentaren",
        "du kommentierst mit",
        "empfohlenen externen inhalt",
        "an dieser stelle finden sie inhalte",
        "an dieser stelle findest du",
        "externer inhalt von",
        "inhalte von drittanbietern",
        "personenbezogene daten an drittplattformen",
        "übertragen der daten",
        "werbeblocker",
        "adblocker",
        "affiliate-link",
        "affiliate link",
        "affiliatelink",
        "nachdruck und vervielfältigung",
        "nur mit genehmigung",
        "dieses thema im programm",
        "nachrichten aufs handy",
        "jetzt kostenlos anmelden",
    ];
    /// In short paragraphs only: the matter of an article may be a licence.
    const SHORT: &[&str] = &[
        "auf dem laufenden",
        "unter der lizenz",
        "unserem newsletter",
        "unseren newsletter",
        "unser newsletter",
        "netiquette",
        "browser-push",
        "push-benachrichtigung",
        "push-nachricht",
        "erschien zuerst auf",
        "der meinung der redaktion entsprechen",
        "mit der meinung der redaktion überein",
        "meinung des autors wieder",
        "meinung der autorin wieder",
        "beitrag enthält werbung",
        "artikel enthält werbung",
        "werbliche verlinkung",
        "gesponserter beitrag",
        "in den kommentaren",
        "einen kommentar unter",
        "als e-paper",
        "erhalten sie exklusive",
        "war der artikel",
        "war dieser artikel",
        "artikel nützlich",
        "noch keine bewertungen",
        "loggen sie sich ein",
        "registrieren sie sich",
        "melden sie sich an",
        "jetzt abonnieren",
        "jetzt testen",
        "kostenlos testen",
    ];
    if paragraph.len() > 900 {
        return false;
    }
    let lower = lower(paragraph);
    const BESIDE_COOKIES: &[&str] =
        &["website", "webseite", "einstellung", "browser", "zustimm", "akzept", "dienst", "gespeichert", "funktional"];
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // What a page says of its rights; an article may be about such a licence.
    let rights =
        || has(&["creative commons", "creative-commons"]) && has(&["lizen", "licen", "cc by", "cc-by", "4.0", "3.0"]);
    let script = || lower.contains("javascript") && has(&["deaktiviert", "aktivieren", "aktiviere ", "browser"]);
    STRONG.iter().any(|phrase| lower.contains(phrase))
        || paragraph.len() <= 240 && (rights() || script())
        || paragraph.len() <= 240 && SHORT.iter().any(|phrase| lower.contains(phrase))
        || lower.contains("cookie") && BESIDE_COOKIES.iter().any(|word| lower.contains(word))
}

/// Whether a line leads to another article, to letters or to networks, and is not of this one: `Lesen Sie auch: …`.
///
/// Only lines with a link in them are asked.
pub fn leads_elsewhere(line: &str) -> bool {
    const LEADS: &[&str] = &[
        "lesen sie auch",
        "lesen sie hier",
        "lesen sie dazu",
        "lesen sie mehr",
        "lies auch",
        "lest auch",
        "lesetipp",
        "auch interessant",
        "auch spannend",
        "mehr zum thema",
        "mehr dazu",
        "zum thema",
        "passend dazu",
        "siehe auch",
        "hier geht es zu",
        "hier geht’s zu",
        "hier geht's zu",
    ];
    const MOST_WORDS: usize = 40;
    let key = key(line);
    let led =
        LEADS.iter().any(|lead| key.strip_prefix(lead).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    let words = line.split_whitespace().count();
    let asks = || key.contains("newsletter") || key.contains("originalartikel");
    let follow = || NETWORKS.iter().filter(|network| key.contains(*network)).count() >= 2;
    led && words <= MOST_WORDS || words <= MOST_WORDS / 2 && (asks() || follow())
}

/// Whether a line is the credit or the caption of a picture: `Foto: Name`, `© Name`.
pub fn is_credit(line: &str) -> bool {
    const MARKS: &[&str] = &[
        "foto:",
        "fotos:",
        "bild:",
        "bilder:",
        "photo:",
        "picture alliance",
        "imago",
        "shutterstock",
        "getty images",
        "adobe stock",
        "istock",
        "pixabay",
        "unsplash",
        "fotolia",
        "bildquelle:",
        "grafik:",
        "symbolbild",
        "copyright:",
        "(c)",
        "pexels",
        "screenshot:",
        "illustration:",
        "symbolfoto",
        "archivfoto",
        "archivbild",
    ];
    if line.len() > 400 {
        return false;
    }
    let lower = line.to_lowercase();
    let start = lower.trim_start_matches(['(', '[', ' ']);
    if start.starts_with('©') || start.starts_with("quelle:") && line.len() < 100 {
        return true;
    }
    let words = line.split_whitespace().count();
    words <= 45 && (MARKS.iter().any(|mark| lower.contains(mark)) || lower.contains('©'))
}

#[cfg(test)]
mod tests {
    use super::{Furniture, furniture};

    #[test]
    fn a_sentence_may_begin_with_the_words_of_a_box() {
        assert_eq!(furniture("Mehr zum Thema"), Some(Furniture::Box));
        assert_eq!(furniture("3 Kommentare"), Some(Furniture::End));
        assert_eq!(furniture("» Drucken"), Some(Furniture::Line));
        assert_eq!(furniture("Mehr von dem Geld soll nach dem Willen der Fraktion in die Schulen fließen"), None);
    }
}
