//! The ports, as the engine calls them.
//!
//! 1. Every call has a time limit, and its panic is caught: see [`guarded_call`](crate::guarded_call).
//! 2. Every failure is sent to the observer here, exactly once, and names the port that failed.
//! 3. The implementations are private fields, so the engine cannot reach them any other way.

mod clock;
mod directory;
mod notifier;
mod number_check;
mod observer;
mod provider;
mod recovery;
mod risk;
mod store;

pub(crate) use clock::ClockPort;
pub(crate) use directory::{DirectoryPort, Found, Source};
pub(crate) use notifier::{NotifierPort, SetNotifier};
pub(crate) use number_check::NumberCheckPort;
pub(crate) use observer::ObserverPort;
pub(crate) use provider::{LastCalls, ProviderPort};
pub(crate) use recovery::RecoveryPort;
pub(crate) use risk::RiskPort;
pub(crate) use store::StorePort;
