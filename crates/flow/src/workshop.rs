//! How a campaign's messages are made: slots filled from the fact sheet, rendered as a customer would read them, and
//! read by the guard.
//!
//! Goes in: a campaign's plan and variants, and the facts. Comes out: rendered mails and what the guard says of them.
//! Deliberately absent: saving, approving, sending. Writing and sending both make mails here, so that what was checked
//! is what leaves.

use gateway::mail::{Layout, Links, MailTemplate, RenderError, RenderedMail, Slots};
use guard::{Author, Context, Draft, FactSheet, House, LastCall, Medium, RecipientFacts, Renderings};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use policy::permit::wordless;
use policy::personal::{Wording, budget, wording};
use terms::campaign::CampaignPlan;
use terms::customer::Language;
use terms::fact::{Fact, FactValue};
use terms::finding::GuardReport;
use terms::message::Variant;
use terms::preference::{PersonalNeed, Personalisation};
use terms::time::Instant;

use crate::brand::Brand;
use crate::guarding::{facts_hash, ground_lines, marks, mends, release};
use crate::problem::Unmade;
use crate::views::VariantCheck;

/// What a campaign's messages are made from, put together once a campaign.
pub(crate) struct Workshop {
    facts: Vec<Fact>,
    sheet: FactSheet,
    brand: Brand,
    plan: CampaignPlan,
    layout: Layout,
    contacts: Vec<String>,
    hosts: Vec<String>,
    last_calls: Vec<LastCall>,
    house: Arc<House>,
    /// What the guard said of the mails made here, by language; see [`Workshop::judge`].
    judged: Mutex<BTreeMap<Language, Renderings>>,
}

/// Who a mail is made for.
pub(crate) struct Recipient<'a> {
    pub(crate) first_name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) links: Links,
    /// How personal the message may be.
    pub(crate) level: Personalisation,
}

/// A variant ready to be made into mails.
pub(crate) struct Made {
    pub(crate) template: MailTemplate,
    pub(crate) slots: Slots,
    pub(crate) need: PersonalNeed,
}

impl Workshop {
    /// Gathers what `plan` can be made from: the facts of its offer, of the products this names and of the brand, which
    /// is what [`crate::App::facts_for`] gives. `last_calls` are those of the brand's other campaigns, `house` its own
    /// rules.
    pub(crate) fn new(
        brand: Brand,
        plan: CampaignPlan,
        facts: Vec<Fact>,
        last_calls: Vec<LastCall>,
        house: Arc<House>,
    ) -> Self {
        let facts = in_order(&plan, facts);
        let text = |predicate: &str| {
            facts
                .iter()
                .find(|fact| fact.entity == "brand" && fact.predicate == predicate)
                .and_then(|fact| match &fact.value {
                    FactValue::Text(text) => Some(text.clone()),
                    _ => None,
                })
                .unwrap_or_default()
        };
        let layout = Layout {
            sender_name: text("sender_name"),
            sender_address: text("sender_address"),
            written_with_ai: plan.written_with_ai,
        };
        let contacts =
            [text("sender_email"), text("sender_phone")].into_iter().filter(|c| !c.is_empty()).collect();
        let hosts = brand.link_hosts();
        let (sheet, judged) = (FactSheet::new(facts.clone()), Mutex::default());
        Self { sheet, facts, brand, plan, layout, contacts, hosts, last_calls, house, judged }
    }

    /// True when a new workshop with these would make the same mails and judge them alike.
    pub(crate) fn is_of(
        &self,
        brand: &Brand,
        plan: &CampaignPlan,
        facts: Vec<Fact>,
        last_calls: &[LastCall],
        house: &House,
    ) -> bool {
        self.brand == *brand
            && self.plan == *plan
            && self.last_calls == last_calls
            && self.house.version() == house.version()
            && self.facts == in_order(plan, facts)
    }

