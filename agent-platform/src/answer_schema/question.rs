//! What is asked: attributes, with the names that they have in an answer.

use crate::ontology::{Attribute, AttributeType, Choice, ObjectClass};

use super::keys::{Keys, distinct};

/// The member that repeats a feature hash, by which options are told apart.
pub(super) const IDENTITY: &str = "feature_node_hash";
/// The member that says in words what the feature hash stands for.
pub(super) const TITLE: &str = "title";

/// An attribute that is asked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) feature_hash: String,
    /// Whether it may stay without an answer.
    pub(super) is_optional: bool,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text,
    Number,
    /// One of these.
    Radio(Vec<Asked>),
    /// Any of these, each with a member.
    Checklist(Vec<(String, Asked)>),
}

/// An option, or a class of objects, with what is asked once it is chosen.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// What stands for it: its label, made distinct.
    pub(super) title: String,
    pub(super) feature_hash: String,
    pub(super) below: Vec<Question>,
}

impl Asked {
    fn of_option(option: &Choice, title: String) -> Self {
        let below = questions(option.attributes(), Keys::without(&[IDENTITY, TITLE]));
        Self { title, feature_hash: option.feature_hash().to_owned(), below }
    }

    fn of_class(class: &ObjectClass, title: String) -> Self {
        let below = questions(class.attributes(), Keys::without(&[IDENTITY, TITLE]));
        Self { title, feature_hash: class.feature_hash().to_owned(), below }
    }
}

/// Whether titles alone tell these apart: nothing is asked below any.
pub(super) fn is_flat(choices: &[Asked]) -> bool {
    choices.iter().all(|choice| choice.below.is_empty())
}

/// What attributes ask. Those that nobody can answer any more are left out.
pub(super) fn questions<'o>(attributes: impl Iterator<Item = &'o Attribute>, mut keys: Keys) -> Vec<Question> {
    attributes.filter_map(|attribute| question(attribute, &mut keys)).collect()
}

/// Recursion as deep as the ontology's text is nested, which is 128 at most.
pub(super) fn question(attribute: &Attribute, keys: &mut Keys) -> Option<Question> {
    if attribute.is_archived() {
        return None;
    }
    let kind = match attribute.attribute_type() {
        AttributeType::Text => Kind::Text,
        AttributeType::Numeric => Kind::Number,
        AttributeType::Radio => Kind::Radio(options(attribute)),
        AttributeType::Checklist => {
            let mut keys = Keys::without(&[IDENTITY]);
            let values = attribute.options().filter(|option| !option.is_archived()).map(Choice::value);
            Kind::Checklist(values.map(|value| keys.of_option(value)).zip(options(attribute)).collect())
        }
        AttributeType::Unknown(_) => return None,
    };
    if matches!(&kind, Kind::Radio(options) if options.is_empty())
        || matches!(&kind, Kind::Checklist(options) if options.is_empty())
    {
        return None;
    }
    Some(Question {
        key: keys.of_attribute(attribute.name()),
        name: attribute.name().to_owned(),
        feature_hash: attribute.feature_hash().to_owned(),
        is_optional: !attribute.is_required(),
        kind,
    })
}

fn options(attribute: &Attribute) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for option in attribute.options().filter(|option| !option.is_archived()) {
        let title = title(option.label(), &asked);
        asked.push(Asked::of_option(option, title));
    }
    asked
}

/// Classes of objects as the options of one question.
pub(super) fn classes<'o>(classes: impl IntoIterator<Item = &'o ObjectClass>) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for class in classes.into_iter().filter(|class| !class.is_archived()) {
        let title = title(class.name(), &asked);
        asked.push(Asked::of_class(class, title));
    }
    asked
}

fn title(label: &str, before: &[Asked]) -> String {
    let is_taken = |title: &str| before.iter().any(|asked| asked.title == title);
    distinct(label, is_taken, |label, number| format!("{label} ({number})"))
}
