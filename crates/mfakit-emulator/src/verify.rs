//! A request to check a code, read and held against every documented limit.

use std::time::Duration;

use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::send::DEFAULT_SCOPE;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verify {
    pub(crate) to: String,
    pub(crate) scope: String,
    pub(crate) code: String,
    /// How old a code may be: the verifier says so, not the sender.
    pub(crate) within: Duration,
}

impl Verify {
    pub(crate) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let fields = Fields::read(body)?;
        let to = fields.phone_number("to")?;

        let code = fields.text("code", "code")?;
        if !(4..=8).contains(&code.chars().count()) {
            return Err(Refusal::invalid("code must be from 4 to 8 characters"));
        }

        let minutes = fields.number("expirationTimeInMinutes")?;
        if !(1.0..=15.0).contains(&minutes) {
            return Err(Refusal::invalid("expirationTimeInMinutes must be from 1 to 15"));
        }

        let scope = fields.optional_text("scope")?.unwrap_or(DEFAULT_SCOPE);
        Ok(Self {
            to: to.to_owned(),
            scope: scope.to_owned(),
            code: code.to_owned(),
            within: Duration::from_secs_f64(minutes * 60.0),
        })
    }
}
