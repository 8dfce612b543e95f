//! From names to the addresses that are connected to.

use super::Manners;
use crate::model::Proxy;
use crate::read::guard;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// A name's addresses, as they are found out.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// How names are looked up.
#[derive(Clone)]
pub struct LookUp(Arc<dyn Fn(String) -> Found + Send + Sync>);

impl LookUp {
    /// By the system.
    pub fn system() -> LookUp {
        LookUp::by(|host| {
            Box::pin(async move {
                Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.map(|address| address.ip()).collect())
            })
        })
    }

    /// By this.
    pub fn by(look: impl Fn(String) -> Found + Send + Sync + 'static) -> LookUp {
        LookUp(Arc::new(look))
    }
}

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("LookUp")
    }
}

/// Resolves names to public addresses only. Whoever resolves first and connects later could be handed another address
/// the second time; here the checked addresses are the ones that are connected to.
#[derive(Debug)]
pub struct PublicOnly {
    /// Names that may lead inwards at some port; which one is checked where the address is known.
    open: Vec<String>,
    look_up: LookUp,
}

impl PublicOnly {
    /// What these manners allow.
    pub fn of(manners: &Manners) -> PublicOnly {
        let allowed = manners.allow.iter().filter_map(|allow| allow.rsplit_once(':')).map(|(host, _)| host.to_owned());
        let proxy = match &manners.proxy {
            Proxy::Of(address) => address.host_str().map(str::to_owned),
            Proxy::None | Proxy::Environment => None,
        };
        PublicOnly { open: allowed.chain(proxy).collect(), look_up: manners.look_up.clone() }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let open = self.open.contains(&host);
        let found = (self.look_up.0)(host.clone());
        Box::pin(async move {
            let (public, inward): (Vec<_>, Vec<_>) =
                found.await?.into_iter().partition(|address| open || guard::is_public(*address));
            if public.is_empty() && !inward.is_empty() {
                let refusal = guard::Refusal::NotPublic { allow: format!("{host}:PORT"), host };
                return Err(Box::new(refusal) as Box<dyn std::error::Error + Send + Sync>);
            }
            let addresses: Addrs = Box::new(public.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LookUp, PublicOnly};
    use crate::read::fetch::{Fetcher, Manners, Validators};
    use reqwest::dns::{Name, Resolve};
    use std::io::{Read, Write};
    use std::net::{IpAddr, TcpListener};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Duration;
    use url::Url;

    /// A name server that gives the next of these answers each time.
    fn answering(answers: &[&[&str]]) -> (LookUp, Arc<Mutex<Vec<String>>>) {
        let answers: Vec<Vec<IpAddr>> =
            answers.iter().map(|answer| answer.iter().map(|address| address.parse().unwrap()).collect()).collect();
        let (asked, number) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
        let told = asked.clone();
        let look_up = LookUp::by(move |host| {
            told.lock().unwrap().push(host);
            let answer = answers[number.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)].clone();
            Box::pin(async move { Ok(answer) })
        });
        (look_up, asked)
    }

    /// What is handed on for a name, or the refusal.
    fn resolved(resolver: &PublicOnly, name: &str) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(resolver.resolve(name.parse::<Name>().unwrap()));
        found.map(|found| found.map(|at| at.ip().to_string()).collect()).map_err(|refusal| refusal.to_string())
    }

    /// A server on localhost that counts who connects, and answers each with `answer`.
    fn server(answer: String) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, connected) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let count = connected.clone();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        (port, connected)
    }

    fn fetcher(look_up: LookUp, allow: &[String]) -> Fetcher {
        let manners = Manners {
            look_up,
            allow: allow.to_vec(),
            pause: Duration::ZERO,
            deadline: Duration::from_secs(5),
            ..Manners::default()
        };
        Fetcher::new(manners).unwrap()
    }

    #[test]
    fn a_name_that_is_public_first_and_private_next_is_refused_the_second_time() {
        let (look_up, asked) = answering(&[&["9.9.9.9"], &["127.0.0.1"], &["9.9.9.9", "10.0.0.1", "::1"]]);
        let resolver = PublicOnly::of(&Manners { look_up, ..Manners::default() });
        assert_eq!(resolved(&resolver, "boese.example"), Ok(vec!["9.9.9.9".to_owned()]));
        assert_eq!(resolved(&resolver, "boese.example"), Err("`boese.example` is no public address".to_owned()));
        // Of a mixed answer only what is public is handed on.
        assert_eq!(resolved(&resolver, "boese.example"), Ok(vec!["9.9.9.9".to_owned()]));
        assert_eq!(asked.lock().unwrap().len(), 3, "one look-up each, and none behind it");
    }

    #[test]
    fn what_is_connected_to_is_what_the_resolver_checked_and_nothing_is_asked_again() {
        let (port, connected) = server("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nText".into());
        // No other resolver knows this name: a second look-up by anybody else would fail.
        let (look_up, asked) = answering(&[&["127.0.0.1"], &["192.0.2.1"]]);
        let url = Url::parse(&format!("http://blatt.example:{port}/")).unwrap();
        let answer = fetcher(look_up, &[format!("blatt.example:{port}")]).get(&url, &Validators::default()).unwrap();
        assert_eq!(answer.document.unwrap().bytes, b"Text");
        assert_eq!(*asked.lock().unwrap(), ["blatt.example"]);
        assert_eq!(connected.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_redirect_to_a_name_that_has_turned_inwards_is_not_followed() {
        let (shut, reached) = server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nGeheim".into());
        let (port, _) = server(format!(
            "HTTP/1.1 302 Found\r\nLocation: http://boese.example:{shut}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ));
        let (look_up, asked) = answering(&[&["127.0.0.1"]]);
        let url = Url::parse(&format!("http://blatt.example:{port}/")).unwrap();
        let fault = fetcher(look_up, &[format!("blatt.example:{port}")]).get(&url, &Validators::default()).unwrap_err();
        assert_eq!(fault.to_string(), "`boese.example` is no public address");
        assert_eq!(*asked.lock().unwrap(), ["blatt.example", "boese.example"]);
        assert_eq!(reached.load(Ordering::Relaxed), 0);
    }
}
