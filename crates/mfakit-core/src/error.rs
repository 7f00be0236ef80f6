//! Errors of the constructors that validate text or values: numbers, scopes, codes, origins, secrets, ids, amounts of money
//! and actions.

pub use crate::{
    action::{InvalidAction, InvalidCurrency, InvalidMoney},
    approval::InvalidApprovalId,
    channel::UnknownChannel,
    clock::TimestampOutOfRange,
    code::MalformedCode,
    method::UnknownMethod,
    origin::InvalidOrigin,
    phone::InvalidPhoneNumber,
    recovery_code::MalformedRecoveryCode,
    region::UnknownRegion,
    scope::InvalidScope,
    secret::InvalidSecret,
    subject::InvalidLoginId,
    token::InvalidChallengeId,
};
