//! Reads and changes the text of one user in the recovery book.

use crate::{
    engine::{
        backend_error::BackendError, mfa::Mfa, misconfigured::Misconfigured, ports::RecoveryPort,
        recovery::kept::Kept,
    },
    event::{EventContext, EventKind},
    number_book::Changed,
    recovery_book::RecoveryRecord,
    subject::UserId,
};

/// Number of times that a change is tried again after another one came first.
const TRIES: usize = 100;

/// Text of a user, as it was read.
pub(super) struct Read {
    pub(super) record: Option<RecoveryRecord>,
    /// Content. Empty if the text cannot be read.
    pub(super) kept: Kept,
    /// True if the text is of this user, and of no other version.
    pub(super) is_readable: bool,
}

impl Mfa {
    /// Returns the recovery book.
    pub(super) fn recovery_book(&self) -> Result<&RecoveryPort, Misconfigured> {
        let book = self.inner.recovery.as_ref();
        book.ok_or_else(|| self.misconfigured(Misconfigured::no_recovery_book()))
    }

    /// Reads the text of a user. A text that cannot be read is reported, and opens nothing.
    pub(super) async fn read_recovery(&self, user: &UserId) -> Result<Read, BackendError> {
        let record = self.recovery_book()?.read(user).await?;
        let kept = match &record {
            None => Some(Kept::default()),
            Some(record) => Kept::open(self.keys(), user, record),
        };
        if kept.is_none() {
            self.observe(EventContext::user(user), EventKind::RecoveryUnreadable);
        }
        let is_readable = kept.is_some();
        Ok(Read { record, kept: kept.unwrap_or_default(), is_readable })
    }

    /// Replaces a text that was read. Of all concurrent calls after the same text, exactly one is done.
    pub(super) async fn write_recovery(
        &self,
        user: &UserId,
        read: &Read,
        kept: &Kept,
    ) -> Result<Changed, BackendError> {
        let mistake = || self.misconfigured(Misconfigured::new("recovery codes could not be encrypted"));
        let record = kept.seal(self.keys(), user).ok_or_else(mistake)?;
        self.recovery_book()?.replace(user, read.record.as_ref(), Some(&record)).await
    }

    /// Changes the text of a user until no other change comes first. `change` returns `None` if nothing is to be changed, and
    /// so does this method.
    pub(super) async fn rewrite_recovery<T>(
        &self,
        user: &UserId,
        mut change: impl FnMut(&mut Kept, bool) -> Option<T>,
    ) -> Result<Option<T>, BackendError> {
        for _ in 0..TRIES {
            let read = self.read_recovery(user).await?;
            let mut kept = read.kept.clone();
            let Some(outcome) = change(&mut kept, read.is_readable) else { return Ok(None) };
            match self.write_recovery(user, &read, &kept).await? {
                Changed::Done => return Ok(Some(outcome)),
                Changed::Conflict => {}
            }
        }
        Err(self.too_many_conflicts(user))
    }

    /// Reports a book that never replaces the text it returned.
    pub(super) fn too_many_conflicts(&self, user: &UserId) -> BackendError {
        const WHY: &str = "it answers Conflict to the text that it returned, again and again: compare the texts byte by \
            byte, and an absent one as NULL with IS NOT DISTINCT FROM";
        let failed = EventKind::AppFailed { function: "recovery book", error: WHY };
        self.observe(EventContext::user(user), failed);
        BackendError::Directory(WHY.into())
    }

    /// Returns the number of tries of a change.
    pub(super) const fn recovery_tries() -> usize {
        TRIES
    }
}
