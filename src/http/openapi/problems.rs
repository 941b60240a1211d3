//! Answers that many calls share: what goes wrong, told by the very problems, and pages.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{NaiveDate, NaiveTime};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, ToSchema};

use super::examples::{example_examined, example_refusal};
use crate::domain::declare::{Column, RowProblem};
use crate::domain::money::decision::NotAllowed;
use crate::exchange::Refused;
use crate::exchange::decide::NotDecided;
use crate::exchange::declare::Declined;
use crate::exchange::keep::KeepError;
use crate::exchange::pay::NotPaid;
use crate::http::error::{Body, Problem};
use crate::http::object::{Content, OBJECT_BYTES};
use crate::http::proposal::Decision;
use crate::http::query::unfit;
use crate::http::unread::{Fault, Unread};
use crate::store::{BetalingAsked, StoreError, Withdrawn};

type Responses = BTreeMap<String, RefOr<Response>>;

/// For every call that asks for a token.
pub(in crate::http) struct ForCallers;

/// For a call that an operator makes, and no party.
pub(in crate::http) struct ForMeters;

/// For a call that a party makes, and no operator.
pub(in crate::http) struct ForParties;

/// Where parameters stand behind the question mark.
pub(in crate::http) struct BadQuery;

/// Where one thing is asked for.
pub(in crate::http) struct NotThere;

/// Where a bericht is posted.
pub(in crate::http) struct Intake;

/// Where people decide about a declaratie.
pub(in crate::http) struct BadDecision;

/// For a call that a gemeente makes.
pub(in crate::http) struct ForGemeenten;

/// Where a batch of payments is made.
pub(in crate::http) struct BadBatch;

/// Where a batch is told to be paid.
pub(in crate::http) struct BadPayment;

/// Where a deadline is opened.
pub(in crate::http) struct BadOpening;

/// Where an object is sent.
pub(in crate::http) struct BadBody;

/// Where people tell of a deadline.
pub(in crate::http) struct BadDeadline;

/// Where an operator steers the outbox.
pub(in crate::http) struct BadSteering;

/// Where berichten are searched for.
pub(in crate::http) struct BadSearch;

/// Where a written order is told.
pub(in crate::http) struct BadSpoed;

/// Where a written order is taken back.
pub(in crate::http) struct BadSpoedWithdrawal;

/// Where a batch is withdrawn.
pub(in crate::http) struct BadWithdrawal;

/// Where a batch is had as an order to a bank.
pub(in crate::http) struct NoOrder;

/// Where delivered volumes are declared.
pub(in crate::http) struct BadDeclaratie;

/// A page for everybody.
pub(in crate::http) struct ForAll;

/// A page for operators.
pub(in crate::http) struct ForOperators;

impl IntoResponses for ForCallers {
    fn responses() -> Responses {
        answers([Problem::NoToken, Problem::UnknownToken, Problem::Store(StoreError::Stale)])
    }
}

impl IntoResponses for ForMeters {
    fn responses() -> Responses {
        answers([Problem::NoToken, Problem::UnknownToken, Problem::NotAnOperator])
    }
}

impl IntoResponses for ForParties {
    fn responses() -> Responses {
        let mut responses = ForCallers::responses();
        responses.extend(answers([Problem::NotAParty]));
        responses
    }
}

impl IntoResponses for BadQuery {
    fn responses() -> Responses {
        answers([unfit("limit", "geef een geheel getal van 1 tot en met 200.")])
    }
}

/// Of every call.
pub(super) fn unknown_parameter() -> Responses {
    answers([Problem::Query(vec![Unread {
        kind: Fault::Unknown,
        name: "limiet".to_owned(),
        text: "limiet bestaat hier niet. Bedoelt u limit? Hier mag staan: after, limit.".to_owned(),
    }])])
}

impl IntoResponses for NotThere {
    fn responses() -> Responses {
        answers([Problem::NotFound])
    }
}

/// What a bericht may be, unless the settings say otherwise.
const LIMIT: usize = 26_214_400;

impl IntoResponses for Intake {
    fn responses() -> Responses {
        use Refused::{
            IdentificatieUsed, NotValid, NotXml, ReleaseNotInForce, SureRejection, TooLargeForNetwork, WrongParty,
        };
        let too_large = TooLargeForNetwork { bytes: 25_000_512, most: 25_000_000 };
        let refused = [NotXml, NotValid, WrongParty, ReleaseNotInForce, IdentificatieUsed, SureRejection, too_large];
        let refused = refused.map(|why| Problem::Refused(why, Box::new(example_refusal(why))));
        let unread = [
            Problem::NotAParty,
            Problem::BrokenBody,
            Problem::TooLarge(LIMIT),
            Problem::MediaType("Stuur het bericht als application/xml of application/json.".to_owned()),
        ];
        let mut responses = ForCallers::responses();
        responses.extend(answers(unread.into_iter().chain(refused)));
        responses
    }
}

