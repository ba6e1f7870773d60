//! Finds more instances of the selected objects, which are visual prompts as in `DINOv` and T-Rex2.

mod appearance;
mod channels;
mod discriminant;
#[cfg(test)]
mod measured;
mod model_server;
#[cfg(feature = "sam")]
mod prompted;

use std::env;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use agent_runtime::agent_platform::labels::AnyCoordinates;
use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

pub(crate) use appearance::Appearance;
pub(crate) use model_server::ModelServer;

/// Minimum intersection over union of shapes that are considered the same object.
const MIN_OVERLAP: f64 = 0.4;
/// Maximum objects added per call, so that a faulty model does not fill the frame.
const MAX_OBJECTS: usize = 500;

/// A model for visual prompts.
pub(crate) trait Model: Send + Sync {
    /// Finds instances that look like the contents of the prompts. `prompts` are in relative coordinates. The result
    /// may include the prompts themselves.
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_>;
}

/// The future of a search. It is dropped when the client disconnects.
pub(crate) type Finding<'m> = Pin<Box<dyn Future<Output = Result<Vec<Found>>> + Send + 'm>>;

/// An instance found by a model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found<S = BoundingBox> {
    /// The shape, in relative coordinates.
    pub(crate) shape: S,
    /// Confidence of the model, 0 to 1.
    pub(crate) confidence: f64,
}

/// Returns the model server: the state, or the one in `FIND_SIMILAR_URL`.
fn server(state: Option<State<Arc<dyn Model>>>) -> Result<Option<Arc<dyn Model>>> {
    static FROM_ENV: LazyLock<Result<Option<Arc<dyn Model>>>> = LazyLock::new(from_env);
    state.map_or_else(|| FROM_ENV.clone(), |State(model)| Ok(Some(model)))
}

fn from_env() -> Result<Option<Arc<dyn Model>>> {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = set("FIND_SIMILAR_URL") else { return Ok(None) };
    let seconds = set("FIND_SIMILAR_TIMEOUT").map_or(Ok(20), |text| text.parse());
    let seconds = seconds.or_complain("FIND_SIMILAR_TIMEOUT must be a number of seconds.")?;
    Ok(Some(Arc::new(ModelServer::new(&url, Duration::from_secs(seconds))?)))
}

/// Finds more instances of the objects in the selected boxes, and adds boxes for them.
///
/// New boxes have the same class, are marked as automatic, and have the model's confidence. Objects that already have a
/// box get no second one. Attributes are left to the annotator. Select several different instances to find more.
#[cfg(not(feature = "sam"))]
#[editor_agent]
async fn find_similar(
    model: Option<State<Arc<dyn Model>>>,
    frame: Frame,
    pixels: FramePixels,
    selected: Selected<BoundingBox>,
    boxes: FrameObjects<BoundingBox>,
    row: &mut LabelRow,
) -> Result<String> {
    let class = class_of(selected.iter())?;
    let there = boxes.iter().filter(|object| object.feature_hash() == class.feature_hash());
    let there = there.map(|object| object.coordinates).collect();
    let prompts = selected.iter().map(|object| object.coordinates).collect();
    let found = boxed(server(model)?, &pixels, prompts, there).await?;
    add(found, class, frame, row)
}

