//! What is asked and told of batches of payments.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::store::{BetalingAsked, LeftOut, Reden, Withdrawn};

/// What a batch is asked with.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToPay {
    /// Pay this aanbieder only: its AGB code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9]{8}$", example = "41005001")]
    pub aanbieder: Option<String>,
    /// The day on which the bank is to pay; today when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_date: Option<NaiveDate>,
}

/// That something was withdrawn.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithdrawnJson {
    /// When that was said.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
    /// Why, in words.
    pub reason: String,
}

/// Who is not paid in a batch; what is payable stays for a later one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftOutJson {
    /// AGB code.
    pub aanbieder: String,
    /// AGB code of whose account it goes to.
    pub payee: String,
    /// What it comes to, in euro cents.
    pub bedrag: i64,
    /// Why it is not paid.
    pub reason: NotInBatch,
}

/// Why somebody is not paid.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotInBatch {
    /// No more was granted than taken back: it is set off later.
    NotMoreThanTakenBack,
    /// It is more than one transfer in SEPA can be: 999,999,999.99 euro.
    MoreThanOneTransfer,
}

impl From<ToPay> for BetalingAsked {
    fn from(ToPay { aanbieder, execution_date }: ToPay) -> Self {
        Self { aanbieder, uitvoerdatum: execution_date }
    }
}

impl From<BetalingAsked> for ToPay {
    fn from(BetalingAsked { aanbieder, uitvoerdatum }: BetalingAsked) -> Self {
        Self { aanbieder, execution_date: uitvoerdatum }
    }
}

impl From<Withdrawn> for WithdrawnJson {
    fn from(Withdrawn { at, by, reason }: Withdrawn) -> Self {
        Self { at, by, reason }
    }
}

impl From<LeftOut> for LeftOutJson {
    fn from(LeftOut { aanbieder, begunstigde, bedrag, reden }: LeftOut) -> Self {
        let reason = match reden {
            Reden::NietMeerDanTeruggenomen => NotInBatch::NotMoreThanTakenBack,
            Reden::MeerDanEenOverboeking => NotInBatch::MoreThanOneTransfer,
        };
        Self { aanbieder, payee: begunstigde, bedrag, reason }
    }
}
