//! A segment in plain words, in English or Spanish, for approvers and for customers who ask why.

use super::ast::{Ast, Comparison, NumberTest, OneOf};
use terms::customer::Language;
use terms::stage::Stage;

/// The segment in plain words: `stage is churned, and value percentile is at least 80`.
#[must_use]
pub fn describe(ast: &Ast, language: Language) -> String {
    let words = match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    };
    words.tell(ast, Depth::Top)
}

struct Words {
    language: Language,
    everyone: &'static str,
    country: &'static str,
    message_language: &'static str,
    is: &'static str,
    is_not: &'static str,
    one_of: &'static str,
    less: &'static str,
    at_most: &'static str,
    more: &'static str,
    at_least: &'static str,
    between: &'static str,
    and: &'static str,
    or: &'static str,
    not: &'static str,
}

const ENGLISH: Words = Words {
    language: Language::English,
    everyone: "everyone",
    country: "country",
    message_language: "language",
    is: "is",
    is_not: "is not",
    one_of: "is one of",
    less: "is less than",
    at_most: "is at most",
    more: "is more than",
    at_least: "is at least",
    between: "is between",
    and: "and",
    or: "or",
    not: "it is not the case that",
};

const SPANISH: Words = Words {
    language: Language::Spanish,
    everyone: "todas las personas",
    country: "el país",
    message_language: "el idioma",
    is: "es",
    is_not: "no es",
    one_of: "es una de estas opciones:",
    less: "es menor que",
    at_most: "es como máximo",
    more: "es mayor que",
    at_least: "es como mínimo",
    between: "está entre",
    and: "y",
    or: "o",
    not: "no se cumple que",
};

#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Top,
    Inner,
}

impl Words {
    fn tell(&self, ast: &Ast, depth: Depth) -> String {
        match ast {
            Ast::Everyone => self.everyone.to_owned(),
            Ast::Stage(moment, test) => {
                self.test(self.pick(moment.words()), test, |stage| match self.language {
                    Language::English => self.stage_name(*stage).to_owned(),
                    Language::Spanish => format!("«{}»", self.stage_name(*stage)),
                })
            }
            Ast::Country(test) => self.test(self.country, test, ToString::to_string),
            Ast::Language(test) => {
                self.test(self.message_language, test, |language| self.language_name(*language).to_owned())
            }
            Ast::Number(field, test) => {
                format!("{} {}", self.pick(field.words()), self.number(test))
            }
            Ast::Draw(percent, _) => match self.language {
                Language::English => format!("{percent} % of everybody are drawn by chance"),
                Language::Spanish => {
                    let percent = percent.to_string().replace('.', ",");
                    format!("se sortea al {percent} % de todas las personas")
                }
            },
            Ast::Not(inner) => format!("{} {}", self.not, self.tell(inner, Depth::Inner)),
            Ast::And(parts) => self.join(parts, self.and, depth),
            Ast::Or(parts) => self.join(parts, self.or, depth),
        }
    }

    const fn pick(&self, (english, spanish): (&'static str, &'static str)) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }

    fn join(&self, parts: &[Ast], word: &str, depth: Depth) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.tell(part, Depth::Inner)).collect();
        match depth {
            Depth::Top => parts.join(&format!(", {word} ")),
            Depth::Inner => format!("({})", parts.join(&format!(" {word} "))),
        }
    }

    fn test<T>(&self, field: &str, test: &OneOf<T>, name: impl Fn(&T) -> String) -> String {
        match test {
            OneOf::Is(value) => format!("{field} {} {}", self.is, name(value)),
            OneOf::IsNot(value) => format!("{field} {} {}", self.is_not, name(value)),
            OneOf::In(values) if values.len() == 1 => {
                format!("{field} {} {}", self.is, self.list(values.iter().map(name)))
            }
            OneOf::In(values) => format!("{field} {} {}", self.one_of, self.list(values.iter().map(name))),
        }
    }

    fn number(&self, test: &NumberTest) -> String {
        match test {
            NumberTest::Compare(comparison, value) => {
                let word = match comparison {
                    Comparison::Equal => self.is,
                    Comparison::NotEqual => self.is_not,
                    Comparison::Less => self.less,
                    Comparison::LessOrEqual => self.at_most,
                    Comparison::Greater => self.more,
                    Comparison::GreaterOrEqual => self.at_least,
                };
                format!("{word} {}", self.written(*value))
            }
            NumberTest::Between(low, high) => {
                format!("{} {} {} {}", self.between, self.written(*low), self.and, self.written(*high))
            }
            NumberTest::In(values) => {
                format!("{} {}", self.one_of, self.list(values.iter().map(|value| self.written(*value))))
            }
        }
    }

    fn written(&self, number: f64) -> String {
        match self.language {
            Language::English => number.to_string(),
            Language::Spanish => number.to_string().replace('.', ","),
        }
    }

    fn list(&self, names: impl Iterator<Item = String>) -> String {
        let mut names: Vec<String> = names.collect();
        match names.pop() {
            Some(last) if names.is_empty() => last,
            Some(last) => format!("{} {} {last}", names.join(", "), self.or),
            None => String::new(),
        }
    }

    const fn stage_name(&self, stage: Stage) -> &'static str {
        match (self.language, stage) {
            (Language::English, Stage::AtRisk) => "at risk",
            (Language::English, other) => other.as_str(),
            (Language::Spanish, Stage::Prospect) => "cliente potencial",
            (Language::Spanish, Stage::New) => "nuevo",
            (Language::Spanish, Stage::Active) => "activo",
            (Language::Spanish, Stage::AtRisk) => "en riesgo",
            (Language::Spanish, Stage::Churned) => "perdido",
            (Language::Spanish, Stage::Reactivated) => "reactivado",
        }
    }

    const fn language_name(&self, language: Language) -> &'static str {
        match (self.language, language) {
            (Language::English, Language::English) => "English",
            (Language::English, Language::Spanish) => "Spanish",
            (Language::Spanish, Language::English) => "inglés",
            (Language::Spanish, Language::Spanish) => "español",
        }
    }
}
