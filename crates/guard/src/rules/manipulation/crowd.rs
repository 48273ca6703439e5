//! # M7 fake social proof
//! **Catches**: "15 people are viewing this", "selling every minute", "everybody is buying", without a live figure.
//! **Why**: a crowd that is not there is a lie about what others do.
//! **Basis**: UCPD 6. Fails: "15 viewing now". Passes: the same when a fresh count fact says 15.
//!
//! How many customers a brand has is F6's.

use crate::case::{Case, Outcome};
use crate::claim::number;
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, is_excused, judge};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::fact::FactValue;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M7",
        family: Family::Manipulation,
        name_en: "fake social proof",
        name_es: "falsa prueba social",
        catches: "What others are doing just now, without a fresh count that says so.",
        why: "A crowd that is not there is a lie about what others do.",
        basis: "UCPD 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "15 people are viewing this lamp.",
                passes: "People come to us for a lamp that lasts.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "15 personas están viendo esta lámpara.",
                passes: "La gente viene a por una lámpara que dure.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "<n> <..> viewing|watching|looking|browsing|shopping",
                "<n> people|others|customers|shoppers|users|visitors <w>? have|has|are|is|just|already? <..> cart|carts|basket|baskets|bought|booked|buying|ordered|viewed|joined",
                "<n> sold|bought|booked|orders|purchases|bookings in|within|today|this|since|last",
                "<n> in <w>? cart|carts|basket|baskets",
                "someone|somebody in|from <w> just|has bought|purchased|ordered|booked",
                "just bought|sold|booked|ordered in|by|from|to",
                "everyone|everybody is|has|loves|wants|keeps <..> buying|talking|wearing|using|switching|switched|joined|ordered|bought|it|one|raving",
                "everyone's|everybody's buying|talking|wearing|using|raving|doing",
                "thousands|hundreds|millions|dozens <..> already|now|just|are|have <..> bought|buying|viewing|ordered|joined|using|switched|trust|love",
                "people|others|customers|shoppers are|is also? viewing|looking|watching|buying now|at|this|right",
                "one sold|sells every <n>? second|seconds|minute|minutes|hour",
                "selling every <n>? second|seconds|minute|minutes",
                "your friends|neighbours|neighbors|colleagues <w>? have|are|already <..> bought|joined|buying|using|switched|have|shopping",
                "<n> <..> viendo|mirando|viendolo|mirandolo|consultando",
                "<n> personas|clientes|usuarios|compradores|visitantes <w>? han|ha|ya|estan|lo|la <..> compr~|reserv~|carrito|cesta|pedido|apuntado|viendo",
                "<n> vendidos|vendidas|compras|reservas|pedidos en|hoy|esta|este|desde|durante",
                "<n> en <w>? carrito|carritos|cesta|cestas",
                "alguien de|en|desde <w> acaba|ha",
                "acaba|acaban de comprar|reservar|comprarlo|comprarla|reservarlo",
                "todo el mundo <w>? lo|la|los|las|habla|esta|quiere|compra|usa",
                "todos|todas lo|la|los|las <w>? compran|quieren|tienen|usan|llevan|comentan",
                "miles|cientos|millones|decenas de <..> ya|han|estan|ahora|confian|lo",
                "otras|otros personas|clientes <w>? estan|tambien",
                "se vende uno|una cada",
                "tus|sus amigos|amigas|vecinos|vecinas|companeros ya|tambien|lo|la",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "everyone|everybody is welcome|different|invited",
                "todo el mundo es|esta bienvenido|diferente|invitado",
                "<n> minutes|hours|years|days|weeks|months|steps|ways|things|reasons|ideas|recipes <..> looking|watching|viewing|browsing",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` says what other people are doing, and no fresh count says so",
    es: "`{}` dice qué están haciendo otras personas y ningún recuento reciente lo dice",
    repair_en: "attach the count as a fact with its age, or say what you know of the product itself",
    repair_es: "adjunta el recuento como dato con su antigüedad o di lo que sabes del propio producto",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if is_excused(part, hit) {
            continue;
        }
        let stated =
            hit.tokens.clone().find_map(|at| number::at(&part.text, at)).and_then(|(n, _)| n.integer());
        judge(case, outcome, &SAYING, (part, hit), &|_, entry| {
            // A count is only as good as it is fresh, so one without an age releases nothing.
            let counted = matches!(entry.fact.value, FactValue::Count(count) if Some(count) == stated);
            counted && entry.fact.max_age_hours.is_some() && entry.predicate != "stock"
        });
    }
}
