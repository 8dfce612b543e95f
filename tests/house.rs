//! The plan of the house, held to by a machine: which module may name which, and what has one owner.
//!
//! The sources are read as text. Comments and the contents of strings are no code and are taken out first.

use std::fs;
use std::path::Path;

/// The modules in the order of reading, each with its floor. Code may name modules of lower floors only.
const FLOORS: [(&str, u8); 17] = [
    ("error", 0),
    ("text", 0),
    ("date", 1),
    ("model", 1),
    ("words", 1),
    ("ask", 2),
    ("emit", 2),
    ("extract", 2),
    ("identify", 2),
    ("normalise", 2),
    ("archive", 3),
    ("config", 3),
    ("publish", 3),
    ("read", 3),
    ("pipeline", 4),
    ("cli", 5),
    ("main", 6),
];

/// Who may name a module of the same floor, and why.
const NEIGHBOURS: [(&str, &str, &str); 1] =
    [("model", "date", "a stamp carries the precision that the date room found")];

/// The highest floor that touches nothing of the world: values in, values or bytes out.
const PURE: u8 = 2;
const WORLD: [&str; 5] = ["std::fs", "std::net", "std::env", "std::thread", "std::process"];

/// What has one owner: words of code, and the files (or folders, with a slash at the end) that may hold them.
const OWNERS: [(&[&str], &[&str]); 8] = [
    (&["sled"], &["archive/catalogue/"]),
    (&["tantivy"], &["archive/index/"]),
    (&["clap"], &["cli/"]),
    (&["reqwest"], &["read/fetch/"]),
    (&["println!", "eprintln!", "print!", "eprint!", "stdout", "stderr"], &["cli/output.rs", "cli/progress.rs"]),
    (&["Utc::now", "SystemTime::now", "Instant::now"], &["cli/mod.rs"]),
    // The time zone of the machine is nobody's.
    (&["Local::now", "Local"], &[]),
    (&["unsafe", "todo!", "unimplemented!", "dbg!", "process::exit"], &[]),
];

/// The progress display draws on standard error if that is a terminal, and may do no more with it.
const PROGRESS: (&str, [&str; 2]) =
    ("cli/progress.rs", ["std::io::stderr().is_terminal()", "ProgressDrawTarget::stderr()"]);

/// A file below `src`, with slashes in its path.
struct Source {
    path: String,
    text: String,
}

#[test]
fn the_house_stands_as_it_is_planned() {
    let sources = sources();
    assert!(sources.len() > 20, "only {} sources were found", sources.len());
    assert_eq!(complaints(&sources), Vec::<String>::new());
}

#[test]
fn the_library_lists_its_modules_in_the_order_of_the_table() {
    let library = sources().into_iter().find(|source| source.path == "lib.rs").expect("src/lib.rs");
    let code = code(&library.text);
    let listed: Vec<&str> =
        code.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let table: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).filter(|name| *name != "main").collect();
    assert_eq!(listed, table);
    assert!(!code.lines().any(|line| line.trim().starts_with("mod ")), "a module that is not public");
}

