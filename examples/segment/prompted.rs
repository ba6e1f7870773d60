//! Segmentation with a promptable model.

use std::sync::Arc;

use agent_models::sam::{Mask, Prompts, SegmentError, SelectedPrompt, SharedSegmenter};
use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;

use super::{coordinates, target_class};
use crate::counterpart::add;

/// Segments the objects, adds those that are new, and changes those that are refined.
pub(super) async fn segmented(
    call: &EditorCall,
    model: &SharedSegmenter,
    frame: Frame,
    pixels: &FramePixels,
    selected: &[SelectedPrompt],
    row: &mut LabelRow,
) -> Result<String> {
    let embedding = model.embedding(call).await?;
    let prompts: Vec<Prompts> = selected.iter().map(|object| object.prompts.clone()).collect();
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
    let masks = masks.await?.map_err(SegmentError::complaint)?;
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
