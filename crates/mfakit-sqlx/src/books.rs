//! Statements of the number book and the recovery book.

use mfakit_core::store::StoreError;

use crate::{
    connection::Connection,
    names::{Id, Ids},
    pool::Dialect,
    retry::{TRIES, pause},
    statement::{Cell, Parameter, Row, Statement},
    table::{MAX_PAUSE, POSTGRES_MICROS, before, of_the_present},
};

/// Table with one row for each user, whose change names the value that it expects. So each change is one statement.
///
/// The first column after the primary key is the one that a change expects.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    /// Reads the row. `$1` and so on are the primary keys. The column that a change expects is absent if the row may be of
    /// the past.
    read: Statement,
    /// Reads the time, on PostgreSQL. There, the last parameter of each statement that writes is the deadline.
    time: Option<Statement>,
    /// Adds a row, unless there is one. The parameters are the columns, then the previous primary keys.
    add: Statement,
    /// Replaces the row. The parameters are the columns, then all primary keys, then the expected values.
    replace: Statement,
    /// Deletes the row. The parameters are all primary keys, then the expected values.
    remove: Statement,
    /// Number of values that a change expects: one for each secret, if they are keyed hashes.
    expected: usize,
}

impl Book {
    /// Writes the statements for rows that have as many primary keys, and as many values to expect, as these numbers say.
    pub(crate) fn new(table: &str, columns: &[&str], dialect: Dialect, ids: usize, expected: usize) -> Self {
        let key = columns.first().copied().unwrap_or_default();
        let (list, count) = (columns.join(", "), columns.len() + 1);
        let shown: Vec<_> = columns.iter().skip(1).map(|column| (*column).to_owned()).collect();
        let shown = [&[of_the_present(dialect, key)], &*shown].concat().join(", ");
        let values = numbered(1, count);
        let is_new = match ids {
            0 | 1 => "1 = 1".to_owned(),
            _ => format!(
                "NOT EXISTS (SELECT 1 FROM {table} WHERE id IN ({}))",
                numbered(count + 1, ids.saturating_sub(1))
            ),
        };
        let is_expected = |first| {
            format!("id IN ({}) AND {key} IN ({})", numbered(first, ids), numbered(first + ids, expected))
        };
        // Otherwise a change in a transaction that the app left open would be undone when that is rolled back.
        let in_time = |parameters: usize| match dialect {
            Dialect::Postgres => format!(" AND {}", before(dialect, parameters + 1)),
            Dialect::Sqlite => String::new(),
        };
        let set: Vec<_> = columns.iter().zip(2..).map(|(column, at)| format!("{column} = ${at}")).collect();
        Self {
            read: Statement::new(format!(
                "SELECT id, {shown} FROM {table} WHERE id IN ({})",
                numbered(1, ids)
            )),
            time: (dialect == Dialect::Postgres).then(|| Statement::new(format!("SELECT {POSTGRES_MICROS}"))),
            add: Statement::new(format!(
                "INSERT INTO {table} (id, {list}) SELECT {values} WHERE {is_new}{} ON CONFLICT (id) DO NOTHING",
                in_time(count + ids.saturating_sub(1))
            )),
            replace: Statement::new(format!(
                "UPDATE {table} SET id = $1, {} WHERE {}{}",
                set.join(", "),
                is_expected(count + 1),
                in_time(count + ids + expected)
            )),
            remove: Statement::new(format!(
                "DELETE FROM {table} WHERE {}{}",
                is_expected(1),
                in_time(ids + expected)
            )),
            expected,
        }
    }

    /// Returns the rows of a user. There is one at most, except for a moment while a secret is rotated.
    pub(crate) async fn rows(&self, connection: &Connection, ids: &Ids) -> Result<Vec<Row>, StoreError> {
        Ok(connection.read(&self.read, &keys(ids)).await?)
    }

