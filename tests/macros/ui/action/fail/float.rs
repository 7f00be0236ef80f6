//! A field whose type contains a floating-point number.

use mfakit::Action;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct Order {
    amount: f64,
    rates: Vec<Option<f32>>,
}

fn main() {}
