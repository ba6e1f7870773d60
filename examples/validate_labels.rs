//! Validates labels before submission, to find what a reviewer would reject.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::{env, fs};

use agent_runtime::agent_platform::labels::{AnswerValue, AnyCoordinates, FrameLabels, FrameObject, Object, Ranges};
use agent_runtime::agent_platform::ontology::{Attribute, Choice, ClassificationClass, SkeletonTemplate};
use agent_runtime::prelude::*;
use geo::{Area, BooleanOps, BoundingRect, Intersects, MultiPolygon, Rect, Validation};
use serde::Deserialize;

use crate::outline;

/// Pathways of the workflow's agent stage.
#[derive(Debug, PartialEq, Decisions)]
pub(crate) enum Verdict {
    #[decision("approve")]
    Approve,
    #[decision("return")]
    Return,
}

/// Validation rules: see `validate_labels.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rules {
    outside: Option<f64>,
    smallest: Option<f64>,
    overlap: Option<f64>,
    self_intersections: bool,
    skeleton_vertices: bool,
    required: bool,
    gaps: bool,
}

impl Rules {
    /// Reads the rules of a file, or the built-in ones.
    fn read(file: Option<&OsStr>) -> Result<Self> {
        let own = || Ok(include_str!("validate_labels.toml").to_owned());
        let text = file.map_or_else(own, fs::read_to_string).or_complain("Cannot read the file in VALIDATE_RULES.")?;
        toml::from_str(&text).map_err(|error| agent_error!("Invalid validation rules: {error}"))
    }
}

/// Validates the labels of the whole image, video or group: geometry, required answers, skeletons and tracks.
///
/// With `cargo run -- --stage` the agent also works on the tasks of the stage `Check labels`, where its decision is the pathway.
/// The whole task is validated and not only the frame, because the decision `approve` or `return` moves the whole task.
/// The problems are findings of a success response, because an error response (status 400) has no decision. The editor shows
/// the message with the first of them. With `AGENT_FINDINGS=issues` they are also issues of the platform. Masks are not
/// compared, and labels in the spaces of data groups are not validated.
#[editor_agent]
pub(crate) async fn validate_labels(row: LabelRow, info: LabelRowInfo) -> Result<Findings<Verdict>> {
    let rules = Rules::read(env::var_os("VALIDATE_RULES").as_deref())?;
    let frames = info.number_of_frames.unwrap_or(1);
    let findings: Findings = tokio::task::spawn_blocking(move || problems(&row, frames, &rules)).await?;
    let verdict = if findings.is_empty() { Verdict::Approve } else { Verdict::Return };
    Ok(findings.decide(verdict))
}

/// Returns all problems, in the order of the frames. A problem of an object on several frames is reported for the first
/// one.
fn problems(row: &LabelRow, frames: u64, rules: &Rules) -> Findings {
    let mut found: Vec<Finding> = Vec::new();
    let mut reported = HashSet::new();
    for labels in row.frames() {
        let on = on(&Ranges::from(labels.frame()), frames);
        let new =
            on_frame(row, &labels, rules).into_iter().filter(|(rule, objects, _)| reported.insert((*rule, *objects)));
        for (_, [object, _], text) in new {
            found.push(finding(format!("{text}{on}"), object).on_frames(labels.frame()));
        }
    }
    for object in row.objects() {
        let on_frames: Ranges = object.frames().collect();
        let (first, last) = (on_frames.first().unwrap_or(0), on_frames.last().unwrap_or(0));
        let gaps = Ranges::from(first..=last).difference(&on_frames);
        if rules.gaps && !on_frames.is_empty() && !gaps.is_empty() {
            let text = format!("{} is missing{}", name(object), on(&gaps, frames));
            found.push(finding(text, Some(object.hash())).on_frames(gaps));
        }
        if rules.required {
            found.extend(unanswered_of(object, &on_frames, frames));
        }
    }
    if rules.required {
        found.extend(row.ontology().classifications().filter_map(|class| unclassified(row, class, frames)));
        let classes = row.ontology().objects().filter(|class| class.is_required() && !class.is_archived());
        let absent = classes.filter(|class| row.objects_of_class(class.feature_hash()).next().is_none());
        found.extend(absent.map(|class| Finding::error(format!("{} is missing", class.name()))));
    }
    found.sort_by_key(|finding| finding.frames().first());
    found.into_iter().collect()
}

/// Returns an error at an object.
fn finding(text: String, object: Option<&ObjectHash>) -> Finding {
    let finding = Finding::error(text);
    match object {
        Some(object) => finding.on_object(object),
        None => finding,
    }
}