#[test]
fn every_rule_of_the_house_can_be_broken() {
    let broken = [
        ("error.rs", "use crate::text::fold;", "error.rs names `text` of its own or a higher floor"),
        (
            "extract/page/tree.rs",
            "fn a() { crate::normalise::article() }",
            "extract/page/tree.rs names `normalise` of its own or a higher floor",
        ),
        ("date/lex.rs", "use crate::model::Stamp;", "date/lex.rs names `model` of its own or a higher floor"),
        (
            "read/mod.rs",
            "use crate::{error::{Error, Result}, archive};",
            "read/mod.rs names `archive` of its own or a higher floor",
        ),
        ("text/html.rs", "use super::super::pipeline;", "text/html.rs names `pipeline` of its own or a higher floor"),
        ("publish/mod.rs", "use super::read::Place;", "publish/mod.rs names `read` of its own or a higher floor"),
        ("cli/mod.rs", "use depesche::main;", "cli/mod.rs names `main` of its own or a higher floor"),
        ("cli/x.rs", "use crate::new_room::X;", "cli/x.rs names `new_room`, which is not in the table"),
        ("attic/mod.rs", "", "attic/mod.rs belongs to no module of the table"),
        ("archive/mod.rs", "use sled::Db;", "archive/mod.rs holds `sled`"),
        ("read/mod.rs", "let a = tantivy::Index;", "read/mod.rs holds `tantivy`"),
        ("pipeline/mod.rs", "#[derive(clap::Args)]", "pipeline/mod.rs holds `clap`"),
        ("read/guard.rs", "reqwest::get(url)", "read/guard.rs holds `reqwest`"),
        ("cli/ask.rs", "println!(\"{x}\");", "cli/ask.rs holds `println!`"),
        ("cli/ask.rs", "write!(io::stdout(), \"\");", "cli/ask.rs holds `stdout`"),
        (
            "cli/progress.rs",
            "writeln!(std::io::stderr(), \"\");",
            "cli/progress.rs does more with `stderr` than the progress display may",
        ),
        ("pipeline/mod.rs", "let now = Utc::now();", "pipeline/mod.rs holds `Utc::now`"),
        ("read/fetch/mod.rs", "let now = std::time::Instant::now();", "read/fetch/mod.rs holds `Instant::now`"),
        ("cli/mod.rs", "chrono::Local::now()", "cli/mod.rs holds `Local`"),
        ("text/mod.rs", "unsafe { f() }", "text/mod.rs holds `unsafe`"),
        ("text/mod.rs", "todo!()", "text/mod.rs holds `todo!`"),
        ("text/mod.rs", "let a = dbg!(b);", "text/mod.rs holds `dbg!`"),
        ("main.rs", "std::process::exit(1)", "main.rs holds `process::exit`"),
        ("text/mod.rs", "// FIXME", "text/mod.rs has a `FIXME`"),
        ("emit/mod.rs", "use std::fs;", "emit/mod.rs is pure and names `std::fs`"),
        ("lib.rs", "pub mod error;", "lib.rs does not forbid unsafe code"),
    ];
    for (path, text, complaint) in broken {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        let complaints = complaints(&[source]);
        assert!(
            complaints.iter().any(|found| found == complaint),
            "`{text}` in {path} is complained of as {complaints:?}"
        );
    }
}

#[test]
fn what_looks_like_a_breach_and_is_none_is_let_through() {
    let sound = [
        ("error.rs", "// use crate::pipeline; println!()\n/* dbg!( /* nested */ sled */"),
        (
            "error.rs",
            "let a = \"crate::pipeline \\\" println!()\"; let b = r#\"sled \" clap\"#; let c = '\"'; let d: &'a str;",
        ),
        ("extract/page/mod.rs", "use super::text::X; use super::feed;"),
        ("model.rs", "pub use crate::date::Role;"),
        ("archive/record.rs", "use crate::identify::Key; use super::journal::Spot;"),
        ("text/mod.rs", "pub(crate) fn assembled() {} mod tests { use super::*; }"),
        ("normalise/dates.rs", "use crate::date::{self, Context}; let local: LocalTime;"),
        ("cli/mod.rs", "let _ = message.print(); let now = Utc::now();"),
    ];
    for (path, text) in sound {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(complaints(&[source]), Vec::<String>::new(), "`{text}` in {path}");
    }
}