/// Where a body of at most so many bytes is read as JSON.
fn unread(limit: usize) -> [Problem; 2] {
    [Problem::Body("Stuur JSON.".to_owned()), Problem::BodyTooLarge(limit, "Stuur JSON.")]
}

impl IntoResponses for BadSteering {
    fn responses() -> Responses {
        let mut responses = ForCallers::responses();
        let refused = [Problem::NotAnOperator, Problem::NotSteered(None)];
        responses.extend(answers(unread(OBJECT_BYTES).into_iter().chain(refused)));
        responses
    }
}

impl IntoResponses for BadSearch {
    fn responses() -> Responses {
        answers(unread(OBJECT_BYTES))
    }
}

impl IntoResponses for BadDecision {
    fn responses() -> Responses {
        let not_allowed = NotDecided::NotAllowed(vec![NotAllowed::BreaksARule(2)]);
        let not_decided = [NotDecided::SamePerson, NotDecided::NotOpen, NotDecided::Overtaken, not_allowed];
        let not_decided = not_decided.map(Problem::NotDecided);
        let mut responses = ForCallers::responses();
        responses
            .extend(answers(unread(Decision::LIMIT).into_iter().chain([Problem::MayNotDecide]).chain(not_decided)));
        responses
    }
}

impl IntoResponses for ForGemeenten {
    fn responses() -> Responses {
        let mut responses = ForCallers::responses();
        responses.extend(answers([Problem::NotAGemeente]));
        responses
    }
}

impl IntoResponses for BadDeclaratie {
    fn responses() -> Responses {
        let problem = RowProblem {
            rij: Some(2),
            column: Some(Column::Begindatum),
            text: "Verwacht wordt een datum als 2026-03-31 of 31-03-2026.".to_owned(),
        };
        let why = [
            Declined::Rows(vec![problem]),
            Declined::Rejected(vec![example_examined()]),
            Declined::NummerUsed,
            Declined::ReleaseNotInForce,
        ];
        let before = [
            Problem::NotAParty,
            Problem::NotAnAanbieder,
            Problem::BrokenBody,
            Problem::NotJson(1, 17),
            unfit("periode", "verwacht wordt een maand als 2026-03."),
            Problem::TooLarge(LIMIT),
            Problem::MediaType("Stuur de regels als text/csv of application/json.".to_owned()),
            Problem::Body("Stuur JSON.".to_owned()),
        ];
        let mut responses = ForCallers::responses();
        responses.extend(answers(before.into_iter().chain(why.map(Problem::Declined))));
        responses
    }
}

impl IntoResponses for BadBatch {
    fn responses() -> Responses {
        let other = NotPaid::OtherContent(BetalingAsked::default());
        let not_paid = [other, withdrawn(), NotPaid::Nothing(Vec::new()), NotPaid::Past(a_day())];
        let before = [Problem::Kenmerk].into_iter().chain(unread(OBJECT_BYTES));
        let mut responses = ForGemeenten::responses();
        responses.extend(answers(before.chain(not_paid.map(Problem::NotPaid))));
        responses
    }
}

impl IntoResponses for BadPayment {
    fn responses() -> Responses {
        let not_yet = NotPaid::NotYet { made: a_day(), today: a_day() };
        let not_paid = [NotPaid::PaidOn(a_day()), withdrawn(), not_yet].map(Problem::NotPaid);
        let mut responses = ForGemeenten::responses();
        responses.extend(answers(unread(OBJECT_BYTES).into_iter().chain(not_paid)));
        responses
    }
}

impl IntoResponses for BadOpening {
    fn responses() -> Responses {
        let keep_error = [
            no_such_term(),
            KeepError::NotOurs,
            KeepError::NoAanbieder,
            KeepError::OtherParty,
            KeepError::OtherContent,
        ];
        let before = [Problem::Kenmerk].into_iter().chain(unread(OBJECT_BYTES));
        let mut responses = ForCallers::responses();
        responses.extend(answers(before.chain(keep_error.map(Problem::KeepError))));
        responses
    }
}

impl IntoResponses for BadBody {
    fn responses() -> Responses {
        answers(unread(OBJECT_BYTES))
    }
}

