//! Asking witnesses to sign what grew (C2SP tlog-witness), and remembering what they said.
//!
//! Goes in: the newest signed checkpoint. Comes out: cosignatures, each checked before it is kept. A witness that says
//! that this ledger is not the one it has seen is not asked again: what it said stays on the page and in the ledger
//! until a person removes it. Deliberately absent: waiting for witnesses. Nothing that is done to customers stands still
//! because another host does; how old the last signature is is shown instead.

use gateway::webhook::{Endpoint, exchange};
use store::ledger::WitnessKey;
use store::witnesses::Witness;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::{Instant, MICROS_PER_SECOND};

use super::view::{WitnessView, witness_view};
use crate::app::App;
use crate::error::{Error, Result};
use crate::jobs::Work;

/// Seconds between two times the newest checkpoint is signed and sent.
const EVERY_SECONDS: i64 = 300;
/// Letters of an answer that are kept.
const TOLD: usize = 200;

/// What came of asking.
enum Outcome {
    /// It signed this size, at this time, with this line.
    Cosigned(u64, Instant, String),
    /// It has seen another ledger, or more of this one.
    Refused(String),
    /// It could not be asked, or did not answer as a witness does.
    Trouble(String),
}

impl App {
    /// Signs the newest checkpoint, sends it to the witnesses, and comes back in five minutes.
    pub(crate) async fn witness_job(&self) -> Result<()> {
        self.enqueue(&Work::Witness, Instant(self.now().0 + EVERY_SECONDS * MICROS_PER_SECOND)).await?;
        self.ask_witnesses().await.map(drop)
    }

    /// Signs the newest checkpoint and asks every witness to cosign it. Comes out: how they stand.
    ///
    /// # Errors
    /// When the store fails; what a witness does wrong stands in its line.
    pub async fn ask_witnesses(&self) -> Result<Vec<WitnessView>> {
        self.checkpoint().await?;
        let latest = self.store().latest_checkpoint().await?;
        for witness in self.active_witnesses().await? {
            let Some((size, note)) = &latest else { break };
            // A witness that refused has said what it had to say.
            if witness.refused_at.is_none() {
                let outcome = self.ask(&witness, *size, note).await?;
                self.keep_outcome(&witness, *size, outcome).await?;
            }
        }
        self.witnesses().await
    }