    /// Adds a row, unless there is one. Returns whether it was added.
    pub(crate) async fn add(
        &self,
        connection: &Connection,
        ids: &Ids,
        columns: &[Parameter<'_>],
    ) -> Result<bool, StoreError> {
        let row = [&[Parameter::Bytes(&ids.current)], columns].concat();
        let previous = ids.previous.iter().map(|id| Parameter::Bytes(id));
        if self.write(connection, &self.add, &row.iter().copied().chain(previous).collect::<Vec<_>>()).await?
            == 0
        {
            return Ok(false);
        }
        // In the middle of a rotation, another instance may have added a row under another secret at the same moment.
        // Neither of the two sees the other's in its own statement, so one that sees both gives up its own.
        let is_own = |row: &Row| row.first() == Some(&Cell::Bytes(ids.current.to_vec()));
        if ids.previous.is_empty() || self.rows(connection, ids).await?.iter().all(is_own) {
            return Ok(true);
        }
        let expected = columns.first().copied().unwrap_or(Parameter::Null);
        self.remove_row(connection, ids.current, ids.previous.len(), expected).await?;
        Ok(false)
    }

    /// Deletes the rows of a user beside the one that counts. An instance leaves one if it dies between its addition and its
    /// look for others. It would count again once the other is gone.
    async fn remove_others(&self, connection: &Connection, ids: &Ids) -> Result<(), StoreError> {
        if ids.previous.is_empty() {
            return Ok(());
        }
        let mut rows = self.rows(connection, ids).await?;
        let counts = first(&mut rows);
        for row in rows.iter().filter(|_| counts.is_some()) {
            if let [Cell::Bytes(id), Cell::Bytes(expected), ..] = &**row
                && let Ok(id) = Id::try_from(id.as_slice())
            {
                self.remove_row(connection, id, ids.previous.len(), Parameter::Bytes(expected)).await?;
            }
        }
        Ok(())
    }

    /// Deletes the row with this primary key, if it has the expected value.
    async fn remove_row(
        &self,
        connection: &Connection,
        id: Id,
        previous: usize,
        expected: Parameter<'_>,
    ) -> Result<(), StoreError> {
        let own = Ids { current: id, previous: vec![id; previous] };
        let expected = vec![expected; self.expected];
        self.write(connection, &self.remove, &[&keys(&own), &*expected].concat()).await.map(drop)
    }

    /// Replaces the row that has an expected value. Returns whether there was one.
    pub(crate) async fn replace(
        &self,
        connection: &Connection,
        ids: &Ids,
        expected: &[Parameter<'_>],
        columns: &[Parameter<'_>],
    ) -> Result<bool, StoreError> {
        self.remove_others(connection, ids).await?;
        let row = [&[Parameter::Bytes(&ids.current)], columns, &keys(ids), expected].concat();
        Ok(self.write(connection, &self.replace, &row).await? > 0)
    }

    /// Deletes the row that has an expected value. Returns whether there was one.
    pub(crate) async fn remove(
        &self,
        connection: &Connection,
        ids: &Ids,
        expected: &[Parameter<'_>],
    ) -> Result<bool, StoreError> {
        self.remove_others(connection, ids).await?;
        Ok(self.write(connection, &self.remove, &[&keys(ids), expected].concat()).await? > 0)
    }

    /// Writes, and tries again if the database could not do it at this moment.
    async fn write(
        &self,
        connection: &Connection,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, StoreError> {
        for tried in 0..TRIES {
            let deadline = self.deadline(connection).await?.map(Parameter::Int);
            let parameters: Vec<_> = parameters.iter().copied().chain(deadline).collect();
            match connection.try_write(statement, &parameters).await {
                Err(failure) if failure.is_conflict() => pause(tried).await,
                done => return Ok(done?),
            }
        }
        Err(StoreError::new("the database was busy with other writes, too often"))
    }

    /// Returns the latest time of a write that begins now, on PostgreSQL.
    async fn deadline(&self, connection: &Connection) -> Result<Option<i64>, StoreError> {
        let Some(time) = &self.time else { return Ok(None) };
        Ok(Some(connection.time(time).await?.saturating_add(MAX_PAUSE)))
    }
}

/// Takes out the row that counts: that with the smaller primary key, as in the store.
pub(crate) fn first(rows: &mut Vec<Row>) -> Option<Row> {
    let id = |row: &Row| match row.first() {
        Some(Cell::Bytes(id)) => id.clone(),
        _ => Vec::new(),
    };
    let (at, _) = rows.iter().enumerate().min_by_key(|(_, row)| id(row))?;
    Some(rows.swap_remove(at))
}

fn keys(ids: &Ids) -> Vec<Parameter<'_>> {
    ids.all().map(|id| Parameter::Bytes(id)).collect()
}

/// Returns the names of `count` parameters.
fn numbered(first: usize, count: usize) -> String {
    let names: Vec<_> = (first..first + count).map(|at| format!("${at}")).collect();
    names.join(", ")
}
