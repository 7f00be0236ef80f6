//! Randomness, from one place.

/// Returns random bytes from the operating system. Nothing else in mfakit creates randomness.
///
/// # Panics
///
/// Panics if the operating system has none. Nothing can be kept safe on such a machine, and a caller that continued
/// with other bytes would accept forged tokens.
#[allow(clippy::expect_used, reason = "without randomness the only safe reaction is to stop")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}
