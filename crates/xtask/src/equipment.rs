//! Programs beyond cargo that some tests need.

use std::ffi::OsString;

use clap::ValueEnum;

use crate::{browser, openssl, postgres, python, redis, shell::Failed};

/// Tests that need such a program. Each has a feature of `mfakit-tests` with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Equipment {
    /// Tests with the official Python SDK.
    Python,
    /// Tests with Redis servers.
    Redis,
    /// Tests with PostgreSQL servers.
    Postgres,
    /// Tests in Chromium, with axe-core.
    Browser,
    /// Tests of the system's TLS, which is OpenSSL on Linux.
    Openssl,
}

impl Equipment {
    /// Installs what these tests need, unless it is there, and returns the environment variables that they read.
    pub(crate) fn install(self) -> Result<Vec<(&'static str, OsString)>, Failed> {
        let name = self.name();
        let installed = match self {
            Self::Python => {
                python::install_sdk().map(|python| vec![("MFAKIT_PYTHON", python.into_os_string())])
            }
            Self::Redis => redis::install().map(|()| Vec::new()),
            Self::Postgres => postgres::install().map(|()| Vec::new()),
            Self::Browser => browser::install()
                .and_then(|()| browser::install_axe())
                .map(|axe| vec![("MFAKIT_AXE", axe.into_os_string())]),
            Self::Openssl => openssl::install().map(|()| Vec::new()),
        };
        installed.map_err(|Failed(why)| {
            let skip = format!("or leave these tests out: cargo xtask test --skip {name}");
            Failed(format!("the tests of the feature `{name}` did not run: {why}\n       {skip}"))
        })
    }

    /// Name of the feature.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Redis => "redis",
            Self::Postgres => "postgres",
            Self::Browser => "browser",
            Self::Openssl => "openssl",
        }
    }
}
