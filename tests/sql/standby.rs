//! A standby of PostgreSQL, and a database that becomes read-only.

use std::time::{Duration, Instant};

use mfakit::{MfaStore, store::ConsumeOutcome};
use mfakit_sqlx::ConnectError;
use sqlx::PgPool;

use crate::{
    database::pool_of,
    kit::{NO_TIME, attempt, granted, live_challenge},
    server::PostgresServer,
    stores::{builder, connected},
    workers::alice,
};

/// Ends all connections of the store, as a failover does.
async fn end_connections(owner: &PgPool) {
    sqlx::raw_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_standby_is_rejected_when_the_store_connects_and_while_it_runs() {
    let primary = PostgresServer::with(&["fsync=off"]).await;
    let connections = pool_of(&primary.options()).await;
    let owner = pool_of(&primary.options()).await;
    let store = connected(&connections).await;
    let grant = granted(&store, &alice()).await;
    let standby = primary.standby().await;
    let followed = pool_of(&standby.options()).await;
    let start = Instant::now();
    while let Err(error) = sqlx::raw_sql("SELECT grants FROM mfakit_users").execute(&followed).await {
        assert!(start.elapsed() < Duration::from_secs(60), "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let error = builder(&followed).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::ReadOnly), "{error}");
    // There is nothing to migrate.
    builder(&followed).migrate().await.unwrap();
    let error = builder(&followed).prefix("new_").migrate().await.unwrap_err();
    assert!(matches!(error, ConnectError::ReadOnly), "{error}");

    // The name of the primary now leads to the standby.
    connections.set_connect_options(standby.options());
    end_connections(&owner).await;
    let mut errors = Vec::new();
    for _ in 0..10 {
        // The first errors may be those of connections that were ended.
        errors.extend(store.grant(alice().key()).await.map(|found| assert!(found.is_none())).err());
        errors.extend(store.consume(alice().key(), &grant, NO_TIME).await.map(|_| ()).err());
        errors.extend(store.user_state(&alice().id, NO_TIME).await.map(|_| ()).err());
    }
    let last = &errors[errors.len() - 3..];
    assert_eq!(errors.len(), 30, "{errors:?}");
    assert!(last.iter().all(|error| error.to_string().contains("connect to the primary")), "{last:?}");

    connections.set_connect_options(primary.options());
    end_connections(&followed).await;
    let start = Instant::now();
    loop {
        match store.consume(alice().key(), &grant, NO_TIME).await {
            Ok(used) => break assert_eq!(used, ConsumeOutcome::Consumed),
            Err(error) => assert!(start.elapsed() < Duration::from_secs(30), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_database_that_becomes_read_only_is_an_error_until_it_is_not() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let (connections, owner) = (pool_of(&options).await, pool_of(&options).await);
    let store = connected(&connections).await;
    let grant = granted(&store, &alice()).await;
    let challenge = live_challenge(&store, &alice()).await;
    let name = options.get_database().unwrap().to_owned();
    let set = async |mode: &str| {
        let statement = format!("ALTER DATABASE {name} SET default_transaction_read_only = {mode}");
        server.run(&statement).await;
        end_connections(&owner).await;
    };
    set("on").await;
    for round in 0..10 {
        let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap_err().to_string();
        let tried = attempt(&store, &alice(), &challenge.id).await.unwrap_err().to_string();
        assert!(round < 5 || used.contains("read-only") && tried.contains("read-only"), "{used}; {tried}");
    }
    set("off").await;
    let start = Instant::now();
    while let Err(error) = attempt(&store, &alice(), &challenge.id).await {
        assert!(start.elapsed() < Duration::from_secs(30), "{error}");
    }
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}
