//! What stands in the files, and what is wrong with it, in words.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;

use super::Problems;
use super::oin::{NoOin, oin};

/// Our certificate with its key.
pub(super) struct Own {
    pub key: Arc<CertifiedKey>,
    pub ends_at: DateTime<Utc>,
}

/// Every object of one kind in a file; `None` when there is none or it cannot be read, which is told.
fn objects<T: PemObject>(key: &str, what: &str, path: &Path, problems: &mut Problems) -> Option<Vec<T>> {
    let described = |cause: String| format!("{key}: {}: {cause}", path.display());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            problems.faults.push(described(format!("cannot be read: {error}")));
            return None;
        }
    };
    match T::pem_reader_iter(BufReader::new(file)).collect::<Result<Vec<T>, pem::Error>>() {
        Ok(found) if found.is_empty() => {
            problems
                .faults
                .push(described(format!("holds no {what}; it must be PEM, with a line that begins with -----BEGIN")));
            None
        }
        Ok(found) => Some(found),
        Err(error) => {
            problems.faults.push(described(format!("is damaged: {error}")));
            None
        }
    }
}

/// The roots in a file.
pub(super) fn roots(key: &str, path: &Path, now: DateTime<Utc>, problems: &mut Problems) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for (nr, der) in objects::<CertificateDer<'_>>(key, "certificate", path, problems)?.into_iter().enumerate() {
        if let Some(certificate) = parsed(&der)
            && let Some(wrong) = days(&certificate, now)
        {
            problems.remarks.push(format!("{key}: {}: root {}: {wrong}", path.display(), nr + 1));
        }
        if let Err(error) = roots.add(der) {
            problems.faults.push(format!("{key}: {}: certificate {} is no root: {error}", path.display(), nr + 1));
            return None;
        }
    }
    Some(roots)
}

/// The lists of revoked certificates in a file.
pub(super) fn crls(
    key: &str,
    path: &Path,
    now: DateTime<Utc>,
    problems: &mut Problems,
) -> Option<Vec<CertificateRevocationListDer<'static>>> {
    let lists = objects::<CertificateRevocationListDer<'static>>(
        key,
        "list of revoked certificates (X509 CRL)",
        path,
        problems,
    )?;
    for list in &lists {
        let Ok((_, list)) = CertificateRevocationList::from_der(list) else {
            problems.faults.push(format!("{key}: {}: holds a list that is damaged", path.display()));
            return None;
        };
        let next = list.next_update().and_then(instant);
        if next.is_none_or(|next| next <= now) {
            let issuer = list.issuer();
            let until =
                next.map_or_else(|| "says no end".to_owned(), |next| format!("ended {}", next.format("%F %R UTC")));
            problems.remarks.push(format!(
                "{key}: {}: the list of {issuer} {until}: certificates of that issuer are refused until there is a newer one",
                path.display()
            ));
        }
    }
    Some(lists)
}

/// Our certificate, with those between it and its root, and its key.
pub(super) fn own(
    (certificate_file, key_file): (&Path, &Path),
    roots: Option<&RootCertStore>,
    (now, provider): (DateTime<Utc>, &CryptoProvider),
    problems: &mut Problems,
) -> Option<Own> {
    const FIRST: &str = "certificate_file";
    let chain = objects::<CertificateDer<'static>>(FIRST, "certificate", certificate_file, problems);
    let key = objects::<PrivateKeyDer<'static>>("key_file", "private key", key_file, problems);
    let (chain, key) = (chain?, key?.into_iter().next()?);
    let described = |what: String| format!("{FIRST}: {}: {what}", certificate_file.display());
    let Some(certificate) = parsed(&chain[0]) else {
        problems.faults.push(described("the first certificate is damaged".to_owned()));
        return None;
    };
    problems.remarks.extend(days(&certificate, now).map(&described));
    problems.remarks.extend(out_of_order(&chain).map(&described));
    problems.notes.extend(chain_gap(&chain, roots).map(described));
    let ends_at = instant(certificate.validity().not_after)?;
    let Ok(signing_key) = provider.key_provider.load_private_key(key) else {
        problems.faults.push(format!("key_file: {}: is no key that we can use: take RSA or ECDSA", key_file.display()));
        return None;
    };
    let key = CertifiedKey::new(chain.clone(), signing_key);
    if key.keys_match().is_err() {
        problems.faults.push(format!(
            "key_file: {}: does not fit the first certificate in {}",
            key_file.display(),
            certificate_file.display()
        ));
        return None;
    }
    Some(Own { key: Arc::new(key), ends_at })
}

/// What the network will miss in our certificate.
pub(super) fn own_oin(own: &Own, path: &Path, problems: &mut Problems) {
    let found = own.key.cert.first().and_then(|der| parsed(der).map(|certificate| oin(&certificate)));
    let what = match found {
        Some(Ok(Some(_))) => return,
        Some(Ok(None)) => "has no OIN (20 digits, in serialNumber of its subject); the network asks for one".to_owned(),
        Some(Err(wrong)) => wrong.to_string(),
        None => NoOin::Unreadable.to_string(),
    };
    problems.remarks.push(format!("certificate_file: {}: {what}", path.display()));
}

/// Whether a certificate holds now; if not, why.
fn days(certificate: &X509Certificate<'_>, now: DateTime<Utc>) -> Option<String> {
    let validity = certificate.validity();
    let (from, until) = (instant(validity.not_before)?, instant(validity.not_after)?);
    if now < from {
        return Some(format!("is not valid before {}", from.format("%F %R UTC")));
    }
    (now > until).then(|| format!("expired on {}", until.format("%F %R UTC")))
}

/// Where the certificates behind ours do not lead to its root.
fn out_of_order(chain: &[CertificateDer<'_>]) -> Option<String> {
    let certificates: Vec<X509Certificate<'_>> = chain.iter().filter_map(parsed).collect();
    let pair = certificates.windows(2).find(|pair| pair[0].issuer() != pair[1].subject())?;
    Some(format!(
        "the chain is out of order: after {} must come the certificate of its issuer, {}",
        pair[0].subject(),
        pair[0].issuer()
    ))
}

/// What is perhaps missing between our certificate and its root; others can then not tell who vouches for it.
fn chain_gap(chain: &[CertificateDer<'_>], roots: Option<&RootCertStore>) -> Option<String> {
    let [only] = chain else { return None };
    let only = parsed(only)?;
    let issuer = only.issuer();
    let is_of_root = |roots: &RootCertStore| roots.roots.iter().any(|root| issuer.as_raw().ends_with(&root.subject));
    let is_whole = issuer == only.subject() || roots.is_some_and(is_of_root);
    (!is_whole).then(|| {
        format!("the chain is incomplete, unless {issuer} is a root: else put its certificate behind ours, and so on up to the root")
    })
}

fn parsed<'d>(der: &'d CertificateDer<'_>) -> Option<X509Certificate<'d>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

fn instant(time: ASN1Time) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.timestamp(), 0)
}
