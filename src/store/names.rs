//! The words under which our enums stand in the database.

use super::entry::{ParcelKind, Via};
use super::journal::LedgerTable;
use super::outcome::Outcome;
use crate::domain::deadlines::case::DeadlineState;
use crate::domain::facts::history::Subject;

/// Gives an enum its words, both ways.
macro_rules! names {
    ($($enum:ident { $($variant:ident = $name:literal,)* })*) => {$(
        impl $enum {
            /// The word for it, in the store and in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What this word stands for.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

names! {
    Via { Api = "api", Ggk = "ggk", Vecozo = "vecozo", File = "file", Gateway = "gateway", }
    Outcome { Accepted = "accepted", Partial = "partial", Parked = "parked", Rejected = "rejected", Refused = "refused", }
    DeadlineState { Open = "open", DueSoon = "due-soon", Overdue = "overdue", Met = "met", Late = "late", Waived = "waived", Void = "void", }
    LedgerTable {
        Toewijzing = "toewijzing", Start = "start", Stop = "stop", Verzoek = "verzoek", Antwoord = "antwoord",
        Declaratie = "declaratie", Prestatie = "prestatie",
    }
    ParcelKind { Di01 = "Di01", Du01 = "Du01", Fo01 = "Fo01", }
}

impl Subject {
    /// Under which it stands in the store.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Client(bsn) => format!("client/{}", bsn.digits()),
            Self::Toewijzing(nummer) => format!("toewijzing/{nummer}"),
            Self::Verzoek(referentie_aanbieder) => format!("verzoek/{referentie_aanbieder}"),
            Self::Declaraties => "declaraties".to_owned(),
            Self::Heenbericht(soort, afzender, identificatie) => format!("bericht/{soort}/{afzender}/{identificatie}"),
        }
    }
}
