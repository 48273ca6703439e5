//! `candor rights`: requests under data protection law, recipients of data, partners, breaches.

use flow::App;
use flow::rights::{BreachStep, Handler, QueueFilter, entered};
use flow::views::RequestLine;
use miette::{IntoDiagnostic, Result};
use terms::ids::{BreachId, CustomerKey, RecipientId, RequestId};
use terms::person::Actor;
use terms::rights::Details;

use crate::cli::{BreachCommand, Global, PartnerCommand, RecipientCommand, RightsCommand};
use crate::compose::open;
use crate::say;

pub(crate) async fn run(global: &Global, command: &RightsCommand) -> Result<()> {
    let channel = match command {
        RightsCommand::Complete { channel, .. }
        | RightsCommand::Extend { channel, .. }
        | RightsCommand::Refuse { channel, .. } => channel.clone(),
        _ => crate::cli::ChannelArgs::default(),
    };
    let app = open(global, &channel).await?;
    let by = Handler::operator();
    match command {
        RightsCommand::List { which, kind } => list(global, &app, which, *kind).await,
        RightsCommand::Show { id } => show(global, &app, RequestId(*id)).await,
        RightsCommand::Open { kind, who, origin, received, verified, words } => {
            let now = app.now();
            let received = received.map_or(now, |day| if day == now.day() { now } else { day.start() });
            let brand_language = terms::customer::Language::English;
            let mut new = entered(*kind, *origin, brand_language, received);
            new.verification = *verified;
            new.details = Details { words: words.clone(), ..Details::default() };
            let id = app.enter_by_officer(&by, who, new).await.into_diagnostic()?;
            show(global, &app, id).await
        }
        RightsCommand::Verify { id, how } => {
            app.verify_request(&by, RequestId(*id), *how).await.into_diagnostic()?;
            show(global, &app, RequestId(*id)).await
        }
        RightsCommand::Complete { id, words, .. } => {
            let done = app.complete_request(&by, RequestId(*id), words).await.into_diagnostic()?;
            told(global, done.told);
            show(global, &app, RequestId(*id)).await
        }
        RightsCommand::Extend { id, reason, .. } => {
            let done = app.extend_request(&by, RequestId(*id), reason).await.into_diagnostic()?;
            told(global, done.told);
            show(global, &app, RequestId(*id)).await
        }
        RightsCommand::Refuse { id, ground, reason, .. } => {
            let done = app.refuse_request(&by, RequestId(*id), *ground, reason).await.into_diagnostic()?;
            told(global, done.told);
            show(global, &app, RequestId(*id)).await
        }
        RightsCommand::Link { customer, revoke } => {
            link(global, &app, &CustomerKey::new(customer), *revoke).await
        }
        RightsCommand::Recipients(command) => recipients(global, &app, command).await,
        RightsCommand::Partners(command) => partners(global, &app, command).await,
        RightsCommand::Breach(command) => breach(global, &app, command).await,
    }
}

fn told(global: &Global, told: bool) {
    if !global.json && !told {
        say::line(
            "no mail was sent; answer by the way the request came, with the letter of `candor rights show`",
        );
    }
}

fn line(request: &RequestLine) -> String {
    let left = match request.closed_at {
        Some(at) => format!("closed {}", at.day()),
        None if request.days_left < 0 => format!("{} DAYS LATE", -request.days_left),
        None => format!("{} days left", request.days_left),
    };
    format!(
        "{:>6}  {:<14} {:<20} due {}  {left:<16} {}",
        request.reference,
        request.kind,
        request.state,
        request.due_at.day(),
        request.customer.as_deref().unwrap_or("-"),
    )
}

async fn list(global: &Global, app: &App, which: &str, kind: Option<terms::rights::RightKind>) -> Result<()> {
    let view = app.rights_queue(QueueFilter::of(which, kind)).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(format!("{} open, {} due within a week, {} overdue", view.open, view.soon, view.overdue));
    view.requests.iter().for_each(|request| say::line(line(request)));
    Ok(())
}

async fn show(global: &Global, app: &App, id: RequestId) -> Result<()> {
    let view = app.request_view(id).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(line(&view.line));
    if let Some((how, at)) = view.verified {
        say::line(format!("  identity: {how}, {at}"));
    }
    for entry in &view.timeline {
        say::line(format!("  {}  {:<16} {}", entry.at, entry.action, entry.payload));
    }
    for (place, _, erased, left) in &view.receipts {
        say::line(format!("  {place:<26} {erased:>6} erased, {left} left"));
    }
    for notice in &view.notices {
        let at = notice.delivered_at.map_or_else(String::new, |at| format!(", {at}"));
        say::line(format!("  told {}: {} ({}{at})", notice.recipient, notice.state, notice.status));
    }
    Ok(())
}

