//! Tests that run on both frameworks.

use std::{panic, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use tokio::{runtime, sync::Semaphore};

use crate::{
    bank::{BankServer, Framework},
    visitor::Visitor,
};

/// Makes two tests of each function, `axum::{name}` and `actix::{name}`. A function gets a bank, and a new
/// visitor with a browser.
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

/// Makes one test of each function, `axum::{name}`. It is for behavior of the page and of the files beside it, which
/// both frameworks serve alike (the test `both_frameworks_serve_the_same_bytes`).
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

/// Largest number of browsers at once. More of them only slow each other down.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// Runs a test's function. If it panics, prints the steps so far and keeps a screenshot of the page.
pub(crate) fn run(framework: Framework, name: &str, test: impl AsyncFnOnce(&BankServer, &Visitor)) {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let _permit = BROWSERS.acquire().await.unwrap();
        let bank = BankServer::open(framework);
        let visitor = Visitor::at(&bank).await;
        let tested = AssertUnwindSafe(test(&bank, &visitor)).catch_unwind().await;
        if tested.is_err() {
            visitor.give_evidence(name).await;
        }
        visitor.leave(tested.is_err()).await;
        tested.unwrap_or_else(|panic| panic::resume_unwind(panic));
    });
}
