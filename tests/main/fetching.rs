//! Reading from the web, from a server that behaves as it is told to.

use crate::support::specimen::{Item, gzip, rss};
use crate::support::{Answer, House, Server};
use std::time::{Duration, Instant};

fn one() -> String {
    rss(&[Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }])
}

fn house(server: &Server) -> House {
    House::empty().file("depesche.toml", server.settings())
}

/// What `extract` says of an address that it cannot read.
fn refused(house: &House, url: &str) -> String {
    let ran = house.run(&["extract", url]);
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    ran.stderr
}

#[test]
fn any_status_that_is_no_success_is_named() {
    let statuses = [204, 304, 400, 401, 403, 404, 410, 429, 500, 503];
    let server = Server::start(vec![]);
    let house = house(&server);
    for status in statuses {
        server.answers("/a", Answer { body: one().into(), ..Answer::status(status) });
        let url = server.url("/a");
        let told = refused(&house, &url);
        assert_eq!(
            told.lines().next().unwrap(),
            format!("depesche: cannot read `{url}`: the server answered {status}")
        );
        assert_eq!(told.contains("hint: it is gone for good"), status == 410, "{told}");
    }
}

#[test]
fn a_refused_connection_is_named() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let house = House::empty().file("depesche.toml", format!("allow = [\"127.0.0.1:{port}\"]\n"));
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(refused(&house, &url), format!("depesche: cannot read `{url}`: no connection: Connection refused\n"));
}

#[test]
fn nothing_leads_inwards_unless_it_is_allowed() {
    let server = Server::start(vec![("/", Answer::ok("", one()))]);
    let port = server.port;
    let house = House::empty();
    for host in [
        "127.0.0.1",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fe80::1]",
        "[fd00::1]",
    ] {
        let url = format!("http://{host}:{port}/");
        let said = refused(&house, &url);
        let (first, hint) = said.trim_end().split_once('\n').unwrap_or_else(|| panic!("no way out for {host}: {said}"));
        assert!(first.ends_with("` is no public address"), "{host}: {said}");
        assert!(
            hint.starts_with("hint: if it is yours, open it with `allow = [\"")
                && hint.ends_with("\"]` in depesche.toml"),
            "{host}: {said}"
        );
    }
    let url = server.url("/");
    assert_eq!(
        refused(&house, &url),
        format!(
            "depesche: cannot read `{url}`: `127.0.0.1` is no public address\nhint: if it is yours, open it with `allow = [\"127.0.0.1:{port}\"]` in depesche.toml\n"
        )
    );
    assert_eq!(server.asked(), Vec::<String>::new(), "the server was asked all the same");
}

#[test]
fn a_name_that_resolves_inwards_is_refused_and_the_way_out_works() {
    let server = Server::start(vec![("/", Answer::ok("", one()))]);
    let url = format!("http://localhost:{}/", server.port);
    let house = House::empty();
    let hint = format!("allow = [\"localhost:{}\"]", server.port);
    assert_eq!(
        refused(&house, &url),
        format!(
            "depesche: cannot read `{url}`: `localhost` is no public address\nhint: if it is yours, open it with `{hint}` in depesche.toml\n"
        )
    );
    assert_eq!(server.asked(), Vec::<String>::new());
    house.write("depesche.toml", hint);
    assert_eq!(house.extract(&url)["articles"][0]["title"], "Eins");
}

#[test]
fn allowing_one_port_opens_no_other() {
    let (open, shut) = (Server::start(vec![]), Server::start(vec![("/", Answer::ok("", one()))]));
    for host in ["127.0.0.1", "localhost"] {
        let house = House::empty().file("depesche.toml", format!("allow = [\"{host}:{}\"]\n", open.port));
        let said = refused(&house, &format!("http://{host}:{}/", shut.port));
        assert!(said.contains("is no public address"), "{said}");
    }
    assert_eq!(shut.asked(), Vec::<String>::new());
}

#[test]
fn redirects_are_followed_but_not_inwards_and_not_for_ever() {
    let shut = Server::start(vec![("/", Answer::ok("", one()))]);
    let server = Server::start(vec![
        ("/gut", Answer::redirect("/ziel")),
        ("/ziel", Answer::ok("", one())),
        ("/hinein", Answer::redirect(&shut.url("/"))),
        ("/datei", Answer::redirect("file:///etc/passwd")),
        ("/kreis", Answer::redirect("/kreis")),
    ]);
    let house = house(&server);
    let object = house.extract(&server.url("/gut"));
    assert_eq!(object["url"], server.url("/ziel"), "relative links start from where it was found");
    assert_eq!(object["file"], server.url("/gut"));
    let said = refused(&house, &server.url("/hinein"));
    assert!(
        said.contains("`127.0.0.1` is no public address") && said.contains(&format!("127.0.0.1:{}", shut.port)),
        "{said}"
    );
    assert_eq!(shut.asked(), Vec::<String>::new());
    let said = refused(&house, &server.url("/datei"));
    assert!(!said.contains("root:"), "{said}");
    let said = refused(&house, &server.url("/kreis"));
    assert!(said.contains("more than 10 redirects"), "{said}");
    assert_eq!(server.asked().iter().filter(|path| *path == "/kreis").count(), 11);
}

#[test]
fn a_body_over_the_cap_is_refused() {
    let server = Server::start(vec![("/gross", Answer { padding: 65 << 20, ..Answer::ok("text/plain", "Titel\n\n") })]);
    let url = server.url("/gross");
    let hint = "hint: `max_megabytes` in depesche.toml sets the limit";
    let said = format!("depesche: cannot read `{url}`: it is larger than 64 MB\n{hint}\n");
    assert_eq!(refused(&house(&server), &url), said);
}

