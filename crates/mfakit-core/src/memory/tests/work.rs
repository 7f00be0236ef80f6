//! The work of one verb does not depend on the number of users.

use crate::{
    clock::Timestamp,
    memory::{
        store::MemoryStore,
        tests::person::{BEGIN, DAY, HOUR, MINUTE, Person},
        visits,
    },
};

/// Most records that one verb may visit. It sweeps at most eight of each of three kinds, each on a path of some twelve
/// steps through the heap of a part, and each step compares three records.
const MOST: u64 = 1500;

/// Most records of a kind in a part. Growing a part visits all of them.
const LARGEST_PART: usize = 3 * 1024;

/// Highest number of visits of a verb so far.
#[derive(Default)]
struct Work(u64);

impl Work {
    fn of<T>(&mut self, verb: impl FnOnce() -> T) -> T {
        let before = visits::so_far();
        let answer = verb();
        self.0 = self.0.max(visits::so_far() - before);
        answer
    }

    fn ceremony(&mut self, store: &MemoryStore, person: &Person, now: Timestamp) {
        assert!(self.of(|| person.reserve(store, now)).unwrap());
        for budget in 0..3 {
            assert!(self.of(|| person.count(store, budget, now)).is_ok());
        }
        assert!(self.of(|| person.open(store, now)));
        assert!(self.of(|| person.attempt(store, now)));
        assert!(self.of(|| person.redeem(store, now, DAY)).is_some());
        self.of(|| person.complete(store, now));
        assert!(self.of(|| person.grant(store)).is_some());
    }
}

/// Lets many users complete ceremonies within two hours, so that the first half of them is swept during the second.
/// Returns the highest number of visits of a verb, and of a verb after two quiet hours.
fn two_hours(users: u64) -> (u64, u64) {
    let store = MemoryStore::with_capacity(2 * usize::try_from(users).unwrap());
    let (mut work, mut now) = (Work::default(), BEGIN);
    for number in 0..users {
        work.ceremony(&store, &Person::new(number), now);
        now = now.plus(2 * HOUR / u32::try_from(users).unwrap());
    }
    let ([left, grants, _], largest) = store.count();
    assert_eq!(grants as u64, users);
    assert!(left as u64 <= users / 2 + users / 10, "{left} users of {users} are left");
    assert!(largest.iter().all(|records| *records <= LARGEST_PART), "{largest:?}");
    let mut after_quiet = Work::default();
    now = now.plus(2 * HOUR);
    for number in users..users + users / 10 {
        after_quiet.ceremony(&store, &Person::new(number), now);
    }
    (work.0, after_quiet.0)
}

#[test]
fn a_verb_visits_few_records_however_many_there_are() {
    for users in [1_000, 20_000] {
        let (work, after_quiet) = two_hours(users);
        assert!(
            work <= MOST && after_quiet <= MOST,
            "{users} users: {work}, {after_quiet} after two quiet hours"
        );
    }
}

#[test]
fn a_full_store_rejects_a_start_without_visiting_what_lives() {
    let users = 10_000;
    let store = MemoryStore::with_capacity(usize::try_from(users).unwrap());
    for number in 0..users {
        let person = Person::new(number);
        person.start(&store, BEGIN);
        assert!(person.redeem(&store, BEGIN, DAY).is_some());
    }
    // Every challenge has expired, and every user and every grant lives.
    let (mut work, mut now) = (Work::default(), BEGIN.plus(10 * MINUTE));
    for newcomer in users..users + 50 {
        assert!(work.of(|| Person::new(newcomer).reserve(&store, now)).is_err());
        now = now.plus(MINUTE / 2);
    }
    assert!(work.0 <= 10, "{}", work.0);
    // Every user has expired, and no grant has.
    now = BEGIN.plus(2 * HOUR);
    assert!(work.of(|| Person::new(users).reserve(&store, now)).is_err());
    assert!(work.0 <= 10, "{}", work.0);
    // Everything has expired.
    now = BEGIN.plus(DAY);
    for newcomer in users..users + 50 {
        assert!(work.of(|| Person::new(newcomer).reserve(&store, now)).unwrap());
    }
    assert!(work.0 <= 2 * MOST, "{}", work.0);
}

#[test]
fn a_table_full_of_numbers_makes_room_with_little_work() {
    let numbers = 9_000;
    let store = MemoryStore::with_capacity(numbers / 3);
    for number in 0..numbers as u64 {
        let person = Person::new(number);
        assert!(person.count(&store, 0, BEGIN).is_ok());
        person.complete(&store, BEGIN);
    }
    // Every count has ended, and every number is remembered.
    let (mut work, now) = (Work::default(), BEGIN.plus(2 * DAY));
    for newcomer in 0..500 {
        assert!(work.of(|| Person::new(100_000 + newcomer).count(&store, 0, now)).is_ok());
    }
    assert!(work.0 <= 10 * MOST, "{}", work.0);
    assert_eq!(store.count().0, [0, 0, numbers]);
}

/// Returns the visits of reading the bound grants of a user, and of consuming one, after so many were consumed.
fn guarded_request(consumed: u8) -> (u64, u64) {
    let store = MemoryStore::with_capacity(16 * 1000);
    let (mut reading, mut consuming, mut now) = (0, 0, BEGIN);
    for number in 0..=consumed {
        let person = Person::new(0).approving(number);
        person.keep(&store, now).unwrap();
        person.start(&store, now);
        let grant = person.redeem(&store, now, 30 * DAY).unwrap();
        let (mut reads, mut consumes) = (Work::default(), Work::default());
        assert_eq!(reads.of(|| person.bound_grants(&store)).len(), 1);
        assert!(consumes.of(|| person.consume(&store, &grant)));
        (reading, consuming, now) = (reads.0, consumes.0, now.plus(2 * HOUR));
    }
    assert_eq!(Person::new(0).consumed(&store, BEGIN), usize::from(consumed) + 1, "each is remembered");
    (reading, consuming)
}

#[test]
fn consumed_approvals_cost_a_guarded_request_nothing() {
    let ((few, _), (reads, consumes)) = (guarded_request(0), guarded_request(250));
    assert_eq!(reads, few);
    // A path through the heap of 251 records, whose steps compare three records each, and the table that grows once.
    assert!(consumes <= 400, "{consumes}");
}
