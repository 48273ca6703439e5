//! Who must not be written to whatever they agreed to, once more.

use super::{Event, record_of};
use terms::consent::SuppressionReason;
use terms::ids::CustomerKey;

fn same_address(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// True when any suppression names the customer, who they were before, or the address they have now whoever had it then.
/// The brand takes its own suppressions back, and customers their own opt-outs; nobody takes back anything else.
#[must_use]
pub fn suppressed(history: &[Event], who: &CustomerKey, address: Option<&str>) -> bool {
    SuppressionReason::ALL.iter().any(|reason| suppressed_as(history, who, address, *reason))
}

fn suppressed_as(
    history: &[Event],
    who: &CustomerKey,
    address: Option<&str>,
    kind: SuppressionReason,
) -> bool {
    let (mut by_key, mut by_address) = (false, false);
    let is_address = |one: &Option<String>| match (one, address) {
        (Some(one), Some(other)) => same_address(one, other),
        _ => false,
    };
    for (place, event) in history.iter().enumerate() {
        match event {
            Event::Suppression(customer, suppressed_address, reason) if *reason == kind => {
                by_key |= customer.as_ref() == Some(who);
                by_address |= is_address(suppressed_address);
            }
            Event::ManualLifted(customer, lifted) if kind == SuppressionReason::Manual => {
                by_key &= customer.as_ref() != Some(who);
                by_address &= !is_address(lifted);
            }
            Event::OptOutLifted(customer, lifted) if kind == SuppressionReason::Unsubscribed => {
                by_key &= customer != who;
                by_address &= !is_address(lifted);
            }
            // What stood against the name that ends stands against the one that stays.
            Event::Joined(from, into, _) if into == who => {
                let before = history.get(..place).unwrap_or_default();
                let theirs = record_of(before, from).and_then(|record| record.email);
                by_key |= suppressed_as(before, from, theirs.as_deref(), kind);
            }
            _ => {}
        }
    }
    by_key || by_address
}
