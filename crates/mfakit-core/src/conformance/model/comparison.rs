//! Both sides of one run: the store, the model, and what has happened so far.

use std::time::Duration;

use crate::{
    approval::Approval,
    clock::Timestamp,
    conformance::{
        model::{
            budget_history::BudgetHistory,
            describe,
            divergence::{Mismatch, expect_same},
            operation::Actor,
            users::Users,
        },
        suite::Suite,
    },
    grant::GrantRecord,
    limit::Limit,
    lock::LockRule,
    random::random,
    send_rule::SendRule,
    store::{ActionRule, Budget},
    token::ChallengeId,
};

/// Lock rule with few failures, so that short sequences reach every lock.
pub(super) const LOCK_RULE: LockRule = LockRule {
    lock_after: 3,
    lock_for: Duration::from_secs(30 * 60),
    longest_lock: Duration::from_secs(60 * 60),
    disable_after: 10,
    forget_after: Duration::from_secs(30 * 24 * 60 * 60),
};

/// Limits on actions that short sequences reach.
pub(super) const ACTION_RULE: ActionRule = ActionRule { per_place: 2, per_user: 3 };

/// Time within which a send is opened or released, and an attempt released. Later calls are skipped, because the port
/// leaves their outcome open.
pub(super) const IN_FLIGHT: Duration = Duration::from_secs(10 * 60);

/// One run: both sides of the comparison, and the results that later operations refer to.
pub(super) struct Comparison {
    pub(super) suite: Suite,
    pub(super) send_rule: SendRule,
    pub(super) users: Users,
    /// Sends that were reserved.
    pub(super) sends: Vec<ReservedSend>,
    /// Attempts that were counted.
    pub(super) attempts: Vec<CountedAttempt>,
    /// Grants that were made.
    pub(super) grants: Vec<(Actor, GrantRecord)>,
    pub(super) budgets: [ModeledBudget; 3],
    /// Events that were counted against a budget, or rejected by it.
    pub(super) budget_events: Vec<BudgetEvent>,
}

#[derive(Clone)]
pub(super) struct ReservedSend {
    pub(super) actor: Actor,
    /// Approval of the actor at the time of the send.
    pub(super) approval: Option<Approval>,
    pub(super) id: ChallengeId,
    pub(super) at: Timestamp,
    pub(super) resend_at: Timestamp,
}

pub(super) struct CountedAttempt {
    pub(super) actor: Actor,
    /// Approval of the challenge.
    pub(super) approval: Option<Approval>,
    pub(super) challenge: ChallengeId,
    /// Number of the attempt on its challenge.
    pub(super) number_in_store: u32,
    pub(super) number_in_model: u32,
    pub(super) era_in_store: u64,
    pub(super) era_in_model: u64,
    pub(super) at: Timestamp,
    pub(super) is_released: bool,
}

/// One budget, on both sides of the comparison.
pub(super) struct ModeledBudget {
    /// The budget in the store.
    pub(super) in_store: Budget,
    /// The budget in the model.
    pub(super) history: BudgetHistory,
}

#[derive(Clone)]
pub(super) struct BudgetEvent {
    pub(super) budget: u8,
    pub(super) challenge: ChallengeId,
}

impl Comparison {
    pub(super) fn new(suite: &Suite) -> Self {
        let send_rule = SendRule {
            cool_down: [30, 60, 120].map(Duration::from_secs).into(),
            per_login_and_scope: vec![Limit::new(3, Duration::from_secs(15 * 60))],
            per_user: vec![
                Limit::new(5, Duration::from_secs(60 * 60)),
                Limit::new(4, Duration::from_secs(10 * 60)),
            ],
        };
        let budgets = [Budget::Number(random()), Budget::Block(random()), Budget::Address(random())];
        Self {
            suite: suite.clone(),
            send_rule,
            users: Users::new(suite),
            sends: Vec::new(),
            attempts: Vec::new(),
            grants: Vec::new(),
            budgets: budgets.map(|in_store| ModeledBudget { in_store, history: BudgetHistory::default() }),
            budget_events: Vec::new(),
        }
    }

    /// Compares the states of all users.
    pub(super) async fn compare_user_states(&self) -> Result<(), Mismatch> {
        let now = self.suite.now();
        for user in self.users.iter() {
            let actual = user.in_store().user_state().await;
            let expected = user.history.user_state(&LOCK_RULE, now);
            expect_same(describe::user_state(&expected, now), describe::user_state(&actual, now))?;
        }
        Ok(())
    }

    /// Returns the budget with this number, modulo three.
    pub(super) const fn budget_mut(&mut self, number: u8) -> &mut ModeledBudget {
        let [first, second, third] = &mut self.budgets;
        match number % 3 {
            0 => first,
            1 => second,
            _ => third,
        }
    }
}
