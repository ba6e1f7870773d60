//! Ontologies.
