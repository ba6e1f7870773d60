//! Validation of label rows before they are saved.

use std::collections::{HashMap, HashSet};

use agent_platform::ontology::{Ontology, OntologyItem, Shape};
use serde_json::value::RawValue;

use crate::media::MediaKind;
use crate::raw_json::{Elements, Members};

use super::data::{Data, StoredRow};
use super::refusal::Refusal;

/// Validates a label row against its data unit and its ontology (contract: `docs/contract/label-format.md#validation`).
///
/// # Errors
/// The first violation.
pub(crate) fn check_row(
    data: &Data,
    ontology: &Ontology,
    stored: &StoredRow,
    row: &Members<'_>,
) -> Result<(), Refusal> {
    if row.text("label_hash").as_deref() != Some(&stored.label_hash) {
        return Err(corrupted("label_hash does not match the identifier"));
    }
    let answers = object(row, "object_answers")?;
    let document = Members::parse(&stored.document).map_err(|_| corrupted("the stored row cannot be read"))?;
    let mut validator = RowValidator {
        data,
        ontology,
        answers: answers.iter().map(|(hash, _)| hash).collect(),
        classes: HashMap::new(),
    };
    let stored_units = object(&document, "data_units")?;
    for (key, unit) in object(row, "data_units")?.iter() {
        let unit = members(unit)?;
        validator.check_unit(&members(stored_unit(&stored_units, key, &unit)?)?, &unit)?;
    }
    for (id, space) in object(row, "spaces")?.iter() {
        validator.check_space(id, &members(space)?)?;
    }
    validator.check_object_numbers(&answers)?;
    for (_, answer) in answers.iter() {
        validator.check_attributes(answer, "classifications")?;
    }
    for (_, action) in object(row, "object_actions")?.iter() {
        validator.check_attributes(action, "actions")?;
    }
    for (hash, answer) in object(row, "classification_answers")?.iter() {
        validator.check_classification(hash, answer)?;
    }
    Ok(())
}

/// Returns the stored unit with the unit's key, or with its data hash.
fn stored_unit<'a>(stored: &Members<'a>, key: &str, unit: &Members<'_>) -> Result<&'a RawValue, Refusal> {
    let hash = unit.text("data_hash");
    let found = stored.get(key).or_else(|| stored.get(hash.as_deref()?));
    found.ok_or_else(|| corrupted("unknown data unit"))
}

struct RowValidator<'a> {
    data: &'a Data,
    ontology: &'a Ontology,
    /// Hashes of the objects in the answer dictionary.
    answers: HashSet<&'a str>,
    /// Feature hash of the class of each object seen so far.
    classes: HashMap<String, String>,
}

/// Width and height that a bitmask must have.
type Pixels = Option<(u64, u64)>;

