//! Losses when a replica takes over: `cargo bench --profile dev -p mfakit-tests --features redis --bench promotion`.
//!
//! Prints one table. Needs `redis-server`: it starts a primary, its replicas and a sentinel on free ports for each run, and
//! ends them. It is no timed test, and takes about half an hour on a busy machine. A number after `--` sets the number of
//! runs, and further ones select rows, from 0.
//!
//! | column | content |
//! |---|---|
//! | fails | the primary is killed, with its nearest replica or without, and what its links have in transit is lost; or it is suspended until a replica was promoted |
//! | replicas | delay of the link to each replica, in each direction |
//! | waits for | number of replicas that the store waits for |
//! | uses | grants for one use that passed again, after a use was acknowledged |
//! | revocations, grants, attempts, sends | acknowledged ones that the successor lacks |
//! | rejected | requests that failed. A client begins again 100 ms later |
//! | first success | time from the failure to the success of a request that began after it. A sentinel calls a server down after a second |
//! | verbs per second | before the failure |
//!
//! Each cell has the median of the runs, and the maximum in parentheses. 1,000 clients have one ceremony in flight each: a
//! message, a wrong code, the right one, and a use or a revocation of the grant. While the primary is suspended, another
//! instance keeps 200 grants, and uses them on the connection that it has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

mod audit;
mod ceremony;
#[path = "../../redis/kit.rs"]
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
mod kit;
mod link;
mod load;
mod replicas;
mod run;
#[path = "../../redis/sentinel_server.rs"]
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
mod sentinel_server;
#[path = "../../redis/server.rs"]
#[allow(dead_code, reason = "a benchmark needs less of it than the tests")]
mod server;

use run::{Failure, Figures, Setting, run};
use tokio::runtime::Runtime;

/// Runs for each row, unless a number after `--` asks for more or fewer.
const RUNS: usize = 3;

const NEAR: &[u64] = &[0];
const FAR: &[u64] = &[100];
const BOTH: &[u64] = &[0, 100];
const MIN_REPLICAS: &[&str] = &["--min-replicas-to-write", "1"];

const fn setting(failure: Failure, delays: &'static [u64], wait_for: u32) -> Setting {
    Setting { delays, wait_for, options: &[], failure }
}

const SETTINGS: [Setting; 11] = [
    setting(Failure::Killed, NEAR, 0),
    setting(Failure::Killed, NEAR, 1),
    setting(Failure::Killed, FAR, 0),
    setting(Failure::Killed, FAR, 1),
    setting(Failure::Killed, BOTH, 1),
    setting(Failure::Killed, BOTH, 2),
    setting(Failure::KilledWithNearest, BOTH, 1),
    setting(Failure::KilledWithNearest, BOTH, 2),
    setting(Failure::Suspended, NEAR, 0),
    Setting { options: MIN_REPLICAS, ..setting(Failure::Suspended, NEAR, 0) },
    setting(Failure::Suspended, NEAR, 1),
];

fn main() {
    // Cargo passes `--bench`, which this program ignores.
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let runs = numbers.first().copied().unwrap_or(RUNS);
    let rows = numbers.get(1..).unwrap_or_default();
    let runtime = Runtime::new().unwrap();
    println!(
        "| fails | replicas, ms away | waits for | uses | revocations | grants | attempts | sends | rejected | first success, s | verbs per second |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (row, setting) in SETTINGS.into_iter().enumerate() {
        if rows.is_empty() || rows.contains(&row) {
            let figures: Vec<_> = (0..runs).map(|number| runtime.block_on(run(setting, number))).collect();
            print(setting, &figures);
        }
    }
}

fn print(setting: Setting, figures: &[Figures]) {
    let fails = match setting.failure {
        Failure::Killed => "primary, killed",
        Failure::KilledWithNearest => "primary and nearest replica, killed",
        Failure::Suspended => "primary, suspended until replaced",
    };
    let delays: Vec<_> = setting.delays.iter().map(u64::to_string).collect();
    let waits = match (setting.wait_for, setting.options.is_empty()) {
        (0, true) => "–".to_owned(),
        (0, false) => "–, min-replicas-to-write 1".to_owned(),
        (replicas, _) => replicas.to_string(),
    };
    let of = |figure: &dyn Fn(&Figures) -> f64| {
        let mut all: Vec<_> = figures.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        (all[all.len() / 2], all[all.len() - 1])
    };
    let whole = |figure: &dyn Fn(&Figures) -> f64| {
        let (median, most) = of(figure);
        format!("{median:.0} ({most:.0})")
    };
    let (median, most) = of(&|one| one.first_success.as_secs_f64());
    println!(
        "| {fails} | {} | {waits} | {} | {} | {} | {} | {} | {} | {median:.1} ({most:.1}) | {:.0} |",
        delays.join(", "),
        whole(&|one| one.losses.uses.into()),
        whole(&|one| one.losses.revocations.into()),
        whole(&|one| one.losses.grants.into()),
        whole(&|one| one.losses.attempts.into()),
        whole(&|one| one.losses.sends.into()),
        whole(&|one| one.rejected as f64),
        of(&|one| one.rate).0,
    );
}
