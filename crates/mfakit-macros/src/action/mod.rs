//! The derive `Action`: its options, checks and output, lowest first.

mod field_role;
mod field_type;
mod serde_options;

mod model;

mod expand;

pub(crate) use expand::expand;
pub(crate) use model::Model;
