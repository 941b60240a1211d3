//! What this gateway tells under every profile: things that the standard allows and that are mostly a mistake, or that will
//! go wrong elsewhere. It warns and never rejects: whoever sent it may be right.
//!
//! No text holds a value of the bericht, but for sums of money.

use super::table::{
    ANSWERED_TOTAL, BLANK_REFERENTIE, FILLER_BSN, INVISIBLE_NAAM, LIKE_BSN, LINES_BESIDE_REJECTION,
    NAAM_OF_ORGANISATIE, NEXT_MONTH, SENT_AGAIN, SHORTENED,
};
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::client::{Achternaam, Relatie, VerkorteNaam, VolledigeNaam};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::toewijzing::ToegewezenProduct;
use crate::domain::berichten::waarde::{Bsn, NaamGebruik, Value};
use crate::domain::facts::calculation::euros;
use crate::domain::facts::history::{Answers, History};
use crate::domain::finding::{Finding, Place};
use crate::domain::regels::prestatie::granted;

/// What the bericht shows by itself.
#[must_use]
pub fn alone(heen: &Heenbericht) -> Vec<Finding> {
    let mut found: Vec<Finding> = fillers(heen).map(|place| FILLER_BSN.broken_at(place)).collect();
    found.extend(invisible_names(heen).into_iter().map(|place| INVISIBLE_NAAM.broken_at(place)));
    found.extend(names_like_a_bsn(heen).into_iter().map(|place| LIKE_BSN.broken_at(place)));
    if let Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. } = &heen.inhoud
        && antwoord.is_rejected()
        && !antwoord.clienten.is_empty()
    {
        let body = ElementPath::root().child("DeclaratieAntwoord");
        found.push(LINES_BESIDE_REJECTION.broken_at(Place::element(body, "Clienten")));
    }
    found
}

