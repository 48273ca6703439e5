//! A brand rule as people write it: the fields of a form, and the columns of a CSV file.
//!
//! Goes in: texts. Comes out: a typed rule, or what cannot be read by column. The columns are those of
//! [`HouseRule`]; several lines of one column are separated by a line break, in a file also by ` ; `.

use serde::{Deserialize, Serialize};
use terms::house::HouseRule;

use super::{HouseFault, LineFault};

/// A rule as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the field of `HouseRule` with this name")]
pub struct HouseRow {
    pub id: String,
    pub kind: String,
    pub severity: String,
    pub name_en: String,
    pub name_es: String,
    pub why_en: String,
    pub why_es: String,
    pub repair_en: String,
    pub repair_es: String,
    pub en: String,
    pub es: String,
    pub number: String,
    pub field: String,
    pub evidence: String,
    pub evidence_predicate: String,
}

/// The columns of a file that cannot be left out.
const NEEDED: [&str; 7] = ["id", "kind", "severity", "name_en", "name_es", "why_en", "why_es"];

fn lines(text: &str) -> Vec<String> {
    let each = text.lines().flat_map(|line| line.split(" ; "));
    each.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A word of a closed list; none when nothing was written.
fn word<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    }
}

impl HouseRow {
    /// The rule, or every column that cannot be read.
    ///
    /// # Errors
    /// What is wrong with it, as far as its own columns tell.
    pub fn read(&self, line: usize) -> Result<HouseRule, Vec<LineFault>> {
        let mut faults = Vec::new();
        let rule = self.id.trim().to_owned();
        let mut unread = |column: &'static str| {
            faults.push(LineFault { line, rule: rule.clone(), fault: HouseFault::Word { column } });
        };
        let kind = word(&self.kind).ok().flatten();
        let severity = word(&self.severity).ok().flatten();
        if kind.is_none() {
            unread("kind");
        }
        if severity.is_none() {
            unread("severity");
        }
        let number = word(&self.number).unwrap_or_else(|_| {
            unread("number");
            None
        });
        let field = word(&self.field).unwrap_or_else(|_| {
            unread("field");
            None
        });
        let evidence = word(&self.evidence).unwrap_or_else(|_| {
            unread("evidence");
            None
        });
        let text = |text: &String| text.trim().to_owned();
        match (kind, severity) {
            (Some(kind), Some(severity)) if faults.is_empty() => Ok(HouseRule {
                id: text(&self.id),
                kind,
                severity,
                name_en: text(&self.name_en),
                name_es: text(&self.name_es),
                why_en: text(&self.why_en),
                why_es: text(&self.why_es),
                repair_en: text(&self.repair_en),
                repair_es: text(&self.repair_es),
                en: lines(&self.en),
                es: lines(&self.es),
                number,
                field,
                evidence,
                evidence_predicate: text(&self.evidence_predicate),
            }),
            _ => Err(faults),
        }
    }

    /// A rule as a form or a file shows it.
    #[must_use]
    pub fn of(rule: &HouseRule) -> Self {
        Self {
            id: rule.id.clone(),
            kind: rule.kind.to_string(),
            severity: rule.severity.to_string(),
            name_en: rule.name_en.clone(),
            name_es: rule.name_es.clone(),
            why_en: rule.why_en.clone(),
            why_es: rule.why_es.clone(),
            repair_en: rule.repair_en.clone(),
            repair_es: rule.repair_es.clone(),
            en: rule.en.join("\n"),
            es: rule.es.join("\n"),
            number: rule.number.map(|number| number.to_string()).unwrap_or_default(),
            field: rule.field.map(|field| field.to_string()).unwrap_or_default(),
            evidence: rule.evidence.map(|kind| kind.to_string()).unwrap_or_default(),
            evidence_predicate: rule.evidence_predicate.clone(),
        }
    }
}

/// The rules of a CSV file with the line each begins on, or every fault in it.
pub(super) fn read_file(bytes: &[u8]) -> Result<Vec<(usize, HouseRule)>, Vec<LineFault>> {
    let whole = |fault| vec![LineFault { line: 1, rule: String::new(), fault }];
    let text = std::str::from_utf8(bytes).map_err(|_| whole(HouseFault::NotText))?;
    let mut file = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = file.headers().map_err(|_| whole(HouseFault::Columns))?.clone();
    if NEEDED.iter().any(|name| !header.iter().any(|column| column == *name)) {
        return Err(whole(HouseFault::Columns));
    }
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for record in file.records() {
        let line = |position: Option<&csv::Position>| {
            position.map_or(0, |at| usize::try_from(at.line()).unwrap_or(0))
        };
        let row = match record {
            Ok(record) => {
                let at = line(record.position());
                record.deserialize::<HouseRow>(Some(&header)).map(|row| (at, row)).map_err(|_| at)
            }
            Err(error) => Err(line(error.position())),
        };
        match row {
            Err(line) => faults.push(LineFault { line, rule: String::new(), fault: HouseFault::Columns }),
            Ok((at, row)) => match row.read(at) {
                Ok(rule) => rules.push((at, rule)),
                Err(wrong) => faults.extend(wrong),
            },
        }
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

/// Rules as a CSV file that [`read_file`] reads.
pub(super) fn write_file<'a>(rules: impl Iterator<Item = &'a HouseRule>) -> crate::error::Result<String> {
    let failed = |error: String| crate::error::Error::Internal(format!("rules cannot be written: {error}"));
    let mut file = csv::Writer::from_writer(Vec::new());
    let mut empty = true;
    for rule in rules {
        file.serialize(HouseRow::of(rule)).map_err(|error| failed(error.to_string()))?;
        empty = false;
    }
    if empty {
        file.write_record([
            "id",
            "kind",
            "severity",
            "name_en",
            "name_es",
            "why_en",
            "why_es",
            "repair_en",
            "repair_es",
            "en",
            "es",
            "number",
            "field",
            "evidence",
            "evidence_predicate",
        ])
        .map_err(|error| failed(error.to_string()))?;
    }
    let bytes = file.into_inner().map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "id,kind,severity,name_en,name_es,why_en,why_es,en,es,number\n\
        B-clients,wording,warn,our word,nuestra palabra,we say so,lo decimos así,clients -> customers ; buyer -> customer,,\n\
        B-calm,exclamations,block,calm,calma,we stay calm,mantenemos la calma,,,1\n";

    #[test]
    fn a_file_comes_back_as_it_was_written() {
        let read: Vec<HouseRule> =
            read_file(FILE.as_bytes()).unwrap().into_iter().map(|(_, rule)| rule).collect();
        assert_eq!(read[0].en, ["clients -> customers", "buyer -> customer"]);
        assert_eq!(read[1].number, Some(1));
        let written = write_file(read.iter()).unwrap();
        let again: Vec<HouseRule> =
            read_file(written.as_bytes()).unwrap().into_iter().map(|(_, rule)| rule).collect();
        assert_eq!(again, read);
        assert!(read_file(write_file(std::iter::empty()).unwrap().as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_told_by_line() {
        let broken = FILE.replace("warn", "loud").replace(",,,1", ",,,many");
        let faults = read_file(broken.as_bytes()).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(read_file(b"id,kind\n").unwrap_err()[0].fault, HouseFault::Columns);
        assert_eq!(read_file(&[0xff, 0xfe]).unwrap_err()[0].fault, HouseFault::NotText);
    }
}
