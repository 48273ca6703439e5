//! Every page with hostile figures, in both languages: inert, complete, accessible, and nothing inline.

use super::*;
use crate::context::{Cx, Theme};
use crate::samples::{self, HOSTILE};
use crate::samples_access;
use crate::samples_consent;
use crate::samples_facts;
use crate::samples_fairness;
use crate::samples_guard;
use crate::samples_models;
use crate::samples_processing;
use crate::samples_training;
use askama::Template;
use flow::views::{JoinState, JoinStep};
use terms::customer::Language;
use terms::ids::PersonId;
use terms::person::{Person, Role};

/// A reader of the pages, for tests beside this one.
pub(super) fn reader(lang: Language) -> Cx {
    cx(lang)
}

fn cx(lang: Language) -> Cx {
    Cx {
        lang,
        theme: Theme::Auto,
        person: Some(Person {
            id: PersonId(1),
            name: HOSTILE.into(),
            email: "marta@candor.test".into(),
            role: Role::Marketer,
        }),
        permissions: None,
        path: "/customers?q=\"><script>".into(),
        json: false,
        done: Some("done.saved".into()),
        ai_stopped: samples_models::ai(true).stopped,
    }
}

fn of_role(lang: Language, role: Role) -> Cx {
    let mut cx = cx(lang);
    cx.person.as_mut().unwrap().role = role;
    cx
}

fn join_page(lang: Language, step: JoinStep) -> String {
    let (view, typed) =
        (samples_consent::join(step), join::Typed { email: HOSTILE.into(), ..Default::default() });
    join::JoinPage { cx: cx(lang), view, typed, problem: Some(HOSTILE.into()) }.render().unwrap()
}

fn join_confirm_page(lang: Language, state: JoinState) -> String {
    join::JoinConfirmPage { cx: cx(lang), view: samples_consent::join_confirm(state) }.render().unwrap()
}

fn model_page(lang: Language, role: Role, state: terms::model::ModelState) -> String {
    let (view, problem) = (samples_models::model(state), Some(HOSTILE.to_owned()));
    models::ModelPage { cx: of_role(lang, role), view, problem }.render().unwrap()
}

fn gate_page(lang: Language, role: Role) -> String {
    let kind = terms::model::ModelKind::Stage;
    let rule = terms::gate::GateRule {
        criterion: terms::gate::Criterion::Calibration,
        limit: 0.05,
        need: terms::gate::Need::Always,
    };
    let view = flow::registry::GateText { base: 2, rules: vec![rule], reason: HOSTILE.to_owned() };
    models::GatePage { cx: of_role(lang, role), kind, view, problem: Some(HOSTILE.to_owned()) }
        .render()
        .unwrap()
}

fn retention_page(lang: Language) -> String {
    let kind = terms::processing::RetentionKind::Rejects;
    let refused = Some((kind, HOSTILE.to_owned(), HOSTILE.to_owned()));
    retention::RetentionPage { cx: cx(lang), view: samples_processing::retention(), refused }
        .render()
        .unwrap()
}

fn processing_page(lang: Language) -> String {
    let view = samples_processing::processing();
    let typed = view.statements.clone();
    processing::ProcessingPage { cx: cx(lang), view, typed, problem: HOSTILE.into() }.render().unwrap()
}

/// Composing is the marketer's, whom [`cx`] is.
fn fact_page(lang: Language, view: Option<flow::facts::FactView>) -> String {
    let typed = facts::Typed { entity: HOSTILE.into(), claim: HOSTILE.into(), ..Default::default() };
    facts::FactPage { cx: cx(lang), view, typed, faults: samples_facts::faults(), problem: HOSTILE.into() }
        .render()
        .unwrap()
}

fn fact_import_page(lang: Language, faults: Vec<flow::facts::LineFault>) -> String {
    let typed = fact_import::Typed { text: HOSTILE.into(), source: HOSTILE.into(), ..Default::default() };
    let plan = Some(samples_facts::plan(faults));
    fact_import::ImportPage { cx: cx(lang), typed, plan, problem: HOSTILE.into() }.render().unwrap()
}

fn house_page(lang: Language, versions: Vec<flow::house::RuleVersion>, role: Role) -> String {
    let cx = of_role(lang, role);
    let mut typed = house::Typed::of(Some(&samples_guard::versions()[0]), &cx);
    typed.sample = HOSTILE.into();
    let (problems, found) = (vec![HOSTILE.into()], Some(samples_guard::found()));
    house::HousePage { cx, versions, typed, problems, found }.render().unwrap()
}

