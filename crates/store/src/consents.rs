//! Receipts of consent: appended, never changed. The state at an instant is the latest receipt up to it; of several at
//! the same instant, all are given. Which of them counts, and whether it is enough to send, is decided by policy.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::ids::CustomerKey;
use terms::time::{Day, Instant};

/// What planning needs of the latest receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentState {
    /// Through which channel.
    pub channel: Channel,
    /// What was said.
    pub status: ConsentStatus,
    /// On which basis.
    pub basis: LawfulBasis,
    /// When.
    pub at: Instant,
    /// On which notice.
    pub notice_version: String,
    /// Where.
    pub source: String,
    /// What proves it.
    pub proof: String,
}

/// What a receipt says, without what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub customer: CustomerKey,
    /// For what.
    pub purpose: Purpose,
    /// Through which channel.
    pub channel: Channel,
    /// What.
    pub status: ConsentStatus,
    /// When.
    pub at: Instant,
}

impl From<&ConsentReceipt> for Said {
    fn from(receipt: &ConsentReceipt) -> Self {
        let ConsentReceipt { customer, purpose, channel, status, at, .. } = receipt;
        Self { customer: customer.clone(), purpose: *purpose, channel: *channel, status: *status, at: *at }
    }
}

fn said(row: &AnyRow) -> Result<Said> {
    Ok(Said {
        customer: CustomerKey::new(row.text("customer")?),
        purpose: row.word("purpose")?,
        channel: row.word("channel")?,
        status: row.word("status")?,
        at: row.at("at")?,
    })
}

fn receipt(row: &AnyRow) -> Result<ConsentReceipt> {
    Ok(ConsentReceipt {
        customer: CustomerKey::new(row.text("customer")?),
        purpose: row.word("purpose")?,
        channel: row.word("channel")?,
        status: row.word("status")?,
        basis: row.word("basis")?,
        notice_version: row.text("notice_version")?,
        notice_hash: row.text("notice_hash")?,
        language: row.word("language")?,
        source: row.text("source")?,
        proof: row.text("proof")?,
        at: row.at("at")?,
    })
}

fn state(row: &AnyRow) -> Result<(CustomerKey, ConsentState)> {
    let state = ConsentState {
        channel: row.word("channel")?,
        status: row.word("status")?,
        basis: row.word("basis")?,
        at: row.at("at")?,
        notice_version: row.text("notice_version")?,
        source: row.text("source")?,
        proof: row.text("proof")?,
    };
    Ok((CustomerKey::new(row.text("customer")?), state))
}

/// A receipt as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StoredReceipt {
    /// Number, in the order of arrival.
    pub id: i64,
    /// When it came in; `None` before this was kept.
    pub recorded_at: Option<Instant>,
    /// What it says.
    pub receipt: ConsentReceipt,
}

fn stored(row: &AnyRow) -> Result<StoredReceipt> {
    Ok(StoredReceipt { id: row.int("id")?, recorded_at: row.opt_at("recorded_at")?, receipt: receipt(row)? })
}

/// How many customers' receipts say the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ConsentCount {
    /// For what.
    pub purpose: Purpose,
    /// Through which channel; `None` for purposes that are about the person.
    pub channel: Option<Channel>,
    /// What they say.
    pub status: ConsentStatus,
    /// How many.
    pub customers: i64,
}

/// How far what is said about uses of data had got: counts that grow or change with every refusal, restriction,
/// objection, erasure and move of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UseMark {
    /// The last receipt.
    pub receipts: i64,
    /// Customers under restriction.
    pub restricted: i64,
    /// Objections.
    pub objections: i64,
    /// Erased.
    pub erased: i64,
    /// Moves of models.
    pub model_moves: i64,
    /// Throws of the switch of AI.
    pub ai_switch: i64,
}

