//! Token that seals traits.

/// Argument of a sealed trait's method. Other crates cannot name it, so they cannot implement the trait.
#[derive(Clone, Copy, Debug)]
pub struct Seal;
