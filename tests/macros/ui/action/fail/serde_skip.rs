//! Options of serde that leave out or merge parts of the value.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order {
    #[serde(skip)]
    branch: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memo: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    a: u8,
}

fn main() {}
