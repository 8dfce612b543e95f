//! The name in what RSS and others write for an author: `post@example.org (Erika Muster)`,
//! `Erika Muster <post@example.org>`, or an address alone, which then has to do.

/// The name without the address beside it.
pub fn name(found: &str) -> &str {
    let found = found.trim();
    let Some(at) = found.find('@') else { return found };
    if let Some((before, inner)) = found.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        // Either of the two parts may be the address.
        let (before, inner) = (before.trim(), inner.trim());
        let part = if inner.contains('@') { before } else { inner };
        return if part.is_empty() { found } else { part };
    }
    if let Some((before, _)) = found.split_once('<').filter(|(before, _)| before.len() < at) {
        let before = before.trim().trim_matches('"').trim();
        return if before.is_empty() { found } else { before };
    }
    found
}
