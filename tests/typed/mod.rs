//! Labels typed by an ontology: reading and writing through the types compared with the untyped API.

mod cases;
mod generated;
mod generator;
mod sample;

#[test]
fn types_of_44_ontologies_read_and_write_like_untyped_labels() {
    generated::CHECKS.iter().for_each(|check| check());
}
