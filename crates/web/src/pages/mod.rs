//! The pages, one file each, and the table that gives every one of them its policy.

mod access;
mod ai;
mod archive;
mod ask;
mod built_in;
mod campaigns;
mod check;
mod compose;
mod confirm;
mod consent;
mod cues;
mod customer;
mod customer_why;
mod customers;
mod events;
mod fact_import;
mod facts;
mod fairness;
mod fairness_house;
mod guard_api;
mod health;
mod holdout;
mod house;
mod join;
mod lasting;
mod ledger;
mod log;
mod models;
mod monitor;
mod month;
mod opendsr;
mod own_data;
mod preferences;
mod processing;
mod report;
mod retention;
mod review;
mod rights;
mod rules;
mod sample;
mod settings;
mod sign_in;
mod today;
mod training;
mod unsubscribe;
mod why;

#[cfg(test)]
mod join_tests;
#[cfg(test)]
mod tests;

use crate::WebState;
use crate::assets;
use crate::route::{Policy, Routes};
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use flow::access::Permission::{
    Approve, AuditFairness, Compose, Halt, JudgeSamples, KeepGates, KeepRules, Launch, ManageRights,
    OverrideRules, PromoteModels, ReadLedger, Reconcile, SeeTraining, View,
};

/// Every route of the house.
pub(crate) fn routes(state: WebState) -> Routes {
    use Policy::{Customer, Public, Staff, Visitor};
    public_log(open_dsr(ingest(Routes::new(state))))
        .get("/assets/app.css", Public, assets::css)
        .get("/assets/customer.css", Public, assets::customer_css)
        .get("/assets/app.js", Public, assets::js)
        .get("/assets/icon.svg", Public, assets::icon)
        .get("/healthz", Public, health::health)
        .get("/.well-known/gpc.json", Public, health::gpc)
        .get("/sign-in", Public, sign_in::show)
        .post("/sign-in", Public, sign_in::enter)
        .post("/sign-out", Public, sign_in::leave)
        .post("/settings/language", Public, settings::language)
        .post("/settings/theme", Public, settings::theme)
        .get("/settings/access", Staff(View), access::show)
        .get("/", Staff(View), today::show)
        .get("/customers", Staff(View), customers::show)
        .get("/customers/{key}", Staff(View), customer::show)
        .get("/campaigns", Staff(View), campaigns::show)
        .get("/campaigns/effect", Staff(View), holdout::show)
        .post("/campaigns/effect", Staff(KeepGates), holdout::set)
        .get("/campaigns/new", Staff(Compose), compose::new)
        .post("/campaigns/new", Staff(Compose), compose::create)
        .post("/campaigns/check", Staff(Compose), compose::check)
        .get("/campaigns/{id}/edit", Staff(Compose), compose::edit)
        .post("/campaigns/{id}/edit", Staff(Compose), compose::save)
        .get("/campaigns/{id}", Staff(View), review::campaign)
        .get("/campaigns/{id}/review", Staff(View), review::show)
        .get("/campaigns/{id}/report", Staff(View), report::show)
        .post("/campaigns/{id}/submit", Staff(Compose), review::submit)
        .post("/campaigns/{id}/approve", Staff(Approve), review::approve)
        .post("/campaigns/{id}/reject", Staff(Approve), review::reject)
        .post("/campaigns/{id}/overrule", Staff(OverrideRules), review::overrule)
        .post("/campaigns/{id}/launch", Staff(Launch), review::launch)
        .post("/campaigns/{id}/pause", Staff(Halt), review::pause)
        .post("/campaigns/{id}/resume", Staff(Launch), review::resume)
        .post("/campaigns/{id}/stop", Staff(Halt), review::stop)
        .post("/campaigns/{id}/undo", Staff(Halt), review::undo)
        .get("/facts", Staff(View), facts::show)
        .get("/facts/new", Staff(Compose), facts::new)
        .post("/facts/new", Staff(Compose), facts::create)
        .get("/facts/import", Staff(Compose), fact_import::show)
        .post(
            "/facts/import",
            Staff(Compose),
            fact_import::take.layer(DefaultBodyLimit::max(fact_import::FILE_LIMIT)),
        )
        .get("/facts/{id}", Staff(View), facts::one)
        .post("/facts/{id}", Staff(Compose), facts::mend)
        .post("/facts/{id}/end", Staff(Compose), facts::end)
        .get("/rules", Staff(View), rules::show)
        .get("/rules/new", Staff(KeepRules), house::new)
        .post("/rules/new", Staff(KeepRules), house::create)
        .get("/rules/{id}", Staff(View), built_in::show)
        .post("/rules/{id}", Staff(KeepRules), house::mend)
        .post("/rules/{id}/retire", Staff(KeepRules), house::retire)
        .post("/rules/{id}/raise", Staff(KeepRules), built_in::raise)
        .post("/rules/{id}/override", Staff(OverrideRules), built_in::override_it)
        .post("/rules/{id}/override/end", Staff(OverrideRules), built_in::end_override)
        .get("/ai", Staff(View), ai::show)
        .post("/ai/stop", Staff(Halt), ai::stop)
        .post("/ai/resume", Staff(PromoteModels), ai::resume)
        .get("/models", Staff(View), models::list)
        .get("/models/gates/{kind}", Staff(View), models::gate)
        .post("/models/gates/{kind}", Staff(KeepGates), models::set_gate)
        .get("/models/{label}", Staff(View), models::show)
        .post("/models/{label}", Staff(PromoteModels), models::step)
        .post("/models/{label}/retire", Staff(Halt), models::retire)
        .get("/guard", Staff(View), monitor::show)
        .get("/guard/cues", Staff(View), cues::show)
        .post("/guard/cues", Staff(KeepRules), cues::set)
        .get("/guard/sample", Staff(JudgeSamples), sample::list)
        .get("/guard/sample/{id}", Staff(JudgeSamples), sample::show)
        .post("/guard/sample/{id}", Staff(JudgeSamples), sample::judge)
        .get("/training", Staff(View), training::show)
        .get("/training/team", Staff(SeeTraining), training::team)
        .get("/training/test", Staff(View), training::exam)
        .post("/training/test", Staff(View), training::begin)
        .get("/training/test/{id}", Staff(View), training::result)
        .post("/training/test/{id}", Staff(View), training::hand_in)
        .get("/training/certificate/{id}", Staff(View), training::certificate)
        .get("/training/{lesson}", Staff(View), training::lesson)
        .post("/training/{lesson}", Staff(View), training::read)
        .get("/fairness", Staff(View), fairness::show)
        .post("/fairness/audit", Staff(AuditFairness), fairness::audit)
        .post("/fairness/policy", Staff(AuditFairness), fairness::policy)
        .post("/fairness/remedy/{id}", Staff(Compose), fairness::remedy_taken)
        .get("/ledger", Staff(ReadLedger), ledger::show)
        .post("/ledger", Staff(ReadLedger), ledger::verify)
        .get("/ledger/report", Staff(ReadLedger), month::show)
        .get("/ledger/report.html", Staff(ReadLedger), month::file)
        .get("/consent", Staff(ManageRights), consent::show)
        .get("/processing", Staff(ManageRights), processing::show)
        .post("/processing", Staff(ManageRights), processing::state)
        .get("/processing/record.md", Staff(ManageRights), processing::record)
        .get("/processing/dpia.md", Staff(ManageRights), processing::dpia)
        .get("/retention", Staff(ManageRights), retention::show)
        .post("/retention", Staff(ManageRights), retention::step)
        .get("/rights", Staff(ManageRights), rights::show)
        .get("/rights/new", Staff(ManageRights), rights::new)
        .post("/rights/new", Staff(ManageRights), rights::create)
        .get("/rights/{id}", Staff(ManageRights), rights::request)
        .post("/rights/{id}/verify", Staff(ManageRights), rights::step)
        .post("/rights/{id}/complete", Staff(ManageRights), rights::step)
        .post("/rights/{id}/extend", Staff(ManageRights), rights::step)
        .post("/rights/{id}/refuse", Staff(ManageRights), rights::step)
        .post("/rights/{id}/rectify", Staff(ManageRights), rights::step)
        .post("/rights/{id}/wait", Staff(ManageRights), rights::step)
        .post("/rights/{id}/resume", Staff(ManageRights), rights::step)
        .post("/rights/breaches", Staff(ManageRights), rights::breach)
        .post("/rights/breaches/{id}", Staff(ManageRights), rights::breach_step)
        .get("/rights/ask", Visitor, ask::show)
        .post("/rights/ask", Visitor, ask::send)
        .get("/messages/{id}/why", Staff(View), why::show)
        .post("/messages/{id}/reconcile", Staff(Reconcile), why::reconcile)
        .get("/join", Visitor, join::show)
        .post("/join", Visitor, join::ask)
        .get("/join/{token}", Customer, join::confirmation)
        .post("/join/{token}", Customer, join::confirm)
        .get("/w/{token}", Customer, customer_why::show)
        .get("/p/{token}", Customer, preferences::show)
        .post("/p/{token}", Customer, preferences::save)
        .get("/p/{token}/data", Customer, own_data::show)
        .post("/p/{token}/data", Customer, own_data::ask)
        .get("/p/{token}/erase", Customer, own_data::erase)
        .get("/c/{token}", Customer, confirm::show)
        .post("/c/{token}", Customer, confirm::act)
        .get("/d/{token}", Customer, archive::fetch)
        .get("/u/{token}", Customer, unsubscribe::show)
        .post("/u/{token}", Customer, unsubscribe::act)
}

