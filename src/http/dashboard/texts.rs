//! Everything that an operator reads, in Dutch, in one place.

use chrono::NaiveDate;

use crate::api::{LineDecisionReceipt, WithdrawnJson};
use crate::domain::Berichtsoort;
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::berichten::waarde::{RetourCode, VerzoekAntwoord};
use crate::domain::deadlines::kinds::awaited;
use crate::domain::facts::calculation::euros;
use crate::domain::facts::history::{ToewijzingFact, VerzoekFact};
use crate::domain::money::stand::{Declared, LeveringStand, ToewijzingStand, VerzoekStand};
use crate::echo::grouped;
use crate::exchange::local_time;
use crate::http::declaraties::{DeclaratieJson, LineJson};
use crate::store::{
    Acknowledged, AntwoordView, BerichtView, DeadlineState, DeadlineView, Opened, Origin, Outcome, ParcelState,
    ParcelView, Via,
};

/// The texts of the pages.
pub(super) struct Texts {
    pub title: &'static str,
    pub as_of: &'static str,
    pub refresh: &'static str,
    pub practice: &'static str,
    pub practice_clock: &'static str,
    pub practice_outward: &'static str,
    pub log_in: &'static str,
    pub token: &'static str,
    pub token_hint: &'static str,
    pub wrong_token: &'static str,
    pub posted_by: &'static str,
    pub why_refused: &'static str,
    pub due: &'static str,
    pub awaited: &'static str,
    pub from: &'static str,
    pub state: &'static str,
    pub functie: &'static str,
    pub to: &'static str,
    pub attempts: &'static str,
    pub reason: &'static str,
    pub received_at: &'static str,
    pub bericht: &'static str,
    pub parties: &'static str,
    pub via: &'static str,
    pub outcome: &'static str,
    pub findings: &'static str,
    pub toewijzing: &'static str,
    pub aanbieder: &'static str,
    pub levering: &'static str,
    pub verzoek: &'static str,
    pub product: &'static str,
    pub any_product: &'static str,
    pub periode: &'static str,
    pub open_ended: &'static str,
    pub omvang: &'static str,
    pub budget: &'static str,
    pub declared: &'static str,
    pub granted: &'static str,
    pub payable: &'static str,
    pub timeline: &'static str,
    pub waiting_list: &'static str,
    pub waiting_list_intro: &'static str,
    pub waiting_none: &'static str,
    pub ingangsdatum: &'static str,
    pub days: &'static str,
    pub not_found_title: &'static str,
    pub not_found: &'static str,
    pub content: &'static str,
    pub overview: &'static str,
    pub bericht_title: &'static str,
    pub release: &'static str,
    pub heenbericht: &'static str,
    pub retour: &'static str,
    pub findings_none: &'static str,
    pub retourcodes_title: &'static str,
    pub klasse: &'static str,
    pub codes: &'static str,
    pub no_codes: &'static str,
    pub rule: &'static str,
    pub place: &'static str,
    pub deadlines_title: &'static str,
    pub transport_title: &'static str,
    pub rules_title: &'static str,
    pub rules_hint: &'static str,
    pub codelijsten_title: &'static str,
    pub gemeenten_checked: &'static str,
    pub gemeenten_are_old: &'static str,
    pub unknown_day: &'static str,
    pub afspraken_title: &'static str,
    pub afspraken_hint: &'static str,
    pub afspraak: &'static str,
    pub agreed: &'static str,
    pub profile: &'static str,
    pub severity: &'static str,
    pub what: &'static str,
    pub level: &'static str,
    pub retourcode: &'static str,
    pub berichten_of: &'static str,
    pub check: &'static str,
    pub why: &'static str,
    pub wrong: &'static str,
    pub right: &'static str,
    pub message: &'static str,
    pub source: &'static str,
    pub english: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub declaratie_title: &'static str,
    pub antwoord: &'static str,
    pub lines: &'static str,
    pub line_nr: &'static str,
    pub lines_none: &'static str,
    pub line_granted: &'static str,
    pub line_rejected: &'static str,
    pub all: &'static str,
    pub show: &'static str,
    pub amount: &'static str,
    pub next_page: &'static str,
    pub proposal: &'static str,
    pub not_answered: &'static str,
    pub declaratie_void: &'static str,
    pub volume_left: &'static str,
    pub budget_left: &'static str,
    pub lines_page: &'static str,
    pub betalingen_title: &'static str,
    pub betalingen_intro: &'static str,
    pub betalingen_none: &'static str,
    pub kenmerk: &'static str,
    pub payer: &'static str,
    pub uitvoerdatum: &'static str,
    pub paid_on: &'static str,
    pub downloads: &'static str,
    pub decide_title: &'static str,
    pub decide_intro: &'static str,
    pub own_token: &'static str,
    pub approve: &'static str,
    pub propose: &'static str,
    pub propose_all: &'static str,
    pub propose_part: &'static str,
    pub keep: &'static str,
    pub reject: &'static str,
    pub grant_in_part: &'static str,
    pub granted_euros: &'static str,
    pub stays_rejected: &'static str,
    pub as_judged: &'static str,
    pub not_of_this_session: &'static str,
}

