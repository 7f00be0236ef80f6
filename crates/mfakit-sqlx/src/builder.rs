//! Settings of a store before it connects.

use std::{fmt, time::Duration};

use mfakit_core::{Clock, Secret};

use crate::{
    connection::Connection,
    database::Database,
    error::ConnectError,
    inspect::inspect,
    names::Names,
    naming::{DEFAULT_PREFIX, Naming, is_name},
    pool::{Dialect, Pool},
    schema,
    seal::Seals,
    store::SqlStore,
};

impl SqlStore {
    /// Returns a builder for a store on the app's pool.
    ///
    /// The keys of the store come from `secret`: the names of rows, the tags of records, and the encryption of numbers.
    /// Every instance needs the same one. It may be the secret of the engine.
    #[must_use]
    pub fn builder(pool: impl Into<Pool>, secret: Secret) -> SqlStoreBuilder {
        SqlStoreBuilder {
            pool: pool.into(),
            secret,
            previous: Vec::new(),
            naming: Naming { prefix: DEFAULT_PREFIX.to_owned(), schema: None },
            timeout: Duration::from_secs(2),
            simple: false,
            clock: None,
        }
    }
}

/// Settings of a [`SqlStore`] before it connects.
///
/// ```no_run
/// # #[cfg(feature = "postgres")]
/// # async fn example(pool: sqlx::PgPool, secret: mfakit_core::Secret) -> Result<(), mfakit_sqlx::ConnectError> {
/// use mfakit_sqlx::SqlStore;
///
/// let store = SqlStore::builder(pool, secret).migrate().await?.connect().await?;
/// # Ok(())
/// # }
/// ```
///
/// | setting | default |
/// |---|---|
/// | [`prefix`](Self::prefix) | `mfakit_` |
/// | [`schema`](Self::schema) | the first one of the search path |
/// | [`timeout`](Self::timeout) | 2 s |
/// | [`previous_secrets`](Self::previous_secrets) | none |
/// | [`simple_protocol`](Self::simple_protocol) | off: statements are prepared |
pub struct SqlStoreBuilder {
    pool: Pool,
    secret: Secret,
    previous: Vec<Secret>,
    naming: Naming,
    timeout: Duration,
    simple: bool,
    clock: Option<Box<dyn Clock>>,
}

