//! Labelled pairs: what one look shows, and what a later one or another feed shows. Which of them are one article is known from
//! how they are made; what the program decides is taken from `update --dry-run --json`.

use crate::support::House;
use serde_json::Value;
use std::fmt::Write as _;

/// Pairs of a kind.
const EACH: usize = 64;

/// Numbers that look like chance and are the same on every machine (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }

    fn sentence(&mut self) -> String {
        let who = [
            "Die Bürgermeisterin",
            "Der Stadtrat",
            "Ein Sprecher der Polizei",
            "Der Verein",
            "Die Leiterin der Schule",
            "Das Landratsamt",
            "Der Förster",
            "Eine Anwohnerin",
        ];
        let does = [
            "kündigte an",
            "bestätigte am Abend",
            "widersprach der Darstellung",
            "lobte in der Sitzung",
            "forderte erneut",
            "verschob überraschend",
            "prüft seit Wochen",
            "bedauerte sehr",
        ];
        let what = [
            "den Umbau der Halle",
            "die Sperrung der Brücke",
            "das neue Konzept für den Busverkehr",
            "den Haushalt des kommenden Jahres",
            "die Pläne am Güterbahnhof",
            "den Verkauf der alten Mühle",
            "die Pflanzung von Bäumen",
            "das Fest am Fluss",
        ];
        let how = [
            "ohne weitere Einzelheiten zu nennen",
            "trotz der Kritik aus der Nachbarschaft",
            "nach langer Beratung hinter verschlossenen Türen",
            "mit Blick auf die steigenden Kosten",
            "vor rund hundert Zuhörern im Saal",
            "wie zuvor schon im Frühjahr",
        ];
        let number = self.roll(900) + 100;
        format!(
            "{} {} {}, {}; die Rede ist von {number} Fällen.",
            self.of(&who),
            self.of(&does),
            self.of(&what),
            self.of(&how)
        )
    }

    fn text(&mut self, sentences: usize) -> String {
        (0..sentences).map(|_| self.sentence()).collect::<Vec<_>>().join(" ")
    }

    fn title(&mut self, n: usize) -> String {
        let what = ["Halle", "Brücke", "Busverkehr", "Haushalt", "Güterbahnhof", "Mühle", "Allee", "Flussfest"];
        let how = [
            "bleibt umstritten",
            "wird teurer als gedacht",
            "kommt später",
            "findet Freunde",
            "steht vor dem Aus",
            "geht voran",
        ];
        format!("{} {} ({n})", self.of(&what), self.of(&how))
    }
}

/// An entry of a feed; what is empty is left out.
#[derive(Clone, Default)]
struct Entry {
    title: String,
    link: String,
    guid: String,
    /// Day of August 2024 and minute of the day.
    date: Option<(usize, usize)>,
    text: String,
    file: String,
}

impl Entry {
    fn new(dice: &mut Dice, n: usize) -> Entry {
        let slug = ["halle", "bruecke", "bus", "haushalt", "bahnhof"][dice.roll(5)];
        Entry {
            title: dice.title(n),
            link: format!("http://www.blatt.example/lokales/{slug}-bleibt-ein-thema-{n}/"),
            guid: format!("blatt-{n}"),
            date: Some((n % 27 + 1, 300 + n)),
            text: dice.text(6),
            file: String::new(),
        }
    }

    fn link(mut self, link: impl Into<String>) -> Entry {
        self.link = link.into();
        self
    }

    fn guid(mut self, guid: impl Into<String>) -> Entry {
        self.guid = guid.into();
        self
    }
}

fn feed(entries: &[Entry]) -> String {
    let mut xml = String::from("<rss version=\"2.0\"><channel><title>Blatt</title>");
    for entry in entries {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        xml += "<item>";
        for (tag, text) in [("title", &entry.title), ("link", &entry.link), ("description", &entry.text)] {
            if !text.is_empty() {
                let _ = write!(xml, "<{tag}>{}</{tag}>", escaped(text));
            }
        }
        if !entry.guid.is_empty() {
            let _ = write!(xml, "<guid isPermaLink=\"false\">{}</guid>", escaped(&entry.guid));
        }
        if let Some((day, minute)) = entry.date {
            let _ = write!(xml, "<pubDate>{day:02} Aug 2024 {:02}:{:02}:00 +0200</pubDate>", minute / 60, minute % 60);
        }
        if !entry.file.is_empty() {
            let _ = write!(xml, "<enclosure url=\"{}\" type=\"audio/mpeg\" length=\"1\"/>", entry.file);
        }
        xml += "</item>";
    }
    xml + "</channel></rss>"
}

