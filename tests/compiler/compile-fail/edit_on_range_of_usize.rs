use agent_runtime::prelude::*;

#[editor_agent]
async fn mark(objects: ObjectHashes, row: &mut LabelRow) -> Result<()> {
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(0..objects.len())?; //~ [0..objects.len()] `std::ops::Range<usize>` is not a list of frames
    Ok(())
}

fn main() {}
