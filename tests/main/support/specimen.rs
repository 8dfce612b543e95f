//! Documents of our own making.

/// An entry of a feed; what is empty is left out.
#[derive(Clone, Copy, Default)]
pub struct Item<'a> {
    pub title: &'a str,
    pub link: &'a str,
    pub guid: &'a str,
    pub date: &'a str,
    pub author: &'a str,
    pub text: &'a str,
}

/// An RSS feed of the site `blatt.example`.
pub fn rss(items: &[Item]) -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel>\n<title>Blatt</title><link>https://blatt.example/</link><description>Das Blatt</description>\n",
    );
    for item in items {
        feed.push_str("<item>");
        element(&mut feed, "title", item.title);
        element(&mut feed, "link", item.link);
        element(&mut feed, "guid isPermaLink=\"false\"", item.guid);
        element(&mut feed, "pubDate", item.date);
        element(&mut feed, "dc:creator", item.author);
        element(&mut feed, "description", item.text);
        feed.push_str("</item>\n");
    }
    feed + "</channel></rss>\n"
}

fn element(feed: &mut String, tag: &str, text: &str) {
    if !text.is_empty() {
        let name = tag.split(' ').next().unwrap();
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        feed.push_str(&format!("<{tag}>{text}</{name}>"));
    }
}

/// A text that is long enough to be known again by its words, and another for each subject.
pub fn story(subject: &str) -> String {
    format!(
        "Über {subject} wird seit Wochen gesprochen, und nun hat der Rat darüber entschieden. Elf Mitglieder stimmten dafür, \
         vier dagegen, niemand enthielt sich. Die Arbeiten sollen noch vor dem Winter beginnen und höchstens zwei Jahre dauern. \
         Wer dazu etwas sagen möchte, kann am Donnerstag in die Sprechstunde kommen; {subject} steht dort als Erstes auf dem Zettel."
    )
}

/// A plain text as a scraper leaves it: title, a line with the date, paragraphs.
pub fn text(title: &str, date: &str, subject: &str) -> String {
    let date = if date.is_empty() { String::new() } else { format!("{date} | 17 klicks\n\n") };
    let story = story(subject);
    let (first, second) = story.split_once(" Die Arbeiten").unwrap();
    format!("{title}\n\n{date}{first}\n\nDie Arbeiten{second}\n")
}

/// A Markdown file with front matter.
pub fn markdown(front: &str, body: &str) -> String {
    format!("---\n{front}\n---\n\n{body}\n")
}

/// A page with an article as publishers mark it up.
pub fn page(title: &str, link: &str, date: &str, body: &str) -> String {
    let canonical = if link.is_empty() { String::new() } else { format!("<link rel=\"canonical\" href=\"{link}\">") };
    let meta = if date.is_empty() {
        String::new()
    } else {
        format!("<meta property=\"article:published_time\" content=\"{date}\">")
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"de\"><head><meta charset=\"utf-8\"><title>{title} | Blatt</title>\
         <meta property=\"og:title\" content=\"{title}\">{canonical}{meta}</head>\n<body>\
         <nav><a href=\"/\">Startseite</a> <a href=\"/sport\">Sport</a></nav>\n<main><article><h1>{title}</h1>\n{body}\n</article></main>\n\
         <footer><a href=\"/impressum\">Impressum</a></footer></body></html>\n"
    )
}

/// `bytes` in the form of gzip (RFC 1952), in one stored block (RFC 1951, section 3.2.4).
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a specimen is short");
    let mut gz = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    gz.extend(length.to_le_bytes());
    gz.extend((!length).to_le_bytes());
    gz.extend(bytes);
    gz.extend(crc32fast::hash(bytes).to_le_bytes());
    gz.extend(u32::from(length).to_le_bytes());
    gz
}
