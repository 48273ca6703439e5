//! What messages truly change, and what then happens.
//!
//! A message can make a customer buy once more, with a probability that depends on the campaign's goal and on who
//! they are; and a customer who would have bought anyway uses the discount, which costs revenue. The rest of their
//! future is the same with and without the message, so the true effect is known, customer by customer.

use std::collections::HashMap;

use rand::RngExt;
use rand_distr::{Distribution, Exp, LogNormal};
use terms::campaign::Goal;
use terms::customer::Language;
use terms::delivery::ResponseKind;
use terms::ids::CustomerKey;
use terms::time::{Instant, MICROS_PER_DAY};

use crate::Shop;
use crate::customer::{SimulatedCustomer, Stream, stream};
use crate::process::{AMOUNT_SPREAD, SimulatedPurchase};

/// A message that reached a customer.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Who.
    pub customer: CustomerKey,
    /// What the campaign was for.
    pub goal: Goal,
    /// When it was sent.
    pub at: Instant,
}

/// What a customer did with a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Who.
    pub customer: CustomerKey,
    /// What for.
    pub goal: Goal,
    /// What they did.
    pub kind: ResponseKind,
    /// When.
    pub at: Instant,
}

/// What follows.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Everybody's purchases after the last day of the files, those messages caused among them.
    pub purchases: Vec<SimulatedPurchase>,
    /// Responses to the messages.
    pub responses: Vec<Response>,
}

/// The true effect of messages on those who got them, per customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrueUplift {
    /// Expected change of revenue within the window, in euros.
    pub revenue: f64,
    /// Expected change of the number of purchases within the window.
    pub purchases: f64,
    /// Customers it is the mean of.
    pub customers: usize,
}

/// What a message of a goal does.
struct Effect {
    /// Probability of one more purchase.
    extra: f64,
    /// Discount on the next purchase, 0 to 1.
    discount: f64,
    /// Probability of opting out.
    opt_out: f64,
}

/// Mean days until the extra purchase.
const EXTRA_AFTER_DAYS: f64 = 6.0;

fn effect(goal: Goal, customer: &SimulatedCustomer) -> Effect {
    let spanish = customer.record.language() == Language::Spanish;
    let big_spender = customer.habit.amount > 30.0;
    match goal {
        Goal::WinBack => {
            Effect { extra: if big_spender { 0.11 } else { 0.05 }, discount: 0.15, opt_out: 0.008 }
        }
        Goal::SecondPurchase => {
            Effect { extra: if spanish { 0.10 } else { 0.05 }, discount: 0.0, opt_out: 0.006 }
        }
        Goal::Reward => Effect { extra: 0.012, discount: 0.10, opt_out: 0.010 },
        Goal::Other => Effect { extra: 0.02, discount: 0.0, opt_out: 0.008 },
    }
}

/// One more purchase of a customer, if the message causes one: when and how much.
fn extra_purchase(
    shop: &Shop,
    customer: &SimulatedCustomer,
    contact: &Contact,
    effect: &Effect,
) -> Option<(Instant, f64)> {
    let mut rng = stream(shop.seed, customer.number, Stream::Answer);
    let happens = rng.random_bool(effect.extra);
    let after: f64 = Exp::new(1.0 / EXTRA_AFTER_DAYS).ok()?.sample(&mut rng);
    let amount: f64 = LogNormal::new(customer.habit.amount.ln(), AMOUNT_SPREAD).ok()?.sample(&mut rng);
    let at = Instant(contact.at.0 + (after * MICROS_PER_DAY as f64) as i64 + 1);
    happens.then_some((at, amount * (1.0 - effect.discount)))
}

impl Shop {
    /// What follows the messages, up to `until`: everybody goes on as they would have, and those who got a message
    /// answer it. Of several messages to one customer the first one counts.
    #[must_use]
    pub fn answers(&self, contacts: &[Contact], until: Instant) -> Answers {
        let mut first: HashMap<&CustomerKey, &Contact> = HashMap::with_capacity(contacts.len());
        for contact in contacts {
            first.entry(&contact.customer).or_insert(contact);
        }
        let mut answers = Answers::default();
        for customer in &self.customers {
            let contact = first.get(&customer.record.key).copied();
            let mut future: Vec<_> = customer
                .undisturbed(self.seed, self.until())
                .into_iter()
                .filter(|row| row.at.day() > self.last_day && row.at <= until)
                .collect();
            if let Some(contact) = contact {
                let effect = effect(contact.goal, customer);
                if let Some(row) = future.iter_mut().find(|row| row.cents > 0 && row.at > contact.at) {
                    row.cents = (row.cents as f64 * (1.0 - effect.discount)).round() as i64;
                }
                if let Some((at, amount)) =
                    extra_purchase(self, customer, contact, &effect).filter(|(at, _)| *at <= until)
                {
                    future.push(SimulatedPurchase {
                        customer: customer.record.key.clone(),
                        at,
                        cents: (amount * 100.0).round() as i64,
                        order: format!("{}-offer", customer.number + 1),
                    });
                }
                self.respond(customer, contact, &effect, until, &mut answers.responses);
            }
            answers.purchases.append(&mut future);
        }
        answers.purchases.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
        answers.responses.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
        answers
    }

