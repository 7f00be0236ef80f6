//! Values of the app. Each has a part that its canonical form does not tell.

use std::{collections::HashMap, fmt};

use mfakit::{Action, action::Money};
use serde::{Deserialize, Serialize, Serializer};

/// Account whose bank is read and never written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Account {
    iban: String,
    #[serde(default, skip_serializing)]
    bank: String,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.iban, self.bank)
    }
}

#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Deep {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    account: Account,
}

/// Days whose variants are written alike.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum When {
    Once { day: u8 },
    Monthly { day: u8 },
}

#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Timed {
    when: When,
}

impl Timed {
    pub(super) fn named(when: &str) -> Self {
        let when = if when == "once" { When::Once { day: 1 } } else { When::Monthly { day: 1 } };
        Self { when }
    }
}

/// Number of a card, of which the last digits are written.
#[derive(Debug, Deserialize)]
struct Masked(String);

impl Serialize for Masked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let last = self.0.len().saturating_sub(4);
        serializer.collect_str(&format_args!("*{}", &self.0[last..]))
    }
}

#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Charged {
    card: Masked,
}

#[derive(Debug, Serialize, Deserialize, Action)]
#[action(name = "order")]
pub(super) struct Small {
    #[action(payee)]
    payee: String,
    #[action(amount)]
    fee: Money,
    total: Money,
}

/// The fields of [`Small`], with the other amount.
#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Big {
    #[action(payee)]
    payee: String,
    fee: Money,
    #[action(amount)]
    total: Money,
}

/// [`Small`] of a later version, whose name has changed.
#[derive(Debug, Serialize, Deserialize, Action)]
#[action(name = "payment")]
pub(super) struct Renamed {
    #[action(payee)]
    payee: String,
    #[action(amount)]
    fee: Money,
    total: Money,
}

/// [`Small`] of a later version, in another place and with the name that it had.
#[derive(Debug, Serialize, Deserialize, Action)]
#[action(name = "order")]
pub(super) struct Moved {
    #[action(payee)]
    payee: String,
    #[action(amount)]
    fee: Money,
    total: Money,
}

#[derive(Debug, Serialize, Deserialize)]
struct Notes(HashMap<String, String>);

#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Mapped {
    notes: Notes,
}

#[derive(Debug, Serialize, Deserialize, Action)]
pub(super) struct Optional {
    #[action(amount)]
    amount: Option<Money>,
    #[action(payee)]
    payee: Option<String>,
}
