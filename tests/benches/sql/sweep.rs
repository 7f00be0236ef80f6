//! Sweep of expired rows, and the time that a request takes meanwhile.

use std::time::{Duration, Instant};

use crate::{
    ceremony::{Ceremony, FIRST, STEPS, engine},
    database::Database,
    world,
};

/// Expired rows, unless `MFAKIT_ROWS` is set.
const ROWS: u32 = 1_000_000;

/// Ceremonies without a sweep, and the fewest beside one.
const CEREMONIES: usize = 1_000;

/// Pause between requests, so that they alone do not keep the machine busy.
const PAUSE: Duration = Duration::from_millis(5);

type Times = [Vec<Duration>; 3];

pub(crate) async fn print(database: &Database) {
    let store = world::store(database.pool().await).await;
    let (mfa, mut user) = (engine(store.clone()), 0);
    let mut requests = async |is_over: &dyn Fn() -> bool| {
        let mut times = Times::default();
        while times[0].len() < CEREMONIES || !is_over() {
            let mut ceremony = Ceremony::of(&mfa, user);
            for ((step, _), times) in STEPS.into_iter().zip(&mut times) {
                let start = Instant::now();
                ceremony.run(step).await;
                if user >= FIRST {
                    times.push(start.elapsed());
                }
                tokio::time::sleep(PAUSE).await;
            }
            user += 1;
        }
        times
    };
    let (rows, name) = (world::rows(ROWS), database.name());
    let alone = requests(&|| true).await;
    fill(database, rows).await;
    let start = Instant::now();
    let sweep = tokio::spawn(async move { store.sweep().await.unwrap() });
    let beside = requests(&|| sweep.is_finished()).await;
    sweep.await.unwrap();
    // The writes of the requests have started sweeps too, one a minute, so the one above did not delete all rows itself.
    let expired = "SELECT count(*) FROM mfakit_users WHERE sweep_at = 1000";
    while database.number(expired).await > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    let took = start.elapsed();
    println!("{:<64} {:>12.1}", format!("{name}: sweep of {rows} expired rows, s"), took.as_secs_f64());
    for (at, (_, step)) in STEPS.iter().enumerate() {
        for (when, times) in [("without the sweep", &alone[at]), ("beside it", &beside[at])] {
            println!("{:<64} {:>12}", format!("{name}: {step}, {when}, p50, p99, ms"), shown(times));
        }
    }
}

fn shown(times: &[Duration]) -> String {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |hundredth: usize| times[times.len() * hundredth / 100].as_secs_f64() * 1e3;
    format!("{:.2}, {:.2}", at(50), at(99))
}

/// Adds expired rows of users. They are added to SQLite in the order of its table, because it is slow in any other.
async fn fill(database: &Database, rows: u32) {
    let insert = match database {
        Database::Sqlite(_) => format!(
            "INSERT INTO mfakit_users WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             SELECT randomblob(32) AS id, i, randomblob(150), randomblob(250), NULL, 1000 FROM n ORDER BY id"
        ),
        Database::Postgres { .. } => format!(
            "INSERT INTO mfakit_users SELECT sha256(i::text::bytea), i, decode(repeat('5a', 150), 'hex'), \
             decode(repeat('5a', 250), 'hex'), NULL, 1000 FROM generate_series(1, {rows}) AS i"
        ),
    };
    database.run(&insert).await;
}