fn built_in_page(lang: Language, role: Role) -> String {
    let typed = built_in::Typed { why: HOSTILE.into(), raise: HOSTILE.into(), ..Default::default() };
    let (cx, view) = (of_role(lang, role), samples_guard::built_in());
    built_in::BuiltInPage { cx, view, typed, problems: vec![HOSTILE.into()] }.render().unwrap()
}

fn exam_page(lang: Language, open: bool) -> String {
    let (view, training) = (open.then(samples_training::exam), samples_training::training());
    training::ExamPage { cx: cx(lang), view, training, problem: HOSTILE.into() }.render().unwrap()
}

fn sample_page(lang: Language) -> String {
    let typed = [("t1".to_owned(), HOSTILE.to_owned()), ("n1".to_owned(), HOSTILE.to_owned())].into();
    sample::SamplePage::new(cx(lang), samples_guard::judge(), typed, HOSTILE.into()).render().unwrap()
}

/// Every page that staff or customers see, by name.
fn pages(lang: Language) -> Vec<(&'static str, String)> {
    let compose = compose::ComposePage::new(cx(lang), samples::compose(), None);
    vec![
        ("today", today::TodayPage::new(cx(lang), samples::today()).render().unwrap()),
        ("customers", customers::CustomersPage::new(cx(lang), samples::customers(HOSTILE)).render().unwrap()),
        ("customer", customer::CustomerPage::new(cx(lang), samples::customer()).render().unwrap()),
        (
            "campaigns",
            campaigns::CampaignsPage { cx: cx(lang), view: samples::campaigns() }.render().unwrap(),
        ),
        ("compose", compose.render().unwrap()),
        ("review", review::ReviewPage::new(cx(lang), samples::review()).render().unwrap()),
        ("report", report::ReportPage::new(cx(lang), samples::report()).render().unwrap()),
        ("ledger", ledger::LedgerPage { cx: cx(lang), view: samples::ledger() }.render().unwrap()),
        ("month", month::MonthPage::new(cx(lang), samples::month()).render().unwrap()),
        ("why", why::WhyPage { cx: cx(lang), view: samples::why() }.render().unwrap()),
        (
            "consent",
            consent::ConsentPage { cx: cx(lang), view: samples_consent::consent() }.render().unwrap(),
        ),
        (
            "rules",
            rules::RulesPage { cx: cx(lang), view: rules::book(flow::house::HouseView::default()) }
                .render()
                .unwrap(),
        ),
        ("house rule", house_page(lang, samples_guard::versions(), Role::Approver)),
        ("house rule new", house_page(lang, Vec::new(), Role::Approver)),
        ("house rule read", house_page(lang, samples_guard::versions(), Role::Marketer)),
        ("built-in rule", built_in_page(lang, Role::PrivacyOfficer)),
        ("built-in rule read", built_in_page(lang, Role::Marketer)),
        ("effect", holdout::EffectPage::new(cx(lang), crate::samples_long_term::effect()).render().unwrap()),
        ("fairness", fairness::FairnessPage::new(cx(lang), samples_fairness::fairness()).render().unwrap()),
        ("monitor", monitor::MonitorPage::new(cx(lang), samples_guard::monitor()).render().unwrap()),
        (
            "models",
            models::ModelsPage { cx: cx(lang), view: samples_models::models(), ai: samples_models::ai(true) }
                .render()
                .unwrap(),
        ),
        (
            "ai",
            ai::AiPage { cx: cx(lang), ai: samples_models::ai(true), problem: Some(HOSTILE.into()) }
                .render()
                .unwrap(),
        ),
        (
            "ai on",
            ai::AiPage { cx: cx(lang), ai: samples_models::ai(false), problem: None }.render().unwrap(),
        ),
        ("model", model_page(lang, Role::Approver, terms::model::ModelState::Validated)),
        ("model live", model_page(lang, Role::Marketer, terms::model::ModelState::Live)),
        ("gate", gate_page(lang, Role::PrivacyOfficer)),
        ("gate read", gate_page(lang, Role::Marketer)),
        ("samples", sample::SamplesPage { cx: cx(lang), view: samples_guard::samples() }.render().unwrap()),
        ("sample", sample_page(lang)),
        ("facts", facts::FactsPage { cx: cx(lang), view: samples_facts::facts() }.render().unwrap()),
        ("fact", fact_page(lang, Some(samples_facts::fact_view()))),
        ("new fact", fact_page(lang, None)),
        ("fact import", fact_import_page(lang, Vec::new())),
        ("fact import wrong", fact_import_page(lang, samples_facts::faults())),
        (
            "training",
            training::TrainingPage { cx: cx(lang), view: samples_training::training() }.render().unwrap(),
        ),
        ("lesson", training::LessonPage { cx: cx(lang), view: samples_training::lesson() }.render().unwrap()),
        ("exam", exam_page(lang, true)),
        ("exam before", exam_page(lang, false)),
        (
            "exam result",
            training::ResultPage { cx: cx(lang), view: samples_training::result() }.render().unwrap(),
        ),
        (
            "certificate",
            training::CertificatePage { cx: cx(lang), view: samples_training::certificate() }
                .render()
                .unwrap(),
        ),
        ("access", access::AccessPage { cx: cx(lang), view: samples_access::access(true) }.render().unwrap()),
        (
            "access of the house",
            access::AccessPage { cx: cx(lang), view: samples_access::access(false) }.render().unwrap(),
        ),
        ("team", training::TeamPage { cx: cx(lang), view: samples_training::team() }.render().unwrap()),
        ("processing", processing_page(lang)),
        ("retention", retention_page(lang)),
        ("join", join_page(lang, JoinStep::Form)),
        ("join asked", join_page(lang, JoinStep::Asked)),
        ("join waiting", join_confirm_page(lang, JoinState::Waiting)),
        ("join confirmed", join_confirm_page(lang, JoinState::Confirmed)),
        ("join expired", join_confirm_page(lang, JoinState::Expired)),
        (
            "customer why",
            customer_why::CustomerWhyPage { cx: cx(lang), view: samples::customer_why() }.render().unwrap(),
        ),
        (
            "preferences",
            preferences::PreferencesPage {
                cx: cx(lang),
                view: samples::preferences(),
                refused: false,
                gpc: true,
            }
            .render()
            .unwrap(),
        ),
        ("rights", rights::RightsPage { cx: cx(lang), view: samples::rights() }.render().unwrap()),
        (
            "request",
            rights::RequestPage { cx: cx(lang), view: samples::request(), problem: HOSTILE.into() }
                .render()
                .unwrap(),
        ),
        (
            "own data",
            own_data::OwnDataPage { cx: cx(lang), view: samples::known(), problem: HOSTILE.into() }
                .render()
                .unwrap(),
        ),
        ("own erase", own_data::OwnErasePage { cx: cx(lang), view: samples::known() }.render().unwrap()),
        (
            "confirm",
            confirm::ConfirmPage { cx: cx(lang), view: samples::confirm(flow::views::ConfirmState::Ask) }
                .render()
                .unwrap(),
        ),
        (
            "erased",
            confirm::ConfirmPage { cx: cx(lang), view: samples::confirm(flow::views::ConfirmState::Erased) }
                .render()
                .unwrap(),
        ),
        (
            "unsubscribe",
            unsubscribe::UnsubscribePage { cx: cx(lang), view: samples::unsubscribe() }.render().unwrap(),
        ),
    ]
}

