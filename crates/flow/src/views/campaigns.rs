//! Campaign pages: compose, review, report.

use serde::{Deserialize, Serialize};
use terms::campaign::{CampaignState, Goal};
use terms::customer::Language;
use terms::finding::GuardReport;
use terms::ids::{CampaignId, MessageId};
use terms::message::Field;
use terms::preference::Personalisation;
use terms::stage::Stage;
use terms::time::{Day, Instant};

use super::today::CampaignBrief;

/// The list of campaigns.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignsView {
    /// All campaigns, newest first.
    pub campaigns: Vec<CampaignBrief>,
    /// Currency of the amounts.
    pub currency: String,
}

/// What a person may edit of a campaign: the compose form, and the body of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignForm {
    /// Name.
    pub name: String,
    /// Goal.
    pub goal: Goal,
    /// Audience in the segment language.
    pub audience: String,
    /// Share held out, in percent (0 to 50).
    pub control_percent: f64,
    /// Days in which the outcome is counted.
    pub window_days: u32,
    /// Offer entity in the fact sheet, `offer:...`.
    pub offer: String,
    /// True when AI wrote any of the words.
    pub written_with_ai: bool,
    /// What it is about, one of the brand's topics; empty: of interest to everybody.
    #[serde(default)]
    pub topic: String,
    /// Days the campaign may take to send, from its launch.
    pub send_days: u32,
    /// Words, one entry a language.
    pub variants: Vec<VariantForm>,
}

/// The words in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantForm {
    /// Language.
    pub language: Language,
    /// Subject.
    pub subject: String,
    /// Preheader.
    pub preheader: String,
    /// Headline.
    pub headline: String,
    /// Body paragraphs.
    pub body: String,
    /// Button label.
    pub button: String,
    /// Button address.
    pub link: String,
}

/// The compose page.
#[derive(Debug, Clone, Serialize)]
pub struct ComposeView {
    /// The campaign, unless it is new.
    pub id: Option<CampaignId>,
    /// Version the form is based on.
    pub version: i64,
    /// State.
    pub state: CampaignState,
    /// The form's content.
    pub form: CampaignForm,
    /// The audience as it stands, or why it cannot be read.
    pub audience: AudiencePreview,
    /// What the guard says, one per variant.
    pub checks: Vec<VariantCheck>,
    /// Facts that can be used, with the slot that inserts them.
    pub facts: Vec<FactLine>,
    /// Offers there are facts for.
    pub offers: Vec<String>,
    /// Ready-made texts to start from.
    pub templates: Vec<TemplateChoice>,
    /// Fields of the segment language, for help.
    pub segment_fields: Vec<SegmentFieldHelp>,
    /// What it can be about: the brand's topics with their names in the reader's language.
    pub topics: Vec<(String, String)>,
    /// Whether it can be submitted now.
    pub can_submit: bool,
}

/// A field of the segment language, for help.
#[derive(Debug, Clone, Serialize)]
pub struct SegmentFieldHelp {
    /// Name, such as `value.percentile`.
    pub name: String,
    /// An example condition.
    pub example: String,
}

/// A text to start from.
#[derive(Debug, Clone, Serialize)]
pub struct TemplateChoice {
    /// Identifier: `win_back`.
    pub id: String,
    /// Goal it is made for.
    pub goal: Goal,
}

/// What an audience comes to before launch.
#[derive(Debug, Clone, Serialize)]
pub struct AudiencePreview {
    /// The segment read back in plain words, in the reader's language.
    pub described: String,
    /// People in it.
    pub people: u64,
    /// People in it by language of their message.
    pub languages: Vec<(Language, u64)>,
    /// People in it by stage.
    pub stages: Vec<(Stage, u64)>,
    /// People in it by how personal they let messages be.
    pub levels: Vec<LevelCount>,
    /// Who would be left out if it were planned now.
    pub funnel: Vec<FunnelStep>,
    /// How many would get it now.
    pub would_plan: u64,
    /// How many would be held out now.
    pub would_hold_out: u64,
    /// Smallest uplift in revenue per customer this size could show (80 % power), if it can be said.
    pub detectable: Option<f64>,
    /// What a message is worth to them; `None` where nothing is known.
    pub worth: Option<MessageWorth>,
    /// True for the audience as it was frozen at the launch; false for what it would come to now.
    pub frozen: bool,
    /// True when nothing is said of it because profiling would choose it, and all AI is stopped.
    pub ai_stopped: bool,
    /// Why the segment cannot be read, with a line that points at the place.
    pub error: Option<String>,
}

