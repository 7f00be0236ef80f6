//! Of all changes of one user at the same time, one sends a notice and is made.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use mfakit_core::{
    BoxError, Changed, Channel, Code, ConfirmNumberError, GrantToken, LiveChallenge, MemoryNumberBook,
    MemoryStore, Mfa, MfaBuilder, Notifier, NumberBook, NumberChange, NumberOnFile, Policy, Scope, Secret,
    StartRequest, Subject, UserId,
    notifier::{Notice, NoticeKind, OnNoticeError},
};
use tokio::{runtime, task::spawn_blocking, time::sleep};

use super::super::{NEW, OLD, OTHER, Town, number, town_of, town_with};

/// Kinds of the notices that were sent, each with the number after the change.
type Notices = Arc<Mutex<Vec<(NoticeKind, Option<String>)>>>;

/// Sessions of one user, each with a number of its own whose code was sent.
type Ready = Vec<(Subject, LiveChallenge, Code, Option<GrantToken>)>;

/// Two instances of an app that share a store, a book and a clock. Their notifier takes its time.
struct Instances {
    town: Town,
    other: Mfa,
    notices: Notices,
}

fn instances() -> Instances {
    let (book, store, notices) = (MemoryNumberBook::new(), Arc::new(MemoryStore::new()), Notices::default());
    let settings = |builder: MfaBuilder| {
        builder
            .number_book(book.clone())
            .store(store.clone())
            .secret(Secret::new(*b"a secret of two instances, so a b").unwrap())
            .policy(Policy::for_tests())
            .notifier(slow(&notices), OnNoticeError::Hold)
    };
    let town = town_of(book.clone(), settings);
    let builder = settings(Mfa::builder(town.provider.clone(), "https://bank.example"));
    let other = builder.scope("pay", "pay").messaging_to(["US"]).clock(town.clock.clone()).build().unwrap();
    Instances { town, other, notices }
}

fn slow(notices: &Notices) -> impl Notifier {
    let notices = notices.clone();
    async move |notice: Notice| {
        sleep(Duration::from_millis(100)).await;
        let to = notice.new_number.as_ref().map(|number| number.as_e164().to_owned());
        notices.lock().unwrap().push((notice.kind, to));
        Ok::<(), BoxError>(())
    }
}

impl Instances {
    fn instance(&self, at: usize) -> &Mfa {
        if at.is_multiple_of(2) { &self.town.mfa } else { &self.other }
    }

    /// Sends a code for a new number in each of ten sessions.
    async fn ten_sessions(&self, user: &str) -> Ready {
        let mut ready = Vec::new();
        for at in 0..10 {
            let session = self.town.signs_in(user);
            let manage = match user {
                "alice" => self.manage(&session).await,
                _ => None,
            };
            let text = format!("+120255501{}", 10 + at);
            let proposed = self.instance(at).propose_number(&session, &text, manage.as_ref()).await.unwrap();
            let request = StartRequest::new(Scope::ENROLL, Channel::Messaging)
                .approval(proposed.approval)
                .manage(manage.clone());
            let live = self.instance(at).start(&session, request).await.unwrap();
            ready.push((session, live, self.town.code(), manage));
        }
        ready
    }

    async fn manage(&self, session: &Subject) -> Option<GrantToken> {
        let request = StartRequest::new(Scope::MANAGE, Channel::Messaging);
        let live = self.town.mfa.start(session, request).await.unwrap();
        self.town.mfa.verify(session, &Scope::MANAGE, &live.id, &self.town.code()).await.unwrap().token
    }

