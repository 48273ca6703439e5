//! What customers agreed to: how many say what, and for one customer every receipt with its proof, at any time.

use crate::charts::{Part, bands, months};
use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use flow::views::{ConsentHistory, ConsentView, NoticeState, PurposeCounts, ReceiptLine, SaleCheck};
use serde::Deserialize;
use terms::consent::{Channel, ConsentStatus, Purpose};
use terms::time::Instant;

#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage {
    pub(super) cx: Cx,
    pub(super) view: ConsentView,
}

impl ConsentPage {
    /// A purpose with the channel it is asked through.
    fn asked(&self, purpose: &Purpose, channel: &Option<Channel>) -> String {
        let purpose = self.cx.name("purpose", purpose);
        match channel {
            Some(channel) => format!("{purpose} · {}", self.cx.name("channel", channel)),
            None => purpose,
        }
    }

    /// Share of those asked who agreed.
    fn share(&self, line: &PurposeCounts) -> f64 {
        let all = line.counts.granted + line.counts.denied + line.counts.withdrawn;
        if all == 0 { 0.0 } else { line.counts.granted as f64 / all as f64 }
    }

    fn months(&self) -> (String, f64) {
        let counts: Vec<(i64, i64)> =
            self.view.months.iter().map(|month| (month.granted, month.refused)).collect();
        months(&counts, self.cx.t("co.months"), self.cx.t("co.months.desc"))
    }

    /// Every purpose over time, from the first receipt to the later of now and the last one.
    fn bands(&self, history: &ConsentHistory) -> String {
        let times = || history.receipts.iter().map(|line| line.receipt.at);
        let from = times().min().unwrap_or(history.at).min(history.at);
        let to = times().max().unwrap_or(history.at).max(history.at);
        // A little room on the right, so that the last word said can be seen.
        let room = Instant(to.0 + (to.0 - from.0) / 20);
        let time = |at: Instant| at.0 as f64;
        let rows: Vec<(String, Vec<Part>)> = history
            .tracks
            .iter()
            .map(|track| {
                let parts = track.stretches.iter().map(|stretch| Part {
                    from: time(stretch.from),
                    to: stretch.to.map(time),
                    class: match (stretch.status, stretch.allows) {
                        (ConsentStatus::Granted, true) => "yes",
                        (ConsentStatus::Granted, false) => "void",
                        (ConsentStatus::Denied | ConsentStatus::Withdrawn, _) => "no",
                    },
                    title: format!(
                        "{}: {}",
                        self.cx.on(stretch.from),
                        self.cx.name("consent", stretch.status)
                    ),
                });
                (self.asked(&track.purpose, &track.channel), parts.collect())
            })
            .collect();
        let ends = (self.cx.on(from), self.cx.on(room));
        bands(
            &rows,
            (time(from), time(room)),
            time(history.at),
            (&ends.0, &ends.1),
            self.cx.t("co.picture"),
            self.cx.t("co.picture.desc"),
        )
    }

    fn sale(&self, line: &ReceiptLine) -> Option<&'static str> {
        match line.sale {
            SaleCheck::NotNeeded => None,
            SaleCheck::Found => Some(self.cx.t("co.sale.found")),
            SaleCheck::NoProof => Some(self.cx.t("co.sale.no_proof")),
            SaleCheck::NoPurchase => Some(self.cx.t("co.sale.no_purchase")),
        }
    }

    fn is_void(&self, line: &ReceiptLine) -> bool {
        matches!(line.sale, SaleCheck::NoProof | SaleCheck::NoPurchase)
    }

    fn notice(&self, line: &ReceiptLine) -> &'static str {
        match line.notice {
            NoticeState::Known { .. } => "",
            NoticeState::OtherText => self.cx.t("co.notice.other"),
            NoticeState::Unknown => self.cx.t("co.notice.unknown"),
            NoticeState::None => self.cx.t("co.notice.none"),
        }
    }

    fn notice_text<'a>(&self, line: &'a ReceiptLine) -> Option<&'a str> {
        match &line.notice {
            NoticeState::Known { text } => Some(text),
            NoticeState::OtherText | NoticeState::Unknown | NoticeState::None => None,
        }
    }

    /// The instant in the form that the page's field takes, in UTC.
    fn field_time(&self) -> String {
        self.view.at.to_string().chars().take(16).collect()
    }
}

/// Who is looked for, and the time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    at: String,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(asked) = asked?;
    let view = state.app.consent_view(&asked.q, &asked.at).await?;
    respond::face(&cx, view, |view| ConsentPage { cx: cx.clone(), view })
}
