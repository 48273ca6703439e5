//! `candor vault` and `candor audit`: sensitive attributes, and the audit that alone opens them.

use flow::App;
use flow::audit::{AttributeAudit, GroupLine, SelectionAudit};
use miette::{IntoDiagnostic, Result, miette};
use terms::campaign::CampaignState;
use terms::estimate::Evidence;
use terms::ids::CampaignId;
use terms::person::Person;

use crate::cli::{AuditCommand, Global, VaultCommand};
use crate::compose::open_quiet;
use crate::say;

/// The person a command acts for: an opening of the vault has a name on it.
pub(crate) async fn person(app: &App, email: &str) -> Result<Person> {
    let found = app.store().person_by_email(email).await.into_diagnostic()?;
    found.map(|(person, _)| person).ok_or_else(|| {
        miette!("nobody here has the address `{email}`; `candor person list` shows who works with this installation")
    })
}

pub(crate) async fn run(global: &Global, command: &VaultCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        VaultCommand::Import { file, by } => {
            let person = person(&app, by).await?;
            let done = app.import_vault(&person, file).await.into_diagnostic()?;
            if global.json {
                return say::json(&done);
            }
            for (attribute, values) in &done.values {
                say::line(format!("{:>12}  {attribute}", say::count(*values)));
            }
            say::line(format!(
                "sealed for {} customers; only `candor audit` opens them, and each opening is in the ledger",
                say::count(done.customers)
            ));
            Ok(())
        }
        VaultCommand::List { by } => {
            let person = person(&app, by).await?;
            let view = app.vault_view(&person).await.into_diagnostic()?;
            if global.json {
                return say::json(&view);
            }
            let people = app.store().people().await.into_diagnostic()?;
            for attribute in flow::audit::Attribute::ALL {
                let values = view.attributes.get(attribute).copied().unwrap_or(0);
                say::line(format!("{values:>12}  {attribute}"));
            }
            for opening in &view.openings {
                let name = people.iter().find(|person| person.id.0 == opening.person);
                say::line(format!(
                    "opened {}  {}  {} values  by {}: {}",
                    opening.at,
                    opening.attribute,
                    opening.rows,
                    name.map_or("?", |person| person.name.as_str()),
                    opening.reason
                ));
            }
            Ok(())
        }
    }
}

pub(crate) async fn audit(global: &Global, command: &AuditCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    let (audience, attribute, reason, by) = match command {
        AuditCommand::Selection { audience, attribute, reason, by } => (audience, attribute, reason, by),
        AuditCommand::Remedy { campaign, take, by } => {
            return remedy(global, &app, CampaignId(*campaign), *take, by).await;
        }
        AuditCommand::Fairness { last, by } => return fairness(global, &app, *last, by).await,
        AuditCommand::Policy { lowest, credible, small, attributes, by } => {
            let person = person(&app, by).await?;
            let mut policy = app.fairness_policy().await.into_diagnostic()?;
            let before = policy.clone();
            policy.lowest_ratio = lowest.unwrap_or(policy.lowest_ratio);
            policy.credible = credible.unwrap_or(policy.credible);
            policy.small_groups = small.unwrap_or(policy.small_groups);
            match attributes.as_slice() {
                [] => {}
                [all] if all == "all" => policy.attributes = Vec::new(),
                named => policy.attributes = named.to_vec(),
            }
            if policy != before {
                app.change_fairness_policy(&person, &policy).await.into_diagnostic()?;
            }
            return say::json(&policy);
        }
    };
    let person = person(&app, by).await?;
    let attribute = attribute.parse().into_diagnostic()?;
    let audit = app.audit_selection(&person, audience, attribute, reason).await.into_diagnostic()?;
    if global.json { say::json(&audit) } else { show(&audit) }
}

/// Audits everything live, or shows the last audits; exits with an error when something lies outside of the policy.
async fn fairness(global: &Global, app: &App, last: bool, by: &str) -> Result<()> {
    let person = person(app, by).await?;
    if !last {
        app.audit_live(&person).await.into_diagnostic()?;
    }
    let view = app.fairness(&person).await.into_diagnostic()?;
    if global.json {
        say::json(&view)?;
    } else {
        for (name, _, audit) in &view.live {
            let verdict = audit.judgement.verdict;
            say::line(format!("{name} (campaign {}): {verdict}, audited {}", audit.campaign, audit.at));
            for finding in &audit.findings {
                let ratio = told(&finding.ratio);
                let attribute = &finding.attribute;
                say::line(format!("  {attribute:<24} {:<10} ratio {ratio}", finding.measure));
            }
            for proxy in &audit.proxies {
                say::line(format!(
                    "  uses `{}`, which tells {} `{}` from everybody else: {}",
                    proxy.feature,
                    proxy.attribute,
                    proxy.group,
                    told(&proxy.area)
                ));
            }
            for flip in &audit.flips {
                say::line(format!(
                    "  {} `{}` against `{}`, alike otherwise: {} of decisions change with {}; chosen {} more often",
                    flip.attribute,
                    flip.group,
                    flip.reference,
                    told(&flip.changed),
                    if flip.exchanged.is_empty() { "nothing".to_owned() } else { flip.exchanged.join(", ") },
                    told(&flip.difference)
                ));
            }
        }
        for attribute in view.house.iter().flat_map(|house| &house.attributes) {
            house(attribute);
        }
        for (campaign, name) in &view.unaudited {
            say::line(format!(
                "{name} (campaign {campaign}): never audited; the vault held no attribute then"
            ));
        }
        if view.attributes.is_empty() {
            say::line(
                "the vault holds no attribute, so nothing can be told; fill it with `candor vault import`",
            );
        }
    }
    let runs = |state: &CampaignState| matches!(state, CampaignState::Running | CampaignState::Paused);
    match view.live.iter().filter(|(_, state, audit)| runs(state) && !audit.may_launch()).count() {
        0 => Ok(()),
        outside => Err(miette!("{outside} live campaigns lie outside of the fairness policy; see /fairness")),
    }
}