    /// Enters all codes ten times each, at both instances. Returns the numbers that were confirmed.
    async fn all_at_once(&self, ready: &Ready) -> Vec<String> {
        let answers = join_all(ready.iter().cycle().take(100).enumerate().map(|(n, ready)| {
            let (mfa, (session, live, code, manage)) = (self.instance(n / 10).clone(), ready.clone());
            async move {
                let confirm =
                    async move { mfa.confirm_number(&session, &live, &code, manage.as_ref()).await };
                tokio::spawn(confirm).await.unwrap()
            }
        }));
        answers.await.into_iter().flatten().map(|won| won.number.as_e164().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_changes_at_once_one_sends_a_notice_which_names_the_winner() {
    for (user, kind) in [("carol", NoticeKind::NumberAdded), ("alice", NoticeKind::NumberReplaced)] {
        for _ in 0..3 {
            let instances = instances();
            let ready = instances.ten_sessions(user).await;
            let won = instances.all_at_once(&ready).await;
            assert_eq!(won.len(), 1, "{user}: {won:?}");
            assert_eq!(instances.town.on_file(user), won.first().cloned(), "{user}");
            assert_eq!(*instances.notices.lock().unwrap(), [(kind, won.first().cloned())], "{user}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_removals_and_a_replacement_at_once_one_sends_a_notice() {
    for _ in 0..3 {
        let instances = instances();
        let ready = instances.ten_sessions("alice").await;
        let answers = join_all(ready.into_iter().enumerate().map(|(at, (session, live, code, manage))| {
            let mfa = instances.instance(at).clone();
            tokio::spawn(async move {
                match at {
                    0 => mfa.confirm_number(&session, &live, &code, manage.as_ref()).await.is_ok(),
                    _ => mfa.remove_number(&session, manage.as_ref()).await.is_ok(),
                }
            })
        }));
        let won = answers.await.into_iter().filter(|answer| *answer.as_ref().unwrap()).count();
        assert_eq!(won, 1);
        let sent = instances.notices.lock().unwrap().clone();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(instances.town.on_file("alice"), sent[0].1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_removals_at_once_one_is_made() {
    let instances = instances();
    let ready = instances.ten_sessions("alice").await;
    let answers =
        join_all(ready.iter().cycle().take(100).enumerate().map(|(at, (session, _, _, manage))| {
            let (mfa, session, manage) = (instances.instance(at).clone(), session.clone(), manage.clone());
            tokio::spawn(async move { mfa.remove_number(&session, manage.as_ref()).await.is_ok() })
        }));
    assert_eq!(answers.await.into_iter().filter(|answer| *answer.as_ref().unwrap()).count(), 1);
    assert_eq!(instances.notices.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_during_the_notice_of_another_is_a_conflict_and_consumes_no_grant() {
    let instances = instances();
    let ready = instances.ten_sessions("alice").await;
    let confirm = async |at: usize| {
        let (session, live, code, manage) = &ready[at];
        instances.instance(at).confirm_number(session, live, code, manage.as_ref()).await
    };
    let later = async {
        sleep(Duration::from_millis(50)).await;
        let lost = confirm(1).await;
        assert!(matches!(lost, Err(ConfirmNumberError::Conflict)), "{lost:?}");
        let (session, .., manage) = &ready[1];
        assert!(instances.other.numbers(session, manage.as_ref()).await.unwrap().may_remove);
    };
    let (won, ()) = tokio::join!(confirm(0), later);
    assert!(won.is_ok(), "{won:?}");
    assert_eq!(instances.notices.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_of_another_user_is_no_conflict() {
    let instances = instances();
    let (alice, carol) = (instances.ten_sessions("alice").await, instances.ten_sessions("carol").await);
    let confirm = async |ready: &Ready| {
        let (session, live, code, manage) = &ready[0];
        instances.town.mfa.confirm_number(session, live, code, manage.as_ref()).await
    };
    let (replaced, added) = tokio::join!(confirm(&alice), confirm(&carol));
    assert!(replaced.is_ok() && added.is_ok(), "{replaced:?} {added:?}");
}

#[tokio::test]
async fn a_change_whose_process_dies_keeps_others_back_for_two_minutes() {
    let instances = instances();
    let ready = instances.ten_sessions("carol").await;
    let confirm = async |at: usize| {
        let (session, live, code, _) = &ready[at];
        instances.town.mfa.confirm_number(session, live, code, None).await
    };
    let (mfa, (session, live, code, _)) = (instances.other.clone(), ready[9].clone());
    spawn_blocking(move || {
        let process = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        process.block_on(async {
            let confirming = mfa.confirm_number(&session, &live, &code, None);
            assert!(tokio::time::timeout(Duration::from_millis(50), confirming).await.is_err());
        });
        // Its tasks end here.
        drop(process);
    })
    .await
    .unwrap();
    assert!(matches!(confirm(0).await, Err(ConfirmNumberError::Conflict)));
    instances.town.clock.advance(Duration::from_secs(2 * 60 - 1));
    assert!(matches!(confirm(1).await, Err(ConfirmNumberError::Conflict)));
    assert!(instances.notices.lock().unwrap().is_empty());
    instances.town.clock.advance(Duration::from_secs(1));
    confirm(2).await.unwrap();
    assert_eq!(instances.notices.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_can_be_made_again_at_once_after_its_notice_failed() {
    let fails = Arc::new(AtomicBool::new(true));
    let notify = {
        let fails = fails.clone();
        async move |_: Notice| match fails.load(Ordering::SeqCst) {
            true => Err::<(), BoxError>("the mail server is away".into()),
            false => Ok(()),
        }
    };
    let town = town_with(|builder| builder.notifier(notify, OnNoticeError::Hold));
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    assert!(town.mfa.remove_number(&alice, manage.as_ref()).await.is_err());
    fails.store(false, Ordering::SeqCst);
    let manage = town.manage(&alice).await;
    assert!(town.mfa.remove_number(&alice, manage.as_ref()).await.is_ok());
}

/// Book that does not answer a change while it is away.
#[derive(Clone, Default)]
struct Away(MemoryNumberBook, Arc<AtomicBool>);

#[async_trait]
impl NumberBook for Away {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        self.0.number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        if self.1.load(Ordering::SeqCst) {
            return pending().await;
        }
        self.0.change(user, change).await
    }
}

#[tokio::test(start_paused = true)]
async fn while_a_book_that_failed_may_still_change_the_number_no_other_change_sends_a_notice() {
    let (book, notices) = (Away::default(), Notices::default());
    let (numbers, away) = (book.0.clone(), book.1.clone());
    let settings = |builder: MfaBuilder| {
        builder.number_book(book).policy(Policy::for_tests()).notifier(slow(&notices), OnNoticeError::Hold)
    };
    let town = town_of(numbers.clone(), settings);
    away.store(true, Ordering::SeqCst);
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, NEW, manage.as_ref()).await;
    assert!(town.confirm(&alice, &live, &town.code(), manage.as_ref()).await.is_err());
    away.store(false, Ordering::SeqCst);
    let manage = town.manage(&alice).await;
    let live = town.enter(&alice, OTHER, manage.as_ref()).await;
    let early = town.confirm(&alice, &live, &town.code(), manage.as_ref()).await;
    assert!(matches!(early, Err(ConfirmNumberError::Conflict)), "{early:?}");
    assert_eq!((notices.lock().unwrap().len(), town.on_file("alice").as_deref()), (1, Some(OLD)));
    sleep(Duration::from_secs(31)).await;
    let live = town.enter(&alice, OTHER, manage.as_ref()).await;
    town.confirm(&alice, &live, &town.code(), manage.as_ref()).await.unwrap();
    assert_eq!(town.on_file("alice"), Some(number(OTHER).as_e164().to_owned()));
}
