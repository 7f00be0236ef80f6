//! Keys of maps.

use std::{fmt, mem};

use serde::{Serialize, Serializer, ser::Impossible};

use crate::action::strict::{
    output::{Output, Rejected},
    text::{write_number, write_text},
};

/// Key of a map, in the order of its type.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Flag(bool),
    Signed(i128),
    Unsigned(u128),
    Character(char),
    Text(String),
    /// Variants are ordered by their position.
    Variant(u32, &'static str),
}

impl Key {
    /// Reads a key.
    pub(super) fn of(key: &(impl Serialize + ?Sized)) -> Result<Self, fmt::Error> {
        key.serialize(KeyReader)
    }

    /// Returns whether this key comes before another, of the same type.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        mem::discriminant(self) == mem::discriminant(other) && self < other
    }

    /// Writes the key as a string, as all keys of JSON are.
    pub(super) fn write(&self, out: &mut Output<'_>) -> Result<(), Rejected> {
        let number = |out: &mut Output<'_>, negative, absolute| {
            out.write(b"\"")?;
            write_number(out, negative, absolute)?;
            out.write(b"\"")
        };
        match self {
            Self::Flag(flag) => write_text(out, if *flag { "true" } else { "false" }),
            Self::Signed(signed) => number(out, *signed < 0, signed.unsigned_abs()),
            Self::Unsigned(unsigned) => number(out, false, *unsigned),
            Self::Character(character) => write_text(out, character.encode_utf8(&mut [0; 4])),
            Self::Text(text) => write_text(out, text),
            Self::Variant(_, name) => write_text(out, name),
        }
    }
}

/// Serializer that reads a key. Its error has no text, because its caller has one.
struct KeyReader;

type Nothing = Impossible<Key, fmt::Error>;

macro_rules! keys {
    ($($method:ident($type:ty) => $key:ident;)+) => {
        $(
            fn $method(self, value: $type) -> Result<Key, fmt::Error> {
                Ok(Key::$key(value.into()))
            }
        )+
    };
}

impl Serializer for KeyReader {
    type Ok = Key;
    type Error = fmt::Error;
    type SerializeSeq = Nothing;
    type SerializeTuple = Nothing;
    type SerializeTupleStruct = Nothing;
    type SerializeTupleVariant = Nothing;
    type SerializeMap = Nothing;
    type SerializeStruct = Nothing;
    type SerializeStructVariant = Nothing;

    keys! {
        serialize_bool(bool) => Flag;
        serialize_i8(i8) => Signed;
        serialize_i16(i16) => Signed;
        serialize_i32(i32) => Signed;
        serialize_i64(i64) => Signed;
        serialize_i128(i128) => Signed;
        serialize_u8(u8) => Unsigned;
        serialize_u16(u16) => Unsigned;
        serialize_u32(u32) => Unsigned;
        serialize_u64(u64) => Unsigned;
        serialize_u128(u128) => Unsigned;
        serialize_char(char) => Character;
        serialize_str(&str) => Text;
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<Key, fmt::Error> {
        Ok(Key::Variant(index, variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Key, fmt::Error> {
        value.serialize(self)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<Key, fmt::Error> {
        Ok(Key::Text(value.to_string()))
    }

    fn serialize_f32(self, _: f32) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_f64(self, _: f64) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_none(self) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_unit(self) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Key, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple(self, _: usize) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Nothing, fmt::Error> {
        Err(fmt::Error)
    }
}
