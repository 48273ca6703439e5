//! What a decision of the policies costs: `cargo bench -p policy --bench access`.
//!
//! Goes in: nothing. Comes out: microseconds for reading the policies, and for one decision at the median and the 99th
//! percentile, with the policies of the house alone and with twenty of a brand beside them.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure for people who develop")]

use std::time::Instant as Stopwatch;

use policy::access::{Access, Asked, On};
use terms::ids::{CampaignId, PersonId};
use terms::permission::Permission;
use terms::person::{Person, Role};
use terms::time::Instant;

const ROUNDS: usize = 200;

fn micros(begun: Stopwatch) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6
}

/// Questions that there are: others are refused before a policy is looked at, and would flatter the figure.
fn is_asked(permission: Permission, on: &On) -> bool {
    use Permission::{Approve, Compose, Halt, Launch, OverrideRules, PromoteModels};
    match on {
        On::House => true,
        On::Campaign { .. } => matches!(permission, Compose | Approve | Launch | Halt),
        On::Model { .. } => matches!(permission, Halt | PromoteModels),
        On::Rule { .. } => permission == OverrideRules,
    }
}

/// Every role, permission and kind of thing that it is asked of, over and over. Comes out: a time for each decision, sorted, and the yeses.
fn decide(access: &Access) -> (Vec<f64>, usize) {
    let ons = [
        On::House,
        On::Campaign { id: CampaignId(12), author: PersonId(2) },
        On::Model { label: "stage@3".to_owned(), responsible: PersonId(2), acted: false },
        On::Rule { id: "M3".to_owned() },
    ];
    let (mut times, mut allowed) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        for role in Role::ALL {
            let person = Person {
                id: PersonId((round % 4) as i64),
                name: "Ana López".to_owned(),
                email: "ana@brand.test".to_owned(),
                role: *role,
            };
            for permission in Permission::ALL {
                for on in ons.iter().filter(|on| is_asked(*permission, on)) {
                    let at = Instant(1_764_000_000_000_000);
                    let begun = Stopwatch::now();
                    let asked =
                        Asked { person: &person, permission: *permission, on, certified: Some(true), at };
                    allowed += usize::from(access.grant(&asked).is_ok());
                    times.push(micros(begun));
                }
            }
        }
    }
    times.sort_by(f64::total_cmp);
    (times, allowed)
}

fn report(name: &str, access: &Access) {
    let (times, allowed) = decide(access);
    let at = |share: f64| times.get(((times.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "{name}: {} policies, {} decisions ({allowed} yes), median {:.1} us, p99 {:.1} us",
        access.policies().count(),
        times.len(),
        at(0.5),
        at(0.99)
    );
}

fn main() {
    let begun = Stopwatch::now();
    let house = Access::house().unwrap();
    println!("reading the policies of the house: {:.0} us", micros(begun));
    report("house", &house);
    let own: String = (0..20)
        .map(|at| {
            format!(
                "@id(\"p{at}\") @reason(\"so\") forbid (principal, action == Action::\"launch\", resource)\n\
                 when {{ principal.email == \"p{at}@brand.test\" && context.weekday > 5 }};\n"
            )
        })
        .collect();
    let begun = Stopwatch::now();
    let narrowed = Access::narrowed(&own).unwrap();
    println!("reading twenty policies of a brand: {:.0} us", micros(begun));
    report("house and brand", &narrowed);
}
