//! Operations, one function each: the store and the model do the same, and their answers are compared.

mod actions;
mod attempts;
mod budgets;
mod grants;
mod sends;
