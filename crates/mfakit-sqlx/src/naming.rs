//! Names of tables, and the keys that depend on them.

use mfakit_core::{
    Secret,
    adapter::{KeyRing, Purpose},
    error::InvalidSecret,
};

/// Names that the app chooses.
#[derive(Clone, Debug)]
pub(crate) struct Naming {
    /// Prefix of every table.
    pub(crate) prefix: String,
    /// Schema of the tables, on PostgreSQL. `None` leaves it to the search path.
    pub(crate) schema: Option<String>,
}

/// Prefix in the files of the migrations.
pub(crate) const DEFAULT_PREFIX: &str = "mfakit_";

impl Naming {
    /// Returns the name of a table in a statement.
    pub(crate) fn table(&self, name: &str) -> String {
        match &self.schema {
            Some(schema) => format!("\"{schema}\".{}{name}", self.prefix),
            None => format!("{}{name}", self.prefix),
        }
    }

    /// Returns the keys of these tables.
    ///
    /// Tables with another prefix or schema have other keys, because their users are others: a row that is copied there is
    /// worth nothing.
    pub(crate) fn keys(&self, secret: Secret, previous: Vec<Secret>) -> Result<KeyRing, InvalidSecret> {
        let schema = self.schema.as_deref().unwrap_or_default();
        let derived = |secret| {
            let parts: [&[u8]; 3] = [b"tables", schema.as_bytes(), self.prefix.as_bytes()];
            Secret::new(KeyRing::new(secret, []).hash(Purpose::StoreName, &parts))
        };
        let previous = previous.into_iter().map(derived).collect::<Result<Vec<_>, _>>()?;
        Ok(KeyRing::new(derived(secret)?, previous))
    }
}

/// Returns whether a prefix or a schema can stand in a statement, and is the same with and without quotes.
pub(crate) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let rest = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    begins && rest && name.len() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_its_prefix_and_schema() {
        let naming =
            |schema: Option<&str>| Naming { prefix: "m_".to_owned(), schema: schema.map(str::to_owned) };
        assert_eq!(naming(None).table("users"), "m_users");
        assert_eq!(naming(Some("auth")).table("users"), "\"auth\".m_users");
    }

    #[test]
    fn names_need_no_quotes() {
        for (name, is_valid) in [
            ("mfakit_", true),
            ("_2", true),
            ("", false),
            ("2fa_", false),
            ("Mfa_", false),
            ("a-b", false),
            ("a\"; --", false),
            ("ä", false),
            ("a.b", false),
            (&"a".repeat(40), true),
            (&"a".repeat(41), false),
        ] {
            assert_eq!(is_name(name), is_valid, "{name:?}");
        }
    }
}
