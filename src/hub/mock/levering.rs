//! Support as a played aanbieder gives it: what it was assigned, what it reported last, and what it reports next.
//!
//! Own hands on purpose, as in [`super::berichten`]: nothing here knows the rules that the gateway judges by.

use chrono::{Days, NaiveDate};

use super::berichten::{identificatie, versie};
use super::config::{Next, Toewijzing};
use crate::domain::berichten::bericht::{BerichtIdentificatie, Header, Heenbericht, XsdVersie};
use crate::domain::berichten::client::VerkorteNaam;
use crate::domain::berichten::further::Kept;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::levering::{StartClient, StartProduct, StopClient, StopProduct};
use crate::domain::berichten::toewijzing::{Client, Omvang, ToegewezenProduct};
use crate::domain::berichten::verzoek::{OngewijzigdProduct, TeWijzigenProduct, Verzoek, WijzigingClient};
use crate::domain::berichten::waarde::{Frequentie, RedenWijziging, StatusAanlevering, ToewijzingNummer};
use crate::domain::{Bericht, Berichtsoort, Inhoud};

/// WMO588: for a while.
const TIJDELIJK: &str = "20";
/// WMO588: as planned.
const VOLGENS_PLAN: &str = "19";
/// WJ758: the plan of support changed.
const WIJZIGING_PLAN: &str = "2";
/// How far ahead more is asked: time for the gemeente to decide.
const AHEAD: Days = Days::new(21);

/// Which levering, by its place.
pub(super) type Which = usize;

/// What is reported.
#[derive(Clone, Copy)]
pub(super) enum Report {
    Start(Toewijzing),
    Next(Next),
    /// The stop that follows when the gemeente ends a toewijzing sooner.
    End,
}

/// Everything that played aanbieders were assigned.
#[derive(Default)]
pub(super) struct Leveringen(Vec<Levering>);

/// What one 301 gave that was not given before.
struct Levering {
    header: Header,
    /// With the newest version of each toewijzing.
    client: Client,
    /// The starts that were reported last.
    starts: Vec<StartProduct>,
    /// The stops of these that were reported last.
    stops: Vec<StopProduct>,
}

/// What a 301 changes for the aanbieder that gets it.
#[derive(Default)]
pub(super) struct Given {
    /// Toewijzingen that are new, and the first day on which all of them can begin.
    pub fresh: Option<(Which, NaiveDate)>,
    /// Known ones that end sooner, and their last day; `None` when they were removed.
    pub ended: Vec<(Which, Option<NaiveDate>)>,
}

impl Leveringen {
    /// Takes in what is assigned.
    pub fn take_in(&mut self, header: &Header, client: &Client) -> Given {
        let mut given = Given::default();
        let mut fresh = Vec::new();
        for product in &client.toegewezen_producten {
            match self.find(header, product.toewijzing_nummer) {
                Some((which, known)) => {
                    let ends_sooner =
                        product.einddatum.is_some_and(|last| known.einddatum.is_none_or(|old| last < old));
                    if product.is_verwijderd() || ends_sooner {
                        given.ended.push((which, product.einddatum.filter(|_| !product.is_verwijderd())));
                    }
                    *known = product.clone();
                }
                None if product.is_verwijderd() => {}
                None => fresh.push(product.clone()),
            }
        }
        if let Some(first_day) = fresh.iter().map(|product| product.ingangsdatum).max() {
            let client = Client { toegewezen_producten: fresh, ..client.clone() };
            let header = header.clone();
            self.0.push(Levering { header, client, starts: Vec::new(), stops: Vec::new() });
            given.fresh = Some((self.0.len() - 1, first_day));
        }
        given
    }

    fn find(&mut self, header: &Header, nummer: ToewijzingNummer) -> Option<(Which, &mut ToegewezenProduct)> {
        let own = |levering: &Levering| levering.header.pair() == header.pair();
        let leveringen = self.0.iter_mut().enumerate().filter(|(_, levering)| own(levering));
        let mut producten = leveringen
            .flat_map(|(which, levering)| levering.client.toegewezen_producten.iter_mut().map(move |one| (which, one)));
        producten.find(|(_, product)| product.toewijzing_nummer == nummer)
    }

