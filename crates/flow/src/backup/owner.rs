//! Whose a row is, for sealing: the keyed hash of a customer's key, of an address, or of an anonymous id.

use std::collections::HashMap;

use gateway::channel::outbox_file;
use store::Conn;
use store::copy::JsonRow;
use store::places::{By, TABLES};
use store::tombstones::OwnerHashes;
use terms::ids::{CampaignId, CustomerKey, MessageId};

use super::text_of;
use crate::error::Result;

/// Tables that hold nothing of customers for long, with the column that names somebody as long as it is filled.
const FOR_NOW: &[(&str, &str)] = &[("erasures", "customer"), ("rights_notices", "subject")];

/// What is needed to say whose a row is.
pub(super) struct Owners {
    hashes: OwnerHashes,
    /// The ledger's names of rows, with whose they are.
    objects: HashMap<String, String>,
    messages: HashMap<String, String>,
    copies: HashMap<String, String>,
    aliases: HashMap<String, String>,
}

impl Owners {
    /// Reads which message, object, copy and alias is whose.
    pub(super) async fn gather(conn: &mut Conn, hashes: OwnerHashes) -> Result<Self> {
        let (mut objects, mut messages) = (HashMap::new(), HashMap::new());
        let (mut copies, mut aliases) = (HashMap::new(), HashMap::new());
        let mut own = Self {
            hashes,
            objects: HashMap::new(),
            messages: HashMap::new(),
            copies: HashMap::new(),
            aliases: HashMap::new(),
        };
        conn.each_row("identities", |rows| -> Result<()> {
            for row in rows {
                if let (Some(alias), Some(customer)) =
                    (text_of(row.get("alias")), text_of(row.get("customer")))
                {
                    aliases.insert(alias, own.of_customer(&CustomerKey::new(customer))?);
                }
            }
            Ok(())
        })
        .await?;
        for table in TABLES {
            let Some((prefix, id)) = table.object else { continue };
            conn.each_row(table.name, |rows| -> Result<()> {
                for row in rows {
                    let (Some(owner), Some(id)) = (own.of(table.name, &row)?, text_of(row.get(id))) else {
                        continue;
                    };
                    let number = id.parse().unwrap_or_default();
                    if table.name == "deliveries" {
                        let campaign =
                            row.get("campaign").and_then(serde_json::Value::as_i64).unwrap_or_default();
                        let name = outbox_file::file_name(CampaignId(campaign), MessageId(number));
                        copies.insert(name, owner.clone());
                        messages.insert(id.clone(), owner.clone());
                    } else if table.name == "service_mails" {
                        copies.insert(outbox_file::service_file_name(number), owner.clone());
                    }
                    objects.insert(format!("{prefix}{id}"), owner);
                }
                Ok(())
            })
            .await?;
        }
        (own.objects, own.messages, own.copies, own.aliases) = (objects, messages, copies, aliases);
        Ok(own)
    }

    /// The owner that a customer is.
    pub(super) fn of_customer(&self, key: &CustomerKey) -> Result<String> {
        Ok(self.hashes.of_key(key)?)
    }

    /// The owner of a message's copy.
    pub(super) fn of_copy(&self, name: &str) -> Option<String> {
        self.copies.get(name).cloned()
    }

    /// The owner of a row; `None` for what is nobody's.
    pub(super) fn of(&self, table: &str, row: &JsonRow) -> Result<Option<String>> {
        if let Some((_, column)) = FOR_NOW.iter().find(|(name, _)| *name == table) {
            let Some(text) = text_of(row.get(*column)) else { return Ok(None) };
            // A notice names them in a text of JSON. What names nobody by key is sealed all the same, under itself.
            let named: Option<serde_json::Value> = serde_json::from_str(&text).ok();
            let key = named.and_then(|named| text_of(named.get("customer"))).unwrap_or(text);
            return self.of_customer(&CustomerKey::new(key)).map(Some);
        }
        let Some(table) = TABLES.iter().find(|known| known.name == table) else { return Ok(None) };
        for by in table.by {
            let found = match by {
                By::Customer(column) => match text_of(row.get(*column)) {
                    Some(key) => Some(self.of_customer(&CustomerKey::new(key))?),
                    None => None,
                },
                By::Email(column) => match text_of(row.get(*column)) {
                    Some(email) => Some(self.hashes.of_address(&email)?),
                    None => None,
                },
                By::EmailHash(column) => text_of(row.get(*column)),
                By::Alias(column) => match text_of(row.get(*column)) {
                    Some(alias) => match self.aliases.get(&alias) {
                        Some(owner) => Some(owner.clone()),
                        None => Some(self.hashes.of_alias(&alias)?),
                    },
                    None => None,
                },
                By::Message(column) => {
                    text_of(row.get(*column)).and_then(|id| self.messages.get(&id).cloned())
                }
                By::Object(column) => match text_of(row.get(*column)) {
                    Some(object) => match object.strip_prefix("customer/") {
                        Some(key) => Some(self.of_customer(&CustomerKey::new(key))?),
                        None => self.objects.get(&object).cloned(),
                    },
                    None => None,
                },
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}
