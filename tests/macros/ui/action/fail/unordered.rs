//! Collections without an order.

use std::collections::{HashMap, HashSet};

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order {
    parts: HashMap<String, u32>,
    tags: Vec<HashSet<String>>,
}

fn main() {}
