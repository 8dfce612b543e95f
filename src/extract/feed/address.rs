//! Addresses: where relative links start from, and what they lead to.
//!
//! Comes in: `xml:base` and links as found. Goes out: absolute addresses where a base is known. It
//! never touches an address that is absolute already, nor checks whether it is a good one.

use std::borrow::Cow;
use std::rc::Rc;
use url::Url;

/// The address that relative links start from at a place of the document, if an `xml:base` says so.
pub type Base = Option<Rc<Url>>;

/// A longer `xml:base` is none: every link of the document would carry it.
const LONGEST_BASE: usize = 1024;

/// Makes links absolute, up to a total size: a long base and a multitude of short links must not
/// grow to many times the document.
#[derive(Debug)]
pub struct Addresses<'c> {
    document: Option<&'c Url>,
    left: usize,
}

impl<'c> Addresses<'c> {
    /// For a document of this size at this address.
    pub fn new(document: Option<&'c Url>, size: usize) -> Addresses<'c> {
        Addresses { document, left: size.saturating_add(1024 * 1024) }
    }

    /// The base that an `xml:base` makes of the one outside of it (XML Base, section 4). Only the
    /// web has addresses that links can start from.
    pub fn rebase(&self, outer: Base, found: &str) -> Base {
        if found.len() > LONGEST_BASE {
            return outer;
        }
        let joined = match outer.as_deref().or(self.document) {
            Some(base) => base.join(found.trim()),
            None => Url::parse(found.trim()),
        };
        match joined {
            Ok(base) if matches!(base.scheme(), "http" | "https") && base.as_str().len() <= LONGEST_BASE => {
                Some(Rc::new(base))
            }
            _ => outer,
        }
    }

    /// An address as it is to be handed out.
    pub fn resolve(&mut self, found: &str, base: Option<&Url>) -> String {
        // An ampersand that is still escaped was escaped twice: no address holds `&amp;`.
        let found = match found.contains("&amp;") {
            true => Cow::Owned(found.trim().replace("&amp;", "&")),
            false => Cow::Borrowed(found.trim()),
        };
        let base = base.or(self.document).filter(|_| !found.is_empty() && !is_web(&found) && self.left > 0);
        match base.and_then(|base| base.join(&found).ok()) {
            Some(address) => {
                self.left = self.left.saturating_sub(address.as_str().len());
                address.into()
            }
            None => found.into_owned(),
        }
    }
}

/// Whether it is an absolute address of the web.
pub fn is_web(found: &str) -> bool {
    let starts = |scheme: &str| found.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    starts("http://") || starts("https://")
}
