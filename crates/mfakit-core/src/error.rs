//! Errors of the constructors that validate text: numbers, scopes, codes, secrets and ids.

pub use crate::{
    channel::UnknownChannel, code::MalformedCode, phone::InvalidPhoneNumber, region::UnknownRegion,
    scope::InvalidScope, secret::InvalidSecret, subject::InvalidLoginId,
};
