//! What stands in somebody's way, as a closed list with its values: the web says each in the reader's language, the
//! command line in English.
//!
//! Goes in: nothing. Comes out: plain data and one English sentence. Deliberately absent: failures that nobody at a
//! page can mend; these are [`crate::Error`]'s other variants.

use gateway::mail::RenderError;
use policy::rights::NoExtension;
use policy::segment::SegmentError;
use serde::Serialize;
use terms::campaign::CampaignState;
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::message::Field;
use terms::rights::RequestState;
use terms::time::Instant;

/// Why something was not done, and what to do next.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// All AI is stopped, and this needs it.
    #[error(
        "all AI is stopped, by {by} since {at} ({reason}); this uses a model, a profile or words of a machine, and waits until somebody else lets AI go on"
    )]
    AiStopped {
        /// Who stopped it.
        by: String,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
    /// Nothing of a campaign would be left.
    #[error("nothing would be left of it; send it back instead")]
    NothingLeft,
    /// Somebody would approve twice.
    #[error("you approved it; it needs another person than you and its author")]
    ApprovedByYou,
    /// More people must approve it than did.
    #[error("it now needs another approver: it went back to be read by somebody else")]
    AnotherApprover,
    /// Something of it has left.
    #[error("messages have begun to leave; stop it instead, and what has not left is withdrawn")]
    AlreadySending,
    /// Settings of oversight that cannot be used.
    #[error("{0}")]
    Oversight(policy::oversight::OversightFault),
    /// AI is not stopped.
    #[error("AI is not stopped; there is nothing to let go on")]
    AiGoesOn,
    /// Who stopped AI would let it go on.
    #[error("you stopped it; another person who may let models act, with a certificate, lets it go on")]
    OwnStop,
    /// What was typed is no e-mail address.
    #[error("this is no e-mail address; write it as name@example.org")]
    Address,
    /// No purpose was ticked.
    #[error("nothing was chosen; tick at least one purpose, or leave the page")]
    NoPurpose,
    /// The campaign's name is missing or too long.
    #[error("give the campaign a name of 1 to 120 characters")]
    Name,
    /// That share cannot be held out.
    #[error("`{percent}` % cannot be held out; choose 0 to 50")]
    ControlShare {
        /// The share, in percent; below zero or not a number when it could not be read.
        percent: f64,
    },
    /// The window or the days to send are out of range.
    #[error("count the outcome over 1 to 365 days, and send within 1 to 90")]
    Days,
    /// A model from elsewhere cannot be taken.
    #[error("the model cannot be taken: {why}")]
    BroughtModel {
        /// Why, and what to do.
        why: String,
    },
    /// There are no words in any language.
    #[error("write the message in at least one language")]
    NoWords,
    /// A text cannot be made into a mail.
    #[error("the text in `{language}` cannot be sent: {why}")]
    CannotBeSent {
        /// Language of the text.
        language: Language,
        /// Why.
        why: Unmade,
    },
    /// The audience selects nobody.
    #[error("nobody is in the audience `{audience}`; widen it, or import customers first")]
    NobodyInAudience {
        /// The segment.
        audience: String,
    },
    /// Everybody in the audience is left out.
    #[error(
        "all {people} people in the audience are left out ({}); nothing would be sent, so it is not launched",
        listed(reasons)
    )]
    NobodyToWriteTo {
        /// People in the audience.
        people: u64,
        /// Why they are left out, and how many for each reason, most first.
        reasons: Vec<(ExclusionReason, u64)>,
    },
    /// The fact sheet says nothing of the offer.
    #[error("the fact sheet has no offer `{offer}`; {}", known(offers))]
    UnknownOffer {
        /// As asked for.
        offer: String,
        /// Those there are.
        offers: Vec<String>,
    },
    /// Facts that cannot be taken; nothing was written.
    #[error("nothing was written; {} wrong: {}", things(faults.len()), first_faults(faults))]
    BadFacts {
        /// What is wrong where.
        faults: Vec<crate::facts::LineFault>,
    },
    /// What was written about rules cannot be used.
    #[error("{} wrong with the rules:{}", things(faults.len()), first_faults(faults))]
    BadHouse {
        /// What is wrong where.
        faults: Vec<crate::house::LineFault>,
    },
    /// File or facts are not those that were looked at.
    #[error("the file or the facts have changed since you looked; look again before you write")]
    FactsMoved,
    /// A fact is ended without a reason.
    #[error("say why the fact ends, so that its history can be read")]
    NoReasonToEnd,
    /// The audience cannot be read.
    #[error("{}", error.render(source_text, terms::customer::Language::English))]
    Segment {
        /// What was written.
        source_text: String,
        /// What is wrong with it, and where.
        error: SegmentError,
    },
    /// The audience falls on groups of customers in a way that the brand's policy does not accept.
    #[error(
        "the audience lies outside the brand's fairness policy (lowest ratio `{ratio:.2}`, accepted from `{limit:.2}`); see \
         the review page for groups and remedies, and change the audience"
    )]
    UnfairAudience {
        /// The lowest ratio found; not a number where a group was too small to be told.
        ratio: f64,
        /// The lowest that is accepted.
        limit: f64,
    },
    /// The fairness policy cannot be what was asked for.
    #[error(
        "the fairness policy cannot be kept: {why}; give a lowest ratio above 0 and up to 1, and attributes of the vault"
    )]
    FairnessPolicy {
        /// What is wrong.
        why: String,
    },
    /// A share or a period of the holdout that cannot be.
    #[error(
        "`{percent}` % for `{months}` months cannot be held out; choose 0 to 20 percent, with two digits at most, for 3 or 6 months"
    )]
    HoldoutShare {
        /// The share, in percent.
        percent: f64,
        /// The months.
        months: u32,
    },
    /// An audience was taken for a remedy that no audit offers.
    #[error("the newest audit of this campaign does not offer this audience; look at what it offers now")]
    NoSuchRemedy,
    /// A campaign of this kind lost more in the long term than it gained in the short one.
    #[error(
        "campaign `{campaign}` of the same kind (`{name}`) credibly lost future value; change audience or offer, or let a \
         privacy officer who did not write it overrule the veto with a reason: candor long-term overrule"
    )]
    LongTermVeto {
        /// The campaign that was measured.
        campaign: terms::ids::CampaignId,
        /// Its name.
        name: String,
    },
    /// No veto stands against the campaign.
    #[error("no veto stands against this campaign; there is nothing to overrule")]
    NoVeto,
    /// A veto is overruled without a reason.
    #[error(
        "say in ten characters or more why the veto is overruled; it stands in the ledger and in the month's report"
    )]
    NoReasonToOverrule,
    /// The long-term policy cannot be what was asked for.
    #[error(
        "give a certainty above 0.5 and below 1, a tolerated share from 0 to 1, a weight from 0 to 1000, a margin above 0 and up to 1"
    )]
    LongTermPolicy,
    /// A campaign is sent back without a reason.
    #[error("say why it goes back, so that its author knows what to change")]
    NoReason,
    /// There is no such action in the ledger.
    #[error("`{action}` is not an action of the ledger; choose one of the list")]
    UnknownAction {
        /// As asked for.
        action: String,
    },
    /// There is one with this name already.
    #[error("there is already one with this name; choose another name, or change what is there")]
    Taken,
    /// The campaign changed between reading and deciding.
    #[error("the campaign has changed since you read it; read it again before you decide")]
    ChangedSinceRead,
    /// Somebody else saved meanwhile.
    #[error("somebody else saved a newer version; read it again and repeat the change")]
    Stale,
    /// The days in which the campaign may send are over.
    #[error("the campaign's time is over; edit it, which asks for a new approval")]
    TimeOver,
    /// Only a draft can be submitted.
    #[error("the campaign is `{state}`; only a draft can be submitted")]
    NotADraft {
        /// Where it stands.
        state: CampaignState,
    },
    /// The campaign's state does not allow the move.
    #[error(
        "the campaign is `{now}` and cannot become `{wanted}`; reload it and choose a step its state allows"
    )]
    Elsewhere {
        /// Where it stands.
        now: CampaignState,
        /// Where it was to go.
        wanted: CampaignState,
    },
    /// Nobody approved the campaign, or the approval is void.
    #[error("the campaign is not approved; submit it, and let somebody other than its author approve it")]
    NotApproved,
    /// Author and approver are the same person.
    #[error("the author cannot decide about their own campaign; ask somebody else who may approve")]
    OwnCampaign,
    /// The campaign, or a model that takes part, is not what was approved.
    #[error("the campaign was changed after its approval; submit it again")]
    EditedSinceApproval,
    /// The message is not in doubt.
    #[error("only a message in doubt can be settled; reload it and look at its state")]
    NotInDoubt,
    /// There is nothing to measure.
    #[error("nothing was sent yet, so there is nothing to measure; launch the campaign first")]
    NothingSent,
    /// A text for a request is too long.
    #[error("that is too long; write at most {most} characters")]
    TooLong {
        /// Most characters.
        most: usize,
    },
    /// A period that cannot be set.
    #[error("keep it for {shortest} to {longest} days")]
    RetentionDays {
        /// Fewest days.
        shortest: i64,
        /// Most days.
        longest: i64,
    },
    /// A period that nobody looked at yet.
    #[error("this period was not looked at yet; make a dry run first, which deletes nothing")]
    NotLookedAt,
    /// A sentence of a sample was left out.
    #[error("say something of every sentence; nothing was kept")]
    NotAllJudged,
    /// Whoever wrote a text does not judge it.
    #[error("this text is yours; somebody else judges it")]
    OwnText,
    /// A version of a model does not move.
    #[error(transparent)]
    NoMove(policy::deploy_gate::NoMove),
    /// Parts of the program are changed by another program.
    #[error("this is a part of the program; another version of the program brings another one")]
    BuiltInModel,
    /// The texts that campaigns start from failed their gate.
    #[error("the texts that campaigns start from failed their gate; start from an empty one, or see Models")]
    TextsHeld,
    /// There is nothing to go back to.
    #[error("no version acted before this one; retire it, and nothing acts")]
    NothingBefore,
    /// A gate is changed without a reason.
    #[error("say in ten characters or more why the gate changes")]
    NoReasonForGate,
    /// A date lies in the future.
    #[error("that lies in the future; give the day on which it arrived")]
    InTheFuture,
    /// A request's state does not allow the move.
    #[error(
        "the request is `{now}` and cannot become `{wanted}`; verify who asks first, or look whether it is closed"
    )]
    RequestElsewhere {
        /// Where it stands.
        now: RequestState,
        /// Where it was to go.
        wanted: RequestState,
    },
    /// The person is told nothing.
    #[error("write what the person is told")]
    NoWordsForPerson,
    /// The time cannot be extended.
    #[error("the time cannot be extended: {0}")]
    NoExtension(NoExtension),
    /// Nobody is known by that key or address.
    #[error("no customer is known by that key or address; the request cannot be acted on for anybody")]
    NobodyByThatName,
    /// A correction is done with the fields, and only for a rectification.
    #[error("a correction is completed by saving the corrected fields, and only where one was asked for")]
    RectifyInstead,
    /// A corrected value cannot be taken.
    #[error(
        "the value for `{field}` cannot be taken; write it in full, a country as two letters, a zone as Europe/Madrid"
    )]
    BadField {
        /// Which field.
        field: String,
    },
    /// Nothing was said that could be corrected.
    #[error("nothing differs from what is on file; change a field, or say in words what is wrong")]
    NothingToCorrect,
    /// No address an answer could go to.
    #[error("that is no e-mail address; write it as name@example.com")]
    NotAnAddress,
    /// Processing of this customer is restricted: the record is kept and not shown in use.
    #[error(
        "processing of customer `{customer}` is restricted; their record is kept, and only their requests use it"
    )]
    Restricted {
        /// Key.
        customer: String,
    },
    /// Somebody without a certificate that holds does what needs one.
    #[error("this needs a valid certificate ({}); take the test on the page /training/test", ended_at(*ended))]
    NotCertified {
        /// When the last one ended; `None` when there never was one.
        ended: Option<Instant>,
    },
    /// A test is tried again too soon.
    #[error("the next try is open from {at}; read the lessons until then")]
    TestLater {
        /// From when.
        at: Instant,
    },
    /// A test is no longer open.
    #[error("this test is no longer open: it was handed in, or its time is over; begin another one")]
    TestOver,
    /// The reason for opening the vault says too little.
    #[error("say in a sentence why the vault has to be opened; it stands in the ledger for good")]
    NoReasonToOpen,
    /// A file for the vault cannot be used; nothing of it was taken in.
    #[error(
        "nothing was taken in: {}; values are never repeated here, so look at these lines in the file",
        lines_of(lines)
    )]
    VaultFile {
        /// Lines with what is wrong with each, never with what stands in it.
        lines: Vec<(u64, &'static str)>,
    },
}

