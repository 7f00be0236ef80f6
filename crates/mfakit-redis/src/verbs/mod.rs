//! Verbs of the store. Each is one command.

pub(crate) mod actions;
pub(crate) mod attempts;
pub(crate) mod budgets;
pub(crate) mod grants;
pub(crate) mod sends;
pub(crate) mod users;
