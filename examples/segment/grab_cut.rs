//! The built-in engine: `GrabCut` (Rother, Kolmogorov and Blake, 2004). It needs no download and no training: it
//! separates the colours inside the box from those around it, and cuts along edges in the image.
//!
//! It works best for objects whose colours differ from their surroundings. Parts with the colours of the surroundings
//! are lost.

use agent_runtime::media::RgbImage;
use agent_runtime::media::image::imageops::{FilterType, resize};
use agent_runtime::prelude::*;

use super::Engine;
use super::colours::{Colour, Colours, distance};
use super::max_flow::{Grid, NEIGHBOURS};
use super::region::{Mask, Region, pixel};

/// Margin around the box, relative to its sides.
const AROUND: f64 = 0.2;
/// Maximum longer side of the image in the first pass, in pixels.
const MAX_SIDE: f64 = 320.0;
/// Maximum pixels of the image in the second pass, which refines the border.
const MAX_PIXELS: f64 = 1_000_000.0;
/// Iterations of fitting colours and cutting.
const ROUNDS: usize = 2;
/// Cost of separating neighbours with equal colours.
const SMOOTHNESS: f64 = 40.0;
/// Weight of the prior that objects fill the centre of their boxes more often than the corners.
const CENTRE_WEIGHT: f64 = 3.0;
/// Maximum gap between the object and each side of its box, relative to the box, because boxes are drawn tightly. While
/// a gap is larger, the prior of all pixels in the box is raised.
const GAP: f64 = 0.06;
/// Maximum number of such raises.
const MAX_PUSHES: usize = 5;
/// Increase of the prior per raise.
const PUSH: f64 = 2.0;
/// Cost that excludes a cut.
const INFINITE_COST: f64 = 1e6;

/// The built-in engine.
pub(crate) struct GrabCut;

impl Engine for GrabCut {
    fn segment(&self, image: &RgbImage, shape: &BoundingBox) -> Result<Bitmask> {
        let region = Region::around(image, shape, AROUND)?;
        let crop = region.pixels.cut(image);
        let (width, height) = crop.dimensions();
        let (wide, high) = (f64::from(width), f64::from(height));
        let small = (MAX_SIDE / wide.max(high)).min(1.0);
        let large = (MAX_PIXELS / (wide * high)).sqrt().min(1.0);
        let mut inside = segmented(&crop, &region, small, None)?;
        if small < large {
            inside = segmented(&crop, &region, large, Some(&inside))?;
        }
        region.with(inside.resized(width, height))
    }
}

/// Segments a crop that is downscaled by a factor. With a known mask, only pixels near its border are segmented.
fn segmented(crop: &RgbImage, region: &Region, factor: f64, known: Option<&Mask>) -> Result<Mask> {
    let scaled = |length: u32| pixel(f64::from(length) * factor).max(1);
    let (width, height) = (scaled(crop.width()), scaled(crop.height()));
    let image = if factor < 1.0 { resize(crop, width, height, FilterType::Triangle) } else { crop.clone() };
    let within = region.within.map(|edge| edge * factor);
    let biases = biases(width, height, &within, known);
    let around: Vec<bool> = biases.iter().map(|bias| *bias > -INFINITE_COST).collect();
    let mut inside = Mask { width, height, inside: biases.iter().map(|bias| *bias > 0.0).collect() };
    let colours: Vec<Colour> = image.pixels().map(|pixel| pixel.0.map(f64::from)).collect();
    let problem = Problem { smoothness: smoothness(&image, &colours), colours, biases };
    let none = "The box fills the image, so there is no background to compare with.";
    let (object, rest) = (problem.chosen(&inside.inside, true), problem.chosen(&around, false));
    let (object, rest) = (Colours::fit(&object), Colours::fit(&rest));
    let mut mixtures = (object.or_complain(none)?, rest.or_complain(none)?);
    problem.cut(&mut inside, &mixtures, 0.0);
    if known.is_some() {
        return Ok(inside);
    }
    for _ in 1..ROUNDS {
        let object = mixtures.0.refined(&problem.chosen(&inside.inside, true));
        let rest = mixtures.1.refined(&problem.chosen(&inside.inside, false));
        let (Some(object), Some(rest)) = (object, rest) else { break };
        mixtures = (object, rest);
        problem.cut(&mut inside, &mixtures, 0.0);
    }
    for pushes in (1..=MAX_PUSHES).map(|pushes| f64::from(u8::try_from(pushes).unwrap_or(u8::MAX))) {
        if inside.reaches(&within, GAP) {
            break;
        }
        problem.cut(&mut inside, &mixtures, pushes * PUSH);
    }
    Ok(inside)
}

