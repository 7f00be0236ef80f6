//! Kinds of phone numbers.

/// Kind of a phone number, as the metadata distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any number of the plan. A number that is not of this kind is not valid.
    General,
    Premium,
    TollFree,
    SharedCost,
    /// Internet line.
    Voip,
    /// Number that is forwarded to the lines of its owner, at the caller's expense.
    Personal,
    Pager,
    /// Access number of a company.
    Uan,
    /// Access to voice mailboxes.
    Voicemail,
    Fixed,
    Mobile,
}

impl Kind {
    /// All kinds with their names in the table.
    const NAMES: [(Self, &'static str); 11] = [
        (Self::General, "general"),
        (Self::Premium, "premium"),
        (Self::TollFree, "toll-free"),
        (Self::SharedCost, "shared-cost"),
        (Self::Voip, "voip"),
        (Self::Personal, "personal"),
        (Self::Pager, "pager"),
        (Self::Uan, "uan"),
        (Self::Voicemail, "voicemail"),
        (Self::Fixed, "fixed"),
        (Self::Mobile, "mobile"),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}
