//! Requests under data protection law, from the customer's click to the last receipt, on a real home with a real
//! outbox and a real recipient on this machine.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it cannot go on")]

use std::io::{Read, Write};
use std::net::TcpListener;

use flow::rights::{Asked, BreachStep, Handler, NewRequest, QueueFilter, entered};
use flow::views::{ConfirmState, PreferencesForm};
use flow::{Error, Problem};
use terms::consent::{Channel, ConsentStatus, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::delivery::DeliveryState;
use terms::erasure::ErasureCause;
use terms::ids::{CustomerKey, RequestId};
use terms::person::{Actor, Role};
use terms::rights::{
    Details, NoticeKind, NoticeState, RefusalGround, RequestOrigin, RequestState, RightKind, Verification,
};
use testkit::TestApp;

/// A shop with one customer who got a mail; their key and the tokens of that mail: why, preferences, opt-out.
struct House {
    kit: TestApp,
    customer: Customer,
    tokens: [String; 3],
}

impl House {
    async fn open() -> Self {
        let kit = TestApp::with_customers(80).await;
        let id = kit.approved("All", "known_days >= 0").await;
        kit.app.launch_campaign(&kit.person(Role::Marketer).await, id).await.unwrap();
        kit.work_for_a_day().await;
        let sent = kit.app.store().messages_of_campaign(id, Some(DeliveryState::Sent), 1, 0).await.unwrap();
        let customer = kit.app.store().customer(&sent[0].customer).await.unwrap();
        let tokens = kit.app.customer_links(sent[0].id).unwrap();
        Self { kit, customer, tokens }
    }

    fn preferences(&self) -> &str {
        &self.tokens[1]
    }

    /// The newest token of a kind of page in the mails to this address.
    fn mailed(&self, page: &str, to: &str) -> String {
        let mut mails: Vec<_> = walk(&self.kit.home().join("outbox"));
        mails.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        let found = mails.iter().rev().find_map(|path| {
            let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).replace("=\r\n", "");
            let text = text.replace("=3D", "=");
            if !text.contains(to) {
                return None;
            }
            let token = text.split(&format!("/{page}/")).nth(1)?;
            Some(token.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
        });
        found.unwrap()
    }

    async fn officer(&self) -> Handler {
        self.kit.app.officer(&self.kit.person(Role::PrivacyOfficer).await).unwrap()
    }

    async fn newest(&self) -> terms::rights::Request {
        let all = self.kit.app.store().rights_requests(store::rights::Which::All, None, 50).await.unwrap();
        all.into_iter().max_by_key(|request| request.id).unwrap()
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

/// A recipient on this machine that takes `count` notices; what it read.
fn recipient(count: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
    let server = std::thread::spawn(move || {
        (0..count)
            .map(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                let (mut read, mut piece) = (String::new(), [0u8; 4_096]);
                loop {
                    let n = stream.read(&mut piece).unwrap();
                    read.push_str(&String::from_utf8_lossy(&piece[..n]));
                    if read.contains("\r\n\r\n") && read.trim_end().ends_with('}') {
                        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
                        return read;
                    }
                }
            })
            .collect()
    });
    (url, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_click_on_erase_to_the_last_receipt() {
    let house = House::open().await;
    let (app, key) = (&house.kit.app, house.customer.key.clone());
    let email = house.customer.email.clone().unwrap();
    let (url, server) = recipient(1);
    app.add_recipient("Print shop", &url, &[NoticeKind::Erasure], true, Actor::Operator).await.unwrap();
    let own = app.centre_link(&key).await.unwrap();
    assert!(app.known(&own).await.unwrap().rows > 3);

    // The click: nothing is erased, a mail is on its way.
    let view = app.ask_from_page(house.preferences(), RightKind::Erasure, Details::default()).await.unwrap();
    assert_eq!(view.asked.unwrap().2, Asked::MailSent);
    let request = house.newest().await;
    assert_eq!((request.state, request.kind), (RequestState::Verifying, RightKind::Erasure));
    let token = house.mailed("c", &email);
    for _ in 0..2 {
        assert_eq!(app.confirm_view(&token).await.unwrap().state, ConfirmState::Ask, "looking does nothing");
    }
    assert!(app.store().customer(&key).await.is_ok());

    // The second step.
    let done = app.confirm_request(&token).await.unwrap();
    assert_eq!(done.state, ConfirmState::Erased);
    assert!(done.receipts.iter().any(|(place, erased)| place == "store.customers" && *erased == 1));
    let request = app.store().rights_request(request.id).await.unwrap();
    assert_eq!((request.state, request.customer, request.contact), (RequestState::Completed, None, None));
    let receipts = request.receipts.as_array().unwrap();
    assert!(receipts.len() > 5 && receipts.iter().all(|receipt| receipt["left"] == 0), "{receipts:?}");
    assert!(!request.receipts.to_string().contains(email.as_str()));
    assert!(app.store().customers(std::slice::from_ref(&key)).await.unwrap().is_empty());

    // Every old link says that it happened, and nothing else.
    let [why, preferences, unsubscribe] = &house.tokens;
    assert!(matches!(app.customer_why(why).await, Err(Error::Gone { .. })));
    assert!(matches!(app.preferences(preferences).await, Err(Error::Gone { .. })));
    assert!(matches!(app.known(&own).await, Err(Error::Gone { .. })));
    assert!(matches!(app.unsubscribe_view(unsubscribe).await, Err(Error::Gone { .. })));
    assert!(matches!(app.confirm_view(&token).await, Err(Error::Gone { .. })));
    assert!(matches!(app.confirm_request(&token).await, Err(Error::Gone { .. })));

    // Whoever else had the data is told, once, and then nobody keeps whom it was about.
    app.work_until_idle("w").await.unwrap();
    let told = server.join().unwrap();
    assert!(told[0].contains("rights.erasure") && told[0].contains(key.as_str()), "{}", told[0]);
    assert!(told[0].to_ascii_lowercase().contains("webhook-signature: v1,"));
    assert!(!told[0].contains(email.as_str()), "the address itself goes to nobody");
    let notices = app.store().recipient_notices_of(request.id).await.unwrap();
    assert_eq!((notices[0].state, notices[0].subject.clone()), (NoticeState::Delivered, None));

    // The timeline is complete, names nobody, and the ledger holds.
    let view = app.request_view(request.id).await.unwrap();
    let steps: Vec<&str> = view.timeline.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(steps, ["rights_opened", "rights_moved", "rights_moved", "rights_closed", "recipient_told"]);
    assert!(view.timeline.iter().all(|line| !line.payload.contains(key.as_str())));
    assert!(app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn objection_restriction_and_opt_out_act_at_once_and_without_a_person() {
    let house = House::open().await;
    let (app, key) = (&house.kit.app, &house.customer.key);
    for kind in [RightKind::Objection, RightKind::Restriction, RightKind::OptOutSale] {
        let asked = app.ask_from_page(house.preferences(), kind, Details::default()).await.unwrap().asked;
        assert_eq!(asked.unwrap().2, Asked::Done, "{kind}");
        let request = house.newest().await;
        assert_eq!((request.kind, request.state), (kind, RequestState::Completed));
        assert_eq!(request.verification, Some(Verification::SignedLink));
    }
    assert!(app.store().customer(key).await.unwrap().restricted);
    let email = house.customer.email.as_deref();
    assert!(app.store().suppression(Some(key), email).await.unwrap().is_some());
    for purpose in [Purpose::Marketing, Purpose::Profiling, Purpose::Sharing] {
        let said = app.store().consent_at(key, purpose, Channel::Email, app.now()).await.unwrap();
        assert_eq!(said.unwrap().status, ConsentStatus::Withdrawn, "{purpose}");
    }
    let view = app.preferences(house.preferences()).await.unwrap();
    assert!(view.restricted && !view.marketing() && !view.profiling && !view.sharing);
    assert!(!app.lift_own_restriction(house.preferences()).await.unwrap().restricted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_stands_until_the_customer_takes_it_back_and_agrees_again() {
    let house = House::open().await;
    let (app, key) = (&house.kit.app, &house.customer.key);
    app.ask_from_page(house.preferences(), RightKind::Objection, Details::default()).await.unwrap();
    let yes = PreferencesForm {
        channels: vec![Channel::Email],
        profiling: false,
        ai_content: false,
        measurement: false,
        sharing: false,
        personalisation: None,
        topics: None,
        max_per_month: None,
        language: None,
    };
    let held = app.save_preferences(house.preferences(), &yes).await.unwrap();
    assert!(held.objected() && !held.marketing(), "a tick alone does not take it back, and the page says so");
    let back = app.withdraw_objection(house.preferences()).await.unwrap();
    assert!(back.saved && back.held.is_none());
    let email = house.customer.email.as_deref();
    assert_eq!(app.store().suppression(Some(key), email).await.unwrap(), None);
    assert!(!app.withdraw_objection(house.preferences()).await.unwrap().saved, "once is enough");
    app.store().suppress(Some(key), email, SuppressionReason::Complaint, "test", app.now()).await.unwrap();
    let complained = app.withdraw_objection(house.preferences()).await.unwrap();
    assert_eq!(complained.held, Some(SuppressionReason::Complaint), "a complaint is no objection");
    assert!(app.verify_ledger().await.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_chosen_any_more_once_an_erasure_has_begun() {
    let house = House::open().await;
    let (app, key) = (&house.kit.app, &house.customer.key);
    let email = house.customer.email.as_deref();
    app.store().begin_erasure(key, email, ErasureCause::Request, app.now()).await.unwrap();
    let form = PreferencesForm {
        channels: vec![Channel::Email],
        profiling: true,
        ai_content: false,
        measurement: false,
        sharing: false,
        personalisation: None,
        topics: None,
        max_per_month: None,
        language: None,
    };
    let chosen = app.save_preferences(house.preferences(), &form).await;
    assert!(matches!(chosen, Err(Error::Gone { .. })), "{chosen:?}");
    assert!(matches!(app.withdraw_objection(house.preferences()).await, Err(Error::Gone { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_is_what_a_fresh_scan_finds_and_its_link_runs_out() {
    let house = House::open().await;
    let app = &house.kit.app;
    app.ask_from_page(house.preferences(), RightKind::Access, Details::default()).await.unwrap();
    let token = house.mailed("c", house.customer.email.as_deref().unwrap());
    let ready = app.confirm_request(&token).await.unwrap();
    assert_eq!(ready.state, ConfirmState::Ready);
    let archive = ready.archive_token.unwrap();
    let (handed_out, _) = app.archive_by_link(&archive).await.unwrap();
    assert_eq!(handed_out, app.archive_of(&house.customer.key).await.unwrap());
    assert!(handed_out.rows() > 3);
    assert_eq!(app.confirm_request(&token).await.unwrap().state, ConfirmState::Used, "a link works once");
    app.clock().set(app.now().plus_days(8));
    assert!(matches!(app.archive_by_link(&archive).await, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_run_out_can_be_taken_back_and_open_nothing_else() {
    let house = House::open().await;
    let (app, key) = (&house.kit.app, &house.customer.key);
    let own = app.centre_link(key).await.unwrap();
    assert_eq!(own.len(), 32);
    assert_eq!(app.preferences(&own).await.unwrap().token, own);
    app.gpc_at_centre(&own).await.unwrap();
    let signalled = app.preferences(&own).await.unwrap();
    assert!(signalled.gpc && !signalled.sharing);
    assert!(matches!(app.confirm_view(&own).await, Err(Error::NotFound)));
    assert!(matches!(app.archive_by_link(&own).await, Err(Error::NotFound)));
    assert!(matches!(app.preferences(&"0".repeat(32)).await, Err(Error::NotFound)));
    app.ask_from_page(&own, RightKind::Erasure, Details::default()).await.unwrap();
    let confirm = house.mailed("c", house.customer.email.as_deref().unwrap());
    assert!(matches!(app.preferences(&confirm).await, Err(Error::NotFound)));
    app.clock().set(app.now().plus_hours(49));
    assert_eq!(app.confirm_request(&confirm).await.unwrap().state, ConfirmState::Expired);
    assert!(app.store().customer(key).await.is_ok(), "an old link erases nobody");
    app.revoke_links(key, Actor::Operator).await.unwrap();
    assert!(matches!(app.preferences(&own).await, Err(Error::NotFound)));
    assert!(app.preferences(house.preferences()).await.is_ok(), "the mail's own link stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_does_not_tell_who_is_a_customer() {
    let house = House::open().await;
    let (app, email) = (&house.kit.app, house.customer.email.clone().unwrap());
    for (address, source) in [(email.as_str(), "a"), ("stranger@elsewhere.example", "b")] {
        app.ask_from_form(RightKind::Access, address, "", Language::English, source).await.unwrap();
    }
    let strangers = house.mailed("c", "stranger@elsewhere.example");
    let nothing = app.confirm_request(&strangers).await.unwrap();
    assert_eq!(nothing.state, ConfirmState::NothingKnown);
    let id = app.request_of_link(&strangers).await.unwrap();
    let request = app.store().rights_request(id).await.unwrap();
    assert_eq!(
        (request.state, request.contact),
        (RequestState::Completed, None),
        "their address is forgotten"
    );
    let known = house.mailed("c", &email);
    assert_eq!(app.confirm_request(&known).await.unwrap().state, ConfirmState::Ready);
    for wrong in
        ["", "nobody", "a b@x.example", "a@b", "a@@x.example", &format!("{}@x.example", "a".repeat(300))]
    {
        let refused = app.ask_from_form(RightKind::Access, wrong, "", Language::English, "c").await;
        assert!(matches!(refused, Err(Error::Problem(Problem::NotAnAddress))), "{wrong}");
    }
    for n in 0..10 {
        let address = format!("x{n}@elsewhere.example");
        app.ask_from_form(RightKind::Access, &address, "", Language::English, "flood").await.unwrap();
    }
    let eleventh =
        app.ask_from_form(RightKind::Access, "y@elsewhere.example", "", Language::English, "flood").await;
    assert!(matches!(eleventh, Err(Error::TooMany)));
    app.clock().set(app.now().plus_days(31));
    assert_eq!(app.forget_unconfirmed().await.unwrap(), 10);
    let all = app.store().rights_requests(store::rights::Which::All, None, 50).await.unwrap();
    assert!(all.iter().all(|request| request.contact.is_none()), "nobody's address stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_verifies_before_anything_is_done_and_the_law_bounds_every_step() {
    let house = House::open().await;
    let (app, officer) = (&house.kit.app, house.officer().await);
    let received = app.now();
    let new = entered(RightKind::Erasure, RequestOrigin::Post, Language::English, received);
    let id = app.enter_by_officer(&officer, house.customer.key.as_str(), new).await.unwrap();
    let request = app.store().rights_request(id).await.unwrap();
    assert_eq!(request.state, RequestState::Verifying);
    let days = (request.due_at.0 - received.0) / terms::time::MICROS_PER_DAY;
    assert!((28..=35).contains(&days), "due in {days} days");
    let early = app.complete_request(&officer, id, "").await;
    assert!(matches!(early, Err(Error::Problem(Problem::RequestElsewhere { .. }))), "{early:?}");
    app.verify_request(&officer, id, Verification::Document).await.unwrap();
    assert!(matches!(app.extend_request(&officer, id, " ").await, Err(Error::Problem(_))));
    assert!(app.extend_request(&officer, id, "Many systems to look through.").await.unwrap().told);
    let longer = app.store().rights_request(id).await.unwrap();
    assert!(longer.due_at > request.due_at && longer.state == RequestState::Extended);
    assert!(app.extend_request(&officer, id, "again").await.is_err());
    let told =
        app.refuse_request(&officer, id, RefusalGround::LegalClaims, "A claim is open.").await.unwrap();
    assert!(told.told);
    let closed = app.request_view(id).await.unwrap();
    assert_eq!(
        (closed.refusal, closed.answer.as_str()),
        (Some(RefusalGround::LegalClaims), "A claim is open.")
    );
    assert!(app.complete_request(&officer, id, "").await.is_err(), "what is closed stays closed");
    let future = NewRequest {
        received_at: app.now().plus_days(1),
        ..entered(RightKind::Access, RequestOrigin::Phone, Language::English, received)
    };
    assert!(matches!(
        app.enter_by_officer(&officer, "", future).await,
        Err(Error::Problem(Problem::InTheFuture))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_and_a_review_are_answered_by_a_person() {
    let house = House::open().await;
    let (app, officer, key) = (&house.kit.app, house.officer().await, &house.customer.key);
    let wrong = Details { fields: vec![("first_name".into(), "Renée".into())], ..Details::default() };
    let asked = app.ask_from_page(house.preferences(), RightKind::Rectification, wrong).await.unwrap();
    assert_eq!(asked.asked.unwrap().2, Asked::WithOfficer);
    let id = house.newest().await.id;
    let view = app.request_view(id).await.unwrap();
    assert_eq!(view.fields[0].2, "Renée");
    assert!(matches!(
        app.complete_request(&officer, id, "").await,
        Err(Error::Problem(Problem::RectifyInstead))
    ));
    app.rectify(&officer, id, &[("first_name".into(), "Renée".into())]).await.unwrap();
    assert_eq!(app.store().customer(key).await.unwrap().first_name.as_deref(), Some("Renée"));
    let known = app.known(house.preferences()).await.unwrap();
    assert!(known.facts.iter().any(|(f, v, source)| f == "first_name" && v == "Renée" && source == "you"));
    let same = Details { fields: vec![("first_name".into(), "Renée".into())], ..Details::default() };
    assert!(app.ask_from_page(house.preferences(), RightKind::Rectification, same).await.is_err());

    let words =
        Details { words: "Why did I get no offer?".into(), message: Some(999_999), ..Details::default() };
    app.ask_from_page(house.preferences(), RightKind::Review, words).await.unwrap();
    let review = house.newest().await;
    assert_eq!(review.details.message, None, "somebody else's message is no decision of theirs");
    assert!(app.complete_request(&officer, review.id, "").await.is_err(), "a person answers with words");
    app.complete_request(&officer, review.id, "I looked at it. You had bought the week before.")
        .await
        .unwrap();
    let own = app.preferences(house.preferences()).await.unwrap();
    assert!(own.requests.iter().any(|request| request.answer.starts_with("I looked at it.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_off_and_on_again_leaves_receipts_and_keeps_the_rest() {
    let house = House::open().await;
    let app = &house.kit.app;
    let mut brand = app.brand().await.unwrap();
    brand.topics = vec!["coffee=Coffee/Café".parse().unwrap(), "tea=Tea/Té".parse().unwrap()];
    app.set_brand(&brand).await.unwrap();
    let form = |on: bool, topics: &[&str]| PreferencesForm {
        channels: if on { vec![Channel::Email] } else { Vec::new() },
        profiling: on,
        ai_content: on,
        measurement: on,
        sharing: false,
        personalisation: Some(terms::preference::Personalisation::None),
        topics: Some(topics.iter().map(|topic| (*topic).to_owned()).collect()),
        max_per_month: Some(2),
        language: Some(Language::English),
    };
    let off = app.save_preferences(house.preferences(), &form(false, &[])).await.unwrap();
    assert!(!off.marketing() && off.topics.iter().all(|topic| !topic.chosen));
    app.clock().set(app.now().plus_seconds(5));
    let on = app.save_preferences(house.preferences(), &form(true, &["tea", "forged"])).await.unwrap();
    assert!(on.marketing() && on.profiling && on.saved);
    let chosen: Vec<_> =
        on.topics.iter().filter(|topic| topic.chosen).map(|topic| topic.id.as_str()).collect();
    assert_eq!(chosen, ["tea"]);
    let receipts = app.store().consent_history(&house.customer.key).await.unwrap();
    assert!(receipts.iter().filter(|receipt| receipt.source == "preference_centre").count() >= 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_shows_what_is_due_and_a_breach_its_hours() {
    let kit = TestApp::empty().await;
    let (app, by) = (&kit.app, Handler::operator());
    let received = app.now().plus_days(-40);
    let new = entered(RightKind::Access, RequestOrigin::Email, Language::Spanish, received);
    let id = app.enter_by_officer(&by, "somebody@elsewhere.example", new).await.unwrap();
    let queue = app.rights_queue(QueueFilter::default()).await.unwrap();
    assert_eq!((queue.open, queue.overdue), (1, 1));
    assert!(queue.requests[0].days_left < 0 && queue.requests[0].elapsed >= 1.0);
    assert!(app.verify_request(&by, id, Verification::Document).await.is_err(), "nobody by that name");
    app.refuse_request(&by, id, RefusalGround::NotIdentified, "We do not know you.").await.unwrap();
    assert_eq!(app.rights_queue(QueueFilter::default()).await.unwrap().requests.len(), 0);

    let aware = app.now().plus_hours(-70);
    let breach = app.open_breach("A laptop was lost", aware, Some(40), None, Actor::Operator).await.unwrap();
    assert_eq!(app.rights_queue(QueueFilter::default()).await.unwrap().breaches[0].hours_left, 2);
    app.record_breach(breach, BreachStep::Reported, Actor::Operator).await.unwrap();
    assert!(app.close_breach(breach, " ", Actor::Operator).await.is_err());
    app.close_breach(breach, "The disk was encrypted.", Actor::Operator).await.unwrap();
    assert!(app.breaches().await.unwrap()[0].closed_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_inside_the_house_is_refused_and_one_that_fails_is_tried_again() {
    let house = House::open().await;
    let app = &house.kit.app;
    for url in ["https://127.0.0.1/x", "http://shop.example/x", "https://[::ffff:10.0.0.1]/x", "file:///x"] {
        let refused = app.add_recipient("X", url, &[NoticeKind::OptOut], false, Actor::Operator).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{url}");
    }
    // Nobody listens there.
    let kinds = [NoticeKind::OptOut];
    let (id, _) =
        app.add_recipient("Gone", "http://127.0.0.1:9/x", &kinds, true, Actor::Operator).await.unwrap();
    app.ask_from_page(house.preferences(), RightKind::OptOutSale, Details::default()).await.unwrap();
    let request = house.newest().await.id;
    app.work_until_idle("w").await.unwrap();
    let notice = app.store().recipient_notices_of(request).await.unwrap().remove(0);
    assert_eq!((notice.state, notice.attempts), (NoticeState::Waiting, 1));
    for _ in 0..12 {
        app.clock().set(app.now().plus_hours(10));
        app.work_until_idle("w").await.unwrap();
    }
    let notice = app.store().recipient_notices_of(request).await.unwrap().remove(0);
    assert_eq!((notice.state, notice.attempts, notice.subject), (NoticeState::GivenUp, 12, None));
    app.remove_recipient(id, Actor::Operator).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sends_asks_and_takes_back_and_nothing_happens_without_the_officer() {
    let house = House::open().await;
    let (app, officer, key) = (&house.kit.app, house.officer().await, &house.customer.key);
    let (_, secret) = app.add_partner("Broker", Actor::Operator).await.unwrap();
    assert!(app.dsr_partner("wrong").await.unwrap().is_none());
    let partner = app.dsr_partner(&secret).await.unwrap().unwrap();
    let send = |uuid: &str, who: &str| {
        serde_json::json!({
            "regulation": "gdpr", "subject_request_id": uuid, "subject_request_type": "erasure",
            "submitted_time": "2026-09-30T15:00:00Z",
            "subject_identities": [{ "identity_type": "controller_customer_id", "identity_value": who, "identity_format": "raw" }],
            "status_callback_urls": ["https://callbacks.example.com/x"],
        })
        .to_string()
    };
    let (first, second) = ("a7551968-d5d6-44b2-9831-815ac9017798", "b7551968-d5d6-44b2-9831-815ac9017798");
    let answer = app.dsr_open(&partner, &send(first, key.as_str()), "e30=").await.unwrap();
    assert_eq!(answer["subject_request_id"], first);
    app.dsr_open(&partner, &send(first, key.as_str()), "e30=").await.unwrap();
    let all = app.store().rights_requests(store::rights::Which::All, None, 50).await.unwrap();
    assert_eq!(all.len(), 1, "sent twice is one request");
    assert_eq!(app.dsr_status(&partner, first).await.unwrap()["request_status"], "pending");
    assert!(app.store().customer(key).await.is_ok());
    app.dsr_open(&partner, &send(second, key.as_str()), "e30=").await.unwrap();
    app.dsr_cancel(&partner, second).await.unwrap();
    assert_eq!(app.dsr_status(&partner, second).await.unwrap()["request_status"], "cancelled");
    let id: RequestId = all[0].id;
    app.verify_request(&officer, id, Verification::Partner).await.unwrap();
    assert_eq!(app.dsr_cancel(&partner, first).await.unwrap_err().status, 400);
    app.complete_request(&officer, id, "").await.unwrap();
    assert_eq!(app.dsr_status(&partner, first).await.unwrap()["request_status"], "completed");
    assert!(app.store().customer(key).await.is_err());

    let unknown = "c7551968-d5d6-44b2-9831-815ac9017798";
    app.dsr_open(&partner, &send(unknown, "nobody"), "e30=").await.unwrap();
    assert_eq!(app.dsr_status(&partner, unknown).await.unwrap()["request_status"], "completed");
    let (_, other) = app.add_partner("Other", Actor::Operator).await.unwrap();
    let other = app.dsr_partner(&other).await.unwrap().unwrap();
    assert_eq!(app.dsr_status(&other, first).await.unwrap_err().status, 404, "each sees its own only");
    for wrong in [
        "{".to_owned(),
        send("not-a-uuid", "x"),
        send(first, "x").replace("gdpr", "law"),
        send(first, "x").replace("erasure", "review"),
        send(first, "x").replace("https://callbacks.example.com", "https://169.254.169.254"),
        send(first, "x").replace("2026-09-30T15:00:00Z", "yesterday"),
    ] {
        assert_eq!(app.dsr_open(&partner, &wrong, "").await.unwrap_err().status, 400, "{wrong}");
    }
    let _: &CustomerKey = key;
}
