//! What cannot be seen through the binary: which element a value came from, and that hostile
//! documents cost no more than their size.

use super::{Fault, FeedParts, Limits, looks_like, read};
use crate::model::{Markup, RawArticle, Role};
use url::Url;

fn parts(text: &str) -> FeedParts {
    read(text.as_bytes(), None, None, &Limits::default()).unwrap()
}

fn fault(text: &str) -> Fault {
    read(text.as_bytes(), None, None, &Limits::default()).unwrap_err()
}

/// The only entry of an RSS feed with this in its item.
fn item(inner: &str) -> RawArticle {
    let mut parts =
        parts(&format!("<rss version=\"2.0\"><channel><title>Blatt</title><item>{inner}</item></channel></rss>"));
    assert_eq!(parts.articles.len(), 1);
    *parts.articles.remove(0)
}

/// The only entry of an Atom feed with this in its entry.
fn entry(inner: &str) -> RawArticle {
    let mut parts = parts(&format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Blatt</title><entry>{inner}</entry></feed>"
    ));
    assert_eq!(parts.articles.len(), 1);
    *parts.articles.remove(0)
}

fn text(value: &str) -> Option<Markup> {
    Some(Markup::Text(value.to_owned()))
}

fn html(value: &str) -> Option<Markup> {
    Some(Markup::Html(value.to_owned()))
}

fn dates(article: &RawArticle) -> Vec<(Role, &str)> {
    article.dates.iter().map(|claim| (claim.role, claim.words.as_str())).collect()
}

#[test]
fn each_format_gives_the_same_entry() {
    let feeds = [
        "<rss version='2.0'><channel><title>Blatt</title><link>https://blatt.example/</link><item><title>Eins</title><link>https://blatt.example/1</link></item></channel></rss>",
        "<rss version='0.91'><channel><title>Blatt</title><link>https://blatt.example/</link><item><title>Eins</title><link>https://blatt.example/1</link></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>Blatt</title><link>https://blatt.example/</link></channel><item><title>Eins</title><link>https://blatt.example/1</link></item></rdf:RDF>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>Blatt</title><link>https://blatt.example/</link></channel><item><title>Eins</title><link>https://blatt.example/1</link></item></rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Blatt</title><link href='https://blatt.example/'/><entry><title>Eins</title><link href='https://blatt.example/1'/></entry></feed>",
        "<a:feed xmlns:a='http://purl.org/atom/ns#' version='0.3'><a:title>Blatt</a:title><a:link rel='alternate' href='https://blatt.example/'/><a:entry><a:title>Eins</a:title><a:link rel='alternate' href='https://blatt.example/1'/></a:entry></a:feed>",
        "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"Blatt\",\"home_page_url\":\"https://blatt.example/\",\"items\":[{\"title\":\"Eins\",\"url\":\"https://blatt.example/1\"}]}",
    ];
    for feed in feeds {
        assert!(looks_like(feed), "{feed}");
        let found = parts(feed);
        assert_eq!(found.head.title, text("Blatt"), "{feed}");
        assert_eq!(found.head.link.as_deref(), Some("https://blatt.example/"), "{feed}");
        assert_eq!(found.articles.len(), 1, "{feed}");
        assert_eq!(found.articles[0].title, text("Eins"), "{feed}");
        assert_eq!(found.articles[0].link.as_deref(), Some("https://blatt.example/1"), "{feed}");
    }
}

#[test]
fn other_documents_are_no_feeds() {
    let others = [
        "",
        "Ein Text ohne alles.",
        "So beginnt ein Feed:\n\n```xml\n<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel></channel></rss>\n```\n",
        "<html><head><title>Seite</title></head><body><p>Text</p></body></html>",
        "<opml version='2.0'><body><outline xmlUrl='https://blatt.example/rss.xml'/></body></opml>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description/></rdf:RDF>",
        "[{\"title\":\"Eins\"}]",
        "{\"name\":\"Eins\"}",
    ];
    for other in others {
        assert!(!looks_like(other), "{other}");
        assert_eq!(fault(other), Fault::NotAFeed, "{other}");
    }
}

#[test]
fn a_document_that_breaks_off_is_refused() {
    let whole = "<rss version=\"2.0\"><channel><title>Blatt</title><item><title>Eins</title><description><![CDATA[<p>Text</p>]]></description></item></channel></rss>";
    let last = whole.find("</channel>").unwrap();
    for end in "<rss version=\"2.0\">".len()..last {
        assert_eq!(fault(&whole[..end]), Fault::Truncated, "{}", &whole[..end]);
    }
    assert_eq!(parts(whole).articles.len(), 1);
    // Only the name of what was open is missing now, and nothing of what was said.
    assert_eq!(parts(whole.strip_suffix('>').unwrap()).articles.len(), 1);
    assert_eq!(fault("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\"}"), Fault::Truncated);
    assert_eq!(fault("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Eins</title></entry>"), Fault::Truncated);
}

