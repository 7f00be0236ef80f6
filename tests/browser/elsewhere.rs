//! A page of another site.

use axum::{Router, http::StatusCode, response::Html, routing::get};
use tokio::{net::TcpListener, task::JoinHandle};

/// A site with one page, on two origins. It ends when it is dropped.
pub(crate) struct Elsewhere {
    port: u16,
    server: JoinHandle<()>,
}

impl Elsewhere {
    /// Opens a site whose page is this HTML.
    pub(crate) async fn with(html: impl Into<String>) -> Self {
        let html = html.into();
        // Browsers request the icon by themselves, and report to the console if there is none.
        let icon = get(async || StatusCode::NO_CONTENT);
        let router = Router::new().route("/", get(async move || Html(html))).route("/favicon.ico", icon);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, server }
    }

    /// Returns its page at another origin of the bank's site: browsers send the bank's `SameSite` cookies from here.
    pub(crate) fn on_the_same_site(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Returns its page on another site.
    pub(crate) fn on_another_site(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.server.abort();
    }
}
