//! A report held against its record. A number is read with the noun after it and the last player or team before it; a
//! name or a day that no record has is unsupported, because unknown is not true.

use super::game::{Entity, Game};

/// Tokens that no record supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubted {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// What was wrong.
    pub why: &'static str,
}

/// In the order of Zeller's congruence.
pub(super) const DAYS: [&str; 7] =
    ["saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"];

/// Teams of the league: a name of one that did not play is no support.
const TEAMS: &str = "hawks celtics nets hornets bulls cavaliers mavericks nuggets pistons warriors rockets pacers clippers \
    lakers grizzlies heat bucks timberwolves pelicans knicks thunder magic sixers 76ers suns blazers kings spurs raptors \
    jazz wizards";
const CITIES: &str = "atlanta boston brooklyn charlotte chicago cleveland dallas denver detroit houston indiana memphis \
    miami milwaukee minnesota philadelphia phoenix portland sacramento toronto utah washington orlando golden oklahoma";

struct Reader<'g> {
    game: &'g Game,
    lower: Vec<String>,
    found: Vec<Doubted>,
}

/// What is unsupported in a report.
#[must_use]
pub fn check_game(game: &Game) -> Vec<Doubted> {
    let lower = game.tokens.iter().map(|token| token.to_lowercase().replace('.', "")).collect();
    let mut reader = Reader { game, lower, found: Vec::new() };
    reader.read();
    reader.found
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.lower.get(at).map_or("", String::as_str)
    }

    fn doubt(&mut self, first: usize, last: usize, why: &'static str) {
        if !self.found.iter().any(|other| other.first <= last && first <= other.last) {
            self.found.push(Doubted { first, last, why });
        }
    }

    /// The player or team named here, the longest name first, and how many tokens that takes.
    fn named(&self, at: usize) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        for (place, entity) in self.game.entities.iter().enumerate() {
            for name in &entity.names {
                let fits = name.iter().enumerate().all(|(step, word)| self.word(at + step) == word);
                if fits && best.is_none_or(|(_, length)| length < name.len()) {
                    best = Some((place, name.len()));
                }
            }
        }
        let capital = self.game.tokens.get(at).is_some_and(|token| token.starts_with(char::is_uppercase));
        best.filter(|_| capital)
    }

    fn read(&mut self) {
        let mut subject: Option<usize> = None;
        let mut team: Option<usize> = None;
        let mut at = 0;
        let mut first_sentence = true;
        while at < self.lower.len() {
            if let Some((place, length)) = self.named(at) {
                subject = Some(place);
                if self.game.entities.get(place).is_some_and(|entity| entity.is_team) {
                    team = Some(place);
                }
                at += length;
                continue;
            }
            let raw = self.game.tokens.get(at).map_or("", String::as_str);
            let is_name = raw.starts_with(char::is_uppercase);
            if raw == "." {
                first_sentence = false;
            } else if let Some(day) = DAYS.iter().find(|day| **day == self.word(at)) {
                // Of other games there is no record.
                if !first_sentence || self.game.day.is_some_and(|right| right != *day) {
                    self.doubt(at, at, "day");
                }
            } else if is_name && TEAMS.split_whitespace().any(|name| name == self.word(at)) {
                let city = at.checked_sub(1).filter(|before| {
                    self.game.tokens.get(*before).is_some_and(|token| token.starts_with(char::is_uppercase))
                        && CITIES.split_whitespace().any(|city| city == self.word(*before))
                });
                self.found.retain(|other| Some(other.last) != city);
                self.doubt(city.unwrap_or(at), at, "team");
            } else if is_name && CITIES.split_whitespace().any(|city| city == self.word(at)) {
                self.doubt(at, at, "team");
            }
            self.phrases(at, subject);
            if let Some(value) = value(self.word(at)) {
                at = self.number(at, value, subject, team);
            } else {
                at += 1;
            }
        }
    }

    /// "Double-double", "off the bench", "led by".
    fn phrases(&mut self, at: usize, subject: Option<usize>) {
        let entity =
            subject.and_then(|place| self.game.entities.get(place)).filter(|entity| !entity.is_team).cloned();
        let here = [self.word(at).to_owned(), self.word(at + 1).to_owned(), self.word(at + 2).to_owned()];
        let [a, b, c] = here.each_ref().map(String::as_str);
        match (a, b, c) {
            ("double" | "triple", "-", "double") => {
                let tens = entity.as_ref().map(|entity| {
                    let get = |name: &str| entity.numbers.get(name).copied().unwrap_or(0);
                    ["PTS", "REB", "AST", "STL", "BLK"].iter().filter(|name| get(name) >= 10).count()
                });
                if tens.is_some_and(|tens| tens < if a == "double" { 2 } else { 3 }) {
                    self.doubt(at, at + 2, "double-double");
                }
            }
            ("off", "the", "bench") if entity.as_ref().is_some_and(|entity| entity.starts == Some(true)) => {
                self.doubt(at, at + 2, "bench");
            }
            ("reserve" | "sixth", ..)
                if entity.as_ref().is_some_and(|entity| entity.starts == Some(true)) =>
            {
                self.doubt(at, at, "bench");
            }
            ("led", "the", "second" | "bench" | "reserves") => {
                let points = |entity: &Entity| entity.numbers.get("PTS").copied().unwrap_or(0);
                if let Some(leader) = entity {
                    let bench =
                        self.game.entities.iter().filter(|other| !other.is_team && other.team == leader.team);
                    let bench = bench.filter(|other| other.starts == Some(false));
                    if leader.starts == Some(true) || bench.map(points).max().unwrap_or(0) > points(&leader) {
                        self.doubt(at, at, "leader");
                    }
                }
            }
            ("defeated" | "beat" | "topped", ..) => {
                let team = |place: Option<usize>| {
                    place.and_then(|place| self.game.entities.get(place)).filter(|entity| entity.is_team)
                };
                let other = self.named(if b == "the" { at + 2 } else { at + 1 }).map(|(place, _)| place);
                let points = |entity: &Entity| entity.numbers.get("PTS").copied().unwrap_or(0);
                if let (Some(winner), Some(loser)) = (team(subject), team(other))
                    && points(winner) < points(loser)
                {
                    self.doubt(at, at, "winner");
                }
            }
            ("led", ..) => {
                // "The Magic were led by Payton", "Payton led the team": the leader scored most of his team.
                let by = usize::from(b == "by");
                let leader = if by == 1 { self.named(at + 2).map(|(place, _)| place) } else { subject };
                let leader =
                    leader.and_then(|place| self.game.entities.get(place)).filter(|entity| !entity.is_team);
                if leader.is_some_and(|leader| {
                    self.most(leader, "PTS") > leader.numbers.get("PTS").copied().unwrap_or(0)
                }) {
                    self.doubt(at, at, "leader");
                }
            }
            _ => {}
        }
    }

    /// A sentence about several games: its numbers are in no record of this one.
    fn of_other_games(&self, at: usize) -> bool {
        let is_end = |at: &usize| self.game.tokens.get(*at).is_none_or(|token| token == ".");
        let start = (0..at).rev().find(is_end).map_or(0, |end| end + 1);
        let end = (at..self.lower.len()).find(is_end).unwrap_or(self.lower.len());
        (start..end).any(|at| matches!(self.word(at), "averaging" | "averaged" | "averages" | "combined"))
    }

    fn most(&self, of: &Entity, what: &str) -> i64 {
        let mates = self.game.entities.iter().filter(|entity| !entity.is_team && entity.team == of.team);
        mates.filter_map(|entity| entity.numbers.get(what).copied()).max().unwrap_or(0)
    }

    /// Reads a number and gives the token to go on from.
    fn number(&mut self, at: usize, value: i64, subject: Option<usize>, team: Option<usize>) -> usize {
        let entity = |place: Option<usize>| place.and_then(|place| self.game.entities.get(place)).cloned();
        let get = |entity: &Option<Entity>, name: &str| {
            entity.as_ref().and_then(|entity| entity.numbers.get(name).copied())
        };
        let wrong = |given: i64, right: Option<i64>| right.is_some_and(|right| right != given);
        // "( 19 - 8 )" and "9 - 18 FG", "109 - 79".
        let joined = |at: usize| self.word(at) == "of";
        let pair = (self.word(at + 1) == "-" || joined(at + 1))
            .then(|| if joined(at + 2) { at + 4 } else { at + 2 })
            .and_then(|second| Some((second, digits(self.word(second))?)))
            .filter(|_| digits(self.word(at)).is_some());
        if let Some((second, other)) = pair {
            let after: Vec<String> = (second + 1..second + 6).map(|at| self.word(at).to_owned()).collect();
            let says = |wanted: &[&str]| {
                after
                    .iter()
                    .take_while(|word| !matches!(word.as_str(), "," | ")" | "." | "and"))
                    .any(|word| wanted.contains(&word.as_str()))
            };
            let columns = if says(&["3pt", "three", "three-point", "beyond", "deep", "long", "downtown"]) {
                Some(["FG3M", "FG3A"])
            } else if says(&["ft", "free", "line", "charity", "foul"]) {
                Some(["FTM", "FTA"])
            } else if says(&["fg", "field", "floor", "shooting"]) {
                Some(["FGM", "FGA"])
            } else {
                None
            };
            let player = entity(subject).filter(|entity| !entity.is_team);
            if let (Some([made, tried]), true) = (columns, player.is_some()) {
                for (at, given, column) in [(at, value, made), (second, other, tried)] {
                    if wrong(given, get(&player, column)) {
                        self.doubt(at, at, "shots");
                    }
                }
                return second + 1;
            }
            let before = at.checked_sub(1).map_or("", |before| self.word(before));
            let of_team = entity(team);
            if before == "(" && self.word(second + 1) == ")" {
                for (at, given, column) in [(at, value, "WINS"), (second, other, "LOSSES")] {
                    if wrong(given, get(&of_team, column)) {
                        self.doubt(at, at, "record");
                    }
                }
                return second + 1;
            }
            if value >= 70 && other >= 70 {
                let scores: Vec<i64> = self
                    .game
                    .entities
                    .iter()
                    .take(2)
                    .filter_map(|team| team.numbers.get("PTS").copied())
                    .collect();
                for (at, given) in [(at, value), (second, other)] {
                    if !scores.contains(&given) {
                        self.doubt(at, at, "score");
                    }
                }
                return second + 1;
            }
        }
        // "The three-point line" counts nothing.
        if self.word(at + 1) == "-"
            && self.word(at + 2) == "point"
            && matches!(self.word(at + 3), "line" | "range" | "shooting" | "land" | "arc" | "percentage")
        {
            return at + 3;
        }
        let mut noun = at + 1;
        while matches!(
            self.word(noun),
            "-" | "total" | "of" | "team" | "game" | "high" | "big" | "offensive" | "more"
        ) && noun < at + 4
        {
            noun += 1;
        }
        let who = entity(subject);
        let is_team = who.as_ref().is_some_and(|entity| entity.is_team);
        let column = match self.word(noun) {
            "points" | "point" if value < 60 || is_team => "PTS",
            "rebounds" | "rebound" | "boards" | "board" => "REB",
            "assists" | "assist" | "dimes" => "AST",
            "steals" | "steal" => "STL",
            "blocks" | "block" | "blocked" => "BLK",
            "turnovers" | "turnover" if is_team => "TOV",
            "turnovers" | "turnover" => "TO",
            "minutes" => "MIN",
            "percent" => {
                let after: Vec<&str> = (noun + 1..noun + 8).map(|at| self.word(at)).collect();
                if after.iter().any(|word| matches!(*word, "three" | "beyond" | "deep" | "long" | "3")) {
                    "FG3_PCT"
                } else if after.iter().any(|word| matches!(*word, "free" | "line" | "charity")) {
                    "FT_PCT"
                } else {
                    "FG_PCT"
                }
            }
            _ => return at + 1,
        };
        // "A 30-point win" is no number of a player, "by nine points" neither.
        let margin = matches!(
            self.word(noun + 1),
            "win" | "victory" | "loss" | "lead" | "deficit" | "advantage" | "game"
        ) || self.of_other_games(at)
            || matches!(at.checked_sub(1).map_or("", |before| self.word(before)), "by" | "least" | "over");
        if !margin && wrong(value, get(&who, column)) {
            self.doubt(at, at, "number");
        }
        at + 1
    }
}

fn digits(word: &str) -> Option<i64> {
    word.parse().ok()
}

fn value(word: &str) -> Option<i64> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    match word {
        "a" | "an" => Some(1),
        "pair" => Some(2),
        _ => digits(word)
            .or_else(|| WORDS.iter().position(|other| *other == word).and_then(|at| i64::try_from(at).ok())),
    }
}
