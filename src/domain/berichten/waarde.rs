//! The values of the standard (`LDT_…`): parsed once, then held as what they are.
//!
//! A type accepts what its XSD type accepts, no less: a retourbericht has to repeat the value that it
//! rejects. Stricter checks are rules with a finding.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use smol_str::{SmolStr, format_smolstr};

/// A value that stands as text in one element.
pub trait Value: Sized {
    /// Whether the schema calls it an integer; JSON then has a number.
    const IS_NUMBER: bool = false;
    /// What its text may be, in Dutch.
    const EXPECTED: &'static str = "een waarde die de standaard hier toestaat";

    /// The value of a text that the schema accepts; `None` when it is not one.
    fn from_text(text: &str) -> Option<Self>;
    /// The text, in its canonical form.
    fn to_text(&self) -> String;
}

impl Value for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn to_text(&self) -> String {
        self.clone()
    }
}

/// In a box, for what is rare: its place then costs little where it is absent.
impl<V: Value> Value for Box<V> {
    const IS_NUMBER: bool = V::IS_NUMBER;
    const EXPECTED: &'static str = V::EXPECTED;

    fn from_text(text: &str) -> Option<Self> {
        V::from_text(text).map(Self::new)
    }

    fn to_text(&self) -> String {
        self.as_ref().to_text()
    }
}

/// `xs:integer` of at most nine digits and never below zero.
impl Value for u32 {
    const IS_NUMBER: bool = true;
    const EXPECTED: &'static str = "een geheel getal vanaf 0, zonder aanhalingstekens";

