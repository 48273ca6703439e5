//! The demo's people, and how to be one of them.

use std::net::SocketAddr;

use flow::registry::Step;
use flow::{App, DemoSignIn};
use miette::{IntoDiagnostic, Result};
use terms::delivery::DeliveryState;
use terms::ids::PersonId;
use terms::model::ModelState;
use terms::person::{Person, Role};

use crate::say;

/// Who works at the demo's shop.
pub(crate) struct Staff {
    /// Writes the campaigns.
    pub(crate) marketer: Person,
    /// Approves them.
    pub(crate) approver: Person,
    /// Answers for what the system does by itself.
    pub(crate) analyst: Person,
    /// Keeps the vault.
    pub(crate) officer: Person,
}

const PEOPLE: &[(&str, &str, Role)] = &[
    ("Marta Ibáñez", "marta@aurora.example", Role::Marketer),
    ("Oliver Grant", "oliver@aurora.example", Role::Approver),
    ("Pilar Ortega", "pilar@aurora.example", Role::PrivacyOfficer),
    ("Ana Ruiz", "ana@aurora.example", Role::Analyst),
    ("Erik Lund", "erik@aurora.example", Role::Engineer),
];

/// Adds everybody, each with a random password that the sign-in page of the demo offers.
pub(crate) async fn add(app: &App) -> Result<Staff> {
    let mut sign_ins = Vec::new();
    for (name, email, role) in PEOPLE {
        let bytes = app.home().secret(&format!("demo-{role}")).into_diagnostic()?;
        let password: String = bytes.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        app.add_person(name, email, *role, &password).await.into_diagnostic()?;
        sign_ins.push(DemoSignIn {
            name: (*name).to_owned(),
            email: (*email).to_owned(),
            password,
            role: *role,
        });
    }
    let people = app.store().people().await.into_diagnostic()?;
    // Who approves and who overrides is certified, by a test answered from the bank: it is marked as the demo's.
    for person in people.iter().filter(|person| matches!(person.role, Role::Approver | Role::PrivacyOfficer))
    {
        if !app.take_demo_test(person).await.into_diagnostic()?.passed {
            return Err(miette::miette!("the bank's own answers do not pass its test"));
        }
    }
    // The demo's past has one approver, and its months go by in seconds.
    if let Some(officer) = people.iter().find(|person| person.role == Role::PrivacyOfficer) {
        let quick = flow::oversight::Oversight {
            people: 1_000_000,
            share_percent: 100.0,
            grace_minutes: 0,
            ..flow::oversight::Oversight::default()
        };
        app.change_oversight(officer, &quick).await.into_diagnostic()?;
    }
    app.set_demo_sign_ins(&sign_ins).await.into_diagnostic()?;
    let of = |role: Role| {
        people
            .iter()
            .find(|person| person.role == role)
            .cloned()
            .ok_or_else(|| miette::miette!("the demo lacks a {role}"))
    };
    Ok(Staff {
        marketer: of(Role::Marketer)?,
        approver: of(Role::Approver)?,
        analyst: of(Role::Analyst)?,
        officer: of(Role::PrivacyOfficer)?,
    })
}

impl Staff {
    /// The person who answers for what the system does by itself.
    pub(crate) const fn responsible(&self) -> PersonId {
        self.analyst.id
    }
}

/// The approver reads the card and the gates of what was fitted, and lets it act: whoever answers for a model does not.
pub(crate) async fn promote(app: &App, staff: &Staff) -> Result<()> {
    for label in app.models_view().await.into_diagnostic()?.waiting {
        let reason = "read its card and its gates; better than the naive forecast".to_owned();
        let step = Step { label, to: ModelState::Live, share: 0, reason };
        app.move_model(&staff.approver, &step).await.into_diagnostic()?;
    }
    Ok(())
}

/// Prints where the pages are and who can sign in, and one customer's own pages.
pub(crate) async fn show(app: &App, address: SocketAddr) -> Result<()> {
    say::line(format!("\nPages: http://{address}"));
    for sign_in in app.demo_sign_ins().await.into_diagnostic()? {
        say::line(format!(
            "  {:<16} {:<24} password {}",
            sign_in.role.as_str(),
            sign_in.email,
            sign_in.password
        ));
    }
    let campaigns = app.store().campaigns().await.into_diagnostic()?;
    for campaign in &campaigns {
        let sent = app
            .store()
            .messages_of_campaign(campaign.id, Some(DeliveryState::Sent), 1, 0)
            .await
            .into_diagnostic()?;
        if let Some(message) = sent.first() {
            let [why, preferences, unsubscribe] = app.customer_links(message.id).into_diagnostic()?;
            say::line(format!("One customer's own pages ({}):", message.customer));
            say::line(format!("  why did I get this  http://{address}/w/{why}"));
            say::line(format!("  preferences         http://{address}/p/{preferences}"));
            say::line(format!("  unsubscribe         http://{address}/u/{unsubscribe}"));
            break;
        }
    }
    say::line(format!("Mails: {}", app.home().outbox().display()));
    Ok(())
}
