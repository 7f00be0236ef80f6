//! Books and stores that fail, hang, answer late, or are set back.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, BuildError, Changed, Clock as _, LoginId, MemoryNumberBook, MemoryRecoveryBook, MemoryStore,
    Mfa, MfaBuilder, NumberTokens, RecoverError, RecoveryBook, RecoveryRecord, Secret, Subject, UserId,
    store::StoreError,
    testing::{HookedStore, StoreHook, TestProvider, Verb},
};

use super::{NEW, Refuge, refuge, refuge_of, secret};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Works,
    Fails,
    Panics,
    Hangs,
    /// It replaces the text, and its answer is lost.
    LosesItsAnswer,
    /// It never replaces a text.
    Conflicts,
}

/// A recovery book that fails in one of its methods.
#[derive(Clone)]
pub(super) struct Moody {
    book: MemoryRecoveryBook,
    pub(super) reads: Arc<Mutex<Does>>,
    pub(super) replaces: Arc<Mutex<Does>>,
}

impl Moody {
    pub(super) fn of(book: MemoryRecoveryBook) -> Self {
        let works = || Arc::new(Mutex::new(Does::Works));
        Self { book, reads: works(), replaces: works() }
    }

    pub(super) fn works(&self) {
        for method in [&self.reads, &self.replaces] {
            *method.lock().unwrap() = Does::Works;
        }
    }

    pub(super) fn refuge() -> (Refuge, Self) {
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let moody = Self::of(book.clone());
        (refuge_of(numbers, book, |builder| builder.recovery(moody.clone())), moody)
    }

    async fn does(does: Does) -> Result<(), BoxError> {
        match does {
            Does::Works | Does::LosesItsAnswer | Does::Conflicts => Ok(()),
            Does::Fails => Err("for the test".into()),
            Does::Panics => panic!("for the test"),
            Does::Hangs => pending().await,
        }
    }
}

