//! Agents for the model tool. They take the place of a segmentation model: a point is a disc of 40 pixels.

use agent_runtime::agent_platform::labels::AnyCoordinates;
use agent_runtime::prelude::*;

use super::agents::Gate;

/// Width and height of the image.
const SIZE: (usize, usize) = (640, 480);

/// A mask of the image.
struct Mask(Vec<u8>);

impl Mask {
    fn new() -> Self {
        Self(vec![0; SIZE.0 * SIZE.1])
    }

    /// Sets the pixels of which the predicate of x and y, in pixels, is true.
    fn set(&mut self, value: u8, is_inside: impl Fn(f64, f64) -> bool) {
        let places = (0_u16..480).flat_map(|y| (0_u16..640).map(move |x| (f64::from(x), f64::from(y))));
        for (pixel, (x, y)) in self.0.iter_mut().zip(places) {
            if is_inside(x, y) {
                *pixel = value;
            }
        }
    }

    fn set_disc(&mut self, value: u8, centre: Point) {
        self.set(value, |x, y| (x - centre.x * 640.0).hypot(y - centre.y * 480.0) < 40.0);
    }

    fn set_box(&mut self, shape: BoundingBox) {
        let (right, bottom) = (shape.x + shape.width, shape.y + shape.height);
        self.set(1, |x, y| {
            (shape.x * 640.0..=right * 640.0).contains(&x) && (shape.y * 480.0..=bottom * 480.0).contains(&y)
        });
    }

    fn bitmask(&self) -> Result<Bitmask> {
        Ok(Bitmask::from_rows(640, 480, &self.0)?)
    }
}

/// Segments the prompted object: points, boxes, and masks to refine. Points of the class "Negative tip" are not on it.
#[editor_agent(path = "/segment-discs")]
pub(super) async fn segment_discs(frame: Frame, selected: ObjectHashes, row: &mut LabelRow) -> Result<String> {
    discs(frame, &selected, row)
}

/// Like `segment_discs`, but waits until the test opens the gate.
#[editor_agent(path = "/slow-discs")]
pub(super) async fn slow_discs(
    frame: Frame,
    selected: ObjectHashes,
    State(gate): State<Gate>,
    row: &mut LabelRow,
) -> Result<String> {
    gate.pass().await?;
    discs(frame, &selected, row)
}

/// Adds the masks of the selected boxes.
#[editor_agent(path = "/box-masks")]
pub(super) async fn box_masks(frame: Frame, selected: Selected<BoundingBox>, row: &mut LabelRow) -> Result<String> {
    ensure!(!selected.is_empty(), "Select a box around an object.");
    for object in &selected {
        let mut mask = Mask::new();
        mask.set_box(object.coordinates);
        row.add("Water").coordinates(mask.bitmask()?).on(frame)?;
    }
    Ok("Segmented.".to_owned())
}

fn discs(frame: Frame, selected: &[ObjectHash], row: &mut LabelRow) -> Result<String> {
    let (mut mask, mut refined, mut negative) = (Mask::new(), None, Vec::new());
    let mut count = 0;
    for hash in selected {
        let object = row.object(hash)?;
        let is_negative = object.class().is_some_and(|class| class.name() == "Negative tip");
        match object.at(frame)?.any_coordinates()? {
            AnyCoordinates::Point(place) if is_negative => negative.push(place),
            AnyCoordinates::Point(place) => mask.set_disc(1, place),
            AnyCoordinates::BoundingBox(shape) => mask.set_box(shape),
            AnyCoordinates::Bitmask(earlier) => {
                for (pixel, earlier) in mask.0.iter_mut().zip(earlier.to_rows()?) {
                    *pixel |= earlier;
                }
                refined = Some(hash.clone());
            }
            _ => bail!("Select points, boxes and masks."),
        }
        count += usize::from(!is_negative);
    }
    ensure!(count > 0, "A negative point needs a point on the object, too.");
    for place in negative {
        mask.set_disc(0, place);
    }
    if let Some(hash) = refined {
        row.edit(&hash)?.at(frame)?.set(mask.bitmask()?)?;
    } else {
        row.add("Water").coordinates(mask.bitmask()?).on(frame)?;
    }
    Ok("Segmented.".to_owned())
}
