//! Answer of a check.

use crate::channel::Channel;

/// Answer of a [`NumberCheck`](super::NumberCheck): an [`Opinion`], and the [`Facts`] behind it.
///
/// The facts are for the log only. A person reads that the number cannot be used, or that no code can be sent to it. A person
/// who asks for a settled scope reads that it is not possible at the moment. So a thief does not learn what the app knows.
///
/// ```
/// use mfakit_core::{Channel, number_check::{Answer, Facts, LineType}};
///
/// let answer = Answer::another_way([Channel::Voice]).with_facts(Facts::new().line_type(LineType::Landline));
/// # let _ = answer;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Answer {
    pub(crate) opinion: Opinion,
    pub(crate) facts: Facts,
}

/// Opinion of a check.
///
/// Exhaustive on purpose: checks construct it and the engine matches it, and there is no fourth answer. A check that cannot
/// decide returns an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Opinion {
    /// The number can be used.
    Accept,
    /// The number cannot be used, on any channel.
    Reject,
    /// The number can be used on these channels only. If none of them reaches it, the person reads that there is no way to send a
    /// code.
    AnotherWay(Vec<Channel>),
}

impl Opinion {
    /// Returns the name of the opinion in the log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Reject => "rejected",
            Self::AnotherWay(_) => "another way",
        }
    }
}

impl Answer {
    /// Creates the answer that the number can be used.
    pub const fn accept() -> Self {
        Self { opinion: Opinion::Accept, facts: Facts::new() }
    }

    /// Creates the answer that the number cannot be used.
    pub const fn reject() -> Self {
        Self { opinion: Opinion::Reject, facts: Facts::new() }
    }

    /// Creates the answer that the number can be used on these channels only. If none of them reaches it, no code is sent, and the
    /// person reads that there is no way to send one.
    pub fn another_way(channels: impl IntoIterator<Item = Channel>) -> Self {
        Self { opinion: Opinion::AnotherWay(channels.into_iter().collect()), facts: Facts::new() }
    }

    /// Sets the facts behind the answer.
    pub const fn with_facts(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// Returns the opinion.
    pub const fn opinion(&self) -> &Opinion {
        &self.opinion
    }

    /// Returns the facts.
    pub const fn facts(&self) -> Facts {
        self.facts
    }
}

/// Facts about a number, for the log. All are unknown at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Facts {
    /// Kind of the line.
    pub line_type: Option<LineType>,
    /// True if the SIM card was swapped since the reference day.
    pub sim_swapped: Option<bool>,
    /// True if the number was given to another person since the reference day.
    pub recycled: Option<bool>,
}

impl Facts {
    /// Creates facts that are all unknown.
    pub const fn new() -> Self {
        Self { line_type: None, sim_swapped: None, recycled: None }
    }

    /// Sets the kind of the line.
    pub const fn line_type(mut self, line_type: LineType) -> Self {
        self.line_type = Some(line_type);
        self
    }

    /// Sets whether the SIM card was swapped since the reference day.
    pub const fn sim_swapped(mut self, swapped: bool) -> Self {
        self.sim_swapped = Some(swapped);
        self
    }

    /// Sets whether the number was given to another person since the reference day.
    pub const fn recycled(mut self, recycled: bool) -> Self {
        self.recycled = Some(recycled);
        self
    }
}

/// Kind of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineType {
    /// Mobile phone.
    Mobile,
    /// Landline.
    Landline,
    /// Internet telephony (VoIP).
    Internet,
    /// Another kind.
    Other,
}

impl LineType {
    /// Returns the name of the kind in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Landline => "landline",
            Self::Internet => "internet",
            Self::Other => "other",
        }
    }
}
