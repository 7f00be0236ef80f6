//! Statements and their parameters.
//!
//! Parameters are bytes and integers only. So they can also be written into the text of a statement, for a connection pooler
//! that has no prepared statements, without any quoting.

#[cfg(feature = "postgres")]
use std::fmt::Write;
use std::sync::Arc;

/// SQL with parameters `$1`, `$2` and so on, for one dialect. It contains no dollar sign except those of parameters.
#[derive(Clone, Debug)]
pub(crate) struct Statement(Arc<str>);

/// Value of a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter<'a> {
    /// `BYTEA` on PostgreSQL, `BLOB` on SQLite.
    Bytes(&'a [u8]),
    /// `BIGINT` on PostgreSQL, `INTEGER` on SQLite.
    Int(i64),
    /// The absence of bytes.
    Null,
}

impl<'a> Parameter<'a> {
    /// Returns the parameter of bytes that may be absent.
    pub(crate) fn optional(bytes: Option<&'a [u8]>) -> Self {
        bytes.map_or(Self::Null, Self::Bytes)
    }
}

/// Value in a row.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Bytes.
    Bytes(Vec<u8>),
    /// Integer.
    Int(i64),
    /// Text, of a setting of the database.
    Text(String),
    /// Absence of a value.
    Null,
    /// Value of a type that no column of ours has.
    Other,
}

/// Values of one row, in the order of the statement.
pub(crate) type Row = Vec<Cell>;

impl Statement {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the text, with the names of the parameters.
    pub(crate) const fn text(&self) -> &Arc<str> {
        &self.0
    }

    /// Returns the text with the values in place of the parameters, for PostgreSQL. Returns `None` if a value is missing.
    ///
    /// `decode` reads hexadecimal digits whatever `standard_conforming_strings` says of backslashes.
    #[cfg(feature = "postgres")]
    pub(crate) fn with_literals(&self, parameters: &[Parameter<'_>]) -> Option<String> {
        let mut pieces = self.0.split('$');
        let mut text = pieces.next()?.to_owned();
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = piece.split_at_checked(digits)?;
            let parameter = parameters.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
            push_literal(&mut text, *parameter)?;
            text.push_str(rest);
        }
        Some(text)
    }
}

#[cfg(feature = "postgres")]
fn push_literal(text: &mut String, parameter: Parameter<'_>) -> Option<()> {
    match parameter {
        Parameter::Bytes(bytes) => {
            text.reserve(bytes.len() * 2 + 16);
            text.push_str("decode('");
            for byte in bytes {
                write!(text, "{byte:02x}").ok()?;
            }
            text.push_str("', 'hex')");
        }
        // PostgreSQL reads `-1::bigint` as the negation of a cast, which has no room for the smallest number.
        Parameter::Int(number) => write!(text, "'{number}'::bigint").ok()?,
        Parameter::Null => text.push_str("NULL::bytea"),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "postgres")]
    use super::*;

    #[cfg(feature = "postgres")]
    #[test]
    fn literals_take_the_place_of_parameters() {
        let statement = Statement::new("SELECT $2, $1 FROM t WHERE a = $10 AND b = $3");
        let mut parameters = vec![Parameter::Null; 10];
        parameters[0] = Parameter::Bytes(b"\x00'\\\xff");
        parameters[1] = Parameter::Int(i64::MIN);
        parameters[9] = Parameter::Bytes(b"");
        assert_eq!(
            statement.with_literals(&parameters).unwrap(),
            "SELECT '-9223372036854775808'::bigint, decode('00275cff', 'hex') FROM t WHERE a = decode('', 'hex') \
             AND b = NULL::bytea"
        );
        assert_eq!(statement.with_literals(&parameters[..9]), None, "a missing value");
    }
}
