//! Label rows with random answers, read and written through the types and without them.

use std::sync::Arc;

use agent_runtime::agent_platform::labels::{
    AnswerInput, AnswerValue, AnyCoordinates, EditError, IntoNewObject, Object, ObjectEdit, RowMetadata, Timestamp,
};
use agent_runtime::agent_platform::ontology::{Attribute, AttributeType, Choice, ObjectClass, Shape};
use agent_runtime::agent_platform::typed::{ClassificationType, ObjectType};
use agent_runtime::prelude::*;
use fastrand::Rng;

/// Frames of the video.
pub(super) const FRAMES: u64 = 6;

/// An object class whose answers can be copied through its type.
pub(super) trait ObjectCase: ObjectType {
    type New: IntoNewObject;

    /// Writes the answers of `self` to another object.
    fn copy_answers(&self, to: &Self, row: &mut LabelRow) -> std::result::Result<(), EditError>;

    /// Returns a new object with the static answers of `self`.
    fn copy(&self) -> Self::New;
}

/// Implements [`ObjectCase`] for a type of `ontology!`, whose attributes have these kinds and names.
macro_rules! object_case {
    ($module:ident, $class:ident, $new:ident; $($kind:ident $get:ident $set:ident),*) => {
        impl $crate::typed::cases::ObjectCase for $module::$class {
            type New = $module::$new;

            fn copy_answers(
                &self,
                to: &Self,
                row: &mut agent_runtime::LabelRow,
            ) -> Result<(), agent_runtime::agent_platform::labels::EditError> {
                let _ = (to, &row);
                $($crate::typed::cases::object_case!(@copy self to row $kind $get $set);)*
                Ok(())
            }

            fn copy(&self) -> Self::New {
                let new = $module::$new::unanswered(
                    agent_runtime::agent_platform::typed::ObjectType::shape(self).clone(),
                );
                $($crate::typed::cases::object_case!(@build self new $kind $get);)*
                new
            }
        }
    };
    (@copy $from:ident $to:ident $row:ident checklist $get:ident $set:ident) => {
        if !$from.$get().is_empty() {
            $to.$set($row, $from.$get())?;
        }
    };
    (@copy $from:ident $to:ident $row:ident dynamic_checklist $get:ident $set:ident) => {
        for frame in 0..$crate::typed::cases::FRAMES {
            if !$from.$get(frame).is_empty() {
                $to.$set($row, $from.$get(frame), frame)?;
            }
        }
    };
    (@copy $from:ident $to:ident $row:ident dynamic_radio $get:ident $set:ident) => {
        $crate::typed::cases::object_case!(@copy_on_frames $from $to $row $get $set)
    };
    (@copy $from:ident $to:ident $row:ident dynamic_text $get:ident $set:ident) => {
        $crate::typed::cases::object_case!(@copy_on_frames $from $to $row $get $set)
    };
    (@copy $from:ident $to:ident $row:ident dynamic_numeric $get:ident $set:ident) => {
        $crate::typed::cases::object_case!(@copy_on_frames $from $to $row $get $set)
    };
    (@copy_on_frames $from:ident $to:ident $row:ident $get:ident $set:ident) => {
        for frame in 0..$crate::typed::cases::FRAMES {
            if let Some(answer) = $from.$get(frame) {
                $to.$set($row, answer, frame)?;
            }
        }
    };
    (@copy $from:ident $to:ident $row:ident $kind:ident $get:ident $set:ident) => {
        if let Some(answer) = $from.$get() {
            $to.$set($row, answer)?;
        }
    };
    (@build $from:ident $new:ident checklist $get:ident) => {
        let $new = if $from.$get().is_empty() { $new } else { $new.$get($from.$get()) };
    };
    (@build $from:ident $new:ident radio $get:ident) => {
        let $new = match $from.$get() { Some(answer) => $new.$get(answer), None => $new };
    };
    (@build $from:ident $new:ident text $get:ident) => {
        let $new = match $from.$get() { Some(answer) => $new.$get(answer), None => $new };
    };
    (@build $from:ident $new:ident numeric $get:ident) => {
        let $new = match $from.$get() { Some(answer) => $new.$get(answer), None => $new };
    };
    // Dynamic answers are given on frames.
    (@build $from:ident $new:ident $kind:ident $get:ident) => {};
}
pub(super) use object_case;

