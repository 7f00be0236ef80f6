//! Macro that declares the identifiers of texts, with their English defaults.

macro_rules! messages {
    ($($(#[$doc:meta])* $variant:ident($($placeholder:ident),*) = $english:literal;)+) => {
        /// Identifier of one text that a user may read or hear. [`Messages`](crate::messages::Messages) has all of
        /// them in one language.
        ///
        /// Later versions may add messages. [`Messages::untranslated`](crate::messages::Messages::untranslated) finds
        /// those that a translation lacks.
        ///
        /// ```
        /// use mfakit_core::messages::MessageId;
        ///
        /// assert_eq!(MessageId::Seconds.english(), "{count} seconds");
        /// assert_eq!(MessageId::Seconds.placeholders(), ["count"]);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum MessageId { $($(#[$doc])* $variant,)+ }

        impl MessageId {
            /// All messages.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name, which is that of the variant.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// Returns the English text.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$variant => $english,)+ }
            }

            /// Returns the names of the placeholders. A text must contain all of them, except that `{app}`,
            /// `{label}` and `{time}` are optional. A notice needs `{app}`.
            #[must_use]
            pub const fn placeholders(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($placeholder)),*],)+ }
            }
        }
    };
}

pub(super) use messages;
