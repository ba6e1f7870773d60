//! Quality of the engines on the photographs of the sample project.

use agent_runtime::agent_platform::labels::{Bitmask, BoundingBox};

use super::{Engine, GrabCut};
use crate::sample_project::ground_truth::{Truth, objects, photograph};

/// Returns the intersection over union of two masks.
fn overlap(one: &Bitmask, other: &Bitmask) -> f64 {
    let (one, other) = (one.to_rows().unwrap(), other.to_rows().unwrap());
    let count = |wanted: fn(u8, u8) -> u8| -> u32 {
        one.iter().zip(&other).map(|(one, other)| u32::from(wanted(*one, *other))).sum()
    };
    f64::from(count(|one, other| one & other)) / f64::from(count(|one, other| one | other))
}

/// Segments each ground-truth object from its tight box, and returns name and intersection over union.
fn measured(engine: &dyn Engine) -> Vec<(String, f64)> {
    let of = |truth: Truth| {
        // An error counts as no overlap.
        let mask = engine.segment(&photograph(&truth.file_name), &truth.around);
        let overlap = mask.map_or(0.0, |mask| overlap(&mask, &truth.mask.unwrap()));
        println!("{}: {overlap:.3}", truth.what);
        (truth.what, overlap)
    };
    objects("outlines.json").into_iter().map(of).collect()
}

fn check(engine: &dyn Engine, floors: &[(&str, f64)]) {
    let measured = measured(engine);
    assert_eq!(measured.len(), floors.len());
    for ((what, overlap), (name, floor)) in measured.into_iter().zip(floors) {
        assert!(what == *name && overlap >= *floor, "{what}: {overlap:.3}");
    }
}

#[test]
fn grab_cut_keeps_its_quality() {
    let floors = [
        ("cup", 0.79),
        ("rim", 0.26),
        ("saucer", 0.59),
        ("spoon", 0.44),
        ("rocket", 0.88),
        ("astronaut", 0.97),
        ("helmet", 0.93),
        ("shuttle", 0.88),
        ("photographer", 0.69),
        ("camera", 0.90),
    ];
    check(&GrabCut, &floors);
}

#[test]
fn rejects_tiny_and_empty_boxes() {
    let image = photograph("rocket.jpg");
    let refused = |x, y, width, height| {
        let shape = BoundingBox { x, y, width, height };
        GrabCut.segment(&image, &shape).unwrap_err().message().to_owned()
    };
    assert_eq!(refused(0.5, 0.5, 0.004, 0.004), "The box is too small to find an object in it.");
    assert_eq!(refused(1.2, 0.5, 0.1, 0.1), "The box is outside the image.");
    assert_eq!(refused(0.0, 0.0, 1.0, 1.0), "The box fills the image, so there is no background to compare with.");
}
