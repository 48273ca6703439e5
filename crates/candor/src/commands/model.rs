//! `candor model`: the registry of models, each version checked against its file.

use flow::ModelLine;
use miette::{IntoDiagnostic, Result};

use crate::cli::Global;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, label: Option<&str>) -> Result<()> {
    let app = open_quiet(global).await?;
    let mut models = app.models().await.into_diagnostic()?;
    if let Some(label) = label {
        models.retain(|model| model.label == label);
        if models.is_empty() {
            return Err(miette::miette!("there is no model `{label}`; `candor model` lists them"));
        }
    }
    if global.json {
        say::json(&models)?;
    } else {
        models.iter().for_each(|model| show(model, label.is_some()));
    }
    match models.iter().find_map(|model| model.problem.clone()) {
        Some(problem) => Err(miette::miette!("{problem}")),
        None => Ok(()),
    }
}

fn show(model: &ModelLine, whole: bool) {
    let fitted_on = model.lineage.as_ref().map_or_else(
        || "its file cannot be used".to_owned(),
        |lineage| {
            format!(
                "{} rows of {} customers up to {}",
                say::count(lineage.rows),
                say::count(lineage.customers),
                lineage.as_of
            )
        },
    );
    say::line(format!(
        "{:<10} {:<10} {}  fitted {} on {fitted_on}, {} answers for it",
        model.label,
        model.state.as_str(),
        model.content_hash.chars().take(12).collect::<String>(),
        model.made_at.day(),
        model.responsible
    ));
    if whole {
        say::line(serde_json::to_string_pretty(&model.evaluation).unwrap_or_default());
    }
}
