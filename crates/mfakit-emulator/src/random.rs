//! Random values: codes, message and call ids, tokens, request ids.
//!
//! All of them come from the thread's cryptographically secure generator.

use std::time::SystemTime;

use rand::RngExt;

const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// Returns a code of `digits` decimal digits. All codes are equally likely, including those with leading zeros.
pub(crate) fn code(digits: u8) -> String {
    letters(b"0123456789", usize::from(digits))
}

/// Returns 29 characters like `1589228074636lm4k2je7j7jklbn2`: milliseconds since 1970, then
/// 16 lowercase alphanumeric characters.
pub(crate) fn message_id(now: SystemTime) -> String {
    let millis = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    format!("{millis:013}{}", letters(LOWER, 16))
}

/// Returns 47 characters like `c-15ac29a2-1331029c-2cb0-4a07-b215-b22865662d85`.
pub(crate) fn call_id() -> String {
    format!("c-{}-{}", letters(HEX, 8), uuid())
}

/// Returns a random UUID (version 4), like the request ids of AWS.
pub(crate) fn uuid() -> String {
    let variant = letters(b"89ab", 1);
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        letters(HEX, 8),
        letters(HEX, 4),
        letters(HEX, 3),
        letters(HEX, 3),
        letters(HEX, 12)
    )
}

/// Returns an opaque access token. Bandwidth's is a JWT, which a client must not read.
pub(crate) fn token() -> String {
    letters(LOWER, 48)
}

fn letters(alphabet: &[u8], length: usize) -> String {
    let mut random = rand::rng();
    (0..length)
        .filter_map(|_| alphabet.get(random.random_range(0..alphabet.len())).copied().map(char::from))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_lengths_of_the_live_service() {
        let now = SystemTime::now();
        assert_eq!(message_id(now).len(), 29);
        assert_eq!(call_id().len(), 47);
        assert_eq!(uuid().len(), 36);
    }

    #[test]
    fn codes_have_the_requested_number_of_digits_and_keep_leading_zeros() {
        let codes: Vec<String> = (0..400).map(|_| code(4)).collect();
        assert!(codes.iter().all(|code| code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit())));
        assert!(codes.iter().any(|code| code.starts_with('0')), "one in ten starts with a zero");
    }
}
