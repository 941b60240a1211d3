//! Who is let in: what rustls checks (chain, days, name, revocation), and the OIN on top of that.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme};

use super::oin::peer;

/// Lets in whom `inner` lets in, if its OIN is on the list.
#[derive(Debug)]
pub(super) struct OinVerifier<V: ?Sized> {
    pub inner: Arc<V>,
    /// Nobody named: everybody.
    pub oins: Vec<String>,
}

/// Why a certificate is not let in that is otherwise right.
#[derive(Debug)]
struct NotLetIn(String);

impl fmt::Display for NotLetIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotLetIn {}

impl<V: ?Sized> OinVerifier<V> {
    fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let refused =
            |what: String| Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(NotLetIn(what)))));
        let peer = peer(certificate).map_err(|wrong| refused(format!("the certificate {wrong}")))?;
        match peer.oin {
            _ if self.oins.is_empty() => Ok(()),
            Some(oin) if self.oins.contains(&oin) => Ok(()),
            Some(oin) => Err(refused(format!("OIN {oin} is not on the list (tls.oin); certificate {}", peer.serial))),
            None => Err(refused(format!("certificate {} has no OIN", peer.serial))),
        }
    }
}

/// What both ends leave to whom rustls has for it.
macro_rules! as_inner {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.inner.verify_tls12_signature(message, cert, dss)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.inner.verify_tls13_signature(message, cert, dss)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.inner.supported_verify_schemes()
        }
    };
}

impl ServerCertVerifier for OinVerifier<dyn ServerCertVerifier> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        self.check(end_entity).map(|()| verified)
    }

    as_inner!();
}

impl ClientCertVerifier for OinVerifier<dyn ClientCertVerifier> {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.inner.verify_client_cert(end_entity, intermediates, now)?;
        self.check(end_entity).map(|()| verified)
    }

    as_inner!();
}
