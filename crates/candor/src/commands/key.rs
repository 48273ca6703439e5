//! `candor key`: write keys of the ingest API, and what its consent categories mean.

use flow::events::{KeyLine, NewKey};
use miette::{IntoDiagnostic, Result};
use terms::event::EventFate;
use terms::person::Actor;

use crate::cli::{Global, KeyCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &KeyCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        KeyCommand::Add { name, scope, origin, per_second } => {
            let new = NewKey {
                name: name.clone(),
                scopes: scope.clone(),
                origins: origin.clone(),
                per_second: *per_second,
            };
            let issued = app.add_write_key(&new, Actor::Operator).await.into_diagnostic()?;
            if global.json {
                return say::json(&issued);
            }
            say::line(format!("key {} `{}` may send: {}", issued.id, issued.name, words(&issued.scopes)));
            say::line(&issued.key);
            say::line("this is the only time it is shown; only a hash of it is kept");
            if !issued.origins.is_empty() {
                say::line(format!(
                    "browsers may use it on {}; everybody can read it there",
                    issued.origins.join(", ")
                ));
            }
        }
        KeyCommand::List => {
            let keys = app.write_keys().await.into_diagnostic()?;
            if global.json {
                return say::json(&keys);
            }
            keys.iter().for_each(line);
            if keys.is_empty() {
                say::line("there is no key yet; add one with `candor key add NAME`");
            }
        }
        KeyCommand::Revoke { key } => {
            let revoked = app.revoke_write_key(key, Actor::Operator).await.into_diagnostic()?;
            say::line(format!("key {} `{}` is revoked and takes nothing any more", revoked.id, revoked.name));
        }
        KeyCommand::Category { category, purpose } => {
            let settings = match category {
                Some(category) => app.map_category(category, purpose).await.into_diagnostic()?,
                None => app.event_settings().await.into_diagnostic()?,
            };
            if global.json {
                return say::json(&settings);
            }
            for (category, purposes) in &settings.categories {
                say::line(format!("{category:<24} {}", words(purposes)));
            }
            say::line("a category that is not listed means nothing");
        }
    }
    Ok(())
}

fn words<T: std::fmt::Display>(each: &[T]) -> String {
    each.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn line(line: &KeyLine) {
    let key = &line.key;
    let state = if key.revoked_at.is_some() { "revoked" } else { "in use" };
    let place = if key.is_public() { key.origins.join(" ") } else { "servers".to_owned() };
    say::line(format!(
        "{:>4}  {:<20} {:<11} {:<8} {:<18} {}",
        key.id,
        key.name,
        format!("{}…", key.shown),
        state,
        words(&key.scopes),
        place
    ));
    let part = |refused: bool| {
        let of = |fate: EventFate| fate.is_refusal() == refused;
        let each = line.counts.iter().filter(|(fate, _)| of(*fate));
        each.map(|(fate, n)| format!("{} {fate}", say::count(u64::try_from(*n).unwrap_or(0))))
            .collect::<Vec<_>>()
    };
    let (used, refused) = (part(false), part(true));
    if !used.is_empty() {
        say::line(format!("      {}", used.join(", ")));
    }
    if !refused.is_empty() {
        say::line(format!("      refused: {}", refused.join(", ")));
    }
}
