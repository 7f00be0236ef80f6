//! HTML that escapes every value.
//!
//! 1. Markup is a literal in the source. It is the format string of [`html!`], which escapes each argument.
//! 2. A format string cannot capture a variable, because the macro passes it through `concat!`. So no value reaches the
//!    page except as an argument.
//! 3. Every attribute value is in double quotes, so an escaped value ends neither an attribute nor a text.

use std::fmt::{self, Write};

/// Part of a page.
pub(super) trait Markup {
    /// Adds the part to the page.
    fn write(&self, html: &mut Html);
}

/// Page as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Writes a whole page.
    pub(super) fn of(page: &impl Markup) -> Self {
        let mut html = Self::default();
        page.write(&mut html);
        html
    }

    /// Adds markup with its escaped arguments. Only [`html!`] calls this.
    pub(super) fn add(&mut self, markup: fmt::Arguments<'_>) {
        // Writing to a string fails only if a value's `Display` does, and then the rest of that value is missing.
        let _: fmt::Result = self.0.write_fmt(markup);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// Adds markup to a page: a literal with a `{}` for each argument, which is escaped.
macro_rules! html {
    ($html:expr, $markup:literal $(, $value:expr)* $(,)?) => {
        $html.add(format_args!(concat!($markup) $(, $crate::page::markup::Escaped(&$value))*))
    };
}

pub(super) use html;

/// Value as text or as a quoted attribute value in HTML.
pub(super) struct Escaped<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escape(f), "{}", self.0)
    }
}

/// Writer that escapes the characters with a meaning in HTML.
struct Escape<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(['&', '<', '>', '"', '\'']) {
            let (plain, escaped) = match part.as_bytes().last() {
                Some(b'&') => (part.strip_suffix('&'), "&#38;"),
                Some(b'<') => (part.strip_suffix('<'), "&#60;"),
                Some(b'>') => (part.strip_suffix('>'), "&#62;"),
                Some(b'"') => (part.strip_suffix('"'), "&#34;"),
                Some(b'\'') => (part.strip_suffix('\''), "&#39;"),
                _ => (None, ""),
            };
            self.0.write_str(plain.unwrap_or(part))?;
            self.0.write_str(escaped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Note<'a>(&'a str);

    impl Markup for Note<'_> {
        fn write(&self, html: &mut Html) {
            html!(html, r#"<p title="{}">{} of {}</p>"#, self.0, self.0, 2);
        }
    }

    #[test]
    fn every_value_is_escaped_and_the_markup_is_not() {
        for (value, escaped) in [
            ("", ""),
            ("plain é", "plain é"),
            ("<b>", "&#60;b&#62;"),
            ("\"><script>", "&#34;&#62;&#60;script&#62;"),
            ("'&amp;'", "&#39;&#38;amp;&#39;"),
            ("&", "&#38;"),
            ("é<é", "é&#60;é"),
            ("<<", "&#60;&#60;"),
            ("{} {0} {value}", "{} {0} {value}"),
        ] {
            let page = String::from_utf8(Html::of(&Note(value)).into_bytes()).unwrap();
            assert_eq!(page, format!("<p title=\"{escaped}\">{escaped} of 2</p>"), "{value:?}");
        }
    }
}
