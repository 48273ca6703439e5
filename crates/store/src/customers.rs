//! Customers' contact records. Purchases are in the lake, consents in their own receipts; sensitive attributes have
//! no column here.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::customer::Customer;
use terms::ids::CustomerKey;

fn read(row: &AnyRow) -> Result<Customer> {
    Ok(Customer {
        key: CustomerKey::new(row.text("key")?),
        email: row.opt_text("email")?,
        first_name: row.opt_text("first_name")?,
        locale: row.text("locale")?,
        country: row.opt_text("country")?,
        time_zone: row.opt_text("time_zone")?,
        known_since: row.at("known_since")?,
        restricted: row.flag("restricted")?,
    })
}

/// A text as a prefix for LIKE: its wildcards stand for themselves.
fn prefix(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

reads! {
    /// A customer.
    ///
    /// # Errors
    /// When there is no such customer.
    pub async fn customer(&mut self, key: &CustomerKey) -> Result<Customer> {
        let row = sqlx::query(sql!("customers", "customer")).bind(key.as_str()).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("customer", key))?)
    }

    /// Those of the customers that exist, in no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers(&mut self, keys: &[CustomerKey]) -> Result<Vec<Customer>> {
        let mut found = Vec::with_capacity(keys.len());
        for batch in batches(keys) {
            let mut query = sqlx::query(self.each(sql!("customers", "customers"), batch.len()));
            for key in batch {
                query = query.bind(key.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }

    /// Customers in the order of their keys, after a key (`None`: from the first), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers_after(&mut self, after: Option<&CustomerKey>, limit: i64) -> Result<Vec<Customer>> {
        let after = after.map_or("", CustomerKey::as_str);
        let query = sqlx::query(sql!("customers", "customers_after")).bind(after).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Customers whose key, address or first name begins with `text`. Capital letters do not matter, nor do accents
    /// in names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_customers(&mut self, text: &str, limit: i64, offset: i64) -> Result<Vec<Customer>> {
        let query = sqlx::query(sql!("customers", "search_customers"))
            .bind(prefix(&sql::folded(text))).bind(prefix(&sql::without_accents(text))).bind(limit).bind(offset);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Customers with this address (capital letters do not matter); usually one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customers_by_email(&mut self, email: &str) -> Result<Vec<Customer>> {
        let query = sqlx::query(sql!("customers", "customers_by_email")).bind(sql::folded(email));
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// How many customers there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_customers(&mut self) -> Result<i64> {
        sqlx::query(sql!("customers", "count_customers")).fetch_one(self.db()).await?.int("n")
    }
}

writes! {
    /// Adds customers or brings them up to date. What a record leaves open keeps the value it had, the earliest
    /// `known_since` stays, and a restriction is never lifted by an import. Of a key given twice the last one wins. Who
    /// was erased is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_customers(&mut self, customers: &[Customer]) -> Result<()> {
        // One statement cannot change a row twice, so the last record of a key is chosen beforehand.
        let mut last = std::collections::BTreeMap::new();
        for customer in customers {
            last.insert(customer.key.as_str(), customer);
        }
        let mut customers: Vec<&Customer> = last.into_values().collect();
        // Whoever writes, and from wherever: who was erased is not made anew.
        let records: Vec<_> = customers.iter().map(|record| (&record.key, record.email.as_deref())).collect();
        let mut kept_out = self.kept_out(&records).await?.into_iter();
        customers.retain(|_| !kept_out.next().unwrap_or(true));
        for batch in batches(&customers) {
            let mut query = sqlx::query(self.each(sql!("customers", "put_customers"), batch.len()));
            for customer in batch {
                query = query
                    .bind(customer.key.as_str())
                    .bind(customer.email.clone())
                    .bind(customer.email.as_deref().map(sql::folded))
                    .bind(customer.first_name.clone())
                    .bind(customer.first_name.as_deref().map(sql::without_accents))
                    .bind(customer.locale.clone())
                    .bind(customer.country.clone())
                    .bind(customer.time_zone.clone())
                    .bind(customer.known_since.0)
                    .bind(i64::from(customer.restricted));
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Writes what a person says of themselves (GDPR 16) in place of what there was, an empty value included.
    ///
    /// # Errors
    /// When there is no such customer.
    pub async fn rectify_customer(&mut self, customer: &Customer) -> Result<()> {
        let changed = sqlx::query(sql!("customers", "rectify_customer"))
            .bind(customer.key.as_str())
            .bind(customer.email.clone())
            .bind(customer.email.as_deref().map(sql::folded))
            .bind(customer.first_name.clone())
            .bind(customer.first_name.as_deref().map(sql::without_accents))
            .bind(customer.locale.clone())
            .bind(customer.country.clone())
            .bind(customer.time_zone.clone())
            .execute(self.db())
            .await?
            .rows_affected();
        if changed == 0 { Err(Error::missing("customer", &customer.key)) } else { Ok(()) }
    }

    /// Restricts processing (GDPR 18): data are kept, nothing is sent or scored.
    ///
    /// # Errors
    /// When there is no such customer.
    pub async fn restrict_customer(&mut self, key: &CustomerKey) -> Result<()> {
        let query = sqlx::query(sql!("customers", "set_restricted")).bind(key.as_str()).bind(1_i64);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("customer", key)) } else { Ok(()) }
    }

    /// Lifts a restriction of processing. A key that was joined into another one stays restricted.
    ///
    /// # Errors
    /// When there is no such customer, or no longer under this key.
    pub async fn unrestrict_customer(&mut self, key: &CustomerKey) -> Result<()> {
        let query = sqlx::query(sql!("customers", "lift_restriction")).bind(key.as_str());
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("customer", key)) } else { Ok(()) }
    }
}
