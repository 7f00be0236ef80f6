//! The handlers, one file for each resource.

pub(crate) mod account;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod report;
pub(crate) mod settings;
pub(crate) mod transfer;
