//! Recovery book in the memory of one process.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    box_error::BoxError,
    number_book::Changed,
    recovery_book::{RecoveryBook, RecoveryRecord},
    subject::UserId,
};

/// Recovery book in the memory of one process, for tests and examples. All recovery codes are lost when the process ends.
/// Clones share one book.
///
/// ```
/// use mfakit_core::{Changed, MemoryRecoveryBook, RecoveryBook, RecoveryRecord, UserId};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let (book, alice) = (MemoryRecoveryBook::new(), UserId::from("alice"));
/// let record = RecoveryRecord::from_text("opaque");
/// assert_eq!(book.replace(&alice, None, Some(&record)).await?, Changed::Done);
/// assert_eq!(book.find(&alice), Some(record));
/// # Ok::<(), mfakit_core::BoxError>(())
/// # })?;
/// # Ok::<(), mfakit_core::BoxError>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryRecoveryBook(Arc<Mutex<HashMap<UserId, RecoveryRecord>>>);

impl MemoryRecoveryBook {
    /// Creates an empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets or removes the text of a user, as a backup that is restored does.
    pub fn set(&self, user: impl Into<UserId>, record: impl Into<Option<RecoveryRecord>>) {
        match record.into() {
            Some(record) => self.records().insert(user.into(), record),
            None => self.records().remove(&user.into()),
        };
    }

    /// Returns the text of a user.
    #[must_use]
    pub fn find(&self, user: &UserId) -> Option<RecoveryRecord> {
        self.records().get(user).cloned()
    }

    fn records(&self) -> MutexGuard<'_, HashMap<UserId, RecoveryRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RecoveryBook for MemoryRecoveryBook {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        Ok(self.find(user))
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        let mut records = self.records();
        if records.get(user) != from {
            return Ok(Changed::Conflict);
        }
        match to {
            Some(to) => records.insert(user.clone(), to.clone()),
            None => records.remove(user),
        };
        Ok(Changed::Done)
    }

    fn is_lasting(&self) -> bool {
        false
    }
}

impl fmt::Debug for MemoryRecoveryBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRecoveryBook").field("records", &self.records().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_is_replaced_only_if_it_is_the_expected_one() {
        let (book, alice) = (MemoryRecoveryBook::new(), UserId::from("alice"));
        let [one, two] = ["one", "two"].map(RecoveryRecord::from_text);
        let replace = async |from: Option<&RecoveryRecord>, to: Option<&RecoveryRecord>| {
            book.replace(&alice, from, to).await.unwrap()
        };
        assert_eq!(replace(Some(&one), Some(&two)).await, Changed::Conflict);
        assert_eq!(replace(None, Some(&one)).await, Changed::Done);
        assert_eq!(replace(None, Some(&two)).await, Changed::Conflict);
        assert_eq!(replace(Some(&two), None).await, Changed::Conflict);
        assert_eq!(book.read(&alice).await.unwrap(), Some(one.clone()));
        assert_eq!(replace(Some(&one), Some(&two)).await, Changed::Done);
        assert_eq!(replace(Some(&two), None).await, Changed::Done);
        assert_eq!(book.read(&alice).await.unwrap(), None);
    }
}
