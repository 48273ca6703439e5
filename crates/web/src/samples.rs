//! Views with made-up figures, so that pages can be written and looked at without a shop. Tests only.
//! Names and texts are hostile on purpose: whatever a customer's record holds must stay text.

use flow::views::*;
use terms::campaign::{CampaignState, Goal};
use terms::customer::Language;
use terms::decision::Reason;
use terms::finding::{Finding, GuardReport, SentenceStatus, Severity, Span, Verdict};
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::message::Field;
use terms::profile::Profile;
use terms::stage::Stage;
use terms::time::{Day, Instant};

/// A name that would be a script if a page forgot to escape it.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";

fn at(days: i64) -> Instant {
    Day(20_700).start().plus_days(days).plus_hours(10)
}

fn stages() -> Vec<StageCount> {
    let rows = [
        (1_904, 1_871, 0.0),
        (1_126, 1_240, 61_300.0),
        (5_480, 5_352, 884_120.5),
        (1_930, 1_802, 203_400.0),
        (8_912, 8_760, 151_020.0),
        (648, 611, 58_910.0),
    ];
    Stage::ALL
        .iter()
        .zip(rows)
        .map(|(stage, (now, before, revenue_year))| StageCount { stage: *stage, now, before, revenue_year })
        .collect()
}

fn uplift(value: f64, low: f64, high: f64) -> UpliftView {
    UpliftView {
        value,
        low,
        high,
        level: 0.95,
        probability_positive: if low > 0.0 { 0.994 } else { 0.71 },
        treated: 2_231,
        control: 249,
        mean_treated: 9.84,
        mean_control: 9.84 - value,
    }
}

fn brief(id: i64, name: &str, state: CampaignState, goal: Goal, effect: Option<UpliftView>) -> CampaignBrief {
    let planned = if effect.is_some() || state == CampaignState::Running { 2_231 } else { 0 };
    CampaignBrief {
        id: CampaignId(id),
        name: name.into(),
        state,
        goal,
        author: "Marta Vidal".into(),
        changed_at: at(-id),
        audience: if planned > 0 { 3_406 } else { 0 },
        planned,
        control: if planned > 0 { 249 } else { 0 },
        sent: if state == CampaignState::Running { 1_204 } else { planned },
        measured: effect.is_some(),
        uplift: effect,
    }
}

fn briefs() -> Vec<CampaignBrief> {
    vec![
        brief(4, "Spring thank-you", CampaignState::Submitted, Goal::Reward, None),
        brief(3, "Second cup", CampaignState::Running, Goal::SecondPurchase, Some(uplift(0.31, -0.42, 1.04))),
        brief(
            2,
            "Come back to good coffee",
            CampaignState::Completed,
            Goal::WinBack,
            Some(uplift(1.86, 0.62, 3.1)),
        ),
        brief(1, HOSTILE, CampaignState::Stopped, Goal::Other, Some(uplift(-0.9, -1.7, -0.1))),
    ]
}

/// Today.
pub(crate) fn today() -> TodayView {
    let revenue: Vec<DayAmount> = (0..90)
        .map(|day| {
            let week = f64::from(day % 7);
            let noise = f64::from((day * 7_919) % 613);
            DayAmount {
                day: Day(20_610 + day),
                amount: 3_200.0 + f64::from(day) * 14.0 + week * 210.0 + noise * 2.2,
            }
        })
        .collect();
    let task = |kind, campaign, name: &str, count, days| Task {
        kind,
        campaign: CampaignId(campaign),
        name: name.into(),
        count,
        since: at(days),
    };
    TodayView {
        models: flow::views::ModelTasks { waiting: vec![HOSTILE.into()], faults: 1 },
        as_of: Day(20_700),
        currency: "EUR".into(),
        customers: 20_000,
        stages: stages(),
        revenue,
        revenue_30: 148_302.4,
        revenue_30_before: 136_990.0,
        purchases_30: 3_911,
        purchases_30_before: 4_020,
        reachable: 12_408,
        tasks: vec![
            task(TaskKind::Approve, 4, "Spring thank-you", 1, -1),
            task(TaskKind::Reconcile, 3, "Second cup", 3, -2),
            task(TaskKind::Mend, 5, "Weekend beans", 2, -3),
        ],
        campaigns: briefs(),
        expected_churn: Some(412.6),
        ledger_entries: 14_212,
    }
}

