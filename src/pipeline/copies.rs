//! The same report in several papers: whether an article that is new by its keys is another paper's copy of a kept one.

use crate::archive::{Archive, Found};
use crate::error::Result;
use crate::identify::{self, Dated, Fingerprint, Known};
use crate::model::{Article, ArticleId};
use std::collections::HashSet;

/// The article that this one is a copy of. `known` is what its keys lead to, `met` what the same document has shown already:
/// two entries of one document are two articles.
pub(super) fn copy_of(
    article: &Article,
    known: &[Known],
    met: &HashSet<ArticleId>,
    site: u32,
    found: &Found,
    archive: &mut Archive,
) -> Result<Option<ArticleId>> {
    let copied = |known: &&Known| known.seen_here.is_none() && identify::is_copy(article, known, site);
    if let Some(known) = known.iter().find(copied) {
        return Ok(Some(known.id));
    }
    let Some(print) = Fingerprint::of(&article.text) else { return Ok(None) };
    let like = archive.like(&print, site, found)?;
    let here = Dated::of(article, found.seen);
    let same = like.iter().filter(|other| !met.contains(&other.id)).find(|other| {
        let there = Dated::of(&other.article, other.first_seen);
        identify::is_same_report(here, there)
    });
    Ok(same.map(|revision| revision.id))
}
