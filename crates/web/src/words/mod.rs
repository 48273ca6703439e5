//! What the house keeps as codes, values or English notes, in the reader's language: what stands in the way, what was
//! looked at and found, why a mail cannot be made, who did something.
//!
//! Goes in: a reader and the value. Comes out: words. What nobody foresaw is shown as it was kept, never left out.

mod reason;

pub(crate) use reason::{looked_at, was_found};

use crate::context::Cx;
use flow::views::{ActorKind, LedgerLine};
use flow::{Problem, Unmade};
use terms::customer::Language;

/// Why a policy forbids something, as its author says it.
pub(crate) fn denied(cx: &Cx, denied: &flow::access::Denied) -> String {
    denied.by.first().map_or_else(String::new, |policy| match cx.lang {
        Language::English => policy.reason_en.clone(),
        Language::Spanish => policy.reason_es.clone(),
    })
}

/// What stands in somebody's way, as a sentence.
pub(crate) fn problem(cx: &Cx, problem: &Problem) -> String {
    let state = |state: &terms::campaign::CampaignState| cx.name("state", state).to_lowercase();
    let key = match problem {
        Problem::Address => "problem.address",
        Problem::NoPurpose => "problem.no_purpose",
        Problem::Name => "problem.name",
        Problem::ControlShare { percent } if *percent >= 0.0 => {
            return cx
                .t1("problem.control_share", cx.pct(percent / 100.0, usize::from(percent.fract() != 0.0)));
        }
        Problem::ControlShare { .. } => "problem.control_unread",
        Problem::Days => "problem.days",
        Problem::NoWords => "problem.no_words",
        Problem::BroughtModel { why } => return cx.t1("problem.brought_model", why),
        Problem::CannotBeSent { language, why } => {
            return cx.t2("problem.cannot_be_sent", cx.name("lang", language), unmade(cx, why));
        }
        Problem::NobodyInAudience { audience } => return cx.t1("problem.nobody_in_audience", audience),
        Problem::NobodyToWriteTo { people, reasons } => {
            let told =
                |(reason, people): &(_, u64)| format!("{}: {}", cx.name("excluded", reason), cx.n(*people));
            let reasons: Vec<String> = reasons.iter().map(told).collect();
            return cx.t2("problem.nobody_to_write_to", cx.n(*people), reasons.join(", "));
        }
        Problem::UnknownOffer { offer, offers } if offers.is_empty() => {
            return cx.t1("problem.no_offers", offer);
        }
        Problem::UnknownOffer { offer, offers } => {
            return cx.t2("problem.unknown_offer", offer, offers.join(", "));
        }
        Problem::Segment { source_text, error } => return error.render(source_text, cx.lang),
        Problem::UnfairAudience { ratio, limit } if ratio.is_nan() => {
            return cx.t1("problem.unfair_audience.small", cx.dec(*limit, 2));
        }
        Problem::UnfairAudience { ratio, limit } => {
            return cx.t2("problem.unfair_audience", cx.dec(*ratio, 2), cx.dec(*limit, 2));
        }
        Problem::FairnessPolicy { .. } => "problem.fairness_policy",
        Problem::HoldoutShare { .. } => "problem.holdout_share",
        Problem::AiStopped { by, at, reason } => {
            return cx.t3("problem.ai_stopped", by, cx.when(at), reason);
        }
        Problem::NothingLeft => "problem.nothing_left",
        Problem::ApprovedByYou => "problem.approved_by_you",
        Problem::AnotherApprover => "problem.another_approver",
        Problem::AlreadySending => "problem.already_sending",
        Problem::Oversight(flow::oversight::OversightFault::Range) => "problem.oversight_range",
        Problem::Oversight(flow::oversight::OversightFault::Audience) => "problem.oversight_audience",
        Problem::AiGoesOn => "problem.ai_goes_on",
        Problem::OwnStop => "problem.own_stop",
        Problem::NoSuchRemedy => "problem.no_such_remedy",
        Problem::LongTermVeto { campaign, name } => {
            return cx.t2("problem.long_term_veto", campaign, name);
        }
        Problem::NoVeto => "problem.no_veto",
        Problem::NoReasonToOverrule => "problem.no_reason_to_overrule",
        Problem::LongTermPolicy => "problem.long_term_policy",
        Problem::NoReason => "problem.no_reason",
        Problem::NoReasonToEnd => "problem.no_reason_to_end",
        Problem::FactsMoved => "problem.facts_moved",
        Problem::BadFacts { faults } => {
            let all: Vec<String> = faults.iter().take(5).map(|fault| fact_fault(cx, fault)).collect();
            return cx.t1("problem.bad_facts", all.join(" "));
        }
        Problem::BadHouse { faults } => {
            let all: Vec<String> = faults.iter().take(5).map(|fault| house_fault(cx, fault)).collect();
            return cx.t1("problem.bad_house", all.join(" "));
        }
        Problem::UnknownAction { action } => return cx.t1("problem.unknown_action", action),
        Problem::Taken => "problem.taken",
        Problem::ChangedSinceRead => "problem.changed",
        Problem::Stale => "problem.stale",
        Problem::TimeOver => "problem.time_over",
        Problem::NotADraft { state: now } => return cx.t1("problem.not_a_draft", state(now)),
        Problem::Elsewhere { now, wanted } => {
            return cx.t2("problem.elsewhere", state(now), state(wanted));
        }
        Problem::NotApproved => "problem.not_approved",
        Problem::OwnCampaign => "problem.own_campaign",
        Problem::EditedSinceApproval => "problem.edited",
        Problem::NotInDoubt => "problem.not_in_doubt",
        Problem::NothingSent => "problem.nothing_sent",
        Problem::TooLong { most } => return cx.t1("problem.too_long", cx.n(*most)),
        Problem::RetentionDays { shortest, longest } => {
            return cx.t2("problem.retention_days", cx.n(*shortest), cx.n(*longest));
        }
        Problem::NotLookedAt => "problem.not_looked_at",
        Problem::NotAllJudged => "problem.not_all_judged",
        Problem::OwnText => "problem.own_text",
        Problem::NoMove(why) => return no_move(cx, *why),
        Problem::BuiltInModel => "problem.built_in_model",
        Problem::TextsHeld => "problem.texts_held",
        Problem::NothingBefore => "problem.nothing_before",
        Problem::NoReasonForGate => "problem.no_reason_for_gate",
        Problem::InTheFuture => "problem.in_the_future",
        Problem::RequestElsewhere { now, wanted } => {
            let name = |state: &terms::rights::RequestState| cx.name("rights_state", state).to_lowercase();
            return cx.t2("problem.request_elsewhere", name(now), name(wanted));
        }
        Problem::NoWordsForPerson => "problem.no_words_for_person",
        Problem::NoExtension(why) => match why {
            flow::rights::NoExtension::NotForThisRight => "problem.no_extension.right",
            flow::rights::NoExtension::Already => "problem.no_extension.already",
            flow::rights::NoExtension::TooLate => "problem.no_extension.late",
        },
        Problem::NobodyByThatName => "problem.nobody_by_that_name",
        Problem::RectifyInstead => "problem.rectify_instead",
        Problem::BadField { field } => return cx.t1("problem.bad_field", cx.name("rectify", field)),
        Problem::NothingToCorrect => "problem.nothing_to_correct",
        Problem::NotAnAddress => "problem.not_an_address",
        Problem::Restricted { customer } => return cx.t1("problem.restricted", customer),
        Problem::NotCertified { ended: None } => "problem.not_certified",
        Problem::NotCertified { ended: Some(at) } => return cx.t1("problem.certificate_ended", cx.on(at)),
        Problem::TestLater { at } => return cx.t1("problem.test_later", cx.when(at)),
        Problem::TestOver => "problem.test_over",
        Problem::NoReasonToOpen => "problem.no_reason_to_open",
        // Filled from the command line only; the lines' own words are English there.
        Problem::VaultFile { lines } => {
            let lines: Vec<String> = lines.iter().map(|(line, _)| line.to_string()).collect();
            return cx.t1("problem.vault_file", lines.join(", "));
        }
    };
    cx.t(key).to_owned()
}