/// The stage map.
pub(crate) fn customers(query: &str) -> CustomersView {
    let moved: Vec<Vec<u64>> = vec![
        vec![1_700, 171, 0, 0, 0, 0],
        vec![0, 640, 402, 198, 0, 0],
        vec![0, 0, 4_760, 512, 0, 80],
        vec![0, 0, 301, 1_010, 491, 0],
        vec![0, 0, 0, 0, 8_421, 339],
        vec![0, 0, 97, 210, 0, 304],
    ];
    let moves = moved
        .iter()
        .map(|row| row.iter().map(|n| MoveCell { customers: *n, revenue: *n as f64 * 6.2 }).collect())
        .collect();
    let forecast = moved
        .iter()
        .map(|row| {
            row.iter()
                .map(|count| {
                    let expected = *count as f64 * 1.03;
                    let spread = 1.96 * expected.sqrt();
                    ForecastCell {
                        expected,
                        low: (expected - spread).max(0.0),
                        high: expected + spread,
                        revenue: expected * 6.4,
                        revenue_low: expected * 6.0,
                        revenue_high: expected * 6.8,
                    }
                })
                .collect()
        })
        .collect();
    let model = |name: &str, log_loss, accuracy, ece, naive| BacktestLine {
        name: name.into(),
        log_loss,
        accuracy,
        ece,
        behind_low: if naive { 0.7 } else { 0.0 },
        behind_high: if naive { 0.9 } else { 0.0 },
        naive,
    };
    let line = |key: &str, name: &str, stage, value: f64, percentile, churn| CustomerLine {
        key: key.into(),
        name: name.into(),
        country: "ES".into(),
        stage,
        purchases: 7,
        silent_days: Some(41),
        value: Some(value),
        percentile: Some(percentile),
        churn: Some(churn),
    };
    CustomersView {
        as_of: Day(20_700),
        currency: "EUR".into(),
        stages: stages(),
        rule: RuleView { new_days: 30, at_risk_days: 64, churned_days: 131, gaps: 48_210 },
        moves,
        moves_from: Day(20_670),
        moves_to: Day(20_699),
        cohorts: vec![Cohort {
            month: Day(20_634),
            customers: 310,
            buyers: vec![310, 92, 71],
            revenue: vec![9_100.0, 3_100.5, 2_400.0],
        }],
        forecast: Some(ForecastView {
            until: Day(20_730),
            model: "stage@2".into(),
            chosen: "logistic".into(),
            moves: forecast,
            backtest: vec![
                model("logistic", 0.4127, 0.861, 0.012, false),
                model("markov", 0.4514, 0.846, 0.018, false),
                model("naive", 1.2031, 0.446, 0.031, true),
            ],
            customers: 17_204,
            unscored: 2_100,
            verdict: flow::views::Verdict::ModelWins,
            history_days: 540,
            held_back: vec![Day(20_608), Day(20_639), Day(20_669)],
            pictures: None,
        }),
        query: query.into(),
        query_error: query
            .contains("??")
            .then(|| format!("{query}\n         ^ expected a value such as `churned`")),
        list: vec![
            line("C-00042", "Lucía", Stage::Active, 412.2, 96.0, 0.04),
            line("C-00107", HOSTILE, Stage::AtRisk, 188.0, 81.0, 0.31),
            line("C/1 7?", "Tom", Stage::Churned, 22.5, 34.0, 0.97),
        ],
        matches: 20_000,
        reach: Reach { email: 12_408, profiling: 17_204 },
        page: 2,
        pages: 400,
    }
}