#[test]
fn a_body_that_ends_too_early_is_refused() {
    let server = Server::start(vec![("/", Answer { torn: true, ..Answer::ok("", one()) })]);
    let url = server.url("/");
    let said = refused(&house(&server), &url);
    assert!(said.starts_with(&format!("depesche: cannot read `{url}`: ")), "{said}");
}

#[test]
fn an_encoding_that_nobody_asked_for_is_refused() {
    let server = Server::start(vec![
        ("/fremd", Answer::ok("", one()).header("Content-Encoding", "compress")),
        ("/falsch", Answer::ok("", one()).header("Content-Encoding", "gzip")),
        ("/gleich", Answer::ok("", one()).header("Content-Encoding", "identity")),
        ("/gzip", Answer::ok("", gzip(one().as_bytes())).header("Content-Encoding", "gzip")),
    ]);
    let house = house(&server);
    let url = server.url("/fremd");
    assert_eq!(
        refused(&house, &url),
        format!("depesche: cannot read `{url}`: the server sent it in the unknown encoding `compress`\n")
    );
    refused(&house, &server.url("/falsch"));
    for path in ["/gleich", "/gzip"] {
        assert_eq!(house.extract(&server.url(path))["kind"], "feed", "{path}");
    }
}

#[test]
fn a_slow_server_does_not_hold_up_the_others() {
    let slow: Vec<Server> = (0..4).map(|_| Server::start(vec![("/", Answer::ok("", one()).slow(700))])).collect();
    let allow: Vec<String> = slow.iter().map(|server| format!("\"127.0.0.1:{}\"", server.port)).collect();
    let house = House::empty().file("depesche.toml", format!("allow = [{}]\npause = \"0s\"\n", allow.join(", ")));
    for (n, server) in slow.iter().enumerate() {
        house.write(&format!("feeds/f{n}/feed.toml"), format!("[[source]]\nurl = \"{}\"\n", server.url("/")));
    }
    let begun = Instant::now();
    house.update();
    // One after the other they would take 2.8 seconds.
    assert!(begun.elapsed() < Duration::from_millis(2400), "{:?}", begun.elapsed());
}

#[test]
fn one_host_is_asked_gently() {
    let server = Server::start((0..3).map(|n| (["/0", "/1", "/2"][n], Answer::ok("", one()))).collect());
    let house = House::empty()
        .file("depesche.toml", format!("allow = [\"127.0.0.1:{}\"]\npause = \"300ms\"\n", server.port))
        .feed(
            "blatt",
            &(0..3).map(|n| format!("[[source]]\nurl = \"{}\"\n", server.url(&format!("/{n}")))).collect::<String>(),
        );
    let begun = Instant::now();
    house.update();
    assert!(
        begun.elapsed() >= Duration::from_millis(600),
        "two pauses lie between three requests: {:?}",
        begun.elapsed()
    );
    let mut asked = server.asked();
    asked.sort();
    assert_eq!(asked, ["/0", "/1", "/2"]);
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let proxy = Server::start(vec![]);
    let server = Server::start(vec![("/", Answer::ok("", one()))]);
    let house = house(&server);
    let done = house
        .command(crate::support::NOW, &["extract", &server.url("/")])
        .env("http_proxy", proxy.url("/"))
        .env("HTTP_PROXY", proxy.url("/"))
        .env("ALL_PROXY", proxy.url("/"))
        .output()
        .unwrap();
    assert!(done.status.success());
    assert_eq!((proxy.asked(), server.asked()), (Vec::<String>::new(), vec!["/".to_owned()]));
}

#[test]
fn an_address_that_two_feeds_read_is_asked_for_once() {
    let server = Server::start(vec![("/feed", Answer::ok("", one()).header("ETag", "\"1\""))]);
    let source = format!("[[source]]\nurl = \"{}\"\n", server.url("/feed"));
    let house = house(&server).feed("blatt", &source).feed("bote", &source);
    assert_eq!(house.update(), "2 sources, 2 articles: 1 new, 0 revised, 1 known; 2 feeds written");
    assert_eq!(server.asked(), ["/feed"]);
    server.answers("/feed", Answer::status(304));
    assert_eq!(
        house.run(&["update", "--all"]).closing(),
        "2 sources, 2 unchanged, 0 articles: 0 new, 0 revised, 0 known; 0 feeds written"
    );
    assert_eq!(server.asked(), ["/feed", "/feed"]);
    // What fails, fails for both.
    server.answers("/feed", Answer::status(500));
    let ran = house.run(&["update", "--all"]);
    assert_eq!((ran.status, ran.stderr.matches("the server answered 500").count()), (1, 2), "{}", ran.stderr);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_proxy_is_used_where_the_settings_name_one() {
    let address = "http://blatt.example/feed";
    // A proxy is asked for whole addresses (RFC 9112, section 3.2.2).
    let proxy = Server::start(vec![(address, Answer::ok("", one()))]);
    let house = House::empty().file("depesche.toml", format!("proxy = \"{}\"\n", proxy.url("/")));
    assert_eq!(house.extract(address)["articles"][0]["title"], "Eins");
    assert_eq!(proxy.asked(), [address]);
    // That of the environment, where that is wanted.
    house.write("depesche.toml", "proxy = \"environment\"\n");
    let mut command = house.command(crate::support::NOW, &["extract", address]);
    let output = command.env("HTTP_PROXY", proxy.url("/")).env("http_proxy", proxy.url("/")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(proxy.asked(), [address, address]);
    // Literal addresses are looked at all the same.
    assert!(refused(&house, "http://127.0.0.1:1/").contains("is no public address"));
    house.write("depesche.toml", "proxy = \"nein\"\n");
    assert!(house.run(&["extract", address]).stderr.contains("`proxy` must be a whole address"));
}
