//! Lines to bericht.

use chrono::NaiveDate;

use super::{BtwPercentage, Line, OfFactuur, by_client};
use crate::domain::berichten::bericht::{BerichtIdentificatie, Berichtsoort, Header, Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{self, BedragMetDC, Declaratie, GeslotenPeriode, TotaalBedragMetDC};
use crate::domain::berichten::factuur::{
    self, FactuurBedragen, FactuurHeader, FactuurIdentificatie, IngediendeBedragPrestatie, NIET_VRIJGESTELD,
    VRIJGESTELD,
};
use crate::domain::berichten::further::Kept;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::partij::Partij;
use crate::domain::berichten::release::{Property, Release};
use crate::domain::berichten::waarde::{DebetCredit, Identificatie};
use crate::domain::judging::retour::own_xsd_versie;

/// COD833: the aanbieder is paid.
const AAN_AANBIEDER: &str = "02";
/// COD363.
const EURO: &str = "EUR";

/// What all berichten of one declaratie have in common.
#[derive(Clone)]
pub struct Frame {
    /// Who is to pay.
    pub gemeente: Partij,
    /// Who delivered.
    pub aanbieder: Partij,
    /// Its BtwIDNummer, when it is liable for VAT.
    pub btw_id_nummer: Option<String>,
    /// In which release.
    pub release: Release,
    /// WMO323, or a WMO303 as D or F.
    pub soort: Berichtsoort,
    /// What it is about.
    pub periode: GeslotenPeriode,
    /// The day on which it is made.
    pub dagtekening: NaiveDate,
}

impl Frame {
    /// The bericht with these lines, which stand by client, under this number as its Identificatie too.
    #[must_use]
    pub fn compose(&self, nummer: &Identificatie, lines: &[Line]) -> Heenbericht {
        let bedragen = lines.iter().map(|line| line.prestatie.ingediend_bedrag.signed());
        let totaal = TotaalBedragMetDC::of(bedragen.sum());
        if self.release.has(Property::Facturen) {
            self.factuur(nummer, totaal, lines)
        } else {
            self.declaratie(nummer, totaal, lines)
        }
    }

    fn declaratie(&self, nummer: &Identificatie, totaal: TotaalBedragMetDC, lines: &[Line]) -> Heenbericht {
        let client = |lines: &[Line]| declaratie::Client {
            bsn: lines[0].bsn.clone(),
            prestaties: lines.iter().map(|line| line.prestatie.clone()).collect(),
            retour_codes: RetourCodes::default(),
        };
        Heenbericht {
            header: Header {
                soort: self.soort,
                release: self.release,
                afzender: self.aanbieder.clone(),
                ontvanger: self.gemeente.clone(),
                bericht_identificatie: BerichtIdentificatie {
                    identificatie: nummer.clone(),
                    dagtekening: self.dagtekening,
                },
                xsd_versie: own_xsd_versie(self.release),
                further: Kept::default(),
            },
            inhoud: Inhoud::Declaratie(Declaratie {
                declaratie_nummer: nummer.to_string(),
                declaratie_periode: self.periode.clone(),
                declaratie_dagtekening: self.dagtekening,
                totaal_ingediend_bedrag: totaal,
                clienten: by_client(lines).map(client).collect(),
            }),
        }
    }

    fn factuur(&self, nummer: &Identificatie, totaal: TotaalBedragMetDC, lines: &[Line]) -> Heenbericht {
        let clienten: Vec<_> = by_client(lines).map(|lines| self.factuur_client(lines)).collect();
        let btw_totaal_bedrag = btw_totaal(&clienten);
        let header = FactuurHeader {
            gemeente: self.gemeente.clone(),
            servicebureau: None,
            aanbieder: self.aanbieder.clone(),
            betaling_aan_id: AAN_AANBIEDER.to_owned(),
            identificatie: FactuurIdentificatie {
                declaratie_periode: self.periode.clone(),
                declarant_factuur_nummer: nummer.clone(),
                factuur_dagtekening: self.dagtekening,
                btw_id_nummer: self.btw_id_nummer(lines, btw_totaal_bedrag.is_some()),
                valuta_code: EURO.to_owned(),
            },
            bedragen: FactuurBedragen { declaratie_factuur_totaal_bedrag: totaal, btw_totaal_bedrag },
        };
        Heenbericht { header: header.header(self.soort, self.release), inhoud: Inhoud::Factuur { header, clienten } }
    }

    /// Who is liable for VAT: told in every factuur, in a declaratie only where a credit repeats VAT (IV073, CD055).
    fn btw_id_nummer(&self, lines: &[Line], has_btw: bool) -> Option<String> {
        let own = self.btw_id_nummer.clone().filter(|_| has_btw || self.soort == Berichtsoort::Wmo303F);
        own.or_else(|| lines.iter().find_map(Line::credited_btw_id_nummer).map(str::to_owned))
    }

    fn factuur_client(&self, lines: &[Line]) -> factuur::Client {
        let persoon = of_factuur(&lines[0]).persoon();
        factuur::Client {
            bsn: lines[0].bsn.clone(),
            geboortedatum: persoon.geboortedatum.clone(),
            geslacht: persoon.geslacht.clone(),
            naam: persoon.naam.clone(),
            commentaar: None,
            prestaties: lines.iter().map(|line| self.factuur_line(line)).collect(),
            retour_codes: RetourCodes::default(),
        }
    }

    fn factuur_line(&self, line: &Line) -> factuur::Prestatie {
        let prestatie = &line.prestatie;
        let btw = match of_factuur(line) {
            OfFactuur::Debet { btw, .. } => *btw,
            OfFactuur::Credit(billed) => {
                let product_referentie = prestatie.product_referentie.clone();
                return factuur::Prestatie { product_referentie, ..taken_back(&billed.prestatie) };
            }
        };
        let debet = |bedrag| BedragMetDC { bedrag, debet_credit: DebetCredit::Debet };
        let indicatie = if btw == BtwPercentage::EXEMPT { VRIJGESTELD } else { NIET_VRIJGESTELD };
        factuur::Prestatie {
            beschikking_nummer: None,
            toewijzing_nummer: prestatie.toewijzing_nummer,
            product_categorie: prestatie.product_categorie.clone(),
            product_code: prestatie.product_code.clone(),
            product_periode: prestatie.product_periode.clone(),
            ingediende_bedrag_prestatie: IngediendeBedragPrestatie {
                geleverd_volume: prestatie.geleverd_volume,
                eenheid: prestatie.eenheid,
                verrekenpercentage: None,
                product_tarief: prestatie.product_tarief,
                berekend_bedrag: prestatie
                    .product_tarief
                    .map(|tarief| debet(tarief.saturating_mul(prestatie.geleverd_volume))),
                btw_vrijstelling_indicatie: (self.soort == Berichtsoort::Wmo303F).then(|| indicatie.to_owned()),
                btw_percentage: btw.hundredths(),
                btw_bedrag: btw.inside(prestatie.ingediend_bedrag.bedrag).map(debet),
                declaratie_factuur_bedrag: prestatie.ingediend_bedrag.clone(),
            },
            product_referentie: prestatie.product_referentie.clone(),
            toegekende_bedrag_prestatie: None,
            commentaar: None,
            retour_codes: RetourCodes::default(),
        }
    }
}

fn of_factuur(line: &Line) -> &OfFactuur {
    line.factuur.as_deref().expect("a line of a 303 is made with what only a 303 tells")
}

/// The VAT in all lines; none where no line tells VAT.
fn btw_totaal(clienten: &[factuur::Client]) -> Option<TotaalBedragMetDC> {
    let lines = clienten.iter().flat_map(|client| &client.prestaties);
    let btw = lines.filter_map(|line| line.ingediende_bedrag_prestatie.btw_bedrag.as_ref()).map(BedragMetDC::signed);
    btw.reduce(|one, other| one + other).map(TotaalBedragMetDC::of)
}

/// The same line with its amounts the other way. One of zero is debit in any case (CS325).
fn taken_back(line: &factuur::Prestatie) -> factuur::Prestatie {
    let mut credit = line.clone();
    let bedragen = &mut credit.ingediende_bedrag_prestatie;
    let optional = bedragen.berekend_bedrag.iter_mut().chain(&mut bedragen.btw_bedrag);
    for bedrag in optional.chain([&mut bedragen.declaratie_factuur_bedrag]).filter(|bedrag| bedrag.bedrag > 0) {
        bedrag.debet_credit = DebetCredit::Credit;
    }
    credit
}
