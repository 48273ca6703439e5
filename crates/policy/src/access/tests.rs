//! The policies against a second table written by hand from the documentation, and what a brand's file may be.

use super::*;
use proptest::prelude::*;
use terms::time::MICROS_PER_HOUR;

/// Who may do what, written a second time: the differential test holds the policies to it.
fn by_hand(asked: &Asked<'_>) -> bool {
    use Permission as P;
    use Role::{Analyst, Approver, Engineer, Marketer, PrivacyOfficer};
    let role = asked.person.role;
    let in_general = match asked.permission {
        P::View | P::ReadLedger => true,
        P::Compose => role == Marketer,
        P::Approve => role == Approver,
        P::Launch => matches!(role, Marketer | Approver),
        P::Halt => match asked.on {
            On::Model { .. } => true,
            _ => role != Analyst,
        },
        P::SeeContacts | P::ManageRights | P::OverrideRules | P::KeepGates => role == PrivacyOfficer,
        P::Reconcile => matches!(role, PrivacyOfficer | Engineer),
        P::JudgeSamples => matches!(role, Approver | Analyst | PrivacyOfficer),
        P::AuditFairness => matches!(role, Analyst | PrivacyOfficer),
        P::KeepRules | P::SeeTraining => matches!(role, Approver | PrivacyOfficer),
        P::PromoteModels => matches!(role, Approver | Analyst),
    };
    let trained = asked.certified == Some(true);
    let id = asked.person.id;
    in_general
        && match (asked.permission, asked.on) {
            (_, On::House) => true,
            (P::Approve, On::Campaign { author, .. }) => trained && *author != id,
            (P::Compose | P::Launch | P::Halt, On::Campaign { .. }) => true,
            (P::Halt, On::Model { .. }) => true,
            (P::PromoteModels, On::Model { responsible, acted, .. }) => {
                *responsible != id && (trained || *acted)
            }
            (P::OverrideRules, On::Rule { .. } | On::Campaign { .. }) => trained,
            // Nothing else is done to a thing.
            _ => false,
        }
}

fn person(id: i64, role: Role) -> Person {
    Person { id: PersonId(id), name: "Ana".to_owned(), email: format!("p{id}@brand.test"), role }
}

/// Monday, the fifth of January 1970, at an hour of the week.
fn hour_of_week(hour: i64) -> Instant {
    Instant((4 * 24 + hour) * MICROS_PER_HOUR)
}

fn ons() -> impl Strategy<Value = On> {
    let id = 0..4_i64;
    prop_oneof![
        Just(On::House),
        id.clone().prop_map(|author| On::Campaign { id: CampaignId(1), author: PersonId(author) }),
        (id, any::<bool>()).prop_map(|(by, acted)| On::Model {
            label: "stage@3".to_owned(),
            responsible: PersonId(by),
            acted
        }),
        Just(On::Rule { id: "M3".to_owned() }),
    ]
}

fn questions() -> impl Strategy<Value = (Person, Permission, On, Option<bool>, Instant)> {
    (
        (0..4_i64, proptest::sample::select(Role::ALL)).prop_map(|(id, role)| person(id, role)),
        proptest::sample::select(Permission::ALL),
        ons(),
        any::<Option<bool>>(),
        (0..168_i64).prop_map(hour_of_week),
    )
}

