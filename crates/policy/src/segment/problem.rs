//! What can be wrong with a segment, as a closed list, and the words for each in both languages.
//!
//! Goes in: what was found, and what was expected there. Comes out: one sentence, lowercase, without a full stop.
//! Field names, keywords and what somebody wrote stay as they are in either language. It knows no place in the text.

use super::field::{NumberField, SegmentField};
use super::parse::{MAX_DEPTH, MAX_LENGTH};
use terms::customer::Language;

/// What is wrong. Texts that somebody wrote are shortened and stand between backticks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SegmentProblem {
    /// More bytes than are read.
    TooLong {
        /// Bytes it has.
        bytes: usize,
    },
    /// Nothing but spaces.
    Empty,
    /// Parentheses or `not` nested too deep.
    TooDeep,
    /// Something else was expected here.
    Expected {
        /// What.
        wanted: Wanted,
        /// What stands there; `None` at the end of the text.
        found: Option<String>,
    },
    /// `a < b < c`.
    Chain {
        /// The first comparison.
        sign: &'static str,
    },
    /// A sensitive attribute was asked for.
    Sensitive {
        /// As written.
        word: String,
    },
    /// A stage where a field belongs.
    StageAsField {
        /// As written.
        word: String,
        /// The stage.
        stage: &'static str,
    },
    /// No such field.
    UnknownField {
        /// As written.
        word: String,
        /// The field that was probably meant.
        near: Option<&'static str>,
    },
    /// A comparison of more and less where there is none.
    NoOrder {
        /// The field.
        field: SegmentField,
        /// The comparison.
        sign: &'static str,
    },
    /// `between` with its ends the wrong way round.
    Reversed {
        /// First end.
        from: f64,
        /// Second end.
        to: f64,
    },
    /// A value the field does not have.
    NotAValue {
        /// As written, between backticks.
        value: String,
        /// The field.
        field: SegmentField,
    },
    /// No such stage, but one nearly so.
    NotAStage {
        /// As written, between backticks.
        value: String,
        /// The stage that was probably meant.
        near: &'static str,
    },
    /// A country without its quotes.
    CountryWithoutQuotes {
        /// The code.
        code: String,
    },
    /// A percentage where a share from 0 to 1 belongs.
    PercentForShare {
        /// The field.
        field: NumberField,
        /// The share that was probably meant.
        share: f64,
    },
    /// A number outside the field's range.
    OutOfRange {
        /// The field.
        field: NumberField,
        /// The number.
        number: f64,
    },
    /// A quoted text without its end.
    OpenText {
        /// The quote.
        quote: char,
    },
    /// A character that means nothing here.
    Stray {
        /// The character, written out when it cannot be seen.
        shown: String,
        /// The character.
        character: char,
    },
    /// A number beyond the largest that is read exactly.
    TooLarge {
        /// As written.
        text: String,
    },
    /// Something that begins like a number and is none.
    NotANumber {
        /// As written.
        text: String,
    },
}

/// What was expected at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Another condition, or nothing more.
    JoinOrEnd,
    /// A closing parenthesis.
    Close,
    /// The list after `in`.
    List,
    /// A condition.
    Condition,
    /// `in` after `not`.
    InAfterNot,
    /// `and` between the ends of `between`.
    AndBetween,
    /// What stands after `draw`.
    Draw,
    /// A comparison after a field.
    Comparison {
        /// The field, as written.
        after: String,
    },
    /// Another value, or the end of the list.
    NextInList,
    /// A value.
    Value {
        /// What stands before it.
        after: String,
    },
}

