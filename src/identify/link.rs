//! Addresses that lead to the same article become the same text.

use url::Url;

/// Parameters that say where a reader came from and not what is read.
/// Source: the parameters that Firefox strips in private windows and the ones that the analytics
/// programs Matomo, Google Analytics and etracker document for campaigns.
const TRACKING: [&str; 24] = [
    "_hsenc",
    "_openstat",
    "dclid",
    "et_cid",
    "et_rid",
    "fbclid",
    "gclid",
    "gclsrc",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber",
    "ml_subscriber_hash",
    "msclkid",
    "oly_anon_id",
    "oly_enc_id",
    "s_cid",
    "twclid",
    "vero_conv",
    "vero_id",
    "wickedid",
    "wt_mc",
    "yclid",
];
/// Beginnings of names that are such parameters whatever follows.
const TRACKING_FAMILIES: [&str; 5] = ["at_", "mtm_", "pk_", "piwik_", "utm_"];

/// What an address comes down to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Normal {
    /// The address as a key; `None` if it leads to the front page of a site, which is the address of no article.
    pub whole: Option<String>,
    /// The address without its fragment, if it has one that may tell articles apart.
    pub page: Option<String>,
}

/// The address without what does not tell one article from another: scheme, `www.`, port by default, tracking
/// parameters, a trailing slash, a fragment that tracks.
///
/// It is a key and no address: it is compared, never fetched or shown. The URL Standard's parser has
/// already folded case, default ports, dot segments and percent encoding.
pub fn normal(link: &str) -> Normal {
    let page = || {
        let url = Url::parse(link).ok()?;
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        let path = url.path().trim_end_matches('/');
        let query: Vec<&str> =
            url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut page = format!("{host}{port}{path}");
        if !query.is_empty() {
            page.push('?');
            page.push_str(&query.join("&"));
        }
        let front = path.is_empty() && query.is_empty();
        // `#ref=rss`, `#utm_source=…`, `#xtor=RSS-3`: what is a parameter tells nothing of the article.
        let fragment = url.fragment().filter(|fragment| !fragment.is_empty() && !fragment.contains('='));
        Some((page, front, fragment.map(str::to_owned)))
    };
    match page() {
        None => Normal::default(),
        Some((page, front, None)) => Normal { whole: (!front).then_some(page), page: None },
        Some((page, front, Some(fragment))) => {
            Normal { whole: Some(format!("{page}#{fragment}")), page: (!front).then_some(page) }
        }
    }
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    TRACKING.contains(&name.as_str()) || TRACKING_FAMILIES.iter().any(|family| name.starts_with(family))
}
