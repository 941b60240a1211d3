//! `/metrics`, in the text format of OpenMetrics. Numbers and words of ours; of a party its code.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{self, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::error::Problem;
use super::openapi::ForMeters;
use super::serve::Peer;
use super::{Caller, Server};
use crate::exchange::measures::Labels;
use crate::store::OPERATOR;
use crate::store::figures::{DeadlineFigure, Figures};

/// In front of every name.
const PREFIX: &str = "iwmo";

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Of so many parties the deadlines are told apart; those of the others, who have the fewest, are told together.
const MOST_PARTIES: usize = 100;

/// The party that stands for the others.
const OTHERS: &str = "other";

/// Tells what can be measured.
///
/// For Prometheus, in the text format of OpenMetrics: deadlines, berichten, the outbox, times and the database. To this machine
/// without a token, unless the call was passed on or the setting `http.metrics` says otherwise; to others with the token of an
/// operator.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses(
        (
            status = 200,
            description = "What is measured",
            body = String,
            content_type = "application/openmetrics-text",
            example = "iwmo_deadlines{clock=\"retour\",party=\"0384\",state=\"overdue\",whose=\"ours\"} 2"
        ),
        ForMeters
    )
)]
pub(super) async fn metrics(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    if !(server.metrics_on_loopback && is_from_here(&parts)) {
        Caller::from_request_parts(&mut parts, &server).await?.operator()?;
    }
    let mut registry = Registry::with_prefix(PREFIX);
    server.register_process(&mut registry);
    match server.gateway.store.figures().await {
        Ok(figures) => server.register_figures(figures, &mut registry),
        // What this process knows by itself is told all the same.
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "what is kept cannot be counted"),
    }
    let mut text = String::new();
    encode(&mut text, &registry).expect("a text takes every write");
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

/// Whether a call comes from this machine by itself: what a proxy passes on comes from elsewhere.
fn is_from_here(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<Peer>();
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", header::VIA.as_str()];
    peer.is_some_and(|Peer(address)| address.to_canonical().is_loopback())
        && !passed_on.iter().any(|name| parts.headers.contains_key(*name))
}

impl Server {
    /// What this process knows without asking the database.
    fn register_process(&self, registry: &mut Registry) {
        let gateway = &self.gateway;
        let flag = |is: bool| ConstGauge::new(i64::from(is));
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let ready = gateway.pulse.last().is_ok();
        registry.register("ready", "Whether berichten can be taken in", flag(ready));
        let practice = "Whether the clock was set for practice, so that nothing leaves";
        registry.register("practice", practice, flag(gateway.clock.is_practice()));
        let ends = Family::<Labels, Gauge>::default();
        for own in gateway.certificates.all() {
            ends.get_or_create(&vec![("setting", own.setting)]).set(own.ends_at.timestamp());
        }
        let help = "When a certificate of ours ends, in seconds since 1970, by the setting that names it";
        registry.register_with_unit("certificate_ends_timestamp", help, Unit::Seconds, ends);
        gateway.measures.register(registry);
        let writes = "From what is to be written to the commit, with the wait for others who write";
        registry.register_with_unit("database_write", writes, Unit::Seconds, gateway.store.writes().histogram());
    }

    /// What is kept, in numbers.
    fn register_figures(&self, figures: Figures, registry: &mut Registry) {
        let deadlines = Family::<Labels, Gauge>::default();
        for (labels, count) in self.by_party(figures.deadlines) {
            deadlines.get_or_create(&labels).set(count);
        }
        let help = "Deadlines, by kind, by the party whose turn it is, and by where they stand";
        registry.register("deadlines", help, deadlines);
        let parcels = Family::<Labels, Gauge>::default();
        for (state, count) in figures.parcels {
            parcels.get_or_create(&vec![("state", state)]).set(count);
        }
        registry.register("outbox_parcels", "Parcels that are not delivered, by where they stand", parcels);
        let alerts = Family::<Labels, Gauge>::default();
        for (receiver, state, count) in figures.alerts {
            alerts.get_or_create(&vec![("receiver", receiver), ("state", state)]).set(count);
        }
        registry.register("alerts_unsent", "Alerts that their receiver did not take yet", alerts);
        let parked = "Berichten that wait for one that should have come before them";
        registry.register("parked_berichten", parked, ConstGauge::new(figures.parked));
        let size = ConstGauge::new(figures.database_bytes);
        registry.register_with_unit("database_size", "How large the database is", Unit::Bytes, size);
    }

    /// Deadlines with their labels; parties beyond the most are put together.
    fn by_party(&self, figures: Vec<DeadlineFigure>) -> HashMap<Labels, i64> {
        let mut sizes: HashMap<&str, i64> = HashMap::new();
        for figure in &figures {
            *sizes.entry(&figure.responsible).or_default() += figure.count;
        }
        let is_ours = |code: &str| code == OPERATOR || self.gateway.parties.naam(code).is_some();
        let mut order: Vec<(bool, i64, &str)> =
            sizes.iter().map(|(code, size)| (!is_ours(code), -size, *code)).collect();
        order.sort_unstable();
        let named: HashSet<String> = order.iter().take(MOST_PARTIES).map(|(_, _, code)| (*code).to_owned()).collect();
        let mut by_party = HashMap::new();
        for DeadlineFigure { clock, responsible, state, count } in figures {
            let whose = if is_ours(&responsible) { "ours" } else { "theirs" };
            let party = if named.contains(&responsible) { responsible } else { OTHERS.to_owned() };
            let labels = vec![("clock", clock), ("party", party), ("state", state), ("whose", whose.to_owned())];
            *by_party.entry(labels).or_default() += count;
        }
        by_party
    }
}
