//! One test for both frameworks.

use std::{panic, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use tokio::{runtime, sync::Semaphore};

use crate::{
    bank::{BankServer, Framework},
    person::Person,
};

/// Makes two tests of each function, `axum::{name}` and `actix::{name}`. A function is given a bank, and somebody
/// who has a browser and has not been there yet.
macro_rules! on_both {
    ($($name:ident,)+) => {
        $crate::on_both::on_one! { $($name,)+ }
        mod actix {$(
            #[test]
            fn $name() {
                $crate::on_both::run($crate::bank::Framework::Actix, stringify!($name), super::$name);
            }
        )+}
    };
}

/// The same for what is in the bytes of the page and of the files beside it, which both frameworks serve alike (the
/// test `both_frameworks_serve_the_same_bytes`): one test of each function, `axum::{name}`.
macro_rules! on_one {
    ($($name:ident,)+) => {
        mod axum {$(
            #[test]
            fn $name() {
                $crate::on_both::run($crate::bank::Framework::Axum, stringify!($name), super::$name);
            }
        )+}
    };
}

pub(crate) use on_both;
pub(crate) use on_one;

/// A browser is heavy; more of them at once only slow each other down.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// Runs a test's function. Where it panics, it says what was done until then and keeps a picture of the page.
pub(crate) fn run(framework: Framework, name: &str, test: impl AsyncFnOnce(&BankServer, &Person)) {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let _permit = BROWSERS.acquire().await.unwrap();
        let bank = BankServer::open(framework);
        let person = Person::at(&bank).await;
        let tested = AssertUnwindSafe(test(&bank, &person)).catch_unwind().await;
        if tested.is_err() {
            person.give_evidence(name).await;
        }
        person.leave().await;
        tested.unwrap_or_else(|panic| panic::resume_unwind(panic));
    });
}
