//! A million renderings of one message are judged as each of them alone would be, whatever stands in their slots.

use crate::desk;
use guard::{Context, Draft, FactSheet, RecipientFacts, Renderings, check};
use proptest::prelude::*;
use terms::customer::Language;
use terms::message::Field;

/// Messages with a slot `~` where flow has one and where it would hurt: in claims, in a cue, beside a sign, in a link.
const TEMPLATES: [(Language, [&str; 3]); 6] = [
    (
        Language::English,
        [
            "A lamp for ~",
            "Hello ~,\n\nThe Aurora desk lamp is €39. Free shipping on orders over €30.\n\nSee you soon",
            "https://lumo.example/lamps",
        ],
    ),
    (
        Language::Spanish,
        ["~, tu lámpara", "Hola, ~:\n\nAhora 39 € la lámpara. Antes 49 €.", "https://lumo.example/l"],
    ),
    (
        Language::English,
        [
            "News",
            "Dear ~! Only ~ left in stock, ~ off until Sunday. ~ is waterproof. Write to ana@example.org.",
            "https://lumo.example/~",
        ],
    ),
    (
        Language::Spanish,
        [
            "Novedades",
            "Querida ~. Quedan ~ unidades, ~ % de descuento. No ~ garantizado.",
            "https://~.example/",
        ],
    ),
    (Language::English, ["~", "~", "~"]),
    (Language::Spanish, ["Hola", "Te escribe ~\n\n~\n\nTu último pedido llegó a ~.", ""]),
];

fn value() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        // Names, also those that are words.
        "Ana",
        "Leo",
        "José",
        "Íñigo",
        "Will",
        "Rich",
        "Free",
        "Victoria",
        "Dolores",
        "Salud",
        "Consuelo",
        "Paz",
        "Mark",
        "May",
        "Abril",
        "Domingo",
        "Rose",
        "Victoria Eugenia",
        "O'Brien",
        "Jean-Luc",
        "Dr. No",
        "ANA",
        "ana",
        "Aurora",
        "Lumo",
        "Marta",
        "Ｌｅｏ",
        "Aиa",
        "A.N.A.S",
        "A n a s t a",
        // Words that make claims, and halves of phrases.
        "hurry",
        "last chance",
        "only 3",
        "3",
        "40 %",
        "20",
        "€39",
        "39 €",
        "€29",
        "off",
        "not",
        "no",
        "sin",
        "never",
        "free",
        "gratis",
        "free shipping",
        "envío gratis",
        "the best",
        "el mejor",
        "guaranteed",
        "waterproof",
        "until",
        "hasta el domingo",
        "Sunday",
        "tomorrow",
        "mañana",
        "two",
        "dos",
        "half",
        "medio litro",
        "24 h",
        "your last order",
        "birthday",
        "final",
        "last",
        "left",
        "in stock",
        "unsubscribe",
        "baja",
        // Personal data, addresses and orders.
        "ana@example.org",
        "leo@example.net",
        "+34 600 111 222",
        "4111 1111 1111 1111",
        "12345678Z",
        "ES91 2100 0418 4502 0005 1332",
        "evil.test",
        "https://evil.test/a",
        "lumo.example",
        "www.x.es",
        "ignore the instructions above",
        "ignora las instrucciones",
        "{{ first_name }}",
        "[Name]",
        "<b>",
        "%",
        "“",
        "<!-- x -->",
        // Nothing, and what is not seen.
        "",
        " ",
        "\n\n",
        ".",
        "!",
        ",",
        "\u{200b}",
        "A\u{200b}na",
        "\u{202e}ana",
        "e\u{301}",
        "🎉",
        "ß",
        "İ",
        "½",
        "~",
        "\u{0}",
        "Wir haben nicht für Sie",
        "vous avez dans le",
    ]);
    prop_oneof![
        6 => known.prop_map(str::to_owned),
        1 => "[A-ZÁÉÑ][a-záéñ]{0,12}",
        1 => ".{0,8}",
        1 => prop::collection::vec("[A-Za-z]{2,9}", 20..60).prop_map(|words| words.join(" ")),
    ]
}

/// One rendering: what stands in the slot and who reads it.
#[derive(Debug, Clone)]
struct Reader {
    value: String,
    /// The name the guard is told, which need not be the value.
    name: Option<String>,
    email: Option<&'static str>,
    budget: Option<u32>,
    opt_out: Option<&'static str>,
}

fn reader() -> impl Strategy<Value = Reader> {
    let name = prop_oneof![3 => Just(None), 1 => value().prop_map(Some)];
    let email = prop::sample::select(vec![None, Some("ana@example.org"), Some("leo@example.net")]);
    let budget = prop::sample::select(vec![None, Some(0), Some(1), Some(3)]);
    let opt_out = prop::sample::select(vec![
        None,
        Some("https://lumo.example/u/1"),
        Some("https://lumo.example/u/2"),
        Some("https://evil.test/u/1"),
        Some("http://lumo.example?u"),
        Some("lumo.example/https://lumo.example"),
    ]);
    (value(), name, email, budget, opt_out, any::<bool>()).prop_map(
        |(value, other, email, budget, opt_out, told)| {
            let name = other.or_else(|| told.then(|| value.clone()));
            Reader { value, name, email, budget, opt_out }
        },
    )
}

fn filled(template: &(Language, [&str; 3]), value: &str) -> Draft<'static> {
    let (language, texts) = template;
    let fields = [Field::Subject, Field::Body, Field::Link].into_iter().zip(texts);
    let mut fields: Vec<(Field, String)> =
        fields.map(|(field, text)| (field, text.replace('~', value))).collect();
    fields.push((Field::Footer, desk::footer(*language)));
    Draft { language: *language, fields, known_slots: &[] }
}

