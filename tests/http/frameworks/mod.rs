//! The frameworks that run the cases.

pub(super) mod actix;
pub(super) mod axum;
