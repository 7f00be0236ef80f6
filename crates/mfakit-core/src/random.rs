//! Randomness, from one place.

/// Fresh bytes from the operating system: the one place where randomness comes from.
///
/// # Panics
///
/// When the operating system has none to give. Nothing could be kept safe on such a machine, and a caller
/// that went on with other bytes would let people in.
#[allow(clippy::expect_used, reason = "without randomness there is nothing safe to do but stop")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