/// A problem: rule, one or two objects, and description.
type Problem<'r> = (&'static str, [Option<&'r ObjectHash>; 2], String);

/// Returns the problems of the shapes on a frame.
fn on_frame<'r>(row: &LabelRow, labels: &FrameLabels<'r>, rules: &Rules) -> Vec<Problem<'r>> {
    let mut found = Vec::new();
    let mut before: Vec<(FrameObject<'r>, MultiPolygon, Rect)> = Vec::new();
    let pixels = |count| u32::try_from(count).ok().map(f64::from);
    let size = labels.size().and_then(|(width, height)| Some((pixels(width)?, pixels(height)?)));
    for object in labels.objects() {
        let mut add = |rule, other, text| found.push((rule, [Some(object.hash()), other], text));
        let this = name(object.object());
        let missing = missing_vertices(row, &object);
        if rules.skeleton_vertices && !missing.is_empty() {
            add("skeleton_vertices", None, format!("{this} lacks {}", missing.join(" and ")));
        }
        let Some((width, height)) = size else { continue };
        let Some(region) = region(&object, (width, height)) else { continue };
        let Some(bounds) = region.bounding_rect() else { continue };
        let (left, top, right, bottom) = (bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y);
        let beyond = (right - width).max(bottom - height).max(-left).max(-top);
        if rules.outside.is_some_and(|most| beyond > most) {
            add("outside", None, format!("{this} exceeds the image by {beyond:.0} pixels"));
        }
        if rules.smallest.is_some_and(|least| bounds.width().min(bounds.height()) < least) {
            add("smallest", None, format!("{this} has {:.0}×{:.0} pixels", bounds.width(), bounds.height()));
        }
        if rules.self_intersections && !region.is_valid() {
            add("self_intersections", None, format!("{this} intersects itself"));
        }
        let alike = before.iter().filter(|(other, ..)| other.feature_hash() == object.feature_hash());
        for (other, its_region, _) in alike.filter(|(.., its_bounds)| its_bounds.intersects(&bounds)) {
            let shared = region.intersection(its_region).unsigned_area();
            let share = shared / (region.unsigned_area() + its_region.unsigned_area() - shared);
            if rules.overlap.is_some_and(|least| share >= least) {
                add("overlap", Some(other.hash()), format!("{this} duplicates {} ({share:.2})", name(other.object())));
            }
        }
        before.push((object, region, bounds));
    }
    found
}

/// Returns the display name of an object: class and number.
fn name(object: Object<'_>) -> String {
    let class = object.class().map_or("Object", |class| class.name());
    object.number().map_or_else(|| format!("{class} {}", object.hash()), |number| format!("{class} {number}"))
}

/// Formats frames for a message, with a leading space. Empty if the data has only one frame.
fn on(frames: &Ranges, all: u64) -> String {
    match frames.count() {
        _ if all <= 1 => String::new(),
        1 => format!(" on frame {frames}"),
        _ => format!(" on frames {frames}"),
    }
}

/// Returns the region of a box or polygon, in pixels.
fn region(object: &FrameObject<'_>, size: outline::Size) -> Option<MultiPolygon> {
    match object.any_coordinates().ok()? {
        AnyCoordinates::BoundingBox(shape) => Some(outline::from_box(&shape, size)),
        AnyCoordinates::RotatableBoundingBox(shape) => Some(outline::from_rotated_box(&shape, size)),
        AnyCoordinates::Polygon(shape) => Some(outline::from_polygon(&shape, size)),
        _ => None,
    }
}

/// Returns the names of the template's vertices that a skeleton does not have.
fn missing_vertices(row: &LabelRow, object: &FrameObject<'_>) -> Vec<String> {
    let Ok(skeleton) = object.coordinates::<Skeleton>() else { return Vec::new() };
    let template = object.class().and_then(|class| row.ontology().skeleton_template(class));
    let vertices = template.into_iter().flat_map(SkeletonTemplate::vertices);
    vertices.map(|vertex| vertex.name.clone()).filter(|name| skeleton.vertex(name).is_none()).collect()
}

/// Returns the required attributes without an answer, each on its first frame.
fn unanswered_of(object: Object<'_>, on_frames: &Ranges, frames: u64) -> Vec<Finding> {
    let Some(class) = object.class() else { return Vec::new() };
    // Only answers of dynamic attributes differ between frames.
    let everywhere = class.attributes().any(|attribute| attribute.is_dynamic() && asks(attribute));
    let (first, mut found, mut reported) = (on_frames.first().unwrap_or(0), Vec::new(), HashSet::new());
    for frame in std::iter::once(first).chain(object.frames().skip(1).filter(|_| everywhere)) {
        let missing = unanswered(class.attributes(), |attribute| object.answer_at(attribute.feature_hash(), frame));
        for attribute in missing.into_iter().filter(|attribute| reported.insert(attribute.feature_hash())) {
            let on = on(&Ranges::from(frame), frames);
            let text = format!("{} has no answer to {}{on}", name(object), attribute.name());
            found.push(finding(text, Some(object.hash())).on_frames(frame));
        }
    }
    found
}

/// Returns whether an attribute or one of its nested attributes is required.
fn asks(attribute: &Attribute) -> bool {
    attribute.is_required() || attribute.options().any(|option| option.attributes().any(asks))
}