fn everything() -> Vec<(&'static str, String)> {
    Language::ALL.iter().flat_map(|lang| pages(*lang)).collect()
}

#[test]
fn hostile_names_and_texts_stay_text() {
    for (name, html) in everything() {
        let scripts = html.matches("<script").count();
        let ours = html.matches("<script src=\"/assets/app.js?v=").count();
        assert_eq!(scripts, ours, "{name}: a script that is not ours");
        assert!(!html.contains("<img src=x"), "{name}: a hostile image");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, html) in everything() {
        // The mail preview is an attribute, escaped; its own styles are not ours.
        let ours: String =
            html.split("srcdoc=\"").enumerate().fold(String::new(), |mut out, (place, part)| {
                out.push_str(if place == 0 { part } else { part.split_once('"').unwrap().1 });
                out
            });
        assert!(!ours.contains(" style="), "{name}: an inline style");
        assert!(!ours.contains(" onclick=") && !ours.contains("javascript:"), "{name}: an inline script");
        for place in [" src=\"http", " href=\"http", " action=\"http", "url(http"] {
            assert!(!ours.contains(place), "{name}: `{place}`");
        }
    }
}

#[test]
fn no_page_shows_what_is_no_number_or_has_no_words() {
    for (name, html) in everything() {
        assert!(!html.contains("NaN") && !html.contains("⟦?⟧"), "{name}");
    }
}

