//! What the parts of an event mean: contact traits, an order, an answer to a message.
//!
//! Goes in: properties and traits as they came. Comes out: values that fit the house's types, or nothing: what cannot
//! be read is left out, never guessed. Pure.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;
use terms::delivery::ResponseKind;
use terms::money::Currency;
use terms::time::Instant;

use super::parse::Event;
use super::when;

/// Fields of an object as texts; of a name that stands twice, the last.
type Fields<'a> = HashMap<String, &'a RawValue>;

/// The most an order can be, in major units.
const MAX_AMOUNT: f64 = 1e9;

/// What an event says of a contact record. What it leaves open stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) country: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) created_at: Option<Instant>,
}

/// An order, or what of it was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    /// Order number; empty when there is none.
    pub(super) number: String,
    /// Minor units, above zero also for a return; none when the event names no amount.
    pub(super) minor: Option<i64>,
    /// False when the order is in another currency than the shop's.
    pub(super) our_currency: bool,
}

fn fields(raw: Option<&RawValue>) -> Fields<'_> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

fn text(fields: &Fields<'_>, names: &[&str]) -> Option<String> {
    let found =
        names.iter().find_map(|name| serde_json::from_str::<String>(fields.get(*name)?.get()).ok())?;
    let clean: String = found.chars().filter(|c| !c.is_control()).collect();
    Some(clean.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A text, or a number as its text.
fn text_or_number(fields: &Fields<'_>, names: &[&str]) -> Option<String> {
    text(fields, names).or_else(|| {
        let raw = names.iter().find_map(|name| fields.get(*name))?.get();
        raw.bytes().all(|byte| byte.is_ascii_digit()).then(|| raw.to_owned())
    })
}

fn number(fields: &Fields<'_>, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| decimal(fields.get(*name)?.get()))
}

/// A finite number, also one that was sent as a text.
fn decimal(raw: &str) -> Option<f64> {
    raw.trim().trim_matches('"').trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The contact traits of an event: those of the call itself before those of its context.
pub(super) fn traits(event: &Event<'_>) -> Traits {
    let (own, around) = (fields(event.data), fields(event.traits));
    let either = |names: &[&str]| text(&own, names).or_else(|| text(&around, names));
    let address = |fields: &Fields<'_>| -> Option<String> {
        let inner: Fields<'_> = serde_json::from_str(fields.get("address")?.get()).ok()?;
        text(&inner, &["countryCode", "country_code", "country"])
    };
    let country = either(&["countryCode", "country_code", "country"]).or_else(|| address(&own));
    let locale = either(&["locale", "language"]).or_else(|| event.locale.as_deref().map(str::to_owned));
    let zone =
        either(&["timezone", "timeZone", "time_zone"]).or_else(|| event.zone.as_deref().map(str::to_owned));
    let created = ["createdAt", "created_at"].iter().find_map(|name| own.get(*name));
    Traits {
        email: either(&["email"]).filter(|email| is_address(email)),
        first_name: either(&["firstName", "first_name"]).filter(|name| name.chars().count() <= 80),
        locale: locale.filter(|locale| is_locale(locale)),
        country: country.map(|code| code.to_ascii_uppercase()).filter(|code| is_country(code)),
        time_zone: zone.filter(|zone| zone.len() <= 64 && jiff::tz::TimeZone::get(zone).is_ok()),
        created_at: created.and_then(|raw| moment(raw)),
    }
}

fn moment(raw: &RawValue) -> Option<Instant> {
    match serde_json::from_str::<String>(raw.get()) {
        Ok(text) => when::read(&text),
        Err(_) => raw.get().parse().ok().and_then(when::of_number),
    }
}

fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
    };
    text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(local, host)| plain(local) && plain(host) && !host.contains('@'))
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    language
        && text.len() <= 20
        && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// What `categoryPreferences` say. Of a category that stands twice, the refusal counts.
pub(super) fn categories(raw: &RawValue) -> Vec<(String, bool)> {
    struct Pairs(BTreeMap<String, bool>);
    impl<'de> Deserialize<'de> for Pairs {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> serde::de::Visitor<'de> for Visit {
                type Value = Pairs;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("categories")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                    let mut pairs = BTreeMap::new();
                    while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                        // Anything that is not plainly yes is no.
                        let yes = value.get() == "true";
                        pairs.entry(name).and_modify(|known| *known &= yes).or_insert(yes);
                    }
                    Ok(Pairs(pairs))
                }
            }
            from.deserialize_map(Visit)
        }
    }
    serde_json::from_str::<Pairs>(raw.get()).map(|pairs| pairs.0.into_iter().collect()).unwrap_or_default()
}

