//! `measure fairness`: how a prediction or a decision falls on groups, on anybody's file.
//!
//! Goes in: a table and the columns of outcome, prediction and groups. Comes out: every rate by group and intersection with
//! simultaneous intervals, ratios and differences, and which groups are too small. One pass over the file fills
//! [`science::fairness::Tally`]; rows are never kept. Point values over all groups are fairlearn's. It deliberately decides
//! nothing about what is fair.

mod beside;
mod report;

use clap::Args;
use lake::import::{Codes, Header, Labels, NO_CODE, Options, codes};
use miette::{IntoDiagnostic, miette};
use science::fairness::calibration::ByGroup;
use science::fairness::tally::UNKNOWN;
use science::fairness::{Demand, Tally};
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct FairnessArgs {
    /// A table, CSV of any delimiter (also compressed) or Parquet, one row a person.
    file: PathBuf,
    /// What came of it: a column of 0/1, yes/no or true/false, or a column and the value that counts, such as
    /// `income=>50K`.
    #[arg(long, value_name = "COLUMN[=VALUE]")]
    outcome: Target,
    /// What was predicted or decided, written in the same way.
    #[arg(long, value_name = "COLUMN[=VALUE]")]
    prediction: Target,
    /// Columns that make the groups; with several also their intersections.
    #[arg(long, value_delimiter = ',', required = true, value_name = "COLUMN,COLUMN")]
    groups: Vec<String>,
    /// A score between 0 and 1 whose calibration is told by group.
    #[arg(long, value_name = "COLUMN")]
    score: Option<String>,
    /// A column that may decide: ratios among rows that are alike in it (Mantel-Haenszel).
    #[arg(long, value_name = "COLUMN")]
    given: Option<String>,
    /// Columns that decisions may use: how well each, and all together, tell a group from everybody else.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,COLUMN")]
    proxies: Vec<String>,
    /// A column of how often each person was contacted, or of anything else they got: its mean by group.
    #[arg(long, value_name = "COLUMN")]
    burden: Option<String>,
    /// Seed of the folds that --proxies is cross-validated by.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rows a group's rate must be about before it is told with an interval.
    #[arg(long, default_value_t = 20)]
    smallest: u64,
    /// Content of the intervals, which hold together for all groups of a rate.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// A character, or tab, space, comma, semicolon, pipe; detected when absent.
    #[arg(long)]
    delimiter: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A column, and the value that counts as positive.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    column: String,
    value: Option<String>,
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (column, value) = match text.split_once('=') {
            Some((column, value)) => (column.trim(), Some(value.trim().to_owned())),
            None => (text.trim(), None),
        };
        if column.is_empty() || value.as_deref() == Some("") {
            return Err(format!(
                "`{text}` names no column or no value; write COLUMN or COLUMN=VALUE, such as `income=>50K`"
            ));
        }
        Ok(Self { column: column.to_owned(), value })
    }
}

impl Target {
    /// What a text means: 1, 0, or that it means neither.
    fn bit(&self, text: &str) -> Option<u8> {
        match &self.value {
            Some(value) => {
                let number = |text: &str| text.parse::<f64>().ok();
                let same = text == value || number(text).zip(number(value)).is_some_and(|(a, b)| a == b);
                Some(u8::from(same))
            }
            None => match text.to_ascii_lowercase().as_str() {
                "1" | "1.0" | "yes" | "true" | "t" | "y" => Some(1),
                "0" | "0.0" | "no" | "false" | "f" | "n" => Some(0),
                _ => None,
            },
        }
    }
}

/// The bits of a coded column, looked up by code.
struct Bits<'a> {
    target: &'a Target,
    by_code: Vec<u8>,
    positive: bool,
    fault: Option<String>,
}

impl<'a> Bits<'a> {
    const fn new(target: &'a Target) -> Self {
        Self { target, by_code: Vec::new(), positive: false, fault: None }
    }

    fn read(&mut self, codes: &[u16], labels: &Labels, into: &mut Vec<u8>) {
        for text in labels.texts().iter().skip(self.by_code.len()) {
            let bit = self.target.bit(text);
            self.positive |= bit == Some(1);
            if bit.is_none() && self.fault.is_none() {
                self.fault = Some(text.clone());
            }
            self.by_code.push(bit.unwrap_or(UNKNOWN));
        }
        into.clear();
        into.extend(codes.iter().map(|code| match *code {
            NO_CODE => UNKNOWN,
            code => self.by_code.get(usize::from(code)).copied().unwrap_or(UNKNOWN),
        }));
    }

