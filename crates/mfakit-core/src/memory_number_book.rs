//! Number book in the memory of one process.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    box_error::BoxError,
    clock::Timestamp,
    number_book::{Changed, NumberBook, NumberChange, NumberOnFile},
    phone::PhoneNumber,
    subject::UserId,
};

/// Number book in the memory of one process, for tests and examples. All numbers are lost when the process ends. Clones
/// share one book.
///
/// ```
/// use mfakit_core::{Changed, MemoryNumberBook, NumberBook, NumberChange, PhoneNumber, Timestamp, UserId};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let number = PhoneNumber::new("+19195551234")?;
/// let book = MemoryNumberBook::new().with("alice", number.clone(), Timestamp::from_millis(0));
///
/// let alice = UserId::from("alice");
/// assert_eq!(book.change(&alice, &NumberChange::remove(number)).await?, Changed::Done);
/// assert_eq!(book.find(&alice), None);
/// # Ok::<(), mfakit_core::BoxError>(())
/// # })?;
/// # Ok::<(), mfakit_core::BoxError>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryNumberBook(Arc<Mutex<HashMap<UserId, NumberOnFile>>>);

impl MemoryNumberBook {
    /// Creates an empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of a user, and the time at which it was confirmed.
    #[must_use]
    pub fn with(self, user: impl Into<UserId>, number: PhoneNumber, confirmed_at: Timestamp) -> Self {
        self.set(user, NumberOnFile::new(number, confirmed_at));
        self
    }

    /// Sets or removes the number of a user, as an app that changes numbers itself does.
    pub fn set(&self, user: impl Into<UserId>, number: impl Into<Option<NumberOnFile>>) {
        match number.into() {
            Some(number) => self.numbers().insert(user.into(), number),
            None => self.numbers().remove(&user.into()),
        };
    }

    /// Returns the number of a user.
    #[must_use]
    pub fn find(&self, user: &UserId) -> Option<NumberOnFile> {
        self.numbers().get(user).cloned()
    }

    fn numbers(&self) -> MutexGuard<'_, HashMap<UserId, NumberOnFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl NumberBook for MemoryNumberBook {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        Ok(self.find(user))
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        let mut numbers = self.numbers();
        if numbers.get(user).map(|on_file| &on_file.number) != change.from() {
            return Ok(Changed::Conflict);
        }
        match change.to() {
            Some(to) => numbers.insert(user.clone(), to.clone()),
            None => numbers.remove(user),
        };
        Ok(Changed::Done)
    }
}

impl fmt::Debug for MemoryNumberBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryNumberBook").field("numbers", &self.numbers().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, at: u64) -> NumberOnFile {
        NumberOnFile::new(PhoneNumber::new(text).unwrap(), Timestamp::from_millis(at))
    }

    #[tokio::test]
    async fn a_number_changes_only_from_the_one_that_is_on_file() {
        let (book, alice) = (MemoryNumberBook::new(), UserId::from("alice"));
        let (one, two) = (number("+19195551234", 1), number("+12025550123", 2));
        let change = async |change: NumberChange| book.change(&alice, &change).await.unwrap();
        assert_eq!(change(NumberChange::remove(one.number.clone())).await, Changed::Conflict);
        assert_eq!(change(NumberChange::add(one.clone())).await, Changed::Done);
        assert_eq!(change(NumberChange::add(two.clone())).await, Changed::Conflict);
        assert_eq!(change(NumberChange::replace(two.number.clone(), one.clone())).await, Changed::Conflict);
        assert_eq!(book.number(&alice).await.unwrap(), Some(one.clone()));
        assert_eq!(change(NumberChange::replace(one.number.clone(), two.clone())).await, Changed::Done);
        assert_eq!(book.find(&alice), Some(two.clone()));
        assert_eq!(change(NumberChange::remove(two.number)).await, Changed::Done);
        assert_eq!(book.find(&alice), None);
        assert!(!format!("{book:?} {one:?}").contains("5551"));
    }
}