fn ended_at(ended: Option<Instant>) -> String {
    ended.map_or_else(|| "there is none yet".to_owned(), |at| format!("the last one ended on {}", at.day()))
}

fn lines_of(lines: &[(u64, &'static str)]) -> String {
    let each: Vec<String> = lines.iter().map(|(line, why)| format!("line {line}: {why}")).collect();
    each.join("; ")
}

fn listed(reasons: &[(ExclusionReason, u64)]) -> String {
    let each: Vec<String> = reasons.iter().map(|(reason, people)| format!("{people} {reason}")).collect();
    each.join(", ")
}

fn known(offers: &[String]) -> String {
    if offers.is_empty() {
        return "there are none yet; add one with `candor facts set offer:NAME discount 15%`".to_owned();
    }
    format!("the offers are {}", offers.join(", "))
}

/// Why a text cannot be made into a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Unmade {
    /// Subject or body is empty.
    #[error("the {field} has no words; write some, or leave this language out")]
    NoWords {
        /// Which.
        field: Field,
    },
    /// A slot that nothing fills.
    #[error("the {field} has the slot `{{{{ {slot} }}}}`, and nothing fills it; {next}")]
    Missing {
        /// Field.
        field: String,
        /// Slot, such as `offer.discount`.
        slot: String,
        /// What fills it.
        next: String,
    },
    /// A slot whose syntax is wrong.
    #[error("the {field} cannot be filled: {reason}; use a slot that the fact sheet has")]
    Slot {
        /// Field.
        field: String,
        /// Reason.
        reason: String,
    },
    /// A link that may not be sent.
    #[error("`{link}` cannot be linked to; write the address as https://, in plain letters")]
    Link {
        /// The address.
        link: String,
    },
    /// The layout could not be turned into HTML.
    #[error("the mail layout cannot be rendered: {reason}; check the text for stray markup")]
    Layout {
        /// Reason.
        reason: String,
    },
    /// Longer than mail programs show.
    #[error("the mail is {bytes} bytes long, more than mail programs show; shorten the body")]
    TooLong {
        /// Length of the HTML.
        bytes: u64,
    },
}

impl From<RenderError> for Unmade {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Slot { field, reason } => Self::Slot { field, reason },
            RenderError::Missing { field, slot, next } => Self::Missing { field, slot, next },
            RenderError::Link { link } => Self::Link { link },
            RenderError::Layout(reason) => Self::Layout { reason },
            RenderError::TooLong { bytes } => Self::TooLong { bytes: bytes as u64 },
        }
    }
}

