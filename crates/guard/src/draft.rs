//! What goes in: a draft (the words) and a context (facts, recipient, time of sending, language of explanations).
//! Plain data; nothing is checked here.

use crate::house::House;
use crate::sheet::FactSheet;
use terms::customer::Language;
use terms::message::Field;
use terms::time::Instant;

/// The words of one message in one language, slots filled, with its footer.
///
/// To check a text while it is being written, pass the unfilled source and name the slots that will be filled in
/// `known_slots`: they are then no leftover placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft<'a> {
    /// Language it is meant to be in; the text itself may mix both.
    pub language: Language,
    /// Fields in reading order, each with its whole text. A missing [`Field::Footer`] is a finding.
    pub fields: Vec<(Field, String)>,
    /// Names of slots, such as `first_name` or `offer.price`, that are filled later; empty for a rendered text.
    pub known_slots: &'a [&'a str],
}

/// Who receives the message, as far as the text may mention it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientFacts<'a> {
    /// The recipient's own address.
    pub email: Option<&'a str>,
    /// The recipient's given name.
    pub name: Option<&'a str>,
}

/// Who wrote the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Author {
    /// Nobody said.
    #[default]
    Unknown,
    /// People alone.
    Person,
    /// A machine wrote any of them, even if a person read them afterwards.
    Machine,
}

/// Where the words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Medium {
    /// A message that a person approves before it leaves.
    #[default]
    Mail,
    /// A conversation, in which nobody reads along.
    Chat,
}

/// An earlier campaign of the brand that called for the last time; see [`crate::calls_last`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCall {
    /// The offer it was about.
    pub offer: String,
    /// When it was last sent.
    pub at: Instant,
}

/// Everything a text is held against. Time is an argument; nothing here reads the clock.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Facts in scope: those of the offer, its products and the brand.
    pub facts: &'a FactSheet,
    /// Earliest moment a customer may get the message.
    pub send_from: Instant,
    /// Latest moment a customer may get it; never before `send_from`.
    pub send_until: Instant,
    /// IANA time zone in which "today" and "Sunday" are meant; UTC when it is not known.
    pub time_zone: &'a str,
    /// Language of messages and repairs, that of the author, not of the text.
    pub explain_in: Language,
    /// The recipient, when the text is filled for one.
    pub recipient: Option<RecipientFacts<'a>>,
    /// Hosts that links may lead to, that of the brand's own pages included; when empty, no link passes.
    pub allowed_hosts: &'a [String],
    /// E-mail addresses and phone numbers that may appear, beyond the recipient's own and those in brand facts.
    pub allowed_contacts: &'a [String],
    /// Address the footer's opt-out link leads to, if it has one.
    pub unsubscribe_url: Option<&'a str>,
    /// Kinds of personal facts the message may state, the name included; `None` does not count them, for a text that
    /// is written for nobody yet.
    pub personal_facts: Option<u32>,
    /// The brand's earlier campaigns that called for the last time, this one not among them; `None` when nobody looked,
    /// and then nothing may be said to be the last.
    pub last_calls: Option<&'a [LastCall]>,
    /// Who wrote the words.
    pub author: Author,
    /// Where they are read.
    pub medium: Medium,
    /// The brand's own rules and severities; [`House::bare`] when there are none.
    pub house: &'a House,
}

impl<'a> Context<'a> {
    /// The scheme and host of the opt-out address: all of it that a rule may see. What follows is the reader's own.
    pub(crate) fn opt_out_place(&self) -> Option<&'a str> {
        let url = self.unsubscribe_url?;
        let host = url.find("://").map_or(0, |at| at + 3);
        let rest = url.get(host..).unwrap_or_default();
        let end = host + rest.find(['/', '?', '#']).unwrap_or(rest.len());
        url.get(..end)
    }

    /// What rules see: everything but what belongs to one reader alone. The reader's address is asked for by
    /// `Case::own_address`.
    pub(crate) fn for_rules(&self) -> Self {
        let recipient = self.recipient.map(|recipient| RecipientFacts { email: None, ..recipient });
        Self { recipient, unsubscribe_url: self.opt_out_place(), ..*self }
    }
}
