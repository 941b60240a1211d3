//! The client and what belongs to a person: names, addresses, relations.

use chrono::NaiveDate;

use super::klasse::{RetourCodes, klasse};
use super::waarde::{AdresSoort, Communicatievorm, DatumGebruik, NaamGebruik};

klasse! {
    /// `CDT_Achternaam`.
    basis struct Achternaam {
        /// 1 to 200 characters.
        achternaam: String = "Achternaam",
        /// 1 to 10 characters.
        voorvoegsel: Option<String> = "Voorvoegsel",
    }
}

klasse! {
    /// `CDT_VerkorteNaam`: the name in 305, 307 and 315.
    basis struct VerkorteNaam {
        /// Surname at birth.
        geslachtsnaam: Achternaam = "Geslachtsnaam",
        /// First names.
        voornamen: Option<String> = "Voornamen",
        /// 1 to 6 letters.
        voorletters: Option<String> = "Voorletters",
    }
}

klasse! {
    /// `CDT_VolledigeNaam`: the name in a 301.
    basis struct VolledigeNaam {
        /// Surname at birth.
        geslachtsnaam: Achternaam = "Geslachtsnaam",
        /// Surname of the partner.
        partnernaam: Option<Achternaam> = "Partnernaam",
        /// First names.
        voornamen: Option<String> = "Voornamen",
        /// 1 to 6 letters.
        voorletters: Option<String> = "Voorletters",
        /// COD700: which name to use.
        naam_gebruik: NaamGebruik = "NaamGebruik",
    }
}

klasse! {
    /// `CDT_Geboortedatum`.
    basis struct Geboortedatum {
        /// The date, filled up where parts of it are unknown.
        datum: NaiveDate = "Datum",
        /// Which parts are unknown; absent when none.
        datum_gebruik: Option<DatumGebruik> = "DatumGebruik",
    }
}

klasse! {
    /// `CDT_Communicatie`: the interpreter that a client needs.
    basis struct Communicatie {
        /// COD747.
        vorm: Communicatievorm = "Vorm",
        /// The language, when `vorm` is 1.
        taal: Option<String> = "Taal",
    }
}

klasse! {
    /// `CDT_Huis`.
    basis struct Huis {
        /// 0 to 99 999.
        huisnummer: i64 = "Huisnummer",
        /// One character.
        huisletter: Option<String> = "Huisletter",
        /// 1 to 4 characters.
        huisnummer_toevoeging: Option<String> = "HuisnummerToevoeging",
        /// NUM061.
        aanduiding_woonadres: Option<String> = "AanduidingWoonadres",
    }
}

klasse! {
    /// `CDT_Adres`.
    basis struct Adres {
        /// Number and letter.
        huis: Option<Huis> = "Huis",
        /// Dutch or foreign.
        postcode: Option<String> = "Postcode",
        /// 1 to 24 characters.
        straatnaam: Option<String> = "Straatnaam",
        /// 1 to 80 characters.
        plaatsnaam: Option<String> = "Plaatsnaam",
        /// COD032.
        land_code: Option<String> = "LandCode",
    }
}

klasse! {
    /// `CDT_Telefoon`.
    basis struct Telefoon {
        /// Up to 15 digits.
        telefoonnummer: String = "Telefoonnummer",
        /// Country prefix.
        landnummer: String = "Landnummer",
    }
}

klasse! {
    /// `CDT_Telefoonnummers`.
    basis struct Telefoonnummers {
        /// The first number.
        telefoon01: Telefoon = "Telefoon01",
        /// The second number.
        telefoon02: Option<Telefoon> = "Telefoon02",
    }
}

klasse! {
    /// `CDT_OpenPeriode`.
    basis struct OpenPeriode {
        /// First day.
        begindatum: Option<NaiveDate> = "Begindatum",
        /// Last day.
        einddatum: Option<NaiveDate> = "Einddatum",
    }
}

klasse! {
    /// Where a client or relation can be reached.
    struct Contact {
        /// COD757: which address this is; the key of the class.
        soort: AdresSoort = "Soort",
        /// The address.
        adres: Option<Adres> = "Adres",
        /// The organisation at that address.
        organisatie: Option<String> = "Organisatie",
        /// One or two numbers.
        telefoon: Option<Telefoonnummers> = "Telefoon",
        /// 1 to 80 characters.
        emailadres: Option<String> = "Emailadres",
        /// When a temporary address holds.
        periode: Option<OpenPeriode> = "Periode",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// A person or institution around the client.
    struct Relatie {
        /// The key of the class.
        nummer: String = "Nummer",
        /// In which order to call.
        volgorde: Option<i64> = "Volgorde",
        /// COD472.
        soort: String = "Soort",
        /// Birth date.
        geboortedatum: Option<Geboortedatum> = "Geboortedatum",
        /// COD046.
        geslacht: Option<String> = "Geslacht",
        /// The full form, with given names.
        naam: VolledigeNaam = "Naam",
        /// Where to reach this relation.
        contact: Contact = "Contact",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}
