//! Other processes that work on the same database. Each is this test program, started for one ignored test.

use std::{env, io, process::Stdio};

use mfakit::{
    ChallengeId, LoginId, MfaStore,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetReservation, Challenge, ConsumeOutcome, LockRule, RedeemOutcome,
        ReserveAttempt, ReserveBudget, SendReservation, SendRule,
    },
};
use mfakit_sqlx::{Pool, SqlStore};
#[cfg(feature = "postgres")]
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, Command},
    task::JoinSet,
    time::{Duration, timeout},
};

use crate::{
    kit::{
        LOCKS, NO_TIME, NUMBER, PROOF, TestUser, attempt, granted, live_challenge, many_sends, redeem,
        reserve_send,
    },
    stores::builder,
};

/// Work of a process.
const WORK: &str = "MFAKIT_SQL_WORK";

/// URL of the database of a process.
const URL: &str = "MFAKIT_SQL_URL";

/// Number of calls that each process makes at once.
pub(crate) const CALLS: u32 = 50;

/// Longest wait for a process. It is long because machines are busy, and only a failing test waits that long.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// Process that works. It is killed when this is dropped.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    stderr: tokio::io::Lines<BufReader<ChildStderr>>,
}

impl Worker {
    /// Starts a process, and waits until it can begin its work.
    async fn start(url: &str, work: &str) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "workers::another_process", "--ignored", "--nocapture"]);
        command.env(URL, url).env(WORK, work).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
        let mut worker = Self { child, stdin, stderr: BufReader::new(stderr).lines() };
        worker.line("ready").await;
        worker
    }

    /// Lets the process begin.
    async fn begin(&mut self) {
        self.stdin.write_all(b"\n").await.unwrap();
        self.stdin.flush().await.unwrap();
    }

    /// Waits for the result, which is a number.
    async fn result(mut self) -> u32 {
        let result = self.line("result ").await.parse().unwrap();
        assert!(self.child.wait().await.unwrap().success());
        result
    }

    async fn line(&mut self, start: &str) -> String {
        let mut seen = Vec::new();
        let reading = async {
            while let Some(line) = self.stderr.next_line().await.unwrap() {
                if let Some(rest) = line.strip_prefix(start) {
                    return Some(rest.to_owned());
                }
                seen.push(line);
            }
            None
        };
        let found = timeout(MAX_WAIT, reading).await.ok().flatten();
        found.unwrap_or_else(|| panic!("the process does not print {start:?}: {seen:?}"))
    }
}

/// Does the same work in two processes at once, and returns the sum of their results.
pub(crate) async fn in_two_processes(url: &str, work: &str) -> u32 {
    side_by_side(url, [work.to_owned(), work.to_owned()]).await
}

/// Does each work in its own process, at once, and returns the sum of their results.
pub(crate) async fn side_by_side(url: &str, [one, two]: [String; 2]) -> u32 {
    let (mut one, mut two) = tokio::join!(Worker::start(url, &one), Worker::start(url, &two));
    tokio::join!(one.begin(), two.begin());
    let (one, two) = tokio::join!(one.result(), two.result());
    one + two
}

/// Returns the user whose records all processes change.
pub(crate) fn alice() -> TestUser {
    TestUser { login: LoginId::from_bytes([9; 16]), ..TestUser::new("alice") }
}

/// Returns the challenge whose attempts all processes use, with this many of them.
pub(crate) fn challenge(attempts: u32) -> Challenge {
    let mut challenge = alice().challenge(NO_TIME).with_attempts(attempts, 0);
    challenge.id = ChallengeId::from_bytes([200; 32]);
    challenge
}

