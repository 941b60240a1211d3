//! The trait, each method one transaction: a read on a reader, anything else as a write.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;

use super::super::Database;
use super::{
    Result, audit, bericht, betaling, deadline, declaratie, facts, finding, history, journal, levering, outbox,
    payload, postbus, record, refused, spoed, staging, steer, support, toewijzing, transport, waiting,
};
use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer};
use crate::domain::cak::Support;
use crate::domain::facts::history::{Elsewhere, Subject};
use crate::domain::finding::Finding;
use crate::domain::money::betaling::Kenmerk;
use crate::domain::{Bericht, Header, History, Partij, Timestamp};
use crate::store::{
    Acknowledged, After, AuditView, BerichtView, BetalingView, CakExport, Counts, DeadlineQuery, DeadlineView,
    Declarable, DeclaratieView, Digest, Done, Entry, EnvelopeSeen, FaultView, Hold, Journaled, KeptParcel, LastSeen,
    Lease, LedgerRow, LedgerTable, LeveringView, LineQuery, LineView, Made, NewBetaling, NewFault, NewOpened, Opening,
    OutboxQuery, Overview, Parcel, ParcelView, Payment, Place, PostbusItem, Proposal, Receipt, RefusedToewijzing, Room,
    Scope, Settlement, Spoed, SpoedWithdrawal, Stage, Steering, Step, Store, ToewijzingView, VorderingView, Waiting,
    WaitingKey, WaitingToewijzing, Withdrawal,
};

impl Database {
    async fn stage(&self, entry: &Arc<Entry>, portions: Vec<staging::Portion>) -> Result<()> {
        for portion in portions {
            let plan = || staging::plan(entry, portion.clone()).map(Some);
            let (entry, portion) = (Arc::clone(entry), portion.clone());
            self.write_planned(plan, move |conn| {
                Box::pin(async move { staging::plan(&entry, portion)?.run(conn).await })
            })
            .await?;
        }
        Ok(())
    }

