//! Deliver: hands over what is planned, one permit a message.
//!
//! Goes in: planned rows of a running campaign. Comes out: each of them sent, failed, held back with a reason, or in
//! doubt. State, consent, suppression, caps and approval are read again in the transaction that makes one row
//! `attempting`; the guard reads the very mail that leaves. Messages begin one by one, so that a pause or a withdrawal
//! stops the next one, and who asks for it waits for the one under way (`flow/in_flight.rs`). Nothing is resent
//! unless the channel knows that it never left.

use gateway::channel::{Fate, SendError};
use gateway::mail::Links;
use policy::Refusal;
use policy::decide::decide;
use policy::permit::{SendPermit, check_text, mint};
use store::Tx;
use store::jobs::Job;
use store::outbox::{Attempt, Claim, Fence};
use terms::campaign::{Campaign, CampaignState};
use terms::customer::Language;
use terms::decision::{ExclusionReason, Reason};
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, MessageId};
use terms::ledger::Action;
use terms::message::Message;
use terms::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::hand_over::hand_over;
use crate::jobs::Work;
use crate::lawful::subjects::Read;
use crate::links::LinkKind;
use crate::monitoring::{month_of, rules_that_held};
use crate::press::Press;
use crate::runner::LEASE_SECONDS;
use crate::workshop::Recipient;

/// Messages claimed at once; each is checked in a transaction of its own.
const BATCH: i64 = 50;
/// Seconds after which a batch is given back, so that a slow channel outlasts no lease.
const BATCH_SECONDS: i64 = LEASE_SECONDS / 4;
/// Seconds until a message whose channel was not available is tried again.
const RETRY_SECONDS: i64 = 60;

/// What became of a claim in the checking transaction.
enum Checked {
    Send(Box<(Message, SendPermit)>, serde_json::Value),
    /// Why, and by which rules of the guard in a text of which language.
    Hold(ExclusionReason, Vec<Reason>, Option<(Language, Vec<String>)>),
    Later(Instant),
}

/// What follows from a claim.
enum Next {
    /// Its row is `attempting` until that instant: hand it over.
    Send(Box<(Message, SendPermit)>, Instant),
    /// Held back, postponed or lost to another worker.
    Held,
    /// The campaign does not run, or the batch took too long: nothing more of it.
    Halt,
}

/// What the channel said of a message, under which fence.
type Reply = (Fence, MessageId, std::result::Result<String, SendError>);

impl App {
    /// Sends what is due of a campaign; completes it when nothing is left, or comes back when more is due.
    pub(crate) async fn deliver(&self, id: CampaignId, job: &Job, worker: &str) -> Result<()> {
        let mut last: Option<Press> = None;
        loop {
            let campaign = self.store().campaign(id).await?;
            if campaign.state != CampaignState::Running {
                return Ok(());
            }
            self.store().extend_job(job.id, job.fence, self.now().plus_seconds(LEASE_SECONDS)).await?;
            let claims =
                self.store().claim_messages(Some(id), worker, self.now(), LEASE_SECONDS, BATCH).await?;
            if claims.is_empty() {
                return self.finish_or_wait(&campaign).await;
            }
            let press = self.press(campaign, last.take()).await?;
            self.send_batch(&press, &claims).await?;
            last = Some(press);
        }
    }

