//! What the demo's shop may say: its brand and three offers, as facts with source and validity.

use flow::{App, Brand};
use miette::{IntoDiagnostic, Result};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::FactId;
use terms::money::Currency;
use terms::time::Instant;

use crate::demo::people::Staff;

/// Days after the launch that the offers hold.
const OFFER_DAYS: i64 = 75;

fn fact(entity: &str, predicate: &str, value: FactValue, now: Instant, until: Option<Instant>) -> Fact {
    Fact {
        id: FactId(0),
        entity: entity.to_owned(),
        predicate: predicate.to_owned(),
        value,
        unit: String::new(),
        polarity: Polarity::True,
        source: format!("shop:offers#{predicate}"),
        observed_at: now,
        valid_from: None,
        valid_until: until,
        max_age_hours: None,
        evidence: EvidenceKind::Plain,
    }
}

/// Writes the brand's settings and the fact sheet.
pub(crate) async fn add(app: &App, staff: &Staff, launch: Instant, base_url: &str) -> Result<()> {
    let brand = Brand {
        name: "Café Aurora".to_owned(),
        from: "Café Aurora <hola@aurora.example>".to_owned(),
        currency: Currency::EUR,
        base_url: base_url.to_owned(),
        allowed_hosts: vec!["aurora.example".to_owned(), "127.0.0.1".to_owned()],
        time_zones: ["Europe/Madrid", "Europe/London", "America/Mexico_City", "America/New_York"]
            .map(str::to_owned)
            .to_vec(),
        topics: [
            "coffee=Coffee/Café",
            "machines=Machines and mills/Cafeteras y molinillos",
            "events=Events/Eventos",
        ]
        .iter()
        .filter_map(|topic| topic.parse().ok())
        .collect(),
        ..Brand::unnamed(staff.responsible())
    };
    app.set_brand(&brand).await.into_diagnostic()?;
    let end = launch.plus_days(OFFER_DAYS);
    let until = Some(brand.end_of(end.day()));
    let text = |text: &str| FactValue::Text(text.to_owned());
    let day = FactValue::Date(end.day());
    let facts = [
        fact("brand", "sender_name", text("Café Aurora"), launch, None),
        fact("brand", "sender_address", text("Calle del Olmo 14, 28012 Madrid"), launch, None),
        fact("brand", "sender_email", text("hola@aurora.example"), launch, None),
        fact("offer:win-back", "discount", FactValue::Percent(15.0), launch, until),
        fact("offer:win-back", "valid_until", day.clone(), launch, until),
        fact("offer:second-purchase", "free_shipping", FactValue::Bool(true), launch, until),
        fact("offer:second-purchase", "valid_until", day.clone(), launch, until),
        fact("offer:reward", "discount", FactValue::Percent(10.0), launch, until),
        fact("offer:reward", "valid_until", day, launch, until),
    ];
    for fact in &facts {
        app.put_fact(&staff.marketer, fact).await.into_diagnostic()?;
    }
    Ok(())
}
