//! Reading about one customer to serve or answer them: their record, receipts, purchases and messages, as the page of
//! a customer shows them to people who work here. Nothing is computed from them.

use lake::Purchase;
use store::deliveries::Delivery;
use terms::consent::ConsentReceipt;
use terms::customer::Customer;
use terms::ids::CustomerKey;

use crate::app::App;
use crate::error::{Error, Result};

impl App {
    /// Customers whose key, name or address begins with a text.
    pub(crate) async fn look_up(&self, text: &str, limit: i64) -> Result<Vec<Customer>> {
        Ok(self.store().search_customers(text, limit, 0).await?)
    }

    /// A customer's record, if there is one.
    pub(crate) async fn record_of(&self, key: &CustomerKey) -> Result<Option<Customer>> {
        match self.store().customer(key).await {
            Ok(customer) => Ok(Some(customer)),
            Err(store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Those of the customers that have a record.
    pub(crate) async fn known_among(&self, keys: &[CustomerKey]) -> Result<Vec<Customer>> {
        Ok(self.store().customers(keys).await?)
    }

    /// Every receipt of a customer, oldest first.
    pub(crate) async fn consent_receipts_of(&self, key: &CustomerKey) -> Result<Vec<ConsentReceipt>> {
        Ok(self.store().consent_history(key).await?)
    }

    /// Every purchase of a customer.
    pub(crate) async fn purchases_of(&self, key: &CustomerKey) -> Result<Vec<Purchase>> {
        let (lake, key) = (self.lake().clone(), key.clone());
        let read = tokio::task::spawn_blocking(move || lake.history_of(&key)).await;
        Ok(read.map_err(|error| Error::Internal(error.to_string()))??)
    }

    /// Messages to a customer, newest first.
    pub(crate) async fn messages_of(&self, key: &CustomerKey, limit: i64) -> Result<Vec<Delivery>> {
        Ok(self.store().messages_of_customer(key, limit).await?)
    }
}
