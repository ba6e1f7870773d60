//! Segments the objects in boxes.

mod colours;
mod grab_cut;
#[cfg(feature = "isnet")]
mod isnet;
mod max_flow;
#[cfg(test)]
mod measured;
mod region;

use std::env;
use std::sync::{Arc, LazyLock};

use agent_runtime::agent_platform::labels::AnyCoordinates;
use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

use crate::counterpart::{add, counterpart};
use crate::traced::outlined;

pub(crate) use grab_cut::GrabCut;

/// Maximum boxes per call.
const MAX_BOXES: usize = 20;

/// A segmentation engine.
pub(crate) trait Engine: Send + Sync {
    /// Segments the object in a box of the frame. `shape` is in relative coordinates. Blocks for seconds.
    fn segment(&self, image: &RgbImage, shape: &BoundingBox) -> Result<Bitmask>;
}

/// Returns the network set in the environment, or the built-in engine.
fn from_env() -> Result<Arc<dyn Engine>> {
    match env::var_os("SEGMENT_MODEL").filter(|path| !path.is_empty()) {
        None => Ok(Arc::new(GrabCut)),
        #[cfg(feature = "isnet")]
        Some(path) => Ok(Arc::new(isnet::IsNet::load(path.as_ref())?)),
        #[cfg(not(feature = "isnet"))]
        Some(_) => {
            bail!("This program does not support SEGMENT_MODEL: build it with --features isnet.")
        }
    }
}

/// Segments the objects in the selected boxes, and adds them as polygons or bitmasks with the answers of the boxes.
///
/// The class of a new object is the polygon or bitmask class with the most attributes in common with the box's class.
/// Boxes should be tight. The built-in engine separates objects by colour; `SEGMENT_MODEL` is the path of a network to
/// use instead.
#[editor_agent]
async fn segment_box(
    engine: Option<State<Arc<dyn Engine>>>,
    frame: Frame,
    pixels: FramePixels,
    selected: Selected<BoundingBox>,
    row: &mut LabelRow,
) -> Result<String> {
    static FROM_ENV: LazyLock<Result<Arc<dyn Engine>>> = LazyLock::new(from_env);
    ensure!(!selected.is_empty(), "Select a box around an object.");
    ensure!(selected.len() <= MAX_BOXES, "Select up to {MAX_BOXES} boxes at once, not {}.", selected.len());
    let ontology = Arc::clone(row.ontology());
    let mut added = Vec::new();
    for object in &selected {
        let class = ontology.object(object.feature_hash()).or_complain("The ontology does not have this class.")?;
        let target = counterpart(&ontology, class, &[Shape::Polygon, Shape::Bitmask]);
        let target = target.or_complain("The ontology has no polygon or bitmask class.")?;
        let (image, shape, as_mask) =
            (Arc::clone(pixels.shared()), object.coordinates, *target.shape() == Shape::Bitmask);
        let given = engine.as_ref().map(|State(engine)| Arc::clone(engine));
        let found = tokio::task::spawn_blocking(move || -> Result<AnyCoordinates> {
            // Loaded here, because a network takes a while to load.
            let engine = given.map_or_else(|| FROM_ENV.clone(), Ok)?;
            let mask = engine.segment(&image, &shape)?;
            if as_mask { Ok(mask.into()) } else { Ok(outlined(&AnyRegion::Bitmask(mask), image.dimensions())?.into()) }
        });
        added.push(add(row, frame, object.hash().as_str(), target, found.await??)?);
    }
    Ok(format!("Added {}.", added.join(", ")))
}
