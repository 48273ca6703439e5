//! `measure fit-scale`: what fitting costs as customers grow, on customers with known parameters.
//!
//! Goes in: a number of customers and a seed. Customers are born evenly over 52 weeks and watched until week 104; they
//! buy and leave by a BG/NBD process (r .9, alpha 5, a .5, b 4) and spend by a gamma-gamma one (p 6.25, q 3.74,
//! v 15.44). Comes out: CPU seconds of summarising, of each fit and of scoring, and the peak memory of the process. Times
//! of a model contain the grouping it starts from.

use crate::process;
use crate::repeat_purchase::{Fitter, parameters};
use miette::IntoDiagnostic;
use science::hash::SplitMix64;
use science::purchase::beta_geometric::BetaGeometric;
use science::purchase::gamma_gamma::GammaGamma;
use science::purchase::pareto_nbd::{ParetoNbd, Prior};
use science::purchase::summary::{Groups, Summary};
use serde::Serialize;
use serde_json::{Map, Value};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct ScaleArgs {
    /// Customers to simulate.
    #[arg(long, default_value_t = 1_000_000)]
    customers: u32,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Fit {
    name: &'static str,
    parameters: Map<String, Value>,
    log_likelihood: f64,
    fit_cpu_seconds: f64,
    /// Expected purchases (or amounts) of everybody over 39 weeks.
    score_cpu_seconds: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    customers: u32,
    purchases: u64,
    models: Vec<Fit>,
    simulate_cpu_seconds: f64,
    peak_mib: f64,
}

/// A gamma variable of a shape, rate 1 (Marsaglia, Tsang 2000, "A simple method for generating gamma variables").
fn gamma(stream: &mut SplitMix64, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = (1.0 - stream.next_f64()).powf(1.0 / shape);
        return gamma(stream, shape + 1.0) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = stream.next_normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - stream.next_f64()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// One customer: days are whole, purchases of a day count as one.
fn customer(stream: &mut SplitMix64) -> (Summary, f64, u64) {
    let rate = gamma(stream, 0.9) / 5.0 / 7.0;
    let (stay, leave) = (gamma(stream, 4.0), gamma(stream, 0.5));
    let leaves = leave / (leave + stay);
    let scale = gamma(stream, 3.74) / 15.44;
    let born = stream.next_f64() * 364.0;
    let (mut at, mut days, mut last, mut purchases) = (born, 0u32, born.floor(), 1u64);
    let mut amounts = 0.0;
    loop {
        at -= (1.0 - stream.next_f64()).ln() / rate.max(1e-12);
        if at >= 728.0 {
            break;
        }
        purchases += 1;
        amounts += gamma(stream, 6.25) / scale;
        if at.floor() > last {
            days += 1;
            last = at.floor();
        }
        if stream.next_f64() < leaves {
            break;
        }
    }
    let first = born.floor();
    let summary = Summary { frequency: days, recency: (last - first) / 7.0, age: (728.0 - first) / 7.0 };
    (summary, if days > 0 { amounts / f64::from(days) } else { 0.0 }, purchases)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = process::cpu_seconds();
    let result = work();
    (result, process::cpu_seconds() - start)
}

/// Simulates, fits and prints.
pub(crate) fn run(args: &ScaleArgs) -> miette::Result<()> {
    let mut stream = SplitMix64::new(args.seed);
    let ((summaries, amounts, purchases), simulate_cpu_seconds) = timed(|| {
        let (mut summaries, mut amounts, mut purchases) = (Vec::new(), Vec::new(), 0);
        for _ in 0..args.customers {
            let (summary, amount, bought) = customer(&mut stream);
            if summary.frequency > 0 {
                amounts.push((f64::from(summary.frequency), amount));
            }
            summaries.push(summary);
            purchases += bought;
        }
        (summaries, amounts, purchases)
    });
    let (groups, grouping) = timed(|| Groups::new(&summaries));
    let groups = groups.into_diagnostic()?;
    let mut models = Vec::new();
    for (name, fit) in
        [("bg_nbd", BetaGeometric::fit_bg as Fitter), ("mbg_nbd", BetaGeometric::fit_mbg as Fitter)]
    {
        let (model, seconds) = timed(|| fit(&groups));
        let model = model.into_diagnostic()?;
        let (_, score_cpu_seconds) =
            timed(|| summaries.iter().map(|s| model.expected(s, 273.0)).sum::<f64>());
        models.push(Fit {
            name,
            parameters: parameters(&model),
            log_likelihood: model.log_likelihood,
            fit_cpu_seconds: grouping + seconds,
            score_cpu_seconds,
        });
    }
    let (model, seconds) = timed(|| ParetoNbd::fit(&groups, Prior::Flat));
    let model = model.into_diagnostic()?;
    let scorer = model.scorer();
    let (_, score_cpu_seconds) = timed(|| summaries.iter().map(|s| scorer.expected(s, 273.0)).sum::<f64>());
    models.push(Fit {
        name: "pareto_nbd",
        parameters: parameters(&model),
        log_likelihood: model.log_likelihood,
        fit_cpu_seconds: grouping + seconds,
        score_cpu_seconds,
    });
    let (model, fit_cpu_seconds) = timed(|| GammaGamma::fit(&amounts));
    let model = model.into_diagnostic()?;
    let (_, score_cpu_seconds) =
        timed(|| amounts.iter().map(|(n, mean)| model.expected(*n, *mean)).sum::<f64>());
    models.push(Fit {
        name: "gamma_gamma",
        parameters: parameters(&model),
        log_likelihood: model.log_likelihood,
        fit_cpu_seconds,
        score_cpu_seconds,
    });
    let peak_mib = process::peak_mib();
    print(&Report { customers: args.customers, purchases, models, simulate_cpu_seconds, peak_mib }, args.json)
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} customers, {} purchases (simulated in {:.1} CPU s), peak {:.0} MiB",
        report.customers, report.purchases, report.simulate_cpu_seconds, report.peak_mib
    );
    for fit in &report.models {
        println!(
            "{:<12} fit {:>7.3} CPU s, score {:>6.3} CPU s, log-likelihood {:.3}, {}",
            fit.name,
            fit.fit_cpu_seconds,
            fit.score_cpu_seconds,
            fit.log_likelihood,
            Value::Object(fit.parameters.clone())
        );
    }
    Ok(())
}
