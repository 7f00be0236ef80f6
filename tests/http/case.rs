//! Named cases, and the tests that run them.

use std::{collections::HashSet, rc::Rc};

use futures_util::future::LocalBoxFuture;
use libtest_mimic::Trial;
use mfakit::{ClientAddress, MfaBuilder, Policy};
use tokio::task::LocalSet;

use crate::http::{
    framework::{Framework, Shape},
    log::Log,
    trial,
    world::{Setting, World},
};

/// A sentence about the app, and the check of it.
pub(crate) struct Case {
    name: String,
    setting: Setting,
    run: Box<dyn FnOnce(Rc<World>) -> LocalBoxFuture<'static, ()> + Send>,
}

/// Creates a case in the standard world.
pub(crate) fn case<F>(name: impl Into<String>, run: impl FnOnce(Rc<World>) -> F + Send + 'static) -> Case
where
    F: Future<Output = ()> + 'static,
{
    Case { name: name.into(), setting: Setting::default(), run: Box::new(move |world| Box::pin(run(world))) }
}

impl Case {
    /// Changes how the app is composed.
    pub(crate) fn shaped(mut self, change: impl FnOnce(&mut Shape)) -> Self {
        change(&mut self.setting.shape);
        self
    }

    /// Sets the limits of the app.
    pub(crate) fn limited(mut self, policy: fn() -> Policy) -> Self {
        self.setting.policy = policy;
        self
    }

    /// Sets how the app determines the client address.
    pub(crate) fn counting_addresses(mut self, how: ClientAddress) -> Self {
        self.setting.client_address = Some(how);
        self
    }

    /// Sets more on the builder of the engine.
    pub(crate) fn dressed(mut self, dress: fn(MfaBuilder) -> MfaBuilder) -> Self {
        self.setting.dress = dress;
        self
    }

    /// Lets people change their numbers themselves.
    pub(crate) fn enrolling(mut self) -> Self {
        self.setting.enrolling = true;
        self
    }

    /// Lets people change their numbers, and those who lost their phone replace its number.
    pub(crate) fn recovering(mut self) -> Self {
        (self.setting.enrolling, self.setting.recovering) = (true, true);
        self
    }

    /// Sets the label of the scope `reports`.
    pub(crate) fn labelled(mut self, label: &'static str) -> Self {
        self.setting.label = label;
        self
    }

    /// Runs the case in its own world and runtime, in which waiting takes no time.
    ///
    /// The log and the clock are those of this thread, so that cases can run concurrently.
    fn run(self, framework: &dyn Framework) {
        let Self { name: _, setting, run } = self;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let log = Log::default();
        let _listening = log.listen();
        LocalSet::new().block_on(&runtime, async {
            let world = World::new(framework, setting, log.clone()).await;
            run(Rc::new(world)).await;
        });
    }
}

/// Returns a test for each case on this framework, `{framework}::{case}`.
pub(crate) fn trials(framework: impl Framework + Copy + Send + 'static, cases: Vec<Case>) -> Vec<Trial> {
    let mut names = HashSet::new();
    let trial = |case: Case| {
        assert!(names.insert(case.name.clone()), "two cases have one name: {}", case.name);
        trial(format!("{}::{}", framework.name(), case.name), move || case.run(&framework))
    };
    cases.into_iter().map(trial).collect()
}
