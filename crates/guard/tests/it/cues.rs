//! Learned cues: where their files come from, and what they show of sentences that training never saw.

use crate::corpus::{CORPUS, is_held_back, lines};
use crate::desk;
use guard::cues::{CueModel, shipped, training_hash};
use terms::customer::Language;
use terms::finding::{Finding, GuardReport, Severity};
use terms::message::Field;

const FIELDS: [&str; 2] =
    [include_str!("../../corpus/fields.en.tsv"), include_str!("../../corpus/fields.es.tsv")];
/// All files together, in bytes.
const BUDGET: usize = 100_000;
/// Of honest sentences set aside, half of them look-alikes, cues may show this share to a person.
const HONEST_SHOWN: f64 = 0.06;

fn cue(report: &GuardReport) -> Option<&Finding> {
    report.findings.iter().find(|finding| finding.rule == "L1")
}

#[test]
fn the_shipped_files_fit_their_budget_and_can_be_read() {
    assert!(shipped().iter().flatten().map(|file| file.len()).sum::<usize>() <= BUDGET);
    for (files, language) in shipped().into_iter().zip(["en", "es"]) {
        for (file, labels) in files.into_iter().zip([1, 6, 1]) {
            let model = CueModel::read(file).unwrap();
            assert_eq!((model.origin.language.as_str(), model.labels.len()), (language, labels));
        }
    }
}