pub(super) static TEXTS: Texts = Texts {
    title: "Berichtenverkeer Wmo",
    as_of: "Stand van",
    refresh: "Ververs",
    practice: "Oefening.",
    practice_clock: "De klok is verzet: het is hier nu",
    practice_outward: "Er gaat niets naar buiten.",
    log_in: "Inloggen",
    token: "Token",
    token_hint: "U krijgt het van de beheerder van de gateway. Met het token van een gemeente of aanbieder ziet u alleen wat van haar is.",
    wrong_token: "Dit token is niet bekend.",
    posted_by: "Aangeboden door",
    why_refused: "Waarom geweigerd",
    due: "Uiterlijk",
    awaited: "Verwacht",
    from: "Van",
    state: "Stand",
    functie: "Soort",
    to: "Aan",
    attempts: "Pogingen",
    reason: "Reden",
    received_at: "Moment",
    bericht: "Bericht",
    parties: "Van en aan",
    via: "Langs",
    outcome: "Uitkomst",
    findings: "Bevindingen",
    toewijzing: "Toewijzing",
    aanbieder: "Aanbieder",
    levering: "Ondersteuning",
    verzoek: "Verzoek",
    product: "Product",
    any_product: "door de aanbieder te kiezen",
    periode: "Periode",
    open_ended: "onbepaald",
    omvang: "Omvang",
    budget: "Budget",
    declared: "Gedeclareerd",
    granted: "Toegekend",
    payable: "Te betalen",
    timeline: "Tijdlijn",
    waiting_list: "Wacht op start",
    waiting_list_intro: "Toewijzingen waarop nog geen start is gemeld, per aanbieder.",
    waiting_none: "Op elke lopende toewijzing is een start gemeld.",
    ingangsdatum: "Ingangsdatum",
    days: "Dagen sinds ingangsdatum",
    not_found_title: "Niet gevonden",
    not_found: "Er is geen toewijzing met dit nummer bij deze gemeente. Controleer de gemeentecode en het ToewijzingNummer.",
    content: "Inhoud",
    overview: "Vandaag",
    bericht_title: "Bericht",
    release: "Release",
    heenbericht: "Heenbericht",
    retour: "Retourbericht",
    findings_none: "Er is niets op dit bericht aan te merken.",
    retourcodes_title: "Retourcodes per berichtklasse",
    klasse: "Berichtklasse",
    codes: "Retourcodes",
    no_codes: "geen",
    rule: "Regel",
    place: "Regel en kolom",
    deadlines_title: "Termijnen",
    transport_title: "Verzending",
    rules_title: "Regels van iWmo",
    rules_hint: "Wat hier gecontroleerd wordt, per regel. Klik op een regel voor uitleg.",
    codelijsten_title: "Codelijsten",
    gemeenten_checked: "De gemeentecodes zijn voor het laatst met het CBS vergeleken op:",
    gemeenten_are_old: "Dat is langer dan een jaar geleden, of niet bekend. Vraag de beheerder om een nieuwe lijst.",
    unknown_day: "onbekend",
    afspraken_title: "Afspraken en opmerkingen",
    afspraken_hint: "Een afspraak tussen partijen, zoals van een regio, is geen regel van iWmo. Zij geldt onder haar profiel en staat naast de regels. Wat bij profiel gateway staat, merkt deze gateway zelf op, in elk profiel; het is nooit reden voor afkeuring.",
    afspraak: "Afspraak",
    agreed: "Wat is afgesproken",
    profile: "Profiel",
    severity: "Gevolg",
    what: "Wat de regel zegt",
    level: "Niveau",
    retourcode: "Retourcode",
    berichten_of: "Berichten",
    check: "Controle",
    why: "Waarom",
    wrong: "Fout",
    right: "Goed",
    message: "Melding",
    source: "Bron",
    english: "In het Engels",
    yes: "ja",
    no: "nee",
    declaratie_title: "Declaratie",
    antwoord: "Antwoord",
    lines: "Regels",
    line_nr: "Regel",
    lines_none: "Er zijn geen regels die hieraan voldoen.",
    line_granted: "toegekend",
    line_rejected: "afgewezen",
    all: "alle",
    show: "Toon",
    amount: "Bedrag",
    next_page: "Volgende regels",
    proposal: "Besluit",
    not_answered: "nog niet beantwoord",
    declaratie_void: "als geheel afgewezen; de regels zijn niet beoordeeld",
    volume_left: "Volume van de toewijzing dat over is",
    budget_left: "Budget van de toewijzing dat over is",
    lines_page: "De declaratie, regel voor regel",
    betalingen_title: "Betalingen",
    betalingen_intro: "Wat gemeenten betalen, per kenmerk; de nieuwste bovenaan. Een uiterste dag schuift niet op als banken dan niet werken.",
    betalingen_none: "Er is nog geen betaling gemaakt.",
    kenmerk: "Kenmerk",
    payer: "Gemeente",
    uitvoerdatum: "Uitvoerdatum",
    paid_on: "Betaald",
    downloads: "Downloads",
    decide_title: "Besluit",
    decide_intro: "Deze declaratie wacht op een besluit van twee mensen van de gemeente: de een stelt voor, een ander keurt goed en dan gaat het antwoord uit. Wie het niet eens is met een voorstel, doet een ander. Gebruik elke keer uw eigen token.",
    own_token: "Uw eigen token",
    approve: "Keur goed en verstuur het antwoord",
    propose: "Stel voor",
    propose_all: "Een regel die u niet wijzigt, blijft zoals beoordeeld.",
    propose_part: "Dit voorstel gaat over de regels die hier staan. Wat al is voorgesteld over andere regels gaat mee; elke andere regel blijft zoals beoordeeld. Stel eerst voor en blader dan verder: wat hier is ingevuld, gaat anders verloren.",
    keep: "toekennen",
    reject: "afwijzen",
    grant_in_part: "deels toekennen",
    granted_euros: "Bedrag in euro",
    stays_rejected: "blijft afgewezen",
    as_judged: "Alle regels zoals beoordeeld.",
    not_of_this_session: "Dit formulier hoort niet bij uw sessie. Er is niets besloten. Vul het hier opnieuw in.",
};

