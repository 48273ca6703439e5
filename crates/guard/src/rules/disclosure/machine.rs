//! # D3 words of a machine
//! **Catches**: words a machine wrote that do not say so, and words that say a person wrote what a machine did.
//! **Why**: who reads is to know whether a person speaks.
//! **Basis**: AI Act 50. Fails: "Written by a person", when a machine wrote it. Passes: "written with AI and checked by a
//! person".
//!
//! Who wrote it comes with the context, not from the text. In a mail, which a person approves, the missing mark is shown
//! to that person; in a chat it blocks. A false mark blocks everywhere. Where nobody said who wrote it, it counts as a
//! machine's.

use crate::case::{Case, Outcome, Problem};
use crate::draft::{Author, Medium};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::is_excused;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

const MARK: u16 = 0;
const HUMAN: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "D3",
        family: Family::Disclosure,
        name_en: "machine-written words not marked",
        name_es: "texto de máquina sin indicarlo",
        catches: "Words a machine wrote that do not say so, or that say a person wrote them.",
        catches_es: "Palabras escritas por una máquina que no lo indican, o que dicen que las escribió una persona.",
        why: "Who reads is to know whether a person speaks.",
        why_es: "Quien lee debe saber si le habla una persona.",
        basis: "AI Act 50",
        basis_es: "Reglamento de IA, art. 50",
        severity: Severity::Warn,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "This letter was written by a person.",
                passes: "Some of these words were written with AI and checked by a person.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Esta carta la escribió una persona.",
                passes: "Parte de este texto se escribió con IA y lo revisó una persona.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: MARK,
            phrases: &[
                "written|created|made|generated|drafted|composed|produced|answered|assisted <w>? with|by|using <w>? <w>? ai|model|machine|chatbot|software|computer",
                "written|created|made|generated|drafted with|by|using <w>? artificial intelligence",
                "with the help of <w>? ai|model|machine|artificial",
                "ai generated|written|assisted|made|drafted",
                "i am|i'm an? ai|bot|chatbot|virtual|automated|digital assistant|helper|program?",
                "ai|virtual|automated|digital assistant|agent",
                "chatbot",
                "escribio|escrito|escrita|redactado|redactada|creado|creada|generado|generada|hecho|elaborado <w>? con|por|mediante <w>? ia|maquina|modelo|ordenador|programa|inteligencia",
                "con|mediante ayuda? de? ia|inteligencia artificial?",
                "texto|contenido|mensaje de ia",
                "soy <w>? ia|bot|chatbot|robot|programa",
                "asistente virtual|automatico|digital",
            ],
        },
        Cues {
            tag: HUMAN,
            phrases: &[
                "written|typed|composed|answered by <w>? <w>? person|human|humans|people|hand",
                "no|not|never|without <w>? ai|machine|bot|bots|robot|robots <w>? wrote|writes|here|involved",
                "no ai|bots|bot|robots",
                "i am|i'm a? real|human <w>? person|human?",
                "real person wrote|writes",
                "human written|made",
                "wrote this|it|these <..> myself|ourselves",
                "escrito|escrita|redactado|redactada por <w>? persona|personas|humano|humanos",
                "escribio una persona",
                "escrito|escrita a mano",
                "sin ia|bots|robots",
                "sin inteligencia artificial",
                "no soy <w>? bot|robot|maquina",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "checked|read|reviewed|answered by a person",
                "revisado|leido|reviso por una persona",
                "not|no <w>? written by <w>? person|human",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let mut marked = false;
    for (part, hit) in case.hits().filter(|(part, hit)| !is_excused(part, hit) || hit.tag == HUMAN) {
        marked |= hit.tag == MARK;
        if hit.tag != HUMAN || case.context.author == Author::Person || part.is_covered(&hit.tokens) {
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let known = case.context.author == Author::Machine;
        let problem = Problem {
            verdict: if known { Verdict::Contradicted } else { Verdict::Unknown },
            message: case.say(
                || {
                    format!(
                        "`{quote}` says that a person wrote this, and {}",
                        if known { "a machine did" } else { "nobody knows who did" }
                    )
                },
                || {
                    format!(
                        "`{quote}` dice que lo escribió una persona y {}",
                        if known { "lo hizo una máquina" } else { "nadie sabe quién lo hizo" }
                    )
                },
            ),
            repair: case.say(|| "take it out".to_owned(), || "quítalo".to_owned()),
        };
        outcome.blocks(case, part, &hit.tokens, problem, None);
    }
    if marked || case.context.author == Author::Person {
        return;
    }
    let problem = Problem {
        verdict: Verdict::Unchecked,
        message: case.say(
            || "nothing says that a machine wrote any of this".to_owned(),
            || "nada dice que una máquina escribió parte de esto".to_owned(),
        ),
        repair: case.say(
            || "tick that it was written with AI, so that the footer says so, or say who wrote it".to_owned(),
            || "marca que se escribió con IA para que el pie lo diga, o di quién lo escribió".to_owned(),
        ),
    };
    match case.context.medium {
        Medium::Mail => outcome.lacks(case, Field::Footer, problem),
        Medium::Chat => outcome.missing(case, Field::Body, problem, None),
    }
}
