//! Reading from the web: the only place that names reqwest.
//!
//! One client for a run. Every address is checked as written, at each redirect and when its name is resolved; the
//! resolver hands on exactly the addresses that it checked. One host is asked gently: few connections at a time and a
//! pause between requests. What was there at the last look is asked for only if it has changed.

use super::guard;
use super::packed;
use super::robots::{self, Rules};
use crate::model::Document;
use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, EXPIRES, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use url::Url;

const REDIRECTS: usize = 10;
/// A longer validator is not kept: it would be sent with each request.
const LONGEST_VALIDATOR: usize = 1024;
/// What a server may ask to be left alone for.
const RETRY: std::ops::RangeInclusive<u64> = 60..=86_400;

/// How the web is read.
#[derive(Debug, Clone)]
pub struct Manners {
    /// `host:port` that may be read although it is no public address.
    pub allow: Vec<String>,
    /// Connections to one host at a time.
    pub per_host: usize,
    /// Between the end of a request and the next one to the same host.
    pub pause: Duration,
    /// Sent in the User-Agent.
    pub contact: Option<String>,
    /// For a connection to come about.
    pub connect: Duration,
    /// For the whole of a document, from the name's resolution to the last byte.
    pub deadline: Duration,
    /// When it is: for dates in headers.
    pub now: DateTime<Utc>,
    /// Set when the run is to end at once.
    pub stop: Arc<AtomicBool>,
    /// Decoded bytes of a document that are read.
    pub largest: usize,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            allow: Vec::new(),
            per_host: 1,
            pause: Duration::from_secs(1),
            contact: None,
            connect: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            now: DateTime::UNIX_EPOCH,
            stop: Arc::default(),
            largest: 64 << 20,
        }
    }
}

/// What tells a server which version of a document is known (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as it was sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as it was sent.
    pub last_modified: Option<String>,
}

/// What an address answered.
#[derive(Debug)]
pub struct Answer {
    /// The document; `None` if it is the one that the validators stand for.
    pub document: Option<Document>,
    /// What stands for it at the next look.
    pub validators: Validators,
    /// For how long it is fresh, if the server says so (RFC 9111, section 4.2).
    pub fresh: Option<Duration>,
    /// Where the address has moved for good, by redirects that are all permanent.
    pub moved: Option<Url>,
}

/// Why a document could not be had from the web.
#[derive(Debug)]
pub enum Fault {
    /// The address is not connected to.
    Refused(guard::Refusal),
    /// Any status but 200 and 203, and for how long the server wants to be left alone.
    Status(StatusCode, Option<Duration>),
    /// A redirect that leads nowhere.
    Redirect(&'static str),
    /// The host's robots.txt does not want it to be read.
    Robots,
    /// The run is to end.
    Stopped,
    /// The body is in an encoding that nobody asked for.
    Encoding(String),
    /// The body is larger than so many bytes.
    TooLarge(usize),
    /// The body is packed, and broken.
    Packed(String),
    /// No end within the deadline.
    Deadline(Duration),
    /// The network or the server failed.
    Transport(reqwest::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Refused(refusal) => refusal.fmt(f),
            Fault::Status(status, _) => write!(f, "the server answered {}", status.as_u16()),
            Fault::Redirect(why) => f.write_str(why),
            Fault::Robots => f.write_str("the robots.txt of its host does not want that, or cannot be had"),
            Fault::Stopped => f.write_str("it was broken off"),
            Fault::Encoding(name) => write!(f, "the server sent it in the unknown encoding `{name}`"),
            Fault::TooLarge(largest) => write!(f, "it is larger than {} MB", largest >> 20),
            Fault::Packed(cause) => f.write_str(cause),
            Fault::Deadline(deadline) => write!(f, "it did not end within {} s", deadline.as_secs()),
            Fault::Transport(cause) => f.write_str(&innermost(cause)),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The way out, where there is one.
    pub fn way_out(&self) -> Option<String> {
        match self {
            Fault::Refused(refusal) => refusal.way_out(),
            Fault::Status(StatusCode::GONE, _) => {
                Some("it is gone for good, says the server: look for a new address; what was kept stays".to_owned())
            }
            Fault::TooLarge(_) => Some("`max_megabytes` in depesche.toml sets the limit".to_owned()),
            _ => None,
        }
    }

    /// Whether asking again soon would bring the same.
    pub fn is_lasting(&self) -> bool {
        match self {
            Fault::Status(status, _) => {
                let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
                status.is_client_error() && !passing.contains(status)
            }
            Fault::Stopped | Fault::Deadline(_) | Fault::Transport(_) => false,
            _ => true,
        }
    }

    /// For how long the server wants to be left alone, if it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Fault::Status(_, retry) => *retry,
            _ => None,
        }
    }
}

