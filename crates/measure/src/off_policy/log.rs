//! A log in the Open Bandit layout, and its features as the Open Bandit pipeline makes them.
//!
//! `DIR/random_men.csv.gz` with `DIR/random_men_item_context.csv.gz`, or `DIR/random/men/men.csv` with
//! `DIR/random/men/item_context.csv`; any format the import reads. Context: one column for each value but the first of
//! each `user_feature_*`. Action: item id and `item_feature_1..` as the ranks of their values, then `item_feature_0`.
//! Rounds are in the order of their time stamps.

use crate::legacy_random::shuffled_folds;
use lake::import::{Header, Options, Table, TextColumn, table};
use miette::{IntoDiagnostic, miette};
use science::off_policy::Round;
use science::off_policy::reward_model::{self, expect};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ENDINGS: [&str; 4] = ["csv.gz", "csv", "parquet", "csv.zip"];

/// A log.
pub(super) struct Log {
    contexts: Vec<Vec<f64>>,
    /// Features of each action.
    pub(super) actions: Vec<Vec<f64>>,
    action: Vec<usize>,
    position: Vec<usize>,
    /// Number of positions.
    pub(super) positions: usize,
    /// Whether each round was rewarded.
    pub(super) reward: Vec<bool>,
    propensity: Vec<f64>,
}

fn existing(stem: &Path) -> Option<PathBuf> {
    let with = |ending: &&str| PathBuf::from(format!("{}.{ending}", stem.display()));
    ENDINGS.iter().map(with).find(|path| path.is_file())
}

/// Campaigns a policy has logs of, sorted.
pub(super) fn campaigns(dir: &Path, policy: &str) -> miette::Result<Vec<String>> {
    let entries = |folder: &Path| -> Vec<String> {
        let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
        read.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    };
    if !dir.is_dir() {
        return Err(miette!("there is no folder `{}`; check the path", dir.display()));
    }
    let mut found: Vec<String> = entries(dir)
        .iter()
        .filter_map(|name| {
            let rest = name.strip_prefix(policy)?.strip_prefix('_')?;
            let stem = ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending)?.strip_suffix('.'))?;
            (!stem.ends_with("_item_context")).then(|| stem.to_owned())
        })
        .collect();
    found.extend(entries(&dir.join(policy)).into_iter().filter(|name| dir.join(policy).join(name).is_dir()));
    found.sort();
    found.dedup();
    Ok(found)
}

impl Log {
    /// Reads the log of a policy in a campaign.
    pub(super) fn read(dir: &Path, policy: &str, campaign: &str) -> miette::Result<Self> {
        let flat = dir.join(format!("{policy}_{campaign}"));
        let nested = dir.join(policy).join(campaign);
        let of_items = dir.join(format!("{policy}_{campaign}_item_context"));
        let rounds = existing(&flat).or_else(|| existing(&nested.join(campaign)));
        let items = existing(&of_items).or_else(|| existing(&nested.join("item_context")));
        let (Some(rounds), Some(items)) = (rounds, items) else {
            return Err(miette!(
                "`{}` needs `{policy}_{campaign}.csv.gz` and `{policy}_{campaign}_item_context.csv.gz`",
                dir.display()
            ));
        };
        let read = |path: &Path| {
            let options = Options { header: Header::Present, ..Options::default() };
            table(path, &options, &mut |_| {}).into_diagnostic()
        };
        Self::from_tables(&read(&rounds)?, &read(&items)?, &rounds)
    }

    fn from_tables(rounds: &Table, items: &Table, path: &Path) -> miette::Result<Self> {
        let column = |table: &'_ Table, name: &str| -> miette::Result<Vec<String>> {
            let column = table.named(name).ok_or_else(|| {
                miette!("`{}` has no column `{name}`; it has {}", path.display(), table.names.join(", "))
            })?;
            Ok(column.cells().map(str::to_owned).collect())
        };
        let numbers = |name: &str| -> miette::Result<Vec<f64>> {
            let wrong = |cell: &String| miette!("`{name}` holds `{cell}`; it must hold numbers");
            column(rounds, name)?.iter().map(|cell| cell.parse().map_err(|_| wrong(cell))).collect()
        };
        let times = column(rounds, "timestamp")?;
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by(|a, b| times.get(*a).cmp(&times.get(*b)));
        let ids = column(items, "item_id")?;
        let known: BTreeMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
        let action = column(rounds, "item_id")?
            .iter()
            .map(|id| {
                let place = known.get(id.as_str()).copied();
                place.ok_or_else(|| miette!("item `{id}` of the log is not in its item context"))
            })
            .collect::<miette::Result<Vec<usize>>>()?;
        let (position, positions) = ranks(&column(rounds, "position")?);
        let reward = numbers("click")?;
        let log = Self {
            contexts: contexts(rounds, &order),
            actions: actions(items)?,
            action: reorder(&action, &order),
            position: reorder(&position, &order),
            positions,
            reward: reorder(&reward, &order).iter().map(|click| *click > 0.0).collect(),
            propensity: reorder(&numbers("propensity_score")?, &order),
        };
        Ok(log)
    }

    /// The rounds as a policy (`positions x actions`) sees them, and the standard error of the direct method.
    pub(super) fn rounds(
        &self,
        policy: &[Vec<f64>],
        folds: usize,
        seed: u32,
    ) -> miette::Result<(Vec<Round>, f64)> {
        let fold = shuffled_folds(self.action.len(), folds, seed);
        let log = reward_model::Log {
            contexts: &self.contexts,
            actions: &self.actions,
            action: &self.action,
            position: &self.position,
            reward: &self.reward,
            fold: &fold,
        };
        let expected = expect(&log, policy).into_diagnostic()?;
        let judged = self.action.iter().zip(&self.position).map(|(action, position)| {
            policy.get(*position).and_then(|row| row.get(*action)).copied().unwrap_or(0.0)
        });
        let rounds = self
            .reward
            .iter()
            .zip(&self.propensity)
            .zip(judged)
            .zip(expected.logged.iter().zip(&expected.policy))
            .map(|(((reward, logged), judged), (expected, expected_judged))| Round {
                reward: f64::from(u8::from(*reward)),
                logged: *logged,
                judged,
                expected: *expected,
                expected_judged: *expected_judged,
            })
            .collect();
        Ok((rounds, expected.error))
    }
}