/// How the second half of a pair comes about.
type Change = fn(&Entry, &mut Dice, usize) -> Entry;

/// A kind of pairs: its name, whether the second is the same article, whether another feed shows it, how the first is made out of a
/// plain entry, and how the second out of the first.
struct Kind(&'static str, bool, bool, Change, Change);

fn plain(entry: &Entry, _: &mut Dice, _: usize) -> Entry {
    entry.clone()
}

fn kinds() -> Vec<Kind> {
    let same = |name, second: Change| Kind(name, true, false, plain, second);
    vec![
        same("another guid", |e, _, n| e.clone().guid(format!("neu-{n}"))),
        Kind(
            "tracking in link and guid",
            true,
            false,
            |e, _, _| e.clone().guid(&e.link),
            |e, _, _| {
                let link = format!("{}?utm_source=rss&utm_medium=feed", e.link);
                e.clone().guid(&link).link(link)
            },
        ),
        Kind(
            "from http to https",
            true,
            false,
            |e, _, _| e.clone().guid(&e.link),
            |e, _, _| {
                let link = e.link.replace("http:", "https:");
                e.clone().guid(&link).link(link)
            },
        ),
        Kind(
            "without its trailing slash",
            true,
            false,
            |e, _, _| e.clone().guid(&e.link),
            |e, _, _| {
                let link = e.link.trim_end_matches('/').to_owned();
                e.clone().guid(&link).link(link)
            },
        ),
        Kind(
            "without www",
            true,
            false,
            |e, _, _| e.clone().guid(&e.link),
            |e, _, _| {
                let link = e.link.replace("www.", "");
                e.clone().guid(&link).link(link)
            },
        ),
        same("for telephones", |e, _, n| e.clone().guid(format!("m{n}")).link(e.link.replace("www.", "m."))),
        same("as AMP", |e, _, n| e.clone().guid(format!("amp{n}")).link(format!("{}amp/", e.link))),
        same("with a session", |e, _, n| {
            e.clone().guid("").link(format!("{};jsessionid={:032X}", e.link.trim_end_matches('/'), n * 7919 + 1))
        }),
        same("as index document", |e, _, _| e.clone().guid("").link(format!("{}index.html", e.link))),
        same("moved to another section", |e, _, n| {
            e.clone().guid(format!("neu-{n}")).link(e.link.replace("/lokales/", "/archiv/2024/"))
        }),
        same("moved to another host", |e, _, n| {
            e.clone().guid(format!("neu-{n}")).link(format!("https://neu.example/?p={n}"))
        }),
        same("moved, guid kept", |e, _, n| e.clone().link(format!("https://neu.example/artikel/{n}"))),
        same("headline edited", |e, d, n| Entry { title: d.title(n), ..e.clone() }),
        same("headline and guid edited", |e, d, n| Entry { title: d.title(n), ..e.clone().guid(format!("neu-{n}")) }),
        same("text extended", |e, d, _| Entry { text: format!("{} {}", e.text, d.text(4)), ..e.clone() }),
        same("text corrected", |e, _, _| Entry {
            text: e.text.replacen("Stadtrat", "Gemeinderat", 1).replacen("Fällen", "Dingen", 1),
            ..e.clone()
        }),
        same("date edited", |e, _, _| Entry { date: e.date.map(|(day, minute)| (day, minute + 45)), ..e.clone() }),
        same("a running report", |e, d, n| Entry {
            title: format!("Liveblog: {}", d.title(n)),
            text: format!("{} {}", d.text(5), e.text),
            ..e.clone()
        }),
        Kind(
            "without a link, edited",
            true,
            false,
            |e, _, _| e.clone().link(""),
            |e, d, _| Entry { text: format!("{} {}", e.text, d.text(1)), ..e.clone() },
        ),
        Kind(
            "without link and guid",
            true,
            false,
            |e, _, _| e.clone().link("").guid(""),
            |e, d, _| Entry { text: format!("{} {}", e.text, d.text(1)), ..e.clone() },
        ),
        Kind(
            "teaser here, full text there",
            true,
            true,
            |e, _, _| Entry { text: e.text.split("; ").next().unwrap().to_owned() + ".", ..e.clone() },
            |e, d, n| Entry { text: format!("{} {}", e.text, d.text(6)), ..e.clone().guid(format!("anderswo-{n}")) },
        ),
        Kind("the same in two feeds of a paper", true, true, plain, |e, _, n| {
            e.clone().guid(format!("{n} at blatt")).link(format!("{}#ref=rss", e.link))
        }),
        Kind("an agency's report under another headline", true, true, agency, |e, d, n| Entry {
            title: d.title(n),
            ..bote(e, n)
        }),
        Kind("an agency's report with another lead", true, true, agency, |e, d, n| Entry {
            title: d.title(n),
            text: format!("{} {}", d.sentence(), e.text.split_once(". ").unwrap().1),
            ..bote(e, n)
        }),
        Kind("an agency's report, shortened from its end", true, true, agency, |e, _, n| Entry {
            text: e.text.split_inclusive(". ").take(7).collect(),
            ..bote(e, n)
        }),
        Kind("an agency's report in the style of a house", true, true, agency, |e, d, n| Entry {
            title: d.title(n),
            text: house_style(&e.text),
            ..bote(e, n)
        }),
        Kind("an agency's report with a local paragraph, a day later", true, true, agency, |e, d, n| Entry {
            text: format!("Musterstadt. {} {}", e.text, d.text(2)),
            date: e.date.map(|(day, minute)| (day + 1, minute)),
            ..bote(e, n)
        }),
        Kind("an agency's report, word for word", true, true, agency, |e, _, n| bote(e, n)),
        // And what is no article that was there before.
        Kind("results that are told by a pattern", false, true, pattern, |e, d, n| Entry {
            title: e.title.clone(),
            ..bote(&pattern(e, d, n + 500), n)
        }),
        Kind(
            "the weather of two papers",
            false,
            true,
            |e, d, n| Entry { text: weather(d, n).repeat(2), ..e.clone() },
            |e, d, n| Entry { text: weather(d, n + 500).repeat(2), ..bote(e, n) },
        ),
        Kind("the next report on the same matter, with its background", false, true, agency, |e, d, n| Entry {
            title: d.title(n),
            text: format!("{} {}", d.text(7), e.text.split_inclusive(". ").skip(8).collect::<String>()),
            date: e.date.map(|(day, minute)| (day + 1, minute)),
            ..bote(e, n)
        }),
        Kind(
            "the same report a month later",
            false,
            true,
            |e, d, n| Entry { date: Some((1, n)), ..agency(e, d, n) },
            |e, _, n| Entry { date: Some((28, n)), title: format!("Rückblick {n}"), ..bote(e, n) },
        ),
        Kind(
            "the weather",
            false,
            false,
            |e, d, n| Entry {
                title: "Das Wetter für die Region".into(),
                text: weather(d, n),
                ..e.clone().link(format!("http://blatt.example/wetter/{n}"))
            },
            |e, d, n| Entry {
                text: weather(d, n + 500),
                date: e.date.map(|(day, minute)| (day + 1, minute)),
                ..e.clone().guid(format!("w2-{n}")).link(format!("http://blatt.example/wetter/b{n}"))
            },
        ),
        Kind(
            "the stock exchange",
            false,
            false,
            |e, _, n| Entry { title: "Dax schließt im Plus".into(), text: stocks(n), ..e.clone() },
            |e, _, n| Entry {
                text: stocks(n + 500),
                date: e.date.map(|(day, minute)| (day + 1, minute)),
                ..e.clone().guid(format!("s2-{n}")).link(format!("http://blatt.example/boerse/{n}"))
            },
        ),
        Kind(
            "the same headline every week",
            false,
            false,
            |e, _, _| Entry { title: "Die Woche im Rathaus".into(), ..e.clone() },
            |e, d, n| Entry {
                title: e.title.clone(),
                text: d.text(6),
                date: Some((28, n)),
                ..e.clone().guid(format!("w-{n}")).link(format!("http://blatt.example/woche/{n}"))
            },
        ),
        Kind(
            "episodes that link to their series",
            false,
            false,
            |e, _, n| Entry {
                title: format!("Folge {n}"),
                text: "Der Podcast aus dem Tal.".into(),
                file: format!("http://blatt.example/{n}.mp3"),
                ..e.clone().link("http://blatt.example/podcast/")
            },
            |e, _, n| Entry {
                title: format!("Folge {}", n + 1000),
                file: format!("http://blatt.example/x{n}.mp3"),
                ..e.clone().guid(format!("f-{}", n + 1000))
            },
        ),
        Kind(
            "one guid for all",
            false,
            false,
            |e, _, _| e.clone().guid("http://blatt.example/"),
            |_, d, n| Entry::new(d, n + 3000).guid("http://blatt.example/"),
        ),
        Kind(
            "the front page as link of all",
            false,
            false,
            |e, _, _| e.clone().link("http://blatt.example/"),
            |_, d, n| Entry::new(d, n + 3000).link("http://blatt.example/"),
        ),
        Kind(
            "guids that differ in case only",
            false,
            false,
            |e, _, n| e.clone().guid(format!("aB{n}cD")),
            |_, d, n| Entry::new(d, n + 3000).guid(format!("Ab{n}Cd")),
        ),
        Kind(
            "addresses that differ in a number",
            false,
            false,
            |e, _, n| e.clone().guid("").link(format!("http://blatt.example/artikel.php?id={n}")),
            |_, d, n| {
                Entry::new(d, n + 3000).guid("").link(format!("http://blatt.example/artikel.php?id={}", n + 3000))
            },
        ),
        Kind(
            "notices with the same words",
            false,
            false,
            |e, _, _| Entry { text: "Mehr dazu in Kürze an dieser Stelle.".into(), ..e.clone() },
            |e, d, n| Entry { text: e.text.clone(), ..Entry::new(d, n + 3000) },
        ),
        Kind(
            "long boilerplate under other headlines",
            false,
            false,
            |e, _, _| Entry { text: BOILERPLATE.repeat(2), ..e.clone() },
            |_, d, n| Entry { text: BOILERPLATE.repeat(2), ..Entry::new(d, n + 3000) },
        ),
        Kind("another report of the same event", false, true, plain, |e, d, n| Entry {
            title: e.title.clone(),
            text: d.text(6),
            date: e.date,
            ..e.clone().guid(format!("b-{n}")).link(format!("https://bote.example/{n}"))
        }),
        Kind(
            "a part of a page each",
            false,
            false,
            |e, _, n| e.clone().guid("").link(format!("http://blatt.example/heute#t{n}")),
            |_, d, n| Entry::new(d, n + 3000).guid("").link(format!("http://blatt.example/heute#t{}", n + 3000)),
        ),
    ]
}

/// A report as an agency sends it: long, with its mark.
fn agency(entry: &Entry, dice: &mut Dice, _: usize) -> Entry {
    Entry {
        text: format!("Musterstadt (dma) – {}", dice.text(12)),
        date: Some((dice.roll(20) + 2, 600)),
        ..entry.clone()
    }
}

/// The same in another paper.
fn bote(entry: &Entry, n: usize) -> Entry {
    Entry { ..entry.clone().guid(format!("bote-{n}")).link(format!("https://www.bote.example/politik/{n}")) }
}

/// What an editor's rules make of a report: other words here and there, another spelling of the agency's mark.
fn house_style(text: &str) -> String {
    text.replace("Musterstadt (dma) – ", "")
        .replace("die Rede ist von", "es geht um")
        .replace("erneut", "wieder")
        .replace("sehr", "stark")
        .replace("Das Landratsamt", "Das Amt des Landkreises")
}

/// What a program writes of each town after an election.
fn pattern(entry: &Entry, dice: &mut Dice, n: usize) -> Entry {
    let town = ["Aahausen", "Bedorf", "Ceheim", "Dehstadt", "Ehberg", "Efftal", "Gehbach"][n % 7];
    let mut number = || dice.roll(9000) + 1000;
    let text = format!(
        "In {town} haben bei der Wahl {} Menschen ihre Stimme abgegeben, das sind {} mehr als beim letzten Mal. Die meisten Stimmen bekam \
        die Liste der freien Wähler mit {}, gefolgt von der Liste der Mitte mit {}. Im neuen Rat von {town} werden damit beide mit gleich \
        vielen Sitzen vertreten sein. Die Beteiligung lag über dem Schnitt des Landes. Das vorläufige Ergebnis muss der Wahlausschuss noch \
        bestätigen, der in der kommenden Woche öffentlich tagt; Einsprüche sind danach binnen zwei Wochen möglich.",
        number(),
        number(),
        number(),
        number()
    );
    Entry { title: format!("So hat {town} gewählt"), text, ..entry.clone() }
}

const BOILERPLATE: &str = "Dieser Beitrag steht nur Abonnenten zur Verfügung. Wer die Zeitung bezieht, kann ihn nach der Anmeldung lesen; wer sie noch nicht \
    bezieht, findet unter dem Punkt Angebote mehrere Möglichkeiten, darunter eine für vier Wochen ohne Kosten. Fragen beantwortet der Kundendienst. ";

fn weather(dice: &mut Dice, n: usize) -> String {
    let (low, high) = (dice.roll(10), dice.roll(15) + 12);
    format!(
        "Heute ist es teils heiter, teils wolkig, und am Nachmittag sind einzelne Schauer möglich. Die Temperaturen steigen auf {high} Grad, in der \
        Nacht gehen sie auf {low} Grad zurück. Der Wind weht mit {n} Kilometern in der Stunde aus westlichen Richtungen, in Böen auch frisch."
    )
}

fn stocks(n: usize) -> String {
    format!(
        "Der Leitindex gewann {},{:02} Prozent auf {} Punkte. Händler sprachen von einem ruhigen Geschäft vor dem Wochenende. Der Euro wurde zuletzt mit \
        1,{:04} Dollar gehandelt, am Rentenmarkt veränderte sich wenig, und Öl der Nordseesorte Brent verteuerte sich leicht.",
        n % 3,
        n % 100,
        18_000 + n,
        800 + n
    )
}

/// What `update` would decide: the id of each entry, in the order of the feed.
fn ids(house: &House, feed: &str) -> Vec<String> {
    let decided: Vec<Value> = house.run(&["update", "--all", "--dry-run", "--json", feed]).objects();
    decided.into_iter().filter_map(|line| line["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn pairs_are_told_apart_as_they_were_made() {
    let (mut right_joins, mut wrong_joins, mut missed, mut pairs) = (0, 0, 0, 0);
    let mut told = String::new();
    for (seed, Kind(name, same, elsewhere, first, second)) in kinds().into_iter().enumerate() {
        let mut dice = Dice(seed as u64 + 1);
        let before: Vec<Entry> = (0..EACH)
            .map(|n| {
                let entry = Entry::new(&mut dice, n);
                first(&entry, &mut dice, n)
            })
            .collect();
        let after: Vec<Entry> = before.iter().enumerate().map(|(n, entry)| second(entry, &mut dice, n)).collect();
        let source = "[[source]]\npath = \"feed.xml\"\n";
        let house = House::empty().feed("blatt", source).feed("bote", source);
        house.write("feeds/blatt/feed.xml", feed(&before));
        house.write("feeds/bote/feed.xml", feed(&after));
        let old = ids(&house, "blatt");
        house.run(&["update", "blatt"]);
        if !elsewhere {
            house.write("feeds/blatt/feed.xml", feed(&after));
        }
        let new = ids(&house, if elsewhere { "bote" } else { "blatt" });
        assert_eq!((old.len(), new.len()), (EACH, EACH), "{name}: every entry is decided about");
        pairs += EACH;
        let joined = (0..EACH).filter(|n| if same { old[*n] == new[*n] } else { old.contains(&new[*n]) }).count();
        // The same article under the id of another one is a wrong join as well.
        let crossed = (0..EACH).filter(|n| same && old[*n] != new[*n] && old.contains(&new[*n])).count();
        match same {
            true => (right_joins, missed) = (right_joins + joined, missed + EACH - joined),
            false => wrong_joins += joined,
        }
        wrong_joins += crossed;
        if joined != if same { EACH } else { 0 } {
            let _ =
                writeln!(told, "{name}: {joined} of {EACH} joined{}", if same { "" } else { ", and none should be" });
        }
    }
    let precision = right_joins as f64 / (right_joins + wrong_joins) as f64;
    let recall = right_joins as f64 / (right_joins + missed) as f64;
    println!("{pairs} pairs: precision {precision:.4}, recall {recall:.4}\n{told}");
    assert!(pairs >= 2000);
    assert!(precision >= 0.99 && recall >= 0.97, "precision {precision:.4}, recall {recall:.4}\n{told}");
}
