//! List in chunks of equal size.

/// Number of items in a chunk.
const CHUNK: usize = 32;

/// List in chunks of equal size. It grows without moving what it holds, and the memory of a chunk fits the next one of
/// any part, so the allocator is left with few gaps.
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Chunks<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn len(&self) -> usize {
        // All chunks but the last one are full.
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len())
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / CHUNK)?.get(at % CHUNK)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / CHUNK)?.get_mut(at % CHUNK)
    }

    pub(super) fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(item),
            Some(_) => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.0.push(chunk);
            }
            // The first chunk grows as needed, because a small store has few records in each part.
            None => self.0.push(vec![item]),
        }
    }

    /// Removes an item. The last one takes its position.
    pub(super) fn swap_remove(&mut self, at: usize) -> Option<T> {
        let last = self.0.last_mut()?.pop()?;
        if self.0.last().is_some_and(Vec::is_empty) {
            self.0.pop();
        }
        match self.get_mut(at) {
            Some(item) => Some(std::mem::replace(item, last)),
            None => Some(last),
        }
    }
}