    /// The bericht with this report; `None` when there is nothing to report.
    pub fn report(&mut self, which: Which, report: Report, id: &str, today: NaiveDate) -> Option<Bericht> {
        let beside = self.beside(which);
        let levering = &mut self.0[which];
        let (soort, inhoud) = match report {
            Report::Start(toewijzing) => (Berichtsoort::Wmo305, levering.start(toewijzing)?),
            Report::Next(Next::Restart) => (Berichtsoort::Wmo305, levering.restart(today)?),
            Report::Next(Next::Pause) => (Berichtsoort::Wmo307, levering.stop(TIJDELIJK, today)?),
            Report::Next(Next::Stop) => (Berichtsoort::Wmo307, levering.stop(VOLGENS_PLAN, today)?),
            Report::End => (Berichtsoort::Wmo307, levering.end()?),
            Report::Next(Next::Correct) if levering.stops.is_empty() => {
                (Berichtsoort::Wmo305, levering.correct_starts()?)
            }
            Report::Next(Next::Correct) => (Berichtsoort::Wmo307, levering.correct_stops()?),
            Report::Next(Next::AskMore) => (Berichtsoort::Wmo317, levering.ask_more(&beside, today)?),
        };
        let header = Header {
            soort,
            release: levering.header.release,
            afzender: levering.header.ontvanger.clone(),
            ontvanger: levering.header.afzender.clone(),
            bericht_identificatie: BerichtIdentificatie { identificatie: identificatie(id), dagtekening: today },
            xsd_versie: Some(XsdVersie { basisschema_xsd_versie: versie(), bericht_xsd_versie: versie() }),
            further: Kept::default(),
        };
        Some(Bericht::Heen(Heenbericht { header, inhoud }))
    }

    /// What else the client of this levering has from the same gemeente.
    fn beside(&self, which: Which) -> Vec<ToewijzingNummer> {
        let own = &self.0[which];
        let is_beside = |other: &Levering| {
            !std::ptr::eq(own, other) && other.header.pair() == own.header.pair() && other.client.bsn == own.client.bsn
        };
        let others = self.0.iter().filter(|other| is_beside(other));
        others.flat_map(|other| &other.client.toegewezen_producten).map(|one| one.toewijzing_nummer).collect()
    }
}

impl Levering {
    /// Each on its Ingangsdatum.
    fn start(&mut self, which: Toewijzing) -> Option<Inhoud> {
        let producten = self.client.toegewezen_producten.iter().filter(|product| !product.is_verwijderd());
        let starts: Vec<_> = producten.map(|product| start_product(product, which)).collect();
        if which == Toewijzing::Same {
            self.starts.clone_from(&starts);
        }
        self.starts_reported(starts)
    }

    fn restart(&mut self, today: NaiveDate) -> Option<Inhoud> {
        for start in &mut self.starts {
            start.begindatum = today;
        }
        self.stops.clear();
        self.starts_reported(self.starts.clone())
    }

    fn stop(&mut self, reden: &str, einddatum: NaiveDate) -> Option<Inhoud> {
        let stops = self.starts.iter().map(|start| stop_product(start, reden, einddatum)).collect();
        self.stops_reported(stops)
    }

    /// What the gemeente ended sooner, for the reason that goes with its own.
    fn end(&mut self) -> Option<Inhoud> {
        let producten = self.client.toegewezen_producten.iter();
        let stops = producten.filter_map(|product| {
            let start = self.starts.iter().find(|start| start.toewijzing_nummer == Some(product.toewijzing_nummer))?;
            let einddatum = product.einddatum.filter(|last| *last >= start.begindatum)?;
            Some(stop_product(start, reden_beeindiging(product.reden_wijziging?)?, einddatum))
        });
        self.stops_reported(stops.collect())
    }

    /// The starts were a day later than was told: taken back, and reported anew, in one bericht (IV008).
    fn correct_starts(&mut self) -> Option<Inhoud> {
        let mut all = self.starts.clone();
        for start in &mut self.starts {
            start.begindatum = start.begindatum.succ_opt()?;
        }
        for wrong in &mut all {
            wrong.status_aanlevering = StatusAanlevering::Verwijderen;
        }
        all.extend(self.starts.iter().cloned());
        self.starts_reported(all)
    }

    /// The same for stops.
    fn correct_stops(&mut self) -> Option<Inhoud> {
        let mut all = std::mem::take(&mut self.stops);
        let mut right = all.clone();
        for stop in &mut right {
            stop.einddatum = stop.einddatum.succ_opt()?;
        }
        for wrong in &mut all {
            wrong.status_aanlevering = StatusAanlevering::Verwijderen;
        }
        all.extend(right.iter().cloned());
        self.stops = right;
        Some(self.stops_in(all))
    }

    /// Asks one more of everything here that is counted, from [`AHEAD`] on; all else is to stay as it is.
    fn ask_more(&self, beside: &[ToewijzingNummer], today: NaiveDate) -> Option<Inhoud> {
        let first = self.client.toegewezen_producten.first()?.toewijzing_nummer;
        let stays = |nummer| OngewijzigdProduct { toewijzing_nummer: nummer, retour_codes: RetourCodes::default() };
        let mut verzoek = Verzoek {
            referentie_aanbieder: format!("VOW-{first}-{}", today.format("%Y%m%d")),
            reden_verzoek: WIJZIGING_PLAN.to_owned(),
            ongewijzigde_producten: beside.iter().copied().map(stays).collect(),
            te_wijzigen_producten: Vec::new(),
            nieuwe_producten: Vec::new(),
            retour_codes: RetourCodes::default(),
        };
        for product in &self.client.toegewezen_producten {
            match &product.omvang {
                Some(omvang) => verzoek.te_wijzigen_producten.push(more(product, omvang, today)?),
                None => verzoek.ongewijzigde_producten.push(stays(product.toewijzing_nummer)),
            }
        }
        (!verzoek.te_wijzigen_producten.is_empty()).then(|| {
            Inhoud::VerzoekOmWijziging(WijzigingClient {
                bsn: self.client.bsn.clone(),
                verzoek,
                retour_codes: RetourCodes::default(),
            })
        })
    }

