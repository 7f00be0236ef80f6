//! Errors of the builder. Each names its cause.

use std::{io, time::Duration};

use async_trait::async_trait;
use mfakit_core::{
    Channel, ClientAddress, DeclaredScope, Messages, Mfa, MfaBuilder, MfaProvider, PhoneNumber, Policy,
    Region, Scope, Secret, Theme, UnknownNumbers, UserId,
    adapter::MfaExt as _,
    messages::MessageId,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
    testing::TestProvider,
};

use crate::shared_memory::SharedMemory;

/// Provider that only sends text messages.
#[derive(Debug)]
struct TextOnly(TestProvider);

#[async_trait]
impl MfaProvider for TextOnly {
    fn supports(&self, channel: Channel) -> bool {
        channel == Channel::Messaging
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        self.0.send(request).await
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        self.0.verify(request).await
    }
}

async fn phone_book(_: UserId) -> Result<Option<PhoneNumber>, io::Error> {
    Ok(PhoneNumber::new("+19195551234").ok())
}

/// Returns a builder that lacks only a scope, a directory and a country.
fn bare() -> MfaBuilder {
    Mfa::builder(TestProvider::new(), "https://bank.example")
}

fn complete() -> MfaBuilder {
    bare().scope("pay", "pay").directory(phone_book).messaging_to(["US"])
}

fn secret() -> Secret {
    Secret::new([7; 32]).unwrap()
}

