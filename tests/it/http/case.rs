//! Named cases, and how they are run.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
};

use futures_util::future::LocalBoxFuture;
use mfakit::{MfaBuilder, Policy, core::ClientAddress};
use tokio::task::LocalSet;

use crate::http::{
    framework::{Framework, Shape},
    log::Log,
    world::{Setting, World},
};

/// A sentence, and what makes it true or not.
pub(crate) struct Case {
    name: String,
    setting: Setting,
    run: Box<dyn FnOnce(Rc<World>) -> LocalBoxFuture<'static, ()>>,
}

/// A case in the standard world.
pub(crate) fn case<F>(name: impl Into<String>, run: impl FnOnce(Rc<World>) -> F + 'static) -> Case
where
    F: Future<Output = ()> + 'static,
{
    Case { name: name.into(), setting: Setting::default(), run: Box::new(move |world| Box::pin(run(world))) }
}

impl Case {
    /// In an app that is put together another way.
    pub(crate) fn shaped(mut self, change: impl FnOnce(&mut Shape)) -> Self {
        change(&mut self.setting.shape);
        self
    }

    /// In an app with these limits.
    pub(crate) fn limited(mut self, policy: fn() -> Policy) -> Self {
        self.setting.policy = policy;
        self
    }

    /// In an app that finds out where requests come from.
    pub(crate) fn counting_addresses(mut self, how: ClientAddress) -> Self {
        self.setting.client_address = Some(how);
        self
    }

    /// In an app whose engine is set up further.
    pub(crate) fn dressed(mut self, dress: fn(MfaBuilder) -> MfaBuilder) -> Self {
        self.setting.dress = dress;
        self
    }

    /// In an app that calls its reports something else.
    pub(crate) fn labelled(mut self, label: &'static str) -> Self {
        self.setting.label = label;
        self
    }

    /// Runs it in a world and a runtime of its own, in which waiting takes no time.
    fn holds(self, framework: &dyn Framework) -> bool {
        let Self { name: _, setting, run } = self;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let log = Log::default();
        let _listening = log.listen();
        let case = async {
            let world = World::new(framework, setting, log.clone()).await;
            run(Rc::new(world)).await;
        };
        // A case that fails has panicked, and said on stderr where and why.
        catch_unwind(AssertUnwindSafe(|| LocalSet::new().block_on(&runtime, case))).is_ok()
    }
}

/// Runs every case, and fails at the end with the names of those that did not hold.
pub(crate) fn run(framework: &dyn Framework, cases: Vec<Case>) {
    let count = cases.len();
    let mut names: Vec<_> = cases.iter().map(|case| case.name.clone()).collect();
    names.sort();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "two cases have one name");
    let mut failed = Vec::new();
    for case in cases {
        let name = case.name.clone();
        if !case.holds(framework) {
            eprintln!("^^^ {name}\n");
            failed.push(name);
        }
    }
    println!("{} of {count} cases hold on {}", count - failed.len(), framework.name());
    assert!(failed.is_empty(), "these do not hold on {}:\n  {}", framework.name(), failed.join("\n  "));
}
