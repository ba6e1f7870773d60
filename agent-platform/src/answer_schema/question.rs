//! Questions: attributes and their member names in an answer.

use crate::hash::FeatureHash;
use crate::ontology::{Attribute, AttributeType, Choice, ObjectClass};

use super::keys::{Keys, make_unique};

/// Member with a feature hash. It identifies options.
pub(super) const FEATURE_HASH_KEY: &str = "feature_node_hash";
/// Member with the label that belongs to the feature hash.
pub(super) const TITLE_KEY: &str = "title";

/// A question for one attribute.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) feature_hash: FeatureHash,
    /// `true` if `null` is a valid answer.
    pub(super) is_optional: bool,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text,
    Number,
    /// Exactly one of these options.
    Radio(Vec<Alternative>),
    /// Any number of these options, each with its member name.
    Checklist(Vec<(String, Alternative)>),
}

/// An option or an object class, with the questions nested below it.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    /// The label, made unique among its siblings.
    pub(super) title: String,
    pub(super) feature_hash: FeatureHash,
    pub(super) nested: Vec<Question>,
}

impl Alternative {
    fn from_option(option: &Choice, title: String) -> Self {
        let nested = questions(option.attributes(), Keys::with_reserved(&[FEATURE_HASH_KEY, TITLE_KEY]));
        Self { title, feature_hash: option.feature_hash().to_owned(), nested }
    }

    fn from_class(class: &ObjectClass, title: String) -> Self {
        let nested = questions(class.attributes(), Keys::with_reserved(&[FEATURE_HASH_KEY, TITLE_KEY]));
        Self { title, feature_hash: class.feature_hash().to_owned(), nested }
    }
}

/// Returns `true` if there are no nested questions, so that titles identify the options.
pub(super) fn is_flat(choices: &[Alternative]) -> bool {
    choices.iter().all(|choice| choice.nested.is_empty())
}

/// Converts attributes to questions. Archived attributes and those of unknown types are skipped.
pub(super) fn questions<'o>(attributes: impl Iterator<Item = &'o Attribute>, mut keys: Keys) -> Vec<Question> {
    attributes.filter_map(|attribute| question(attribute, &mut keys)).collect()
}

/// Converts an attribute to a question. Recurses as deep as the ontology's JSON is nested, at most 128 levels.
pub(super) fn question(attribute: &Attribute, keys: &mut Keys) -> Option<Question> {
    if attribute.is_archived() {
        return None;
    }
    let kind = match attribute.attribute_type() {
        AttributeType::Text => Kind::Text,
        AttributeType::Numeric => Kind::Number,
        AttributeType::Radio => Kind::Radio(options(attribute)),
        AttributeType::Checklist => {
            let mut keys = Keys::with_reserved(&[FEATURE_HASH_KEY]);
            let values = attribute.options().filter(|option| !option.is_archived()).map(Choice::value);
            Kind::Checklist(values.map(|value| keys.for_option(value)).zip(options(attribute)).collect())
        }
        AttributeType::Unknown(_) => return None,
    };
    if matches!(&kind, Kind::Radio(options) if options.is_empty())
        || matches!(&kind, Kind::Checklist(options) if options.is_empty())
    {
        return None;
    }
    Some(Question {
        key: keys.for_attribute(attribute.name()),
        name: attribute.name().to_owned(),
        feature_hash: attribute.feature_hash().to_owned(),
        is_optional: !attribute.is_required(),
        kind,
    })
}

fn options(attribute: &Attribute) -> Vec<Alternative> {
    let mut alternatives: Vec<Alternative> = Vec::new();
    for option in attribute.options().filter(|option| !option.is_archived()) {
        let title = title(option.label(), &alternatives);
        alternatives.push(Alternative::from_option(option, title));
    }
    alternatives
}

/// Converts object classes to the options of one question.
pub(super) fn classes<'o>(classes: impl IntoIterator<Item = &'o ObjectClass>) -> Vec<Alternative> {
    let mut alternatives: Vec<Alternative> = Vec::new();
    for class in classes.into_iter().filter(|class| !class.is_archived()) {
        let title = title(class.name(), &alternatives);
        alternatives.push(Alternative::from_class(class, title));
    }
    alternatives
}

fn title(label: &str, before: &[Alternative]) -> String {
    let is_taken = |title: &str| before.iter().any(|alternative| alternative.title == title);
    make_unique(label, is_taken, |label, number| format!("{label} ({number})"))
}
