//! Each guarantee of the conformance suite as a separate test, on the memory store.
//!
//! ```sh
//! cargo test --package mfakit-core --features conformance --test guarantees -- attempts::
//! ```

use std::{future::ready, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Trial};
use mfakit_core::{
    MemoryStore,
    conformance::{GUARANTEES, Guarantee, Suite},
    testing::ManualClock,
};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let trials = GUARANTEES.iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Returns a test with the guarantee's name and its own store and clock.
fn trial(guarantee: &'static Guarantee) -> Trial {
    Trial::test(guarantee.name(), || {
        let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
        let store = Arc::new(MemoryStore::new());
        let counted = Arc::clone(&store);
        let suite = Suite::new(store, ManualClock::new()).record_count(move || ready(counted.records()));
        runtime.block_on(guarantee.check(&suite));
        Ok(())
    })
}