/// A label row with random answers, and one with the same objects and without answers.
pub(super) struct Case {
    answered: LabelRow,
    unanswered: LabelRow,
}

impl Case {
    /// Creates the rows from a seed.
    pub(super) fn new(seed: u64, ontology: &str) -> Self {
        let ontology = Arc::new(Ontology::parse(ontology).unwrap());
        let mut random = Rng::with_seed(seed);
        let (mut answered, mut unanswered) = (empty(&ontology), empty(&ontology));
        for (number, class) in ontology.objects().enumerate() {
            for copy in 0..3 {
                let hash = format!("object{number}{copy}");
                for row in [&mut answered, &mut unanswered] {
                    let new = row
                        .add(class)
                        .coordinates(coordinates(class.shape(), &mut random.clone()))
                        .with_hash(hash.as_str());
                    new.on_each(0..FRAMES).unwrap();
                }
                class.attributes().for_each(|attribute| answer(&mut answered, &hash, attribute, &mut random));
            }
        }
        for class in ontology.classifications() {
            for frame in 0..FRAMES {
                classify(&mut answered, class.attribute().unwrap(), class.feature_hash().as_str(), frame, &mut random);
            }
        }
        Self { answered, unanswered }
    }

    /// Creates the case of a row that has labels, with the same objects without answers.
    pub(super) fn from_row(answered: LabelRow) -> Self {
        let mut unanswered = answered.clone();
        let attributes: Vec<_> = answered
            .objects()
            .flat_map(|object| {
                let hash = object.hash().clone();
                let attributes = object.class().into_iter().flat_map(ObjectClass::attributes);
                attributes.flat_map(below).map(move |attribute| (hash.clone(), attribute)).collect::<Vec<_>>()
            })
            .collect();
        for (hash, attribute) in attributes {
            unanswered.edit(&hash).unwrap().clear_answer(attribute).unwrap();
        }
        let classifications: Vec<_> = answered.classifications().map(|found| found.hash().clone()).collect();
        classifications.iter().for_each(|hash| unanswered.delete_classification(hash).unwrap());
        Self { answered, unanswered }
    }

    /// Copies the answers of the objects of a class through its type and without it, and compares the rows.
    pub(super) fn objects<C: ObjectCase>(&self) -> usize {
        let (mut typed, mut untyped) = (self.unanswered.clone(), self.unanswered.clone());
        let mut from = self.answered.objects_as::<C>().unwrap();
        from.dedup_by(|one, other| one.label().hash() == other.label().hash());
        let to = self.unanswered.objects_as::<C>().unwrap();
        for from in &from {
            let (hash, frame) = (from.label().hash(), from.label().frame().unwrap());
            let to = to.iter().find(|to| to.label().hash() == hash).unwrap();
            from.copy_answers(to, &mut typed).unwrap();
            copy_answers(&self.answered.object(hash).unwrap(), &mut untyped);
            assert_eq!(typed.to_json(), untyped.to_json(), "{hash}");

            let json =
                |added: std::result::Result<ObjectEdit<'_>, EditError>| added.map(|new| new.object().json().to_owned());
            let added = json(typed.add(from.copy()).with_hash("copy").on(frame));
            let object = self.answered.object(hash).unwrap();
            let mut new = untyped.add(C::CLASS.feature_hash()).with_hash("copy");
            new = new.coordinates(object.at(frame).unwrap().any_coordinates().unwrap());
            for (attribute, value) in static_answers(&object) {
                new = new.answer(attribute, value);
            }
            assert_eq!(added, json(new.on(frame)), "{hash}");
            if added.is_ok() {
                typed.delete("copy").unwrap();
                untyped.delete("copy").unwrap();
            }
        }
        from.len()
    }

