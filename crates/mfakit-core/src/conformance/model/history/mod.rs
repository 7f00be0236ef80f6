//! Everything that ever happened to one user. Each answer is derived from this history.
//!
//! States of a send and its challenge, as the model derives them:
//!
//! ```text
//! reserve_send ──► reserved ──── release_send ──► (as if it had never been)
//!                     │   ╲
//!                     │    ╲── revoke ──────────► void: opens nothing, still counted
//!                     ▼
//!              open_challenge
//!                     │
//!                     ▼          expires, last attempt, another number on file,
//!                   live ─────── newer challenge, revoke ──────────────────────► over
//!                     │                                                            ▲
//!                   redeem ──► spent: its code is recognized, others are counted ──┘
//!                                       the same, or its grant ends
//! ```
//!
//! After its last attempt, a challenge is over for further attempts. It can still be redeemed until it expires, because
//! that attempt may be the right one.

mod actions;
mod attempts;
mod event;
mod grants;
mod repeats;
mod sends;
mod state;

pub(super) use event::{ChallengeKey, History, Owner};