/// One customer.
pub(crate) fn customer() -> CustomerView {
    let line = customers("").list.remove(1);
    let reason =
        |feature: &str, value, contribution| ReasonLine { feature: feature.into(), value, contribution };
    let event = |days, kind: &str, amount, about: &str, message, status: &str| TimelineEvent {
        at: at(days),
        kind: kind.into(),
        amount,
        about: about.into(),
        message,
        status: status.into(),
    };
    let consent = |purpose: &str, status: &str| ConsentLine {
        purpose: purpose.into(),
        channel: "email".into(),
        status: status.into(),
        basis: "consent".into(),
        at: at(-300),
        source: "checkout".into(),
        notice_version: "v3".into(),
    };
    CustomerView {
        fatigue: Some(flow::views::FatigueView {
            next: 3,
            messages: 14,
            points: [0.004, 0.006, 0.011, 0.02]
                .map(|share| flow::views::FatiguePoint {
                    everybody: share,
                    own: share * 1.6,
                    low: share * 0.7,
                    high: share * 3.1,
                })
                .to_vec(),
            most: 0.02,
            tired: false,
        }),
        line,
        currency: "EUR".into(),
        email: Some("someone@example.test".into()),
        locale: "es-ES".into(),
        known_since: at(-400),
        as_of: Day(20_700),
        profile: Some(Profile {
            customer: CustomerKey::new("C-00107"),
            first_day: Day(20_310),
            last_day: Day(20_659),
            frequency: 6,
            recency_days: 349,
            t_days: 390,
            monetary: 31.4,
            spend: 219.8,
            first_amount: 24.0,
            last_amount: 38.5,
            last_gap_days: 52,
            gap_mean: 58.2,
            gap_sd: 11.0,
            purchases_90: 2,
            engagement_90: 5,
        }),
        profiling: true,
        next: Some(vec![0.0, 0.0, 0.42, 0.27, 0.31, 0.0]),
        buys: Some(0.42),
        future: Some(FutureView {
            purchases: 5.4,
            order_value: 34.8,
            revenue: 188.0,
            low: 62.5,
            high: 331.0,
            permille: 811,
            rank: 212,
            of: 1_904,
        }),
        risks: Some(Risks {
            purchase: 0.42,
            purchase_two: 0.61,
            churn: Some(0.31),
            churn_two: Some(0.44),
            reactivation: None,
            reactivation_two: None,
        }),
        reasons: vec![
            reason("silent_days", 41.0, -0.62),
            reason("frequency", 6.0, 0.48),
            reason("purchases_90", 2.0, 0.31),
            reason("stage=at_risk", 1.0, -0.22),
        ],
        consents: vec![
            consent("marketing", "granted"),
            consent("profiling", "granted"),
            consent("ai_content", "denied"),
        ],
        timeline: vec![
            event(-2, "clicked", None, "Second cup", Some(118), ""),
            event(-3, "message", None, "Second cup", Some(118), "sent"),
            event(-41, "purchase", Some(38.5), "O-9912", None, ""),
            event(-90, "return", Some(-12.0), HOSTILE, None, ""),
            event(-300, "consent", None, "marketing", None, "granted"),
        ],
        model: Some("stage@2".into()),
    }
}

/// The list of campaigns.
pub(crate) fn campaigns() -> CampaignsView {
    CampaignsView { campaigns: briefs(), currency: "EUR".into() }
}

fn variant(language: Language) -> VariantForm {
    let (subject, headline, body, button) = match language {
        Language::English => (
            "{{ first_name }}, 20% off until Sunday",
            "We kept your grinder warm",
            "It has been a while. Take 40% off the espresso blend you liked.\n\nHurry, almost gone! Our beans are roasted on Mondays.",
            "See the offer",
        ),
        Language::Spanish => (
            "{{ first_name }}, 20 % hasta el domingo",
            "Te guardamos el molinillo",
            "Hace tiempo que no nos vemos. Llévate el café que te gustó.",
            "Ver la oferta",
        ),
    };
    VariantForm {
        language,
        subject: subject.into(),
        preheader: String::new(),
        headline: headline.into(),
        body: body.into(),
        button: button.into(),
        link: "https://shop.example/back".into(),
    }
}

