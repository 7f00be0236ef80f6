//! Selectors of elements on the challenge page.

/// The field for the code.
pub(crate) const CODE: &str = "input[name=code]";

/// Button that sends the code.
pub(crate) const CONTINUE: &str = "form[action$='/verify'] button";

/// Button that requests a text message.
pub(crate) const SEND_TEXT: &str = "button[name=channel][value=messaging]";

/// Button that requests a voice call.
pub(crate) const CALL: &str = "button[name=channel][value=voice]";

/// Error message.
pub(crate) const NOTICE: &str = "#mfa-notice";

/// The page in a dialog.
pub(crate) const DIALOG: &str = "dialog.mfa[open]";

/// Link or button that cancels.
pub(crate) const CANCEL: &str = "[data-mfa-cancel]";

/// Live region, which screen readers announce without moving the focus.
pub(crate) const STATUS: &str = "[role=status]";

/// Button that sends the request again whose value was approved.
pub(crate) const SEND_APPROVED: &str = "form.mfa-go button";

/// The field for a new phone number.
pub(crate) const NUMBER: &str = "input[name=number]";

/// Button that removes the phone number.
pub(crate) const REMOVE: &str = "form.mfa-remove button";

/// Link to the challenge page of the number on file.
pub(crate) const CHANGE: &str = "a.mfa-button[href*='/mfakit.manage']";

/// Notice of a success.
pub(crate) const GOOD: &str = ".mfa-good";

/// Summary that opens the form for a recovery code.
pub(crate) const LOST: &str = ".mfa-lost summary";

/// The field for a recovery code.
pub(crate) const RECOVERY: &str = "#mfa-recovery";

/// Button that sends a recovery code.
pub(crate) const RECOVER: &str = "form.mfa-recover button";

/// Button that makes recovery codes.
pub(crate) const MAKE_CODES: &str = "form.mfa-make button";

/// Link that saves recovery codes as a file.
pub(crate) const SAVE: &str = "a[download='recovery-codes.txt']";
