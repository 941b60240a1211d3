//! Whose a certificate is: its OIN, the number by which organisations of the Dutch government know each other.
//!
//! It stands in serialNumber of the subject, and in those of PKIoverheid G4 in organizationIdentifier as well. Both may be there
//! and have to say the same.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

const SERIAL_NUMBER: &str = "2.5.4.5";
const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";
const DIGITS: usize = 20;

/// Who is at the other side of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The number that its issuer gave it, in hexadecimal.
    pub serial: String,
    /// Of its holder.
    pub oin: Option<String>,
}

/// Why it cannot be told whose a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOin {
    /// Not a certificate.
    #[error("is no X.509 certificate")]
    Unreadable,
    /// Its subject names two organisations.
    #[error("has different OINs in serialNumber and organizationIdentifier")]
    Differ,
}

/// Reads a certificate (DER).
///
/// # Errors
/// It cannot be told whose it is.
pub fn peer(der: &[u8]) -> Result<PeerCertificate, NoOin> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| NoOin::Unreadable)?;
    let serial = hex::encode(certificate.raw_serial());
    Ok(PeerCertificate { serial, oin: oin(&certificate)? })
}

/// The OIN in the subject of a certificate, if it has one.
pub(super) fn oin(certificate: &X509Certificate<'_>) -> Result<Option<String>, NoOin> {
    let attributes = certificate.subject().iter_attributes();
    let of_holder = attributes.filter(|attribute| {
        [SERIAL_NUMBER, ORGANIZATION_IDENTIFIER].contains(&attribute.attr_type().to_id_string().as_str())
    });
    let mut found: Vec<&str> = of_holder.filter_map(|attribute| attribute.as_str().ok().and_then(oin_in)).collect();
    found.dedup();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).to_owned())),
        _ => Err(NoOin::Differ),
    }
}

/// Twenty digits, by themselves or behind the scheme that organizationIdentifier begins with (`NTRNL-`).
fn oin_in(text: &str) -> Option<&str> {
    let number = text.rsplit_once('-').map_or(text, |(_, number)| number).trim();
    is_oin(number).then_some(number)
}

/// Whether a text looks like an OIN.
#[must_use]
pub fn is_oin(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oin_stands_by_itself_or_behind_a_scheme() {
        let oin = "00000001003214345000";
        for text in [oin, "NTRNL-00000001003214345000", "OINNL-00000001003214345000"] {
            assert_eq!(oin_in(text), Some(oin), "{text}");
        }
        for text in ["", "NTRNL-30280353", "0000000100321434500", "0000000100321434500x", "000000010032143450000"] {
            assert_eq!(oin_in(text), None, "{text}");
        }
    }
}