#[test]
fn every_page_says_its_language_and_has_one_heading_and_a_way_past_the_navigation() {
    for (name, html) in everything() {
        assert!(html.contains("<html lang=\"en\"") || html.contains("<html lang=\"es\""), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(
            html.contains("class=\"skip\" href=\"#main\"") && html.contains("<main id=\"main\""),
            "{name}"
        );
    }
}

#[test]
fn every_field_has_a_label() {
    for (name, html) in everything() {
        for tag in html.split('<').filter(|tag| {
            (tag.starts_with("input ") || tag.starts_with("select ") || tag.starts_with("textarea "))
                && !tag.contains("type=\"hidden\"")
                && !tag.contains("type=\"checkbox\"")
                && !tag.contains("type=\"radio\"")
        }) {
            let id = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            assert!(html.contains(&format!("for=\"{id}\"")), "{name}: no label for <{tag}");
        }
    }
}

#[test]
fn ids_are_given_once() {
    for (name, html) in everything() {
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}");
    }
}

/// Pages of customers, by the names above.
const OWN: [&str; 7] =
    ["customer why", "preferences", "unsubscribe", "own data", "own erase", "confirm", "erased"];

#[test]
fn a_customers_pages_are_small_and_run_no_script() {
    let style = include_str!("../../assets/customer.css").len() + include_str!("../../assets/icon.svg").len();
    let mut seen = 0;
    let own = |name: &str| OWN.contains(&name) || name.starts_with("join");
    for (name, html) in everything().into_iter().filter(|(name, _)| own(name)) {
        let bytes = html.len() + style;
        assert!(bytes < 50_000, "{name}: {bytes} bytes");
        // With the messages of a year and everything else on it, a page stays well below.
        assert!(name != "preferences" || bytes < 25_000, "{name}: {bytes} bytes");
        assert!(html.contains("/assets/customer.css?v=") && !html.contains("/assets/app"), "{name}");
        assert!(!html.contains("<script"), "{name}");
        seen += usize::from(OWN.contains(&name));
    }
    assert_eq!(seen, OWN.len() * Language::ALL.len());
}

#[test]
fn taking_everything_back_is_one_click_and_no_more_than_giving() {
    for lang in Language::ALL {
        let html = pages(*lang).into_iter().find(|(name, _)| *name == "preferences").unwrap().1;
        let forms: Vec<&str> = html.split("<form ").skip(1).collect();
        assert_eq!(
            forms.len(),
            3,
            "one to take an objection back, one to choose, one to switch everything off"
        );
        assert!(forms[0].contains("name=\"objection\"") && forms[0].matches("<button").count() == 1);
        assert!(forms[2].contains("name=\"nothing\"") && forms[2].matches("<button").count() == 1);
        // Nothing is ticked for anybody that they had not ticked themselves.
        assert_eq!(html.matches("type=\"checkbox\"").count(), 8);
        assert_eq!(html.matches(" checked").count(), 5);
    }
}

