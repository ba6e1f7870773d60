//! Answers as a label row has them.

use std::borrow::Cow;

use crate::hash::FeatureHash;
use crate::json::{boolean, elements, float, is_array, member, members, string};
use crate::ontology::{Attribute, AttributeType, Ontology};

/// Answer to an attribute (contract: `docs/contract/label-format.md#static-answers`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnswerValue {
    /// Answer to a text attribute.
    Text(String),
    /// Answer to a numeric attribute.
    Number(f64),
    /// Answer to a radio: the chosen option.
    Radio(ChosenOption),
    /// Answer to a checklist: the ticked options, in the order of the row.
    Checklist(Vec<ChosenOption>),
    /// Something that this crate does not know, as JSON.
    Unknown(String),
}

impl AnswerValue {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The options that are chosen: one of a radio, any number of a checklist.
    #[must_use]
    pub fn options(&self) -> &[ChosenOption] {
        match self {
            Self::Radio(option) => std::slice::from_ref(option),
            Self::Checklist(options) => options,
            _ => &[],
        }
    }

    /// Returns whether an option is chosen, by its feature hash or label.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.options().iter().any(|chosen| chosen.feature_hash == option || chosen.label == option)
    }
}

/// An option that is chosen, as the label row writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChosenOption {
    /// The identity of the option.
    pub feature_hash: FeatureHash,
    /// The label shown to annotators.
    pub label: String,
    /// The value beside the label.
    pub value: String,
}

/// An attribute with its answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The identity of the attribute.
    pub feature_hash: FeatureHash,
    /// The name of the attribute, as the label row writes it.
    pub name: String,
    /// The answer.
    pub value: AnswerValue,
    /// Set if a person answered.
    pub manual: bool,
}

/// An attribute of a class by its feature hash, or else by its name, depth first.
pub(crate) fn resolve_attribute<'o>(
    ontology: &'o Ontology,
    class: &str,
    attributes: impl Iterator<Item = &'o Attribute>,
    key: &str,
) -> Option<&'o Attribute> {
    if let Some(attribute) = ontology.attribute(key).filter(|attribute| attribute.class_feature_hash() == class) {
        return Some(attribute);
    }
    let mut next: Vec<&Attribute> = attributes.collect();
    next.reverse();
    while let Some(attribute) = next.pop() {
        // Two attributes with one hash: only the first is found by it, the other still by its name.
        if attribute.name() == key || attribute.feature_hash() == key {
            return Some(attribute);
        }
        let nested: Vec<_> = attribute.options().flat_map(crate::ontology::Choice::attributes).collect();
        next.extend(nested.into_iter().rev());
    }
    None
}

fn text_of(text: &str, key: &str) -> String {
    member(text, key).and_then(string).map(Cow::into_owned).unwrap_or_default()
}

/// The value of an `answers` member. A radio with none or several options is not answered.
pub(crate) fn value_of(answers: &str, kind: Option<&AttributeType>) -> Option<AnswerValue> {
    if let Some(text) = string(answers) {
        return Some(AnswerValue::Text(text.into_owned()));
    }
    if let Some(number) = float(answers) {
        return Some(AnswerValue::Number(number));
    }
    if !is_array(answers) {
        return Some(AnswerValue::Unknown(answers.to_owned()));
    }
    let option = |text| ChosenOption {
        feature_hash: text_of(text, "featureHash").into(),
        label: text_of(text, "name"),
        value: text_of(text, "value"),
    };
    let mut options: Vec<ChosenOption> = elements(answers).map(option).collect();
    match kind {
        Some(AttributeType::Radio) if options.len() == 1 => options.pop().map(AnswerValue::Radio),
        Some(AttributeType::Radio) => None,
        _ => Some(AnswerValue::Checklist(options)),
    }
}

/// The static answers in the `classifications` of an answers entry: one for each attribute, in the order they are met.
///
/// The last of several answers to one attribute counts, but a checklist of an object is the union of all: the editor writes one
/// for each option.
pub(crate) fn answers_in(ontology: &Ontology, entry: &str, union: bool) -> Vec<Answer> {
    let mut found: Vec<Answer> = Vec::new();
    for text in member(entry, "classifications").into_iter().flat_map(elements) {
        let Some((feature_hash, answer)) = answer_of(ontology, text) else { continue };
        match found.iter_mut().find(|other| other.feature_hash == feature_hash) {
            None => found.extend(answer),
            Some(before) => {
                let Some(answer) = answer else { continue };
                match (&mut before.value, answer.value) {
                    (AnswerValue::Checklist(options), AnswerValue::Checklist(more)) if union => {
                        let new = more.into_iter().filter(|option| !options.contains(option)).collect::<Vec<_>>();
                        options.extend(new);
                    }
                    (value, last) => *value = last,
                }
            }
        }
    }
    found
}

fn answer_of(ontology: &Ontology, text: &str) -> Option<(String, Option<Answer>)> {
    let (mut feature_hash, mut name, mut answers, mut manual) = (None, String::new(), None, true);
    for (key, value) in members(text) {
        match key.as_ref() {
            "featureHash" => feature_hash = string(value),
            "name" => name = string(value).unwrap_or_default().into_owned(),
            "answers" => answers = Some(value),
            "manualAnnotation" => manual = boolean(value).unwrap_or(true),
            _ => {}
        }
    }
    let feature_hash = feature_hash?.into_owned();
    let kind = ontology.attribute(&feature_hash).map(Attribute::attribute_type);
    let value = value_of(answers?, kind);
    Some((feature_hash.clone(), value.map(|value| Answer { feature_hash: feature_hash.into(), name, value, manual })))
}