#[test]
fn missing_and_stray_end_tags_are_repaired() {
    let found =
        parts("<rss><channel><item><title>Eins</b></title><description>Text<item><title>Zwei</title></channel></rss>");
    assert_eq!(found.articles.len(), 1);
    let found = parts("<rss><channel><item><title>Eins</title><item><title>Zwei</title></item></channel></rss>");
    assert_eq!(found.articles.iter().map(|a| a.title.clone()).collect::<Vec<_>>(), [text("Eins"), text("Zwei")]);
    assert_eq!(found.warnings, ["end tags missing or astray: 1"]);
}

#[test]
fn references_are_resolved_once_and_unknown_ones_stay() {
    let found = item("<title>Müller &amp; S&ouml;hne &#8211; AT&T &unbekannt; &#x20AC;&#128;</title>");
    assert_eq!(found.title, html("Müller & Söhne – AT&T &unbekannt; €€"));
    let found = item("<description>&amp;lt;b&amp;gt; &nbsp;</description>");
    assert_eq!(found.summary, html("&lt;b&gt;"));
}

#[test]
fn an_entity_of_the_document_is_resolved_one_level_deep_and_an_external_one_never() {
    let feed = "<!DOCTYPE rss [<!ENTITY haus 'Blatt &amp; Co'><!ENTITY zwei '&haus;&haus;'><!ENTITY datei SYSTEM 'file:///etc/passwd'>]><rss><channel><title>&haus;</title><description>&zwei; &datei;</description><item/></channel></rss>";
    let found = parts(feed);
    assert_eq!(found.head.title, html("Blatt & Co"));
    assert_eq!(found.head.subtitle, html("&haus;&haus; &datei;"));
}

#[test]
fn text_that_was_encoded_twice_is_repaired_and_other_text_is_left_alone() {
    assert_eq!(item("<title>Ã¼ber BÃ¤ume â€“ hier</title>").title, text("über Bäume – hier"));
    assert_eq!(item("<title>\u{84}über\u{93}</title>").title, text("„über“"));
    for title in ["Käse für Übermütige", "à la carte", "Ânes", "voilà\u{a0}!", "Москва", "½ Â"] {
        assert_eq!(item(&format!("<title>{title}</title>")).title, text(title));
    }
}

#[test]
fn names_are_told_by_vocabulary_and_place() {
    let found = item(
        "<image><title>Bild</title><link>https://bild.example/</link></image><x:title xmlns:x='urn:x'>Fremd</x:title>\
         <media:group xmlns:media='http://search.yahoo.com/mrss/'><media:title>Video</media:title></media:group><title>Eins</title>",
    );
    assert_eq!(found.title, text("Eins"));
    assert_eq!(found.link, None);
    let found = item(
        "<media:content url='https://bild.example/1.jpg' type='image/jpeg' fileSize='12'><media:title>Nur das Bild</media:title></media:content>",
    );
    assert_eq!(found.title, text("Nur das Bild"));
    assert_eq!(found.enclosures[0].length, Some(12));
}

#[test]
fn prefixes_work_undeclared_misdeclared_and_renamed() {
    for (attributes, prefix) in
        [("", "dc"), ("xmlns:dc='http://falsch.example/'", "dc"), ("xmlns:k='http://purl.org/dc/elements/1.1/'", "k")]
    {
        let feed = format!(
            "<rss {attributes}><channel><item><{prefix}:creator>Erika Muster</{prefix}:creator></item></channel></rss>"
        );
        assert_eq!(parts(&feed).articles[0].authors, ["Erika Muster"], "{feed}");
    }
    let feed = "<feed xmlns='http://unbekannt.example/atom'><entry><title>Eins</title></entry></feed>";
    assert_eq!(parts(feed).articles[0].title, text("Eins"));
}

#[test]
fn the_name_of_an_author_is_parted_from_the_address() {
    let cases = [
        ("erika@muster.example (Erika Muster)", "Erika Muster"),
        ("Erika Muster (erika@muster.example)", "Erika Muster"),
        ("Erika Muster &lt;erika@muster.example&gt;", "Erika Muster"),
        ("\"Muster, Erika\" &lt;erika@muster.example&gt;", "Muster, Erika"),
        ("erika@muster.example", "erika@muster.example"),
        ("Erika Muster (dpa)", "Erika Muster (dpa)"),
    ];
    for (found, name) in cases {
        assert_eq!(item(&format!("<author>{found}</author>")).authors, [name]);
    }
    assert_eq!(
        entry(
            "<author><name>Erika Muster</name><email>e@muster.example</email></author><author><name>Max</name></author>"
        )
        .authors,
        ["Erika Muster", "Max"]
    );
}

