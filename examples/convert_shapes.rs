//! Turns objects into objects of another shape: boxes, rotated boxes, outlines and masks, each into each other.
//! What is selected stays. What is added is of the class of its shape that has most attributes in common with the old one's.

use std::cmp::Reverse;
use std::sync::Arc;

use agent_runtime::ShapeOnFrame;
use agent_runtime::agent_platform::labels::{AnswerInput, AnswerValue, Coordinates, Object, Vertex};
use agent_runtime::agent_platform::ontology::{Attribute, ObjectClass};
use agent_runtime::media::{Croppable, Mask, PixelBox};
use agent_runtime::prelude::*;
use geo::{BoundingRect, Coord, CoordsIter, LineString, MinimumRotatedRect, MultiPolygon, Simplify, Validation};

use crate::outline;

/// How far an outline may be from the borders of a mask's pixels, in pixels. Less than half of one, so that it has the same
/// pixels inside.
const TOLERANCE: f64 = 0.44;

/// Outlines with more vertices keep every corner: checking that none crosses another takes their square.
const MOST: usize = 4000;

/// The frame's width and height in pixels.
type Size = (u32, u32);

/// Adds outlines of the selected objects, with their answers; those of masks have holes, and are true to half a pixel.
#[editor_agent]
async fn to_polygon(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, outlined).await
}

fn outlined(region: &AnyRegion, size: Size) -> Result<Polygon> {
    let exact = borders(region, size)?;
    let AnyRegion::Bitmask(_) = region else { return Ok(relative(&exact, size)) };
    let lighter = [1.0, 0.5, 0.25].map(|part| exact.simplify(TOLERANCE * part));
    let lighter = lighter.into_iter().filter(|lighter| lighter.coords_count() <= MOST).find(Validation::is_valid);
    Ok(relative(&lighter.unwrap_or(exact), size))
}

/// Adds masks of the selected objects, with their answers: the pixels whose centres they cover.
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

/// Adds the boxes around the selected objects, with their answers.
#[editor_agent]
async fn to_box(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, |region, size| {
        let around = borders(region, size)?.bounding_rect().or_complain("There is nothing to put a box around.")?;
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let (x, y) = (around.min().x / width, around.min().y / height);
        Ok(BoundingBox { x, y, width: around.width() / width, height: around.height() / height })
    })
    .await
}