/// Why a version of a model does not move.
fn no_move(cx: &Cx, why: flow::registry::NoMove) -> String {
    use flow::registry::NoMove;
    let key = match why {
        NoMove::State { from, to } => {
            return cx.t2("problem.no_move.state", cx.name("model_state", from), cx.name("model_state", to));
        }
        NoMove::NotPassed => "problem.no_move.not_passed",
        NoMove::OldGate => "problem.no_move.old_gate",
        NoMove::Changed => "problem.no_move.changed",
        NoMove::NoPerson => "problem.no_move.no_person",
        NoMove::Maker => "problem.no_move.maker",
        NoMove::NotEntitled => "problem.no_move.not_entitled",
        NoMove::Share => "problem.no_move.share",
    };
    cx.t(key).to_owned()
}

/// What is wrong with a fact, and on which line.
pub(crate) fn fact_fault(cx: &Cx, fault: &flow::facts::LineFault) -> String {
    let (code, values) = fault.fault.parts();
    let values: Vec<&dyn std::fmt::Display> =
        values.iter().map(|value| value as &dyn std::fmt::Display).collect();
    let words = crate::i18n::fill(cx.t(format!("fault.{code}")), &values);
    let column = match fault.column.as_str() {
        "" => String::new(),
        column => format!("{column}: "),
    };
    match fault.line {
        0 => format!("{column}{words}"),
        line => cx.t2("fault.line", line, format!("{column}{words}")),
    }
}

