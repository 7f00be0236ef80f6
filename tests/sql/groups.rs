//! Two groups of users in one database, with one secret: customers and administrators have the same user IDs.

use mfakit::{
    Changed, MfaStore, NumberBook, NumberChange, NumberOnFile, PhoneNumber, RecoveryBook, RecoveryRecord,
};
use mfakit_sqlx::{ConnectError, SqlStoreBuilder};

use crate::{
    database::Database,
    kit::{NO_TIME, granted},
    stores::builder,
    workers::alice,
};

/// Returns the builders of two groups, and the names of their tables without the last word.
async fn groups(database: &Database, are_schemas: bool) -> [(SqlStoreBuilder, &'static str); 2] {
    let [bank, admin] = [builder(database.pool().await), builder(database.pool().await)];
    if are_schemas {
        [(bank.schema("bank"), "bank.mfakit_"), (admin.schema("admin"), "admin.mfakit_")]
    } else {
        [(bank.prefix("bank_"), "bank_"), (admin.prefix("admin_"), "admin_")]
    }
}

/// Write access to the tables is no way in [STORE-11].
#[tokio::test]
async fn what_is_copied_to_the_tables_of_another_group_is_not_taken() {
    for database in Database::each().await {
        for are_schemas in [false, true] {
            if are_schemas && database.is_sqlite() {
                continue;
            }
            let [(bank, from), (admin, to)] = groups(&database, are_schemas).await;
            let bank = bank.migrate().await.unwrap().connect().await.unwrap();
            let admin = admin.migrate().await.unwrap().connect().await.unwrap();
            let (book, admin_book) = (bank.number_book(), admin.number_book());
            let number = |digits| NumberOnFile::new(PhoneNumber::new(digits).unwrap(), NO_TIME);
            let (id, codes) = (alice().id, RecoveryRecord::from_text);
            let fill = async || {
                let _ = granted(&bank, &alice()).await;
                let add = NumberChange::add(number("+19195551234"));
                assert_eq!(book.change(&id, &add).await.unwrap(), Changed::Done);
                assert_eq!(book.replace(&id, None, Some(&codes("of alice"))).await.unwrap(), Changed::Done);
            };
            fill().await;
            for table in ["users", "numbers", "recoveries"] {
                database.run(&format!("INSERT INTO {to}{table} SELECT * FROM {from}{table}")).await;
            }
            let name = format!("{}, {from}", database.name());
            assert!(!matches!(admin.grant(alice().key()).await, Ok(Some(_))), "{name}");
            assert!(!matches!(admin_book.number(&id).await, Ok(Some(_))), "{name}");
            assert!(!matches!(admin_book.read(&id).await, Ok(Some(_))), "{name}");
            let [_, (admin_again, _)] = groups(&database, are_schemas).await;
            let error = admin_again.connect().await.unwrap_err();
            assert!(matches!(error, ConnectError::OtherSecret), "{name}: {error}");
            for table in ["users", "numbers", "recoveries"] {
                database.run(&format!("DELETE FROM {to}{table}")).await;
            }
            // The values in place of those of the other group's own rows.
            let _ = granted(&admin, &alice()).await;
            let add = NumberChange::add(number("+12025550123"));
            assert_eq!(admin_book.change(&id, &add).await.unwrap(), Changed::Done);
            assert_eq!(
                admin_book.replace(&id, None, Some(&codes("of the admin"))).await.unwrap(),
                Changed::Done
            );
            for (table, columns) in [
                ("users", &["grants"][..]),
                ("numbers", &["number", "tag", "confirmed_at"]),
                ("recoveries", &["record"]),
            ] {
                for column in columns {
                    let copy =
                        format!("UPDATE {to}{table} SET {column} = (SELECT {column} FROM {from}{table})");
                    assert_eq!(database.run(&copy).await, 1);
                }
            }
            assert!(admin.grant(alice().key()).await.is_err(), "{name}");
            assert!(admin_book.number(&id).await.is_err(), "{name}");
            assert!(admin_book.read(&id).await.is_err(), "{name}");
        }
    }
}
