//! `/docs`: the description of the API for people. Made of `/openapi.json` and nothing else, without script.

mod shape;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::Server;
use super::dashboard::rendered;
use super::error::Problem;
use super::openapi::{ForAll, NotThere};
use shape::{Row, Shape, items, members, text};

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'a> {
    version: &'a str,
    description: &'a str,
    tags: Vec<Tag<'a>>,
    berichten: Vec<&'a str>,
    others: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "docs-schema.html")]
struct SchemaPage<'a> {
    name: &'a str,
    description: &'a str,
    rows: Vec<Row<'a>>,
}

struct Tag<'a> {
    name: &'a str,
    description: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    description: &'a str,
    needs_token: bool,
    parameters: Vec<Parameter<'a>>,
    request: Vec<Content<'a>>,
    responses: Vec<Answer<'a>>,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    required: bool,
    shape: Shape<'a>,
    description: &'a str,
}

struct Answer<'a> {
    status: &'a str,
    description: &'a str,
    contents: Vec<Content<'a>>,
}

/// A body in one notation.
struct Content<'a> {
    media: &'a str,
    shape: Shape<'a>,
    examples: Vec<String>,
}

/// Every call.
#[utoipa::path(get, path = "/docs", tag = "api", responses(ForAll))]
pub(super) async fn docs(State(server): State<Arc<Server>>) -> Response {
    let document = &server.document;
    let names = members(&document["components"]["schemas"]).map(|(name, _)| name);
    let (berichten, others) = names.partition(|name| name.starts_with("WMO"));
    let page = DocsPage {
        version: text(&document["info"]["version"]),
        description: text(&document["info"]["description"]),
        tags: items(&document["tags"]).map(|tag| Tag::of(tag, document)).collect(),
        berichten,
        others,
    };
    rendered(StatusCode::OK, &page)
}

/// What one thing in a body looks like.
#[utoipa::path(
    get,
    path = "/docs/{schema}",
    tag = "api",
    params(("schema" = String, Path, description = "As in the components of the description", example = "WMO305-3.2")),
    responses(ForAll, NotThere)
)]
pub(super) async fn schema(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let schema = server.document["components"]["schemas"].get(&name).ok_or(Problem::NotFound)?;
    let page = SchemaPage { name: &name, description: text(&schema["description"]), rows: shape::rows(schema) };
    Ok(rendered(StatusCode::OK, &page))
}

impl<'a> Tag<'a> {
    fn of(tag: &'a Value, document: &'a Value) -> Self {
        let operations = members(&document["paths"]).flat_map(|(path, operations)| {
            members(operations).map(move |(method, operation)| (path, method, operation))
        });
        let own = operations.filter(|(_, _, operation)| items(&operation["tags"]).any(|name| *name == tag["name"]));
        Self {
            name: text(&tag["name"]),
            description: text(&tag["description"]),
            operations: own.map(|(path, method, operation)| Operation::of(path, method, operation)).collect(),
        }
    }
}

impl<'a> Operation<'a> {
    fn of(path: &'a str, method: &str, operation: &'a Value) -> Self {
        let parameter = |parameter: &'a Value| Parameter {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"] == true,
            shape: Shape::of(&parameter["schema"]),
            description: text(&parameter["description"]),
        };
        let answer = |(status, response): (&'a str, &'a Value)| Answer {
            status,
            description: text(&response["description"]),
            contents: contents(response),
        };
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path,
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            needs_token: operation["security"].is_array(),
            parameters: items(&operation["parameters"]).map(parameter).collect(),
            request: contents(&operation["requestBody"]),
            responses: members(&operation["responses"]).map(answer).collect(),
        }
    }
}

fn contents(body: &Value) -> Vec<Content<'_>> {
    members(&body["content"])
        .map(|(media, content)| {
            let several = members(&content["examples"]).map(|(_, example)| &example["value"]);
            let examples = content.get("example").into_iter().chain(several).map(shown);
            Content { media, shape: Shape::of(&content["schema"]), examples: examples.collect() }
        })
        .collect()
}

/// An example for people: a text as it is, all else as JSON.
fn shown(example: &Value) -> String {
    example.as_str().map_or_else(|| format!("{example:#}"), str::to_owned)
}
