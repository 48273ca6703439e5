//! `candor long-term`: the brand's policy on long-term loss, and overruling a veto.

use miette::{IntoDiagnostic, Result, miette};
use terms::ids::CampaignId;

use crate::cli::{Global, LongTermCommand};
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &LongTermCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        LongTermCommand::Policy { certainty, tolerated, complaint_weight, margin, by } => {
            let before = app.long_term_policy().await.into_diagnostic()?;
            let mut policy = before.clone();
            policy.certainty = certainty.unwrap_or(policy.certainty);
            policy.tolerated = tolerated.unwrap_or(policy.tolerated);
            policy.complaint_weight = complaint_weight.unwrap_or(policy.complaint_weight);
            policy.margin = margin.or(policy.margin);
            if policy != before {
                let by = by.as_deref().ok_or_else(|| miette!("say whose act it is with --by EMAIL"))?;
                let person = person(&app, by).await?;
                app.change_long_term_policy(&person, &policy).await.into_diagnostic()?;
            }
            if global.json {
                return say::json(&policy);
            }
            say::line(format!("vetoes from a probability of loss of {}", policy.certainty));
            say::line(format!("tolerates {} of the gain in the window", policy.tolerated));
            say::line(format!("a complaint counts as {} opt-outs", policy.complaint_weight));
            say::line(policy.margin.map_or("margin is not known: revenue is counted".to_owned(), |margin| {
                format!("margin {margin} of revenue")
            }));
            Ok(())
        }
        LongTermCommand::Overrule { id, why, by } => {
            let person = person(&app, by).await?;
            app.overrule_veto(&person, CampaignId(*id), why).await.into_diagnostic()?;
            if global.json {
                return say::json(&serde_json::json!({ "campaign": id, "overruled": true }));
            }
            say::line(format!("campaign {id} may be approved and launched as it stands; an edit asks again"));
            Ok(())
        }
    }
}