fn check(language: Language) -> VariantCheck {
    let form = variant(language);
    let subject = form.subject.replace("{{ first_name }}", "Lucía");
    let mut findings = Vec::new();
    let mut sentences = Vec::new();
    if language == Language::English {
        let mut find = |rule: &str, quote: &str, message: &str, repair: &str, basis: &str, blocks| {
            let start = form.body.find(quote).unwrap_or_default();
            findings.push(Finding {
                rule: rule.into(),
                severity: if blocks { Severity::Block } else { Severity::Warn },
                blocks,
                span: Span { field: Field::Body, start, end: start + quote.len() },
                quote: quote.into(),
                verdict: if blocks { Verdict::Contradicted } else { Verdict::Unknown },
                message: message.into(),
                repair: repair.into(),
                fact: None,
                basis: basis.into(),
                overridden: None,
            });
        };
        find("F2", "40% off", "The offer is 20%, not 40%.", "Write `20% off`.", "UCPD 6", true);
        find(
            "M3",
            "almost gone",
            "No stock fact says that this runs out.",
            "Leave it out, or add a fresh stock fact.",
            "UCPD Annex I 18",
            true,
        );
        let quote = "Our beans are roasted on Mondays.";
        let start = form.body.find(quote).unwrap_or_default();
        sentences.push(SentenceStatus {
            span: Span { field: Field::Body, start, end: start + quote.len() },
            verdict: Verdict::Unchecked,
        });
    }
    let releases = findings
        .iter()
        .map(|finding| {
            let fact = (finding.rule == "F2").then_some(terms::ids::FactId(7));
            Some(flow::guarding::Release {
                fact,
                entity: HOSTILE.into(),
                predicate: "discount".into(),
                evidence: terms::fact::EvidenceKind::Plain,
                claim: HOSTILE.into(),
            })
        })
        .collect();
    let mends = (0..findings.len())
        .map(|finding| flow::guarding::Mend {
            finding,
            kind: if finding == 0 {
                flow::guarding::MendKind::UseFact
            } else {
                flow::guarding::MendKind::TakeOut
            },
            shown: HOSTILE.into(),
            change: flow::guarding::Change {
                field: "en_body".into(),
                start: 3,
                was: HOSTILE.into(),
                by: "{{ offer.discount }}".into(),
            },
        })
        .collect();
    let grounds = vec![flow::guarding::GroundLine {
        span: Span { field: Field::Headline, start: 0, end: 4 },
        fact: terms::ids::FactId(7),
        entity: HOSTILE.into(),
        predicate: "discount".into(),
        value: "20%".into(),
        source: HOSTILE.into(),
    }];
    let marks = vec![flow::guarding::InlineMark {
        field: "en_body".into(),
        start: 0,
        end: 4,
        kind: flow::guarding::MarkKind::Block,
    }];
    VariantCheck {
        language,
        grounds,
        releases,
        mends,
        marks,
        facts: 4,
        facts_hash: "9f86d081884c7d65".into(),
        report: GuardReport { findings, sentences, rules_version: "2026-11-24".into() },
        rendered: vec![
            (Field::Subject, subject),
            (Field::Headline, form.headline.clone()),
            (Field::Body, form.body.clone()),
            (Field::Button, form.button.clone()),
            (Field::Footer, "Tostadero Norte, Calle Mayor 3, Madrid".into()),
        ],
        html: format!(
            "<!doctype html><body style=\"font-family:Arial;margin:24px\"><h1>{}</h1><p>{}</p><p><a style=\"background:#1d1d1f;color:#fff;padding:10px 16px\" href=\"#\">{}</a></p>",
            form.headline, form.body, form.button
        ),
        error: None,
    }
}

/// The compose page.
pub(crate) fn compose() -> ComposeView {
    let fact = |predicate: &str, value: &str, holds| FactLine {
        entity: "offer:welcome-back".into(),
        predicate: predicate.into(),
        value: value.into(),
        slot: format!("{{{{ offer.{predicate} }}}}"),
        source: "shop:price-list#4711".into(),
        valid_until: Some(at(6)),
        holds,
    };
    ComposeView {
        topics: vec![("coffee".into(), "Coffee".into()), ("events".into(), "Events".into())],
        id: Some(CampaignId(3)),
        version: 4,
        state: CampaignState::Draft,
        form: CampaignForm {
            name: "Come back to good coffee".into(),
            goal: Goal::WinBack,
            audience: "stage = churned and value.percentile >= 80\n  and country in (\"ES\", \"PT\")".into(),
            control_percent: 10.0,
            window_days: 30,
            offer: "offer:welcome-back".into(),
            topic: String::new(),
            written_with_ai: false,
            send_days: 3,
            variants: vec![variant(Language::English), variant(Language::Spanish)],
        },
        audience: AudiencePreview {
            ai_stopped: false,
            described: "Churned customers in the top 20 percent by value, in Spain or Portugal.".into(),
            people: 1_782,
            languages: vec![(Language::English, 212), (Language::Spanish, 1_570)],
            stages: vec![(Stage::Churned, 1_782)],
            levels: terms::preference::Personalisation::ALL
                .iter()
                .zip([(120, 0, 118, 2), (1_402, 1_402, 0, 0), (260, 260, 0, 0)])
                .map(|(level, (people, named, neutral, neither))| flow::views::LevelCount {
                    level: *level,
                    people,
                    named,
                    neutral,
                    neither,
                })
                .collect(),
            funnel: vec![
                FunnelStep { reason: "no_consent".into(), people: 611 },
                FunnelStep { reason: "no_profiling".into(), people: 94 },
                FunnelStep { reason: "cap".into(), people: 27 },
                FunnelStep { reason: "control".into(), people: 105 },
            ],
            would_plan: 945,
            would_hold_out: 105,
            detectable: Some(1.14),
            worth: Some(MessageWorth { people: 1_904, gain: 0.42, cost: 0.11 }),
            frozen: false,
            error: None,
        },
        checks: vec![check(Language::English), check(Language::Spanish)],
        facts: vec![
            fact("discount", "20%", true),
            fact("valid_until", "29 Nov 2026", true),
            fact("stock", "14", false),
        ],
        offers: vec!["offer:welcome-back".into()],
        templates: vec![TemplateChoice { id: "win_back".into(), goal: Goal::WinBack }],
        segment_fields: vec![SegmentFieldHelp {
            name: "value.percentile".into(),
            example: "value.percentile >= 80".into(),
        }],
        can_submit: false,
    }
}

