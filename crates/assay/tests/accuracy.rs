//! Reports held against records: what a record supports is left alone, what it denies or does not have is doubted.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use assay::accuracy::{accuracy_figures, check_game, read_games};

const RECORD: &str = r#"{"shared_task_text_id": "T1", "home_name": "Bulls", "home_city": "Chicago", "vis_name": "Heat",
    "vis_city": "Miami", "day": "11_26_26", "home_line": {"TEAM-PTS": "100", "TEAM-WINS": "5", "TEAM-LOSSES": "2"},
    "vis_line": {"TEAM-PTS": "98", "TEAM-WINS": "3", "TEAM-LOSSES": "4"}, "box_score": {
    "PLAYER_NAME": {"0": "Ann Able", "1": "Ben Baker"}, "SECOND_NAME": {"0": "Able", "1": "Baker"},
    "TEAM_CITY": {"0": "Chicago", "1": "Chicago"}, "START_POSITION": {"0": "F", "1": "N/A"},
    "PTS": {"0": "21", "1": "8"}, "REB": {"0": "11", "1": "2"}, "AST": {"0": "1", "1": "0"},
    "FGM": {"0": "9", "1": "3"}, "FGA": {"0": "18", "1": "7"}}}"#;

fn doubts(report: &str, errors: &str) -> (Vec<String>, assay::accuracy::AccuracyFigures) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("texts")).unwrap();
    std::fs::write(folder.path().join("texts/T1.txt"), report).unwrap();
    std::fs::write(folder.path().join("shared_task.jsonl"), RECORD.replace('\n', " ")).unwrap();
    let header = "TEXT_ID,DOC_TOKEN_START,DOC_TOKEN_END,TYPE\n";
    std::fs::write(folder.path().join("gsml.csv"), format!("{header}{errors}")).unwrap();
    let games = read_games(folder.path()).unwrap();
    let doubted: Vec<_> = games.iter().map(check_game).collect();
    let tokens = &games.first().unwrap().tokens;
    let found = doubted.first().unwrap().iter();
    let words = found.map(|doubt| tokens.get(doubt.first..=doubt.last).unwrap().join(" ")).collect();
    (words, accuracy_figures(&games, &doubted))
}

#[test]
fn what_the_record_supports_is_left_alone() {
    let right = "The Chicago Bulls ( 5 - 2 ) defeated the Miami Heat ( 3 - 4 ) , 100 - 98 , on Thursday . The Bulls were \
        led by Ann Able , who had 21 points ( 9 - 18 FG ) , 11 rebounds and an assist for a double - double . Baker added \
        eight points off the bench .";
    let (doubted, figures) = doubts(right, "");
    assert!(doubted.is_empty(), "{doubted:?}");
    assert_eq!(figures.errors, 0);
}

#[test]
fn what_it_denies_or_does_not_have_is_doubted_and_counted() {
    let wrong = "The Miami Heat ( 3 - 5 ) defeated the Chicago Bulls , 100 - 99 , on Friday . Baker led the team with nine \
        points and a double - double . They play the New York Knicks next .";
    let (doubted, figures) = doubts(wrong, "T1.txt,7,7,NUMBER\nT1.txt,41,42,WORD\n");
    assert_eq!(doubted, ["5", "defeated", "99", "Friday", "led", "nine", "double - double", "Knicks"]);
    // Two errors are marked; the second one, "next", is not found. One of eight doubts is right.
    assert!((figures.recall - 0.5).abs() < 1e-9 && (figures.precision - 0.125).abs() < 1e-9, "{figures:?}");
}