/// How many of an audience chose a level, and which words they would get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LevelCount {
    /// The level.
    pub level: Personalisation,
    /// People.
    pub people: u64,
    /// Who would read their name, where it is known.
    pub named: u64,
    /// Who would get the words without the name.
    pub neutral: u64,
    /// Whom no wording fits.
    pub neither: u64,
}

/// What a message is worth to those who may be written to, on average, as far as there is evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MessageWorth {
    /// Of how many it is known.
    pub people: u64,
    /// What one is expected to bring, before the cost of attention.
    pub gain: f64,
    /// What it costs in future attention.
    pub cost: f64,
}

/// One step of the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelStep {
    /// The reason, as [`terms::decision::ExclusionReason`] writes it.
    pub reason: String,
    /// People left out for it.
    pub people: u64,
}

/// A fact that can be used in a text.
#[derive(Debug, Clone, Serialize)]
pub struct FactLine {
    /// Entity.
    pub entity: String,
    /// Predicate.
    pub predicate: String,
    /// Value as text in the reader's language.
    pub value: String,
    /// The slot that inserts it, such as `{{ offer.price }}`.
    pub slot: String,
    /// Source.
    pub source: String,
    /// Until when it holds.
    pub valid_until: Option<Instant>,
    /// Whether it holds now.
    pub holds: bool,
}

/// What the guard says of one variant, on the text as a customer would read it.
#[derive(Debug, Clone, Serialize)]
pub struct VariantCheck {
    /// Language.
    pub language: Language,
    /// The report.
    pub report: GuardReport,
    /// The fields as a customer reads them, slots filled; spans of the report point into these.
    pub rendered: Vec<(Field, String)>,
    /// The whole message as HTML, for a sandboxed preview.
    pub html: String,
    /// Why it could not be made into a mail, if so.
    pub error: Option<crate::problem::Unmade>,
    /// What each supported statement stands on.
    pub grounds: Vec<crate::guarding::GroundLine>,
    /// For each finding, in the order of the report: the fact that would release it, if any could.
    pub releases: Vec<Option<crate::guarding::Release>>,
    /// Changes of the written words that mend a finding.
    pub mends: Vec<crate::guarding::Mend>,
    /// Marks in the written words.
    pub marks: Vec<crate::guarding::InlineMark>,
    /// Facts it was held against, and a hash over them.
    pub facts: usize,
    /// That hash.
    pub facts_hash: String,
}

/// The review page: everything an approver needs, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewView {
    /// The campaign.
    pub compose: ComposeView,
    /// Author's name.
    pub author: String,
    /// The hash that was approved; before an approval the hash it would be bound to, hexadecimal.
    pub content_hash: String,
    /// Models that take part: `stage@2`; those that were approved, once they were.
    pub models: Vec<String>,
    /// Whether this reader may approve, and why not otherwise.
    pub may_approve: Result<(), ApproveRefusal>,
    /// How the audience falls on groups of customers, when this very content was audited.
    pub fairness: Option<crate::audit::AudienceAudit>,
    /// The veto that stands against campaigns of this kind, and who overruled it for this one.
    pub veto: Option<crate::long_term::VetoView>,
    /// Attributes the vault holds that an audit would go by; with none nothing can be told.
    pub audited_attributes: usize,
    /// How risky it is, how many must approve it, and who did.
    pub risk: crate::oversight::RiskView,
    /// Who approved, if somebody did.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Instant>,
    /// Whether an approval covers the campaign.
    pub standing: ApprovalStanding,
    /// Which buttons make sense for this reader: approve, reject, launch, pause, resume, stop.
    pub actions: Vec<CampaignAction>,
}

/// Whether an approval covers a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStanding {
    /// There is no approval.
    None,
    /// It covers content, audience, models and control share.
    Holds,
    /// Content, audience or control share are not what was approved.
    Edited,
    /// A model went live since the approval; the campaign was not launched yet.
    NewModel,
}

