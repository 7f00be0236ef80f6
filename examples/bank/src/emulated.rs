//! Client of a local emulator of Bandwidth's API.

use mfakit::bandwidth::{Bandwidth, BandwidthConfigError, Credentials};
use mfakit_emulator::Emulator;

/// Creates the client of an emulator that runs in this process. It still uses HTTP, as with the real service.
///
/// # Errors
///
/// Returns an error if the configuration of the client is not valid.
pub fn client_of(emulator: &Emulator) -> Result<Bandwidth, BandwidthConfigError> {
    Bandwidth::builder("9900000", Credentials::oauth2("emulator", "emulator"))
        .from("+12025550100")
        .messaging_application("emulator-messaging")
        .voice_application("emulator-voice")
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .build()
}
