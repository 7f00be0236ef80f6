//! Maps, whose entries are written by ascending keys, whatever the order of the map.

use serde::{Serialize, ser::SerializeMap};

use crate::action::{
    invalid::InvalidAction,
    strict::{
        Strict, Written,
        key::Key,
        output::{Output, Rejected},
    },
};

/// Map that is written.
pub(in crate::action) struct Map<'a, 'b> {
    out: &'a mut Output<'b>,
    /// Depth of the values inside.
    depth: u8,
    entries: Vec<Entry>,
}

/// Entry that was written.
struct Entry {
    key: Key,
    /// Position of its first byte.
    start: usize,
}

impl<'a, 'b> Map<'a, 'b> {
    pub(super) fn begin(out: &'a mut Output<'b>, depth: u8) -> Result<Self, Rejected> {
        out.write(b"{")?;
        Ok(Self { out, depth, entries: Vec::new() })
    }

    /// Writes the entries once more if their keys are not in ascending order.
    fn sort(&mut self) -> Written {
        let Some(first) = self.entries.first().map(|entry| entry.start) else { return Ok(()) };
        if ascend(&self.entries) {
            return Ok(());
        }
        let written = self.out.take_back(first);
        // Each entry ends with the comma before the next.
        let ends: Vec<_> = self.entries.iter().skip(1).map(|next| next.start - 1 - first).collect();
        let ends = ends.into_iter().chain([written.len()]);
        let mut sorted: Vec<_> = self.entries.drain(..).zip(ends).collect();
        sorted.sort_by(|(one, _), (other, _)| one.key.cmp(&other.key));
        for (at, (entry, end)) in sorted.iter().enumerate() {
            self.out.write(if at == 0 { b"" } else { b"," })?;
            self.out.write(written.get(entry.start - first..*end).unwrap_or_default())?;
        }
        let entries: Vec<_> = sorted.into_iter().map(|(entry, _)| entry).collect();
        if ascend(&entries) { Ok(()) } else { Err(self.out.reject(InvalidAction::MapKeyTwice)) }
    }
}

/// Returns whether the keys of a map are in strictly ascending order.
fn ascend(entries: &[Entry]) -> bool {
    entries.is_sorted_by(|one, next| one.key.precedes(&next.key))
}

impl SerializeMap for Map<'_, '_> {
    type Ok = ();
    type Error = Rejected;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        let Ok(key) = Key::of(key) else { return Err(self.out.reject(InvalidAction::MapKey)) };
        if !self.entries.is_empty() {
            self.out.write(b",")?;
        }
        let start = self.out.length();
        key.write(self.out)?;
        self.entries.push(Entry { key, start });
        self.out.write(b":")
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        value.serialize(Strict { out: &mut *self.out, depth: self.depth, optional: false })
    }

    fn end(mut self) -> Written {
        self.sort()?;
        self.out.write(b"}")
    }
}
