//! A product feed as shops give it to Google Merchant Center: RSS or Atom with `g:` names, or a table of the same
//! names. Sources: support.google.com/merchants, product data specification.
//!
//! Goes in: the text of the feed. Comes out: facts of `product:ID`. The price before a sale becomes a former price
//! without evidence: only the price history of thirty days can prove it (Directive 98/6, 6a). Descriptions, links and
//! pictures are no facts; how many were left out is told.

use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::FactId;
use terms::money::Money;
use terms::time::Instant;

use super::fault::FactFault;
use super::file::{FactFile, Reading};
use super::value;

/// What is no fact: prose that claims things, and addresses.
const NO_FACTS: &[&str] = &[
    "description",
    "link",
    "mobile_link",
    "canonical_link",
    "image_link",
    "additional_image_link",
    "lifestyle_image_link",
    "ads_redirect",
    "virtual_model_link",
    "product_highlight",
    "pubdate",
    "guid",
];

/// The plain name of an attribute: `g:Sale Price` is `sale_price`.
pub(super) fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase();
    name.strip_prefix("g:").unwrap_or(&name).replace([' ', '-'], "_")
}

/// True for the head of a table that is a product feed.
pub(super) fn is_head(head: &[String]) -> bool {
    let names: Vec<String> = head.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    has("id") && has("price") && !has("entity") && !has("predicate")
}

/// Reads a feed in XML.
pub(super) fn xml(text: &str, reading: &Reading, file: &mut FactFile) {
    let document = match roxmltree::Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = usize::try_from(error.pos().row).unwrap_or(0);
            return file.fault(line, "", FactFault::Unreadable { why: error.to_string() });
        }
    };
    let products = document
        .descendants()
        .filter(|node| node.is_element() && matches!(node.tag_name().name(), "item" | "entry"));
    for product in products {
        let line = usize::try_from(document.text_pos_at(product.range().start).row).unwrap_or(0);
        let mut cells: Vec<(String, String)> = Vec::new();
        for attribute in product.children().filter(roxmltree::Node::is_element) {
            let name = plain(attribute.tag_name().name());
            let nested = attribute.children().any(|child| child.is_element());
            let again = cells.iter().any(|(known, _)| *known == name);
            // A feed may give a name twice, as its own and as Google's: the same words are said once.
            let words = attribute.text().unwrap_or_default().trim().to_owned();
            let same = cells.iter().any(|(known, said)| *known == name && *said == words);
            if same {
                continue;
            }
            if nested || (again && NO_FACTS.contains(&name.as_str())) {
                *file.left_out.entry(name).or_default() += 1;
            } else if again {
                file.fault(line, &name, FactFault::Twice { line });
            } else {
                cells.push((name, words));
            }
        }
        item(line, cells, reading, file);
    }
}

/// The facts of one product.
pub(super) fn item(line: usize, cells: Vec<(String, String)>, reading: &Reading, file: &mut FactFile) {
    let get = |name: &str| {
        cells
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
    };
    let Some(id) = get("id") else { return file.fault(line, "id", FactFault::NoId) };
    let mut product = Product {
        line,
        entity: format!("product:{id}"),
        source: format!("{}#{id}", reading.source),
        until: None,
        reading,
        file,
    };
    if let Some(text) = get("expiration_date") {
        product.until = product.time("expiration_date", text);
    }
    product.prices(get("price"), get("sale_price"), get("sale_price_effective_date"));
    for (name, text) in &cells {
        product.attribute(name, text.trim());
    }
}

struct Product<'a> {
    line: usize,
    entity: String,
    source: String,
    until: Option<Instant>,
    reading: &'a Reading,
    file: &'a mut FactFile,
}