    /// Copies the classifications of a class through its type and without it, and compares the rows.
    pub(super) fn classifications<T: ClassificationType>(&self) -> usize {
        let (mut typed, mut untyped) = (self.unanswered.clone(), self.unanswered.clone());
        let found = self.answered.classifications_as::<T>().unwrap();
        let count = found.len();
        for (classification, answer) in found {
            let value = classification.value();
            assert_eq!(answer.is_some(), value.is_some());
            let (Some(answer), Some(value)) = (answer, value) else { continue };
            let class = classification.class().unwrap();
            let attribute = class.attribute().unwrap();
            let ranges = classification.ranges();
            let new = typed.classify_as(answer).with_hash(classification.hash().as_str());
            let mut other = untyped.classify(class, value.clone()).with_hash(classification.hash().as_str());
            for (nested, value) in nested_answers(attribute, &value, &|hash| classification.answer(hash)) {
                other = other.answer(nested, value);
            }
            let added = if ranges.is_empty() {
                (new.on_all().map(drop), other.on_all().map(drop))
            } else {
                (new.on(ranges.clone()).map(drop), other.on(ranges).map(drop))
            };
            assert_eq!(added.0, added.1);
            assert_eq!(typed.to_json(), untyped.to_json());
        }
        count
    }
}

fn empty(ontology: &Arc<Ontology>) -> LabelRow {
    let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "video", "data_units": {"d": {"data_hash": "d",
        "data_type": "video/mp4", "data_sequence": 0, "labels": {}}},
        "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    let metadata = format!(r#"{{"number_of_frames": {FRAMES}, "width": 640, "height": 480}}"#);
    let row = LabelRow::parse(text, Arc::clone(ontology)).unwrap().with_metadata(RowMetadata::parse(&metadata));
    at_fixed_time(row)
}

/// Dates all edits alike.
pub(super) fn at_fixed_time(row: LabelRow) -> LabelRow {
    row.with_time(Timestamp::parse("2026-05-04T09:40:00+00:00").unwrap())
}

fn coordinates(shape: &Shape, random: &mut Rng) -> AnyCoordinates {
    let (x, y) = (0.2 + random.f64() / 4.0, 0.2 + random.f64() / 4.0);
    let corners = [(x, y), (x + 0.1, y), (x + 0.1, y + 0.1)];
    match shape {
        Shape::BoundingBox => BoundingBox::new(x, y, 0.1, 0.1).into(),
        Shape::RotatableBoundingBox => RotatableBoundingBox { x, y, width: 0.1, height: 0.1, theta: 10.0 }.into(),
        Shape::Polygon => Polygon::new(corners).into(),
        Shape::Polyline => Polyline::new(corners.map(|(x, y)| Point::new(x, y))).into(),
        Shape::Point => Point::new(x, y).into(),
        Shape::Circle => Circle::new(x, y, 0.05).into(),
        Shape::Ellipse => Ellipse { x, y, rx: 0.05, ry: 0.05, theta: 0.0 }.into(),
        other => panic!("{other} is not generated"),
    }
}

/// Returns the attribute and all below it, depth first.
fn below(attribute: &Attribute) -> Vec<&Attribute> {
    let nested = attribute.options().flat_map(Choice::attributes).flat_map(below);
    std::iter::once(attribute).chain(nested).collect()
}

/// Chooses a random answer, with the options that it chooses.
fn random_answer<'o>(attribute: &'o Attribute, random: &mut Rng) -> (AnswerInput, Vec<&'o Choice>) {
    let options: Vec<&Choice> = attribute.options().collect();
    let hashes = |options: &[&Choice]| options.iter().map(|option| option.feature_hash().to_string()).collect();
    match attribute.attribute_type() {
        AttributeType::Text => (format!("text \"{}\" é\n", random.u8(..)).into(), Vec::new()),
        AttributeType::Numeric if random.bool() => (AnswerInput::Integer(random.i64(-9..9)), Vec::new()),
        AttributeType::Numeric => (random.f64().into(), Vec::new()),
        AttributeType::Radio => {
            // The first option has the nested attributes.
            let option = options[if random.bool() { 0 } else { random.usize(0..options.len()) }];
            (AnswerInput::Options(hashes(&[option])), vec![option])
        }
        AttributeType::Checklist => {
            let chosen: Vec<&Choice> = options.into_iter().filter(|_| random.bool()).collect();
            (AnswerInput::Options(hashes(&chosen)), chosen)
        }
        other => panic!("{other} is not generated"),
    }
}

