//! `/openapi.json`: what the server does, for machines (OpenAPI 3.1), with the JSON Schema of every bericht.
//!
//! Handlers say themselves what they take and give; the berichten are described by the schemas that check them. The
//! router takes no route but with its description.

pub(super) mod examples;
mod problems;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::{self, OpenApiVersion, RefOr, Schema};

use super::error::Body;
use super::{Contact, Server};
use crate::exchange::JsonSchemas;

pub(super) use problems::{
    BadBatch, BadBody, BadDeadline, BadDecision, BadDeclaratie, BadOpening, BadPayment, BadQuery, BadSearch, BadSpoed,
    BadSpoedWithdrawal, BadSteering, BadWithdrawal, ForAll, ForCallers, ForGemeenten, ForMeters, ForOperators,
    ForParties, Intake, NoOrder, NotThere,
};

/// The version of the API, in every answer and in its description.
pub(super) const API_VERSION: &str = "1.0.0";

/// What does not follow from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "iwmo-gateway",
        description = "Message hub for the Dutch Wmo message standard iWmo. Names of a bericht are those of its XSD; what is \
                       told about a bericht is in Dutch. Moments are UTC, days are those of Amsterdam, amounts are in euro cents.",
        version = API_VERSION,
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    components(schemas(Body)),
    tags(
        (name = "berichten", description = "Post one, list them, read one"),
        (name = "outbox", description = "What goes to the network, and what an operator does about it"),
        (name = "postbus", description = "What waits for a party"),
        (name = "toewijzingen", description = "Where a toewijzing stands"),
        (name = "declaraties", description = "Declare what was delivered; every line explained"),
        (name = "betalingen", description = "What is claimed, and what is paid"),
        (name = "deadlines", description = "What is due, and what is overdue"),
        (name = "cak", description = "Starts, stops and prices for the own contribution"),
        (name = "health", description = "For probes"),
        (name = "dashboard", description = "Pages for people, in Dutch"),
        (name = "api", description = "This description"),
    )
)]
struct Frame;

/// A bericht as the gateway writes it.
pub(super) struct WrittenBericht;

/// A bericht as a caller may post it.
pub(super) struct PostedBericht;

/// Stands for one of the berichten until [`document`] says which there are.
macro_rules! some_bericht {
    ($type:ident) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                Schema::default().into()
            }
        }
        impl utoipa::ToSchema for $type {}
    };
}
some_bericht!(WrittenBericht);
some_bericht!(PostedBericht);

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "api",
    responses((status = 200, description = "OpenAPI 3.1", body = Value))
)]
pub(super) async fn openapi(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(server.document.clone())
}

/// What the handlers say, where the router begins.
pub(super) fn frame() -> openapi::OpenApi {
    let mut frame = Frame::openapi();
    frame.openapi = OpenApiVersion::Version31;
    frame
}

/// The whole document: what the handlers say, and the berichten.
pub(super) fn document(handlers: &openapi::OpenApi, berichten: JsonSchemas, contact: &Contact) -> Value {
    let mut document = serde_json::to_value(handlers).expect("a document has texts for keys");
    document["info"]["contact"] = json!({"name": contact.name, "email": contact.email, "url": contact.url});
    document["servers"] = json!([{"url": "/v1"}]);
    document["jsonSchemaDialect"] = json!("https://json-schema.org/draft/2020-12/schema");
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "description": "Of a party, for its own berichten; or of an operator, who reads all."},
    });
    complete_operations(&mut document);
    let one_of = |names: Vec<&String>| {
        let references = names.iter().map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
        json!({"oneOf": references.collect::<Vec<_>>()})
    };
    let schemas = &mut document["components"]["schemas"];
    schemas["WrittenBericht"] = one_of(berichten.written.keys().collect());
    schemas["PostedBericht"] = one_of(berichten.posted.keys().collect());
    for (name, schema) in [berichten.written, berichten.posted, berichten.shared].into_iter().flatten() {
        schemas[name] = schema;
    }
    document
}

/// Gives each operation a name of its own, by method and path, and says where it is and what holds for all: the version in
/// every answer, and what stands wrongly behind the question mark. All of `/v1` asks for a token.
fn complete_operations(document: &mut Value) {
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        let words = path.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let words = words.collect::<Vec<_>>().join("_");
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            operation["operationId"] = json!(format!("{method}_{words}").trim_end_matches('_'));
            // Paths are told as a whole, also of what is no part of the API.
            operation["servers"] = json!([{"url": "/"}]);
            if path.starts_with("/v1/") {
                operation["security"] = json!([{"token": []}]);
            }
            let responses = operation["responses"].as_object_mut().expect("every operation has answers");
            add_bad_request(responses);
            for response in responses.values_mut() {
                response["headers"]["API-Version"] = json!({
                    "description": "Version of the API", "schema": {"type": "string"}, "example": API_VERSION
                });
                response["headers"]["Practice-Clock"] = json!({
                    "description": "What the clock shows, where it was set for practice (serve --now); else absent",
                    "schema": {"type": "string", "format": "date-time"}
                });
            }
            if operation["tags"][0] == "dashboard" || path == "/docs" || path.starts_with("/docs/") {
                describe_pages(operation);
            }
        }
    }
}

/// Adds that no call takes a parameter that it does not know, to what else there is with the same status.
fn add_bad_request(responses: &mut Map<String, Value>) {
    for (status, bad) in problems::unknown_parameter() {
        let mut bad = serde_json::to_value(bad).expect("a response has texts for keys");
        let there = responses.entry(status).or_insert_with(|| bad.clone());
        let examples = &mut there["content"]["application/problem+json"]["examples"];
        for (name, example) in
            bad["content"]["application/problem+json"]["examples"].as_object_mut().into_iter().flatten()
        {
            examples[name] = example.take();
        }
    }
}

/// Where people look, what goes wrong is a page, unless the problem itself is asked for.
fn describe_pages(operation: &mut Value) {
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if status.starts_with(['4', '5']) && response["content"].is_object() {
            response["content"]["text/html"] = json!({"schema": {"type": "string"}});
        }
    }
}
