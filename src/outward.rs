//! What may leave this machine: the one place that decides. Whatever sends something asks here, before it does.
//!
//! Under a clock that was set for practice nothing reaches another machine: what is told there would be taken for true.

use std::net::IpAddr;

use url::{Host, Url};

use crate::clock::Clock;

/// Whom something may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outward {
    /// Anybody.
    Anywhere,
    /// This machine alone.
    Loopback,
}

impl Outward {
    /// By this clock.
    #[must_use]
    pub fn of(clock: &dyn Clock) -> Self {
        if clock.is_practice() { Self::Loopback } else { Self::Anywhere }
    }

    /// Whether a connection to this address may be made: the one that is dialled, after a name was looked up.
    #[must_use]
    pub const fn may_dial(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Loopback => address.to_canonical().is_loopback(),
        }
    }

    /// Whether something may be sent to this address. In practice no name but `localhost` leads to this machine: where
    /// another one leads is for whoever answers it to say.
    #[must_use]
    pub fn may_reach(self, url: &Url) -> bool {
        match (self, url.host()) {
            (Self::Anywhere, _) => true,
            // Of a scheme that is not that of the web, a number stands there as a name.
            (Self::Loopback, Some(Host::Domain(name))) => {
                name == "localhost" || name.parse().is_ok_and(|address| self.may_dial(address))
            }
            (Self::Loopback, Some(Host::Ipv4(address))) => self.may_dial(address.into()),
            (Self::Loopback, Some(Host::Ipv6(address))) => self.may_dial(address.into()),
            (Self::Loopback, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{PracticeClock, SystemClock};
    use chrono::DateTime;

    #[test]
    fn in_practice_nothing_reaches_another_machine() {
        let practice = Outward::of(&PracticeClock::set_to(DateTime::UNIX_EPOCH));
        let url = |text: &str| Url::parse(text).expect("an address");
        for own in [
            "http://127.0.0.1:8090/x",
            "https://localhost/",
            "http://[::1]:1/",
            "http://[::ffff:127.9.9.9]/",
            "smtp://127.0.0.1:25",
        ] {
            assert!(practice.may_reach(&url(own)), "{own}");
        }
        for other in [
            "https://ggk.example/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example/",
            "http://0.0.0.0/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost.example/",
            "smtps://mail.example:465",
            "mailto:a@localhost",
        ] {
            assert!(!practice.may_reach(&url(other)), "{other}");
            assert!(Outward::of(&SystemClock).may_reach(&url(other)), "{other}");
        }
        assert!(!practice.may_dial([192, 168, 0, 1].into()) && practice.may_dial([127, 0, 0, 2].into()));
    }
}
