//! `candor brand`: who writes to customers. Name and postal address also become facts, because every message must
//! carry them and the guard holds it to them.

use miette::{IntoDiagnostic, Result};

use crate::cli::{BrandArgs, Global};
use crate::commands::facts::state_of_brand;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, args: &BrandArgs) -> Result<()> {
    let app = open_quiet(global).await?;
    let mut brand = app.brand().await.into_diagnostic()?;
    let before = brand.clone();
    if let Some(name) = &args.name {
        name.clone_into(&mut brand.name);
    }
    if let Some(from) = &args.from {
        from.clone_into(&mut brand.from);
    }
    if let Some(url) = &args.base_url {
        url.trim_end_matches('/').clone_into(&mut brand.base_url);
    }
    if !args.host.is_empty() {
        brand.allowed_hosts.clone_from(&args.host);
    }
    if !args.time_zone.is_empty() {
        brand.time_zones.clone_from(&args.time_zone);
    }
    if !args.topic.is_empty() || args.no_topics {
        brand.topics.clone_from(&args.topic);
    }
    if let Some(holidays) = args.holidays {
        brand.holidays = holidays;
    }
    brand.personal_facts = args.personal_facts.unwrap_or(brand.personal_facts);
    brand.most_harm = args.most_harm.unwrap_or(brand.most_harm);
    brand.cap_30_days = args.cap_30_days.unwrap_or(brand.cap_30_days);
    brand.cap_3_days = args.cap_3_days.unwrap_or(brand.cap_3_days);
    if brand != before {
        app.set_brand(&brand).await.into_diagnostic()?;
    }
    for (predicate, value) in [("sender_name", &args.name), ("sender_address", &args.postal_address)] {
        if let Some(value) = value {
            state_of_brand(&app, predicate, value).await?;
        }
    }
    if global.json {
        return say::json(&brand);
    }
    say::line(format!("name        {}", brand.name));
    say::line(format!("from        {}", brand.from));
    say::line(format!("pages       {}", brand.base_url));
    say::line(format!("links to    {}", brand.link_hosts().join(", ")));
    say::line(format!("time zones  {}", brand.time_zones.join(", ")));
    say::line(format!("caps        {} in 30 days, {} in 3 days", brand.cap_30_days, brand.cap_3_days));
    let topics: Vec<&str> = brand.topics.iter().map(|topic| topic.id.as_str()).collect();
    say::line(format!(
        "topics      {}",
        if topics.is_empty() { "none".to_owned() } else { topics.join(", ") }
    ));
    say::line(format!(
        "holidays    {}",
        match brand.holidays {
            flow::HolidayRest::Quiet => "quiet days",
            flow::HolidayRest::Usual => "like other days",
        }
    ));
    say::line(format!("personal    {} kinds of facts in a message at most", brand.personal_facts));
    say::line(format!(
        "fatigue     nobody who is likely to opt out by more than {} %",
        brand.most_harm * 100.0
    ));
    say::line(format!("currency    {}", brand.currency));
    Ok(())
}
