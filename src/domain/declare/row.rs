//! What somebody tells of a delivered volume: values by column, each checked by itself.

use chrono::{Datelike, NaiveDate};

use super::BtwPercentage;
use crate::domain::berichten::waarde::{
    Bsn, Eenheid, ProductCategorie, ProductCode, ReferentieNummer, ToewijzingNummer, Value,
};

/// A delivered volume, or a line that is taken back. What is left out follows from the toewijzing, the contract or the
/// credited line.
#[derive(Clone, Default)]
pub struct Row {
    /// Where it stands in what was given, for people.
    pub rij: usize,
    /// The toewijzing that it was delivered under.
    pub toewijzing_nummer: Option<ToewijzingNummer>,
    /// First day.
    pub begindatum: Option<NaiveDate>,
    /// Last day.
    pub einddatum: Option<NaiveDate>,
    /// In units of `eenheid`.
    pub volume: Option<u32>,
    /// Instead of a volume, of a toewijzing in hours or minutes. Rows for one line are added up before they become hours.
    pub minuten: Option<u32>,
    /// WJ756.
    pub eenheid: Option<Eenheid>,
    /// WMO020.
    pub product_categorie: Option<ProductCategorie>,
    /// The product itself.
    pub product_code: Option<ProductCode>,
    /// Per unit, in euro cents.
    pub tarief: Option<u32>,
    /// Per hour, in euro cents; of minutes each then costs a sixtieth.
    pub tarief_per_uur: Option<u32>,
    /// What is asked, in euro cents.
    pub bedrag: Option<u32>,
    /// The VAT in it.
    pub btw_percentage: Option<BtwPercentage>,
    /// The name of the line.
    pub referentie_nummer: Option<ReferentieNummer>,
    /// The line that it takes back.
    pub vorig_referentie_nummer: Option<ReferentieNummer>,
    /// Whose it is.
    pub bsn: Option<Bsn>,
}

/// What is wrong with a row. Holds no value of it: that may be one of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Where the row stands in what was given; `None`: all of it.
    pub rij: Option<usize>,
    /// Which value; `None`: the row as a whole.
    pub column: Option<Column>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
}

/// What a row may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The toewijzing that it was delivered under.
    ToewijzingNummer,
    /// First day.
    Begindatum,
    /// Last day.
    Einddatum,
    /// How much.
    Volume,
    /// How much, in minutes.
    Minuten,
    /// WJ756.
    Eenheid,
    /// WMO020.
    ProductCategorie,
    /// The product itself.
    ProductCode,
    /// Per unit.
    Tarief,
    /// Per hour.
    TariefPerUur,
    /// What is asked.
    Bedrag,
    /// The VAT in it.
    BtwPercentage,
    /// The name of the line.
    ReferentieNummer,
    /// The line that it takes back.
    VorigReferentieNummer,
    /// Whose it is.
    Bsn,
}

/// What a credit has to do.
pub(super) const REPEATS: &str =
    "Een credit herhaalt de regel die hij terugneemt. Laat dit leeg, of vul in wat daar stond.";

/// The largest `LDT_Nummer`.
const MAX_NUMMER: i64 = 999_999_999;
/// The largest `LDT_Volume` and `LDT_Bedrag`.
pub(super) const MAX_FIGURE: u32 = 99_999_999;

const NOT_A_DATE: &str = "Verwacht wordt een datum als 2026-03-31 of 31-03-2026.";
const NOT_A_NUMMER: &str = "Verwacht wordt een geheel getal van hoogstens negen cijfers.";
const NOT_A_VOLUME: &str =
    "Verwacht wordt een geheel getal van hoogstens acht cijfers, zonder punten, komma's of teken.";
const NOT_CENTS: &str = "Verwacht wordt een geheel aantal eurocenten van hoogstens acht cijfers: 25 euro is 2500. Het teken volgt uit VorigReferentieNummer.";
const NOT_A_PERCENTAGE: &str = "Verwacht wordt een percentage van 1 tot 100 met hoogstens twee decimalen, zoals 21 of 21,5. Vrijgesteld is 0 of niets. Een spreadsheet bewaart 21% als 0,21: schrijf 21.";
const NOT_A_CODE: &str =
    "Deze code staat niet in codelijst WJ756. Een spreadsheet laat een voorloopnul weg: uren zijn 04, niet 4.";
