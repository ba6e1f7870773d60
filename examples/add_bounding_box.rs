//! Adds a box: what `add_bounding_box` of the Python documentation is in Rust.

use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;

/// Adds a box in the middle of the frame, of the first class of the ontology that is drawn as a box.
#[editor_agent]
async fn add_bounding_box(frame: Frame, ontology: &Ontology, row: &mut LabelRow) -> Result<String> {
    let class = ontology.objects_of(&Shape::BoundingBox).next().or_complain("The ontology has no class for boxes.")?;
    row.add(class.feature_hash()).bounding_box(0.2, 0.2, 0.6, 0.6).on(frame)?;
    Ok(format!("Added a box of the class {}.", class.name()))
}
