//! Asking a language model what an ontology asks: a JSON schema for its answer, and the answer as label edits.
//!
//! | to ask | write | gives |
//! |---|---|---|
//! | what frames are classified as | [`ClassificationSchema::new`]`(ontology.classifications())` | [`ClassificationAnswers`], for [`ClassificationAnswers::classify`] |
//! | attributes of an object | [`AttributeSchema::new`]`(class.attributes())` | [`AttributeAnswers`], for [`AttributeAnswers::answer`] |
//! | which class an object is of, and its attributes | [`ObjectSchema::new`]`(ontology.objects())` | [`ObjectAnswer`], for [`ObjectAnswer::add`] |
//!
//! All three are [`AnswerSchema`]s: [`schema`](AnswerSchema::schema) goes to the model, and what it answers through
//! [`parse`](AnswerSchema::parse), which gives all of the answer or none. Edits are made in one step, or not at all.
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
//! # The form of an answer
//!
//! It is that of `OntologyDataModel` of the Python package `encord-agents`, so that an answer for its schema is one for this:
//! an object with a member for each attribute, named after it (`Time of day` as `time_of_day`).
//!
//! | attribute | its member |
//! |---|---|
//! | text | `{"feature_node_hash": "...", "value": "..."}`, of 1,000 characters at most |
//! | numeric | `{"feature_node_hash": "...", "value": 0.5}` |
//! | radio | `{"feature_node_hash": "...", "choice": "Sunny"}`: the label of an option |
//! | radio with attributes below options | `{"feature_node_hash": "...", "choice": {"feature_node_hash": "...", "title": "Sunny", ...}}`: the option, with a member for each attribute below it |
//! | checklist | `{"feature_node_hash": "...", "wet": true, "dirty": false}`: a member for each option, named after its value; of an option with attributes `false`, or an object with them |
//! | any that is not required | also `null`: not answered |
//!
//! The schema keeps to what both `OpenAI`'s strict structured outputs and Anthropic's tools and structured outputs take: every
//! object lists all of its members as required and allows no others, what may be absent is nullable, constants are
//! enumerations of one, no lengths or limits, member names of letters, digits, `_`, `.` and `-` up to 64. It is the same text
//! for both: `response_format.json_schema.schema` with `strict`, `tools[].input_schema`, or `output_config.format.schema`.
//! Endpoints bound schemas: `OpenAI` levels of nesting, Anthropic's strict kinds how much is nullable. Their error says so
//! then; ask less at once, or do without `strict`: answers are checked here either way.
//!
//! # What differs from the Python class
//!
//! | | Python | here |
//! |---|---|---|
//! | numeric attributes | no schema | a number |
//! | radios | with pydantic 2.11 and later no schema | a schema |
//! | attributes below options of a checklist | not asked | asked |
//! | classes, attributes and options that are archived | asked | not asked |
//! | attributes without a name | the member `""` | `attribute` |
//! | attributes of the same name | the last one | each: `kind`, `kind_2` |
//! | options of one label in a radio | the last one | each: `Other`, `Other (2)` |
//! | names with other letters than ASCII's | as they are, which Anthropic refuses | without these |
//! | classes of objects | boxes, polygons and masks | of every shape |
//! | `null` | never | for what is not required |
//! | text without a character but blanks | an answer | none: like `null`, and refused if required |
//! | members that were not asked for | ignored | refused |
//! | the title of an option with attributes | not there; ignored | there; must be right, but may be absent |
//! | the title of an option without attributes, beside some with | without punctuation | the label |
//! | `"yes"`, `"true"`, `1` for `true` | taken | refused |
//! | radios without options | asked, with no right answer | not asked |
//! | dynamic attributes | answered on no frame; below their options an error | answered on the frames given |
//! | dynamic checklists with nothing ticked | on a frame, that nothing is ticked | not answered |

mod answers;
mod apply;
mod error;
mod keys;
mod question;
mod reading;
mod schema;
mod writing;

pub use answers::{
    Answers, AttributeAnswer, AttributeAnswers, ClassificationAnswer, ClassificationAnswers, ObjectAnswer,
};
pub use error::{AnswerError, AnswerProblem};
pub use schema::{AnswerSchema, AttributeSchema, ClassificationSchema, ObjectSchema};