/// An order's number and amount: `total`, else `revenue`, `value`, or the sum over its products.
pub(super) fn order(data: Option<&RawValue>, shop: Currency) -> Order {
    let properties = fields(data);
    let named = text(&properties, &["currency"]);
    let our_currency = named.is_none_or(|code| code.parse::<Currency>().is_ok_and(|code| code == shop));
    let amount = number(&properties, &["total", "revenue", "value"]).or_else(|| products(&properties));
    let scale = 10f64.powi(i32::try_from(shop.digits()).unwrap_or(2));
    let minor = amount
        .map(f64::abs)
        .filter(|amount| *amount <= MAX_AMOUNT)
        .map(|amount| (amount * scale).round() as i64);
    let number = text_or_number(&properties, &["order_id", "orderId", "order_number"]).unwrap_or_default();
    Order { number: number.chars().take(100).collect(), minor, our_currency }
}

fn products(properties: &Fields<'_>) -> Option<f64> {
    let products: Vec<Fields<'_>> = serde_json::from_str(properties.get("products")?.get()).ok()?;
    let mut sum = None;
    for product in &products {
        let price = number(product, &["price"])?;
        let quantity = number(product, &["quantity"]).unwrap_or(1.0);
        sum = Some(sum.unwrap_or(0.0) + price * quantity);
    }
    sum
}

/// Which answer to a message an event is.
pub(super) fn answer(name: &str) -> Option<ResponseKind> {
    match name {
        "Email Opened" => Some(ResponseKind::Opened),
        "Email Link Clicked" => Some(ResponseKind::Clicked),
        "Unsubscribed" => Some(ResponseKind::OptedOut),
        "Email Marked as Spam" => Some(ResponseKind::Complained),
        "Email Bounced" => Some(ResponseKind::Bounced),
        _ => None,
    }
}

/// The number of our message that an answer is about.
pub(super) fn message(data: Option<&RawValue>) -> Option<i64> {
    text_or_number(&fields(data), &["candor_message", "message_id", "email_id"])?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn an_order_is_what_was_paid() {
        let order_of = |text: &str| order(Some(&raw(text)), Currency::EUR);
        let paid = order_of(r#"{"order_id":"A1","total":27.5,"revenue":22.5,"currency":"EUR"}"#);
        assert_eq!((paid.number.as_str(), paid.minor, paid.our_currency), ("A1", Some(2_750), true));
        assert_eq!(
            order_of(r#"{"orderId":77,"revenue":"25.00"}"#),
            Order { number: "77".into(), minor: Some(2_500), our_currency: true }
        );
        assert_eq!(
            order_of(r#"{"products":[{"price":19,"quantity":1},{"price":3,"quantity":2}]}"#).minor,
            Some(2_500)
        );
        assert!(!order_of(r#"{"total":1,"currency":"USD"}"#).our_currency);
        for bad in [
            r#"{"total":"much"}"#,
            "{}",
            r#"{"total":1e300}"#,
            r#"{"total":1e999}"#,
            r#"{"total":null,"products":[{"sku":1}]}"#,
        ] {
            assert_eq!(order_of(bad).minor, None, "{bad}");
        }
    }

    #[test]
    fn of_a_category_that_stands_twice_the_refusal_counts() {
        let pairs = categories(&raw(r#"{"Ads":true,"Ads":false,"Stats":true,"Odd":"yes","Odd2":1}"#));
        let said: Vec<(&str, bool)> = pairs.iter().map(|(name, yes)| (name.as_str(), *yes)).collect();
        assert_eq!(said, [("Ads", false), ("Odd", false), ("Odd2", false), ("Stats", true)]);
    }

    #[test]
    fn what_is_no_address_no_locale_and_no_country_is_left_out() {
        assert!(is_address("peter@example.com"));
        for bad in ["peter", "@example.com", "a@b@c", "a b@example.com", "Bo <bo@example.com>", "a@"] {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(is_locale("es-MX") && is_locale("en_GB") && is_locale("es"));
        assert!(!is_locale("english please") && !is_locale("") && !is_locale("e") && !is_locale("es-"));
        assert!(is_country("ES") && !is_country("ESP"));
    }
}
