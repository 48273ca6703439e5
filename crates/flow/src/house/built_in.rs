//! What a brand decided about one built-in rule, and what it may decide.

use guard::HouseFault;
use serde::Serialize;
use terms::finding::Severity;
use terms::house::Raise;

use super::{KeptOverride, LineFault};
use crate::app::App;
use crate::error::{Error, Result};
use crate::guarding::{RuleView, rulebook};

/// A built-in rule as the brand has it.
#[derive(Debug, Clone, Serialize)]
pub struct BuiltInView {
    /// Its name in short, such as `M3`.
    pub id: String,
    /// What the book says; none for a rule that this version has no more, and that was raised or overridden before.
    pub rule: Option<RuleView>,
    /// Who made it more severe.
    pub raise: Option<Raise>,
    /// Why it cannot be raised.
    pub not_raised: Option<LineFault>,
    /// Overrides that count now.
    pub overrides: Vec<KeptOverride>,
    /// Overrides that are over, the latest first.
    pub past: Vec<KeptOverride>,
    /// Why it cannot be overridden.
    pub not_overridden: Option<LineFault>,
}

fn why_not(answer: std::result::Result<(), HouseFault>) -> Option<LineFault> {
    answer.err().map(|fault| LineFault { line: 0, rule: String::new(), fault: fault.into() })
}

impl App {
    /// One built-in rule with what was decided about it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a rule that nobody knows.
    pub async fn built_in_rule(&self, id: &str) -> Result<BuiltInView> {
        let house = self.house_view().await?;
        let of_rule = |kept: &KeptOverride| kept.entry.rule == id;
        let view = BuiltInView {
            id: id.to_owned(),
            rule: rulebook().into_iter().find(|rule| rule.id == id),
            raise: house.raises.into_iter().find(|raise| raise.rule == id),
            not_raised: why_not(guard::may_raise(id, Severity::Block)),
            overrides: house.overrides.into_iter().filter(of_rule).collect(),
            past: house.past.into_iter().filter(of_rule).collect(),
            not_overridden: why_not(guard::may_be_overridden(id)),
        };
        let known = view.rule.is_some() || view.raise.is_some() || !view.overrides.is_empty();
        if known { Ok(view) } else { Err(Error::NotFound) }
    }
}
