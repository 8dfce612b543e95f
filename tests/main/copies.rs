//! The same report in several papers: one article with several places, which a person can part again.

use crate::support::House;
use crate::support::specimen::{Item, rss};
use depesche::archive;
use depesche::model::ArticleId;
use serde_json::{Value, json};

const BODY: &str = "Die Arbeiten an der Brücke über die Musel beginnen nach Angaben des Landesbetriebs am 4. November und dauern bis zum \
    Frühjahr. Während der Bauzeit wird der Verkehr über die Umgehung geleitet, für Radfahrer bleibt ein schmaler Streifen frei. Die \
    Kosten von 2,4 Millionen Euro trägt das Land. Der Bürgermeister sprach von einer Geduldsprobe für alle, die täglich über den Fluss \
    müssen. Die Brücke stammt aus dem Jahr 1962 und gilt seit langem als Nadelöhr. Ein Neubau war vor zehn Jahren verworfen worden, \
    weil sich die Gemeinden auf keinen Ort einigen konnten.";
const BLATT: Item = Item {
    title: "Brücke über die Musel wird gesperrt",
    link: "https://blatt.example/bruecke-gesperrt",
    guid: "blatt-1",
    date: "Wed, 30 Oct 2024 14:30:00 +0100",
    author: "",
    text: BODY,
};
const BOTE: Item = Item {
    title: "Pendler brauchen Geduld",
    link: "https://www.bote.example/politik/geduld-77",
    guid: "bote-77",
    date: "Wed, 30 Oct 2024 16:00:00 +0100",
    ..BLATT
};

/// What the second paper makes of the report.
fn edited() -> String {
    format!("Musterstadt. {}", BODY.replace("sprach von einer Geduldsprobe", "nannte das eine Geduldsprobe"))
}

/// Two feeds, each of one paper; what `bote` does with copies stands in its definition.
fn house(duplicates: &str) -> House {
    let house = House::empty()
        .feed("blatt", "title = \"Blatt\"\n[[source]]\npath = \"quelle\"\n")
        .feed("bote", &format!("title = \"Bote\"\n{duplicates}[[source]]\npath = \"quelle\"\n"));
    house.write("feeds/blatt/quelle", rss(&[BLATT]));
    house.write("feeds/bote/quelle", rss(&[Item { text: &edited(), ..BOTE }]));
    house
}

