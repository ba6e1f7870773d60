//! Adds a bitmask: the Rust version of `put_ball_on_image` (`editor_add_bitmask.py`) in the Python documentation.

use agent_runtime::agent_platform::ontology::Shape;
use agent_runtime::prelude::*;

/// Adds a disc in the centre of the frame, as a bitmask of the first bitmask class in the ontology.
#[editor_agent]
async fn add_bitmask(frame: Frame, ontology: &Ontology, row: &mut LabelRow) -> Result<String> {
    let class = ontology.objects_of(&Shape::Bitmask).next().or_complain("The ontology has no bitmask class.")?;
    let (width, height) = row.frame(frame).size().or_complain("The size of this frame is unknown.")?;
    let ball = ball(width, height)?;
    let pixels = ball.area()?;
    row.add(class.feature_hash()).coordinates(ball).confidence(0.8).on(frame)?;
    Ok(format!("Added a disc of {pixels} pixels with the class {}.", class.name()))
}

/// Returns a disc in the centre, with a diameter of half the shorter side.
fn ball(width: u64, height: u64) -> Result<Bitmask> {
    let radius = width.min(height) / 4;
    let in_ball = |x: u64, y: u64| x.abs_diff(width / 2).pow(2) + y.abs_diff(height / 2).pow(2) <= radius.pow(2);
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| u8::from(in_ball(x, y)))).collect();
    Ok(Bitmask::from_rows(width, height, &pixels)?)
}
