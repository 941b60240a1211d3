//! Every error that the server gives, and the one mapping to status codes.

use std::error::Error;
use std::io;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::betalingen::not_paid;
use super::deadlines::keep_error;
use super::uitleg::{linked_for_aanbieder, linked_part};
use super::unread::{Fault, Unread};
use crate::api::{FindingReceipt, PartReport, Receipt, RowProblemReport};
use crate::exchange::Refused;
use crate::exchange::decide::NotDecided;
use crate::exchange::declare::{Declined, NotDeclared};
use crate::exchange::keep::KeepError;
use crate::exchange::outbox::NotSteered;
use crate::exchange::pay::NotPaid;
use crate::store::StoreError;

/// Why a request did not succeed.
#[derive(Debug)]
pub enum Problem {
    /// No token came along.
    NoToken,
    /// Nobody has this token.
    UnknownToken,
    /// The caller is an operator, and this is for parties.
    NotAParty,
    /// The caller acts for a party, and this is for operators.
    NotAnOperator,
    /// A form came from another session than the one that it is sent in.
    OtherSession,
    /// There is no such thing, or it concerns another party.
    NotFound,
    /// Too many wrong tokens came from this address.
    TooManyGuesses,
    /// Whoever hands over an envelope is none of our adapters.
    NotAnAdapter,
    /// The content type is not one that we read; which are, in Dutch.
    MediaType(String),
    /// The path is there, but not by this method; by which it is.
    Method(Vec<String>),
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The body of a call that takes no bericht is larger than this many bytes; what to send, in Dutch.
    BodyTooLarge(usize, &'static str),
    /// The body broke off.
    BrokenBody,
    /// The body is large, and there is no room to keep it until it is its turn.
    NoRoom(io::Error),
    /// Parameters behind the question mark are not what they should be; at least one.
    Query(Vec<Unread>),
    /// The caller does not decide about declaraties.
    MayNotDecide,
    /// The caller is not of a gemeente.
    NotAGemeente,
    /// A batch cannot have this name.
    Kenmerk,
    /// The profile says nothing about what is asked; why, in Dutch.
    NothingAgreed(String),
    /// The settings have no account of these parties.
    NoAccount(Vec<String>),
    /// Nothing was paid.
    NotPaid(NotPaid),
    /// A deadline stayed as it was.
    KeepError(KeepError),
    /// A parcel stayed as it was; `None`: an attempt to send it is under way.
    NotSteered(Option<&'static str>),
    /// The body is not what it should be.
    Body(String),
    /// The body is no JSON; where it goes wrong, as line and column.
    NotJson(usize, usize),
    /// Only an aanbieder declares.
    NotAnAanbieder,
    /// Nothing was declared.
    Declined(Declined),
    /// Nothing was decided.
    NotDecided(NotDecided),
    /// The bericht was not taken in.
    Refused(Refused, Box<Receipt>),
    /// A file for who asked could not be put together: a fault of ours.
    NotPacked,
    /// We failed; nothing was changed.
    Store(StoreError),
}

impl From<NotDecided> for Problem {
    fn from(why: NotDecided) -> Self {
        match why {
            NotDecided::NotFound => Self::NotFound,
            NotDecided::Store(error) => Self::Store(error),
            other => Self::NotDecided(other),
        }
    }
}

impl From<NotPaid> for Problem {
    fn from(why: NotPaid) -> Self {
        match why {
            NotPaid::NotFound => Self::NotFound,
            NotPaid::Store(error) => Self::Store(error),
            other => Self::NotPaid(other),
        }
    }
}

impl From<KeepError> for Problem {
    fn from(why: KeepError) -> Self {
        match why {
            KeepError::NotFound => Self::NotFound,
            KeepError::Store(error) => Self::Store(error),
            other => Self::KeepError(other),
        }
    }
}

impl From<NotSteered> for Problem {
    fn from(why: NotSteered) -> Self {
        match why {
            NotSteered::NotFound => Self::NotFound,
            NotSteered::Busy => Self::NotSteered(None),
            NotSteered::NotNow(why) => Self::NotSteered(Some(why)),
            NotSteered::Store(error) => Self::Store(error),
        }
    }
}

impl From<NotDeclared> for Problem {
    fn from(why: NotDeclared) -> Self {
        match why {
            NotDeclared::Refused(why, receipt) => Self::Refused(why, Box::new(linked_for_aanbieder((*receipt).into()))),
            NotDeclared::Store(error) => Self::Store(error),
            NotDeclared::Declined(why) => Self::Declined(why),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The body of an error (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Body {
    /// A name for machines.
    r#type: String,
    /// The same for people, in Dutch.
    pub title: &'static str,
    status: u16,
    /// What to do, in Dutch.
    detail: String,
    /// The attempt, which is kept for audit.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Each parameter that is not what it should be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ErrorJson>,
    /// As in `WMO305`, where it could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    berichtsoort: Option<String>,
    /// What is wrong with a bericht that was not taken in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    findings: Vec<FindingReceipt>,
    /// What is wrong with rows of which no declaratie could be made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    rows: Vec<RowProblemReport>,
    /// What was found in the berichten of a declaratie that was not sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    berichten: Vec<PartReport>,
}

/// A parameter that is not what it should be.
#[derive(Serialize, ToSchema)]
struct ErrorJson {
    /// Where it stands: `query`.
    r#in: &'static str,
    location: LocationJson,
    /// The last part of the type, of this one.
    code: &'static str,
    /// What it may be, in Dutch.
    detail: String,
}

/// Where something stands that is not what it should be.
#[derive(Serialize, ToSchema)]
struct LocationJson {
    /// Of the parameter.
    name: String,
}

impl From<&Unread> for ErrorJson {
    fn from(unread: &Unread) -> Self {
        let (code, _, detail) = query_texts(std::slice::from_ref(unread));
        Self { r#in: "query", location: LocationJson { name: unread.name.clone() }, code, detail }
    }
}

/// What a problem says, for where people look.
#[derive(Clone)]
pub(super) struct Explained {
    pub title: &'static str,
    pub detail: String,
}

impl Body {
    /// The last part of the type.
    pub(super) fn kind(&self) -> &str {
        self.r#type.rsplit(':').next().unwrap_or_default()
    }
}

impl Problem {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::UnknownToken => StatusCode::UNAUTHORIZED,
            Self::TooManyGuesses => StatusCode::TOO_MANY_REQUESTS,
            Self::NotAParty
            | Self::NotAnAdapter
            | Self::NotAnOperator
            | Self::NotAGemeente
            | Self::NotAnAanbieder
            | Self::MayNotDecide
            | Self::OtherSession
            | Self::Refused(Refused::WrongParty, _) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotDecided(why) => not_decided_status(why),
            Self::NotPaid(why) => not_paid::status(why),
            Self::KeepError(why) => keep_error::status(why),
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) | Self::BodyTooLarge(..) | Self::Refused(Refused::TooLargeForNetwork { .. }, _) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::BrokenBody
            | Self::NotJson(..)
            | Self::Query(_)
            | Self::NothingAgreed(_)
            | Self::Refused(Refused::NotXml, _) => StatusCode::BAD_REQUEST,
            Self::NoAccount(_)
            | Self::NotSteered(_)
            | Self::Refused(Refused::IdentificatieUsed, _)
            | Self::Declined(Declined::NummerUsed) => StatusCode::CONFLICT,
            Self::Body(_)
            | Self::Kenmerk
            | Self::Declined(Declined::Rows(_) | Declined::ReleaseNotInForce | Declined::Rejected(_))
            | Self::Refused(Refused::NotValid | Refused::ReleaseNotInForce | Refused::SureRejection, _) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotPacked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoRoom(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What the caller is told.
    pub(super) fn body(&self) -> Body {
        let (r#type, title, detail) = self.texts();
        let receipt = match self {
            Self::Refused(_, receipt) => Some(receipt),
            _ => None,
        };
        Body {
            r#type: format!("urn:iwmo-gateway:fout:{type}"),
            title,
            status: self.status().as_u16(),
            detail,
            id: receipt.map(|receipt| receipt.id.clone()),
            berichtsoort: receipt.and_then(|receipt| receipt.berichtsoort.clone()),
            errors: match self {
                Self::Query(unread) => unread.iter().map(ErrorJson::from).collect(),
                _ => Vec::new(),
            },
            findings: receipt.map(|receipt| receipt.findings.clone()).unwrap_or_default(),
            rows: match self {
                Self::Declined(Declined::Rows(problems)) => problems.iter().map(RowProblemReport::from).collect(),
                _ => Vec::new(),
            },
            berichten: match self {
                Self::Declined(Declined::Rejected(parts)) => {
                    parts.iter().cloned().map(|part| linked_part(part.into())).collect()
                }
                _ => Vec::new(),
            },
        }
    }

    /// What to do, in Dutch.
    pub(super) fn detail(&self) -> String {
        self.texts().2
    }

    /// A name for machines, a title and what to do.
    fn texts(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::NoToken
            | Self::UnknownToken
            | Self::NotAParty
            | Self::TooManyGuesses
            | Self::NotAnAdapter
            | Self::NotAnOperator
            | Self::NotAGemeente
            | Self::NotAnAanbieder
            | Self::MayNotDecide
            | Self::OtherSession => self.texts_for_whom(),
            Self::NotFound => {
                ("niet-gevonden", "Niet gevonden", "Dit bestaat niet, of het is niet van uw partij.".into())
            }
            Self::NotPacked => (
                "niet-gemaakt",
                "Het bestand kon niet worden gemaakt",
                "Dat ligt aan de gateway. In het log staat waarom: vraag het de beheerder, of kies een ander soort bestand.".into(),
            ),
            Self::MediaType(wanted) => ("mediatype", "Verkeerd mediatype", wanted.clone()),
            Self::Method(known) => ("methode", "Methode niet mogelijk", method_text(known)),
            Self::TooLarge(limit) => (
                "te-groot",
                "Bericht te groot",
                format!(
                    "Een bericht mag hier hoogstens {limit} bytes zijn (instelling http.max_bericht_bytes). Splits het bericht."
                ),
            ),
            Self::BodyTooLarge(limit, expected) => (
                "inhoud-te-groot",
                "Inhoud te groot",
                format!(
                    "De inhoud mag hier hoogstens {limit} bytes zijn. Er is niets verwerkt. Noem alleen wat nodig is, met korte teksten. {expected}"
                ),
            ),
            Self::BrokenBody | Self::NoRoom(_) => self.texts_of_arrival(),
            Self::Query(unread) => query_texts(unread),
            Self::Kenmerk => not_paid::kenmerk(),
            Self::NothingAgreed(what) => ("niet-afgesproken", "Niet afgesproken", what.clone()),
            Self::NoAccount(partijen) => not_paid::no_account(partijen),
            Self::Body(what) => ("inhoud", "Inhoud niet leesbaar", what.clone()),
            Self::NotJson(line, column) => {
                ("geen-json", "Niet leesbaar", format!("Dit is geen leesbare JSON: zie regel {line}, kolom {column}."))
            }
            Self::Declined(why) => declined_texts(why),
            Self::NotDecided(why) => not_decided_texts(why),
            Self::NotPaid(why) => not_paid::texts(why).unwrap_or_else(|| Self::NotFound.texts()),
            Self::KeepError(why) => keep_error::texts(why).unwrap_or_else(|| Self::NotFound.texts()),
            Self::NotSteered(why) => unsteered_texts(*why),
            Self::Refused(why, _) => refused_texts(*why),
            Self::Store(error) => store_texts(error),
        }
    }

    /// Of a body that is not here as a whole.
    fn texts_of_arrival(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::NoRoom(_) => (
                "geen-ruimte",
                "Geen ruimte voor een groot bericht",
                "Er is niets verwerkt; stuur het bericht later opnieuw. Beheerder: maak ruimte in de map voor tijdelijke bestanden."
                    .into(),
            ),
            _ => (
                "afgebroken",
                "Bericht niet volledig ontvangen",
                "De verbinding brak af voordat het bericht compleet was. Er is niets verwerkt; stuur het opnieuw."
                    .into(),
            ),
        }
    }

    /// Of a call that is not for whoever made it.
    fn texts_for_whom(&self) -> (&'static str, &'static str, String) {
        let not_allowed = "Niet toegestaan";
        match self {
            Self::NoToken => ("geen-token", "Geen toegang", "Stuur een token mee: Authorization: Bearer …".into()),
            Self::UnknownToken => (
                "onbekend-token",
                "Geen toegang",
                "Dit token is hier niet bekend. Vraag de beheerder om een geldig token.".into(),
            ),
            Self::NotAGemeente => not_paid::not_a_gemeente(),
            Self::TooManyGuesses => (
                "te-veel-pogingen",
                "Te veel pogingen",
                "Van dit adres kwamen te veel onbekende tokens. Wacht een minuut.".into(),
            ),
            Self::NotAnAdapter => (
                "geen-adapter",
                not_allowed,
                "Enveloppen neemt dit adres alleen aan van een adapter (instelling ggk.adapters), niet van een browser.".into(),
            ),
            Self::NotAnOperator => (
                "geen-beheerder",
                not_allowed,
                "Dit is alleen voor beheerders; dit token handelt voor een partij.".into(),
            ),
            Self::OtherSession => (
                "andere-sessie",
                not_allowed,
                "Dit formulier hoort niet bij uw sessie. Er is niets gedaan. Ga terug, ververs de pagina en vul het opnieuw in.".into(),
            ),
            Self::NotAnAanbieder => ("geen-aanbieder", not_allowed, "Alleen een aanbieder declareert.".into()),
            Self::MayNotDecide => (
                "mag-niet-beslissen",
                not_allowed,
                "Dit token hoort niet bij iemand van een gemeente die over declaraties beslist (instelling decides)."
                    .into(),
            ),
            _ => (
                "geen-partij",
                not_allowed,
                "Dit token hoort bij een beheerder en handelt niet voor een partij.".into(),
            ),
        }
    }
}

fn method_text(known: &[String]) -> String {
    format!("Dit adres kent alleen {}. Kies een van deze methoden; zie /docs.", known.join(", "))
}

/// By the first of them.
fn query_texts(unread: &[Unread]) -> (&'static str, &'static str, String) {
    let (name, title) = match unread.first().map(|one| one.kind) {
        Some(Fault::Unknown) | None => ("parameter-onbekend", "Onbekende parameter"),
        Some(Fault::Repeated) => ("parameter-dubbel", "Dubbele parameter"),
        Some(Fault::Missing) => ("parameter-ontbreekt", "Parameter ontbreekt"),
        Some(Fault::Unfit) => ("parameter-ongeldig", "Ongeldige waarde van een parameter"),
    };
    (name, title, unread.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join(" "))
}

fn unsteered_texts(why: Option<&'static str>) -> (&'static str, &'static str, String) {
    let busy = "Er loopt op dit moment een poging om het te versturen. Probeer het zo opnieuw.";
    ("niet-nu", "Kan nu niet", why.unwrap_or(busy).to_owned())
}

fn store_texts(error: &StoreError) -> (&'static str, &'static str, String) {
    if matches!(error, StoreError::ClockWrong) {
        return (
            "klok",
            "De klok staat verkeerd",
            "Er is niets verwerkt; stuur het later opnieuw. Beheerder: zet de klok van deze machine goed.".into(),
        );
    }
    (
        "opslag",
        "Even niet beschikbaar",
        "Het bericht kon niet worden opgeslagen en is niet verwerkt. Stuur het straks opnieuw.".into(),
    )
}

fn not_decided_status(why: &NotDecided) -> StatusCode {
    match why {
        NotDecided::NotFound => StatusCode::NOT_FOUND,
        NotDecided::SamePerson => StatusCode::FORBIDDEN,
        NotDecided::NotOpen | NotDecided::Overtaken => StatusCode::CONFLICT,
        NotDecided::NotAllowed(_) | NotDecided::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        NotDecided::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn not_decided_texts(why: &NotDecided) -> (&'static str, &'static str, String) {
    match why {
        NotDecided::NotFound | NotDecided::Store(_) => Problem::NotFound.texts(),
        NotDecided::NotOpen => (
            "niet-open",
            "Niet te beslissen",
            "Op deze declaratie is al geantwoord, of de gemeente antwoordt met eigen software.".into(),
        ),
        NotDecided::Overtaken => (
            "ingehaald",
            "Ander voorstel",
            "Er is intussen een ander voorstel gedaan of al geantwoord. Bekijk de declaratie opnieuw.".into(),
        ),
        NotDecided::SamePerson => (
            "vier-ogen",
            "Tweede persoon nodig",
            "Wie het voorstel deed, kan het niet zelf goedkeuren. Laat een ander dat doen.".into(),
        ),
        NotDecided::NotAllowed(problems) => (
            "niet-volgens-standaard",
            "Niet volgens de standaard",
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        ),
        NotDecided::Refused(_) => (
            "antwoord-geweigerd",
            "Antwoord niet verstuurd",
            "Het antwoord voldoet niet aan de standaard of er is al een antwoord. Er is niets verstuurd.".into(),
        ),
    }
}

fn declined_texts(why: &Declined) -> (&'static str, &'static str, String) {
    let (name, title, detail) = match why {
        Declined::Rows(_) => (
            "regels",
            "Niet te declareren",
            "Van deze regels is geen declaratie te maken. Zie rows; er is niets verstuurd.",
        ),
        Declined::NummerUsed => (
            "nummer-gebruikt",
            "Nummer al gebruikt",
            "Dit nummer staat al voor een andere inhoud. Dezelfde regels op een andere dag zijn dat ook, want de dagtekening staat in het bericht. Er is niets verstuurd. Kijk in uw berichten of de declaratie al weg is; kies anders een nieuw nummer.",
        ),
        Declined::Rejected(_) => (
            "zekere-afkeuring",
            "De gemeente zal dit afkeuren",
            "Er is niets verstuurd. Zie berichten voor wat per regel is gevonden; met ?force=true wordt verstuurd wat aan het schema voldoet.",
        ),
        Declined::ReleaseNotInForce => return refused_texts(Refused::ReleaseNotInForce),
    };
    (name, title, detail.to_owned())
}

/// A name for machines, a title and what to do, of what was not taken in.
pub(super) fn refused_texts(why: Refused) -> (&'static str, &'static str, String) {
    let (title, detail) = match why {
        Refused::NotXml => {
            ("Niet leesbaar", "Het bericht is geen welgevormde, veilige XML of JSON. Zie findings voor de plaats.")
        }
        Refused::NotValid => (
            "Niet volgens het berichtschema",
            "Het bericht voldoet niet aan het XML-schema van zijn berichtsoort. Zie findings; er is geen retourbericht gemaakt.",
        ),
        Refused::WrongParty => (
            "Bericht van een andere partij",
            "De afzender in het bericht is niet de partij van dit token. Bij een retourbericht is dat de Ontvanger in de header.",
        ),
        Refused::ReleaseNotInForce => (
            "Release niet in gebruik",
            "De ontvanger werkt niet (meer) met deze release van iWmo. Stuur het bericht in een release die nu geldt.",
        ),
        Refused::IdentificatieUsed => (
            "Identificatie al gebruikt",
            "Deze Identificatie is al gebruikt voor een ander bericht van deze soort. Stuur het bericht met een nieuwe Identificatie.",
        ),
        Refused::SureRejection => (
            "De ontvanger zal dit afkeuren",
            "Het bericht is niet verstuurd. Zie findings; met ?force=true wordt het toch verstuurd.",
        ),
        Refused::TooLargeForNetwork { bytes, most } => return too_large_for_network(why, bytes, most),
    };
    (why.name(), title, detail.to_owned())
}

fn too_large_for_network(why: Refused, bytes: usize, most: usize) -> (&'static str, &'static str, String) {
    let detail = format!(
        "De envelop van dit bericht wordt {bytes} bytes, en het netwerk neemt er {most} aan (instelling ggk.max_envelope_bytes). Splits \
         het bericht: er past hoogstens {} bytes XML in.",
        (most.saturating_sub(4096) / 4) * 3
    );
    (why.name(), "Te groot voor het netwerk", detail)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => tracing::error!(error = error as &dyn Error, "a request failed in the store"),
            Self::NoRoom(error) => tracing::error!(error = error as &dyn Error, "a large body could not be kept"),
            _ => {}
        }
        let (status, body) = (self.status(), self.body());
        let explained = Explained { title: body.title, detail: body.detail.clone() };
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(explained);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::TOO_MANY_REQUESTS => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60")),
            StatusCode::SERVICE_UNAVAILABLE => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5")),
            _ => None,
        };
        response
    }
}
