//! What holds for every segment, every text and every customer.

use super::super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use terms::customer::Language;
use terms::stage::Stage;

fn country() -> impl Strategy<Value = Country> + Clone {
    let countries: Vec<Country> = ["ES", "PT", "MX", "GB", "US"].map(|code| code.parse().unwrap()).to_vec();
    select(countries)
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = OneOf<T>> {
    prop_oneof![
        value.clone().prop_map(OneOf::Is),
        value.clone().prop_map(OneOf::IsNot),
        vec(value, 1..4).prop_map(OneOf::In),
    ]
}

/// Numbers on a coarse grid within the field's range, so that rows often lie exactly on a threshold.
fn within(field: NumberField) -> impl Strategy<Value = f64> + Clone {
    let (low, high) = field.range();
    let low = if low.is_finite() { low } else { -8.0 };
    let step = if high == 1.0 { 0.125 } else { 12.5 };
    (0u8..=8).prop_map(move |k| low + f64::from(k) * step)
}

fn number() -> impl Strategy<Value = Ast> {
    select(NumberField::ALL).prop_flat_map(|field| {
        let comparison = select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        prop_oneof![
            (comparison, within(field)).prop_map(|(comparison, with)| NumberTest::Compare(comparison, with)),
            (within(field), within(field)).prop_map(|(a, b)| NumberTest::Between(a.min(b), a.max(b))),
            vec(within(field), 1..4).prop_map(NumberTest::In),
        ]
        .prop_map(move |test| Ast::Number(field, test))
    })
}

fn ast() -> impl Strategy<Value = Ast> {
    let leaf = prop_oneof![
        1 => Just(Ast::Everyone),
        2 => (select(StageMoment::ALL.as_slice()), one_of(select(Stage::ALL)))
            .prop_map(|(moment, test)| Ast::Stage(moment, test)),
        2 => one_of(country()).prop_map(Ast::Country),
        1 => one_of(select(Language::ALL)).prop_map(Ast::Language),
        1 => (0_u8..=8, any::<u32>()).prop_map(|(share, seed)| Ast::Draw(f64::from(share) * 12.5, seed)),
        6 => number(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ast| Ast::Not(Box::new(ast))),
            vec(inner.clone(), 2..4).prop_map(Ast::And),
            vec(inner, 2..4).prop_map(Ast::Or),
        ]
    })
}

fn row() -> impl Strategy<Value = CustomerRow> {
    let numbers: Vec<_> =
        NumberField::ALL.iter().map(|field| prop_oneof![1 => Just(f64::NAN), 3 => within(*field)]).collect();
    (
        proptest::array::uniform3(proptest::option::of(select(Stage::ALL))),
        proptest::option::of(country()),
        proptest::option::of(select(Language::ALL)),
        proptest::option::of(any::<u64>()),
        numbers,
    )
        .prop_map(|(stages, country, language, lot, numbers)| {
            let mut row = CustomerRow::default();
            (row.country, row.language, row.lot) = (country, language, lot);
            for (moment, stage) in StageMoment::ALL.into_iter().zip(stages) {
                row.set_stage(moment, stage);
            }
            for (field, value) in NumberField::ALL.iter().zip(numbers) {
                row.set(*field, value);
            }
            row
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_down_reads_back_the_same(ast in ast()) {
        let text = ast.to_string();
        prop_assume!(text.len() <= MAX_LENGTH);
        prop_assert_eq!(parse(&text).map_err(|error| error.render(&text, Language::English)), Ok(ast));
    }

    #[test]
    fn columns_and_single_customers_get_the_same_answer(ast in ast(), rows in vec(row(), 0..140)) {
        let mut columns = SegmentColumns::with_capacity(rows.len());
        rows.iter().for_each(|row| columns.push(row));
        let selected = eval_columns(&ast, &columns);
        prop_assert_eq!(selected.len(), rows.len());
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(selected.get(at), eval_row(&ast, row), "{} on {:?}", ast, row);
            prop_assert_eq!(eval_row(&ast, &columns.row(at)), eval_row(&ast, row));
        }
        prop_assert_eq!(selected.ones().count(), selected.count());
    }

    #[test]
    fn nobody_is_selected_both_by_a_segment_and_by_its_opposite(ast in ast(), row in row()) {
        let opposite = Ast::Not(Box::new(ast.clone()));
        prop_assert!(!(eval_row(&ast, &row) && eval_row(&opposite, &row)));
    }

    #[test]
    fn any_text_gives_a_segment_or_an_error_that_can_be_shown(source in "\\PC{0,60}") {
        if let Err(error) = parse(&source) {
            prop_assert!(error.start <= error.end && error.end <= source.len());
            prop_assert!(error.render(&source, Language::Spanish).contains('^'));
        }
    }

    #[test]
    fn any_words_of_the_language_in_any_order_never_panic(words in vec(select(vec![
        "stage", "moved.from", "country", "spend", "risk.churn", "draw", "and", "or", "not", "in", "between", "everyone", "(", ")", ",", "=",
        "!=", "<", ">=", "churned", "\"ES\"", "'", "3", "0.5", "-", "\n", "é", "age",
    ]), 0..80)) {
        let source = words.join(" ");
        match parse(&source) {
            Ok(ast) => {
                let written = ast.to_string();
                prop_assert!(!describe(&ast, Language::Spanish).is_empty());
                prop_assert_eq!(parse(&written).ok(), Some(ast));
            }
            Err(error) => prop_assert!(error.render(&source, Language::Spanish).contains('^')),
        }
    }
}
