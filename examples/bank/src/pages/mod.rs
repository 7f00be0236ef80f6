//! Pages and static files. The pages are templates, from which the framework makes responses.

mod account;
mod file;
mod home;
mod log_in;
mod message;
mod report;
mod settings;

pub use account::AccountPage;
pub use file::{FILES, File};
pub use home::HomePage;
pub use log_in::LogInPage;
pub use message::MessagePage;
pub use report::Report;
pub use settings::SettingsPage;

/// Allows only the bank's own style sheets, images and scripts, nothing inline, and no frames. The bank also serves
/// mfakit's script, which needs no more than this.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
