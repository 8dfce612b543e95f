//! Feeds that are made of others: which articles they list.

use super::Run;
use crate::archive::Archive;
use crate::ask;
use crate::config::{Definition, Members};
use crate::date::Context;
use crate::error::{Error, Result};
use crate::model::ArticleId;
use crate::text;
use std::collections::BTreeMap;

/// Feeds for tags that one feed may have: tags are free text, and some papers give every article its own.
const PARTS: usize = 500;

/// The beginning of the names of the feeds that a feed is parted into.
pub(super) fn parts_of(name: &str) -> String {
    format!("{name}/themen/")
}

/// Lets every feed that is made of others look at what is new in them. Tells what was left out.
pub(super) fn compose(run: &Run, archive: &mut Archive) -> Result<Vec<(String, String)>> {
    let mut warnings = Vec::new();
    // A feed may be made of one that is made of others itself.
    for _ in 0..=run.definitions.len() {
        let mut any = false;
        for definition in run.definitions {
            let filter = &definition.filter;
            let filters = !filter.keep.is_empty() || !filter.drop.is_empty() || filter.max_age.is_some();
            for member in members(definition, run.definitions) {
                if let Some(query) = &definition.query {
                    any |= answers(run, definition, query, member, archive, &mut warnings)?;
                    continue;
                }
                let wanted = |archive: &mut Archive, id: ArticleId, revised: bool| {
                    if definition.corrections && !revised {
                        return Ok(false);
                    }
                    // Where nothing is filtered, nothing need be read.
                    Ok(!filters || definition.filter.wants(&archive.revision(id)?.0.article, run.now))
                };
                any |= archive.list_from(&definition.name, member, run.now, wanted)?;
            }
        }
        if !any {
            break;
        }
    }
    for definition in run.definitions.iter().filter(|definition| definition.by_tag) {
        warnings.extend(split(run, definition, archive)?.map(|warning| (definition.name.clone(), warning)));
    }
    archive.commit(run.now)?;
    Ok(warnings)
}

fn members<'a>(definition: &'a Definition, all: &'a [Definition]) -> Vec<&'a str> {
    match &definition.members {
        // A query that names no feeds is one to the whole archive.
        Members::Named(names) if !names.is_empty() || definition.query.is_none() => {
            names.iter().map(String::as_str).collect()
        }
        _ => all.iter().filter(|other| !other.is_composed()).map(|other| other.name.as_str()).collect(),
    }
}

/// Lets a feed list what of another one answers its query, and came or was revised since it last looked. Tells whether
/// there was any.
fn answers(
    run: &Run,
    definition: &Definition,
    query: &str,
    member: &str,
    archive: &mut Archive,
    said: &mut Vec<(String, String)>,
) -> Result<bool> {
    let name = &definition.name;
    let (came, upto) = archive.unseen(name, member)?;
    if came.is_empty() {
        return Ok(false);
    }
    let context = Context { now: run.now, zone: definition.zone };
    let failed = |fault: ask::Fault| Error::Definition {
        place: definition.dir.join("feed.toml").display().to_string(),
        cause: fault.into(),
        hint: None,
    };
    let query = ask::parse(query, &context).map_err(failed)?;
    let (mut ids, mended) = archive.ask(|index| index.answering(&query, &came))?;
    said.extend(mended.into_iter().map(|mended| (name.clone(), mended.to_string())));
    let filters = &definition.filter;
    if !filters.keep.is_empty() || !filters.drop.is_empty() || filters.max_age.is_some() {
        let mut wanted = Vec::with_capacity(ids.len());
        for id in ids {
            if filters.wants(&archive.revision(id)?.0.article, run.now) {
                wanted.push(id);
            }
        }
        ids = wanted;
    }
    archive.list(name, member, upto, &ids, run.now)?;
    archive.commit(run.now)?;
    Ok(!ids.is_empty())
}

/// Parts a feed by the tags of its articles.
fn split(run: &Run, definition: &Definition, archive: &mut Archive) -> Result<Option<String>> {
    let (name, parts) = (&definition.name, parts_of(&definition.name));
    let (ids, upto) = archive.unseen(&parts, name)?;
    if ids.is_empty() {
        return Ok(None);
    }
    let mut by_tag: BTreeMap<String, Vec<ArticleId>> = BTreeMap::new();
    for id in ids {
        let (revision, _) = archive.revision(id)?;
        let mut slugs: Vec<String> = revision.article.tags.iter().map(|tag| text::slug(tag)).collect();
        slugs.retain(|slug| !slug.is_empty());
        slugs.sort();
        slugs.dedup();
        for slug in slugs {
            by_tag.entry(slug).or_default().push(id);
        }
    }
    let there = archive.feeds(&parts)?;
    let (mut room, mut left_out) = (PARTS.saturating_sub(there.len()), 0);
    for (slug, ids) in by_tag {
        let part = format!("{parts}{slug}");
        if !there.contains(&part) {
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
        }
        archive.list(&part, name, upto, &ids, run.now)?;
    }
    archive.list(&parts, name, upto, &[], run.now)?;
    let told = || format!("{} got no feed of their own: {PARTS} are enough", text::count(left_out, "tag"));
    Ok((left_out > 0).then(told))
}
