//! The command that makes a definition out of an address: add.

use super::{Outcome, Session, Status};
use crate::config;
use crate::date::{self, Context};
use crate::error::Error;
use crate::model::{Selectors, Source};
use crate::pipeline::{self, Asked, Survey};
use crate::text::{count, slug};
use serde_json::json;
use url::Url;

/// `depesche add`
pub fn add(session: &mut Session, address: &str, name: Option<&str>, dry: bool) -> Outcome {
    let settings = config::settings(&session.root)?;
    let address = match super::source(address) {
        Ok(Source::Url(url)) => url,
        _ => {
            // What people write is often an address without its beginning.
            let whole =
                Url::parse(&format!("https://{address}")).ok().filter(|url| address.contains('.') && url.has_host());
            whole.ok_or_else(|| Error::Usage {
                what: format!("`{address}` is no address"),
                hint: Some("write it whole: `depesche add https://…`".to_owned()),
            })?
        }
    };
    let zone = settings.zone();
    let selectors = Selectors::default();
    let asked = Asked {
        dates: Context { now: session.now, zone },
        language: None,
        kind: None,
        list: true,
        selectors: &selectors,
        limits: settings.limits,
    };
    let reader = pipeline::reader(&settings, session.now, &session.signals.stop);
    let survey = pipeline::survey(&reader, &address, &asked)?;
    let names = config::names(&session.root);
    let name = match name {
        Some(name) => name.to_owned(),
        None => free_name(&survey.source, &names),
    };
    let definition = definition(&survey);
    let readers = config::readers(&session.root, &settings, &survey.source);
    let path = session.root.join("feeds").join(&name).join("feed.toml");
    if session.json {
        let entries: Vec<_> = survey
            .newest
            .iter()
            .map(|article| {
                json!({"title": article.title, "link": article.link, "characters": article.text.chars().count(),
                       "published": article.published.as_ref().map(|stamp| date::rfc3339(&stamp.at))})
            })
            .collect();
        session.out.json(&json!({
            "address": address, "kind": survey.kind, "source": survey.source, "full": survey.full, "findings": survey.findings,
            "entries": survey.entries, "newest": entries, "name": name, "definition": definition, "written": !dry && readers.is_empty(),
        }))?;
    } else if !session.out.quiet {
        show(session, &address, &survey)?;
    }
    if let Some(reader) = readers.first().filter(|_| !dry) {
        return Err(Error::Usage {
            what: format!("the feed `{reader}` reads {} already", survey.source),
            hint: Some(format!("`depesche update {reader}` reads it now")),
        }
        .into());
    }
    if dry {
        if !session.json && !session.out.quiet {
            session.out.line(&format!("{} would be:", path.display()))?;
            for line in definition.lines() {
                session.out.line(&format!("    {line}"))?;
            }
        }
        return Ok(Status::Done);
    }
    config::write(&session.root, &name, &definition, &settings)?;
    session.out.notice(&format!("wrote {}; now run `depesche update {name}`", path.display()));
    Ok(Status::Done)
}

fn show(session: &mut Session, address: &Url, survey: &Survey) -> std::result::Result<(), super::Stop> {
    session.out.line(address.as_str())?;
    for finding in &survey.findings {
        session.out.line(&format!("  {finding}"))?;
    }
    let shown = survey.newest.len();
    session.out.line(&format!("  {}; the newest {shown}, as they would be kept:", count(survey.entries, "entry")))?;
    for article in &survey.newest {
        let date = match &article.published {
            Some(stamp) => stamp.at.format("%Y-%m-%d %H:%M").to_string(),
            None => "without a date".to_owned(),
        };
        let title = if article.title.is_empty() { "without a title" } else { &article.title };
        session.out.line(&format!("    {date:<16}  {title}"))?;
        let length = count(article.text.chars().count(), "character");
        session.out.line(&format!("    {:<16}  {length}, {}", "", article.link.as_deref().unwrap_or("no address")))?;
    }
    Ok(())
}

/// The definition that reads what was found.
fn definition(survey: &Survey) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = String::new();
    let mut line = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
    let title = survey.title.clone().unwrap_or_else(|| survey.link.host_str().unwrap_or_default().to_owned());
    line("title", quoted(&title));
    line("link", quoted(survey.link.as_str()));
    if let Some(language) = survey.language.as_deref().filter(|language| *language != "de") {
        line("language", quoted(language));
    }
    text.push_str("\n[[source]]\n");
    text.push_str(&format!("url = {}\n", quoted(survey.source.as_str())));
    if survey.full {
        text.push_str("full = true\n");
    }
    text
}

/// A name that no feed has: made of the host, then of the path, then counted.
fn free_name(source: &Url, names: &[String]) -> String {
    let host = source.host_str().unwrap_or_default();
    let host = host.trim_start_matches("www.");
    let base = match host.rsplit_once('.') {
        Some((base, end)) if end.chars().any(char::is_alphabetic) => base,
        _ => host,
    };
    let base = slug(base);
    let path = source.path().rsplit_once('.').map_or(source.path(), |(path, _)| path);
    let path = slug(&format!("{base} {path}"));
    let cut = |name: &str| name.chars().take(50).collect::<String>().trim_end_matches('-').to_owned();
    let counted = (2..).map(|number| format!("{}-{number}", cut(&base)));
    let mut all = [cut(&base), cut(&path)].into_iter().chain(counted);
    let free = |name: &String| config::is_name(name) && !names.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    all.find(free).unwrap_or_default()
}
