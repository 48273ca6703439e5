//! What `measure uplift` says: one JSON object, or the same as tables and sentences.

use super::columns::Data;
use super::evaluate::{BASELINE, CHOSEN, Evaluated};
use miette::IntoDiagnostic;
use science::uplift::balance::Balance;
use science::uplift::interval::Figures;
use science::uplift::screen::Screened;
use serde::Serialize;
use terms::estimate::{Estimate, Evidence};

#[derive(Debug, Serialize)]
struct Column {
    column: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    qini: Option<f64>,
    qini_low: Option<f64>,
    qini_high: Option<f64>,
    /// Standard deviation over the seeds.
    qini_sd: Option<f64>,
    uplift_at_30: Option<f64>,
    uplift_at_30_low: Option<f64>,
    uplift_at_30_high: Option<f64>,
    /// Qini of each seed, in the order of `seeds`.
    per_seed: Vec<Option<f64>>,
    uplift_at_30_per_seed: Vec<Option<f64>>,
    over_class_transformation: Option<f64>,
    over_class_transformation_low: Option<f64>,
    over_class_transformation_high: Option<f64>,
    /// Seeds in which its qini is above that of the class transformation.
    seeds_above_class_transformation: usize,
}

#[derive(Debug, Serialize)]
struct Tenth {
    predicted: f64,
    observed: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    n: u64,
}

#[derive(Debug, Serialize)]
struct Tried {
    name: &'static str,
    ridge: Option<f64>,
    /// Mean qini on training rows the model had not seen.
    qini: f64,
}

#[derive(Debug, Serialize)]
struct Chosen {
    seed: u32,
    name: &'static str,
    ridge: Option<f64>,
    tried: Vec<Tried>,
}

#[derive(Debug, Serialize)]
struct Arms {
    treated: usize,
    control: usize,
    outcome_of_treated: f64,
    outcome_of_control: f64,
}

#[derive(Debug, Serialize)]
struct BalanceFigures {
    auc: f64,
    auc_low: f64,
    auc_high: f64,
    level: f64,
    likelihood_ratio: f64,
    degrees_of_freedom: u64,
    p_value: f64,
    most_different: Vec<String>,
}

/// Everything that is said.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    refused: Option<String>,
    /// Why the treatment counts as assigned at random.
    randomised: Option<String>,
    balance: Option<BalanceFigures>,
    outcome: String,
    rows: usize,
    rows_without_outcome: usize,
    arms: Arms,
    covariates: Vec<String>,
    left_out: Vec<Column>,
    seeds: Vec<u32>,
    learners: Vec<Row>,
    chosen: Option<&'static str>,
    chosen_ridge: Option<f64>,
    chosen_by_seed: Vec<Chosen>,
    by_decile: Vec<Tenth>,
    /// How sure it is that the chosen learner is better than the published one.
    verdict: Option<String>,
}

fn value(estimate: Option<Estimate>) -> [Option<f64>; 3] {
    [estimate.map(|e| e.value), estimate.map(|e| e.interval.low), estimate.map(|e| e.interval.high)]
}

impl Report {
    pub(super) fn new(data: &Data, outcome: &str, seeds: &[u32]) -> Self {
        let mean = |arm: bool| {
            let of = data.outcome.iter().zip(&data.treated).filter(|(_, t)| **t == arm);
            let (sum, n) = of.fold((0.0, 0u32), |(sum, n), (y, _)| (sum + y, n + 1));
            sum / f64::from(n.max(1))
        };
        let treated = data.treated.iter().filter(|t| **t).count();
        let told = |name: &String| Column { column: name.clone(), reason: "dropped by --drop".to_owned() };
        Self {
            refused: None,
            randomised: None,
            balance: None,
            outcome: outcome.to_owned(),
            rows: data.rows,
            rows_without_outcome: data.without_outcome,
            arms: Arms {
                treated,
                control: data.treated.len() - treated,
                outcome_of_treated: mean(true),
                outcome_of_control: mean(false),
            },
            covariates: Vec::new(),
            left_out: data.dropped.iter().map(told).collect(),
            seeds: seeds.to_vec(),
            learners: Vec::new(),
            chosen: None,
            chosen_ridge: None,
            chosen_by_seed: Vec::new(),
            by_decile: Vec::new(),
            verdict: None,
        }
    }

