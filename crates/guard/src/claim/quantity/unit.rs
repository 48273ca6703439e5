//! Units of measure in both languages, and what a value in one of them is in the base unit of its dimension: 500 ml
//! and 0.5 l are one volume, 48 hours and 2 days one time. Data, and the arithmetic of comparing two values.

/// What is measured; values of two dimensions are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// In hours, of which a month has 730.
    Time,
    /// In days on which people work.
    WorkingDays,
    /// In grams.
    Mass,
    /// In millilitres.
    Volume,
    /// In millimetres.
    Length,
    /// In square millimetres.
    Area,
    /// In watts.
    Power,
    /// In watt-hours.
    Energy,
    /// In milliampere-hours.
    Charge,
    /// In megabytes.
    Memory,
    /// In megabits a second.
    Rate,
    /// In degrees Celsius.
    Temperature,
    /// In kilometres an hour.
    Speed,
    /// Units that are converted into no other: lumens, volts, hertz, decibels, megapixels, ...
    Other(&'static str),
}

/// A value, or a range of values, in the base unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    pub(crate) dimension: Dimension,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Written in inches, pounds and the like.
    pub(crate) imperial: bool,
}

/// Of values in two systems of units, rounding may part this share.
const CONVERTED: f64 = 0.02;
/// "About" and "nearly" may be off by this share.
const ROUGHLY: f64 = 0.05;

impl Measure {
    /// True when both state the same, "about" or exactly.
    pub(crate) fn equals(&self, other: &Self, roughly: bool) -> bool {
        let slack = if roughly {
            ROUGHLY
        } else if self.imperial == other.imperial {
            1e-6
        } else {
            CONVERTED
        };
        let near = |a: f64, b: f64| (a - b).abs() <= slack * a.abs().max(b.abs());
        self.dimension == other.dimension && near(self.low, other.low) && near(self.high, other.high)
    }
}

/// The dimension of a unit, its size in the base unit, and whether it is an imperial one.
pub(crate) fn unit(word: &str) -> Option<(Dimension, f64, bool)> {
    use Dimension as D;
    let (dimension, size) = match word {
        "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" => (D::Time, 1.0 / 60.0),
        "second" | "seconds" | "segundo" | "segundos" => (D::Time, 1.0 / 3_600.0),
        "h" | "hr" | "hrs" | "hour" | "hours" | "hora" | "horas" => (D::Time, 1.0),
        "d" | "day" | "days" | "dia" | "dias" | "night" | "nights" | "noche" | "noches" => (D::Time, 24.0),
        "week" | "weeks" | "wk" | "semana" | "semanas" => (D::Time, 168.0),
        "month" | "months" | "mes" | "meses" => (D::Time, 730.0),
        "year" | "years" | "yr" | "yrs" | "ano" | "anos" => (D::Time, 8_760.0),
        "business_day" | "business_days" | "working_day" | "working_days" => (D::WorkingDays, 1.0),
        "mg" | "milligram" | "milligrams" | "miligramo" | "miligramos" => (D::Mass, 0.001),
        "g" | "gr" | "grs" | "gram" | "grams" | "gramme" | "grammes" | "gramo" | "gramos" => (D::Mass, 1.0),
        "kg" | "kgs" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kilogramo" | "kilogramos" => {
            (D::Mass, 1_000.0)
        }
        "tonne" | "tonnes" | "tonelada" | "toneladas" => (D::Mass, 1_000_000.0),
        "ml" | "millilitre" | "millilitres" | "milliliter" | "milliliters" | "mililitro" | "mililitros" => {
            (D::Volume, 1.0)
        }
        "cl" | "centilitre" | "centilitres" | "centilitro" | "centilitros" => (D::Volume, 10.0),
        "dl" => (D::Volume, 100.0),
        "l" | "litre" | "litres" | "liter" | "liters" | "litro" | "litros" => (D::Volume, 1_000.0),
        "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" | "milimetro" | "milimetros" => {
            (D::Length, 1.0)
        }
        "cm" | "cms" | "centimetre" | "centimetres" | "centimeter" | "centimeters" | "centimetro"
        | "centimetros" => (D::Length, 10.0),
        "m" | "metre" | "metres" | "meter" | "meters" | "metro" | "metros" => (D::Length, 1_000.0),
        "km" | "kms" | "kilometre" | "kilometres" | "kilometer" | "kilometers" | "kilometro"
        | "kilometros" => (D::Length, 1_000_000.0),
        "w" | "watt" | "watts" | "vatio" | "vatios" => (D::Power, 1.0),
        "kw" | "kilowatt" | "kilowatts" | "kilovatio" | "kilovatios" => (D::Power, 1_000.0),
        "wh" => (D::Energy, 1.0),
        "kwh" => (D::Energy, 1_000.0),
        "mah" => (D::Charge, 1.0),
        "ah" => (D::Charge, 1_000.0),
        "mb" | "megabyte" | "megabytes" | "megas" => (D::Memory, 1.0),
        "gb" | "gigabyte" | "gigabytes" | "gigas" => (D::Memory, 1_000.0),
        "tb" | "terabyte" | "terabytes" | "teras" => (D::Memory, 1_000_000.0),
        "mbps" => (D::Rate, 1.0),
        "gbps" => (D::Rate, 1_000.0),
        "celsius" => (D::Temperature, 1.0),
        "kmh" | "kph" => (D::Speed, 1.0),
        "lm" | "lumen" | "lumens" | "lumenes" => (D::Other("lm"), 1.0),
        "lux" => (D::Other("lx"), 1.0),
        "v" | "volt" | "volts" | "voltio" | "voltios" => (D::Other("V"), 1.0),
        "hz" | "hertz" | "hercios" => (D::Other("Hz"), 1.0),
        "khz" => (D::Other("Hz"), 1e3),
        "mhz" => (D::Other("Hz"), 1e6),
        "ghz" => (D::Other("Hz"), 1e9),
        "db" | "decibel" | "decibels" | "decibelio" | "decibelios" => (D::Other("dB"), 1.0),
        "mp" | "mpx" | "megapixel" | "megapixels" | "megapixeles" => (D::Other("MP"), 1.0),
        "px" | "pixel" | "pixels" | "pixeles" => (D::Other("px"), 1.0),
        "dpi" | "ppp" => (D::Other("dpi"), 1.0),
        "rpm" => (D::Other("rpm"), 1.0),
        "bar" | "bares" => (D::Other("bar"), 1.0),
        "kcal" | "calories" | "calorias" | "kilocalories" | "kilocalorias" => (D::Other("kcal"), 1.0),
        "hp" | "cv" | "horsepower" => (D::Other("hp"), 1.0),
        "kelvin" => (D::Other("K"), 1.0),
        "carat" | "carats" | "quilates" => (D::Other("ct"), 1.0),
        "denier" => (D::Other("den"), 1.0),
        _ => return imperial(word).map(|(dimension, size)| (dimension, size, true)),
    };
    Some((dimension, size, false))
}

