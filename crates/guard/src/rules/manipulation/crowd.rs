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
        catches_es: "Lo que otras personas están haciendo en este momento, sin un recuento reciente que lo confirme.",
        why: "A crowd that is not there is a lie about what others do.",
        why_es: "Una multitud que no existe es una mentira sobre lo que hacen los demás.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
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
                "in <n> other|others baskets|carts|wishlists",
                "booked|bought|ordered|sold|viewed|saved <..> times in|today|since|this",
                "in the last hour|minute|minutes",
                "<n> <..> joined|signed|bought|ordered|enrolled while you|since you",
                "while you were|are reading|looking|browsing|deciding",
                "most|half|all of your street|building|neighbours|neighbors|colleagues|friends|class|town|postcode",
                "your neighbours|neighbors|colleagues at|chose|have|bought|switched|already|opened",
                "people like you are",
                "signing|switching|joining|buying|booking up|now|over|in? as we speak",
                "as we speak",
                "others|another|somebody|someone else? are|is|visitor|customer|person|shopper|user <..> watching|looking|viewing|eyeing|cart|basket|seats",
                "another visitor|customer|shopper has|is",
                "added to <..> wish lists|wishlists|baskets|carts",
                "this|right minute|now ,? <..> a second|minute|users",
                "one <..> user|customer|order a|every second|minute",
                "<n> <..> in your postcode|street|town|area|city",
                "all the mums|moms|dads|parents|teams|kids|neighbours|girls|boys",
                "quite a few of your colleagues|friends|neighbours",
                "are being booked|snapped up by",
                "being booked up",
                "wins|orders|sales in the last <n> minutes|hours",
                "acaba|acaban de dar|llevarse|firmar|contratar|comprar|reservar|apuntarse|unirse|donar|sumarse",
                "lo|la compro|reservo|contrato|pidio hace <n>",
                "hace <n> minutos|minuto|segundos",
                "tu|tus vecino|vecina|vecinos|vecinas <..> acaba|ya|estan|firmar|llevando|donando",
                "<n> vecinos|vecinas|cuates|lectores|jugadores|pacientes|interesados|alumnos|inversores <..> estan|tienen|pidiendo|conectados|han|ya|ahora|eligiendo",
                "todas|todos tus|sus vecinas|vecinos|companeros|amigas|amigos",
                "se lo|la|los|las estan llevando|quitando",
                "lo mas deseado|visto|buscado <..> en|hoy|ahora|tarde|barrio",
                "hay <n> personas|usuarios|clientes delante|esperando|intentando|mirando",
                "ahora mismo|hay <..> otro|otra en|mirando <..> ficha|esto",
                "alguien acaba|mas",
                "en tu escalera|calle|barrio|edificio|zona <..> ya|han|hoy",
                "ahorita|ahora hay <n>",
                "esta en <n> carritos|cestas",
                "comprando <..> en directo",
                "en este instante|momento <..> abierto|comprando|viendo",
                "<n> clientes|personas|usuarios <w> en la ultima hora",
                "en la ultima hora",
                "se estan pasando|cambiando|apuntando hoy|ya|ahora",
                "toda la|tu oficina|clase|ciudad|calle lo|la|esta",
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
                "in the last hour of",
                "<n> minutes ago you|we|your",
                "hace <n> minutos que",
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
