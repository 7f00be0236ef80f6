//! What needs a real Redis: the store on it, its failures, and apps on several instances.

mod server;
mod smoke;
