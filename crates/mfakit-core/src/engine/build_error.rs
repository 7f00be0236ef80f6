//! Mistakes that the builder rejects.

use crate::{
    channel::Channel,
    directory::BoxError,
    messages::{InvalidMessages, InvalidText},
    origin::InvalidOrigin,
    policy::InvalidPolicy,
    region::UnknownRegion,
    scope::{InvalidScope, Scope},
    theme::InvalidTheme,
};

/// Mistake in the settings of the builder. The error text states what to write instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A limit is outside its allowed range.
    #[error(transparent)]
    Policy(InvalidPolicy),
    /// The text is not a valid origin, or is one without TLS.
    #[error("{origin:?} is not a valid origin, such as \"https://bank.example\": {why}")]
    Origin {
        /// The text that was given.
        origin: String,
        /// The problem with it.
        why: InvalidOrigin,
    },
    /// Browsers would not send the app's cookies with requests of this origin's pages.
    #[error(
        "{trusted} is on another site than {origin}, so browsers do not send the grant cookie with requests of its pages: recognize its users by a bearer token (Subject::bearer), which needs no trusted origin, or serve it from the same domain; if it is another address of the app itself, list it in .origin_aliases([..])"
    )]
    OtherSite {
        /// The trusted origin.
        trusted: String,
        /// The site's own origin.
        origin: String,
    },
    /// The text is not the hash of an Android app.
    #[error(
        "{hash:?} is not the hash of an Android app: write the 11 characters that AppSignatureHelper or the signing key gives, such as \"FA+9qCX9VSu\""
    )]
    AndroidAppHash {
        /// The text that was given.
        hash: String,
    },
    /// The app's name cannot be used in a message.
    #[error("the name {name:?} cannot be used in a message: {why}")]
    Name {
        /// The name that was given.
        name: String,
        /// The problem with it.
        why: InvalidMessages,
    },
    /// The routes cannot be mounted at this path.
    #[error(
        "the routes cannot be mounted at {path:?}: write a path such as \"/mfa\", without a trailing slash"
    )]
    Path {
        /// The path that was given.
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
    /// Browsers cannot be redirected to this sign-in page.
    #[error(
        "{url:?} is not a valid sign-in page: write a path such as \"/login\", or an http or https URL without a user name, with its host as browsers send it (\"xn--…\" for other letters than ASCII)"
    )]
    LoginUrl {
        /// The URL that was given.
        url: String,
    },
    /// No scope was declared.
    #[error("no scope is declared: add .scope(\"transfer\", \"make a transfer\")")]
    NoScope,
    /// The name of a scope is not valid.
    #[error("{name:?} is not a valid scope: {why}")]
    Scope {
        /// The name that was given.
        name: String,
        /// The problem with it.
        why: InvalidScope,
    },
    /// The name of a scope is reserved.
    #[error(
        "names that begin with \"mfakit.\" are reserved, so {name:?} cannot be declared: choose another name; .number_book(…) declares \"mfakit.manage\" and \"mfakit.enroll\""
    )]
    ReservedScope {
        /// The name that was given.
        name: String,
    },
    /// A scope has the name of the page on which people see and change their number.
    #[error(
        "the scope \"number\" has the path of the page that .number_book(…) adds, on which people change their number: choose another name for the scope"
    )]
    NumberScope,
    /// A scope is settled, and no number book is set, which has the time at which a number was confirmed.
    #[error(
        "the scope \"{scope}\" is declared with .settled(…), which needs the time at which a number was confirmed: replace .directory(…) by .number_book(…), or remove .settled(…)"
    )]
    SettledWithoutBook {
        /// The scope.
        scope: Scope,
    },
    /// A recovery book is set, and no number book.
    #[error(
        "a recovery book is set, and people can replace their number only in a number book: replace .directory(…) by .number_book(…), or remove .recovery(…)"
    )]
    RecoveryWithoutBook,
    /// A recovery book that outlives the process is set, and no secret, so no recovery code could be read after a restart.
    #[error(
        "a recovery book is set, and its codes must be readable after a restart: add .secret(Secret::from_env(\"MFAKIT_SECRET\")?)"
    )]
    RecoveryWithoutSecret,
    /// A scope was declared twice.
    #[error("the scope \"{scope}\" is declared twice: keep one declaration, with its label and lifetime")]
    ScopeTwice {
        /// The scope.
        scope: Scope,
    },
    /// The label of a scope cannot be used in a message.
    #[error("the label of the scope \"{scope}\" cannot be used in a message: {why}")]
    Label {
        /// The scope.
        scope: Scope,
        /// The problem with its label.
        why: InvalidMessages,
    },
    /// The messages in a language cannot be used.
    #[error("the messages in {language:?} cannot be used: {why}")]
    Messages {
        /// The language.
        language: String,
        /// The problem with the messages.
        why: InvalidText,
    },
    /// The theme of the challenge page is not valid.
    #[error("the theme is not valid: {0}")]
    Theme(InvalidTheme),
    /// A scope has no channel that can be used.
    #[error(
        "no code can be sent for the scope \"{scope}\": none of its channels has a list of countries; add .messaging_to([\"US\"]) or .voice_to([\"US\"])"
    )]
    NoChannel {
        /// The scope.
        scope: Scope,
    },
    /// A scope follows PSD2, and a setting contradicts it.
    #[error(
        "the scope \"{scope}\" is declared with .psd2(), which allows at most 5 failures and 5 minutes, and {setting} is {value}: write {cure}"
    )]
    Psd2 {
        /// The scope.
        scope: Scope,
        /// Name of the setting.
        setting: &'static str,
        /// Value of the setting.
        value: String,
        /// Setting to write instead.
        cure: &'static str,
    },
    /// No country is listed for any channel.
    #[error("no country is listed: add .messaging_to([\"US\"]), with the countries of your users")]
    NoCountry,
    /// A country code does not exist.
    #[error(transparent)]
    Region(UnknownRegion),
    /// A prefix of unknown numbers matches nothing, or a whole calling code.
    #[error(
        "{prefix:?} does not begin with the calling code of a listed country, followed by another digit: write a prefix such as \"+1471\""
    )]
    UnknownNumbers {
        /// The prefix that was given.
        prefix: String,
    },
    /// The provider is not set up for a channel that has a list of countries.
    #[error(
        "countries are listed for {channel}, but the provider is not set up for it: remove .voice_to(..) or .messaging_to(..), or set the provider up for this channel"
    )]
    UnsupportedChannel {
        /// The channel.
        channel: Channel,
    },
    /// The number of trusted proxies is zero.
    #[error(
        "TrustedProxies(0) trusts no proxy: write ClientAddress::Direct if clients connect to the app itself"
    )]
    NoProxies,
    /// No directory was set.
    #[error(
        "no directory is set: add .directory(…), which returns the phone number of a user, or .number_book(…), which also saves one"
    )]
    NoDirectory,
    /// A directory and a number book were set.
    #[error(
        "a directory and a number book are set: keep .number_book(…), which also reads, and remove .directory(…)"
    )]
    DirectoryAndBook,
    /// The store is shared by several instances, and no secret was set.
    #[error(
        "the store is shared, so every instance needs the same secret: add .secret(Secret::from_env(\"MFAKIT_SECRET\")?)"
    )]
    NoSecret,
    /// A part that the app sets up together with the builder failed, such as the connection to the store.
    #[error(transparent)]
    Other(BoxError),
}
