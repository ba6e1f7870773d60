//! Converts objects between boxes, rotated boxes, polygons and bitmasks. The selected objects are kept. The class of a
//! new object is the one of its shape with the most attributes in common with the old class.

use std::slice;
use std::sync::Arc;

use agent_runtime::ReadShape;
use agent_runtime::agent_platform::labels::Coordinates;
use agent_runtime::media::PixelBox;
use agent_runtime::prelude::*;
use geo::{BoundingRect, MinimumRotatedRect};

use crate::counterpart::{add, counterpart};
use crate::traced::{Size, borders, mask, outlined};

/// Adds polygons for the selected objects, with their answers. Polygons of bitmasks have holes, and are exact to half a
/// pixel.
#[editor_agent]
async fn to_polygon(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, outlined).await
}

/// Adds bitmasks for the selected objects, with their answers: the pixels whose centres they cover.
#[editor_agent]
async fn to_bitmask(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, masked).await
}

fn masked(region: &AnyRegion, (width, height): Size) -> Result<Bitmask> {
    let mask = mask(region, (width, height))?;
    let PixelBox { x: left, y: top, width: wide, .. } = mask.pixels();
    let mut pixels = vec![0; width as usize * height as usize];
    let rows = pixels.chunks_exact_mut(width as usize).skip(top as usize);
    for (row, inside) in rows.zip(mask.inside().chunks_exact(wide as usize)) {
        for (pixel, inside) in row.iter_mut().skip(left as usize).zip(inside) {
            *pixel = u8::from(*inside);
        }
    }
    Ok(Bitmask::from_rows(width.into(), height.into(), &pixels)?)
}

/// Adds bounding boxes for the selected objects, with their answers.
#[editor_agent]
async fn to_box(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, |region, size| {
        let around = borders(region, size)?.bounding_rect().or_complain("The object is empty.")?;
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let (x, y) = (around.min().x / width, around.min().y / height);
        Ok(BoundingBox { x, y, width: around.width() / width, height: around.height() / height })
    })
    .await
}

/// Adds rotated boxes of minimum area for the selected objects, with their answers.
#[editor_agent]
async fn to_rotated_box(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, |region, size| {
        let around = borders(region, size)?.minimum_rotated_rect().or_complain("The object is empty.")?;
        let [a, b, c, ..] = around.exterior().0[..] else { bail!("The object is empty.") };
        let (along, across) = (b - a, c - b);
        let (mut wide, mut high) = (along.x.hypot(along.y), across.x.hypot(across.y));
        // Of the four equivalent rotations of the box, the one with the smallest angle.
        let turned = along.y.atan2(along.x).to_degrees();
        let quarters = (turned / 90.0).round();
        if quarters.rem_euclid(2.0) > 0.5 {
            (wide, high) = (high, wide);
        }
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let (x, y) = ((a.x + c.x - wide) / 2.0 / width, (a.y + c.y - high) / 2.0 / height);
        Ok(RotatableBoundingBox { x, y, width: wide / width, height: high / height, theta: turned - 90.0 * quarters })
    })
    .await
}

/// Adds an object of the shape `S` for each selected object. `make` converts the region.
async fn convert<S: Coordinates>(
    row: &mut LabelRow,
    frame: Frame,
    selected: &[ObjectInstance<AnyRegion>],
    make: fn(&AnyRegion, Size) -> Result<S>,
) -> Result<String> {
    ensure!(!selected.is_empty(), "Select the objects to convert.");
    let (width, height) = row.frame(frame).size().or_complain("The size of this frame is unknown.")?;
    let size = (u32::try_from(width)?, u32::try_from(height)?);
    let ontology = Arc::clone(row.ontology());
    let mut added = Vec::new();
    for object in selected {
        let class = ontology.object(object.feature_hash()).or_complain("The ontology does not have this class.")?;
        let (shape, name) = (S::SHAPE, <S as ReadShape<S>>::name());
        ensure!(*class.shape() != shape, "{} is already a {name}.", class.name());
        let target = counterpart(&ontology, class, slice::from_ref(&shape));
        let target = target.or_complain(format!("The ontology has no class of the shape {name}."))?;
        let region = object.coordinates.clone();
        let coordinates = tokio::task::spawn_blocking(move || make(&region, size)).await??;
        added.push(add(row, frame, object.hash().as_str(), target, coordinates)?);
    }
    Ok(format!("Added {}.", added.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mask_round_trips_through_simplified_outline() {
        let mut state = 1_u32;
        for density in [3, 8, 13] {
            let noise = (0..40 * 30).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                u8::from((state >> 24) % 16 < density)
            });
            let noise = Bitmask::from_rows(40, 30, &noise.collect::<Vec<_>>()).unwrap();
            let outline = outlined(&AnyRegion::Bitmask(noise.clone()), (40, 30)).unwrap();
            assert_eq!(masked(&AnyRegion::Polygon(outline), (40, 30)).unwrap(), noise);
        }
    }
}
