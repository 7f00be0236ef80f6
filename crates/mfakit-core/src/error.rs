//! Errors of the constructors that validate text: numbers, scopes, codes, secrets and ids.

pub use crate::{
    channel::UnknownChannel, clock::TimestampOutOfRange, code::MalformedCode, phone::InvalidPhoneNumber,
    region::UnknownRegion, scope::InvalidScope, secret::InvalidSecret, subject::InvalidLoginId,
    token::InvalidChallengeId,
};
