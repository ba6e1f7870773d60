//! The platform as the calls of a server share it: one connection, cached ontologies, label rows that are fetched, locked and saved.
//!
//! Several parameters of a call share one fetch. Independent requests run concurrently: the listing and then the labels on
//! one side, the project and then its ontology on the other.

mod connection;
mod edit_time;
pub(crate) mod fetch;
pub(crate) mod memory_error;
mod ontologies;
mod recent_gaps;
pub(crate) mod save;
mod save_verification;

pub(crate) use connection::Connection;
pub use connection::{DEFAULT_ONTOLOGY_AGE, OntologyAge, PlatformService};
pub use save_verification::SaveVerification;