impl SegmentProblem {
    /// The problem in one sentence.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Spanish => self.spanish(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::TooLong { bytes } => format!(
                "the segment has {bytes} bytes, and at most {MAX_LENGTH} are read; use `in (...)` instead of long \
                 chains of `or`"
            ),
            Self::Empty => {
                "the segment is empty; write a test such as `stage = active`, or `everyone`".to_owned()
            }
            Self::TooDeep => {
                format!("nested more than {MAX_DEPTH} deep; split the segment or drop parentheses")
            }
            Self::Expected { wanted, found } => {
                format!("expected {}, found {}", wanted.english(), found.as_deref().unwrap_or("the end"))
            }
            Self::Chain { sign } => {
                format!("two comparisons in a row; join them with `and`, or write `between` (after `{sign}`)")
            }
            Self::Sensitive { word } => format!(
                "`{word}` is not available to segments: sensitive attributes are kept apart, and only the fairness \
                 audit reads them; select by what customers do instead, such as `silent_days` or `stage`"
            ),
            Self::StageAsField { word, stage } => {
                format!("`{word}` is a stage, not a field; write `stage = {stage}`")
            }
            Self::UnknownField { word, near: Some(near) } => {
                format!("`{word}` is not a field; did you mean `{near}`?")
            }
            Self::UnknownField { word, near: None } => {
                format!("`{word}` is not a field; there are: {}", all_fields())
            }
            Self::NoOrder { field, sign: "between" } => {
                format!("`{field}` has no order, so `between` does not apply; use `in`")
            }
            Self::NoOrder { field, sign } => {
                format!("`{field}` has no order, so `{sign}` does not apply; use `=`, `!=` or `in`")
            }
            Self::Reversed { from, to } => {
                format!("nothing lies between {from} and {to}; write `between {to} and {from}`")
            }
            Self::NotAValue { value, field } => {
                format!(
                    "{value} is not a value of `{field}`; expected {}",
                    expects(*field, Language::English)
                )
            }
            Self::NotAStage { value, near } => format!("{value} is not a stage; did you mean `{near}`?"),
            Self::CountryWithoutQuotes { code } => format!("put the country in quotes: `\"{code}\"`"),
            Self::PercentForShare { field, share } => {
                format!("`{field}` goes from 0 to 1; did you mean `{share}`?")
            }
            Self::OutOfRange { field, number } => match field.range() {
                (low, high) if high.is_finite() => {
                    format!("`{field}` goes from {low} to {high}; `{number}` is outside")
                }
                (low, _) => format!("`{field}` is never less than {low}; `{number}` is outside"),
            },
            Self::OpenText { quote } => format!("this text has no end; close it with `{quote}`"),
            Self::Stray { shown, character } => {
                let help = match character {
                    '!' => "write `!=` for not equal, or `not`",
                    '&' => "write `and`",
                    '|' => "write `or`",
                    '%' => "write the number alone: percentiles go from 0 to 100, chances from 0 to 1",
                    '“' | '”' | '‘' | '’' | '«' | '»' => "use straight quotes: `\"`",
                    _ => "expected a field, a value, a comparison or a parenthesis",
                };
                format!("`{shown}` means nothing here; {help}")
            }
            Self::TooLarge { text } => format!("`{text}` is too large; use at most 1000000000000000"),
            Self::NotANumber { text } => {
                format!("`{text}` is not a number; write it with digits and a point, such as 80 or 0.5")
            }
        }
    }

    fn spanish(&self) -> String {
        match self {
            Self::TooLong { bytes } => format!(
                "el segmento tiene {bytes} bytes y se leen {MAX_LENGTH} como máximo; usa `in (...)` en vez de cadenas \
                 largas de `or`"
            ),
            Self::Empty => {
                "el segmento está vacío; escribe una condición como `stage = active`, o `everyone`".to_owned()
            }
            Self::TooDeep => {
                format!("más de {MAX_DEPTH} niveles de profundidad; divide el segmento o quita paréntesis")
            }
            Self::Expected { wanted, found: Some(found) } => {
                format!("se esperaba {}, y hay {found}", wanted.spanish())
            }
            Self::Expected { wanted, found: None } => {
                format!("se esperaba {}, y el texto termina", wanted.spanish())
            }
            Self::Chain { sign } => {
                format!("dos comparaciones seguidas; únelas con `and`, o escribe `between` (tras `{sign}`)")
            }
            Self::Sensitive { word } => format!(
                "`{word}` no está disponible en los segmentos: los atributos sensibles se guardan aparte y solo los lee \
                 la auditoría de equidad; elige por lo que hacen los clientes, como `silent_days` o `stage`"
            ),
            Self::StageAsField { word, stage } => {
                format!("`{word}` es una etapa, no un campo; escribe `stage = {stage}`")
            }
            Self::UnknownField { word, near: Some(near) } => {
                format!("`{word}` no es un campo; ¿querías decir `{near}`?")
            }
            Self::UnknownField { word, near: None } => {
                format!("`{word}` no es un campo; existen: {}", all_fields())
            }
            Self::NoOrder { field, sign: "between" } => {
                format!("`{field}` no tiene orden, así que `between` no se aplica; usa `in`")
            }
            Self::NoOrder { field, sign } => {
                format!("`{field}` no tiene orden, así que `{sign}` no se aplica; usa `=`, `!=` o `in`")
            }
            Self::Reversed { from, to } => {
                format!("no hay nada entre {from} y {to}; escribe `between {to} and {from}`")
            }
            Self::NotAValue { value, field } => format!(
                "{value} no es un valor de `{field}`; se esperaba {}",
                expects(*field, Language::Spanish)
            ),
            Self::NotAStage { value, near } => {
                format!("{value} no es una etapa; ¿querías decir `{near}`?")
            }
            Self::CountryWithoutQuotes { code } => format!("pon el país entre comillas: `\"{code}\"`"),
            Self::PercentForShare { field, share } => {
                format!("`{field}` va de 0 a 1; ¿querías decir `{share}`?")
            }
            Self::OutOfRange { field, number } => match field.range() {
                (low, high) if high.is_finite() => {
                    format!("`{field}` va de {low} a {high}; `{number}` queda fuera")
                }
                (low, _) => format!("`{field}` nunca es menor que {low}; `{number}` queda fuera"),
            },
            Self::OpenText { quote } => format!("este texto no tiene final; ciérralo con `{quote}`"),
            Self::Stray { shown, character } => {
                let help = match character {
                    '!' => "escribe `!=` para distinto, o `not`",
                    '&' => "escribe `and`",
                    '|' => "escribe `or`",
                    '%' => {
                        "escribe solo el número: los percentiles van de 0 a 100, las probabilidades de 0 a 1"
                    }
                    '“' | '”' | '‘' | '’' | '«' | '»' => "usa comillas rectas: `\"`",
                    _ => "se esperaba un campo, un valor, una comparación o un paréntesis",
                };
                format!("`{shown}` no significa nada aquí; {help}")
            }
            Self::TooLarge { text } => {
                format!("`{text}` es demasiado grande; usa 1000000000000000 como máximo")
            }
            Self::NotANumber { text } => {
                format!("`{text}` no es un número; escríbelo con cifras y un punto, como 80 o 0.5")
            }
        }
    }
}