fn items(house: &House, feed: &str) -> Vec<Value> {
    let text = house.read(&format!("public/{feed}/feed.json"));
    serde_json::from_str::<Value>(&text).unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn a_copy_in_another_paper_is_a_further_place_of_the_article_and_named_in_every_format() {
    let house = house("");
    assert_eq!(house.update(), "2 sources, 2 articles: 1 new, 0 revised, 0 known, 1 joined; 2 feeds written");
    assert_eq!(house.listed("feeds"), [json!(["blatt", "bote"])]);
    for feed in ["blatt", "bote"] {
        let [item] = items(&house, feed).try_into().unwrap();
        assert_eq!(item["title"], BLATT.title);
        assert_eq!(item["url"], BLATT.link);
        assert_eq!(item["_depesche"]["related"], json!([BOTE.link]));
        let named = format!("<p>Auch bei <a href=\"{}\">bote.example</a></p>", BOTE.link);
        assert!(item["content_html"].as_str().unwrap().ends_with(&named), "{item}");
        assert!(
            house
                .read(&format!("public/{feed}/atom.xml"))
                .contains(&format!("<link href=\"{}\" rel=\"related\"/>", BOTE.link))
        );
        assert!(
            house
                .read(&format!("public/{feed}/rss.xml"))
                .contains(&format!("<atom:link href=\"{}\" rel=\"related\"></atom:link>", BOTE.link))
        );
    }
    // Again: nothing is new, nothing is written.
    let before = (house.tree("public"), house.journal().len());
    assert_eq!(house.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    assert_eq!((house.tree("public"), house.journal().len()), before);
}

#[test]
fn the_words_of_the_other_paper_never_revise_the_article() {
    let house = house("");
    house.update();
    let longer = format!("{} {}", edited(), edited());
    house.write("feeds/bote/quelle", rss(&[Item { text: &longer, ..BOTE }]));
    assert_eq!(house.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    let corrected = BODY.replace("2,4 Millionen", "2,6 Millionen");
    house.write("feeds/blatt/quelle", rss(&[Item { text: &corrected, ..BLATT }]));
    assert_eq!(house.update(), "2 sources, 2 articles: 0 new, 1 revised, 1 known; 2 feeds written");
}

/// How many facts `explain` tells, each of which the index and the whole journal know alike.
fn facts(house: &House) -> usize {
    let archive = house.path("archive");
    let now = "2024-11-01T11:00:00Z".parse().unwrap();
    let list = house.list();
    let ids = list.iter().map(|item| ArticleId::parse(item["id"].as_str().unwrap()).unwrap());
    let told = |id: ArticleId| {
        let (whole, _) = archive::story(&archive, id).unwrap();
        let (indexed, said) = archive::ask(&archive, now, |index| index.story(id)).unwrap();
        assert_eq!((indexed, said.len()), (Some(whole.clone()), 0));
        whole.len()
    };
    ids.map(told).sum()
}

#[test]
fn the_index_knows_all_that_the_journal_tells_of_an_article() {
    let house = house("");
    house.update();
    assert_eq!(facts(&house), 2, "new, and joined");
    let longer = format!("{} {}", edited(), edited());
    house.write("feeds/bote/quelle", rss(&[Item { text: &longer, ..BOTE }]));
    house.update();
    assert_eq!(facts(&house), 3, "what the place shows now");
    let corrected = BODY.replace("2,4 Millionen", "2,6 Millionen");
    house.write("feeds/blatt/quelle", rss(&[Item { text: &corrected, ..BLATT }]));
    house.update();
    assert_eq!(facts(&house), 4, "a revision");
    let id = house.list()[0]["id"].as_str().unwrap().to_owned();
    house.run(&["split", &id]).good();
    assert_eq!(facts(&house), 6, "parted, and new");
    std::fs::remove_dir_all(house.path("archive/index")).unwrap();
    house.run(&["list"]).good();
    assert_eq!(facts(&house), 6);
    assert_eq!(house.run(&["rebuild"]).status, 0);
    assert_eq!(facts(&house), 6);
}

#[test]
fn a_definition_says_whether_copies_are_joined_kept_or_dropped() {
    let kept = house("duplicates = \"keep\"\n");
    assert_eq!(kept.update(), "2 sources, 2 articles: 2 new, 0 revised, 0 known; 2 feeds written");
    assert_eq!(items(&kept, "bote")[0]["title"], BOTE.title);

    let dropped = house("duplicates = \"drop\"\n");
    let closing = "2 sources, 2 articles: 1 new, 0 revised, 0 known, 1 joined; 1 feed written";
    assert_eq!(dropped.update(), closing);
    assert!(!dropped.there("public/bote/feed.json"));
    assert_eq!(items(&dropped, "blatt")[0]["_depesche"]["related"], json!([BOTE.link]));
    // Nor is it listed at a later look.
    assert_eq!(dropped.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    assert_eq!(dropped.listed("feeds"), [json!(["blatt"])]);

    let wrong = house("duplicates = \"nein\"\n").run(&["update"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("`duplicates` must be \"join\" or \"keep\" or \"drop\""), "{}", wrong.stderr);
}

#[test]
fn what_was_joined_is_parted_and_stays_so() {
    let house = house("");
    house.update();
    let id = house.list()[0]["id"].as_str().unwrap().to_owned();
    let explained = house.run(&["explain", &id]).good();
    assert!(explained.contains("joined: nearly the same text stands in another paper"), "{explained}");

    let nowhere = house.run(&["split", &id, "--place", "https://anders.example/"]);
    assert_eq!(nowhere.status, 2);
    assert!(nowhere.stderr.contains(&format!("hint: joined are {}", BOTE.link)), "{}", nowhere.stderr);

    house.run(&["split", &id[..8]]).good();
    let mut titles = house.listed("title");
    titles.sort_by_key(Value::to_string);
    assert_eq!(titles, [json!(BLATT.title), json!(BOTE.title)]);
    // Each feed shows its own and nothing else, and so do the answers.
    let shown = |feed: &str| items(&house, feed).iter().map(|item| item["title"].clone()).collect::<Vec<_>>();
    assert_eq!((shown("bote"), shown("blatt")), (vec![json!(BOTE.title)], vec![json!(BLATT.title)]));
    assert_eq!(items(&house, "blatt")[0]["_depesche"]["related"], Value::Null);
    assert_eq!(house.run(&["list", "--feed", "bote", "--format", "{title}"]).good(), format!("{}\n", BOTE.title));
    assert_eq!(house.run(&["verify"]).status, 0);
    assert_eq!(house.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");

    // A catalogue that is made again from the journal knows it as well.
    let published = house.published();
    std::fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    let ran = house.run(&["update", "--all"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.closing().contains("0 new, 0 revised, 2 known"), "{}", ran.stdout);
    assert_eq!(house.published(), published);
    assert_eq!(house.run(&["verify"]).status, 0);
    std::fs::remove_dir_all(house.path("archive/index")).unwrap();
    assert_eq!(house.run(&["list", "--feed", "bote", "--format", "{title}"]).good(), format!("{}\n", BOTE.title));
    assert_eq!(house.run(&["split", &id]).status, 2, "nothing is joined any more");

    // Should the feed find the article itself later, it lists it again.
    house.write("feeds/bote/quelle", rss(&[Item { text: &edited(), ..BOTE }, BLATT]));
    assert_eq!(house.update(), "2 sources, 3 articles: 0 new, 0 revised, 3 known; 1 feed written");
    let mut both: Vec<String> = items(&house, "bote").iter().map(|item| item["title"].to_string()).collect();
    both.sort();
    assert_eq!(both, [json!(BLATT.title).to_string(), json!(BOTE.title).to_string()]);
    let lines = house.run(&["list", "--feed", "bote", "--format", "{title}"]).good();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert_eq!(house.run(&["verify"]).status, 0);
    assert_eq!(house.update(), "2 sources, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written");
}

#[test]
fn a_feed_that_found_the_article_itself_as_well_lists_it_after_the_parting() {
    let house = house("");
    house.write("feeds/bote/quelle", rss(&[BLATT]));
    house.write("feeds/bote/zweite", rss(&[Item { text: &edited(), ..BOTE }]));
    let sources = "[[source]]\npath = \"quelle\"\n[[source]]\npath = \"zweite\"\n";
    house.write("feeds/bote/feed.toml", format!("title = \"Bote\"\n{sources}"));
    house.update();
    let id = house.list()[0]["id"].as_str().unwrap().to_owned();
    house.run(&["split", &id]).good();
    let mut both: Vec<String> = items(&house, "bote").iter().map(|item| item["title"].to_string()).collect();
    both.sort();
    assert_eq!(both, [json!(BLATT.title).to_string(), json!(BOTE.title).to_string()]);
}

#[test]
fn what_a_parting_takes_from_a_feed_leaves_its_closed_documents_too() {
    let house = house("limit = 1\n");
    house.update();
    let id = house.list()[0]["id"].as_str().unwrap().to_owned();
    let later = Item {
        title: "Markt am Sonntag",
        link: "https://www.bote.example/markt",
        guid: "bote-78",
        text: "Am Sonntag ist Markt.",
        ..BOTE
    };
    house.write("feeds/bote/quelle", rss(&[later, Item { text: &edited(), ..BOTE }]));
    house.at("2024-11-02T12:00:00Z", &["update", "--all"]).good();
    let closed = |house: &House| {
        let is_closed = |name: &String| name.starts_with("bote/") && name.contains("archiv");
        house.published().into_iter().filter(|(name, _)| is_closed(name)).map(|(_, text)| text).collect::<String>()
    };
    assert!(closed(&house).contains(BLATT.title), "{:?}", house.published().keys());
    house.run(&["split", &id]).good();
    house.at("2024-11-03T12:00:00Z", &["update", "--all"]).good();
    assert!(!closed(&house).contains(BLATT.title));
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn the_same_words_in_one_document_in_short_notices_and_after_a_month_are_articles_of_their_own() {
    let closing = |items: &[Item], other: &[Item]| {
        let house = house("");
        house.write("feeds/blatt/quelle", rss(items));
        house.write("feeds/bote/quelle", rss(other));
        house.update()
    };
    let text = edited();
    let copy = Item { text: &text, ..BOTE };
    let two = "2 sources, 2 articles: 2 new, 0 revised, 0 known; 2 feeds written";
    // Of one document.
    let filler = Item { link: "https://bote.example/anderes", guid: "x", title: "Anderes", text: "Kurz.", ..BOTE };
    assert_eq!(closing(&[BLATT, copy], &[filler]), "2 sources, 3 articles: 3 new, 0 revised, 0 known; 2 feeds written");
    let short = "Die Brücke über die Musel ist ab Montag gesperrt.";
    assert_eq!(closing(&[Item { text: short, ..BLATT }], &[Item { text: short, ..BOTE }]), two);
    assert_eq!(closing(&[Item { date: "Mon, 30 Sep 2024 14:30:00 +0200", ..BLATT }], &[copy]), two);
    // Another sum is another report.
    let other = text.replace("2,4", "7,9").replace("1962", "1971").replace(" 4. ", " 12. ");
    assert_eq!(closing(&[BLATT], &[Item { text: &other, ..BOTE }]), two);
}

#[test]
fn a_rehearsal_tells_what_would_be_joined() {
    let house = house("");
    house.run(&["update", "blatt"]);
    let ran = house.run(&["update", "--dry-run", "--json", "bote"]);
    let decided = ran.objects().remove(0);
    assert_eq!(decided["verdict"], "joined");
    assert_eq!(decided["why"], "nearly the same text stands in another paper");
    assert_eq!(house.list().len(), 1);
}

#[test]
fn what_was_joined_is_forgotten_with_its_article_and_leaves_by_export() {
    let whole = |house: &House| house.run(&["export"]).good();
    let joined = house("duplicates = \"drop\"\n");
    joined.update();
    joined.write("feeds/bote/quelle", rss(&[Item { text: &format!("{} Mehr.", edited()), ..BOTE }]));
    joined.update();
    assert_eq!(joined.run(&["verify"]).status, 0);
    // Through an empty archive and back.
    let other = House::empty();
    other.fed(whole(&joined).as_bytes(), &["import", "-"]).good();
    assert_eq!(whole(&other), whole(&joined));
    assert_eq!(other.run(&["verify"]).status, 0);

    let id = joined.list()[0]["id"].as_str().unwrap().to_owned();
    joined.run(&["forget", &id]).good();
    assert!(!whole(&joined).contains("Geduldsprobe"), "its words are still there");
    assert_eq!(joined.run(&["verify"]).status, 0);
    assert_eq!(joined.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    // The catalogue that is made of what is left says the same.
    assert_eq!(joined.run(&["rebuild"]).status, 0);
    assert_eq!(joined.run(&["verify"]).status, 0);
    assert_eq!(joined.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
}

#[test]
fn what_was_parted_and_forgotten_is_gone_from_the_article_that_it_was_joined_to() {
    let house = house("");
    house.update();
    let id = house.list()[0]["id"].as_str().unwrap().to_owned();
    house.run(&["split", &id]).good();
    let all = house.list();
    let own = all.iter().find(|article| article["title"] == BOTE.title).unwrap()["id"].as_str().unwrap();
    house.run(&["forget", own]).good();
    assert_eq!(house.listed("title"), [json!(BLATT.title)]);
    let left: String = house.journal().iter().map(Value::to_string).collect();
    assert!(left.contains("Geduldsprobe für alle") && !left.contains("nannte das eine Geduldsprobe"), "{left}");
    assert_eq!(house.run(&["verify"]).status, 0);
    assert_eq!(house.update(), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
}
