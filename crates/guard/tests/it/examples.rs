//! The examples people read in the rule book are true.

use crate::desk;
use guard::{Author, FactSheet, Family, check, rulebook};
use terms::customer::Language;
use terms::fact::Fact;
use terms::message::Field;

#[test]
fn every_example_of_the_rule_book_fails_and_passes_as_it_says() {
    for doc in rulebook() {
        for example in doc.examples {
            let field = match doc.id {
                "D1" | "D2" => Field::Footer,
                "M9" => Field::Subject,
                _ => Field::Body,
            };
            let mut facts = desk::facts();
            if doc.id == "M1" {
                // The desk's offer does end soon; a false deadline is one without an end.
                facts.retain(|fact| fact.predicate != "valid_until");
            }
            if doc.id == "M5" {
                // The desk's offer has no fee; a hidden cost is one that a fact names.
                facts.extend(
                    facts
                        .iter()
                        .find(|fact| fact.predicate == "voucher")
                        .cloned()
                        .map(|fact| Fact { predicate: "mandatory_fee".to_owned(), ..fact }),
                );
            }
            if doc.id == "M3" {
                facts.retain(|fact| fact.predicate != "stock");
            }
            let sheet = FactSheet::new(facts);
            let mut context = desk::context(&sheet, Language::English);
            if doc.id == "D3" {
                context.author = Author::Machine;
            }
            let fails = check(&desk::draft(example.language, field, example.fails), &context);
            assert!(
                fails.findings.iter().any(
                    |finding| finding.rule == doc.id && (finding.blocks || doc.family == Family::Learned)
                ),
                "{} should hold back or show `{}`: {:#?}",
                doc.id,
                example.fails,
                fails.findings
            );
            let passes = desk::read(desk::facts(), example.language, field, example.passes);
            assert!(
                passes.is_clear(),
                "{} should let pass `{}`: {:#?}",
                doc.id,
                example.passes,
                passes.findings
            );
        }
    }
}
