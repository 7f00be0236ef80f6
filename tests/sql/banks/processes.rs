//! Two processes of one bank.

use bank_tests::{
    browser::Browser,
    program::{Program, built},
};
use mfakit::{MfaStore as _, Secret, Timestamp, store::UserState};
use mfakit_emulator::Emulator;
use mfakit_sqlx::SqlStore;

use crate::database::Database;

/// Value of `MFAKIT_SECRET` of all instances.
const SECRET: &str = "of at least thirty-two bytes, and no secret at all";

/// Two processes of one bank, with their database and emulator.
pub(crate) struct Processes {
    pub(crate) database: Database,
    pub(crate) emulator: Emulator,
    pub(crate) one: Program,
    pub(crate) two: Program,
    program: String,
    environment: Vec<(&'static str, String)>,
}

impl Processes {
    /// Starts both at the same time, on an empty database.
    pub(crate) async fn start(bank: &str, database: Database) -> Self {
        // Enough for a lock before the provider throttles the number.
        let emulator = Emulator::builder().verify_limit(20).start().await.unwrap();
        let mut environment = emulator.environment();
        environment.extend([("DATABASE_URL", database.url()), ("MFAKIT_SECRET", SECRET.to_owned())]);
        let program = built(bank);
        let (one, two) = both(&program, &environment).await;
        Self { database, emulator, one, two, program, environment }
    }

    /// Kills both processes at once with SIGKILL, and starts them again.
    pub(crate) async fn kill_and_restart(&mut self) {
        tokio::join!(self.one.kill(), self.two.kill());
        (self.one, self.two) = both(&self.program, &self.environment).await;
    }

    /// Signs a user in at the first process.
    pub(crate) async fn log_in(&self, name: &str) -> Browser {
        let mut browser = self.one.browser();
        browser.log_in(name).await;
        browser
    }

    /// Returns the code that was sent last.
    pub(crate) fn last_code(&self) -> String {
        self.emulator.inbox().last().unwrap().code.clone()
    }

    /// Returns the state of a user, read through a separate store.
    pub(crate) async fn user_state(&self, user: &str) -> UserState {
        let secret = Secret::new(SECRET).unwrap();
        let store = SqlStore::builder(self.database.pool().await, secret).connect().await.unwrap();
        store.user_state(&user.into(), Timestamp::from_millis(0)).await.unwrap()
    }
}

async fn both(program: &str, environment: &[(&str, String)]) -> (Program, Program) {
    tokio::join!(Program::run(program, environment), Program::run(program, environment))
}