/// What a retourcode means that is of no rule in particular; empty for one that is.
pub(super) fn retour_code(code: &str) -> &'static str {
    match code {
        RetourCode::AFGEKEURD => "het bericht breekt een regel waar het zelf aan te toetsen is",
        RetourCode::GEEN_OPMERKING => "geen opmerkingen",
        RetourCode::NIET_BEOORDEELD => "niet beoordeeld",
        RetourCode::DECLARATIE_TOEGEKEND => "geheel toegekend",
        _ => "",
    }
}

/// Which way a bericht came in.
pub(super) const fn via(via: Via) -> &'static str {
    match via {
        Via::Api => "API",
        Via::Ggk => "GGK",
        Via::Vecozo => "VECOZO",
        Via::File => "bestand",
        Via::Gateway => "hier gemaakt",
    }
}

/// What became of a bericht, and the class that colours it.
pub(super) fn outcome(view: &BerichtView) -> (&'static str, &'static str) {
    let is_gemeente = |code: &Option<String>| code.as_ref().is_some_and(|code| code.len() == 4);
    match (view.outcome, view.via) {
        // Both parties of a retour are those of its heenbericht: whoever gets that refused it.
        (Outcome::Accepted, _) if view.is_turned_down && is_gemeente(&view.ontvanger) => {
            ("afgewezen door de gemeente", "bad")
        }
        (Outcome::Accepted, _) if view.is_turned_down => ("afgewezen door de aanbieder", "bad"),
        (Outcome::Accepted, Via::Gateway) => ("opgesteld", ""),
        (Outcome::Accepted, Via::Api | Via::Ggk | Via::Vecozo | Via::File) => ("geaccepteerd", "good"),
        (Outcome::Parked, _) => ("wacht op een eerder bericht", ""),
        (Outcome::Partial, _) => ("deels toegekend", "bad"),
        (Outcome::Rejected, _) => ("afgekeurd", "bad"),
        (Outcome::Refused, _) => ("geweigerd", "bad"),
    }
}

