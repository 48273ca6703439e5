//! `candor person`: who may sign in.

use std::io::Read;

use miette::{IntoDiagnostic, Result, WrapErr};

use crate::cli::{Global, PersonCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &PersonCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        PersonCommand::Add { name, email, role } => {
            let mut password = String::new();
            std::io::stdin()
                .read_to_string(&mut password)
                .into_diagnostic()
                .wrap_err("write the password to standard input")?;
            let password = password.trim_end_matches(['\r', '\n']);
            let id = app.add_person(name, email, *role, password).await.into_diagnostic()?;
            say::line(format!("{name} can sign in as {role} (person {id})"));
            if flow::training::needs_certificate(*role) {
                say::line(format!("before they approve, override or promote: {}", super::training::NEXT));
            }
            Ok(())
        }
        PersonCommand::List => {
            let people = app.store().people().await.into_diagnostic()?;
            if global.json {
                return say::json(&people);
            }
            for person in people {
                say::line(format!(
                    "{:>4}  {:<16} {:<28} {}",
                    person.id, person.role, person.email, person.name
                ));
            }
            Ok(())
        }
    }
}
