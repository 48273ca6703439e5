//! Machine-written reports of games held against their records of scores (accuracy shared task, Thomson and Reiter 2020):
//! which of the errors that people marked are found.

mod check;
mod game;
mod score;

pub use game::{Game, Marked, read_games};
pub use score::{AccuracyFigures, KindFigures, Unmatched, accuracy_figures, unmatched};

pub use check::{Doubted, check_game};