/// What can be done to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignAction {
    /// Edit it.
    Edit,
    /// Hand it to an approver.
    Submit,
    /// Approve it.
    Approve,
    /// Send it back with a reason.
    Reject,
    /// Start sending.
    Launch,
    /// Halt.
    Pause,
    /// Go on.
    Resume,
    /// Take the launch back, while nothing has left.
    Undo,
    /// End for good.
    Stop,
}

/// Why somebody may not approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApproveRefusal {
    /// They wrote it.
    Author,
    /// Their role does not approve.
    Role,
    /// It has not been submitted.
    NotSubmitted,
    /// It was decided: the campaign is approved, or was launched.
    Decided,
    /// They have no certificate that holds.
    NotCertified,
}

/// The report of a campaign.
#[derive(Debug, Clone, Serialize)]
pub struct ReportView {
    /// Brief.
    pub brief: CampaignBrief,
    /// Currency of the amounts.
    pub currency: String,
    /// People in the audience.
    pub audience: u64,
    /// Left out, by reason, control included.
    pub funnel: Vec<FunnelStep>,
    /// Planned to get the message.
    pub planned: u64,
    /// By delivery state.
    pub deliveries: Vec<(String, u64)>,
    /// By what customers did with it.
    pub responses: Vec<(String, u64)>,
    /// Effect on revenue per customer over the window.
    pub revenue: Option<UpliftView>,
    /// Effect on purchases per customer over the window.
    pub purchases: Option<UpliftView>,
    /// Effect on the chance of opting out.
    pub opt_outs: Option<UpliftView>,
    /// What it did to the long term.
    pub long_term: Option<crate::long_term::LongTermFound>,
    /// Assigned and not counted, because they refused measuring or may not be used: treated, control.
    pub left_out: [u64; 2],
    /// The plain verdict about revenue: `positive`, `negative` or `not_enough_evidence`.
    pub verdict: Option<String>,
    /// Revenue per customer accumulated by day after launch, treated and held out.
    pub curve: Vec<CurvePoint>,
    /// Known truth, where the shop is simulated.
    pub true_uplift: Option<f64>,
    /// Before when nothing leaves, so that the launch can be undone.
    pub sends_from: Option<Instant>,
    /// Day the window ends.
    pub window_ends: Option<Day>,
    /// Rows of the audience in the order they were frozen, one page of those the filter lets through.
    pub messages: Vec<MessageLine>,
    /// The filter.
    pub filter: MessageFilter,
    /// Rows the filter lets through.
    pub matches: u64,
    /// Page shown, from 1.
    pub page: u64,
    /// Pages there are.
    pub pages: u64,
    /// What this reader can do.
    pub actions: Vec<CampaignAction>,
}

/// An effect with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UpliftView {
    /// Point estimate per customer.
    pub value: f64,
    /// Lower end of the credible interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Its probability content.
    pub level: f64,
    /// Probability that the effect is above zero.
    pub probability_positive: f64,
    /// Customers in the treated arm.
    pub treated: u64,
    /// Customers in the control arm.
    pub control: u64,
    /// Mean in the treated arm.
    pub mean_treated: f64,
    /// Mean in the control arm.
    pub mean_control: f64,
}

/// A point of the report's chart.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Days after launch.
    pub day: u32,
    /// Revenue per treated customer so far.
    pub treated: f64,
    /// Revenue per held-out customer so far.
    pub control: f64,
}

/// Which rows of an audience to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageFilter {
    /// Everybody.
    #[default]
    All,
    /// Messages in a state.
    State(terms::delivery::DeliveryState),
    /// Left out at planning for a reason.
    Excluded(terms::decision::ExclusionReason),
}

/// A message in a list.
#[derive(Debug, Clone, Serialize)]
pub struct MessageLine {
    /// Outbox row.
    pub id: MessageId,
    /// Customer's key.
    pub customer: String,
    /// State; `excluded` for who was left out.
    pub state: String,
    /// Why left out or held back, as [`terms::decision::ExclusionReason`] writes it.
    pub reason: Option<String>,
    /// When it last changed.
    pub at: Instant,
}
