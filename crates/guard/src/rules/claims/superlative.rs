//! # C1 superlative
//! **Catches**: the best, number one, the cheapest, unbeatable, without evidence.
//! **Why**: a superlative is a claim about everybody else's product.
//! **Basis**: UCPD 6, FTC s.5. Fails: "The cheapest lamp in town". Passes: "The best desk lamp of 2026", with a study
//! that says best.
//!
//! Wishes and idioms ("best regards", "make the most of") are look-alikes. Comparisons with a named rival are not
//! judged here.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim;
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Severity, Verdict};

const BEST: u16 = 0;
const FIRST: u16 = 1;
const CHEAPEST: u16 = 2;
const OTHER: u16 = 3;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C1",
        family: Family::Claims,
        name_en: "superlative without evidence",
        name_es: "superlativo sin pruebas",
        catches: "Best, number one, cheapest and the like, without a study, test or ranking that says so.",
        catches_es: "«El mejor», «el número uno», «el más barato» y similares, sin un estudio, una prueba o una clasificación que lo avale.",
        why: "A superlative is a claim about everybody else's product.",
        why_es: "Un superlativo es también una afirmación sobre los productos de todos los demás.",
        basis: "UCPD 6, FTC s.5",
        basis_es: "Directiva 2005/29/CE, art. 6; FTC Act, art. 5",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "The cheapest lamp in town.",
                passes: "The best desk lamp of the year. Best regards",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Somos la tienda número uno.",
                passes: "La mejor lámpara de escritorio del año. Te deseamos lo mejor.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: BEST,
            phrases: &[
                "best",
                "the|its|our|your finest",
                "mejor|mejores",
                "best in class",
                "best <w>? rated",
                "top rated",
                "highest|superior quality",
                "maxima calidad",
                "la|de mas alta calidad",
            ],
        },
        Cues {
            tag: FIRST,
            phrases: &[
                "number one",
                "no . 1",
                "no 1",
                "n . o 1",
                "# 1",
                "numero uno|1",
                "n . 1",
                "leading brand|company|manufacturer|shop|store|provider|manufacturers",
                "market leader",
                "world's leading|number|first",
                "the leading",
                "uk's|spain's|europe's|nation's|world's|america's favourite|favorite|top",
                "tienda|marca favorita de",
                "lider indiscutible",
                "lider|lideres en|del|de",
                "marca|empresa lider",
                "top <n>",
                "world class",
                "best selling",
                "bestselling|bestseller|bestsellers",
                "mas vendido|vendida|vendidos|vendidas",
            ],
        },
        Cues {
            tag: CHEAPEST,
            phrases: &[
                "cheapest",
                "lowest price|prices",
                "best price|prices",
                "unbeatable price|prices|value",
                "mejor|mejores precio|precios",
                "mas barato|barata|baratos|baratas|economico|economica|bajo|bajos",
                "precio|precios imbatible|imbatibles|minimo|minimos",
            ],
        },
        Cues {
            tag: OTHER,
            phrases: &[
                "in a class of its|their|our own",
                "world leading|beating|class",
                "the world's <w>",
                "years|streets ahead of everyone|everybody|the|all",
                "the gold standard",
                "the benchmark",
                "nobody|no one <..> makes|bakes|brews|beats|does a|our|it <w>? better|prices?",
                "no other shop|brand|store|company|bank|school has|does|makes|offers",
                "still unequalled|unrivalled|unmatched",
                "beyond compare",
                "superior to any|anything|all|every",
                "the most modern|advanced|trusted|popular|reliable <..> in",
                "trust|trusted the? most",
                "on this earth",
                "you'll ever bite|taste|see|own|wear|eat|drink|need",
                "nothing loads|works|cleans|runs|tastes quicker|faster|better|cleaner",
                "still catching up",
                "there is no safer|softer|quieter|warmer|lighter",
                "isn't a softer|better|finer|safer|quieter",
                "en otra liga",
                "el|la numero uno|1 de|en",
                "el|la rey|reina de|del",
                "superventas",
                "marca el paso",
                "los|las|el|la primeros|primeras|primero|primera del|de continente|mundo|pais|mercado|europa",
                "sin discusion",
                "definitivo|definitiva : ",
                "no se puede mejorar",
                "nadie mas ha|sabe",
                "nadie habia hecho",
                "en ningun <w> veras|encontraras|hay",
                "deja|dejan antiguos|pequenos|atras a",
                "y punto",
                "mas cobertura|rapida|grande|barato|vendido|vendida|elegido de|del <w>",
                "no se ha <w> otra|otro tan",
                "el|la|los|las <w> mas <w> del|de la|el pais|mundo|ciudad|mercado|planeta|continente",
                "unbeatable|unrivalled|unrivaled|unparalleled|unmatched|unsurpassed|incomparable",
                "second to none",
                "the|world's|europe's|spain's fastest|strongest|lightest|safest|purest|freshest|smartest|softest|largest|biggest|greatest|quietest|brightest|toughest",
                "the|spain's|world's most advanced|powerful|popular|effective|trusted|comfortable|innovative|exclusive|reliable|complete|efficient|durable|beautiful|authentic|luxurious|versatile|affordable|loved",
                "inigualable|inigualables|insuperable|insuperables|imbatible|imbatibles|inmejorable|inmejorables",
                "sin igual|rival|parangon",
                "el|la|los|las <w>? mas rapido|rapida|rapidos|rapidas|eficaz|eficaces|avanzado|avanzada|avanzados|avanzadas|potente|potentes|completo|completa|seguro|segura|seguros|puro|pura|fresco|fresca|frescos|ligero|ligera|ligeros|duradero|duradera|exclusivo|exclusiva|innovador|innovadora|popular|populares|natural|resistente|resistentes|comodo|comoda|comodos|fiable|fiables|grande|grandes",
            ],
        },
        Cues { tag: SAFE, phrases: LOOK_ALIKES },
    ],
    check,
};

