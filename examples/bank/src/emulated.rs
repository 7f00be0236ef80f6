//! Bandwidth on the desk.

use mfakit::bandwidth::{Bandwidth, BandwidthConfigError, Credentials};
use mfakit_emulator::Emulator;

/// The client of an emulator that runs in this process. Everything still goes over HTTP, as it does to the
/// real service.
///
/// # Errors
///
/// When the client is set up wrongly.
pub fn client_of(emulator: &Emulator) -> Result<Bandwidth, BandwidthConfigError> {
    Bandwidth::builder("9900000", Credentials::oauth2("emulator", "emulator"))
        .from("+12025550100")
        .messaging_application("emulator-messaging")
        .voice_application("emulator-voice")
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .build()
}
