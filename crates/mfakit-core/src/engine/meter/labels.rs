//! Scopes and countries that have labels of their own.

use crate::{catalog::ScopeSettings, channel::Channel, region::Region, scope::Scope};

/// Scopes and countries with labels of their own, which keeps an app below 210 series.
const NAMED: usize = 16;
/// Scopes with labels of their own. Countries get the rest.
const NAMED_SCOPES: usize = 6;

/// Labels of one engine, and the settings that its gauges show.
#[derive(Debug)]
pub(crate) struct Labels {
    /// In ascending order.
    pub(super) scopes: Vec<Scope>,
    pub(super) messaging: Vec<Region>,
    pub(super) voice: Vec<Region>,
    /// Number of secrets that the app configured.
    pub(super) secrets: usize,
    /// True if the store says how full it is.
    pub(super) has_size: bool,
}

impl Labels {
    /// Chooses the labels: the first scopes, and then the first countries of the two lists.
    pub(crate) fn new(
        scopes: &[ScopeSettings],
        messaging: &[Region],
        voice: &[Region],
        secrets: usize,
        has_size: bool,
    ) -> Self {
        let scopes: Vec<_> = scopes.iter().map(|settings| settings.scope).take(NAMED_SCOPES).collect();
        let mut named: Vec<Region> = Vec::new();
        for region in messaging.iter().chain(voice) {
            if named.len() < NAMED - scopes.len() && !named.contains(region) {
                named.push(*region);
            }
        }
        let of = |list: &[Region]| named.iter().copied().filter(|region| list.contains(region)).collect();
        Self { messaging: of(messaging), voice: of(voice), scopes, secrets, has_size }
    }

    /// Returns the countries of a channel that have labels of their own.
    pub(super) fn countries(&self, channel: Channel) -> &[Region] {
        match channel {
            Channel::Messaging => &self.messaging,
            Channel::Voice => &self.voice,
        }
    }

    /// Returns the countries of any channel that have labels of their own.
    pub(super) fn all_countries(&self) -> impl Iterator<Item = Region> + '_ {
        let voice_only = self.voice.iter().filter(|region| !self.messaging.contains(region));
        self.messaging.iter().chain(voice_only).copied()
    }
}
