//! The frameworks that run the cases.

pub(super) mod axum;
