//! Arguments of actix-web whose value a person can approve.

use actix_web::web::{Form, Json, Query};

use crate::approved_argument::approved_arguments;

approved_arguments!(Form, Json, Query);
