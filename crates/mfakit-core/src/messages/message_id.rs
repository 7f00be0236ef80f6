//! Every text that a person may read or hear, with its English.

use std::fmt;

macro_rules! messages {
    ($($(#[$doc:meta])* $variant:ident($($placeholder:ident),*) = $english:literal;)+) => {
        /// One text that a person may read or hear. [`Messages`](crate::messages::Messages) has all of them in one language.
        ///
        /// A translation is a function that matches all of these without `_`, so that a text which is new in some
        /// later version stops the build until it is translated.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MessageId { $($(#[$doc])* $variant,)+ }

        impl MessageId {
            /// Every text there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What it is called.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// It in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$variant => $english,)+ }
            }

            /// What may stand in it in braces. All of it has to, but for `{app}`, `{label}` and `{time}`.
            #[must_use]
            pub const fn placeholders(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($placeholder)),*],)+ }
            }
        }
    };
}

messages! {
    /// The text message. A line that binds the code to the site follows it by itself.
    Message(code, app, label, time) = "{code} is your {app} code to {label}. It expires in {time}. \
        Do not share it with anyone; we will never ask for it.";
    /// What a call says first.
    Call(code, app, label) = "Hello. This is {app}. Your code to {label} is: {code}.";
    /// What a call says then, unless a message may hold the code but once.
    CallAgain(code) = "Once more, your code is: {code}.";
    /// What a call says last.
    CallEnd(time) = "It expires in {time}. Do not share it with anyone. Goodbye.";

    /// A span of one second.
    Second(count) = "{count} second";
    /// A span of several seconds.
    Seconds(count) = "{count} seconds";
    /// A span of one minute.
    Minute(count) = "{count} minute";
    /// A span of several minutes.
    Minutes(count) = "{count} minutes";
    /// A span of one hour.
    Hour(count) = "{count} hour";
    /// A span of several hours.
    Hours(count) = "{count} hours";

    /// The title of a page in the browser's tab.
    PageTitle(title, app) = "{title} – {app}";
    /// The same of a page that says what went wrong.
    ErrorTitle(title, app) = "Error: {title} – {app}";

    /// The heading before a code was sent.
    AskTitle() = "Confirm it is you";
    /// What is protected.
    Purpose(label) = "We ask for a code before you {label}.";
    /// For how long a code counts, where the route or the scope says so.
    Holds(time) = "It then counts for {time}.";
    /// That a code counts for a single request.
    HoldsOnce() = "It counts for one time only.";
    /// Where the code will go.
    WillGoTo(number) = "The code goes to your phone number {number}.";
    /// The same where the number is not known just now.
    WillGoToPhone() = "The code goes to the phone number we have on file.";
    /// The button for a text message.
    ByMessage() = "Send me a text message";
    /// The button for a call.
    ByVoice() = "Call me";

    /// The heading while a code is on its way or arrived.
    SentTitle() = "Enter your code";
    /// Where a text message went.
    MessageSentTo(number) = "We sent a text message to {number}.";
    /// Where a call went.
    CalledAt(number) = "We are calling {number}.";
    /// The name of the field for the code.
    CodeLabel() = "Code";
    /// What to type there.
    CodeHint(digits, time) = "{digits} digits. Enter the newest code; it is valid for {time}.";
    /// How often a code may be tried, where that is more than once.
    TriesLeft(tries) = "It can be tried {tries} more times.";
    /// The same where it is the last time.
    LastTry() = "It can be tried one more time.";
    /// The button beside the code.
    Submit() = "Continue";
    /// The heading above the ways to get another code.
    NoCode() = "No code yet?";
    /// The button for another text message.
    AgainByMessage() = "Send a new text message";
    /// The button for a call, where a code is on its way already.
    AgainByVoice() = "Call me instead";
    /// The same where that code came by a call.
    AgainByCall() = "Call me again";
    /// The button for a text message, where a call is on its way already.
    InsteadByMessage() = "Send me a text message instead";
    /// How long to wait for another code.
    AgainIn(time) = "You can ask for a new code in {time}.";
    /// That the wait is over.
    AgainNow() = "You can ask for a new code now.";
    /// That the code on the page became too old while it was open.
    ExpiredNow() = "This code has expired. Ask for a new one.";
    /// A warning about people who ask for codes.
    NeverAsked() = "We will never ask you to tell a code to anyone.";

    /// The title when a code was wrong.
    WrongTitle() = "Wrong code";
    /// That a code was wrong and can be tried again.
    Wrong() = "That is not the code. Check the newest one and try again.";
    /// That a code was wrong and none can be tried any more.
    WrongLast() = "That is not the code, and it cannot be tried any more. Ask for a new one.";
    /// The title when what was typed can be no code.
    MalformedTitle() = "Not a whole code";
    /// That what was typed can be no code.
    Malformed(digits) = "A code has digits only. Enter all {digits} digits of the newest one.";
    /// The heading when a code was used, replaced, or became too old.
    OverTitle() = "This code is over";
    /// That a code was used, replaced, or became too old.
    Over() = "This code is no longer valid: it was used or replaced, or it is too old. Ask for a new one.";
    /// The title when another code was asked for too soon.
    TooSoonTitle() = "Please wait a moment";
    /// That another code was asked for too soon.
    TooSoon(time) = "A code was sent a moment ago. Please wait {time}.";
    /// The title when so many codes were sent that there is none left for a while.
    SpentTitle() = "Too many codes";
    /// That so many codes were sent that there is none left for a while.
    Spent(time) = "Too many codes were sent. Please wait {time}.";
    /// The title when the telephone service asks to wait.
    ThrottledTitle() = "Too many tries";
    /// That the telephone service asks to wait.
    Throttled(time) = "Too many codes were tried. Please try again in {time}.";

    /// The heading while codes are locked.
    LockedTitle() = "Locked for a while";
    /// That codes are locked, and for how long.
    Locked(time) = "Too many codes were wrong. To keep your account safe, no code is sent or accepted. \
        Please come back in {time}.";
    /// The heading while codes are disabled.
    DisabledTitle() = "Locked";
    /// That codes are disabled.
    Disabled() = "Too many codes were wrong. To keep your account safe, no code is sent or accepted. \
        Please ask for help to confirm by phone again.";
    /// The heading where there is no number on file.
    NoNumberTitle() = "No phone number on file";
    /// That there is no number on file.
    NoNumber() = "We know no phone number of yours that a code could be sent to.";
    /// The heading where the number on file gets no codes.
    RefusedTitle() = "No code can be sent";
    /// That the number on file gets no codes.
    Refused() = "A code cannot be sent to the phone number we have on file.";
    /// That the number on file gets no codes this way.
    NotThisWay() = "A code cannot be sent this way. Please choose another.";

    /// The heading when a code could not be sent.
    SendFailedTitle() = "The code could not be sent";
    /// That a code could not be sent.
    SendFailed() = "The telephone service did not take it. Please try again in a moment.";
    /// The title when a code could not be checked.
    CheckFailedTitle() = "The code could not be checked";
    /// That a code could not be checked.
    CheckFailed() = "The telephone service did not answer, so we do not know whether the code is right. \
        Please enter it again.";
    /// The same where it cannot be tried any more.
    CheckFailedLast() = "The telephone service did not answer, so we do not know whether the code was right, \
        and it cannot be tried any more. Ask for a new one.";

    /// The heading when a code was met.
    DoneTitle() = "Confirmed";
    /// That a code was met.
    Done() = "Thank you, you have confirmed that it is you.";
    /// How much longer it counts.
    DoneFor(time) = "This counts for another {time}.";
    /// The link to where the person was going.
    GoOn() = "Continue";
    /// The button that takes the confirmation back.
    Drop() = "I am done, ask me again next time";
    /// The heading when the browser did not keep the grant cookie.
    UnkeptTitle() = "Your browser did not keep the confirmation";
    /// That the browser did not keep the grant cookie.
    Unkept() = "The code was right, but your browser did not keep the cookie that proves it. \
        Allow cookies for this site, then ask for a new code.";

    /// The heading above other ways to confirm.
    OtherWays() = "Other ways";
    /// The link to help.
    Help() = "Get help";
    /// The link away from the page.
    Cancel() = "Cancel";
    /// The link from a page where nothing can be done.
    BackTo(app) = "Back to {app}";
    /// The link from a page that was out of date.
    StartAgain() = "Start again";
    /// That the site cannot be reached.
    Offline() = "The site cannot be reached. Check your connection and try again.";

    /// The heading where something cannot be asked at the moment.
    UnavailableTitle() = "This is not available at the moment";
    /// That something cannot be asked at the moment.
    Unavailable() = "It is not your fault. Please try again in a moment.";
    /// The heading where the app is put together wrongly.
    MisconfiguredTitle() = "Something is wrong on our side";
    /// That the app is put together wrongly.
    Misconfigured() = "It is not your fault, and trying again will not help. Please tell us about it.";
    /// The heading where a form was not sent from the site itself, or is out of date.
    ForeignTitle() = "This form is out of date";
    /// That a form was not sent from the site itself, or is out of date.
    Foreign() = "It did not come from this page as you see it now, so nothing was done.";
    /// The heading where nobody is logged in.
    LogInTitle() = "You are not logged in";
    /// That nobody is logged in.
    LogIn() = "Please log in first.";
    /// The link to where people log in.
    GoLogIn() = "Log in";
    /// The heading where there is nothing.
    NothingTitle() = "There is nothing here";
    /// That there is nothing.
    Nothing() = "The address may be out of date.";
    /// The heading where a request was not understood.
    NotUnderstoodTitle() = "This could not be understood";
    /// That a request was not understood.
    NotUnderstood() = "What your browser sent is not what this page sends. Please go back and try again.";
}

impl MessageId {
    /// Whether it travels to a phone, so that nothing in it may look like a link or like the end of a message.
    #[must_use]
    pub(crate) const fn is_sent(self) -> bool {
        matches!(self, Self::Message | Self::Call | Self::CallAgain | Self::CallEnd)
    }

    /// Whether a text may leave this out.
    pub(crate) fn may_lack(placeholder: &str) -> bool {
        matches!(placeholder, "app" | "label" | "time")
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
