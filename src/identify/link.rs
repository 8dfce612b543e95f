//! Addresses that lead to the same article become the same text.

use std::sync::LazyLock;
use url::{Host, Url};

/// Parameters that tell nothing of what is read, with the source of each: data, so that it can be looked through and
/// added to without reading code.
const NOISE: &str = include_str!("noise.txt");

/// Their names, and the beginnings of names.
static NOISE_NAMES: LazyLock<(Vec<&str>, Vec<&str>)> = LazyLock::new(|| {
    let names = NOISE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (families, names): (Vec<&str>, Vec<&str>) = names.partition(|name| name.ends_with('*'));
    (names, families.into_iter().map(|name| name.trim_end_matches('*')).collect())
});

/// First labels of hosts that serve the same pages for other devices.
const DEVICES: [&str; 6] = ["www", "m", "mobil", "mobile", "amp", "wap"];
/// Names of documents that stand for their folder.
const INDEXES: [&str; 7] =
    ["index.html", "index.htm", "index.php", "index.asp", "index.aspx", "default.aspx", "default.asp"];

/// What an address comes down to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Normal {
    /// The address as a key; `None` if it leads to the front page of a site, which is the address of no article.
    pub whole: Option<String>,
    /// The address without its fragment, if it has one that may tell articles apart.
    pub page: Option<String>,
}

/// The address without what does not tell one article from another: scheme, `www.` and hosts for other devices, port by
/// default, AMP variants, session and tracking parameters, the order of parameters, trailing slashes, the name of an index document, a
/// fragment that tracks; with percent encoding as RFC 3986 (section 6.2.2) makes it equal.
///
/// It is a key and no address: it is compared, never fetched or shown. The URL Standard's parser has already folded the
/// case of scheme and host, default ports and dot segments. `https://` and the key make the same key again, so that keys
/// of an earlier rule can be brought to this one.
pub fn normal(link: &str) -> Normal {
    let page = || {
        let url = unwrapped(Url::parse(link).ok()?);
        let host = match url.host()? {
            Host::Domain(name) => without_device(name.trim_end_matches('.')).to_owned(),
            address => address.to_string(),
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = path(url.path());
        let mut query: Vec<String> = url
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty() && !is_noise(pair))
            .map(|pair| percent(&pair.replace('+', "%20")))
            .collect();
        query.sort_unstable();
        let front = path.is_empty() && query.is_empty();
        let mut page = format!("{host}{port}{path}");
        if !query.is_empty() {
            page.push('?');
            page.push_str(&query.join("&"));
        }
        // `#ref=rss`, `#xtor=RSS-3`, `#:~:text=…`: what is a parameter or a mark for the browser tells nothing.
        let fragment =
            url.fragment().filter(|text| !text.is_empty() && !text.contains('=') && !text.starts_with(":~:"));
        Some((page, front, fragment.map(str::to_owned)))
    };
    match page() {
        None => Normal::default(),
        Some((page, front, None)) => Normal { whole: (!front).then_some(page), page: None },
        Some((page, front, Some(fragment))) => {
            Normal { whole: Some(format!("{page}#{fragment}")), page: (!front).then_some(page) }
        }
    }
}

/// The address inside that of an AMP cache or viewer: `…cdn.ampproject.org/c/s/blatt.example/a`, `…/amp/s/blatt.example/a`
/// (AMP's "AMP Cache URL format").
fn unwrapped(url: Url) -> Url {
    let host = url.host_str().unwrap_or_default();
    let ways: &[&str] = match () {
        () if host.ends_with(".cdn.ampproject.org") => &["/c/s/", "/v/s/", "/a/s/", "/c/", "/v/"],
        () if host.starts_with("www.google.") => &["/amp/s/", "/amp/"],
        () => &[],
    };
    let inner = ways.iter().find_map(|way| url.path().strip_prefix(way));
    let inner = inner.filter(|inner| inner.split('/').next().is_some_and(|host| host.contains('.')));
    inner.and_then(|inner| Url::parse(&format!("https://{inner}")).ok()).unwrap_or(url)
}

/// `www.blatt.example`, `m.blatt.example` and `amp.blatt.example` are `blatt.example`; `m.example` is itself.
fn without_device(host: &str) -> &str {
    match host.split_once('.') {
        Some((device, rest)) if DEVICES.contains(&device) && rest.contains('.') => without_device(rest),
        _ => host,
    }
}

