//! What people read: templates, which a framework makes responses of, and the files beside them.

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

/// Nothing but the bank's own style, pictures and modules, nothing inline, and no frame around it. The module of
/// mfakit is served by the bank too, and with its style sheet asks for no more than this.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
