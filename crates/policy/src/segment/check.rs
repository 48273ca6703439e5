//! What names and values mean: the only place that turns words into typed tests, with an error that helps.

use super::ast::{Ast, Comparison, NumberTest, OneOf};
use super::country::Country;
use super::error::SegmentError;
use super::field::{NumberField, SegmentField, StageMoment};
use super::lex::{Place, Sign, Token, shorten};
use super::problem::SegmentProblem;
use terms::customer::Language;
use terms::stage::Stage;

/// A value as written, not yet typed.
pub(crate) struct Literal {
    pub(crate) token: Token,
    pub(crate) place: Place,
}

/// Attributes people ask for that no segment may have, in both languages and without accents, so that the answer is
/// not "unknown". What the vault keeps is among them; a test of `flow`, which sees both, holds this.
const SENSITIVE: &[&str] = &[
    "addiction",
    "adiccion",
    "adn",
    "afiliacion_sindical",
    "age",
    "age_group",
    "ages",
    "anciano",
    "antecedentes_penales",
    "belief",
    "beliefs",
    "biometria",
    "biometric",
    "biometrico",
    "biometrics",
    "birth",
    "birth_date",
    "birth_year",
    "birthday",
    "child",
    "children",
    "creencia",
    "creencias",
    "criminal_record",
    "cumpleanos",
    "date_of_birth",
    "debt",
    "desempleado",
    "desempleo",
    "deuda",
    "deudas",
    "diagnosis",
    "diagnostico",
    "dificultades_economicas",
    "disability",
    "disabled",
    "discapacidad",
    "discapacitado",
    "disease",
    "dna",
    "edad",
    "elderly",
    "embarazada",
    "embarazo",
    "enfermedad",
    "estado_civil",
    "ethnic",
    "ethnic_group",
    "ethnic_origin",
    "ethnicity",
    "etnia",
    "face",
    "faith",
    "fe",
    "fecha_de_nacimiento",
    "fingerprint",
    "gambling",
    "gay",
    "gender",
    "genero",
    "genetic",
    "genetica",
    "genetics",
    "grupo_de_edad",
    "hardship",
    "health",
    "huella",
    "ideologia",
    "illness",
    "income",
    "ingresos",
    "ludopatia",
    "marital_status",
    "mayores",
    "medicacion",
    "medication",
    "menor",
    "menor_de_edad",
    "menores",
    "minor",
    "minors",
    "nacimiento",
    "nacionalidad",
    "nationality",
    "nino",
    "ninos",
    "opinion_politica",
    "orientacion",
    "orientacion_sexual",
    "orientation",
    "origen",
    "origen_etnico",
    "origen_racial",
    "origin",
    "partido",
    "party",
    "philosophy",
    "pobreza",
    "politica",
    "political",
    "political_opinion",
    "politics",
    "poverty",
    "pregnancy",
    "pregnant",
    "race",
    "racial_origin",
    "raza",
    "religion",
    "religioso",
    "religious",
    "renta",
    "salario",
    "salary",
    "salud",
    "sex",
    "sex_life",
    "sexo",
    "sexual_orientation",
    "sexualidad",
    "sexuality",
    "sindicato",
    "skin_color",
    "skin_colour",
    "trade_union",
    "transexual",
    "transgender",
    "underage",
    "unemployed",
    "union",
    "union_membership",
    "vida_sexual",
    "vote",
    "voto",
    "vulnerabilidad",
    "vulnerability",
    "vulnerable",
    "wealth",
];

/// Whether a word in small letters asks for something that no segment may have, with or without accents.
fn is_sensitive(word: &str) -> bool {
    let plain: String = word
        .chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            '-' | ' ' => '_',
            other => other,
        })
        .collect();
    SENSITIVE.contains(&plain.as_str())
}

/// The field a word names.
pub(crate) fn field(word: &str, place: Place) -> Result<SegmentField, SegmentError> {
    if let Some(field) = SegmentField::of(word) {
        return Ok(field);
    }
    let lower = word.to_lowercase();
    let last = lower.rsplit('.').next().unwrap_or(&lower);
    let shown = shorten(word);
    let problem = if is_sensitive(&lower) || is_sensitive(last) {
        SegmentProblem::Sensitive { word: shown }
    } else if let Some(stage) = Stage::ALL.iter().find(|stage| stage.as_str() == lower) {
        SegmentProblem::StageAsField { word: shown, stage: stage.as_str() }
    } else {
        let near = nearest(&lower, SegmentField::all().map(SegmentField::as_str));
        SegmentProblem::UnknownField { word: shown, near }
    };
    Err(SegmentError::new(problem, place))
}

