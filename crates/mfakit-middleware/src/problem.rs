//! Rejections for programs (RFC 9457).

use std::time::Duration;

use mfakit_core::adapter::whole_seconds;
use serde_json::{Map, Value};

/// Rejection for programs: `application/problem+json`, type `urn:mfakit:problem:{name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Problem {
    kind: Kind,
    retry_after: Option<Duration>,
    page: Option<String>,
    extensions: Map<String, Value>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $name:literal $title:literal;)+) => {
        /// Kind of a rejection.
        ///
        /// The response to a rejected request has it in its extensions, so that middleware of the app can read it
        /// (axum and other tower stacks: `response.extensions().get::<ProblemKind>()`; actix-web: the extensions of
        /// `HttpResponse`).
        ///
        /// ```
        /// use mfakit_middleware::ProblemKind;
        ///
        /// assert_eq!(ProblemKind::StepUpRequired.status(), 401);
        /// assert_eq!(ProblemKind::StepUpRequired.name(), "step-up-required");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the status code.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }

            /// Returns the last part of the problem type, `urn:mfakit:problem:{name}`.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// Returns a short text for people.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }
        }
    };
}

kinds! {
    /// The body cannot be read.
    MalformedBody = 400 "malformed-body" "The body could not be read.";
    /// A guard requires a code.
    StepUpRequired = 401 "step-up-required" "A code is required.";
    /// The request is unauthenticated.
    Unauthenticated = 401 "unauthenticated" "Please sign in first.";
    /// Adding the first phone number requires a more recent sign-in.
    SignInTooOld = 401 "sign-in-too-old" "Please sign in again.";
    /// The call may come from another site.
    CrossSite = 403 "cross-site" "The request must come from the site itself.";
    /// The scope is not declared.
    UnknownScope = 404 "unknown-scope" "There is nothing at this address.";
    /// The route does not have this method.
    MethodNotAllowed = 405 "method-not-allowed" "This method is not allowed here.";
    /// The body did not arrive in time.
    BodyTooSlow = 408 "body-too-slow" "The body did not arrive in time.";
    /// The directory has no number on file.
    NoNumber = 409 "no-number" "There is no phone number on file.";
    /// The phone number is on file already.
    Unchanged = 409 "unchanged" "This phone number is on file already.";
    /// Another request changed the phone number in the meantime.
    NumberConflict = 409 "number-conflict" "The phone number was changed in the meantime.";
    /// The form for recovery codes was shown before codes were made, or before its grant was consumed.
    CodesMade = 409 "codes-made" "This form makes no more recovery codes.";
    /// The phone number was changed too recently for this scope.
    Settling = 409 "settling" "The phone number was changed recently. Please wait.";
    /// The challenge is unknown, expired or consumed, or belongs to another session.
    ChallengeOver = 410 "challenge-over" "This code is no longer valid. Request a new one.";
    /// The approval is unknown, expired or consumed, or belongs to another session.
    ApprovalOver = 410 "approval-over" "This approval is no longer valid.";
    /// The body is too large.
    BodyTooLarge = 413 "body-too-large" "The body is too large.";
    /// The body is neither JSON nor a form.
    UnsupportedMediaType = 415 "unsupported-media-type" "The body must be JSON or a form.";
    /// A field is missing, unknown or of the wrong kind.
    InvalidField = 422 "invalid-field" "A field is missing, unknown or of the wrong kind.";
    /// Codes for this scope are not sent by this channel.
    ChannelUnavailable = 422 "channel-unavailable" "A code cannot be sent this way.";
    /// The app's number check names other channels, and none of them reaches the number on file.
    NoChannelLeft = 422 "no-channel-left" "No code can be sent to the phone number on file in any way.";
    /// No code may be sent to the number on file.
    DestinationRejected = 422 "destination-refused" "A code cannot be sent to the phone number on file.";
    /// The phone number entered cannot be used.
    NumberRejected = 422 "number-rejected" "This phone number cannot be used.";
    /// The recovery code entered is not valid.
    RecoveryRejected = 422 "recovery-rejected" "This recovery code is not valid.";
    /// The text entered is not a valid code.
    MalformedCode = 422 "malformed-code" "The code must be digits only, and complete.";
    /// The code entered is not the one that was sent.
    WrongCode = 422 "wrong-code" "The code is wrong.";
    /// A code was sent a moment ago.
    CoolingDown = 429 "cooling-down" "Please wait before requesting another code.";
    /// Too many codes were sent recently, so no code is sent for a while.
    QuotaExceeded = 429 "quota-exceeded" "Too many codes were requested. Please wait.";
    /// The user is locked for a while after too many consecutive wrong codes.
    Locked = 429 "locked" "Too many wrong codes. Please wait.";
    /// The user is locked after too many consecutive wrong codes until the app unlocks them.
    Disabled = 429 "disabled" "Too many wrong codes. Contact support to use codes again.";
    /// Too many recovery codes were entered.
    TooManyAttempts = 429 "too-many-attempts" "Too many recovery codes were entered. Please wait.";
    /// The provider limits the rate of requests.
    Throttled = 429 "throttled" "Too many attempts. Please wait.";
    /// The app is configured incorrectly.
    Misconfigured = 500 "misconfigured" "Something went wrong on our side.";
    /// The provider failed.
    ProviderFailed = 502 "provider-failed" "The code could not be sent or checked.";
    /// The store, the directory or the app's identify function is unavailable.
    Unavailable = 503 "unavailable" "This is not available right now.";
}