/// What shows beside earlier berichten.
#[must_use]
pub fn beside(heen: &Heenbericht, history: &History) -> Vec<Finding> {
    match &heen.inhoud {
        Inhoud::Toewijzing(client) => {
            let path = ElementPath::root().child("Client").child("ToegewezenProducten");
            let products = client.toegewezen_producten.iter().enumerate();
            products
                .flat_map(|(index, product)| of_product(product, &path.nth("ToegewezenProduct", index), history))
                .collect()
        }
        Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. } => {
            let asked = Answers::of(&heen.inhoud).and_then(|answers| history.declaraties.answered_by(&answers));
            let differs = asked.is_some_and(|asked| asked.totaal_ingediend_bedrag != antwoord.totaal_ingediend_bedrag);
            let body = ElementPath::root().child("DeclaratieAntwoord");
            let place = || Place::element(body, "TotaalIngediendBedrag");
            differs.then(|| ANSWERED_TOTAL.broken_at(place())).into_iter().collect()
        }
        Inhoud::Beschikking(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { antwoord: None, .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

/// What a receiver with the official stylesheets refuses though the standard allows it: for who sends it, before it leaves.
#[must_use]
pub fn before_sending(heen: &Heenbericht) -> Vec<Finding> {
    match &heen.inhoud {
        Inhoud::Toewijzing(client) => {
            let places = client.relaties.iter().enumerate().filter(|(_, relatie)| {
                relatie.naam.naam_gebruik == NaamGebruik::NietNatuurlijkPersoon && relatie.naam.partnernaam.is_none()
            });
            let place = |index| Place::within(relatie_path(index), &["Naam", "NaamGebruik"]);
            places.map(|(index, _)| NAAM_OF_ORGANISATIE.broken_at(place(index))).collect()
        }
        Inhoud::Declaratie(declaratie) => {
            let last = declaratie.declaratie_periode.einddatum;
            let lines = || heen.inhoud.lines_of(declaratie);
            let later = lines().filter(|(_, line, _)| line.product_periode.einddatum > last);
            let is_blank = |nummer: &str| nummer.trim().is_empty();
            let blank = lines().filter(|(_, line, _)| is_blank(line.product_referentie.referentie_nummer.as_str()));
            let later = later.map(|(_, _, path)| NEXT_MONTH.broken_at(Place::element(path, "ProductPeriode")));
            let blank = blank.map(|(_, _, path)| BLANK_REFERENTIE.broken_at(Place::element(path, "ProductReferentie")));
            later.chain(blank).collect()
        }
        Inhoud::Beschikking(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

/// A toewijzing that ends earlier than what was granted on it, and one that names its verzoek once more.
fn of_product(product: &ToegewezenProduct, path: &ElementPath, history: &History) -> Vec<Finding> {
    let nummer = product.toewijzing_nummer;
    let mut found = Vec::new();
    if let Some(last) = product.einddatum.filter(|_| !product.is_verwijderd()) {
        let too_late = granted(&history.declaraties.prestaties).filter(|(line, _)| {
            line.prestatie.toewijzing_nummer == Some(nummer) && line.prestatie.product_periode.einddatum > last
        });
        let cents: i128 = too_late.map(|(_, cents)| cents).sum();
        if cents > 0 {
            let finding = SHORTENED.broken_at(Place::element(path.clone(), "Einddatum"));
            found.push(Finding {
                text: format!("{} is toegekend over dagen na deze Einddatum. {}", euros(cents), finding.text).into(),
                ..finding
            });
        }
    }
    if let Some(naam) = &product.referentie_aanbieder
        && history.verzoek(naam).is_some_and(|verzoek| verzoek.honoured)
    {
        found.push(SENT_AGAIN.broken_at(Place::element(path.clone(), "ReferentieAanbieder")));
    }
    found
}

/// Where a client has a Bsn that passes the elfproef and that nobody has. An antwoord repeats those of its declaratie.
fn fillers(heen: &Heenbericht) -> impl Iterator<Item = Place> {
    let clienten = heen.inhoud.clienten_path();
    let of_one = heen.inhoud.bsn().map(|bsn| (bsn, ElementPath::root().child("Client")));
    let is_antwoord = Answers::of(&heen.inhoud).is_some();
    let of_declaratie = heen.inhoud.clienten().iter().map(|client| &client.bsn);
    let of_several = of_declaratie.chain(heen.inhoud.factuur_clienten().iter().map(|client| &client.bsn));
    let of_several = of_several.filter(move |_| !is_antwoord).enumerate();
    let of_several = of_several.map(move |(index, bsn)| (bsn, clienten.nth("Client", index)));
    let fillers = of_one.into_iter().chain(of_several).filter(|(bsn, _)| is_filler(bsn));
    fillers.map(|(_, path)| Place::element(path, "Bsn"))
}

/// Nine digits that are easy to type: one digit over and over, a count up or down, or threes.
fn is_filler(bsn: &Bsn) -> bool {
    let digits = bsn.digits();
    let is_count = ["123456782", "012345672", "987654329", "111222333"].contains(&digits);
    let (repeated, last) = digits.split_at(8);
    let mut repeated = repeated.bytes();
    let first = repeated.next();
    is_count || last == "0" && repeated.all(|digit| Some(digit) == first)
}

/// Names in which something stands that nobody sees.
fn invisible_names(heen: &Heenbericht) -> Vec<Place> {
    let client = ElementPath::root().child("Client");
    let of_client = |parts: Vec<Part<'_>>| places_of_invisible(&client, parts);
    match &heen.inhoud {
        Inhoud::Toewijzing(body) => [of_client(parts(&body.naam)), of_relaties(&body.relaties)].concat(),
        Inhoud::Beschikking(body) => [of_client(parts(&body.naam)), of_relaties(&body.relaties)].concat(),
        Inhoud::Start(body) => of_client(short_parts(&body.naam)),
        Inhoud::Stop(body) => of_client(short_parts(&body.naam)),
        Inhoud::VerzoekOmToewijzing(body) => of_client(short_parts(&body.naam)),
        Inhoud::Factuur { clienten, .. } => {
            let path = heen.inhoud.clienten_path();
            let clienten = clienten.iter().enumerate();
            clienten
                .flat_map(|(index, one)| places_of_invisible(&path.nth("Client", index), short_parts(&one.naam)))
                .collect()
        }
        Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

fn of_relaties(relaties: &[Relatie]) -> Vec<Place> {
    let numbered = relaties.iter().enumerate();
    numbered.flat_map(|(index, relatie)| places_of_invisible(&relatie_path(index), parts(&relatie.naam))).collect()
}

fn places_of_invisible(klasse: &ElementPath, parts: Vec<Part<'_>>) -> Vec<Place> {
    let invisible = parts.into_iter().filter(|(_, text)| text.chars().any(is_invisible) || text.trim().is_empty());
    invisible.map(|(names, _)| Place::within(klasse.clone(), names)).collect()
}

type Part<'a> = (&'static [&'static str], &'a str);

fn parts(naam: &VolledigeNaam) -> Vec<Part<'_>> {
    let partner = naam.partnernaam.as_ref();
    let achternaam = partner.map(|naam| (&["Naam", "Partnernaam", "Achternaam"][..], naam.achternaam.as_str()));
    let voorvoegsel = partner.and_then(|naam| naam.voorvoegsel.as_deref());
    let voorvoegsel = voorvoegsel.map(|text| (&["Naam", "Partnernaam", "Voorvoegsel"][..], text));
    let own = own_parts(&naam.geslachtsnaam, naam.voornamen.as_deref());
    own.into_iter().chain(achternaam).chain(voorvoegsel).collect()
}

fn short_parts(naam: &VerkorteNaam) -> Vec<Part<'_>> {
    own_parts(&naam.geslachtsnaam, naam.voornamen.as_deref())
}

fn own_parts<'a>(geslachtsnaam: &'a Achternaam, voornamen: Option<&'a str>) -> Vec<Part<'a>> {
    let achternaam = (&["Naam", "Geslachtsnaam", "Achternaam"][..], geslachtsnaam.achternaam.as_str());
    let voorvoegsel = geslachtsnaam.voorvoegsel.as_deref();
    let voorvoegsel = voorvoegsel.map(|text| (&["Naam", "Geslachtsnaam", "Voorvoegsel"][..], text));
    let voornamen = voornamen.map(|text| (&["Naam", "Voornamen"][..], text));
    std::iter::once(achternaam).chain(voorvoegsel).chain(voornamen).collect()
}

/// What takes no ink and is no plain blank: other blanks, letters that only fill, and marks that join, part, turn or vary letters.
/// These are the default ignorable code points of Unicode, and the empty cell of braille.
#[must_use]
pub fn is_invisible(letter: char) -> bool {
    let is_mark = matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    is_mark || letter != ' ' && (letter.is_whitespace() || letter.is_control())
}

/// Names of berichten and requests that could be the Bsn of somebody.
fn names_like_a_bsn(heen: &Heenbericht) -> Vec<Place> {
    let header = ElementPath::root().child("Header");
    let identificatie: &[&str] = match &heen.inhoud {
        Inhoud::Factuur { .. } | Inhoud::FactuurAntwoord { .. } => {
            &["DeclaratieFactuurIdentificatie", "DeclarantFactuurNummer"]
        }
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => &["BerichtIdentificatie", "Identificatie"],
    };
    let own = heen.header.bericht_identificatie.identificatie.as_str();
    let own = like_bsn(own).then(|| Place::within(header, identificatie));
    let declaratie = match &heen.inhoud {
        Inhoud::Declaratie(declaratie) if like_bsn(&declaratie.declaratie_nummer) => {
            Some(Place::element(ElementPath::root().child("Declaratie"), "DeclaratieNummer"))
        }
        _ => None,
    };
    own.into_iter().chain(declaratie).chain(referenties_like_a_bsn(heen)).collect()
}

/// Whether it may be a Bsn, or says that it is one. Behind another letter nine digits are mostly a number that somebody counts up.
fn like_bsn(text: &str) -> bool {
    let passes = |number: &str| Bsn::from_text(number).is_some_and(|bsn| bsn.passes_elfproef());
    let says_so = || text.to_ascii_lowercase().contains("bsn");
    passes(text) || says_so() && text.split(|letter: char| !letter.is_ascii_digit()).any(passes)
}

/// The same of what is asked, honoured or answered, and of lines.
fn referenties_like_a_bsn(heen: &Heenbericht) -> Vec<Place> {
    const NAME: &str = "ReferentieAanbieder";
    let client = ElementPath::root().child("Client");
    match &heen.inhoud {
        Inhoud::Toewijzing(body) => {
            let path = client.child("ToegewezenProducten");
            let products = body.toegewezen_producten.iter().enumerate();
            let named = products.filter(|(_, one)| one.referentie_aanbieder.as_deref().is_some_and(like_bsn));
            named.map(|(index, _)| Place::element(path.nth("ToegewezenProduct", index), NAME)).collect()
        }
        Inhoud::VerzoekOmToewijzing(body) => {
            let path = client.child("AangevraagdeProducten");
            let products = body.aangevraagde_producten.iter().enumerate();
            let named = products.filter(|(_, one)| like_bsn(&one.referentie_aanbieder));
            named.map(|(index, _)| Place::element(path.nth("AangevraagdProduct", index), NAME)).collect()
        }
        Inhoud::VerzoekOmWijziging(body) if like_bsn(&body.verzoek.referentie_aanbieder) => {
            vec![Place::element(client.child("Verzoek"), NAME)]
        }
        Inhoud::Antwoord(antwoord) if like_bsn(&antwoord.referentie_aanbieder) => {
            vec![Place::element(ElementPath::root().child("Antwoord"), NAME)]
        }
        Inhoud::Declaratie(declaratie) => {
            let lines = heen.inhoud.lines_of(declaratie);
            let named = lines.filter(|(_, line, _)| like_bsn(line.product_referentie.referentie_nummer.as_str()));
            let place = |path| Place::within(path, &["ProductReferentie", "ReferentieNummer"]);
            named.map(|(_, _, path)| place(path)).collect()
        }
        Inhoud::Beschikking(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

fn relatie_path(index: usize) -> ElementPath {
    ElementPath::root().child("Client").child("Relaties").nth("Relatie", index)
}
