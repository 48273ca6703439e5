//! Requests under data protection law. Which move is allowed stands in the schema, too; dates come from outside.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::customer::Language;
use terms::ids::{CustomerKey, PartnerId, PersonId, RequestId};
use terms::rights::{
    Details, Law, RefusalGround, Request, RequestOrigin, RequestState, RightKind, Verification,
};
use terms::time::Instant;

/// A request to be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRequestRow {
    /// Whose, if known.
    pub customer: Option<CustomerKey>,
    /// What is asked for.
    pub kind: RightKind,
    /// `received` or `verifying`.
    pub state: RequestState,
    /// By which law.
    pub law: Law,
    /// How it came in.
    pub origin: RequestOrigin,
    /// Language of the person.
    pub language: Language,
    /// When it arrived.
    pub received_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// By when receipt is confirmed.
    pub confirm_by: Option<Instant>,
    /// What the person wrote and chose.
    pub details: Details,
    /// Address to answer to, of somebody who is not known.
    pub contact: Option<String>,
    /// Who entered it.
    pub handled_by: Option<PersonId>,
    /// The partner that sent it, with its own number and the addresses to call back.
    pub partner: Option<(PartnerId, String, Vec<String>)>,
}

/// A step of a request. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// How and when identity was verified.
    pub verified: Option<(Verification, Instant)>,
    /// New due date, and when the person was told.
    pub extended: Option<(Instant, Instant)>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Ground of a refusal.
    pub refusal: Option<RefusalGround>,
    /// What the person was told.
    pub answer: Option<String>,
    /// What the stores reported.
    pub receipts: Option<serde_json::Value>,
    /// Who handles it.
    pub handled_by: Option<PersonId>,
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Not closed yet.
    #[default]
    Open,
    /// Closed.
    Closed,
    /// Both.
    All,
}

/// How many requests wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RightsCounts {
    /// Open ones.
    pub open: i64,
    /// Past their due date.
    pub overdue: i64,
    /// Due before the second instant.
    pub soon: i64,
}

fn read(row: &AnyRow) -> Result<Request> {
    Ok(Request {
        id: RequestId(row.int("id")?),
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        kind: row.word("kind")?,
        state: row.word("state")?,
        law: row.word("law")?,
        origin: row.word("origin")?,
        language: row.word("language")?,
        received_at: row.at("received_at")?,
        verification: row.opt_word("verification")?,
        verified_at: row.opt_at("verified_at")?,
        due_at: row.at("due_at")?,
        confirm_by: row.opt_at("confirm_by")?,
        extended_at: row.opt_at("extended_at")?,
        closed_at: row.opt_at("closed_at")?,
        refusal: row.opt_word("refusal")?,
        details: if row.opt_text("details")?.is_some() { row.json("details")? } else { Details::default() },
        contact: row.opt_text("contact")?,
        answer: row.opt_text("answer")?,
        receipts: row.json("receipts")?,
        handled_by: row.opt_int("handled_by")?.map(PersonId),
    })
}

reads! {
    /// A request.
    ///
    /// # Errors
    /// When there is no such request.
    pub async fn rights_request(&mut self, id: RequestId) -> Result<Request> {
        let row = sqlx::query(sql!("rights", "rights_request")).bind(id.0).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("request", id))?)
    }

    /// Requests: open ones by due date, then closed ones, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights_requests(&mut self, which: Which, kind: Option<RightKind>, limit: i64) -> Result<Vec<Request>> {
        let which = match which { Which::Open => "open", Which::Closed => "closed", Which::All => "" };
        let query = sqlx::query(sql!("rights", "rights_requests"))
            .bind(which).bind(kind.map_or("", RightKind::as_str)).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Requests of a customer, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights_of_customer(&mut self, customer: &CustomerKey, limit: i64) -> Result<Vec<Request>> {
        let query = sqlx::query(sql!("rights", "rights_of_customer")).bind(customer.as_str()).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// A request by the number its partner gave it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights_of_partner(&mut self, partner: PartnerId, reference: &str) -> Result<Option<Request>> {
        let query = sqlx::query(sql!("rights", "rights_of_partner")).bind(partner.0).bind(reference);
        query.fetch_optional(self.db()).await?.map(|row| read(&row)).transpose()
    }

    /// How many are open, overdue, and due before `soon`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights_counts(&mut self, now: Instant, soon: Instant) -> Result<RightsCounts> {
        let row = sqlx::query(sql!("rights", "rights_counts")).bind(now.0).bind(soon.0).fetch_one(self.db()).await?;
        Ok(RightsCounts { open: row.int("open")?, overdue: row.int("overdue")?, soon: row.int("soon")? })
    }

    /// Where a partner wants to be told of changes, the number it gave the request, and its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights_callbacks(&mut self, id: RequestId) -> Result<Option<(Vec<String>, String, String)>> {
        let row = sqlx::query(sql!("rights", "rights_callbacks")).bind(id.0).fetch_optional(self.db()).await?;
        row.map(|row| Ok((row.json("callbacks")?, row.text("partner_ref")?, row.text("name")?))).transpose()
    }
}

