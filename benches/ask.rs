//! Asking an archive, beside SQLite's FTS5 in the same run: a word, a phrase, three words with dates, the newest; from start to exit;
//! the size of the index; the commit of a hundred new articles.
//!
//! `cargo bench --bench ask`; `ARTICLES=1000000` for another number than 20,000 (a million takes some twenty minutes to keep and
//! to take in), `ASK_DIR=…` to keep what was made and use it again: the archive and FTS5's table as they are, the index as well unless
//! its folder was removed, then it alone is made again. Articles are generated: words by Zipf's law, half of them function words,
//! a tenth compounds, some names that stand nowhere else.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use depesche::archive::{self, Archive, Found, Page, Sort};
use depesche::ask;
use depesche::date::{Context, LocalTime, Precision, ZoneOrigin};
use depesche::identify::{self, Place};
use depesche::model::{Article, Origin, Stamp};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
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

/// The median of so many times, and the least one: on a busy machine it says more.
fn measured(times: usize, mut job: impl FnMut()) -> (Duration, Duration) {
    job();
    let times: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            job();
            begun.elapsed()
        })
        .collect();
    (median(times.clone()), times.into_iter().min().unwrap())
}

/// A line of the table: what was measured, the median and the least of each in milliseconds.
fn show(name: &str, measured: &[(Duration, Duration)]) {
    let ms = |time: &Duration| time.as_secs_f64() * 1e3;
    let figures = measured.iter().map(|(median, least)| format!("{:>10.2} {:>8.2}", ms(median), ms(least)));
    println!("{name:<46}{}", figures.collect::<String>());
}

/// Bytes of the files of an index, by what they hold.
fn sizes(dir: &Path) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let kind = entry.path().extension().map_or("others".into(), |kind| kind.to_string_lossy().into_owned());
        *sizes.entry(kind).or_default() += entry.metadata().unwrap().len();
    }
    sizes
}

/// The most memory that this process has had from the system so far, in MB; files that are mapped count where they were read.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    most.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Keeps so many articles, in both. Gives the bytes of their titles and texts.
fn fill(
    archive: &mut Archive,
    sql: &Connection,
    articles: usize,
    dice: &mut Dice,
    words: &Words,
    now: DateTime<Utc>,
) -> u64 {
    sql.execute_batch(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
         CREATE VIRTUAL TABLE fts USING fts5(title, body, published UNINDEXED, content='', tokenize='unicode61 remove_diacritics 2'); BEGIN",
    )
    .unwrap();
    let mut insert = sql.prepare("INSERT INTO fts(rowid, title, body, published) VALUES (?, ?, ?, ?)").unwrap();
    let (mut text, mut kept, mut sqlites) = (0u64, Duration::ZERO, Duration::ZERO);
    for n in 0..articles {
        let article = words.article(n, dice, now);
        text += (article.title.len() + article.text.len()) as u64;
        let published = article.published.as_ref().unwrap().at.timestamp();
        let begun = Instant::now();
        insert.execute(params![n as i64, article.title, article.text, published]).unwrap();
        sqlites += begun.elapsed();
        let begun = Instant::now();
        keep(archive, article, now);
        kept += begun.elapsed();
    }
    let begun = Instant::now();
    sql.execute_batch("COMMIT").unwrap();
    sqlites += begun.elapsed();
    archive.commit(now).unwrap();
    println!("{articles} articles, {} MB of text", text / 1_000_000);
    println!(
        "  kept in {} s, by FTS5 in {} s, with {} MB of memory at most",
        kept.as_secs(),
        sqlites.as_secs(),
        most_memory()
    );
    text
}

fn main() {
    let articles: usize = std::env::var("ARTICLES").ok().and_then(|number| number.parse().ok()).unwrap_or(20_000);
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let root = std::env::var_os("ASK_DIR").map_or(temporary.path().to_owned(), PathBuf::from);
    let (dir, sqlite) = (root.join("archive"), root.join("fts.sqlite"));
    let words = Words::new();
    let mut dice = Dice(7);
    fs::create_dir_all(&root).unwrap();
    // How many bytes of text there are, once all is kept.
    let filled = root.join("filled");
    let sql = Connection::open(&sqlite).unwrap();
    let (mut archive, _) = Archive::open(&dir, Duration::ZERO, now).unwrap();
    if !filled.exists() {
        let text = fill(&mut archive, &sql, articles, &mut dice, &words, now);
        fs::write(&filled, text.to_string()).unwrap();
    }
    if !dir.join("index").exists() {
        let begun = Instant::now();
        archive.index().unwrap();
        println!("indexed in {:.1} s, with {} MB of memory at most", begun.elapsed().as_secs_f64(), most_memory());
        let text: u64 = fs::read_to_string(&filled).unwrap().parse().unwrap();
        let share = |bytes: u64| bytes as f64 / text as f64;
        let kinds = sizes(&dir.join("index"));
        let whole = share(kinds.values().sum());
        println!("  index {whole:.3} of the text, FTS5 {:.3}", share(fs::metadata(&sqlite).unwrap().len()));
        for (kind, bytes) in kinds {
            println!("    {kind:<10} {:.3}", share(bytes));
        }
    }
    let known = usize::try_from(archive::ask(&dir, now, |index| Ok(index.articles())).unwrap().0).unwrap();
    dice.0 += known as u64;
    let commits: Vec<Duration> = (0..9)
        .map(|round| {
            for n in 0..100 {
                keep(&mut archive, words.article(known + 1_000_000 + round * 100 + n, &mut dice, now), now);
            }
            archive.commit(now).unwrap();
            let begun = Instant::now();
            archive.index().unwrap();
            begun.elapsed()
        })
        .collect();
    println!(
        "  a commit of 100 new articles {:?} (from {:?} to {:?})",
        median(commits.clone()),
        commits.iter().min().unwrap(),
        commits.iter().max().unwrap()
    );
    println!("  with nothing new {:?}", measured(20, || drop(archive.index().unwrap())).0);
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
        let of = format!("of {} articles, in ms", index.articles());
        println!("{of:<46}{:>10} {:>8}{:>10} {:>8}", "depesche", "least", "FTS5", "least");
        for (name, query, fts) in queries {
            let query = ask::parse(query, &context).unwrap();
            let own = measured(21, || assert!(index.search(&query, Sort::Best, page).unwrap().len() <= 20));
            let other = measured(5, || assert!(ask_fts(fts) <= 20));
            show(name, &[own, other]);
        }
        let newest = Page { offset: 0, limit: Some(50) };
        for (name, query) in [
            ("the newest 50", ""),
            ("the newest 50 with a word", "Haushalt"),
            ("the newest 50 of a site", "site:blatt7.example"),
        ] {
            let query = ask::parse(query, &context).unwrap();
            let own = measured(21, || assert_eq!(index.search(&query, Sort::Newest, newest).unwrap().len(), 50));
            show(name, &[own]);
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
        show(&format!("from start to exit: {}", arguments.join(" ")), &[own]);
    }
}