async fn link(global: &Global, app: &App, customer: &CustomerKey, revoke: bool) -> Result<()> {
    if revoke {
        let revoked = app.revoke_links(customer, Actor::Operator).await.into_diagnostic()?;
        say::line(format!("{revoked} links taken back"));
        return Ok(());
    }
    let token = app.centre_link(customer).await.into_diagnostic()?;
    let url = format!("{}/p/{token}", app.brand().await.into_diagnostic()?.base_url);
    if global.json {
        return say::json(&serde_json::json!({ "url": url }));
    }
    say::line(url);
    Ok(())
}

async fn recipients(global: &Global, app: &App, command: &RecipientCommand) -> Result<()> {
    match command {
        RecipientCommand::Add { name, url, kind, allow_host } => {
            let kinds = if kind.is_empty() { terms::rights::NoticeKind::ALL.to_vec() } else { kind.clone() };
            let (id, secret) =
                app.add_recipient(name, url, &kinds, *allow_host, Actor::Operator).await.into_diagnostic()?;
            if global.json {
                return say::json(&serde_json::json!({ "recipient": id, "secret": secret }));
            }
            say::line(format!(
                "recipient {id}; its notices are signed with this secret, shown once: {secret}"
            ));
        }
        RecipientCommand::List => {
            let view = app.rights_queue(QueueFilter::default()).await.into_diagnostic()?;
            if global.json {
                return say::json(&view.recipients);
            }
            for recipient in view.recipients {
                let kinds: Vec<_> = recipient.kinds.iter().map(ToString::to_string).collect();
                say::line(format!(
                    "{:>4}  {:<24} {}  {}",
                    recipient.id,
                    recipient.name,
                    recipient.url,
                    kinds.join(", ")
                ));
            }
        }
        RecipientCommand::Remove { id } => {
            app.remove_recipient(RecipientId(*id), Actor::Operator).await.into_diagnostic()?;
            say::line(format!("recipient {id} removed"));
        }
    }
    Ok(())
}

async fn partners(global: &Global, app: &App, command: &PartnerCommand) -> Result<()> {
    match command {
        PartnerCommand::Add { name } => {
            let (id, key) = app.add_partner(name, Actor::Operator).await.into_diagnostic()?;
            if global.json {
                return say::json(&serde_json::json!({ "partner": id, "key": key }));
            }
            say::line(format!("partner {id}; its key, shown once: {key}"));
        }
        PartnerCommand::List => {
            let partners = app.store().partners().await.into_diagnostic()?;
            if global.json {
                let named: Vec<_> =
                    partners.iter().map(|p| serde_json::json!({ "id": p.id, "name": p.name })).collect();
                return say::json(&named);
            }
            partners.iter().for_each(|partner| say::line(format!("{:>4}  {}", partner.id, partner.name)));
        }
        PartnerCommand::Revoke { id } => {
            let id = terms::ids::PartnerId(*id);
            app.store().revoke_partner(id, app.now()).await.into_diagnostic()?;
            say::line(format!("the key of partner {id} opens nothing any more"));
        }
    }
    Ok(())
}

async fn breach(global: &Global, app: &App, command: &BreachCommand) -> Result<()> {
    match command {
        BreachCommand::Open { title, hours_ago, people } => {
            let aware = app.now().plus_hours(-i64::from(*hours_ago));
            app.open_breach(title, aware, *people, None, Actor::Operator).await.into_diagnostic()?;
        }
        BreachCommand::Reported { id } => {
            app.record_breach(BreachId(*id), BreachStep::Reported, Actor::Operator)
                .await
                .into_diagnostic()?;
        }
        BreachCommand::Told { id } => {
            app.record_breach(BreachId(*id), BreachStep::Told, Actor::Operator).await.into_diagnostic()?;
        }
        BreachCommand::Close { id, outcome } => {
            app.close_breach(BreachId(*id), outcome, Actor::Operator).await.into_diagnostic()?;
        }
        BreachCommand::List => {}
    }
    let view = app.rights_queue(QueueFilter::default()).await.into_diagnostic()?;
    if global.json {
        return say::json(&view.breaches);
    }
    for line in &view.breaches {
        let state = match (line.breach.closed_at, line.breach.reported_at) {
            (Some(at), _) => format!("closed {at}"),
            (_, Some(at)) => format!("reported {at}"),
            _ if line.hours_left < 0 => format!("{} HOURS LATE", -line.hours_left),
            _ => format!("{} hours left, until {}", line.hours_left, line.breach.due_at),
        };
        say::line(format!("{:>4}  {:<40} {state}", line.breach.id, line.breach.title));
    }
    Ok(())
}