    /// Compiles a variant, with the slots that do not depend on the customer and the personal facts it needs.
    pub(crate) fn made(&self, variant: &Variant) -> Result<Made, RenderError> {
        Ok(Made {
            template: MailTemplate::compile(variant, &self.layout)?,
            slots: Slots::for_campaign(&self.facts, &self.plan.offer, variant.language),
            need: guard::personal_need(variant),
        })
    }

    /// Personal facts a message to somebody of this level may state.
    fn budget(&self, level: Personalisation) -> u32 {
        budget(level, self.brand.personal_facts)
    }

    /// The facts it may use.
    pub(crate) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The mail for one customer, in the most personal wording they allow. Where no wording fits, the neutral one is
    /// made: planning leaves such people out, and the guard holds back what still says too much.
    pub(crate) fn mail(&self, made: &Made, recipient: &Recipient<'_>) -> Result<RenderedMail, RenderError> {
        let name = match wording(made.need, self.budget(recipient.level)) {
            Some(Wording::Named) => recipient.first_name,
            Some(Wording::Neutral) | None => None,
        };
        let language = made.template.language();
        made.template.render(&made.slots.for_customer(language, name, &recipient.links))
    }

    /// What the guard says of this very mail, sent at `now`. Mails of one template are alike but for their slots: what
    /// was said of one is said of every other with the same in its slots, and only what is new is read
    /// ([`guard::Renderings`]). For that, the moment of sending is told to the minute.
    pub(crate) fn judge(
        &self,
        language: Language,
        mail: &RenderedMail,
        recipient: &Recipient<'_>,
        now: Instant,
    ) -> Arc<GuardReport> {
        let window = (self.moment(now), self.plan.ends_at.max(now));
        self.held(language, mail, recipient, window, language, |draft, context| {
            // Nothing is written before a report is whole, so that what a panic left behind may be read.
            let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
            judged.entry(language).or_default().check(draft, context)
        })
    }

    /// The latest of the beginning of this minute, the campaign's start, and the moments since which facts hold: from
    /// then until now no fact began to hold, and one that ended holds no more at the end of the sending, where the guard
    /// asks again. So what may be said from then on may be said now.
    fn moment(&self, now: Instant) -> Instant {
        const MINUTE: i64 = 60_000_000;
        let minute = Instant(now.0 - now.0.rem_euclid(MINUTE));
        let begins = self.facts.iter().filter_map(|fact| fact.valid_from).chain([self.plan.starts_at]);
        begins.filter(|at| *at <= now).fold(minute, Instant::max)
    }

    /// What the guard says of a mail if it is sent between `from` and the end of the campaign, with what was read and
    /// what it was held against, for those who ask more of it.
    fn reading<T>(
        &self,
        language: Language,
        mail: &RenderedMail,
        recipient: &Recipient<'_>,
        from: Instant,
        explain_in: Language,
        then: impl FnOnce(&Draft<'_>, &Context<'_>, GuardReport) -> T,
    ) -> T {
        let window = (from, self.plan.ends_at.max(from));
        self.held(language, mail, recipient, window, explain_in, |draft, context| {
            then(draft, context, guard::check(draft, context))
        })
    }

    /// Holds a mail against what the guard is to hold it against.
    fn held<T>(
        &self,
        language: Language,
        mail: &RenderedMail,
        recipient: &Recipient<'_>,
        (send_from, send_until): (Instant, Instant),
        explain_in: Language,
        ask: impl FnOnce(&Draft<'_>, &Context<'_>) -> T,
    ) -> T {
        // The signed tokens of the recipient's own links are random: about one in 500 would read as a bank account.
        let links = [&recipient.links.why, &recipient.links.preferences, &recipient.links.unsubscribe];
        let without_tokens = |text: &String| {
            links
                .iter()
                .filter(|link| !link.is_empty())
                .fold(text.clone(), |text, link| text.replace(link.as_str(), &self.brand.base_url))
        };
        let fields = mail.fields.iter().map(|(field, text)| (*field, without_tokens(text))).collect();
        let draft = Draft { language, fields, known_slots: &[] };
        let zone = self.brand.time_zones.first().map_or("UTC", String::as_str);
        let context = Context {
            facts: &self.sheet,
            send_from,
            send_until,
            time_zone: zone,
            explain_in,
            recipient: Some(RecipientFacts { email: recipient.email, name: recipient.first_name }),
            allowed_hosts: &self.hosts,
            allowed_contacts: &self.contacts,
            unsubscribe_url: Some(&recipient.links.unsubscribe),
            personal_facts: Some(self.budget(recipient.level)),
            last_calls: Some(&self.last_calls),
            author: if self.plan.written_with_ai { Author::Machine } else { Author::Person },
            medium: Medium::Mail,
            house: &self.house,
        };
        ask(&draft, &context)
    }

