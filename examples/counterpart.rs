//! Matching of classes across shapes, and transfer of answers.

use std::cmp::Reverse;

use agent_runtime::agent_platform::labels::{AnswerInput, AnswerValue, AnyCoordinates, Object};
use agent_runtime::agent_platform::ontology::{Attribute, ObjectClass, Shape};
use agent_runtime::prelude::*;

/// Returns the class of one of these shapes with the most attributes in common with `class`. Ties are resolved by the
/// order of the shapes, then by the order of the ontology.
pub(crate) fn counterpart<'o>(
    ontology: &'o Ontology,
    class: &ObjectClass,
    shapes: &[Shape],
) -> Option<&'o ObjectClass> {
    let of_shape = |shape| ontology.objects().filter(move |target| target.shape() == shape && !target.is_archived());
    let shared = |old: &&Attribute, new: &ObjectClass| new.attributes().any(|new| matches(old, new));
    let shared = |new| class.attributes().filter(|old| shared(old, new)).count();
    let targets = shapes.iter().flat_map(of_shape).enumerate();
    targets.max_by_key(|(index, target)| (shared(*target), Reverse(*index))).map(|(_, target)| target)
}

/// Adds an object of the class `target` with the answers of another object, and returns its display name: class and
/// number. The coordinates may exceed the image, like those of the original object or the corners of a rotated box.
pub(crate) fn add(
    row: &mut LabelRow,
    frame: Frame,
    object_hash: &str,
    target: &ObjectClass,
    coordinates: impl Into<AnyCoordinates>,
) -> Result<String> {
    let object = row.object(object_hash)?;
    let class = object.class().or_complain("The ontology does not have this class.")?;
    let (from, to): (Vec<_>, Vec<_>) = (class.attributes().collect(), target.attributes().collect());
    let answers = transferred_answers(object, frame, &from, &to);
    let number = row.objects_of_class(target.feature_hash()).filter_map(|other| other.number()).max().unwrap_or(0) + 1;
    let new = row.add(target.feature_hash()).coordinates(coordinates).beyond_media().number(number);
    answers.into_iter().fold(new, |new, (attribute, answer)| new.answer(attribute, answer)).on(frame)?;
    Ok(format!("{} {number}", target.name()))
}

fn matches(one: &Attribute, other: &Attribute) -> bool {
    one.name() == other.name() && one.attribute_type() == other.attribute_type()
}

/// Converts the answers to the attributes `from` to answers to the matching attributes in `to`. Answers to nested
/// attributes come last.
fn transferred_answers(
    object: Object<'_>,
    frame: Frame,
    from: &[&Attribute],
    to: &[&Attribute],
) -> Vec<(FeatureHash, AnswerInput)> {
    let mut answers = Vec::new();
    for target in to {
        let Some(source) = from.iter().find(|source| matches(source, target)) else { continue };
        let Some(value) = object.answer_at(source.feature_hash(), frame.0) else { continue };
        let chosen: Vec<_> = value.options().iter().filter_map(|option| target.option(&option.label)).collect();
        let answer = match value {
            AnswerValue::Text(_) | AnswerValue::Number(_) => value.into(),
            _ if chosen.is_empty() => continue,
            _ => AnswerInput::Options(chosen.iter().map(|option| option.feature_hash().to_string()).collect()),
        };
        answers.push((target.feature_hash().clone(), answer));
        for (new, old) in chosen.into_iter().filter_map(|new| Some((new, source.option(new.label())?))) {
            let (from, to): (Vec<_>, Vec<_>) = (old.attributes().collect(), new.attributes().collect());
            answers.extend(transferred_answers(object, frame, &from, &to));
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_attributes_precede_order_of_shapes() {
        let class = |hash: &str, shape: &str, attribute: &str| {
            let attribute =
                format!(r#"{{"id": "1.1", "name": "{attribute}", "type": "text", "featureNodeHash": "{hash}1"}}"#);
            let named = format!(r##""id": "{hash}", "name": "{hash}", "color": "#D33115", "shape": "{shape}""##);
            format!(r#"{{{named}, "featureNodeHash": "{hash}", "attributes": [{attribute}]}}"#)
        };
        for (on_polygon, on_mask, chosen) in [("Kind", "Kind", "p"), ("Size", "Kind", "m"), ("Size", "Size", "p")] {
            let classes = [("b", "bounding_box", "Kind"), ("m", "bitmask", on_mask), ("p", "polygon", on_polygon)];
            let classes = classes.map(|(hash, shape, attribute)| class(hash, shape, attribute)).join(",");
            let ontology = Ontology::parse(format!(r#"{{"objects": [{classes}], "classifications": []}}"#)).unwrap();
            let of = ontology.object("b").unwrap();
            let found = counterpart(&ontology, of, &[Shape::Polygon, Shape::Bitmask]).unwrap();
            assert_eq!(found.feature_hash(), chosen);
        }
    }
}
