//! Where things are on the page that asks for the code.

/// The field for the code.
pub(crate) const CODE: &str = "input[name=code]";

/// Sends what was typed.
pub(crate) const CONTINUE: &str = "form[action$='/verify'] button";

/// Asks for a text message.
pub(crate) const SEND_TEXT: &str = "button[name=channel][value=messaging]";

/// Asks for a call.
pub(crate) const CALL: &str = "button[name=channel][value=voice]";

/// What went wrong.
pub(crate) const NOTICE: &str = "#mfa-notice";

/// The page in a dialog.
pub(crate) const DIALOG: &str = "dialog.mfa[open]";

/// The way out.
pub(crate) const CANCEL: &str = "[data-mfa-cancel]";

/// What is said to those who hear the page, without moving them.
pub(crate) const STATUS: &str = "[role=status]";
