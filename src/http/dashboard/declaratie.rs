//! The page of one declaratie: its lines by outcome, what they add up to, and what is left of the toewijzing that is looked at.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{ROWS, rendered};
use super::burn_down::Chart;
use super::decision::{Choice, DecisionForm, Rejected};
use super::line_filter::LineFilter;
use super::rows::Party;
use super::sums::{self, RuleRow, SumRow};
use super::texts::{self, TEXTS, Texts};
use super::visitor::{Frame, Visitor};
use crate::api::FindingReceipt;
use crate::domain::Partij;
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::berichten::waarde::Value;
use crate::domain::facts::calculation::euros;
use crate::domain::money::burn_down::BurnDown;
use crate::http::Server;
use crate::http::declaraties::{DeclaratieJson, LineJson, LinePage, WORKBOOK};
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators, NotThere};
use crate::http::query::{Id, Parameters};
use crate::http::toewijzingen::current;
use crate::http::uitleg::page_of;

#[derive(Template)]
#[template(path = "declaratie.html")]
struct Page {
    t: &'static Texts,
    f: Frame,
    declaratie: DeclaratieJson,
    /// Its number, for people.
    nummer: String,
    from: Party,
    to: Party,
    facts: Vec<(&'static str, String)>,
    filter: LineFilter,
    rows: Vec<LineRow>,
    /// The page with the lines after these.
    next: Option<String>,
    /// Number and address of pages of lines, and whether it is this one.
    pages: Vec<(usize, String, bool)>,
    /// How many lines each rule rejects.
    rules: Vec<RuleRow>,
    /// How many are rejected in all.
    rejected: usize,
    /// What is granted and what is not, by toewijzing.
    sums: Vec<SumRow>,
    charts: Vec<Chart>,
    /// Why nothing was decided; also when nothing can be decided any more.
    problem: Option<String>,
    form: Option<DecisionForm>,
}

/// A line for people.
struct LineRow {
    line: usize,
    referentie: String,
    toewijzing: Option<i64>,
    product: String,
    periode: String,
    volume: String,
    bedrag: String,
    outcome: String,
    class: &'static str,
    /// Where people may decide about it.
    choice: Option<Choice>,
    /// The page of the rule, the rule, and what is wrong.
    findings: Vec<(Option<String>, String, String)>,
    /// The same of what makes no line wrong.
    remarks: Vec<(Option<String>, String, String)>,
    calculations: Vec<String>,
    /// What people said of it, once another approved.
    decision: Option<String>,
}

/// The page of a declaratie.
#[utoipa::path(
    get,
    path = "/declaraties/{id}",
    tag = "dashboard",
    params(Id, LineFilter),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn declaratie(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
    Parameters(filter): Parameters<LineFilter>,
) -> Result<Response, Problem> {
    server.declaratie_html(&id, filter, &visitor, None).await
}

impl Server {
    /// The page; with the form for who may send one, and with what became of the form that was sent.
    pub(super) async fn declaratie_html(
        &self,
        id: &str,
        filter: LineFilter,
        visitor: &Visitor,
        rejected: Option<Rejected>,
    ) -> Result<Response, Problem> {
        let page = LinePage { after: filter.first(), limit: Some(ROWS) };
        let declaratie = self.declaratie_page(id, &visitor.caller, filter.query(), &page).await?;
        // What is left of the toewijzing that is filtered on, or else of the only one.
        let charts = match filter.toewijzing.or(declaratie.toewijzing_nummer) {
            Some(nummer) => self.charts(&declaratie.gemeente, nummer, visitor).await?,
            None => Vec::new(),
        };
        let sums = self.gateway.store.line_sums(id, visitor.caller.scope(), sums::MOST).await?;
        let status = rejected.as_ref().map_or(StatusCode::OK, |rejected| rejected.status);
        let problem = rejected.as_ref().map(|rejected| rejected.problem.clone());
        // The gemeente decides.
        let may_decide = visitor.may_act() && !visitor.caller.is_aanbieder() && declaratie.is_for_people;
        let key = Some(visitor.key().to_owned()).filter(|_| may_decide);
        let form =
            key.map(|key| DecisionForm::of(&declaratie, &self.gateway.releases, (key, filter.path(id)), rejected));
        let page = Page {
            t: &TEXTS,
            f: self.frame(visitor, "/declaraties"),
            from: Party::of(&declaratie.aanbieder, &|code: &str| self.naam(code)),
            to: Party::of(&declaratie.gemeente, &|code: &str| self.naam(code)),
            facts: facts(&declaratie),
            rows: declaratie.lines.iter().map(|line| LineRow::of(line, form.as_ref())).collect(),
            next: declaratie
                .next
                .clone()
                .map(|after| LineFilter { after: after.parse().ok(), bladzijde: None, ..filter.clone() }.path(id)),
            pages: filter.pages(id, declaratie.line_count),
            rules: sums::rules(&sums, id),
            rejected: declaratie.line_count - declaratie.granted_count,
            sums: sums::toewijzingen(&sums, id),
            charts,
            problem,
            form,
            filter,
            nummer: without_bsn(&declaratie.declaratie_nummer),
            declaratie,
        };
        Ok(rendered(status, &page))
    }
}

/// The lines of a declaratie as CSV, for who is logged in.
#[utoipa::path(
    get,
    path = "/declaraties/{id}/csv",
    tag = "dashboard",
    params(Id),
    responses(
        (status = 200, description = "A row for each line", body = String, content_type = "text/csv"),
        (status = 303, description = "To the login page"),
        NotThere
    )
)]
pub(in crate::http) async fn csv(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    server.declaratie_csv(&id, &visitor.caller).await
}