impl RowValidator<'_> {
    fn check_unit(&mut self, stored: &Members<'_>, unit: &Members<'_>) -> Result<(), Refusal> {
        let pixels = pixel_size(stored);
        // The listing does not count slices and events of a scene (contract:
        // `docs/contract/label-format.md#validation`).
        let counted = matches!(self.data.kind, MediaKind::Video | MediaKind::Pdf | MediaKind::Nifti);
        let frames = self.data.facts.frames.filter(|_| counted);
        let Some(labels) = unit.value("labels") else { return Ok(()) };
        let labels = members(labels)?;
        if labels.get("objects").is_some() {
            return self.blob(&labels, pixels);
        }
        for (frame, blob) in labels.iter() {
            if let Some((_, frames)) = out_of_range(frame, frames) {
                return Err(corrupted(&format!("frame {frame} is out of range: the data unit has {frames} frames")));
            }
            let blob = members(blob)?;
            // A slice may have its own size.
            let own = blob.value("metadata").map(members).transpose()?.and_then(|metadata| pixel_size(&metadata));
            self.blob(&blob, own.or(pixels))?;
        }
        Ok(())
    }

    fn check_space(&mut self, id: &str, space: &Members<'_>) -> Result<(), Refusal> {
        let Some(labels) = space.value("labels") else { return Ok(()) };
        let number = |key| space.value(key).and_then(|value| value.get().parse::<u64>().ok());
        let pixels = pixel_size(space);
        let frames = number("number_of_frames").or(number("number_of_pages"));
        let labels = members(labels)?;
        if labels.get("objects").is_some() {
            return self.blob(&labels, pixels);
        }
        for (frame, blob) in labels.iter() {
            if out_of_range(frame, frames).is_some() {
                return Err(corrupted(&format!("frame {frame} is out of range in the space {id}")));
            }
            self.blob(&members(blob)?, pixels)?;
        }
        Ok(())
    }

    fn blob(&mut self, blob: &Members<'_>, pixels: Pixels) -> Result<(), Refusal> {
        let Some(objects) = blob.value("objects") else { return Ok(()) };
        let mut seen = HashSet::new();
        for entry in elements(objects)?.0 {
            let entry = members(entry)?;
            let hash = entry.text("objectHash").ok_or_else(|| corrupted("an object without objectHash"))?;
            if !seen.insert(hash.clone()) {
                return Err(corrupted(&format!("object {hash} occurs twice on one frame")));
            }
            self.object(&hash, &entry, pixels)?;
        }
        Ok(())
    }

    fn object(&mut self, hash: &str, entry: &Members<'_>, pixels: Pixels) -> Result<(), Refusal> {
        let feature =
            entry.text("featureHash").ok_or_else(|| corrupted(&format!("object {hash} without featureHash")))?;
        let Some(OntologyItem::Object(class)) = self.ontology.find(&feature) else {
            return Err(Refusal::NoSuchFeature(format!("feature {feature} is not in the ontology")));
        };
        if !self.answers.contains(hash) {
            return Err(Refusal::AnswerDictionary(format!("object {hash} is missing in object_answers")));
        }
        self.classes.insert(hash.to_owned(), feature.into_owned());
        let shape = class.shape();
        if let Some(key) = geometry(shape)
            && !key.iter().any(|key| entry.value(key).is_some())
            && entry.text("event").as_deref() != Some("delete")
        {
            return Err(corrupted(&format!("object {hash} has no {}, the shape of its class", key[0])));
        }
        match entry.value("bitmask") {
            Some(mask) if *shape == Shape::Bitmask => check_mask(hash, &members(mask)?, pixels),
            _ => Ok(()),
        }
    }

    /// Checks that object numbers are non-negative integers, unique per class in the row.
    fn check_object_numbers(&self, answers: &Members<'_>) -> Result<(), Refusal> {
        let mut taken = HashSet::new();
        for (hash, answer) in answers.iter() {
            let answer = members(answer)?;
            let Some(number) = answer.value("objectNumber") else { continue };
            let Ok(number) = number.get().parse::<u64>() else {
                return Err(corrupted(&format!("objectNumber of object {hash} is not a non-negative integer")));
            };
            let class = self.classes.get(hash).cloned().or_else(|| answer.text("featureHash").map(Into::into));
            let Some(class) = class else { continue };
            if !taken.insert((class, number)) {
                return Err(corrupted(&format!("object number {number} of object {hash} is not unique in its class")));
            }
        }
        Ok(())
    }

    /// Checks that every answered attribute and option is in the ontology.
    fn check_attributes(&self, entry: &RawValue, key: &str) -> Result<(), Refusal> {
        let entry = members(entry)?;
        let Some(answers) = entry.value(key) else { return Ok(()) };
        for answer in elements(answers)?.0 {
            let answer = members(answer)?;
            let Some(feature) = answer.text("featureHash") else { continue };
            if self.ontology.attribute(&feature).is_none() {
                return Err(Refusal::NoSuchFeature(format!("attribute {feature} is not in the ontology")));
            }
            let Some(options) = answer.value("answers").and_then(|options| Elements::parse(options.get()).ok()) else {
                continue;
            };
            for option in options.0 {
                let feature = members(option)?.text("featureHash");
                if let Some(feature) = feature.filter(|feature| self.ontology.option(feature).is_none()) {
                    return Err(Refusal::NoSuchFeature(format!("option {feature} is not in the ontology")));
                }
            }
        }
        Ok(())
    }

    fn check_classification(&self, hash: &str, entry: &RawValue) -> Result<(), Refusal> {
        let feature = members(entry)?.text("featureHash");
        if let Some(feature) = feature
            && !matches!(self.ontology.find(&feature), Some(OntologyItem::Classification(_)))
        {
            return Err(Refusal::NoSuchFeature(format!(
                "feature {feature} of classification {hash} is not in the ontology"
            )));
        }
        self.check_attributes(entry, "classifications")
    }
}

/// Returns the frame and the number of frames if the frame is out of range.
fn out_of_range(frame: &str, frames: Option<u64>) -> Option<(u64, u64)> {
    let frame = frame.parse::<u64>().ok()?;
    frames.filter(|frames| frame >= *frames).map(|frames| (frame, frames))
}

/// Returns width and height, unless they are zero, as for pages and scenes.
fn pixel_size(members: &Members<'_>) -> Pixels {
    let number = |key| members.value(key).and_then(|value| value.get().parse::<u64>().ok()).filter(|size| *size > 0);
    number("width").zip(number("height"))
}

fn check_mask(hash: &str, mask: &Members<'_>, pixels: Pixels) -> Result<(), Refusal> {
    match (pixel_size(mask), pixels) {
        (None, _) => Err(corrupted(&format!("the bitmask of object {hash} has no size"))),
        (Some(size), Some(pixels)) if size != pixels => Err(corrupted(&format!(
            "the bitmask of object {hash} is {}x{}, but the data is {}x{}",
            size.0, size.1, pixels.0, pixels.1
        ))),
        _ => Ok(()),
    }
}

/// Returns the possible keys of a shape's geometry; `None` for shapes without geometry and for unknown shapes.
fn geometry(shape: &Shape) -> Option<&'static [&'static str]> {
    Some(match shape {
        Shape::BoundingBox => &["boundingBox"],
        Shape::RotatableBoundingBox => &["rotatableBoundingBox"],
        Shape::Polygon => &["polygon", "polygons"],
        Shape::Polyline => &["polyline"],
        Shape::Point => &["point"],
        Shape::Skeleton => &["skeleton"],
        Shape::Bitmask => &["bitmask"],
        Shape::Cuboid => &["cuboid"],
        Shape::Cuboid2d => &["cuboid_2d"],
        Shape::Circle => &["circle"],
        Shape::Ellipse => &["ellipse"],
        Shape::Segmentation => &["segmentation"],
        _ => return None,
    })
}

fn corrupted(reason: &str) -> Refusal {
    Refusal::CorruptedLabel(reason.to_owned())
}

fn members(value: &RawValue) -> Result<Members<'_>, Refusal> {
    Members::parse(value.get()).map_err(|_| corrupted("expected a JSON object, found another type"))
}

fn elements(value: &RawValue) -> Result<Elements<'_>, Refusal> {
    Elements::parse(value.get()).map_err(|_| corrupted("expected a JSON array, found another type"))
}

/// Returns an object of the row; empty if it is missing.
fn object<'a>(row: &Members<'a>, key: &str) -> Result<Members<'a>, Refusal> {
    row.value(key).map_or_else(|| Ok(Members::default()), members)
}
