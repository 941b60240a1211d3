//! The certificates of a gateway that runs: read from their files at the start, and anew when it is told to.

use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::Config;
use crate::hub::Links;
use crate::tls::ends::{self, Link, Listener};
use crate::tls::{Named, Problems};

/// What the ends of a gateway work with.
pub(super) struct Certificates {
    /// Of API and pages.
    pub http: Option<Listener>,
    /// Of the link to the GGK.
    pub ggk: Option<Link>,
    /// Of the link to VECOZO.
    pub vecozo: Option<Link>,
}

/// Where those who listen look for their certificates.
pub(super) struct Shown {
    http: Option<watch::Sender<Arc<rustls::ServerConfig>>>,
    ggk: Option<watch::Sender<Arc<rustls::ServerConfig>>>,
}

impl Certificates {
    /// Reads the files of the settings. `None`: some cannot be used, which is told.
    pub(super) fn read(config: &Config, clock: &Arc<dyn Clock>, problems: &mut Problems) -> Option<Self> {
        let of_http = config.http.tls.as_ref();
        let http = of_http.map(|files| ends::listener("http.tls", files, clock, problems));
        let ggk = config.ggk.tls.as_ref().map(|files| ends::link("ggk.tls", files, clock, problems));
        let vecozo = config.vecozo.tls.as_ref().map(|files| ends::link("vecozo.tls", files, clock, problems));
        // All are read before one of them ends it, so that all is told at once.
        Some(Self { http: whole(http)?, ggk: whole(ggk)?, vecozo: whole(vecozo)? })
    }

    /// Those of ours that end some day.
    pub(super) fn named(&self) -> Vec<Named> {
        let of_links = [&self.ggk, &self.vecozo].into_iter().flatten().filter_map(|link| link.listener.as_ref());
        self.http.iter().chain(of_links).map(|listener| listener.named.clone()).collect()
    }

    /// What those who listen look at.
    pub(super) fn shown(&self) -> Shown {
        let sender = |listener: &Listener| watch::channel(Arc::clone(&listener.tls)).0;
        Shown {
            http: self.http.as_ref().map(sender),
            ggk: self.ggk.as_ref().and_then(|link| link.listener.as_ref()).map(sender),
        }
    }
}

/// What is there is usable.
#[expect(clippy::option_option, reason = "not set, and set but not usable, are two things")]
fn whole<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(made) => Some(made),
    }
}

impl Shown {
    /// What API and pages show.
    pub(super) fn to_http(&self) -> Option<watch::Receiver<Arc<rustls::ServerConfig>>> {
        self.http.as_ref().map(watch::Sender::subscribe)
    }

    /// What the listener of the network shows.
    pub(super) fn to_network(&self) -> Option<watch::Receiver<Arc<rustls::ServerConfig>>> {
        self.ggk.as_ref().map(watch::Sender::subscribe)
    }

    /// Shows these from now on, and sends with them.
    ///
    /// # Errors
    /// In words; nothing was replaced.
    pub(super) fn replace(&self, new: &Certificates, links: &Links) -> Result<(), Vec<String>> {
        let new_ggk = new.ggk.as_ref().and_then(|link| link.listener.as_ref());
        let switched =
            [("http.tls", self.http.is_some(), new.http.is_some()), ("ggk.tls", self.ggk.is_some(), new_ggk.is_some())];
        let switched = switched.iter().filter(|(_, was, is)| was != is);
        let problems: Vec<String> =
            switched.map(|(section, ..)| format!("{section}: switching TLS on or off takes a restart")).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let client = |link: &Option<Link>| link.as_ref().map(|link| link.client.clone());
        if let Some(ggk) = &links.ggk {
            ggk.replace(client(&new.ggk)).map_err(|error| vec![error.to_string()])?;
        }
        if let Some((vecozo, _)) = &links.vecozo {
            vecozo.replace(client(&new.vecozo)).map_err(|error| vec![error.to_string()])?;
        }
        for (shown, new) in [(&self.http, new.http.as_ref()), (&self.ggk, new_ggk)] {
            if let (Some(shown), Some(new)) = (shown, new) {
                shown.send_replace(Arc::clone(&new.tls));
            }
        }
        Ok(())
    }
}
