//! Roles with the permissions that the documentation names, and search paths that lead elsewhere.

use mfakit::{Changed, MfaStore, NumberBook, NumberChange, NumberOnFile, PhoneNumber, store::ConsumeOutcome};
use sqlx::{AssertSqlSafe, PgPool};

use crate::{
    database::pool_of,
    kit::{NO_TIME, granted},
    server::PostgresServer,
    stores::builder,
    workers::alice,
};

async fn run(pool: &PgPool, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_role_with_the_documented_permissions_is_enough_for_everything() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let owner = pool_of(&options).await;
    builder(&owner).schema("auth").migrate().await.unwrap();
    run(
        &owner,
        "CREATE ROLE least LOGIN; GRANT USAGE ON SCHEMA auth TO least; \
         GRANT SELECT ON auth.mfakit_schema TO least; GRANT SELECT, INSERT, UPDATE, DELETE ON \
         auth.mfakit_users, auth.mfakit_budgets, auth.mfakit_numbers, auth.mfakit_recoveries TO least",
    )
    .await;
    let least = pool_of(&options.clone().username("least")).await;
    // An app that migrates at every start goes on to start.
    let store = builder(&least).schema("auth").migrate().await.unwrap().connect().await.unwrap();
    let grant = granted(&store, &alice()).await;
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    store.sweep().await.unwrap();
    let number = NumberOnFile::new(PhoneNumber::new("+19195551234").unwrap(), NO_TIME);
    let changed = store.number_book().change(&alice().id, &NumberChange::add(number)).await.unwrap();
    assert_eq!(changed, Changed::Done);
    let denied = sqlx::raw_sql("DELETE FROM auth.mfakit_schema").execute(&least).await;
    assert!(denied.is_err());
    // A permission that is taken away while the store runs.
    let second = granted(&store, &alice()).await;
    run(&owner, "REVOKE UPDATE ON auth.mfakit_users FROM least").await;
    assert!(store.grant(alice().key()).await.unwrap().is_some(), "what writes nothing needs no permission");
    let error = store.consume(alice().key(), &second, NO_TIME).await.unwrap_err().to_string();
    assert!(error.contains("lacks a permission"), "{error}");
    run(&owner, "GRANT UPDATE ON auth.mfakit_users TO least").await;
    assert_eq!(store.consume(alice().key(), &second, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}

#[tokio::test]
async fn a_table_elsewhere_in_the_search_path_is_not_used_if_the_schema_is_set() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let owner = pool_of(&options).await;
    let store = builder(&owner).schema("auth").migrate().await.unwrap().connect().await.unwrap();
    let grant = granted(&store, &alice()).await;
    assert_eq!(store.consume(alice().key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    // Tables of the same names in an earlier schema of the search path.
    run(
        &owner,
        "CREATE SCHEMA evil; CREATE TABLE evil.mfakit_users AS SELECT * FROM auth.mfakit_users; \
         CREATE TABLE evil.mfakit_schema AS SELECT 1000::bigint AS version",
    )
    .await;
    let diverted = pool_of(&options.options([("search_path", "evil, public")])).await;
    let store = builder(&diverted).schema("auth").migrate().await.unwrap().connect().await.unwrap();
    run(&owner, "DELETE FROM auth.mfakit_users").await;
    assert_eq!(store.grant(alice().key()).await.unwrap(), None);
    let used = store.consume(alice().key(), &grant, NO_TIME).await.unwrap();
    assert_ne!(used, ConsumeOutcome::Consumed);
}

#[tokio::test]
async fn names_that_the_database_rejects_are_errors() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let owner = pool_of(&options).await;
    let longest = "a".repeat(40);
    for prefix in [&longest, "_", "select_", "x_mfakit_", "pg_"] {
        builder(&owner).prefix(prefix).migrate().await.unwrap().connect().await.unwrap();
    }
    // Two of the longest names are two sets of tables.
    let other = format!("{}b", "a".repeat(39));
    builder(&owner).prefix(&other).schema(&longest).migrate().await.unwrap().connect().await.unwrap();
    let grants = builder(&owner).prefix(&longest).connect().await.unwrap();
    granted(&grants, &alice()).await;
    let apart = builder(&owner).prefix(&other).schema(&longest).connect().await.unwrap();
    assert_eq!(apart.grant(alice().key()).await.unwrap(), None);
    // PostgreSQL has a keyword `current_schema`, and its own schemas begin with `pg_`.
    for (prefix, schema) in [("current_", None), ("mfakit_", Some("pg_mine"))] {
        let builder = builder(&owner).prefix(prefix);
        let builder = match schema {
            Some(schema) => builder.schema(schema),
            None => builder,
        };
        let error = builder.migrate().await.unwrap_err().to_string();
        assert!(error.contains("SQLSTATE"), "{prefix} {schema:?}: {error}");
    }
    let error = builder(&owner).schema("missing").connect().await.unwrap_err();
    assert!(matches!(error, mfakit_sqlx::ConnectError::NotMigrated), "{error}");
    run(&owner, "CREATE ROLE stranger LOGIN").await;
    let stranger = pool_of(&options.username("stranger")).await;
    for result in [
        builder(&stranger).schema("new").migrate().await.map(|_| ()),
        builder(&stranger).prefix("new_").migrate().await.map(|_| ()),
        builder(&stranger).prefix(&longest).connect().await.map(|_| ()),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains("lacks a permission"), "{error}");
    }
}
