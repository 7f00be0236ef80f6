//! A row as it was read, and what replaces it.

use mfakit_core::{Timestamp, store::StoreError};

use crate::{
    names::{Id, Ids},
    seal::{Place, Seals},
    statement::{Cell, Row},
    table::Table,
};

/// Message of a read that may show the past.
pub(crate) const PAST: &str = "the database is a replica, or the app left a transaction open on this connection: connect to the \
                               primary, and begin transactions with `begin` of the pool";

/// Message of an answer that is not that of the statement.
const MIXED: &str = "the database answered another statement: if a connection pooler is in front of it, turn on \
                     simple_protocol of the store's builder";

/// Result of reading a row, which may not exist.
#[derive(Debug)]
pub(crate) struct Stored<'a> {
    /// Time of the read: that of the database on PostgreSQL, and that of the caller on SQLite.
    pub(crate) now: Timestamp,
    /// Time of the read by the clock of the database, or of the machine on SQLite, in microseconds.
    pub(crate) read_at: i64,
    pub(crate) ids: Ids,
    pub(crate) found: Option<Found>,
    /// Rows of the same owner beside the one that counts, without their values.
    pub(crate) others: Vec<Found>,
    pub(crate) table: &'a Table,
    pub(crate) seals: &'a Seals,
}

/// Row that exists.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) id: Id,
    /// Random number that changes with every write.
    pub(crate) version: i64,
    /// Sealed values, in the order of the columns.
    pub(crate) sealed: Vec<Option<Vec<u8>>>,
}

/// Change of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Keeps the value, even if it cannot be read.
    Keep,
    /// Writes this payload.
    Set(Vec<u8>),
    /// Removes the value.
    Clear,
}

/// New content of a row. A row without any value is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// Changes of the columns, in their order.
    pub(crate) columns: Vec<Change>,
    /// Time from which the row may be swept. `None` keeps it until it is changed.
    pub(crate) sweep_at: Option<Timestamp>,
}

/// Outcome of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Written {
    /// The row is as it should be.
    Done,
    /// Another write came first, or the instance was paused for too long. Nothing was changed.
    Lost,
}

impl Stored<'_> {
    /// Returns the payload of a column, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if the value was not written by mfakit with one of the secrets, in this row.
    pub(crate) fn payload(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        let Some(found) = &self.found else { return Ok(None) };
        let Some(Some(sealed)) = found.sealed.get(column) else { return Ok(None) };
        self.seals.open(self.place(column), &found.id, sealed).map(Some)
    }

    /// Returns the place of a column.
    pub(crate) fn place(&self, column: usize) -> Place {
        let column = self.table.columns.get(column).copied().unwrap_or_default();
        Place { table: self.table.name, column }
    }
}

impl Found {
    /// Reads a row of these cells: the primary key, the version and the values. Returns `None` if there is no row.
    ///
    /// # Errors
    ///
    /// Returns an error if the row has none of these primary keys, if it has values of other types, or if it may be of
    /// the past.
    pub(crate) fn read(
        table: &Table,
        ids: &Ids,
        cells: &mut impl Iterator<Item = Cell>,
    ) -> Result<Option<Self>, StoreError> {
        let unreadable =
            || StoreError::new(format!("a row of the table {} has values of wrong types", table.name));
        let (id, version) = match (cells.next(), cells.next()) {
            (Some(Cell::Null), _) | (None, _) => return Ok(None),
            (Some(Cell::Bytes(id)), Some(Cell::Int(version))) => (id.try_into().ok(), version),
            (Some(Cell::Bytes(_)), Some(Cell::Null)) => return Err(StoreError::new(PAST)),
            _ => return Err(unreadable()),
        };
        let sealed = cells.map(|cell| match cell {
            Cell::Bytes(bytes) => Ok(Some(bytes)),
            Cell::Null => Ok(None),
            Cell::Int(_) | Cell::Text(_) | Cell::Other => Err(unreadable()),
        });
        let id = id.ok_or_else(unreadable)?;
        if !ids.all().any(|asked| *asked == id) {
            return Err(StoreError::new(MIXED));
        }
        Ok(Some(Self { id, version, sealed: sealed.collect::<Result<_, _>>()? }))
    }
}

/// Reads the time and the rows of one owner, with the one that counts first.
///
/// There are two if instances with different current secrets added one at the same moment. All instances that have both
/// secrets agree that the smaller primary key counts.
///
/// # Errors
///
/// Returns an error if there is no time, which is in each row, and if [`Found::read`] does.
pub(crate) fn read_rows(table: &Table, ids: &Ids, rows: Vec<Row>) -> Result<(i64, Vec<Found>), StoreError> {
    let mut read_at = None;
    let mut found = Vec::new();
    for row in rows {
        let mut cells = row.into_iter();
        match cells.next() {
            Some(Cell::Int(time)) => read_at = Some(time),
            _ => return Err(StoreError::new(MIXED)),
        }
        found.extend(Found::read(table, ids, &mut cells)?);
    }
    found.sort_unstable_by_key(|found| found.id);
    read_at.map(|read_at| (read_at, found)).ok_or_else(|| StoreError::new(MIXED))
}
