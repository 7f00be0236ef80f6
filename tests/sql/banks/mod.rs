//! Two processes of each example bank on one database.

mod broken;
mod killed;
mod processes;
mod shared;

use crate::database::{Database, File};

/// Defines tests with these names, for each bank on each database.
macro_rules! on_each {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $crate::banks::for_both!($crate::banks::sqlite; $($name),+);
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            $crate::banks::for_both!($crate::database::Database::postgres; $($name),+);
        }
    };
}
use on_each;

/// Defines tests with these names, for both banks.
macro_rules! for_both {
    ($database:path; $($name:ident),+) => {
        mod axum {$(
            #[tokio::test]
            async fn $name() {
                super::super::$name("bank-axum", $database().await).await;
            }
        )+}
        mod actix {$(
            #[tokio::test]
            async fn $name() {
                super::super::$name("bank-actix", $database().await).await;
            }
        )+}
    };
}
use for_both;

async fn sqlite() -> Database {
    Database::Sqlite(File::new())
}