/// The lines of a declaratie as a workbook, for who is logged in.
#[utoipa::path(
    get,
    path = "/declaraties/{id}/xlsx",
    tag = "dashboard",
    params(Id),
    responses(
        (status = 200, description = "A row for each line", body = Vec<u8>, content_type = WORKBOOK),
        (status = 303, description = "To the login page"),
        NotThere
    )
)]
pub(in crate::http) async fn xlsx(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    server.declaratie_xlsx(&id, &visitor.caller).await
}

impl Server {
    /// What is left of this toewijzing.
    async fn charts(&self, gemeente: &str, nummer: i64, visitor: &Visitor) -> Result<Vec<Chart>, Problem> {
        let Some(gemeente) = Partij::from_text(gemeente) else { return Ok(Vec::new()) };
        let found = self.gateway.store.toewijzing(&gemeente, nummer, visitor.caller.scope()).await?;
        let Some(view) = found else { return Ok(Vec::new()) };
        let fact = &current(&view).fact;
        let volume = BurnDown::of_volume(fact, &view.prestaties).zip(fact.omvang.as_ref());
        let volume = volume.map(|(left, omvang)| {
            let eenheid = omvang.eenheid;
            Chart::of(&left, TEXTS.volume_left, |amount| crate::domain::facts::calculation::amount(amount, eenheid))
        });
        let budget = BurnDown::of_budget(fact, &view.prestaties);
        let budget = budget.map(|left| Chart::of(&left, TEXTS.budget_left, euros));
        Ok(volume.into_iter().chain(budget).collect())
    }
}

fn facts(declaratie: &DeclaratieJson) -> Vec<(&'static str, String)> {
    let rejected = declaratie.line_count - declaratie.granted_count;
    let mut facts = vec![
        (TEXTS.periode, format!("{} – {}", texts::date(declaratie.begindatum), texts::date(declaratie.einddatum))),
        (TEXTS.declared, euros(declaratie.totaal_ingediend_bedrag.into())),
        (TEXTS.granted, euros(declaratie.totaal_toegekend_bedrag.into())),
        (TEXTS.payable, texts::payable(declaratie)),
        (TEXTS.lines, texts::line_counts(declaratie.granted_count, rejected)),
    ];
    if declaratie.void {
        facts.push((TEXTS.state, TEXTS.declaratie_void.to_owned()));
    }
    if let Some(proposal) = &declaratie.proposal {
        facts.push((TEXTS.proposal, texts::proposal(&proposal.by, proposal.approved_by.as_deref())));
    } else if declaratie.antwoord.is_none() && !declaratie.void {
        facts.push((TEXTS.proposal, TEXTS.not_answered.to_owned()));
    }
    facts
}

impl LineRow {
    fn of(line: &LineJson, form: Option<&DecisionForm>) -> Self {
        let (outcome, class) = texts::line_outcome(line);
        let row = |finding: &FindingReceipt| {
            let rule = finding.rule.clone().unwrap_or_default();
            (page_of(&rule), rule, finding.text.clone())
        };
        let (wrong, remarked): (Vec<_>, Vec<_>) = line.findings.iter().partition(|one| one.severity.is_none());
        Self {
            line: line.line,
            referentie: without_bsn(&line.referentie_nummer),
            toewijzing: line.toewijzing_nummer,
            product: format!("{} / {}", line.product_categorie, line.product_code),
            periode: format!("{} – {}", texts::date(line.begindatum), texts::date(line.einddatum)),
            volume: texts::volume(line.geleverd_volume, &line.eenheid),
            bedrag: euros(line.ingediend_bedrag.into()),
            outcome,
            class,
            choice: form.and_then(|form| form.choice(line)),
            findings: wrong.into_iter().map(row).collect(),
            remarks: remarked.into_iter().map(row).collect(),
            calculations: line.calculations.iter().map(|one| one.text.clone()).collect(),
            decision: line.decision.as_ref().map(texts::decided),
        }
    }
}
