//! `candor access`: who may do what, why, and whether a brand's own policies can be used.

use std::path::Path;

use flow::access::{Access, AccessView, AccessWhy, Cell, Origin, Permission, Policy};
use miette::{Context, IntoDiagnostic, Result, miette};
use serde::Serialize;
use terms::person::Role;

use crate::cli::{AccessCommand, Global};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: Option<&AccessCommand>) -> Result<()> {
    match command {
        None => {
            let view = open_quiet(global).await?.access_view().await.into_diagnostic()?;
            if global.json {
                return say::json(&view);
            }
            table(&view);
            Ok(())
        }
        Some(AccessCommand::Why { person, action, on }) => {
            let permission: Permission = action.parse().into_diagnostic()?;
            let app = open_quiet(global).await?;
            let why = app.access_why(person, permission, on.as_deref().unwrap_or_default());
            let why = why.await.into_diagnostic()?;
            if global.json {
                return say::json(&why);
            }
            told(&why);
            Ok(())
        }
        Some(AccessCommand::Check { file }) => check(global, file),
        Some(AccessCommand::Schema) => {
            say::line(Access::SCHEMA);
            say::line(Access::POLICIES);
            Ok(())
        }
    }
}

fn table(view: &AccessView) {
    let heads: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    say::line(format!("{:<16} {}", "", heads.join("  ")));
    for line in &view.lines {
        let cells: Vec<String> = line
            .roles
            .iter()
            .map(|(role, cell)| {
                let mark = match cell {
                    Cell::Yes => "yes",
                    Cell::No => "-",
                    Cell::Narrowed => "narrowed",
                };
                format!("{mark:<width$}", width = role.as_str().len())
            })
            .collect();
        say::line(format!("{:<16} {}", line.permission.as_str(), cells.join("  ").trim_end()));
    }
    say::line("Whatever the role:");
    view.always.iter().for_each(policy);
    match &view.hash {
        Some(hash) => say::line(format!("The brand's own policies ({}, {hash}):", view.file)),
        None => say::line(format!("The brand has no policies of its own; they would be in {}.", view.file)),
    }
    view.own.iter().for_each(policy);
}

fn policy(policy: &Policy) {
    let whose = match policy.origin {
        Origin::House => "house",
        Origin::Brand => "brand",
    };
    say::line(format!("  {:<16} {} ({whose}, line {})", policy.id, policy.reason_en, policy.line));
}

fn told(why: &AccessWhy) {
    let (may, role) = (if why.allowed { "may" } else { "may not" }, why.role);
    say::line(format!("{} ({role}) {may} {} on {}.", why.person, why.permission, why.on));
    match why.by.as_slice() {
        [] if why.allowed => {}
        [] => say::line(format!("No policy permits it to a {role}.")),
        by => by.iter().for_each(policy),
    }
    if let Some(certified) = why.certified {
        say::line(format!(
            "Their certificate of training {}.",
            if certified { "holds" } else { "does not hold" }
        ));
    }
    if !why.allowed {
        let roles: Vec<&str> = why.who.roles.iter().map(|role| role.as_str()).collect();
        let people = if why.who.people.is_empty() { "nobody".to_owned() } else { why.who.people.join(", ") };
        say::line(format!("In general it is for: {}. Here that is {people}.", roles.join(", ")));
    }
}

/// What a file takes away.
#[derive(Serialize)]
struct Checked {
    policies: Vec<Policy>,
    hash: Option<String>,
    /// What a role may by the house, and no longer whatever the time and the thing.
    takes_away: Vec<(Role, Permission)>,
}

fn check(global: &Global, file: &Path) -> Result<()> {
    let name = file.display();
    let text =
        std::fs::read_to_string(file).into_diagnostic().wrap_err_with(|| format!("cannot read `{name}`"))?;
    let access = match Access::narrowed(&text) {
        Ok(access) => access,
        Err(faults) => {
            if global.json {
                say::json(&faults)?;
            }
            let lines: Vec<String> = faults
                .iter()
                .map(|fault| {
                    format!("{name}:{}:{}: {}\n  {}", fault.line, fault.column, fault.message, fault.help)
                })
                .collect();
            return Err(miette!(
                "`{name}` cannot be used; with it, nothing would start\n{}",
                lines.join("\n")
            ));
        }
    };
    let house = Access::house().map_err(|_| miette!("the policies of the house cannot be read"))?;
    let pairs = Role::ALL.iter().flat_map(|role| Permission::ALL.iter().map(|one| (*role, *one)));
    let checked = Checked {
        policies: access.policies().filter(|policy| policy.origin == Origin::Brand).cloned().collect(),
        hash: access.brand_hash().map(|hash| hash.to_string()),
        takes_away: pairs
            .filter(|(role, one)| house.in_general(*role, *one) && !access.in_general(*role, *one))
            .collect(),
    };
    if global.json {
        return say::json(&checked);
    }
    say::line(format!("`{name}` can be used: {} policies that narrow.", checked.policies.len()));
    checked.policies.iter().for_each(policy);
    for (role, permission) in &checked.takes_away {
        say::line(format!("  takes {permission} from every {role}"));
    }
    say::line("Put it into the home folder as access.cedar and start again; the ledger will keep its hash.");
    Ok(())
}
