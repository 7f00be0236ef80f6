//! Arguments of axum whose value a person can approve.

use axum::{Form, Json, extract::Query};
use mfakit_core::action::Action;

use crate::approved_argument::ApprovedArgument;

macro_rules! approved_argument {
    ($($extractor:ident),+) => {$(
        impl<A: Action> ApprovedArgument for $extractor<A> {
            type Action = A;

            fn action(&self) -> &A {
                &self.0
            }

            fn of_action(action: A) -> Self {
                Self(action)
            }
        }
    )+};
}

approved_argument!(Form, Json, Query);
