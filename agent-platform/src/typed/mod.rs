//! Labels typed by an ontology: the traits and the generic code behind the types of `ontology!`.
//!
//! `ontology!` generates a type for each class: [`ObjectType`] for object classes, with its builder, and [`ClassificationType`]
//! for classification classes. Options of radios and checklists are enums ([`OptionType`]). The generated code only names feature
//! hashes; reading, writing and the comparison with the ontology of the project are here.
//!
//! | to | write |
//! |---|---|
//! | read all objects of a class | `row.objects_as::<Coin>()?` |
//! | add an object | `row.add(NewCoin::new(shape, Metal::Silver).diameter(31.5)).on(frame)?` |
//! | change an answer | `coin.set_metal(row, Metal::Bronze)?` |
//! | read the classifications of a class | `row.classifications_as::<Scene>()?` |
//! | classify | `row.classify_as(Scene::Outdoors).on(frame)?` |
//! | change a classification | `row.edit_classification(hash)?.set_as(Scene::Outdoors)?` |
//!
//! Reading is total: an archived option, or one that the build does not know, is the variant `Unrecognized` with its feature hash,
//! and an answer of another type than the attribute's is no answer. Neither is changed in the row unless the agent writes that
//! attribute.
//!
//! When a class is used with the ontology of a project for the first time, it is compared with the ontology of the build. If the
//! project lacks something that the types rely on, every use of the class is the error
//! [`OntologyChange`](crate::ontology::OntologyChange).

mod answer_type;
mod answers;
mod build_ontology;
mod checklist;
mod classification;
mod item_key;
mod new_answers;
mod new_object;
mod object;
mod shape;
mod typed_class;

pub use answer_type::{AnswerType, NestedAnswer, OptionType};
pub use answers::{AnswerReader, Answers};
pub use build_ontology::BuildOntology;
pub use checklist::Checklist;
pub use classification::ClassificationType;
pub use item_key::ItemKey;
pub use new_answers::NewAnswers;
pub use new_object::NewObject;
pub use object::{ObjectLabel, ObjectType, check_class, read_object, read_ranged_object};
pub use shape::LabelShape;
pub use typed_class::TypedClass;
