//! URL of a server.

use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo};

use crate::error::ConnectError;

/// Server that a URL names.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: Address,
    pub(crate) has_tls: bool,
    /// Credentials and database.
    pub(crate) settings: RedisConnectionInfo,
}

impl Target {
    /// Returns whether the settings of the Cluster's `first` node apply to this one: TLS, and the credentials if this one
    /// has any.
    #[cfg(feature = "cluster")]
    pub(crate) fn agrees_with(&self, first: &Self) -> bool {
        let credentials = |target: &Self| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            (text(target.settings.username()), text(target.settings.password()))
        };
        let own = credentials(self);
        self.has_tls == first.has_tls && (own == (None, None) || own == credentials(first))
    }
}

/// Place of a server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

/// Parses a URL.
pub(crate) fn target(url: &str) -> Result<Target, ConnectError> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    // The `redis` crate accepts these schemes only if it does the TLS itself.
    let (plain, has_tls) = match scheme.to_ascii_lowercase().as_str() {
        "rediss" => (format!("redis://{rest}"), true),
        "valkeys" => (format!("valkey://{rest}"), true),
        _ => (url.to_owned(), false),
    };
    if has_tls && rest.contains('#') {
        return Err(ConnectError::Url("certificate checks cannot be switched off by a fragment".into()));
    }
    let info = plain.into_connection_info().map_err(|error| ConnectError::Url(error.into()))?;
    let address = match info.addr() {
        ConnectionAddr::Tcp(host, port) => Address::Tcp(host.clone(), *port),
        ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
        _ => return Err(ConnectError::Url("its scheme is not supported".into())),
    };
    // Sending the library's name would be one more command that an ACL must allow, and that its log would report.
    let settings = info.redis_settings().clone().set_skip_set_lib_name();
    Ok(Target { address, has_tls, settings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_or_a_socket_and_tls() {
        let tcp = |host: &str, port| Address::Tcp(host.to_owned(), port);
        for (url, address, has_tls) in [
            ("redis://redis.example", tcp("redis.example", 6379), false),
            ("rediss://user:password@redis.example:6380/1", tcp("redis.example", 6380), true),
            ("REDISS://redis.example", tcp("redis.example", 6379), true),
            ("valkeys://[::1]:7000", tcp("::1", 7000), true),
            ("redis+unix:///run/redis.sock?db=1", Address::Unix("/run/redis.sock".into()), false),
            ("unix:///run/redis.sock", Address::Unix("/run/redis.sock".into()), false),
        ] {
            let target = target(url).ok().unwrap();
            assert_eq!((target.address, target.has_tls), (address, has_tls), "{url}");
        }
    }

    #[test]
    fn other_urls_and_unchecked_certificates_are_rejected() {
        for url in
            ["localhost:6379", "http://redis.example", "", "rediss://redis.example/#insecure", "redis://"]
        {
            assert!(matches!(target(url), Err(ConnectError::Url(_))), "{url}");
        }
    }
}
