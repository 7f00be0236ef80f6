//! Primitives that threads synchronize by: the only place to name them, so that a test can replace all of them.

pub(super) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
