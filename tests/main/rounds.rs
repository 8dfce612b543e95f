//! From run to run: what is asked again, when, and how it is told that something is wrong.

use crate::support::specimen::{Item, rss};
use crate::support::{Answer, House, Server};
use serde_json::{Value, json};

fn items(count: usize) -> String {
    let numbers: Vec<[String; 3]> =
        (0..count).map(|n| [format!("Nummer {n}"), format!("https://blatt.example/{n}"), format!("g{n}")]).collect();
    let items: Vec<Item> = numbers
        .iter()
        .map(|[title, link, guid]| Item {
            title,
            link,
            guid,
            date: "Wed, 28 Aug 2024 14:30:00 +0200",
            text: "Ein Satz.",
            ..Item::default()
        })
        .collect();
    rss(&items)
}

#[test]
fn a_source_whose_address_ends_in_a_slash_is_remembered_like_any_other() {
    let server = Server::start(vec![("/feed/", Answer::ok("", items(3)).header("ETag", "\"1\""))]);
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/feed/")));
    house.update();
    assert!(house.update().ends_with("1 not due yet (`update --all` reads them)"));
    house.run(&["update", "--all"]).good();
    assert!(server.requests().last().unwrap().contains("if-none-match: \"1\""));
}

/// A house with one feed that reads this path.
fn house(server: &Server, keys: &str) -> House {
    House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("{keys}[[source]]\nurl = \"{}\"\n", server.url("/feed")))
}

fn status(house: &House, now: &str) -> (i32, Value) {
    let ran = house.at(now, &["status", "--json"]);
    (ran.status, ran.objects()[0].clone())
}

/// The lines of the last request.
fn last(server: &Server) -> String {
    server.requests().last().unwrap().to_lowercase()
}

#[test]
fn what_an_earlier_reading_understood_is_asked_for_as_a_whole() {
    let server = Server::start(vec![("/feed", Answer::ok("", items(2)).header("ETag", "\"a1\""))]);
    let house = house(&server, "");
    house.run(&["update"]).good();
    house.run(&["update", "--all"]).good();
    assert!(last(&server).contains("if-none-match"));
    let mut states: Value = serde_json::from_str(&house.read("archive/sources.json")).unwrap();
    let reading = readings(&mut states).pop().expect("the reading of the source is remembered");
    let (version, rest) = reading.as_str().unwrap().split_once(' ').unwrap();
    *reading = Value::from(format!("{} {rest}", version.parse::<u16>().unwrap() - 1));
    house.write("archive/sources.json", states.to_string());
    house.run(&["update", "--all"]).good();
    assert!(!last(&server).contains("if-none-match"));
}

