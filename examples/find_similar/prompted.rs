//! Search with a promptable model: the masks that it finds become shapes of the selected objects' class.

use agent_models::sam::{Mask, Prompts, SegmentError, SelectedPrompt, SharedSegmenter, SimilarObject, SimilarOptions};
use agent_runtime::agent_platform::labels::AnyCoordinates;
use agent_runtime::agent_platform::media::CancelOnDrop;
use agent_runtime::media::Croppable;
use agent_runtime::prelude::*;

use super::{Found, MAX_OBJECTS, MIN_OVERLAP};
use crate::traced::outlined;

/// Maximum selected objects per call.
const MAX_PROMPTS: usize = 20;
/// Memory of a search, in bytes: features, similarities and masks.
const SEARCH_BYTES: u64 = 256 * 1024 * 1024;

/// Shape of the objects to add.
#[derive(Debug, Clone, Copy)]
enum Output {
    Boxes,
    Polygons,
    Bitmasks,
}

/// Finds instances of the selected objects, in descending order of their similarity. Objects that have one of the shapes
/// `there` get no second one.
pub(super) async fn found(
    call: &EditorCall,
    segmenter: SharedSegmenter,
    selected: &[SelectedPrompt],
    there: Vec<AnyRegion>,
) -> Result<Vec<Found<AnyCoordinates>>> {
    ensure!(selected.len() <= MAX_PROMPTS, "Select up to {MAX_PROMPTS} objects at once, not {}.", selected.len());
    let output =
        selected.first().and_then(output).or_complain("Select boxes, polygons or bitmasks around objects to find.")?;
    let embedding = segmenter.embedding(call).await?;
    let _memory = call.acquire_memory(SEARCH_BYTES, "the search").await?;
    let prompts: Vec<Prompts> = selected.iter().map(|object| object.prompts.clone()).collect();
    let cancel = CancelOnDrop::default();
    let cancellation = cancel.cancellation();
    let searched = call.spawn_blocking(move || {
        let options = SimilarOptions::new().with_max_objects(MAX_OBJECTS);
        let similar = segmenter.segmenter().find_similar_until(&embedding, &prompts, &options, &cancellation);
        let (size, mut new) = (embedding.size(), Vec::new());
        let there = Labelled::new(there, size);
        for object in similar.map_err(SegmentError::complaint)? {
            if cancellation.is_cancelled() {
                break;
            }
            new.extend(there.without(object, output, size).transpose());
        }
        new.into_iter().collect()
    });
    searched.await?
}

/// Returns the shape of new objects, for a selected object.
fn output(object: &SelectedPrompt) -> Option<Output> {
    match object.source.coordinates.0.as_ref()? {
        AnyCoordinates::BoundingBox(_) => Some(Output::Boxes),
        AnyCoordinates::Polygon(_) => Some(Output::Polygons),
        AnyCoordinates::Bitmask(_) => Some(Output::Bitmasks),
        _ => None,
    }
}

/// The objects of the class that have a label.
struct Labelled {
    boxes: Vec<BoundingBox>,
    masks: Vec<Mask>,
}

impl Labelled {
    fn new(shapes: Vec<AnyRegion>, (width, height): (u32, u32)) -> Self {
        let (mut boxes, mut masks) = (Vec::new(), Vec::new());
        for shape in shapes {
            if let AnyRegion::BoundingBox(shape) = shape {
                boxes.push(shape);
            } else if let Ok(pixels) = shape.mask(width, height) {
                // A shape outside the image covers no object.
                masks.push(Mask::from_pixels(&pixels, width, height));
            }
        }
        Self { boxes, masks }
    }

    /// Returns the shape of an object, unless it has a label.
    fn without(
        &self,
        SimilarObject { mask, similarity, .. }: SimilarObject,
        output: Output,
        (width, height): (u32, u32),
    ) -> Result<Option<Found<AnyCoordinates>>> {
        if self.masks.iter().any(|other| f64::from(other.overlap(&mask)) >= MIN_OVERLAP) {
            return Ok(None);
        }
        let bitmask = mask.to_bitmask(width, height).or_complain("The image is too large.")?;
        // Parts of a pixel of the image are no object.
        let Ok(pixels) = bitmask.pixels(width, height) else { return Ok(None) };
        let relative = |at: u32, length: u32| f64::from(at) / f64::from(length);
        let around = BoundingBox {
            x: relative(pixels.x, width),
            y: relative(pixels.y, height),
            width: relative(pixels.width, width),
            height: relative(pixels.height, height),
        };
        if self.boxes.iter().any(|other| other.intersection_over_union(&around) >= MIN_OVERLAP) {
            return Ok(None);
        }
        let shape = match output {
            Output::Boxes => around.into(),
            Output::Polygons => outlined(&AnyRegion::Bitmask(bitmask), (width, height))?.into(),
            Output::Bitmasks => bitmask.into(),
        };
        Ok(Some(Found { shape, confidence: f64::from(similarity).clamp(0.0, 1.0) }))
    }
}