#[test]
fn every_place_and_every_word_of_a_request_has_a_name_in_both_languages() {
    use terms::rights;
    let mut wanted: Vec<String> = flow::places::PLACES
        .iter()
        .filter(|place| place.is_personal())
        .map(|place| format!("place.{}", place.name))
        .collect();
    macro_rules! named {
        ($($group:literal: $kind:ty),+ $(,)?) => {$(
            wanted.extend(<$kind>::ALL.iter().map(|word| format!("{}.{word}", $group)));
        )+};
    }
    named!(
        "right": rights::RightKind, "rights_state": rights::RequestState, "law": rights::Law,
        "rights_origin": rights::RequestOrigin, "verification": rights::Verification,
        "refusal": rights::RefusalGround, "notice_kind": rights::NoticeKind, "notice_state": rights::NoticeState,
        "rq.complete": rights::RightKind, "plevel": terms::preference::Personalisation,
        "used_for": terms::processing::ProcessingPurpose,
    );
    let missing: Vec<_> = wanted.iter().filter(|key| !crate::i18n::knows(key)).collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn the_queue_says_in_words_and_in_a_picture_what_is_late() {
    let html = rights::RightsPage { cx: cx(Language::English), view: samples::rights() }.render().unwrap();
    assert!(html.contains("class=\"past over\"") && html.contains("class=\"past soon\""), "{html}");
    assert!(html.contains("3 days late") && html.contains("5 days left"));
}

#[test]
fn an_erased_persons_page_names_nobody() {
    let html = pages(Language::English).into_iter().find(|(name, _)| *name == "erased").unwrap().1;
    assert!(html.contains("R-9") && !html.contains("example.com"), "{html}");
}

#[test]
fn the_mail_preview_is_sandboxed_and_escaped() {
    let (_, html) = pages(Language::English).into_iter().find(|(name, _)| *name == "review").unwrap();
    assert_eq!(html.matches("<iframe").count(), html.matches("<iframe sandbox=\"\"").count());
    let preview = html.split("srcdoc=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(!preview.contains('<'), "the preview is not escaped");
}

#[test]
fn a_report_says_not_enough_evidence_plainly() {
    let mut view = samples::report();
    view.verdict = Some("not_enough_evidence".into());
    let html = report::ReportPage::new(cx(Language::English), view).render().unwrap();
    assert!(html.contains("Not enough evidence"));
    assert!(html.contains("Adds up: planned and left out together are 3,406"));
}

#[test]
fn the_words_change_with_the_language() {
    let en = pages(Language::English);
    let es = pages(Language::Spanish);
    for ((name, english), (_, spanish)) in en.iter().zip(&es) {
        assert_ne!(english, spanish, "{name}");
    }
    assert!(es[0].1.contains("148.302\u{a0}€") && en[0].1.contains("€148,302"));
}

#[test]
fn initials_are_two_capital_letters() {
    assert_eq!(initials("marta vidal ruiz"), "MV");
    assert_eq!(initials(""), "");
}

#[test]
fn who_was_left_out_is_not_told_as_if_something_was_sent() {
    let mut view = samples::why();
    view.state = "excluded".into();
    view.exclusion = Some("no_consent".into());
    (view.subject, view.sent_at, view.propensity, view.guard) = (String::new(), None, None, None);
    let html = why::WhyPage { cx: cx(Language::English), view: view.clone() }.render().unwrap();
    assert!(html.contains("Why C-00107 got no message") && html.contains("No consent"));
    assert!(!html.contains("“”") && !html.contains("was sent") && !html.contains("0%"));
    view.exclusion = Some("control".into());
    let html = why::WhyPage { cx: cx(Language::Spanish), view }.render().unwrap();
    assert!(html.contains("quedó en el grupo de control"));
}

#[test]
fn an_approval_is_called_void_only_when_something_changed() {
    let page = |standing| {
        let mut view = samples::review();
        view.standing = standing;
        review::ReviewPage::new(cx(Language::English), view).render().unwrap()
    };
    use flow::views::ApprovalStanding::{Edited, Holds, NewModel, None};
    for standing in [None, Holds] {
        assert!(!page(standing).contains("approval no longer"), "{standing:?}");
    }
    assert!(page(Edited).contains("The approval no longer counts"));
    assert!(page(NewModel).contains("A model went live after the approval"));
}

#[test]
fn a_report_never_claims_certainty() {
    let mut view = samples::report();
    if let Some(uplift) = view.revenue.as_mut() {
        uplift.probability_positive = 0.9975;
    }
    let html = report::ReportPage::new(cx(Language::English), view.clone()).render().unwrap();
    assert!(html.contains("above zero: 99.8%"));
    if let Some(uplift) = view.revenue.as_mut() {
        uplift.probability_positive = 0.999_99;
    }
    let html = report::ReportPage::new(cx(Language::English), view).render().unwrap();
    assert!(
        html.contains("above zero: &gt;99.9%")
            || html.contains("above zero: >99.9%")
            || html.contains("&#62;99.9%")
    );
}

#[test]
fn a_customer_hears_of_a_score_only_when_one_was_used() {
    use flow::views::Used;
    let page = |used| {
        let mut view = samples::customer_why();
        view.used = used;
        customer_why::CustomerWhyPage { cx: cx(Language::English), view }.render().unwrap()
    };
    assert!(page(Used::Score).contains("A score about you was used"));
    assert!(
        page(Used::Behaviour).contains("a count of days") && !page(Used::Behaviour).contains("A score about")
    );
    assert!(page(Used::Record).contains("Nothing was used but your record"));
}

#[test]
fn who_was_left_out_of_a_campaign_is_told_so_in_the_timeline_in_both_languages() {
    let mut view = samples::customer();
    view.timeline.push(flow::views::TimelineEvent {
        at: view.known_since,
        kind: "message".into(),
        amount: None,
        about: "Win back".into(),
        message: Some(7),
        status: "no_consent".into(),
    });
    let html = customer::CustomerPage::new(cx(Language::Spanish), view).render().unwrap();
    assert!(html.contains("Sin consentimiento") && !html.contains("no consent"));
}

#[test]
fn a_measured_effect_without_an_interval_is_not_called_unmeasured() {
    let mut view = samples::report();
    (view.revenue, view.verdict) = (None, Some("not_enough_evidence".into()));
    let html = report::ReportPage::new(cx(Language::English), view).render().unwrap();
    assert!(html.contains("Not enough evidence") && !html.contains("Nothing measured yet"));
}
