//! Sentences that a world supports, each with the same sentence after one thing in it was changed: a number, a unit, a
//! currency, a day, a polarity, a name. Sentence and change are written from the same values by the same template, so
//! that nothing but that one thing differs.

use super::world::{PEOPLE, World, between, pick};
use super::write::{DayStyle, MoneyStyle, count, day, decimal, money, weekday, words};
use science::hash::SplitMix64;
use terms::money::Currency;

/// A supported sentence.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// What was changed, and the sentence then.
    pub(crate) changed: Vec<(&'static str, String)>,
}

/// One kind of claim: what it is called, and who writes it.
pub(crate) type Writer = fn(&World, bool, &mut SplitMix64) -> Said;

/// Every kind of claim.
pub(crate) const KINDS: &[(&str, Writer)] = &[
    ("price", price),
    ("former price", former_price),
    ("percent", percent),
    ("saving", saving),
    ("threshold", threshold),
    ("voucher", voucher),
    ("multi-buy", multi_buy),
    ("deadline", deadline),
    ("weekday", near_deadline),
    ("stock", stock),
    ("people", people),
    ("attribute", attribute),
    ("shipping", shipping),
    ("battery", battery),
    ("weight", weight),
    ("length", cable),
    ("volume", volume),
    ("power", power),
    ("parts", levels),
    ("delivery", delivery),
    ("returns", returns),
    ("warranty", warranty),
    ("review", review),
];