/// What is wrong with a rule of the brand, and on which line.
pub(crate) fn house_fault(cx: &Cx, fault: &flow::house::LineFault) -> String {
    let (code, about) = fault.fault.parts();
    // A form calls a column by its label, a file by its name.
    let in_form = fault.line == 0 && matches!(code, "word" | "text");
    let about = if in_form { cx.name("house_column", about) } else { about };
    let words = crate::i18n::fill(cx.t(format!("house_fault.{code}")), &[&about]);
    let rule = if fault.rule.is_empty() { words } else { format!("{}: {words}", fault.rule) };
    match fault.line {
        0 => rule,
        line => cx.t2("fault.line", line, rule),
    }
}

/// Why a text cannot be made into a mail.
pub(crate) fn unmade(cx: &Cx, why: &Unmade) -> String {
    match why {
        Unmade::NoWords { field } => cx.t1("unmade.no_words", cx.name("field", field)),
        Unmade::Missing { field, slot, next } => {
            // What to do is a command; the words around it are the reader's.
            let command = next.split('`').nth(1).unwrap_or(next);
            cx.t3("unmade.missing", cx.name("field", field), slot, command)
        }
        Unmade::Slot { field, reason } => {
            let slot = reason.split('`').nth(1).map(|slot| format!(" (`{slot}`)")).unwrap_or_default();
            cx.t2("unmade.slot", cx.name("field", field), slot)
        }
        Unmade::Link { link } => cx.t1("unmade.link", link),
        Unmade::Layout { .. } => cx.t("unmade.layout").to_owned(),
        Unmade::TooLong { bytes } => cx.t1("unmade.too_long", cx.n(*bytes)),
    }
}

/// The same as it is kept with a message, in English: the sentences that a mail can end with are known here.
fn unmade_note(cx: &Cx, english: &str) -> String {
    let within =
        |text: &'static str, end: &str| english.split_once(text).and_then(|(_, rest)| rest.split_once(end));
    if let Some((field, rest)) = within("the ", " cannot be filled: ") {
        let reason = rest.rsplit_once("; ").map_or(rest, |(reason, _)| reason);
        let slot = reason.split('`').nth(1).map(|slot| format!(" (`{slot}`)")).unwrap_or_default();
        return cx.t2("unmade.slot", cx.name("field", field), slot);
    }
    if let Some((bytes, _)) = within("the mail is ", " bytes long") {
        return cx.t1("unmade.too_long", bytes);
    }
    if english.starts_with("the mail layout cannot be rendered") {
        return cx.t("unmade.layout").to_owned();
    }
    english.to_owned()
}

/// Who did something, for the ledger.
pub(crate) fn actor(cx: &Cx, line: &LedgerLine) -> String {
    match line.by {
        ActorKind::Person => line.actor.clone(),
        ActorKind::System => cx.name("part", &line.actor),
        ActorKind::Customer => cx.t("actor.customer").to_owned(),
        ActorKind::Operator => cx.t("actor.operator").to_owned(),
    }
}