impl SqlStoreBuilder {
    /// Sets the prefix of every table: small letters, digits and `_`.
    ///
    /// Each group of users with its own user IDs needs its own prefix or schema: two apps on one database, and also two
    /// groups of users of one app, each with its own engine. Otherwise customer `1` and administrator `1` would be the same
    /// user. One could lock the other, and their attempts and messages would be counted together.
    ///
    /// The keys of the store depend on the prefix and on the [`schema`](Self::schema) that is set here, so that a row is worth
    /// nothing in the tables of another group. Groups that differ by the search path or the database alone need a secret each.
    ///
    /// So change neither once there are rows. [`connect`](Self::connect) rejects tables that were renamed or moved, and
    /// [`migrate`](Self::migrate) makes new, empty tables without an error. The guide has the steps of a move (page Deployment).
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.naming.prefix = prefix.into();
        self
    }

    /// Sets the schema of the tables, on PostgreSQL. [`migrate`](Self::migrate) creates it if it does not exist. A schema that was
    /// created by hand needs `GRANT USAGE ON SCHEMA` for the role of the app.
    ///
    /// To set it later is a change of the keys, even if the search path led to the same schema before: see
    /// [`prefix`](Self::prefix).
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.naming.schema = Some(schema.into());
        self
    }

    /// Sets the timeout of each statement, together with the wait for a free connection: 10 milliseconds to 3 seconds. The
    /// engine gives up after ten seconds, and a verb is at least two statements.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets secrets that were used before. Rows that were written with one of them are found, and are written with the
    /// current secret at their next change.
    ///
    /// Rotate a secret in two steps, so that instances of both steps find each other's rows: first every instance gets the
    /// new secret as a previous one, and then as the current one, with the old secret as a previous one. Remove the old
    /// secret when [`connect`](Self::connect) works without it. It does not while a user is disabled whose row is of the old
    /// secret, or, with a [`SqlNumberBook`](crate::SqlNumberBook), before each number on file was written again.
    #[must_use]
    pub fn previous_secrets(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.previous = secrets.into_iter().collect();
        self
    }

    /// Sends statements as text, with the values in them, instead of prepared statements, on PostgreSQL. It is required behind a
    /// connection pooler that lends connections for one transaction and does not keep prepared statements, such as PgBouncer
    /// with `pool_mode = transaction` before version 1.21, or with `max_prepared_statements = 0`.
    ///
    /// Behind such a pooler, a client may run a prepared statement of another client, and take its answer for its own.
    /// [`connect`](Self::connect) rejects such a pooler without this switch. It cannot see one that comes later, so turn this on
    /// before you put the pooler in front of the database.
    ///
    /// A log of statements then contains records, and sqlx logs slow statements by default: turn that off with
    /// `disable_statement_logging` of the pool's connect options. Values are numbers and hexadecimal digits, so nothing is
    /// quoted.
    #[must_use]
    pub const fn simple_protocol(mut self) -> Self {
        self.simple = true;
        self
    }

    /// Sets a clock that replaces that of the database, and that of the engine on SQLite. Use it only in tests that move the
    /// clock: instances whose clocks differ do not agree on what has expired.
    #[must_use]
    pub fn danger_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Creates the tables, or brings them to the version of this release. Does nothing if they have it, or a later one. There
    /// is no way back: from then on, an instance of an earlier release cannot connect.
    ///
    /// Several instances may call this at the same time. It needs the permission to create tables, unless they have their version.
    /// For an app whose role lacks it, run the files in `migrations/` of this crate with another role.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is not valid, or if the database cannot be reached or rejects a statement. The tables
    /// are unchanged then.
    pub async fn migrate(self) -> Result<Self, ConnectError> {
        self.check()?;
        schema::migrate(&self.pool, &self.naming).await?;
        Ok(self)
    }

    /// Checks the tables, and creates the store. Logs a warning (target `mfakit`) for each way in which the configuration of
    /// the database endangers the records.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is not valid, if the tables are missing or are those of another release, if they
    /// contain rows of an unknown secret, or if the database cannot be reached or written.
    pub async fn connect(self) -> Result<SqlStore, ConnectError> {
        self.check()?;
        let Self { pool, secret, previous, naming, timeout, simple, clock } = self;
        let ring = naming
            .keys(secret, previous)
            .map_err(|_| ConnectError::Database { why: "its keys cannot be derived".to_owned() })?;
        let (names, seals) = (Names::new(&ring), Seals::new(&ring));
        let connection = Connection::new(pool, simple, timeout);
        inspect(&connection, &naming, &names).await?;
        Ok(SqlStore::new(Database::new(connection, naming, ring, names, seals, clock)))
    }

    fn check(&self) -> Result<(), ConnectError> {
        let Naming { prefix, schema } = &self.naming;
        if !is_name(prefix) {
            return Err(ConnectError::Prefix { prefix: prefix.clone() });
        }
        if let Some(schema) = schema
            && !(is_name(schema) && self.pool.dialect() == Dialect::Postgres)
        {
            return Err(ConnectError::Schema { schema: schema.clone() });
        }
        if !(Duration::from_millis(10)..=Duration::from_secs(3)).contains(&self.timeout) {
            return Err(ConnectError::Timeout);
        }
        Ok(())
    }
}

impl fmt::Debug for SqlStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SqlStoreBuilder");
        shown.field("pool", &self.pool).field("naming", &self.naming).field("timeout", &self.timeout);
        shown.finish_non_exhaustive()
    }
}