/// The path without session, index document, AMP marks, doubled and trailing slashes.
fn path(path: &str) -> String {
    // A parameter of a segment (RFC 3986, section 3.3) is a session nearly always, and else a version.
    let segments = path.split('/').map(|segment| match segment.split_once(';') {
        Some((name, parameter)) if is_noise(parameter) => name,
        _ => segment,
    });
    let mut segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    if segments.last().is_some_and(|last| INDEXES.iter().any(|index| last.eq_ignore_ascii_case(index))) {
        segments.pop();
    }
    // `/amp/politik/a`, `/politik/a/amp`, `/politik/a.amp`, `/politik/a.amp.html`
    if segments.len() > 1 {
        segments.retain({
            let (mut at, last) = (0, segments.len() - 1);
            move |segment| {
                at += 1;
                !((at == 1 || at == last + 1) && segment.eq_ignore_ascii_case("amp"))
            }
        });
    }
    let mut path = String::new();
    for segment in &segments {
        path.push('/');
        path.push_str(&percent(segment));
    }
    match path.strip_suffix(".amp.html").or_else(|| path.strip_suffix("-amp.html")) {
        Some(name) => format!("{name}.html"),
        None => path.strip_suffix(".amp").map(str::to_owned).unwrap_or(path),
    }
}

/// Percent encoding with what needs none written plainly and the rest in capitals (RFC 3986, section 6.2.2).
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, code) = rest.split_at(at);
        out.push_str(before);
        let byte = code
            .get(1..3)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => {
                match char::from(byte) {
                    plain if plain.is_ascii_alphanumeric() || "-._~".contains(plain) => out.push(plain),
                    _ => out.push_str(&format!("%{byte:02X}")),
                }
                rest = &code[3..];
            }
            None => {
                out.push('%');
                rest = &code[1..];
            }
        }
    }
    out + rest
}

fn is_noise(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    let (names, families) = &*NOISE_NAMES;
    match name.as_str() {
        // Short names say something else elsewhere: a session is one by the look of its value.
        "sid" | "s" | "session" => value.len() >= 20 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "amp" => matches!(value, "" | "1" | "true"),
        "outputtype" | "output" | "view" | "mode" => value.eq_ignore_ascii_case("amp"),
        name => names.contains(&name) || families.iter().any(|family| name.starts_with(family)),
    }
}

/// Whether the link that a page calls canonical (RFC 6596) can be believed: it speaks of the page that was read from `address`.
///
/// Templates that are wrong name the front page, the section or one fixed article on each page. Believed is a link with a part in common
/// that names the article (its words, its number), or one that names it where the address does not (`/?p=17`).
pub fn is_plausible(canonical: &str, address: &str) -> bool {
    let (Some(canonical), here) = (normal(canonical).whole, normal(address).whole) else { return false };
    let Some(here) = here else { return true };
    if canonical == here {
        return true;
    }
    let (named, known) = (names(&canonical), names(&here));
    match known.is_empty() {
        // Between two addresses that name nothing, the shorter one is a section.
        true => !named.is_empty() || !here.strip_prefix(&canonical).is_some_and(|rest| rest.starts_with(['/', '?'])),
        false => named.iter().any(|name| known.contains(name)),
    }
}

/// The parts of a normal link that can name an article: words joined by hyphens, numbers that are no date, the document's own name.
fn names(link: &str) -> Vec<String> {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let path = path.split('#').next().unwrap_or_default();
    let values = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    let mut names = Vec::new();
    for part in path.split('/').chain(values) {
        let stem = part.rsplit_once('.').map_or(part, |(stem, _)| stem).to_ascii_lowercase();
        let words: Vec<&str> = stem.split(['-', '_', ',']).filter(|word| !word.is_empty()).collect();
        // 4 digits may be a year, 6 and 8 a date.
        let is_number = |word: &&&str| {
            word.len() >= 4 && word.bytes().filter(u8::is_ascii_digit).count() * 2 > word.len() && !is_date(word)
        };
        names.extend(words.iter().filter(is_number).map(|word| (*word).to_owned()));
        let letters = words.iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic())).count();
        if letters >= 3 || letters == 2 && stem.len() >= 12 {
            // A number behind the words counts for itself.
            let words: Vec<&str> = words.iter().filter(|word| !is_number(word)).copied().collect();
            names.push(words.join("-"));
        }
    }
    names
}

