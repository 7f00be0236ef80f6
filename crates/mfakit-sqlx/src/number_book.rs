//! Phone numbers and recovery codes of people, beside the store.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, RecoveryBook, RecoveryRecord,
    Timestamp, UserId, adapter::Purpose, store::StoreError,
};

use crate::{
    books::{Book, first},
    database::Database,
    seal::Place,
    statement::{Cell, Parameter, Row},
    store::SqlStore,
    stored::PAST,
};

/// Message for a row of recovery codes that mfakit did not write.
const WRONG_TYPES: &str = "a row of the table recoveries has values of wrong types";

/// Columns of a number. The tag is the keyed hash that a change expects.
const NUMBER_COLUMNS: &[&str] = &["tag", "number", "confirmed_at"];

/// Columns of recovery codes.
const RECOVERY_COLUMNS: &[&str] = &["record"];

/// Place of recovery codes, which are sealed for their row.
const RECOVERIES: Place = Place { table: "recoveries", column: "record" };

/// Number book and recovery book in the tables of a [`SqlStore`]. Clones are the same book.
///
/// Pass it to the builder of `Mfa` as `.number_book(book.clone())` and `.recovery(book)`. In `mfakit`, it is
/// `mfakit::store::sql::SqlNumberBook`. An app that has numbers already adds them with [`change`](NumberBook::change).
///
/// ```no_run
/// use mfakit_core::{BoxError, Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Timestamp, UserId};
/// use mfakit_sqlx::SqlNumberBook;
///
/// async fn copy(book: &SqlNumberBook, user: i64, phone: &str) -> Result<Changed, BoxError> {
///     let number = NumberOnFile::new(PhoneNumber::parse(phone, "US")?, Timestamp::from_millis(0));
///     book.change(&UserId::from(user), &NumberChange::add(number)).await
/// }
/// ```
///
/// A number stays until it is removed, and is written with a new secret only when it changes. So before the old secret is
/// removed, replace each number with itself, by a [`NumberChange::replace`] to the same number and time. Recovery codes are good
/// only while the secret that was current when they were made is in the lists of the store and of the engine.
///
/// Numbers are encrypted (AES-256-GCM) for their user and with the time of their confirmation, by a key of the store's
/// secret. A number that was changed in the table, or copied to another user, is an error. A database cannot prevent that a
/// person with write access restores an earlier row of the same user.
#[derive(Clone)]
pub struct SqlNumberBook(Arc<Books>);

struct Books {
    database: Arc<Database>,
    numbers: Book,
    recoveries: Book,
}

impl SqlStore {
    /// Returns the number book and the recovery book in the tables of this store.
    #[must_use]
    pub fn number_book(&self) -> SqlNumberBook {
        let database = Arc::clone(self.shared());
        let secrets = database.names.marks().count();
        let table = |name| database.naming.table(name);
        let dialect = database.connection.dialect();
        let numbers = Book::new(&table("numbers"), NUMBER_COLUMNS, dialect, secrets, secrets);
        let recoveries = Book::new(&table("recoveries"), RECOVERY_COLUMNS, dialect, secrets, secrets);
        SqlNumberBook(Arc::new(Books { database, numbers, recoveries }))
    }
}

#[async_trait]
impl NumberBook for SqlNumberBook {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        let Books { database, numbers, .. } = &*self.0;
        let mut rows = numbers.rows(&database.connection, &database.names.user(user)).await?;
        first(&mut rows).map(|row| self.0.read(user, row)).transpose()
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        let Books { database, numbers, .. } = &*self.0;
        let (connection, ids) = (&database.connection, database.names.user(user));
        let expected = change.from().map(|from| self.0.tags(user, from)).unwrap_or_default();
        let expected: Vec<_> = expected.iter().map(|tag| Parameter::Bytes(tag)).collect();
        let Some(to) = change.to() else {
            let is_done = match change.from() {
                Some(_) => numbers.remove(connection, &ids, &expected).await?,
                None => numbers.rows(connection, &ids).await?.is_empty(),
            };
            return Ok(changed(is_done));
        };
        let at = i64::try_from(to.confirmed_at.as_millis())?;
        // The number is bound to its user and to the time of its confirmation.
        let context: [&[u8]; 2] = [user.as_str().as_bytes(), &at.to_be_bytes()];
        let sealed = database.ring.seal(Purpose::NumberOnFile, &context, to.number.as_e164().as_bytes());
        let sealed = sealed.ok_or_else(|| StoreError::new("the number cannot be encrypted"))?;
        let tags = self.0.tags(user, &to.number);
        let tag = tags.first().ok_or_else(|| StoreError::new("there is no secret"))?;
        let columns = [Parameter::Bytes(tag), Parameter::Bytes(&sealed), Parameter::Int(at)];
        Ok(changed(match change.from() {
            Some(_) => numbers.replace(connection, &ids, &expected, &columns).await?,
            None => numbers.add(connection, &ids, &columns).await?,
        }))
    }
}

