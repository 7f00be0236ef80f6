//! Migrations, which are also files in `migrations/`. Each has the number of its version, and ends by recording it.

use crate::{
    naming::{DEFAULT_PREFIX, Naming},
    pool::Dialect,
};

const POSTGRES: &[&str] = &[include_str!("../migrations/postgres/0001_tables.sql")];

const SQLITE: &[&str] = &[include_str!("../migrations/sqlite/0001_tables.sql")];

/// Version of the tables that this release reads and writes.
#[allow(clippy::cast_possible_wrap, reason = "a handful of files")]
pub(crate) const VERSION: i64 = POSTGRES.len() as i64;

/// Returns the migrations that lead from this version to [`VERSION`], in order.
pub(crate) fn after(version: i64, dialect: Dialect, naming: &Naming) -> Vec<String> {
    let all = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Sqlite => SQLITE,
    };
    let applied = usize::try_from(version).unwrap_or_default();
    all.iter().skip(applied).map(|file| file.replace(DEFAULT_PREFIX, &naming.prefix)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_exists_for_both_databases_and_records_its_version() {
        assert_eq!(POSTGRES.len(), SQLITE.len());
        for files in [POSTGRES, SQLITE] {
            for (file, version) in files.iter().zip(1..) {
                let end = format!("\nINSERT INTO mfakit_schema (version) VALUES ({version});\n");
                assert!(file.ends_with(&end), "{file}");
            }
        }
    }

    #[test]
    fn a_prefix_replaces_the_default_everywhere() {
        let naming = Naming { prefix: "auth_".to_owned(), schema: None };
        let files = after(0, Dialect::Postgres, &naming).concat();
        assert!(
            files.contains("CREATE INDEX auth_users_sweep_at ON auth_users") && !files.contains("mfakit_")
        );
        assert!(after(VERSION, Dialect::Sqlite, &naming).is_empty());
    }
}