    /// Checks and hands over one claim after the other. The reply to one is recorded in the transaction that begins the
    /// next.
    async fn send_batch(&self, press: &Press, claims: &[Claim]) -> Result<()> {
        let until = self.now().plus_seconds(BATCH_SECONDS);
        let mut reply: Option<Reply> = None;
        for (position, claim) in claims.iter().enumerate() {
            let mut tx = self.store().begin().await?;
            let doubtful = self.record_reply(&mut tx, press, reply.take()).await?;
            let next =
                if self.now() > until { Next::Halt } else { self.begin(&mut tx, press, claim).await? };
            if matches!(next, Next::Halt) {
                for rest in claims.get(position..).unwrap_or_default() {
                    match tx.release_message(rest.fence, rest.message).await {
                        // Cancelled meanwhile, or somebody else's by now.
                        Ok(()) | Err(store::Error::Fenced { .. }) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            tx.commit().await?;
            self.settle(doubtful.as_slice()).await?;
            match next {
                Next::Send(ready, until) => {
                    let (message, permit) = *ready;
                    let answer =
                        hand_over(self.channel().as_ref(), self.clock(), permit, &message, until).await;
                    reply = Some((claim.fence, message.id, answer.map(|receipt| receipt.reply)));
                }
                Next::Held => {}
                Next::Halt => return Ok(()),
            }
        }
        let mut tx = self.store().begin().await?;
        let doubtful = self.record_reply(&mut tx, press, reply).await?;
        tx.commit().await?;
        self.settle(doubtful.as_slice()).await?;
        Ok(())
    }

    /// Checks one claim and makes its row `attempting`, or says why it is not handed over.
    async fn begin(&self, tx: &mut Tx, press: &Press, claim: &Claim) -> Result<Next> {
        let now = self.now();
        if tx.campaign(claim.campaign).await?.state != CampaignState::Running {
            return Ok(Next::Halt);
        }
        match self.check(tx, press, claim, now).await? {
            Checked::Send(ready, evidence) => {
                let attempt = Attempt { message: claim.message, evidence };
                let accepted = tx.mark_attempting(claim.fence, &[attempt], now, LEASE_SECONDS).await?;
                // Not accepted: the lease ran out while the channel was slow.
                let until = now.plus_seconds(LEASE_SECONDS);
                Ok(if accepted.is_empty() { Next::Held } else { Next::Send(ready, until) })
            }
            Checked::Hold(reason, reasons, by) => {
                tx.mark_suppressed(claim.fence, claim.message, reason, &reasons, now).await?;
                if let Some((language, rules)) = by {
                    tx.add_guard_held(claim.campaign, language, &month_of(now), &rules).await?;
                }
                let payload = serde_json::json!({ "campaign": press.campaign.id, "reason": reason });
                let object = format!("message/{}", claim.message);
                let entry = self.entry(press.actor.clone(), Action::MessageHeld, object, payload);
                tx.append_entries(&[entry]).await?;
                Ok(Next::Held)
            }
            Checked::Later(at) => {
                tx.postpone_message(claim.fence, claim.message, at).await?;
                Ok(Next::Held)
            }
        }
    }

    /// Records what the channel said. Comes out: the message, when it is in doubt.
    async fn record_reply(
        &self,
        tx: &mut Tx,
        press: &Press,
        reply: Option<Reply>,
    ) -> Result<Option<MessageId>> {
        let Some((fence, id, reply)) = reply else { return Ok(None) };
        let now = self.now();
        let (action, payload) = match reply {
            Ok(reference) => {
                tx.mark_sent(fence, id, &reference, now).await?;
                let content = press.approved.content().to_string();
                (
                    Action::MessageSent,
                    serde_json::json!({ "campaign": press.campaign.id, "content": content }),
                )
            }
            Err(SendError::Unavailable(why)) => {
                tracing::warn!(message = %id, %why, "the channel is not available; the message is planned again");
                tx.replan_message(fence, id, now.plus_seconds(RETRY_SECONDS)).await?;
                cancel_if_over(tx, press.campaign.id, now).await?;
                return Ok(None);
            }
            Err(SendError::InDoubt(why)) => {
                tracing::warn!(message = %id, %why, "a message is in doubt");
                tx.mark_in_doubt(fence, id, &why).await?;
                return Ok(Some(id));
            }
            Err(error @ (SendError::Refused(_) | SendError::NotPermitted(_))) => {
                tx.mark_failed(fence, id, &error.to_string(), now).await?;
                (
                    Action::MessageHeld,
                    serde_json::json!({ "campaign": press.campaign.id, "reason": "refused" }),
                )
            }
        };
        let entry = self.entry(press.actor.clone(), action, format!("message/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        Ok(None)
    }

    /// Reads everything again for one message and mints its permit, or says why not.
    async fn check(&self, tx: &mut Tx, press: &Press, claim: &Claim, now: Instant) -> Result<Checked> {
        let missing = |what: &str| {
            let reason = Reason { check: what.to_owned(), found: "missing".to_owned(), allows: false };
            Checked::Hold(ExclusionReason::MissingFacts, vec![reason], None)
        };
        let customer = match tx.customer(&claim.customer).await {
            Ok(customer) => customer,
            Err(store::Error::NotFound { .. }) => return Ok(missing("contact record")),
            Err(error) => return Err(error.into()),
        };
        let known = Read { snapshot: &press.snapshot, fatigue: &press.fatigue, holdout: &press.holdout };
        let channel = press.campaign.plan.channel;
        let subject = self.subject_now(tx, &customer, claim.campaign, channel, now, known).await?;
        let outcome = decide(&subject, &press.rules, now);
        let Some(made) = press.templates.get(&claim.variant) else {
            return Ok(missing("variant"));
        };
        let Some(email) = customer.email.clone() else { return Ok(missing("address")) };
        let token = |kind| self.links().token(kind, claim.message);
        let page = |letter: char, token: String| format!("{}/{letter}/{token}", press.base_url);
        let links = Links {
            why: page('w', token(LinkKind::Why)?),
            preferences: page('p', token(LinkKind::Preferences)?),
            unsubscribe: page('u', token(LinkKind::Unsubscribe)?),
        };
        let (first_name, level) = (customer.first_name.as_deref(), subject.personalisation);
        let recipient = Recipient { first_name, email: Some(&email), links, level };
        let mail = match press.workshop.mail(made, &recipient) {
            Ok(mail) => mail,
            Err(error) => {
                let reason = Reason { check: "message".to_owned(), found: error.to_string(), allows: false };
                return Ok(Checked::Hold(ExclusionReason::MissingFacts, vec![reason], None));
            }
        };
        let language = made.template.language();
        let report = press.workshop.judge(language, &mail, &recipient, now);
        let message = Message {
            id: claim.message,
            campaign: claim.campaign,
            customer: claim.customer.clone(),
            to: email.clone(),
            from: press.from.clone(),
            language,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            unsubscribe_url: recipient.links.unsubscribe.clone(),
            content: press.approved.content(),
            written_with_ai: press.campaign.plan.written_with_ai,
        };
        let permit = check_text(&report, press.approved.content())
            .and_then(|text| mint(&outcome, &text, &press.approved, &message, now));
        match permit {
            Ok(permit) => {
                let evidence = serde_json::json!({
                    // Everything up to this entry was known: a withdrawal with a higher number came later.
                    "ledger": tx.ledger_size().await?,
                    "models": press.models, "data": press.snapshot.figures(&claim.customer, &press.campaign.plan.audience),
                    "approval": { "content": press.approved.content(), "approver": press.approved.approver() },
                    "guard": { "rules": report.rules_version, "findings": report.findings },
                    "decision": outcome.reasons(), "personalisation": subject.personalisation,
                });
                Ok(Checked::Send(Box::new((message, permit)), evidence))
            }
            Err(Refusal::NotYet(at)) => Ok(Checked::Later(at)),
            Err(Refusal::Excluded(reason)) => Ok(Checked::Hold(reason, outcome.reasons().to_vec(), None)),
            Err(refusal) => {
                let mut reasons = outcome.reasons().to_vec();
                reasons.push(Reason {
                    check: refusal.code().to_owned(),
                    found: refusal.to_string(),
                    allows: false,
                });
                let by =
                    matches!(refusal, Refusal::GuardBlocks(_)).then(|| (language, rules_that_held(&report)));
                Ok(Checked::Hold(ExclusionReason::Guard, reasons, by))
            }
        }
    }

    async fn finish_or_wait(&self, campaign: &Campaign) -> Result<()> {
        let now = self.now();
        if self.store().pending_messages(campaign.id).await? > 0 {
            // A worker that died need not come back for what it was handing over.
            let left_over = self.recover_left_over().await?;
            self.settle(&left_over).await?;
            // What is planned for later, or claimed by somebody whose lease has not run out yet.
            self.look_at_long_term(campaign, now).await?;
            let next = self.store().next_planned(campaign.id).await?.unwrap_or(now);
            let at = next.max(now.plus_seconds(RETRY_SECONDS / 2));
            return self.enqueue(&Work::Deliver { campaign: campaign.id }, at).await;
        }
        let payload = serde_json::json!({ "funnel": "complete" });
        let object = format!("campaign/{}", campaign.id);
        let actor = self.system("flow.deliver").await?;
        let mut tx = self.store().begin().await?;
        tx.move_campaign(campaign.id, CampaignState::Running, CampaignState::Completed, now).await?;
        tx.append_entries(&[self.entry(actor, Action::CampaignCompleted, object, payload)]).await?;
        tx.commit().await?;
        let window_ends = now.plus_days(i64::from(campaign.plan.window_days)).day().end();
        self.enqueue(&Work::Measure { campaign: campaign.id }, window_ends).await
    }

    /// Has a campaign measured that still sends when its window is over, once: what it did to the long term may stop the rest.
    async fn look_at_long_term(&self, campaign: &Campaign, now: Instant) -> Result<()> {
        let over = campaign.changed_at.plus_days(i64::from(campaign.plan.window_days) + 1);
        if now >= over && self.store().measurement(campaign.id).await?.is_none() {
            self.enqueue(&Work::Measure { campaign: campaign.id }, now).await?;
        }
        Ok(())
    }

    /// Puts in doubt what was being handed over when its lease ran out. The clock is asked once nobody else can begin a
    /// message: an hour read before may lie after leases that were given since a clock was set back.
    pub(crate) async fn recover_left_over(&self) -> Result<Vec<MessageId>> {
        let mut tx = self.store().begin().await?;
        let left_over = tx.recover_messages(self.now()).await?;
        tx.commit().await?;
        Ok(left_over)
    }

    /// Settles messages in doubt by what the channel knows. Returns how many a person must settle.
    pub(crate) async fn settle(&self, doubtful: &[MessageId]) -> Result<usize> {
        let mut open = 0;
        for id in doubtful {
            let message = self.store().message(*id).await?;
            let now = self.now();
            let actor = self.system("flow.deliver").await?;
            let mut tx = self.store().begin().await?;
            let fate = self.channel().fate(message.campaign, *id);
            match fate {
                Fate::Left => {
                    let responsible = self.responsible().await?;
                    tx.reconcile_message(*id, DeliveryState::Sent, responsible, now).await?;
                }
                Fate::NeverLeft => {
                    tx.replan_doubtful(*id, now).await?;
                    cancel_if_over(&mut tx, message.campaign, now).await?;
                }
                Fate::Unknown => open += 1,
            }
            let payload = serde_json::json!({ "fate": format!("{fate:?}").to_lowercase() });
            tx.append_entries(&[self.entry(
                actor,
                Action::MessageReconciled,
                format!("message/{id}"),
                payload,
            )])
            .await?;
            tx.commit().await?;
            self.enqueue(&Work::Deliver { campaign: message.campaign }, now).await?;
        }
        Ok(open)
    }
}

/// A message that is planned again after its campaign was stopped is cancelled as those before it were; so is one that was
/// in doubt, which nobody waits for, while the campaign was completed.
async fn cancel_if_over(tx: &mut Tx, campaign: CampaignId, now: Instant) -> Result<()> {
    if matches!(tx.campaign(campaign).await?.state, CampaignState::Stopped | CampaignState::Completed) {
        tx.cancel_planned(campaign, now).await?;
    }
    Ok(())
}
