//! Serializer that writes JSON, and accepts only values with a single form.
//!
//! It writes what `serde_json` does, byte for byte, but the entries of a map by ascending keys. It rejects floats, a `Some`
//! that is written like `None`, a key that a map has twice, fields that are left out, unparsed JSON, and deep nesting. Every
//! guarded request with an action goes through it, so it is fast: it takes strings without escapes whole.

mod key;
mod map;
mod output;
mod text;

use std::fmt::{self, Write as _};

use serde::{
    Serialize, Serializer,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use crate::action::{
    invalid::InvalidAction,
    strict::{
        map::Entries,
        text::{Escaping, write_escaped, write_number, write_text},
    },
};

pub(super) use output::{Buffer, Output};

use output::Rejected;

/// Beginning of the names with which `serde_json` marks unparsed JSON.
const UNPARSED: &str = "$serde_json::private::";

type Written = Result<(), Rejected>;

/// Serializer of one value.
pub(super) struct Strict<'a, 'b> {
    out: &'a mut Output<'b>,
    /// Number of values that contain this one.
    depth: u8,
    /// True directly inside a `Some`, where `null` would be read as `None`.
    optional: bool,
}

impl<'a, 'b> Strict<'a, 'b> {
    pub(super) const fn new(out: &'a mut Output<'b>) -> Self {
        Self { out, depth: 0, optional: false }
    }

    fn null(self) -> Written {
        if self.optional {
            Err(self.out.reject(InvalidAction::NestedOption))
        } else {
            self.out.write(b"null")
        }
    }

    /// Returns the serializer of a value inside this one.
    fn inside(self, optional: bool) -> Result<Self, Rejected> {
        let depth = self.out.deeper(self.depth)?;
        Ok(Self { out: self.out, depth, optional })
    }

    /// Begins a value that contains others.
    fn begin(self, begin: &[u8], end: &'static [u8]) -> Result<Compound<'a, 'b>, Rejected> {
        let Self { out, depth, .. } = self.inside(false)?;
        out.write(begin)?;
        Ok(Compound { out, depth, empty: true, end, entries: Entries::default() })
    }

    /// Begins a variant that contains others.
    fn begin_variant(
        self,
        variant: &str,
        begin: &[u8],
        end: &'static [u8],
    ) -> Result<Compound<'a, 'b>, Rejected> {
        write_name(self.out, b"{\"", variant)?;
        self.begin(begin, end)
    }
}

/// Writes a name and its colon, after a brace or a comma with the quote.
fn write_name(out: &mut Output<'_>, before: &[u8], name: &str) -> Written {
    out.write(before)?;
    write_escaped(out, name)?;
    out.write(b"\":")
}

macro_rules! integers {
    ($($method:ident($type:ty) => |$value:ident| $negative:expr, $absolute:expr;)+) => {
        $(
            fn $method(self, $value: $type) -> Written {
                write_number(self.out, $negative, $absolute)
            }
        )+
    };
}

impl<'a, 'b> Serializer for Strict<'a, 'b> {
    type Ok = ();
    type Error = Rejected;
    type SerializeSeq = Compound<'a, 'b>;
    type SerializeTuple = Compound<'a, 'b>;
    type SerializeTupleStruct = Compound<'a, 'b>;
    type SerializeTupleVariant = Compound<'a, 'b>;
    type SerializeMap = Compound<'a, 'b>;
    type SerializeStruct = Compound<'a, 'b>;
    type SerializeStructVariant = Compound<'a, 'b>;

    integers! {
        serialize_i8(i8) => |value| value < 0, value.unsigned_abs().into();
        serialize_i16(i16) => |value| value < 0, value.unsigned_abs().into();
        serialize_i32(i32) => |value| value < 0, value.unsigned_abs().into();
        serialize_i64(i64) => |value| value < 0, value.unsigned_abs().into();
        serialize_i128(i128) => |value| value < 0, value.unsigned_abs();
        serialize_u8(u8) => |value| false, value.into();
        serialize_u16(u16) => |value| false, value.into();
        serialize_u32(u32) => |value| false, value.into();
        serialize_u64(u64) => |value| false, value.into();
        serialize_u128(u128) => |value| false, value;
    }

    fn serialize_bool(self, value: bool) -> Written {
        self.out.write(if value { b"true" } else { b"false" })
    }

    fn serialize_char(self, value: char) -> Written {
        write_text(self.out, value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Written {
        write_text(self.out, value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        self.collect_seq(value)
    }

    fn serialize_f32(self, _: f32) -> Written {
        Err(self.out.reject(InvalidAction::Float))
    }

    fn serialize_f64(self, _: f64) -> Written {
        Err(self.out.reject(InvalidAction::Float))
    }

    fn serialize_none(self) -> Written {
        self.null()
    }

    fn serialize_unit(self) -> Written {
        self.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self.inside(true)?)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        write_text(self.out, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Written {
        if name.starts_with(UNPARSED) {
            return Err(self.out.reject(InvalidAction::RawJson));
        }
        // The value is written alone, so a `Some` around the struct is one around the value.
        let optional = self.optional;
        value.serialize(self.inside(optional)?)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let Self { out, depth, .. } = self.inside(false)?;
        write_name(out, b"{\"", variant)?;
        value.serialize(Strict { out, depth, optional: false })?;
        out.write(b"}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin_variant(variant, b"[", b"]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin(b"{", b"}")
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'a, 'b>, Rejected> {
        if name.starts_with(UNPARSED) {
            return Err(self.out.reject(InvalidAction::RawJson));
        }
        self.begin(b"{", b"}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a, 'b>, Rejected> {
        self.begin_variant(variant, b"{", b"}}")
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Written {
        self.out.write(b"\"")?;
        let formatted = write!(Escaping { out: &mut *self.out }, "{value}");
        // An error of the output stays with it.
        formatted.map_err(|error| Rejected(InvalidAction::Serialize(error.to_string())))?;
        self.out.write(b"\"")
    }
}

/// Value that contains others.
pub(super) struct Compound<'a, 'b> {
    out: &'a mut Output<'b>,
    /// Depth of the values inside.
    depth: u8,
    empty: bool,
    end: &'static [u8],
    entries: Entries,
}

impl Compound<'_, '_> {
    /// Returns what stands before the next value.
    const fn comma(&mut self) -> &'static [u8] {
        if std::mem::replace(&mut self.empty, false) { b"" } else { b"," }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        value.serialize(Strict { out: &mut *self.out, depth: self.depth, optional: false })
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Written {
        let before: &[u8] = if self.comma().is_empty() { b"\"" } else { b",\"" };
        write_name(self.out, before, name)?;
        self.value(value)
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        let comma = self.comma();
        self.out.write(comma)?;
        self.value(value)
    }

    fn finish(self) -> Written {
        self.out.write(self.end)
    }
}

/// Sequences: nothing but values.
macro_rules! sequences {
    ($($trait:ident::$method:ident;)+) => {
        $(
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Rejected;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                    self.element(value)
                }

                fn end(self) -> Written {
                    self.finish()
                }
            }
        )+
    };
}

sequences! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

/// Structs: fields with names.
macro_rules! structs {
    ($($trait:ident)+) => {
        $(
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Rejected;

                fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Written {
                    self.field(name, value)
                }

                fn skip_field(&mut self, field: &'static str) -> Written {
                    Err(self.out.reject(InvalidAction::Skipped { field }))
                }

                fn end(self) -> Written {
                    self.finish()
                }
            }
        )+
    };
}

structs! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Rejected;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.entries.begin(key, self.out)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.value(value)
    }

    fn end(self) -> Written {
        let Self { out, end, entries, .. } = self;
        entries.sort(out)?;
        out.write(end)
    }
}