/// Sections under "Consent & rights": path, and key of its words. A section stands here once it has a page.
pub(crate) const RIGHTS_TABS: [(&str, &str); 4] = [
    ("/rights", "tab.rights"),
    ("/consent", "tab.consent"),
    ("/retention", "tab.retention"),
    ("/processing", "tab.processing"),
];

/// True when the reader is in one of the sections under "Consent & rights".
pub(crate) fn in_rights(cx: &crate::context::Cx) -> bool {
    RIGHTS_TABS.iter().any(|(path, _)| cx.within(path))
}

/// OpenDSR: partners' systems send requests of people.
fn open_dsr(routes: Routes) -> Routes {
    use Policy::{Public, WriteKey};
    routes
        .get("/.well-known/opendsr", Public, opendsr::discovery)
        .get("/opendsr/discovery", Public, opendsr::discovery)
        .get("/opendsr/certificate.pem", Public, opendsr::certificate)
        .post("/opendsr/requests", WriteKey, opendsr::open)
        .get("/opendsr/requests/{id}", WriteKey, opendsr::status)
        .delete("/opendsr/requests/{id}", WriteKey, opendsr::cancel)
}

/// The ledger for those who do not trust us (C2SP tlog-tiles). Hashes are for everybody, entries for who has a key.
fn public_log(routes: Routes) -> Routes {
    use Policy::{Public, WriteKey};
    routes
        .get("/log/checkpoint", Public, log::checkpoint)
        .get("/log/tile/entries/{*path}", WriteKey, log::entries)
        .get("/log/tile/{level}/{*path}", Public, log::tile)
        .get("/log/proof/inclusion", Public, log::inclusion)
        .get("/log/proof/consistency", Public, log::consistency)
}

