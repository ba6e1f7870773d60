//! Quality on the photographs of the sample project.

use agent_models::sam::{DetailedMask, Embedding, Prompts};
use agent_platform::labels::Point;
use agent_platform::media::{Cancellation, RgbImage};

use crate::SEGMENTER;
use crate::sample::{Truth, objects, photograph};
use crate::scenes::{CUPS, SHUTTLES, Scene};

/// Seed of the composed scenes.
const SEED: u32 = 7;
/// The point on each object from which the model segments it best, of 40 that were tried: an upper bound. Relative to the image.
const POINTS: [(&str, f64, f64); 10] = [
    ("cup", 0.629, 0.486),
    ("rim", 0.384, 0.451),
    ("saucer", 0.674, 0.441),
    ("spoon", 0.601, 0.606),
    ("rocket", 0.510, 0.549),
    ("astronaut", 0.317, 0.632),
    ("helmet", 0.829, 0.788),
    ("shuttle", 0.798, 0.483),
    ("photographer", 0.548, 0.540),
    ("camera", 0.517, 0.294),
];

/// Segments each object of the photographs, and returns the mean intersection over union. `segment` gets the photograph,
/// its embedding and the object, and returns the pixels of the mask.
fn mean_overlap(segment: impl Fn(&RgbImage, &Embedding, &Truth) -> Vec<bool>) -> f64 {
    let mut overlaps = Vec::new();
    let mut encoded: Option<(String, RgbImage, Embedding)> = None;
    for truth in objects("outlines.json") {
        if encoded.as_ref().is_none_or(|(name, ..)| *name != truth.file_name) {
            let image = photograph(&truth.file_name);
            let embedding = SEGMENTER.encode(&image).unwrap();
            encoded = Some((truth.file_name.clone(), image, embedding));
        }
        let (_, image, embedding) = encoded.as_ref().unwrap();
        let overlap = truth.overlap(&segment(image, embedding, &truth));
        println!("{}: {overlap:.3}", truth.name);
        overlaps.push(overlap);
    }
    assert_eq!(overlaps.len(), POINTS.len());
    mean(&overlaps)
}

fn mean(overlaps: &[f64]) -> f64 {
    let mean = overlaps.iter().sum::<f64>() / f64::from(u32::try_from(overlaps.len()).unwrap());
    println!("mean of {}: {mean:.3}", overlaps.len());
    mean
}

/// Returns the pixels of the first mask for the prompts.
fn first_mask(embedding: &Embedding, prompts: &Prompts, truth: &Truth) -> Vec<bool> {
    SEGMENTER.predict(embedding, prompts).unwrap()[0].render(truth.width, truth.height)
}

/// Returns the pixels of the detailed masks for the prompts.
fn detailed(image: &RgbImage, embedding: &Embedding, objects: &[Prompts]) -> Vec<Vec<bool>> {
    let masks = SEGMENTER.predict_detailed(image, embedding, objects, &Cancellation::default()).unwrap();
    masks.iter().map(DetailedMask::render).collect()
}

/// Returns the point of the object with the largest distance from its border: an annotator's click in the middle.
fn innermost(truth: &Truth) -> Point {
    let (width, height) = (truth.width as usize, truth.height as usize);
    let mut distances = vec![0_u32; truth.inside.len()];
    // Two passes of a chamfer distance; the border of the image is a border of the object.
    let at = |distances: &[u32], x: isize, y: isize| {
        let place = usize::try_from(x).ok().zip(usize::try_from(y).ok()).filter(|(x, y)| *x < width && *y < height);
        place.map_or(0, |(x, y)| distances[y * width + x])
    };
    let mut visit = |place: usize, neighbours: [(isize, isize, u32); 4], first: bool| {
        if !truth.inside[place] {
            return;
        }
        let (x, y) = ((place % width).cast_signed(), (place / width).cast_signed());
        let near = neighbours.iter().map(|(dx, dy, cost)| at(&distances, x + dx, y + dy) + cost).min().unwrap();
        distances[place] = if first { near } else { near.min(distances[place]) };
    };
    (0..truth.inside.len()).for_each(|place| visit(place, [(-1, 0, 5), (0, -1, 5), (-1, -1, 7), (1, -1, 7)], true));
    (0..truth.inside.len()).rev().for_each(|place| visit(place, [(1, 0, 5), (0, 1, 5), (1, 1, 7), (-1, 1, 7)], false));
    let place = (0..distances.len()).max_by_key(|place| distances[*place]).unwrap();
    let relative = |at: usize, length: u32| (f64::from(u32::try_from(at).unwrap()) + 0.5) / f64::from(length);
    Point::new(relative(place % width, truth.width), relative(place / width, truth.height))
}

#[test]
fn segments_objects_in_their_boxes() {
    let mean = mean_overlap(|_, embedding, truth| first_mask(embedding, &Prompts::from_box(truth.around), truth));
    assert!(mean > 0.855, "{mean:.3}");
}

#[test]
fn segments_objects_at_a_point() {
    let mean = mean_overlap(|_, embedding, truth| {
        let (_, x, y) = POINTS.iter().find(|(name, ..)| *name == truth.name).unwrap();
        first_mask(embedding, &Prompts::from_point(Point::new(*x, *y)), truth)
    });
    assert!(mean > 0.80, "{mean:.3}");
}

#[test]
fn detailed_masks_fit_objects_in_boxes() {
    let mean = mean_overlap(|image, embedding, truth| {
        detailed(image, embedding, &[Prompts::from_box(truth.around)]).remove(0)
    });
    assert!(mean > 0.865, "{mean:.3}");
}

#[test]
fn mirror_image_improves_masks_of_points() {
    let plain =
        mean_overlap(|_, embedding, truth| first_mask(embedding, &Prompts::from_point(innermost(truth)), truth));
    let better = mean_overlap(|image, embedding, truth| {
        detailed(image, embedding, &[Prompts::from_point(innermost(truth))]).remove(0)
    });
    assert!(better > plain, "{better:.3} instead of {plain:.3}");
}

/// Segments the objects of a scene in their boxes, and returns the mean intersection over union of the first masks and of
/// the detailed masks.
fn means_in_scene(image: &RgbImage, wanted: &[Truth]) -> (f64, f64) {
    let embedding = SEGMENTER.encode(image).unwrap();
    let prompts: Vec<Prompts> = wanted.iter().map(|truth| Prompts::from_box(truth.around)).collect();
    let masks = detailed(image, &embedding, &prompts);
    let better: Vec<f64> = wanted.iter().zip(&masks).map(|(truth, mask)| truth.overlap(mask)).collect();
    let plain = wanted.iter().zip(&prompts);
    let plain = plain.map(|(truth, prompts)| truth.overlap(&first_mask(&embedding, prompts, truth)));
    (mean(&plain.collect::<Vec<f64>>()), mean(&better))
}

#[test]
fn crops_improve_masks_of_small_objects() {
    for composition in [CUPS, SHUTTLES] {
        let Scene { image, wanted } = Scene::compose(&composition, SEED);
        let (plain, better) = means_in_scene(&image, &wanted[..4]);
        assert!(better > plain + 0.005, "{better:.3} instead of {plain:.3}");
    }
}

#[test]
fn crops_hardly_change_masks_of_coins() {
    for file_name in ["coins.png", "gravel.jpg"] {
        let Scene { image, wanted } = Scene::coins(file_name);
        let (plain, detailed) = means_in_scene(&image, &wanted[..4]);
        assert!(detailed > plain - 0.02, "{detailed:.3} instead of {plain:.3}");
    }
}
