//! Which files an end of a connection works with, as the settings name them. All are PEM.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// Of a listener that anybody may reach.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerFiles {
    /// Our certificate, and those between it and its root.
    pub certificate_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
    /// Roots; with them, whoever connects needs a certificate of one of them.
    #[serde(default)]
    pub client_ca_file: Option<PathBuf>,
}

/// Of a link to another party, both ways.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkFiles {
    /// The roots that certificates of the other side come from.
    pub ca_file: PathBuf,
    /// Our certificate, and those between it and its root; without it we show none, and nobody can connect to us.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// Its key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// What was revoked, of each level below the roots.
    #[serde(default)]
    pub crl_file: Option<PathBuf>,
    /// What becomes of a certificate whose issuer has no list in `crl_file`.
    #[serde(default)]
    pub crl_missing: IfMissing,
    /// Whose certificates are let in; nobody named: everybody's that the roots vouch for.
    #[serde(default)]
    pub oin: Vec<String>,
    /// For whom they speak who are not a node of the network: the codes that may stand as sender on what they hand over.
    #[serde(default)]
    pub speaks_for: BTreeMap<String, Vec<String>>,
}

/// What becomes of a certificate when there is no list of revoked ones to look it up in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IfMissing {
    /// It is refused.
    #[default]
    Refuse,
    /// It is let in.
    Accept,
}
