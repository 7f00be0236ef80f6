//! People who lost their phone replace its number with a recovery code, or after the app allowed it [ENROL-1, GRANT-7].

mod browsers;
mod by_app;
mod closing;
mod each_call;
mod failures;
mod flows;
mod meanwhile;
mod notices;
mod owed;
mod races;
mod thief;
mod under_way;

use mfakit_core::{
    GrantToken, MemoryNumberBook, MemoryRecoveryBook, MfaBuilder, RecoverError, Recovered, RecoveryRecord,
    Secret, Subject, UserId,
};

use super::{NEW, OLD, Town, town_of};

/// A town whose people can recover.
struct Refuge {
    town: Town,
    book: MemoryRecoveryBook,
}

impl std::ops::Deref for Refuge {
    type Target = Town;

    fn deref(&self) -> &Town {
        &self.town
    }
}

fn secret(byte: u8) -> Secret {
    Secret::new([[byte; 31].as_slice(), &[0]].concat()).unwrap()
}

fn refuge() -> Refuge {
    refuge_with(|builder| builder)
}

fn refuge_with(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Refuge {
    refuge_of(MemoryNumberBook::new(), MemoryRecoveryBook::new(), settings)
}

fn refuge_of(
    numbers: MemoryNumberBook,
    book: MemoryRecoveryBook,
    settings: impl FnOnce(MfaBuilder) -> MfaBuilder,
) -> Refuge {
    let recovery = book.clone();
    let town = town_of(numbers.clone(), |builder| {
        settings(builder.number_book(numbers).recovery(recovery).secret(secret(1)))
    });
    Refuge { town, book }
}

impl Refuge {
    /// Makes recovery codes with a code to the number on file.
    async fn makes(&self, subject: &Subject) -> Vec<String> {
        let manage = self.manage(subject).await;
        let made = self.mfa.make_recovery_codes(subject, manage.as_ref()).await.unwrap();
        made.codes.iter().map(mfakit_core::RecoveryCode::expose).collect()
    }

    async fn uses(&self, subject: &Subject, code: &str) -> Result<Recovered, RecoverError> {
        let used = self.mfa.use_recovery_code(subject, code, None).await;
        if let Ok(recovered) = &used {
            let mut browsers = self.browsers.lock().unwrap();
            match &recovered.token {
                Some(token) => browsers.insert(*subject.login(), token.clone()),
                None => browsers.remove(subject.login()),
            };
        }
        used
    }

    /// Makes recovery codes in one session, and returns them with a new session.
    async fn alice_lost_her_phone(&self) -> (Subject, Vec<String>) {
        let codes = self.makes(&self.signs_in("alice")).await;
        (self.signs_in("alice"), codes)
    }

    /// Returns whether a session may replace the number, by trying.
    async fn may_replace(&self, subject: &Subject, manage: Option<&GrantToken>) -> bool {
        let proposed = self.propose(subject, NEW, manage).await;
        let shown = self.mfa.numbers(subject, self.cookies(subject, manage)).await.unwrap();
        assert_eq!(shown.denied.is_none(), proposed.is_ok(), "{shown:?} {proposed:?}");
        proposed.is_ok()
    }

    fn record(&self) -> Option<RecoveryRecord> {
        self.book.find(&UserId::from("alice"))
    }

    fn count(&self, event: &str) -> usize {
        self.events.text().matches(event).count()
    }

    fn is_unchanged(&self) -> bool {
        self.on_file("alice").as_deref() == Some(OLD)
    }
}
