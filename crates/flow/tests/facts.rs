//! The fact sheet: files go in whole or not at all, changes are on record, and former prices come from the history.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use flow::facts::{FactAsk, FactFilter, FactImport, Lowest, Planned, WrittenFact};
use flow::{Error, Problem};
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::ids::FactId;
use terms::person::Role;
use testkit::TestApp;

fn from(source: &str) -> FactImport {
    FactImport { source: source.to_owned(), max_age_hours: None }
}

fn feed(price: &str, sale: &str) -> Vec<u8> {
    format!("id\ttitle\tprice\tsale_price\tavailability\nlamp\tAurora lamp\t{price}\t{sale}\tin_stock\n")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_one_wrong_line_changes_nothing() {
    let kit = TestApp::empty().await;
    let marketer = kit.person(Role::Marketer).await;
    let before = kit.app.store().facts().await.unwrap();
    let file = b"entity,predicate,value\noffer:x,discount,20%\noffer:x,valid_until,2026-02-31\n";
    let plan = kit.app.look_at_facts(file, &from("erp")).await.unwrap();
    assert_eq!((plan.facts, plan.faults.len()), (1, 1));
    let refused = kit.app.import_facts(&marketer, file, &from("erp"), &plan.digest).await;
    let Err(Error::Problem(Problem::BadFacts { faults })) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].line, 3);
    assert_eq!(kit.app.store().facts().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_what_was_looked_at_and_the_file_speaks_alone_for_what_it_names() {
    let kit = TestApp::empty().await;
    let marketer = kit.person(Role::Marketer).await;
    let file = b"entity,predicate,value\noffer:x,discount,20%\noffer:x,review,Good,quote\n";
    assert_eq!(kit.app.look_at_facts(file, &from("erp")).await.unwrap().faults.len(), 1);
    let file = b"entity,predicate,value,type\noffer:x,discount,20%,\noffer:x,quote,Good,quote\noffer:x,quote,Great,quote\n";
    let plan = kit.app.look_at_facts(file, &from("erp")).await.unwrap();
    assert_eq!((plan.count(Planned::New), plan.applied), (3, false));
    // Somebody else writes one of these meanwhile.
    let other = b"entity,predicate,value\noffer:x,discount,10%\n";
    kit.app.import_facts_as_operator(other, &from("by hand")).await.unwrap();
    let refused = kit.app.import_facts(&marketer, file, &from("erp"), &plan.digest).await;
    assert!(matches!(refused, Err(Error::Problem(Problem::FactsMoved))), "{refused:?}");
    let plan = kit.app.look_at_facts(file, &from("erp")).await.unwrap();
    assert_eq!((plan.count(Planned::New), plan.count(Planned::Changed)), (2, 1));
    let done = kit.app.import_facts(&marketer, file, &from("erp"), &plan.digest).await.unwrap();
    assert!(done.applied);
    // The next file has one quote less: that one ends, the other was seen again; what is not named stays.
    let next = b"entity,predicate,value,type\noffer:x,quote,Great,quote\n";
    let done = kit.app.import_facts_as_operator(next, &from("erp")).await.unwrap();
    assert_eq!((done.count(Planned::Same), done.count(Planned::Ended), done.count(Planned::New)), (1, 1, 0));
    let left: Vec<String> =
        kit.app.store().facts_of("offer:x").await.unwrap().iter().map(|f| f.predicate.clone()).collect();
    assert_eq!(left, ["discount", "quote"]);
    let discount = kit.app.store().facts_of("offer:x").await.unwrap()[0].id;
    let view = kit.app.fact_view(discount, Language::Spanish).await.unwrap();
    assert_eq!((view.changes.len(), view.version), (2, 2));
    assert_eq!((view.changes[0].before.as_str(), view.changes[0].after.as_str()), ("10 %", "20 %"));
    assert_eq!((view.changes[0].who.as_str(), view.changes[0].why.as_str()), ("The marketer", "erp"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_price_comes_from_thirty_days_of_history_and_releases_the_claim() {
    let kit = TestApp::empty().await;
    let app = &kit.app;
    let was = "The Aurora lamp: now €39.00, was €49.00.";
    app.import_facts_as_operator(&feed("49.00 EUR", ""), &from("feed")).await.unwrap();
    let start = app.now();
    app.clock().set(start.plus_days(10));
    app.import_facts_as_operator(&feed("49.00 EUR", "39.00 EUR"), &from("feed")).await.unwrap();
    // Ten days are no thirty: what the feed calls the price before is no proof.
    let held = app.check_text(was, Language::English, "product:lamp").await.unwrap();
    assert!(held.findings.iter().any(|f| f.rule == "F3" && f.blocks), "{:?}", held.findings);
    app.import_facts_as_operator(&feed("49.00 EUR", ""), &from("feed")).await.unwrap();
    app.clock().set(start.plus_days(80));
    app.import_facts_as_operator(&feed("49.00 EUR", "39.00 EUR"), &from("feed")).await.unwrap();
    let facts = app.store().facts_of("product:lamp").await.unwrap();
    let proven = facts.iter().find(|f| f.evidence == EvidenceKind::PriceHistory).unwrap();
    assert_eq!(flow::facts::written(&proven.value), "49.00 EUR");
    let report = app.check_text(was, Language::English, "product:lamp").await.unwrap();
    assert!(report.findings.iter().all(|f| f.rule != "F3" || !f.blocks), "{:?}", report.findings);
    // 59 was asked for none of these days.
    let more = app.check_text("Now €39.00, was €59.00.", Language::English, "product:lamp").await.unwrap();
    assert!(more.findings.iter().any(|f| f.rule == "F3" && f.blocks), "{:?}", more.findings);
    // Nor does writing it as proven help.
    let reading = app.fact_reading(&from("me")).await.unwrap();
    let claim = WrittenFact {
        entity: "product:lamp".into(),
        predicate: "price_before".into(),
        value: "59 EUR".into(),
        evidence: "price_history".into(),
        ..WrittenFact::default()
    };
    let refused = app.put_fact_as_operator(&claim.read(0, &reading).unwrap()).await;
    assert!(refused.unwrap_err().to_string().contains("the lowest of the 30 days before"));
    // The sale is over: nothing proves a former price any more.
    app.import_facts_as_operator(&feed("49.00 EUR", ""), &from("feed")).await.unwrap();
    let facts = app.store().facts_of("product:lamp").await.unwrap();
    assert!(facts.iter().all(|f| f.evidence != EvidenceKind::PriceHistory), "{facts:?}");
    let id = facts.iter().find(|f| f.predicate == "price").unwrap().id;
    let former = app.fact_view(id, Language::English).await.unwrap().former.unwrap();
    assert_eq!((former.lowest.clone(), former.proven()), (Lowest::Incomplete, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn mending_needs_the_version_that_was_read_and_ending_a_reason() {
    let kit = TestApp::empty().await;
    let (marketer, analyst) = (kit.person(Role::Marketer).await, kit.person(Role::Analyst).await);
    let mut fact = kit.app.store().facts_of("offer:win-back").await.unwrap()[0].clone();
    fact.value = terms::fact::FactValue::Percent(20.0);
    assert!(matches!(kit.app.mend_fact(&analyst, &fact, 1).await, Err(Error::Forbidden)));
    kit.app.mend_fact(&marketer, &fact, 1).await.unwrap();
    let stale = kit.app.mend_fact(&marketer, &fact, 1).await;
    assert!(matches!(stale, Err(Error::Problem(Problem::Stale))), "{stale:?}");
    let silent = kit.app.end_fact(&marketer, fact.id, " ").await;
    assert!(matches!(silent, Err(Error::Problem(Problem::NoReasonToEnd))), "{silent:?}");
    kit.app.end_fact(&marketer, fact.id, "the offer was withdrawn").await.unwrap();
    let view = kit.app.fact_view(fact.id, Language::English).await.unwrap();
    assert!(view.ended && view.changes[0].ended && view.changes[0].why == "the offer was withdrawn");
    let gone = kit.app.mend_fact(&marketer, &fact, view.version).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    assert!(matches!(kit.app.fact_view(FactId(9_999), Language::English).await, Err(Error::NotFound)));
    assert!(kit.app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_lends_the_message_the_facts_of_the_products_it_names() {
    let kit = TestApp::empty().await;
    kit.app.import_facts_as_operator(&feed("49.00 EUR", ""), &from("feed")).await.unwrap();
    let offer = b"entity,predicate,value\noffer:lamps,valid_from,2026-01-01\n";
    kit.app.import_facts_as_operator(offer, &from("erp")).await.unwrap();
    let text = "The Aurora lamp costs €49.00.";
    assert!(!kit.app.check_text(text, Language::English, "offer:lamps").await.unwrap().is_clear());
    let named = b"entity,predicate,value\noffer:lamps,product,product:lamp\n";
    kit.app.import_facts_as_operator(named, &from("erp")).await.unwrap();
    let report = kit.app.check_text(text, Language::English, "offer:lamps").await.unwrap();
    assert!(report.is_clear(), "{:?}", report.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_shows_what_ends_what_has_ended_and_what_lacks_evidence() {
    let kit = TestApp::empty().await;
    let now = kit.app.now();
    let file = format!(
        "entity,predicate,value,valid_until,max_age_hours\noffer:x,price,29 EUR,{},\noffer:x,stock,3,,24\noffer:x,price_before,39 EUR,,\n",
        now.day().plus(5)
    );
    kit.app.import_facts_as_operator(file.as_bytes(), &from("erp")).await.unwrap();
    kit.app.clock().set(now.plus_days(2));
    let shown = async |filter| {
        let ask = FactAsk { search: "OFFER:x".into(), filter, page: 1 };
        let view = kit.app.facts_view(&ask, Language::English).await.unwrap();
        view.rows.into_iter().map(|row| row.fact.predicate).collect::<Vec<_>>()
    };
    assert_eq!(shown(FactFilter::All).await.len(), 3);
    assert_eq!(shown(FactFilter::Expiring).await, ["price"]);
    assert_eq!(shown(FactFilter::Expired).await, ["stock"]);
    assert_eq!(shown(FactFilter::WithoutEvidence).await, ["price_before"]);
    // Seen again as it was: it holds again, and is no new version.
    let again = b"entity,predicate,value,max_age_hours\noffer:x,stock,3,24\n";
    let plan = kit.app.import_facts_as_operator(again, &from("erp")).await.unwrap();
    assert_eq!(plan.count(Planned::Same), 1);
    assert!(shown(FactFilter::Expired).await.is_empty());
}
