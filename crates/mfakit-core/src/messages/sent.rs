//! Texts that are sent to a phone, for which stricter rules hold.

use std::fmt;

use crate::messages::message_id::MessageId;

impl MessageId {
    /// Returns whether the text is sent to a phone, and therefore must not contain anything that looks like a link or
    /// like the end of a message.
    #[must_use]
    pub(crate) const fn is_sent(self) -> bool {
        matches!(
            self,
            Self::Message
                | Self::Call
                | Self::CallAgain
                | Self::CallEnd
                | Self::ActionMessage
                | Self::ActionCall
                | Self::SendAmountTo
                | Self::SendAmount
                | Self::SendTo
                | Self::ManageLabel
                | Self::EnrollLabel
        ) || self.is_notice()
    }

    /// Returns whether the text is a notice.
    const fn is_notice(self) -> bool {
        matches!(
            self,
            Self::NoticeAdded
                | Self::NoticeReplaced
                | Self::NoticeRemoved
                | Self::NoticeCodesMade
                | Self::NoticeCodeUsed
                | Self::NoticeRecoveryAllowed
                | Self::NoticeHelp
        )
    }

    /// Returns whether a text may omit this placeholder. A notice names the site in every language.
    pub(crate) fn may_lack(self, placeholder: &str) -> bool {
        matches!(placeholder, "app" | "label" | "time") && !self.is_notice()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
