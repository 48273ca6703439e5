//! `candor training`: who is certified, how far everybody is, and what to do next.

use flow::training::{PersonProgress, Standing, TeamView};
use miette::{IntoDiagnostic, Result};

use crate::cli::{Global, TrainingCommand};
use crate::compose::open_quiet;
use crate::say;

/// What somebody without a certificate does.
pub(crate) const NEXT: &str = "start `candor serve`, sign in, and take the test at /training/test";

fn standing(person: &PersonProgress) -> String {
    match person.standing {
        Standing::Never if !person.needed => "not needed".to_owned(),
        Standing::Never => "not certified".to_owned(),
        Standing::Valid { until } => format!("certified until {}", until.day()),
        Standing::EndsSoon { until } => format!("certified until {}, ends soon", until.day()),
        Standing::Ended { at } => format!("ended on {}", at.day()),
    }
}

fn show(person: &PersonProgress) {
    let right: String = person
        .lessons
        .iter()
        .map(|(_, read, right)| match right {
            Some(right) => char::from_digit(*right, 10).unwrap_or('?'),
            None if *read => '.',
            None => '-',
        })
        .collect();
    let from = person.certificate.as_ref().filter(|certificate| certificate.origin.as_str() == "demo");
    say::line(format!(
        "  {:<24} {:<16} {:<36} {right}  {} of {} tests passed{}",
        person.name,
        person.role.as_str(),
        standing(person),
        person.passed,
        person.tests,
        if from.is_some() { " (demo)" } else { "" }
    ));
}

pub(crate) async fn run(global: &Global, command: &TrainingCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    let mut view: TeamView = app.training_team().await.into_diagnostic()?;
    if let TrainingCommand::Status { person } = command {
        let somebody = app.store().person_by_email(person).await.into_diagnostic()?;
        let id = somebody.map(|(person, _)| person.id);
        view.people.retain(|progress| Some(progress.person) == id);
        if view.people.is_empty() {
            return Err(miette::miette!(
                "nobody signs in as `{person}`; `candor person list` names everybody"
            ));
        }
        if global.json {
            return say::json(&view.people.first());
        }
    }
    if global.json {
        return say::json(&view);
    }
    say::line(format!("{} of {} whose role needs a certificate have one", view.certified, view.needed));
    view.people.iter().for_each(show);
    say::line("  (by lesson: right answers out of two in the last test, `.` read, `-` not read)");
    if view.people.iter().any(|person| person.needed && !person.standing.holds()) {
        say::line(format!("Who needs one: {NEXT}"));
    }
    Ok(())
}
