//! Scripts, one for each verb that needs several steps.

use redis::Script;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident $(+ $part:ident)*;)+) => {
        /// All scripts, with their hashes.
        pub(crate) struct Scripts { $($(#[$doc])* pub(crate) $name: LuaScript,)+ }

        impl Scripts {
            pub(crate) fn new() -> Self {
                Self { $($name: LuaScript::new(&[
                    include_str!("scripts/prelude.lua"),
                    $(include_str!(concat!("scripts/", stringify!($part), ".lua")),)*
                    include_str!(concat!("scripts/", stringify!($name), ".lua")),
                ]),)+ }
            }
        }
    };
}

scripts! {
    user_state + user + consumed;
    keep_action + user + action + consumed;
    actions + action;
    is_consumed + action + consumed;
    reserve_send + user + action;
    release_send + user;
    open_challenge + user + action;
    reserve_attempt + user + spent + action;
    release_attempt + user + spent;
    redeem + user + spent + action;
    find_repeat + user + spent;
    consume;
    consume_bound + user + action + consumed;
    revoke + user;
    unlock + user;
    reserve_budget + budget;
    exhausted_until + budget;
    settle_budget + budget;
}

/// Script in Lua.
pub(crate) struct LuaScript {
    pub(crate) source: String,
    /// SHA-1 of the source, by which the server finds it.
    pub(crate) hash: String,
}

impl LuaScript {
    fn new(parts: &[&str]) -> Self {
        let source = parts.join("\n");
        let hash = Script::new(&source).get_hash().to_owned();
        Self { source, hash }
    }
}
