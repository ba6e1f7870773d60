//! Types of answers.

use crate::hash::FeatureHash;
use crate::labels::{AnswerInput, AnswerValue};

use super::answers::AnswerReader;
use super::checklist::Checklist;
use super::item_key::ItemKey;
use super::new_answers::NewAnswers;

/// An option of a radio or checklist, as an enum of `ontology!`. Options of a radio carry the answers nested below them.
pub trait OptionType: Sized + Clone + PartialEq {
    /// The attribute.
    const ATTRIBUTE: ItemKey;

    /// Reads a chosen option.
    fn read(option: &FeatureHash, answers: AnswerReader<'_>) -> Self;

    /// Adds the nested answers, and returns the feature hash.
    fn write<'v>(&'v self, answers: &mut NewAnswers) -> &'v str;

    /// Returns the label of the option in the ontology of the build; `None` if it is newer than the build.
    #[must_use]
    fn title(&self) -> Option<&'static str> {
        let mut nested = NewAnswers::default();
        Some(Self::ATTRIBUTE.source().ontology()?.option(self.write(&mut nested))?.label())
    }
}

/// An answer to an attribute: an [`OptionType`] for a radio, a [`Checklist`], `String` or `f64`.
pub trait AnswerType: Sized {
    /// Reads an answer. `None` if it is of another type.
    fn read(value: &AnswerValue, answers: AnswerReader<'_>) -> Option<Self>;

    /// Adds the answer to an attribute, and those nested below it.
    fn write(&self, attribute: &'static str, answers: &mut NewAnswers);
}

impl<T: OptionType> AnswerType for T {
    fn read(value: &AnswerValue, answers: AnswerReader<'_>) -> Option<Self> {
        match value {
            AnswerValue::Radio(option) => Some(T::read(&option.feature_hash, answers)),
            _ => None,
        }
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        answers.with_nested(attribute, |answers| vec![OptionType::write(self, answers).to_owned()]);
    }
}

impl<T: OptionType> AnswerType for Checklist<T> {
    fn read(value: &AnswerValue, answers: AnswerReader<'_>) -> Option<Self> {
        match value {
            AnswerValue::Checklist(options) => {
                Some(options.iter().map(|option| T::read(&option.feature_hash, answers)).collect())
            }
            _ => None,
        }
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        let options = |answers: &mut _| self.iter().map(|option| option.write(answers).to_owned()).collect();
        answers.with_nested(attribute, options);
    }
}

impl AnswerType for String {
    fn read(value: &AnswerValue, _: AnswerReader<'_>) -> Option<Self> {
        value.as_text().map(str::to_owned)
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        answers.push(attribute, Some(AnswerInput::Text(self.clone())));
    }
}

impl AnswerType for f64 {
    fn read(value: &AnswerValue, _: AnswerReader<'_>) -> Option<Self> {
        value.as_number()
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        answers.push(attribute, Some(AnswerInput::Number(*self)));
    }
}

/// A nested answer, as a field of an option: an `Option`, or a [`Checklist`], which is no answer if it is empty.
pub trait NestedAnswer: Sized {
    /// Reads the answer to an attribute.
    fn read(attribute: &str, answers: AnswerReader<'_>) -> Self;

    /// Adds the answer, or clears it.
    fn write(&self, attribute: &'static str, answers: &mut NewAnswers);
}

impl<T: AnswerType> NestedAnswer for Option<T> {
    fn read(attribute: &str, answers: AnswerReader<'_>) -> Self {
        answers.get(attribute)
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        match self {
            Some(answer) => answer.write(attribute, answers),
            None => answers.push(attribute, None),
        }
    }
}

impl<T: OptionType> NestedAnswer for Checklist<T> {
    fn read(attribute: &str, answers: AnswerReader<'_>) -> Self {
        answers.checklist(attribute)
    }

    fn write(&self, attribute: &'static str, answers: &mut NewAnswers) {
        if self.is_empty() {
            answers.push(attribute, None);
        } else {
            AnswerType::write(self, attribute, answers);
        }
    }
}

impl AnswerReader<'_> {
    /// Reads the answer to an attribute. `None` if there is none, or one of another type.
    #[must_use]
    pub fn get<T: AnswerType>(self, attribute: &str) -> Option<T> {
        T::read(self.value(attribute)?, self)
    }

    /// Reads the answer to a checklist. Empty if there is none, or one of another type.
    #[must_use]
    pub fn checklist<T: OptionType>(self, attribute: &str) -> Checklist<T> {
        self.get(attribute).unwrap_or_default()
    }

    /// Reads the answer to an attribute below an option.
    #[must_use]
    pub fn nested<T: NestedAnswer>(self, attribute: &str) -> T {
        T::read(attribute, self)
    }
}

impl NewAnswers {
    /// Adds the answer to an attribute.
    pub fn answer<T: AnswerType>(&mut self, attribute: &'static str, answer: &T) {
        answer.write(attribute, self);
    }

    /// Adds the answer to an attribute below an option, or clears it.
    pub fn nested<T: NestedAnswer>(&mut self, attribute: &'static str, answer: &T) {
        answer.write(attribute, self);
    }
}
