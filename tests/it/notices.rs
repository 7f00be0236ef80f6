//! Notices by text message, from the engine to the emulator of Bandwidth's APIs.

use mfakit::{
    Channel, Code, ConfirmNumberError, LoginId, MemoryNumberBook, Mfa, PhoneNumber, Policy, Scope,
    StartRequest, Subject, Timestamp, VerifyError,
    bandwidth::{Bandwidth, Credentials},
    notifier::OnNoticeError,
    testing::ManualClock,
};
use mfakit_emulator::{Emulator, Endpoint, Fault};

const OLD: &str = "+19195551234";
const NEW: &str = "+12025550123";

/// Alice, who has entered the code to her number, and the emulator that sent it.
struct Story {
    emulator: Emulator,
    mfa: Mfa,
    clock: ManualClock,
    book: MemoryNumberBook,
    alice: Subject,
}

impl Story {
    async fn begin(on_error: OnNoticeError) -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let bandwidth = Bandwidth::builder("9900000", Credentials::oauth2("emulator", "emulator"))
            .from("+12025550100")
            .messaging_application("emulator-messaging")
            .base_url(emulator.base_url())
            .token_url(emulator.token_url())
            .build()
            .unwrap();
        let notifier = bandwidth.notifier().unwrap();
        let clock = ManualClock::new();
        let number = PhoneNumber::new(OLD).unwrap();
        let book = MemoryNumberBook::new().with("alice", number, Timestamp::from_millis(0));
        let mfa = Mfa::builder(bandwidth, "https://bank.example")
            .name("The Bank")
            .scope("pay", "pay")
            .number_book(book.clone())
            .notifier(notifier, on_error)
            .messaging_to(["US"])
            .policy(Policy::for_tests())
            .clock(clock.clone())
            .build()
            .unwrap();
        let alice = Subject::cookie("alice", LoginId::random()).with_signed_in_at(mfa.now());
        Self { emulator, mfa, clock, book, alice }
    }

    fn code(&self) -> Code {
        Code::parse(&self.emulator.inbox().last().unwrap().code).unwrap()
    }

    /// Replaces the number, and returns the result of the last step.
    async fn replace(&self) -> Result<(), ConfirmNumberError> {
        let start = StartRequest::new(Scope::MANAGE, Channel::Messaging);
        let live = self.mfa.start(&self.alice, start).await.unwrap();
        let verified = self.mfa.verify(&self.alice, &Scope::MANAGE, &live.id, &self.code()).await.unwrap();
        let manage = verified.token;
        let proposed = self.mfa.propose_number(&self.alice, NEW, manage.as_ref()).await.unwrap();
        self.clock.advance(std::time::Duration::from_secs(60));
        let start = StartRequest::new(Scope::ENROLL, Channel::Messaging)
            .approval(proposed.approval)
            .manage(manage.clone());
        let live = self.mfa.start(&self.alice, start).await.unwrap();
        self.mfa.confirm_number(&self.alice, &live, &self.code(), manage.as_ref()).await.map(drop)
    }

    fn on_file(&self) -> String {
        self.book.find(&"alice".into()).unwrap().number.as_e164().to_owned()
    }
}

#[tokio::test]
async fn the_old_number_and_the_new_one_each_receive_a_text_message() {
    let story = Story::begin(OnNoticeError::Hold).await;
    story.replace().await.unwrap();
    let texts = story.emulator.texts();
    let mut recipients: Vec<_> = texts.iter().map(|text| text.to.clone()).collect();
    recipients.sort();
    assert_eq!(recipients, [vec![NEW.to_owned()], vec![OLD.to_owned()]]);
    for text in &texts {
        let begins = "The Bank: your number ending in 34 is being replaced by one ending in 23 (";
        assert!(text.text.starts_with(begins), "{}", text.text);
    }
    assert_eq!(story.on_file(), NEW);
    let tokens = story.emulator.calls().iter().filter(|call| call.endpoint == Endpoint::Token).count();
    assert_eq!(tokens, 1, "codes and notices share a token");
}

#[tokio::test]
async fn a_failure_of_the_messaging_api_holds_the_change_or_does_not() {
    for (on_error, on_file) in [(OnNoticeError::Hold, OLD), (OnNoticeError::Proceed, NEW)] {
        let story = Story::begin(on_error).await;
        story.emulator.fail(Fault::on(Endpoint::Text).status(500).times(2));
        let replaced = story.replace().await;
        match on_error {
            OnNoticeError::Proceed => assert!(replaced.is_ok(), "{replaced:?}"),
            _ => assert!(
                matches!(replaced, Err(ConfirmNumberError::Verify(VerifyError::Unavailable))),
                "{replaced:?}"
            ),
        }
        assert_eq!((story.on_file().as_str(), story.emulator.texts().len()), (on_file, 0));
    }
}