/// The review page.
pub(crate) fn review() -> ReviewView {
    let mut compose = compose();
    compose.state = CampaignState::Submitted;
    ReviewView {
        risk: flow::oversight::RiskView {
            class: flow::oversight::RiskClass::High,
            risks: terms::approval::Risk::ALL
                .iter()
                .map(|risk| flow::oversight::RiskLine { risk: *risk, found: 12_000.0, second: true })
                .collect(),
            needed: 2,
            approved: vec![flow::oversight::ApproverLine {
                name: HOSTILE.into(),
                at: Day(20_700).start(),
                note: HOSTILE.into(),
            }],
            part: flow::oversight::Part { struck: vec![Language::Spanish], at_most: Some(500) },
        },
        compose,
        author: "Marta Vidal".into(),
        content_hash: "9f2c4d1be0a7735c9f2c4d1be0a7735c9f2c4d1be0a7735c9f2c4d1be0a7735c".into(),
        models: vec!["stage@2".into()],
        may_approve: Ok(()),
        veto: Some(crate::samples_long_term::veto()),
        fairness: Some(crate::samples_fairness::audit()),
        audited_attributes: 1,
        approved_by: None,
        approved_at: None,
        standing: ApprovalStanding::None,
        actions: vec![CampaignAction::Approve, CampaignAction::Reject, CampaignAction::Edit],
    }
}

/// The report.
pub(crate) fn report() -> ReportView {
    let step = |reason: &str, people| FunnelStep { reason: reason.into(), people };
    ReportView {
        sends_from: Some(Day(20_700).start()),
        brief: brief(
            3,
            "Come back to good coffee",
            CampaignState::Running,
            Goal::WinBack,
            Some(uplift(1.86, 0.62, 3.1)),
        ),
        currency: "EUR".into(),
        audience: 3_406,
        funnel: vec![
            step("no_consent", 702),
            step("cap", 133),
            step("quiet_hours", 91),
            step("control", 249),
        ],
        planned: 2_231,
        deliveries: vec![
            ("sent".into(), 2_204),
            ("suppressed".into(), 21),
            ("failed".into(), 4),
            ("in_doubt".into(), 2),
        ],
        responses: vec![("opened".into(), 1_010), ("clicked".into(), 240), ("opted_out".into(), 7)],
        revenue: Some(uplift(1.86, 0.62, 3.1)),
        purchases: Some(uplift(0.061, 0.018, 0.104)),
        opt_outs: Some(uplift(0.0031, -0.0002, 0.0064)),
        long_term: Some(crate::samples_long_term::found()),
        left_out: [31, 4],
        verdict: Some("positive".into()),
        curve: (0..=30)
            .map(|day| CurvePoint { day, treated: f64::from(day) * 0.33, control: f64::from(day) * 0.266 })
            .collect(),
        true_uplift: Some(1.64),
        window_ends: Some(Day(20_720)),
        messages: vec![
            MessageLine {
                id: MessageId(118),
                customer: "C-00107".into(),
                state: "sent".into(),
                reason: None,
                at: at(-3),
            },
            MessageLine {
                id: MessageId(120),
                customer: "C-00108".into(),
                state: "excluded".into(),
                reason: Some("no_consent".into()),
                at: at(-3),
            },
            MessageLine {
                id: MessageId(119),
                customer: HOSTILE.into(),
                state: "in_doubt".into(),
                reason: None,
                at: at(-3),
            },
        ],
        filter: MessageFilter::All,
        matches: 3_406,
        page: 1,
        pages: 69,
        actions: vec![CampaignAction::Pause, CampaignAction::Stop],
    }
}

fn entry(seq: u64, action: &str, object: &str) -> LedgerLine {
    LedgerLine {
        seq,
        at: at(-1),
        by: ActorKind::System,
        actor: "flow.deliver".into(),
        responsible: "Marta Vidal".into(),
        action: action.into(),
        object: object.into(),
        payload: "{\n  \"note\": \"<b>bold</b>\"\n}".into(),
    }
}

fn witness(id: i64, trouble: &str, refused_at: Option<terms::time::Instant>) -> flow::log::WitnessView {
    flow::log::WitnessView {
        id,
        name: format!("witness.example/w{id}"),
        key: "witness.example/w1+00000000+BAA".into(),
        url: "https://witness.example".into(),
        since: at(-9),
        size: Some(14_100),
        cosigned_at: Some(at(-2)),
        asked_at: Some(at(-1)),
        trouble: trouble.into(),
        refused_at,
    }
}

