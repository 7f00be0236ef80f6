//! Arguments of axum whose value a person can approve.

use axum::{Form, Json, extract::Query};

use crate::approved_argument::approved_arguments;

approved_arguments!(Form, Json, Query);
