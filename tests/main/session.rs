//! `docs/asking.md` is a recording: what stands there is what the program says on a terminal today.

use crate::support::House;
use crate::support::specimen::{Item, rss};
use std::fs;
use std::process::{Command, Stdio};

/// The terminal of the recording: columns, and no colours or links, which a page cannot show.
const TERMINAL: &str = "stty cols 100 rows 50";

const fn item(
    title: &'static str,
    link: &'static str,
    date: &'static str,
    author: &'static str,
    text: &'static str,
) -> Item<'static> {
    Item { title, link, guid: link, date, author, text }
}

const COUNCIL: [Item<'static>; 6] = [
    item(
        "Landtag beschließt Haushaltsgesetz",
        "https://bote.example/haushalt",
        "Wed, 28 Aug 2024 14:30:00 +0200",
        "Anna Müller",
        "Die Abgeordneten stimmten am Mittwoch mit großer Mehrheit zu. Für die Straßen der Kreise gibt es zwölf Millionen Euro mehr, \
         für die Schulen vier.",
    ),
    item(
        "Klimaschutzgesetz gilt",
        "https://bote.example/klima",
        "Mon, 02 Sep 2024 08:00:00 +0200",
        "Anna Müller",
        "Die Länder müssen jedes Jahr berichten. Der Rat der Stadt berät am Donnerstag über den Haushalt der Stadtwerke.",
    ),
    item(
        "Züge fahren wieder nach Plan",
        "https://bote.example/zuege",
        "Tue, 15 Oct 2024 10:00:00 +0200",
        "Jürgen Groß",
        "Die Brücke über den Fluss ist fertig. Der erste Zug fuhr um 4.52 Uhr, fast leer und pünktlich.",
    ),
    item(
        "Rat der Stadt lehnt Hallenbad ab",
        "https://bote.example/hallenbad",
        "Thu, 24 Oct 2024 19:15:00 +0200",
        "Jürgen Groß",
        "Das Bad hätte neun Millionen Euro gekostet. Der Haushalt gebe das nicht her, sagte die Kämmerin.",
    ),
    item(
        "Größe des Rathauses bleibt umstritten",
        "https://bote.example/rathaus",
        "Mon, 28 Oct 2024 17:00:00 +0100",
        "",
        "Vier Geschosse oder fünf: Der Ausschuss vertagte sich zum dritten Mal.",
    ),
    item(
        "Kanzleramt kündigt Besuch an",
        "https://bote.example/besuch",
        "Tue, 29 Oct 2024 09:30:00 +0100",
        "Anna Müller",
        "Zur Eröffnung der Brücke kommt ein Minister. Das Bundeskanzleramt bestätigte den Termin am Dienstag.",
    ),
];

const NATURE: [Item<'static>; 3] = [
    item(
        "Störche sind zurück",
        "https://nest.example/stoerche",
        "Fri, 29 Mar 2024 10:00:00 +0100",
        "Wiebke Harms",
        "Auf dem Kirchturm klappert es wieder. Das Paar brütet im vierten Jahr.",
    ),
    item(
        "Moor wird wieder nass",
        "https://nest.example/moor",
        "Sat, 07 Sep 2024 11:00:00 +0200",
        "Wiebke Harms",
        "Für den Klimaschutz werden die Gräben geschlossen. Die Bauern bekommen Geld vom Land.",
    ),
    item(
        "Kraniche ziehen nach Süden",
        "https://nest.example/kraniche",
        "Sun, 27 Oct 2024 16:40:00 +0100",
        "",
        "Tausende rasten auf den Feldern am Fluss, ehe der Wind dreht.",
    ),
];

/// A command of the page, with what it says.
fn commands(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```console\n").skip(1).filter_map(|block| block.split("```").next());
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in blocks.flat_map(|block| block.split_inclusive('\n')) {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.trim_end().to_owned(), String::new())),
            (None, Some((_, answer))) => answer.push_str(line),
            (None, None) => panic!("an answer without a command: {line}"),
        }
    }
    commands
}

/// What a command says on a terminal.
fn said(house: &House, command: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_depesche")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let ran = Command::new("script")
        .args(["-qec", &format!("{TERMINAL}; {command}"), "/dev/null"])
        .current_dir(house.path("."))
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
        .env("PAGER", "cat")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap().replace('\r', "")
}

#[test]
fn the_recorded_session_is_what_the_program_says() {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("no `script` here, which makes a terminal: the recorded session is not compared");
        return;
    }
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/asking.md");
    let page = fs::read_to_string(place).unwrap();
    let house = House::empty()
        .feed("bote", "title = \"Der Bote\"\n[[source]]\npath = \"bote.xml\"\n")
        .feed("nest", "title = \"Nest\"\n[[source]]\npath = \"nest.xml\"\n")
        .file("feeds/bote/bote.xml", rss(&COUNCIL))
        .file("feeds/nest/nest.xml", rss(&NATURE));
    let mut spoken = page.clone();
    for (number, (command, written)) in commands(&page).into_iter().enumerate() {
        let answer = said(&house, &command);
        if number == 0 {
            // What the paper changes after publication.
            let mut later = COUNCIL;
            later[3].title = "Rat der Stadt vertagt Hallenbad";
            later[3].text = "Das Bad würde elf Millionen Euro kosten. Der Haushalt gebe das nicht her, sagte die Kämmerin; im \
                             Januar wird neu gerechnet.";
            house.write("feeds/bote/bote.xml", rss(&later));
        }
        spoken = spoken.replacen(&format!("$ {command}\n{written}"), &format!("$ {command}\n{answer}"), 1);
    }
    if std::env::var_os("RECORD").is_some() {
        fs::write(place, &spoken).unwrap();
    }
    assert!(page == spoken, "`RECORD=1 cargo test session` records it anew:\n{spoken}");
}
