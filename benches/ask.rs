//! Asking an archive, beside SQLite's FTS5 in the same run: a word, a phrase, three words with dates, the newest; from start to exit;
//! the size of the index; the commit of a hundred new articles.
//!
//! `cargo bench --bench ask`; `ARTICLES=1000000` for another number than 20,000 (a million takes some twenty minutes to keep and
//! to take in), `ASK_DIR=…` to keep what was made and use it again. Articles are generated: words by Zipf's law, half of them function words,
//! a tenth compounds, some names that stand nowhere else.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use depesche::archive::{self, Archive, Found, Page, Sort};
use depesche::ask;
use depesche::date::{Context, LocalTime, Precision, ZoneOrigin};
use depesche::identify::{self, Place};
use depesche::model::{Article, Origin, Stamp};
use rusqlite::{Connection, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SMALL: &str = "der die das und in zu den mit von für auf ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird \
                     bei einer um am sind noch wie einem über so zum haben nur oder aber vor zur bis mehr durch man sein wurde";
const FIRST: &str = "Haushalt Klima Bund Stadt Land Schul Bau Verkehr Kultur Sport Energie Wasser Arbeit Kinder Familie Finanz Steuer Gesund \
                     Umwelt Verbraucher Wirtschaft Handel Industrie Straßen Bahn Hafen Flug Wald Garten Tier Markt Wahl Kreis Gemeinde Bürger \
                     Kirche Museum Theater Musik Film Fußball Winter Sommer Sonne Wind Strom Wärme Wohn Miet Pflege Kranken Jugend Frauen Recht";
const LAST: &str = "gesetz amt rat plan schutz verein verband haus platz bericht projekt preis markt fest woche zentrum leiter meister \
                    ordnung planung förderung versorgung beratung prüfung verwaltung sitzung wahl steuer abgabe kasse bank halle schule \
                    straße brücke bahn linie anlage werk netz station stelle gruppe partei kammer gericht urteil verfahren antrag";

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64) / (1u64 << 53) as f64
    }

    /// By Zipf's law: the first is the most common.
    fn zipf(&mut self, count: usize) -> usize {
        (((count as f64 + 1.0).powf(self.next()) - 1.0) as usize).min(count - 1)
    }
}

struct Words {
    small: Vec<&'static str>,
    content: Vec<String>,
    compounds: Vec<String>,
}

impl Words {
    fn new() -> Words {
        let first: Vec<&str> = FIRST.split_whitespace().collect();
        let last: Vec<&str> = LAST.split_whitespace().collect();
        let capital = |word: &str| {
            let mut chars = word.chars();
            chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
        };
        let mut content: Vec<String> = first.iter().chain(&last).map(|word| capital(word)).collect();
        // Words of a language beyond those: syllables in every order.
        let syllables =
            ["ga", "ren", "to", "mil", "sa", "ker", "lo", "ban", "fe", "tur", "di", "schal", "wen", "pro", "gi", "mor"];
        for a in syllables {
            for b in syllables {
                for c in syllables {
                    content.push(capital(&format!("{a}{b}{c}")));
                }
            }
        }
        let mut compounds: Vec<String> = Vec::new();
        for tail in &last {
            for head in &first {
                compounds.push(format!("{head}{}{tail}", if head.len() % 3 == 0 { "s" } else { "" }));
            }
        }
        Words { small: SMALL.split_whitespace().collect(), content, compounds }
    }

