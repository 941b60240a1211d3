//! A line of a declaratie, as rows hold it.

use super::super::Row;
use super::Result;
use super::row::Fields;
use crate::domain::berichten::declaratie::{BedragMetDC, GeslotenPeriode, Prestatie, Referentie};
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::waarde::{ToewijzingNummer, Value};
use crate::domain::facts::history::PrestatieFact;

/// What is granted of line `p`: of a declaratie that counts as not sent nothing is, whatever was thought of it before.
pub const GRANTED: &str = "(CASE WHEN p.void THEN NULL ELSE p.toegekend END)";

/// What [`prestatie`] reads of a line `p`: not its calculations, which are most of it.
pub const LINE: &str = "p.bericht_id, p.nr, p.bsn, p.referentie_nummer, p.vorig_referentie_nummer, p.toewijzing_nummer,
    p.product_categorie, p.product_code, p.begindatum, p.einddatum, p.geleverd_volume, p.eenheid, p.product_tarief,
    p.bedrag, p.debet_credit, p.toegekend";

/// The line that a row holds.
pub fn prestatie(row: &Row) -> Result<PrestatieFact> {
    let fields = Fields::of("prestatie", "bericht_id", row);
    Ok(PrestatieFact {
        bsn: fields.parse("bsn", Value::from_text)?,
        toegekend: fields.number_if_any("toegekend")?,
        prestatie: Prestatie {
            product_referentie: Referentie {
                referentie_nummer: fields.parse("referentie_nummer", Value::from_text)?,
                vorig_referentie_nummer: fields.parse_if_any("vorig_referentie_nummer", Value::from_text)?,
            },
            toewijzing_nummer: fields.get::<Option<i64>>("toewijzing_nummer")?.map(ToewijzingNummer),
            product_categorie: fields.parse("product_categorie", Value::from_text)?,
            product_code: fields.parse("product_code", Value::from_text)?,
            product_periode: GeslotenPeriode {
                begindatum: fields.parse("begindatum", Value::from_text)?,
                einddatum: fields.parse("einddatum", Value::from_text)?,
            },
            geleverd_volume: fields.number("geleverd_volume")?,
            eenheid: fields.parse("eenheid", Value::from_text)?,
            product_tarief: fields.number_if_any("product_tarief")?,
            ingediend_bedrag: BedragMetDC {
                bedrag: fields.number("bedrag")?,
                debet_credit: fields.parse("debet_credit", Value::from_text)?,
            },
            retour_codes: RetourCodes::default(),
        },
    })
}
