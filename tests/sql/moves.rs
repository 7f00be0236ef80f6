//! Moves of the tables to another prefix or schema, by the steps of the guide.

#[cfg(feature = "postgres")]
use mfakit::MfaStore;
use mfakit::{Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, RecoveryBook, RecoveryRecord};
use mfakit_sqlx::SqlNumberBook;

use crate::{database::Database, kit::NO_TIME, stores::builder, workers::alice};
#[cfg(feature = "postgres")]
use crate::{database::pool_of, kit::granted, server::PostgresServer, stores::connected};

async fn book(database: &Database, prefix: &str) -> SqlNumberBook {
    let builder = builder(database.pool().await).prefix(prefix);
    builder.migrate().await.unwrap().connect().await.unwrap().number_book()
}

fn on_file() -> NumberOnFile {
    NumberOnFile::new(PhoneNumber::new("+19195551234").unwrap(), NO_TIME)
}

#[tokio::test]
async fn a_program_copies_numbers_and_recovery_codes_to_another_prefix() {
    for database in Database::each().await {
        let (old, new) = (book(&database, "old_").await, book(&database, "new_").await);
        let (id, codes) = (alice().id, RecoveryRecord::from_text("codes"));
        assert_eq!(old.change(&id, &NumberChange::add(on_file())).await.unwrap(), Changed::Done);
        assert_eq!(old.replace(&id, None, Some(&codes)).await.unwrap(), Changed::Done);

        let number = old.number(&id).await.unwrap().unwrap();
        assert_eq!(new.change(&id, &NumberChange::add(number)).await.unwrap(), Changed::Done);
        let record = old.read(&id).await.unwrap().unwrap();
        assert_eq!(new.replace(&id, None, Some(&record)).await.unwrap(), Changed::Done);

        let again = book(&database, "new_").await;
        assert_eq!(again.number(&id).await.unwrap(), Some(on_file()), "{}", database.name());
        assert_eq!(again.read(&id).await.unwrap(), Some(codes), "{}", database.name());
    }
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn tables_without_a_set_schema_move_to_another_one_of_the_search_path() {
    let server = PostgresServer::shared().await;
    let options = server.database().await;
    let pool = pool_of(&options).await;
    let store = connected(&pool).await;
    let grant = granted(&store, &alice()).await;
    let add = NumberChange::add(on_file());
    assert_eq!(store.number_book().change(&alice().id, &add).await.unwrap(), Changed::Done);

    sqlx::raw_sql("CREATE SCHEMA moved").execute(&pool).await.unwrap();
    for table in ["users", "budgets", "numbers", "recoveries", "schema"] {
        let set = format!("ALTER TABLE mfakit_{table} SET SCHEMA moved");
        sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(&pool).await.unwrap();
    }

    let store = connected(pool_of(&options.options([("search_path", "moved")])).await).await;
    assert_eq!(store.grant(alice().key()).await.unwrap(), Some(grant));
    assert_eq!(store.number_book().number(&alice().id).await.unwrap(), Some(on_file()));
}