/// Policies as a brand writes them: some action or all, some condition.
fn brand_policies() -> impl Strategy<Value = String> {
    let action = proptest::option::of(proptest::sample::select(Permission::ALL));
    let when = proptest::sample::select(
        &[
            "true",
            "principal in Role::\"analyst\"",
            "principal == Person::\"2\"",
            "principal.email like \"p1@*\"",
            "context.weekday > 5",
            "context.hour * 9223372036854775807 > 0",
            "resource is Campaign && resource.author == principal",
            "resource is Model && resource.acted",
            "!(principal has certified && principal.certified)",
        ][..],
    );
    // `halt` for everybody is a fault, which another test shows.
    proptest::collection::vec((action, when), 0..4).prop_map(|policies| {
        let one = |(at, (action, when)): (usize, (Option<Permission>, &str))| {
            let action = match action.unwrap_or(Permission::Launch) {
                Permission::Halt => Permission::View,
                action => action,
            };
            format!(
                "@id(\"p{at}\") @reason(\"so\") forbid (principal, action == Action::\"{action}\", resource) when {{ {when} }};"
            )
        };
        policies.into_iter().enumerate().map(one).collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn cedar_answers_as_the_table_written_by_hand((person, permission, on, certified, at) in questions()) {
        let asked = Asked { person: &person, permission, on: &on, certified, at };
        let access = Access::house().unwrap();
        prop_assert_eq!(access.ask(&asked).allowed, by_hand(&asked), "{:?}", asked);
        prop_assert_eq!(access.grant(&asked).is_ok(), by_hand(&asked));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_brands_policies_never_turn_a_no_into_a_yes(
        text in brand_policies(),
        asked in proptest::collection::vec(questions(), 20),
    ) {
        let house = Access::house().unwrap();
        // A condition that can never hold for an action is a fault of the file; then nothing starts.
        let Ok(narrowed) = Access::narrowed(&text) else { return Ok(()) };
        for (person, permission, on, certified, at) in &asked {
            let asked = Asked { person, permission: *permission, on, certified: *certified, at: *at };
            if narrowed.ask(&asked).allowed {
                prop_assert!(house.ask(&asked).allowed, "{}\n{:?}", text, asked);
            }
        }
    }
}

#[test]
fn every_pair_of_role_and_permission_is_as_it_is_written_by_hand() {
    let access = Access::house().unwrap();
    for role in Role::ALL {
        let somebody = person(9, *role);
        for permission in Permission::ALL {
            let asked = Asked {
                person: &somebody,
                permission: *permission,
                on: &On::House,
                certified: None,
                at: hour_of_week(9),
            };
            assert_eq!(access.in_general(*role, *permission), by_hand(&asked), "{role} {permission}");
        }
    }
}

#[test]
fn duties_that_must_be_apart_are() {
    use Permission as P;
    let access = Access::house().unwrap();
    let apart = [
        (P::Compose, P::Approve),
        (P::Compose, P::JudgeSamples),
        (P::Compose, P::KeepRules),
        (P::Compose, P::PromoteModels),
        (P::PromoteModels, P::KeepGates),
    ];
    for role in Role::ALL {
        for (one, other) in apart {
            let both = access.in_general(*role, one) && access.in_general(*role, other);
            assert!(!both, "{role} may {one} and {other}");
        }
    }
}

#[test]
fn a_no_names_the_policy_that_says_it_and_the_roles_that_may() {
    let access = Access::house().unwrap();
    let author = person(2, Role::Approver);
    let on = On::Campaign { id: CampaignId(1), author: PersonId(2) };
    let asked = Asked {
        person: &author,
        permission: Permission::Approve,
        on: &on,
        certified: Some(true),
        at: hour_of_week(9),
    };
    let denied = access.grant(&asked).unwrap_err();
    assert!(denied.is_by("own-campaign") && !denied.is_by("certificate"));
    assert_eq!(denied.roles, [Role::Approver]);
    assert!(denied.to_string().contains("wrote a campaign"));
    let denied = access.grant(&Asked { person: &person(3, Role::Analyst), ..asked }).unwrap_err();
    assert!(denied.by.is_empty(), "nothing permits it, nothing has to forbid it");
}

const WEEKEND: &str = r#"// Nothing goes out at the weekend.
@id("weekend")
@reason_en("Campaigns are launched on working days.")
@reason_es("Las campañas se lanzan en días laborables.")
forbid (principal, action == Action::"launch", resource) when { context.weekday > 5 };
"#;

#[test]
fn a_brand_narrows_and_its_policy_is_told() {
    let access = Access::narrowed(WEEKEND).unwrap();
    let marketer = person(1, Role::Marketer);
    let ask = |hour| {
        let asked = Asked {
            person: &marketer,
            permission: Permission::Launch,
            on: &On::House,
            certified: None,
            at: hour_of_week(hour),
        };
        access.ask(&asked)
    };
    assert!(ask(4 * 24 + 23).allowed, "Friday evening");
    let saturday = ask(5 * 24);
    assert!(!saturday.allowed);
    assert_eq!(saturday.by.len(), 1);
    let policy = &saturday.by[0];
    assert_eq!((policy.id.as_str(), policy.origin, policy.line), ("weekend", Origin::Brand, 2));
    assert_eq!(policy.reason_es, "Las campañas se lanzan en días laborables.");
    assert!(!ask(6 * 24 + 23).allowed && ask(7 * 24).allowed, "Sunday night, and Monday");
    assert!(access.brand_hash().is_some());
}

#[test]
fn a_policy_that_cannot_be_evaluated_refuses() {
    let text = r#"@id("overflow") @reason("so")
forbid (principal, action == Action::"launch", resource) when { context.hour * 9223372036854775807 < 0 };"#;
    let access = Access::narrowed(text).unwrap();
    let marketer = person(1, Role::Marketer);
    let at = |hour| {
        access.ask(&Asked {
            person: &marketer,
            permission: Permission::Launch,
            on: &On::House,
            certified: None,
            at: hour_of_week(hour),
        })
    };
    assert!(at(1).allowed, "at one there is nothing to overflow");
    let refused = at(2);
    assert!(!refused.allowed);
    assert_eq!(refused.by[0].id, "overflow");
}

/// The first fault of a text.
fn fault(text: &str) -> Fault {
    Access::narrowed(text).err().unwrap().remove(0)
}

#[test]
fn what_a_brand_cannot_write_is_told_with_its_place_and_what_to_do() {
    let forbid = |rest: &str| {
        format!("// One.\n\n@id(\"a\")\n@reason(\"so\")\nforbid (principal, action, resource){rest}")
    };
    let cases = [
        (
            "@id(\"a\") @reason(\"so\")\npermit (principal, action, resource);".to_owned(),
            (1, 1),
            "only narrow",
        ),
        (forbid(";").replace("@id(\"a\")\n", ""), (3, 1), "no name"),
        (forbid(";").replace("@reason(\"so\")\n", ""), (3, 1), "no reason"),
        (forbid(" when { principal.salary > 3 };"), (5, 45), "salary"),
        (forbid(" when { context.hour > \"x\" };"), (5, 60), "type"),
        (forbid(" when { principal in Team::\"x\" };"), (5, 58), "Team"),
        (forbid(" wenn { true };"), (5, 38), "wenn"),
        (forbid(" when { true }"), (5, 51), "unexpected end"),
        (forbid(";"), (1, 1), "nobody could stop"),
        (forbid(" when { resource is Campaign };"), (1, 1), "nobody could stop"),
        (forbid(" when { principal == Person::\"1\" };").repeat(2), (7, 1), "this name"),
    ];
    for (text, place, words) in cases {
        let fault = fault(&text);
        assert!(fault.message.contains(words), "{text}\n{fault}");
        assert!(!fault.help.is_empty(), "{text}\n{fault}");
        assert_eq!((fault.line, fault.column), place, "{text}\n{fault}");
    }
}

#[test]
fn a_brands_policy_may_bear_a_name_of_the_house_and_replaces_nothing() {
    let text = r#"@id("own-campaign") @reason("so")
forbid (principal, action == Action::"approve", resource) when { principal == Person::"77" };"#;
    let access = Access::narrowed(text).unwrap();
    let own = On::Campaign { id: CampaignId(1), author: PersonId(2) };
    let author = person(2, Role::Approver);
    let asked = Asked {
        person: &author,
        permission: Permission::Approve,
        on: &own,
        certified: Some(true),
        at: hour_of_week(1),
    };
    assert!(!access.ask(&asked).allowed);
    assert_eq!(access.policies().filter(|policy| policy.id == "own-campaign").count(), 2);
}

#[test]
fn every_policy_of_the_house_speaks_both_languages() {
    for policy in Access::house().unwrap().policies() {
        assert!(policy.reason_en.ends_with('.') && policy.reason_es.ends_with('.'), "{}", policy.id);
        assert_ne!(policy.reason_en, policy.reason_es, "{}", policy.id);
    }
}

#[test]
fn an_empty_file_is_no_narrowing() {
    let access = Access::narrowed("// Nothing yet.\n").unwrap();
    assert_eq!(access.policies().count(), Access::house().unwrap().policies().count());
}

#[test]
fn the_policies_of_the_guide_can_be_used() {
    let guide = include_str!("../../../../docs/policies-of-the-brand.md");
    let example = guide.split("```cedar\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(
        Access::narrowed(example).unwrap().policies().filter(|one| one.origin == Origin::Brand).count(),
        3
    );
}