/// `2024`, `202408`, `20240828`: years from 1990 on.
fn is_date(word: &str) -> bool {
    let year: Option<u32> = word.get(..4).and_then(|year| year.parse().ok());
    matches!(word.len(), 4 | 6 | 8)
        && year.is_some_and(|year| (1990..2100).contains(&year))
        && word.get(4..6).is_none_or(|month| matches!(month.parse(), Ok(1..=12)) || month.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{is_plausible, normal};

    #[test]
    fn variants_of_one_address_are_one_key() {
        let variants = [
            "https://blatt.example/politik/haushalt-der-stadt-17",
            "http://www.blatt.example/politik/haushalt-der-stadt-17/",
            "https://m.blatt.example/politik/haushalt-der-stadt-17?utm_source=rss&wt_zmc=x",
            "https://amp.blatt.example/politik/haushalt-der-stadt-17",
            "https://blatt.example/amp/politik/haushalt-der-stadt-17",
            "https://blatt.example/politik/haushalt-der-stadt-17/amp/",
            "https://blatt.example/politik/haushalt-der-stadt-17?amp=1",
            "https://blatt-example.cdn.ampproject.org/c/s/blatt.example/politik/haushalt-der-stadt-17",
            "https://www.google.de/amp/s/blatt.example/politik/haushalt-der-stadt-17",
            "https://blatt.example//politik/haushalt-der-stadt-17;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9",
            "https://blatt.example./politik/h%61ushalt-der-stadt-17#:~:text=Haushalt",
            "https://blatt.example/politik/haushalt-der-stadt-17?sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "https://blatt.example/politik/haushalt-der-stadt-17/index.html",
        ];
        for link in variants {
            let key = normal(link).whole.unwrap();
            assert_eq!(key, "blatt.example/politik/haushalt-der-stadt-17", "{link}");
            assert_eq!(normal(&format!("https://{key}")).whole.unwrap(), key);
        }
        assert_ne!(normal("https://a.example/%+F").whole, normal("https://a.example/%0F").whole);
        assert_eq!(normal("https://a.example/x?b=2&a=1").whole, normal("https://a.example/x?a=1&b=2").whole);
        assert_eq!(normal("https://a.example/%c3%bc").whole, normal("https://a.example/ü").whole);
        assert_eq!(normal("https://a.example/x?q=a+b").whole, normal("https://a.example/x?q=a%20b").whole);
    }

    #[test]
    fn what_may_name_another_article_stays() {
        let others = [
            ("https://a.example/x?id=1", "https://a.example/x?id=2"),
            ("https://a.example/x?s=1", "https://a.example/x?s=2"),
            ("https://m.example/x", "https://example/x"),
            ("https://a.example/amp", "https://a.example/"),
            ("https://a.example/x;2", "https://a.example/x;3"),
            ("https://a.example/x%2Fy", "https://a.example/x/y"),
            ("https://a.example/x?view=1", "https://a.example/x?view=2"),
            ("https://sport.a.example/x", "https://a.example/x"),
        ];
        for (a, b) in others {
            assert_ne!(normal(a), normal(b), "{a} {b}");
        }
    }

    #[test]
    fn a_canonical_link_is_believed_if_it_speaks_of_the_page() {
        let address = "https://blatt.example/politik/haushalt-der-stadt-wird-groesser-4711.html?utm_source=rss";
        for canonical in [
            "https://www.blatt.example/politik/haushalt-der-stadt-wird-groesser-4711.html",
            "https://blatt.example/wirtschaft/haushalt-der-stadt-wird-groesser-4711.html",
            "https://blatt.example/politik/ein-neuer-titel-seit-gestern-4711.html",
            "https://partner.example/haushalt-der-stadt-wird-groesser.html",
        ] {
            assert!(is_plausible(canonical, address), "{canonical}");
        }
        for canonical in [
            "https://blatt.example/",
            "https://blatt.example/politik",
            "https://blatt.example/politik/2024/08",
            "https://blatt.example/sport/der-verein-hat-gewonnen-1234.html",
        ] {
            assert!(!is_plausible(canonical, address), "{canonical}");
        }
        assert!(is_plausible("https://blatt.example/2024/08/ein-titel-mit-worten", "https://blatt.example/?p=17"));
        assert!(is_plausible("https://blatt.example/satzung", "https://blatt.example/satzung.html"));
        assert!(!is_plausible("https://blatt.example/artikel.php", "https://blatt.example/artikel.php?id=17"));
        assert!(is_plausible(
            "https://blatt.example/verein-feiert-sein-fest",
            "https://blatt.example/verein-feiert-sein-fest/2"
        ));
    }
}
