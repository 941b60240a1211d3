//! TLS of both ends: which files it works with, what is wrong with them, and who the other side is.
//!
//! Trusts only the roots that the settings name, on the network those of PKIoverheid; what the system trusts does not count. Time
//! is that of our clock. What was read stays as it is: other files make another end, and a connection keeps the one that it
//! was made with.
//!
//! | file | what |
//! |---|---|
//! | [`files`] | which files |
//! | `material` | what stands in them, and what is wrong with it, in words |
//! | [`oin`] | whose a certificate is |
//! | `verify` | who is let in: chain, days, revocation and OIN |
//! | [`ends`] | what a listener and a client work with |

pub mod ends;
pub mod files;
mod material;
pub mod oin;
mod verify;

use chrono::{DateTime, Utc};

/// A certificate of ours, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The setting that names its file, as in `ggk.tls.certificate_file`.
    pub setting: String,
    /// From then on nobody accepts it.
    pub ends_at: DateTime<Utc>,
}

/// What is wrong with files, in words that begin with the key of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// With these nothing works.
    pub faults: Vec<String>,
    /// With these it does, but others refuse us, or we them.
    pub remarks: Vec<String>,
    /// These may be in order.
    pub notes: Vec<String>,
}

impl Problems {
    /// What has to be mended.
    #[must_use]
    pub fn to_mend(self) -> Vec<String> {
        self.faults.into_iter().chain(self.remarks).collect()
    }
}