/// The report of a month, with a line in every table.
pub(crate) fn month() -> flow::accountability::MonthView {
    use flow::accountability::{
        AuditLine, CampaignLine, DriftLine, ModelUse, MonthView, OverrideLine, PersonLine, RightsLine,
    };
    use terms::estimate::Evidence;
    use terms::ledger::Action;
    let little = || Evidence::Insufficient { n: 3, needed: 30 };
    let (from, to) = flow::accountability::parse_month("2026-10").unwrap();
    MonthView {
        month: "2026-10".into(),
        from,
        to,
        made_at: to.plus_days(2),
        brand: HOSTILE.into(),
        responsible: "Ana López".into(),
        entries: 1_204,
        witnesses: (2, 1),
        models: vec![ModelUse {
            label: "stage@2".into(),
            state: terms::model::ModelState::Live,
            made_at: from,
            responsible: "Ana López".into(),
            promoted_at: Some(from),
        }],
        guard: Some(flow::monitoring::RateLine {
            month: Some("2026-10".into()),
            writer: None,
            made_by: String::new(),
            drafts: 40,
            held: 7,
            by_guard: little(),
            before: little(),
            after: little(),
            judged: (3, 3),
        }),
        acts: vec![(Action::MessageSent, 900, 0), (Action::CampaignApproved, 0, 3)],
        people: vec![PersonLine { name: HOSTILE.into(), own: 3, others: 900 }],
        campaigns: vec![CampaignLine {
            id: 3,
            name: HOSTILE.into(),
            author: "Ana López".into(),
            approver: "Bo Chen".into(),
            sent: 900,
            left_out: 210,
            control: 100,
            complained: 1,
            opted_out: 4,
        }],
        sent_back: 1,
        messages_held: 2,
        audits: vec![AuditLine {
            at: from,
            action: Action::VaultOpened,
            object: HOSTILE.into(),
            attribute: "gender".into(),
            verdict: "refused".into(),
            ratio: Some((0.71, 0.8)),
            by: "Pilar".into(),
        }],
        overrides: vec![OverrideLine {
            rule: "M3".into(),
            why: HOSTILE.into(),
            by: "Pilar".into(),
            at: from,
            until: to,
        }],
        rights: vec![RightsLine {
            kind: terms::rights::RightKind::Access,
            received: 3,
            closed: 2,
            late: 1,
            median_days: Some(4.5),
            longest_days: Some(33.0),
        }],
        drift: vec![DriftLine {
            model: "stage@2".into(),
            at: from,
            customers: 4_000,
            log_loss: 0.61,
            accuracy: 0.78,
            ece: 0.03,
        }],
        opted_out: 5,
        breaches: 0,
    }
}

/// The ledger.
pub(crate) fn ledger() -> LedgerView {
    LedgerView {
        entries: 14_212,
        root: "4Vz6pG3oV0m0m5mV2yq7bJ0mQ9b8m1n2o3p4q5r6s7t=".into(),
        checkpoint: "candor.test/ledger\n14212\n4Vz6pG3oV0m0m5mV2yq7bJ0mQ9b8m1n2o3p4q5r6s7t=\n\n— candor.test/ledger pX8fD0vK".into(),
        log_key: "candor.test/ledger+a5fc1f0f+AXX".into(),
        witnesses: vec![
            witness(1, "", None),
            witness(2, HOSTILE, None),
            witness(3, "this ledger did not grow out of the 14100 entries that it has signed", Some(at(-1))),
        ],
        cosigned: vec![flow::log::CosignedView { witness: HOSTILE.into(), size: 14_100, at: at(-2) }],
        at: at(0),
        verification: None,
        action: String::new(),
        lines: vec![entry(14_211, "message_sent", "message/118"), entry(14_210, "campaign_approved", "campaign/3"), entry(14_209, "signed_in", HOSTILE)],
        next_before: Some(14_209),
    }
}