const LOOK_ALIKES: &[&str] = &[
    "when|what it is|time|day is|works best to",
    "best come|bring|book|leave|park|arrive|call|avoid",
    "not|never|won't|don't <..> we are the best",
    "numero uno de la calle",
    "en el numero uno de la",
    "mas grande|pequeno|alto|bajo mide|miden|pesa",
    "mejor ven|vente|con|sin|no|manana|llama|reserva",
    "cual es el|la mejor",
    "mas barato de madrugada|noche",
    "best|kind|warm|warmest regards",
    "best in show|breed",
    "best wishes",
    "all the? very? best",
    "do|did|does|doing|do|try|trying my|our|your|their|its best",
    "at|look|looks|feel|feels|be your|its|their? best",
    "best before",
    "best to <w>",
    "is|are|it's|they're|was|were best to|in|on|at|when|if|after|before|from|during|done|cleared|pruned|planted|eaten|left|booked|kept|read|seen",
    "best friend|friends",
    "best of you|luck|both|us|all",
    "make|making|get|getting|made the best|most",
    "the best <w>? way|ways|time|times|moment|moments|part|thing|things|day|days|memories|person|use|version|reason|news|place|bit",
    "best way|time|moment|part|thing|news|version|self|practice|practices|interest|interests|guess|man|known|use|loved|suited|used|enjoyed|served|kept|stored|drunk",
    "deserve|deserves|wish|wishes|wishing|hope|hoping|want|wants|bring|brings|know|knows|give|giving <..> the? best",
    "one of our best customers|friends|clients",
    "our best customers|clients|friends|wishes",
    "as best you|we|as",
    "what|which|who works|suits|fits? you? best",
    "works|suits|fits|like|likes you? best",
    "which|what <..> best",
    "best <w>? for you",
    "the best for|of you|us|him|her|them|each",
    "knows|know|fits|suits|like <..> best",
    "like best",
    // Spanish
    "mejor , porque|que|si|y|pues",
    "sonido|volumen|tono|banco|escalon|techo mas bajo",
    "mas barato|barata|baratos|baratas|bajo|baja|bajos|bajas <..> que la|el|los|las? <w>? semana|mes|ano|dia|temporada pasada|pasado|anterior",
    "mas barato|barata|baratos|baratas <..> que tenias|tenia|teniais|pagabas|pagaba",
    "lo|los|las mejor|mejores deseos|de ti|para ti|de todos|de cada|es que",
    "mejores deseos|amigos|recuerdos|momentos|anos|clientes",
    "deseo|deseos|deseamos|desea|deseo|mereces|merece|merecen|quieres|quiere|queremos <..> lo? mejor",
    "lo mejor de ti|cada|todo|tu|esta|este|la|tus",
    "lo mejor para ti|tu|vosotros|todos",
    "lo mejor es|esta|estaba",
    "mejor tarde",
    "mas barato|barata|baratos|baratas que en|hace|ayer|antes|cuando",
    "no diremos|decimos|es|somos|sera <..> el|la|los|las mejor|mejores",
    "sin rival para|en la <w>? semifinal|final|cuartos|fase|liga",
    "lider|lideres de|del la|el? vuelta|carrera|liga|clasificacion|grupo|etapa|torneo|general",
    "mas <w> de|entre nuestra|nuestro|nuestros|nuestras gama|catalogo|tienda|casa|coleccion|modelos",
    "mejor que|aun|todavia|asi|dicho|si|no",
    "mejor version|amigo|amiga|momento|manera|forma|compania|recuerdo|parte|epoca|opcion|noticia",
    "a|tal lo? mejor",
    "tu|tus|mi|su|sus mejor|mejores",
    "cada vez|dia mejor",
    "cada dia mejor",
    "estar|estas|sentirte|sentirse|dormir|ver|verte|duerme|elegir|conocerte|conocer|servirte|atenderte|ayudarte|entender|entenderte mejor",
    "mucho|un poco|vivir|cocinar|leer|descansar|descansa|vive|para mejor",
    "nuestros|nuestras|uno de? nuestros mejores clientes|clientas|amigos",
    "el|la mejor momento|manera|forma|compania|parte|epoca|noticia|amigo|amiga",
    "lo mas pronto|importante|posible",
    "a mas tardar",
    "los mas pequenos",
    "te|os|nos queda|sienta|viene|conviene|guste|gusta|encaja <w>? mejor",
    "que mejor te|se|encaja",
    "como mejor",
    "mejor te|se",
    "at number one",
    "number one priority",
    "prioridad numero uno",
    "no 1 <w>? street|road",
    "lider de|del equipo|proyecto",
    "the most of",
    "at the latest",
    "biggest thank|thanks",
    "greatest thanks|pleasure",
    "top <n> cm|percent|%",
    "no . 1 <..> street",
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if part.is_in_name(&hit.tokens) || claim::is_negated(&part.text, &hit.tokens) || !is_claim(part, hit)
        {
            continue;
        }
        let says = |entry: &&Entry| says_so(entry, part, hit);
        let evidence: Vec<&Entry> = case.evidence(EvidenceKind::Study).filter(says).collect();
        if let Some(entry) = evidence.iter().find(|entry| case.holds(entry)) {
            outcome.evidenced(case, part, &hit.tokens, entry);
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let expired = evidence.first().copied();
        let problem = Problem {
            verdict: if expired.is_some() { Verdict::Expired } else { Verdict::Unknown },
            message: case.say(
                || format!("`{quote}` compares with everybody else, and no study, test or ranking that holds says so"),
                || format!("`{quote}` compara con todos los demás y ningún estudio, prueba o clasificación vigente lo dice"),
            ),
            repair: case.say(
                || "attach the study as evidence, or describe the product without a superlative".to_owned(),
                || "adjunta el estudio como prueba o describe el producto sin superlativo".to_owned(),
            ),
        };
        outcome.blocks(case, part, &hit.tokens, problem, expired);
    }
}