    pub(super) fn screened(&mut self, screened: &Screened) {
        self.covariates = screened.kept.iter().map(|column| column.name.clone()).collect();
        let column = |left: &science::uplift::screen::LeftOut| Column {
            column: left.column.clone(),
            reason: left.reason.clone(),
        };
        self.left_out.extend(screened.left_out.iter().map(column));
    }

    pub(super) fn balance(&mut self, balance: &Balance) {
        let auc = balance.auc;
        self.balance = Some(BalanceFigures {
            auc: auc.value,
            auc_low: auc.interval.low,
            auc_high: auc.interval.high,
            level: auc.interval.level,
            likelihood_ratio: balance.statistic,
            degrees_of_freedom: balance.freedom,
            p_value: balance.p_value,
            most_different: balance.differences.iter().map(|d| d.words.clone()).collect(),
        });
        if balance.is_balanced() {
            self.randomised = Some(format!("no record of the assignment, but {}", balance.sentence()));
        }
    }

    pub(super) fn refuse(&mut self, why: String) {
        self.refused = Some(why);
    }

    pub(super) fn evaluated(&mut self, evaluated: Evaluated) {
        let baseline: Vec<Option<f64>> = evaluated
            .names
            .iter()
            .zip(&evaluated.figures)
            .find(|(name, _)| **name == BASELINE.name())
            .map(|(_, figures)| figures.qini_of_parts.clone())
            .unwrap_or_default();
        let row = |(name, figures): (&&'static str, &Figures)| row(name, figures, &baseline);
        self.learners = evaluated.names.iter().zip(&evaluated.figures).map(row).collect();
        self.chosen = Some(evaluated.chosen.name());
        self.chosen_ridge = evaluated.chosen.ridge();
        self.chosen_by_seed = self
            .seeds
            .iter()
            .zip(&evaluated.choices)
            .map(|(seed, choice)| Chosen {
                seed: *seed,
                name: choice.chosen.name(),
                ridge: choice.chosen.ridge(),
                tried: choice
                    .candidates
                    .iter()
                    .map(|one| Tried { name: one.learner.name(), ridge: one.learner.ridge(), qini: one.qini })
                    .collect(),
            })
            .collect();
        let tenth = |decile: &science::uplift::decile::Decile| {
            let observed = match decile.observed {
                Evidence::Sufficient(estimate) => Some(estimate),
                Evidence::Insufficient { .. } => None,
            };
            let [observed, low, high] = value(observed);
            Tenth { predicted: decile.predicted, observed, low, high, n: decile.n }
        };
        self.by_decile = evaluated.deciles.iter().map(tenth).collect();
        self.verdict = self.learners.iter().find(|row| row.name == CHOSEN).and_then(|row| {
            let (low, high) = (row.over_class_transformation_low?, row.over_class_transformation_high?);
            let difference = row.over_class_transformation?;
            let says = if low > 0.0 {
                "better than"
            } else if high < 0.0 {
                "worse than"
            } else {
                "not to be told from"
            };
            Some(format!(
                "the chosen learner is {says} class transformation: qini {difference:+.4}, 95 % interval {low:+.4} to \
                 {high:+.4}, above it in {} of {} seeds",
                row.seeds_above_class_transformation,
                row.per_seed.len()
            ))
        });
    }

    /// Prints the report.
    #[expect(clippy::print_stdout, reason = "printing is what this program is for")]
    pub(super) fn print(&self, json: bool) -> miette::Result<()> {
        if json {
            println!("{}", serde_json::to_string(self).into_diagnostic()?);
            return Ok(());
        }
        println!(
            "{} treated with mean `{}` {:.6}, {} others with {:.6}",
            self.arms.treated,
            self.outcome,
            self.arms.outcome_of_treated,
            self.arms.control,
            self.arms.outcome_of_control
        );
        println!("covariates: {}", self.covariates.join(", "));
        for left in &self.left_out {
            println!("left out: `{}` {}", left.column, left.reason);
        }
        if let Some(refused) = &self.refused {
            println!("refused: {refused}");
            return Ok(());
        }
        println!("randomised: {}\n", self.randomised.as_deref().unwrap_or("not known"));
        println!("{:<30} {:<28} {:<28} qini of seeds {:?}", "learner", "qini", "uplift at 30 %", self.seeds);
        for row in &self.learners {
            let seeds: Vec<String> = row.per_seed.iter().map(|q| number(*q)).collect();
            println!(
                "{:<30} {:<28} {:<28} {}",
                row.name,
                around(row.qini, row.qini_low, row.qini_high),
                around(row.uplift_at_30, row.uplift_at_30_low, row.uplift_at_30_high),
                seeds.join("  ")
            );
        }
        let chosen: Vec<String> = self
            .chosen_by_seed
            .iter()
            .map(|c| {
                format!(
                    "{} ({})",
                    c.name,
                    c.ridge.map_or_else(|| "no penalty".to_owned(), |r| format!("penalty {r}"))
                )
            })
            .collect();
        println!("\nchosen by cross-fitting on each training part: {}", chosen.join(", "));
        println!("{}", self.verdict.as_deref().unwrap_or_default());
        println!("\nby tenth, cross-fitted, highest predicted uplift first");
        let most = self.by_decile.iter().filter_map(|t| t.high).fold(1e-12, f64::max);
        for tenth in &self.by_decile {
            println!(
                "{:>8} predicted, observed {:<28} n {:<6} {}",
                number(Some(tenth.predicted)),
                around(tenth.observed, tenth.low, tenth.high),
                tenth.n,
                bar(tenth, most)
            );
        }
        Ok(())
    }
}

fn row(name: &'static str, figures: &Figures, baseline: &[Option<f64>]) -> Row {
    let [qini, qini_low, qini_high] = value(figures.qini);
    let [uplift_at_30, uplift_at_30_low, uplift_at_30_high] = value(figures.uplift);
    let [over, over_low, over_high] = value(figures.over_baseline);
    let known: Vec<f64> = figures.qini_of_parts.iter().flatten().copied().collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let squares: f64 = known.iter().map(|q| (q - mean).powi(2)).sum();
    let above = figures.qini_of_parts.iter().zip(baseline).filter(|(a, b)| a > b).count();
    Row {
        name,
        qini,
        qini_low,
        qini_high,
        qini_sd: (known.len() > 1).then(|| (squares / (known.len() - 1) as f64).sqrt()),
        uplift_at_30,
        uplift_at_30_low,
        uplift_at_30_high,
        per_seed: figures.qini_of_parts.clone(),
        uplift_at_30_per_seed: figures.uplift_of_parts.clone(),
        over_class_transformation: over,
        over_class_transformation_low: over_low,
        over_class_transformation_high: over_high,
        seeds_above_class_transformation: above,
    }
}

fn number(x: Option<f64>) -> String {
    x.map_or_else(|| "-".to_owned(), |x| format!("{x:.4}"))
}

fn around(x: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (x, low, high) {
        (Some(x), Some(low), Some(high)) => format!("{x:.4} ({low:.4} to {high:.4})"),
        _ => "not enough rows".to_owned(),
    }
}

/// The interval as a line, `|` at zero and `o` at the observed uplift.
fn bar(tenth: &Tenth, most: f64) -> String {
    const WIDTH: i32 = 40;
    let place = |x: f64| ((x / most * f64::from(WIDTH * 3 / 4)).round() as i32 + WIDTH / 4).clamp(0, WIDTH);
    let (Some(x), Some(low), Some(high)) = (tenth.observed, tenth.low, tenth.high) else {
        return String::new();
    };
    (0..=WIDTH)
        .map(|at| match at {
            at if at == place(x) => 'o',
            at if at == place(0.0) => '|',
            at if at >= place(low) && at <= place(high) => '-',
            _ => ' ',
        })
        .collect::<String>()
        .trim_end()
        .to_owned()
}
