//! The phone numbers of the app: its directory, or its number book.

use crate::{
    directory::{BoxError, Directory},
    engine::{
        backend_error::BackendError, build_error::BuildError, misconfigured::Misconfigured,
        ports::observer::ObserverPort,
    },
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    number_book::{Changed, NumberBook, NumberChange, NumberOnFile},
    phone::{InvalidPhoneNumber, PhoneNumber},
    region::Region,
    subject::UserId,
};

/// Source of the phone numbers.
pub(crate) enum Source {
    /// Directory, which only reads.
    Directory(Box<dyn Directory>),
    /// Number book, which also writes.
    Book(Box<dyn NumberBook>),
}

impl Source {
    /// Selects the source that the app set.
    ///
    /// # Errors
    ///
    /// Returns an error unless exactly one was set.
    pub(crate) fn new(
        directory: Option<Box<dyn Directory>>,
        book: Option<Box<dyn NumberBook>>,
    ) -> Result<Self, BuildError> {
        match (directory, book) {
            (Some(directory), None) => Ok(Self::Directory(directory)),
            (None, Some(book)) => Ok(Self::Book(book)),
            (None, None) => Err(BuildError::NoDirectory),
            (Some(_), Some(_)) => Err(BuildError::DirectoryAndBook),
        }
    }

    pub(crate) const fn is_book(&self) -> bool {
        matches!(self, Self::Book(_))
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Directory(_) => "directory",
            Self::Book(_) => "number book",
        }
    }
}

/// Number on file, as the app returns it.
#[derive(Debug)]
pub(crate) enum Found {
    /// No number is on file.
    Nothing,
    /// The number on file cannot be read. An event gave the reason.
    Unreadable,
    /// The number on file. Only a number book has the time of its confirmation.
    Number(NumberOnFile),
}

/// The phone numbers of the app.
pub(crate) struct DirectoryPort {
    source: Source,
    default_region: Option<Region>,
    observer: ObserverPort,
}

impl DirectoryPort {
    pub(crate) fn new(source: Source, default_region: Option<Region>, observer: ObserverPort) -> Self {
        Self { source, default_region, observer }
    }

    /// Returns whether people can change their number.
    pub(crate) const fn is_book(&self) -> bool {
        self.source.is_book()
    }

    /// Returns the country of numbers without a calling code.
    pub(crate) const fn default_region(&self) -> Option<Region> {
        self.default_region
    }

    /// Returns the number on file. A directory does not have the time of its confirmation, which is then zero.
    pub(crate) async fn number(&self, user: &UserId) -> Result<Found, BackendError> {
        let number = async {
            match &self.source {
                Source::Directory(directory) => {
                    let number = directory.number_in(user, self.default_region).await?;
                    Ok(number.map(|number: PhoneNumber| NumberOnFile::new(number, Default::default())))
                }
                Source::Book(book) => book.number(user).await,
            }
        };
        match self.called(user, number).await {
            Ok(Some(number)) => Ok(Found::Number(number)),
            Ok(None) => Ok(Found::Nothing),
            Err(Failure::Unreadable(text)) => {
                let unreadable = EventKind::NumberUnreadable { error: &text };
                self.observer.observe(EventContext::user(user), unreadable);
                Ok(Found::Unreadable)
            }
            Err(Failure::Backend(error)) => Err(error),
        }
    }

    /// Changes the number on file. After an error, it is unknown whether it was changed.
    pub(crate) async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BackendError> {
        let Source::Book(book) = &self.source else {
            let mistake = Misconfigured::no_number_book();
            return Err(self.observer.misconfigured(mistake).into());
        };
        match self.called(user, book.change(user, change)).await {
            Ok(changed) => Ok(changed),
            Err(Failure::Backend(error)) => Err(error),
            Err(Failure::Unreadable(text)) => Err(self.failed(user, &text, text.clone().into())),
        }
    }

    /// Calls a function of the app. The app's code also writes the text of an error, so the text is composed inside the
    /// guarded call.
    async fn called<T>(
        &self,
        user: &UserId,
        call: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, Failure> {
        let described = async {
            call.await.map_err(|error| {
                let is_unreadable = InvalidPhoneNumber::is_behind(&error);
                (is_unreadable, with_causes(&*error), error)
            })
        };
        match guarded_call(described).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err((true, text, _))) => Err(Failure::Unreadable(text)),
            Ok(Err((false, text, error))) => Err(Failure::Backend(self.failed(user, &text, error))),
            Err(NoAnswer::TimedOut) => {
                let text = NoAnswer::TimedOut.to_string();
                Err(Failure::Backend(self.failed(user, &text, NoAnswer::TimedOut.into())))
            }
            Err(NoAnswer::Panicked) => {
                Err(Failure::Backend(self.observer.panicked(self.source.name()).into()))
            }
        }
    }

    fn failed(&self, user: &UserId, text: &str, error: BoxError) -> BackendError {
        let failed = EventKind::AppFailed { function: self.source.name(), error: text };
        self.observer.observe(EventContext::user(user), failed);
        BackendError::Directory(error)
    }
}

/// Failure of a function of the app.
enum Failure {
    /// The number cannot be read, for this reason.
    Unreadable(String),
    /// The function failed, and an event says so.
    Backend(BackendError),
}
