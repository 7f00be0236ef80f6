//! Errors of the constructors that validate text: numbers, scopes, codes, origins, secrets and ids.

pub use crate::{
    approval::InvalidApprovalId, channel::UnknownChannel, clock::TimestampOutOfRange, code::MalformedCode,
    method::UnknownMethod, origin::InvalidOrigin, phone::InvalidPhoneNumber, region::UnknownRegion,
    scope::InvalidScope, secret::InvalidSecret, subject::InvalidLoginId, token::InvalidChallengeId,
};