/// A segmentation problem.
struct Problem {
    colours: Vec<Colour>,
    biases: Vec<f64>,
    /// Column, row, direction of the neighbour, and cost of separating the two.
    smoothness: Vec<(usize, usize, usize, f32)>,
}

impl Problem {
    /// Returns the colours inside or outside the mask.
    fn chosen(&self, inside: &[bool], wanted: bool) -> Vec<Colour> {
        let colours = self.colours.iter().zip(inside);
        colours.filter(|(_, inside)| **inside == wanted).map(|(colour, _)| *colour).collect()
    }

    /// Computes the minimum cut for these colour models of object and background, with an increased prior of the
    /// object.
    fn cut(&self, mask: &mut Mask, (object, rest): &(Colours, Colours), push: f64) {
        let (width, height) = (mask.width as usize, mask.height as usize);
        let mut grid = Grid::new(width, height);
        for (index, (colour, bias)) in self.colours.iter().zip(&self.biases).enumerate() {
            let cost = rest.cost(colour) - object.cost(colour) + push + bias;
            grid.prefer(index % width, index / width, single(cost));
        }
        for (x, y, direction, cost) in &self.smoothness {
            grid.link(*x, *y, *direction, *cost);
        }
        mask.inside = grid.cut();
    }
}

/// Returns the prior of each pixel. Pixels outside the box are background. Inside the box, the probability of the
/// object increases towards the centre. With a known mask, pixels far from its border keep their side.
fn biases(width: u32, height: u32, [left, top, right, bottom]: &[f64; 4], known: Option<&Mask>) -> Vec<f64> {
    let known = known.map(|mask| (mask.resized(width, height), 2 + width / mask.width));
    let of = |(x, y): (u32, u32)| {
        let off =
            |at: u32, first: f64, last: f64| (f64::from(at) + 0.5 - (first + last) / 2.0) / ((last - first) / 2.0);
        let (across, down) = (off(x, *left, *right), off(y, *top, *bottom));
        if across.abs().max(down.abs()) > 1.0 {
            return -INFINITE_COST;
        }
        match &known {
            Some((mask, reach)) => match mask.only(x, y, *reach) {
                Some(true) => INFINITE_COST,
                Some(false) => -INFINITE_COST,
                None => 0.0,
            },
            None => CENTRE_WEIGHT * (1.0 - across * across - down * down),
        }
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(of).collect()
}

/// Returns the cost of separating each pair of neighbours, which is low where colours change.
fn smoothness(image: &RgbImage, colours: &[Colour]) -> Vec<(usize, usize, usize, f32)> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut differences = Vec::with_capacity(colours.len() * 4);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for (direction, (right, down)) in NEIGHBOURS[..4].iter().enumerate() {
            let (to_x, to_y) = (x.wrapping_add_signed(*right), y.wrapping_add_signed(*down));
            if to_x < width && to_y < height {
                differences.push((x, y, direction, distance(&colours[y * width + x], &colours[to_y * width + to_x])));
            }
        }
    }
    let (sum, count) = differences.iter().fold((0.0, 1.0), |(sum, count), (.., square)| (sum + square, count + 1.0));
    let usual = 2.0 * sum / count + f64::MIN_POSITIVE;
    let cost = |direction: usize, square: f64| {
        let apart = if direction.is_multiple_of(2) { 1.0 } else { std::f64::consts::SQRT_2 };
        single(SMOOTHNESS * (-square / usual).exp() / apart)
    };
    differences.into_iter().map(|(x, y, direction, square)| (x, y, direction, cost(direction, square))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is enough for costs")]
fn single(cost: f64) -> f32 {
    cost as f32
}
