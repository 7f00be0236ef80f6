//! Identifiers of all texts that a user may read or hear, with their English default.

use crate::messages::table::messages;

messages! {
    /// Text message. A last line that binds the code to the site is added to it.
    Message(code, app, label, time) = "{code} is your {app} code to {label}. It expires in {time}. \
        Do not share it with anyone; we will never ask for it.";
    /// Beginning of a voice call.
    Call(code, app, label) = "Hello. This is {app}. Your code to {label} is: {code}.";
    /// Second part of a voice call. Omitted if a message may contain the code only once.
    CallAgain(code) = "Again, your code is: {code}.";
    /// End of a voice call.
    CallEnd(time) = "It expires in {time}. Do not share it with anyone. Goodbye.";
    /// Text message for an action with an amount or a payee, which is sent instead of `Message`. It should be short,
    /// because a long payee is cut off at two segments. The same last line is added to it.
    ActionMessage(code, app, action, time) = "{app} code {code}: {action}. Never share it.";
    /// Beginning of a voice call for such an action, which is read instead of `Call`. It should say before the action that
    /// the code comes after it, because the name of a payee may sound like a code.
    ActionCall(code, app, action) = "Hello. This is {app}. Please listen to what you approve. Your code comes \
        at the end. {action}. Your code is: {code}.";

    /// Sentence that names an action with an amount and a payee, in messages, in calls, and on the page.
    SendAmountTo(amount, payee) = "Send {amount} to {payee}";
    /// Sentence that names an action with an amount.
    SendAmount(amount) = "Send {amount}";
    /// Sentence that names an action with a payee.
    SendTo(payee) = "Send to {payee}";
    /// Label of the amount on the page.
    AmountLabel() = "Amount";
    /// Label of the payee on the page.
    PayeeLabel() = "To";

    /// Label of the scope `mfakit.manage`, which completes "your code to …".
    ManageLabel() = "change your phone number";
    /// Label of the scope `mfakit.enroll`, which completes "your code to …". It does not say whose number it is, because
    /// anyone can enter any number.
    EnrollLabel() = "confirm this phone number";

    /// Span of one second.
    Second(count) = "{count} second";
    /// Span of several seconds.
    Seconds(count) = "{count} seconds";
    /// Span of one minute.
    Minute(count) = "{count} minute";
    /// Span of several minutes.
    Minutes(count) = "{count} minutes";
    /// Span of one hour.
    Hour(count) = "{count} hour";
    /// Span of several hours.
    Hours(count) = "{count} hours";

    /// Title of a page in the browser's tab.
    PageTitle(title, app) = "{title} – {app}";
    /// Title of a page that reports an error.
    ErrorTitle(title, app) = "Error: {title} – {app}";

    /// Heading before a code has been sent.
    AskTitle() = "Confirm it’s you";
    /// Action that the code is for.
    Purpose(label) = "Enter a code to {label}.";
    /// Purpose of the code for an action, which the heading names.
    PurposeOfAction() = "Enter a code to confirm this. It’s good for nothing else.";
    /// Lifetime of the confirmation, according to the route or the scope.
    Holds(time) = "You won’t be asked again for {time}.";
    /// Lifetime of a confirmation for a single request.
    HoldsOnce() = "You’ll need a new code each time.";
    /// Number that the code will be sent to.
    WillGoTo(number) = "We’ll send it to your phone number {number}.";
    /// Destination of the code while the number cannot be looked up.
    WillGoToPhone() = "We’ll send it to the phone number we have on file.";
    /// Button for a text message.
    ByMessage() = "Send me a text message";
    /// Button for a voice call.
    ByVoice() = "Call me";

    /// Heading once a code has been sent.
    SentTitle() = "Enter your code";
    /// Number that a text message was sent to.
    MessageSentTo(number) = "We sent a text message to {number}.";
    /// Number that is being called.
    CalledAt(number) = "We’re calling {number}.";
    /// Label of the field for the code.
    CodeLabel() = "Code";
    /// Hint for the field.
    CodeHint(digits, time) = "Enter the latest {digits}-digit code. It expires in {time}.";
    /// Number of attempts left, if there are several.
    TriesLeft(tries) = "{tries} attempts left.";
    /// Number of attempts left, if there is one.
    LastTry() = "1 attempt left.";
    /// Button next to the field.
    Submit() = "Continue";
    /// Heading of the options for getting another code.
    NoCode() = "Didn’t get a code?";
    /// Button for another text message.
    AgainByMessage() = "Text me again";
    /// Button for a voice call after a text message.
    AgainByVoice() = "Call me instead";
    /// Button for another voice call.
    AgainByCall() = "Call me again";
    /// Button for a text message after a voice call.
    InsteadByMessage() = "Text me instead";
    /// Wait before another code can be requested.
    AgainIn(time) = "You can request a new code in {time}.";
    /// End of that wait.
    AgainNow() = "You can request a new code now.";
    /// Notice that the code has expired while the page was open.
    ExpiredNow() = "This code has expired. Request a new one.";
    /// Warning about people who ask for a code.
    NeverAsked() = "We’ll never ask you to share a code.";

    /// Title after a wrong code.
    WrongTitle() = "Wrong code";
    /// Notice after a wrong code, if there are attempts left.
    Wrong() = "That code isn’t right. Check the latest one and try again.";
    /// Notice after a wrong code, if there are no attempts left.
    WrongLast() = "That code isn’t right, and there are no attempts left. Request a new one.";
    /// Title after input that is not a valid code.
    MalformedTitle() = "Check the code";
    /// Notice after input that is not a valid code.
    Malformed(digits) = "Enter all {digits} digits of the code, and nothing else.";
    /// Heading after a code that was already used, was replaced, or has expired.
    OverTitle() = "This code no longer works";
    /// Notice after a code that was already used, was replaced, or has expired.
    Over() = "That code has expired, or it was already used or replaced. Request a new one.";
    /// Title after a request for another code that came too soon.
    TooSoonTitle() = "Please wait a moment";
    /// Notice after a request for another code that came too soon.
    TooSoon(time) = "Please wait {time} before you request another code.";
    /// Title after too many codes were sent recently.
    SpentTitle() = "Too many codes requested";
    /// Notice after too many codes were sent recently.
    Spent(time) = "We can’t send another code right now. Please try again in {time}.";
    /// Title if the provider requires a wait.
    ThrottledTitle() = "Too many attempts";
    /// Notice if the provider requires a wait.
    Throttled(time) = "There were too many attempts. Please try again in {time}.";

    /// Heading while codes are temporarily locked.
    LockedTitle() = "Temporarily locked";
    /// Notice that codes are locked, and for how long.
    Locked(time) = "There were too many wrong codes. To protect your account, we won’t send or \
        accept codes for now. Please try again in {time}.";
    /// Heading while codes are disabled.
    DisabledTitle() = "Locked";
    /// Notice that codes are disabled.
    Disabled() = "There were too many wrong codes. To protect your account, we won’t send or \
        accept codes anymore. Please contact us to turn them back on.";
    /// Heading if there is no number on file.
    NoNumberTitle() = "No phone number on file";
    /// Notice that there is no number on file.
    NoNumber() = "There’s no phone number on your account that we can send a code to.";
    /// Heading if the number on file cannot receive codes.
    RefusedTitle() = "We can’t send a code";
    /// Notice that the number on file cannot receive codes.
    Refused() = "We can’t send codes to the phone number we have on file.";
    /// Notice that codes cannot be sent on the chosen channel.
    NotThisWay() = "We can’t send a code that way. Please choose another option.";
    /// Heading if no channel reaches the number on file.
    NoChannelTitle() = "No way to send a code";
    /// Notice that no channel reaches the number on file.
    NoChannel() = "None of the ways in which we send codes reaches the phone number we have on file. Please contact us.";

    /// Heading if the number was changed too recently for this.
    SettlingTitle() = "Please wait a while";
    /// Notice that the number was changed too recently for this.
    Settling(date) = "The phone number on your account was changed recently. To protect your account, this isn’t \
        possible before {date}.";
    /// Notice that the number cannot be used for this, and that no date is known.
    SettlingForNow() = "To protect your account, this isn’t possible with the phone number we have on file right now. \
        Please try again later, or contact us.";

    /// Heading if a code could not be sent.
    SendFailedTitle() = "We couldn’t send the code";
    /// Notice that a code could not be sent.
    SendFailed() = "There was a problem with the phone service. Please try again in a moment.";
    /// Title if a code could not be checked.
    CheckFailedTitle() = "We couldn’t check the code";
    /// Notice that a code could not be checked, if there are attempts left.
    CheckFailed() = "The phone service didn’t answer, so we couldn’t check the code. \
        Please enter it again.";
    /// Notice that a code could not be checked, if there are no attempts left.
    CheckFailedLast() = "The phone service didn’t answer, so we couldn’t check the code, \
        and there are no attempts left. Request a new one.";

    /// Heading after the right code.
    DoneTitle() = "Confirmed";
    /// Confirmation after the right code.
    Done() = "Thank you for confirming it’s you.";
    /// Confirmation after the right code for an action, above the button that carries it out.
    DoneOnce() = "The code was right. Nothing has happened yet: continue with the button below.";
    /// Confirmation after the right code for an action that the page has no button for.
    DoneUnsent() = "The code was right. Nothing has happened yet: continue, and if you came from a form, \
        send it again without changes.";
    /// Remaining lifetime of the confirmation.
    DoneFor(time) = "You’re confirmed for another {time}.";
    /// Link to the page that the user was going to.
    GoOn() = "Continue";
    /// Button that revokes the confirmation.
    Drop() = "Ask me for a code next time";
    /// Heading if the browser did not keep the grant cookie.
    UnkeptTitle() = "Please allow cookies";
    /// Notice that the browser did not keep the grant cookie.
    Unkept() = "The code was right, but your browser didn’t keep the cookie that confirms it. \
        Allow cookies for this site, then request a new code.";

    /// Heading of the page on which people see and change their number.
    NumberTitle() = "Your phone number";
    /// Number on file, on that page.
    NumberOnFile(number) = "We send codes to {number}.";
    /// Date on which the number was confirmed.
    NumberSince(date) = "Confirmed on {date}.";
    /// Invitation to add a number.
    NumberNone() = "Add a phone number, so that we can send you codes.";
    /// Label of the field for the first number.
    NumberLabel() = "Phone number";
    /// Label of the field for another number.
    NewNumberLabel() = "New phone number";
    /// Hint for the field.
    NumberHint() = "We’ll send a code to it. Start with + and the country code if the number is from abroad.";
    /// Sentence about what happens before a number is changed.
    NumberChangeHint() = "To change or remove it, you’ll need a code that we send to it first.";
    /// Button on the challenge page that leads to this page, if no number is on file.
    NumberAdd() = "Add a phone number";
    /// Button that leads to the code for a change.
    NumberChange() = "Change or remove";
    /// Button that removes the number.
    NumberRemove() = "Remove this number";
    /// Unconfirmed number that waits for its code.
    NumberPending(number) = "The number {number} isn’t confirmed yet.";
    /// Link to the page on which the code is entered.
    NumberEnterCode() = "Enter its code";
    /// Notice that a number was saved.
    NumberConfirmed() = "Your phone number is confirmed.";
    /// Notice that the number was removed.
    NumberRemoved() = "Your phone number was removed.";
    /// Title after input that cannot be used as a number.
    NumberRejectedTitle() = "Check the phone number";
    /// Notice that the input is not a phone number.
    NumberUnreadable() = "This isn’t a phone number. Check its digits.";
    /// Notice that no such number is in use.
    NumberUnknown() = "This number doesn’t seem to be in use. Check its digits.";
    /// Notice that the country of the number is not served.
    NumberCountry() = "We can’t send codes to this country. Enter another number.";
    /// Notice that the number belongs to a service.
    NumberService() = "This number belongs to a service. Enter a personal one.";
    /// Notice that the number is that of a landline.
    NumberLandline() = "This number is a landline, which can’t receive text messages. Enter another number.";
    /// Notice that the app does not accept the number.
    NumberNotAccepted() = "We can’t use this number. Enter another number.";
    /// Notice that no channel reaches the number.
    NumberNoChannel() = "None of the ways in which we send codes reaches this number. Enter another number.";
    /// Notice that the number is on file already.
    NumberUnchanged() = "This is the number that we already have. Enter another one.";
    /// Heading if another request changed the number.
    NumberConflictTitle() = "Your phone number was changed elsewhere";
    /// Notice that another request changed the number.
    NumberConflict() = "It was changed in the meantime, and this change was not made. Please start over.";
    /// Heading if the sign-in is too old to add a number.
    SignInAgainTitle() = "Please sign in again";
    /// Notice that the sign-in is too old to add a number.
    SignInAgain(time) = "To protect your account, a new phone number can be entered only within {time} of signing \
        in. Please sign out, and sign in again.";

    /// Subject line of the notice that the first number is being added.
    NoticeAddedTitle() = "A phone number is being added to your account";
    /// Notice that the first number is being added, to a phone and by e-mail. Notices should be short, because a text
    /// message has at most two segments. They name the last two digits of a number, and the time.
    NoticeAdded(app, number, when) = "{app}: a phone number ending in {number} is being added to your account ({when}).";
    /// Subject line of the notice that the number is being replaced.
    NoticeReplacedTitle() = "Your phone number is being replaced";
    /// Notice that the number is being replaced.
    NoticeReplaced(app, from, number, when) = "{app}: your number ending in {from} is being replaced by one ending in \
        {number} ({when}).";
    /// Subject line of the notice that the number is being removed.
    NoticeRemovedTitle() = "Your phone number is being removed";
    /// Notice that the number is being removed.
    NoticeRemoved(app, number, when) = "{app}: your phone number ending in {number} is being removed ({when}).";
    /// Subject line of the notice that new recovery codes are being made.
    NoticeCodesMadeTitle() = "New recovery codes are being made";
    /// Notice that new recovery codes are being made.
    NoticeCodesMade(app, when) = "{app}: new recovery codes are being made for your account ({when}).";
    /// Subject line of the notice that a recovery code was entered.
    NoticeCodeUsedTitle() = "A recovery code was entered";
    /// Notice that a recovery code was entered, which may replace the number.
    NoticeCodeUsed(app, when) = "{app}: a recovery code was entered to replace your phone number ({when}).";
    /// Subject line of the notice that the number can soon be changed without a code to it.
    NoticeRecoveryAllowedTitle() = "Your phone number can soon be changed";
    /// Notice that the number can soon be changed without a code to it.
    NoticeRecoveryAllowed(app, when) = "{app}: your phone number can soon be changed without a code to it ({when}).";
    /// End of each notice, which says what to do. Name a way to reach you here, such as a phone number.
    NoticeHelp() = "Not you? Contact us now.";
    /// Heading of the form for a recovery code.
    LostPhone() = "Lost this phone?";
    /// Notice that a recovery code can be entered after the lock, which a notice before it names.
    LostPhoneLocked() = "Lost this phone? After this wait, you can enter a recovery code here.";
    /// Label of the field for a recovery code.
    RecoveryCodeLabel() = "Recovery code";
    /// Hint on the field for a recovery code.
    RecoveryCodeHint() = "Enter one of the codes that you printed or saved. Each works once.";
    /// Button that sends a recovery code.
    RecoverySend() = "Use this code";
    /// Title after a recovery code that opened nothing.
    RecoveryRejectedTitle() = "Check the recovery code";
    /// Notice that a recovery code is not valid.
    RecoveryRejected() = "This recovery code isn’t valid. Check it, or use another one.";
    /// Notice that the input does not have the form of a recovery code.
    RecoveryMalformed() = "A recovery code has 16 letters and digits. Check that yours is complete.";
    /// Notice that too many recovery codes were entered.
    RecoveryAttempts(time) = "Too many recovery codes were entered. Try again in {time}.";
    /// Notice that a recovery code was accepted.
    RecoveryAccepted() = "Your recovery code was accepted. Enter your new phone number now.";
    /// Notice that the app will let the person replace the number. The owner may not know of it.
    RecoveryWaits(date) = "We were asked to let you replace this number without a code to it, from {date} on. \
        If that wasn’t you, contact us now.";
    /// Notice that the app lets the person replace the number.
    RecoveryOpen(date) = "You can replace this number without a code to it until {date}.";
    /// Notice that the app lets the person replace the number after a new sign-in.
    RecoverySignIn(date) = "You can replace this number without a code to it until {date}. Please sign out, and sign in \
        again first.";
    /// Number of recovery codes that are left, and the day on which they were made.
    RecoveryCodesLeft(count, date) = "Recovery codes left: {count}, made on {date}.";
    /// Recovery codes have not been made.
    RecoveryCodesNone() = "You have no recovery codes. They let you replace your number if you lose your phone.";
    /// Button that makes recovery codes.
    RecoveryCodesMake() = "Make new recovery codes";
    /// Heading above new recovery codes.
    RecoveryCodesTitle() = "Your recovery codes";
    /// Notice about new recovery codes.
    RecoveryCodesHint() = "Print or save these codes now, because they’re shown only once. Each lets you replace your \
        number once. Earlier codes no longer work.";
    /// Link that saves new recovery codes as a file.
    RecoveryCodesSave() = "Save as a file";
    /// First line of that file.
    RecoveryCodesFile(app) = "Recovery codes for {app}";
    /// Title after a form that makes no more recovery codes.
    RecoveryCodesAgainTitle() = "No new recovery codes were made";
    /// Notice after a form that makes no more recovery codes, probably because a browser sent it twice.
    RecoveryCodesAgain() = "This form may have been sent twice, and recovery codes are shown only once. If you haven’t seen \
        yours, start over and make new ones.";
    /// Link that leaves the page with new recovery codes.
    RecoveryCodesDone() = "I’ve kept them safe";

    /// Heading of other ways to confirm.
    OtherWays() = "Other ways to confirm";
    /// Link to help.
    Help() = "Get help";
    /// Link that leaves the page.
    Cancel() = "Cancel";
    /// Link that leaves a page on which the user can do nothing.
    BackTo(app) = "Back to {app}";
    /// Link that leads from an error back to the challenge page.
    StartAgain() = "Start over";
    /// Notice that the site cannot be reached.
    Offline() = "We can’t reach the site. Check your connection and try again.";

    /// Heading if something is temporarily unavailable.
    UnavailableTitle() = "This isn’t available right now";
    /// Notice that something is temporarily unavailable.
    Unavailable() = "We’re sorry about that. Please try again in a moment.";
    /// Heading if the app is misconfigured.
    MisconfiguredTitle() = "Something went wrong on our side";
    /// Notice that the app is misconfigured.
    Misconfigured() = "Please contact us so that we can fix it.";
    /// Heading if a form is out of date or was sent by another site.
    ForeignTitle() = "This form has expired";
    /// Notice that a form is out of date or was sent by another site.
    Foreign() = "Nothing was changed. Please start over.";
    /// Heading if the user is not signed in.
    LogInTitle() = "You’re not signed in";
    /// Notice that the user is not signed in.
    LogIn() = "Please sign in to continue.";
    /// Link to the sign-in page.
    GoLogIn() = "Sign in";
    /// Heading of a page that does not exist.
    NothingTitle() = "Page not found";
    /// Notice that the page does not exist.
    Nothing() = "The address may be wrong or out of date.";
    /// Heading if an action that was to be confirmed is no longer waiting.
    NothingWaitsTitle() = "There’s nothing left to confirm";
    /// Notice that an action that was to be confirmed is no longer waiting.
    NothingWaits() = "It was canceled or has expired. If you’ve sent it already, check before you start over.";
    /// Heading if an action that was confirmed was handed to the app.
    SubmittedTitle() = "You’ve already sent this";
    /// Notice that an action that was confirmed was handed to the app.
    Submitted() = "Don’t send it again before you’ve checked that the first time didn’t work.";
    /// Notice above the code if the same action was confirmed and handed to the app a short time ago.
    ConfirmedBefore() = "You confirmed the same a moment ago. Check whether it worked before you confirm it again.";
    /// Heading if a request cannot be processed.
    NotUnderstoodTitle() = "We couldn’t process your request";
    /// Notice that a request cannot be processed.
    NotUnderstood() = "Something in it wasn’t right. Please go back and try again.";
}
