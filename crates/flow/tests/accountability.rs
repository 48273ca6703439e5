//! Who answers for what was done, and the report of a month: counted from a campaign that really ran.

use terms::person::Role;
use testkit::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn everything_done_to_a_campaign_has_somebody_who_answers_for_it() {
    let test = TestApp::with_customers(400).await;
    let app = &test.app;
    let id = test.approved("Come back", "value.percentile >= 0").await;
    let author = test.person(Role::Marketer).await;
    let approver = test.person(Role::Approver).await;
    app.launch_campaign(&author, id).await.unwrap();
    app.work_until_idle("w").await.unwrap();

    let who = app.who_answers(&format!("campaign/{id}")).await.unwrap();
    assert!(who.lines.iter().all(|line| !line.responsible.is_empty() && line.responsible != "?"), "{who:?}");
    let of = |action: &str| who.lines.iter().find(|line| line.action == action).map(|line| &line.responsible);
    assert_eq!(of("campaign_submitted"), Some(&author.name));
    assert_eq!(of("campaign_approved"), Some(&approver.name));
    assert_eq!(who.responsible.iter().map(|(_, n)| n).sum::<usize>(), who.lines.len());
    let approvals = app.who_answers("campaign_approved").await.unwrap();
    assert!(approvals.lines.iter().all(|line| line.responsible == approver.name));
    assert!(app.who_answers("campaign/999").await.is_err() && app.who_answers("made_up").await.is_err());

    let month: String = app.now().day().to_string().chars().take(7).collect();
    let view = app.responsible_ai(&month).await.unwrap();
    let funnel = app.store().funnel(id).await.unwrap();
    let line = view.campaigns.iter().find(|line| line.id == id.0).unwrap();
    assert_eq!(line.sent, funnel.state(terms::delivery::DeliveryState::Sent));
    assert_eq!(line.sent + line.left_out + line.control, funnel.audience, "{line:?} {funnel:?}");
    assert_eq!((&line.author, &line.approver), (&author.name, &approver.name));
    let counted: u64 = view.acts.iter().map(|(_, system, people)| system + people).sum();
    let answered: u64 = view.people.iter().map(|line| line.own + line.others).sum();
    assert_eq!((counted, answered), (view.entries, view.entries));
    assert_eq!(view.entries, app.store().ledger_size().await.unwrap(), "all of it happened in this month");
    assert!(view.audits.is_empty() && view.witnesses == (0, 0));
    // Another month has none of it, and one that has not begun has no report.
    let earlier = app.responsible_ai("2020-01").await.unwrap();
    assert!(earlier.entries == 0 && earlier.campaigns.is_empty() && earlier.acts.is_empty());
    assert!(app.responsible_ai("2999-01").await.is_err() && app.responsible_ai("2026-13").await.is_err());
}
