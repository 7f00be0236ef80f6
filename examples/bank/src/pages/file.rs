//! Static files of the pages.

/// A static file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// URL path.
    pub path: &'static str,
    /// Value of the `Content-Type` header.
    pub content_type: &'static str,
    /// Contents of the file.
    pub content: &'static str,
}

impl File {
    /// Value of the `Cache-Control` header. The files are not confidential.
    pub const CACHE_CONTROL: &str = "public, max-age=300";
}

/// The style sheet, the script of the account page, and the icon.
pub const FILES: [File; 3] = [
    File {
        path: "/bank.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("../../assets/bank.css"),
    },
    File {
        path: "/bank.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_str!("../../assets/bank.js"),
    },
    File { path: "/bank.svg", content_type: "image/svg+xml", content: include_str!("../../assets/bank.svg") },
];
