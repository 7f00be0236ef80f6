//! What the builder refuses.

use crate::{
    channel::Channel,
    directory::BoxError,
    messages::{InvalidMessages, InvalidText},
    policy::InvalidPolicy,
    region::UnknownRegion,
    scope::{InvalidScope, Scope},
    theme::InvalidTheme,
};

/// What the builder refuses, and what to write instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A limit is outside what is allowed.
    #[error("{0}")]
    Policy(InvalidPolicy),
    /// An origin that browsers would not send, or one without TLS.
    #[error(
        "{origin:?} is no origin of this app: write scheme, host and port only, such as \"https://bank.example\"; http is for loopback"
    )]
    Origin {
        /// What was written.
        origin: String,
    },
    /// The app's name cannot stand in a message.
    #[error("the name {name:?} cannot stand in a message: {why}")]
    Name {
        /// What was written.
        name: String,
        /// What is wrong with it.
        why: InvalidMessages,
    },
    /// The routes cannot be mounted there.
    #[error(
        "the routes cannot be mounted at {path:?}: write a path such as \"/mfa\", without a slash at the end"
    )]
    Path {
        /// What was written.
        path: String,
    },
    /// The prefix that a proxy strips is not valid.
    #[error(
        "{path:?} is not a valid prefix: write a path such as \"/app\", without a trailing slash and without a query"
    )]
    PublicPath {
        /// The path that was given.
        path: String,
    },
    /// No scope was declared.
    #[error("no scope is declared: add .scope(\"transfer\", \"make a transfer\")")]
    NoScope,
    /// A name is no scope.
    #[error("{name:?} is no scope: {why}")]
    Scope {
        /// What was written.
        name: String,
        /// What is wrong with it.
        why: InvalidScope,
    },
    /// One scope was declared twice.
    #[error("the scope \"{scope}\" is declared twice; its label and lifetime belong to it once")]
    ScopeTwice {
        /// Which.
        scope: Scope,
    },
    /// A scope's label cannot stand in a message.
    #[error("the label of the scope \"{scope}\" cannot stand in a message: {why}")]
    Label {
        /// Whose.
        scope: Scope,
        /// What is wrong with it.
        why: InvalidMessages,
    },
    /// The words of a language cannot be used.
    #[error("the words in {language:?} cannot be used: {why}")]
    Messages {
        /// Which language.
        language: String,
        /// What is wrong with them.
        why: InvalidText,
    },
    /// The page cannot look like that.
    #[error("the page cannot look like that: {0}")]
    Theme(InvalidTheme),
    /// A scope allows only channels that cannot be used.
    #[error("no code can be sent for the scope \"{scope}\": none of its channels has a list of countries")]
    NoChannel {
        /// Which.
        scope: Scope,
    },
    /// Nothing could be sent anywhere.
    #[error("no country is listed: add .messaging_to([\"US\"]), with the countries your users are in")]
    NoCountry,
    /// A country that does not exist.
    #[error("{0}")]
    Region(UnknownRegion),
    /// A prefix of unknown numbers matches nothing, or a whole calling code.
    #[error(
        "{prefix:?} does not begin with the calling code of a listed country and another digit: write a prefix such as \"+1471\""
    )]
    UnknownNumbers {
        /// The prefix that was given.
        prefix: String,
    },
    /// The provider is not set up for a channel that has a list of countries.
    #[error("countries are listed for {channel}, but the provider is not set up for it")]
    NotCarried {
        /// Which.
        channel: Channel,
    },
    /// No proxy is trusted, which is another setting.
    #[error(
        "TrustedProxies(0) trusts nobody: write ClientAddress::Direct where clients connect to the app itself"
    )]
    NoProxies,
    /// Nobody knows the numbers.
    #[error("no directory is set: add .directory(…), which knows the phone number of a user")]
    NoDirectory,
    /// Instances would not understand each other.
    #[error(
        "the store is shared, so every instance needs the same secret: add .secret(Secret::from_env(\"MFAKIT_SECRET\")?)"
    )]
    NoSecret,
    /// The store or another part could not be set up.
    #[error("{0}")]
    Other(#[source] BoxError),
}
