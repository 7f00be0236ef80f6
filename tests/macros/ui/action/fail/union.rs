//! A union.

use mfakit::Action;

#[derive(Clone, Copy, Action)]
union Order {
    a: u32,
    b: i32,
}

fn main() {}