/// `field sign value`.
pub(crate) fn comparison(
    field: SegmentField,
    sign: Sign,
    sign_place: Place,
    value: &Literal,
) -> Result<Ast, SegmentError> {
    let unordered = || match sign {
        Sign::Equal => Ok(true),
        Sign::NotEqual => Ok(false),
        other => Err(SegmentError::new(SegmentProblem::NoOrder { field, sign: other.as_str() }, sign_place)),
    };
    Ok(match field {
        SegmentField::Stage(moment) => Ast::Stage(moment, equality(unordered()?, stage(moment, value)?)),
        SegmentField::Country => Ast::Country(equality(unordered()?, country(value)?)),
        SegmentField::Language => Ast::Language(equality(unordered()?, language(value)?)),
        SegmentField::Number(field) => {
            let comparison = match sign {
                Sign::Equal => Comparison::Equal,
                Sign::NotEqual => Comparison::NotEqual,
                Sign::Less => Comparison::Less,
                Sign::LessOrEqual => Comparison::LessOrEqual,
                Sign::Greater => Comparison::Greater,
                Sign::GreaterOrEqual => Comparison::GreaterOrEqual,
            };
            Ast::Number(field, NumberTest::Compare(comparison, number(field, value)?))
        }
    })
}

fn equality<T>(equal: bool, value: T) -> OneOf<T> {
    if equal { OneOf::Is(value) } else { OneOf::IsNot(value) }
}

/// `field in (values)`.
pub(crate) fn membership(field: SegmentField, values: Vec<Literal>) -> Result<Ast, SegmentError> {
    fn each<T>(
        values: &[Literal],
        read: impl Fn(&Literal) -> Result<T, SegmentError>,
    ) -> Result<Vec<T>, SegmentError> {
        values.iter().map(read).collect()
    }
    Ok(match field {
        SegmentField::Stage(moment) => {
            Ast::Stage(moment, OneOf::In(each(&values, |value| stage(moment, value))?))
        }
        SegmentField::Country => Ast::Country(OneOf::In(each(&values, country)?)),
        SegmentField::Language => Ast::Language(OneOf::In(each(&values, language)?)),
        SegmentField::Number(field) => {
            Ast::Number(field, NumberTest::In(each(&values, |value| number(field, value))?))
        }
    })
}

/// `field between low and high`.
pub(crate) fn between(
    field: SegmentField,
    place: Place,
    low: &Literal,
    high: &Literal,
) -> Result<Ast, SegmentError> {
    let SegmentField::Number(field) = field else {
        return Err(SegmentError::new(SegmentProblem::NoOrder { field, sign: "between" }, place));
    };
    let (from, to) = (number(field, low)?, number(field, high)?);
    if from > to {
        return Err(SegmentError::new(SegmentProblem::Reversed { from, to }, (low.place.0, high.place.1)));
    }
    Ok(Ast::Number(field, NumberTest::Between(from, to)))
}

fn wrong(field: SegmentField, value: &Literal) -> SegmentError {
    SegmentError::new(SegmentProblem::NotAValue { value: value.token.quoted(), field }, value.place)
}

fn stage(moment: StageMoment, value: &Literal) -> Result<Stage, SegmentError> {
    let (Token::Word(word) | Token::Text(word)) = &value.token else {
        return Err(wrong(SegmentField::Stage(moment), value));
    };
    let lower = word.to_lowercase();
    lower.parse().map_err(|_| match nearest(&lower, Stage::ALL.iter().map(|stage| stage.as_str())) {
        Some(near) => {
            SegmentError::new(SegmentProblem::NotAStage { value: value.token.quoted(), near }, value.place)
        }
        None => wrong(SegmentField::Stage(moment), value),
    })
}

fn language(value: &Literal) -> Result<Language, SegmentError> {
    match &value.token {
        Token::Word(word) | Token::Text(word) => {
            word.to_lowercase().parse().map_err(|_| wrong(SegmentField::Language, value))
        }
        _ => Err(wrong(SegmentField::Language, value)),
    }
}

fn country(value: &Literal) -> Result<Country, SegmentError> {
    match &value.token {
        Token::Text(text) => text.parse().map_err(|_| wrong(SegmentField::Country, value)),
        Token::Word(word) if word.parse::<Country>().is_ok() => {
            let code = word.to_uppercase();
            Err(SegmentError::new(SegmentProblem::CountryWithoutQuotes { code }, value.place))
        }
        _ => Err(wrong(SegmentField::Country, value)),
    }
}

fn number(field: NumberField, value: &Literal) -> Result<f64, SegmentError> {
    let Token::Number(number) = value.token else {
        return Err(wrong(SegmentField::Number(field), value));
    };
    let (low, high) = field.range();
    if (low..=high).contains(&number) {
        return Ok(number);
    }
    let problem = if high == 1.0 && number > 1.0 && number <= 100.0 {
        SegmentProblem::PercentForShare { field, share: number / 100.0 }
    } else {
        SegmentProblem::OutOfRange { field, number }
    };
    Err(SegmentError::new(problem, value.place))
}

/// The name nearest to a word by edit distance, when it is near enough to be a slip: at most a third of its letters.
fn nearest(word: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if word.chars().count() > 40 {
        return None;
    }
    names
        .map(|name| (distance(word, name), name))
        .filter(|&(distance, name)| distance * 3 <= name.chars().count().max(word.chars().count()))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Optimal string alignment distance (Damerau 1964, restricted): insert, delete, replace, swap neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &cb) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&above, j + 1) + 1).min(at(&row, j) + 1).min(at(&above, j) + usize::from(ca != cb));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&cb) && b.get(j - 1) == Some(&ca);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn swapped_neighbours_count_as_one_slip() {
        assert_eq!(distance("contry", "country"), 1);
        assert_eq!(distance("satge", "stage"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