/// Returns the required attributes without an answer, including those nested in chosen options.
fn unanswered<'o>(
    attributes: impl Iterator<Item = &'o Attribute>,
    answer: impl Fn(&Attribute) -> Option<AnswerValue>,
) -> Vec<&'o Attribute> {
    let mut missing = Vec::new();
    let mut next: Vec<&Attribute> = attributes.filter(|attribute| !attribute.is_archived()).collect();
    while let Some(attribute) = next.pop() {
        let value = answer(attribute);
        let says = |value: &AnswerValue| match value {
            AnswerValue::Text(text) => !text.trim().is_empty(),
            AnswerValue::Checklist(options) => !options.is_empty(),
            _ => true,
        };
        missing
            .extend(Some(attribute).filter(|attribute| attribute.is_required() && !value.as_ref().is_some_and(says)));
        let chosen =
            attribute.options().filter(|option| value.as_ref().is_some_and(|v| v.has(option.feature_hash().as_str())));
        next.extend(chosen.flat_map(Choice::attributes).filter(|nested| !nested.is_archived()));
    }
    missing
}

/// Returns the problem of a required classification: a missing answer, or missing frames.
fn unclassified(row: &LabelRow, class: &ClassificationClass, frames: u64) -> Option<Finding> {
    let all = Ranges::from(0..=frames.saturating_sub(1));
    let mut classified = Ranges::none();
    for classification in row.classifications_of_class(class.feature_hash()) {
        // A classification without frames applies to all frames.
        let ranges = Some(classification.ranges()).filter(|ranges| !ranges.is_empty()).unwrap_or(all.clone());
        let missing = unanswered(class.attributes(), |attribute| classification.answer(attribute.feature_hash()));
        if let Some(attribute) = missing.first() {
            let problem = format!("{} has no answer to {}{}", class.name(), attribute.name(), on(&ranges, frames));
            return Some(Finding::error(problem).on_frames(ranges));
        }
        classified = classified.union(&ranges);
    }
    let missing = all.difference(&classified);
    let required = class.attribute().is_some_and(Attribute::is_required) && !class.is_archived();
    let text = format!("{} is not classified{}", class.name(), on(&missing, frames));
    (required && !missing.is_empty()).then(|| Finding::error(text).on_frames(missing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_runtime::agent_platform::labels::{ChosenOption, LabelRow};
    use agent_runtime::agent_platform::ontology::Ontology;
    use std::sync::Arc;

    #[test]
    fn reads_rules_from_file() {
        let ontology = Ontology::parse(include_str!("../agent-studio/sample/ontology.json")).unwrap();
        let row = include_str!("../agent-studio/sample/labels/gravel.jpg.json");
        let row = LabelRow::parse(row, Arc::new(ontology)).unwrap();
        let file = env::temp_dir().join(format!("validate-rules-{}.toml", std::process::id()));
        let read = |text| {
            fs::write(&file, text).unwrap();
            Rules::read(Some(file.as_os_str()))
        };
        assert!(problems(&row, 1, &read("").unwrap()).is_empty(), "what is left out is off");
        let small = problems(&row, 1, &read("smallest = 30").unwrap());
        assert_eq!(small.iter().map(Finding::text).collect::<Vec<_>>(), ["Coin 7 has 2×2 pixels"]);
        assert!(read("gap = true").unwrap_err().message().contains("unknown field `gap`"));
        fs::remove_file(&file).unwrap();
        assert!(Rules::read(Some(file.as_os_str())).unwrap_err().message().contains("VALIDATE_RULES"));
    }

    #[test]
    fn requires_nested_attributes_of_chosen_option() {
        let ontology = r##"{"objects": [{"id": "1", "name": "Coin", "color": "#D33115", "shape": "point",
            "featureNodeHash": "c", "attributes": [{"id": "1.1", "name": "Metal", "type": "radio", "featureNodeHash": "m",
            "options": [{"id": "1.1.1", "label": "Other", "value": "other", "featureNodeHash": "o", "options": [
            {"id": "1.1.1.1", "name": "Which", "type": "text", "required": true, "featureNodeHash": "w"}]}]}]}],
            "classifications": []}"##;
        let ontology = Ontology::parse(ontology).unwrap();
        for (chosen, which, missing) in [("o", " ", vec!["Which"]), ("o", "Tin", vec![]), ("x", "", vec![])] {
            let metal = ChosenOption { feature_hash: chosen.into(), label: "".into(), value: "".into() };
            let answer = |attribute: &Attribute| match attribute.name() {
                "Metal" => Some(AnswerValue::Radio(metal.clone())),
                _ => Some(AnswerValue::Text(which.to_owned())),
            };
            let unanswered = unanswered(ontology.object("Coin").unwrap().attributes(), answer);
            assert_eq!(unanswered.iter().map(|attribute| attribute.name()).collect::<Vec<_>>(), missing, "{chosen}");
        }
    }
}
