//! Tests of the memory store.

mod chunks;
mod earliest;
mod expiring;
mod full;
mod grants;
mod keyed_hash;
mod kinds;
pub(super) mod person;
mod room;
mod work;
