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
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "labels")]
pub mod answer_schema;
#[cfg(feature = "client")]
pub mod auth;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod environment;
pub mod hash;
#[cfg_attr(not(feature = "labels"), allow(dead_code, unused_imports, reason = "ontologies need a part of it"))]
pub mod json;
#[cfg(feature = "labels")]
pub mod labels;
#[cfg(feature = "client")]
pub mod lenient_json;
#[cfg(feature = "media")]
pub mod media;
#[cfg(feature = "client")]
pub mod memory;
#[cfg(feature = "client")]
pub mod notification;
pub mod ontology;
#[cfg(feature = "labels")]
pub mod typed;