impl Product<'_> {
    fn add(&mut self, predicate: &str, value: FactValue, from: Option<Instant>, until: Option<Instant>) {
        let fact = Fact {
            id: FactId(0),
            entity: self.entity.clone(),
            predicate: predicate.to_owned(),
            value,
            unit: String::new(),
            polarity: Polarity::True,
            source: self.source.clone(),
            observed_at: self.reading.now,
            valid_from: from,
            valid_until: [until, self.until].into_iter().flatten().min(),
            max_age_hours: self.reading.max_age_hours,
            evidence: EvidenceKind::Plain,
        };
        self.file.take(self.line, fact, self.reading.now);
    }

    fn money(&mut self, name: &str, text: Option<&str>) -> Option<Money> {
        let text = text?;
        let money = value::money(text);
        if money.is_none() {
            self.file.fault(self.line, name, FactFault::NotMoney { text: text.to_owned() });
        }
        money
    }

    fn time(&mut self, name: &str, text: &str) -> Option<Instant> {
        // Google writes zones as +0100, RFC 3339 as +01:00, and both leave seconds out at will.
        let zoned = ["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]
            .iter()
            .find_map(|format| jiff::Timestamp::strptime(format, text.replace('Z', "+0000")).ok())
            .map(|at| Instant(at.as_microsecond()));
        match zoned.map_or_else(|| value::time(text, |day| day.end_in(&self.reading.zone)), Ok) {
            Ok(at) => Some(at),
            Err(fault) => {
                self.file.fault(self.line, name, fault);
                None
            }
        }
    }

    fn prices(&mut self, price: Option<&str>, sale: Option<&str>, during: Option<&str>) {
        let price = self.money("price", price);
        let Some(sale) = self.money("sale_price", sale) else {
            if let Some(price) = price {
                self.add("price", FactValue::Money(price), None, None);
            }
            return;
        };
        let Some(price) = price else { return };
        if sale.currency != price.currency || sale.minor >= price.minor {
            return self.file.fault(self.line, "sale_price", FactFault::NoReduction { sale, price });
        }
        let (from, until) = match during {
            None => (None, None),
            Some(text) => {
                let Some((from, until)) = text.split_once('/') else {
                    let text = text.to_owned();
                    return self.file.fault(
                        self.line,
                        "sale_price_effective_date",
                        FactFault::NotTime { text },
                    );
                };
                let name = "sale_price_effective_date";
                match (self.time(name, from.trim()), self.time(name, until.trim())) {
                    (Some(from), Some(until)) if from < until => (Some(from), Some(until)),
                    (Some(_), Some(_)) => return self.file.fault(self.line, name, FactFault::Backwards),
                    _ => return,
                }
            }
        };
        let just = |at: Instant, by: i64| Instant(at.0 + by);
        if let Some(from) = from.filter(|from| *from > self.reading.now) {
            self.add("price", FactValue::Money(price), None, Some(just(from, -1)));
        }
        if until.is_none_or(|until| until >= self.reading.now) {
            self.add("price", FactValue::Money(sale), from, until);
            self.add("price_before", FactValue::Money(price), from, until);
        }
        if let Some(until) = until {
            let from = if until >= self.reading.now { Some(just(until, 1)) } else { None };
            self.add("price", FactValue::Money(price), from, None);
        }
    }

    fn attribute(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let words = || FactValue::Text(text.to_owned());
        match name {
            "id" | "price" | "sale_price" | "sale_price_effective_date" | "expiration_date" => {}
            "title" => self.add("name", words(), None, None),
            "availability" => {
                let state = text.to_lowercase().replace(' ', "_");
                let known = ["in_stock", "out_of_stock", "preorder", "backorder"];
                if !known.contains(&state.as_str()) {
                    let fault = FactFault::NotOneOf { text: text.to_owned(), known: known.join(", ") };
                    return self.file.fault(self.line, name, fault);
                }
                self.add("in_stock", FactValue::Bool(state == "in_stock"), None, None);
                self.add("availability", FactValue::Enum(state), None, None);
            }
            "gtin" if !is_gtin(text) => {
                self.file.fault(self.line, name, FactFault::NotGtin { text: text.to_owned() });
            }
            "quantity" | "stock" | "sell_on_google_quantity" => match text.parse() {
                Ok(count) => self.add("stock", FactValue::Count(count), None, None),
                Err(_) => self.file.fault(self.line, name, FactFault::NotCount { text: text.to_owned() }),
            },
            "condition" | "age_group" | "gender" | "size_system" => {
                self.add(name, FactValue::Enum(text.to_lowercase()), None, None);
            }
            name if NO_FACTS.contains(&name) => *self.file.left_out.entry(name.to_owned()).or_default() += 1,
            name => self.add(name, words(), None, None),
        }
    }
}

/// True when the last digit of a barcode is the one its other digits ask for (GS1 General Specifications, 7.9).
fn is_gtin(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.trim().chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| matches!(digits.len(), 8 | 12 | 13 | 14)) else { return false };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { 3 * digit } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::file::{self, FactFormat};
    use super::*;
    use terms::time::Day;

    fn reading() -> Reading {
        Reading {
            source: "feed".to_owned(),
            now: Day::from_ymd(2026, 11, 26).unwrap().start().plus_hours(9),
            max_age_hours: Some(48),
            zone: "Europe/Madrid".to_owned(),
        }
    }

    const XML: &str = r#"<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item>
  <g:id>lamp</g:id><title>Aurora lamp</title><description>The best lamp ever</description>
  <link>https://shop.example/lamp</link>
  <g:price>49.00 EUR</g:price><g:sale_price>39.00 EUR</g:sale_price>
  <g:sale_price_effective_date>2026-11-20T00:00+0100/2026-11-30T23:59+0100</g:sale_price_effective_date>
  <g:availability>in_stock</g:availability><g:gtin>4006381333931</g:gtin><g:color>red</g:color>
  <g:shipping><g:country>ES</g:country><g:price>4.95 EUR</g:price></g:shipping>
