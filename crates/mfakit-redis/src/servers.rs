//! Servers of a store, and the connection to them.

use std::{fmt, time::Duration};

use mfakit_core::adapter::{Certificates, Tls};

#[cfg(feature = "sentinel")]
use crate::sentinel::Sentinel;
use crate::{
    connection::Connection,
    dial::Dialer,
    error::ConnectError,
    origin::Origin,
    own::{Own, Source},
    replicated::ReplicaWait,
    target::{Target, target},
};

/// Servers to connect to. `Debug` hides the URLs, which may contain a password.
pub(crate) enum Servers {
    Single(String),
    #[cfg(feature = "cluster")]
    Cluster(Vec<String>),
    #[cfg(feature = "sentinel")]
    Sentinel {
        sentinels: Vec<String>,
        url: String,
    },
    /// Connections that the app opens.
    Own(Box<dyn Source>),
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single(_) => "Single(…)",
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => "Cluster(…)",
            #[cfg(feature = "sentinel")]
            Self::Sentinel { .. } => "Sentinel(…)",
            Self::Own(_) => "Own(…)",
        })
    }
}

impl Servers {
    /// Connects, and returns the servers whose URLs are known.
    pub(crate) async fn connect(
        self,
        certificates: &Certificates,
        timeout: Duration,
        wait: Option<ReplicaWait>,
    ) -> Result<(Connection, Vec<Target>), ConnectError> {
        let dialer = |target: &Target| dialer(target, certificates, timeout);
        match self {
            Self::Single(url) => {
                let target = target(&url)?;
                let origin = Origin::Server { dialer: dialer(&target)?, address: target.address.clone() };
                Ok((Connection::single(origin, timeout, wait).await?, vec![target]))
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(urls) => {
                let targets: Vec<_> = urls.iter().map(|url| target(url)).collect::<Result<_, _>>()?;
                let Some(first) = targets.first() else {
                    return Err(ConnectError::Url("there is no URL of a node".into()));
                };
                if targets.iter().any(|other| !other.agrees_with(first)) {
                    return Err(ConnectError::Url(
                        "the URLs of one Cluster must have the same scheme, user and password, or none after the first"
                            .into(),
                    ));
                }
                // A Cluster announces further nodes without credentials, so those of the first URL apply to all.
                let nodes = targets.iter().map(|target| target.address.clone()).collect();
                Ok((Connection::cluster(dialer(first)?, nodes, wait).await?, targets))
            }
            #[cfg(feature = "sentinel")]
            Self::Sentinel { sentinels, url } => {
                let server = target(&url)?;
                let crate::target::Address::Tcp(name, _) = &server.address else {
                    return Err(ConnectError::Url("the host must be the name of the primary".into()));
                };
                let mut targets: Vec<_> =
                    sentinels.iter().map(|url| target(url)).collect::<Result<_, _>>()?;
                let sentinels = targets
                    .iter()
                    .map(|target| Ok((dialer(target)?, target.address.clone())))
                    .collect::<Result<_, ConnectError>>()?;
                let sentinel = Sentinel { sentinels, name: name.clone(), dialer: dialer(&server)? };
                let connection = Connection::single(Origin::Sentinel(sentinel), timeout, wait).await?;
                targets.push(server);
                Ok((connection, targets))
            }
            Self::Own(_) if wait.is_some() => Err(ConnectError::ReplicasOfOwn),
            Self::Own(source) => Ok((Connection::own(Own { source, timeout }).await?, Vec::new())),
        }
    }
}

fn dialer(target: &Target, certificates: &Certificates, timeout: Duration) -> Result<Dialer, ConnectError> {
    let tls = target.has_tls.then(|| Tls::new(certificates)).transpose().map_err(ConnectError::from)?;
    Ok(Dialer { tls, settings: target.settings.clone(), timeout })
}