    fn from_text(text: &str) -> Option<Self> {
        i64::from_text(text)?.try_into().ok()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// `xs:integer` of at most twelve digits; sign and leading zeros are read, not written.
impl Value for i64 {
    const IS_NUMBER: bool = true;
    const EXPECTED: &'static str = "een geheel getal, zonder aanhalingstekens";

    fn from_text(text: &str) -> Option<Self> {
        trim(text).parse().ok()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// `xs:date` without a time zone. XML Schema 1.0 knows no year 0: `-0001` is the year before `0001`.
impl Value for NaiveDate {
    const EXPECTED: &'static str = "een datum die bestaat, geschreven als 2026-01-31";

    fn from_text(text: &str) -> Option<Self> {
        let text = trim(text);
        let (before, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut parts = rest.splitn(3, '-');
        let year: i32 = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day = parts.next()?.parse().ok()?;
        Self::from_ymd_opt(if before { 1 - year } else { year }, month, day)
    }

    fn to_text(&self) -> String {
        let year = self.year();
        let (sign, year) = if year < 1 { ("-", 1 - year) } else { ("", year) };
        format!("{sign}{year:04}-{:02}-{:02}", self.month(), self.day())
    }
}

/// `LDT_Tijd`: a time of day without time zone, ordered as time; any number of decimals is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tijd(SmolStr);

impl Value for Tijd {
    fn from_text(text: &str) -> Option<Self> {
        let text = trim(text);
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let decimals = decimals.trim_end_matches('0');
        let whole = if whole == "24:00:00" { "00:00:00" } else { whole };
        Some(Self(if decimals.is_empty() { whole.into() } else { format_smolstr!("{whole}.{decimals}") }))
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }
}

/// Without the white space that XML Schema collapses around numbers and dates.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Burgerservicenummer: nine digits, exactly what the XSD accepts. The elfproef is rule CS002.
///
/// Never printed: `Debug` shows the last two digits, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bsn([u8; 9]);

impl Bsn {
    /// The nine digits, for the store and the wire; never for a log, an error or a URL.
    #[must_use]
    pub fn digits(&self) -> &str {
        ascii(&self.0)
    }

    /// Whether the nine digits, weighed 9 down to 2 and the last one -1, add up to a multiple of 11.
    #[must_use]
    pub fn passes_elfproef(&self) -> bool {
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i32 = self.0.iter().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
        sum % 11 == 0
    }
}

impl Value for Bsn {
    const EXPECTED: &'static str = "9 cijfers";

    fn from_text(text: &str) -> Option<Self> {
        let digits = text.as_bytes().try_into().ok()?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(Self(digits))
    }

    fn to_text(&self) -> String {
        self.digits().to_owned()
    }
}

/// The text of a code that was read from ASCII.
fn ascii(code: &[u8]) -> &str {
    std::str::from_utf8(code).expect("ASCII is UTF-8")
}

impl fmt::Debug for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bsn(*******{})", self.digits().get(7..).unwrap_or_default())
    }
}

/// Declares a text value of the standard with a name of its own. Up to 23 bytes take no place elsewhere.
macro_rules! text_value {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(SmolStr);

        impl $name {
            /// The text as it stands in a bericht.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Value for $name {
            fn from_text(text: &str) -> Option<Self> {
                Some(Self(text.into()))
            }

            fn to_text(&self) -> String {
                self.0.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_value! {
    /// `LDT_IdentificatieBericht`: 1 to 12 characters, chosen by the sender, used once per kind of bericht (TR056).
    Identificatie;
    /// `LDT_Versie`: three numbers with dots, as in `1.0.0`.
    Versie;
    /// `LDT_ProductCode`: 1 to 5 characters.
    ProductCode;
    /// `LDT_ReferentieNummer`: 1 to 20 characters, chosen by the aanbieder.
    ReferentieNummer;
    /// `LDT_RetourCode`, codelijst WJ001: four characters.
    RetourCode;
}

impl RetourCode {
    /// 0001: the bericht is rejected on a rule inside it (level `message`).
    pub const AFGEKEURD: &str = "0001";
    /// 0200: nothing to remark on this berichtklasse.
    pub const GEEN_OPMERKING: &str = "0200";
    /// 8001: all of the declaratie is granted.
    pub const DECLARATIE_TOEGEKEND: &str = "8001";
    /// 9056: the Identificatie stands for another bericht.
    pub const IDENTIFICATIE_GEBRUIKT: &str = "9056";
    /// 0030: the number stands for another declaratie or factuur, before release 3.0.
    pub const FACTUURNUMMER_GEBRUIKT: &str = "0030";
    /// 0233: this berichtklasse was not judged, for want of what it stands in.
    pub const NIET_BEOORDEELD: &str = "0233";

    /// The code with this text. The caller names a code of codelijst WJ001.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self(code.into())
    }
}

/// `LDT_ProductCategorie`, codelijst WMO020: two characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductCategorie([u8; 2]);

impl ProductCategorie {
    /// The code as it stands in a bericht.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl Value for ProductCategorie {
    const EXPECTED: &'static str = "een code van 2 tekens";

    fn from_text(text: &str) -> Option<Self> {
        let code = text.as_bytes().try_into().ok()?;
        text.is_ascii().then_some(Self(code))
    }

    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
}

impl fmt::Display for ProductCategorie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `LDT_Nummer` of a toewijzing: 0 to 999 999 999, unique per gemeente in the Wmo domain (OP275).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ToewijzingNummer(pub i64);

impl Value for ToewijzingNummer {
    const IS_NUMBER: bool = true;
    const EXPECTED: &'static str = <i64 as Value>::EXPECTED;

    fn from_text(text: &str) -> Option<Self> {
        i64::from_text(text).map(Self)
    }

    fn to_text(&self) -> String {
        self.0.to_text()
    }
}

impl fmt::Display for ToewijzingNummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares the codelijsten of which rules name the codes.
macro_rules! codelijsten {
    ($($(#[$doc:meta])* $name:ident { $($(#[$code_doc:meta])* $variant:ident = $code:literal,)* })*) => {
        /// The lists of which rules name the codes: the name of each, and the codes that this program knows, in whatever
        /// release. A release whose schemas have another one is told of it when it is read.
        pub const CODELIJSTEN: &[(&str, &[&str])] = &[$((stringify!($name), &[$($code),*]),)*];
    $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$code_doc])* $variant,)*
        }

        impl Value for $name {
            const EXPECTED: &'static str = concat!("een van de codes", $(" ", $code,)*);

            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn to_text(&self) -> String {
                match self {
                    $(Self::$variant => $code.to_owned(),)*
                }
            }
        }
    )*};
}

codelijsten! {
    /// COD467: what the sender wants done with the record.
    StatusAanlevering {
        /// A record that was not sent before.
        EersteAanlevering = "1",
        /// In the list, but not allowed in 305 and 307 (CS058).
        Gewijzigd = "2",
        /// The record of this key counts as never sent.
        Verwijderen = "3",
        /// In the list, but not allowed in 305 and 307 (CS058).
        NietVanToepassing = "9",
    }
    /// COD043: the sign of an amount.
    DebetCredit {
        /// Plus; also of zero (CS325).
        Debet = "D",
        /// Counts as below zero: it takes back.
        Credit = "C",
    }
    /// COD170: which part of a birth date is known.
    DatumGebruik {
        /// Only month and year are known.
        DagOnbekend = "1",
        /// Only the year is known.
        MaandOnbekend = "2",
        /// Nothing is known.
        Onbekend = "3",
    }
    /// WMO002: why a toewijzing changed.
    RedenWijziging {
        /// Withdrawn from the list with release 3.1 (CS336).
        AdministratieveCorrectieVervallen = "01",
        /// The client died.
        ClientOverleden = "02",
        /// The contract changed.
        Contractwijziging = "03",
        /// Reassessed: longer.
        Verlenging = "04",
        /// Reassessed: shorter.
        Verkorting = "05",
        /// The client left for another domain of care.
        UitstroomAnderDomein = "06",
        /// The client moved to another gemeente.
        Verhuizing = "07",
        /// Another form of delivery.
        WijzigingLeveringsvorm = "08",
        /// Another aanbieder.
        OverstapAanbieder = "09",
        /// Another way of funding.
        NieuweBekostiging = "10",
        /// Gemeenten merged.
        Herindeling = "11",
        /// Asked by the aanbieder.
        OpVerzoekAanbieder = "12",
        /// Removed: the toewijzing counts as never sent.
        Verwijderd = "13",
        /// A clerical error put right.
        AdministratieveCorrectie = "14",
    }
    /// WJ756: in what support is counted.
    Eenheid {
        /// Time; 60 of them are an hour, and a volume is compared in minutes.
        Minuut = "01",
        /// Time, declared in whole hours.
        Uur = "04",
        /// A day and a night.
        Etmaal = "14",
        /// Four hours.
        Dagdeel = "16",
        /// Seven days; only in release 2.3.
        Week = "21",
        /// For as long as it takes; only in release 2.3.
        Tijdsonafhankelijk = "81",
        /// Pieces, by result.
        StuksOutput = "82",
        /// Money, in cents.
        Euro = "83",
        /// Pieces, by effort.
        StuksInspanning = "84",
    }
    /// WMO757: over which time the volume is spread.
    Frequentie {
        /// Each day.
        PerDag = "1",
        /// Each week.
        PerWeek = "2",
        /// Each four weeks; only in release 2.3.
        PerVierWeken = "3",
        /// Each month.
        PerMaand = "4",
        /// Each year; only in release 2.3.
        PerJaar = "5",
        /// Over the whole toewijzing.
        Totaal = "6",
    }
    /// WJ760: how a verzoek fared that no toewijzing honours (yet).
    VerzoekAntwoord {
        /// The gemeente does not give what was asked.
        Afgewezen = "1",
        /// Being looked into.
        InOnderzoek = "2",
    }
    /// COD327: who sent a client to the aanbieder.
    TypeVerwijzer {
        /// The gemeente.
        Gemeente = "01",
        /// A general practitioner.
        Huisarts = "02",
        /// A doctor for the young.
        Jeugdarts = "03",
        /// An institution that carries out measures for the young.
        GecertificeerdeInstelling = "04",
        /// A specialist.
        MedischSpecialist = "05",
        /// Nobody but the client.
        Zelfverwijzer = "06",
        /// A court, a public prosecutor, an institution that the court put somebody in.
        Justitie = "08",
    }
    /// COD757: which address this is.
    AdresSoort {
        /// As registered in the BRP.
        Brp = "01",
        /// Where post goes.
        Correspondentie = "02",
        /// Where the person lives.
        Verblijf = "03",
        /// Where the person lives for a while.
        TijdelijkVerblijf = "04",
    }
    /// COD700: by which name a person wants to be called.
    NaamGebruik {
        /// The own name.
        EigenNaam = "1",
        /// The partner's name, or another one.
        NaamPartner = "2",
        /// The partner's name, then the own.
        PartnerEigen = "3",
        /// The own name, then the partner's.
        EigenPartner = "4",
        /// A pseudonym; in the list, but allowed nowhere (CS050).
        Pseudoniem = "5",
        /// An organisation.
        NietNatuurlijkPersoon = "6",
    }
    /// COD747: which interpreter a client needs.
    Communicatievorm {
        /// For a spoken language.
        TolkTaal = "1",
        /// For the deaf.
        Doventolk = "2",
        /// For the deafblind.
        Doofblindentolk = "3",
    }
}

impl DebetCredit {
    /// What to multiply an amount with.
    #[must_use]
    pub const fn sign(self) -> i128 {
        match self {
            Self::Debet => 1,
            Self::Credit => -1,
        }
    }
}
