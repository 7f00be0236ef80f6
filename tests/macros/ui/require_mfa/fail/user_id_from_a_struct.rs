//! A user identifier from a type of the app.

use mfakit::{LoginId, Subject};

struct AccountId(u64);

fn subject(account: AccountId) -> Subject {
    Subject::cookie(account, LoginId::random())
}

fn main() {}
