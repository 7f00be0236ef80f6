//! Time that a call took, without waits for a core.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

/// Stopwatch for calls that wait for no other thread. Measures the time of the current thread on a core.
pub(super) struct CoreStopwatch;

impl CoreStopwatch {
    /// Returns the answer of a call, and the time that it took: by the clock, or on a core if that was shorter.
    pub(super) fn time<T>(call: impl FnOnce() -> T) -> (T, Duration) {
        let begun_on_core = on_core();
        let begun = Instant::now();
        let answer = call();
        let by_clock = begun.elapsed();
        (answer, by_clock.min(on_core().saturating_sub(begun_on_core)))
    }
}

fn on_core() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Times longer than this are corrected by the waits for a core. Shorter ones contain none.
const CORRECTED: Duration = Duration::from_micros(20);

/// Number of calls after which the waits for a core are read again, so that little of them belongs to earlier calls.
const READ_EVERY: u32 = 64;

/// Stopwatch for calls that may wait for a lock. Measures the time by the clock, less the time for which the kernel let
/// this thread or the one that holds the lock wait although it could run (`schedstat`).
pub(super) struct LockStopwatch {
    schedules: [File; 2],
    waited: Duration,
    calls: u32,
}

impl LockStopwatch {
    /// Creates the stopwatch of the current thread, whose calls may wait for another [thread](thread).
    pub(super) fn new(other: &PathBuf) -> Self {
        let schedules = [other, &thread()].map(|thread| File::open(thread.join("schedstat")).unwrap());
        let mut stopwatch = Self { schedules, waited: Duration::ZERO, calls: 0 };
        stopwatch.waited = stopwatch.read();
        stopwatch
    }

    pub(super) fn time<T>(&mut self, call: impl FnOnce() -> T) -> (T, Duration) {
        self.calls += 1;
        if self.calls.is_multiple_of(READ_EVERY) {
            self.waited = self.read();
        }
        let begun = Instant::now();
        let answer = call();
        let took = begun.elapsed();
        (answer, if took < CORRECTED { took } else { took.saturating_sub(self.waited()) })
    }

    /// Returns the waits for a core since the last reading.
    fn waited(&mut self) -> Duration {
        let before = self.waited;
        self.waited = self.read();
        self.waited.saturating_sub(before)
    }

    /// Returns the waits for a core of both threads so far: the second number in each file, in nanoseconds.
    fn read(&mut self) -> Duration {
        self.schedules.iter_mut().map(wait).sum()
    }
}

/// Returns the folder of the current thread.
pub(super) fn thread() -> PathBuf {
    PathBuf::from("/proc").join(fs::read_link("/proc/thread-self").unwrap())
}

fn wait(schedule: &mut File) -> Duration {
    let (mut text, mut len) = ([0; 96], 0);
    schedule.seek(SeekFrom::Start(0)).unwrap();
    while let read @ 1.. = schedule.read(&mut text[len..]).unwrap() {
        len += read;
    }
    let text = str::from_utf8(&text[..len]).unwrap();
    Duration::from_nanos(text.split_whitespace().nth(1).unwrap().parse().unwrap())
}