#[test]
fn authors_come_from_the_entry_then_its_source_then_the_feed() {
    let feed = |entry: &str| {
        parts(&format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Blatt</name></author><entry>{entry}</entry></feed>"
        ))
        .articles[0]
            .authors
            .clone()
    };
    let source = "<source><title>Anderes</title><author><name>Quelle</name></author></source>";
    assert_eq!(feed(&format!("<author><name>Erika</name></author>{source}")), ["Erika"]);
    assert_eq!(feed(source), ["Quelle"]);
    assert_eq!(feed(""), ["Blatt"]);
}

#[test]
fn atom_content_comes_in_every_form() {
    assert_eq!(entry("<title>1 &lt; 2</title>").title, text("1 < 2"));
    assert_eq!(entry("<title type='html'>1 &amp;lt; &lt;b&gt;2&lt;/b&gt;</title>").title, html("1 &lt; <b>2</b>"));
    assert_eq!(
        entry("<content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:p title='&quot;a&quot;'>1 &lt; 2<h:br/></h:p><h:p/></h:div></content>").body,
        html("<p title=\"&quot;a&quot;\">1 &lt; 2<br></p><p></p>")
    );
    assert_eq!(
        entry("<content type='application/octet-stream'> PGI+SGFs\n bG88L2I+ </content>").body,
        html("<b>Hallo</b>")
    );
    assert_eq!(entry("<content type='image/png'>iVBORw0KGgo=</content>").body, None);
    assert_eq!(entry("<content type='xhtml'>&lt;p&gt;falsch&lt;/p&gt;</content>").body, html("<p>falsch</p>"));
    assert_eq!(entry("<summary>Fett: <b>ja</b> &amp; nein</summary>").summary, html("Fett: <b>ja</b> &amp; nein"));
}

#[test]
fn rss_text_is_html_where_it_shows_that_it_is() {
    assert_eq!(item("<description>Nur Text\n\nzwei Zeilen</description>").summary, text("Nur Text\n\nzwei Zeilen"));
    assert_eq!(
        item("<description>&lt;![CDATA[&lt;p&gt;doppelt&lt;/p&gt;]]&gt;</description>").summary,
        html("<p>doppelt</p>")
    );
    assert_eq!(item("<description><p>offen<br>Zeile</p></description>").summary, html("<p>offen<br>Zeile</p>"));
    assert_eq!(item("<description>a <![CDATA[<b>]]>b</description>").summary, html("a <b>b"));
    assert_eq!(item("<description>3 < 4 und x <y gilt</description>").summary, html("3 < 4 und x <y gilt"));
}

#[test]
fn the_better_of_two_texts_becomes_the_body() {
    let found = item("<description>Kurz</description><content:encoded>Lang</content:encoded>");
    assert_eq!((found.summary, found.body), (text("Kurz"), text("Lang")));
    let found = item("<description>Kurz</description><summary>Anders</summary>");
    assert_eq!((found.summary, found.body), (text("Kurz"), text("Anders")));
}

#[test]
fn the_guid_is_the_link_only_where_it_is_one() {
    let web = "https://blatt.example/1";
    assert_eq!(item(&format!("<guid>{web}</guid>")).link.as_deref(), Some(web));
    assert_eq!(item(&format!("<guid isPermaLink='false'>{web}</guid>")).link, None);
    assert_eq!(item("<guid>abc</guid>").link, None);
    assert_eq!(item(&format!("<guid>{web}?alt</guid><link>{web}</link>")).link.as_deref(), Some(web));
    assert_eq!(entry(&format!("<id>{web}</id>")).link, None);
}

#[test]
fn links_are_chosen_by_relation_and_type() {
    let found = entry(
        "<link rel='self' href='https://blatt.example/1.atom'/><link rel='alternate' type='application/pdf' href='https://blatt.example/1.pdf'/>\
         <link rel='alternate' type='text/html' href='https://blatt.example/1?a=1&amp;b=2'/><link rel='enclosure' type='audio/mpeg' length='7' href='https://blatt.example/1.mp3'/>",
    );
    assert_eq!(found.link.as_deref(), Some("https://blatt.example/1?a=1&b=2"));
    assert_eq!(found.enclosures.len(), 1);
    let feed = parts(
        "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel><atom:link rel='next' href='https://blatt.example/2.xml'/><atom:link href='https://falsch.example/'/><link>https://blatt.example/</link><item/></channel></rss>",
    );
    assert_eq!(feed.head.link.as_deref(), Some("https://blatt.example/"));
    assert_eq!((feed.links[0].rel.as_str(), feed.links[0].href.as_str()), ("next", "https://blatt.example/2.xml"));
}