/// That there are more than are shown.
pub(super) fn left_out(count: usize) -> Option<String> {
    (count > 0).then(|| format!("En {} meer.", grouped(count)))
}

/// Where an envelope stands.
pub(super) const fn parcel_state(state: &ParcelState) -> &'static str {
    match state {
        ParcelState::Waiting { .. } => "wacht op verzending",
        ParcelState::Sending { .. } => "wordt verzonden",
        ParcelState::Unclear { due_at: Some(_) } => "onzeker of het aankwam; wordt opnieuw verzonden",
        ParcelState::Unclear { due_at: None } => "onzeker of het aankwam; aan u",
        ParcelState::Delivered { .. } => "afgeleverd",
        ParcelState::Refused { .. } => "geweigerd door het netwerk",
        ParcelState::Held => "wordt vastgehouden",
        ParcelState::Stuck => "aan u",
        ParcelState::GivenUp => "opgegeven",
    }
}

/// The bericht that a deadline is about, or what a person opened it for.
pub(super) fn about(origin: &Origin) -> String {
    match origin {
        Origin::Bericht(bericht) => format!("{} {}", bericht.berichtsoort, without_bsn(&bericht.identificatie)),
        Origin::Person(Opened { kenmerk, afspraak, asked, .. }) => {
            format!("{afspraak} {kenmerk}, vanaf {}", date(asked.vanaf))
        }
        Origin::Gateway(_) => "gezien door de gateway".to_owned(),
    }
}

/// Who looks after a deadline.
pub(super) fn acknowledged(taken: &Acknowledged) -> String {
    let until = taken.until.map(|until| format!(" (tot en met {})", date(until.day)));
    format!("{}: {}{}", taken.owner, taken.reason, until.unwrap_or_default())
}

/// Where a toewijzing stands.
pub(super) fn toewijzing_stand(stand: ToewijzingStand, withdrawn: bool) -> String {
    let text = match stand {
        ToewijzingStand::Sent => "verstuurd, nog niet bevestigd",
        ToewijzingStand::Planned => "bevestigd, gaat nog in",
        ToewijzingStand::Running => "loopt",
        ToewijzingStand::Ended => "afgelopen",
        ToewijzingStand::Removed => "verwijderd",
        ToewijzingStand::Refused => "afgewezen door de aanbieder",
    };
    if withdrawn && stand != ToewijzingStand::Removed { format!("{text} (ingetrokken)") } else { text.to_owned() }
}

/// Where support stands.
pub(super) const fn levering_stand(stand: LeveringStand) -> &'static str {
    match stand {
        LeveringStand::NotStarted => "nog niet gestart",
        LeveringStand::Started => "gestart",
        LeveringStand::Paused => "tijdelijk gestopt",
        LeveringStand::Stopped => "gestopt",
    }
}

/// A verzoek: which kind, and where it stands.
pub(super) fn verzoek_stand(verzoek: &VerzoekFact) -> String {
    let state = match VerzoekStand::of(verzoek) {
        VerzoekStand::Open => "open",
        VerzoekStand::InResearch => "in onderzoek",
        VerzoekStand::Honoured => "gehonoreerd",
        VerzoekStand::Rejected => "afgewezen",
    };
    let [kind, naam] = self::verzoek(verzoek);
    format!("{kind} {naam}: {state}")
}