    fn check(&self, what: &str) -> miette::Result<()> {
        let Target { column, value } = self.target;
        if let Some(fault) = &self.fault {
            return Err(miette!(
                "`{column}` has the value `{fault}`, which is neither yes nor no; say which value counts with --{what} \
                 '{column}=VALUE'"
            ));
        }
        match value {
            Some(value) if !self.positive => Err(miette!(
                "no row has `{column}` = `{value}`, as --{what} says; check its spelling in the file"
            )),
            _ => Ok(()),
        }
    }
}

/// What one pass over a file counted.
struct Counted {
    tally: Tally,
    /// Texts of the group columns, then of the column that may decide.
    labels: Vec<Labels>,
    rows: u64,
    scores: Option<Scores>,
    /// CPU seconds spent on counting alone.
    counting: f64,
}

/// Calibration by group, a table for each column of groups.
struct Scores {
    tables: Vec<ByGroup>,
    outside: u64,
}

/// Measures and prints.
pub(crate) fn run(args: &FairnessArgs) -> miette::Result<()> {
    if !(0.5..1.0).contains(&args.level) {
        return Err(miette!("--level is `{}`; give a number from .5 to below 1, such as .95", args.level));
    }
    let mut names = args.groups.clone();
    names.extend(args.given.clone());
    for (at, name) in names.iter().enumerate() {
        let target = [&args.outcome.column, &args.prediction.column].contains(&name);
        if target || names.iter().take(at).any(|before| before == name) {
            return Err(miette!("`{name}` is named twice; a column is an outcome, a prediction or a group"));
        }
    }
    let counted = count(args, &names)?;
    let demand = Demand { smallest: args.smallest, level: args.level };
    let report = report::Report::new(args, &counted, &demand)?;
    report.print(args.json)
}

fn count(args: &FairnessArgs, names: &[String]) -> miette::Result<Counted> {
    let options =
        Options { delimiter: args.delimiter.clone(), header: Header::Present, ..Options::default() };
    let mut coded = vec![args.outcome.column.clone(), args.prediction.column.clone()];
    coded.extend(names.iter().cloned());
    let numbers: Vec<String> = args.score.iter().cloned().collect();
    let (mut outcome, mut prediction) = (Bits::new(&args.outcome), Bits::new(&args.prediction));
    let (mut y, mut p) = (Vec::new(), Vec::new());
    let mut tally = Tally::new(names.len());
    let mut scores = args
        .score
        .as_ref()
        .map(|_| Scores { tables: vec![ByGroup::default(); args.groups.len()], outside: 0 });
    let mut fault = None;
    let mut counting = 0.0;
    let mut each = |batch: &Codes| {
        if fault.is_some() {
            return;
        }
        let began = crate::process::cpu_seconds();
        if let ([of_outcome, of_prediction, groups @ ..], [outcomes, predictions, labels @ ..]) =
            (batch.columns.as_slice(), batch.labels.as_slice())
        {
            outcome.read(of_outcome, outcomes, &mut y);
            prediction.read(of_prediction, predictions, &mut p);
            let room: Vec<usize> = labels.iter().map(|labels| labels.texts().len()).collect();
            let columns: Vec<&[u16]> = groups.iter().map(Vec::as_slice).collect();
            fault = tally.reserve(&room).and_then(|()| tally.add(&columns, &y, &p)).err();
            if let (Some(scores), Some(values)) = (&mut scores, batch.numbers.first()) {
                scores.add(values, &columns, &y);
            }
        }
        counting += crate::process::cpu_seconds() - began;
    };
    let read = codes(&args.file, &options, (&coded, &numbers), &mut |_| {}, &mut each);
    let (labels, rows) = read.into_diagnostic()?;
    if let Some(fault) = fault {
        return Err(miette!("{fault}"));
    }
    outcome.check("outcome")?;
    prediction.check("prediction")?;
    let labels = labels.into_iter().skip(2).collect();
    Ok(Counted { tally, labels, rows, scores, counting })
}