impl Wanted {
    fn english(&self) -> String {
        match self {
            Self::JoinOrEnd => "`and`, `or` or the end".to_owned(),
            Self::Close => "`)` to close the parenthesis".to_owned(),
            Self::List => "`(` after `in`".to_owned(),
            Self::Condition => "a field, `not` or `(`".to_owned(),
            Self::InAfterNot => "`in` after `not`".to_owned(),
            Self::AndBetween => "`and` between the two ends".to_owned(),
            Self::Draw => "a percentage from 0 to 100 and a whole seed, as in `draw(20, 4711)`".to_owned(),
            Self::Comparison { after } => {
                format!("`=`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `between` after `{after}`")
            }
            Self::NextInList => "`,` or `)` in the list".to_owned(),
            Self::Value { after } => format!("a value after `{after}`"),
        }
    }

    fn spanish(&self) -> String {
        match self {
            Self::JoinOrEnd => "`and`, `or` o el final".to_owned(),
            Self::Close => "`)` para cerrar el paréntesis".to_owned(),
            Self::List => "`(` tras `in`".to_owned(),
            Self::Condition => "un campo, `not` o `(`".to_owned(),
            Self::InAfterNot => "`in` tras `not`".to_owned(),
            Self::AndBetween => "`and` entre los dos extremos".to_owned(),
            Self::Draw => {
                "un porcentaje de 0 a 100 y una semilla entera, como en `draw(20, 4711)`".to_owned()
            }
            Self::Comparison { after } => {
                format!("`=`, `!=`, `<`, `<=`, `>`, `>=`, `in` o `between` tras `{after}`")
            }
            Self::NextInList => "`,` o `)` en la lista".to_owned(),
            Self::Value { after } => format!("un valor tras `{after}`"),
        }
    }
}

fn all_fields() -> String {
    SegmentField::all().map(SegmentField::as_str).collect::<Vec<_>>().join(", ")
}

/// What a field's values are.
const fn expects(field: SegmentField, language: Language) -> &'static str {
    match (field, language) {
        (SegmentField::Stage(_), Language::English) => {
            "a stage: `prospect`, `new`, `active`, `at_risk`, `churned` or `reactivated`, without quotes"
        }
        (SegmentField::Stage(_), Language::Spanish) => {
            "una etapa: `prospect`, `new`, `active`, `at_risk`, `churned` o `reactivated`, sin comillas"
        }
        (SegmentField::Country, Language::English) => "a country code in quotes, such as `\"ES\"`",
        (SegmentField::Country, Language::Spanish) => "un código de país entre comillas, como `\"ES\"`",
        (SegmentField::Language, Language::English) => "a language: `en` or `es`, without quotes",
        (SegmentField::Language, Language::Spanish) => "un idioma: `en` o `es`, sin comillas",
        (SegmentField::Number(_), Language::English) => "a number",
        (SegmentField::Number(_), Language::Spanish) => "un número",
    }
}
