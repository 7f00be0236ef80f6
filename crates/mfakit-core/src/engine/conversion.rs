//! Country of the number that completed a challenge.
//!
//! Operators compare it with the countries of the sends: SMS pumping raises the sends of a country, and not its completed
//! challenges.

use crate::{
    channel::Channel,
    destinations::Area,
    engine::{mfa::Mfa, number_on_file::OnFile, spans},
};

impl Mfa {
    /// Notes a completed challenge in the metrics and in the span of the verify.
    pub(super) fn note_conversion(&self, on_file: &OnFile, channel: Channel) {
        let meter = self.inner.observer.meter();
        if !meter.is_on() && spans::is_unwatched() {
            return;
        }
        let area = self.inner.destinations.reach(&on_file.number).by(channel).ok();
        if let Some(area) = area {
            spans::country(area);
        }
        meter.converted(match area {
            Some(Area::Region(region)) => Some(region),
            Some(Area::CallingCode(_)) | None => None,
        });
    }
}
