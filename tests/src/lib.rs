//! Tests that span the crates of mfakit, in `it`, `http`, `redis` and `browser`, and the benchmarks, in `benches`.