#[async_trait]
impl RecoveryBook for SqlNumberBook {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        let Books { database, recoveries, .. } = &*self.0;
        let mut rows = recoveries.rows(&database.connection, &database.names.user(user)).await?;
        match first(&mut rows).map(<[Cell; 2]>::try_from) {
            None => Ok(None),
            Some(Ok([_, Cell::Null])) => Err(StoreError::new(PAST).into()),
            Some(Ok([Cell::Bytes(id), Cell::Bytes(sealed)])) => {
                let id = id.try_into().map_err(|_| StoreError::new(WRONG_TYPES))?;
                let text = database.seals.open(RECOVERIES, &id, &sealed)?;
                Ok(Some(RecoveryRecord::from_text(String::from_utf8(text.to_vec())?)))
            }
            Some(_) => Err(StoreError::new(WRONG_TYPES).into()),
        }
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        let Books { database, recoveries, .. } = &*self.0;
        let (connection, ids) = (&database.connection, database.names.user(user));
        let text = |record: &RecoveryRecord| record.as_str().as_bytes().to_vec();
        let from = from.map(|from| database.seals.seal_each(RECOVERIES, &ids, &text(from)));
        let from: Option<Vec<_>> =
            from.as_ref().map(|from| from.iter().map(|from| Parameter::Bytes(from)).collect());
        let to = to.map(|to| database.seals.seal(RECOVERIES, &ids.current, &text(to)));
        let to = to.as_ref().map(|to| [Parameter::Bytes(to)]);
        let is_done = match (&from, &to) {
            (None, None) => recoveries.rows(connection, &ids).await?.is_empty(),
            (None, Some(to)) => recoveries.add(connection, &ids, to).await?,
            (Some(from), Some(to)) => recoveries.replace(connection, &ids, from, to).await?,
            (Some(from), None) => recoveries.remove(connection, &ids, from).await?,
        };
        Ok(changed(is_done))
    }
}

impl Books {
    /// Returns the keyed hashes of a number of this user, with the current secret first.
    fn tags(&self, user: &UserId, number: &PhoneNumber) -> Vec<[u8; 32]> {
        let parts: [&[u8]; 3] = [b"number", user.as_str().as_bytes(), number.as_e164().as_bytes()];
        self.database.ring.hashes(Purpose::StoreRecord, &parts)
    }

    fn read(&self, user: &UserId, row: Row) -> Result<NumberOnFile, BoxError> {
        let unreadable = || {
            StoreError::new(
                "a number on file cannot be read: it was not written with this secret, or was changed in the table",
            )
        };
        if let [_, Cell::Null, ..] = &*row {
            return Err(StoreError::new(PAST).into());
        }
        let Ok([_, Cell::Bytes(tag), Cell::Bytes(sealed), Cell::Int(at)]) = <[Cell; 4]>::try_from(row) else {
            return Err(unreadable().into());
        };
        let context: [&[u8]; 2] = [user.as_str().as_bytes(), &at.to_be_bytes()];
        let number = self.database.ring.unseal(Purpose::NumberOnFile, &context, &sealed);
        let number = PhoneNumber::new(String::from_utf8(number.ok_or_else(unreadable)?)?)?;
        if !self.tags(user, &number).iter().any(|expected| tag == expected) {
            return Err(unreadable().into());
        }
        Ok(NumberOnFile::new(number, Timestamp::from_millis(at.try_into()?)))
    }
}

const fn changed(is_done: bool) -> Changed {
    if is_done { Changed::Done } else { Changed::Conflict }
}

impl fmt::Debug for SqlNumberBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlNumberBook")
            .field("database", &self.0.database.connection.pool)
            .finish_non_exhaustive()
    }
}