/// Finds more instances of the selected objects, and adds boxes, polygons or bitmasks for them, as those that are selected.
///
/// New objects have the same class, are marked as automatic, and have the model's confidence. Objects that already have a
/// label of the class get no second one. Attributes are left to the annotator. Select several different instances to find
/// more. Points within a selected object refine it. Without a model in `SAM_MODEL`, only boxes are prompts.
#[cfg(feature = "sam")]
#[editor_agent]
async fn find_similar(
    call: EditorCall,
    model: Option<State<Arc<dyn Model>>>,
    segmenter: Option<State<agent_models::sam::SharedSegmenter>>,
    frame: Frame,
    selected: agent_models::sam::SelectedPrompts,
    objects: FrameObjects<AnyRegion>,
    row: &mut LabelRow,
) -> Result<String> {
    let class = class_of(selected.iter().map(|object| &object.source))?;
    let there = objects.iter().filter(|object| object.feature_hash() == class.feature_hash());
    let there = there.map(|object| object.coordinates.clone());
    let server = server(model)?;
    if let (None, Some(State(segmenter))) = (&server, segmenter) {
        let found = prompted::found(&call, segmenter, &selected, there.collect()).await?;
        return add(found, class, frame, row);
    }
    let shape = |object: &agent_models::sam::SelectedPrompt| match &object.source.coordinates.0 {
        Some(AnyCoordinates::BoundingBox(shape)) => Some(*shape),
        _ => None,
    };
    let prompts: Option<Vec<BoundingBox>> = selected.iter().map(shape).collect();
    let prompts = prompts.or_complain("Select boxes: other prompts need the segmentation model, SAM_MODEL.")?;
    let there = there.filter_map(|shape| if let AnyRegion::BoundingBox(shape) = shape { Some(shape) } else { None });
    let pixels: FramePixels = call.extract().await?;
    let found = boxed(server, &pixels, prompts, there.collect()).await?;
    add(found, class, frame, row)
}

/// Returns the first of the selected objects, whose class is that of all.
fn class_of<'o, S: 'o>(selected: impl Iterator<Item = &'o ObjectInstance<S>> + Clone) -> Result<&'o ObjectInstance<S>> {
    let first = selected.clone().next().or_complain("Select one or more boxes around objects to find.")?;
    let other = selected.into_iter().find(|object| object.feature_hash() != first.feature_hash());
    if let Some(other) = other {
        bail!("Select boxes of one class: these are {} and {}.", first.class(), other.class());
    }
    Ok(first)
}

/// Finds boxes with the model server, or with the built-in model. Objects that have a box get no second one.
async fn boxed(
    server: Option<Arc<dyn Model>>,
    pixels: &FramePixels,
    prompts: Vec<BoundingBox>,
    mut there: Vec<BoundingBox>,
) -> Result<Vec<Found<AnyCoordinates>>> {
    let model = server.unwrap_or_else(|| Arc::new(Appearance));
    let mut found = model.find(Arc::clone(pixels.shared()), prompts).await?;
    found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    let mut new = Vec::new();
    for Found { shape, confidence } in found {
        if there.iter().all(|other| other.intersection_over_union(&shape) < MIN_OVERLAP) {
            there.push(shape);
            new.push(Found { shape: shape.into(), confidence });
        }
    }
    Ok(new)
}

/// Adds the instances, in descending order of their confidence, and returns the message for the annotator.
fn add<S>(
    found: Vec<Found<AnyCoordinates>>,
    like: &ObjectInstance<S>,
    frame: Frame,
    row: &mut LabelRow,
) -> Result<String> {
    let (class, mut number) = (like.feature_hash(), 0);
    number = row.objects_of_class(class).filter_map(|object| object.number()).max().unwrap_or(number);
    let (mut count, mut least, mut verb) = (0, 1.0, "");
    for Found { shape, confidence } in found.into_iter().take(MAX_OBJECTS) {
        verb = match shape {
            AnyCoordinates::Polygon(_) => "Outlined",
            AnyCoordinates::Bitmask(_) => "Masked",
            _ => "Boxed",
        };
        (number, count, least) = (number + 1, count + 1, confidence);
        row.add(class).coordinates(shape).number(number).confidence(confidence).automatic().on(frame)?;
    }
    Ok(match count {
        0 => "No similar objects found on this frame.".to_owned(),
        1 => format!("{verb} one more {}, sure to {least:.2}.", like.class()),
        new => format!("{verb} {new} more of {}, the least sure to {least:.2}.", like.class()),
    })
}
