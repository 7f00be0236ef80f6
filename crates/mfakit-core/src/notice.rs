//! Notices to a person about a change of the phone number or of the recovery codes.

use crate::{
    clock::Timestamp,
    messages::{Tag, nearest},
    phone::PhoneNumber,
    subject::UserId,
};

/// Notice to one person about one change: one e-mail, or one text message to each of its [`numbers`](Self::numbers).
///
/// ```
/// use mfakit_core::{PhoneNumber, Timestamp, UserId, notifier::{Notice, NoticeKind}};
///
/// // In a test of a `Notifier`:
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let notice = Notice::new(UserId::from("alice"), NoticeKind::NumberReplaced, now)
///     .with_on_file(PhoneNumber::new("+19195551234")?)
///     .with_new_number(PhoneNumber::new("+12025550123")?)
///     .with_text("en", "Your phone number is being replaced", "Not you? Contact us now.");
/// assert_eq!(notice.numbers().count(), 2);
/// assert_eq!(notice.text().subject, "Your phone number is being replaced");
/// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Notice {
    /// The person.
    pub user: UserId,
    /// Kind of the change.
    pub kind: NoticeKind,
    /// Time of the change.
    pub at: Timestamp,
    /// Number on file before the change, if there is one.
    pub on_file: Option<PhoneNumber>,
    /// Number that is being added, or that takes the place of the one on file.
    pub new_number: Option<PhoneNumber>,
    /// First the one in the default language.
    texts: Vec<NoticeText>,
}

impl Notice {
    /// Creates a notice without numbers and texts, for tests of a notifier.
    #[must_use]
    pub const fn new(user: UserId, kind: NoticeKind, at: Timestamp) -> Self {
        Self { user, kind, at, on_file: None, new_number: None, texts: Vec::new() }
    }

    /// Sets the number on file.
    #[must_use]
    pub fn with_on_file(mut self, number: impl Into<Option<PhoneNumber>>) -> Self {
        self.on_file = number.into();
        self
    }

    /// Sets the new number.
    #[must_use]
    pub fn with_new_number(mut self, number: impl Into<Option<PhoneNumber>>) -> Self {
        self.new_number = number.into();
        self
    }

    /// Adds the text in another language. The first one is in the default language.
    #[must_use]
    pub fn with_text(
        mut self,
        language: impl Into<String>,
        subject: impl Into<String>,
        body: impl Into<String>,
    ) -> Self {
        self.texts.push(NoticeText { language: language.into(), subject: subject.into(), body: body.into() });
        self
    }

    /// Returns the numbers that a text message goes to: first the number on file, then the new one.
    pub fn numbers(&self) -> impl Iterator<Item = &PhoneNumber> {
        self.on_file.iter().chain(&self.new_number)
    }

    /// Returns the text in the app's default language.
    ///
    /// The language of the request plays no part, because a thief of the session would choose it. If your app stores
    /// the language of the person, use [`text_in`](Self::text_in).
    #[must_use]
    pub fn text(&self) -> &NoticeText {
        self.texts.first().unwrap_or(&NO_TEXT)
    }

    /// Returns the text in the language that best suits the person, which is given like an `Accept-Language`, such as
    /// `de` or `de-AT, en;q=0.5`.
    #[must_use]
    pub fn text_in(&self, language: &str) -> &NoticeText {
        let tags: Vec<_> = self.texts.iter().map(|text| Tag::of_texts(&text.language)).collect();
        let spoken = tags.iter().zip(&self.texts);
        let spoken = spoken.filter_map(|(tag, text)| Some((tag.as_ref().ok()?, text)));
        nearest(spoken, Some(language)).unwrap_or_else(|| self.text())
    }
}

/// Text of a notice in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoticeText {
    /// Tag of the language.
    pub language: String,
    /// Subject line, for e-mail.
    pub subject: String,
    /// One line of text. It names the site, the change with the last two digits of each number, the time in UTC, and
    /// what to do if the person did not make the change. As a text message, it has at most two segments. It contains no
    /// link.
    pub body: String,
}

/// Text of a notice that was created without one.
static NO_TEXT: NoticeText =
    NoticeText { language: String::new(), subject: String::new(), body: String::new() };

/// Kind of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// The first number is being added.
    NumberAdded,
    /// The number is being replaced.
    NumberReplaced,
    /// The number is being removed.
    NumberRemoved,
    /// New recovery codes are being made.
    RecoveryCodesMade,
    /// A recovery code that is left was entered.
    RecoveryCodeUsed,
    /// The app permitted the person to change the number without a code to it.
    RecoveryAllowed,
}

impl NoticeKind {
    /// All kinds.
    pub(crate) const ALL: [Self; 6] = [
        Self::NumberAdded,
        Self::NumberReplaced,
        Self::NumberRemoved,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::RecoveryAllowed,
    ];

    /// Returns the name for logs and metrics, such as `number_replaced`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NumberAdded => "number_added",
            Self::NumberReplaced => "number_replaced",
            Self::NumberRemoved => "number_removed",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryAllowed => "recovery_allowed",
        }
    }
}
