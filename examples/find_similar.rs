//! Finds more instances of the objects in the selected boxes, which are visual prompts as in `DINOv` and T-Rex2.

mod appearance;
mod channels;
mod discriminant;
#[cfg(test)]
mod measured;
mod model_server;

use std::env;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

pub(crate) use appearance::Appearance;
pub(crate) use model_server::ModelServer;

/// Minimum intersection over union of boxes that are considered the same object.
const MIN_OVERLAP: f64 = 0.4;
/// Maximum boxes added per call, so that a faulty model does not fill the frame.
const MAX_BOXES: usize = 500;

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
pub(crate) struct Found {
    /// Bounding box in relative coordinates.
    pub(crate) shape: BoundingBox,
    /// Confidence of the model, 0 to 1.
    pub(crate) confidence: f64,
}

/// Returns the model server set in the environment, or the built-in model.
fn from_env() -> Result<Arc<dyn Model>> {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = set("FIND_SIMILAR_URL") else { return Ok(Arc::new(Appearance)) };
    let seconds = set("FIND_SIMILAR_TIMEOUT").map_or(Ok(20), |text| text.parse());
    let seconds = seconds.or_complain("FIND_SIMILAR_TIMEOUT must be a number of seconds.")?;
    Ok(Arc::new(ModelServer::new(&url, Duration::from_secs(seconds))?))
}

/// Finds more instances of the objects in the selected boxes, and adds boxes for them.
///
/// New boxes have the same class, are marked as automatic, and have the model's confidence. Objects that already have a
/// box get no second one. Attributes are left to the annotator. Select several different instances to find more.
#[editor_agent]
async fn find_similar(
    model: Option<State<Arc<dyn Model>>>,
    frame: Frame,
    pixels: FramePixels,
    selected: Selected<BoundingBox>,
    boxes: FrameObjects<BoundingBox>,
    row: &mut LabelRow,
) -> Result<String> {
    static FROM_ENV: LazyLock<Result<Arc<dyn Model>>> = LazyLock::new(from_env);
    let first = selected.first().or_complain("Select one or more boxes around objects to find.")?;
    let class = first.feature_hash();
    let other = selected.iter().find(|object| object.feature_hash() != class);
    if let Some(other) = other {
        bail!("Select boxes of one class: these are {} and {}.", first.class(), other.class());
    }
    let model = match model {
        Some(State(model)) => model,
        None => FROM_ENV.clone()?,
    };
    let prompts = selected.iter().map(|object| object.coordinates).collect();
    let mut found = model.find(Arc::clone(pixels.shared()), prompts).await?;
    found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    let mut boxed: Vec<BoundingBox> =
        boxes.iter().filter(|object| object.feature_hash() == class).map(|object| object.coordinates).collect();
    let count_before = boxed.len();
    let mut number = row.objects_of_class(class).filter_map(|object| object.number()).max().unwrap_or(0);
    let mut least = 1.0;
    for Found { shape, confidence } in found {
        let is_boxed = boxed.iter().any(|other| other.intersection_over_union(&shape) >= MIN_OVERLAP);
        if is_boxed || boxed.len() == count_before + MAX_BOXES {
            continue;
        }
        (number, least) = (number + 1, confidence);
        row.add(class).coordinates(shape).number(number).confidence(confidence).automatic().on(frame)?;
        boxed.push(shape);
    }
    Ok(match boxed.len() - count_before {
        0 => "No similar objects found on this frame.".to_owned(),
        1 => format!("Boxed one more {}, sure to {least:.2}.", first.class()),
        new => format!("Boxed {new} more of {}, the least sure to {least:.2}.", first.class()),
    })
}
