//! Integration tests of the platform client, ontologies, label rows and media. They require only cargo.
//!
//! The package `agent-tests` compares the same code with the recorded contract and with the Python packages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod answer_schema;
mod checksum;
mod client_credentials;
mod client_downloads;
mod client_environment;
mod client_label_rows;
mod client_limits;
mod client_log;
mod client_paging;
mod client_requests;
mod client_retries;
mod client_secrets;
mod client_signing;
mod client_start_check;
mod labels_bounds;
mod labels_bounds_properties;
mod labels_difference;
mod labels_edit;
mod labels_empty;
mod labels_events;
mod labels_merge;
mod labels_text;
#[cfg(feature = "media")]
mod media_crops;
#[cfg(feature = "media")]
mod media_headers;
#[cfg(feature = "media")]
mod media_images;
mod memory_budget;
mod ontology_read;
#[cfg(feature = "media")]
mod quarters;
#[cfg(feature = "video")]
mod video_damage;
#[cfg(feature = "video")]
mod video_frames;