/// The words that tell what happened: reqwest's own ("error sending request for url") and hyper's say little, the
/// innermost cause ("connection refused") says it.
fn innermost(cause: &reqwest::Error) -> String {
    let words = chain(cause).last().map_or_else(|| cause.to_string(), ToString::to_string);
    // The number tells a person nothing that the words do not.
    let words = words.split(" (os error").next().unwrap_or_default().to_owned();
    if cause.is_connect() { format!("no connection: {words}") } else { words }
}

fn chain(cause: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(cause), |inner| inner.source())
}

/// The client of a run.
#[derive(Debug)]
pub struct Fetcher {
    runtime: Runtime,
    client: Client,
    manners: Manners,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    robots: Mutex<HashMap<String, Arc<Rules>>>,
}

impl Fetcher {
    /// Sets the client up; nothing is connected to yet.
    pub fn new(manners: Manners) -> Result<Fetcher, Fault> {
        // The provider is chosen by the first who asks; that it is chosen already is no failure.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let contact = manners.contact.as_deref().map(|contact| format!("; +{contact}")).unwrap_or_default();
        let client = Client::builder()
            .user_agent(format!("depesche/{} (feed reader{contact})", env!("CARGO_PKG_VERSION")))
            .connect_timeout(manners.connect)
            .timeout(manners.deadline)
            // Each one is looked at before it is followed.
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly { allow: manners.allow.clone() }))
            .build()
            .map_err(Fault::Transport)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|_| Fault::Deadline(Duration::ZERO))?;
        Ok(Fetcher { runtime, client, manners, hosts: Mutex::new(HashMap::new()), robots: Mutex::new(HashMap::new()) })
    }

    /// Reads one address, unless it still is what the validators stand for. Waits for its host's turn.
    pub fn get(&self, url: &Url, known: &Validators) -> Result<Answer, Fault> {
        self.in_turn(url, Duration::ZERO, self.ask(url, known, self.manners.largest))
    }

    /// Reads an address that was found by following links, if its host lets it be read by that.
    pub fn crawl(&self, url: &Url) -> Result<Answer, Fault> {
        let rules = self.rules(url)?;
        if !rules.allow(url.as_str()) {
            return Err(Fault::Robots);
        }
        self.in_turn(url, rules.pause(), self.ask(url, &Validators::default(), self.manners.largest))
    }

    /// The rules of a host, asked for once in a run.
    fn rules(&self, url: &Url) -> Result<Arc<Rules>, Fault> {
        let Ok(file) = url.join("/robots.txt") else { return Ok(Arc::new(Rules::None)) };
        let known = |robots: &HashMap<String, Arc<Rules>>| robots.get(file.as_str()).cloned();
        if let Some(rules) = known(&self.robots.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(rules);
        }
        let rules = match self.in_turn(&file, Duration::ZERO, self.ask(&file, &Validators::default(), robots::LARGEST))
        {
            Ok(Answer { document: Some(document), .. }) => Rules::read(&document.bytes),
            Ok(_) => Rules::None,
            // "Unavailable" is no rule at all, "unreachable" is all of them (RFC 9309, section 2.3.1).
            Err(Fault::Status(status, _)) if status.is_client_error() => Rules::None,
            Err(Fault::Stopped) => return Err(Fault::Stopped),
            Err(_) => Rules::Unknown,
        };
        let rules = Arc::new(rules);
        self.robots.lock().unwrap_or_else(PoisonError::into_inner).insert(file.into(), rules.clone());
        Ok(rules)
    }

    /// Tells a hub that documents have changed (WebSub, section 7, with the parameters that hubs have taken since
    /// PubSubHubbub 0.4).
    pub fn announce(&self, hub: &Url, changed: &[String]) -> Result<(), Fault> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("hub.mode", "publish").extend_pairs(changed.iter().map(|address| ("hub.url", address)));
        let form_type = "application/x-www-form-urlencoded";
        let request = self.client.post(hub.clone()).header(CONTENT_TYPE, form_type).body(form.finish());
        self.in_turn(hub, Duration::ZERO, async {
            let response = request.send().await.map_err(|cause| self.fault(cause))?;
            if response.status().is_success() { Ok(()) } else { Err(Fault::Status(response.status(), None)) }
        })
    }

    /// Waits until the host may be asked again, and asks.
    fn in_turn<T>(
        &self,
        url: &Url,
        pause: Duration,
        question: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        guard::check(url, &self.manners.allow).map_err(Fault::Refused)?;
        let host =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let turns = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            hosts.entry(host).or_insert_with(|| Arc::new(Semaphore::new(self.manners.per_host))).clone()
        };
        self.runtime.block_on(async {
            let turn = tokio::select! {
                turn = turns.acquire_owned() => turn,
                () = self.stopped() => return Err(Fault::Stopped),
            };
            let answer = tokio::select! {
                answer = question => answer,
                () = self.stopped() => Err(Fault::Stopped),
            };
            let pause = self.manners.pause.max(pause);
            // The turn is given back after the pause, without keeping this answer waiting.
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                drop(turn);
            });
            answer
        })
    }

    /// Ends when the run is to end.
    async fn stopped(&self) {
        while !self.manners.stop.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ask(&self, url: &Url, known: &Validators, largest: usize) -> Result<Answer, Fault> {
        match tokio::time::timeout(self.manners.deadline, self.follow(url, known, largest)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Deadline(self.manners.deadline)),
        }
    }

    /// Asks, and follows redirects.
    async fn follow(&self, url: &Url, known: &Validators, largest: usize) -> Result<Answer, Fault> {
        let mut address = url.clone();
        let mut permanent = true;
        for _ in 0..=REDIRECTS {
            guard::check(&address, &self.manners.allow).map_err(Fault::Refused)?;
            let accept = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5";
            let mut request = self.client.get(address.clone()).header(ACCEPT, accept);
            for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let response = request.send().await.map_err(|cause| self.fault(cause))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                let moved = (permanent && address != *url).then_some(address);
                return self.read(url, response, known, moved, largest).await;
            }
            permanent &= matches!(response.status().as_u16(), 301 | 308);
            let target = response.headers().get(LOCATION).ok_or(Fault::Redirect("it redirects to nowhere"))?;
            let target = std::str::from_utf8(target.as_bytes()).ok().filter(|target| !target.trim().is_empty());
            let target = target.and_then(|target| address.join(target).ok());
            address = target.ok_or(Fault::Redirect("it redirects to what is no address"))?;
            if address.as_str().len() > LONGEST_ADDRESS {
                return Err(Fault::Redirect("it redirects to an endless address"));
            }
        }
        Err(Fault::Redirect("more than 10 redirects"))
    }

    async fn read(
        &self,
        asked: &Url,
        mut response: Response,
        known: &Validators,
        moved: Option<Url>,
        largest: usize,
    ) -> Result<Answer, Fault> {
        let headers = response.headers();
        let validators =
            Validators { etag: validator(headers, ETAG), last_modified: validator(headers, LAST_MODIFIED) };
        let fresh = freshness(headers, self.manners.now);
        match response.status().as_u16() {
            200 | 203 => {}
            // Nobody asked whether it had changed, if nothing was known.
            304 if *known != Validators::default() => {
                let validators = if validators == Validators::default() { known.clone() } else { validators };
                return Ok(Answer { document: None, validators, fresh, moved });
            }
            _ => return Err(Fault::Status(response.status(), retry_after(headers, self.manners.now))),
        }
        if let Some(encoding) = headers.get(CONTENT_ENCODING)
            && encoding != "identity"
        {
            // What the client decodes it takes off the headers; what is left it did not understand.
            return Err(Fault::Encoding(crate::text::escape_terminal(&String::from_utf8_lossy(encoding.as_bytes()))));
        }
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| self.fault(cause))? {
            if bytes.len() + chunk.len() > largest {
                if largest == self.manners.largest {
                    return Err(Fault::TooLarge(largest));
                }
                // Of rules, the beginning counts.
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let bytes = packed::unpacked(bytes, largest).map_err(|cause| Fault::Packed(cause.to_string()))?;
        let bytes = bytes.ok_or(Fault::TooLarge(largest))?;
        let document = Document { name: asked.to_string(), url: Some(response.url().clone()), media_type, bytes };
        Ok(Answer { document: Some(document), validators, fresh, moved })
    }

    fn fault(&self, cause: reqwest::Error) -> Fault {
        // The redirect policy and the resolver put their refusal into reqwest's error; the resolver does not know the
        // port, the error knows the address.
        if let Some(refusal) = chain(&cause).find_map(|inner| inner.downcast_ref::<guard::Refusal>()) {
            return Fault::Refused(match (refusal, cause.url()) {
                // Only the resolver's refusal leaves the port open.
                (guard::Refusal::NotPublic { host, allow }, Some(url))
                    if url.host_str() == Some(host) && allow.ends_with(":PORT") =>
                {
                    guard::not_public(url)
                }
                (refusal, _) => refusal.clone(),
            });
        }
        if cause.is_timeout() && !cause.is_connect() {
            return Fault::Deadline(self.manners.deadline);
        }
        Fault::Transport(cause)
    }
}

