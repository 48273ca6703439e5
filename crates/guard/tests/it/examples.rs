//! The examples people read in the rule book are true.

use crate::desk;
use guard::rulebook;
use terms::message::Field;

#[test]
fn every_example_of_the_rule_book_fails_and_passes_as_it_says() {
    for doc in rulebook() {
        for example in doc.examples {
            let field = if doc.id.starts_with('D') { Field::Footer } else { Field::Body };
            let mut facts = desk::facts();
            if doc.id == "M1" {
                // The desk's offer does end soon; a false deadline is one without an end.
                facts.retain(|fact| fact.predicate != "valid_until");
            }
            let fails = desk::read(facts, example.language, field, example.fails);
            assert!(
                fails.findings.iter().any(|finding| finding.rule == doc.id && finding.blocks),
                "{} should hold back `{}`: {:#?}",
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
