//! The files that the pages ask for.

/// A file, and how it is served.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Where it is.
    pub path: &'static str,
    /// What it is.
    pub content_type: &'static str,
    /// What is in it.
    pub content: &'static str,
}

impl File {
    /// How long a browser may keep it: the style sheet of a bank is no secret.
    pub const CACHE_CONTROL: &str = "public, max-age=300";
}

/// The style sheet, the picture in the tab, and what JavaScript adds to the account.
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