/// A verzoek: which kind, and its name.
pub(super) fn verzoek(verzoek: &VerzoekFact) -> [String; 2] {
    let kind = if verzoek.soort == Berichtsoort::Wmo317 { "verzoek om wijziging" } else { "verzoek om toewijzing" };
    [kind.to_owned(), without_bsn(&verzoek.referentie_aanbieder)]
}

/// What a gemeente said to a verzoek, and to which.
pub(super) fn antwoord(view: &AntwoordView) -> [String; 2] {
    let said = match view.verzoek_antwoord {
        VerzoekAntwoord::InOnderzoek => "in onderzoek",
        VerzoekAntwoord::Afgewezen => "afgewezen",
    };
    [said.to_owned(), without_bsn(&view.referentie_aanbieder)]
}

/// How much, in words where the codes are common ones.
pub(super) fn omvang(volume: i64, eenheid: &str, frequentie: &str) -> String {
    let eenheid = match eenheid {
        "01" => "minuten",
        "04" => "uur",
        "14" => "etmalen",
        "16" => "dagdelen",
        "82" => "stuks",
        "83" => return format!("{} {}", euros(volume.into()), per(frequentie)),
        other => return format!("{volume} × eenheid {other} {}", per(frequentie)),
    };
    format!("{volume} {eenheid} {}", per(frequentie))
}

fn per(frequentie: &str) -> String {
    match frequentie {
        "1" => "per dag".to_owned(),
        "2" => "per week".to_owned(),
        "4" => "per maand".to_owned(),
        "6" => "in totaal".to_owned(),
        other => format!("met frequentie {other}"),
    }
}

/// A day for people.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%d-%m-%Y").to_string()
}

/// What was declared or granted.
pub(super) fn declared(sum: &Declared) -> String {
    format!("{} in {} regels (volume {})", euros(sum.bedrag), sum.lines, sum.volume)
}

/// How a line of a declaratie fared, and the class that colours it.
pub(super) fn line_outcome(line: &LineJson) -> (String, &'static str) {
    if !line.granted {
        (TEXTS.line_rejected.to_owned(), "bad")
    } else if line.toegekend_bedrag == line.ingediend_bedrag {
        (TEXTS.line_granted.to_owned(), "good")
    } else {
        (format!("{} {}", TEXTS.line_granted, euros(line.toegekend_bedrag.into())), "bad")
    }
}

/// What is to be paid for a declaratie, and whether it was.
pub(super) fn payable(declaratie: &DeclaratieJson) -> String {
    let bedrag = euros(declaratie.payable.into());
    match (&declaratie.batch, declaratie.paid_on) {
        (None, _) => bedrag,
        (Some(kenmerk), None) => format!("{bedrag}, in betaling {kenmerk}"),
        (Some(kenmerk), Some(day)) => format!("{bedrag}, betaald op {} met {kenmerk}", date(day)),
    }
}

/// When a batch was paid, or that it was withdrawn.
pub(super) fn paid(day: Option<NaiveDate>, withdrawn: Option<&WithdrawnJson>) -> String {
    match (day, withdrawn) {
        (None, None) => TEXTS.no.to_owned(),
        (Some(day), _) => date(day),
        (None, Some(WithdrawnJson { at, by, reason })) => {
            format!("ingetrokken op {} door {by}: {reason}", date(local_time(*at).date_naive()))
        }
    }
}

/// A declaratie in a batch, and until when it is to be paid.
pub(super) fn in_batch(nummer: &str, bedrag: &str, due: Option<NaiveDate>) -> String {
    let due = due.map(|day| format!(", uiterlijk {}", date(day)));
    format!("{}: {bedrag}{}", without_bsn(nummer), due.unwrap_or_default())
}

/// How the lines of a declaratie fared.
pub(super) fn line_counts(granted: usize, rejected: usize) -> String {
    format!("{granted} toegekend, {rejected} afgewezen")
}

/// What people decided about a declaratie.
pub(super) fn proposal(by: &str, approved_by: Option<&str>) -> String {
    match approved_by {
        None => format!("voorgesteld door {by}, wacht op goedkeuring door een ander"),
        Some(other) => format!("voorgesteld door {by}, goedgekeurd door {other}"),
    }
}