#[test]
fn a_file_trained_on_other_sentences_than_the_corpus_has_now_is_noticed() {
    for (((_, text), fields), [any, families, orders]) in CORPUS.into_iter().zip(FIELDS).zip(shipped()) {
        let both = format!("{fields}{text}");
        for (file, text) in [(any, text), (families, text), (orders, both.as_str())] {
            let model = CueModel::read(file).unwrap();
            assert_eq!(
                model.origin.corpus,
                training_hash(text),
                "train the cues again: `measure guard cues train`"
            );
            let line = text.lines().find(|line| line.contains("\ttrain\t")).unwrap();
            assert_ne!(model.origin.corpus, training_hash(&text.replacen(line, &format!("{line}!"), 1)));
            for part in ["\tdev\t", "\theld\t"] {
                let aside = text.lines().find(|line| line.contains(part)).unwrap();
                let without = text.replacen(aside, "", 1);
                assert_eq!(model.origin.corpus, training_hash(&without), "{part} is never read");
            }
        }
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let [[file, ..], _] = shipped();
    assert!(CueModel::read(&file[..file.len() - 1]).is_err());
    assert!(CueModel::read(&file[1..]).is_err());
    assert!(CueModel::read(b"").is_err());
    let other = String::from_utf8_lossy(&file[..400]).replacen("candor-cues 1", "candor-cues 2", 1);
    assert!(CueModel::read(other.as_bytes()).is_err());
}

/// How many are shown, of how many.
#[derive(Default, Debug)]
struct Tally {
    shown: u32,
    all: u32,
}

impl Tally {
    fn add(&mut self, shown: bool) {
        self.shown += u32::from(shown);
        self.all += 1;
    }

    fn share(&self) -> f64 {
        f64::from(self.shown) / f64::from(self.all)
    }
}

#[test]
fn cues_show_few_honest_sentences_set_aside_and_some_dishonest_ones_that_rules_let_pass() {
    for (language, text) in CORPUS {
        let [mut honest, mut plain, mut missed] = std::array::from_fn(|_| Tally::default());
        for line in lines(text).iter().filter(|line| line.held) {
            let report = desk::read(Vec::new(), language, line.field, line.sentence);
            let shown = cue(&report).is_some();
            if line.honest {
                honest.add(shown);
                if !line.look_alike {
                    plain.add(shown);
                }
            } else if !is_held_back(&report) {
                missed.add(shown);
            }
        }
        eprintln!(
            "{language}: honest {honest:?}, of them no look-alikes {plain:?}; dishonest that rules let pass {missed:?}"
        );
        assert!(honest.all > 150 && missed.all > 100, "{language}: {honest:?} {missed:?}");
        assert!(honest.share() <= HONEST_SHOWN, "{language}: {honest:?}");
        // What is shown must be dishonest far more often than chance would have it.
        assert!(missed.share() > 3.0 * honest.share(), "{language}: {missed:?} {honest:?}");
    }
}

#[test]
fn a_cue_never_blocks_and_says_what_it_is_in_both_languages() {
    let text = SHOWN;
    let sheet = guard::FactSheet::new(Vec::new());
    for (explain_in, words) in
        [(Language::English, "by a learned cue and no rule"), (Language::Spanish, "indicio aprendido")]
    {
        let draft = desk::draft(Language::English, Field::Body, text);
        let report = guard::check(&draft, &desk::context(&sheet, explain_in));
        let finding = cue(&report).unwrap();
        assert!(!finding.blocks && finding.severity == Severity::Warn && finding.fact.is_none());
        assert!(finding.message.contains(words) && finding.message.contains('`'), "{}", finding.message);
        assert_eq!(finding.quote, text);
    }
}

#[test]
fn with_a_cue_every_other_finding_stays_as_it_is() {
    let text = format!("Only €1! {SHOWN}");
    let with = desk::read(Vec::new(), Language::English, Field::Body, &text);
    let alone = desk::read(Vec::new(), Language::English, Field::Body, "Only €1!");
    let others = |report: &GuardReport| -> Vec<(String, String, bool)> {
        let found = report.findings.iter().filter(|finding| finding.rule != "L1");
        found.map(|finding| (finding.rule.clone(), finding.quote.clone(), finding.blocks)).collect()
    };
    assert!(cue(&with).is_some() && !others(&alone).is_empty());
    assert_eq!(others(&with), others(&alone));
}

/// A sentence that no rule finds and the cue does.
const SHOWN: &str = "Your mother won't be here forever, and you will wish you had bought this.";

/// Written for this test, in no corpus; no phrase of a rule is in them.
const PARAPHRASES: &[(Language, &str)] = &[
    (Language::English, "I'd rather keep wasting my evenings"),
    (Language::English, "No, my family doesn't matter to me"),
    (Language::English, SHOWN),
    (Language::English, "Drops that shrink your tumour naturally."),
    (Language::English, "Everybody in your street has one by now, except you."),
    (Language::English, "At your age nobody will give you a second look without it."),
    (Language::English, "Swallow two of these at night and the pain in your knees is history."),
    (Language::English, "Those who hesitated last time still write to us full of regret."),
    (Language::Spanish, "Paso, me da igual mi piel"),
    (Language::Spanish, "No, mi familia no me importa"),
    (Language::Spanish, "¡Peques, insistid al abuelo hasta que os compre el robot!"),
    (Language::Spanish, "Tus hijos no tendrán otra infancia, y tú lo sabrás."),
    (Language::Spanish, "Con lo que ganas, seguir sin esto dice mucho de ti."),
    (Language::Spanish, "A tu edad, sin esto, nadie te va a mirar dos veces."),
    (Language::Spanish, "Una cápsula por la noche y las rodillas olvidan el dolor."),
    (Language::Spanish, "Los que dudaron la otra vez todavía nos escriben arrepentidos."),
];

#[test]
fn half_of_the_paraphrases_that_no_rule_finds_are_shown_to_a_person() {
    let mut passed = Vec::new();
    for (language, text) in PARAPHRASES {
        let report = desk::read(desk::facts(), *language, Field::Body, text);
        assert!(report.is_clear(), "a rule finds it anyway: {text} {:#?}", report.findings);
        if cue(&report).is_none() {
            passed.push(text);
        }
    }
    assert!(passed.len() * 2 <= PARAPHRASES.len(), "{passed:#?}");
}

#[test]
fn honest_look_alikes_are_not_shown() {
    for (language, text) in [
        (Language::English, "Save 20 % until 30 November."),
        (Language::English, "You can unsubscribe at any time."),
        (Language::English, "No thanks"),
        (Language::English, "Hello Ana,"),
        (Language::English, "The last time you ordered, you chose the desk lamp."),
        (Language::English, "Only 3 left in stock."),
        (Language::Spanish, "Ahorra un 20 % hasta el 30 de noviembre."),
        (Language::Spanish, "Puedes darte de baja en cualquier momento."),
        (Language::Spanish, "No, gracias"),
        (Language::Spanish, "Hola, Ana:"),
        (Language::Spanish, "La última vez elegiste la lámpara de mesa."),
        (Language::Spanish, "Quedan 3 unidades."),
    ] {
        for field in [Field::Subject, Field::Body, Field::Button] {
            assert_eq!(cue(&desk::read(desk::facts(), language, field, text)), None, "{text}");
        }
    }
}
