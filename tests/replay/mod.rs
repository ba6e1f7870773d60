//! Replays of the recordings in `tests/recordings`: clients and servers of this project against what the published Python
//! packages sent and answered.

mod agent;
mod agent_http;
mod client_errors;
mod client_exchanges;
mod client_fields;
mod client_flow;
mod client_signing;
mod colours;
mod issues;
mod label_rows;
mod label_rows_empty;
mod label_rows_merge;
#[cfg(feature = "lambda")]
mod lambda;
mod notification_vectors;
mod peer_requests;
mod row_set;
mod studio_exchanges;
mod studio_rows;
