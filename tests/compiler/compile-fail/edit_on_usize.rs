use agent_runtime::prelude::*;

#[editor_agent]
async fn mark(objects: ObjectHashes, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(objects.len())?; //~ [objects.len()] `usize` is not the number of a frame
    Ok(())
}

fn main() {}
