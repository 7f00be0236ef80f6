//! Instances of one bank that a test serves in its own process.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bank::{Bank, accounts::Transfer, start_up::listen, step_up::step_up};
use mfakit::{
    BoxError, Changed, Mfa, MfaBuilder, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Policy,
    Timestamp, UserId,
    testing::{ManualClock, TestProvider},
};

use crate::{Candidate, browser::Browser};

/// Ids of all accounts of a branch.
const ACCOUNTS: [&str; 3] = ["alice", "bob", "erin"];

/// Number of every customer at first.
const FIRST_NUMBER: &str = "+19195551234";

/// Number of every customer, which a test can change.
#[derive(Clone, Debug)]
pub struct Phone(Arc<Mutex<PhoneNumber>>);

impl Phone {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(PhoneNumber::new(FIRST_NUMBER).unwrap())))
    }

    fn number(&self) -> PhoneNumber {
        self.0.lock().unwrap().clone()
    }

    /// Changes the number.
    pub fn change(&self, number: &str) {
        *self.0.lock().unwrap() = PhoneNumber::new(number).unwrap();
    }
}

/// Customers change nothing here.
#[async_trait]
impl NumberBook for Phone {
    async fn number(&self, _: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        Ok(Some(NumberOnFile::new(Phone::number(self), Timestamp::from_millis(0))))
    }

    async fn change(&self, _: &UserId, _: &NumberChange) -> Result<Changed, BoxError> {
        Ok(Changed::Conflict)
    }
}

/// Branches of one bank: instances with the same sessions and the same store. Each has its own accounts, with one of erin,
/// who never signs in.
///
/// No budgets and waits apply to the codes, so that a table of many approvals can use them.
#[derive(Debug)]
pub struct Branches {
    /// Clock of all branches.
    pub clock: ManualClock,
    /// Provider of all branches.
    pub provider: TestProvider,
    /// Phone of all customers.
    pub phone: Phone,
    branches: Vec<Branch>,
}

#[derive(Debug)]
struct Branch {
    bank: Bank,
    mfa: Mfa,
    address: String,
}

/// Creates a bank without branches.
impl Default for Branches {
    fn default() -> Self {
        let (clock, provider) = (ManualClock::new(), TestProvider::new());
        Self { clock, provider, phone: Phone::new(), branches: Vec::new() }
    }
}

impl Branches {
    /// Opens a branch. `set_up` configures the store of its engine, and `serve` serves it.
    pub fn open(
        &mut self,
        set_up: impl FnOnce(MfaBuilder) -> MfaBuilder,
        serve: impl FnOnce(TcpListener, Bank, Mfa),
    ) {
        let listener = listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let bank = Bank::open().unwrap();
        bank.open_account("erin");
        let engine = step_up(self.provider.clone(), address.port(), &bank);
        let engine =
            engine.number_book(self.phone.clone()).clock(self.clock.clone()).policy(Policy::for_tests());
        let mfa = set_up(engine).build().unwrap();
        serve(listener, bank.clone(), mfa.clone());
        self.branches.push(Branch { bank, mfa, address: format!("http://{address}") });
    }

    /// Creates a bank with one branch, whose store is in memory.
    pub fn one(candidate: &Candidate) -> Self {
        let mut branches = Self::default();
        branches.open(|engine| engine, candidate.serve);
        branches
    }

    /// Signs a user in at the first branch. Returns the browser there.
    pub async fn log_in(&self, name: &str) -> Browser {
        let mut browser = Browser::new(&self.first().address);
        browser.log_in(name).await;
        browser
    }

    /// Returns the same browser at the last branch.
    pub fn at_last(&self, browser: &Browser) -> Browser {
        browser.at(&self.last().address)
    }

    /// Returns the engine of the last branch.
    pub fn mfa(&self) -> &Mfa {
        &self.last().mfa
    }

    /// Returns the code that was sent last.
    pub fn last_code(&self) -> String {
        self.provider.last_code().unwrap()
    }

    /// Returns the transfers at the last branch since `act` began, each as the payer, the amount and the payee. Panics if
    /// money moved at any other branch.
    pub async fn moved_by<T>(&self, act: impl Future<Output = T>) -> (T, Vec<String>) {
        let before: Vec<_> = self.branches.iter().map(|branch| sent(&branch.bank)).collect();
        let done = act.await;
        let mut moved = Vec::new();
        for (branch, before) in self.branches.iter().zip(before) {
            let since: Vec<_> =
                sent(&branch.bank).into_iter().zip(before).flat_map(|(all, old)| newest(all, &old)).collect();
            assert!(since.is_empty() || branch.address == self.last().address, "{since:?} at another branch");
            moved.extend(since);
        }
        (done, moved)
    }

    /// Moves money back to alice, and lets so much time pass that all approvals have ended.
    pub fn begin_again(&self) {
        for Branch { bank, .. } in &self.branches {
            while bank.account("alice").unwrap().balance < "2400".parse().unwrap() {
                let back = Transfer { amount: "100".parse().unwrap(), payee: "alice".to_owned() };
                bank.transfer("bob", &back).unwrap();
            }
        }
        self.phone.change(FIRST_NUMBER);
        self.clock.advance(Duration::from_secs(3600));
    }

    fn first(&self) -> &Branch {
        self.branches.first().unwrap()
    }

    fn last(&self) -> &Branch {
        self.branches.last().unwrap()
    }
}

/// Returns what each account has sent, newest first.
fn sent(bank: &Bank) -> Vec<Vec<String>> {
    let of = |id: &str| {
        let entries = bank.account(id).unwrap().statement.into_iter();
        let sent = entries.filter_map(|entry| match entry {
            bank::accounts::Entry::Sent(Transfer { amount, payee }) => Some(format!("{id} {amount} {payee}")),
            _ => None,
        });
        sent.collect()
    };
    ACCOUNTS.iter().map(|id| of(id)).collect()
}

fn newest(all: Vec<String>, old: &[String]) -> Vec<String> {
    let count = all.len() - old.len();
    all.into_iter().take(count).collect()
}