const NOT_A_CATEGORIE: &str =
    "Verwacht worden twee cijfers, zoals 01. Een spreadsheet laat een voorloopnul weg: maak van de kolom tekst.";
const NOT_A_PRODUCT: &str = "Een productcode heeft 1 tot en met 5 tekens.";
const NOT_A_REFERENTIE: &str = "Een referentienummer heeft 1 tot en met 20 tekens.";
const NOT_A_BSN: &str =
    "Een Bsn heeft negen cijfers. Een spreadsheet laat een voorloopnul weg; u mag de kolom ook leeg laten.";
const CONTROL: &str =
    "Hier staat een regeleinde of een ander stuurteken. Controleer of elk aanhalingsteken gesloten is.";

impl Column {
    /// Every column, in the order in which they are explained.
    pub const ALL: [Self; 15] = [
        Self::ToewijzingNummer,
        Self::Begindatum,
        Self::Einddatum,
        Self::Volume,
        Self::Minuten,
        Self::Eenheid,
        Self::ProductCategorie,
        Self::ProductCode,
        Self::Tarief,
        Self::TariefPerUur,
        Self::Bedrag,
        Self::BtwPercentage,
        Self::ReferentieNummer,
        Self::VorigReferentieNummer,
        Self::Bsn,
    ];

    /// What a row has to tell, unless it takes back a line; minutes do for the volume.
    pub const NEEDED: [Self; 4] = [Self::ToewijzingNummer, Self::Begindatum, Self::Einddatum, Self::Volume];

    /// The heading in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToewijzingNummer => "ToewijzingNummer",
            Self::Begindatum => "Begindatum",
            Self::Einddatum => "Einddatum",
            Self::Volume => "Volume",
            Self::Minuten => "Minuten",
            Self::Eenheid => "Eenheid",
            Self::ProductCategorie => "ProductCategorie",
            Self::ProductCode => "ProductCode",
            Self::Tarief => "Tarief",
            Self::TariefPerUur => "Tarief per uur",
            Self::Bedrag => "Bedrag",
            Self::BtwPercentage => "BtwPercentage",
            Self::ReferentieNummer => "ReferentieNummer",
            Self::VorigReferentieNummer => "VorigReferentieNummer",
            Self::Bsn => "Bsn",
        }
    }

    /// The member in JSON.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::ToewijzingNummer => "toewijzing_nummer",
            Self::Begindatum => "begindatum",
            Self::Einddatum => "einddatum",
            Self::Volume => "volume",
            Self::Minuten => "minuten",
            Self::Eenheid => "eenheid",
            Self::ProductCategorie => "product_categorie",
            Self::ProductCode => "product_code",
            Self::Tarief => "tarief",
            Self::TariefPerUur => "tarief_per_uur",
            Self::Bedrag => "bedrag",
            Self::BtwPercentage => "btw_percentage",
            Self::ReferentieNummer => "referentie_nummer",
            Self::VorigReferentieNummer => "vorig_referentie_nummer",
            Self::Bsn => "bsn",
        }
    }

    /// Whether it holds a figure; JSON then has a number.
    #[must_use]
    pub const fn is_number(self) -> bool {
        match self {
            Self::ToewijzingNummer
            | Self::Volume
            | Self::Minuten
            | Self::Tarief
            | Self::TariefPerUur
            | Self::Bedrag
            | Self::BtwPercentage => true,
            Self::Begindatum
            | Self::Einddatum
            | Self::Eenheid
            | Self::ProductCategorie
            | Self::ProductCode
            | Self::ReferentieNummer
            | Self::VorigReferentieNummer
            | Self::Bsn => false,
        }
    }
}

