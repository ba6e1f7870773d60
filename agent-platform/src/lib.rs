//! The Encord platform from Rust: a signed client, ontologies, and label rows that lose nothing.

pub mod client;
mod json;
pub mod labels;
pub mod ontology;