/// Why a message was sent.
pub(crate) fn why() -> WhyView {
    let reason =
        |check: &str, found: &str, allows| Reason { check: check.into(), found: found.into(), allows };
    WhyView {
        message: 118,
        customer: "C-00107".into(),
        state: "in_doubt".into(),
        exclusion: None,
        planned_at: at(-4),
        sent_at: Some(at(-3)),
        campaign: "Come back to good coffee".into(),
        campaign_id: 3,
        subject: "Lucía, 20% off until Sunday".into(),
        audience: "stage = churned and value.percentile >= 80".into(),
        audience_described: "Churned customers in the top 20 percent by value.".into(),
        data: vec![("silent_days".into(), "141".into()), ("frequency".into(), "6".into())],
        models: vec!["stage@2".into()],
        reasons: vec![
            reason("consent.marketing.email", "granted 2026-01-04 through checkout, notice v3", true),
            reason("cap", "1 of 4 in 30 days", true),
            reason("quiet_hours", "may be sent from 2026-03-04T10:00:00Z in Europe/Madrid", true),
        ],
        guard: Some(check(Language::Spanish).report),
        content_hash: "9f2c4d1be0a7735c".into(),
        author: "Marta Vidal".into(),
        approver: "Anil Rao".into(),
        approved_at: Some(at(-5)),
        propensity: Some(0.9),
        ledger: vec![entry(14_211, "message_sent", "message/118")],
    }
}

/// The customer's why page.
pub(crate) fn customer_why() -> CustomerWhyView {
    CustomerWhyView {
        language: Language::Spanish,
        brand: "Tostadero Norte".into(),
        first_name: "Lucía".into(),
        subject: "Lucía, 20 % hasta el domingo".into(),
        sent_at: Some(at(-3)),
        audience_described: "Clientes de España que hace tiempo que no compran.".into(),
        data: vec![("silent_days".into(), "141".into()), ("stage".into(), "churned".into())],
        agreed_at: Some(at(-300)),
        agreed_source: "checkout".into(),
        basis: "consent".into(),
        approver: "Anil Rao".into(),
        written_with_ai: false,
        used: Used::Score,
        preferences_token: "ptoken".into(),
        unsubscribe_token: "utoken".into(),
    }
}

/// The preference centre, with the messages of a year at the brand's own cap.
pub(crate) fn preferences() -> PreferencesView {
    use terms::consent::{Channel, SuppressionReason};
    use terms::rights::{RequestState, RightKind};
    let topic = |id: &str, name: &str, chosen| TopicChoice { id: id.into(), name: name.into(), chosen };
    PreferencesView {
        language: Language::English,
        brand: "Tostadero Norte".into(),
        first_name: HOSTILE.into(),
        token: "ptoken".into(),
        channels: vec![(Channel::Email, true), (Channel::Sms, false)],
        profiling: true,
        ai_content: false,
        measurement: true,
        sharing: false,
        gpc: true,
        personalisation: terms::preference::Personalisation::Basic,
        topics: vec![topic("coffee", "Coffee", true), topic("tea", HOSTILE, false)],
        max_per_month: Some(2),
        restricted: true,
        held: Some(SuppressionReason::Objection),
        messages: (0..12)
            .map(|n| OwnMessage {
                subject: "20% off until Sunday".into(),
                at: at(-3 - n * 20),
                why_token: format!("{n}-0123456789abcdef0123456789abcdef"),
            })
            .collect(),
        requests: vec![OwnRequest {
            reference: "R-7".into(),
            kind: RightKind::Review,
            state: RequestState::Completed,
            due_at: at(27),
            answer: HOSTILE.into(),
        }],
        saved: true,
    }
}

fn request_line(id: i64, state: terms::rights::RequestState, days_left: i64) -> RequestLine {
    use terms::rights::{Law, RequestOrigin, RightKind};
    RequestLine {
        id,
        reference: format!("R-{id}"),
        customer: Some(HOSTILE.into()),
        kind: RightKind::ALL[usize::try_from(id).unwrap() % RightKind::ALL.len()],
        state,
        law: Law::Gdpr,
        origin: RequestOrigin::Form,
        received_at: at(days_left - 30),
        due_at: at(days_left),
        confirm_by: None,
        extended: false,
        closed_at: None,
        days_left,
        elapsed: if days_left < 0 { 1.0 } else { 0.8 },
    }
}

/// The officer's queue.
pub(crate) fn rights() -> RightsView {
    use terms::rights::{NoticeKind, RequestState};
    RightsView {
        which: "open".into(),
        kind: None,
        open: 3,
        overdue: 1,
        soon: 1,
        requests: vec![
            request_line(3, RequestState::InProgress, -3),
            request_line(5, RequestState::Verifying, 5),
            request_line(6, RequestState::Extended, 61),
        ],
        breaches: vec![BreachLine { breach: store_breach(), hours_left: 20, elapsed: 0.72 }],
        recipients: vec![RecipientLine {
            id: 1,
            name: HOSTILE.into(),
            url: "https://hooks.example.com/x".into(),
            kinds: vec![NoticeKind::Erasure],
        }],
    }
}