#[test]
fn each_build_error_names_its_cause() {
    let minutes = |count: u64| Duration::from_secs(count * 60);
    for (name, builder, expected) in [
        ("four digits", complete().policy(Policy::default().code_digits(4)), "code_digits is 4"),
        (
            "eleven minutes",
            complete().policy(Policy::default().code_lifetime(minutes(11))),
            "code_lifetime is 660s",
        ),
        (
            "a grant of two days",
            complete().policy(Policy::default().grant_lifetime(minutes(2880))),
            "24 hours",
        ),
        ("no scope", bare().directory(phone_book).messaging_to(["US"]), "no scope is declared"),
        ("a scope twice", complete().scope("pay", "pay again"), "\"pay\" is declared twice"),
        ("a scope with an invalid character", complete().scope("Pay", "pay"), "\"Pay\" is not a valid scope"),
        ("an empty scope", complete().scope("", "pay"), "\"\" is not a valid scope"),
        ("a label with a placeholder", complete().scope("x", "pay {CODE}"), "label of the scope \"x\""),
        ("a label with a line break", complete().scope("x", "pay\nnow"), "label of the scope \"x\""),
        (
            "a scope's grant of two days",
            complete().declare(DeclaredScope::new("x", "x").grant_lifetime(minutes(2880))),
            "24 hours",
        ),
        (
            "a scope without a usable channel",
            complete().declare(DeclaredScope::new("x", "x").channels([Channel::Voice])),
            "no code can be sent for the scope \"x\"",
        ),
        ("no country", bare().scope("pay", "pay").directory(phone_book), "no country is listed"),
        ("an empty list of countries", complete().messaging_to(Vec::<String>::new()), "no country is listed"),
        ("a country that is none", complete().messaging_to(["UK"]), "\"UK\" is not a country"),
        (
            "an unknown country, with its territories",
            complete().messaging_to(Region::with_territories("UK")),
            "\"UK\" is not a country",
        ),
        (
            "unknown numbers of a whole calling code",
            complete().unknown_numbers(UnknownNumbers::starting_with(["+1"])),
            "\"+1\" does not begin with the calling code of a listed country, followed by another digit",
        ),
        ("a default region that is none", complete().default_region("UK"), "\"UK\" is not a country"),
        ("a calling code for a country", complete().voice_to(["+1"]), "\"+1\" is not a country"),
        ("no directory", bare().scope("pay", "pay").messaging_to(["US"]), "no directory is set"),
        ("zero proxies", complete().client_address(ClientAddress::TrustedProxies(0)), "TrustedProxies(0)"),
        (
            "a shared store without a secret",
            complete().store(SharedMemory::default().store()),
            "needs the same secret",
        ),
        ("a name with a link", complete().name("see http://evil.test"), "name \"see http://evil.test\""),
        ("a path with a slash at its end", complete().path("/mfa/"), "cannot be mounted at \"/mfa/\""),
        ("a label with a host", complete().scope("x", "see evil.example"), "label of the scope \"x\""),
        (
            "a logo elsewhere",
            complete().theme(Theme::new().logo("//evil.test/x.png")),
            "is not a path on the site",
        ),
        (
            "a help link that is a script",
            complete().theme(Theme::new().help("javascript:x")),
            "is not a valid help link",
        ),
        (
            "a home page below mfakit's path",
            complete().theme(Theme::new().home("/mfa/pay")),
            "a page of mfakit itself",
        ),
        (
            "a color with insufficient contrast",
            complete().theme(Theme::new().accent("#ffff00", "#8ab4f8")),
            "contrast to #ffffff",
        ),
        (
            "a message without its code",
            complete().messages(english_with(MessageId::Message, "Hello")),
            "Message: {code} is missing",
        ),
        (
            "a message with the provider's own placeholder",
            complete().messages(english_with(MessageId::Call, "{code} {NAME}")),
            "{NAME}",
        ),
        (
            "a message with a link",
            complete().messages(english_with(MessageId::Message, "{code} www.evil.test")),
            "Message: it contains a link",
        ),
        ("an empty text", complete().messages(english_with(MessageId::Submit, "")), "Submit: it is empty"),
        (
            "an invalid language tag",
            complete().messages(Messages::new("Deutsch!", MessageId::english)),
            "must be a valid tag",
        ),
        (
            "a language twice",
            complete().messages(Messages::english()).messages(Messages::english()),
            "in \"en\" cannot be used: the language was added twice",
        ),
        (
            "a second language without labels",
            complete().messages(Messages::english()).messages(Messages::new("de", MessageId::english)),
            "add .label(\"pay\", \"…\")",
        ),
        (
            "a label of an undeclared scope",
            complete().messages(Messages::english().label("play", "play")),
            "\"play\", which is not declared",
        ),
        (
            "a language tag that browsers do not use",
            complete().messages(Messages::new("pt_BR", MessageId::english)),
            "must be a valid tag",
        ),
        (
            "a blank label of an alternative",
            complete()
                .theme(Theme::new().alternative("/key", "Use a key"))
                .messages(Messages::english().alternative("/key", " ")),
            "the label of the alternative \"/key\": it is empty",
        ),
        (
            "a label of an alternative that the theme does not have",
            complete().messages(Messages::english().alternative("/keys", "Use a key")),
            "\"/keys\", which the theme does not have",
        ),
        (
            "a label with a link in a second language",
            complete().messages(Messages::english().label("pay", "see //evil.test")),
            "the label of \"pay\"",
        ),
        (
            "a stripped prefix with a slash at its end",
            complete().public_path("/app/"),
            "\"/app/\" is not a valid prefix",
        ),
        ("a stripped prefix that is the root", complete().public_path("/"), "\"/\" is not a valid prefix"),
        (
            "a stripped prefix that is relative",
            complete().public_path("app"),
            "\"app\" is not a valid prefix",
        ),
        (
            "a stripped prefix with a parent segment",
            complete().public_path("/app/.."),
            "\"/app/..\" is not a valid prefix",
        ),
        (
            "a stripped prefix with a query",
            complete().public_path("/app?x"),
            "\"/app?x\" is not a valid prefix",
        ),
        ("a stripped prefix of another host", complete().public_path("//evil.test"), "is not a valid prefix"),
        ("an invalid trusted origin", complete().trusted_origins(["*"]), "\"*\" is not a valid origin"),
        (
            "a trusted origin on another site",
            complete().trusted_origins(["https://app.bank.example", "https://bank-app.example"]),
            "https://bank-app.example is on another site than https://bank.example",
        ),
        ("an invalid alias", complete().origin_aliases(["bank.com"]), "\"bank.com\" is not a valid origin"),
        (
            "an alias with other letters than ASCII",
            complete().origin_aliases(["https://b\u{fc}cher.example"]),
            "write the host as browsers send it, in ASCII, such as \"xn--",
        ),
        (
            "a trusted origin with a path",
            complete().trusted_origins(["https://app.bank.example/app"]),
            "without a path",
        ),
        (
            "a trusted origin without TLS",
            complete().trusted_origins(["http://app.bank.example"]),
            "http is allowed only on loopback",
        ),
        (
            "a sign-in page with other letters than ASCII",
            complete().login_url("https://b\u{fc}cher.example/login"),
            "(\"xn--…\" for other letters than ASCII)",
        ),
        (
            "a sign-in page with a password",
            complete().login_url("https://alice:secret@bank.example/login"),
            "without a user name",
        ),
        ("an invalid code origin", complete().code_origin("app"), "\"app\" is not a valid origin"),
        (
            "a hash of an Android app with 12 characters",
            complete().android_app_hash("FA+9qCX9VSu="),
            "is not the hash of an Android app",
        ),
        (
            "a message that Android does not pass on",
            complete().name("A bank with a long name").android_app_hash("FA+9qCX9VSu"),
            "140 bytes",
        ),
        (
            "a sign-in page without a slash",
            complete().login_url("login"),
            "\"login\" is not a valid sign-in page",
        ),
        (
            "a sign-in page that is a script",
            complete().login_url("javascript:x"),
            "is not a valid sign-in page",
        ),
    ] {
        let error = builder.build().expect_err(name).to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
    for origin in ["bank.example", "http://bank.example", "https://bank.example/app", ""] {
        let built = Mfa::builder(TestProvider::new(), origin)
            .scope("pay", "pay")
            .directory(phone_book)
            .messaging_to(["US"])
            .build();
        assert!(built.unwrap_err().to_string().contains("is not a valid origin"), "{origin}");
    }
    let voice = Mfa::builder(TextOnly(TestProvider::new()), "https://bank.example");
    let voice = voice.scope("pay", "pay").directory(phone_book).voice_to(["US"]).build();
    assert!(voice.unwrap_err().to_string().contains("not set up for it"));
}

fn english_with(id: MessageId, text: &'static str) -> Messages {
    Messages::english().set(id, text)
}

#[test]
fn a_complete_configuration_is_built_and_shows_no_secret() {
    assert!(complete().build().is_ok());
    assert!(complete().store(SharedMemory::default().store()).secret(secret()).build().is_ok());
    let mfa = complete().secret(secret()).build().unwrap();
    let shown = format!("{mfa:?} {:?}", mfa.keys());
    assert!(!shown.contains("7, 7") && shown.contains("KeyRing(…)"), "{shown}");
}

#[test]
fn a_scope_has_the_channels_that_scope_provider_and_lists_allow() {
    let channels = |mfa: &Mfa, name: &str| mfa.scope(&Scope::new(name).unwrap()).unwrap().channels().to_vec();
    let text = complete().build().unwrap();
    assert_eq!(channels(&text, "pay"), [Channel::Messaging]);
    let both = complete().voice_to(["US"]).declare(DeclaredScope::new("x", "x").channels([Channel::Voice]));
    let both = both.build().unwrap();
    assert_eq!(channels(&both, "pay"), Channel::all());
    assert_eq!(channels(&both, "x"), [Channel::Voice]);
}
