//! Reading from the web: the only place that names reqwest.
//!
//! One client for a run. Every address is checked as written, at each redirect and when its name is resolved; the
//! resolver hands on exactly the addresses that it checked. One host is asked gently: few connections at a time and a
//! pause between requests. What was there at the last look is asked for only if it has changed.

mod fault;
mod headers;
mod resolver;

pub use fault::Fault;
pub use resolver::LookUp;

use super::guard;
use super::packed;
use super::robots::{self, Rules};
use crate::model::{Document, Proxy};
use chrono::{DateTime, Utc};
use fault::chain;
use headers::{freshness, retry_after, validator};
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use resolver::PublicOnly;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use url::Url;

const REDIRECTS: usize = 10;
const LONGEST_ADDRESS: usize = 16 << 10;
/// Bytes of a document for which room is made before they are there.
const LIKELY: u64 = 4 << 20;
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
    /// What everything is read through.
    pub proxy: Proxy,
    /// How names are looked up.
    pub look_up: LookUp,
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
            proxy: Proxy::None,
            look_up: LookUp::system(),
        }
    }
}

/// What tells a server which version of a document is known (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Validators {
    /// `ETag`, as it was sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as it was sent.
    pub last_modified: Option<String>,
}

/// What an address answered.
#[derive(Debug, Clone)]
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

/// The client of a run.
#[derive(Debug)]
pub struct Fetcher {
    runtime: Runtime,
    client: Client,
    manners: Manners,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    robots: Mutex<HashMap<String, Arc<Rules>>>,
    once: Mutex<HashMap<(Url, Validators), Shared>>,
}

/// An answer that several wait for.
type Shared = Arc<OnceLock<Result<Answer, Fault>>>;

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
            .dns_resolver(Arc::new(PublicOnly::of(&manners)));
        let client = through(client, &manners.proxy).and_then(ClientBuilder::build).map_err(Fault::transport)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|_| Fault::Deadline(Duration::ZERO))?;
        Ok(Fetcher {
            runtime,
            client,
            manners,
            hosts: Mutex::default(),
            robots: Mutex::default(),
            once: Mutex::default(),
        })
    }

    /// Reads one address, unless it still is what the validators stand for. Waits for its host's turn.
    pub fn get(&self, url: &Url, known: &Validators) -> Result<Answer, Fault> {
        self.in_turn(url, Duration::ZERO, self.ask(url, known, self.manners.largest))
    }

    /// Like [`get`](Fetcher::get), for an address that several ask for: the same question is asked once in a run.
    pub fn get_once(&self, url: &Url, known: &Validators) -> Result<Answer, Fault> {
        let shared = {
            let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
            once.entry((url.clone(), known.clone())).or_default().clone()
        };
        shared.get_or_init(|| self.get(url, known)).clone()
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
        // As much room as the server says that it sends, if that is likely.
        let said = response.content_length().unwrap_or_default().min(LIKELY).min(largest as u64);
        let mut bytes = Vec::with_capacity(said as usize);
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
        Fault::transport(cause)
    }
}

fn through(client: ClientBuilder, proxy: &Proxy) -> reqwest::Result<ClientBuilder> {
    Ok(match proxy {
        Proxy::None => client.no_proxy(),
        Proxy::Environment => client,
        Proxy::Of(address) => client.no_proxy().proxy(reqwest::Proxy::all(address.clone())?),
    })
}