/// What an entry is about, such as `campaign/3`; as it is kept when nobody named its kind.
pub(crate) fn object(cx: &Cx, object: &str) -> String {
    let whole = format!("object.whole.{object}");
    if crate::i18n::knows(&whole) {
        return cx.t(whole).to_owned();
    }
    let known = object.split_once('/').filter(|(kind, _)| crate::i18n::knows(&format!("object.{kind}")));
    known.map_or_else(|| object.to_owned(), |(kind, id)| format!("{} {id}", cx.name("object", kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Theme;
    use terms::campaign::CampaignState;
    use terms::customer::Language;

    fn cx(lang: Language) -> Cx {
        Cx {
            lang,
            theme: Theme::Auto,
            person: None,
            permissions: None,
            path: "/".into(),
            json: false,
            done: None,
            ai_stopped: None,
        }
    }

    #[test]
    fn every_problem_is_told_in_both_languages() {
        let state = CampaignState::Running;
        for it in [
            Problem::Address,
            Problem::NoPurpose,
            Problem::Name,
            Problem::ControlShare { percent: 99.0 },
            Problem::ControlShare { percent: -1.0 },
            Problem::Days,
            Problem::RetentionDays { shortest: 1, longest: 36_500 },
            Problem::NotLookedAt,
            Problem::NotAllJudged,
            Problem::NoMove(flow::registry::NoMove::State {
                from: terms::model::ModelState::Candidate,
                to: terms::model::ModelState::Live,
            }),
            Problem::NoMove(flow::registry::NoMove::NotPassed),
            Problem::NoMove(flow::registry::NoMove::OldGate),
            Problem::NoMove(flow::registry::NoMove::Changed),
            Problem::NoMove(flow::registry::NoMove::NoPerson),
            Problem::NoMove(flow::registry::NoMove::Maker),
            Problem::NoMove(flow::registry::NoMove::NotEntitled),
            Problem::NoMove(flow::registry::NoMove::Share),
            Problem::BuiltInModel,
            Problem::AiStopped { by: "A".into(), at: terms::time::Instant(0), reason: "b".into() },
            Problem::NothingLeft,
            Problem::ApprovedByYou,
            Problem::AnotherApprover,
            Problem::AlreadySending,
            Problem::Oversight(flow::oversight::OversightFault::Range),
            Problem::Oversight(flow::oversight::OversightFault::Audience),
            Problem::AiGoesOn,
            Problem::OwnStop,
            Problem::TextsHeld,
            Problem::NothingBefore,
            Problem::NoReasonForGate,
            Problem::OwnText,
            Problem::NoWords,
            Problem::BroughtModel { why: "`inputs` is empty".to_owned() },
            Problem::CannotBeSent {
                language: Language::English,
                why: Unmade::NoWords { field: terms::message::Field::Subject },
            },
            Problem::CannotBeSent {
                language: Language::Spanish,
                why: Unmade::Missing {
                    field: "body".into(),
                    slot: "offer.discount".into(),
                    next: "set it with `candor facts set offer:x discount 15%`".into(),
                },
            },
            Problem::CannotBeSent {
                language: Language::Spanish,
                why: Unmade::Link { link: "http://x.example".into() },
            },
            Problem::NobodyInAudience { audience: "stage = new".into() },
            Problem::NobodyToWriteTo {
                people: 3,
                reasons: vec![(terms::decision::ExclusionReason::NoConsent, 3)],
            },
            Problem::UnknownOffer { offer: "offer:x".into(), offers: Vec::new() },
            Problem::UnknownOffer { offer: "offer:x".into(), offers: vec!["offer:y".into()] },
            Problem::NoReason,
            Problem::UnfairAudience { ratio: 0.61, limit: 0.8 },
            Problem::UnfairAudience { ratio: f64::NAN, limit: 0.8 },
            Problem::FairnessPolicy { why: "x".into() },
            Problem::HoldoutShare { percent: 21.0, months: 3 },
            Problem::NoSuchRemedy,
            Problem::LongTermVeto { campaign: terms::ids::CampaignId(3), name: "x".into() },
            Problem::NoVeto,
            Problem::NoReasonToOverrule,
            Problem::LongTermPolicy,
            Problem::UnknownAction { action: "x".into() },
            Problem::Taken,
            Problem::ChangedSinceRead,
            Problem::Stale,
            Problem::TimeOver,
            Problem::NotADraft { state },
            Problem::Elsewhere { now: state, wanted: CampaignState::Draft },
            Problem::NotApproved,
            Problem::OwnCampaign,
            Problem::EditedSinceApproval,
            Problem::NotInDoubt,
            Problem::NothingSent,
            Problem::Restricted { customer: "C-1".into() },
            Problem::NoReasonToOpen,
            Problem::NotCertified { ended: None },
            Problem::NotCertified { ended: Some(terms::time::Instant(0)) },
            Problem::TestLater { at: terms::time::Instant(0) },
            Problem::TestOver,
            Problem::VaultFile { lines: vec![(2, "it has no value")] },
        ] {
            let (english, spanish) =
                (problem(&cx(Language::English), &it), problem(&cx(Language::Spanish), &it));
            assert_ne!(english, spanish);
            assert!(!english.contains('⟦') && !spanish.contains('⟦') && !spanish.contains('{'), "{it:?}");
        }
        let spanish = problem(&cx(Language::Spanish), &Problem::ControlShare { percent: 99.0 });
        assert_eq!(spanish, "No se puede reservar el 99\u{a0}% como control; elige entre 0 y 50.");
    }

    #[test]
    fn a_text_that_cannot_be_made_into_a_mail_is_told_in_spanish_with_its_field_and_slot() {
        let note =
            "the body cannot be filled: there is no slot `offer.prize`; use a slot that the fact sheet has";
        let told = unmade_note(&cx(Language::Spanish), note);
        assert!(told.contains("cuerpo") || told.contains("Cuerpo"), "{told}");
        assert!(told.contains("`offer.prize`") && !told.contains("cannot"), "{told}");
    }
}