impl Row {
    /// Takes the text of a column.
    ///
    /// # Errors
    /// What is wrong with it, in Dutch; the row stays as it was.
    pub fn put(&mut self, column: Column, text: &str) -> Result<(), &'static str> {
        if text.chars().any(char::is_control) {
            return Err(CONTROL);
        }
        let code = |text: &str, lengths: std::ops::RangeInclusive<usize>| lengths.contains(&text.chars().count());
        match column {
            Column::ToewijzingNummer => self.toewijzing_nummer = Some(nummer(text).ok_or(NOT_A_NUMMER)?),
            Column::Begindatum => self.begindatum = Some(date(text).ok_or(NOT_A_DATE)?),
            Column::Einddatum => self.einddatum = Some(date(text).ok_or(NOT_A_DATE)?),
            Column::Volume => self.volume = Some(figure(text).ok_or(NOT_A_VOLUME)?),
            Column::Minuten => self.minuten = Some(figure(text).ok_or(NOT_A_VOLUME)?),
            Column::Tarief => self.tarief = Some(figure(text).ok_or(NOT_CENTS)?),
            Column::TariefPerUur => self.tarief_per_uur = Some(figure(text).ok_or(NOT_CENTS)?),
            Column::Bedrag => self.bedrag = Some(figure(text).ok_or(NOT_CENTS)?),
            Column::BtwPercentage => {
                self.btw_percentage = Some(BtwPercentage::from_text(text).ok_or(NOT_A_PERCENTAGE)?);
            }
            Column::Eenheid => self.eenheid = Some(Value::from_text(text).ok_or(NOT_A_CODE)?),
            Column::ProductCategorie => {
                let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
                let categorie = is_code.then(|| Value::from_text(text)).flatten();
                self.product_categorie = Some(categorie.ok_or(NOT_A_CATEGORIE)?);
            }
            Column::ProductCode if !code(text, 1..=5) => return Err(NOT_A_PRODUCT),
            Column::ReferentieNummer | Column::VorigReferentieNummer if !code(text, 1..=20) => {
                return Err(NOT_A_REFERENTIE);
            }
            Column::ProductCode => self.product_code = Value::from_text(text),
            Column::ReferentieNummer => self.referentie_nummer = Value::from_text(text),
            Column::VorigReferentieNummer => self.vorig_referentie_nummer = Value::from_text(text),
            Column::Bsn => self.bsn = Some(Value::from_text(text).ok_or(NOT_A_BSN)?),
        }
        Ok(())
    }

    /// Whether it tells anything in this column.
    fn has(&self, column: Column) -> bool {
        match column {
            Column::ToewijzingNummer => self.toewijzing_nummer.is_some(),
            Column::Begindatum => self.begindatum.is_some(),
            Column::Einddatum => self.einddatum.is_some(),
            Column::Volume => self.volume.is_some() || self.minuten.is_some(),
            Column::Minuten => self.minuten.is_some(),
            Column::Eenheid => self.eenheid.is_some(),
            Column::ProductCategorie => self.product_categorie.is_some(),
            Column::ProductCode => self.product_code.is_some(),
            Column::Tarief => self.tarief.is_some(),
            Column::TariefPerUur => self.tarief_per_uur.is_some(),
            Column::Bedrag => self.bedrag.is_some(),
            Column::BtwPercentage => self.btw_percentage.is_some(),
            Column::ReferentieNummer => self.referentie_nummer.is_some(),
            Column::VorigReferentieNummer => self.vorig_referentie_nummer.is_some(),
            Column::Bsn => self.bsn.is_some(),
        }
    }

    /// What it should tell and does not.
    pub(super) fn lacks(&self, columns: &[Column]) -> Vec<RowProblem> {
        let text = "Dit ontbreekt. Vul het in, of noem in VorigReferentieNummer de regel die u crediteert.";
        columns.iter().filter(|column| !self.has(**column)).map(|column| self.problem(*column, text)).collect()
    }

    /// Something wrong with a value of it, or with the row as a whole.
    pub(super) fn problem(&self, column: impl Into<Option<Column>>, text: impl Into<String>) -> RowProblem {
        RowProblem { rij: Some(self.rij), column: column.into(), text: text.into() }
    }
}

fn nummer(text: &str) -> Option<ToewijzingNummer> {
    i64::from_text(text).filter(|nummer| (0..=MAX_NUMMER).contains(nummer)).map(ToewijzingNummer)
}

fn figure(text: &str) -> Option<u32> {
    u32::from_text(text).filter(|figure| *figure <= MAX_FIGURE)
}

/// A date as in a bericht, or as people in this country and their spreadsheets write it.
fn date(text: &str) -> Option<NaiveDate> {
    let as_written = |format| NaiveDate::parse_from_str(text, format).ok();
    as_written("%Y-%m-%d").or_else(|| as_written("%d-%m-%Y")).filter(|date| (1900..=9999).contains(&date.year()))
}
