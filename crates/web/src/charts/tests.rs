//! Charts hold numbers only, stay inside their box, and say what they show.

use super::*;
use terms::stage::Stage;

fn coordinates_are_numbers(svg: &str) {
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert!(svg.contains("<title>"), "a chart without a title: {svg}");
    assert!(!svg.contains("style="), "an inline style: {svg}");
}

#[test]
fn no_chart_holds_what_is_no_number() {
    let bad = [f64::NAN, f64::INFINITY, -1.0, 0.0];
    coordinates_are_numbers(&area(&bad, 2, "t", "d").svg);
    coordinates_are_numbers(&area(&[], 30, "t", "d").svg);
    coordinates_are_numbers(&curve(&[(0, f64::NAN, 0.0), (1, 1.0, f64::INFINITY)], "t", "d").svg);
    coordinates_are_numbers(&curve(&[], "t", "d").svg);
    for (value, low, high) in [(f64::NAN, f64::NAN, f64::NAN), (0.0, 0.0, 0.0), (1.0, f64::NEG_INFINITY, 2.0)]
    {
        let it = Interval { value, low, high, truth: Some(f64::NAN), title: "t", desc: "d" };
        coordinates_are_numbers(&interval(&it, &|v| {
            crate::format::decimal(terms::customer::Language::English, v, 2)
        }));
        coordinates_are_numbers(&whisker(&it, &[f64::NAN, 1.0]));
    }
    let points = vec![(f64::NAN, 0.5, String::new()), (0.5, 7.0, "<".to_owned())];
    coordinates_are_numbers(&square(&Square { title: "t", desc: "d", x: "x", y: "y", points }));
    assert_eq!(square(&Square { title: "t", desc: "d", x: "x", y: "y", points: Vec::new() }), "");
    assert!(!bar(f64::NAN, "x").contains("NaN"));
    coordinates_are_numbers(&signed_bar(f64::NAN, 0.0, "t"));
    coordinates_are_numbers(&stage_bar(&[], "t"));
}

fn drawn(moved: &dyn Fn(Stage, Stage) -> f64) -> String {
    migration(&Moves {
        title: "t",
        desc: "d",
        stage: &|stage| stage.to_string(),
        count: &|count| format!("{count:.0}"),
        moved,
        more: &|_, _| "€9".to_owned(),
        link: &|from, to| format!("/customers?q={from}\"{to}"),
    })
}

#[test]
fn a_migration_draws_a_ribbon_for_each_move_and_none_for_those_who_stayed() {
    let svg = drawn(&|from, to| match (from, to) {
        (Stage::Active, Stage::Active) => 900.0,
        (Stage::Active, Stage::AtRisk) => 40.0,
        (Stage::AtRisk, Stage::Churned) => 25.0,
        (Stage::New, Stage::Active) => f64::NAN,
        _ => 0.0,
    });
    coordinates_are_numbers(&svg);
    assert_eq!(svg.matches("class=\"ribbon").count(), 2);
    assert!(svg.contains("active → at_risk: 40 €9"));
    assert!(svg.contains("href=\"/customers?q=active&quot;at_risk\""));
    assert!(!svg.contains("900"));
}

#[test]
fn nobody_moving_draws_nothing() {
    assert_eq!(drawn(&|_, _| 0.0), "");
}

#[test]
fn words_in_a_chart_cannot_become_markup() {
    let svg = stage_bar(&[(Stage::New, 3, "</title><script>x".into())], "a \"b\" <c>");
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"));
}

#[test]
fn an_interval_is_coloured_by_the_side_of_zero_it_lies_on() {
    let draw =
        |low, high| whisker(&Interval { value: 0.5, low, high, truth: None, title: "t", desc: "" }, &[]);
    assert!(draw(0.1, 0.9).contains("point good"));
    assert!(draw(-0.1, 0.9).contains("point unsure"));
    assert!(draw(-0.9, -0.1).contains("point bad"));
}

#[test]
fn whiskers_of_a_list_share_one_scale() {
    let ends = [-0.5, 0.5, 0.0, 8.0];
    let draw =
        |low, high| whisker(&Interval { value: 0.2, low, high, truth: None, title: "t", desc: "" }, &ends);
    let length = |svg: String| -> f64 {
        let path = svg.split("class=\"whisker").nth(1).unwrap().split("d=\"M").nth(1).unwrap().to_owned();
        let from: f64 = path.split(' ').next().unwrap().parse().unwrap();
        let to: f64 = path.split('H').nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
        to - from
    };
    let (short, long) = (length(draw(-0.5, 0.5)), length(draw(0.0, 8.0)));
    assert!((long / short - 8.0).abs() < 0.05, "{short} {long}");
}

#[test]
fn heat_tells_a_small_move_from_none() {
    assert_eq!(heat(0.0, 100.0), 0);
    assert_eq!(heat(0.1, 100.0), 1);
    assert_eq!(heat(100.0, 100.0), 6);
    assert_eq!(heat(f64::NAN, 100.0), 0);
}

#[test]
fn the_interval_drawing_stays_as_it_was() {
    let it = Interval { value: 1.2, low: 0.4, high: 2.0, truth: Some(1.0), title: "Effect", desc: "1.20" };
    insta::assert_snapshot!(interval(&it, &|value| format!("{value:.2}")));
}
