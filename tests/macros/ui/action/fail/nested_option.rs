//! An option in an option, which JSON cannot write.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Change {
    email: Option<Option<String>>,
}

fn main() {}
