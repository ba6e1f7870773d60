//! Language-model answers for an ontology: a JSON schema to request them, and a parser that turns them into label
//! edits.
//!
//! | question | schema | result |
//! |---|---|---|
//! | classification of frames | [`ClassificationSchema::new`]`(ontology.classifications())` | [`ClassificationAnswers`], for [`ClassificationAnswers::classify`] |
//! | attributes of an object | [`AttributeSchema::new`]`(class.attributes())` | [`AttributeAnswers`], for [`AttributeAnswers::answer`] |
//! | class of an object, and its attributes | [`ObjectSchema::new`]`(ontology.objects())` | [`ObjectAnswer`], for [`ObjectAnswer::add`] |
//!
//! All three implement [`AnswerSchema`]. Send [`schema`](AnswerSchema::schema) to the model, and pass its answer to
//! [`parse`](AnswerSchema::parse), which accepts or rejects it as a whole. Applying an answer is atomic.
//!
//! ```
//! use std::sync::Arc;
//! use agent_platform::answer_schema::{AnswerSchema, ClassificationSchema};
//! use agent_platform::labels::LabelRow;
//! use agent_platform::ontology::Ontology;
//!
//! let ontology = Arc::new(Ontology::parse(r#"{"classifications": [{"id": "1", "featureNodeHash": "c1", "attributes": [
//!     {"id": "1.1", "name": "Weather", "type": "radio", "required": true, "featureNodeHash": "w1", "options": [
//!         {"id": "1.1.1", "label": "Sunny", "value": "sunny", "featureNodeHash": "s1"},
//!         {"id": "1.1.2", "label": "Rainy", "value": "rainy", "featureNodeHash": "r1"}]}]}]}"#)?);
//! # let text = r#"{"label_hash": "8d1", "data_type": "image", "data_units": {"d1": {"data_hash": "d1", "data_type":
//! #     "image/png", "width": 64, "height": 48, "data_sequence": "0", "labels": {"objects": [], "classifications": []}}},
//! #     "object_answers": {}, "classification_answers": {}, "object_actions": {}}"#;
//! let mut row = LabelRow::parse(text, ontology.clone())?;
//!
//! let schema = ClassificationSchema::new(ontology.classifications());
//! println!("{}", schema.schema()); // ... to the model, which answers:
//! let error = schema.parse(r#"{"weather": {"feature_node_hash": "w1", "choice": "Snowy"}}"#).unwrap_err();
//! assert_eq!(error.to_string(), r#"weather.choice must be one of "Sunny", "Rainy", not "Snowy""#);
//! let answers = schema.parse(r#"{"weather": {"feature_node_hash": "w1", "choice": "Rainy"}}"#)?;
//! answers.classify(&mut row, 0)?;
//! assert!(row.frame(0).classifications().any(|is| is.value().is_some_and(|answer| answer.has("Rainy"))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Answer format
//!
//! The format is that of `OntologyDataModel` in the Python package `encord-agents`, so answers for its schema are also
//! valid here. An answer is an object with one member per attribute, named after it (`Time of day` becomes
//! `time_of_day`).
//!
//! | attribute | member |
//! |---|---|
//! | text | `{"feature_node_hash": "...", "value": "..."}`, at most 1,000 characters |
//! | numeric | `{"feature_node_hash": "...", "value": 0.5}` |
//! | radio | `{"feature_node_hash": "...", "choice": "Sunny"}`: the label of an option |
//! | radio with nested attributes | `{"feature_node_hash": "...", "choice": {"feature_node_hash": "...", "title": "Sunny", ...}}`: the option, with a member for each attribute nested below it |
//! | checklist | `{"feature_node_hash": "...", "wet": true, "dirty": false}`: a member for each option, named after its value; for an option with nested attributes, `false` or an object with their answers |
//! | any optional attribute | also `null`: not answered |
//!
//! The schema uses only features supported by both `OpenAI`'s strict structured outputs and Anthropic's tools and
//! structured outputs. Every object lists all of its members as required and allows no others. Optional members are
//! nullable. Constants are enumerations with one value. There are no length or range constraints. Member names have up
//! to 64 letters, digits, `_`, `.` and `-`. The same text works for `response_format.json_schema.schema` with `strict`,
//! for `tools[].input_schema` and for `output_config.format.schema`.
//!
//! Endpoints limit schemas: `OpenAI` limits the nesting depth, Anthropic's strict modes limit the number of nullable
//! members. If their error reports such a limit, ask for less at once, or do without `strict`:
//! [`parse`](AnswerSchema::parse) validates answers in any case.
//!
//! # Differences from the Python class
//!
//! | | Python | here |
//! |---|---|---|
//! | numeric attributes | no schema | a number |
//! | radios | with pydantic 2.11 and later no schema | a schema |
//! | attributes below checklist options | not asked | asked |
//! | archived classes, attributes and options | asked | not asked |
//! | attributes without a name | member `""` | member `attribute` |
//! | attributes with the same name | only the last one | all: `kind`, `kind_2` |
//! | radio options with the same label | only the last one | all: `Other`, `Other (2)` |
//! | non-ASCII letters in names | kept; Anthropic rejects them | removed |
//! | object classes | boxes, polygons and masks | all shapes |
//! | `null` | never | for optional attributes |
//! | blank text | an answer | like `null`; rejected if required |
//! | unexpected members | ignored | rejected |
//! | title of an option with nested attributes | absent; ignored | present; validated, but may be missing |
//! | title of an option without nested attributes, next to options with some | without punctuation | the label |
//! | `"yes"`, `"true"`, `1` for `true` | accepted | rejected |
//! | radios without options | asked, without a valid answer | not asked |
//! | dynamic attributes | set on no frame; an error below options | set on the given frames |
//! | dynamic checklists with no option chosen | set to the empty selection on a frame | not answered |

mod answer_parser;
mod answers;
mod apply;
mod error;
mod json_schema;
mod keys;
mod question;
mod schema;
mod typed;

pub use answers::{
    Answers, AttributeAnswer, AttributeAnswers, ClassificationAnswer, ClassificationAnswers, ObjectAnswer,
};
pub use error::{AnswerError, AnswerProblem};
pub use schema::{AnswerSchema, AttributeSchema, ClassificationSchema, ObjectSchema};
pub use typed::{ClassificationQuestion, ObjectQuestion};
