//! What spans the crates of mfakit: the tests stand in `it`, `redis` and `browser`, the benchmarks in `benches`.