fn store_breach() -> flow::rights::Breach {
    flow::rights::Breach {
        id: terms::ids::BreachId(1),
        title: HOSTILE.into(),
        aware_at: at(-2),
        due_at: at(1),
        people: Some(40),
        reported_at: None,
        told_at: None,
        closed_at: None,
        outcome: String::new(),
    }
}

/// One request: a correction.
pub(crate) fn request() -> RequestView {
    use terms::rights::{NoticeKind, NoticeState, RequestState, RightKind, Verification};
    let mut line = request_line(2, RequestState::InProgress, 12);
    line.kind = RightKind::Rectification;
    RequestView {
        line,
        address: "lucia@example.com".into(),
        words: HOSTILE.into(),
        fields: vec![("first_name".into(), HOSTILE.into(), HOSTILE.into())],
        against: vec!["marketing".into()],
        message: Some(7),
        verified: Some((Verification::SignedLink, at(-1))),
        refusal: None,
        answer: HOSTILE.into(),
        extended_at: None,
        extension: Some(at(60)),
        receipts: vec![("store.customers".into(), 1, 1, 0)],
        notices: vec![NoticeLine {
            recipient: HOSTILE.into(),
            kind: NoticeKind::Rectification,
            state: NoticeState::Waiting,
            attempts: 2,
            status: "it answered 503".into(),
            delivered_at: None,
        }],
        timeline: ledger().lines,
        letters: vec![("request_done".into(), "Your request R-2".into(), HOSTILE.into())],
    }
}

/// What is known of a customer.
pub(crate) fn known() -> KnownView {
    use terms::rights::RightKind;
    let fact = |field: &str, value: &str, source: &str| (field.into(), value.into(), source.into());
    let consent = |purpose: &str, status: &str, days| {
        (purpose.into(), "email".into(), status.into(), "checkout".into(), at(days))
    };
    KnownView {
        language: Language::English,
        brand: "Tostadero Norte".into(),
        token: "ptoken".into(),
        key: "C-00042".into(),
        facts: vec![
            fact("first_name", HOSTILE, "import"),
            fact("email", "lucia@example.com", HOSTILE),
            fact("country", "ES", "you"),
        ],
        consents: vec![
            consent("marketing", "withdrawn", -2),
            consent("marketing", "granted", -300),
            consent("profiling", "granted", -300),
        ],
        purchases: Some(OwnPurchases {
            count: 14,
            total: 412.2,
            currency: "EUR".into(),
            first: at(-410),
            last: at(-12),
        }),
        places: vec![("store.customers".into(), 1), ("lake.purchases".into(), 14)],
        rows: 31,
        holdout_until: Some(Day(20_790)),
        decisions: vec![
            OwnDecision { message: 7, about: HOSTILE.into(), at: at(-9), sent: true },
            OwnDecision { message: 9, about: "Win back".into(), at: at(-30), sent: false },
        ],
        email: "l…a@example.com".into(),
        restricted: false,
        asked: Some((RightKind::Access, "R-9".into(), flow::rights::Asked::MailSent)),
    }
}

/// A confirmation page in a state.
pub(crate) fn confirm(state: ConfirmState) -> ConfirmView {
    ConfirmView {
        language: Language::English,
        brand: "Tostadero Norte".into(),
        token: "ctoken".into(),
        kind: terms::rights::RightKind::Erasure,
        reference: "R-9".into(),
        until: at(30),
        state,
        email: "l…a@example.com".into(),
        archive_token: Some("dtoken".into()),
        receipts: vec![("store.customers".into(), 1), ("lake.purchases".into(), 14)],
    }
}

/// Everything of a customer whose name is hostile.
pub(crate) fn archive() -> flow::places::Archive {
    use terms::processing::{DataCategory, ProcessingPurpose};
    let part = |place, rows| flow::places::ArchivePart {
        place,
        categories: &[DataCategory::Identity],
        purposes: &[ProcessingPurpose::Marketing],
        rows,
    };
    flow::places::Archive {
        customer: terms::ids::CustomerKey::new("C-00042"),
        made_at: at(0),
        parts: vec![
            part("store.customers", vec![serde_json::json!({ "key": "C-00042", "first_name": HOSTILE })]),
            part("lake.purchases", Vec::new()),
        ],
    }
}

/// The opt-out page.
pub(crate) fn unsubscribe() -> UnsubscribeView {
    UnsubscribeView {
        language: Language::English,
        brand: "Tostadero Norte".into(),
        token: "utoken".into(),
        done: false,
        preferences_token: "ptoken".into(),
    }
}