fn fill(template: &str, world: &World, spanish: bool, value: &str) -> String {
    let name = if spanish {
        format!("{} {}", world.thing.es, world.name)
    } else {
        format!("{} {}", world.name, world.thing.en)
    };
    let article = if world.thing.feminine { "La" } else { "El" };
    let filled = template.replace("{el}", article).replace("{n}", &name).replace("{}", value);
    let mut letters = filled.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn say(
    world: &World,
    spanish: bool,
    rng: &mut SplitMix64,
    (english, other): (&[&str], &[&str]),
    value: &str,
    changed: Vec<(&'static str, String)>,
) -> Said {
    let template = if spanish { *pick(rng, other) } else { *pick(rng, english) };
    Said {
        text: fill(template, world, spanish, value),
        changed: changed
            .into_iter()
            .map(|(what, value)| (what, fill(template, world, spanish, &value)))
            .collect(),
    }
}

/// Another number as a slip or a lie would make it, and none of those that are true as well.
fn other(rng: &mut SplitMix64, n: i64, also_true: &[i64]) -> i64 {
    let digits = n.to_string();
    let swapped: String = digits.chars().rev().collect();
    for _ in 0..40 {
        let tried = match between(rng, 0, 6) {
            0 => n + 1,
            1 => n - 1,
            2 => n + between(rng, 2, 9),
            3 => n * 2,
            4 => n * 10,
            5 => swapped.parse().unwrap_or(n + 3),
            _ => n - between(rng, 1, n.max(2) / 2 + 1),
        };
        if tried > 1 && tried != n && !also_true.contains(&tried) {
            return tried;
        }
    }
    n + 17
}

/// Another amount: another number of units, other cents, or a slip of a digit.
fn other_amount(world: &World, rng: &mut SplitMix64, minor: i64) -> i64 {
    for _ in 0..40 {
        let tried = match between(rng, 0, 3) {
            0 => other(rng, minor / 100, &[]) * 100 + minor % 100,
            1 => minor + between(rng, 1, 99),
            2 => minor - between(rng, 1, 9) * 100,
            _ => minor / 10 * 10 + (minor + 5) % 10,
        };
        if tried > 100 && !world.amounts().contains(&tried) {
            return tried;
        }
    }
    minor + 111
}

fn amounts(
    world: &World,
    spanish: bool,
    rng: &mut SplitMix64,
    minor: i64,
) -> (String, Vec<(&'static str, String)>) {
    let style = MoneyStyle::random(rng);
    let changed = other_amount(world, rng, minor);
    let foreign = if world.currency == Currency::EUR { Currency::GBP } else { Currency::EUR };
    (
        money(minor, world.currency, spanish, style),
        vec![
            ("amount", money(changed, world.currency, spanish, style)),
            ("currency", money(minor, foreign, spanish, style)),
        ],
    )
}

fn price(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let (value, changed) = amounts(world, spanish, rng, world.price);
    let texts: (&[&str], &[&str]) = (
        &[
            "The {n} for {}.",
            "Now {}.",
            "It costs {}.",
            "It is yours at {}.",
            "{} is all you pay.",
            "Price: {}.",
            "Get the {n} for just {}.",
            "You pay {}, nothing more.",
            "This week the {n} is {}.",
        ],
        &[
            "{el} {n} por {}.",
            "Ahora {}.",
            "Cuesta {}.",
            "Tuyo por {}.",
            "Pagas {} y nada más.",
            "Precio: {}.",
            "Llévate {n} por solo {}.",
            "Esta semana, {n} a {}.",
            "Se queda en {}.",
        ],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn former_price(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let (value, changed) = amounts(world, spanish, rng, world.before);
    let texts: (&[&str], &[&str]) = (
        &[
            "It was {}.",
            "Before: {}.",
            "Instead of {}.",
            "The {n}, formerly {}.",
            "RRP {}.",
            "Originally {}.",
        ],
        &["Antes {}.", "En vez de {}.", "{el} {n} costaba {}.", "Precio anterior: {}.", "En lugar de {}."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn percent(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let style = between(rng, 0, 4);
    let written = |n: i64| match (style, words(n, spanish)) {
        (0, _) => format!("{n}%"),
        (1, Some(words)) if spanish => format!("{words} por ciento"),
        (1, Some(words)) => format!("{words} percent"),
        (2, _) if spanish => format!("{n} por ciento"),
        (2, _) => format!("{n} percent"),
        _ => format!("{n} %"),
    };
    if world.percent == 50 && between(rng, 0, 1) == 1 {
        let texts: (&[&str], &[&str]) =
            (&["The {n}, now {}.", "Everything is {}: the {n}."], &["{el} {n}, {}.", "Ahora {}."]);
        let (value, wrong) = if spanish {
            ("a mitad de precio", "a un tercio del precio")
        } else {
            ("half price", "a third off")
        };
        return say(world, spanish, rng, texts, value, vec![("fraction", wrong.to_owned())]);
    }
    let wrong = [5, 10, 12, 15, 20, 25, 30, 35, 40, 45, 55, 60, 70, 80];
    let changed =
        wrong.into_iter().filter(|n| *n != world.percent).nth(between(rng, 0, 11) as usize).unwrap_or(7);
    let texts: (&[&str], &[&str]) = (
        &[
            "{} off.",
            "Save {}.",
            "A discount of {}.",
            "The {n} with {} off.",
            "That is {} less.",
            "{} discount on the {n}.",
        ],
        &[
            "{} de descuento.",
            "Ahorra un {}.",
            "{} dto.",
            "{el} {n} con un {} de descuento.",
            "Un {} menos.",
            "{} de rebaja.",
        ],
    );
    say(world, spanish, rng, texts, &written(world.percent), vec![("percent", written(changed))])
}

fn saving(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let (value, changed) = amounts(world, spanish, rng, world.before - world.price);
    let texts: (&[&str], &[&str]) = (
        &["Save {}.", "You save {}.", "{} off.", "That saves you {}."],
        &["Ahorra {}.", "Te ahorras {}.", "{} de descuento.", "Son {} de ahorro."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn threshold(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    if !world.free_shipping {
        return voucher(world, spanish, rng);
    }
    let (value, changed) = amounts(world, spanish, rng, world.threshold);
    let texts: (&[&str], &[&str]) = (
        &["Free shipping on orders over {}.", "Free delivery from {}.", "Spend {} and shipping is free."],
        &["Envío gratis a partir de {}.", "Envío gratis en pedidos de más de {}.", "Envío gratis desde {}."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn voucher(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let (value, changed) = amounts(world, spanish, rng, world.voucher);
    let texts: (&[&str], &[&str]) = (
        &["Your voucher is worth {}.", "A voucher of {} is waiting for you.", "We added {} of credit."],
        &["Tu vale es de {}.", "Tienes un vale de {}.", "Te hemos puesto {} de saldo."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn multi_buy(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let two: (&[&str], &[&str]) =
        (&["2 for 1", "two for one", "buy one, get one free", "2x1"], &["2x1", "dos por uno", "2 por 1"]);
    let three: (&[&str], &[&str]) =
        (&["3 for 2", "three for two", "buy two, get one free", "3x2"], &["3x2", "tres por dos", "3 por 2"]);
    let at = between(rng, 0, 2) as usize;
    let of = |(english, other): (&[&'static str], &[&'static str])| {
        if spanish { other.get(at) } else { english.get(at) }.copied().unwrap_or("2x1").to_owned()
    };
    let (value, changed) = if world.for_two { (of(two), of(three)) } else { (of(three), of(two)) };
    let texts: (&[&str], &[&str]) = (
        &["{} on the {n}.", "This week: {}.", "{} in our shop."],
        &["{} en {n}.", "Esta semana, {}.", "{} en nuestra tienda."],
    );
    say(world, spanish, rng, texts, &value, vec![("multi-buy", changed)])
}

const UNTIL: (&[&str], &[&str]) = (
    &[
        "Until {}.",
        "Valid until {}.",
        "The offer ends on {}.",
        "Order by {}.",
        "Only until {}.",
        "The price holds until {}.",
    ],
    &[
        "Hasta el {}.",
        "Válido hasta el {}.",
        "La oferta termina el {}.",
        "Solo hasta el {}.",
        "El precio se mantiene hasta el {}.",
    ],
);

fn deadline(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let style = DayStyle::random(rng);
    let shift = *pick(rng, &[-1, 1, 2, 3, 7, 30, 365]);
    let wrong = world.until.plus(if world.until.plus(shift) <= world.today { 1 } else { shift });
    // Another year shows only where the year is written.
    let (right, wrong) = (day(world.until, spanish, style), day(wrong, spanish, style));
    let wrong = if wrong == right { day(world.until.plus(4), spanish, style) } else { wrong };
    say(world, spanish, rng, UNTIL, &right, vec![("date", wrong)])
}

fn near_deadline(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let left = world.until.0 - world.today.0;
    if left > 6 {
        return deadline(world, spanish, rng);
    }
    let wrong = world.until.plus(if left == 6 { -1 } else { 1 });
    let (right, wrong) = (weekday(world.until, spanish), weekday(wrong, spanish));
    say(world, spanish, rng, UNTIL, right, vec![("weekday", wrong.to_owned())])
}

fn stock(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let style = between(rng, 0, 2) == 0;
    let written = |n: i64| words(n, spanish).filter(|_| style).unwrap_or_else(|| n.to_string());
    let wrong = other(rng, world.stock, &[]);
    let texts: (&[&str], &[&str]) = (
        &[
            "Only {} left.",
            "There are {} left in stock.",
            "We have {} pieces left.",
            "The last {} pieces.",
            "Just {} remaining.",
        ],
        &[
            "Quedan {} unidades.",
            "Solo quedan {}.",
            "Las últimas {} unidades.",
            "Nos quedan {} piezas.",
            "Solo {} unidades disponibles.",
        ],
    );
    say(world, spanish, rng, texts, &written(world.stock), vec![("number", written(wrong))])
}

fn people(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    if between(rng, 0, 2) == 0 {
        let texts: (&[&str], &[&str]) = (
            &["More than {} customers.", "Over {} customers trust us.", "Join over {} customers."],
            &["Más de {} clientes.", "Más de {} clientes confían en nosotros."],
        );
        let (less, more) =
            (world.customers - between(rng, 1, 9) * 100, world.customers + between(rng, 1, 90) * 100);
        return say(
            world,
            spanish,
            rng,
            texts,
            &count(less.max(100), spanish),
            vec![("number", count(more, spanish))],
        );
    }
    let wrong = other(rng, world.customers, &[]);
    let texts: (&[&str], &[&str]) = (
        &["{} customers trust us.", "Join {} customers.", "{} happy customers."],
        &["{} clientes confían en nosotros.", "Únete a {} clientes.", "{} clientes satisfechos."],
    );
    say(world, spanish, rng, texts, &count(world.customers, spanish), vec![("number", count(wrong, spanish))])
}

fn attribute(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let word = |of: super::world::Attribute| {
        let [masculine, feminine] = of.es;
        match (spanish, world.thing.feminine) {
            (false, _) => of.en,
            (true, true) => feminine,
            (true, false) => masculine,
        }
    };
    let (has, lacks, unknown) = (word(world.has), word(world.lacks), word(world.unknown));
    let (affirming, denying): (&[&str], &[&str]) = if spanish {
        (
            &["Es {a}.", "{el} {n} es {a}.", "Además, es {a}.", "Sí, es {a}."],
            &["No es {a}.", "{el} {n} no es {a}.", "Además, no es {a}.", "No, no es {a}."],
        )
    } else {
        (
            &["It is {a}.", "The {n} is {a}.", "It's {a}, too.", "Yes, it is {a}."],
            &["It is not {a}.", "The {n} is not {a}.", "It isn't {a}, though.", "No, it is not {a}."],
        )
    };
    let at = between(rng, 0, 3) as usize;
    let write = |templates: &[&str], word: &str| {
        fill(&templates.get(at).copied().unwrap_or("{a}").replace("{a}", word), world, spanish, "")
    };
    if between(rng, 0, 1) == 0 {
        Said {
            text: write(affirming, has),
            changed: vec![
                ("polarity", write(denying, has)),
                ("attribute", write(affirming, unknown)),
                ("attribute", write(affirming, lacks)),
            ],
        }
    } else {
        Said { text: write(denying, lacks), changed: vec![("polarity", write(affirming, lacks))] }
    }
}

fn shipping(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    if world.free_shipping {
        let at = between(rng, 0, 3) as usize;
        let (right, wrong): (&[&str], &[&str]) = if spanish {
            (
                &["Envío gratis.", "El envío es gratis.", "Sin gastos de envío.", "Con envío gratuito."],
                &[
                    "El envío no es gratis.",
                    "El envío no es gratis.",
                    "El envío no es gratuito.",
                    "Sin envío gratis.",
                ],
            )
        } else {
            (
                &["Free shipping.", "Shipping is free.", "No shipping costs.", "With free delivery."],
                &[
                    "No free shipping.",
                    "Shipping is not free.",
                    "Delivery isn't free.",
                    "Without free delivery.",
                ],
            )
        };
        let of = |list: &[&str]| list.get(at).copied().unwrap_or("").to_owned();
        return Said { text: of(right), changed: vec![("polarity", of(wrong))] };
    }
    let (text, wrong) = if spanish {
        ("El envío no es gratis.", "El envío es gratis.")
    } else {
        ("Shipping is not free.", "Shipping is free.")
    };
    Said { text: text.to_owned(), changed: vec![("polarity", wrong.to_owned())] }
}

/// A number with a unit written before and after it: one change of the number, one of the unit.
fn measured(
    (value, wrong): (String, String),
    (unit, wrong_unit): (&str, &str),
    joint: &str,
) -> (String, Vec<(&'static str, String)>) {
    (
        format!("{value}{joint}{unit}"),
        vec![("number", format!("{wrong}{joint}{unit}")), ("unit", format!("{value}{joint}{wrong_unit}"))],
    )
}

fn battery(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.battery, &[]);
    let in_words = between(rng, 0, 3) == 0;
    let write = |n: i64| words(n, spanish).filter(|_| in_words).unwrap_or_else(|| n.to_string());
    let units = match (spanish, between(rng, 0, 1)) {
        (true, 0) => ("horas", "días"),
        (false, 0) => ("hours", "days"),
        _ if in_words => {
            if spanish {
                ("horas", "minutos")
            } else {
                ("hours", "minutes")
            }
        }
        _ => ("h", "min"),
    };
    let (value, changed) = measured((write(world.battery), write(wrong)), units, " ");
    let texts: (&[&str], &[&str]) = (
        &[
            "{} of battery.",
            "The battery lasts {}.",
            "It runs for {} on one charge.",
            "Up to {} of battery life.",
            "A battery for {}.",
            "Battery: {}.",
        ],
        &[
            "{} de batería.",
            "La batería dura {}.",
            "Hasta {} de autonomía.",
            "Con {} de autonomía.",
            "Batería de {}.",
            "Autonomía: {}.",
        ],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn weight(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.grams / 50, &[]) * 50;
    let joint = *pick(rng, &[" ", " ", ""]);
    let (value, changed) = if between(rng, 0, 1) == 0 {
        let kilos = |grams: i64| decimal(grams / 10, spanish);
        measured(
            (kilos(world.grams), kilos(wrong)),
            *pick(rng, &[("kg", "g"), ("kg", "lb"), ("kilos", "tonnes")]),
            joint,
        )
    } else {
        let unit = if spanish { ("gramos", "kilos") } else { ("grams", "kilos") };
        measured(
            (count(world.grams, spanish), count(wrong, spanish)),
            *pick(rng, &[("g", "kg"), unit]),
            joint,
        )
    };
    let texts: (&[&str], &[&str]) = (
        &["It weighs {}.", "Weight: {}.", "The {n} weighs only {}.", "At {} it travels with you."],
        &["Pesa {}.", "Peso: {}.", "{el} {n} pesa solo {}.", "Con un peso de {}."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn cable(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.cable / 10, &[]) * 10;
    let (value, changed) = if between(rng, 0, 1) == 0 {
        measured((world.cable.to_string(), wrong.to_string()), ("cm", "mm"), " ")
    } else {
        let unit = if spanish { ("metros", "centímetros") } else { ("metres", "feet") };
        measured(
            (decimal(world.cable, spanish), decimal(wrong, spanish)),
            *pick(rng, &[("m", "cm"), unit]),
            " ",
        )
    };
    let texts: (&[&str], &[&str]) = (
        &["The cable is {} long.", "A cable of {}.", "Cable length: {}.", "With {} of cable."],
        &["El cable mide {} de largo.", "Un cable de {}.", "Longitud del cable: {}.", "Con {} de cable."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn volume(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.millilitres / 10, &[]) * 10;
    let (value, changed) = match between(rng, 0, 2) {
        0 if world.millilitres == 500 && spanish => (
            "medio litro".to_owned(),
            vec![("number", "un litro".to_owned()), ("unit", "medio galón".to_owned())],
        ),
        0 if world.millilitres == 500 => (
            "half a litre".to_owned(),
            vec![("number", "two litres".to_owned()), ("unit", "half a gallon".to_owned())],
        ),
        0 | 1 => measured((count(world.millilitres, spanish), count(wrong, spanish)), ("ml", "l"), " "),
        _ => {
            let unit = if spanish { ("litros", "mililitros") } else { ("litres", "millilitres") };
            measured(
                (decimal(world.millilitres / 10, spanish), decimal(wrong / 10, spanish)),
                *pick(rng, &[("l", "ml"), unit]),
                " ",
            )
        }
    };
    let texts: (&[&str], &[&str]) = (
        &["It holds {}.", "Capacity: {}.", "With a capacity of {}.", "There is room for {}."],
        &["Capacidad: {}.", "Con una capacidad de {}.", "Caben {}.", "Su capacidad es de {}."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn power(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.watts, &[]);
    let units: &[(&str, &str)] =
        if spanish { &[("W", "kW"), ("vatios", "kilovatios")] } else { &[("W", "kW"), ("watts", "volts")] };
    let (value, changed) = measured((world.watts.to_string(), wrong.to_string()), *pick(rng, units), " ");
    let texts: (&[&str], &[&str]) = (
        &["Power: {}.", "It uses {}.", "With {} of power."],
        &["Potencia: {}.", "Consume {}.", "Con {} de potencia."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn levels(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let in_words = between(rng, 0, 2) == 0;
    let write = |n: i64| words(n, spanish).filter(|_| in_words).unwrap_or_else(|| n.to_string());
    let wrong = other(rng, world.levels, &[]);
    let texts: (&[&str], &[&str]) = (
        &["{} levels.", "Choose between {} levels.", "It has {} levels.", "With {} power levels."],
        &["{} niveles.", "Tiene {} niveles.", "Elige entre {} niveles.", "Con {} niveles de potencia."],
    );
    say(world, spanish, rng, texts, &write(world.levels), vec![("number", write(wrong))])
}

fn delivery(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let (low, high) = world.delivery;
    let joint = if spanish { *pick(rng, &["-", " a ", "–"]) } else { *pick(rng, &["-", " to ", "–"]) };
    let write = |low: i64, high: i64, unit: &str| format!("{low}{joint}{high} {unit}");
    let (right, wrong) = if spanish { ("días", "semanas") } else { ("days", "weeks") };
    let texts: (&[&str], &[&str]) = (
        &[
            "Delivered in {}.",
            "Delivery takes {}.",
            "It arrives within {}.",
            "At your door in {}: fast delivery.",
            "Shipping time: {}.",
        ],
        &[
            "Te llega en {}.",
            "Entrega en {}.",
            "Lo recibes en {}.",
            "Plazo de entrega: {}.",
            "Enviamos en {}.",
        ],
    );
    let changed = vec![
        ("number", write(low, high + between(rng, 1, 5), right)),
        ("unit", write(low, high, wrong)),
        ("unit", write(low, high, if spanish { "horas" } else { "hours" })),
    ];
    say(world, spanish, rng, texts, &write(low, high, right), changed)
}

fn returns(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let wrong = other(rng, world.returns, &[]);
    let units = if spanish {
        *pick(rng, &[("días", "meses"), ("días", "semanas")])
    } else {
        *pick(rng, &[("days", "months"), ("days", "weeks")])
    };
    let (value, changed) = measured((world.returns.to_string(), wrong.to_string()), units, " ");
    let texts: (&[&str], &[&str]) = (
        &[
            "You have {} to return it.",
            "Return it within {}.",
            "Returns within {}.",
            "Send it back within {} and we refund you.",
        ],
        &[
            "Tienes {} para devolverlo.",
            "Devoluciones en {}.",
            "Plazo de devolución: {}.",
            "Puedes devolverlo durante {}.",
        ],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn warranty(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let in_words = between(rng, 0, 2) == 0;
    let write = |n: i64| words(n, spanish).filter(|_| in_words).unwrap_or_else(|| n.to_string());
    let wrong = other(rng, world.warranty, &[]);
    let units = if spanish { ("años", "meses") } else { ("years", "months") };
    let (value, changed) = measured((write(world.warranty), write(wrong)), units, " ");
    let texts: (&[&str], &[&str]) = (
        &["{} of warranty.", "A warranty of {}.", "Warranty: {}.", "The warranty lasts {}."],
        &["{} de garantía.", "Garantía de {}.", "Con una garantía de {}.", "La garantía dura {}."],
    );
    say(world, spanish, rng, texts, &value, changed)
}

fn review(world: &World, spanish: bool, rng: &mut SplitMix64) -> Said {
    let words = world.review_in(spanish);
    let altered = if spanish { format!("{words} y me encanta") } else { format!("{words} and I love it") };
    let someone = PEOPLE.iter().find(|name| **name != world.reviewer).copied().unwrap_or("Iker");
    let at = between(rng, 0, 2);
    let write = |words: &str, name: &str| match at {
        0 => format!("“{words}” – {name}."),
        1 => format!("\"{words}\", {name}."),
        _ if spanish => format!("«{words}», dice {name}."),
        _ => format!("“{words}”, says {name}."),
    };
    Said {
        text: write(words, world.reviewer),
        changed: vec![("quotation", write(&altered, world.reviewer)), ("name", write(words, someone))],
    }
}
