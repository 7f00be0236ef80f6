//! Scopes that the engine declares itself.

use crate::scope::Scope;

/// Beginning of the names that an app cannot declare.
const PREFIX: &str = "mfakit.";

impl Scope {
    /// Scope of a code to the number on file, whose grant allows a person to change the number.
    ///
    /// An engine with a [number book](crate::engine::MfaBuilder::number_book) declares it. Names that begin with `mfakit.`
    /// are reserved, so no app declares them.
    ///
    /// ```
    /// use mfakit_core::Scope;
    ///
    /// assert_eq!(Scope::MANAGE.as_str(), "mfakit.manage");
    /// ```
    pub const MANAGE: Self = reserved("mfakit.manage");

    /// Scope of a code to a number that a person has entered. It proves that the person has the phone, and allows nothing
    /// else: [`Mfa::confirm_number`](crate::engine::Mfa::confirm_number) consumes its grant in the step that saves the
    /// number, and no guard can require it.
    ///
    /// ```
    /// use mfakit_core::Scope;
    ///
    /// assert_eq!(Scope::ENROLL.as_str(), "mfakit.enroll");
    /// ```
    pub const ENROLL: Self = reserved("mfakit.enroll");

    /// Name of the cookie of what a recovery code has opened, and of the mark of a change that recovery permits. No engine
    /// declares it, so no guard can require it.
    pub(crate) const RECOVER: Self = reserved("mfakit.recover");

    /// Returns whether the name is one that an app cannot declare.
    pub(crate) fn is_reserved(&self) -> bool {
        self.as_str().starts_with(PREFIX)
    }
}

#[allow(clippy::panic, reason = "runs in constants only: a panic is a build error")]
const fn reserved(name: &str) -> Scope {
    match Scope::new(name) {
        Ok(scope) => scope,
        Err(_) => panic!("the name is not a scope"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_the_prefix_are_reserved() {
        for (name, reserved) in [
            ("mfakit.manage", true),
            ("mfakit.enroll", true),
            ("mfakit.anything", true),
            ("mfakit", false),
            ("mfakit-manage", false),
            ("my.mfakit.manage", false),
        ] {
            assert_eq!(Scope::new(name).unwrap().is_reserved(), reserved, "{name}");
        }
    }
}
