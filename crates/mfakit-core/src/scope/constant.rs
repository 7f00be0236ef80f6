//! Scopes that are constants of the app, checked while the app is compiled.

use crate::scope::{InvalidScope, Scope};

impl Scope {
    /// Creates a scope from a constant of the app.
    ///
    /// # Panics
    ///
    /// Panics if the name is not a scope. This is a compile error at the attribute.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    #[allow(clippy::panic, reason = "runs in constants only: a panic is a build error")]
    pub const fn of_constant(name: &str) -> Self {
        match Self::new(name) {
            Ok(scope) => scope,
            Err(why) => panic!("{}", Text::about(name, why).as_str()),
        }
    }
}

/// Text of an error, which is composed without allocating.
struct Text {
    bytes: [u8; Text::CAPACITY],
    len: usize,
}

impl Text {
    const CAPACITY: usize = 256;

    const ADVICE: &str = "use at most 32 lowercase letters, digits, `.`, `_` and `-`";

    const fn about(name: &str, why: InvalidScope) -> Self {
        let text = Self { bytes: [0; Self::CAPACITY], len: 0 };
        match why {
            InvalidScope::Empty => text.push("the scope is empty: write a name, such as \"transfer\""),
            InvalidScope::TooLong => {
                text.push("the scope \"").push(name).push("\" is too long: ").push(Self::ADVICE)
            }
            InvalidScope::Character { at } => {
                let verb = if is_only_first(name, at) { " cannot begin with '" } else { " cannot contain '" };
                let text = text.push("the scope \"").push(name).push("\"").push(verb);
                text.push(character(name, at)).push("': ").push(Self::ADVICE)
            }
        }
    }

    /// Appends a text, as far as there is space.
    #[allow(clippy::indexing_slicing, reason = "a const fn has no iterators; the indices are checked first")]
    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() && self.len < Self::CAPACITY {
            self.bytes[self.len] = text[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // A long name was cut inside a character.
            Err(_) => "the scope is not valid: use at most 32 lowercase letters, digits, `.`, `_` and `-`",
        }
    }
}

/// Returns whether the character is allowed, but not as the first.
const fn is_only_first(name: &str, at: usize) -> bool {
    at == 0 && matches!(name.as_bytes().first(), Some(b'.' | b'_' | b'-'))
}

/// Returns the character that begins at this byte.
const fn character(name: &str, at: usize) -> &str {
    let mut end = at + 1;
    while end < name.len() && !name.is_char_boundary(end) {
        end += 1;
    }
    name.split_at(end).0.split_at(at).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_character_and_the_grammar() {
        for (name, expected) in [
            ("", "the scope is empty"),
            ("Transfer", "\"Transfer\" cannot contain 'T': use at most 32"),
            ("make transfer", "cannot contain ' '"),
            ("überweisung", "cannot contain 'ü'"),
            ("-a", "cannot begin with '-'"),
            ("a123456789012345678901234567890123", "is too long: use at most 32"),
        ] {
            let why = Scope::new(name).unwrap_err();
            let text = Text::about(name, why);
            assert!(text.as_str().contains(expected), "{name}: {}", text.as_str());
        }
        let long = "ü".repeat(400);
        assert!(Text::about(&long, Scope::new(&long).unwrap_err()).as_str().contains("use at most 32"));
    }
}
