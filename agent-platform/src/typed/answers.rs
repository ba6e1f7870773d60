//! The answers of a label, by the feature hashes of the build.

use crate::hash::FeatureHash;
use crate::labels::{Answer, AnswerInput, AnswerValue, ChosenOption, Classification, Object, Ranges};
use crate::ontology::{Attribute, AttributeType, ClassMatch, Ontology};

/// The answers of an object or a classification.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    statics: Vec<(FeatureHash, AnswerValue)>,
    dynamics: Vec<(FeatureHash, Vec<(Ranges, AnswerValue)>)>,
}

impl Answers {
    pub(super) fn from_object<'h>(
        object: &Object<'_>,
        dynamic: impl Iterator<Item = &'h FeatureHash>,
        matched: &ClassMatch,
    ) -> Self {
        let translate = |(ranges, value)| (ranges, translated(value, matched));
        let dynamics = dynamic.filter_map(|attribute| {
            let answers = object.dynamic_answers(matched.to_project(attribute.as_str()));
            let answers: Vec<_> = answers.into_iter().map(translate).collect();
            (!answers.is_empty()).then(|| (attribute.clone(), answers))
        });
        Self { statics: statics(object.answers(), matched), dynamics: dynamics.collect() }
    }

    pub(super) fn from_classification(classification: &Classification<'_>, matched: &ClassMatch) -> Self {
        Self { statics: statics(classification.answers(), matched), dynamics: Vec::new() }
    }

    /// Creates static answers from inputs by the feature hashes of the build.
    pub(crate) fn from_inputs(ontology: &Ontology, inputs: impl Iterator<Item = (FeatureHash, AnswerInput)>) -> Self {
        let read = |(attribute, input): (FeatureHash, AnswerInput)| {
            let value = value_of(ontology.attribute(&attribute)?, input)?;
            Some((attribute, value))
        };
        Self { statics: inputs.filter_map(read).collect(), dynamics: Vec::new() }
    }

    /// Returns a reader of the answers that are the same on every frame.
    #[must_use]
    pub fn reader(&self) -> AnswerReader<'_> {
        AnswerReader { answers: self, frame: None }
    }

    /// Returns a reader of the answers on a frame.
    #[must_use]
    pub fn reader_at(&self, frame: u64) -> AnswerReader<'_> {
        AnswerReader { answers: self, frame: Some(frame) }
    }
}

fn value_of(attribute: &Attribute, input: AnswerInput) -> Option<AnswerValue> {
    let chosen = |key: &String| {
        let option = attribute.option(key)?;
        let (label, value) = (option.label().to_owned(), option.value().to_owned());
        Some(ChosenOption { feature_hash: option.feature_hash().clone(), label, value })
    };
    match (attribute.attribute_type(), input) {
        (AttributeType::Text, AnswerInput::Text(text)) => Some(AnswerValue::Text(text)),
        (AttributeType::Numeric, AnswerInput::Number(number)) => Some(AnswerValue::Number(number)),
        #[expect(clippy::cast_precision_loss, reason = "typed numbers are `f64`")]
        (AttributeType::Numeric, AnswerInput::Integer(number)) => Some(AnswerValue::Number(number as f64)),
        (AttributeType::Radio, AnswerInput::Options(keys)) => keys.first().and_then(chosen).map(AnswerValue::Radio),
        (AttributeType::Radio, AnswerInput::Text(key)) => chosen(&key).map(AnswerValue::Radio),
        (AttributeType::Checklist, AnswerInput::Options(keys)) => {
            Some(AnswerValue::Checklist(keys.iter().filter_map(chosen).collect()))
        }
        _ => None,
    }
}

fn statics(answers: Vec<Answer>, matched: &ClassMatch) -> Vec<(FeatureHash, AnswerValue)> {
    let answers = answers.into_iter();
    answers.map(|answer| (matched.to_build(answer.feature_hash), translated(answer.value, matched))).collect()
}

fn translated(mut value: AnswerValue, matched: &ClassMatch) -> AnswerValue {
    let options = match &mut value {
        AnswerValue::Radio(option) => std::slice::from_mut(option),
        AnswerValue::Checklist(options) => options.as_mut_slice(),
        _ => &mut [],
    };
    for option in options {
        option.feature_hash = matched.to_build(std::mem::take(&mut option.feature_hash));
    }
    value
}

/// Access to the answers of a label by type.
#[derive(Debug, Clone, Copy)]
pub struct AnswerReader<'a> {
    answers: &'a Answers,
    frame: Option<u64>,
}

impl<'a> AnswerReader<'a> {
    /// Reads the answer to a text attribute without a copy.
    #[must_use]
    pub fn text(self, attribute: &str) -> Option<&'a str> {
        self.value(attribute)?.as_text()
    }

    /// Returns the answer to an attribute: the dynamic one on the frame, or else the static one.
    pub(super) fn value(self, attribute: &str) -> Option<&'a AnswerValue> {
        let dynamic = self.frame.and_then(|frame| {
            let (_, answers) = self.answers.dynamics.iter().find(|(own, _)| own.as_str() == attribute)?;
            answers.iter().find(|(ranges, _)| ranges.contains(frame)).map(|(_, value)| value)
        });
        dynamic.or_else(|| {
            let (_, value) = self.answers.statics.iter().find(|(own, _)| own.as_str() == attribute)?;
            Some(value)
        })
    }
}
