//! Losses when a replica takes over.
#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops where it is set up wrongly"
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
const RUNS: usize = 5;

const NEAR: &[u64] = &[0];
const FAR: &[u64] = &[20];
const BOTH: &[u64] = &[0, 20];
const MIN_REPLICAS: &[&str] = &["--min-replicas-to-write", "1"];

const fn setting(failure: Failure, delays: &'static [u64], wait_for: u32) -> Setting {
    Setting { delays, wait_for, options: &[], failure }
}

const SETTINGS: [Setting; 13] = [
    setting(Failure::Killed, NEAR, 0),
    setting(Failure::Killed, NEAR, 1),
    setting(Failure::Killed, FAR, 0),
    setting(Failure::Killed, FAR, 1),
    setting(Failure::Killed, BOTH, 0),
    setting(Failure::Killed, BOTH, 1),
    setting(Failure::Killed, BOTH, 2),
    setting(Failure::KilledWithNearest, BOTH, 0),
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
            let figures: Vec<_> = (0..runs).map(|_| runtime.block_on(run(setting))).collect();
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