reads! {
    /// How far what is said about uses of data has got.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_mark(&mut self) -> Result<UseMark> {
        let row = sqlx::query(sql!("consents", "use_mark")).fetch_one(self.db()).await?;
        Ok(UseMark {
            receipts: row.int("receipts")?,
            restricted: row.int("restricted")?,
            objections: row.int("objections")?,
            erased: row.int("erased")?,
            model_moves: row.int("model_moves")?,
            ai_switch: row.int("ai_switch")?,
        })
    }

    /// Refusals of profiling and measuring among the receipts after one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refused_since(&mut self, receipt: i64) -> Result<i64> {
        sqlx::query(sql!("consents", "refused_since")).bind(receipt).fetch_one(self.db()).await?.int("n")
    }

    /// Every receipt of a customer with its number and the time it came in, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_receipts(&mut self, customer: &CustomerKey) -> Result<Vec<StoredReceipt>> {
        let query = sqlx::query(sql!("consents", "consent_receipts")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, stored)
    }

    /// Receipts of everybody in the order of arrival, after a number, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_receipts_after(&mut self, after: i64, limit: i64) -> Result<Vec<StoredReceipt>> {
        let query = sqlx::query(sql!("consents", "consent_receipts_after")).bind(after).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, stored)
    }

    /// Customers with receipts in the order of their keys, after a key (`None`: from the first), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_customers_after(
        &mut self, after: Option<&CustomerKey>, limit: i64,
    ) -> Result<Vec<CustomerKey>> {
        let after = after.map_or("", CustomerKey::as_str);
        let query = sqlx::query(sql!("consents", "consent_customers_after")).bind(after).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok(CustomerKey::new(row.text("customer")?)))
    }

    /// For how many customers each lawful basis is relied on for each purpose at an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_grounds(&mut self, at: Instant) -> Result<Vec<(Purpose, LawfulBasis, i64)>> {
        let query = sqlx::query(sql!("consents", "consent_grounds")).bind(at.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok((row.word("purpose")?, row.word("basis")?, row.int("customers")?))
        })
    }

    /// What everybody's receipts say at an instant, counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_counts(&mut self, at: Instant) -> Result<Vec<ConsentCount>> {
        let query = sqlx::query(sql!("consents", "consent_counts")).bind(at.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            let asked = row.text("asked")?;
            let channel = if asked.is_empty() { None } else { Some(row.word("asked")?) };
            Ok(ConsentCount {
                purpose: row.word("purpose")?,
                channel,
                status: row.word("status")?,
                customers: row.int("customers")?,
            })
        })
    }

    /// Receipts given between two instants, by day and status.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_days(&mut self, from: Instant, to: Instant) -> Result<Vec<(Day, ConsentStatus, i64)>> {
        let query = sqlx::query(sql!("consents", "consent_days")).bind(from.0).bind(to.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            let day = i32::try_from(row.int("day")?).unwrap_or(i32::MAX);
            Ok((Day(day), row.word("status")?, row.int("receipts")?))
        })
    }

    /// Every receipt of a customer, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_history(&mut self, customer: &CustomerKey) -> Result<Vec<ConsentReceipt>> {
        let query = sqlx::query(sql!("consents", "consent_history")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, receipt)
    }

    /// What some customers said of themselves in all their receipts, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents_said(&mut self, customers: &[CustomerKey]) -> Result<Vec<Said>> {
        let mut found = Vec::new();
        for batch in batches(customers) {
            let mut query = sqlx::query(self.each(sql!("consents", "consents_said"), batch.len()));
            for customer in batch {
                query = query.bind(customer.as_str());
            }
            found.extend(sql::rows(&query.fetch_all(self.db()).await?, said)?);
        }
        Ok(found)
    }

    /// The receipt that holds for one customer at an instant, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_at(
        &mut self, customer: &CustomerKey, purpose: Purpose, channel: Channel, at: Instant,
    ) -> Result<Option<ConsentReceipt>> {
        let query = sqlx::query(sql!("consents", "consent_at"))
            .bind(customer.as_str()).bind(purpose.as_str()).bind(channel.as_str()).bind(at.0);
        query.fetch_optional(self.db()).await?.map(|row| receipt(&row)).transpose()
    }

    /// The receipts that hold for each customer and channel at an instant, in the order of keys: usually one, more when
    /// several have the same time. Who never said anything is absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent_states(
        &mut self, purpose: Purpose, channels: &[Channel], at: Instant,
    ) -> Result<Vec<(CustomerKey, ConsentState)>> {
        let query = sqlx::query(self.each(sql!("consents", "consent_states"), channels.len()));
        let query = query.bind(purpose.as_str()).bind(at.0);
        let query = channels.iter().fold(query, |query, channel| query.bind(channel.as_str()));
        sql::rows(&query.fetch_all(self.db()).await?, state)
    }

    /// Refusals and withdrawals that carry a later time than `now`, in the order of keys: they are known, so they count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refusals_after(
        &mut self, purpose: Purpose, channels: &[Channel], now: Instant,
    ) -> Result<Vec<(CustomerKey, ConsentState)>> {
        let query = sqlx::query(self.each(sql!("consents", "refusals_after"), channels.len()));
        let query = query.bind(purpose.as_str()).bind(now.0);
        let query = channels.iter().fold(query, |query, channel| query.bind(channel.as_str()));
        sql::rows(&query.fetch_all(self.db()).await?, state)
    }
}

writes! {
    /// Appends receipts that came in now; one that is there already (same customer, purpose, channel, time, status,
    /// source and proof) is left as it is. One of somebody erased is left out. Comes out: for each receipt whether it
    /// was new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_consents(&mut self, receipts: &[ConsentReceipt], now: Instant) -> Result<Vec<bool>> {
        let first = self.take_numbers("consents", receipts.len()).await?;
        let mut new = vec![false; receipts.len()];
        let mut id = first;
        // Whoever writes, and from wherever: nothing is taken in about who was erased.
        let records: Vec<_> = receipts.iter().map(|receipt| (&receipt.customer, None)).collect();
        let kept_out = self.kept_out(&records).await?;
        let taken: Vec<(usize, &ConsentReceipt)> =
            receipts.iter().enumerate().filter(|(at, _)| kept_out.get(*at) != Some(&true)).collect();
        for batch in batches(&taken) {
            let mut query = sqlx::query(self.each(sql!("consents", "add_consents"), batch.len()));
            for (_, receipt) in batch {
                query = query
                    .bind(id)
                    .bind(receipt.customer.as_str())
                    .bind(receipt.purpose.as_str())
                    .bind(receipt.channel.as_str())
                    .bind(receipt.status.as_str())
                    .bind(receipt.basis.as_str())
                    .bind(receipt.notice_version.clone())
                    .bind(receipt.notice_hash.clone())
                    .bind(receipt.language.as_str())
                    .bind(receipt.source.clone())
                    .bind(receipt.proof.clone())
                    .bind(receipt.at.0)
                    .bind(now.0);
                id += 1;
            }
            for row in query.fetch_all(self.db()).await? {
                let place = usize::try_from(row.int("id")? - first).ok();
                let place = place.and_then(|place| taken.get(place)).map(|(at, _)| *at);
                if let Some(new) = place.and_then(|place| new.get_mut(place)) {
                    *new = true;
                }
            }
        }
        Ok(new)
    }

    /// Appends receipts as if they had come in with the last of them. Comes out: how many were new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_consents(&mut self, receipts: &[ConsentReceipt]) -> Result<u64> {
        let Some(latest) = receipts.iter().map(|receipt| receipt.at).max() else { return Ok(0) };
        let new = self.append_consents(receipts, latest).await?;
        Ok(new.into_iter().filter(|new| *new).count() as u64)
    }
}
