//! The same report in several papers: whether an article that is new by its keys is another paper's copy of a kept one.

use crate::archive::{Archive, Found};
use crate::error::Result;
use crate::identify::{self, Dated, Known, Look};
use crate::model::{Article, ArticleId};
use std::collections::HashSet;

/// The article that this one, at which `look` is a look, is a copy of. `known` is what its keys lead to, `met` what the same document has shown already:
/// two entries of one document are two articles.
pub(super) fn copy_of(
    article: &Article,
    look: &Look,
    known: &[Known],
    met: &HashSet<ArticleId>,
    found: &Found,
    archive: &mut Archive,
) -> Result<Option<ArticleId>> {
    let copied = |known: &&Known| known.seen_here.is_none() && identify::is_copy(article, known, look.site);
    if let Some(known) = known.iter().find(copied) {
        return Ok(Some(known.id));
    }
    let Some(print) = &look.fingerprint else { return Ok(None) };
    let like = archive.like(print, look.site, found)?;
    let here = Dated::of(article, found.seen);
    let same = like.iter().filter(|other| !met.contains(&other.id)).find(|other| {
        let there = Dated::of(&other.article, other.first_seen);
        identify::is_same_report(here, there)
    });
    Ok(same.map(|revision| revision.id))
}
