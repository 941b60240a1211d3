//! What an envelope says about itself.

use chrono::NaiveDateTime;

/// A sender or receiver on an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Systeem {
    /// CBS code of a gemeente, AGB code of an aanbieder, or a fixed word such as `VECOZO`.
    pub organisatie: String,
    /// Name of the software, 3 to 50 characters, without a version; of a receiver always `GGk`.
    pub applicatie: String,
    /// Name of the samenwerkingsverband or the gemeente.
    pub administratie: Option<String>,
    /// Without a meaning on this network.
    pub gebruiker: Option<String>,
}

impl Systeem {
    /// A sender: the party and its software.
    #[must_use]
    pub fn zender(organisatie: &str, applicatie: &str) -> Self {
        Self { organisatie: organisatie.to_owned(), applicatie: applicatie.to_owned(), ..Self::default() }
    }

    /// A receiver: the party behind the GGK.
    #[must_use]
    pub fn ontvanger(organisatie: &str) -> Self {
        Self::zender(organisatie, "GGk")
    }
}

/// What every envelope says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuurgegevens {
    /// Who sends.
    pub zender: Systeem,
    /// The system that the envelope is addressed to.
    pub ontvanger: Systeem,
    /// UUID v4, lower case; used once.
    pub referentienummer: String,
    /// Dutch local time in 8 to 17 digits; see [`tijdstip_bericht`].
    pub tijdstip_bericht: String,
}

/// `tijdstipBericht` of a local time in the Netherlands: 17 digits.
///
/// ```
/// use iwmo_gateway::hub::envelope::tijdstip_bericht;
/// let local = chrono::NaiveDate::from_ymd_opt(2026, 1, 12).and_then(|day| day.and_hms_milli_opt(9, 15, 30, 7));
/// assert_eq!(local.map(tijdstip_bericht).as_deref(), Some("20260112091530007"));
/// ```
#[must_use]
pub fn tijdstip_bericht(local: NaiveDateTime) -> String {
    local.format("%Y%m%d%H%M%S%3f").to_string()
}
