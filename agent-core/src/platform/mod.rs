//! The platform as the calls of a server share it: one connection, cached ontologies, label rows that are fetched, locked and saved.
//!
//! Several parameters of a call share one fetch. Independent requests run concurrently: the listing and then the labels on
//! one side, the project and then its ontology on the other. From the second call on a data unit on, its label row and its storage
//! item are requested at the same time as the listing, which then confirms or refutes the guess.

#[cfg(feature = "media")]
pub(crate) mod child_items;
mod connection;
mod drift;
mod edit_time;
pub(crate) mod fetch;
pub(crate) mod fetched_row;
mod lookups;
pub(crate) mod memory_error;
mod ontologies;
mod recent_gaps;
pub(crate) mod save;
mod save_verification;

pub(crate) use connection::Connection;
pub use connection::{DEFAULT_FILE_CACHE, DEFAULT_ONTOLOGY_AGE, FileCacheSize, OntologyAge, PlatformService};
pub use drift::CheckedProjects;
pub use lookups::{DEFAULT_LOOKUP_CACHE, LookupCacheSize};
pub use save_verification::SaveVerification;
