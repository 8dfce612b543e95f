//! Reading from the web: the only place that names reqwest.
//!
//! One client for a run. Every address is checked as written, at each redirect and when its name is resolved; the
//! resolver hands on exactly the addresses that it checked. One host is asked gently: few connections at a time and a
//! pause between requests.

use super::guard;
use crate::model::Document;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use url::Url;

/// Decoded bytes of a document that are read.
pub const LARGEST: usize = 64 << 20;
const REDIRECTS: usize = 10;

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
        }
    }
}

/// Why a document could not be had from the web.
#[derive(Debug)]
pub enum Fault {
    /// The address is not connected to.
    Refused(guard::Refusal),
    /// Any status but 200 and 203.
    Status(StatusCode),
    /// The body is in an encoding that nobody asked for.
    Encoding(String),
    /// The body is larger than [`LARGEST`].
    TooLarge,
    /// No end within the deadline.
    Deadline(Duration),
    /// The network or the server failed.
    Transport(reqwest::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Refused(refusal) => refusal.fmt(f),
            Fault::Status(status) => write!(f, "the server answered {}", status.as_u16()),
            Fault::Encoding(name) => write!(f, "the server sent it in the unknown encoding `{name}`"),
            Fault::TooLarge => write!(f, "it is larger than {} MB", LARGEST >> 20),
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
}

impl Fetcher {
    /// Sets the client up; nothing is connected to yet.
    pub fn new(manners: Manners) -> Result<Fetcher, Fault> {
        // The provider is chosen by the first who asks; that it is chosen already is no failure.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let contact = manners.contact.as_deref().map(|contact| format!("; +{contact}")).unwrap_or_default();
        let allow = manners.allow.clone();
        let redirects = Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS {
                return attempt.error(TooManyRedirects);
            }
            match guard::check(attempt.url(), &allow) {
                Ok(()) => attempt.follow(),
                Err(refusal) => attempt.error(refusal),
            }
        });
        let client = Client::builder()
            .user_agent(format!("depesche/{} (feed reader{contact})", env!("CARGO_PKG_VERSION")))
            .connect_timeout(manners.connect)
            .timeout(manners.deadline)
            .redirect(redirects)
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
        Ok(Fetcher { runtime, client, manners, hosts: Mutex::new(HashMap::new()) })
    }

    /// Reads one address. Waits for its host's turn.
    pub fn get(&self, url: &Url) -> Result<Document, Fault> {
        self.in_turn(url, self.ask(url))
    }

    /// Tells a hub that documents have changed (WebSub, section 7, with the parameters that hubs have taken since
    /// PubSubHubbub 0.4).
    pub fn announce(&self, hub: &Url, changed: &[String]) -> Result<(), Fault> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("hub.mode", "publish").extend_pairs(changed.iter().map(|address| ("hub.url", address)));
        let form_type = "application/x-www-form-urlencoded";
        let request = self.client.post(hub.clone()).header(CONTENT_TYPE, form_type).body(form.finish());
        self.in_turn(hub, async {
            let response = request.send().await.map_err(|cause| self.fault(cause))?;
            if response.status().is_success() { Ok(()) } else { Err(Fault::Status(response.status())) }
        })
    }

    /// Waits until the host may be asked again, and asks.
    fn in_turn<T>(&self, url: &Url, question: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        guard::check(url, &self.manners.allow).map_err(Fault::Refused)?;
        let host =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let turns = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            hosts.entry(host).or_insert_with(|| Arc::new(Semaphore::new(self.manners.per_host))).clone()
        };
        self.runtime.block_on(async {
            let turn = turns.acquire_owned().await;
            let answer = question.await;
            let pause = self.manners.pause;
            // The turn is given back after the pause, without keeping this answer waiting.
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                drop(turn);
            });
            answer
        })
    }

    async fn ask(&self, url: &Url) -> Result<Document, Fault> {
        let accept = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5";
        let request = self.client.get(url.clone()).header(ACCEPT, accept);
        let mut response = request.send().await.map_err(|cause| self.fault(cause))?;
        if !matches!(response.status().as_u16(), 200 | 203) {
            return Err(Fault::Status(response.status()));
        }
        if let Some(encoding) = response.headers().get(CONTENT_ENCODING)
            && encoding != "identity"
        {
            // What the client decodes it takes off the headers; what is left it did not understand.
            return Err(Fault::Encoding(crate::text::escape_terminal(&String::from_utf8_lossy(encoding.as_bytes()))));
        }
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| self.fault(cause))? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(Fault::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Document { name: url.to_string(), url: Some(response.url().clone()), media_type, bytes })
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

#[derive(Debug)]
struct TooManyRedirects;

impl fmt::Display for TooManyRedirects {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "more than {REDIRECTS} redirects")
    }
}

impl std::error::Error for TooManyRedirects {}

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
