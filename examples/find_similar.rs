//! Finds the other instances of what is boxed: the selected boxes are the prompt, as for `DINOv` and T-Rex2.

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

/// Boxes that share this part of what either covers are of one thing.
const SAME: f64 = 0.4;
/// No more boxes are added at once: a model that goes wrong must not fill the frame.
const MOST: usize = 500;

/// What finds more of what it is shown.
pub(crate) trait Model: Send + Sync {
    /// What looks like the contents of the prompts, anywhere in the image. `prompts` are in relative coordinates. What is in
    /// the prompts themselves may be among what is found.
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_>;
}

/// What is found, in time. Dropped when the annotator leaves.
pub(crate) type Finding<'m> = Pin<Box<dyn Future<Output = Result<Vec<Found>>> + Send + 'm>>;

/// Something that looks like the prompts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Where it is, in relative coordinates.
    pub(crate) shape: BoundingBox,
    /// How sure the model is, 0 to 1.
    pub(crate) confidence: f64,
}

/// The model that the environment names, or else the one in this program.
fn from_env() -> Result<Arc<dyn Model>> {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = set("FIND_SIMILAR_URL") else { return Ok(Arc::new(Appearance)) };
    let seconds = set("FIND_SIMILAR_TIMEOUT").map_or(Ok(20), |text| text.parse());
    let seconds = seconds.or_complain("FIND_SIMILAR_TIMEOUT must be a number of seconds.")?;
    Ok(Arc::new(ModelServer::new(&url, Duration::from_secs(seconds))?))
}

/// Finds the other instances of what is in the selected boxes, and boxes them, too.
///
/// Boxes are of the same class, marked as made by a program, with the model's confidence; what has a box already gets none.
/// Attributes are left to the annotator. Select several instances that differ, and more is found.
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
    let first = selected.first().or_complain("Select a box, or several, around what is to be found.")?;
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
    let there_before = boxed.len();
    let mut number = row.objects_of_class(class).filter_map(|object| object.number()).max().unwrap_or(0);
    let mut least = 1.0;
    for Found { shape, confidence } in found {
        let is_boxed = boxed.iter().any(|other| other.intersection_over_union(&shape) >= SAME);
        if is_boxed || boxed.len() == there_before + MOST {
            continue;
        }
        (number, least) = (number + 1, confidence);
        row.add(class).coordinates(shape).number(number).confidence(confidence).automatic().on(frame)?;
        boxed.push(shape);
    }
    Ok(match boxed.len() - there_before {
        0 => "Nothing else on this frame looks like that.".to_owned(),
        1 => format!("Boxed one more {}, sure to {least:.2}.", first.class()),
        new => format!("Boxed {new} more of {}, the least sure to {least:.2}.", first.class()),
    })
}