async fn pool(url: &str) -> Pool {
    #[cfg(feature = "postgres")]
    if !url.starts_with("sqlite:") {
        return PgPoolOptions::new().max_connections(10).connect(url).await.unwrap().into();
    }
    let options: SqliteConnectOptions = url.parse().unwrap();
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    SqlitePoolOptions::new().max_connections(10).connect_with(options).await.unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "other tests start this as a process"]
async fn another_process() {
    let (Ok(work), Ok(url)) = (env::var(WORK), env::var(URL)) else { return };
    let pool = pool(&url).await;
    if let Some(prefix) = work.strip_prefix("migrate ") {
        wait_for_the_other().await;
        builder(pool).prefix(prefix).migrate().await.unwrap().connect().await.unwrap();
        eprintln!("result 1");
        return;
    }
    let store = builder(pool).connect().await.unwrap();
    // The first statements connect.
    store.user_state(&"unknown".into(), NO_TIME).await.unwrap();
    wait_for_the_other().await;
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        calls.spawn(call(store.clone(), work.clone()));
    }
    let done = calls.join_all().await.into_iter().filter(|is_done| *is_done).count();
    eprintln!("result {done}");
}

async fn wait_for_the_other() {
    eprintln!("ready");
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new()).unwrap()).await.unwrap();
}

/// Makes one of the calls that compete, and returns whether it succeeded.
async fn call(store: SqlStore, work: String) -> bool {
    let (alice, id) = (alice(), challenge(0).id);
    match work.as_str() {
        "attempts" => {
            matches!(attempt(&store, &alice, &id).await.unwrap(), AttemptReservation::Reserved { .. })
        }
        "attempts without a lock" => {
            let rule = LockRule { lock_after: 1000, disable_after: 2000, ..LOCKS };
            let (key, numbers, proofs) = (alice.key(), &[NUMBER], &[PROOF]);
            let request = ReserveAttempt::new(key, &id, numbers, proofs, &rule, NO_TIME);
            matches!(store.reserve_attempt(request).await.unwrap(), AttemptReservation::Reserved { .. })
        }
        "right codes" => matches!(redeem(&store, &alice, &id).await.unwrap(), RedeemOutcome::Granted(_)),
        "uses" => {
            let Some(grant) = store.grant(alice.key()).await.unwrap() else { return false };
            store.consume(alice.key(), &grant, NO_TIME).await.unwrap() == ConsumeOutcome::Consumed
        }
        "sends" => {
            let cool_down = vec![Duration::from_secs(30)];
            let rule = SendRule { cool_down, ..many_sends() };
            let sent = reserve_send(&store, &alice, &random_id(), &rule).await.unwrap();
            matches!(sent, SendReservation::Reserved { .. })
        }
        "many users" => {
            let user = TestUser::new(&random_id().encode());
            store.user_state(&user.id, NO_TIME).await.unwrap();
            let grant = granted(&store, &user).await;
            store.consume(user.key(), &grant, NO_TIME).await.unwrap() == ConsumeOutcome::Consumed
        }
        "budget" => {
            let (budget, limits) = (Budget::Number([3; 32]), [Limit::new(10, Duration::from_secs(3600))]);
            let id = random_id();
            let request = ReserveBudget::new(&budget, &id, &NUMBER, &limits, NO_TIME);
            matches!(store.reserve_budget(request).await.unwrap(), BudgetReservation::Reserved { .. })
        }
        other => panic!("{other}"),
    }
}

/// Returns a random ID. Those of the kit are the same in each process.
fn random_id() -> ChallengeId {
    let halves = [LoginId::random(), LoginId::random()];
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(halves.iter().flat_map(|half| half.as_bytes())).for_each(|(to, from)| *to = *from);
    ChallengeId::from_bytes(bytes)
}

/// Opens [the challenge](challenge).
pub(crate) async fn open(store: &SqlStore, attempts: u32) {
    let challenge = challenge(attempts);
    let _ = reserve_send(store, &alice(), &challenge.id, &many_sends()).await.unwrap();
    let _ = store.open_challenge(&alice().id, &challenge).await.unwrap();
}

/// Makes a grant of [the user](alice).
pub(crate) async fn grant(store: &SqlStore) {
    let challenge = live_challenge(store, &alice()).await;
    assert!(matches!(redeem(store, &alice(), &challenge.id).await.unwrap(), RedeemOutcome::Granted(_)));
}
