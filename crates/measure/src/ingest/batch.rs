//! The events that are sent.

/// A batch as an SDK for servers sends it: mostly behaviour, some records, an order in twenty.
pub(super) fn batch(numbers: std::ops::Range<u64>, customers: u64) -> String {
    use std::fmt::Write as _;
    let mut body = String::with_capacity(48 << 10);
    body.push_str("{\"batch\":[");
    let first = numbers.start;
    for n in numbers {
        // A multiplier of splitmix64: neighbours are about different customers.
        let mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let customer = (mixed >> 20) % customers.max(1);
        let agrees = customer.is_multiple_of(2);
        if n > first {
            body.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            "{{\"messageId\":\"node-next-{mixed:016x}-{n:012}\",\"userId\":\"C-{customer:06}\",\"timestamp\":\"2026-03-01T10:{:02}:{:02}.{:03}Z\",\"sentAt\":\"2026-03-01T11:00:00.000Z\",\"context\":{{\"library\":{{\"name\":\"@segment/analytics-node\",\"version\":\"2.2.0\"}},\"consent\":{{\"categoryPreferences\":{{\"Personalization\":{agrees}}}}}}},",
            n / 60_000 % 60,
            n / 1_000 % 60,
            n % 1_000
        );
        let _ = match n % 20 {
            0 => write!(
                body,
                "\"type\":\"track\",\"event\":\"Order Completed\",\"properties\":{{\"order_id\":\"O-{n:010}\",\"total\":{}.{:02},\"currency\":\"EUR\"}}}}",
                mixed % 200,
                mixed % 100
            ),
            1 | 2 => write!(
                body,
                "\"type\":\"identify\",\"traits\":{{\"email\":\"c{customer}@example.com\",\"firstName\":\"Ana\",\"locale\":\"es-ES\",\"country\":\"ES\"}}}}"
            ),
            3..=7 => write!(
                body,
                "\"type\":\"page\",\"name\":\"Product\",\"properties\":{{\"url\":\"https://shop.example/p/{}\",\"title\":\"A product\",\"referrer\":\"https://shop.example/\"}}}}",
                mixed % 5_000
            ),
            _ => write!(
                body,
                "\"type\":\"track\",\"event\":\"Product Viewed\",\"properties\":{{\"product_id\":\"{:08x}\",\"sku\":\"G-{}\",\"name\":\"A product of the shop\",\"price\":{}.99,\"category\":\"Coffee\"}}}}",
                mixed as u32,
                mixed % 977,
                mixed % 60
            ),
        };
    }
    body.push_str("]}");
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_batch_is_json_with_as_many_events_as_asked_for() {
        let body: Value = serde_json::from_str(&batch(40..140, 50)).unwrap();
        let events = body["batch"].as_array().unwrap();
        assert_eq!(events.len(), 100);
        let ids: std::collections::BTreeSet<&str> =
            events.iter().map(|e| e["messageId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 100);
        assert_eq!(events.iter().filter(|event| event["event"] == "Order Completed").count(), 5);
    }
}