fn reorder<T: Copy>(values: &[T], order: &[usize]) -> Vec<T> {
    order.iter().filter_map(|place| values.get(*place).copied()).collect()
}

/// The rank of each cell among the distinct cells, by number where all are numbers, and how many ranks there are.
fn ranks(cells: &[String]) -> (Vec<usize>, usize) {
    let numbers: Option<Vec<f64>> = cells.iter().map(|cell| cell.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let mut distinct = numbers.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let rank = |x: &f64| distinct.partition_point(|other| other < x);
        return (numbers.iter().map(rank).collect(), distinct.len());
    }
    let mut distinct: Vec<&String> = cells.iter().collect();
    distinct.sort();
    distinct.dedup();
    (cells.iter().map(|cell| distinct.partition_point(|other| *other < cell)).collect(), distinct.len())
}

fn numbered<'a>(table: &'a Table, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a TextColumn)> {
    let places = table.names.iter().enumerate().filter(move |(_, name)| name.contains(prefix));
    places.filter_map(|(place, name)| Some((name.as_str(), table.at(place)?)))
}

fn contexts(rounds: &Table, order: &[usize]) -> Vec<Vec<f64>> {
    let mut contexts = vec![Vec::new(); order.len()];
    for (_, column) in numbered(rounds, "user_feature") {
        let cells: Vec<String> = column.cells().map(str::to_owned).collect();
        // An empty cell is no value: it has 0 in every column.
        let mut distinct: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
        distinct.sort();
        distinct.dedup();
        for (context, place) in contexts.iter_mut().zip(order) {
            let cell = cells.get(*place);
            context.extend(distinct.iter().skip(1).map(|value| f64::from(u8::from(Some(*value) == cell))));
        }
    }
    contexts
}

fn actions(items: &Table) -> miette::Result<Vec<Vec<f64>>> {
    let mut actions = vec![Vec::new(); items.rows()];
    for (name, column) in numbered(items, "item_") {
        if name == "item_feature_0" {
            continue;
        }
        let cells: Vec<String> = column.cells().map(str::to_owned).collect();
        for (action, rank) in actions.iter_mut().zip(ranks(&cells).0) {
            action.push(rank as f64);
        }
    }
    if let Some(column) = items.named("item_feature_0") {
        for (action, cell) in actions.iter_mut().zip(column.cells()) {
            action.push(
                cell.parse().map_err(|_| miette!("`item_feature_0` holds `{cell}`; it must hold numbers"))?,
            );
        }
    }
    Ok(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_by_number_where_all_are_numbers() {
        let cells = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        assert_eq!(ranks(&cells(&["10", "2", "10", "1"])), (vec![2, 1, 2, 0], 3));
        assert_eq!(ranks(&cells(&["b", "10", "a"])), (vec![2, 0, 1], 3));
    }

    #[test]
    fn rounds_come_in_the_order_of_time_with_features_of_both_kinds() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "random_men.csv",
            ",timestamp,item_id,position,click,propensity_score,user_feature_0\n\
             0,2019-11-24 00:00:02,1,3,1,0.5,b\n1,2019-11-24 00:00:01,0,1,0,0.5,a\n",
        );
        write(
            "random_men_item_context.csv",
            ",item_id,item_feature_0,item_feature_1\n0,0,-0.5,y\n1,1,0.25,x\n",
        );
        assert_eq!(campaigns(folder.path(), "random").unwrap(), ["men"]);
        let log = Log::read(folder.path(), "random", "men").unwrap();
        assert_eq!((log.action, log.position, log.positions), (vec![0, 1], vec![0, 1], 2));
        assert_eq!(log.reward, [false, true]);
        assert_eq!(log.contexts, [[0.0], [1.0]]);
        assert_eq!(log.actions, [[0.0, 1.0, -0.5], [1.0, 0.0, 0.25]]);
    }
}
