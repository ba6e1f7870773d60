//! Segmentation with a promptable model.

use std::sync::Arc;

use agent_models::sam::{Mask, Prompts, SegmentError, SelectedPrompt, SharedSegmenter};
use agent_runtime::agent_platform::media::CancelOnDrop;
use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;

use super::{coordinates, target_class};
use crate::counterpart::add;

/// Memory of encoding further views of an image, in bytes.
const ENCODING_BYTES: u64 = 128 * 1024 * 1024;

/// Predicts the masks of the objects on one embedding. `None` for an object that the model does not find.
pub(super) async fn masks(
    call: &EditorCall,
    model: &SharedSegmenter,
    pixels: &FramePixels,
    selected: &[SelectedPrompt],
) -> Result<Vec<Option<Bitmask>>> {
    let (embedding, prompts) = (model.embedding(call).await?, prompts(selected));
    let (width, height) = pixels.dimensions();
    let model = model.clone();
    let render = move |masks: Vec<Mask>| {
        let mask = masks.first().filter(|mask| mask.area() > 0);
        mask.and_then(|mask| mask.to_bitmask(width, height).ok())
    };
    let masks = call.spawn_blocking(move || {
        let masks = model.segmenter().predict_all(&embedding, &prompts)?;
        Ok::<_, SegmentError>(masks.into_iter().map(render).collect::<Vec<_>>())
    });
    masks.await?.map_err(SegmentError::complaint)
}

/// Predicts the masks of the objects from several views of the image. `None` for an object that the model does not find.
pub(super) async fn detailed_masks(
    call: &EditorCall,
    model: &SharedSegmenter,
    pixels: &FramePixels,
    selected: &[SelectedPrompt],
) -> Result<Vec<Option<Bitmask>>> {
    let (embedding, prompts) = (model.embedding(call).await?, prompts(selected));
    let (image, model) = (Arc::clone(pixels.shared()), model.clone());
    let _memory = call.acquire_memory(ENCODING_BYTES, "the views of the image").await?;
    let cancel = CancelOnDrop::default();
    let cancellation = cancel.cancellation();
    let masks = call.spawn_blocking(move || {
        let masks = model.segmenter().predict_detailed(&image, &embedding, &prompts, &cancellation)?;
        let masks =
            masks.into_iter().map(|mask| mask.to_bitmask().ok().filter(|mask| mask.area().is_ok_and(|area| area > 0)));
        Ok::<_, SegmentError>(masks.collect::<Vec<_>>())
    });
    masks.await?.map_err(SegmentError::complaint)
}

fn prompts(selected: &[SelectedPrompt]) -> Vec<Prompts> {
    selected.iter().map(|object| object.prompts.clone()).collect()
}

/// Adds the masks of new objects, and changes those of refined objects.
pub(super) fn saved(
    frame: Frame,
    pixels: &FramePixels,
    selected: &[SelectedPrompt],
    masks: Vec<Option<Bitmask>>,
    row: &mut LabelRow,
) -> Result<String> {
    let (width, height) = pixels.dimensions();
    let ontology = Arc::clone(row.ontology());
    let (mut added, mut refined) = (Vec::new(), 0);
    for (object, mask) in selected.iter().zip(masks) {
        let mask = mask.or_complain("The model finds no object at one of the prompts.")?;
        let hash = object.source.hash();
        if object.refined().is_some() {
            let as_mask =
                ontology.object(object.source.feature_hash()).is_some_and(|class| *class.shape() == Shape::Bitmask);
            row.edit(hash)?.at(frame)?.set(coordinates(mask, as_mask, (width, height))?)?;
            refined += 1;
        } else {
            let target = target_class(&ontology, row, hash.as_str())?;
            let found = coordinates(mask, *target.shape() == Shape::Bitmask, (width, height))?;
            added.push(add(row, frame, hash.as_str(), target, found)?);
        }
    }
    Ok(match (added.is_empty(), refined) {
        (true, refined) => format!("Refined {refined}."),
        (false, 0) => format!("Added {}.", added.join(", ")),
        (false, refined) => format!("Added {}, and refined {refined}.", added.join(", ")),
    })
}
