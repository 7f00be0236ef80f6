//! Store in the memory of one process.
//!
//! 1. Users are spread over parts, and so are budgets. A part has one lock. The number of parts follows from the
//!    capacity, so that a part stays small however large the store is.
//! 2. A thread holds at most one lock at a time, only within one verb, and never across an await. So there is no order
//!    of locks that could be wrong. A verb that needs room elsewhere unlocks its part, takes a [place](room::Place)
//!    from another one, locks its own part again, and looks again at what is there.
//! 3. Numbers of records are counters that are exact. A record is added only with a place, and its place is given back
//!    before the part that it was in is unlocked. A thread that makes room looks again until it has a place, or until
//!    nothing has ended and no place is left.
//! 4. Each part orders its records by the time at which they end, and notes the first of these times where every thread
//!    can read it without a lock. So a verb sweeps what has ended from the front, and a full store finds an ended record
//!    anywhere, without looking at one that lives.
//! 5. A verb sweeps at most eight records of each kind in its own part, and adds at most one. So no backlog grows and no
//!    verb stalls. A full store sweeps as many in another part. The noted times are all that it looks through.
//! 6. Grants are apart from the other records of their user, because there are many of them, they live long, and every
//!    guarded request looks one up.
//! 7. A bound grant is in the record of its action, and takes no place of its own. So redeeming a bound challenge needs
//!    no room, and an unbound grant is no larger for the bound ones.
//! 8. Users and budgets are identified by keyed hashes of 128 bits, which are short and have a fixed length.
//!
//! Every record ends, or gives way, except for one kind:
//!
//! | record | counts as | ends | with nothing alive |
//! |---|---|---|---|
//! | reserved send, opened or not | user | after the longest window of the user's limits, an hour by default | swept |
//! | live challenge | user | when it expires, is redeemed, revoked or replaced | swept |
//! | spent challenge, to recognize a repeat | user | when it expires, or with its grant | swept |
//! | unsettled attempt | user | with its challenge | swept |
//! | failures and lock | user | 30 days after the last failure, at a success or by `unlock` | swept |
//! | disabled user | user | only by `unlock` | stays, because it lives |
//! | grant | grant | when it expires, is consumed or revoked | swept |
//! | kept action, with its bound grant | action | when it and its grant have expired, is consumed, replaced or revoked | swept |
//! | consumed approval | – | when its action would have expired, and after ten minutes | swept, and gives way to others, the one that ends first |
//! | revocation | – | leaves no record | – |
//! | scope of a grant | – | when its part has no grant | forgotten |
//! | count of a number, a block or an address | budget | after the longest window, a day by default for a number | swept |
//! | count of rejected codes | budget | one record for the store | – |
//! | number that completed a challenge | budget | after 90 days | gives way to counts, the one that ends first |
//! | country | – | has no record | – |
//!
//! The files, lowest first: `sync`, `keyed_hash`, `errors`; `room`, `earliest`, `chunks` and `expiring`; `grants`,
//! `consumed`, `approvals`, `spent`, `codes`, `user_record` and `part`, and `budget_record` and `budget_part`, which hold the records; `users` and
//! `budgets`, which lock them; `store`, which implements the port.

mod approvals;
mod budget_ledger;
mod budget_part;
mod budget_record;
mod budgets;
mod chunks;
mod codes;
mod consumed;
mod earliest;
mod errors;
mod expiring;
mod grants;
mod keyed_hash;
mod ledger;
mod part;
mod room;
mod spent;
mod store;
mod sync;
mod user_record;
mod users;

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod visits;

pub use budget_ledger::BudgetLedger;
pub use ledger::{UserBytes, UserGrants, UserLedger};
pub use store::MemoryStore;