fn answer(row: &mut LabelRow, object: &str, attribute: &Attribute, random: &mut Rng) {
    if random.u8(0..6) == 0 {
        return;
    }
    let mut chosen = Vec::new();
    if attribute.is_dynamic() {
        for _ in 0..3 {
            let (input, options) = random_answer(attribute, random);
            let start = random.u64(0..FRAMES);
            row.edit(object).unwrap().answer_on(attribute, input, start..=random.u64(start..FRAMES)).unwrap();
            chosen.extend(options);
        }
        // Nested answers need an option that is still chosen on some frame.
        let values = row.object(object).unwrap().dynamic_answers(attribute);
        chosen.retain(|option| values.iter().any(|(_, value)| value.has(option.feature_hash().as_str())));
    } else {
        let (input, options) = random_answer(attribute, random);
        row.edit(object).unwrap().answer(attribute, input).unwrap();
        chosen = options;
    }
    for nested in chosen.iter().flat_map(|option| option.attributes()) {
        answer(row, object, nested, random);
    }
}

fn classify(row: &mut LabelRow, attribute: &Attribute, class: &str, frame: u64, random: &mut Rng) {
    let (input, chosen) = random_answer(attribute, random);
    let hash = row.classify(class, input).on(frame).unwrap().hash().clone();
    let mut next = chosen;
    while let Some(option) = next.pop() {
        for nested in option.attributes() {
            let (input, chosen) = random_answer(nested, random);
            row.edit_classification(&hash).unwrap().answer(nested, input).unwrap();
            next.extend(chosen);
        }
    }
}

/// Returns the answers below the chosen options, depth first. Archived items are skipped, as the types skip them.
fn nested_answers(
    attribute: &Attribute,
    value: &AnswerValue,
    answer: &dyn Fn(&str) -> Option<AnswerValue>,
) -> Vec<(String, AnswerValue)> {
    let chosen = value.options().iter().filter_map(|chosen| attribute.option(&chosen.feature_hash));
    let nested = chosen.filter(|option| !option.is_archived()).flat_map(Choice::attributes);
    let mut answers = Vec::new();
    for nested in nested.filter(|nested| !nested.is_archived()) {
        let hash = nested.feature_hash().as_str();
        let Some(value) = answer(hash).filter(|value| !is_empty_checklist(value)) else { continue };
        answers.push((hash.to_owned(), value.clone()));
        answers.extend(nested_answers(nested, &value, answer));
    }
    answers
}

fn is_empty_checklist(value: &AnswerValue) -> bool {
    matches!(value, AnswerValue::Checklist(options) if options.is_empty())
}

/// Returns the static answers of an object, each before those nested below it.
fn static_answers(object: &Object<'_>) -> Vec<(String, AnswerValue)> {
    let attributes = object.class().unwrap().attributes();
    let mut answers = Vec::new();
    for attribute in attributes.filter(|attribute| !attribute.is_archived() && !attribute.is_dynamic()) {
        let value = object.answer(attribute).filter(|value| !is_empty_checklist(value));
        let Some(value) = value else { continue };
        answers.push((attribute.feature_hash().to_string(), value.clone()));
        answers.extend(nested_answers(attribute, &value, &|hash| object.answer(hash)));
    }
    answers
}

/// Copies the answers of an object into another row, without types.
fn copy_answers(from: &Object<'_>, row: &mut LabelRow) {
    let attributes = from.class().unwrap().attributes();
    for attribute in attributes.filter(|attribute| !attribute.is_archived()) {
        let hash = attribute.feature_hash().as_str();
        if !attribute.is_dynamic() {
            let value = from.answer(hash).filter(|value| !is_empty_checklist(value));
            let Some(value) = value else { continue };
            row.edit(from).unwrap().answer(hash, value.clone()).unwrap();
            copy_nested(from, attribute, &value, row);
            continue;
        }
        for frame in 0..FRAMES {
            let Some(value) = from.answer_at(hash, frame) else { continue };
            row.edit(from).unwrap().answer_on(hash, value.clone(), frame).unwrap();
            copy_nested(from, attribute, &value, row);
        }
    }
}

fn copy_nested(from: &Object<'_>, attribute: &Attribute, value: &AnswerValue, row: &mut LabelRow) {
    for (nested, value) in nested_answers(attribute, value, &|hash| from.answer(hash)) {
        row.edit(from).unwrap().answer(nested, value).unwrap();
    }
}
