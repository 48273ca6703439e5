//! A channel that does what channels do: takes a message, refuses it, is not there, breaks off in the middle, or takes
//! its time. What really left is known only to the simulation.

use crate::proof::defect::Defect;
use crate::proof::gate::{Gate, Point};
use gateway::channel::{Channel, Fate, Receipt, SendError, Sending};
use policy::permit::SendPermit;
use science::hash::SplitMix64;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::message::Message;
use terms::time::Instant;

/// A message that was given to the channel.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Which.
    pub message: MessageId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// To whom.
    pub customer: CustomerKey,
    /// By which task.
    pub task: Option<usize>,
    /// What it says, as HTML.
    pub html: String,
    /// The content it claims to be made from.
    pub content: String,
}

#[derive(Default)]
struct Seen {
    handed: Vec<Handed>,
    left: BTreeMap<MessageId, u32>,
    gone: Vec<(MessageId, CustomerKey, CampaignId)>,
    calm: bool,
    stirred: u64,
}

/// The channel.
pub struct Wire {
    gate: Arc<Gate>,
    /// It knows what left and never lets the same message leave twice, as the outbox folder; otherwise nobody knows.
    knows: bool,
    defect: Option<Defect>,
    seen: Mutex<Seen>,
    dice: Mutex<SplitMix64>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wire {
    /// A channel with dice of its own.
    #[must_use]
    pub fn new(gate: Arc<Gate>, knows: bool, seed: u64, defect: Option<Defect>) -> Self {
        Self { gate, knows, defect, seen: Mutex::default(), dice: Mutex::new(SplitMix64::new(seed)) }
    }

    /// From now on it takes every message at once.
    pub fn calm_down(&self) {
        held(&self.seen).calm = true;
    }

    /// What was given to it since it was last asked.
    pub fn handed(&self) -> Vec<Handed> {
        std::mem::take(&mut held(&self.seen).handed)
    }

    /// Messages that left since it was last asked, with to whom and by which campaign.
    pub fn gone(&self) -> Vec<(MessageId, CustomerKey, CampaignId)> {
        std::mem::take(&mut held(&self.seen).gone)
    }

    /// How many left before it calmed down.
    pub fn stirred(&self) -> u64 {
        held(&self.seen).stirred
    }

    /// How often a message left.
    pub fn left(&self, message: MessageId) -> u32 {
        held(&self.seen).left.get(&message).copied().unwrap_or(0)
    }

    /// Every message that left, with how often.
    pub fn all_left(&self) -> BTreeMap<MessageId, u32> {
        held(&self.seen).left.clone()
    }

    fn throw(&self) -> f64 {
        if held(&self.seen).calm { 0.0 } else { held(&self.dice).next_f64() }
    }

    fn leaves(&self, message: &Message) -> Result<(), SendError> {
        let mut seen = held(&self.seen);
        let times = seen.left.entry(message.id).or_insert(0);
        let forgets = matches!(self.defect, Some(Defect::DeniesWhatLeft | Defect::ForgetsWhatLeft));
        if self.knows && *times > 0 && !forgets {
            return Err(SendError::InDoubt("it is there already".to_owned()));
        }
        *times += 1;
        seen.stirred += u64::from(!seen.calm);
        seen.gone.push((message.id, message.customer.clone(), message.campaign));
        Ok(())
    }
}

/// A message that leaves although its hand-over was broken off.
struct Late<'a> {
    wire: &'a Wire,
    message: &'a Message,
    broken_off: bool,
}

impl Drop for Late<'_> {
    fn drop(&mut self) {
        if self.broken_off {
            // Whoever broke it off does not hear of it.
            let _ = self.wire.leaves(self.message);
        }
    }
}

impl Wire {
    fn late<'a>(&'a self, message: &'a Message) -> Late<'a> {
        Late { wire: self, message, broken_off: self.defect == Some(Defect::LeavesAllTheSame) }
    }
}

impl Channel for Wire {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            permit.admits(message, now).map_err(|refusal| SendError::NotPermitted(refusal.to_string()))?;
            held(&self.seen).handed.push(Handed {
                message: message.id,
                campaign: message.campaign,
                customer: message.customer.clone(),
                task: self.gate.current(),
                html: message.html.clone(),
                content: message.content.to_string(),
            });
            let mut late = self.late(message);
            let outcome = self.throw();
            if self.throw() > 0.5 {
                self.gate.pass(Point::Channel).await;
            }
            late.broken_off = false;
            let answer = match outcome {
                x if x < 0.70 => self.leaves(message).map(|()| Receipt { reply: "taken".to_owned() }),
                x if x < 0.78 => Err(SendError::Refused("no such mailbox".to_owned())),
                x if x < 0.88 => Err(SendError::Unavailable("try again".to_owned())),
                x if x < 0.94 => {
                    self.leaves(message)?;
                    Err(SendError::InDoubt("broke off after the end".to_owned()))
                }
                _ => Err(SendError::InDoubt("broke off in the middle".to_owned())),
            };
            if self.throw() > 0.5 {
                self.gate.pass(Point::Channel).await;
            }
            match self.defect {
                Some(Defect::DeniesWhatLeft) if answer.is_ok() => {
                    Err(SendError::Unavailable("try again".to_owned()))
                }
                _ => answer,
            }
        })
    }

    fn fate(&self, _: CampaignId, message: MessageId) -> Fate {
        match (self.knows, self.left(message)) {
            _ if self.defect == Some(Defect::ForgetsWhatLeft) => Fate::NeverLeft,
            (true, 0) => Fate::NeverLeft,
            (true, _) => Fate::Left,
            (false, _) => Fate::Unknown,
        }
    }

    fn describe(&self) -> String {
        "simulated".to_owned()
    }
}
