//! Values that contain others.

use serde::{
    Serialize,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use crate::action::{
    invalid::InvalidAction,
    strict::{Inside, key::Key, rules::Rules},
};

/// Value that contains others, in front of the inner serializer's.
pub(in crate::action) struct Compound<'a, C> {
    inner: C,
    rules: &'a Rules,
    depth: u8,
    /// Key of a map that was written last.
    last: Option<Key>,
}

impl<'a, C> Compound<'a, C> {
    pub(super) const fn new(inner: C, rules: &'a Rules, depth: u8) -> Self {
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
