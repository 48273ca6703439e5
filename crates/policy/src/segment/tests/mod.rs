//! The segment language from outside: what it reads, what it refuses and how it says so.

mod properties;

use super::*;
use terms::customer::{Customer, Language};
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::stage::Stage;
use terms::time::Day;

fn error(source: &str) -> SegmentError {
    parse(source).expect_err(source)
}

fn row(stage: Stage) -> CustomerRow {
    let mut row = CustomerRow::default();
    row.set_stage(StageMoment::Now, Some(stage));
    row
}

fn selects(source: &str, row: &CustomerRow) -> bool {
    eval_row(&parse(source).unwrap(), row)
}

#[test]
fn the_example_of_the_manual_reads_back_as_it_was_written() {
    let source = r#"stage = churned and value.percentile >= 80 and country in ("ES", "PT")"#;
    assert_eq!(parse(source).unwrap().to_string(), source);
}

#[test]
fn keywords_fields_and_stages_are_read_in_any_case() {
    let one = parse(r#"STAGE = Churned AND NOT Country IN ('es')"#).unwrap();
    assert_eq!(one.to_string(), r#"stage = churned and not country in ("ES")"#);
    assert_eq!(
        one,
        parse(r#"stage == at_risk or stage = churned and country not in ("ES")"#).map_or(
            one.clone(),
            |ast| {
                // `and` binds tighter than `or`.
                assert_eq!(
                    ast.to_string(),
                    r#"stage = at_risk or (stage = churned and not country in ("ES"))"#
                );
                match ast {
                    Ast::Or(mut parts) => parts.remove(1),
                    other => other,
                }
            }
        )
    );
}

#[test]
fn a_customer_is_selected_by_stage_value_and_country() {
    let mut customer = row(Stage::Churned);
    customer.country = Some("ES".parse().unwrap());
    customer.set(NumberField::ValuePercentile, 80.0);
    let audience = r#"stage = churned and value.percentile >= 80 and country in ("ES", "PT")"#;
    assert!(selects(audience, &customer));
    customer.set(NumberField::ValuePercentile, 79.9);
    assert!(!selects(audience, &customer));
}

#[test]
fn both_ends_of_between_belong_to_it() {
    let mut customer = row(Stage::Active);
    for (silent, inside) in [(9.0, false), (10.0, true), (20.0, true), (20.5, false)] {
        customer.set(NumberField::SilentDays, silent);
        assert_eq!(selects("silent_days between 10 and 20", &customer), inside, "{silent}");
    }
}

#[test]
fn an_unknown_value_never_selects_not_even_through_not() {
    let prospect = row(Stage::Prospect);
    for source in ["silent_days > 60", "not silent_days > 60", "silent_days != 1", r#"not country in ("ES")"#]
    {
        assert!(!selects(source, &prospect), "{source}");
    }
    assert!(selects("silent_days > 60 or stage = prospect", &prospect));
    assert!(selects("not (silent_days > 60 and stage = active)", &prospect), "false and unknown is false");
    assert!(
        !selects("not (silent_days > 60 and stage = prospect)", &prospect),
        "true and unknown is unknown"
    );
}

#[test]
fn a_prospect_has_no_purchase_fields_and_a_buyer_has_all() {
    let customer = Customer {
        key: CustomerKey::new("1"),
        email: None,
        first_name: None,
        locale: "es-MX".into(),
        country: Some("mx".into()),
        time_zone: None,
        known_since: Day(100).start(),
        restricted: false,
    };
    let profile = Profile {
        customer: customer.key.clone(),
        first_day: Day(100),
        last_day: Day(160),
        frequency: 2,
        recency_days: 60,
        t_days: 100,
        monetary: 25.0,
        spend: 75.0,
        first_amount: 20.0,
        last_amount: 30.0,
        last_gap_days: 20,
        gap_mean: 30.0,
        gap_sd: 10.0,
        purchases_90: 2,
        engagement_90: 0,
    };
    let buyer = CustomerRow::of(&customer, Some(&profile), Day(200));
    let mine = r#"silent_days = 40 and purchases = 3 and gap_mean = 30 and known_days = 100 and country = "MX" and language = es"#;
    assert!(selects(mine, &buyer));
    let prospect = CustomerRow::of(&customer, None, Day(200));
    assert_eq!(prospect.number(NumberField::Purchases), None);
    assert!(selects("known_days = 100", &prospect));
}

#[test]
fn no_sensitive_attribute_can_be_asked_for() {
    for word in
        ["ethnicity", "health", "age", "gender", "Religion", "customer.gender", "edad", "etnia", "salud"]
    {
        let error = error(&format!("{word} = 1"));
        assert!(error.to_string().starts_with(&format!("`{word}` is not available to segments")), "{error}");
        assert_eq!((error.start, error.end), (0, word.len()));
    }
}

#[test]
fn errors_say_what_was_expected() {
    for (source, message) in [
        (r#"contry = "ES""#, "`contry` is not a field; did you mean `country`?"),
        ("value.percentil > 3", "`value.percentil` is not a field; did you mean `value.percentile`?"),
        ("churned", "`churned` is a stage, not a field; write `stage = churned`"),
        ("stage = churnd", "`churnd` is not a stage; did you mean `churned`?"),
        ("stage > new", "`stage` has no order, so `>` does not apply; use `=`, `!=` or `in`"),
        (
            "stage = 3",
            "`3` is not a value of `stage`; expected a stage: `prospect`, `new`, `active`, `at_risk`, \
                       `churned` or `reactivated`, without quotes",
        ),
        ("country = ES", "put the country in quotes: `\"ES\"`"),
        (
            r#"country = "Spain""#,
            "`\"Spain\"` is not a value of `country`; expected a country code in quotes, such as `\"ES\"`",
        ),
        ("risk.churn > 80", "`risk.churn` goes from 0 to 1; did you mean `0.8`?"),
        ("value.percentile > 101", "`value.percentile` goes from 0 to 100; `101` is outside"),
        ("silent_days > -1", "`silent_days` is never less than 0; `-1` is outside"),
        ("spend between 9 and 3", "nothing lies between 9 and 3; write `between 3 and 9`"),
        ("spend >", "expected a value after `spend`, found the end"),
        ("spend 3", "expected `=`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `between` after `spend`, found `3`"),
        ("spend > 3 spend", "expected `and`, `or` or the end, found `spend`"),
        ("(spend > 3", "expected `)` to close the parenthesis, found the end"),
        ("spend in (3 4)", "expected `,` or `)` in the list, found `4`"),
        ("spend in ()", "expected a value after `in (`, found `)`"),
        ("spend > 3 && spend < 9", "`&` means nothing here; write `and`"),
        ("3 < spend", "expected a field, `not` or `(`, found `3`"),
        ("3x", "`3x` is not a number; write it with digits and a point, such as 80 or 0.5"),
        ("1 < spend < 3", "expected a field, `not` or `(`, found `1`"),
        ("spend > 1 < 3", "two comparisons in a row; join them with `and`, or write `between` (after `>`)"),
        ("country = \"ES", "this text has no end; close it with `\"`"),
        ("spend > 1e3", "`1e3` is not a number; write it with digits and a point, such as 80 or 0.5"),
        ("spend > 9999999999999999", "`9999999999999999` is too large; use at most 1000000000000000"),
        ("  ", "the segment is empty; write a test such as `stage = active`, or `everyone`"),
        (
            "value.percentile > 80%",
            "`%` means nothing here; write the number alone: percentiles go from 0 to 100, chances from 0 to 1",
        ),
    ] {
        assert_eq!(error(source).to_string(), message, "{source}");
    }
}

#[test]
fn errors_are_told_in_spanish_too() {
    for (source, message) in [
        (r#"contry = "ES""#, "`contry` no es un campo; ¿querías decir `country`?"),
        ("churned", "`churned` es una etapa, no un campo; escribe `stage = churned`"),
        ("stage = churnd", "`churnd` no es una etapa; ¿querías decir `churned`?"),
        ("stage > new", "`stage` no tiene orden, así que `>` no se aplica; usa `=`, `!=` o `in`"),
        (
            "language = fr",
            "`fr` no es un valor de `language`; se esperaba un idioma: `en` o `es`, sin comillas",
        ),
        ("risk.churn > 80", "`risk.churn` va de 0 a 1; ¿querías decir `0.8`?"),
        ("spend >", "se esperaba un valor tras `spend`, y el texto termina"),
        ("(spend > 3", "se esperaba `)` para cerrar el paréntesis, y el texto termina"),
        (
            "value.percentile > 80%",
            "`%` no significa nada aquí; escribe solo el número: los percentiles van de 0 a 100, las probabilidades de 0 a 1",
        ),
    ] {
        assert_eq!(error(source).problem.words(Language::Spanish), message, "{source}");
    }
}

#[test]
fn no_error_says_the_same_in_both_languages() {
    let deep = format!("{}spend > 1", "not ".repeat(40));
    let long = format!("spend in ({})", vec!["1"; 2_100].join(","));
    for source in [
        "contry = 1",
        "xyzzy = 1",
        "edad = 3",
        "churned",
        "stage = churnd",
        "stage > new",
        "stage between new and active",
        "stage = 3",
        "country = ES",
        "country = 3",
        "language = fr",
        "spend = x",
        "risk.churn > 80",
        "risk.churn > 800",
        "silent_days > -1",
        "spend between 9 and 3",
        "spend >",
        "spend 3",
        "spend > 3 spend",
        "(spend > 3",
        "spend in 3",
        "spend in (3 4)",
        "spend not 3",
        "spend between 1 or 2",
        "3 < spend",
        "3x",
        "spend > 1 < 3",
        "country = \"ES",
        "spend > 9999999999999999",
        "  ",
        "a & b",
        "a | b",
        "!a",
        "spend > 8%",
        "country = «ES»",
        "#",
        &deep,
        &long,
    ] {
        let found = error(source);
        let (english, spanish) =
            (found.problem.words(Language::English), found.problem.words(Language::Spanish));
        assert_ne!(english, spanish, "{source}");
        for words in [english, spanish] {
            assert!(!words.ends_with('.') && !words.contains("  "), "{source}: {words}");
        }
    }
}

#[test]
fn a_rendered_error_puts_a_caret_under_the_place() {
    let source = "stage = active\nand país = \"ES\" and contry = \"ES\"";
    assert_eq!(
        error("stage = active\nand ñ = 1")
            .render("stage = active\nand ñ = 1", Language::English)
            .lines()
            .last(),
        Some("  |     ^")
    );
    let error = error(&source.replace("país = \"ES\" and ", ""));
    assert_eq!(
        error.render("stage = active\nand contry = \"ES\"", Language::English),
        "`contry` is not a field; did you mean `country`?\n  |\n2 | and contry = \"ES\"\n  |     ^^^^^^"
    );
}

#[test]
fn length_and_depth_are_limited_before_the_stack_is() {
    let deep = |n: usize| format!("{}spend > 1{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MAX_DEPTH)).is_ok());
    assert!(error(&deep(MAX_DEPTH + 1)).to_string().starts_with("nested more than 32 deep"));
    assert!(
        error(&format!("{} spend > 1", "not ".repeat(1_000)))
            .to_string()
            .starts_with("nested more than 32 deep")
    );
    assert!(error(&"(".repeat(4_000)).to_string().starts_with("nested more than 32 deep"));
    let long = format!("spend in ({})", vec!["1"; 2_100].join(","));
    assert!(error(&long).to_string().contains("at most 4096 are read"));
}

#[test]
fn a_segment_is_told_in_plain_words_in_both_languages() {
    let ast =
        parse(r#"stage = at_risk and value.percentile >= 80.5 and country in ("ES", "PT", "MX")"#).unwrap();
    assert_eq!(
        describe(&ast, Language::English),
        "stage is at risk, and value percentile is at least 80.5, and country is one of ES, PT or MX"
    );
    assert_eq!(
        describe(&ast, Language::Spanish),
        "la etapa es «en riesgo», y el percentil de valor es como mínimo 80,5, y el país es una de estas opciones: ES, PT o MX"
    );
    let ast = parse("not (spend > 10 or purchases between 1 and 3)").unwrap();
    assert_eq!(
        describe(&ast, Language::English),
        "it is not the case that (total spend is more than 10 or number of purchases is between 1 and 3)"
    );
}

#[test]
fn a_stage_and_a_count_are_behaviour_and_no_score() {
    for (source, scores) in [
        ("everyone", false),
        ("stage = active and purchases >= 3", false),
        ("moved.from = active and silent_days > 30 and spend > 10", false),
        ("stage = active and not value.percentile < 80", true),
        ("country = \"ES\" or risk.churn > 0.5", true),
        ("chance.purchase > 0.5", true),
    ] {
        assert_eq!(parse(source).unwrap().uses_scores(), scores, "{source}");
    }
}

#[test]
fn only_plain_records_can_be_asked_without_profiling() {
    for (source, profiling) in [
        ("everyone", false),
        (r#"country = "ES" and language = es and known_days > 30"#, false),
        ("stage = new", true),
        (r#"country = "ES" or not value > 10"#, true),
    ] {
        assert_eq!(parse(source).unwrap().uses_profiling(), profiling, "{source}");
    }
}
