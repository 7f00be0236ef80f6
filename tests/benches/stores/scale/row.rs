//! The figures for one number of live grants.

use std::{
    fmt, fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::spawn,
    time::Duration,
};

use mfakit::{MemoryStore, Timestamp};

use crate::scale::{
    ceremony::{Rules, User},
    stopwatch::{CoreStopwatch, LockStopwatch, thread},
    times::{Micros, Times},
};

pub(super) const BEGIN: Timestamp = Timestamp::from_millis(1_767_268_800_000);
const QUIET: Duration = Duration::from_secs(2 * 60 * 60);

/// Ceremonies beside which the reads are measured.
fn beside_reads(grants: u64) -> u64 {
    (grants / 5).max(20_000)
}

/// Ceremonies after the quiet hours. Each sweeps a part of what has expired.
fn afterward(grants: u64) -> u64 {
    (grants / 20).max(10_000)
}

/// Starts that a full store rejects, one every second.
const REJECTED: u64 = 60;

/// The figures for one number of live grants, in the order of [`Row::NAMES`].
pub(super) struct Row(Vec<String>);

/// A store, its users and its time.
struct World {
    store: Arc<MemoryStore>,
    rules: Rules,
    now: Timestamp,
    apart: Duration,
    users: u64,
}

/// Times of the starts and verifies of a phase.
struct Ceremonies {
    starts: Times,
    verifies: Times,
}

impl Row {
    pub(super) const NAMES: [&str; 20] = [
        "memory: live grants",
        "  ceremonies, one every ... ms",
        "  start, p50, us",
        "  start, p99, us",
        "  start, longest, us",
        "  verify, p50, us",
        "  verify, longest, us",
        "  own bytes a grant, at once",
        "  RSS bytes a grant, at once",
        "  read beside ceremonies, p50, us",
        "  read beside ceremonies, p99, us",
        "  read beside ceremonies, p99.9, us",
        "  read beside ceremonies, longest, us",
        "  first start after two quiet hours, us",
        "  longest start after two quiet hours, us",
        "  own bytes a grant, after two quiet hours",
        "  RSS bytes a grant, after two quiet hours",
        "  a start that a full store rejects, first, us",
        "  a start that a full store rejects, longest, us",
        "  a start that a full store rejects, p50, us",
    ];

    pub(super) fn measure(grants: u64, apart: u64) -> Self {
        let mut figures = vec![grants.to_string(), apart.to_string()];
        let mut say = |figure: &dyn fmt::Display| figures.push(figure.to_string());
        let capacity = usize::try_from(4 * grants + 100_000).unwrap();
        let (mut times, mut late) = (Ceremonies::new(), Ceremonies::new());
        let mut world = World::new(capacity, apart);
        let resident = resident();
        let mut own = counted(|| (0..grants).for_each(|_| world.ceremony(&mut times)));
        let Ceremonies { starts, verifies } = times;
        say(&starts.quantile(500));
        say(&starts.quantile(990));
        say(&starts.longest());
        say(&verifies.quantile(500));
        say(&verifies.longest());
        let per_grant = |bytes: i64, world: &World| format!("{:.0}", bytes as f64 / world.users as f64);
        say(&per_grant(own, &world));
        say(&per_grant(self::resident() - resident, &world));
        let mut reads = None;
        own += counted(|| reads = Some(world.reads_beside(grants)));
        let reads = reads.unwrap();
        [500, 990, 999].iter().for_each(|share| say(&reads.quantile(*share)));
        say(&reads.longest());
        world.now = world.now.plus(QUIET);
        let mut first = Times::new();
        own += counted(|| {
            let subject = User::new(world.users);
            let (_, took) =
                CoreStopwatch::time(|| subject.start(&world.store, &world.rules, world.now).unwrap());
            first.add(took);
            subject.verify(&world.store, world.now);
            world.users += 1;
            (0..afterward(grants)).for_each(|_| world.ceremony(&mut late));
        });
        say(&first.longest());
        say(&late.starts.longest());
        say(&per_grant(own, &world));
        say(&per_grant(self::resident() - resident, &world));
        drop(world);
        let (first, rejected) = rejected(grants, apart);
        say(&first);
        say(&rejected.longest());
        say(&rejected.quantile(500));
        Self(figures)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|figure| writeln!(f, "{figure}"))
    }
}

impl Ceremonies {
    fn new() -> Self {
        Self { starts: Times::new(), verifies: Times::new() }
    }
}

impl World {
    fn new(capacity: usize, apart: u64) -> Self {
        Self {
            store: Arc::new(MemoryStore::with_capacity(capacity)),
            rules: Rules::new(),
            now: BEGIN,
            apart: Duration::from_millis(apart),
            users: 0,
        }
    }

    fn ceremony(&mut self, times: &mut Ceremonies) {
        let user = User::new(self.users);
        let (started, took) = CoreStopwatch::time(|| user.start(&self.store, &self.rules, self.now));
        started.unwrap();
        times.starts.add(took);
        let ((), took) = CoreStopwatch::time(|| user.verify(&self.store, self.now));
        times.verifies.add(took);
        self.users += 1;
        self.now = self.now.plus(self.apart);
    }

    /// Returns the times of reads of random grants in another thread, while ceremonies go on.
    fn reads_beside(&mut self, grants: u64) -> Times {
        let (store, ended) = (Arc::clone(&self.store), Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&ended);
        // The writer may lose its core while it holds a lock that the reader waits for.
        let writer = thread();
        let reader = spawn(move || {
            let (mut watch, mut times, mut random) = (LockStopwatch::new(&writer), Times::new(), 1_u64);
            while !until.load(Ordering::Relaxed) {
                // Knuth's MMIX generator.
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let user = User::new((random >> 16) % grants);
                let (found, took) = watch.time(|| user.has_grant(&store));
                assert!(found);
                times.add(took);
            }
            times
        });
        let mut times = Ceremonies::new();
        (0..beside_reads(grants)).for_each(|_| self.ceremony(&mut times));
        ended.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    }
}

/// Returns the times of starts that a store full of live grants rejects: of the first, and of all.
fn rejected(grants: u64, apart: u64) -> (Micros, Times) {
    let mut world = World::new(usize::try_from(grants).unwrap(), apart);
    let mut times = Ceremonies::new();
    (0..grants).for_each(|_| world.ceremony(&mut times));
    let (mut rejected, mut first) = (Times::new(), None);
    for newcomer in 0..REJECTED {
        world.now = world.now.plus(Duration::from_secs(1));
        let user = User::new(grants + newcomer);
        let (answer, took) = CoreStopwatch::time(|| user.start(&world.store, &world.rules, world.now));
        assert!(answer.is_err(), "the store is full");
        first.get_or_insert(Micros(took));
        rejected.add(took);
    }
    (first.unwrap(), rejected)
}

/// Returns the bytes that a function allocated and that are still in use.
pub(super) fn counted(run: impl FnOnce()) -> i64 {
    allocation_counter::measure(run).bytes_current
}

/// Returns the resident memory of this process, in bytes.
fn resident() -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    1024 * line.trim().trim_end_matches(" kB").parse::<i64>().unwrap()
}
