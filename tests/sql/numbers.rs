//! Numbers on file and recovery codes in the tables.

use mfakit::{
    Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, RecoveryBook, RecoveryRecord, Secret,
    Timestamp, UserId,
};
use mfakit_sqlx::{SqlNumberBook, SqlStore};

use crate::database::Database;

async fn book(database: &Database, secrets: &[u8]) -> SqlNumberBook {
    let mut secrets = secrets.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
    let builder = SqlStore::builder(database.pool().await, secrets.next().unwrap()).previous_secrets(secrets);
    builder.migrate().await.unwrap().connect().await.unwrap().number_book()
}

fn number(text: &str, at: u64) -> NumberOnFile {
    NumberOnFile::new(PhoneNumber::new(text).unwrap(), Timestamp::from_millis(at))
}

fn one() -> NumberOnFile {
    number("+19195551234", 1_767_268_800_000)
}

fn two() -> NumberOnFile {
    number("+12025550123", 0)
}

fn alice() -> UserId {
    UserId::from("alice")
}

#[tokio::test]
async fn a_number_changes_only_from_the_one_that_is_on_file() {
    for database in Database::each().await {
        let (book, other) = (book(&database, &[1]).await, book(&database, &[1]).await);
        let change = async |change: NumberChange| book.change(&alice(), &change).await.unwrap();
        let replace = |from: &NumberOnFile, to: NumberOnFile| NumberChange::replace(from.number.clone(), to);
        for (name, tried, expected, on_file) in [
            ("remove nothing", NumberChange::remove(one().number), Changed::Conflict, None),
            ("replace nothing", replace(&one(), two()), Changed::Conflict, None),
            ("add", NumberChange::add(one()), Changed::Done, Some(one())),
            ("add again", NumberChange::add(two()), Changed::Conflict, Some(one())),
            ("replace another", replace(&two(), one()), Changed::Conflict, Some(one())),
            ("remove another", NumberChange::remove(two().number), Changed::Conflict, Some(one())),
            ("replace", replace(&one(), two()), Changed::Done, Some(two())),
            ("replace again", replace(&one(), two()), Changed::Conflict, Some(two())),
            ("remove", NumberChange::remove(two().number), Changed::Done, None),
        ] {
            assert_eq!(change(tried).await, expected, "{}: {name}", database.name());
            assert_eq!(other.number(&alice()).await.unwrap(), on_file, "{}: {name}", database.name());
            assert_eq!(other.number(&UserId::from("bob")).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn a_change_leaves_other_users_with_the_same_number_and_text_alone() {
    for database in Database::each().await {
        let book = book(&database, &[1]).await;
        let bob = UserId::from("bob");
        let [first, second] = ["first", "second"].map(RecoveryRecord::from_text);
        for user in [&alice(), &bob] {
            assert_eq!(book.change(user, &NumberChange::add(one())).await.unwrap(), Changed::Done);
            assert_eq!(book.replace(user, None, Some(&first)).await.unwrap(), Changed::Done);
        }
        let replaced = NumberChange::replace(one().number, two());
        for change in [replaced, NumberChange::remove(two().number)] {
            assert_eq!(book.change(&alice(), &change).await.unwrap(), Changed::Done);
            assert_eq!(book.number(&bob).await.unwrap(), Some(one()), "{}", database.name());
        }
        for (from, to) in [(&first, Some(&second)), (&second, None)] {
            assert_eq!(book.replace(&alice(), Some(from), to).await.unwrap(), Changed::Done);
            assert_eq!(book.read(&bob).await.unwrap(), Some(first.clone()), "{}", database.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_from_one_number_one_is_done() {
    for database in Database::each().await {
        let books = [book(&database, &[1]).await, book(&database, &[1]).await];
        for from in [None, Some(one())] {
            let changes: Vec<_> = (0..20)
                .map(|at: u64| {
                    let (book, to) = (books[at as usize % 2].clone(), number("+19195551234", at));
                    let change = match &from {
                        Some(from) => NumberChange::replace(from.number.clone(), number("+12025550123", at)),
                        None => NumberChange::add(to),
                    };
                    tokio::spawn(async move { book.change(&alice(), &change).await.unwrap() })
                })
                .collect();
            let mut done = 0;
            for change in changes {
                done += usize::from(change.await.unwrap() == Changed::Done);
            }
            assert_eq!(done, 1, "{}: {from:?}", database.name());
        }
    }
}

#[tokio::test]
async fn a_dump_shows_no_number_and_no_user() {
    for database in Database::each().await {
        let book = book(&database, &[1]).await;
        assert_eq!(book.change(&alice(), &NumberChange::add(one())).await.unwrap(), Changed::Done);
        let hex = if database.is_sqlite() {
            "hex(id || number || tag)"
        } else {
            "upper(encode(id || number || tag, 'hex'))"
        };
        for text in ["alice", "+19195551234", "9195551234", "5551234"] {
            let digits: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            let found = format!("SELECT count(*) FROM mfakit_numbers WHERE {hex} LIKE '%{digits}%'");
            assert_eq!(database.number(&found).await, 0, "{}: {text}", database.name());
        }
        assert!(!format!("{book:?}").contains("919"));
    }
}

#[tokio::test]
async fn a_number_that_was_changed_in_the_table_is_an_error() {
    for database in Database::each().await {
        let book = book(&database, &[1]).await;
        let bob = UserId::from("bob");
        assert_eq!(book.change(&alice(), &NumberChange::add(one())).await.unwrap(), Changed::Done);
        assert_eq!(book.change(&bob, &NumberChange::add(two())).await.unwrap(), Changed::Done);
        database.run("CREATE TABLE backup AS SELECT * FROM mfakit_numbers").await;
        let of_the_other =
            |column| format!("{column} = (SELECT {column} FROM backup WHERE backup.id <> mfakit_numbers.id)");
        for (name, change) in [
            ("number", of_the_other("number")),
            ("tag", of_the_other("tag")),
            ("time", "confirmed_at = confirmed_at - 1".to_owned()),
            ("whole row", ["number", "tag", "confirmed_at"].map(of_the_other).join(", ")),
            ("empty", format!("number = {}", database.bytes(""))),
        ] {
            assert_eq!(database.run(&format!("UPDATE mfakit_numbers SET {change}")).await, 2);
            for user in [alice(), bob.clone()] {
                let read = book.number(&user).await;
                assert!(read.is_err(), "{}: {name}: {read:?}", database.name());
                assert!(!read.unwrap_err().to_string().contains("555"));
            }
            database.run("DELETE FROM mfakit_numbers").await;
            database.run("INSERT INTO mfakit_numbers SELECT * FROM backup").await;
        }
        assert_eq!(book.number(&alice()).await.unwrap(), Some(one()));
    }
}

#[tokio::test]
async fn numbers_and_codes_outlive_a_rotation_of_the_secret() {
    for database in Database::each().await {
        let (old, both) = (book(&database, &[1]).await, book(&database, &[1, 2]).await);
        let text = RecoveryRecord::from_text;
        assert_eq!(old.change(&alice(), &NumberChange::add(one())).await.unwrap(), Changed::Done);
        assert_eq!(old.replace(&alice(), None, Some(&text("first"))).await.unwrap(), Changed::Done);
        let new = book(&database, &[2, 1]).await;
        assert_eq!(new.number(&alice()).await.unwrap(), Some(one()), "{}", database.name());
        assert_eq!(new.read(&alice()).await.unwrap(), Some(text("first")));
        // There is one row under either secret.
        assert_eq!(new.change(&alice(), &NumberChange::add(two())).await.unwrap(), Changed::Conflict);
        assert_eq!(new.replace(&alice(), None, Some(&text("second"))).await.unwrap(), Changed::Conflict);
        let replace = NumberChange::replace(one().number, two());
        assert_eq!(new.change(&alice(), &replace).await.unwrap(), Changed::Done);
        assert_eq!(
            new.replace(&alice(), Some(&text("first")), Some(&text("second"))).await.unwrap(),
            Changed::Done
        );
        assert_eq!(both.number(&alice()).await.unwrap(), Some(two()));
        let alone = book(&database, &[2]).await;
        assert_eq!(alone.number(&alice()).await.unwrap(), Some(two()), "{}", database.name());
        assert_eq!(alone.read(&alice()).await.unwrap(), Some(text("second")));
        assert_eq!(database.number("SELECT count(*) FROM mfakit_numbers").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_recovery_codes_changes_only_from_the_one_that_is_there() {
    for database in Database::each().await {
        let (book, other) = (book(&database, &[1]).await, book(&database, &[1]).await);
        let text = RecoveryRecord::from_text;
        let [first, second] = [text("first"), text("second")];
        for (name, from, to, expected) in [
            ("nothing to nothing", None, None, Changed::Done),
            ("remove nothing", Some(&first), None, Changed::Conflict),
            ("add", None, Some(&first), Changed::Done),
            ("add again", None, Some(&second), Changed::Conflict),
            ("expect nothing", None, None, Changed::Conflict),
            ("replace another", Some(&second), Some(&first), Changed::Conflict),
            ("replace", Some(&first), Some(&second), Changed::Done),
            ("remove another", Some(&first), None, Changed::Conflict),
            ("remove", Some(&second), None, Changed::Done),
        ] {
            assert_eq!(
                book.replace(&alice(), from, to).await.unwrap(),
                expected,
                "{}: {name}",
                database.name()
            );
        }
        assert_eq!(other.read(&alice()).await.unwrap(), None);
        assert_eq!(book.replace(&alice(), None, Some(&first)).await.unwrap(), Changed::Done);
        let uses: Vec<_> = (0..20)
            .map(|number: usize| {
                let (book, from) = ([&book, &other][number % 2].clone(), first.clone());
                let to = RecoveryRecord::from_text(format!("used {number}"));
                tokio::spawn(async move { book.replace(&alice(), Some(&from), Some(&to)).await.unwrap() })
            })
            .collect();
        let mut done = 0;
        for used in uses {
            done += usize::from(used.await.unwrap() == Changed::Done);
        }
        assert_eq!(done, 1, "{}", database.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_numbers_that_are_added_under_different_secrets_leave_one_at_most() {
    for database in Database::each().await {
        let books = [book(&database, &[1, 2]).await, book(&database, &[2, 1]).await];
        for round in 0..20 {
            let user = UserId::from(format!("user {round}"));
            let add = |book: &SqlNumberBook, at| {
                let (book, user) = (book.clone(), user.clone());
                let change = NumberChange::add(number("+19195551234", at));
                tokio::spawn(async move { book.change(&user, &change).await.unwrap() == Changed::Done })
            };
            let (first, second) = (add(&books[0], 1), add(&books[1], 2));
            let (first, second) = (first.await.unwrap(), second.await.unwrap());
            assert!(!(first && second), "{}: both were added", database.name());
            let on_file = books[0].number(&user).await.unwrap();
            assert_eq!(books[1].number(&user).await.unwrap(), on_file);
            let expected = (first || second).then(|| number("+19195551234", if first { 1 } else { 2 }));
            assert_eq!(on_file, expected, "{}", database.name());
        }
    }
}

/// An instance that dies between its addition and its look for others leaves both rows.
#[tokio::test]
async fn of_two_rows_under_different_secrets_neither_outlives_a_change() {
    for database in Database::each().await {
        let (first, second) = (book(&database, &[1]).await, book(&database, &[2]).await);
        let both = [book(&database, &[1, 2]).await, book(&database, &[2, 1]).await];
        let [codes, others] = ["first", "second"].map(RecoveryRecord::from_text);
        for (at, change) in both.iter().enumerate() {
            let user = UserId::from(format!("user {at}"));
            let _ = first.change(&user, &NumberChange::add(one())).await.unwrap();
            let _ = second.change(&user, &NumberChange::add(two())).await.unwrap();
            let _ = first.replace(&user, None, Some(&codes)).await.unwrap();
            let _ = second.replace(&user, None, Some(&others)).await.unwrap();
            let on_file = change.number(&user).await.unwrap().unwrap();
            let new = number("+12025550199", 5);
            let replace = NumberChange::replace(on_file.number, new.clone());
            assert_eq!(change.change(&user, &replace).await.unwrap(), Changed::Done, "{}", database.name());
            let kept = change.read(&user).await.unwrap();
            assert_eq!(change.replace(&user, kept.as_ref(), None).await.unwrap(), Changed::Done);
            for book in &both {
                assert_eq!(book.number(&user).await.unwrap(), Some(new.clone()), "{}", database.name());
                assert_eq!(book.read(&user).await.unwrap(), None, "{}", database.name());
            }
        }
    }
}