/// What is proposed of a line.
pub(super) fn line_decision(said: &LineDecisionReceipt) -> String {
    format!("{} {}: {}", TEXTS.line_nr, said.line, said_of(said))
}

/// What was decided about a line, beside what was found in it.
pub(in crate::http) fn decided(said: &LineDecisionReceipt) -> String {
    format!("{}: {}", TEXTS.decide_title, said_of(said))
}

fn said_of(said: &LineDecisionReceipt) -> String {
    let what = match (said.granted, said.toegekend_bedrag) {
        (true, Some(cents)) => format!("{} {}", TEXTS.keep, euros(cents.into())),
        (true, None) => TEXTS.keep.to_owned(),
        (false, _) => format!("{} met {}", TEXTS.reject, said.retourcode.as_deref().unwrap_or_default()),
    };
    let reason = said.reason.as_ref().map(|reason| format!(". {reason}"));
    format!("{what}{}", reason.unwrap_or_default())
}

/// That the amount of a line that is granted in part cannot be read.
pub(super) fn no_amount(line: usize) -> String {
    format!("{} {line}: geef het bedrag in euro, als 123,45.", TEXTS.line_nr)
}

/// That a line is kept, and why is told all the same.
pub(super) fn kept_with_reason(line: usize) -> String {
    format!(
        "{} {line}: het besluit is {}, maar er is meer ingevuld. Kies een ander besluit, of maak de rest leeg.",
        TEXTS.line_nr, TEXTS.keep
    )
}

/// What is left of a toewijzing.
pub(super) fn left(left: &str, total: &str) -> String {
    format!("Over: {left} van {total}.")
}

/// How much was delivered, in words where the codes are common ones.
pub(super) fn volume(volume: u32, eenheid: &str) -> String {
    match eenheid {
        "01" => format!("{volume} minuten"),
        "04" => format!("{volume} uur"),
        "14" => format!("{volume} etmalen"),
        "16" => format!("{volume} dagdelen"),
        "82" => format!("{volume} stuks"),
        "83" => euros(volume.into()),
        other => format!("{volume} × eenheid {other}"),
    }
}

/// A version of a toewijzing, in a line or two.
pub(super) fn version(fact: &ToewijzingFact) -> Vec<String> {
    if fact.verwijderd {
        return vec!["toewijzing verwijderd".to_owned()];
    }
    let last = fact.einddatum.map_or_else(|| TEXTS.open_ended.to_owned(), date);
    let toewijzing = format!("toewijzing {} – {last}", date(fact.ingangsdatum));
    let verzoek = fact.referentie_aanbieder.as_ref().map(|naam| format!("op {}", without_bsn(naam)));
    [toewijzing].into_iter().chain(verzoek).collect()
}

/// A start of support.
pub(super) fn start(begindatum: NaiveDate) -> String {
    format!("start op {}", date(begindatum))
}

/// A stop of support.
pub(super) fn stop(einddatum: NaiveDate, temporary: bool) -> String {
    let kind = if temporary { "tijdelijke stop" } else { "stop" };
    format!("{kind} op {}", date(einddatum))
}

/// What a bericht takes back.
pub(super) fn taken_back(what: &str) -> String {
    format!("ingetrokken: {what}")
}

/// An envelope: where it stands, and which it is when it does not hold the bericht itself.
pub(super) fn transport(view: &ParcelView, berichtsoort: Option<&str>) -> String {
    let state = parcel_state(&view.state);
    if berichtsoort == Some(&view.functie) { state.to_owned() } else { format!("{}: {state}", view.functie) }
}

/// A deadline: what is awaited, until when, and where it stands.
pub(super) fn deadline(view: &DeadlineView) -> String {
    format!("{} uiterlijk {}: {}", awaited(&view.clock, &view.answer), date(view.due), deadline_state(view.state))
}

/// Where a deadline stands.
pub(super) const fn deadline_state(state: DeadlineState) -> &'static str {
    match state {
        DeadlineState::Open => "open",
        DeadlineState::DueSoon => "bijna",
        DeadlineState::Overdue => "te laat",
        DeadlineState::Met => "op tijd",
        DeadlineState::Late => "te laat gekomen",
        DeadlineState::Waived => "kwijtgescholden",
        DeadlineState::Void => "vervallen",
    }
}
