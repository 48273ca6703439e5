//! Reasons as sentences: "Silent for 9 weeks: makes a purchase less likely." The figures beside them stay exact.

use super::CustomerPage;
use flow::views::ReasonLine;
use terms::stage::Stage;

/// Sentences shown at the most.
const MOST: usize = 4;
/// Contributions below this are left to the table.
const SMALLEST: f64 = 0.05;

impl CustomerPage {
    /// The strongest reasons in words.
    pub(super) fn sentences(&self) -> Vec<String> {
        let strong = self.view.reasons.iter().filter(|line| line.contribution.abs() >= SMALLEST);
        let sentence = |line: &ReasonLine| {
            let key = if line.contribution > 0.0 { "customer.words.more" } else { "customer.words.less" };
            self.phrase(line).map(|phrase| self.cx.t1(key, phrase))
        };
        strong.filter_map(sentence).take(MOST).collect()
    }

    /// A length of time as people say it.
    fn span(&self, days: f64) -> String {
        if days < 14.0 {
            self.cx.plural("customer.words.days", days.round())
        } else if days < 90.0 {
            self.cx.plural("customer.words.weeks", (days / 7.0).round())
        } else {
            self.cx.plural("customer.words.months", (days / 30.44).round())
        }
    }

    /// One figure in words; `None` for what has none.
    fn phrase(&self, line: &ReasonLine) -> Option<String> {
        let (cx, value) = (&self.cx, line.value);
        let money = |key| cx.t1(key, cx.cents(value, &self.view.currency));
        Some(match line.feature.as_str() {
            "silence" => cx.t1("customer.words.silence", self.span(value)),
            "frequency" => cx.plural("customer.words.frequency", value),
            "last_gap" if value > 0.0 => cx.t1("customer.words.last_gap", self.span(value)),
            "recent_purchases" => cx.plural("customer.words.recent_purchases", value),
            "rate" if value > 0.0 => cx.t1("customer.words.rate", self.span(1.0 / value)),
            "silence_in_gaps" if value > 0.0 => cx.t1("customer.words.silence_in_gaps", cx.dec(value, 1)),
            "gap_mean" if value > 0.0 => cx.t1("customer.words.gap_mean", self.span(value)),
            "gap_variation" if value < 0.5 => cx.t("customer.words.gap_regular").to_owned(),
            "gap_variation" => cx.t("customer.words.gap_irregular").to_owned(),
            "silence_surprise" if line.contribution < 0.0 => cx.t("customer.words.surprise_high").to_owned(),
            "silence_surprise" => cx.t("customer.words.surprise_low").to_owned(),
            "overdue" if value > 0.0 => cx.t1("customer.words.overdue", self.span(value)),
            "overdue" => cx.t("customer.words.on_time").to_owned(),
            "engagement" => cx.plural("customer.words.engagement", value),
            "due" => cx.t1("customer.words.due", cx.pct(value, 0)),
            "spend" => money("customer.words.spend"),
            "order_value" => money("customer.words.order_value"),
            "last_amount" => money("customer.words.last_amount"),
            "stage" => {
                let stage = Stage::ALL.iter().find(|stage| stage.index() as f64 == value)?;
                cx.t1("customer.words.stage", cx.name("stage", stage))
            }
            _ => return None,
        })
    }
}
