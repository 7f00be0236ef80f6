//! Head of a request, as adapters present it.

use std::net::IpAddr;

use mfakit_core::Subject;

use crate::{admission::Admission, facts::Facts, identify::IdentifyError};

/// Head of a request: everything but its body. An adapter implements this for its framework's type.
///
/// The methods convert and decide nothing.
///
/// ```
/// use std::net::IpAddr;
/// use mfakit_core::Subject;
/// use mfakit_middleware::{IdentifyError, adapter::{Admission, RequestHead}};
///
/// /// Request of some framework.
/// struct Request {
///     method: String,
///     target: String,
///     headers: Vec<(String, String)>,
///     peer: IpAddr,
///     admission: Option<Admission>,
/// }
///
/// impl RequestHead for Request {
///     const APP_WIDE: &'static str = "MfaPlugin";
///
///     fn admission(&self) -> Option<Admission> {
///         self.admission.clone()
///     }
///
///     fn method(&self) -> &str {
///         &self.method
///     }
///
///     fn target(&self) -> Option<&str> {
///         Some(&self.target)
///     }
///
///     fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
///         self.headers.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_bytes())
///     }
///
///     fn peer(&self) -> Option<IpAddr> {
///         Some(self.peer)
///     }
///
///     async fn identify(&mut self, _: &Admission) -> Result<Option<Subject>, IdentifyError> {
///         Ok(None) // The app's function goes here.
///     }
/// }
/// ```
pub trait RequestHead {
    /// Name of the adapter's app-wide part, for the message that reports it as missing.
    const APP_WIDE: &'static str;

    /// Returns the admission that the app-wide part has put into the request.
    fn admission(&self) -> Option<Admission>;

    /// Returns the method.
    fn method(&self) -> &str;

    /// Returns the path and the query as received, before a router removed a prefix.
    fn target(&self) -> Option<&str>;

    /// Returns the values of a header, by its name in lower case.
    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]>;

    /// Returns the values of the `Cookie` header.
    fn cookies(&self) -> impl Iterator<Item = &[u8]> {
        self.values("cookie")
    }

    /// Returns the IP address of the peer, if the server provides it.
    fn peer(&self) -> Option<IpAddr>;

    /// Calls the app's identify function. The guards of a request share its answer, and a route calls it once more if
    /// the body took more than a second. Each call has a time limit, and its panics are handled. `admission` is the one
    /// in this request.
    fn identify<'a>(
        &'a mut self,
        admission: &'a Admission,
    ) -> impl Future<Output = Result<Option<Subject>, IdentifyError>>;

    /// Reads the facts that an answer may depend on.
    fn facts(&self) -> Facts {
        Facts::read(self.method(), self.target(), |name| self.values(name))
    }
}
