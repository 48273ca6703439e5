//! A folder of the shared task: `shared_task.jsonl` (records), `texts/ID.txt` (tokens with spaces between), `gsml.csv`
//! (errors by token).

use miette::{IntoDiagnostic, WrapErr, miette};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// An error that people marked: tokens from the first to the last, counted from 0.
#[derive(Debug, Clone)]
pub struct Marked {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// `NUMBER`, `NAME`, `WORD` and so on.
    pub kind: String,
}

/// A player, or a team.
#[derive(Debug, Clone, Default)]
pub(super) struct Entity {
    /// Names, each as words in lower case.
    pub(super) names: Vec<Vec<String>>,
    /// Whose player it is; for a team, itself.
    pub(super) team: usize,
    pub(super) is_team: bool,
    pub(super) starts: Option<bool>,
    pub(super) numbers: BTreeMap<String, i64>,
}

/// A report with its record.
#[derive(Debug, Clone)]
pub struct Game {
    /// Its name.
    pub id: String,
    /// The report, token by token.
    pub tokens: Vec<String>,
    /// What people marked.
    pub marked: Vec<Marked>,
    pub(super) entities: Vec<Entity>,
    /// Day of the week in lower case.
    pub(super) day: Option<&'static str>,
}

#[derive(Deserialize)]
struct Line {
    shared_task_text_id: String,
    home_name: String,
    home_city: String,
    vis_name: String,
    vis_city: String,
    #[serde(default)]
    day: String,
    home_line: BTreeMap<String, Value>,
    vis_line: BTreeMap<String, Value>,
    box_score: BTreeMap<String, BTreeMap<String, Value>>,
}

/// Reads a folder.
///
/// # Errors
/// When a file is missing or not what it should be.
pub fn read_games(folder: &Path) -> miette::Result<Vec<Game>> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).into_diagnostic().wrap_err_with(|| format!("`{}`", path.display()))
    };
    let mut marked: BTreeMap<String, Vec<Marked>> = BTreeMap::new();
    let gsml = read("gsml.csv")?;
    let mut reader = csv::Reader::from_reader(gsml.as_bytes());
    let header = reader.headers().into_diagnostic()?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|other| other == name)
            .ok_or_else(|| miette!("`gsml.csv` has no column `{name}`"))
    };
    let columns = [column("TEXT_ID")?, column("DOC_TOKEN_START")?, column("DOC_TOKEN_END")?, column("TYPE")?];
    for record in reader.records() {
        let record = record.into_diagnostic()?;
        let [id, first, last, kind] = columns.map(|at| record.get(at).unwrap_or_default());
        let place = |text: &str| {
            text.parse::<usize>()
                .ok()
                .and_then(|at| at.checked_sub(1))
                .ok_or_else(|| miette!("`gsml.csv`: `{text}` is no token"))
        };
        let mark = Marked { first: place(first)?, last: place(last)?, kind: kind.to_owned() };
        marked.entry(id.trim_end_matches(".txt").to_owned()).or_default().push(mark);
    }
    let mut games = Vec::new();
    for line in read("shared_task.jsonl")?.lines().filter(|line| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).into_diagnostic().wrap_err("`shared_task.jsonl`")?;
        let text = read(&format!("texts/{}.txt", line.shared_task_text_id))?;
        games.push(Game {
            tokens: text.split_whitespace().map(str::to_owned).collect(),
            marked: marked.remove(&line.shared_task_text_id).unwrap_or_default(),
            entities: entities(&line),
            day: weekday(&line.day),
            id: line.shared_task_text_id,
        });
    }
    if games.is_empty() {
        return Err(miette!("`{}` holds no games", folder.display()));
    }
    Ok(games)
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn words(name: &str) -> Vec<String> {
    name.split_whitespace().map(|word| word.to_lowercase().replace('.', "")).collect()
}

fn entities(line: &Line) -> Vec<Entity> {
    let team = |city: &str, name: &str, at: usize, record: &BTreeMap<String, Value>| {
        let mut names = vec![words(&format!("{city} {name}")), words(name), words(city)];
        if city == "Los Angeles" {
            names.push(words(&format!("LA {name}")));
        }
        let numbers = record
            .iter()
            .filter_map(|(key, value)| Some((key.trim_start_matches("TEAM-").to_owned(), number(value)?)));
        Entity { names, team: at, is_team: true, starts: None, numbers: numbers.collect() }
    };
    let mut all = vec![
        team(&line.home_city, &line.home_name, 0, &line.home_line),
        team(&line.vis_city, &line.vis_name, 1, &line.vis_line),
    ];
    let text = |column: &str, key: &str| {
        line.box_score.get(column).and_then(|column| column.get(key)).and_then(Value::as_str).unwrap_or("")
    };
    let keys: Vec<&String> = line.box_score.get("PLAYER_NAME").into_iter().flat_map(BTreeMap::keys).collect();
    for key in keys {
        let full = text("PLAYER_NAME", key);
        let mut numbers: BTreeMap<String, i64> = line
            .box_score
            .iter()
            .filter_map(|(column, values)| Some((column.clone(), values.get(key).and_then(number)?)))
            .collect();
        // Who did not play has no line; nothing said of his numbers can be right.
        if numbers.is_empty() {
            numbers.insert("PTS".to_owned(), 0);
        }
        let city = text("TEAM_CITY", key);
        let mut names = vec![words(full), words(text("SECOND_NAME", key))];
        names.retain(|name| !name.is_empty());
        all.push(Entity {
            names,
            team: usize::from(city != line.home_city),
            is_team: false,
            starts: Some(text("START_POSITION", key) != "N/A"),
            numbers,
        });
    }
    all
}

/// The day of the week of `MM_DD_YY` in this century (Zeller's congruence).
fn weekday(day: &str) -> Option<&'static str> {
    let mut parts = day.split('_').map(str::parse::<i64>);
    let (month, day, year) = (parts.next()?.ok()?, parts.next()?.ok()?, 2000 + parts.next()?.ok()?);
    let (month, year) = if month < 3 { (month + 12, year - 1) } else { (month, year) };
    let at = (day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400) % 7;
    super::check::DAYS.get(usize::try_from(at).ok()?).copied()
}
