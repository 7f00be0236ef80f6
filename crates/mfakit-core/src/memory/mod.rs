//! Store in the memory of one process.
//!
//! 1. Users are spread over shards. Each shard has its own lock, which is held for one verb and never across an await.
//! 2. Grants are in their own table, separate from the other records of their user, because there are many of them,
//!    they live long, and every guarded request looks one up.
//! 3. Users are identified by a keyed hash of 128 bits, which is shorter than most user IDs and has a fixed length.
//!
//! The files, lowest first: `user_key`, `expiry`, `errors`; `grants`, `spent`, `user_record` and `budgets`, which hold the
//! records; `store`, which locks them and implements the port.

mod budgets;
mod errors;
mod expiry;
mod grants;
mod spent;
mod store;
mod user_key;
mod user_record;

pub use store::MemoryStore;