#[test]
fn relative_links_start_from_the_nearest_base() {
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/blog/'><link href='.'/><entry xml:base='2024/'><link href='eins'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><a href='a'>a</a><p xml:base='b/'><img src='c.jpg'/></p></div></content></entry></feed>";
    let base = Url::parse("https://blatt.example/atom.xml").unwrap();
    let found = read(feed.as_bytes(), None, Some(&base), &Limits::default()).unwrap();
    assert_eq!(found.head.link.as_deref(), Some("https://blatt.example/blog/"));
    let article = &found.articles[0];
    assert_eq!(article.link.as_deref(), Some("https://blatt.example/blog/2024/eins"));
    assert_eq!(article.base.as_deref(), Some("https://blatt.example/blog/2024/"));
    assert_eq!(article.body, html("<a href=\"a\">a</a><p><img src=\"https://blatt.example/blog/2024/b/c.jpg\"></p>"));
    let found = parts(&feed.replace("xml:base='/blog/'", "xml:base='javascript:alert(1)'"));
    assert_eq!(found.articles[0].base, None);
}

#[test]
fn dates_stand_in_the_order_of_their_evidence() {
    let found = item(
        "<dc:date>2024-08-01</dc:date><pubDate>Mi, 28.08.2024</pubDate><dcterms:modified>2024-08-29</dcterms:modified><pubDate>28 Aug 2024</pubDate>",
    );
    assert_eq!(
        dates(&found),
        [
            (Role::Published, "28 Aug 2024"),
            (Role::Published, "Mi, 28.08.2024"),
            (Role::Updated, "2024-08-29"),
            (Role::Unknown, "2024-08-01")
        ]
    );
    let feed = parts("<rss><channel><pubDate>1</pubDate><lastBuildDate>2</lastBuildDate><item/></channel></rss>");
    assert_eq!(feed.head.updated.map(|claim| claim.words).as_deref(), Some("2"));
}

#[test]
fn tags_keep_their_order_whatever_they_stand_in() {
    let found = item(
        "<itunes:category text='Gesellschaft'><itunes:category text='Geschichte'/></itunes:category><category>Politik</category>\
         <tags>Haus, Hof</tags><media:category label='Sport'/><media:category label='x'>Kultur</media:category>",
    );
    assert_eq!(found.tags, ["Gesellschaft", "Geschichte", "Politik", "Haus", "Hof", "Sport", "Kultur"]);
}

#[test]
fn json_values_of_a_wrong_type_do_no_harm() {
    let found = parts(
        "{\"title\":\"Blatt\",\"items\":[{\"id\":7,\"title\":[],\"content_html\":\"<p>a</p>\",\"content_text\":\"a\",\"tags\":\"eins\",\"author\":{\"name\":\"Erika\"},\"attachments\":[{\"url\":\"https://blatt.example/1.mp3\",\"size_in_bytes\":\"9\"}]},null]}",
    );
    assert_eq!(found.articles.len(), 1);
    let article = &found.articles[0];
    assert_eq!(article.guid.as_deref(), Some("7"));
    assert_eq!((&article.title, &article.body), (&None, &html("<p>a</p>")));
    assert_eq!(
        (article.tags.as_slice(), article.authors.as_slice()),
        (["eins".to_owned()].as_slice(), ["Erika".to_owned()].as_slice())
    );
    assert_eq!(article.enclosures[0].length, Some(9));
}

#[test]
fn what_stands_before_the_feed_does_not_hide_it() {
    for junk in ["\n\n  ", "\u{FEFF}", "<!-- Zwischenspeicher -->", "<br />\n<b>Warning</b>: Fehler in <b>x.php</b>\n"]
    {
        let feed = format!(
            "{junk}<?xml version=\"1.0\" encoding=\"utf-8\"><rss><channel><item><title>Eins</title></item></channel></rss>"
        );
        assert!(looks_like(&feed), "{junk}");
        assert_eq!(parts(&feed).articles[0].title, text("Eins"), "{junk}");
    }
    let entities = "<!ENTITY lang 'Wort'>".repeat(2000);
    let feed = format!("<!DOCTYPE rss [{entities}]><rss><channel><item><title>&lang;</title></item></channel></rss>");
    assert!(looks_like(&feed));
    assert_eq!(parts(&feed).articles[0].title, text("Wort"));
    let page = "<!DOCTYPE html><html><body><feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Eins</title></entry></feed></body></html>";
    assert_eq!(parts(page).articles.len(), 1);
}

