//! Serializer that accepts only values with a single form, in front of another serializer.
//!
//! It changes nothing of what is written. It rejects floats, a `Some` that is written like `None`, maps that are not in
//! ascending order, fields that are left out, unparsed JSON, and deep nesting.

mod key;
pub(super) mod rules;

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use crate::action::{
    invalid::InvalidAction,
    strict::{key::Key, rules::Rules},
};

/// Beginning of the names with which serde_json marks unparsed JSON.
const UNPARSED: &str = "$serde_json::private::";

/// Serializer in front of another.
pub(super) struct Strict<'a, S> {
    inner: S,
    rules: &'a Rules,
    /// Number of values that contain this one.
    depth: u8,
    /// True directly inside a `Some`, where `null` would be read as `None`.
    optional: bool,
}

impl<'a, S: Serializer> Strict<'a, S> {
    pub(super) const fn new(inner: S, rules: &'a Rules) -> Self {
        Self { inner, rules, depth: 0, optional: false }
    }

    fn reject<T>(self, problem: InvalidAction) -> Result<T, S::Error> {
        Err(self.rules.reject(problem))
    }

    /// Writes `null`.
    fn null(self, write: impl FnOnce(S) -> Result<S::Ok, S::Error>) -> Result<S::Ok, S::Error> {
        if self.optional { self.reject(InvalidAction::NestedOption) } else { write(self.inner) }
    }

    /// Begins a value that contains others.
    fn compound<C>(self, begin: impl FnOnce(S) -> Result<C, S::Error>) -> Result<Compound<'a, C>, S::Error> {
        let Self { inner, rules, depth, .. } = self;
        let depth = rules.deeper(depth)?;
        Ok(Compound::new(begin(inner)?, rules, depth))
    }
}

/// Value that is serialized under the same rules as the one that contains it.
struct Inside<'a, T: ?Sized> {
    value: &'a T,
    rules: &'a Rules,
    depth: u8,
    optional: bool,
}

impl<'a, T: ?Sized> Inside<'a, T> {
    const fn new(value: &'a T, rules: &'a Rules, depth: u8) -> Self {
        Self { value, rules, depth, optional: false }
    }
}

impl<T: Serialize + ?Sized> Serialize for Inside<'_, T> {
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        let Self { value, rules, depth, optional } = *self;
        value.serialize(Strict { inner, rules, depth, optional })
    }
}

/// Methods that hand a value on as it is.
macro_rules! plain {
    ($($method:ident($type:ty);)+) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
                self.inner.$method(value)
            }
        )+
    };
}

impl<'a, S: Serializer> Serializer for Strict<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Compound<'a, S::SerializeSeq>;
    type SerializeTuple = Compound<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Compound<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Compound<'a, S::SerializeTupleVariant>;
    type SerializeMap = Compound<'a, S::SerializeMap>;
    type SerializeStruct = Compound<'a, S::SerializeStruct>;
    type SerializeStructVariant = Compound<'a, S::SerializeStructVariant>;

    plain! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
    }

    fn serialize_f32(self, _: f32) -> Result<S::Ok, S::Error> {
        self.reject(InvalidAction::Float)
    }

    fn serialize_f64(self, _: f64) -> Result<S::Ok, S::Error> {
        self.reject(InvalidAction::Float)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.null(S::serialize_none)
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.null(S::serialize_unit)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.null(|inner| inner.serialize_unit_struct(name))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let Self { inner, rules, depth, .. } = self;
        inner.serialize_some(&Inside { value, rules, depth: rules.deeper(depth)?, optional: true })
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        if name.starts_with(UNPARSED) {
            return self.reject(InvalidAction::RawJson);
        }
        // The value is written alone, so a `Some` around the struct is one around the value.
        let Self { inner, rules, depth, optional } = self;
        inner.serialize_newtype_struct(name, &Inside { value, rules, depth: rules.deeper(depth)?, optional })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let Self { inner, rules, depth, .. } = self;
        let value = Inside::new(value, rules, rules.deeper(depth)?);
        inner.serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.compound(|inner| inner.serialize_seq(length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.compound(|inner| inner.serialize_tuple(length))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.compound(|inner| inner.serialize_tuple_struct(name, length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.compound(|inner| inner.serialize_tuple_variant(name, index, variant, length))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.compound(|inner| inner.serialize_map(length))
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeStruct, S::Error> {
        if name.starts_with(UNPARSED) {
            return self.reject(InvalidAction::RawJson);
        }
        self.compound(|inner| inner.serialize_struct(name, length))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.compound(|inner| inner.serialize_struct_variant(name, index, variant, length))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Value that contains others, in front of the inner serializer's.
pub(super) struct Compound<'a, C> {
    inner: C,
    rules: &'a Rules,
    depth: u8,
    /// Key of a map that was written last.
    last: Option<Key>,
}

impl<'a, C> Compound<'a, C> {
    const fn new(inner: C, rules: &'a Rules, depth: u8) -> Self {
        Self { inner, rules, depth, last: None }
    }
}

/// Sequences: nothing but values.
macro_rules! sequences {
    ($($trait:ident::$method:ident;)+) => {
        $(
            impl<C: $trait> $trait for Compound<'_, C> {
                type Ok = C::Ok;
                type Error = C::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                    let value = Inside::new(value, self.rules, self.depth);
                    self.inner.$method(&value)
                }

                fn end(self) -> Result<C::Ok, C::Error> {
                    self.inner.end()
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
            impl<C: $trait> $trait for Compound<'_, C> {
                type Ok = C::Ok;
                type Error = C::Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    field: &'static str,
                    value: &T,
                ) -> Result<(), C::Error> {
                    let value = Inside::new(value, self.rules, self.depth);
                    self.inner.serialize_field(field, &value)
                }

                fn skip_field(&mut self, field: &'static str) -> Result<(), C::Error> {
                    Err(self.rules.reject(InvalidAction::Skipped { field }))
                }

                fn end(self) -> Result<C::Ok, C::Error> {
                    self.inner.end()
                }
            }
        )+
    };
}

structs! { SerializeStruct SerializeStructVariant }

impl<C: SerializeMap> SerializeMap for Compound<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        let Ok(key) = Key::of(key) else { return Err(self.rules.reject(InvalidAction::MapKey)) };
        if self.last.as_ref().is_some_and(|last| !last.precedes(&key)) {
            return Err(self.rules.reject(InvalidAction::MapOrder));
        }
        self.inner.serialize_key(&key)?;
        self.last = Some(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let value = Inside::new(value, self.rules, self.depth);
        self.inner.serialize_value(&value)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}
