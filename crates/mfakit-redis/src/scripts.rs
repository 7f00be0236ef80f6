//! The scripts, one for each verb that writes.

use redis::Script;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident $(+ $part:ident)*;)+) => {
        /// Every script, with its hash.
        pub(crate) struct Scripts { $($(#[$doc])* pub(crate) $name: Code,)+ }

        impl Scripts {
            pub(crate) fn new() -> Self {
                Self { $($name: Code::new(&[
                    include_str!("scripts/prelude.lua"),
                    $(include_str!(concat!("scripts/", stringify!($part), ".lua")),)*
                    include_str!(concat!("scripts/", stringify!($name), ".lua")),
                ]),)+ }
            }
        }
    };
}

scripts! {
    user_state + person;
    reserve_send + person;
    release_send + person;
    open_challenge + person;
    reserve_attempt + person + spent;
    release_attempt + person;
    redeem + person + spent;
    find_repeat + person + spent;
    consume;
    revoke + person;
    unlock + person;
    reserve_budget + ledger;
    exhausted_until + ledger;
    settle_budget + ledger;
}

/// One script.
pub(crate) struct Code {
    pub(crate) source: String,
    /// The name by which the server knows it.
    pub(crate) hash: String,
}

impl Code {
    fn new(parts: &[&str]) -> Self {
        let source = parts.join("\n");
        let hash = Script::new(&source).get_hash().to_owned();
        Self { source, hash }
    }
}