fn imperial(word: &str) -> Option<(Dimension, f64)> {
    use Dimension as D;
    Some(match word {
        "oz" | "ounce" | "ounces" | "onza" | "onzas" => (D::Mass, 28.349_5),
        "lb" | "lbs" => (D::Mass, 453.592),
        "pint" | "pints" | "pinta" | "pintas" => (D::Volume, 568.261),
        "gallon" | "gallons" | "galon" | "galones" => (D::Volume, 3_785.41),
        "inch" | "inches" | "pulgada" | "pulgadas" => (D::Length, 25.4),
        "ft" | "foot" | "feet" => (D::Length, 304.8),
        "yard" | "yards" => (D::Length, 914.4),
        "mile" | "miles" | "milla" | "millas" => (D::Length, 1_609_344.0),
        "mph" => (D::Speed, 1.609_344),
        _ => return None,
    })
}

/// The value of a fact with its unit; the unit may also be the last word of the predicate: `battery_hours`.
pub(crate) fn of_fact(value: f64, unit_text: &str, predicate_words: &[String]) -> Option<Measure> {
    let written = crate::text::fold::fold(unit_text.trim()).replace([' ', '-'], "_");
    let (dimension, size, imperial) = match written.as_str() {
        "" => unit(predicate_words.last()?).filter(|_| predicate_words.len() > 1)?,
        "m2" | "m²" | "sqm" => (Dimension::Area, 1e6, false),
        "cm2" | "cm²" => (Dimension::Area, 100.0, false),
        "m3" | "m³" => (Dimension::Volume, 1e6, false),
        "c" | "°c" | "degrees" | "grados" => (Dimension::Temperature, 1.0, false),
        "km/h" => (Dimension::Speed, 1.0, false),
        "k" => (Dimension::Other("K"), 1.0, false),
        "\"" | "in" => (Dimension::Length, 25.4, true),
        "dias_laborables" | "dias_habiles" | "workday" | "workdays" => (Dimension::WorkingDays, 1.0, false),
        word => unit(word)?,
    };
    let value = value * size;
    Some(Measure { dimension, low: value, high: value, imperial })
}