#[async_trait]
impl RecoveryBook for Moody {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        let does = *self.reads.lock().unwrap();
        Self::does(does).await?;
        self.book.read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        let does = *self.replaces.lock().unwrap();
        Self::does(does).await?;
        if does == Does::Conflicts {
            return Ok(Changed::Conflict);
        }
        let changed = self.book.replace(user, from, to).await?;
        if does == Does::LosesItsAnswer { Err("the answer is lost".into()) } else { Ok(changed) }
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_that_cannot_be_read_opens_nothing() {
    for does in [Does::Fails, Does::Panics, Does::Hangs] {
        let (refuge, moody) = Moody::refuge();
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let live = refuge.enter(&alice, NEW, None).await;
        *moody.reads.lock().unwrap() = does;
        let used = refuge.uses(&alice, &codes[1]).await.unwrap_err();
        let is_expected = match does {
            Does::Panics => matches!(used, RecoverError::Misconfigured(_)),
            _ => matches!(used, RecoverError::Unavailable),
        };
        assert!(is_expected, "{does:?}: {used:?}");
        assert!(refuge.propose(&alice, NEW, None).await.is_err(), "{does:?}");
        assert!(refuge.confirm(&alice, &live, &refuge.code(), None).await.is_err(), "{does:?}");
        assert!(refuge.mfa.numbers(&alice, None).await.is_err(), "{does:?}");
        assert!(refuge.mfa.recovery().allow(alice.user()).await.is_err(), "{does:?}");
        assert!(refuge.mfa.recovery().revoke(alice.user()).await.is_err(), "{does:?}");
        assert!(refuge.is_unchanged(), "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_that_fails_while_it_replaces_the_text_opens_at_most_what_was_asked() {
    for does in [Does::Fails, Does::Panics, Does::Hangs, Does::LosesItsAnswer, Does::Conflicts] {
        let (refuge, moody) = Moody::refuge();
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        *moody.replaces.lock().unwrap() = does;
        assert!(refuge.uses(&alice, &codes[0]).await.is_err(), "{does:?}");
        *moody.replaces.lock().unwrap() = Does::Works;
        assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "{does:?}");
        assert!(!refuge.may_replace(&alice, None).await, "{does:?}: the browser has no cookie");
        // If the text was replaced, the same code returns what it has opened.
        assert_eq!(refuge.uses(&alice, &codes[0]).await.unwrap().codes_left, 9, "{does:?}");
        assert_eq!(refuge.count("RecoveryCodeUsed"), usize::from(does != Does::LosesItsAnswer), "{does:?}");
        assert!(refuge.may_replace(&alice, None).await, "{does:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_cannot_be_consumed_changes_no_number() {
    for does in [Does::Fails, Does::Panics, Does::Hangs, Does::LosesItsAnswer, Does::Conflicts] {
        let (refuge, moody) = Moody::refuge();
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let live = refuge.enter(&alice, NEW, None).await;
        *moody.replaces.lock().unwrap() = does;
        let confirmed = refuge.confirm(&alice, &live, &refuge.code(), None).await;
        assert!(confirmed.is_err() && refuge.is_unchanged(), "{does:?}: {confirmed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_owner_who_enters_a_code_while_the_book_fails_ends_the_opening_a_moment_later() {
    let (refuge, moody) = Moody::refuge();
    let alice = UserId::from("alice");
    refuge.mfa.recovery().allow(&alice).await.unwrap().unwrap();
    *moody.replaces.lock().unwrap() = Does::Fails;
    assert!(
        refuge.step_up(&refuge.signs_in("alice"), crate::world::pay()).await.is_some(),
        "the code was right"
    );
    *moody.replaces.lock().unwrap() = Does::Works;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(refuge.mfa.recovery().status(&alice).await.unwrap().allowed, None);
}

/// A store that fails while it counts.
#[derive(Clone, Default)]
pub(super) struct CannotCount(pub(super) Arc<Mutex<Option<Verb>>>);

#[async_trait]
impl StoreHook for CannotCount {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if *self.0.lock().unwrap() == Some(verb) { Err(StoreError::new("for the test")) } else { Ok(()) }
    }
}

/// A refuge whose recovery book and store can fail.
pub(super) struct Frail {
    pub(super) refuge: Refuge,
    pub(super) moody: Moody,
    pub(super) hook: CannotCount,
}

impl Frail {
    pub(super) fn with(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Self {
        let hook = CannotCount::default();
        let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
        let moody = Moody::of(book.clone());
        let store = HookedStore::new(MemoryStore::new(), hook.clone());
        let refuge =
            refuge_of(numbers, book, |builder| settings(builder.recovery(moody.clone()).store(store)));
        Self { refuge, moody, hook }
    }
}

#[tokio::test]
async fn a_store_that_cannot_count_or_look_up_compares_no_code() {
    for verb in [Verb::ReserveBudget, Verb::ExhaustedUntil] {
        let hook = CannotCount::default();
        let store = HookedStore::new(MemoryStore::new(), hook.clone());
        let refuge = super::refuge_with(|builder| builder.store(store));
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        *hook.0.lock().unwrap() = Some(verb);
        let used = refuge.uses(&alice, &codes[0]).await;
        assert!(matches!(used, Err(RecoverError::Unavailable)), "{verb:?}: {used:?}");
        *hook.0.lock().unwrap() = None;
        assert!(!refuge.may_replace(&alice, None).await);
        assert_eq!(refuge.uses(&alice, &codes[0]).await.unwrap().codes_left, 9);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_opens_nothing_for_longer() {
    let refuge = refuge();
    let (_, codes) = refuge.alice_lost_her_phone().await;
    refuge.clock.advance(Duration::from_secs(3600));
    let alice = refuge.signs_in("alice");
    refuge.uses(&alice, &codes[0]).await.unwrap();
    assert!(refuge.may_replace(&alice, None).await);
    refuge.clock.set(refuge.clock.now() - Duration::from_secs(60));
    assert!(!refuge.may_replace(&alice, None).await, "the opening is from the future");

    let user = UserId::from("alice");
    let opening = refuge.mfa.recovery().allow(&user).await.unwrap().unwrap();
    refuge.clock.advance(Duration::from_secs(24 * 60 * 60));
    refuge.clock.set(refuge.clock.now() - Duration::from_secs(3600));
    assert!(refuge.mfa.now() < opening.from);
    assert!(!refuge.may_replace(&refuge.signs_in("alice"), None).await, "the wait is by the clock");
}

#[tokio::test]
async fn a_text_of_another_user_or_secret_opens_nothing() {
    let refuge = refuge();
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let text = refuge.record().unwrap();
    refuge.town.book.set("bob", refuge.town.book.find(&UserId::from("alice")).unwrap());
    refuge.book.set("bob", text.clone());
    let bob = refuge.signs_in("bob");
    assert!(matches!(refuge.uses(&bob, &codes[0]).await, Err(RecoverError::Rejected)));
    assert!(refuge.count("RecoveryUnreadable") > 0);

    refuge.book.set("alice", RecoveryRecord::from_text(text.as_str().replace(char::is_alphabetic, "A")));
    assert!(matches!(refuge.uses(&alice, &codes[0]).await, Err(RecoverError::Rejected)));
    refuge.book.set("alice", text);
    refuge.uses(&alice, &codes[0]).await.unwrap();
}

#[tokio::test]
async fn a_text_that_cannot_be_read_is_kept_until_the_app_forgets_it_or_its_owner_replaces_it() {
    let refuge = refuge();
    let forged = RecoveryRecord::from_text("forged");
    refuge.book.set("alice", forged.clone());
    refuge.step_up(&refuge.signs_in("alice"), crate::world::pay()).await;
    assert_eq!(refuge.record(), Some(forged.clone()), "a right code keeps it");
    assert!(refuge.mfa.recovery().revoke(&UserId::from("alice")).await.unwrap(), "it may hold an opening");
    refuge.mfa.revoke_user(&UserId::from("alice")).await.unwrap();
    assert_eq!(refuge.record(), Some(forged.clone()), "it may hold codes");
    refuge.mfa.recovery().forget(&UserId::from("alice")).await.unwrap();
    assert_eq!(refuge.record(), None);
    refuge.book.set("alice", forged);
    let codes = refuge.makes(&refuge.signs_in("alice")).await;
    refuge.uses(&refuge.signs_in("alice"), &codes[0]).await.unwrap();
}

#[tokio::test]
async fn codes_outlive_a_rotation_while_their_secret_is_in_the_list() {
    let (numbers, book) = (MemoryNumberBook::new(), MemoryRecoveryBook::new());
    let before = refuge_of(numbers.clone(), book.clone(), |builder| builder);
    let codes = before.makes(&before.signs_in("alice")).await;
    let at = before.town.book.find(&UserId::from("alice"));
    // The builder's list begins with the current secret, which these helpers add last.
    let rotated = |secrets: &[u8]| engine(&numbers, &book, secrets);
    numbers.set("alice", at);
    let session = |mfa: &Mfa| Subject::cookie("alice", LoginId::random()).with_signed_in_at(mfa.now());
    let after = rotated(&[2, 1]);
    let alice = session(&after);
    let opened = after.use_recovery_code(&alice, &codes[0], None).await.unwrap().token.unwrap();
    let later = rotated(&[3, 2, 1]);
    let again = later.use_recovery_code(&alice, &codes[0], None).await.unwrap().token.unwrap();
    assert_eq!(again.expose(), opened.expose(), "the token outlives it as well");
    let tokens = NumberTokens::new().recovery(opened);
    assert!(later.numbers(&alice, tokens).await.unwrap().denied.is_none());
    later.use_recovery_code(&session(&later), &codes[1], None).await.unwrap();
    let without = rotated(&[3, 2]);
    let used = without.use_recovery_code(&session(&without), &codes[2], None).await;
    assert!(matches!(used, Err(RecoverError::Rejected)), "the first secret is gone: {used:?}");
}

fn engine(numbers: &MemoryNumberBook, book: &MemoryRecoveryBook, secrets: &[u8]) -> Mfa {
    let builder = builder().number_book(numbers.clone()).recovery(book.clone());
    secrets.iter().fold(builder, |builder, byte| builder.secret(secret(*byte))).build().unwrap()
}

fn builder() -> MfaBuilder {
    Mfa::builder(TestProvider::new(), "https://bank.example").scope("pay", "pay").messaging_to(["US"])
}

#[test]
fn a_recovery_book_needs_a_number_book_and_a_secret() {
    let numbers = MemoryNumberBook::new;
    let secret = || Secret::new([[7; 31].as_slice(), &[1]].concat()).unwrap();
    let directory = async |_: UserId| Ok::<_, std::io::Error>(None::<String>);
    assert!(builder().number_book(numbers()).recovery(MemoryRecoveryBook::new()).build().is_ok());
    for (name, builder, cure) in [
        (
            "a directory",
            builder().directory(directory).secret(secret()),
            "replace .directory(…) by .number_book(…)",
        ),
        ("no secret", builder().number_book(numbers()), "Secret::from_env"),
    ] {
        let works = Arc::new(Mutex::new(Does::Works));
        let lasting = Moody { book: MemoryRecoveryBook::new(), reads: works.clone(), replaces: works };
        let error: BuildError = builder.recovery(lasting).build().expect_err(name);
        assert!(error.to_string().contains(cure), "{name}: {error}");
    }
}

#[tokio::test]
async fn without_a_recovery_book_every_call_names_the_cure() {
    let town = crate::enrollment::town();
    let alice = town.signs_in("alice");
    let user = alice.user();
    let used = town.mfa.use_recovery_code(&alice, "0000-0000-0000-0000", None).await;
    let texts = [
        used.unwrap_err().to_string(),
        town.mfa.make_recovery_codes(&alice, None).await.unwrap_err().to_string(),
        town.mfa.recovery().allow(user).await.unwrap_err().to_string(),
        town.mfa.recovery().revoke(user).await.unwrap_err().to_string(),
        town.mfa.recovery().forget(user).await.unwrap_err().to_string(),
        town.mfa.recovery().status(user).await.unwrap_err().to_string(),
    ];
    assert!(texts.iter().all(|text| text.contains("add .recovery(…)")), "{texts:?}");
    assert!(town.mfa.numbers(&alice, None).await.unwrap().recovery.is_none());
}
