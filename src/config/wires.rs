//! What addresses and certificates must be: nobody is believed, and nothing is said in the clear, but on this machine or to
//! those who are named.

use super::{Config, Ggk, Http, LocalParty, Mode, Vecozo};
use crate::tls::files::LinkFiles;
use crate::tls::oin::is_oin;

/// The addresses of the server and of the link to the network, and what vouches for who is there.
pub(super) fn check(http: &Http, ggk: &Ggk, problems: &mut Vec<String>) {
    if !http.listen.ip().is_loopback() && http.tls.is_none() && http.proxies.is_empty() {
        let what = "http.listen: elsewhere than on loopback this would be plain HTTP for everybody; set http.tls, or name in \
                    http.proxies the addresses of the proxies that speak TLS in front of it";
        problems.push(what.to_owned());
    }
    check_listen(ggk, problems);
    check_adapter(ggk, problems);
    for functie in ggk.du01.iter().filter(|functie| !["WMO325", "WMO304"].contains(&functie.as_str())) {
        problems.push(format!(
            "ggk.du01: {functie:?} answers nothing, or is a Du01 already; it may be \"WMO325\" or \"WMO304\""
        ));
    }
    check_url("ggk", &ggk.url, ggk.tls.is_some(), problems);
    if let Some(files) = &ggk.tls {
        check_link("ggk", files, problems);
    }
}

/// Whoever reaches the listener of the network is believed as to who sends.
fn check_listen(ggk: &Ggk, problems: &mut Vec<String>) {
    let Some(address) = ggk.listens() else {
        if !ggk.listen.is_empty() {
            problems.push(format!("ggk.listen: {:?} is no address with a port, as in 127.0.0.1:8081", ggk.listen));
        }
        return;
    };
    let asks_certificate = ggk.tls.as_ref().is_some_and(|files| files.certificate_file.is_some());
    if !address.ip().is_loopback() && !asks_certificate && ggk.adapters.is_empty() {
        let what = "ggk.listen: elsewhere than on loopback, set ggk.tls with a certificate, so that others need one too, or name in \
                    ggk.adapters the addresses of your Digikoppeling adapter";
        problems.push(what.to_owned());
    }
}

/// What an adapter makes the headers of ebMS of.
fn check_adapter(ggk: &Ggk, problems: &mut Vec<String>) {
    if ggk.mode == Mode::Stuf {
        return;
    }
    let cpa =
        [("service", &ggk.cpa.service), ("di01", &ggk.cpa.di01), ("du01", &ggk.cpa.du01), ("fo01", &ggk.cpa.fo01)];
    for (key, text) in cpa {
        if text.is_empty() || text.contains(char::is_whitespace) {
            problems.push(format!("ggk.cpa.{key}: mode = \"adapter\" needs what stands in your CPA, without spaces"));
        }
    }
    if !ggk.applicatie.chars().all(|one| one.is_ascii_alphanumeric() || one == '-') {
        problems.push(
            "ggk.applicatie: becomes part of the MessageId of ebMS with mode = \"adapter\": use letters, digits and hyphens only".to_owned(),
        );
    }
}

/// The link to VECOZO: for whom, and what is not public of it.
pub(super) fn check_vecozo(vecozo: &Vecozo, local: &[LocalParty], problems: &mut Vec<String>) {
    check_url("vecozo", &vecozo.url, vecozo.tls.is_some(), problems);
    if let Some(files) = &vecozo.tls {
        check_link("vecozo", files, problems);
    }
    if vecozo.url.is_empty() {
        if !vecozo.partijen.is_empty() {
            problems.push("vecozo.url: is empty, and vecozo.partijen names whom it is for".to_owned());
        }
        return;
    }
    if vecozo.partijen.is_empty() {
        problems
            .push("vecozo.partijen: name the aanbieders that are connected to VECOZO, by their AGB code".to_owned());
    }
    for code in &vecozo.partijen {
        match local.iter().find(|local| local.partij.code() == code) {
            None => problems.push(format!("vecozo.partijen: there is no [[partij]] with code {code:?}")),
            Some(local) if local.partij.is_gemeente() => {
                problems.push(format!("vecozo.partijen: {code:?} is a gemeente; VECOZO is for aanbieders"));
            }
            Some(_) => {}
        }
    }
    if vecozo.actie.is_empty() {
        let what = "vecozo.actie: say what the specification that VECOZO gave you calls the actie of a bericht; it is not public";
        problems.push(what.to_owned());
    }
    for (key, duration) in [("poll", vecozo.poll), ("status_poll", vecozo.status_poll), ("timeout", vecozo.timeout)] {
        if duration.is_zero() {
            problems.push(format!("vecozo.{key}: is nothing; it must be longer, as in \"1m\""));
        }
    }
}

impl Config {
    /// What is said in the clear to another machine: allowed, as a network may be one's own, and told.
    #[must_use]
    pub fn in_the_clear(&self) -> Vec<String> {
        let links = [("ggk", &self.ggk.url), ("vecozo", &self.vecozo.url)];
        let plain = links.into_iter().filter(|(_, url)| is_plain_and_elsewhere(url));
        let remarks = plain.map(|(section, _)| {
            format!(
                "{section}.url: is plain HTTP to another machine: berichten can be read and changed on the way. Use https, \
                 with {section}.tls"
            )
        });
        remarks.collect()
    }
}

fn is_plain_and_elsewhere(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && !is_here
}

/// Where a link goes. The roots of the system count for nobody, so TLS needs those of the settings.
pub(super) fn check_url(section: &str, url: &str, has_tls: bool, problems: &mut Vec<String>) {
    if url.is_empty() {
        return;
    }
    match url::Url::parse(url).as_ref().map(url::Url::scheme) {
        Ok("https") if !has_tls => problems.push(format!(
            "{section}.url: is https, and {section}.tls is missing: name with ca_file the roots that its certificate comes from"
        )),
        Ok("http" | "https") => {}
        Ok(_) | Err(_) => problems.push(format!("{section}.url: {url:?} is not an http or https address")),
    }
}

/// Whose certificates a link takes.
pub(super) fn check_link(section: &str, files: &LinkFiles, problems: &mut Vec<String>) {
    for oin in files.oin.iter().chain(files.speaks_for.keys()).filter(|oin| !is_oin(oin)) {
        problems.push(format!("{section}.tls.oin: {oin:?} is no OIN; it has 20 digits"));
    }
    for oin in files.speaks_for.keys().filter(|oin| !files.oin.contains(oin)) {
        problems
            .push(format!("{section}.tls.speaks_for: {oin:?} does not stand in {section}.tls.oin, and is not let in"));
    }
}
