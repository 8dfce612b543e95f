//! The exit statuses, as a table.

use crate::support::specimen::{Item, rss};
use crate::support::{House, NOW};
use std::fs::File;

fn good() -> House {
    House::with_document(rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        text: "Ein Satz.",
        ..Item::default()
    }]))
}

#[test]
fn every_exit_status_is_what_the_documentation_says() {
    type Case = (i32, fn() -> House, &'static [&'static str]);
    let table: [Case; 31] = [
        // Done.
        (0, good, &["update"]),
        (0, good, &["update", "blatt", "--json"]),
        (0, good, &["--quiet", "update"]),
        (0, good, &["ingest", "feeds/blatt/quelle", "--feed", "blatt"]),
        (0, good, &["publish"]),
        (0, good, &["list"]),
        (0, House::empty, &["list"]),
        (0, good, &["extract", "feeds/blatt/quelle"]),
        (0, House::empty, &["date", "28. August 2024"]),
        (0, House::empty, &["help"]),
        (0, House::empty, &["help", "update"]),
        (0, House::empty, &["update", "--help"]),
        (0, House::empty, &["--version"]),
        // Some sources or articles failed.
        (1, || good().feed("bote", "[[source]]\npath = \"fehlt\"\n"), &["update"]),
        (1, good, &["ingest", "fehlt", "--feed", "blatt"]),
        (1, House::empty, &["extract", "fehlt"]),
        (1, House::empty, &["date", "28. August 2024", "kein Datum"]),
        (1, || good().file("public", ""), &["update"]),
        // Wrong usage, definition or settings.
        (2, good, &[]),
        (2, good, &["updaet"]),
        (2, good, &["update", "--sofort"]),
        (2, good, &["update", "bote"]),
        (2, good, &["ingest", "feeds/blatt/quelle"]),
        (2, good, &["ingest", "feeds/blatt/quelle", "--feed", "bote"]),
        (2, good, &["show", "0000"]),
        (2, House::empty, &["update"]),
        (2, || good().feed("bote", "titel = 1\n"), &["update"]),
        (2, || good().file("depesche.toml", "bsae = 1\n"), &["update"]),
        // The archive cannot be used.
        (3, || good().file("archive", ""), &["update"]),
        (3, || good().file("archive/journal", ""), &["update"]),
        (3, || good().file("archive", ""), &["publish"]),
    ];
    for (status, house, arguments) in table {
        let house = house();
        let bare = arguments.first().is_none_or(|first| *first == "help");
        let ran = house.at(if bare { "" } else { NOW }, arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        // A failure is said on standard error, and only a failure.
        assert_eq!(
            ran.stderr.is_empty(),
            status == 0 || arguments.first() == Some(&"date"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    // Another process is writing.
    let house = good();
    house.update();
    let _held = hold(&house);
    assert_eq!(house.run(&["update", "--wait", "0"]).status, 4);
}

fn hold(house: &House) -> File {
    let lock = File::options().read(true).write(true).open(house.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    lock
}

#[test]
fn of_several_failures_the_highest_status_counts() {
    let house = good().feed("bote", "[[source]]\npath = \"fehlt\"\n").feed("dritter", "titel = 1\n");
    assert_eq!(house.run(&["update"]).status, 2);
}

#[test]
fn a_second_writer_waits_then_says_who_holds_the_archive() {
    let house = good();
    house.update();
    let held = hold(&house);
    std::fs::write(house.path("archive/lock"), "process 4711 since 2024-11-01T10:00:00+00:00\n").unwrap();
    let published = house.tree("public");
    for (wait, least) in [("0", 0), ("1", 1000)] {
        let begun = std::time::Instant::now();
        house.run(&["update", "--wait", wait]).is(
            4,
            "",
            "depesche: the archive `archive` is being written to by another process: process 4711 since 2024-11-01T10:00:00+00:00\n\
             hint: wait until it is done, or give more time with `--wait SECONDS`\n",
        );
        assert!(begun.elapsed().as_millis() >= least, "it did not wait {wait} s");
    }
    // Reading needs no lock.
    assert_eq!(house.listed("title"), ["Eins"]);
    assert_eq!(house.tree("public"), published);
    // A writer that comes while another is about to finish gets its turn.
    let waiting = house.command(NOW, &["update", "--wait", "10"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    drop(held);
    assert_eq!(waiting.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn the_lock_names_the_process_that_holds_it() {
    let house = good();
    house.update();
    let word = house.read("archive/lock");
    let number = word.strip_prefix("process ").and_then(|rest| rest.strip_suffix(" since 2024-11-01T11:00:00+00:00\n"));
    assert!(number.is_some_and(|number| number.parse::<u32>().is_ok()), "{word}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let house = House::with_files(&[]);
    // More than a pipe holds.
    let long: String = "wort ".repeat(40_000);
    house.write("feeds/blatt/artikel/lang.md", format!("# Lang\n\n{long}\n"));
    house.update();
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    for arguments in [&["show", &id][..], &["show", "--json", &id], &["extract", "feeds/blatt/artikel"]] {
        let mut child = house
            .command(NOW, arguments)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!(
            (done.status.code(), String::from_utf8(done.stderr).unwrap().as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn quiet_prints_what_failed_and_nothing_else() {
    let house = good().feed("bote", "[[source]]\npath = \"fehlt\"\n");
    house.run(&["--quiet", "update"]).is(
        1,
        "",
        "depesche: cannot read `feeds/bote/fehlt`: there is no such file or folder\n\
         hint: paths in a feed.toml start from the folder that it lies in\n",
    );
    house.run(&["--quiet", "update", "blatt"]).is(0, "", "");
}