    /// Takes away what was written ahead of these berichten, a part at a time.
    async fn take_away(&self, ids: Vec<String>) -> Result<()> {
        for id in ids {
            loop {
                let id = id.clone();
                if self.write(move |conn| Box::pin(async move { staging::take_away(conn, &id).await })).await? {
                    break;
                }
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Database {
    async fn history(&self, bericht: &Bericht) -> Result<History> {
        let bericht = bericht.clone();
        self.read(move |conn| Box::pin(async move { history::history(conn, &bericht).await })).await
    }

    async fn elsewhere(&self, gemeente: &Partij, aanbieder: &Partij, bsns: &[&Bsn]) -> Result<HashMap<Bsn, Elsewhere>> {
        let (gemeente, aanbieder) = (gemeente.clone(), aanbieder.clone());
        let bsns: Vec<Bsn> = bsns.iter().copied().cloned().collect();
        self.read(move |conn| {
            Box::pin(async move {
                let bsns: Vec<&Bsn> = bsns.iter().collect();
                facts::elsewhere(conn, (&gemeente, &aanbieder), &bsns).await
            })
        })
        .await
    }

    async fn granted_at(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        referenties: &[&str],
    ) -> Result<HashMap<String, Timestamp>> {
        let (gemeente, aanbieder) = (gemeente.clone(), aanbieder.clone());
        let referenties: Vec<String> = referenties.iter().map(|one| (*one).to_owned()).collect();
        self.read(move |conn| {
            Box::pin(async move { facts::granted_at(conn, (&gemeente, &aanbieder), &referenties).await })
        })
        .await
    }

    async fn first_receipt(&self, sha256: &str, header: Option<&Header>) -> Result<Option<Receipt>> {
        let sha256 = sha256.to_owned();
        let named = header
            .map(|header| (header.afzender.code().to_owned(), header.bericht_identificatie.identificatie.to_string()));
        self.read(move |conn| {
            Box::pin(async move {
                let named = named.as_ref().map(|(afzender, naam)| (afzender.as_str(), naam.as_str()));
                history::first_receipt(conn, &sha256, named).await
            })
        })
        .await
    }

    async fn record(&self, entry: &Entry) -> Result<()> {
        let entry = Arc::new(entry.clone());
        let portions = staging::portions(&entry);
        let is_staged = !portions.is_empty();
        let recorded = match self.stage(&entry, portions).await {
            Ok(()) => {
                let plan = || record::plan(&entry, is_staged);
                let entry = Arc::clone(&entry);
                self.write_planned(plan, move |conn| {
                    Box::pin(async move { record::record(conn, &entry, is_staged).await })
                })
                .await
            }
            failed => failed,
        };
        if is_staged && recorded.is_err() {
            self.take_away(staging::ids(&entry)).await?;
        }
        recorded
    }

    async fn take_away_abandoned(&self, before: Timestamp) -> Result<()> {
        let abandoned = self.read(move |conn| Box::pin(staging::abandoned(conn, before))).await?;
        self.take_away(abandoned).await
    }

    async fn waiting_on(&self, gemeente: &Partij, aanbieder: &Partij, subjects: &[Subject]) -> Result<Vec<Waiting>> {
        let (gemeente, aanbieder, subjects) = (gemeente.clone(), aanbieder.clone(), subjects.to_vec());
        self.read(move |conn| {
            Box::pin(async move { waiting::waiting_on(conn, (&gemeente, &aanbieder), &subjects).await })
        })
        .await
    }

    async fn waiting_until(&self, now: Timestamp) -> Result<Vec<Waiting>> {
        self.read(move |conn| Box::pin(waiting::waiting_until(conn, now))).await
    }

    async fn next_wait_ends_at(&self) -> Result<Option<Timestamp>> {
        self.read(|conn| Box::pin(waiting::next_wait_ends_at(conn))).await
    }

    async fn seen_envelope(&self, zender: &str, referentienummer: &str) -> Result<Option<EnvelopeSeen>> {
        let (zender, nummer) = (zender.to_owned(), referentienummer.to_owned());
        self.read(move |conn| Box::pin(async move { history::seen_envelope(conn, &zender, &nummer).await })).await
    }

    async fn claim_due(&self, now: Timestamp, lease: &Lease, room: Room) -> Result<Vec<Parcel>> {
        let lease = lease.clone();
        self.write(move |conn| Box::pin(async move { outbox::claim_due(conn, now, &lease, room).await })).await
    }

    async fn mend_pauses(&self, now: Timestamp, latest: Timestamp) -> Result<u64> {
        self.write(move |conn| Box::pin(outbox::mend_pauses(conn, now, latest))).await
    }

    async fn settle(&self, parcel: &Parcel, now: Timestamp, settlement: &Settlement) -> Result<()> {
        // The envelope stays where it is: only number and attempt say which claim this settles.
        let claim = Parcel { envelope: Vec::new(), ..parcel.clone() };
        let settlement = settlement.clone();
        self.write(move |conn| Box::pin(async move { outbox::settle(conn, &claim, now, &settlement).await })).await
    }

    async fn take_fault(&self, fault: &NewFault) -> Result<()> {
        let fault = fault.clone();
        self.write(move |conn| Box::pin(async move { steer::take_fault(conn, &fault).await })).await
    }

    async fn faults(&self, about: Option<&str>, limit: u32) -> Result<Vec<FaultView>> {
        let about = about.map(str::to_owned);
        self.read(move |conn| Box::pin(async move { steer::faults(conn, about.as_deref(), limit).await })).await
    }

    async fn next_attempt_at(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read(move |conn| Box::pin(outbox::next_attempt_at(conn, now))).await
    }

    async fn hold(&self, hold: &Hold) -> Result<()> {
        let hold = hold.clone();
        self.write(move |conn| Box::pin(async move { outbox::hold(conn, &hold).await })).await
    }

    async fn free(&self, scope: &Scope) -> Result<()> {
        let scope = scope.clone();
        self.write(move |conn| Box::pin(async move { steer::free(conn, &scope).await.map(|_| ()) })).await
    }

    async fn holds(&self) -> Result<Vec<Hold>> {
        self.read(|conn| Box::pin(steer::holds(conn))).await
    }

    async fn release(&self, scope: &Scope, at: Timestamp, who: &str, reason: &str) -> Result<bool> {
        let (scope, who, reason) = (scope.clone(), who.to_owned(), reason.to_owned());
        self.write(move |conn| Box::pin(async move { steer::release(conn, &scope, at, &who, &reason).await })).await
    }

    async fn outbox(&self, query: &OutboxQuery, after: After<'_>, limit: u32) -> Result<Vec<ParcelView>> {
        let (query, after) = (query.clone(), after.map(str::to_owned));
        self.read(move |conn| Box::pin(async move { steer::outbox(conn, &query, after.as_deref(), limit).await })).await
    }

    async fn parcel(&self, referentienummer: &str) -> Result<Option<KeptParcel>> {
        let number = referentienummer.to_owned();
        self.read(move |conn| Box::pin(async move { steer::parcel(conn, &number).await })).await
    }

    async fn steer(&self, steering: &Steering) -> Result<()> {
        let steering = steering.clone();
        self.write(move |conn| Box::pin(async move { steer::steer(conn, &steering).await })).await
    }

    async fn raise_overdue(&self, now: Timestamp) -> Result<Vec<DeadlineView>> {
        self.write(move |conn| Box::pin(deadline::raise_overdue(conn, now))).await
    }

    async fn next_deadline_at(&self) -> Result<Option<Timestamp>> {
        self.read(|conn| Box::pin(deadline::next_deadline_at(conn))).await
    }

    async fn bericht(&self, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>> {
        let (id, partij) = (id.to_owned(), partij.cloned());
        self.read(move |conn| Box::pin(async move { bericht::bericht(conn, &id, partij.as_ref()).await })).await
    }

    async fn payload(&self, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>> {
        let (id, partij) = (id.to_owned(), partij.cloned());
        self.read(move |conn| Box::pin(async move { bericht::payload(conn, &id, partij.as_ref()).await })).await
    }

    async fn berichten(&self, partij: Option<&Partij>, after: After<'_>, limit: u32) -> Result<Vec<BerichtView>> {
        let (partij, after) = (partij.cloned(), after.map(str::to_owned));
        self.read(move |conn| {
            Box::pin(async move { bericht::berichten(conn, partij.as_ref(), after.as_deref(), limit).await })
        })
        .await
    }

    async fn berichten_at(
        &self,
        stage: Stage,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>> {
        let (partij, after) = (partij.cloned(), after.map(str::to_owned));
        self.read(move |conn| {
            Box::pin(async move { bericht::berichten_at(conn, stage, partij.as_ref(), after.as_deref(), limit).await })
        })
        .await
    }

    async fn reach(&self, referentienummer: &str, step: &Step) -> Result<()> {
        let (number, step) = (referentienummer.to_owned(), step.clone());
        self.write(move |conn| Box::pin(async move { transport::reach_inside(conn, &number, &step).await })).await
    }

    async fn postbus(&self, partij: &Partij, after: After<'_>, limit: u32) -> Result<Vec<PostbusItem>> {
        let (partij, after) = (partij.clone(), after.map(str::to_owned));
        self.read(move |conn| Box::pin(async move { postbus::postbus(conn, &partij, after.as_deref(), limit).await }))
            .await
    }

    async fn confirm_pickup(&self, id: &str, partij: &Partij, now: Timestamp) -> Result<bool> {
        let (id, partij) = (id.to_owned(), partij.clone());
        self.write(move |conn| Box::pin(async move { postbus::confirm_pickup(conn, &id, &partij, now).await })).await
    }

    async fn deadlines(&self, query: &DeadlineQuery, after: After<'_>, limit: u32) -> Result<Vec<DeadlineView>> {
        let (query, after) = (query.clone(), after.map(str::to_owned));
        self.read(move |conn| Box::pin(async move { deadline::deadlines(conn, &query, after.as_deref(), limit).await }))
            .await
    }

    async fn deadline(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeadlineView>> {
        let (id, partij) = (id.to_owned(), partij.cloned());
        self.read(move |conn| Box::pin(async move { deadline::one(conn, &id, partij.as_ref()).await })).await
    }

    async fn open_deadline(&self, new: &NewOpened) -> Result<Opening> {
        let new = new.clone();
        self.write(move |conn| Box::pin(async move { deadline::open(conn, &new).await })).await
    }

    async fn finish_deadline(&self, done: &Done) -> Result<Option<DeadlineView>> {
        let done = done.clone();
        self.write(move |conn| Box::pin(async move { deadline::finish(conn, &done).await })).await
    }

    async fn acknowledge_deadline(&self, id: &str, taken: &Acknowledged) -> Result<Option<DeadlineView>> {
        let (id, taken) = (id.to_owned(), taken.clone());
        self.write(move |conn| Box::pin(async move { deadline::acknowledge(conn, &id, &taken).await })).await
    }

    async fn record_spoed(&self, spoed: &Spoed) -> Result<Spoed> {
        let spoed = spoed.clone();
        self.write(move |conn| Box::pin(async move { spoed::record_spoed(conn, &spoed).await })).await
    }

    async fn withdraw_spoed(&self, withdrawal: &SpoedWithdrawal) -> Result<Option<Spoed>> {
        let withdrawal = withdrawal.clone();
        self.write(move |conn| Box::pin(async move { spoed::withdraw_spoed(conn, &withdrawal).await })).await
    }

    async fn declaratie(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeclaratieView>> {
        let (id, partij) = (id.to_owned(), partij.cloned());
        self.read(move |conn| Box::pin(async move { declaratie::view(conn, &id, partij.as_ref()).await })).await
    }

    async fn declaratie_lines(
        &self,
        id: &str,
        partij: Option<&Partij>,
        query: LineQuery,
        limit: u32,
    ) -> Result<Vec<LineView>> {
        let (id, partij) = (id.to_owned(), partij.cloned());
        self.read(move |conn| {
            Box::pin(async move { declaratie::lines(conn, (&id, partij.as_ref()), query, limit).await })
        })
        .await
    }

    async fn declaratie_findings(
        &self,
        id: &str,
        partij: Option<&Partij>,
        lines: Option<&[Place]>,
    ) -> Result<Vec<Finding>> {
        let (id, partij, lines) = (id.to_owned(), partij.cloned(), lines.map(<[Place]>::to_vec));
        self.read(move |conn| {
            Box::pin(async move { finding::of_declaratie(conn, (&id, partij.as_ref()), lines.as_deref()).await })
        })
        .await
    }

    async fn declarable(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        nummers: &[ToewijzingNummer],
        referenties: &[ReferentieNummer],
    ) -> Result<Declarable> {
        let (gemeente, aanbieder) = (gemeente.clone(), aanbieder.clone());
        let (nummers, referenties) = (nummers.to_vec(), referenties.to_vec());
        self.read(move |conn| {
            Box::pin(async move { declaratie::declarable(conn, (&gemeente, &aanbieder), &nummers, &referenties).await })
        })
        .await
    }

    async fn propose(&self, declaratie_id: &str, proposal: &Proposal, seen: &LastSeen) -> Result<()> {
        let (id, proposal, seen) = (declaratie_id.to_owned(), proposal.clone(), seen.clone());
        self.write(move |conn| Box::pin(async move { audit::propose(conn, &id, &proposal, &seen).await })).await
    }

    async fn make_betaling(&self, new: &NewBetaling) -> Result<Made> {
        let new = new.clone();
        self.write(move |conn| Box::pin(async move { betaling::make(conn, &new).await })).await
    }

    async fn settle_betaling(&self, payment: &Payment) -> Result<Option<BetalingView>> {
        let payment = payment.clone();
        self.write(move |conn| Box::pin(async move { betaling::settle(conn, &payment).await })).await
    }

    async fn withdraw_betaling(&self, withdrawal: &Withdrawal) -> Result<Option<BetalingView>> {
        let withdrawal = withdrawal.clone();
        self.write(move |conn| Box::pin(async move { betaling::withdraw(conn, &withdrawal).await })).await
    }

    async fn betaling(&self, gemeente: &Partij, kenmerk: &Kenmerk) -> Result<Option<BetalingView>> {
        let (gemeente, kenmerk) = (gemeente.clone(), kenmerk.clone());
        self.read(move |conn| Box::pin(async move { betaling::one(conn, &gemeente, &kenmerk).await })).await
    }

    async fn betalingen(&self, gemeente: Option<&Partij>, after: After<'_>, limit: u32) -> Result<Vec<BetalingView>> {
        let (gemeente, after) = (gemeente.cloned(), after.map(str::to_owned));
        self.read(move |conn| {
            Box::pin(async move { betaling::list(conn, gemeente.as_ref(), after.as_deref(), limit).await })
        })
        .await
    }

    async fn vorderingen(
        &self,
        partij: Option<&Partij>,
        aanbieder: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<VorderingView>> {
        let (partij, aanbieder, after) = (partij.cloned(), aanbieder.map(str::to_owned), after.map(str::to_owned));
        self.read(move |conn| {
            Box::pin(async move {
                let page = (after.as_deref(), limit);
                betaling::vorderingen(conn, partij.as_ref(), aanbieder.as_deref(), page).await
            })
        })
        .await
    }

    async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditView>> {
        self.read(move |conn| Box::pin(audit::audit(conn, after, limit))).await
    }

    async fn undelivered(&self, limit: u32) -> Result<Vec<ParcelView>> {
        self.read(move |conn| Box::pin(steer::undelivered(conn, limit))).await
    }

    async fn toewijzing(
        &self,
        gemeente: &Partij,
        nummer: i64,
        partij: Option<&Partij>,
    ) -> Result<Option<ToewijzingView>> {
        let (gemeente, partij) = (gemeente.clone(), partij.cloned());
        self.read(move |conn| {
            Box::pin(async move { toewijzing::toewijzing_view(conn, &gemeente, nummer, partij.as_ref()).await })
        })
        .await
    }

    async fn toewijzingen_without_start(
        &self,
        partij: Option<&Partij>,
        today: NaiveDate,
        after: Option<&WaitingKey>,
        limit: u32,
    ) -> Result<Vec<WaitingToewijzing>> {
        let (partij, after) = (partij.cloned(), after.cloned());
        self.read(move |conn| {
            Box::pin(async move {
                let page = (after.as_ref(), limit);
                toewijzing::toewijzingen_without_start(conn, partij.as_ref(), today, page).await
            })
        })
        .await
    }

    async fn refused_toewijzingen(
        &self,
        partij: Option<&Partij>,
        after: Option<(&str, i64)>,
        limit: u32,
    ) -> Result<Vec<RefusedToewijzing>> {
        let (partij, after) = (partij.cloned(), after.map(|(id, nummer)| (id.to_owned(), nummer)));
        self.read(move |conn| {
            Box::pin(async move { refused::refused_toewijzingen(conn, partij.as_ref(), after, limit).await })
        })
        .await
    }

    async fn leveringen(&self, partij: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<LeveringView>> {
        let partij = partij.clone();
        self.read(move |conn| Box::pin(async move { levering::leveringen_of(conn, &partij, (first, last)).await }))
            .await
    }

    async fn support(&self, gemeente: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<Support>> {
        let gemeente = gemeente.clone();
        self.read(move |conn| Box::pin(async move { support::support(conn, &gemeente, (first, last)).await })).await
    }

    async fn record_export(&self, export: &CakExport) -> Result<()> {
        let export = export.clone();
        self.write(move |conn| Box::pin(async move { levering::record_export(conn, &export).await })).await
    }

    async fn journal(&self, after: i64, limit: u32) -> Result<Vec<Journaled>> {
        self.read(move |conn| Box::pin(journal::journal(conn, after, limit))).await
    }

    async fn digests(&self, after: &str, limit: u32) -> Result<Vec<Digest>> {
        let after = after.to_owned();
        self.read(move |conn| Box::pin(async move { journal::digests(conn, &after, limit).await })).await
    }

    async fn received_bytes(&self, id: &str) -> Result<Vec<u8>> {
        let id = id.to_owned();
        self.read(move |conn| Box::pin(async move { Ok(payload::as_received(conn, &id).await?.0) })).await
    }

    async fn ledger_rows(
        &self,
        table: LedgerTable,
        after: Option<(String, i64)>,
        limit: u32,
    ) -> Result<Vec<LedgerRow>> {
        self.read(move |conn| Box::pin(journal::ledger_rows(conn, table, after, limit))).await
    }

    async fn beat(&self, worker: &str, now: Timestamp) -> Result<Counts> {
        let worker = worker.to_owned();
        self.write(move |conn| Box::pin(async move { bericht::beat(conn, &worker, now).await })).await?;
        self.read(|conn| Box::pin(bericht::counts(conn))).await
    }

    async fn overview(&self) -> Result<Overview> {
        self.read(|conn| Box::pin(bericht::overview(conn))).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
