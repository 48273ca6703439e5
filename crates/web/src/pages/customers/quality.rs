//! How far the forecast can be trusted, shown before it is used: a verdict in words, calibration, gains, quality by
//! stage; and the cohorts, which show what was without any model.

use super::CustomersPage;
use crate::charts;
use flow::views::{BacktestLine, Cohort, ForecastView, Verdict};

impl CustomersPage {
    /// What the backtest says about the choice.
    pub(super) fn verdict(&self, forecast: &ForecastView) -> String {
        let key = match forecast.verdict {
            Verdict::TooShort => "customers.verdict.too_short",
            Verdict::BaselineWins => "customers.verdict.baseline",
            Verdict::NotDistinguishable => "customers.verdict.unsure",
            Verdict::ModelWins => "customers.verdict.model",
        };
        self.cx.t1(key, self.cx.n(forecast.held_back.len() as u64))
    }

    /// How a model compares with the naive one, in plain words.
    pub(super) fn against_naive(&self, line: &BacktestLine, forecast: &ForecastView) -> String {
        let Some(naive) = forecast.backtest.iter().find(|line| line.naive) else {
            return String::new();
        };
        if line.naive || naive.log_loss <= 0.0 {
            return self.cx.t("customers.naive").to_owned();
        }
        let gain = 1.0 - line.log_loss / naive.log_loss;
        let key = if gain >= 0.0 { "customers.beats" } else { "customers.loses" };
        self.cx.t1(key, self.cx.pct(gain.abs(), 1))
    }

    /// How far a model is behind the best, with its interval.
    pub(super) fn behind(&self, line: &BacktestLine) -> String {
        if line.behind_high == 0.0 {
            return "–".to_owned();
        }
        format!("{} – {}", self.cx.signed_dec(line.behind_low, 4), self.cx.signed_dec(line.behind_high, 4))
    }

    /// Stated against observed frequency.
    pub(super) fn calibration(&self, forecast: &ForecastView) -> String {
        let bins = forecast.pictures.as_ref().map_or(&[][..], |pictures| &pictures.calibration);
        let tip = |stated, observed, n: u64| {
            let (stated, observed) = (self.cx.pct(stated, 1), self.cx.pct(observed, 1));
            self.cx.t3("customers.calibration.tip", stated, observed, self.cx.n(n))
        };
        let points =
            bins.iter().map(|bin| (bin.predicted, bin.observed, tip(bin.predicted, bin.observed, bin.n)));
        charts::square(&charts::Square {
            title: self.cx.t("customers.calibration"),
            desc: self.cx.t("customers.calibration.help"),
            x: self.cx.t("customers.calibration.x"),
            y: self.cx.t("customers.calibration.y"),
            points: points.collect(),
        })
    }

    /// Share of those who churned among the most endangered.
    pub(super) fn gains(&self, forecast: &ForecastView) -> String {
        let gains = forecast.pictures.as_ref().map_or(&[][..], |pictures| &pictures.gains);
        let tip = |customers, churned| {
            self.cx.t2("customers.gains.tip", self.cx.pct(customers, 0), self.cx.pct(churned, 0))
        };
        let points =
            gains.iter().map(|gain| (gain.customers, gain.churned, tip(gain.customers, gain.churned)));
        charts::square(&charts::Square {
            title: self.cx.t("customers.gains"),
            desc: self.cx.t("customers.gains.help"),
            x: self.cx.t("customers.gains.x"),
            y: self.cx.t("customers.gains.y"),
            points: points.collect(),
        })
    }

    /// Months that the longest cohort has.
    pub(super) fn cohort_months(&self) -> usize {
        self.view.cohorts.iter().map(|cohort| cohort.buyers.len()).max().unwrap_or(0)
    }

    /// Share of a cohort that bought in each month since, with the strength of its cell.
    pub(super) fn retention(&self, cohort: &Cohort) -> Vec<(String, u8)> {
        let share = |buyers: &u64| *buyers as f64 / cohort.customers.max(1) as f64;
        let cells = cohort.buyers.iter().enumerate().map(|(month, buyers)| {
            let heat = if month == 0 { 0 } else { charts::heat(share(buyers), 0.6) };
            (self.cx.pct(share(buyers), 0), heat)
        });
        cells.collect()
    }
}