impl IntoResponses for BadDeadline {
    fn responses() -> Responses {
        let not_yet = KeepError::NotYet { from: a_day(), today: a_day() };
        let past = KeepError::Past(a_day());
        let keep_error = [
            KeepError::ByBericht,
            KeepError::ByItself,
            KeepError::Closed,
            KeepError::DoneOn(a_day()),
            KeepError::OwnTurn,
            past,
            not_yet,
        ];
        let keep_error = keep_error.map(Problem::KeepError);
        let mut responses = ForCallers::responses();
        responses.extend(answers(unread(OBJECT_BYTES).into_iter().chain(keep_error)));
        responses
    }
}

impl IntoResponses for BadSpoed {
    fn responses() -> Responses {
        let not_watched = KeepError::NotWatched("heusden-2022".to_owned());
        let keep_error =
            [not_watched, KeepError::NotOurs, KeepError::OtherParty, KeepError::OtherContent].map(Problem::KeepError);
        let before = [Problem::NotFound].into_iter().chain(unread(OBJECT_BYTES));
        let mut responses = ForCallers::responses();
        responses.extend(answers(before.chain(keep_error)));
        responses
    }
}

impl IntoResponses for BadSpoedWithdrawal {
    fn responses() -> Responses {
        let keep_error = [KeepError::NotOurs, KeepError::OtherParty].map(Problem::KeepError);
        let before = [Problem::NotFound].into_iter().chain(unread(OBJECT_BYTES));
        let mut responses = ForCallers::responses();
        responses.extend(answers(before.chain(keep_error)));
        responses
    }
}

/// For an example.
fn no_such_term() -> KeepError {
    let known = ["ondersteuningsplan (MLW-18)", "besluit (MLW-19)"].map(str::to_owned).to_vec();
    KeepError::NoSuchTerm { profile: "mlw-2018".to_owned(), known }
}

impl IntoResponses for BadWithdrawal {
    fn responses() -> Responses {
        let mut responses = ForGemeenten::responses();
        responses.extend(answers(unread(OBJECT_BYTES).into_iter().chain([Problem::NotPaid(NotPaid::Paid(a_day()))])));
        responses
    }
}

impl IntoResponses for NoOrder {
    fn responses() -> Responses {
        answers([Problem::NoAccount(vec!["41005001".to_owned()]), Problem::NotPaid(withdrawn())])
    }
}

/// For an example.
fn withdrawn() -> NotPaid {
    let reason = "De rekening van de aanbieder klopt niet.".to_owned();
    NotPaid::Withdrawn(Withdrawn { at: a_day().and_time(NaiveTime::MIN).and_utc(), by: "Anna".to_owned(), reason })
}

/// For an example.
fn a_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day")
}

impl IntoResponses for ForAll {
    fn responses() -> Responses {
        let text = Object::with_type(Type::String);
        let page = ResponseBuilder::new().description("The page");
        let page = page.content("text/html", ContentBuilder::new().schema(Some(text)).build()).build();
        BTreeMap::from([(StatusCode::OK.as_str().to_owned(), page.into())])
    }
}

impl IntoResponses for ForOperators {
    fn responses() -> Responses {
        let mut responses = ForAll::responses();
        let login = ResponseBuilder::new().description("To the login page, where there is one").build();
        responses.insert(StatusCode::SEE_OTHER.as_str().to_owned(), login.into());
        responses.extend(answers([Problem::Store(StoreError::Stale)]));
        responses
    }
}

/// One answer for each status, with every problem that it stands for as an example.
fn answers(problems: impl IntoIterator<Item = Problem>) -> Responses {
    let mut by_status: BTreeMap<StatusCode, Vec<Body>> = BTreeMap::new();
    for problem in problems {
        by_status.entry(problem.status()).or_default().push(problem.body());
    }
    by_status.into_iter().map(|(status, bodies)| (status.as_str().to_owned(), answer(bodies).into())).collect()
}

fn answer(bodies: Vec<Body>) -> Response {
    let mut titles: Vec<_> = bodies.iter().map(|body| body.title).collect();
    titles.dedup();
    let description = titles.join("; ");
    let examples = bodies.into_iter().map(|body| {
        let name = body.kind().to_owned();
        let value = serde_json::to_value(body).expect("a problem has texts for keys");
        (name, ExampleBuilder::new().value(Some(value)).build())
    });
    let schema = Ref::from_schema_name(<Body as ToSchema>::name());
    let content = ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
