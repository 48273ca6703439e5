//! # C4 financial return
//! **Catches**: risk-free returns, guaranteed income, get rich, double your money; a yield without its fact.
//! **Why**: savings are lost on promises like these.
//! **Basis**: UCPD 6; CNMV Circular 2/2020; FCA COBS 4. Fails: "8 % with no risk". Passes: a stated rate that is a fact.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C4",
        family: Family::Claims,
        name_en: "promised return",
        name_es: "rentabilidad prometida",
        catches: "Money promised without risk, or riches without work.",
        why: "Savings are lost on promises like these.",
        basis: "UCPD 6; CNMV Circular 2/2020",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Earn 8 % with no risk.",
                passes: "All investments carry risk; you can lose money.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Gana un 8 % sin riesgo.",
                passes: "Toda inversión tiene riesgo; puedes perder dinero.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "<n> % <w>? a|per|weekly|monthly|daily|every year|month|week ,? <..> risk|guaranteed|any|safe",
                "<n> % weekly|daily|a week|a day|every week|win",
                "returned|gained|made|earned <n> % <..> a|last|year|years",
                "gain|gains|return|returns <n> % a year",
                "only|can go one way :? up",
                "only go up",
                "never fall|falls|drop|drops in price|value",
                "all <..> upside ,? none",
                "none of the downside",
                "retire a|this millionaire|summer",
                "at least twice|double what you paid|put|invested",
                "twice what you",
                "win rate",
                "trade|trades in profit",
                "beats|beat the stock|market|bank",
                "earn|earns more than <..> savings|bank",
                "comes in by itself",
                "pay|pays for themselves|itself in <n>",
                "never had a bad|losing year|month",
                "lose ? impossible",
                "rental yield of",
                "yield of <n> %",
                "green candles",
                "any <w>? risk",
                "<n> % fijo|fija|seguro|segura|garantizado|anual <w>? asegurado?",
                "nunca baja|bajan|pierde|pierden|cae",
                "alquiler asegurado|garantizado",
                "vendelo|vender por el doble",
                "<n> € al mes desde|sin|con nuestro",
                "vivir de las rentas",
                "nunca perderas|pierdes|perdera",
                "ni un centimo con nuestro",
                "gane|gana cuando <..> sube",
                "te|os|le hara rico|rica|ricos",
                "acierta <n> de cada",
                "recupera|recuperas la|tu inversion en <n>",
                "multiplicada|multiplicado por <n>",
                "sin mover un dedo",
                "sueldo de por vida",
                "beneficio|cosecha|ganancia|renta seguro|segura",
                "cobra|gana|gane el? <n> % <..> pase",
                "pase lo que pase",
                "el capital no puede",
                "no conocen el signo menos",
                "esto se va a",
                "senal|senales de compra",
                "limpios al mes",
                "tu dinero trabaja",
                "risk free <..> return|returns|profit|profits|investment|investments|income|yield|earnings|savings|interest|money",
                "return|returns|profit|profits|investment|income|yield|yields|earn|earns|earning|invest <..> risk free",
                "<n> % <..> risk free",
                "<n> % <..> no|without|zero risk",
                "return|returns|profit|profits|investment|income|yield|earn|earns|invest <..> no|without|zero risk",
                "no|without|zero risk <..> return|returns|profit|profits|investment|yield|money",
                "guaranteed|assured|certain|sure <w>? return|returns|profit|profits|income|yield|gains|earnings|interest",
                "return|returns|profit|profits|income|yield|gains guaranteed|assured",
                "double|triple|multiply|multiplies|doubles your|their money|savings|investment|capital|income",
                "get|become rich|wealthy",
                "make you rich|wealthy",
                "easy|quick|fast money|cash|profits|profit",
                "passive income",
                "make money <w>? you sleep",
                "money <..> while you sleep",
                "financial freedom",
                "can't|cannot|never lose money|capital|anything on",
                "beat|beats|beating the market",
                "become a millionaire",
                "quit your job",
                "sin riesgo|riesgos <..> rentabilidad|beneficio|beneficios|ganancias|ingresos|inversion|interes|dinero",
                "rentabilidad|beneficio|beneficios|ganancias|gana|ganas|inversion|invierte|interes|ahorro|ahorros <..> sin riesgo|riesgos",
                "<n> % <..> sin riesgo|riesgos",
                "rentabilidad|beneficio|beneficios|ganancias|ingresos|intereses garantizada|garantizado|garantizados|garantizadas|asegurada|asegurado|asegurados|aseguradas",
                "garantiza~ <..> rentabilidad|beneficio|beneficios|ganancias|ingresos",
                "duplica|triplica|multiplica|duplicar|multiplicar tu|tus|su|sus|el dinero|ahorros|inversion|capital|ingresos",
                "hazte|hacerte|volverte rico|rica|millonario|millonaria",
                "dinero facil|rapido",
                "ingresos pasivos",
                "gana|ganar dinero mientras duermes|facil|rapido",
                "libertad financiera",
                "imposible perder",
                "no puedes perder dinero|nada",
                "bate|batir|supera al mercado",
                "deja tu trabajo",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "puede rendir|perder",
                "fondo invierte en",
                "pays for itself in coffee",
                "capital may|can fall|lose|at",
                "any risk of rain|frost",
                "beats the traffic|heat|cold",
                "return|returns <..> no risk to your statutory rights",
                "no easy money",
                "carry|carries|involve|involves risk",
                "free returns",
                "returns and exchanges",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` promises money without risk or work",
    es: "`{}` promete dinero sin riesgo o sin esfuerzo",
    repair_en: "state the product, its rate with the fact behind it, and its risk",
    repair_es: "di cuál es el producto, su tipo con el dato que lo respalda y su riesgo",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
