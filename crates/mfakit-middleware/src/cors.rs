//! Headers and methods for the CORS layer of an app whose front end is on another origin.
//!
//! mfakit sets no CORS headers itself, because only the app knows its front ends. Put the app's CORS layer around
//! everything, so that it also covers rejections and the routes.
//!
//! `docs/spa.md` in the repository has complete programs for tower-http and actix-cors.
//!
//! ```
//! use mfakit_middleware::cors;
//!
//! assert_eq!(cors::EXPOSED_HEADERS.join(", "), "www-authenticate, retry-after, link");
//! ```

/// Headers of answers that a front end reads: `Access-Control-Expose-Headers`.
///
/// They are optional. A client that reads only bodies finds the same in `situation_url`, `challenge_url` and
/// `retry_after`, unless the app writes rejections in its own format.
pub const EXPOSED_HEADERS: [&str; 3] = ["www-authenticate", "retry-after", "link"];

/// Headers of requests that a front end sends: `Access-Control-Allow-Headers`. Add those of the app's own.
pub const ALLOWED_HEADERS: [&str; 4] = ["authorization", "content-type", "accept-language", "mfa-approval"];

/// Methods of the routes: `Access-Control-Allow-Methods`. Add those of the app's own.
pub const ALLOWED_METHODS: [&str; 3] = ["GET", "POST", "DELETE"];
