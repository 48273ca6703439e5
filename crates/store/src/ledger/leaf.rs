//! The canonical bytes of a leaf, and the seal of its payload.
//!
//! Seven lines, each ended by a line feed: format name, sequence number, time in microseconds, action, random object
//! name (16 bytes, hexadecimal), HMAC of the payload (hexadecimal), actor as JSON. The HMAC covers object and payload,
//! each with its length before it, so that an entry cannot be linked to another object either.

use crate::error::{Error, Result};
use crate::suppressions::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use terms::time::Instant;

const FORMAT: &str = "candor-ledger-leaf/v1";

/// A leaf, read from its canonical bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) action: Action,
    pub(super) object_name: String,
    pub(super) seal: String,
    pub(super) actor: Actor,
}

/// A leaf with what is kept beside it.
pub(super) struct Sealed {
    pub(super) seq: u64,
    pub(super) leaf: String,
    pub(super) key: String,
    pub(super) payload: String,
}

impl Leaf {
    fn to_text(&self) -> Result<String> {
        let Self { seq, at, action, object_name, seal, actor } = self;
        let actor = serde_json::to_string(actor)?;
        Ok(format!("{FORMAT}\n{seq}\n{}\n{action}\n{object_name}\n{seal}\n{actor}\n", at.0))
    }

    /// Reads a leaf; anything that would not be written exactly so is refused.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let corrupt = || Error::Corrupt { what: "a leaf of the ledger".to_owned() };
        let lines: Vec<&str> = text.split('\n').collect();
        let [FORMAT, seq, at, action, object_name, seal, actor, ""] = lines.as_slice() else {
            return Err(corrupt());
        };
        let leaf = Self {
            seq: seq.parse().map_err(|_| corrupt())?,
            at: Instant(at.parse().map_err(|_| corrupt())?),
            action: action.parse().map_err(|_| corrupt())?,
            object_name: (*object_name).to_owned(),
            seal: (*seal).to_owned(),
            actor: serde_json::from_str(actor).map_err(|_| corrupt())?,
        };
        if leaf.to_text()? == text { Ok(leaf) } else { Err(corrupt()) }
    }
}

/// Seals an entry under a fresh key.
pub(super) fn seal(seq: u64, entry: &NewEntry) -> Result<Sealed> {
    let key = hex(&rand::random::<[u8; 32]>());
    let payload = entry.payload.to_string();
    let leaf = Leaf {
        seq,
        at: entry.at,
        action: entry.action,
        object_name: hex(&rand::random::<[u8; 16]>()),
        seal: seal_of(&key, &entry.object, &payload)?,
        actor: entry.actor.clone(),
    };
    Ok(Sealed { seq, leaf: leaf.to_text()?, key, payload })
}

/// The seal of object and payload under an entry's key.
pub(super) fn seal_of(key: &str, object: &str, payload: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map_err(|_| Error::Corrupt { what: "a key of the ledger".to_owned() })?;
    for part in [object, payload] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Ok(hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::ids::PersonId;

    fn entry() -> NewEntry {
        NewEntry {
            at: Instant(5),
            actor: Actor::Person { id: PersonId(2), name: "Ana\nLópez".to_owned() },
            action: Action::CampaignApproved,
            object: "campaign/3".to_owned(),
            payload: serde_json::json!({"note": "ok"}),
        }
    }

    #[test]
    fn a_leaf_reads_back_and_holds_neither_payload_nor_object() {
        let sealed = seal(7, &entry()).unwrap();
        let leaf = Leaf::parse(&sealed.leaf).unwrap();
        assert_eq!((leaf.seq, leaf.at, leaf.action), (7, Instant(5), Action::CampaignApproved));
        assert_eq!(leaf.actor, entry().actor);
        assert!(!sealed.leaf.contains("campaign/3") && !sealed.leaf.contains("note"));
    }

    #[test]
    fn two_entries_about_the_same_object_cannot_be_linked() {
        let leaves = [seal(7, &entry()).unwrap(), seal(7, &entry()).unwrap()];
        let [one, two] = leaves.map(|sealed| Leaf::parse(&sealed.leaf).unwrap());
        assert_ne!(one.object_name, two.object_name);
        assert_ne!(one.seal, two.seal);
    }

    #[test]
    fn a_leaf_written_otherwise_is_refused() {
        let text = seal(7, &entry()).unwrap().leaf;
        for other in [
            text.replace("\n7\n", "\n07\n"),
            text.replace("\n7\n", "\n+7\n"),
            format!("{text}\n"),
            text.replace(":", ": "),
        ] {
            assert!(Leaf::parse(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn the_seal_is_hmac_sha256_over_length_prefixed_parts() {
        // Computed with an independent implementation (python hmac) over the stated bytes.
        let seal = seal_of("key", "campaign/3", "{}").unwrap();
        assert_eq!(seal, "b8b4e3bd9d4dc11a251449fd8aadadb798e1b5908ae7b1f08c5619c33da3396c");
    }
}
