//! Answers as a caller gives them, checked against their attribute.

use serde_json::value::RawValue;

use crate::hash::FeatureHash;
use crate::json::quote;
use crate::labels::error::EditError;
use crate::labels::new_entry::{OptionEntry, raw, to_json};
use crate::ontology::{Attribute, AttributeType, Choice};

use super::value::{AnswerValue, ChosenOption};

/// An answer to an attribute: text, a number, an option or several. Options are named by label, value or feature hash.
///
/// Methods accept every [`IntoAnswer`]: `"Red"`, `["Wet", "Dirty"]`, `3`, `0.5`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnswerInput {
    /// Text, or the one option of a radio.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// The options of a checklist, or the one of a radio.
    Options(Vec<String>),
}

/// An answer as an argument: `"Red"`, `["Wet", "Dirty"]`, `3`, `0.5`, or an [`AnswerInput`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer to an attribute",
    label = "not an answer",
    note = "an answer is an option by its name (`\"Yes\"`), several (`[\"Wet\", \"Dirty\"]`), text, an `i64` or an `f64`: for a `bool` write the option that it stands for, and convert other numbers with `i64::from(...)` or `f64::from(...)`"
)]
pub trait IntoAnswer {
    /// Converts the argument.
    fn into_answer(self) -> AnswerInput;
}

#[diagnostic::do_not_recommend]
impl<T: Into<AnswerInput>> IntoAnswer for T {
    fn into_answer(self) -> AnswerInput {
        self.into()
    }
}

impl From<&str> for AnswerInput {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for AnswerInput {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for AnswerInput {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&Choice> for AnswerInput {
    fn from(option: &Choice) -> Self {
        Self::Options(vec![option.feature_hash().to_string()])
    }
}

/// The option with this hash.
impl From<&FeatureHash> for AnswerInput {
    fn from(option: &FeatureHash) -> Self {
        Self::Options(vec![option.to_string()])
    }
}

impl From<i64> for AnswerInput {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for AnswerInput {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<const N: usize> From<[&str; N]> for AnswerInput {
    fn from(options: [&str; N]) -> Self {
        Self::Options(options.into_iter().map(str::to_owned).collect())
    }
}

impl From<&[&str]> for AnswerInput {
    fn from(options: &[&str]) -> Self {
        Self::Options(options.iter().map(|option| (*option).to_owned()).collect())
    }
}

impl From<Vec<&str>> for AnswerInput {
    fn from(options: Vec<&str>) -> Self {
        Self::from(&*options)
    }
}

impl From<Vec<String>> for AnswerInput {
    fn from(options: Vec<String>) -> Self {
        Self::Options(options)
    }
}

impl From<AnswerValue> for AnswerInput {
    /// An answer as it was read, to be given elsewhere.
    fn from(value: AnswerValue) -> Self {
        match value {
            AnswerValue::Text(text) | AnswerValue::Unknown(text) => Self::Text(text),
            AnswerValue::Number(number) => Self::Number(number),
            AnswerValue::Radio(option) => Self::Options(vec![option.feature_hash.to_string()]),
            AnswerValue::Checklist(options) => {
                Self::Options(options.iter().map(|option| option.feature_hash.to_string()).collect())
            }
        }
    }
}

/// An answer that fits its attribute.
#[derive(Debug, Clone)]
pub(crate) struct Fitting {
    pub(crate) value: AnswerValue,
    /// The `answers` member.
    pub(crate) json: Box<RawValue>,
}

/// Checks an answer against the attribute that it is for.
pub(crate) fn fit(attribute: &Attribute, input: AnswerInput) -> Result<Fitting, EditError> {
    let wrong = |given| EditError::WrongAnswer {
        attribute: attribute.name().to_owned(),
        expected: attribute.attribute_type().clone(),
        given,
    };
    match (attribute.attribute_type(), input) {
        (AttributeType::Text, AnswerInput::Text(text)) => {
            Ok(Fitting { json: raw(quote(&text)), value: AnswerValue::Text(text) })
        }
        (AttributeType::Numeric, AnswerInput::Integer(number)) => {
            #[expect(clippy::cast_precision_loss, reason = "only compared; what is written is exact")]
            let value = AnswerValue::Number(number as f64);
            Ok(Fitting { json: raw(number.to_string()), value })
        }
        // Whole numbers keep their fraction, as in Python: 5.0 is no integer.
        (AttributeType::Numeric, AnswerInput::Number(number)) if number.is_finite() => {
            Ok(Fitting { json: raw(format!("{number:?}")), value: AnswerValue::Number(number) })
        }
        (AttributeType::Numeric, AnswerInput::Number(_)) => Err(wrong("a number that is not finite")),
        (AttributeType::Radio, AnswerInput::Options(options)) if options.len() == 1 => fit_options(attribute, &options),
        (AttributeType::Radio, AnswerInput::Options(_)) => Err(wrong("none or several options")),
        (AttributeType::Radio | AttributeType::Checklist, AnswerInput::Text(option)) => {
            fit_options(attribute, &[option])
        }
        (AttributeType::Checklist, AnswerInput::Options(options)) => fit_options(attribute, &options),
        (_, AnswerInput::Text(_)) => Err(wrong("text")),
        (_, AnswerInput::Integer(_) | AnswerInput::Number(_)) => Err(wrong("a number")),
        (_, AnswerInput::Options(_)) => Err(wrong("options")),
    }
}

/// Options in the order of the ontology, each once.
fn fit_options(attribute: &Attribute, keys: &[String]) -> Result<Fitting, EditError> {
    for key in keys {
        if attribute.option(key).is_none() {
            return Err(EditError::UnknownOption { attribute: attribute.name().to_owned(), key: key.clone() });
        }
    }
    let wanted: Vec<_> = keys.iter().filter_map(|key| attribute.option(key)).map(Choice::feature_hash).collect();
    let chosen = attribute.options().filter(|option| wanted.contains(&option.feature_hash()));
    let chosen: Vec<ChosenOption> = chosen
        .map(|option| ChosenOption {
            feature_hash: option.feature_hash().to_owned(),
            label: option.label().to_owned(),
            value: option.value().to_owned(),
        })
        .collect();
    let json = raw(to_json(&chosen.iter().map(option_entry).collect::<Vec<_>>()));
    let value = match (attribute.attribute_type(), chosen.as_slice()) {
        (AttributeType::Radio, [only]) => AnswerValue::Radio(only.clone()),
        _ => AnswerValue::Checklist(chosen),
    };
    Ok(Fitting { value, json })
}

fn option_entry(option: &ChosenOption) -> OptionEntry<'_> {
    OptionEntry { name: &option.label, value: &option.value, feature_hash: option.feature_hash.as_str() }
}

/// Returns whether two answers are equal. Options are compared by their hashes, in any order.
#[expect(clippy::float_cmp, reason = "the same number, not a near one")]
pub(crate) fn same(one: &AnswerValue, other: &AnswerValue) -> bool {
    match (one, other) {
        (AnswerValue::Text(one), AnswerValue::Text(other)) => one == other,
        (AnswerValue::Number(one), AnswerValue::Number(other)) => one == other,
        (AnswerValue::Radio(_) | AnswerValue::Checklist(_), AnswerValue::Radio(_) | AnswerValue::Checklist(_)) => {
            let hashes = |value: &AnswerValue| {
                let mut hashes: Vec<_> = value.options().iter().map(|option| option.feature_hash.clone()).collect();
                hashes.sort();
                hashes
            };
            hashes(one) == hashes(other)
        }
        _ => false,
    }
}
