//! Quality on the photographs of the sample project.

use agent_models::sam::{Embedding, Prompts};
use agent_platform::labels::Point;

use crate::SEGMENTER;
use crate::sample::{Truth, objects, photograph};

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

/// Segments each object with the prompts of `prompt`, and returns the mean intersection over union of the first masks.
fn mean_overlap(prompt: impl Fn(&Truth) -> Prompts) -> f64 {
    let mut overlaps = Vec::new();
    let mut encoded: Option<(String, Embedding)> = None;
    for truth in objects("outlines.json") {
        if encoded.as_ref().is_none_or(|(name, _)| *name != truth.file_name) {
            encoded = Some((truth.file_name.clone(), SEGMENTER.encode(&photograph(&truth.file_name)).unwrap()));
        }
        let (_, embedding) = encoded.as_ref().unwrap();
        let masks = SEGMENTER.predict(embedding, &prompt(&truth)).unwrap();
        let overlap = truth.overlap(&masks[0].render(truth.width, truth.height));
        println!("{}: {overlap:.3}, predicted {:.3}", truth.name, masks[0].quality());
        overlaps.push(overlap);
    }
    assert_eq!(overlaps.len(), POINTS.len());
    let mean = overlaps.iter().sum::<f64>() / 10.0;
    println!("mean: {mean:.3}");
    mean
}

#[test]
fn segments_objects_in_their_boxes() {
    let mean = mean_overlap(|truth| Prompts::from_box(truth.around));
    assert!(mean > 0.855, "{mean:.3}");
}

#[test]
fn segments_objects_at_a_point() {
    let mean = mean_overlap(|truth| {
        let (_, x, y) = POINTS.iter().find(|(name, ..)| *name == truth.name).unwrap();
        Prompts::from_point(Point::new(*x, *y))
    });
    assert!(mean > 0.80, "{mean:.3}");
}