    /// Checks a variant as a sample customer would read it. The sample has a name and allows everything, so that the
    /// greeting is read too and only what nobody may get is held back for being too personal.
    pub(crate) fn check_variant(
        &self,
        variant: &Variant,
        from: Instant,
        explain_in: Language,
    ) -> VariantCheck {
        let name = match variant.language {
            Language::English => "Ann",
            Language::Spanish => "Ana",
        };
        let level = Personalisation::Full;
        let sample = Recipient { first_name: Some(name), email: None, links: self.sample_links(), level };
        let rendered = self.made(variant).and_then(|made| self.mail(&made, &sample));
        match rendered {
            Ok(mail) => {
                let (report, grounds) = self.reading(
                    variant.language,
                    &mail,
                    &sample,
                    from,
                    explain_in,
                    |draft, context, report| {
                        let grounds = ground_lines(draft, context, &report, explain_in);
                        (report, grounds)
                    },
                );
                let releases = report
                    .findings
                    .iter()
                    .map(|finding| release(finding, &self.facts, &self.plan.offer))
                    .collect();
                let mends = mends(variant, &mail.fields, &report, &self.facts, &self.plan.offer);
                let marks = marks(variant, &mail.fields, &report, &grounds);
                let error = wordless(&report).map(|field| Unmade::NoWords { field });
                VariantCheck {
                    language: variant.language,
                    report,
                    rendered: mail.fields,
                    html: mail.html,
                    error,
                    grounds,
                    releases,
                    mends,
                    marks,
                    facts: self.facts.len(),
                    facts_hash: facts_hash(&self.facts),
                }
            }
            Err(error) => VariantCheck {
                language: variant.language,
                report: GuardReport {
                    findings: Vec::new(),
                    sentences: Vec::new(),
                    rules_version: guard::rules_version_of(&self.house),
                },
                rendered: variant.fields().map(|(field, text)| (field, text.to_owned())).to_vec(),
                html: String::new(),
                error: Some(error.into()),
                grounds: Vec::new(),
                releases: Vec::new(),
                mends: Vec::new(),
                marks: Vec::new(),
                facts: self.facts.len(),
                facts_hash: facts_hash(&self.facts),
            },
        }
    }

    /// Links of nobody: the address of the pages alone, so that spans of findings fit the text that is shown.
    pub(crate) fn sample_links(&self) -> Links {
        let base = self.brand.base_url.clone();
        Links { why: base.clone(), preferences: base.clone(), unsubscribe: base }
    }
}

/// Of several facts that fill one slot (a price now, another one next week) the last wins: the one that holds while the
/// campaign is sent.
fn in_order(plan: &CampaignPlan, mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_by_key(|fact| fact.holds_at(plan.starts_at) && fact.holds_at(plan.ends_at));
    facts
}

/// True when every variant could be rendered, has a subject and a body, and nothing blocks.
pub(crate) fn all_clear(checks: &[VariantCheck]) -> bool {
    !checks.is_empty() && checks.iter().all(|check| check.error.is_none() && check.report.is_clear())
}

/// Findings that block, over all variants; a variant that cannot be rendered counts as one.
pub(crate) fn blocking(checks: &[VariantCheck]) -> usize {
    checks
        .iter()
        .map(|check| {
            usize::from(check.error.is_some())
                + check.report.findings.iter().filter(|finding| finding.blocks).count()
        })
        .sum()
}