/// Every `reading` in the states of sources.
fn readings(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .flat_map(|(name, value)| if name == "reading" { vec![value] } else { readings(value) })
            .collect(),
        Value::Array(values) => values.iter_mut().flat_map(readings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let known =
        Answer::ok("", items(2)).header("ETag", "\"a1\"").header("Last-Modified", "Tue, 02 Jan 2024 03:04:05 GMT");
    let server = Server::start(vec![("/feed", known)]);
    let house = house(&server, "");
    house.run(&["update"]).good();
    assert!(!last(&server).contains("if-none-match"));
    server.answers("/feed", Answer::status(304).header("ETag", "\"a2\""));
    let ran = house.at("2024-11-01T14:00:00+01:00", &["update"]);
    assert_eq!(ran.closing(), "1 source, 1 unchanged, 0 articles: 0 new, 0 revised, 0 known; 0 feeds written");
    let asked = last(&server);
    assert!(
        asked.contains("if-none-match: \"a1\"") && asked.contains("if-modified-since: tue, 02 jan 2024 03:04:05 gmt"),
        "{asked}"
    );
    house.at("2024-11-01T16:00:00+01:00", &["update"]).good();
    assert!(last(&server).contains("if-none-match: \"a2\""));
}

#[test]
fn a_server_that_answers_304_for_ever_is_asked_for_the_whole_after_a_day() {
    let server = Server::start(vec![("/feed", Answer::ok("", items(1)).header("ETag", "\"a\""))]);
    let house = house(&server, "");
    house.run(&["update"]).good();
    server.answers("/feed", Answer::status(304));
    house.at("2024-11-01T20:00:00+01:00", &["update"]).good();
    assert!(last(&server).contains("if-none-match"));
    server.answers("/feed", Answer::ok("", items(2)));
    house.at("2024-11-02T12:30:00+01:00", &["update"]).good();
    assert!(!last(&server).contains("if-none-match"));
}

#[test]
fn another_zone_or_language_reads_the_whole_again() {
    let server = Server::start(vec![("/feed", Answer::ok("", items(1)).header("ETag", "\"a\""))]);
    let house = house(&server, "");
    house.run(&["update"]).good();
    house.write(
        "feeds/blatt/feed.toml",
        format!("language = \"de-AT\"\n[[source]]\nurl = \"{}\"\n", server.url("/feed")),
    );
    house.run(&["update", "--all"]).good();
    assert!(!last(&server).contains("if-none-match"));
}

#[test]
fn validators_count_only_when_what_they_stand_for_is_kept() {
    let server = Server::start(vec![("/feed", Answer::ok("", "<rss><channel><item>").header("ETag", "\"torn\""))]);
    let house = house(&server, "");
    assert_eq!(house.run(&["update"]).status, 1);
    server.answers("/feed", Answer::ok("", items(1)).header("ETag", &"x".repeat(5000)));
    house.run(&["update", "--all"]).good();
    assert!(!last(&server).contains("if-none-match"));
    // One that is too long to be sent with each request is none.
    house.run(&["update", "--all"]).good();
    assert!(!last(&server).contains("if-none-match"));
}

#[test]
fn a_source_is_asked_when_it_is_due() {
    let server = Server::start(vec![("/feed", Answer::ok("", items(1)))]);
    let house = house(&server, "every = \"30m\"\n");
    house.run(&["update"]).good();
    let ran = house.at("2024-11-01T12:20:00+01:00", &["update"]);
    assert_eq!(
        ran.closing(),
        "1 source, 0 articles: 0 new, 0 revised, 0 known; 0 feeds written; 1 not due yet (`update --all` reads them)"
    );
    assert_eq!(server.asked().len(), 1);
    house.at("2024-11-01T12:29:30+01:00", &["update"]).good();
    assert_eq!(server.asked().len(), 2, "a schedule is never quite on time");
    house.at("2024-11-01T12:30:00+01:00", &["update", "--all"]).good();
    assert_eq!(server.asked().len(), 3);
    // A clock that goes back makes nothing wait.
    house.at("2024-10-01T12:00:00+01:00", &["update"]).good();
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn what_the_answer_and_the_feed_say_of_their_age_is_respected() {
    let hours = |house: &House| -> i64 {
        let (_, status) = status(house, "2024-11-01T12:00:00+01:00");
        let next = chrono::DateTime::parse_from_rfc3339(status["next"].as_str().unwrap()).unwrap();
        (next - chrono::DateTime::parse_from_rfc3339("2024-11-01T11:00:00Z").unwrap()).num_hours()
    };
    let sy = "xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>";
    let table = [
        (Answer::ok("", items(1)), 1),
        (Answer::ok("", items(1)).header("Cache-Control", "public, max-age=10800"), 3),
        (Answer::ok("", items(1)).header("Cache-Control", "max-age=1000000000000000000"), 24),
        (Answer::ok("", items(1)).header("Cache-Control", "max-age=10800, no-cache"), 1),
        (Answer::ok("", items(1)).header("Expires", "Fri, 01 Nov 2024 16:00:00 GMT"), 5),
        (Answer::ok("", items(1).replace("<channel>", "<channel><ttl>240</ttl>")), 4),
        (Answer::ok("", items(1).replacen("><channel>", sy, 1)), 6),
    ];
    for (answer, expected) in table {
        let server = Server::start(vec![("/feed", answer.clone())]);
        let house = house(&server, "");
        house.run(&["update"]).good();
        assert_eq!(hours(&house), expected, "{:?}", answer.headers);
    }
}

#[test]
fn a_failing_source_is_left_alone_as_long_as_the_server_asks() {
    let next = |answer: Answer| -> i64 {
        let server = Server::start(vec![("/feed", answer)]);
        let house = house(&server, "");
        assert_eq!(house.run(&["update"]).status, 1);
        let (code, status) = status(&house, "2024-11-01T12:00:00+01:00");
        assert_eq!((code, &status["state"], &status["failures"]), (1, &json!("failing"), &json!(1)));
        let next = chrono::DateTime::parse_from_rfc3339(status["next"].as_str().unwrap()).unwrap();
        (next - chrono::DateTime::parse_from_rfc3339("2024-11-01T11:00:00Z").unwrap()).num_minutes()
    };
    let busy = |wait: &str| Answer::status(429).header("Retry-After", wait);
    assert!((10..=11).contains(&next(Answer::status(503))));
    assert!((10..=11).contains(&next(busy("5"))), "the own pause is longer");
    assert!((120..=133).contains(&next(busy("7200"))));
    assert!((180..=199).contains(&next(busy("Fri, 01 Nov 2024 14:00:00 GMT"))));
    assert!((1440..=1590).contains(&next(busy("100000000000000000000"))));
    assert!((10..=11).contains(&next(busy("-5, soon"))));
}

#[test]
fn status_tells_of_a_changed_layout_an_outage_and_a_silence() {
    let server = Server::start(vec![("/feed", Answer::ok("", items(10)))]);
    let house = house(&server, "");
    let at = |day: u32| format!("2024-{:02}-{:02}T12:00:00Z", 9 + day / 28, 1 + day % 28);
    for day in 0..6 {
        server.answers("/feed", Answer::ok("", items(10 + day)));
        house.at(&at(day as u32), &["update"]).good();
    }
    let (code, told) = status(&house, &at(6));
    assert_eq!((code, &told["state"], &told["usual"], &told["troubles"]), (0, &json!("good"), &json!(13), &json!([])));
    // The layout has changed: the document is sound, and empty.
    server.answers("/feed", Answer::ok("", rss(&[])));
    let ran = house.at(&at(6), &["update"]);
    let sentence = "it has no entries any more, where there were usually 13";
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.starts_with(&format!("depesche: cannot read `{}`: {sentence}\nhint: ", server.url("/feed"))),
        "{}",
        ran.stderr
    );
    assert_eq!(house.list().len(), 15, "what was kept stays");
    let (code, told) = status(&house, &at(7));
    assert_eq!((code, &told["state"], &told["troubles"][0]), (1, &json!("odd"), &json!(sentence)));
    // An outage.
    server.answers("/feed", Answer::status(500));
    house.at(&at(8), &["update"]);
    house.at(&at(9), &["update"]);
    let (code, told) = status(&house, &at(9));
    assert_eq!(
        (code, &told["state"], &told["failures"], &told["failing_since"]),
        (1, &json!("failing"), &json!(2), &json!("2024-09-09T12:00:00Z"))
    );
    assert_eq!(told["good"], "2024-09-07T12:00:00Z");
    // It is well again, and then silent.
    server.answers("/feed", Answer::ok("", items(15)));
    house.at(&at(10), &["update"]).good();
    assert_eq!(status(&house, &at(10)).1["state"], "good");
    house.at(&at(45), &["update"]).good();
    let (code, told) = status(&house, &at(45));
    assert_eq!((code, &told["state"]), (1, &json!("odd")));
    assert_eq!(told["troubles"][0], "nothing new for 42 days; before that never longer than 1 day");
    let table = house.at(&at(45), &["status"]);
    assert!(table.stdout.starts_with(&format!("odd      blatt  {}\n", server.url("/feed"))), "{}", table.stdout);
}

#[test]
fn the_feed_of_health_tells_what_began_and_what_ended() {
    let server = Server::start(vec![("/feed", Answer::status(500))]);
    let house = house(&server, "");
    house.write("depesche.toml", format!("{}health = true\n", server.settings()));
    house.run(&["update"]);
    let feed =
        |house: &House| atom_syndication::Feed::read_from(house.read("public/health/atom.xml").as_bytes()).unwrap();
    assert_eq!(feed(&house).entries().len(), 1);
    assert!(feed(&house).entries()[0].title().as_str().ends_with("the server answered 500"));
    let before = house.read("public/health/atom.xml");
    house.at("2024-11-01T13:00:00+01:00", &["update"]);
    assert_eq!(house.read("public/health/atom.xml"), before, "it goes on: nothing new to tell");
    server.answers("/feed", Answer::ok("", items(1)));
    house.at("2024-11-01T15:00:00+01:00", &["update"]).good();
    assert_eq!(feed(&house).entries()[0].title().as_str(), "blatt: it is well again");
    assert!(!house.read("public/blatt/atom.xml").contains("well again"));
}

#[test]
fn a_permanent_redirect_is_believed_after_a_week_and_never_inwards() {
    let feed = Answer::ok("", items(1));
    let server = Server::start(vec![("/neu", feed)]);
    server.answers("/feed", Answer::status(301).header("Location", "/neu"));
    let house = house(&server, "");
    house.at("2024-09-01T12:00:00Z", &["update"]).good();
    house.at("2024-09-05T12:00:00Z", &["update"]).good();
    assert_eq!(server.asked(), ["/feed", "/neu", "/feed", "/neu"]);
    house.at("2024-09-09T12:00:00Z", &["update"]).good();
    assert_eq!(server.asked()[4..], ["/neu"]);
    let (code, told) = status(&house, "2024-09-09T12:00:00Z");
    assert_eq!((code, told["state"].as_str()), (1, Some("odd")));
    assert!(told["troubles"][0].as_str().unwrap().starts_with(&format!("it has moved to {}", server.url("/neu"))));
    assert_eq!(house.list().len(), 1);
    // The new address fails: the old one counts again.
    server.answers("/neu", Answer::status(404));
    house.at("2024-09-10T12:00:00Z", &["update"]);
    server.answers("/feed", Answer::ok("", items(2)));
    house.at("2024-09-12T12:00:00Z", &["update"]).good();
    assert_eq!(house.list().len(), 2);
    // A passing one is not remembered, nor one that leads inwards.
    server.answers("/feed", Answer::redirect("/neu"));
    server.answers("/neu", Answer::ok("", items(1)));
    house.at("2024-10-01T12:00:00Z", &["update"]);
    server.answers("/feed", Answer::status(301).header("Location", "http://10.0.0.1/"));
    house.at("2024-10-03T12:00:00Z", &["update"]);
    assert!(!house.read("archive/sources.json").contains("moved"));
}

#[test]
fn a_signal_ends_a_run_with_everything_kept_that_was_finished() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server =
            Server::start(vec![("/a", Answer::ok("", items(3))), ("/b", Answer::ok("", items(1)).slow(20_000))]);
        let house = House::empty().file("depesche.toml", server.settings());
        for name in ["a", "b"] {
            house.write(
                &format!("feeds/{name}/feed.toml"),
                format!("[[source]]\nurl = \"{}\"\n", server.url(&format!("/{name}"))),
            );
        }
        let child = house
            .command("2024-11-01T12:00:00Z", &["update"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        while server.asked().len() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let begun = std::time::Instant::now();
        assert!(
            std::process::Command::new("kill")
                .args([format!("-{signal}"), child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let ended = child.wait_with_output().unwrap();
        assert!(begun.elapsed().as_millis() < 2000);
        assert_eq!(ended.status.code(), Some(code), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(house.list().len(), 3);
        server
            .answers("/b", Answer::ok("", rss(&[Item { title: "B", link: "https://b.example/", ..Item::default() }])));
        house.run(&["update"]).good();
        assert_eq!(house.list().len(), 4);
        assert!(house.there("public/a/atom.xml"));
    }
}
