//! Certificates for one test: roots, what they issue, and what they revoke.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use iwmo_gateway::tls::oin::peer;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, DnValue, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RevokedCertParams, SanType,
    SerialNumber, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Of the gateway and of the network in these tests.
pub const OURS: &str = "00000001003214345000";
pub const THEIRS: &str = "00000004000000059000";
pub const OTHERS: &str = "00000003123456780000";

/// A root that issues.
pub struct Root {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: Vec<u8>,
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Issued {
    pub chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
    /// In hexadecimal, as the other side sees it.
    pub serial: String,
    number: SerialNumber,
}

/// What a certificate says; by itself it is good in 2026 for this machine.
pub struct Says {
    pub oin: Option<&'static str>,
    pub organization_identifier: Option<&'static str>,
    pub host: SanType,
    pub from: (i32, u8, u8),
    pub until: (i32, u8, u8),
}

impl Default for Says {
    fn default() -> Self {
        Self {
            oin: Some(THEIRS),
            organization_identifier: None,
            host: SanType::IpAddress([127, 0, 0, 1].into()),
            from: (2026, 1, 1),
            until: (2027, 1, 1),
        }
    }
}

/// Of this holder.
pub fn of(oin: &'static str) -> Says {
    Says { oin: Some(oin), ..Says::default() }
}

impl Root {
    pub fn new(name: &str) -> Self {
        Self::with_key(name, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key"))
    }

    /// One that can sign with RSA-PSS.
    pub fn rsa(name: &str) -> Self {
        Self::with_key(name, KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key"))
    }

    fn with_key(name: &str, key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1));
        let der = key.serialize_der();
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a root"), key: der }
    }

    pub fn issue(&self, says: &Says) -> Issued {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
        let number: [u8; 8] =
            aws_lc_rs::rand::generate(&SystemRandom::new()).map(aws_lc_rs::rand::Random::expose).expect("random");
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "partij");
        let mut attribute = |id: &[u64], text: Option<&str>| {
            if let Some(text) = text {
                params.distinguished_name.push(DnType::CustomDnType(id.to_vec()), DnValue::Utf8String(text.to_owned()));
            }
        };
        attribute(&[2, 5, 4, 5], says.oin);
        attribute(&[2, 5, 4, 97], says.organization_identifier);
        params.subject_alt_names = vec![says.host.clone()];
        let day = |(year, month, day)| date_time_ymd(year, month, day);
        (params.not_before, params.not_after) = (day(says.from), day(says.until));
        params.use_authority_key_identifier_extension = true;
        let number = SerialNumber::from_slice(&[&[1][..], &number].concat());
        params.serial_number = Some(number.clone());
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let der = certificate.der().clone();
        // One whose holder cannot be told is read by nobody.
        let serial = hex::encode(number.to_bytes());
        Issued { chain: vec![der], key: key.serialize_der(), serial, number }
    }

    /// The same, signed with RSA-PSS.
    pub fn issue_pss(&self, says: &Says) -> Issued {
        let mut issued = self.issue(says);
        issued.chain = vec![signed_with_pss(&issued.chain[0], &self.key).into()];
        assert_eq!(
            peer(&issued.chain[0]).map(|peer| peer.serial),
            Ok(issued.serial.clone()),
            "still the same certificate"
        );
        issued
    }

    /// The list of what is revoked, until a day.
    pub fn crl(&self, revoked: &[&Issued], until: (i32, u8, u8)) -> String {
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(until.0, until.1, until.2),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|one| RevokedCertParams {
                    serial_number: one.number.clone(),
                    revocation_time: date_time_ymd(2026, 1, 2),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).and_then(|list| list.pem()).expect("a list")
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub fn store(&self) -> Arc<RootCertStore> {
        let mut store = RootCertStore::empty();
        store.add(self.issuer.der().clone()).expect("a root");
        Arc::new(store)
    }
}

impl Issued {
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.clone().into())
    }

    /// Writes certificate and key beside each other; gives both paths.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, pem("CERTIFICATE", &self.chain[0])).expect("a certificate is written");
        std::fs::write(&key, pem("PRIVATE KEY", &self.key)).expect("a key is written");
        (certificate, key)
    }
}

pub fn pem(what: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", lines.join("\n"))
}

/// A certificate that says that it was signed with RSA-PSS, and was.
fn signed_with_pss(der: &[u8], issuer_key: &[u8]) -> Vec<u8> {
    // AlgorithmIdentifier of sha256WithRSAEncryption, and that of RSASSA-PSS with SHA-256, MGF1 of it and 32 bytes of salt.
    let pkcs1 = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
    let pss = tagged(0x30, rustls::pki_types::alg_id::RSA_PSS_SHA256.as_ref());
    let (_, whole, _) = split(der);
    let (_, tbs, _) = split(whole);
    let at = tbs.windows(pkcs1.len()).position(|window| window == pkcs1).expect("it was signed with RSA");
    let tbs = tagged(0x30, &[&tbs[..at], &pss, &tbs[at + pkcs1.len()..]].concat());
    let key = RsaKeyPair::from_pkcs8(issuer_key).expect("an RSA key");
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), &tbs, &mut signature).expect("a signature");
    tagged(0x30, &[tbs, pss, tagged(0x03, &[&[0], signature.as_slice()].concat())].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes = u16::try_from(length).expect("short").to_be_bytes();
    let head = match length {
        0..=127 => vec![tag, bytes[1]],
        128..=255 => vec![tag, 0x81, bytes[1]],
        _ => vec![tag, 0x82, bytes[0], bytes[1]],
    };
    [&head, content].concat()
}

/// Tag, content and what comes behind it.
fn split(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (head, length) = match der[1] {
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        0x81 => (3, usize::from(der[2])),
        short => (2, usize::from(short)),
    };
    (der[0], &der[head..head + length], &der[head + length..])
}