fn sources() -> Vec<Source> {
    fn walk(dir: &Path, root: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root).unwrap();
                let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
                found.push(Source { path: parts.join("/"), text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// Every breach of a rule, one sentence each.
fn complaints(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, text } in sources {
        let code = code(text);
        if matches!(path.as_str(), "lib.rs" | "main.rs")
            && !code.contains("#![forbid(unsafe_code)]")
            && (path == "lib.rs" || code.contains("fn main"))
        {
            found.push(format!("{path} does not forbid unsafe code"));
        }
        if text.contains("FIXME") {
            found.push(format!("{path} has a `FIXME`"));
        }
        for (words, owners) in OWNERS {
            let owned = owners.iter().any(|owner| path == owner || owner.ends_with('/') && path.starts_with(owner));
            for word in words.iter().filter(|word| !owned && holds(&code, word)) {
                found.push(format!("{path} holds `{word}`"));
            }
        }
        if path == PROGRESS.0 {
            let rest = PROGRESS.1.iter().fold(code.clone(), |code, allowed| code.replace(allowed, ""));
            for word in ["stderr", "stdout", "println!", "eprintln!", "print!", "eprint!"] {
                if holds(&rest, word) {
                    found.push(format!("{path} does more with `{word}` than the progress display may"));
                }
            }
        }
        let module = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let Some(own) = floor(module) else {
            found.push(format!("{path} belongs to no module of the table"));
            continue;
        };
        if own <= PURE {
            found.extend(
                WORLD
                    .iter()
                    .filter(|world| holds(&code, world))
                    .map(|world| format!("{path} is pure and names `{world}`")),
            );
        }
        for named in named(path, &code) {
            let neighbours = NEIGHBOURS.iter().any(|(from, to, _)| (*from, *to) == (module, named.as_str()));
            match floor(&named) {
                _ if named == module || neighbours => {}
                None => found.push(format!("{path} names `{named}`, which is not in the table")),
                Some(floor) if floor >= own => {
                    found.push(format!("{path} names `{named}` of its own or a higher floor"))
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// The modules at the root of the crate that a file names.
fn named(path: &str, code: &str) -> Vec<String> {
    let depth = path.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").count();
    let up = "super::".repeat(depth);
    let mut found = Vec::new();
    for (root, table_only) in [("crate::", false), ("depesche::", false), (up.as_str(), true)] {
        for (at, _) in code.match_indices(root) {
            // `super::super::` also ends in `super::`, and `my_crate::` in `crate::`.
            let before = &code[..at];
            if before.ends_with("::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let mut names = after(&code[at + root.len()..]);
            // From an inner module the same number of steps ends within the room.
            names.retain(|name| !table_only || floor(name).is_some());
            found.extend(names);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The first names behind `crate::`: one, or those of a group.
fn after(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut part, mut found) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(name(std::mem::take(&mut part).trim())),
            c => part.push(c),
        }
    }
    found.push(name(part.trim()));
    found.retain(|name| !name.is_empty() && name != "self");
    found
}

/// Whether `code` holds `word` as a word of its own.
fn holds(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(part) && (word.ends_with('!') || !code[at + word.len()..].starts_with(part))
    })
}

/// The code of a source: without comments, and without what stands in strings and characters.
fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let starts = |at: usize, with: &str| with.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    while at < chars.len() {
        let word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
        } else if !word && (starts(at, "r\"") || starts(at, "r#") || starts(at, "br\"") || starts(at, "br#")) {
            let from = at + if chars[at] == 'b' { 2 } else { 1 };
            let hashes = chars[from..].iter().take_while(|c| **c == '#').count();
            if chars.get(from + hashes) != Some(&'"') {
                // A raw identifier.
                out.push(chars[at]);
                at += 1;
                continue;
            }
            let end = format!("\"{}", "#".repeat(hashes));
            at = from + hashes + 1;
            while at < chars.len() && !starts(at, &end) {
                at += 1;
            }
            at += end.len();
            out.push_str("\"\"");
        } else if chars[at] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            out.push_str("\"\"");
        } else if chars[at] == '\'' && (chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'')) {
            // A character; anything else behind the quotation mark is a lifetime.
            at += 2;
            while at < chars.len() && (chars[at] != '\'' || chars[at - 1] == '\\' && chars[at - 2] != '\\') {
                at += 1;
            }
            at += 1;
            out.push_str("' '");
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}
