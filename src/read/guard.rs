//! No way inwards: which addresses of the network may be connected to.
//!
//! A feed's address may have been written by somebody else, and a redirect certainly was: neither may turn the
//! program against the network it stands in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Why an address is not connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Neither http nor https.
    Scheme(String),
    /// A name or password stands in it.
    Credentials,
    /// It leads to no public address; `host:port` is what `allow` would have to name.
    NotPublic {
        /// The host as it was written.
        host: String,
        /// What would open it.
        allow: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Refusal::Scheme(scheme) => write!(f, "`{scheme}:` is neither http nor https"),
            Refusal::Credentials => f.write_str("an address with a name or password in it is not read"),
            Refusal::NotPublic { host, .. } => write!(f, "`{host}` is no public address"),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// The way out, where there is one.
    pub fn way_out(&self) -> Option<String> {
        match self {
            Refusal::NotPublic { allow, .. } => {
                Some(format!("if it is yours, open it with `allow = [\"{allow}\"]` in depesche.toml"))
            }
            Refusal::Scheme(_) | Refusal::Credentials => None,
        }
    }
}

/// Checks an address as it is written: scheme, credentials, and the host where it is a literal. A name is checked
/// when it is resolved.
pub fn check(url: &Url, allow: &[String]) -> Result<(), Refusal> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    let public = match url.host() {
        Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
        // A name that is open at one port is resolved inwards: its other ports stay shut.
        Some(Host::Domain(name)) => {
            !allow.iter().any(|open| open.rsplit_once(':').is_some_and(|(host, _)| host == name))
        }
        None => false,
    };
    if public || allow.contains(&host_and_port(url)) { Ok(()) } else { Err(not_public(url)) }
}

/// The refusal of an address that leads inwards.
pub fn not_public(url: &Url) -> Refusal {
    Refusal::NotPublic { host: url.host_str().unwrap_or_default().to_owned(), allow: host_and_port(url) }
}

fn host_and_port(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// Whether an address is public unicast, by the IANA registries of special-purpose addresses (RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Only 2000::/3 is handed out as global unicast; the rest (mapped, NAT64, unique local, link local, multicast)
    // lies outside of it. Within it: 2001::/23 protocols (Teredo among them), documentation, 6to4.
    (segments[0] & 0xe000) == 0x2000
        && !(segments[0] == 0x2001 && segments[1] < 0x0200)
        && !(segments[0] == 0x2001 && segments[1] == 0x0db8)
        && segments[0] != 0x2002
        && !(segments[0] == 0x3fff && segments[1] < 0x1000)
}
