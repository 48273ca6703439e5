//! `candor fact`: what messages may say.

use flow::App;
use miette::{IntoDiagnostic, Result};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::FactId;
use terms::money::{Currency, Money};
use terms::time::{Day, Instant};

use crate::cli::{FactCommand, Global};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &FactCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        FactCommand::List => {
            let facts = app.store().facts().await.into_diagnostic()?;
            if global.json {
                return say::json(&facts);
            }
            let now = app.now();
            for fact in &facts {
                let holds = if fact.holds_at(now) { "holds" } else { "EXPIRED" };
                let value = serde_json::to_string(&fact.value).into_diagnostic()?;
                say::line(format!(
                    "{:>4}  {:<24} {:<18} {holds:<8} {value}",
                    fact.id, fact.entity, fact.predicate
                ));
            }
            Ok(())
        }
        FactCommand::Set { entity, predicate, value, until, source } => {
            // A fact that ends with a day ends with the brand's day, not with that of UTC.
            let brand = app.brand().await.into_diagnostic()?;
            let end = until.map(|day| brand.end_of(day));
            let id = set(&app, entity, predicate, read(value)?, end, source).await?;
            say::line(format!("fact {id}: {entity} {predicate} = {value}"));
            Ok(())
        }
    }
}

/// Adds a fact, or changes the one of the same entity and predicate.
pub(crate) async fn set(
    app: &App,
    entity: &str,
    predicate: &str,
    value: FactValue,
    until: Option<Instant>,
    source: &str,
) -> Result<FactId> {
    let known = app.store().facts_of(entity).await.into_diagnostic()?;
    let id = known.iter().find(|fact| fact.predicate == predicate).map_or(FactId(0), |fact| fact.id);
    let fact = Fact {
        id,
        entity: entity.to_owned(),
        predicate: predicate.to_owned(),
        value,
        unit: String::new(),
        polarity: Polarity::True,
        source: source.to_owned(),
        observed_at: app.now(),
        valid_from: None,
        valid_until: until,
        max_age_hours: None,
        evidence: EvidenceKind::Plain,
    };
    app.put_fact_as_operator(&fact).await.into_diagnostic()
}

/// The value a text means: a percentage, money, a day, yes or no, a count, or the text itself. What is written like a
/// day and is none is an error, not a text.
fn read(text: &str) -> Result<FactValue> {
    let trimmed = text.trim();
    let number = |number: &str| number.trim().replace(',', ".").parse::<f64>();
    if let Some(percent) = trimmed.strip_suffix('%').and_then(|percent| number(percent).ok()) {
        return Ok(FactValue::Percent(percent));
    }
    if let Some((amount, currency)) = trimmed.split_once(' ')
        && let (Ok(amount), Ok(currency)) = (amount.parse::<f64>(), currency.parse::<Currency>())
    {
        let minor = (amount * 10f64.powi(currency.digits() as i32)).round() as i64;
        return Ok(FactValue::Money(Money::new(minor, currency)));
    }
    if let Ok(day) = trimmed.parse::<Day>() {
        return Ok(FactValue::Date(day));
    }
    if is_written_like_a_day(trimmed) {
        return Err(miette::miette!("there is no day `{trimmed}`; write a day there is as 2027-01-31"));
    }
    Ok(match trimmed {
        "true" => FactValue::Bool(true),
        "false" => FactValue::Bool(false),
        other => other.parse().map_or_else(|_| FactValue::Text(text.to_owned()), FactValue::Count),
    })
}

/// Three numbers with the same mark between them: `2026-02-31`, `31/12/2026`, `31.12.2026`.
fn is_written_like_a_day(text: &str) -> bool {
    ['-', '/', '.'].into_iter().any(|mark| {
        let parts: Vec<&str> = text.split(mark).collect();
        let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts.iter().all(digits) && parts.iter().any(|part| part.len() == 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_the_most_exact_thing_it_can_be() {
        for (text, value) in [
            ("20%", FactValue::Percent(20.0)),
            ("12,5 %", FactValue::Percent(12.5)),
            ("29.90 EUR", FactValue::Money(Money::new(2_990, Currency::EUR))),
            ("2026-12-31", FactValue::Date(Day::from_ymd(2026, 12, 31).unwrap())),
            ("true", FactValue::Bool(true)),
            ("3", FactValue::Count(3)),
            ("Calle del Olmo 14", FactValue::Text("Calle del Olmo 14".to_owned())),
            ("+34 910-000-000", FactValue::Text("+34 910-000-000".to_owned())),
        ] {
            assert_eq!(read(text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn an_impossible_day_is_an_error_not_a_text() {
        for text in ["2026-02-31", "2026-13-01", "31/12/2026", "31.12.2026"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
