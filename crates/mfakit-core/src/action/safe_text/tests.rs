//! Safe text.
