//! Adds a bounding box: the Rust version of `add_bounding_box` in the Python documentation.

use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;

/// Adds a box in the centre of the frame, of the first bounding box class in the ontology.
#[editor_agent]
async fn add_bounding_box(frame: Frame, ontology: &Ontology, row: &mut LabelRow) -> Result<String> {
    let class =
        ontology.objects_of(&Shape::BoundingBox).next().or_complain("The ontology has no bounding box class.")?;
    row.add(class.feature_hash()).bounding_box(0.2, 0.2, 0.6, 0.6).on(frame)?;
    Ok(format!("Added a box with the class {}.", class.name()))
}
