//! Numbers that cannot be used say why.

use mfakit_core::{Channel, EnrollError, MfaBuilder, NumberRejection, Scope, StartError, StartRequest};

use super::{OLD, Town, town, town_with};

async fn rejection(town: &Town, text: &str) -> Option<&'static str> {
    let carol = town.signs_in("carol");
    match town.propose(&carol, text, None).await {
        Ok(_) => None,
        Err(EnrollError::Number(why)) => Some(why.as_str()),
        Err(other) => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn a_number_that_cannot_be_used_says_why() {
    let town = town_with(|builder| builder.messaging_to(["US", "FR"]).voice_to(["US"]));
    for (text, expected) in [
        ("(202) 555-0123", None),
        ("+33 6 12 34 56 78", None),
        ("", Some("unreadable")),
        ("call me", Some("unreadable")),
        ("202 555", Some("unreadable")),
        ("+1 471 555 0123", Some("unknown")),
        ("+1 900 555 1234", Some("service")),
        ("+44 7911 123456", Some("country-not-served")),
        ("+1 876 555 1234", Some("country-not-served")),
        ("+33 1 42 68 53 00", Some("landline")),
    ] {
        assert_eq!(rejection(&town, text).await, expected, "{text}");
    }
    assert_eq!(town.provider.sends(), 0);
    let text = town.events.text();
    assert!(text.contains("NumberChangeRejected { why: \"landline\" }"), "{text}");
    assert!(!text.contains("9005551234") && !text.contains("7911123456"), "{text}");
}

#[tokio::test]
async fn a_landline_gets_calls_where_the_app_makes_them() {
    let town = town_with(|builder| builder.messaging_to(["FR"]).voice_to(["FR"]));
    let carol = town.signs_in("carol");
    let proposed = town.propose(&carol, "+33 1 42 68 53 00", None).await.unwrap();
    assert_eq!(proposed.channels, [Channel::Voice]);
    let start = async |channel| {
        town.wait();
        town.mfa.start(&carol, StartRequest::new(Scope::ENROLL, channel).approval(proposed.approval)).await
    };
    let message = start(Channel::Messaging).await;
    assert!(matches!(message, Err(StartError::ChannelUnavailable)), "{message:?}");
    assert!(start(Channel::Voice).await.is_ok());
}

#[tokio::test]
async fn the_only_country_reads_numbers_without_a_calling_code() {
    async fn read(settings: impl FnOnce(MfaBuilder) -> MfaBuilder, text: &str) -> Option<String> {
        let book = mfakit_core::MemoryNumberBook::new();
        let builder =
            mfakit_core::Mfa::builder(mfakit_core::testing::TestProvider::new(), "https://bank.example")
                .scope("pay", "pay")
                .number_book(book);
        let mfa = settings(builder).build().unwrap();
        let carol = mfakit_core::Subject::cookie("carol", mfakit_core::LoginId::random())
            .with_signed_in_at(mfa.now());
        match mfa.propose_number(&carol, text, None).await {
            Ok(proposed) => Some(proposed.number.as_e164().to_owned()),
            Err(EnrollError::Number(NumberRejection::Unreadable(_))) => None,
            Err(other) => panic!("{other:?}"),
        }
    }
    let one = |builder: MfaBuilder| builder.messaging_to(["FR"]);
    let two = |builder: MfaBuilder| builder.messaging_to(["FR", "US"]);
    let set = |builder: MfaBuilder| builder.messaging_to(["FR", "US"]).default_region("US");
    let french = Some("+33612345678".to_owned());
    assert_eq!(read(one, "06 12 34 56 78").await, french);
    assert_eq!(read(two, "06 12 34 56 78").await, None, "it may be of either country");
    assert_eq!(read(two, "+33 6 12 34 56 78").await, french);
    assert_eq!(read(two, "+33612345678").await, french);
    assert_eq!(read(set, "202-555-0123").await.as_deref(), Some("+12025550123"));
}

#[tokio::test]
async fn a_number_on_file_that_cannot_be_read_does_not_count_as_missing() {
    use async_trait::async_trait;
    use mfakit_core::{BoxError, Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, UserId};

    struct Broken;

    #[async_trait]
    impl NumberBook for Broken {
        async fn number(&self, _: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
            Err(PhoneNumber::new("(919) 555-1234").unwrap_err().into())
        }

        async fn change(&self, _: &UserId, _: &NumberChange) -> Result<Changed, BoxError> {
            panic!("nothing may be changed")
        }
    }

    let town = super::town_of(mfakit_core::MemoryNumberBook::new(), |builder| builder.number_book(Broken));
    let alice = town.signs_in("alice");
    let proposed = town.propose(&alice, super::NEW, None).await;
    assert!(matches!(proposed, Err(EnrollError::Unavailable)), "{proposed:?}");
    let removed = town.mfa.remove_number(&alice, None).await;
    assert!(matches!(removed, Err(EnrollError::Unavailable)), "{removed:?}");
    assert!(town.mfa.numbers(&alice, None).await.is_err());
    assert!(town.events.names().contains(&"sys_number_unreadable"));
}

#[tokio::test]
async fn no_number_is_kept_in_the_store_in_plain_text() {
    use mfakit_core::{MemoryStore, MfaStore as _, store::Key};
    let store = std::sync::Arc::new(MemoryStore::new());
    let town = town_with(|builder| builder.store(store.clone()));
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, super::NEW, None).await;
    let key = Key::unbound(carol.user(), carol.login(), &Scope::ENROLL);
    let kept = store.actions(key, town.mfa.now()).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(Some(kept[0].approval.id), live.approval);
    let shown = String::from_utf8_lossy(&kept[0].canonical).into_owned() + &kept[0].words;
    assert!(!shown.contains("2025") && !shown.contains("0123"), "{shown}");
    let state = format!("{:?}", store.user_state(carol.user(), town.mfa.now()).await.unwrap());
    assert!(!state.contains("2025550123"), "{state}");
}

#[tokio::test]
async fn each_spelling_of_the_number_on_file_is_that_number() {
    let town = town();
    let alice = town.signs_in("alice");
    let manage = town.manage(&alice).await;
    for text in [
        OLD,
        "+1 919 555 1234",
        "(919) 555-1234",
        "919.555.1234",
        "1 919 555 1234",
        "001 1 919 555 1234",
        "011 1 919 555 1234",
        "tel:+1-919-555-1234",
        "＋１９１９５５５１２３４",
        "\u{202a}+19195551234\u{202c}",
        "+1 919 555 1234 ",
        "+1 (0)919 555 1234",
        "+1 919 555 1234 ext. 1",
        "+1 919 555 1234;ext=1",
        "+1 919 555 1234\0",
        "+1 919 555 1234\r\n",
        "+1\u{a0}919\u{2011}555\u{2011}1234",
        "٩١٩٥٥٥١٢٣٤",
    ] {
        let proposed = town.propose(&alice, text, manage.as_ref()).await;
        let unchanged = matches!(proposed, Err(EnrollError::Unchanged | EnrollError::Number(_)));
        assert!(unchanged, "{text:?}: {proposed:?}");
    }
}