/// The ingest API. The short names are what the SDK for browsers calls.
fn ingest(routes: Routes) -> Routes {
    use Policy::WriteKey;
    let mut routes =
        routes.get("/v1/health", WriteKey, events::health).post("/v1/consents", WriteKey, events::consents);
    routes = routes.post("/v1/guard/check", WriteKey, guard_api::check);
    macro_rules! call {
        ($($handler:ident: $($path:literal),+;)+) => {$($(
            routes = routes.post($path, WriteKey, events::$handler).options($path, WriteKey, events::preflight);
        )+)+};
    }
    call! {
        identify: "/v1/identify", "/v1/i";
        track: "/v1/track", "/v1/t";
        page: "/v1/page", "/v1/p";
        screen: "/v1/screen", "/v1/s";
        group: "/v1/group", "/v1/g";
        alias: "/v1/alias", "/v1/a";
        batch: "/v1/batch", "/v1/b", "/v1/import";
    }
    routes
}

#[cfg(test)]
pub(crate) use fact_import::FILE_LIMIT;
pub(crate) use ledger::object_link;
pub(crate) use today::{sent_share, task_key, whisker};

/// Two letters of a name, for the round badge beside it.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The first digits of a hash.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Two pieces of a key.
pub(crate) fn join(left: &str, right: &str) -> String {
    format!("{left}{right}")
}
