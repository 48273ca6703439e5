//! Rules of the brand as people reach them: written, tried and saved in a form, raised and overridden on a page.

use crate::facts_over_http::{form, page};
use crate::matrix::{House, location, text};
use axum::http::StatusCode;
use terms::customer::Language;
use terms::person::Role;

const RULE: [(&str, &str); 9] = [
    ("id", "B-clients"),
    ("kind", "wording"),
    ("severity", "block"),
    ("name_en", "our word"),
    ("name_es", "nuestra palabra"),
    ("why_en", "we say customers"),
    ("why_es", "decimos clientes"),
    ("en", "clients -> customers\r\nbuyers -> customers"),
    ("es", "usuarios -> clientes"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = RULE.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

/// The rules that hold a text back.
async fn held(house: &House, words: &str) -> Vec<String> {
    let checked = house.app.check_message(words, Language::English, Language::English, "").await.unwrap();
    checked.report.findings.into_iter().filter(|found| found.blocks).map(|found| found.rule).collect()
}

const SAMPLE: &str = "Dear clients, hello.";

#[tokio::test]
async fn a_rule_is_tried_saved_held_in_a_check_retired_and_restored() {
    let house = House::open().await;
    let cookie = house.cookie(Role::Approver).await;
    let ours = async || held(&house, SAMPLE).await.contains(&"B-clients".to_owned());
    let tried = with(&[("then", "try"), ("sample", SAMPLE), ("language", "en")]);
    let shown = house.ask(form("/rules/new", &cookie, &tried)).await;
    assert_eq!(shown.status(), StatusCode::OK);
    let shown = text(shown).await;
    assert!(shown.contains("<q lang=\"en\">clients</q>") && shown.contains("write `customers`"), "{shown}");
    assert!(shown.contains("value=\"B-clients\"") && shown.contains(&format!(">{SAMPLE}<")), "{shown}");
    assert!(!ours().await && house.app.house_view().await.unwrap().rules.is_empty());
    let clear = with(&[("then", "try"), ("sample", "Dear customers"), ("language", "en")]);
    let shown = text(house.ask(form("/rules/new", &cookie, &clear)).await).await;
    assert!(shown.contains("The rule finds nothing in this text."), "{shown}");

    let save = with(&[("then", "save")]);
    let saved = house.ask(form("/rules/new", &cookie, &save)).await;
    assert_eq!(location(&saved), "/rules/B-clients?done=rule_saved");
    assert!(ours().await);
    assert_eq!(house.app.house_view().await.unwrap().rules[0].rule.en.len(), 2);
    // Its identifier is taken, and a form made from an older version does not win.
    let taken = house.ask(form("/rules/new", &cookie, &save)).await;
    assert_eq!(taken.status(), StatusCode::CONFLICT);
    assert!(text(taken).await.contains("There is a rule with this identifier already"));
    let mend = |version| form("/rules/B-clients", &cookie, &with(&[("then", "save"), ("version", version)]));
    assert_eq!(house.ask(mend("1")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.ask(mend("1")).await.status(), StatusCode::CONFLICT);

    let retire = form("/rules/B-clients/retire", &cookie, &[]);
    assert_eq!(location(&house.ask(retire).await), "/rules/B-clients?done=rule_retired");
    assert!(!ours().await);
    let restore = form("/rules/B-clients/retire", &cookie, &[("undo", "1")]);
    assert_eq!(location(&house.ask(restore).await), "/rules/B-clients?done=rule_restored");
    assert!(ours().await);
    let list = text(house.ask(page("/rules", &cookie)).await).await;
    assert!(list.contains("href=\"/rules/B-clients\"") && list.contains("href=\"/rules/new\""), "{list}");
}

#[tokio::test]
async fn what_cannot_be_used_is_said_at_the_form_and_nothing_typed_is_lost() {
    let house = House::open().await;
    let cookie = format!("{}; lang=es", house.cookie(Role::Approver).await);
    for then in ["try", "save"] {
        let wrong = with(&[
            ("then", then),
            ("en", "clients to customers"),
            ("why_es", ""),
            ("sample", "Hola, <b>usuarios</b>"),
            ("language", "es"),
        ]);
        let answer = house.ask(form("/rules/new", &cookie, &wrong)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let told = text(answer).await;
        assert!(told.contains("«clients to customers» no es un par"), "{told}");
        assert!(told.contains("Hay que escribir «Por qué, en español»"), "{told}");
        for kept in ["clients to customers</textarea>", "usuarios -&#62; clientes", "value=\"our word\""] {
            assert!(told.contains(kept), "{kept}: {told}");
        }
        assert!(
            told.contains("Hola, &#60;b&#62;usuarios") && told.contains("value=\"wording\" selected"),
            "{told}"
        );
    }
    assert!(house.app.house_view().await.unwrap().rules.is_empty());
    let strange = house.ask(form("/rules/new", &cookie, &with(&[("colour", "red")]))).await;
    assert_eq!(strange.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_writes_messages_reads_the_rules_and_cannot_change_them() {
    let house = House::open().await;
    let approver = house.cookie(Role::Approver).await;
    house.ask(form("/rules/new", &approver, &with(&[("then", "save")]))).await;
    let marketer = house.cookie(Role::Marketer).await;
    for (path, pairs) in [
        ("/rules/new", with(&[("then", "save"), ("id", "B-mine")])),
        ("/rules/new", with(&[("then", "try")])),
        ("/rules/B-clients", with(&[("then", "save"), ("version", "1")])),
        ("/rules/B-clients/retire", Vec::new()),
        ("/rules/V1/raise", vec![("raise", "because I can do so")]),
        ("/rules/M3/override", vec![("why", "counsel agreed to this"), ("until", "2026-12-24")]),
    ] {
        let refused = house.ask(form(path, &marketer, &pairs)).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(text(refused).await.contains("Your role does not allow this"), "{path}");
    }
    let view = house.app.house_view().await.unwrap();
    assert_eq!(
        (view.rules.len(), view.rules[0].version, view.raises.len(), view.overrides.len()),
        (1, 1, 0, 0)
    );
    let read = text(house.ask(page("/rules/B-clients", &marketer)).await).await;
    assert!(read.contains("clients -&#62; customers") && !read.contains("name=\"then\""), "{read}");
    let list = text(house.ask(page("/rules", &marketer)).await).await;
    assert!(!list.contains("href=\"/rules/new\""), "{list}");
}

#[tokio::test]
async fn a_rule_is_raised_and_overridden_with_a_reason_and_everybody_sees_whose() {
    let house = House::open().await;
    let (approver, officer) = (house.cookie(Role::Approver).await, house.cookie(Role::PrivacyOfficer).await);
    let raise = |more: &[(&str, &str)]| form("/rules/V1/raise", &approver, more);
    let short = house.ask(raise(&[("raise", "so")])).await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = text(short).await;
    assert!(told.contains("Say why, in 10 characters") && told.contains(">so</textarea>"), "{told}");
    let raised = house.ask(raise(&[("raise", "readers complained")])).await;
    assert_eq!(location(&raised), "/rules/V1?done=rule_raised");
    assert_eq!(house.app.house_view().await.unwrap().raises.len(), 1);
    let undone = house.ask(raise(&[("raise", "nobody does any more"), ("undo", "1")])).await;
    assert_eq!(location(&undone), "/rules/V1?done=rule_lowered");
    assert!(house.app.house_view().await.unwrap().raises.is_empty());

    let why = "counsel agreed to this wording";
    let over = |rule: &str, until: &str| {
        form(&format!("/rules/{rule}/override"), &officer, &[("why", why), ("until", until)])
    };
    for (rule, until, told) in [
        ("M3", "soon", "“Last day” is missing"),
        ("M3", "2026-11-01", "The last day is past"),
        ("M3", "2029-01-01", "at the most"),
        ("D2", "2026-12-24", "This rule cannot be overridden"),
    ] {
        let refused = house.ask(over(rule, until)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{rule} {until}");
        let page = text(refused).await;
        assert!(page.contains(told) && (rule == "D2" || page.contains(why)), "{told}: {page}");
    }
    assert_eq!(location(&house.ask(over("M3", "2026-12-24")).await), "/rules/M3?done=rule_overridden");
    // Others see who, why and until when, and have no button.
    let marketer = house.cookie(Role::Marketer).await;
    let seen = text(house.ask(page("/rules/M3", &marketer)).await).await;
    assert!(
        seen.contains(why) && seen.contains("privacy_officer") && seen.contains("overrode it until 24"),
        "{seen}"
    );
    assert!(!seen.contains("/override") && !seen.contains("/raise\""), "{seen}");
    let id = house.app.house_view().await.unwrap().overrides[0].entry.id.to_string();
    let end = |cookie| form("/rules/M3/override/end", cookie, &[("number", id.as_str())]);
    assert_eq!(house.ask(end(&approver)).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(location(&house.ask(end(&officer)).await), "/rules/M3?done=override_ended");
    assert!(house.app.house_view().await.unwrap().overrides.is_empty());
    assert_eq!(house.ask(page("/rules/Z9", &officer)).await.status(), StatusCode::NOT_FOUND);
}
