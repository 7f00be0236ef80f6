//! ASCII digits.

/// ASCII digits, from zero to nine.
pub(crate) const PLAIN_DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
