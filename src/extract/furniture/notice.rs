//! Notices: what a page says of itself and asks of its readers, in whole paragraphs.
//!
//! Owns their phrases. What tells a notice of cookies from a report on them is to whom it speaks: a notice is by the house
//! (`wir verwenden`) or to the reader (`Ihr Browser`), a report of others. And what the title of an article names is its
//! matter: an article about a newsletter says `für den Newsletter`, too.

use super::lower;

/// Phrases of notices.
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
    "per kontaktformular anfragen zukommen lassen",
    "angaben aus dem anfrageformular",
];

/// The same in short paragraphs only: the matter of an article may be a licence.
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
    "artikel erschien zuerst",
    "artikel ist zuerst",
    "beitrag ist zuerst",
    "text ist zuerst",
    "dies ist eine maschinelle übersetzung",
    "wurde maschinell übersetzt",
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
    "registrieren sie sich, um",
    "registrieren sie sich kostenlos",
    "melden sie sich an, um",
    "melden sie sich an oder",
    "jetzt abonnieren",
    "jetzt testen",
    "kostenlos testen",
];

/// What the house is paid for links to shops, in its own words.
const PAID: &[&str] = &[
    "erhalten wir",
    "wir erhalten",
    "bekommen wir",
    "wir bekommen",
    "wir eine provision",
    "wir eine kleine provision",
    "links enthalten, von denen",
    "links enthalten, für die",
];

/// Words beside which cookies are those of the page.
const BESIDE_COOKIES: &[&str] =
    &["website", "webseite", "einstellung", "browser", "zustimm", "akzept", "dienst", "gespeichert", "funktional"];

/// What notices are about, and an article may be about as well.
const SUBJECTS: &[&str] = &[
    "cookie",
    "newsletter",
    "javascript",
    "werbeblocker",
    "adblocker",
    "affiliate",
    "provision",
    "lizenz",
    "push-",
    "e-paper",
    "netiquette",
];

/// Whether a paragraph speaks of cookies, consent, subscriptions or copyright instead of the matter of an article whose
/// title is `title`. Unlike [`furniture`](super::furniture) this is asked of whole paragraphs.
pub fn is_notice(paragraph: &str, title: &str) -> bool {
    const LONGEST: usize = 900;
    const SHORTEST: usize = 240;
    if paragraph.len() > LONGEST {
        return false;
    }
    let lower = lower(paragraph);
    let short = paragraph.len() <= SHORTEST;
    let said = |phrases: &[&'static str]| phrases.iter().copied().filter(|phrase| lower.contains(*phrase)).collect();
    let mut found: Vec<&str> = said(STRONG);
    if short {
        found.append(&mut said(SHORT));
        if is_of_rights(&lower) {
            found.push("lizenz");
        }
        if asks_for_script(paragraph) {
            found.push("javascript");
        }
    }
    if super::machine::is_embedded(paragraph) {
        return true;
    }
    // `Dieser Text enthält Links, für die wir eine Provision erhalten`: an article on commissions speaks of those of others.
    if lower.contains("provision") && lower.contains("link") && PAID.iter().any(|paid| lower.contains(paid)) {
        found.push("affiliate");
    }
    if lower.contains("cookie") && BESIDE_COOKIES.iter().any(|word| lower.contains(word)) {
        found.push("cookie");
    }
    let title = if found.is_empty() { String::new() } else { title.to_lowercase() };
    found.into_iter().any(|phrase| {
        let named = |subject: &&&str| phrase.contains(**subject) || lower.contains(**subject);
        let matter = SUBJECTS.iter().filter(named).any(|subject| title.contains(subject));
        let of_all = phrase.contains("cookie") || phrase.contains("blocker");
        !matter && (!of_all || addresses(paragraph))
    })
}

/// Whether the title names what notices are about: then it has to be known before a line is taken for one.
pub fn names_subject(title: &str) -> bool {
    let lower = title.to_lowercase();
    SUBJECTS.iter().any(|subject| lower.contains(subject))
}

/// Whether a paragraph asks the reader to pay for, to try or to support the house that writes: a word to him, one for what the
/// house makes, and two for what he is to do. Only what stands behind an article is asked: one of subscriptions says as much.
pub fn is_appeal(paragraph: &str) -> bool {
    const MADE: &[&str] = &[
        "journalis",
        "zeitung",
        "magazin",
        "leserinnen",
        "leser",
        "redaktion",
        "berichterstattung",
        "e-paper",
        "bildschirm",
        "podcast",
    ];
    const ASKED: &[&str] = &[
        "testen sie",
        "teste ",
        "kostenlos",
        "abonn",
        "abo ",
        "unterstütze",
        "jetzt unterstützen",
        "machen sie mit",
        "mach mit",
        "spende",
        "mitglied werden",
        "angebot endet",
        "abbestell",
        "deaktivieren",
        "push-",
        "probeabo",
        "beitrag leisten",
        "finanzier",
    ];
    const LONGEST: usize = 1500;
    if paragraph.len() > LONGEST {
        return false;
    }
    let lower = lower(paragraph);
    let asked = ASKED.iter().filter(|word| lower.contains(*word)).count();
    asked >= 2 && MADE.iter().any(|word| lower.contains(word)) && addresses(paragraph)
}

/// What a page says of its rights; an article may be about such a licence.
fn is_of_rights(lower: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    has(&["creative commons", "creative-commons"])
        && has(&["lizen", "licen", "cc by", "cc-by", "4.0", "3.0"])
        && has(&[
            "unter der",
            "unter einer",
            "unter cc",
            "unter creative",
            "lizenziert",
            "licensed",
            "dies",
            "sofern nicht",
            "soweit nicht",
        ])
}

/// Whether a line asks the reader to let scripts run.
pub fn asks_for_script(line: &str) -> bool {
    let lower = lower(line);
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    lower.contains("javascript")
        && (has(&["enable", "required", "requires", "without javascript", "benötigt", "erforderlich"])
            || has(&["deaktiviert", "aktivieren", "aktiviere ", "einschalten", "browser"]) && addresses(line))
}

/// Whether a line speaks for the house that it stands in, or to the reader.
pub fn addresses(line: &str) -> bool {
    const HOUSE: &[&str] = &[
        "wir", "uns", "unser", "unsere", "unserer", "unseren", "unserem", "du", "dir", "dich", "dein", "deine",
        "deiner", "deinen", "deinem", "euch", "euer", "eure", "bitte",
    ];
    /// Capitals tell these from `ihr` and `sie`, which are others, except where a sentence begins.
    const READER: &[&str] = &["Sie", "Ihnen", "Ihr", "Ihre", "Ihrem", "Ihren", "Ihrer"];
    const ITSELF: &[&str] = &[
        "diese website",
        "diese webseite",
        "diese seite",
        "diese internetseite",
        "dieser website",
        "dieser webseite",
        "dieser seite",
        "dieser internetseite",
        "internetauftritt",
        "akzeptieren",
    ];
    let lower = line.to_lowercase();
    if ITSELF.iter().any(|words| lower.contains(words)) {
        return true;
    }
    let mut begins = true;
    line.split_whitespace().any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let found = HOUSE.contains(&bare.to_lowercase().as_str()) || !begins && READER.contains(&bare);
        begins = word.ends_with(['.', '!', '?', ':', '“', '"']);
        found
    })
}