    fn respond(
        &self,
        customer: &SimulatedCustomer,
        contact: &Contact,
        effect: &Effect,
        until: Instant,
        responses: &mut Vec<Response>,
    ) {
        let mut rng = stream(self.seed ^ 0x5EED, customer.number, Stream::Answer);
        let opens = rng.random_bool(0.38);
        let clicks = opens && rng.random_bool(0.22);
        let leaves = rng.random_bool(effect.opt_out);
        let mut at = Instant(contact.at.0 + rng.random_range(2..40 * 60) * 60_000_000);
        for (kind, happens) in
            [(ResponseKind::Opened, opens), (ResponseKind::Clicked, clicks), (ResponseKind::OptedOut, leaves)]
        {
            if happens && at <= until {
                responses.push(Response { customer: contact.customer.clone(), goal: contact.goal, kind, at });
                at = at.plus_seconds(rng.random_range(20..900));
            }
        }
    }

    /// The true effect of messages on those who got them within `window_days` of each: the expected difference
    /// between their future with and without the message.
    #[must_use]
    pub fn true_uplift(&self, contacts: &[Contact], window_days: u32) -> TrueUplift {
        let (mut revenue, mut purchases, mut n) = (0.0, 0.0, 0_usize);
        for contact in contacts {
            let Some(customer) = self.customer(&contact.customer) else { continue };
            let effect = effect(contact.goal, customer);
            let end = contact.at.plus_days(i64::from(window_days));
            let in_time = 1.0 - (-f64::from(window_days) / EXTRA_AFTER_DAYS).exp();
            // Mean of a log-normal: median times exp(spread² / 2).
            let mean_amount = customer.habit.amount * (AMOUNT_SPREAD * AMOUNT_SPREAD / 2.0).exp();
            let discounted = customer
                .undisturbed(self.seed, self.until())
                .into_iter()
                .find(|row| row.cents > 0 && row.at > contact.at && row.at.day() > self.last_day)
                .filter(|row| row.at <= end)
                .map_or(0.0, |row| row.cents as f64 / 100.0 * effect.discount);
            revenue += effect.extra * in_time * mean_amount * (1.0 - effect.discount) - discounted;
            purchases += effect.extra * in_time;
            n += 1;
        }
        let mean = |sum: f64| if n == 0 { 0.0 } else { sum / n as f64 };
        TrueUplift { revenue: mean(revenue), purchases: mean(purchases), customers: n }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::time::Day;

    fn shop() -> Shop {
        Shop::new(3, 4_000, 12, Day::from_ymd(2026, 6, 30).unwrap())
    }

    fn contacts(shop: &Shop, goal: Goal) -> Vec<Contact> {
        let at = shop.last_day().plus(1).start().plus_hours(9);
        let everybody = shop.customers().iter().step_by(2);
        everybody.map(|c| Contact { customer: c.record().key.clone(), goal, at }).collect()
    }

    #[test]
    fn the_true_effect_is_the_mean_difference_between_two_futures() {
        let shop = shop();
        for goal in [Goal::WinBack, Goal::SecondPurchase, Goal::Reward] {
            let contacts = contacts(&shop, goal);
            let until = shop.last_day().plus(29).start().plus_hours(9);
            let revenue = |contacts: &[Contact]| -> f64 {
                shop.answers(contacts, until).purchases.iter().map(|row| row.cents as f64 / 100.0).sum()
            };
            let difference = (revenue(&contacts) - revenue(&[])) / contacts.len() as f64;
            let truth = shop.true_uplift(&contacts, 28).revenue;
            // One draw of 2,000 extra-purchase coins: standard error about .3 euros.
            assert!((difference - truth).abs() < 0.9, "{goal}: {difference} against {truth}");
        }
    }

    #[test]
    fn a_discount_for_those_who_would_have_bought_anyway_loses_money() {
        let shop = shop();
        assert!(shop.true_uplift(&contacts(&shop, Goal::WinBack), 28).revenue > 1.0);
        assert!(shop.true_uplift(&contacts(&shop, Goal::Reward), 28).revenue < 0.3);
    }

    #[test]
    fn messages_change_nobody_elses_future() {
        let shop = shop();
        let contacts = contacts(&shop, Goal::WinBack);
        let until = shop.last_day().plus(29).end();
        let untouched = |answers: Answers| -> Vec<SimulatedPurchase> {
            let odd = |row: &SimulatedPurchase| {
                row.customer
                    .as_str()
                    .strip_prefix("C-")
                    .and_then(|n| n.parse::<u32>().ok())
                    .unwrap()
                    .is_multiple_of(2)
            };
            answers.purchases.into_iter().filter(odd).collect()
        };
        let (with, without) =
            (untouched(shop.answers(&contacts, until)), untouched(shop.answers(&[], until)));
        assert!(!with.is_empty());
        assert_eq!(with, without);
    }
}
