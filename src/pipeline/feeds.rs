//! From the archive to the public folder: which revisions make which feed.

use super::{Report, Run};
use crate::archive::Archive;
use crate::config::{Definition, Settings};
use crate::emit::{Format, Summary};
use crate::error::Result;
use crate::model::{Channel, Entry, Revision};
use crate::publish;
use crate::read::Reader;

/// Writes the chosen feeds and the page of all, and tells the hub. A feed that cannot be written is a trouble and leaves
/// the others alone.
pub(super) fn publish(run: &Run, reader: &Reader, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let mut site = Vec::new();
    let mut complete = run.complete;
    for (definition, told) in run.definitions.iter().zip(&mut report.feeds) {
        let revisions = match archive.newest(&definition.name, definition.limit) {
            Ok(revisions) => revisions,
            // What is published is better than what can be read: it stays, and the other feeds go on.
            Err(trouble) => {
                report.troubles.push(trouble);
                complete = false;
                continue;
            }
        };
        let Some(channel) = channel(definition, run.settings, revisions) else { continue };
        told.entries = channel.entries.len();
        site.push(Summary::of(&channel));
        if !run.wants(definition) {
            continue;
        }
        match publish::feed(run.public, &channel) {
            Ok(written) => told.written = written,
            Err(trouble) => report.troubles.push(trouble),
        }
        if let (Some(hub), true) = (&channel.hub, told.written) {
            let documents = Format::ALL.iter().filter_map(|format| channel.address(format.file_name()));
            let announced = reader.announce(hub, &documents.collect::<Vec<_>>());
            report.troubles.extend(announced.err());
        }
    }
    report.feeds_written = report.feeds.iter().filter(|feed| feed.written).count();
    if complete {
        report.troubles.extend(publish::site(run.public, &site).err());
    }
    Ok(())
}

/// A feed ready to be written; `None` as long as it has no article, since then it has no date either.
fn channel(definition: &Definition, settings: &Settings, revisions: Vec<Revision>) -> Option<Channel> {
    let updated = revisions.iter().map(Revision::updated).max()?;
    Some(Channel {
        name: definition.name.clone(),
        title: definition.title.clone(),
        description: definition.description.clone(),
        link: definition.link.as_ref().map(|link| link.to_string()),
        language: definition.language.clone(),
        base: settings.base.clone(),
        hub: settings.hub.clone(),
        updated,
        entries: revisions.into_iter().map(|revision| entry(revision, &definition.language)).collect(),
    })
}

fn entry(revision: Revision, language: &str) -> Entry {
    let updated = revision.updated();
    let Revision { id, published, precision, article, .. } = revision;
    Entry {
        id,
        title: article.title,
        authors: article.authors,
        published,
        precision,
        updated,
        link: article.link,
        summary: article.summary,
        html: article.html,
        text: article.text,
        language: article.language.filter(|own| own != language),
        tags: article.tags,
        enclosures: article.enclosures,
    }
}
