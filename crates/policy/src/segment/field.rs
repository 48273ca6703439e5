//! What a segment may ask about: every field, its text in the language, and the range its values lie in.
//!
//! Deliberately absent: age, gender, health, origin, belief. They have no name here, so nothing can select by them.

/// When a stage was, or is, the customer's. The last two full month ends are those between which the migration map
/// counts moves, so each of its flows is a segment: `moved.from = active and moved.to = at_risk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StageMoment {
    /// Today.
    Now,
    /// At the last month end but one.
    MovedFrom,
    /// At the last month end.
    MovedTo,
}

impl StageMoment {
    /// Every moment.
    pub const ALL: [Self; 3] = [Self::Now, Self::MovedFrom, Self::MovedTo];

    /// The moment's text in the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "stage",
            Self::MovedFrom => "moved.from",
            Self::MovedTo => "moved.to",
        }
    }

    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Now => ("stage", "la etapa"),
            Self::MovedFrom => ("stage two month ends ago", "la etapa hace dos fines de mes"),
            Self::MovedTo => ("stage at the last month end", "la etapa al último fin de mes"),
        }
    }
}

/// A field of the segment language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentField {
    /// Lifecycle stage at a moment.
    Stage(StageMoment),
    /// Country of the contact record.
    Country,
    /// Language messages are written in.
    Language,
    /// A number.
    Number(NumberField),
}

impl SegmentField {
    /// Every field, in the order pages list them.
    pub fn all() -> impl Iterator<Item = Self> {
        StageMoment::ALL
            .map(Self::Stage)
            .into_iter()
            .chain([Self::Country, Self::Language])
            .chain(NumberField::ALL.iter().copied().map(Self::Number))
    }

    /// The field's text in the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stage(moment) => moment.as_str(),
            Self::Country => "country",
            Self::Language => "language",
            Self::Number(field) => field.as_str(),
        }
    }

    /// The field of a text, in any case; `None` when there is no such field.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::all().find(|field| field.as_str().eq_ignore_ascii_case(text))
    }
}

impl std::fmt::Display for SegmentField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! number_fields {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $low:expr, $high:expr, $en:literal, $es:literal;)+) => {
        /// A numeric field. Amounts are in major units of the brand's currency.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum NumberField { $($(#[$meta])* $variant),+ }

        impl NumberField {
            /// Every numeric field, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The field's text in the language.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }

            /// Least and greatest value the field can have; infinite where there is no bound.
            #[must_use]
            pub const fn range(self) -> (f64, f64) { match self { $(Self::$variant => ($low, $high)),+ } }

            pub(crate) const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $es)),+ }
            }
        }
    };
}

const NONE: f64 = f64::INFINITY;

number_fields! {
    /// Days since the last purchase.
    SilentDays = "silent_days", 0.0, NONE,
        "number of days since the last purchase", "el número de días desde la última compra";
    /// Days since the first purchase.
    TenureDays = "tenure_days", 0.0, NONE,
        "number of days since the first purchase", "el número de días desde la primera compra";
    /// Days since the brand first knew the customer.
    KnownDays = "known_days", 0.0, NONE,
        "number of days since first known", "el número de días desde que se le conoce";
    /// Repeat purchases: days with a purchase, minus one.
    Frequency = "frequency", 0.0, NONE, "number of repeat purchases", "el número de compras repetidas";
    /// Days with a purchase; missing, like all purchase fields, for a prospect.
    Purchases = "purchases", 0.0, NONE, "number of purchases", "el número de compras";
    /// Days with a purchase within the last 90 days.
    Purchases90 = "purchases_90", 0.0, NONE,
        "number of purchases in 90 days", "el número de compras en 90 días";
    /// Opens and clicks within the last 90 days.
    Engagement90 = "engagement_90", 0.0, NONE,
        "number of opens and clicks in 90 days", "el número de aperturas y clics en 90 días";
    /// Mean amount of a purchase.
    Monetary = "monetary", -NONE, NONE, "mean amount of a purchase", "el importe medio de compra";
    /// Sum of all amounts, returns subtracted.
    Spend = "spend", -NONE, NONE, "total spend", "el gasto total";
    /// Mean days between purchases; missing with fewer than two.
    GapMean = "gap_mean", 0.0, NONE, "mean number of days between purchases", "la media de días entre compras";
    /// Expected value over the next year.
    Value = "value", -NONE, NONE, "expected value next year", "el valor esperado el próximo año";
    /// Rank of the expected value among all customers, 0 to 100; 100 is the highest.
    ValuePercentile = "value.percentile", 0.0, 100.0, "value percentile", "el percentil de valor";
    /// Rank of the expected value within the customer's stage, 0 to 100.
    ValueStagePercentile = "value.stage_percentile", 0.0, 100.0,
        "value percentile within the stage", "el percentil de valor dentro de la etapa";
    /// Risk of churning within the next period, 0 to 1.
    RiskChurn = "risk.churn", 0.0, 1.0, "risk of churning", "el riesgo de abandono";
    /// Chance of coming back within the next period, 0 to 1.
    ChanceReactivation = "chance.reactivation", 0.0, 1.0, "chance of coming back", "la probabilidad de volver";
    /// Chance that a prospect buys within the next period, 0 to 1.
    ChanceConversion = "chance.conversion", 0.0, 1.0,
        "chance of a first purchase", "la probabilidad de una primera compra";
    /// Chance of any purchase within the next period, 0 to 1.
    ChancePurchase = "chance.purchase", 0.0, 1.0, "chance of a purchase", "la probabilidad de compra";
}

impl NumberField {
    /// True for what a model computes: values, risks and chances.
    #[must_use]
    pub const fn is_score(self) -> bool {
        matches!(
            self,
            Self::Value
                | Self::ValuePercentile
                | Self::ValueStagePercentile
                | Self::RiskChurn
                | Self::ChanceReactivation
                | Self::ChanceConversion
                | Self::ChancePurchase
        )
    }

    /// Position of this field in rows and columns, 0 to [`NumberField::COUNT`] - 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for NumberField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
