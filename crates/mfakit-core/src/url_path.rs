//! Path and query of a URL, as browsers request them.
//!
//! Browsers remove dot segments and encode some characters before they send a request. A path that is checked first and
//! rewritten later could lead elsewhere, so it is rewritten here, exactly as the WHATWG URL Standard does for http, and
//! checked afterwards. Text that browsers would read in yet another way is rejected.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters that browsers encode in a path.
const IN_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');
/// Characters that browsers encode in the query of an http URL.
const IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// Path and query of a URL, as browsers request them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPath {
    path: String,
    query: Option<String>,
}

impl UrlPath {
    /// Reads a path with its query, or the rest of a URL after its origin. An empty path is `/`.
    ///
    /// Returns `None` if the text has a fragment, a backslash, which browsers read as a slash, or a character other than
    /// the visible ones of ASCII. Also returns `None` if it begins with anything but a slash or a question mark.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#');
        if !text.bytes().all(plain) {
            return None;
        }
        let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let segments = match path.strip_prefix('/') {
            Some(segments) => segments,
            None if path.is_empty() => "",
            None => return None,
        };
        let path = utf8_percent_encode(&without_dots(segments), IN_PATH).to_string();
        let query = query.map(|query| utf8_percent_encode(query, IN_QUERY).to_string());
        Some(Self { path, query })
    }

    /// Returns the path, which begins with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }
}

/// Returns the path of these segments without dot segments. The end of the path stays the end: `/a/..` is `/`.
fn without_dots(segments: &str) -> String {
    let mut kept = Vec::new();
    let mut segments = segments.split('/').peekable();
    while let Some(segment) = segments.next() {
        let dots = dots(segment);
        if dots == Some(2) {
            kept.pop();
        }
        match (dots, segments.peek()) {
            (None, _) => kept.push(segment),
            (Some(_), None) => kept.push(""),
            (Some(_), Some(_)) => {}
        }
    }
    format!("/{}", kept.join("/"))
}

/// Returns the number of dots of a dot segment, which may be encoded. `None` for any other segment.
fn dots(segment: &str) -> Option<usize> {
    let first = |text: &str| match text.as_bytes() {
        [b'.', ..] => Some(1),
        [b'%', b'2', b'e' | b'E', ..] => Some(3),
        _ => None,
    };
    let rest = segment.get(first(segment)?..)?;
    match rest {
        "" => Some(1),
        rest => (rest.len() == first(rest)?).then_some(2),
    }
}

#[cfg(test)]
mod tests;
