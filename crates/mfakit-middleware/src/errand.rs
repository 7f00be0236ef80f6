//! What somebody was about when a guard refused them.
//!
//! The server decides it, from the request that was refused. A caller cannot name it, because it travels sealed to the
//! scope and the log-in: in the address of the page, then in its forms, then in the challenge [WEB-4].

use std::time::Duration;

use mfakit_core::{KeyRing, LoginId, Purpose, Requirement, Scope, Site};

use crate::{asker::Asker, facts::Facts, return_to::ReturnTo};

/// The longest way back that is remembered, in bytes. So that all of it fits into a form.
const MAX_BACK: usize = 256;

/// What somebody was about when a guard refused them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Errand {
    /// Where they were going.
    pub(crate) target: ReturnTo,
    /// Where they came from, for who gives up.
    pub(crate) back: ReturnTo,
    /// The age that the route wants, in seconds.
    max_age: Option<u64>,
    /// Whether passing uses the grant up.
    once: bool,
}

impl Errand {
    /// The sender of a refused request was going to the target itself when it only looks; else, and for a script,
    /// which cannot be shown as a page, to the page it came from; else home.
    #[must_use]
    pub(crate) fn of_request(facts: &Facts, asker: Asker, requirement: &Requirement, site: &Site) -> Self {
        let page = facts.referer.as_deref().and_then(|referer| ReturnTo::of_referer(referer, site));
        let page_or_home = || page.clone().unwrap_or_else(|| ReturnTo::home(site));
        let looks = asker == Asker::Navigation && facts.method.only_looks();
        let itself = looks.then(|| ReturnTo::parse(&facts.target, site)).flatten();
        let target = match itself {
            Some(target) => target,
            None if looks => ReturnTo::home(site),
            None => page_or_home(),
        };
        // Whoever gives up is not led to what would refuse them again.
        let fits = |back: &ReturnTo| back.as_str().len() <= MAX_BACK && !(looks && *back == target);
        let back = Some(page_or_home()).filter(fits).unwrap_or_else(|| ReturnTo::home(site));
        let max_age = requirement.own_max_age().map(|max_age| max_age.as_secs());
        Self { target, back, max_age, once: requirement.is_once() }
    }

    /// What the route wants that refused them.
    pub(crate) fn requirement(&self, scope: &Scope) -> Requirement {
        let requirement = Requirement::new(*scope);
        let requirement = if self.once { requirement.once() } else { requirement };
        match self.max_age {
            Some(seconds) => requirement.max_age(Duration::from_secs(seconds)),
            None => requirement,
        }
    }

    /// The errand as only this site's servers can write it, for this scope and log-in.
    #[must_use]
    pub(crate) fn seal(&self, keys: &KeyRing, scope: &Scope, login: &LoginId) -> String {
        let Self { target, back, max_age, once } = self;
        let max_age = max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
        let once = if *once { "once" } else { "" };
        // Paths hold no line break.
        let written = format!("{max_age}\n{once}\n{target}\n{back}");
        keys.seal(Purpose::Return, &context(scope, login), &written)
    }

    /// Reads what [`seal`](Self::seal) wrote for the same scope and log-in.
    #[must_use]
    pub(crate) fn open(
        sealed: &str,
        keys: &KeyRing,
        scope: &Scope,
        login: &LoginId,
        site: &Site,
    ) -> Option<Self> {
        let written = keys.open(Purpose::Return, &context(scope, login), sealed)?;
        let [max_age, once, target, back] = written.split('\n').collect::<Vec<_>>().try_into().ok()?;
        let max_age = if max_age.is_empty() { None } else { Some(max_age.parse().ok()?) };
        // Sealed by us, and read with the same care as if it were not. Home may be what no request can name, such as a
        // place on a page; that must not cost the rest.
        let path = |path| ReturnTo::parse(path, site).unwrap_or_else(|| ReturnTo::home(site));
        Some(Self { target: path(target), back: path(back), max_age, once: once == "once" })
    }
}

fn context<'a>(scope: &'a Scope, login: &'a LoginId) -> [&'a [u8]; 2] {
    [scope.as_str().as_bytes(), login.as_bytes()]
}
