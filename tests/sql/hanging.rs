//! An engine on a database that hangs, dies, is locked or has no tables: every request is rejected in time.

use std::time::{Duration, Instant};

use mfakit::{Channel, Code, Reason, StartError, StartRequest, Subject, VerifyError};

use crate::{
    database::Database,
    guarded::{denial, pay},
    kit::engine,
    lock::Lock,
    stores::builder,
};

/// Timeout of a statement.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Longest time of a call: the wait for a lane, and then a read and a write.
const LONGEST: Duration = Duration::from_secs(10);

/// Failure of a database.
enum Failure {
    /// The tables are missing.
    Tables,
    /// Another program holds the lock that writes need. Reads go on.
    Locked(Option<Lock>),
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
            Self::Locked(lock) => *lock = Some(Lock::take(database.unwrap()).await),
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
            Self::Locked(lock) => lock.take().unwrap().release().await,
            #[cfg(feature = "postgres")]
            Self::Paused(server) => server.resume(),
            #[cfg(feature = "postgres")]
            Self::Killed(server) => server.restart().await,
        }
    }
}

async fn rejects_and_recovers(mut failure: Failure, database: Option<&Database>, pool: mfakit_sqlx::Pool) {
    let store = builder(pool).timeout(TIMEOUT).migrate().await.unwrap().connect().await.unwrap();
    let (mfa, provider) = engine(store);
    let subject = |user: &str| Subject::bearer(user, "sid-1");
    let (alice, bob, carol) = (subject("alice"), subject("bob"), subject("carol"));
    let start = async |user: &Subject| {
        let started = mfa.start(user, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
        (started, Code::parse(&provider.last_code().unwrap()).unwrap())
    };
    let (started, code) = start(&bob).await;
    let _ = mfa.verify(&bob, &pay(), &started.id, &code).await.unwrap();
    let (started, code) = start(&alice).await;
    assert_eq!(denial(&mfa, &bob).await, None);

    failure.begin(database).await;
    let calls = (provider.sends(), provider.verifies());
    let in_time = |begun: Instant| assert!(begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
    let begun = Instant::now();
    let can_read = matches!(failure, Failure::Locked(_));
    assert_eq!(denial(&mfa, &bob).await, (!can_read).then_some(Reason::Unavailable));
    in_time(begun);
    let begun = Instant::now();
    let send = mfa.start(&carol, StartRequest::new(pay(), Channel::Messaging)).await;
    assert!(matches!(send, Err(StartError::Unavailable)), "{send:?}");
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