</item>
<item><g:id>mug</g:id><g:price>12.00 EUR</g:price><g:availability>out of stock</g:availability></item>
</channel></rss>"#;

    fn line(fact: &Fact) -> String {
        format!("{} {} {}", fact.entity, fact.predicate, value::written(&fact.value))
    }

    #[test]
    fn a_feed_gives_prices_by_their_time_stock_and_attributes_and_says_what_is_no_fact() {
        let file = file::read(XML.as_bytes(), &reading());
        assert!(file.faults.is_empty(), "{:?}", file.faults);
        assert_eq!(file.format, FactFormat::FeedXml);
        let told: Vec<String> = file.facts.iter().map(|(_, fact)| line(fact)).collect();
        assert_eq!(
            told,
            [
                "product:lamp price 39.00 EUR",
                "product:lamp price_before 49.00 EUR",
                "product:lamp price 49.00 EUR",
                "product:lamp name Aurora lamp",
                "product:lamp in_stock true",
                "product:lamp availability in_stock",
                "product:lamp gtin 4006381333931",
                "product:lamp color red",
                "product:mug price 12.00 EUR",
                "product:mug in_stock false",
                "product:mug availability out_of_stock",
            ]
        );
        let sale = &file.facts[0].1;
        assert_eq!(sale.valid_from.unwrap().to_string(), "2026-11-19T23:00:00Z");
        assert_eq!(sale.valid_until.unwrap().to_string(), "2026-11-30T22:59:00Z");
        assert_eq!(file.facts[2].1.valid_from.unwrap().0, sale.valid_until.unwrap().0 + 1);
        assert_eq!((sale.max_age_hours, file.facts[1].1.evidence), (Some(48), EvidenceKind::Plain));
        let left: Vec<_> = file.left_out.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(left, [("description", 1), ("link", 1), ("shipping", 1)]);
    }

    #[test]
    fn a_sale_to_come_leaves_the_price_as_it_is_until_then() {
        let text = "id\ttitle\tprice\tsale_price\tsale_price_effective_date\n\
                    lamp\tLamp\t49,00 EUR\t39,00 EUR\t2026-12-01T00:00:00Z/2026-12-05T00:00:00Z\n";
        let file = file::read(text.as_bytes(), &reading());
        assert!(file.faults.is_empty(), "{:?}", file.faults);
        assert_eq!(file.format, FactFormat::FeedTable);
        let now: Vec<String> = file
            .facts
            .iter()
            .filter(|(_, fact)| fact.predicate == "price" && fact.holds_at(reading().now))
            .map(|(_, fact)| line(fact))
            .collect();
        assert_eq!(now, ["product:lamp price 49.00 EUR"]);
    }

    #[test]
    fn faults_of_a_feed_are_told_by_line_and_attribute() {
        let text = "id\tprice\tsale_price\tavailability\tgtin\n\
                    a\t10.00 EUR\t12.00 EUR\tin_stock\t\n\
                    \t10.00 EUR\t\t\t\n\
                    c\tten\t\tsoon\t4006381333932\n";
        let told: Vec<String> =
            file::read(text.as_bytes(), &reading()).faults.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 5, "{told:#?}");
        assert!(
            told[0].starts_with("line 2, sale_price: the sale price 12.00 EUR is not below"),
            "{told:#?}"
        );
        assert!(told[1].starts_with("line 3, id: the product has no `id`"), "{told:#?}");
        assert!(told.iter().any(|t| t.starts_with("line 4, gtin: `4006381333932` is no GTIN")), "{told:#?}");
        let broken = file::read(b"<rss><item>\n<g:id>x</item></rss>", &reading());
        assert!(broken.faults[0].line >= 1 && broken.facts.is_empty());
    }

    #[test]
    fn a_barcode_is_known_by_its_check_digit() {
        for gtin in ["4006381333931", "96385074", "036000291452", "14006381333938"] {
            assert!(is_gtin(gtin), "{gtin}");
        }
        for wrong in ["4006381333932", "123", "40063813339A1", ""] {
            assert!(!is_gtin(wrong), "{wrong}");
        }
    }
}
