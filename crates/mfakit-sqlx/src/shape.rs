//! Check that the tables have the columns, primary keys and permissions that the store needs.
//!
//! A table that was made, copied or restored by hand may differ. Each kind of write is tried, in a way that changes no row.

use crate::{
    connection::Connection,
    failure::Failure,
    naming::Naming,
    pool::Dialect,
    statement::{Cell, Parameter, Statement},
};

/// Tables that the app must be able to write, with their columns beside the primary key.
const WRITTEN: [(&str, &[&str]); 4] = [
    ("users", &["version", "grants", "codes", "actions", "sweep_at"]),
    ("budgets", &["version", "record", "sweep_at"]),
    ("numbers", &["number", "tag", "confirmed_at"]),
    ("recoveries", &["record"]),
];

/// Tries each kind of write of each table.
///
/// # Errors
///
/// Returns an error if the database rejects one of them.
pub(crate) async fn check(connection: &Connection, naming: &Naming) -> Result<(), Failure> {
    for (table, columns) in WRITTEN {
        let (table, list) = (naming.table(table), columns.join(", "));
        let same: Vec<_> = columns.iter().map(|column| format!("{column} = {column}")).collect();
        let insert = format!(
            "INSERT INTO {table} (id, {list}) SELECT id, {list} FROM {table} WHERE id = $1 ON CONFLICT (id) DO NOTHING"
        );
        let update = format!("UPDATE {table} SET id = id, {} WHERE id = $1", same.join(", "));
        let delete = format!("DELETE FROM {table} WHERE id = $1");
        for statement in [insert, update, delete] {
            // No primary key is empty, so nothing is changed.
            connection.try_write(&Statement::new(statement), &[Parameter::Bytes(&[])]).await?;
        }
    }
    Ok(())
}

/// Returns the problems of tables that the database does not reject.
///
/// # Errors
///
/// Returns an error if the database cannot be read.
pub(crate) async fn findings(connection: &Connection, naming: &Naming) -> Result<Vec<&'static str>, Failure> {
    if connection.dialect() == Dialect::Sqlite {
        return Ok(Vec::new());
    }
    let tables: Vec<_> =
        WRITTEN.iter().map(|(table, _)| format!("to_regclass('{}')", naming.table(table))).collect();
    let count = |condition| format!("CAST(coalesce(sum(CAST({condition} AS int)), 0) AS bigint)");
    let find = Statement::new(format!(
        "SELECT {}, {} FROM pg_class WHERE oid IN ({})",
        count("relpersistence <> 'p' AND relkind = 'r'"),
        count("row_security_active(oid)"),
        tables.join(", ")
    ));
    let rows = connection.read(&find, &[]).await?;
    let mut found = Vec::new();
    if let Some([unlogged, hidden]) = rows.first().map(Vec::as_slice) {
        if *unlogged != Cell::Int(0) {
            found.push(
                "a table is unlogged or temporary, so a crash empties it, which forgets locks and counts: set it to LOGGED",
            );
        }
        if *hidden != Cell::Int(0) {
            found.push(
                "row level security applies to the role on a table, so a revocation may not find its row: let a policy permit \
                 every row to the role",
            );
        }
    }
    Ok(found)
}