writes! {
    /// Enters a request.
    ///
    /// # Errors
    /// [`Error::Taken`] when its partner sent the same number before.
    pub async fn add_rights_request(&mut self, new: &NewRequestRow) -> Result<RequestId> {
        let id = self.take_numbers("rights_requests", 1).await?;
        let (partner, reference, callbacks) = match &new.partner {
            Some((partner, reference, callbacks)) => (Some(partner.0), Some(reference.clone()), callbacks.clone()),
            None => (None, None, Vec::new()),
        };
        sqlx::query(sql!("rights", "add_rights_request"))
            .bind(id).bind(new.customer.as_ref().map(|key| key.as_str().to_owned())).bind(new.kind.as_str())
            .bind(new.state.as_str()).bind(new.law.as_str()).bind(new.origin.as_str()).bind(new.language.as_str())
            .bind(new.received_at.0).bind(new.due_at.0).bind(new.confirm_by.map(|at| at.0))
            .bind(serde_json::to_string(&new.details)?).bind(new.contact.clone())
            .bind(new.handled_by.map(|person| person.0)).bind(partner).bind(reference)
            .bind(serde_json::to_string(&callbacks)?)
            .execute(self.db())
            .await?;
        Ok(RequestId(id))
    }

    /// Moves a request on.
    ///
    /// # Errors
    /// [`Error::Stale`] when it is not in the state `from` any more; when the schema does not allow the move.
    pub async fn move_rights_request(
        &mut self, id: RequestId, from: RequestState, to: RequestState, step: &Step,
    ) -> Result<()> {
        let receipts = step.receipts.as_ref().map(ToString::to_string);
        let changed = sqlx::query(sql!("rights", "move_rights_request"))
            .bind(id.0).bind(from.as_str()).bind(to.as_str())
            .bind(step.verified.map(|(how, _)| how.as_str())).bind(step.verified.map(|(_, at)| at.0))
            .bind(step.extended.map(|(due, _)| due.0)).bind(step.extended.map(|(_, at)| at.0))
            .bind(step.closed_at.map(|at| at.0)).bind(step.refusal.map(RefusalGround::as_str))
            .bind(step.answer.clone()).bind(receipts).bind(step.handled_by.map(|person| person.0))
            .execute(self.db())
            .await?
            .rows_affected();
        if changed == 0 { Err(Error::Stale { what: format!("request `{id}`") }) } else { Ok(()) }
    }

    /// From now on links of a customer who is being erased say so, and nothing else; what else was open of theirs is
    /// over. The customer's name goes with the tables themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_rights_of(&mut self, customer: &CustomerKey, at: Instant) -> Result<()> {
        let key = customer.as_str();
        sqlx::query(sql!("rights", "close_rights_without_person")).bind(key).bind(at.0).execute(self.db()).await?;
        sqlx::query(sql!("links", "mark_erased_links")).bind(key).bind(at.0).execute(self.db()).await?;
        sqlx::query(sql!("links", "mark_erased_messages")).bind(key).bind(at.0).execute(self.db()).await?;
        Ok(())
    }

    /// Takes the address and words of somebody who is not known out of their request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blank_rights_contact(&mut self, id: RequestId) -> Result<()> {
        sqlx::query(sql!("rights", "blank_rights_contact")).bind(id.0).execute(self.db()).await?;
        Ok(())
    }
}
