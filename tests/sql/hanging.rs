//! An engine on a database that hangs, dies, is locked or has no tables: every request is rejected in time.

use std::time::{Duration, Instant};

use mfakit::{
    Channel, Code, Decision, Mfa, Reason, Requirement, Scope, StartError, StartRequest, Subject, VerifyError,
};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::{database::Database, kit::engine, workers::builder};

/// Timeout of a statement.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Longest time of a call: the wait for a lane, and then a read and a write.
const LONGEST: Duration = Duration::from_secs(10);

fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

async fn denial(mfa: &Mfa, user: &Subject) -> Option<Reason> {
    match mfa.check(Some(user), &Requirement::new(pay()), None).await.unwrap() {
        Decision::Granted(_) => None,
        Decision::Denied(denial) => Some(denial.reason),
    }
}

/// Cause of a failure of a database, which ends it again.
enum Failure {
    Tables,
    /// Another program holds the lock that writes need. Reads go on.
    Locked(Option<SqliteConnection>),
    #[cfg(feature = "postgres")]
    Paused(crate::server::PostgresServer),
    #[cfg(feature = "postgres")]
    Killed(crate::server::PostgresServer),
}

impl Failure {
    async fn begin(&mut self, database: Option<&Database>) {
        match self {
            Self::Tables => {
                database.unwrap().run("ALTER TABLE mfakit_users RENAME TO kept").await;
            }
            Self::Locked(connection) => {
                let Some(Database::Sqlite(file)) = database else { unreachable!() };
                let mut other = SqliteConnection::connect_with(&file.options()).await.unwrap();
                run(&mut other, "BEGIN IMMEDIATE").await;
                *connection = Some(other);
            }
            #[cfg(feature = "postgres")]
            Self::Paused(server) => server.pause(),
            #[cfg(feature = "postgres")]
            Self::Killed(server) => server.kill(),
        }
    }

    async fn end(&mut self, database: Option<&Database>) {
        match self {
            Self::Tables => {
                database.unwrap().run("ALTER TABLE kept RENAME TO mfakit_users").await;
            }
            Self::Locked(connection) => run(connection.as_mut().unwrap(), "COMMIT").await,
            #[cfg(feature = "postgres")]
            Self::Paused(server) => server.resume(),
            #[cfg(feature = "postgres")]
            Self::Killed(server) => server.restart().await,
        }
    }
}

async fn run(connection: &mut SqliteConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await.unwrap();
}

async fn rejects_and_recovers(mut failure: Failure, database: Option<&Database>, pool: mfakit_sqlx::Pool) {
    let store = builder(pool).timeout(TIMEOUT).migrate().await.unwrap().connect().await.unwrap();
    let (mfa, provider) = engine(store);
    let subject = |user: &str| Subject::bearer(user, "sid-1");
    let (alice, bob, carol) = (subject("alice"), subject("bob"), subject("carol"));
    let confirm = async |user: &Subject| {
        let started = mfa.start(user, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
        (started, Code::parse(&provider.last_code().unwrap()).unwrap())
    };
    let (started, code) = confirm(&bob).await;
    let _ = mfa.verify(&bob, &pay(), &started.id, &code).await.unwrap();
    let (started, code) = confirm(&alice).await;
    assert_eq!(denial(&mfa, &bob).await, None);

    failure.begin(database).await;
    let calls = (provider.sends(), provider.verifies());
    let in_time = |begun: Instant| assert!(begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
    let begun = Instant::now();
    let is_read = matches!(failure, Failure::Locked(_));
    assert_eq!(denial(&mfa, &bob).await, (!is_read).then_some(Reason::Unavailable));
    in_time(begun);
    let begun = Instant::now();
    let start = mfa.start(&carol, StartRequest::new(pay(), Channel::Messaging)).await;
    assert!(matches!(start, Err(StartError::Unavailable)), "{start:?}");
    in_time(begun);
    let begun = Instant::now();
    let verify = mfa.verify(&alice, &pay(), &started.id, &code).await;
    assert!(matches!(verify, Err(VerifyError::Unavailable)), "{verify:?}");
    in_time(begun);
    assert_eq!((provider.sends(), provider.verifies()), calls, "the provider is not called");

    failure.end(database).await;
    let begun = Instant::now();
    while denial(&mfa, &bob).await.is_some() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the store recovers");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let verified = mfa.verify(&alice, &pay(), &started.id, &code).await;
    assert!(verified.is_ok(), "{verified:?}");
}

#[tokio::test]
async fn requests_are_rejected_without_the_tables() {
    for database in Database::each().await {
        rejects_and_recovers(Failure::Tables, Some(&database), database.pool().await).await;
    }
}

#[tokio::test]
async fn a_file_that_another_program_locks_rejects_what_must_be_counted() {
    let database = Database::Sqlite(crate::database::File::new());
    rejects_and_recovers(Failure::Locked(None), Some(&database), database.pool().await).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn requests_to_a_server_that_hangs_or_is_down_are_rejected_in_time() {
    use crate::server::PostgresServer;
    use sqlx::postgres::PgPoolOptions;

    for failure in [Failure::Paused, Failure::Killed] {
        let server = PostgresServer::with(&["fsync=off"]).await;
        let pool = PgPoolOptions::new().max_connections(4).connect_with(server.options()).await.unwrap();
        rejects_and_recovers(failure(server), None, pool.into()).await;
    }
}
