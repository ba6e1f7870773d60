//! Segments the selected objects.

mod colours;
mod grab_cut;
mod max_flow;
#[cfg(test)]
mod measured;
#[cfg(feature = "sam")]
mod prompted;
mod region;

use std::sync::Arc;

use agent_runtime::agent_platform::labels::AnyCoordinates;
use agent_runtime::agent_platform::ontology::{ObjectClass, Shape};
use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

use crate::counterpart::{add, counterpart};
use crate::traced::outlined;

pub(crate) use grab_cut::GrabCut;

/// Maximum objects per call.
const MAX_OBJECTS: usize = 20;
/// Maximum objects per call of `segment_in_detail`.
#[cfg(feature = "sam")]
const MAX_DETAILED: usize = 5;
/// Maximum size of the folder of embeddings, in bytes: some 450 images.
#[cfg(feature = "sam")]
const DISK_CACHE_BYTES: u64 = 2_000_000_000;

/// Adds the state of the agent to the server: the model in `SAM_MODEL`, if it is set. Without it, `GrabCut` is used. Images are
/// encoded in advance, after calls of other agents. `SAM_CACHE` is the folder of embeddings that outlive the program.
///
/// # Errors
/// The weights are missing or malformed, or the folder cannot be used.
pub(crate) fn with_model(server: Server) -> Result<Server> {
    let Some(path) = std::env::var_os("SAM_MODEL").filter(|path| !path.is_empty()) else { return Ok(server) };
    #[cfg(feature = "sam")]
    {
        let mut model = agent_models::sam::SharedSegmenter::load(path.as_ref())?;
        if let Some(folder) = std::env::var_os("SAM_CACHE").filter(|folder| !folder.is_empty()) {
            model = model.with_disk_cache(folder.as_ref(), DISK_CACHE_BYTES)?;
        }
        Ok(server.state(model.clone()).metrics(model.clone()).after_call(model))
    }
    #[cfg(not(feature = "sam"))]
    bail!("This program does not support SAM_MODEL={}: build it with --features sam.", path.display())
}

/// Segments the objects in the selected boxes, and adds them as polygons or bitmasks with the answers of the boxes.
///
/// The class of a new object is the polygon or bitmask class with the most attributes in common with the box's class.
/// Boxes should be tight. The built-in engine separates objects by colour.
#[cfg(not(feature = "sam"))]
#[editor_agent]
async fn segment(
    frame: Frame,
    pixels: FramePixels,
    selected: Selected<BoundingBox>,
    row: &mut LabelRow,
) -> Result<String> {
    check_count(selected.len())?;
    let boxes = selected.iter().map(|object| (object.hash().clone(), object.coordinates));
    by_colours(frame, &pixels, boxes.collect(), row).await
}

/// Segments the selected objects: boxes, points on and off an object, polygons and masks.
///
/// Boxes and points become polygons or bitmasks with their answers, of the class with the most attributes in common.
/// Selected polygons and bitmasks are refined. Points of a class whose name contains "negative" or "background" are not on
/// the object. Without a model in `SAM_MODEL`, only boxes are segmented, by colour.
#[cfg(feature = "sam")]
#[editor_agent]
async fn segment(
    call: EditorCall,
    model: Option<State<agent_models::sam::SharedSegmenter>>,
    frame: Frame,
    pixels: FramePixels,
    selected: agent_models::sam::SelectedPrompts,
    row: &mut LabelRow,
) -> Result<String> {
    check_count(selected.len())?;
    if let Some(State(model)) = model {
        let masks = prompted::masks(&call, &model, &pixels, &selected).await?;
        return prompted::saved(frame, &pixels, &selected, masks, row);
    }
    let shape = |object: &agent_models::sam::SelectedPrompt| match &object.source.coordinates.0 {
        Some(AnyCoordinates::BoundingBox(shape)) => Some((object.source.hash().clone(), *shape)),
        _ => None,
    };
    let boxes: Option<Vec<_>> = selected.iter().map(shape).collect();
    let boxes = boxes.or_complain("Select boxes: other prompts need the segmentation model, SAM_MODEL.")?;
    by_colours(frame, &pixels, boxes, row).await
}

/// Segments the selected objects more accurately than `segment`, in seconds per object: the model sees the image, its mirror
/// image, and a crop around each small object.
#[cfg(feature = "sam")]
#[editor_agent]
async fn segment_in_detail(
    call: EditorCall,
    model: Option<State<agent_models::sam::SharedSegmenter>>,
    frame: Frame,
    pixels: FramePixels,
    selected: agent_models::sam::SelectedPrompts,
    row: &mut LabelRow,
) -> Result<String> {
    check_count(selected.len())?;
    ensure!(
        selected.len() <= MAX_DETAILED,
        "Select up to {MAX_DETAILED} objects at once, not {}: each takes seconds.",
        selected.len()
    );
    let State(model) = model.or_complain("Use `segment`: details need the segmentation model, SAM_MODEL.")?;
    let masks = prompted::detailed_masks(&call, &model, &pixels, &selected).await?;
    prompted::saved(frame, &pixels, &selected, masks, row)
}

fn check_count(count: usize) -> Result<()> {
    ensure!(count > 0, "Select a box around an object.");
    ensure!(count <= MAX_OBJECTS, "Select up to {MAX_OBJECTS} objects at once, not {count}.");
    Ok(())
}

/// Segments the objects in boxes with `GrabCut`.
async fn by_colours(
    frame: Frame,
    pixels: &FramePixels,
    boxes: Vec<(ObjectHash, BoundingBox)>,
    row: &mut LabelRow,
) -> Result<String> {
    let ontology = Arc::clone(row.ontology());
    let mut added = Vec::new();
    for (hash, shape) in boxes {
        let target = target_class(&ontology, row, hash.as_str())?;
        let (image, as_mask) = (Arc::clone(pixels.shared()), *target.shape() == Shape::Bitmask);
        let found = tokio::task::spawn_blocking(move || -> Result<AnyCoordinates> {
            coordinates(GrabCut.segment(&image, &shape)?, as_mask, image.dimensions())
        });
        added.push(add(row, frame, hash.as_str(), target, found.await??)?);
    }
    Ok(format!("Added {}.", added.join(", ")))
}

/// Returns the polygon or bitmask class with the most attributes in common with the class of an object.
fn target_class<'o>(ontology: &'o Ontology, row: &LabelRow, hash: &str) -> Result<&'o ObjectClass> {
    let class = row.object(hash)?.feature_hash().to_owned();
    let class = ontology.object(&class).or_complain("The ontology does not have this class.")?;
    let target = counterpart(ontology, class, &[Shape::Polygon, Shape::Bitmask]);
    target.or_complain("The ontology has no polygon or bitmask class.")
}

/// Converts a mask to the shape of the class.
fn coordinates(mask: Bitmask, as_mask: bool, size: (u32, u32)) -> Result<AnyCoordinates> {
    if as_mask { Ok(mask.into()) } else { Ok(outlined(&AnyRegion::Bitmask(mask), size)?.into()) }
}

/// Segments the object in a box of an image. `shape` is in relative coordinates. Blocks for seconds.
pub(crate) trait Engine {
    /// See the trait.
    fn segment(&self, image: &RgbImage, shape: &BoundingBox) -> Result<Bitmask>;
}
