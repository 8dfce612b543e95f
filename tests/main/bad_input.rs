//! Bad input: a message that names the thing, the reason and the way out; nothing half kept; the others go on.

use crate::support::specimen::{Item, rss, story};
use crate::support::{Answer, House, NOW, Server};

const FAILED: &str = "1 source, 0 articles: 0 new, 0 revised, 0 known; 0 feeds written; 1 failed\n";
const FIRST_FEED: &str = "hint: a feed is a file `feeds/NAME/feed.toml` with three lines: `title = \"…\"`, `[[source]]`, \
    `url = \"https://…\"`; or name another folder with `--root DIR`\n";

fn one() -> String {
    rss(&[Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }])
}

#[test]
fn a_missing_file_is_named_and_nothing_is_published() {
    let house = House::empty().feed("blatt", "[[source]]\npath = \"fehlt.txt\"\n");
    house.run(&["update"]).is(
        1,
        FAILED,
        "depesche: cannot read `feeds/blatt/fehlt.txt`: there is no such file or folder\n\
         hint: paths in a feed.toml start from the folder that it lies in\n",
    );
    assert!(!house.there("public/blatt"));
    assert_eq!(house.list(), Vec::<serde_json::Value>::new());
}

#[test]
fn the_way_out_fits_the_place_that_was_named() {
    let house = House::with_document(one());
    let ran = house.run(&["ingest", "fehlt.txt", "--feed", "blatt"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.starts_with("depesche: cannot read `fehlt.txt`: there is no such file or folder\n"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("feed.toml"), "no feed.toml is in play: {}", ran.stderr);
}

#[test]
fn files_that_are_no_writing_are_named_with_the_reason() {
    let table: [(&[u8], &str); 6] = [
        (b"", "it is empty"),
        (b"   \n\n", "it is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is no writing but a PNG image"),
        (b"\x7FELF\x02\x01\x01\0", "it is no writing but a program"),
        (b"\0\x01\x02\x03\x04\x05\x06\x07\0\0\0\0", "it is no writing but binary data"),
        (b"{\"a\": 1}", "it is JSON, but no feed"),
    ];
    for (bytes, reason) in table {
        let house = House::with_document(bytes);
        house.run(&["update"]).is(1, FAILED, &format!("depesche: cannot read `feeds/blatt/quelle`: {reason}\n"));
        assert_eq!(house.journal().len(), 0);
        assert!(!house.there("public/blatt"));
    }
}

#[test]
fn a_broken_feed_is_refused_whole() {
    let feed = one();
    let cut_off = &feed[..feed.find("</item>").unwrap()];
    for broken in [cut_off, &feed[..feed.find("<item>").unwrap()], &feed[..feed.find("</channel>").unwrap()]] {
        let house = House::with_document(broken);
        let ran = house.run(&["update"]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, FAILED), "{broken}");
        assert!(ran.stderr.starts_with("depesche: cannot read `feeds/blatt/quelle`: "), "{}", ran.stderr);
        assert_eq!(house.journal().len(), 0, "nothing half kept");
    }
}

#[test]
fn an_empty_folder_and_a_missing_one_are_named() {
    let house = House::empty().feed("blatt", "[[source]]\npath = \"artikel\"\n");
    std::fs::create_dir(house.path("feeds/blatt/artikel")).unwrap();
    house.run(&["update"]).is(
        1,
        FAILED,
        "depesche: cannot read `feeds/blatt/artikel`: there is no file in this folder\n",
    );
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_named_and_the_others_go_on() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::with_files(&[("gut.md", "# Gut\n\nEin Satz.\n"), ("zu/b.md", "# Zu\n\nEin Satz.\n")]);
    let shut = house.path("feeds/blatt/artikel/zu");
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).unwrap();
    let ran = house.unprivileged(&["update"]);
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o755)).unwrap();
    let Some(ran) = ran else { return println!("skipped: root cannot become anybody else here") };
    ran.is(
        1,
        "blatt: 1 entry in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written; 1 failed\n",
        "depesche: cannot read `feeds/blatt/artikel/zu`: this user may not read it\n\
         hint: give this user the right to read it\n",
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_not_followed() {
    let house = House::with_files(&[("gut.md", "# Gut\n\nEin Satz.\n")]).file("geheim.md", "# Geheim\n\nEin Satz.\n");
    std::os::unix::fs::symlink(house.path("geheim.md"), house.path("feeds/blatt/artikel/verweis.md")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(house.path("feeds/blatt/artikel/rohr")).status();
    assert!(made.is_ok_and(|status| status.success()));
    house.update();
    assert_eq!(house.listed("title"), ["Gut"]);
    // Named outright, a pipe is no document: opening it would wait for its other end.
    let ran = house.run(&["extract", "feeds/blatt/artikel/rohr"]);
    assert_eq!(ran.stderr, "depesche: cannot read `feeds/blatt/artikel/rohr`: it is no regular file\n");
}

#[test]
fn definitions_that_cannot_be_used_are_named_with_file_and_line_and_the_others_go_on() {
    let table = [
        ("titel = \"x\"\n", "feeds/bote/feed.toml:1`: `titel` is no key here\nhint: did you mean `title`?\n"),
        (
            "title = \"x\"\n\nlimt = 3\n",
            "feeds/bote/feed.toml:3`: `limt` is no key here\nhint: did you mean `limit`?\n",
        ),
        (
            "[[sorce]]\nurl = \"https://a.example/\"\n",
            "feeds/bote/feed.toml:1`: `sorce` is no key here\nhint: did you mean `source`?\n",
        ),
        ("[[source]]\nurls = \"https://a.example/\"\n", "feeds/bote/feed.toml"),
        ("title = 3\n", "feeds/bote/feed.toml:1`: `title` must be a text in quotation marks\n"),
        (
            "limit = 0\n",
            "feeds/bote/feed.toml:1`: `limit` must be a whole number from 1 to 100000, or an age such as \"30d\"\n",
        ),
        (
            "language = \"deutsch!\"\n",
            "feeds/bote/feed.toml:1`: `language` must be a language tag such as \"de\" or \"de-AT\"\n",
        ),
        (
            "zone = \"Europe/Berlln\"\n",
            "feeds/bote/feed.toml:1`: `zone` must be a time zone such as \"Europe/Vienna\"\n",
        ),
        ("link = \"blatt.example\"\n", "feeds/bote/feed.toml:1`: `link` must be a whole address: \"https://…\"\n"),
        ("source = \"x\"\n", "feeds/bote/feed.toml:1`: `source` must be written as `[[source]]`\n"),
        ("split = \"tags\"\n", "feeds/bote/feed.toml:1`: `split` must be \"tag\" or \"none\"\n"),
        ("content = true\n", "feeds/bote/feed.toml:1`: `content` must be \"full\" or \"summary\" or \"none\"\n"),
        ("corrections = 1\n", "feeds/bote/feed.toml:1`: `corrections` must be true or false\n"),
        (
            "corrections = true\n",
            "feeds/bote/feed.toml`: `corrections` needs the feeds that it watches\nhint: add `feeds = [\"…\"]`, or `feeds = \"all\"`\n",
        ),
        ("feeds = \"blatt\"\n", "feeds/bote/feed.toml:1`: `feeds` must be a list of names of feeds, or \"all\"\n"),
        (
            "feeds = [\"blat\"]\n",
            "feeds/bote/feed.toml`: `feeds` names `blat`, which is no other feed\nhint: did you mean `blatt`?\n",
        ),
        (
            "entry_title = \"{titel}\"\n",
            "feeds/bote/feed.toml:1`: `entry_title` must be a text such as \"[{source}] {title}\": `{titel}` is not known",
        ),
        ("title = \"offen\n", "feeds/bote/feed.toml:1`: "),
        ("title = \"a\"\ntitle = \"b\"\n", "feeds/bote/feed.toml:2`: "),
    ];
    for (definition, complaint) in table {
        let house = House::with_document(one()).feed("bote", definition);
        let ran = house.run(&["update"]);
        assert!(ran.stderr.starts_with(&format!("depesche: cannot use `{complaint}")), "{definition}: {}", ran.stderr);
        assert_eq!(ran.status, 2, "{definition}");
        assert_eq!(ran.closing(), "1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written", "{definition}");
        assert!(house.there("public/blatt/atom.xml"), "{definition}");
        assert_eq!(ran.stderr.matches("depesche: ").count(), 1, "{definition}: {}", ran.stderr);
    }
}

#[test]
fn a_source_has_either_an_address_or_a_path() {
    for source in ["[[source]]\n", "[[source]]\nurl = \"https://a.example/\"\npath = \"a\"\n"] {
        let ran = House::empty().feed("bote", source).run(&["update"]);
        assert_eq!(ran.status, 2);
        assert!(
            ran.stderr.starts_with(
                "depesche: cannot use `feeds/bote/feed.toml`: a `[[source]]` has either a `url` or a `path`\n\
                 hint: write `url = \"https://…\"` or `path = \"…\"`, relative to the feed's folder\n"
            ),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn two_feeds_whose_names_differ_in_case_only_are_an_error() {
    let house = House::with_document(one()).feed("Blatt", "[[source]]\npath = \"../blatt/quelle\"\n");
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.stderr,
        "depesche: cannot use `feeds/blatt/feed.toml`: its name differs from that of `feeds/Blatt/feed.toml` in upper and lower case only\n\
         hint: rename one of the two folders\n"
    );
}

#[test]
fn a_name_that_cannot_be_a_part_of_an_address_is_an_error() {
    for name in ["öl", "-x", "mit leer", "index.html", "a.", ".versteckt"] {
        let house = House::with_document(one()).feed(name, "[[source]]\npath = \"x\"\n");
        let ran = house.run(&["update"]);
        assert_eq!(
            ran.stderr,
            format!(
                "depesche: cannot use `feeds/{name}/feed.toml`: `{name}` cannot be the name of a feed\n\
                 hint: a name is a part of an address: ASCII letters, digits, `-`, `_` and `.`, a letter or digit first\n"
            )
        );
        assert_eq!(ran.status, 2, "{name}");
        assert!(!house.there(&format!("public/{name}/atom.xml")));
    }
}

#[test]
fn without_a_folder_of_feeds_the_first_one_is_explained() {
    let house = House::empty();
    house.run(&["update"]).is(2, "", &format!("depesche: cannot use `feeds`: there is no such folder\n{FIRST_FEED}"));
    assert!(!house.there("archive") && !house.there("public"), "nothing is made");
    std::fs::create_dir(house.path("feeds")).unwrap();
    house.run(&["update"]).is(2, "", &format!("depesche: there is no feed under `feeds`\n{FIRST_FEED}"));
    assert!(!house.there("archive") && !house.there("public"), "nothing is made");
}

#[test]
fn an_unknown_feed_is_answered_with_the_nearest_known_one() {
    let house = House::with_document(one());
    let hint = "hint: did you mean `blatt`?\n";
    house.run(&["update", "blat"]).is(2, "", &format!("depesche: there is no feed `blat`\n{hint}"));
    house.run(&["publish", "Blatt"]).is(2, "", &format!("depesche: there is no feed `Blatt`\n{hint}"));
    house.run(&["ingest", "x", "--feed", "xyz"]).is(
        2,
        "",
        "depesche: there is no feed `xyz`\nhint: a feed is made by writing `feeds/xyz/feed.toml`; there are: blatt\n",
    );
    assert!(!house.there("archive"), "nothing is made");
}

#[test]
fn an_unknown_feed_in_a_question_is_answered_too() {
    let house = House::with_document(one());
    house.update();
    let ran = house.run(&["list", "--feed", "blat"]);
    assert_eq!(ran.status, 2, "a typing error looks like an empty archive");
    assert!(ran.stderr.contains("did you mean `blatt`?"), "{}", ran.stderr);
}

#[test]
fn settings_that_cannot_be_used_end_the_run_before_it_begins() {
    let table = [
        (
            "bsae = \"https://a.example/\"\n",
            "depesche: cannot use `depesche.toml:1`: `bsae` is no key here\nhint: did you mean `base`?\n",
        ),
        (
            "pause = \"bald\"\n",
            "depesche: cannot use `depesche.toml:1`: `pause` must be a length of time such as \"500ms\", \"1s\", \"30m\", \"12h\" or \"7d\"\n",
        ),
        (
            "\nallow = [\"127.0.0.1\"]\n",
            "depesche: cannot use `depesche.toml:2`: `127.0.0.1` in `allow` must be a host with its port: \"127.0.0.1:8080\", \"[::1]:8080\"\n",
        ),
        (
            "base = \"https://a:b@c.example/\"\n",
            "depesche: cannot use `depesche.toml:1`: `base` must be an address without a name or password in it\n",
        ),
        (
            "hub = \"https://hub.example/\"\n",
            "depesche: cannot use `depesche.toml`: `hub` needs `base`: a hub can only fetch what has an address\nhint: add `base = \"https://…\"`, where public/ will be seen\n",
        ),
    ];
    for (settings, complaint) in table {
        let house = House::with_document(one()).file("depesche.toml", settings);
        house.run(&["update"]).is(2, "", complaint);
        assert!(!house.there("archive") && !house.there("public"));
    }
}

#[test]
fn a_file_in_the_place_of_the_archive_is_named() {
    let house = House::with_document(one()).file("archive", "");
    house.run(&["update"]).is(
        3,
        "",
        "depesche: cannot use the archive `archive`: a file stands in its place\n\
         hint: choose a folder that this user may write to with `--root DIR`\n",
    );
}

#[test]
fn what_cannot_be_published_is_kept_and_published_by_the_next_run() {
    let house = House::with_document(one()).file("public", "");
    let ran = house.run(&["update"]);
    assert_eq!(
        (ran.status, ran.closing()),
        (1, "1 source, 1 article: 1 new, 0 revised, 0 known; 0 feeds written; 1 failed")
    );
    for line in ran.stderr.lines().step_by(2) {
        assert!(line.starts_with("depesche: cannot write `public/"), "{line}");
    }
    for line in ran.stderr.lines().skip(1).step_by(2) {
        assert_eq!(line, "hint: something else stands in its way: move that away");
    }
    std::fs::remove_file(house.path("public")).unwrap();
    assert_eq!(house.update(), "1 source, 1 article: 0 new, 0 revised, 1 known; 1 feed written");
    assert!(house.there("public/blatt/atom.xml"));
}

#[test]
fn one_feed_that_cannot_be_written_leaves_the_others_alone() {
    let house = House::with_document(one())
        .feed("bote", "[[source]]\npath = \"../blatt/quelle\"\n")
        .file("public/blatt", "a file where a folder should be");
    let ran = house.run(&["update"]);
    assert_eq!(
        (ran.status, ran.closing()),
        (1, "2 sources, 2 articles: 1 new, 0 revised, 1 known; 1 feed written; 1 failed")
    );
    assert!(house.there("public/bote/atom.xml"));
}

#[test]
fn addresses_that_are_none_of_the_web_are_wrong_usage() {
    let house = House::with_document(one());
    house.run(&["extract", "ftp://blatt.example/a"]).is(
        2,
        "",
        "depesche: `ftp://blatt.example/a` cannot be read: `ftp:` is neither http nor https\nhint: save it to a file and give its name\n",
    );
    house.run(&["extract", "https://wer:geheim@blatt.example/a"]).is(
        2,
        "",
        "depesche: an address with a name or password in it is not read\n",
    );
}

#[test]
fn a_table_of_addresses_that_cannot_be_used_is_named_with_its_line() {
    let house = House::empty()
        .file("a.md", "# A\n\nEin Satz.\n")
        .file("urls.tsv", "a.md\thttps://blatt.example/a\nb.md kein Tabulator\n");
    house.run(&["extract", "--urls", "urls.tsv", "a.md"]).is(
        2,
        "",
        "depesche: cannot use `urls.tsv:2`: it is no name and address\n\
         hint: each line is a file name, a tab, and the address it was saved from\n",
    );
}

#[test]
fn documents_made_to_hurt_end_in_time() {
    let deep = "<div>".repeat(50_000);
    let nested_json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_xml = format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{}", "<a>".repeat(50_000));
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><rss version=\"2.0\"><channel><item><title>&c;</title></item></channel></rss>";
    let outside = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\
        <rss version=\"2.0\"><channel><item><title>x&x;y</title><description>Ein Satz.</description></item></channel></rss>";
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_else(|_| "no such host".into());
    let table = [
        format!("<!DOCTYPE html><html><body>{deep}<p>{}</p>", story("die Tiefe")),
        rss(&[Item { title: "Tief", link: "https://blatt.example/1", text: &deep, ..Item::default() }]),
        nested_json,
        deep_xml,
        bomb.to_owned(),
        outside.to_owned(),
        format!("# {}\n\n{}", "x".repeat(100_000), ">".repeat(20_000)),
        "[".repeat(50_000),
        format!("Titel\n\n{}", "wort ".repeat(100_000)),
    ];
    let house = House::empty();
    for (n, document) in table.iter().enumerate() {
        house.write("quelle", document);
        let begun = std::time::Instant::now();
        let ran = house.run(&["extract", "quelle"]);
        assert!(matches!(ran.status, 0 | 1), "document {n}: {}", ran.stderr);
        assert!(!ran.stderr.contains("the program failed"), "document {n}: {}", ran.stderr);
        assert!(begun.elapsed().as_secs() < 15, "document {n} took {:?}", begun.elapsed());
        assert!(!ran.stdout.contains(&format!("x{}y", host.trim())), "a file of the machine was read");
    }
}

#[test]
fn a_bad_source_from_the_web_does_not_stop_a_good_one() {
    let server = Server::start(vec![("/gut", Answer::ok("", one())), ("/schlecht", Answer::status(500))]);
    let house = House::empty().file("depesche.toml", server.settings()).feed(
        "blatt",
        &format!("[[source]]\nurl = \"{}\"\n[[source]]\nurl = \"{}\"\n", server.url("/schlecht"), server.url("/gut")),
    );
    house.at(NOW, &["update"]).is(
        1,
        "blatt: 1 entry in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         2 sources, 1 article: 1 new, 0 revised, 0 known; 1 feed written; 1 failed\n",
        &format!("depesche: cannot read `{}`: the server answered 500\n", server.url("/schlecht")),
    );
}