/// Whether the input or the state stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The input cannot be taken as it is.
    Input,
    /// Somebody changed it, or its state does not allow it.
    State,
}

impl Problem {
    /// Whether the input or the state stands in the way.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        match self {
            Self::Address
            | Self::NoPurpose
            | Self::Name
            | Self::ControlShare { .. }
            | Self::Days
            | Self::NoWords
            | Self::CannotBeSent { .. }
            | Self::NobodyInAudience { .. }
            | Self::NobodyToWriteTo { .. }
            | Self::UnknownOffer { .. }
            | Self::Segment { .. }
            | Self::NoReason
            | Self::FairnessPolicy { .. }
            | Self::NoSuchRemedy
            | Self::NoReasonToEnd
            | Self::BadFacts { .. }
            | Self::BadHouse { .. }
            | Self::Taken
            | Self::UnknownAction { .. }
            | Self::TooLong { .. }
            | Self::RetentionDays { .. }
            | Self::InTheFuture
            | Self::NoWordsForPerson
            | Self::NobodyByThatName
            | Self::BadField { .. }
            | Self::NothingToCorrect
            | Self::NotAnAddress
            | Self::NoReasonToOpen
            | Self::HoldoutShare { .. }
            | Self::NoReasonToOverrule
            | Self::LongTermPolicy
            | Self::NotAllJudged
            | Self::BroughtModel { .. }
            | Self::NoReasonForGate
            | Self::Oversight(_)
            | Self::VaultFile { .. } => ProblemKind::Input,
            Self::ChangedSinceRead
            | Self::NothingLeft
            | Self::ApprovedByYou
            | Self::AnotherApprover
            | Self::AlreadySending
            | Self::AiStopped { .. }
            | Self::AiGoesOn
            | Self::OwnStop
            | Self::NotCertified { .. }
            | Self::TestLater { .. }
            | Self::TestOver
            | Self::FactsMoved
            | Self::NotLookedAt
            | Self::OwnText
            | Self::Stale
            | Self::TimeOver
            | Self::NotADraft { .. }
            | Self::Elsewhere { .. }
            | Self::NotApproved
            | Self::OwnCampaign
            | Self::UnfairAudience { .. }
            | Self::LongTermVeto { .. }
            | Self::NoVeto
            | Self::EditedSinceApproval
            | Self::NotInDoubt
            | Self::NoMove(_)
            | Self::BuiltInModel
            | Self::TextsHeld
            | Self::NothingBefore
            | Self::NothingSent
            | Self::RequestElsewhere { .. }
            | Self::NoExtension(_)
            | Self::RectifyInstead
            | Self::Restricted { .. } => ProblemKind::State,
        }
    }

    /// That a segment cannot be read.
    pub(crate) fn segment(source_text: &str, error: SegmentError) -> Self {
        Self::Segment { source_text: source_text.to_owned(), error }
    }
}

fn things(n: usize) -> String {
    if n == 1 { "1 thing is".to_owned() } else { format!("{n} things are") }
}

/// The first faults, one a line; of many only how many more.
fn first_faults(faults: &[impl std::fmt::Display]) -> String {
    const SHOWN: usize = 20;
    let mut text: String = faults.iter().take(SHOWN).map(|fault| format!("\n  {fault}")).collect();
    if faults.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", faults.len() - SHOWN));
    }
    text
}

impl From<policy::Refusal> for Problem {
    /// Why an approval does not hold. What only a message can be refused for never comes from checking an approval.
    fn from(refusal: policy::Refusal) -> Self {
        match refusal {
            policy::Refusal::TooFewApprovers { .. } => Self::AnotherApprover,
            policy::Refusal::AuthorApproved => Self::OwnCampaign,
            policy::Refusal::Edited { .. } => Self::EditedSinceApproval,
            _ => Self::NotApproved,
        }
    }
}
