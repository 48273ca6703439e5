//! The demo's three campaigns, each written by the marketer, approved by the approver, launched.

use flow::App;
use miette::{Context, IntoDiagnostic, Result};
use simulator::Contact;
use terms::campaign::Goal;
use terms::customer::Language;
use terms::delivery::DeliveryState;
use terms::ids::CampaignId;
use terms::message::Field;

use crate::demo::people::Staff;

/// A campaign that was launched.
pub(crate) struct Launched {
    pub(crate) id: CampaignId,
    pub(crate) name: String,
    pub(crate) goal: Goal,
}

struct Idea {
    template: &'static str,
    name: &'static str,
    audience: &'static str,
    control_percent: f64,
    /// What the coffee shop says instead of the library's neutral words: language, field, words.
    words: &'static [(Language, Field, &'static str)],
}

const IDEAS: &[Idea] = &[
    Idea {
        template: "win_back",
        name: "Win back: high-value churned",
        audience: "stage = churned and value.stage_percentile >= 50",
        control_percent: 20.0,
        words: &[
            (Language::English, Field::Subject, "Your next coffee with {{ offer.discount }} off"),
            (Language::Spanish, Field::Subject, "Tu próximo café, con {{ offer.discount }} de descuento"),
        ],
    },
    Idea {
        template: "second_purchase",
        name: "Second purchase: new customers",
        audience: "stage in (new, active) and purchases = 1 and tenure_days <= 60",
        control_percent: 20.0,
        words: &[
            (Language::English, Field::Subject, "How was your first coffee?"),
            (Language::English, Field::Button, "Choose another coffee"),
            (Language::Spanish, Field::Subject, "¿Qué tal tu primer café?"),
            (Language::Spanish, Field::Button, "Elegir otro café"),
        ],
    },
    Idea {
        template: "reward",
        name: "Thank you: active customers",
        audience: "stage = active and purchases >= 3",
        control_percent: 20.0,
        words: &[
            (Language::English, Field::Button, "Use it on your next coffee"),
            (Language::Spanish, Field::Button, "Usarlo en tu próximo café"),
        ],
    },
];

/// Composes, submits, approves and launches the three campaigns, and leaves a fourth as a draft the guard holds back.
pub(crate) async fn launch(app: &App, staff: &Staff) -> Result<Vec<Launched>> {
    let mut launched = Vec::new();
    for idea in IDEAS {
        let mut form = app.compose_new(Some(idea.template), Language::English).await.into_diagnostic()?.form;
        idea.name.clone_into(&mut form.name);
        idea.audience.clone_into(&mut form.audience);
        form.control_percent = idea.control_percent;
        for (language, field, words) in idea.words {
            for variant in form.variants.iter_mut().filter(|variant| variant.language == *language) {
                let place = match field {
                    Field::Subject => &mut variant.subject,
                    _ => &mut variant.button,
                };
                (*words).clone_into(place);
            }
        }
        let goal = form.goal;
        let id = app.save_campaign(&staff.marketer, None, 0, &form).await.into_diagnostic()?;
        let about = || format!("campaign `{}`", idea.name);
        app.submit_campaign(&staff.marketer, id).await.into_diagnostic().wrap_err_with(about)?;
        let review = app.review(&staff.approver, id, Language::English).await.into_diagnostic()?;
        app.approve_campaign(&staff.approver, id, &review.content_hash, "read both languages")
            .await
            .into_diagnostic()
            .wrap_err_with(about)?;
        app.launch_campaign(&staff.marketer, id).await.into_diagnostic().wrap_err_with(about)?;
        launched.push(Launched { id, name: idea.name.to_owned(), goal });
    }
    draft(app, staff).await?;
    Ok(launched)
}

/// A draft as somebody in a hurry would write it, for the guard to show what it does.
async fn draft(app: &App, staff: &Staff) -> Result<()> {
    let mut form = app.compose_new(Some("win_back"), Language::English).await.into_diagnostic()?.form;
    form.name = "Autumn push (draft)".to_owned();
    form.audience = "stage = at_risk and risk.churn >= 0.5".to_owned();
    for variant in &mut form.variants {
        let (subject, body) = match variant.language {
            Language::English => (
                "Last hours: 40% off the best coffee in Spain",
                "{{ greeting }}\n\nHurry, only 3 left! Guaranteed to make your mornings better.\n\n\"I love it\" - Ana",
            ),
            Language::Spanish => (
                "Últimas horas: 40 % de descuento en el mejor café de España",
                "{{ greeting }}\n\n¡Date prisa, solo quedan 3! Resultado garantizado.\n\n«Me encanta» - Ana",
            ),
        };
        subject.clone_into(&mut variant.subject);
        body.clone_into(&mut variant.body);
    }
    app.save_campaign(&staff.marketer, None, 0, &form).await.into_diagnostic()?;
    Ok(())
}

/// A campaign that asks for a language, which in this shop goes with age: submitted, and outside of the fairness policy.
pub(crate) async fn one_sided(app: &App, staff: &Staff) -> Result<()> {
    let mut form = app.compose_new(Some("reward"), Language::English).await.into_diagnostic()?.form;
    form.name = "English readers only".to_owned();
    form.audience = "stage = active and language = en".to_owned();
    let id = app.save_campaign(&staff.marketer, None, 0, &form).await.into_diagnostic()?;
    app.submit_campaign(&staff.marketer, id).await.into_diagnostic()
}

/// Everybody who was sent a message, for the simulation to answer.
pub(crate) async fn contacts(app: &App, launched: &[Launched]) -> Result<Vec<Contact>> {
    let mut contacts = Vec::new();
    for campaign in launched {
        let mut offset = 0;
        loop {
            let page = app
                .store()
                .messages_of_campaign(campaign.id, Some(DeliveryState::Sent), 5_000, offset)
                .await
                .into_diagnostic()?;
            let last = page.len() < 5_000;
            offset += 5_000;
            contacts.extend(page.into_iter().filter_map(|message| {
                Some(Contact { customer: message.customer, goal: campaign.goal, at: message.finished_at? })
            }));
            if last {
                break;
            }
        }
    }
    Ok(contacts)
}