impl Scores {
    fn add(&mut self, values: &[f64], columns: &[&[u16]], outcome: &[u8]) {
        for (table, codes) in self.tables.iter_mut().zip(columns) {
            for ((score, code), outcome) in values.iter().zip(*codes).zip(outcome) {
                if *code != NO_CODE && *outcome != UNKNOWN {
                    let taken = table.add(usize::from(*code), *score, *outcome == 1);
                    self.outside += u64::from(!taken);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_column_with_or_without_its_value() {
        let target: Target = "income=>50K".parse().unwrap();
        assert_eq!(target, Target { column: "income".into(), value: Some(">50K".into()) });
        assert_eq!((target.bit(">50K"), target.bit("<=50K")), (Some(1), Some(0)));
        let plain: Target = "bar".parse().unwrap();
        assert_eq!((plain.bit("TRUE"), plain.bit("0"), plain.bit("maybe")), (Some(1), Some(0), None));
        assert!("=x".parse::<Target>().is_err() && "x=".parse::<Target>().is_err());
    }

    #[derive(clap::Parser)]
    struct Only {
        #[command(flatten)]
        args: FairnessArgs,
    }

    fn measured(arguments: &[&str]) -> miette::Result<serde_json::Value> {
        let args = <Only as clap::Parser>::try_parse_from([&["x"], arguments].concat()).unwrap().args;
        let mut names = args.groups.clone();
        names.extend(args.given.clone());
        let counted = count(&args, &names)?;
        let demand = Demand { smallest: args.smallest, level: args.level };
        Ok(serde_json::to_value(report::Report::new(&args, &counted, &demand)?).unwrap())
    }

    fn shared(name: &str) -> Option<String> {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fairness").join(name);
        if !path.exists() {
            eprintln!("skipped: `{}` is absent", path.display());
            return None;
        }
        Some(path.display().to_string())
    }

    /// Selection, true and false positive rate as ratios, then as differences, then the equalized odds difference, printed by
    /// fairlearn 0.15 for these columns.
    #[test]
    fn ratios_and_differences_are_those_of_fairlearn() {
        let known: [(&str, [&str; 3], usize, [f64; 7]); 6] = [
            (
                "adult.csv.gz",
                ["income=>50K", "workclass=Private", "sex,race"],
                0,
                [
                    0.9197634887413931,
                    0.9980858634392126,
                    0.9396214411615629,
                    0.06268323645862539,
                    0.0012434705143952174,
                    0.048198385896288776,
                    0.048198385896288776,
                ],
            ),
            (
                "adult.csv.gz",
                ["income=>50K", "workclass=Private", "sex,race"],
                2,
                [
                    0.6742648734898564,
                    0.3636363636363636,
                    0.7113660337552743,
                    0.3070147169405951,
                    0.4772727272727273,
                    0.27472389558232924,
                    0.4772727272727273,
                ],
            ),
            (
                "german.credit.csv.gz",
                ["Credit_risk=GOOD", "Telephone=yes", "Gender,Foreign_worker"],
                0,
                [
                    0.8121185701830863,
                    0.8313250262449222,
                    0.7862855798635616,
                    0.08059841047218325,
                    0.07368966789299991,
                    0.08727604591959265,
                    0.08727604591959265,
                ],
            ),
            (
                "german.credit.csv.gz",
                ["Credit_risk=GOOD", "Telephone=yes", "Gender,Foreign_worker"],
                2,
                [
                    0.22525597269624573,
                    0.15575396825396826,
                    0.6355140186915887,
                    0.343939393939394,
                    0.3871701546860783,
                    0.18224299065420563,
                    0.3871701546860783,
                ],
            ),
            (
                "law.school.admissions.csv.gz",
                ["bar", "fulltime=1", "gender,race1"],
                0,
                [
                    0.9925646095184295,
                    0.9915483946421132,
                    0.9887272132825626,
                    0.006918893549617278,
                    0.007912912142907125,
                    0.01002812534737918,
                    0.01002812534737918,
                ],
            ),
            (
                "law.school.admissions.csv.gz",
                ["bar", "fulltime=1", "gender,race1"],
                2,
                [
                    0.95234815190444,
                    0.957202339970118,
                    0.8780676328502416,
                    0.046091460122657524,
                    0.041353567206787734,
                    0.11849765258215961,
                    0.11849765258215961,
                ],
            ),
        ];
        for (name, [outcome, prediction, groups], block, expected) in known {
            let Some(path) = shared(name) else { return };
            let report =
                measured(&[&path, "--outcome", outcome, "--prediction", prediction, "--groups", groups])
                    .unwrap();
            let found = &report["attributes"][block];
            let of = |rate: &str, what: &str| found["rates"][rate]["over_all"][what].as_f64().unwrap();
            let rates = ["selection", "true_positive", "false_positive"];
            let mut values: Vec<f64> = rates.iter().map(|rate| of(rate, "ratio")).collect();
            values.extend(rates.iter().map(|rate| of(rate, "difference")));
            values.push(found["equalized_odds"]["over_all"]["difference"].as_f64().unwrap());
            for (value, expected) in values.iter().zip(expected) {
                assert!((value - expected).abs() < 1e-9, "{name} {block}: {value} and not {expected}");
            }
        }
    }

    /// `roc_auc_score` of scikit-learn 1.9.1 for these columns; the first is the column, the last the area.
    #[test]
    fn areas_of_single_columns_are_those_of_scikit_learn() {
        let adult = ["income=>50K", "workclass=Private", "sex", "Male"];
        let law = ["bar", "fulltime=1", "gender", "female"];
        type Known = (&'static str, [&'static str; 4], &'static [(&'static str, f64)]);
        let known: [Known; 2] = [
            (
                "adult.csv.gz",
                adult,
                &[
                    ("age", 0.5565584175657399),
                    ("education_num", 0.5003126223306953),
                    ("capital_gain", 0.5203820544995725),
                    ("hours_per_week", 0.6544492432576788),
                ],
            ),
            (
                "law.school.admissions.csv.gz",
                law,
                &[
                    ("age", 0.516124194655481),
                    ("lsat", 0.4557546707342113),
                    ("ugpa", 0.5780148426270864),
                    ("decile3", 0.49686198938136167),
                ],
            ),
        ];
        for (name, [outcome, prediction, groups, member], columns) in known {
            let Some(path) = shared(name) else { return };
            let named: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            let arguments = ["--outcome", outcome, "--prediction", prediction, "--groups", groups];
            let report = measured(
                &[&[path.as_str()], arguments.as_slice(), &["--proxies", &named.join(",")]].concat(),
            )
            .unwrap();
            let away = &report["proxies"][groups][member];
            for (column, expected) in columns {
                let found = away["columns"][column]["ranked"]["value"].as_f64().unwrap();
                assert!((found - expected).abs() < 1e-9, "{name} {column}: {found} and not {expected}");
            }
            let all = away["all"]["value"].as_f64().unwrap();
            let best = away["columns"].as_object().unwrap().values();
            let best = best.map(|column| column["area"]["value"].as_f64().unwrap()).fold(0.0, f64::max);
            assert!(all > best - 0.01, "{name}: {all} and {best}");
        }
    }

    #[test]
    fn the_mean_of_contacts_is_told_by_group_and_a_group_does_not_give_itself_away() {
        let rows: String =
            (0..80).map(|at| format!("1,0,{},{}\n", if at % 2 == 0 { "a" } else { "b" }, at % 4)).collect();
        let (_folder, path) = file(&format!("y,p,g,contacts\n{rows}"));
        let arguments = ["--outcome", "y", "--prediction", "p", "--groups", "g"];
        let of = |more: [&str; 2]| measured(&[&[path.as_str()], arguments.as_slice(), &more].concat());
        let report = of(["--burden", "contacts"]).unwrap();
        assert_eq!(report["burden"]["g"]["groups"]["a"]["value"].as_f64(), Some(1.0));
        assert_eq!(report["burden"]["g"]["ratio"]["value"].as_f64(), Some(0.5));
        assert!(of(["--proxies", "g"]).unwrap_err().to_string().contains("give itself away"));
    }

    fn file(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        (folder, path.display().to_string())
    }

    #[test]
    fn bad_input_is_told_with_what_to_do() {
        let (_folder, path) = file("y,p,g\n1,1,a\n0,0,b\nmaybe,1,a\n");
        for (arguments, says) in [
            (["--outcome", "y", "--prediction", "p", "--groups", "g"], "--outcome 'y=VALUE'"),
            (["--outcome", "y=1", "--prediction", "p=2", "--groups", "g"], "no row has `p` = `2`"),
            (["--outcome", "y=1", "--prediction", "p", "--groups", "h"], "it has y, p, g"),
        ] {
            let error = measured(&[&[path.as_str()], arguments.as_slice()].concat()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn what_is_missing_is_counted_apart_and_small_groups_are_named() {
        let rows: String = (0..60).map(|at| format!("{},{},a,.5\n", at % 2, at % 3 / 2)).collect();
        let (_folder, path) = file(&format!("y,p,g,s\n{rows}1,1,b,.5\n,1,b,.5\n1,1,,.5\n"));
        let report =
            measured(&[&path, "--outcome", "y", "--prediction", "p", "--groups", "g", "--score", "s"])
                .unwrap();
        assert_eq!((report["rows"].as_u64(), report["missing"].as_u64()), (Some(63), Some(2)));
        let block = &report["attributes"][0];
        assert_eq!(block["insufficient"], serde_json::json!(["b"]));
        assert_eq!(block["groups"][0]["rates"]["selection"]["share"].as_f64(), Some(20.0 / 60.0));
        assert_eq!(block["groups"][0]["calibration"]["mean_score"].as_f64(), Some(0.5));
        assert_eq!(block["rates"]["selection"]["ratio"]["evidence"], "insufficient");
        assert_eq!(report["layout"], 1);
    }
}