#[test]
fn character_sets_are_found() {
    let feed = |label: &str| {
        format!("<?xml version='1.0' encoding='{label}'?><rss><channel><title>Käse</title><item/></channel></rss>")
    };
    let latin: Vec<u8> = feed("iso-8859-1").chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> =
        std::iter::once('\u{FEFF}').chain(feed("utf-16").chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    for bytes in [latin, utf16, feed("iso-8859-1").into_bytes(), feed("utf-8").into_bytes()] {
        let found = read(&bytes, None, None, &Limits::default()).unwrap();
        assert_eq!(found.head.title, text("Käse"));
    }
}

#[test]
fn entries_beyond_the_limit_are_left_out_and_depth_is_refused() {
    let limits = Limits { entries: 2, depth: 8 };
    let feed = "<rss><channel><item/><item/><item/></channel></rss>";
    let found = read(feed.as_bytes(), None, None, &limits).unwrap();
    assert_eq!((found.articles.len(), found.warnings.len()), (2, 1));
    let deep = format!("<rss><channel><item><description>{}", "<b>".repeat(9));
    assert_eq!(read(deep.as_bytes(), None, None, &limits).unwrap_err(), Fault::TooDeep);
    let deep = format!("{{\"items\":{}", "[".repeat(100_000));
    assert_eq!(fault(&deep), Fault::TooDeep);
}

#[test]
fn hostile_documents_cost_no_more_than_their_size() {
    let wrap = |inner: String| format!("<rss><channel><item><description>{inner}</description></item></channel></rss>");
    let many = 100_000;
    let hostile = [
        ("open tags", wrap("<a ".repeat(many))),
        ("open quotes", wrap("<a b='\">".repeat(many))),
        ("open comments", wrap("<!--".repeat(many))),
        ("open sections", wrap("<![CDATA[".repeat(many))),
        ("open instructions", wrap("<?x ".repeat(many))),
        ("brackets", wrap("<".repeat(many))),
        ("ampersands", wrap("&".repeat(many))),
        ("references", wrap("&a".repeat(many))),
        ("stray ends", wrap(format!("{}{}", "<b>".repeat(400), "</a>".repeat(many)))),
        ("elements", wrap("<b></b>".repeat(many))),
        (
            "declarations",
            format!(
                "<rss {}><channel>{}</channel></rss>",
                (0..many).map(|n| format!("xmlns:a{n}='u{n}' ")).collect::<String>(),
                "<item><x:item/></item>".repeat(many / 4)
            ),
        ),
        ("types", format!("<!DOCTYPE rss [{}]><rss><channel><item/></channel></rss>", "<!ENTITY a 'b'>".repeat(many))),
        (
            "base",
            format!(
                "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://blatt.example/{}/'>{}</feed>",
                "x".repeat(900),
                "<entry><link rel='enclosure' href='a'/></entry>".repeat(many / 4)
            ),
        ),
    ];
    for (name, text) in hostile {
        // Time that grew with the square of the length would not end here.
        let read = read(text.as_bytes(), None, None, &Limits::default());
        assert!(read.is_err() || read.is_ok_and(|parts| parts.articles.len() <= text.len()), "{name}");
    }
}

#[test]
fn elements_of_older_modules_are_read() {
    let parts = parts(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' \
         xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:alt='http://purl.org/rss/1.0/modules/rss091#' \
         xmlns:p='http://prismstandard.org/namespaces/basic/2.0/'><channel rdf:about='x'><title>Blatt</title>\
         <alt:language>de</alt:language></channel><item rdf:about='https://blatt.example/1'><title>Eins</title>\
         <content:items><rdf:Bag><rdf:li><content:item><content:format rdf:resource='http://www.w3.org/1999/xhtml'/>\
         <rdf:value><![CDATA[<p>Der ganze Text</p>]]></rdf:value></content:item></rdf:li></rdf:Bag></content:items>\
         <p:modificationDate>2024-08-28</p:modificationDate></item></rdf:RDF>",
    );
    assert_eq!(parts.head.language.as_deref(), Some("de"));
    let [article] = parts.articles.as_slice() else { panic!("{:?}", parts.articles) };
    assert_eq!(article.title, text("Eins"));
    assert_eq!(article.body, html("<p>Der ganze Text</p>"));
    assert_eq!(dates(article), [(Role::Updated, "2024-08-28")]);
}
