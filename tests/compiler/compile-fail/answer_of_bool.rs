use agent_runtime::prelude::*;

#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Car").answer("Parked", true).bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?; //~ [true] `bool` is not an answer
    Ok(())
}

fn main() {}
