//! Brings the schema up to date: ordered scripts, each run once in the transaction that records it.
//!
//! A runner of our own because the triggers of one version are written twice, once for each database. Deliberately
//! absent: going back. A newer schema is refused, not undone.

use crate::error::{Error, Result};
use crate::open::Kind;
use crate::sql::{Columns, sql};
use sqlx::{Any, Executor, Transaction};
use terms::hash::ContentHash;

struct Migration {
    version: i64,
    schema: &'static str,
    /// Triggers; empty where a version adds none. The same in both fields but for the dialect.
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        schema: include_str!("../migrations/0001_schema.sql"),
        sqlite: include_str!("../migrations/0001_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0001_triggers.postgres.sql"),
    },
    Migration {
        version: 2,
        schema: include_str!("../migrations/0002_consent.sql"),
        sqlite: include_str!("../migrations/0002_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0002_triggers.postgres.sql"),
    },
    Migration {
        version: 3,
        schema: include_str!("../migrations/0003_limits.sql"),
        sqlite: include_str!("../migrations/0003_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0003_triggers.postgres.sql"),
    },
    Migration {
        version: 4,
        schema: include_str!("../migrations/0004_rights.sql"),
        sqlite: include_str!("../migrations/0004_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0004_triggers.postgres.sql"),
    },
    Migration {
        version: 5,
        schema: include_str!("../migrations/0005_erase.sql"),
        sqlite: include_str!("../migrations/0005_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0005_triggers.postgres.sql"),
    },
    Migration {
        version: 6,
        schema: include_str!("../migrations/0006_events.sql"),
        sqlite: include_str!("../migrations/0006_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0006_triggers.postgres.sql"),
    },
    Migration {
        version: 7,
        schema: include_str!("../migrations/0007_retention.sql"),
        sqlite: include_str!("../migrations/0007_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0007_triggers.postgres.sql"),
    },
    Migration {
        version: 8,
        schema: include_str!("../migrations/0008_use_mark.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 9,
        schema: include_str!("../migrations/0009_facts.sql"),
        sqlite: include_str!("../migrations/0009_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0009_triggers.postgres.sql"),
    },
    Migration {
        version: 10,
        schema: include_str!("../migrations/0010_guard_monitor.sql"),
        sqlite: include_str!("../migrations/0010_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0010_triggers.postgres.sql"),
    },
    Migration {
        version: 11,
        schema: include_str!("../migrations/0011_house.sql"),
        sqlite: include_str!("../migrations/0011_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0011_triggers.postgres.sql"),
    },
    Migration {
        version: 12,
        schema: include_str!("../migrations/0012_cue_thresholds.sql"),
        sqlite: include_str!("../migrations/0012_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0012_triggers.postgres.sql"),
    },
    Migration {
        version: 13,
        schema: include_str!("../migrations/0013_training.sql"),
        sqlite: include_str!("../migrations/0013_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0013_triggers.postgres.sql"),
    },
    Migration {
        version: 14,
        schema: include_str!("../migrations/0014_witness.sql"),
        sqlite: include_str!("../migrations/0014_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0014_triggers.postgres.sql"),
    },
    Migration {
        version: 15,
        schema: include_str!("../migrations/0015_registry.sql"),
        sqlite: include_str!("../migrations/0015_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0015_triggers.postgres.sql"),
    },
    Migration {
        version: 16,
        schema: include_str!("../migrations/0016_fairness.sql"),
        sqlite: include_str!("../migrations/0016_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0016_triggers.postgres.sql"),
    },
    Migration {
        version: 17,
        schema: include_str!("../migrations/0017_certified_moves.sql"),
        sqlite: include_str!("../migrations/0017_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0017_triggers.postgres.sql"),
    },
    Migration {
        version: 18,
        schema: include_str!("../migrations/0018_oversight.sql"),
        sqlite: include_str!("../migrations/0018_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0018_triggers.postgres.sql"),
    },
    Migration {
        version: 19,
        schema: include_str!("../migrations/0019_long_term.sql"),
        sqlite: include_str!("../migrations/0019_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0019_triggers.postgres.sql"),
    },
    Migration {
        version: 21,
        schema: include_str!("../migrations/0021_fairness_house.sql"),
        sqlite: include_str!("../migrations/0021_triggers.sqlite.sql"),
        postgres: include_str!("../migrations/0021_triggers.postgres.sql"),
    },
];

