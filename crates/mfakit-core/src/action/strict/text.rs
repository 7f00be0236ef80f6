//! Strings and numbers of JSON.

use std::fmt;

use crate::action::strict::output::{Output, Rejected};

/// Number of bytes that are searched together, which compilers turn into a few instructions because the length is fixed.
const BLOCK: usize = 64;

/// Hexadecimal digits.
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes a string in quotes.
pub(super) fn write_text(out: &mut Output<'_>, text: &str) -> Result<(), Rejected> {
    out.write(b"\"")?;
    write_escaped(out, text)?;
    out.write(b"\"")
}

/// Writes the inside of a string.
pub(super) fn write_escaped(out: &mut Output<'_>, text: &str) -> Result<(), Rejected> {
    let mut rest = text.as_bytes();
    while needs_escape(rest) {
        let at = rest.iter().position(|byte| is_escaped(*byte)).unwrap_or(rest.len());
        let (plain, escaped) = rest.split_at(at);
        out.write(plain)?;
        let Some((first, after)) = escaped.split_first() else { return Ok(()) };
        write_escape(out, *first)?;
        rest = after;
    }
    out.write(rest)
}

/// Returns whether a byte cannot stand in a string (RFC 8259, section 7).
const fn is_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

fn needs_escape(text: &[u8]) -> bool {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let any = |block: &[u8]| block.iter().fold(0, |any, byte| any | u8::from(is_escaped(*byte))) != 0;
    blocks.iter().any(|block| any(block)) || any(rest)
}

fn write_escape(out: &mut Output<'_>, byte: u8) -> Result<(), Rejected> {
    match byte {
        b'"' => out.write(b"\\\""),
        b'\\' => out.write(b"\\\\"),
        b'\x08' => out.write(b"\\b"),
        b'\t' => out.write(b"\\t"),
        b'\n' => out.write(b"\\n"),
        b'\x0c' => out.write(b"\\f"),
        b'\r' => out.write(b"\\r"),
        other => {
            let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or(b'0');
            out.write(&[b'\\', b'u', b'0', b'0', digit(other >> 4), digit(other & 0xf)])
        }
    }
}

/// Writes a whole number.
pub(super) fn write_number(out: &mut Output<'_>, negative: bool, absolute: u128) -> Result<(), Rejected> {
    if negative {
        out.write(b"-")?;
    }
    let mut digits = [b'0'; 39];
    let mut start = digits.len();
    let mut rest = absolute;
    for digit in digits.iter_mut().rev() {
        // Division is fast for most numbers, which fit 64 bits.
        let (tenth, last) = match u64::try_from(rest) {
            Ok(small) => ((small / 10).into(), small % 10),
            Err(_) => (rest / 10, u64::try_from(rest % 10).unwrap_or_default()),
        };
        *digit = b'0' + u8::try_from(last).unwrap_or_default();
        start -= 1;
        rest = tenth;
        if rest == 0 {
            break;
        }
    }
    out.write(digits.get(start..).unwrap_or_default())
}

/// Writer of the inside of a string, for values that are formatted.
pub(super) struct Escaping<'a, 'b> {
    pub(super) out: &'a mut Output<'b>,
}

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_escaped(self.out, text).map_err(|_| fmt::Error)
    }
}