/// Lists what the newest audit offers, or takes one of it.
async fn remedy(global: &Global, app: &App, id: CampaignId, take: Option<usize>, by: &str) -> Result<()> {
    let person = person(app, by).await?;
    let remedies =
        app.latest_audit(id).await.into_diagnostic()?.map(|audit| audit.remedies).unwrap_or_default();
    let Some(take) = take else {
        if global.json {
            return say::json(&remedies);
        }
        for (number, remedy) in (1..).zip(&remedies) {
            say::line(format!("{number}. {}", remedy.audience));
            let cut = remedy.before.as_ref().zip(remedy.after.as_ref());
            if let Some((before, after)) = cut {
                let (now, then) = (before.ratio.value, Evidence::Sufficient(after.ratio));
                say::line(format!("   {} {}: {now:.2} -> {}", before.attribute, before.measure, told(&then)));
            }
            say::line(format!(
                "   people {} -> {} ({} more, {} no longer); revenue of the past year each {:.2} -> {:.2}",
                say::count(remedy.people_now),
                say::count(remedy.people_then),
                say::count(remedy.added),
                say::count(remedy.removed),
                remedy.revenue_now,
                remedy.revenue_then
            ));
        }
        if remedies.is_empty() {
            say::line(
                "the newest audit of this campaign offers nothing; it does when it lies outside of the policy",
            );
        }
        return Ok(());
    };
    let chosen = take.checked_sub(1).and_then(|at| remedies.get(at));
    let chosen =
        chosen.ok_or_else(|| miette!("`{take}` is not in the list; `candor audit remedy {id}` shows it"))?;
    app.take_remedy(&person, id, &chosen.audience).await.into_diagnostic()?;
    if global.json {
        return say::json(chosen);
    }
    say::line(format!("campaign {id} is a draft with the audience `{}`", chosen.audience));
    Ok(())
}

fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => {
            format!("{:.2} ({:.2} to {:.2})", found.value, found.interval.low, found.interval.high)
        }
        Evidence::Insufficient { .. } => "insufficient".to_owned(),
    }
}

/// What an attribute has to do with what everybody gets and with what features say.
fn house(audit: &AttributeAudit) {
    say::line(format!("{} over the house", audit.attribute));
    for group in &audit.exposure {
        say::line(format!(
            "  {:<24} contacts a month {}, never contacted {}, never offered anything {}",
            group.group,
            told(&group.contacts),
            told(&group.never),
            told(&group.never_offered)
        ));
    }
    say::line(format!("  contacts a month, lowest over highest: {}", told(&audit.contacts_ratio)));
    for group in &audit.proxies {
        say::line(format!(
            "  `{}` told from everybody else by all features together: {}",
            group.group,
            group.all.as_ref().map_or_else(|| "not asked".to_owned(), told)
        ));
        for line in &group.features {
            let away = if line.gives_away { "  gives the group away" } else { "" };
            say::line(format!("    {:<24} {}{away}", line.feature, told(&line.area)));
        }
    }
}

fn show(audit: &SelectionAudit) -> Result<()> {
    say::line(format!(
        "selection by `{}`, {} known for {} customers",
        audit.audience, audit.attribute, audit.known
    ));
    for GroupLine { group, size, selected, rate } in &audit.groups {
        match (rate, size, selected) {
            (Evidence::Sufficient(estimate), Some(size), Some(selected)) => say::line(format!(
                "  {group:<24} {selected:>7} of {size:>7}  {:>5.1} %  ({:.1} to {:.1})",
                estimate.value * 100.0,
                estimate.interval.low * 100.0,
                estimate.interval.high * 100.0
            )),
            _ => say::line(format!(
                "  {group:<24} insufficient: fewer than {} customers",
                flow::audit::SMALLEST_GROUP
            )),
        }
    }
    match audit.ratio {
        Some(ratio) => say::line(format!("lowest rate over highest: {ratio:.2} (1 is the same for all)")),
        None => say::line("no two groups are large enough to be compared"),
    }
    say::line(format!("opened by {} at {}; the ledger keeps it", audit.by, audit.at));
    Ok(())
}
