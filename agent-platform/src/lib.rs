//! The Encord platform from Rust: a signed client, ontologies, and label rows that lose nothing.
//!
//! * [`auth`]: the key or token an agent has, and how requests are signed with it.
//! * [`client`]: every call an agent makes of the platform, over one pool of connections.
//! * [`environment`]: environment variables that must be usable if they are set.
//! * [`hash`]: hashes of projects, data units, label rows, objects and classes, one type for each kind.
//! * [`ontology`] and [`labels`]: what those calls bring as JSON text, to read and to change.
//! * [`answer_schema`]: what an ontology asks as a JSON schema for language models, and their answers as edits.
//! * [`memory`]: the bytes that decoded media and large responses may take together.
//! * `media`, a feature: pixels. Images are read, cut to objects, fitted and encoded for models.

#![warn(missing_debug_implementations)]

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod answer_schema;
pub mod auth;
pub mod client;
pub mod environment;
pub mod hash;
pub mod json;
pub mod labels;
pub mod lenient_json;
#[cfg(feature = "media")]
pub mod media;
pub mod memory;
pub mod notification;
pub mod ontology;
