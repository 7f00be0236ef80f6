//! The person is notified of every change, before it is made [ENROL-2].

mod exclusive;
mod failures;
mod misuse;
mod revoked;
mod texts;

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, MemoryNumberBook, MfaBuilder, Notifier, NumberChange, NumberOnFile, Reason, Requirement,
    Timestamp, UserId,
    notifier::{Notice, NoticeKind, OnNoticeError},
};

use super::{NEW, OLD, OTHER, Town, number, town_of};
use crate::world::{pay, reason, world_with};

/// Notifier that keeps the notices, with the number on file at that time.
#[derive(Clone, Default)]
struct Sent(MemoryNumberBook, Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    notices: Vec<(Notice, Option<String>)>,
    meanwhile: Option<Box<dyn FnOnce() + Send>>,
}

impl Sent {
    fn kinds(&self) -> Vec<NoticeKind> {
        self.kept().notices.iter().map(|(notice, _)| notice.kind).collect()
    }

    fn last(&self) -> Notice {
        self.kept().notices.last().unwrap().0.clone()
    }

    fn numbers(&self) -> Vec<String> {
        self.last().numbers().map(|number| number.as_e164().to_owned()).collect()
    }

    /// Returns the number on file when the last notice was sent.
    fn on_file(&self) -> Option<String> {
        self.kept().notices.last().unwrap().1.clone()
    }

    /// Sets what happens while the next notice is sent.
    fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        self.kept().meanwhile = Some(Box::new(happens));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.1.lock().unwrap()
    }
}

#[async_trait]
impl Notifier for Sent {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        let on_file = self.0.find(&notice.user).map(|on_file| on_file.number.as_e164().to_owned());
        let mut kept = self.kept();
        kept.notices.push((notice, on_file));
        if let Some(happens) = kept.meanwhile.take() {
            happens();
        }
        Ok(())
    }
}

/// Returns a town that notifies people, and holds a change without a notice.
fn notified(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> (Town, Sent) {
    let sent = Sent::default();
    let book = sent.0.clone();
    let town = town_of(book.clone(), |builder| {
        settings(builder.number_book(book).notifier(sent.clone(), OnNoticeError::Hold))
    });
    (town, sent)
}

#[tokio::test]
async fn each_change_has_one_notice_which_is_sent_before_it() {
    let (town, sent) = notified(|builder| builder);
    let carol = town.signs_in("carol");
    let _ = town.change(&carol, OTHER, None).await;
    assert_eq!(sent.kinds(), [NoticeKind::NumberAdded]);
    assert_eq!((sent.numbers(), sent.on_file()), (vec![OTHER.to_owned()], None));
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let _ = town.change(&alice, NEW, manage.as_ref()).await;
    assert_eq!(sent.kinds()[1..], [NoticeKind::NumberReplaced]);
    assert_eq!((sent.numbers(), sent.on_file()), (vec![OLD.to_owned(), NEW.to_owned()], Some(OLD.into())));
    let manage = town.manage(&alice).await;
    let _ = town.mfa.remove_number(&alice, manage.as_ref()).await.unwrap();
    assert_eq!(sent.kinds()[2..], [NoticeKind::NumberRemoved]);
    assert_eq!((sent.numbers(), sent.on_file()), (vec![NEW.to_owned()], Some(NEW.into())));
}

#[tokio::test]
async fn an_app_that_changes_a_number_itself_can_have_the_notice_sent() {
    let (town, sent) = notified(|builder| builder);
    let (alice, user) = (town.signs_in("alice"), UserId::from("alice"));
    let pays = town.step_up(&alice, pay()).await;
    let to = NumberOnFile::new(number(NEW), Timestamp::from_millis(0));
    town.mfa.number_changed_by(&user, &NumberChange::replace(number(OLD), to)).await.unwrap();
    assert_eq!((sent.kinds(), sent.numbers().len()), (vec![NoticeKind::NumberReplaced], 2));
    let checked = town.mfa.check(Some(&alice), &Requirement::new(pay()), pays.as_ref()).await;
    assert_eq!(reason(&checked.unwrap()), Some(Reason::Missing), "the grants have ended");
    assert!(town.events.names().contains(&"authn_notice_sent"));
    town.mfa.number_changed(&user).await.unwrap();
    assert_eq!(sent.kinds().len(), 1, "without the numbers, there is no notice");
}

#[tokio::test]
async fn an_app_with_a_directory_can_have_the_notice_sent_too() {
    let sent = Sent::default();
    let world = world_with(|builder| builder.notifier(sent.clone(), OnNoticeError::Hold));
    let removed = NumberChange::remove(number(OLD));
    world.mfa.number_changed_by(&UserId::from("alice"), &removed).await.unwrap();
    assert_eq!((sent.kinds(), sent.numbers()), (vec![NoticeKind::NumberRemoved], vec![OLD.to_owned()]));
}