    fn article(&self, n: usize, dice: &mut Dice, now: DateTime<Utc>) -> Article {
        let mut words = |count: usize| -> String {
            let mut text = String::new();
            for at in 0..count {
                if at > 0 {
                    text.push_str(if at % 15 == 0 { ". " } else { " " });
                }
                match dice.next() {
                    x if x < 0.45 => text.push_str(self.small[dice.zipf(self.small.len())]),
                    x if x < 0.87 => text.push_str(&self.content[dice.zipf(self.content.len())]),
                    x if x < 0.985 => text.push_str(&self.compounds[dice.zipf(self.compounds.len())]),
                    _ => text.push_str(&format!("N{:x}ski", (dice.next() * 2e6) as u64)),
                }
            }
            text
        };
        let (title, text) = (words(8), words(260));
        let at = now - TimeDelta::seconds((dice.next() * 3.0 * 365.0 * 86_400.0) as i64);
        let stamp = Stamp {
            at: at.fixed_offset(),
            precision: Precision::Second,
            zone: ZoneOrigin::Stated,
            local: LocalTime::Plain,
            origin: Origin::Feed,
            words: String::new(),
            relative: false,
        };
        Article {
            title: format!("{title} {n}"),
            authors: vec![format!("{} {}", self.content[n % 700], self.content[n % 911])],
            published: Some(stamp),
            updated: None,
            link: Some(format!("https://blatt{}.example/lokales/artikel-{n}", n % 100)),
            guid: None,
            summary: String::new(),
            html: String::new(),
            text,
            language: Some("de".into()),
            tags: vec![self.content[n % 40].clone()],
            enclosures: Vec::new(),
            aliases: Vec::new(),
            teaser: false,
        }
    }
}

