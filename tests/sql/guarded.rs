//! Guarded request for the scope `pay`.

use mfakit::{Decision, Mfa, Reason, Requirement, Scope, Subject};

pub(crate) fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

/// Returns the reason for which a guard rejects the user.
pub(crate) async fn denial(mfa: &Mfa, user: &Subject) -> Option<Reason> {
    match mfa.check(Some(user), &Requirement::new(pay()), None).await.unwrap() {
        Decision::Granted(_) => None,
        Decision::Denied(denial) => Some(denial.reason),
    }
}
