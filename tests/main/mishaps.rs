//! What the archive may meet: no room, no rights, a file in the place of a folder, odd paths, clocks that jump. A clear message, nothing
//! lost, status 3 or 4.

use crate::support::specimen::{Item, rss, story};
use crate::support::{House, NOW};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

fn article(n: usize) -> String {
    let (title, link) = (format!("Nummer {n}"), format!("https://blatt.example/{n}"));
    rss(&[Item { title: &title, link: &link, text: &story(&title), ..Item::default() }])
}

/// Runs a command that may write no file beyond so many KB: to the program this is a disk that is full.
fn with_room(house: &House, kilobytes: u32, arguments: &[&str]) -> (i32, String) {
    let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
    let out = Command::new("bash")
        .args(["-c", &script, env!("CARGO_BIN_EXE_depesche")])
        .args(arguments)
        .args(["--now", NOW])
        .current_dir(house.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (out.status.code().unwrap_or(-1), String::from_utf8(out.stderr).unwrap())
}

#[test]
fn a_full_disk_is_named_and_what_was_kept_stays() {
    let house = House::with_document(article(0));
    house.update();
    let (list, published) = (house.list(), house.published());
    house.write("feeds/blatt/quelle", article(1));
    for kilobytes in [0, 1] {
        let (status, said) = with_room(&house, kilobytes, &["update"]);
        assert_eq!(status, 3, "{kilobytes} KB: {said}");
        assert!(said.contains("cannot use the archive `archive"), "{said}");
        assert!(said.contains("hint: "), "{said}");
        assert_eq!((house.list(), house.published()), (list.clone(), published.clone()), "{kilobytes} KB");
    }
    // When there is room again, it goes on.
    assert_eq!(house.run(&["update"]).status, 0);
    assert_eq!(house.list().len(), 2);
    for command in ["compact", "rebuild"] {
        let before = house.list();
        let (status, said) = with_room(&house, 0, &[command]);
        assert_eq!(status, 3, "{command}: {said}");
        assert_eq!(house.list(), before);
        assert_eq!(house.run(&["update"]).status, 0);
        assert_eq!(house.run(&["verify"]).status, 0);
    }
}

#[test]
fn rights_that_are_missing_are_named() {
    const RIGHT: &str = "hint: give this user the right to read and write there\n";
    let house = House::with_document(article(0));
    house.update();
    let (list, published) = (house.list(), house.published());
    house.write("feeds/blatt/quelle", article(1));
    // Of what the rights are missing, which are left, and what each command makes of it.
    for (place, mode, commands) in [
        ("archive", 0o000, &["update 3", "compact 3", "verify 3", "rebuild 3", "publish 3", "list 3", "search 3"][..]),
        ("archive/lock", 0o444, &["update 3", "verify 3", "list 0"]),
        ("archive/journal", 0o000, &["update 3", "verify 3", "list 3"]),
        ("archive/journal/", 0o555, &["update 3", "list 0"]),
        ("archive/journal/", 0o000, &["update 3", "compact 3", "verify 3", "list 3"]),
        ("archive/catalogue", 0o000, &["update 3", "verify 3", "rebuild 3", "list 0"]),
        ("archive/catalogue/", 0o444, &["update 3", "verify 3", "list 0"]),
        ("archive/catalogue/", 0o000, &["update 3", "compact 3", "list 0"]),
    ] {
        let allow = |mode: Option<u32>| {
            let folder = house.path(place);
            let paths = match place.ends_with('/') {
                true => fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect(),
                false => vec![folder],
            };
            for path in paths {
                let usual = if path.is_dir() { 0o755 } else { 0o644 };
                fs::set_permissions(path, fs::Permissions::from_mode(mode.unwrap_or(usual))).unwrap();
            }
        };
        allow(Some(mode));
        for command in commands {
            let (name, status) = command.split_once(' ').unwrap();
            let arguments = if name == "search" { vec![name, "Nummer"] } else { vec![name] };
            let Some(ran) = house.unprivileged(&arguments) else {
                allow(None);
                return println!("skipped: root cannot become anybody else here");
            };
            assert_eq!(ran.status.to_string(), status, "{place} {mode:o}, {command}: {}", ran.stderr);
            if status == "3" {
                assert!(ran.stderr.contains("ermission denied"), "{place} {mode:o}, {command}: {}", ran.stderr);
                assert!(ran.stderr.ends_with(RIGHT), "{place} {mode:o}, {command}: {}", ran.stderr);
            }
        }
        allow(None);
        assert_eq!((house.list(), house.published()), (list.clone(), published.clone()), "{place} {mode:o}");
    }
    // With the rights, everything is as if nothing had been.
    assert_eq!(house.update(), "1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn an_archive_that_may_only_be_read_answers() {
    let house = House::with_document(article(0));
    house.update();
    // Only the index knows what was here: one that is made for the one answer would not.
    let journal = house.tree("archive/journal").into_keys().next().unwrap();
    let journal = house.path(&format!("archive/journal/{journal}"));
    let mut bytes = fs::read(&journal).unwrap();
    let midst = bytes.len() / 2;
    bytes[midst] ^= 0xFF;
    fs::write(&journal, bytes).unwrap();
    let all = |mode: u32| {
        for name in house.tree("archive").keys() {
            fs::set_permissions(house.path(&format!("archive/{name}")), fs::Permissions::from_mode(mode)).unwrap();
        }
        for folder in ["archive/index", "archive/journal", "archive/catalogue", "archive"] {
            fs::set_permissions(house.path(folder), fs::Permissions::from_mode(mode | 0o111)).unwrap();
        }
    };
    all(0o444);
    let found = house.unprivileged(&["search", "Nummer", "--format", "{title}"]);
    let stats = house.unprivileged(&["stats", "--json"]);
    let verified = house.unprivileged(&["verify"]);
    all(0o644);
    let (Some(found), Some(stats), Some(verified)) = (found, stats, verified) else {
        return println!("skipped: root cannot become anybody else here");
    };
    assert_eq!(found.good(), "Nummer 0\n");
    assert_eq!((stats.status, stats.stderr.as_str()), (0, ""));
    assert_eq!(verified.status, 3, "it takes the lock: {}", verified.stderr);
}

#[test]
fn an_index_that_may_not_be_written_is_named_and_what_it_lacks() {
    let house = House::with_document(article(0));
    house.update();
    house.write("feeds/blatt/quelle", article(1));
    let allow = |mode: u32| fs::set_permissions(house.path("archive/index"), fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    let Some(ran) = house.unprivileged(&["update"]) else {
        allow(0o755);
        return println!("skipped: root cannot become anybody else here");
    };
    let asked = house.unprivileged(&["search", "Nummer", "--format", "{title}"]).unwrap();
    allow(0o755);
    const SAID: &str = "depesche: cannot use the archive `archive/index`: Permission denied (os error 13)\n\
                        hint: give this user the right to read and write there\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (1, SAID), "what is kept is kept and published");
    assert_eq!(house.published().keys().filter(|name| name.contains("articles/")).count(), 2);
    asked.is(1, "Nummer 0\n", SAID);
    assert_eq!(house.run(&["search", "Nummer", "--format", "{title}"]).good().lines().count(), 2);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_named_and_not_touched() {
    for place in ["archive", "archive/journal", "archive/catalogue", "archive/journal/dictionary/x", "archive/lock/x"] {
        let house = House::with_document(article(0)).file(place, "mein Text");
        let ran = house.run(&["update"]);
        match place {
            "archive/journal/dictionary/x" => assert_eq!(ran.status, 0, "{place} is in nobody's way"),
            _ => assert_eq!(ran.status, 3, "{place}: {}", ran.stderr),
        }
        assert_eq!(house.read(place), "mein Text", "{place}");
    }
}

#[test]
fn odd_characters_in_the_path_are_only_a_path() {
    for name in ["a b", "größe 'und' \"mehr\"", "zeile\numbruch", "-x", "ein\u{1b}[31m", "%2e", "*?[a]", "日本"] {
        let house = House::empty();
        let root = format!("./{name}");
        house.write(&format!("{name}/feeds/blatt/feed.toml"), "[[source]]\npath = \"quelle\"\n");
        house.write(&format!("{name}/feeds/blatt/quelle"), article(0));
        for arguments in [&["update"][..], &["compact"], &["rebuild"], &["verify"], &["update"]] {
            let ran = house.run(&[&["--root", root.as_str()], arguments].concat());
            assert_eq!(ran.status, 0, "{name:?}, {arguments:?}: {}", ran.stderr);
        }
        assert_eq!(house.run(&["--root", &root, "list"]).stdout.lines().count(), 1, "{name:?}");
    }
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    let house = House::with_document("");
    let times = [
        "2024-11-01T12:00:00Z",
        "2023-11-01T12:00:00Z",
        "2034-11-01T12:00:00Z",
        "2024-11-02T12:00:00Z",
        "1970-01-02T00:00:00Z",
    ];
    for (n, time) in times.into_iter().enumerate() {
        house.write("feeds/blatt/quelle", article(n));
        let closing = house.update_at(time);
        assert_eq!(closing, "1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written", "{time}");
        assert_eq!(house.list().len(), n + 1, "{time}");
    }
    // What came last stands first, whatever its clock said.
    let feed: serde_json::Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    let titles: Vec<_> = feed["items"].as_array().unwrap().iter().map(|item| &item["title"]).collect();
    assert_eq!(
        titles,
        [&json!("Nummer 4"), &json!("Nummer 3"), &json!("Nummer 2"), &json!("Nummer 1"), &json!("Nummer 0")]
    );
    let published = house.published();
    for command in ["compact", "rebuild"] {
        assert_eq!(house.at("2014-01-01T00:00:00Z", &[command]).status, 0);
        fs::remove_dir_all(house.path("public")).unwrap();
        assert_eq!(house.at("2044-01-01T00:00:00Z", &["publish"]).status, 0);
        assert_eq!(house.published(), published, "{command}");
    }
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn files_of_the_journal_that_are_missing_are_named() {
    let house = House::with_document(article(0));
    house.update_at("2024-10-01T12:00:00Z");
    house.write("feeds/blatt/quelle", article(1));
    house.update_at("2024-11-01T12:00:00Z");
    let (first, last) = ("archive/journal/2024-10-0001.jsonl.zst", "archive/journal/2024-11-0002.jsonl.zst");
    let bytes = fs::read(house.path(first)).unwrap();
    fs::remove_file(house.path(first)).unwrap();
    let ran = house.run(&["verify"]);
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("its file 0001 is missing\nhint: put a backup of it back"), "{}", ran.stderr);
    house.write(first, bytes);
    assert_eq!(house.run(&["verify"]).status, 0);
    // The last one is missed at once: what was reported is lost, and the source is read again.
    fs::remove_file(house.path(last)).unwrap();
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("it has seen more than the journal holds, whose end is lost"), "{}", ran.stderr);
    assert_eq!(house.list().len(), 2);
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn two_that_write_do_not_meet() {
    let house = House::with_document(article(0));
    house.update();
    let lock = fs::File::options().read(true).write(true).open(house.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    house.write("archive/lock", "process 4711 since 2024-11-01T11:00:00+00:00\n");
    let id = house.only()["id"].as_str().unwrap().to_owned();
    for command in [&["verify"][..], &["rebuild"], &["compact"], &["forget", &id], &["import", "feeds/blatt/quelle"]] {
        let ran = house.run(&[command, &["--wait", "0"]].concat());
        assert_eq!(ran.status, 4, "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("process 4711 since 2024-11-01T11:00:00+00:00"), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint: wait until it is done"), "{command:?}: {}", ran.stderr);
    }
    // Asking does not wait.
    assert_eq!(house.run(&["export"]).good().lines().count(), 3);
    drop(lock);
    assert_eq!(house.run(&["verify"]).status, 0);
}