pub(crate) async fn run(tx: &mut Transaction<'static, Any>, kind: Kind) -> Result<()> {
    if kind == Kind::Postgres {
        sqlx::query(sql!("connection", "postgres_migration_lock")).execute(&mut **tx).await?;
    }
    tx.execute(sqlx::raw_sql(sql!("connection", "create_schema_versions"))).await?;
    let rows = sqlx::query(sql!("connection", "schema_versions")).fetch_all(&mut **tx).await?;
    for row in &rows {
        let version = row.int("version")?;
        let Some(known) = MIGRATIONS.iter().find(|migration| migration.version == version) else {
            return Err(Error::Schema { version, what: "is newer than this program" });
        };
        if row.text("checksum")? != checksum(known, kind) {
            return Err(Error::Schema { version, what: "is not the one this program knows" });
        }
    }
    for migration in MIGRATIONS.iter().skip(rows.len()) {
        tx.execute(sqlx::raw_sql(migration.schema)).await?;
        tx.execute(sqlx::raw_sql(match kind {
            Kind::Sqlite => migration.sqlite,
            Kind::Postgres => migration.postgres,
        }))
        .await?;
        sqlx::query(sql!("connection", "add_schema_version"))
            .bind(migration.version)
            .bind(checksum(migration, kind))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

fn checksum(migration: &Migration, kind: Kind) -> String {
    let triggers = match kind {
        Kind::Sqlite => migration.sqlite,
        Kind::Postgres => migration.postgres,
    };
    ContentHash::of([migration.schema.as_bytes(), triggers.as_bytes()]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_rules_under_the_same_names() {
        let names = |text: &str| -> Vec<String> {
            let lines = text.lines().filter_map(|line| line.strip_prefix("CREATE TRIGGER "));
            lines.map(ToOwned::to_owned).map(|line| line.replace(" FOR EACH ROW", "")).collect()
        };
        for migration in MIGRATIONS {
            assert_eq!(names(migration.sqlite).is_empty(), migration.sqlite.is_empty());
            assert_eq!(names(migration.sqlite), names(migration.postgres));
        }
    }

    #[test]
    fn the_moves_of_the_schema_are_the_moves_of_the_vocabulary() {
        use terms::campaign::CampaignState;
        let scripts = [MIGRATIONS[0].schema, include_str!("../migrations/0018_oversight.sql")];
        let flat: String = scripts.iter().flat_map(|script| script.split_whitespace()).collect();
        for from in CampaignState::ALL {
            for to in CampaignState::ALL {
                let row = format!("('campaign','{from}','{to}')");
                assert_eq!(flat.contains(&row), from.may_become(*to), "{from} to {to}");
            }
        }
        use terms::model::ModelState;
        let flat: String = include_str!("../migrations/0015_registry.sql").split_whitespace().collect();
        for from in ModelState::ALL {
            for to in ModelState::ALL {
                let row = format!("('model','{from}','{to}')");
                assert_eq!(flat.contains(&row), from.may_become(*to), "{from} to {to}");
            }
        }
    }

    #[test]
    fn the_words_of_requests_are_those_of_the_vocabulary() {
        use terms::rights;
        let schema = include_str!("../migrations/0004_rights.sql");
        macro_rules! holds {
            ($($kind:ty),+ $(,)?) => {$({
                let words: Vec<&str> = <$kind>::ALL.iter().map(|word| word.as_str()).collect();
                let list = format!("('{}')", words.join("', '"));
                assert!(schema.contains(&list), "the schema lacks {list}");
            })+};
        }
        holds!(
            rights::RightKind,
            rights::RequestState,
            rights::Law,
            rights::RequestOrigin,
            rights::Verification,
            rights::RefusalGround,
            rights::NoticeKind,
            rights::NoticeState,
        );
    }

    #[test]
    fn the_words_of_the_schema_are_the_words_of_the_vocabulary() {
        // A later script may widen what an earlier one allows, on each database in its own way.
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let scripts = |migration: &Migration| match kind {
                Kind::Sqlite => [migration.schema, migration.sqlite].join("\n"),
                Kind::Postgres => [migration.schema, migration.postgres].join("\n"),
            };
            holds_the_words(&MIGRATIONS.iter().map(scripts).collect::<Vec<_>>().join("\n"));
        }
    }

    fn holds_the_words(schema: &str) {
        let list = |words: &[&str]| format!("('{}')", words.join("', '"));
        macro_rules! holds {
            ($($kind:ty),+ $(,)?) => {$({
                let words: Vec<&str> = <$kind>::ALL.iter().map(|word| word.as_str()).collect();
                assert!(schema.contains(&list(&words)), "the schema lacks {}", list(&words));
            })+};
        }
        holds!(
            terms::campaign::CampaignState,
            terms::campaign::Goal,
            terms::consent::Channel,
            terms::consent::Purpose,
            terms::consent::ConsentStatus,
            terms::consent::LawfulBasis,
            terms::consent::SuppressionReason,
            terms::customer::Language,
            terms::decision::ExclusionReason,
            terms::delivery::ResponseKind,
            terms::experiment::Arm,
            terms::fact::EvidenceKind,
            terms::fact::Polarity,
            terms::fairness::FairnessVerdict,
            terms::fairness::AuditOccasion,
            terms::monitoring::SampleKind,
            terms::monitoring::Truth,
            terms::monitoring::Writer,
            terms::model::ModelKind,
            terms::model::ModelSlot,
            terms::model::ModelState,
            terms::person::Role,
            terms::preference::Personalisation,
            terms::training::Lesson,
            terms::training::TestOrigin,
            terms::service::ServiceKind,
            terms::service::ServiceState,
            crate::vault::Attribute,
        );
        let mut states = vec!["excluded"];
        states.extend(terms::delivery::DeliveryState::ALL.iter().map(|state| state.as_str()));
        assert!(schema.contains(&list(&states)));
    }
}
