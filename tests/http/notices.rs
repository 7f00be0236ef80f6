//! A notifier that keeps the notices, and that a case can disturb.

use std::{
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use mfakit::{
    BoxError, Mfa, Notifier,
    notifier::{Notice, NoticeKind},
};

/// Notices that were sent.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    sent: Vec<Notice>,
    fault: Option<Fault>,
    /// Engine that revokes the person while the next notice is sent.
    revokes: Option<Mfa>,
}

/// Disturbance of the notifier.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It returns an error.
    Fails,
    /// It never answers.
    Hangs,
    /// It panics.
    Panics,
}

impl Notices {
    pub(crate) fn disturb(&self, fault: Fault) {
        self.state().fault = Some(fault);
    }

    pub(crate) fn repair(&self) {
        self.state().fault = None;
    }

    /// Revokes the person while the next notice is sent.
    pub(crate) fn revoke_during_the_next(&self, mfa: &Mfa) {
        self.state().revokes = Some(mfa.clone());
    }

    pub(crate) fn sent(&self) -> Vec<Notice> {
        self.state().sent.clone()
    }

    pub(crate) fn kinds(&self) -> Vec<NoticeKind> {
        self.sent().iter().map(|notice| notice.kind).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Notifier for Notices {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        let (fault, revokes) = {
            let mut state = self.state();
            (state.fault, state.revokes.take())
        };
        if let Some(mfa) = revokes {
            mfa.revoke_user(&notice.user).await?;
        }
        match fault {
            None => self.state().sent.push(notice),
            Some(Fault::Fails) => return Err("the mail server is away".into()),
            Some(Fault::Hangs) => pending().await,
            // Like a panic, but without output on stderr.
            Some(Fault::Panics) => std::panic::resume_unwind(Box::new("for the test")),
        }
        Ok(())
    }
}