const LONGEST_ADDRESS: usize = 16 << 10;

/// A header that is sent back as it is, if it is short and plain.
fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty() && value.len() <= LONGEST_VALIDATOR).then(|| value.to_owned())
}

/// For how long an answer is fresh: `max-age`, else `Expires` (RFC 9111, section 4.2.1). `no-cache` and `no-store` make it
/// stale at once.
fn freshness(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let words = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let words: Vec<String> =
        words.flat_map(|value| value.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect();
    if words.iter().any(|word| word == "no-cache" || word == "no-store") {
        return None;
    }
    // More digits than a number has are long enough.
    let seconds = |digits: &str| digits.parse::<u64>().ok().or((digits.len() > 18).then_some(u64::MAX));
    if let Some(age) = words.iter().find_map(|word| word.strip_prefix("max-age=")) {
        return seconds(age.trim_matches('"')).map(Duration::from_secs);
    }
    until(headers.get(EXPIRES)?.to_str().ok()?, now)
}

/// For how long a server wants to be left alone: seconds or a date (RFC 9110, section 10.2.3), held between a minute and a
/// day.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let asked = if digits { Duration::from_secs(value.parse().unwrap_or(u64::MAX)) } else { until(value, now)? };
    Some(Duration::from_secs(asked.as_secs().clamp(*RETRY.start(), *RETRY.end())))
}

/// The time until an HTTP date; `None` if it is none or has passed.
fn until(date: &str, now: DateTime<Utc>) -> Option<Duration> {
    let date = DateTime::parse_from_rfc2822(date.trim()).ok()?.to_utc();
    (date - now).to_std().ok().filter(|left| !left.is_zero())
}

/// Resolves names to public addresses only. Whoever resolves first and connects later could be handed another address
/// the second time; here the checked addresses are the ones that are connected to.
#[derive(Debug)]
struct PublicOnly {
    allow: Vec<String>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        // The port is not known here: a name that is open at one port must not resolve inwards for another, so the
        // ports that are open for it are handed on and the rest is refused.
        let open = self.allow.iter().any(|allow| allow.rsplit_once(':').is_some_and(|(name, _)| name == host));
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let (public, inward): (Vec<_>, Vec<_>) =
                addresses.into_iter().partition(|address| open || guard::is_public(address.ip()));
            if public.is_empty() && !inward.is_empty() {
                let refusal = guard::Refusal::NotPublic { allow: format!("{host}:PORT"), host };
                return Err(Box::new(refusal) as Box<dyn std::error::Error + Send + Sync>);
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