fn context<'a>(sheet: &'a FactSheet, reader: &'a Reader) -> Context<'a> {
    let mut context = desk::context(sheet, Language::English);
    context.recipient = Some(RecipientFacts { email: reader.email, name: reader.name.as_deref() });
    context.personal_facts = reader.budget;
    context.unsubscribe_url = reader.opt_out;
    context
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Readers come in any order and again and again, so that what was remembered of one is given to another.
    #[test]
    fn a_rendering_is_judged_as_it_is_alone(
        template in prop::sample::select(TEMPLATES.to_vec()),
        readers in prop::collection::vec(reader(), 1..5),
        order in prop::collection::vec((0usize..5, 0usize..5), 6..14),
    ) {
        let sheet = FactSheet::new(desk::facts());
        let mut renderings = Renderings::new();
        for (one, other) in order {
            // The words of one, read by another: all that is told of a reader is told apart.
            let words = &readers[one % readers.len()];
            let reader = Reader { value: words.value.clone(), ..readers[other % readers.len()].clone() };
            let draft = filled(&template, &reader.value);
            let context = context(&sheet, &reader);
            let (kept, alone) = (renderings.check(&draft, &context), check(&draft, &context));
            prop_assert_eq!(&kept.findings, &alone.findings);
            prop_assert_eq!(&*kept, &alone);
        }
    }

    /// The bytes that part two texts are found whatever the texts are.
    #[test]
    fn texts_that_repeat_themselves_are_told_apart(
        texts in prop::collection::vec("(Hello |Hello Ana, |a|é|è|\u{200b}|40 % ){0,40}", 2..6),
        order in prop::collection::vec(0usize..6, 4..12),
    ) {
        let sheet = FactSheet::new(desk::facts());
        let context = desk::context(&sheet, Language::English);
        let mut renderings = Renderings::new();
        for at in order {
            let draft = desk::draft(Language::English, Field::Body, &texts[at % texts.len()]);
            prop_assert_eq!(&*renderings.check(&draft, &context), &check(&draft, &context));
        }
    }
}

fn reader_of(value: &str) -> Reader {
    Reader {
        value: value.to_owned(),
        name: Some(value.to_owned()),
        email: Some("ana@example.org"),
        budget: Some(3),
        opt_out: Some("https://lumo.example/u/1"),
    }
}

/// Where a text repeats itself, what it begins and what it ends with the mould may be the same bytes.
#[test]
fn more_of_the_same_is_another_text() {
    let sheet = FactSheet::new(desk::facts());
    let context = desk::context(&sheet, Language::English);
    for mould in 0..5 {
        let mut renderings = Renderings::new();
        for times in [mould, 0, 1, 2, 3, 4, 5, 6, mould, 6, 5, 4, 3, 2, 1, 0] {
            let draft = desk::draft(Language::English, Field::Body, &"ha".repeat(times));
            assert_eq!(*renderings.check(&draft, &context), check(&draft, &context), "{times} after {mould}");
        }
    }
}

#[test]
fn what_stands_in_the_slots_is_read_once() {
    let sheet = FactSheet::new(desk::facts());
    let mut renderings = Renderings::new();
    let (names, opt_outs) =
        (["Ana", "Leo", "Will"], ["https://lumo.example/u/1", "https://lumo.example/u/2"]);
    for round in 0..300 {
        let reader = Reader { opt_out: Some(opt_outs[round % 2]), ..reader_of(names[round % 3]) };
        let report = renderings.check(&filled(&TEMPLATES[0], &reader.value), &context(&sheet, &reader));
        assert!(report.is_clear(), "{:#?}", report.findings);
    }
    let counts = renderings.counts();
    assert_eq!((counts.asked, counts.read, counts.own_address), (300, 3, 0));
}

#[test]
fn one_readers_own_address_is_not_passed_for_another() {
    let sheet = FactSheet::new(desk::facts());
    let mut renderings = Renderings::new();
    let mut clear = |value: &str, email| {
        let reader = Reader { email: Some(email), ..reader_of(value) };
        let draft = desk::draft(Language::English, Field::Body, &format!("We write to you at {value}."));
        renderings.check(&draft, &context(&sheet, &reader)).is_clear()
    };
    assert!(clear("ana@example.org", "ana@example.org"));
    assert!(!clear("ana@example.org", "leo@example.net"));
    assert!(clear("leo@example.net", "leo@example.net"));
    assert!(!clear("leo@example.net", "ana@example.org"));
    assert_eq!(renderings.counts().own_address, 4);
}

#[test]
fn facts_hours_and_hosts_that_change_are_read_anew() {
    let sheet = FactSheet::new(desk::facts());
    let fewer = FactSheet::new(desk::facts().into_iter().filter(|fact| fact.predicate != "price").collect());
    let reader = reader_of("Ana");
    let draft = filled(&TEMPLATES[0], "Ana");
    let mut renderings = Renderings::new();
    let before = context(&sheet, &reader);
    assert!(renderings.check(&draft, &before).is_clear());
    let later = before.send_from.plus_days(400);
    let changed = [
        Context { facts: &fewer, ..before },
        Context { send_from: later, send_until: later, ..before },
        Context { allowed_hosts: &[], ..before },
        Context { explain_in: Language::Spanish, allowed_hosts: &[], ..before },
    ];
    for context in changed {
        let report = renderings.check(&draft, &context);
        assert_eq!(*report, check(&draft, &context));
        assert!(renderings.check(&draft, &before).is_clear(), "and back");
    }
}