impl Problem {
    /// Creates a problem of this kind.
    pub(crate) fn new(kind: Kind) -> Self {
        let retry_after = (kind == Kind::Unavailable).then_some(Duration::from_secs(5));
        Self { kind, retry_after, page: None, extensions: Map::new() }
    }

    /// Sets the time to wait.
    pub(crate) const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Creates the problem of a locked user, with the time to wait if waiting helps.
    pub(crate) fn locked(retry_after: Option<Duration>) -> Self {
        match retry_after {
            Some(wait) => Self::new(Kind::Locked).retry_after(wait),
            None => Self::new(Kind::Disabled),
        }
    }

    /// Creates the problem of an approval that is over. A consumed one must not lead to a second payment.
    pub(crate) fn approval_over(is_consumed: bool) -> Self {
        let detail = if is_consumed {
            "this approval was used: do not repeat the request, and look up its outcome"
        } else {
            "this approval was revoked, has expired or never was this session's: repeat the request with its body, unless \
             it may have succeeded"
        };
        Self::new(Kind::ApprovalOver).detail(detail).with("consumed", is_consumed)
    }

    /// Returns whether the approval is over because it was used.
    pub(crate) fn is_consumed(&self) -> bool {
        self.extensions.get("consumed").and_then(Value::as_bool).unwrap_or_default()
    }

    /// Sets the page that people are led to. It is not a member, because programs cannot use it.
    pub(crate) fn leading_to(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into());
        self
    }

    /// Adds a text for developers that states the remedy.
    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        self.with("detail", detail.into())
    }

    /// Adds a member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the kind.
    #[must_use]
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the time to wait.
    #[must_use]
    pub(crate) const fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns the page that people are led to.
    #[must_use]
    pub(crate) fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// Returns a text member.
    #[must_use]
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.extensions.get(name).and_then(Value::as_str)
    }

    /// Returns a whole-number member.
    #[must_use]
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.extensions.get(name).and_then(Value::as_u64)
    }

    /// Writes the problem as JSON.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        let mut members = Map::new();
        members.insert("type".to_owned(), format!("urn:mfakit:problem:{}", self.kind.name()).into());
        members.insert("title".to_owned(), self.kind.title().into());
        members.insert("status".to_owned(), self.kind.status().into());
        if let Some(wait) = self.retry_after {
            members.insert("retry_after".to_owned(), whole_seconds(wait).into());
        }
        members.extend(self.extensions.clone());
        Value::Object(members).to_string()
    }
}
