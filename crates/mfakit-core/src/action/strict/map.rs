//! Entries of a map, which are written by ascending keys, whatever the order of the map.

use serde::Serialize;

use crate::action::{
    invalid::InvalidAction,
    strict::{
        key::Key,
        output::{Output, Rejected},
    },
};

/// Entries that were written. Empty for everything but a map.
#[derive(Default)]
pub(super) struct Entries(Vec<Entry>);

struct Entry {
    key: Key,
    /// Position of its first byte.
    start: usize,
}

impl Entries {
    /// Begins an entry: writes its key.
    pub(super) fn begin(
        &mut self,
        key: &(impl Serialize + ?Sized),
        out: &mut Output<'_>,
    ) -> Result<(), Rejected> {
        let Ok(key) = Key::of(key) else { return Err(out.reject(InvalidAction::MapKey)) };
        if !self.0.is_empty() {
            out.write(b",")?;
        }
        let start = out.length();
        key.write(out)?;
        self.0.push(Entry { key, start });
        out.write(b":")
    }

    /// Writes the entries once more if their keys are not in ascending order.
    pub(super) fn sort(self, out: &mut Output<'_>) -> Result<(), Rejected> {
        let Some(first) = self.0.first().map(|entry| entry.start) else { return Ok(()) };
        if ascend(&self.0) {
            return Ok(());
        }
        let written = out.take_back(first);
        // Each entry ends with the comma before the next.
        let ends: Vec<_> = self.0.iter().skip(1).map(|next| next.start - 1 - first).collect();
        let mut sorted: Vec<_> = self.0.into_iter().zip(ends.into_iter().chain([written.len()])).collect();
        sorted.sort_by(|(one, _), (other, _)| one.key.cmp(&other.key));
        for (at, (entry, end)) in sorted.iter().enumerate() {
            out.write(if at == 0 { b"" } else { b"," })?;
            out.write(written.get(entry.start - first..*end).unwrap_or_default())?;
        }
        let entries: Vec<_> = sorted.into_iter().map(|(entry, _)| entry).collect();
        if ascend(&entries) { Ok(()) } else { Err(out.reject(InvalidAction::MapKeyTwice)) }
    }
}

/// Returns whether the keys of a map are in strictly ascending order.
fn ascend(entries: &[Entry]) -> bool {
    entries.is_sorted_by(|one, next| one.key.precedes(&next.key))
}