/// Adds the rotated boxes of the least area around the selected objects, with their answers.
#[editor_agent]
async fn to_rotated_box(frame: Frame, selected: Selected<AnyRegion>, row: &mut LabelRow) -> Result<String> {
    convert(row, frame, &selected, |region, size| {
        let around =
            borders(region, size)?.minimum_rotated_rect().or_complain("There is nothing to put a box around.")?;
        let [a, b, c, ..] = around.exterior().0[..] else { bail!("There is nothing to put a box around.") };
        let (along, across) = (b - a, c - b);
        let (mut wide, mut high) = (along.x.hypot(along.y), across.x.hypot(across.y));
        // The same box turned by quarters: the one that is turned the least.
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

/// Adds an object of the shape `S` for each that is selected, with what `make` makes of its region.
async fn convert<S: Coordinates>(
    row: &mut LabelRow,
    frame: Frame,
    selected: &[ObjectInstance<AnyRegion>],
    make: fn(&AnyRegion, Size) -> Result<S>,
) -> Result<String> {
    ensure!(!selected.is_empty(), "Select what is to be converted.");
    let (width, height) = row.frame(frame).size().or_complain("The platform does not say how large this frame is.")?;
    let size = (u32::try_from(width)?, u32::try_from(height)?);
    let ontology = Arc::clone(row.ontology());
    let mut added = Vec::new();
    for object in selected {
        let class = ontology.object(object.feature_hash()).or_complain("The ontology does not have this class.")?;
        let (shape, name) = (S::SHAPE, <S as ShapeOnFrame>::name());
        ensure!(*class.shape() != shape, "{} is a {name} already.", class.name());
        let target = ontology.objects_of(&shape).filter(|target| !target.is_archived()).enumerate();
        let shared = |old: &&Attribute, new: &ObjectClass| new.attributes().any(|new| same(old, new));
        let shared = |new| class.attributes().filter(|old| shared(old, new)).count();
        let target = target.max_by_key(|(index, target)| (shared(*target), Reverse(*index)));
        let (_, target) = target.or_complain(format!("The ontology has no class of the shape {name}."))?;
        let region = object.coordinates.clone();
        let coordinates = tokio::task::spawn_blocking(move || make(&region, size)).await??;
        let (from, to): (Vec<_>, Vec<_>) = (class.attributes().collect(), target.attributes().collect());
        let answers = carried(row.object(object.hash())?, frame, &from, &to);
        let number =
            row.objects_of_class(target.feature_hash()).filter_map(|other| other.number()).max().unwrap_or(0) + 1;
        let new = row.add(target.feature_hash()).coordinates(coordinates).number(number);
        answers.into_iter().fold(new, |new, (attribute, answer)| new.answer(attribute, answer)).on(frame)?;
        added.push(format!("{} {number}", target.name()));
    }
    Ok(format!("Added {}.", added.join(", ")))
}

fn same(one: &Attribute, other: &Attribute) -> bool {
    one.name() == other.name() && one.attribute_type() == other.attribute_type()
}

/// The answers of an object to these attributes, as answers to others that ask the same; to what is below an option last.
fn carried(object: Object<'_>, frame: Frame, from: &[&Attribute], to: &[&Attribute]) -> Vec<(String, AnswerInput)> {
    let mut answers = Vec::new();
    for target in to {
        let Some(source) = from.iter().find(|source| same(source, target)) else { continue };
        let Some(value) = object.answer_at(source.feature_hash(), frame.0) else { continue };
        let chosen: Vec<_> = value.options().iter().filter_map(|option| target.option(&option.label)).collect();
        let answer = match value {
            AnswerValue::Text(_) | AnswerValue::Number(_) => value.into(),
            _ if chosen.is_empty() => continue,
            _ => AnswerInput::Options(chosen.iter().map(|option| option.feature_hash().to_owned()).collect()),
        };
        answers.push((target.feature_hash().to_owned(), answer));
        for (new, old) in chosen.into_iter().filter_map(|new| Some((new, source.option(new.label())?))) {
            let (from, to): (Vec<_>, Vec<_>) = (old.attributes().collect(), new.attributes().collect());
            answers.extend(carried(object, frame, &from, &to));
        }
    }
    answers
}

fn mask(region: &AnyRegion, (width, height): Size) -> Result<Mask> {
    region.mask(width, height).or_complain("Nothing of the object is in the image.")
}

/// The borders of a region in pixels; those of a mask run along its pixels.
fn borders(region: &AnyRegion, size: Size) -> Result<MultiPolygon> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    Ok(match region {
        AnyRegion::BoundingBox(shape) => outline::of_box(shape, (width, height)),
        AnyRegion::RotatableBoundingBox(shape) => outline::of_rotated_box(shape, (width, height)),
        AnyRegion::Polygon(shape) => outline::of_polygon(shape, (width, height)),
        AnyRegion::Bitmask(_) => traced(&mask(region, size)?),
    })
}

/// Pixels as parts of the image. Rings do not repeat their first vertex there.
fn relative(outline: &MultiPolygon, (width, height): Size) -> Polygon {
    let vertex = |at: &Coord| Vertex::from((at.x / f64::from(width), at.y / f64::from(height)));
    let ring = |ring: &LineString| ring.0.iter().skip(1).map(vertex).collect();
    let rings =
        |polygon: &geo::Polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect();
    Polygon { polygons: outline.iter().map(rings).collect() }
}

/// Where the sides of a pixel lead, clockwise from the upper one: east, south, west, north.
const AHEAD: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// The borders of a mask: one polygon for each of its parts, whose pixels touch by their sides, with holes.
fn traced(mask: &Mask) -> MultiPolygon {
    let PixelBox { x: left, y: top, width, height } = mask.pixels();
    let (width, height) = (i64::from(width), i64::from(height));
    let within = |x, y| (0..width).contains(&x) && (0..height).contains(&y);
    let index = |(x, y)| usize::try_from(y * width + x).ok().filter(|_| within(x, y));
    let inside = |at| index(at).is_some_and(|index| mask.inside()[index]);
    let mut part_of: Vec<Option<usize>> = vec![None; mask.inside().len()];
    let mut upper_side_done = vec![false; mask.inside().len()];
    let mut parts: Vec<geo::Polygon> = Vec::new();
    for start in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|at| inside(*at)) {
        let Some(pixel) = index(start) else { continue };
        if inside((start.0, start.1 - 1)) || upper_side_done[pixel] {
            continue;
        }
        let ring = ring_from(start, inside, |at| index(at).into_iter().for_each(|at| upper_side_done[at] = true));
        let ring = ring.into_iter().map(|(x, y)| (x + f64::from(left), y + f64::from(top))).collect();
        match part_of[pixel].and_then(|part| parts.get_mut(part)) {
            Some(part) => part.interiors_push(ring),
            // The first pixel of a part is on its border, and not on that of a hole.
            None => {
                let mut next = vec![start];
                while let Some(at) = next.pop() {
                    if let Some(new) = index(at).filter(|new| mask.inside()[*new] && part_of[*new].is_none()) {
                        part_of[new] = Some(parts.len());
                        next.extend(AHEAD.map(|(x, y)| (at.0 + x, at.1 + y)));
                    }
                }
                parts.push(geo::Polygon::new(ring, Vec::new()));
            }
        }
    }
    parts.into()
}

/// Goes along the sides of pixels with the mask to the right, from the upper side of a pixel until there again. Gives the
/// corners; says which upper sides it passes.
#[expect(clippy::cast_precision_loss, reason = "no image has 2^53 columns")]
fn ring_from(
    start: (i64, i64),
    inside: impl Fn((i64, i64)) -> bool,
    mut passed: impl FnMut((i64, i64)),
) -> Vec<(f64, f64)> {
    let (mut at, mut side, mut corners) = (start, 0, Vec::new());
    loop {
        if side == 0 {
            passed(at);
        }
        let (ahead, out) = (AHEAD[side], AHEAD[(side + 3) % 4]);
        let next = (at.0 + ahead.0, at.1 + ahead.1);
        let across = (next.0 + out.0, next.1 + out.1);
        // From the middle of the pixel to the corner where the side ends. Where two parts touch there alone, their borders
        // stay apart.
        let reach = if !inside(next) && inside(across) { 0.4 } else { 0.5 };
        let corner = |middle: i64, along: i64, out: i64| middle as f64 + 0.5 + reach * (along + out) as f64;
        let corner = (corner(at.0, ahead.0, out.0), corner(at.1, ahead.1, out.1));
        match (inside(next), inside(across)) {
            (false, _) => side = (side + 1) % 4,
            (true, false) => at = next,
            (true, true) => (at, side) = (across, (side + 3) % 4),
        }
        if !inside(next) || inside(across) {
            corners.push(corner);
        }
        if (at, side) == (start, 0) {
            return corners;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_and_holes<const WIDTH: usize, const HEIGHT: usize>(rows: [&[u8; WIDTH]; HEIGHT]) -> (usize, usize) {
        let pixels: Vec<u8> = rows.into_iter().flatten().map(|byte| u8::from(*byte == b'#')).collect();
        let mask = Bitmask::from_rows(WIDTH as u64, HEIGHT as u64, &pixels).unwrap();
        let outline =
            borders(&AnyRegion::Bitmask(mask), (WIDTH.try_into().unwrap(), HEIGHT.try_into().unwrap())).unwrap();
        assert!(outline.is_valid(), "{outline:?}");
        (outline.0.len(), outline.iter().map(|part| part.interiors().len()).sum())
    }

    #[test]
    fn parts_touch_by_sides_and_holes_by_corners() {
        assert_eq!(parts_and_holes([b"#..", b".##"]), (2, 0));
        assert_eq!(parts_and_holes([b"####", b"#.##", b"##.#", b"####"]), (1, 1));
        assert_eq!(parts_and_holes([b"#####", b"#...#", b"#.#.#", b"#...#", b"#####"]), (2, 1));
        assert_eq!(parts_and_holes([b"###", b"#.#", b"##."]), (1, 0));
    }

    #[test]
    fn any_mask_comes_back_from_its_simplified_outline() {
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
