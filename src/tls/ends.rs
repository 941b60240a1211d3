//! What a listener and a client work with, made from files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::SingleCertAndKey;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::files::{IfMissing, LinkFiles, ServerFiles};
use super::material::{self, Own};
use super::verify::OinVerifier;
use super::{Named, Problems};
use crate::clock::Clock;

/// What a listener shows, and whom it lets in.
#[derive(Clone)]
pub struct Listener {
    /// For each connection.
    pub tls: Arc<ServerConfig>,
    /// Our certificate.
    pub named: Named,
}

/// Both ends of a link.
#[derive(Clone)]
pub struct Link {
    /// For what goes out.
    pub client: ClientConfig,
    /// For what comes in; `None` without a certificate of ours.
    pub listener: Option<Listener>,
}

/// The time of our clock, for rustls.
struct Time(Arc<dyn Clock>);

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().timestamp()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A listener that anybody may reach, by the files of `section`. `None`: they cannot be used, which is told.
pub fn listener(
    section: &str,
    files: &ServerFiles,
    clock: &Arc<dyn Clock>,
    problems: &mut Problems,
) -> Option<Listener> {
    in_section(section, problems, |problems| {
        let maker = Maker::new(clock);
        let own = maker.own(&files.certificate_file, &files.key_file, None, problems);
        let verifier = match &files.client_ca_file {
            None => WebPkiClientVerifier::no_client_auth(),
            Some(path) => {
                let roots = material::roots("client_ca_file", path, maker.now, problems)?;
                maker.client_verifier(roots, Revocation::default())?
            }
        };
        Some(maker.listener(section, own?, verifier))
    })
}

/// Both ends of a link, by the files of `section`. `None`: they cannot be used, which is told.
pub fn link(section: &str, files: &LinkFiles, clock: &Arc<dyn Clock>, problems: &mut Problems) -> Option<Link> {
    in_section(section, problems, |problems| {
        let maker = Maker::new(clock);
        let roots = material::roots("ca_file", &files.ca_file, maker.now, problems);
        let lists = match &files.crl_file {
            None => Some(Vec::new()),
            Some(path) => material::crls("crl_file", path, maker.now, problems),
        };
        let own = match (&files.certificate_file, &files.key_file) {
            (Some(certificate), Some(key)) => Some(maker.own(certificate, key, roots.as_ref(), problems)?),
            (None, None) => None,
            (Some(_), None) => return fault("key_file: is missing beside certificate_file", problems),
            (None, Some(_)) => return fault("certificate_file: is missing beside key_file", problems),
        };
        if let (Some(own), Some(path)) = (&own, &files.certificate_file)
            && !files.oin.is_empty()
        {
            material::own_oin(own, path, problems);
        }
        let (roots, lists) = (roots?, lists?);
        let client = maker.client(own.as_ref(), roots.clone(), Revocation::of(files, lists.clone()), files)?;
        let listener = match own {
            None => None,
            Some(own) => {
                let inner = maker.client_verifier(roots, Revocation::of(files, lists))?;
                let verifier = OinVerifier { inner, oins: files.oin.clone() };
                Some(maker.listener(section, own, Arc::new(verifier)))
            }
        };
        Some(Link { client, listener })
    })
}

fn fault<T>(what: &str, problems: &mut Problems) -> Option<T> {
    problems.faults.push(what.to_owned());
    None
}

/// Adds what is wrong, behind the section whose files they are.
fn in_section<T>(section: &str, all: &mut Problems, make: impl FnOnce(&mut Problems) -> Option<T>) -> Option<T> {
    let mut problems = Problems::default();
    let end = make(&mut problems);
    let placed = |what: String| format!("{section}.{what}");
    all.faults.extend(problems.faults.into_iter().map(placed));
    all.remarks.extend(problems.remarks.into_iter().map(placed));
    all.notes.extend(problems.notes.into_iter().map(placed));
    end
}

/// What is known of revoked certificates.
#[derive(Default)]
struct Revocation {
    lists: Vec<CertificateRevocationListDer<'static>>,
    accepts_unknown: bool,
}

impl Revocation {
    fn of(files: &LinkFiles, lists: Vec<CertificateRevocationListDer<'static>>) -> Self {
        Self { lists, accepts_unknown: files.crl_missing == IfMissing::Accept }
    }
}

struct Maker {
    provider: Arc<CryptoProvider>,
    time: Arc<Time>,
    now: DateTime<Utc>,
}

impl Maker {
    fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            provider: Arc::new(aws_lc_rs::default_provider()),
            time: Arc::new(Time(Arc::clone(clock))),
            now: clock.now(),
        }
    }

    fn own(
        &self,
        certificate: &Path,
        key: &Path,
        roots: Option<&RootCertStore>,
        problems: &mut Problems,
    ) -> Option<Own> {
        material::own((certificate, key), roots, (self.now, &self.provider), problems)
    }

    fn client_verifier(&self, roots: RootCertStore, revocation: Revocation) -> Option<Arc<dyn ClientCertVerifier>> {
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider));
        let builder = if revocation.lists.is_empty() {
            builder
        } else {
            let builder = builder.with_crls(revocation.lists).enforce_revocation_expiration();
            if revocation.accepts_unknown { builder.allow_unknown_revocation_status() } else { builder }
        };
        builder.build().ok()
    }

    fn server_verifier(&self, roots: RootCertStore, revocation: Revocation) -> Option<Arc<dyn ServerCertVerifier>> {
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider));
        let builder = if revocation.lists.is_empty() {
            builder
        } else {
            let builder = builder.with_crls(revocation.lists).enforce_revocation_expiration();
            if revocation.accepts_unknown { builder.allow_unknown_revocation_status() } else { builder }
        };
        Some(builder.build().ok()?)
    }

    fn listener(&self, section: &str, own: Own, verifier: Arc<dyn ClientCertVerifier>) -> Listener {
        let mut tls = ServerConfig::builder_with_details(Arc::clone(&self.provider), Arc::clone(&self.time) as _)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(own.key)));
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Listener {
            tls: Arc::new(tls),
            named: Named { setting: format!("{section}.certificate_file"), ends_at: own.ends_at },
        }
    }

    fn client(
        &self,
        own: Option<&Own>,
        roots: RootCertStore,
        revocation: Revocation,
        files: &LinkFiles,
    ) -> Option<ClientConfig> {
        let verifier = OinVerifier { inner: self.server_verifier(roots, revocation)?, oins: files.oin.clone() };
        let builder = ClientConfig::builder_with_details(Arc::clone(&self.provider), Arc::clone(&self.time) as _)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .dangerous()
            // Checks all that rustls checks, and the OIN.
            .with_custom_certificate_verifier(Arc::new(verifier));
        Some(match own {
            None => builder.with_no_client_auth(),
            Some(own) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&own.key)))),
        })
    }
}
