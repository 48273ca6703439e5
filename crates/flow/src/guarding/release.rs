//! Which fact would release what the guard holds: its predicate and the evidence it needs. The value is never
//! suggested: it comes from the brand's sources, not from the claim that is in doubt.

use serde::Serialize;
use terms::fact::{EvidenceKind, Fact};
use terms::finding::{Finding, Verdict};
use terms::ids::FactId;

/// A fact that would release a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The fact there is, which says otherwise or holds no more: to be looked at.
    pub fact: Option<FactId>,
    /// What it is about.
    pub entity: String,
    /// What it would have to say.
    pub predicate: String,
    /// The evidence it needs.
    pub evidence: EvidenceKind,
    /// The words it would release.
    pub claim: String,
}

/// The fact that would release a finding; `None` where no fact could, because the words themselves are the fault.
#[must_use]
pub fn release(finding: &Finding, facts: &[Fact], offer: &str) -> Option<Release> {
    use EvidenceKind::{Certificate, Guarantee, Plain, PriceHistory, Study, VerifiedReview};
    if !finding.blocks || matches!(finding.verdict, Verdict::Supported | Verdict::Derived) {
        return None;
    }
    let known = finding.fact.and_then(|id| facts.iter().find(|fact| fact.id == id));
    let (predicate, evidence) = match finding.rule.as_str() {
        "F1" => ("price".to_owned(), Plain),
        "F2" => ("discount".to_owned(), Plain),
        "F3" => ("price_before".to_owned(), PriceHistory),
        "F4" | "M1" => ("valid_until".to_owned(), Plain),
        "F5" | "M3" => ("stock".to_owned(), Plain),
        "F6" | "M7" => (named(&finding.quote, "people"), Plain),
        "F7" | "F8" => (attribute(&finding.quote), Plain),
        "F9" | "F10" => (named(&finding.quote, "specification"), Plain),
        "C1" | "C10" => (named(&finding.quote, "comparison"), Study),
        "C2" => ("guarantee".to_owned(), Guarantee),
        "C3" => (named(&finding.quote, "health_claim"), Study),
        "C5" | "C7" => (named(&finding.quote, "certificate"), Certificate),
        "M5" | "C8" => ("fees".to_owned(), Plain),
        "M6" => ("auto_renews".to_owned(), Plain),
        "M8" => ("review".to_owned(), VerifiedReview),
        "M12" => ("closing".to_owned(), Certificate),
        "D1" => ("sender_address".to_owned(), Plain),
        _ => return None,
    };
    let entity = match (known, finding.rule.as_str()) {
        (Some(fact), _) => fact.entity.clone(),
        (None, "D1") => "brand".to_owned(),
        (None, _) if offer.is_empty() => "brand".to_owned(),
        (None, _) => offer.to_owned(),
    };
    Some(Release {
        // What says otherwise or has ended is mended where it stands; what lacks proof gets a fact of its own.
        fact: known.filter(|_| finding.verdict != Verdict::Unknown).map(|fact| fact.id),
        entity,
        predicate: known.map_or(predicate, |fact| fact.predicate.clone()),
        evidence,
        claim: finding.quote.clone(),
    })
}

/// The usual predicate of an attribute, or one made of its words: `free_wifi`, `dishwasher_safe`.
fn attribute(quote: &str) -> String {
    match guard::attribute_predicates(quote).iter().find(|predicate| **predicate != "free") {
        Some(predicate) => (*predicate).to_owned(),
        None => named(quote, "attribute"),
    }
}

/// A predicate from the words of a claim.
fn named(quote: &str, otherwise: &str) -> String {
    let words: Vec<String> = quote
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()))
        .take(4)
        .map(str::to_owned)
        .collect();
    if words.is_empty() { otherwise.to_owned() } else { words.join("_") }
}