    /// The witnesses in use.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn witnesses(&self) -> Result<Vec<WitnessView>> {
        Ok(self.active_witnesses().await?.iter().map(witness_view).collect())
    }

    pub(super) async fn active_witnesses(&self) -> Result<Vec<Witness>> {
        let all = self.store().witnesses().await?;
        Ok(all.into_iter().filter(|witness| witness.removed_at.is_none()).collect())
    }

    /// Adds a witness. With `allow_host` the operator vouches for a host that is not on the public internet.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key or the address cannot be used; `Taken` when it is there.
    pub async fn add_witness(&self, vkey: &str, url: &str, allow_host: bool, actor: Actor) -> Result<i64> {
        let invalid = |message: String| Error::Invalid { message };
        let key: WitnessKey =
            vkey.trim().parse().map_err(|error: store::Error| invalid(error.to_string()))?;
        let url = url.trim_end_matches('/');
        Endpoint::parse_public(url, allow_host).map_err(|error| invalid(error.to_string()))?;
        let mut tx = self.store().begin().await?;
        let id = tx.add_witness(key.name(), vkey.trim(), url, allow_host, self.now()).await?;
        let payload = serde_json::json!({
            "change": "added", "name": key.name(), "key": vkey.trim(), "url": url, "allow_host": allow_host,
        });
        let entry = self.entry(actor, Action::WitnessChanged, format!("witness/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Removes a witness, by its number or name; what it signed stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none in use has this number or name.
    pub async fn remove_witness(&self, which: &str, actor: Actor) -> Result<WitnessView> {
        let all = self.active_witnesses().await?;
        let found = all.iter().find(|witness| witness.name == which || witness.id.to_string() == which);
        let witness = found.ok_or(Error::NotFound)?;
        let mut tx = self.store().begin().await?;
        tx.remove_witness(witness.id, self.now()).await?;
        let payload = serde_json::json!({
            "change": "removed", "name": witness.name, "refused": witness.refused_at.is_some(),
        });
        let entry = self.entry(actor, Action::WitnessChanged, format!("witness/{}", witness.id), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(witness_view(witness))
    }

    /// The key that witnesses and auditors check this ledger's signatures with.
    #[must_use]
    pub fn log_key(&self) -> String {
        self.ledger_key().verifier()
    }

    async fn ask(&self, witness: &Witness, size: u64, note: &str) -> Result<Outcome> {
        let mut old = witness.last.map_or(0, |(size, _)| size);
        // Twice: a witness may have seen more than what its answer reached us with.
        for _ in 0..2 {
            if old > size {
                let words = format!("it has signed {old} entries, and here are {size}: the end is gone");
                return Ok(Outcome::Refused(words));
            }
            let proof = self.store().prove_growth(old, size).await?.base64_path();
            let lines: String = proof.iter().map(|line| format!("{line}\n")).collect();
            let (status, text) = match self.post_to(witness, format!("old {old}\n{lines}\n{note}")).await {
                Ok(answer) => answer,
                Err(words) => return Ok(Outcome::Trouble(words)),
            };
            match status {
                200 => return Ok(cosigned(witness, size, note, &text)),
                409 => match text.trim().parse() {
                    Ok(theirs) if theirs != old => old = theirs,
                    Ok(_) => {
                        let words = format!("at {old} entries it has signed another tree than this one");
                        return Ok(Outcome::Refused(words));
                    }
                    Err(_) => {
                        return Ok(Outcome::Trouble(format!(
                            "it answered 409 without a size: {}",
                            told(&text)
                        )));
                    }
                },
                422 => {
                    let words =
                        format!("this ledger did not grow out of the {old} entries that it has signed");
                    return Ok(Outcome::Refused(words));
                }
                other => return Ok(Outcome::Trouble(format!("it answered {other}: {}", told(&text)))),
            }
        }
        Ok(Outcome::Trouble("it named another size each time it was asked".to_owned()))
    }

    async fn post_to(&self, witness: &Witness, body: String) -> std::result::Result<(u16, String), String> {
        let (url, allowed) = (format!("{}/add-checkpoint", witness.url), witness.allow_host);
        let task = tokio::task::spawn_blocking(move || {
            let endpoint = Endpoint::parse_public(&url, allowed)?;
            exchange(&endpoint, &body)
        });
        match task.await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn keep_outcome(&self, witness: &Witness, size: u64, outcome: Outcome) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        match outcome {
            Outcome::Cosigned(size, at, line) => {
                tx.add_cosignature(witness.id, size, at, &line).await?;
                tx.witness_tried(witness.id, "", now).await?;
            }
            Outcome::Trouble(words) => {
                tracing::warn!(witness = %witness.name, %words, "a witness did not sign");
                tx.witness_tried(witness.id, &words, now).await?;
            }
            Outcome::Refused(words) => {
                tracing::error!(witness = %witness.name, %words, "a witness refused the ledger");
                tx.witness_tried(witness.id, &words, now).await?;
                if tx.witness_refused(witness.id, now).await? {
                    let payload =
                        serde_json::json!({ "witness": witness.name, "size": size, "words": words });
                    let actor = self.system("flow.log").await?;
                    let object = format!("witness/{}", witness.id);
                    tx.append_entries(&[self.entry(actor, Action::WitnessRefused, object, payload)]).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Looks for the witness's own line in its answer; lines of keys that are not known say nothing.
fn cosigned(witness: &Witness, size: u64, note: &str, answer: &str) -> Outcome {
    let Ok(key) = witness.vkey.parse::<WitnessKey>() else {
        return Outcome::Trouble("its key does not read any more".to_owned());
    };
    let line = answer.split_inclusive('\n').find_map(|line| Some((line, key.cosigned(note, line)?)));
    match line.and_then(|(line, seconds)| {
        Some((line, i64::try_from(seconds).ok()?.checked_mul(MICROS_PER_SECOND)?))
    }) {
        Some((line, at)) => Outcome::Cosigned(size, Instant(at), line.to_owned()),
        None => Outcome::Trouble("what it answered is not its signature".to_owned()),
    }
}

/// The beginning of an answer, on one line.
fn told(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(TOLD).collect()
}
