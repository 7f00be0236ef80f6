//! Connection to a server.

use tokio::io::{AsyncRead, AsyncWrite};

/// Connection to a server, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