fn keep(archive: &mut Archive, article: Article, now: DateTime<Utc>) {
    let scope = "blatt.example";
    let place = Place { scope, document: "https://blatt.example/feed", single: false, address: None };
    let keys = identify::keys(&article, &place);
    let look = identify::Look::at(&article, "blatt", false, now);
    let verdict = identify::verdict(&article, &keys, &[], &look);
    let found = Found { feed: "blatt", place: "blatt/https://blatt.example/feed", scope, seen: now, reader: 1 };
    archive.keep_new(verdict.id(), article, &look, &keys, verdict.reason(), &found).unwrap();
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn measured(times: usize, mut job: impl FnMut()) -> Duration {
    job();
    median(
        (0..times)
            .map(|_| {
                let begun = Instant::now();
                job();
                begun.elapsed()
            })
            .collect(),
    )
}

fn size(dir: &Path) -> u64 {
    fs::read_dir(dir).unwrap().flatten().map(|entry| entry.metadata().unwrap().len()).sum()
}

fn main() {
    let articles: usize = std::env::var("ARTICLES").ok().and_then(|number| number.parse().ok()).unwrap_or(20_000);
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let root = std::env::var_os("ASK_DIR").map_or(temporary.path().to_owned(), PathBuf::from);
    let (dir, sqlite) = (root.join("archive"), root.join("fts.sqlite"));
    let words = Words::new();
    let mut dice = Dice(7);
    let made = dir.join("index").join("meta.json").exists() && sqlite.exists();
    fs::create_dir_all(&root).unwrap();
    let sql = Connection::open(&sqlite).unwrap();
    let (mut archive, _) = Archive::open(&dir, Duration::ZERO, now).unwrap();
    if !made {
        sql.execute_batch(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
             CREATE VIRTUAL TABLE fts USING fts5(title, body, published UNINDEXED, content='', tokenize='unicode61 remove_diacritics 2'); BEGIN",
        )
        .unwrap();
        let mut insert = sql.prepare("INSERT INTO fts(rowid, title, body, published) VALUES (?, ?, ?, ?)").unwrap();
        let (mut text, mut kept, mut sqlites) = (0u64, Duration::ZERO, Duration::ZERO);
        for n in 0..articles {
            let article = words.article(n, &mut dice, now);
            text += (article.title.len() + article.text.len()) as u64;
            let begun = Instant::now();
            insert
                .execute(params![
                    n as i64,
                    article.title,
                    article.text,
                    article.published.as_ref().unwrap().at.timestamp()
                ])
                .unwrap();
            sqlites += begun.elapsed();
            let begun = Instant::now();
            keep(&mut archive, article, now);
            kept += begun.elapsed();
        }
        let begun = Instant::now();
        sql.execute_batch("COMMIT").unwrap();
        sqlites += begun.elapsed();
        archive.commit(now).unwrap();
        let begun = Instant::now();
        archive.index().unwrap();
        let built = begun.elapsed();
        println!("{articles} articles, {} MB of text", text / 1_000_000);
        println!(
            "  kept in {} s, indexed in {} s, by FTS5 in {} s",
            kept.as_secs(),
            built.as_secs(),
            sqlites.as_secs()
        );
        let (index, fts) = (size(&dir.join("index")), fs::metadata(&sqlite).unwrap().len());
        println!("  index {:.2} of the text, FTS5 {:.2}", index as f64 / text as f64, fts as f64 / text as f64);
    }
    let commits: Vec<Duration> = (0..9)
        .map(|round| {
            for n in 0..100 {
                keep(&mut archive, words.article(articles + 1_000_000 + round * 100 + n, &mut dice, now), now);
            }
            archive.commit(now).unwrap();
            let begun = Instant::now();
            archive.index().unwrap();
            begun.elapsed()
        })
        .collect();
    println!(
        "  a commit of 100 new articles {:?} (at most {:?})",
        median(commits.clone()),
        commits.iter().max().unwrap()
    );
    println!("  with nothing new {:?}", measured(20, || drop(archive.index().unwrap())));
    drop(archive);

    let page = Page { offset: 0, limit: Some(20) };
    let ask_fts = |query: &str| {
        let mut asked = sql.prepare("SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rank LIMIT 20").unwrap();
        asked.query_map([query], |row| row.get::<_, i64>(0)).unwrap().count()
    };
    let queries = [
        ("a common word", "Haushalt", "haushalt*"),
        ("a word that is part of many", "Gesetz", "gesetz*"),
        ("a middling word", "Gatomil", "gatomil"),
        ("a rare word", "Klimaschutz", "klimaschutz"),
        ("a function word", "der", "der"),
        ("a phrase", "\"Haushalt Klima\"", "\"haushalt klima\""),
        ("a phrase with a rarer word", "\"Gatomil Haushalt\"", "\"gatomil haushalt\""),
        ("a phrase with function words", "\"der Haushalt\"", "\"der haushalt\""),
        ("three words", "Haushalt Klima Stadt", "haushalt klima stadt"),
        ("three words with dates", "Haushalt Klima Stadt seit:2023-06 bis:2024-03", "haushalt klima stadt"),
        ("a beginning", "haushalts*", "haushalts*"),
        ("one without another", "Haushalt -Klima", "haushalt NOT klima"),
    ];
    let context = Context { now, zone: Berlin };
    archive::ask(&dir, now, |index| {
        println!("{:<32} {:>10} {:>10}", format!("of {} articles, in ms", index.articles()), "depesche", "FTS5");
        for (name, query, fts) in queries {
            let query = ask::parse(query, &context).unwrap();
            let own = measured(21, || assert!(index.search(&query, Sort::Best, page).unwrap().len() <= 20));
            let other = measured(5, || assert!(ask_fts(fts) <= 20));
            println!("{name:<32} {:>10.2} {:>10.2}", own.as_secs_f64() * 1e3, other.as_secs_f64() * 1e3);
        }
        let newest = Page { offset: 0, limit: Some(50) };
        for (name, query) in [
            ("the newest 50", ""),
            ("the newest 50 with a word", "Haushalt"),
            ("the newest 50 of a site", "site:blatt7.example"),
        ] {
            let query = ask::parse(query, &context).unwrap();
            let own = measured(21, || assert_eq!(index.search(&query, Sort::Newest, newest).unwrap().len(), 50));
            println!("{name:<32} {:>10.2}", own.as_secs_f64() * 1e3);
        }
        Ok(())
    })
    .unwrap();
    for arguments in
        [["search", "Haushalt"], ["search", "\"Haushalt Klima\""], ["list", "--limit=50"], ["stats", "--by=month"]]
    {
        let own = measured(15, || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_depesche"));
            let ran = command.arg("--root").arg(&root).args(arguments).stdout(Stdio::null()).status().unwrap();
            assert!(ran.success());
        });
        println!("{:<32} {:>10.2}", format!("from start to exit: {}", arguments.join(" ")), own.as_secs_f64() * 1e3);
    }
}