    fn starts_reported(&self, start_producten: Vec<StartProduct>) -> Option<Inhoud> {
        (!start_producten.is_empty()).then(|| {
            Inhoud::Start(StartClient {
                bsn: self.client.bsn.clone(),
                geboortedatum: self.client.geboortedatum.clone(),
                geslacht: self.client.geslacht.clone(),
                naam: self.naam(),
                status_aanlevering: None,
                start_producten,
                retour_codes: RetourCodes::default(),
            })
        })
    }

    /// Nothing follows a stop for good.
    fn stops_reported(&mut self, stop_producten: Vec<StopProduct>) -> Option<Inhoud> {
        let is_over = self.stops.iter().any(|stop| !stop.is_temporary());
        if is_over || stop_producten.is_empty() {
            return None;
        }
        self.stops.clone_from(&stop_producten);
        Some(self.stops_in(stop_producten))
    }

    fn stops_in(&self, stop_producten: Vec<StopProduct>) -> Inhoud {
        Inhoud::Stop(StopClient {
            bsn: self.client.bsn.clone(),
            geboortedatum: self.client.geboortedatum.clone(),
            geslacht: self.client.geslacht.clone(),
            naam: self.naam(),
            status_aanlevering: None,
            stop_producten,
            retour_codes: RetourCodes::default(),
        })
    }

    fn naam(&self) -> VerkorteNaam {
        let naam = &self.client.naam;
        VerkorteNaam {
            geslachtsnaam: naam.geslachtsnaam.clone(),
            voornamen: naam.voornamen.clone(),
            voorletters: naam.voorletters.clone(),
        }
    }
}

fn start_product(product: &ToegewezenProduct, which: Toewijzing) -> StartProduct {
    let ToewijzingNummer(number) = product.toewijzing_nummer;
    let number = match which {
        Toewijzing::Same => number,
        // Half the range away, so that it stays a valid number and no neighbour is hit.
        Toewijzing::Unknown => (number + 500_000_000) % 1_000_000_000,
    };
    StartProduct {
        beschikking_nummer: None,
        toewijzing_nummer: Some(ToewijzingNummer(number)),
        product: product.product.clone(),
        toewijzing_ingangsdatum: Some(product.ingangsdatum),
        begindatum: product.ingangsdatum,
        status_aanlevering: StatusAanlevering::EersteAanlevering,
        retour_codes: RetourCodes::default(),
    }
}

fn stop_product(start: &StartProduct, reden: &str, einddatum: NaiveDate) -> StopProduct {
    StopProduct {
        beschikking_nummer: None,
        toewijzing_nummer: start.toewijzing_nummer,
        product: start.product.clone(),
        toewijzing_ingangsdatum: start.toewijzing_ingangsdatum,
        begindatum: start.begindatum,
        reden_beeindiging: reden.to_owned(),
        einddatum,
        status_aanlevering: StatusAanlevering::EersteAanlevering,
        retour_codes: RetourCodes::default(),
    }
}

/// A volume for the whole toewijzing is asked from its first day (TR373), another one ahead.
fn more(product: &ToegewezenProduct, omvang: &Omvang, today: NaiveDate) -> Option<TeWijzigenProduct> {
    let from = match omvang.frequentie {
        Frequentie::Totaal => product.ingangsdatum,
        _ => today.checked_add_days(AHEAD)?,
    };
    Some(TeWijzigenProduct {
        toewijzing_nummer: product.toewijzing_nummer,
        gewenste_ingangsdatum: from,
        einddatum: product.einddatum,
        omvang: Some(Omvang { volume: omvang.volume + 1, ..omvang.clone() }),
        budget: product.budget,
        retour_codes: RetourCodes::default(),
    })
}

/// Why the aanbieder stops when the gemeente ends a toewijzing for this reason; `None`: it does not stop.
const fn reden_beeindiging(reden: RedenWijziging) -> Option<&'static str> {
    match reden {
        RedenWijziging::ClientOverleden => Some("02"),
        RedenWijziging::UitstroomAnderDomein => Some("39"),
        RedenWijziging::Verhuizing => Some("31"),
        RedenWijziging::OverstapAanbieder => Some("38"),
        RedenWijziging::OpVerzoekAanbieder => Some("37"),
        RedenWijziging::Contractwijziging
        | RedenWijziging::Verkorting
        | RedenWijziging::WijzigingLeveringsvorm
        | RedenWijziging::NieuweBekostiging
        | RedenWijziging::Herindeling => Some("36"),
        RedenWijziging::Verlenging
        | RedenWijziging::Verwijderd
        | RedenWijziging::AdministratieveCorrectie
        | RedenWijziging::AdministratieveCorrectieVervallen => None,
    }
}