/// "Best" claims something as "the best", "our best", "Best coffee"; "sleep best" does not.
fn is_claim(part: &Part<'_>, hit: &Hit) -> bool {
    let (first, before) = (
        part.text.word(hit.tokens.start),
        hit.tokens.start.checked_sub(1).map_or("", |at| part.text.word(at)),
    );
    let starts =
        !part.text.same_clause(hit.tokens.start.saturating_sub(1), hit.tokens.start) || hit.tokens.start == 0;
    if hit.tokens.len() > 1 {
        return true;
    }
    match first {
        "best" => {
            starts
                || before.ends_with("'s")
                || matches!(
                    before,
                    "the"
                        | "our"
                        | "very"
                        | "its"
                        | "a"
                        | "voted"
                        | "rated"
                        | "only"
                        | "simply"
                        | "and"
                        | "is"
                        | "are"
                )
        }
        "mejor" | "mejores" => {
            starts
                || matches!(
                    before,
                    "el" | "la"
                        | "los"
                        | "las"
                        | "lo"
                        | "nuestro"
                        | "nuestra"
                        | "nuestros"
                        | "nuestras"
                        | "al"
                        | "del"
                )
        }
        _ => true,
    }
}

/// A study supports a superlative of its own kind: "best" does not prove "cheapest".
fn says_so(entry: &Entry, part: &Part<'_>, hit: &Hit) -> bool {
    let root = |word: &str| match word {
        "best" | "mejor" | "mejores" | "finest" | "top" => Some(BEST),
        "first" | "leading" | "leader" | "lider" | "1" | "one" | "uno" | "selling" | "vendido"
        | "vendida" => Some(FIRST),
        "cheapest" | "lowest" | "barato" | "barata" | "bajo" | "economico" => Some(CHEAPEST),
        _ => None,
    };
    let words = || entry.words.iter().chain(&entry.predicate_words);
    match hit.tag {
        OTHER => hit.tokens.clone().any(|at| {
            let word = part.text.word(at);
            word.len() > 4 && words().any(|known| known == word)
        }),
        tag => words().any(|word| root(word) == Some(tag)),
    }
}
