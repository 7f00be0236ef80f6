//! Bytes of records in a database. They are read back strictly: whatever was not written here is not read.
//!
//! Numbers are little-endian and have a fixed length. Texts and lists begin with their length. There are no names of
//! fields, so a change of a field's type or place is a new [format](FORMAT).

use smallvec::SmallVec;

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    clock::Timestamp,
    method::Method,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    subject::LoginId,
    token::{ChallengeId, ProviderScope, TokenHash},
};

/// Format of the bytes. They begin with it.
const FORMAT: u8 = 1;

/// Value that is kept as bytes.
pub(crate) trait Stored: Sized {
    /// Appends the bytes.
    fn write(&self, to: &mut Vec<u8>);

    /// Takes the bytes of a value from the front. `None` if they are not those of a value.
    fn read(from: &mut &[u8]) -> Option<Self>;
}

/// Returns the bytes of a value, with their format.
pub(crate) fn to_bytes(value: &impl Stored) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    value.write(&mut bytes);
    bytes
}

/// Reads a value back. `None` if the format is another one, or if anything is missing or left over.
pub(crate) fn from_bytes<T: Stored>(bytes: &[u8]) -> Option<T> {
    let (format, mut rest) = bytes.split_first()?;
    let value = (*format == FORMAT).then(|| T::read(&mut rest)).flatten()?;
    rest.is_empty().then_some(value)
}

/// Implements [`Stored`] for a struct, field by field in this order. It names all of them, so that a new field stops the
/// build here.
macro_rules! stored {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::stored::Stored for $type {
            fn write(&self, to: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($crate::stored::Stored::write($field, to);)+
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                $(let $field = $crate::stored::Stored::read(from)?;)+
                Some(Self { $($field),+ })
            }
        }
    };
}
pub(crate) use stored;

/// Implements [`Stored`] for a type that consists of a fixed number of bytes.
macro_rules! bytes {
    ($($type:ident)+) => {
        $(impl Stored for $type {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(self.as_bytes());
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                Stored::read(from).map(Self::from_bytes)
            }
        })+
    };
}

/// Implements [`Stored`] for an integer.
macro_rules! integers {
    ($($type:ident)+) => {
        $(impl Stored for $type {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                Stored::read(from).map(Self::from_le_bytes)
            }
        })+
    };
}

bytes!(ActionDigest ApprovalId ChallengeId CodeProof GrantNonce LoginId TokenHash);
integers!(u8 u32 u64);
stored!(Approval { id, digest });

impl<const N: usize> Stored for [u8; N] {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let (bytes, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(*bytes)
    }
}

impl Stored for bool {
    fn write(&self, to: &mut Vec<u8>) {
        u8::from(*self).write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Stored for Timestamp {
    fn write(&self, to: &mut Vec<u8>) {
        self.as_millis().write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        u64::read(from).map(Self::from_millis)
    }
}

impl Stored for String {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self, to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Self::from_utf8(Vec::read(from)?).ok()
    }
}

impl Stored for Scope {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.as_str(), to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Self::new(&String::read(from)?).ok()
    }
}

impl Stored for Method {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.as_str(), to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        String::read(from)?.parse().ok()
    }
}

impl Stored for ProviderScope {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.as_str(), to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        String::read(from).map(Self::from_stored)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn write(&self, to: &mut Vec<u8>) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::read(from)? { Some(T::read(from)?) } else { None })
    }
}

impl<T: Stored> Stored for Box<T> {
    fn write(&self, to: &mut Vec<u8>) {
        T::write(self, to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        T::read(from).map(Self::new)
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn write(&self, to: &mut Vec<u8>) {
        write_all(self, to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        read_all(from)
    }
}

impl<T: Stored> Stored for SmallVec<[T; 1]> {
    fn write(&self, to: &mut Vec<u8>) {
        write_all(self, to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        read_all(from)
    }
}

fn write_text(text: &str, to: &mut Vec<u8>) {
    write_length(text.len(), to);
    to.extend_from_slice(text.as_bytes());
}

fn write_all<T: Stored>(values: &[T], to: &mut Vec<u8>) {
    write_length(values.len(), to);
    values.iter().for_each(|value| value.write(to));
}

/// Writes a length. One of four gigabytes or more cannot occur, and would not be read back.
fn write_length(length: usize, to: &mut Vec<u8>) {
    u32::try_from(length).unwrap_or(u32::MAX).write(to);
}

fn read_all<T: Stored, L: FromIterator<T>>(from: &mut &[u8]) -> Option<L> {
    let length = u32::read(from)?;
    (0..length).map(|_| T::read(from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_read_back() {
        let value = vec![Some("ACME".to_owned()), None];
        let good = to_bytes(&value);
        assert_eq!(from_bytes(&good), Some(value));
        for end in 0..good.len() {
            assert_eq!(from_bytes::<Vec<Option<String>>>(&good[..end]), None, "{end} bytes");
        }
        assert_eq!(from_bytes::<Vec<Option<String>>>(&[&*good, &[0]].concat()), None);
        for at in [0, 5] {
            let mut bad = good.clone();
            bad[at] = 2;
            assert_eq!(from_bytes::<Vec<Option<String>>>(&bad), None, "byte {at}");
        }
        // A length that no memory has room for ends at the last byte.
        assert_eq!(from_bytes::<String>(&[FORMAT, 255, 255, 255, 255, 65]), None);
        assert_eq!(from_bytes::<String>(&[FORMAT, 1, 0, 0, 0, 0xff]), None);
        assert_eq!(from_bytes::<Scope>(&to_bytes(&"no scope!".to_owned())), None);
        assert_eq!(from_bytes::<Method>(&to_bytes(&"carrier pigeon".to_owned())), None);
    }
}
