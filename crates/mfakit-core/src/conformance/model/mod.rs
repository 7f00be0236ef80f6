//! Comparison of a store with the simplest model of one, over any sequence of operations.
//!
//! [`compare`] applies each [`Operation`] to the store and to the model, and stops at the first answer that differs.
//!
//! 1. The model keeps everything that ever happened to a user, and counts it again for each answer. So it has no
//!    counters that could drift, and no cleanup that could be wrong. It is slow, but simple enough to be checked by
//!    reading it.
//! 2. Both answer each operation. Every part of an answer that [`MfaStore`](crate::store::MfaStore) specifies is
//!    compared, as text.
//! 3. After each operation, the state of every user is compared too, so that a side effect on another user is found
//!    at once.
//! 4. Operations refer to earlier ones by small numbers that wrap ([`Actor`], [`NthNewest`]). Every sequence is valid,
//!    and so is every part of it. A property test can therefore generate sequences, and shrink one that fails to
//!    the few operations that matter.
//! 5. A [`Divergence`] reports the operation and both answers.
//!
//! The model ignores details that the port leaves open. Expired records may still exist or not. A send is opened, and
//! an attempt is released, within ten minutes. Time does not run backward.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use mfakit_core::{
//!     MemoryStore,
//!     conformance::{Suite, model::{Actor, NthNewest, Operation, compare}},
//!     testing::ManualClock,
//! };
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let suite = Suite::new(Arc::new(MemoryStore::new()), ManualClock::new());
//! let alice = Actor { user: 0, login: 0, scope: 0, action: 0 };
//! let operations = [
//!     Operation::Start(alice),
//!     Operation::Guess(NthNewest(0)),
//!     Operation::Attempt(NthNewest(0)),
//!     Operation::Redeem { challenge: NthNewest(0), lifetime: Duration::from_secs(600), by_cookie: true },
//!     Operation::ReadGrant(alice),
//! ];
//! compare(&suite, &operations).await?;
//! # Ok::<(), mfakit_core::conformance::model::Divergence>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The files, lowest first: `operation` and `divergence` (vocabulary), `history` and `budget_history` (the model),
//! `describe` (answers as text), `users`, `comparison` (both sides of one run), `steps` (one function for each operation),
//! `compare`.

mod budget_history;
mod compare;
mod comparison;
mod describe;
mod divergence;
mod history;
mod operation;
mod room;
mod steps;
mod users;

pub use compare::compare;
pub use divergence::Divergence;
pub use operation::{Actor, NthNewest, Operation};
