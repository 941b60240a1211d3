//! Who may be called: judged on the address that is dialled, after a name was looked up.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address::is_public;
use crate::outward::Outward;

/// Why nobody was called.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The address is not public.
    #[error("the address is not public (allow_private)")]
    Private,
    /// The clock was set for practice, and the address is not on this machine.
    #[error("this is practice: only this machine is told")]
    Practice,
    /// The name leads nowhere.
    #[error("the name leads to no address")]
    Nowhere,
}

/// Who may be called.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Addresses that are not public too.
    pub allow_private: bool,
    /// And only those that anything may be sent to: in practice this machine alone.
    pub outward: Outward,
}

/// Looks names up, and gives only addresses that may be called.
pub struct Judge(pub Reach);

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = look_up(name.as_str(), 0, reach).await?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok::<Addrs, Box<dyn std::error::Error + Send + Sync>>(addresses)
        })
    }
}

/// The addresses of a name that may be called.
pub async fn look_up(name: &str, port: u16, reach: Reach) -> Result<Vec<SocketAddr>, Refused> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, port)).await.map_err(|_| Refused::Nowhere)?.collect();
    let why = found.first().and_then(|one| reach.judge(one.ip()).err()).unwrap_or(Refused::Nowhere);
    let allowed: Vec<_> = found.iter().copied().filter(|one| reach.judge(one.ip()).is_ok()).collect();
    if allowed.is_empty() { Err(why) } else { Ok(allowed) }
}

/// An address that stands in the URL itself is not looked up.
pub fn judge_url(url: &Url, reach: Reach) -> Result<(), Refused> {
    match url.host() {
        Some(Host::Ipv4(address)) => reach.judge(address.into()),
        Some(Host::Ipv6(address)) => reach.judge(address.into()),
        Some(Host::Domain(_)) => Ok(()),
        None => Err(Refused::Nowhere),
    }
}

impl Reach {
    fn judge(self, address: IpAddr) -> Result<(), Refused> {
        if !self.outward.may_dial(address) {
            return Err(Refused::Practice);
        }
        if self.allow_private || is_public(address) { Ok(()) } else { Err(Refused::Private) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(allow_private: bool) -> Reach {
        Reach { allow_private, outward: Outward::Anywhere }
    }

    #[test]
    fn in_practice_only_this_machine_is_called() {
        let practice = Reach { allow_private: true, outward: Outward::Loopback };
        let judged = |url: &str| judge_url(&Url::parse(url).expect("an address"), practice);
        assert!(matches!(judged("http://8.8.8.8/"), Err(Refused::Practice)));
        assert!(judged("http://127.0.0.1/").is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called() {
        assert!(matches!(look_up("localhost", 80, reach(false)).await, Err(Refused::Private)));
        assert!(look_up("localhost", 80, reach(true)).await.expect("found").iter().all(|one| one.ip().is_loopback()));
    }

    #[test]
    fn an_address_in_the_url_is_judged_however_it_is_spelled() {
        for spelled in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0177.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://[2002:a00:1::]/",
        ] {
            let url = Url::parse(spelled).expect("an address");
            assert!(matches!(judge_url(&url, reach(false)), Err(Refused::Private)), "{spelled}");
            assert!(judge_url(&url, reach(true)).is_ok(), "{spelled}");
        }
        assert!(judge_url(&Url::parse("https://example.nl/").expect("an address"), reach(false)).is_ok());
    }
}
