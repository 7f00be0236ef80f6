//! The users of one run, in the store and in the model.

use crate::{
    approval::{Approval, ApprovalId},
    conformance::{
        model::{history::History, operation::Actor},
        suite::Suite,
        test_user::{TestUser, scope},
    },
    proof::CodeProof,
};

/// Two users with two sessions each, whom the store has never seen.
pub(super) struct Users {
    users: [ModeledUser; 2],
    /// The newest approval of each actor whose action was kept.
    approvals: Vec<(Actor, Approval)>,
}

/// One user, on both sides of the comparison.
pub(super) struct ModeledUser {
    /// The user in the store, once for each session.
    sessions: [TestUser; 2],
    /// The user in the model.
    pub(super) history: History,
}

impl Users {
    pub(super) fn new(suite: &Suite) -> Self {
        let user = || {
            let first = TestUser::new(suite);
            ModeledUser { sessions: [first.in_another_session(), first], history: History::default() }
        };
        Self { users: [user(), user()], approvals: Vec::new() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &ModeledUser> {
        self.users.iter()
    }

    /// Returns an actor as a user of the store, whose code is right.
    pub(super) fn in_store(&self, actor: Actor) -> TestUser {
        let session = either(&either(&self.users, actor.user).sessions, actor.login);
        let scope = scope(if actor.scope.is_multiple_of(2) { "a" } else { "a.b" });
        let user = TestUser { scope, number: number_on_file(actor), ..session.clone() };
        TestUser { approval: self.approval(actor, &user), ..user }
    }

    /// Returns an actor with the approval of a challenge, whose code is right.
    pub(super) fn owner(&self, actor: Actor, approval: Option<Approval>) -> TestUser {
        TestUser { approval, ..self.in_store(actor) }
    }

    /// Notes the approval of an actor's action.
    pub(super) fn approve(&mut self, actor: Actor, approval: Approval) {
        let actor = actor.wrapped();
        self.approvals.retain(|(other, _)| *other != actor);
        self.approvals.push((actor, approval));
    }

    /// Returns the newest approval of an actor. It is an unknown one if the action was never kept.
    fn approval(&self, actor: Actor, user: &TestUser) -> Option<Approval> {
        let actor = actor.wrapped();
        if actor.action == 0 {
            return None;
        }
        let known = self.approvals.iter().find(|(other, _)| *other == actor);
        let digest = user.new_action(&actor.action.to_string()).approval.digest;
        let unknown = || Approval::new(ApprovalId::from_bytes([actor.action; 16]), digest);
        Some(known.map_or_else(unknown, |(_, approval)| *approval))
    }

    /// Returns an actor with the approval of a challenge, whose code is never right.
    pub(super) fn guessing(&self, actor: Actor, approval: Option<Approval>) -> TestUser {
        TestUser { proof: CodeProof::from_bytes([9; 32]), ..self.owner(actor, approval) }
    }

    /// Returns the history of an actor's user in the model.
    pub(super) fn in_model(&mut self, actor: Actor) -> &mut History {
        let [first, second] = &mut self.users;
        if actor.user.is_multiple_of(2) { &mut first.history } else { &mut second.history }
    }
}

impl ModeledUser {
    /// Returns the user in the store, in either session.
    pub(super) const fn in_store(&self) -> &TestUser {
        let [session, _] = &self.sessions;
        session
    }
}

/// Returns the item of a pair with this number, modulo two.
const fn either<T>([first, second]: &[T; 2], number: u8) -> &T {
    if number.is_multiple_of(2) { first } else { second }
}

/// Returns the keyed hash of the number on file of an actor's user.
const fn number_on_file(actor: Actor) -> [u8; 32] {
    if actor.user.is_multiple_of(2) { [1; 32] } else { [2; 32] }
}
