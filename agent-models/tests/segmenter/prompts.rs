//! Prompts: invalid ones, several at once, and refinement.

use agent_models::sam::{MAX_POINTS, Mask, Polarity, Prompts, SegmentError};
use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::{Cancellation, RgbImage};

use crate::sample::{objects, photograph};
use crate::{ROCKET, SEGMENTER};

fn centre() -> Point {
    Point::new(0.5, 0.5)
}

#[test]
fn rejects_invalid_prompts() {
    let refused = |prompts: Prompts| SEGMENTER.predict(&ROCKET, &prompts).unwrap_err();
    assert_eq!(refused(Prompts::new()), SegmentError::NoPrompt);
    assert_eq!(refused(Prompts::from_point(Point::new(1.2, 0.5))), SegmentError::Outside);
    assert_eq!(refused(Prompts::from_point(Point::new(f64::NAN, 0.5))), SegmentError::Outside);
    let aside = BoundingBox { x: 1.5, y: 0.1, width: 0.2, height: 0.2 };
    assert_eq!(refused(Prompts::from_box(aside)), SegmentError::Outside);
    let many = (0..500).fold(Prompts::new(), |prompts, _| prompts.with_point(centre(), Polarity::Positive));
    assert_eq!(refused(many), SegmentError::TooManyPoints { given: 500, max: MAX_POINTS });
}

#[test]
fn accepts_the_maximum_of_points() {
    let prompts = (0..MAX_POINTS).fold(Prompts::new(), |prompts, _| prompts.with_point(centre(), Polarity::Positive));
    assert!(!SEGMENTER.predict(&ROCKET, &prompts).unwrap().is_empty());
}

#[test]
fn clips_boxes_to_the_image() {
    let shape = BoundingBox { x: -0.5, y: -0.5, width: 2.0, height: 2.0 };
    let whole = BoundingBox { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
    let [clipped, whole] = [shape, whole].map(|shape| SEGMENTER.predict(&ROCKET, &Prompts::from_box(shape)).unwrap());
    assert_eq!(clipped, whole);
}

#[test]
fn encodes_image_of_one_pixel() {
    let embedding = SEGMENTER.encode(&RgbImage::new(1, 1)).unwrap();
    let masks = SEGMENTER.predict(&embedding, &Prompts::from_point(centre())).unwrap();
    assert!(masks.iter().all(|mask| mask.render(1, 1).len() == 1));
    assert_eq!(SEGMENTER.encode(&RgbImage::new(0, 0)).unwrap_err(), SegmentError::EmptyImage);
}

#[test]
fn stops_encoding_when_cancelled() {
    let cancellation = Cancellation::default();
    cancellation.cancel();
    let stopped = SEGMENTER.encode_until(&photograph("rocket.jpg"), &cancellation);
    assert_eq!(stopped.unwrap_err(), SegmentError::Cancelled);
}

#[test]
fn predicts_several_objects_as_each_alone() {
    let objects = [0.2, 0.4, 0.6].map(|x| Prompts::from_point(Point::new(x, 0.5)));
    let together = SEGMENTER.predict_all(&ROCKET, &objects).unwrap();
    let alone: Vec<Vec<Mask>> = objects.iter().map(|object| SEGMENTER.predict(&ROCKET, object).unwrap()).collect();
    assert_eq!(together, alone);
}

#[test]
fn negative_point_removes_its_part() {
    let truth = objects("outlines.json").into_iter().find(|truth| truth.name == "rocket").unwrap();
    let (x, y) = (truth.around.x + truth.around.width / 2.0, truth.around.y + truth.around.height / 2.0);
    let prompts = Prompts::from_point(Point::new(x, y));
    let mut masks = SEGMENTER.predict(&ROCKET, &prompts).unwrap();
    masks.sort_by_key(Mask::area);
    let (part, whole) = (masks.first().unwrap(), masks.last().unwrap());
    let grid = (0..40).flat_map(|y| (0..40).map(move |x| Point::new(f64::from(x) / 40.0, f64::from(y) / 40.0)));
    let excess: Vec<Point> = grid.filter(|point| whole.contains(*point) && !part.contains(*point)).collect();
    let removed = excess[excess.len() / 2];
    let without = SEGMENTER.predict(&ROCKET, &prompts.with_point(removed, Polarity::Negative)).unwrap();
    assert!(!without[0].contains(removed));
}

#[test]
fn refines_drawn_mask() {
    let truth = objects("outlines.json").into_iter().find(|truth| truth.name == "rocket").unwrap();
    let drawn: Vec<u8> = truth.inside.iter().map(|inside| u8::from(*inside)).collect();
    let drawn = agent_platform::labels::Bitmask::from_rows(truth.width.into(), truth.height.into(), &drawn).unwrap();
    let mask = Mask::from_bitmask(&drawn).unwrap();
    let same = truth.overlap(&mask.render(truth.width, truth.height));
    assert!(same > 0.9, "{same:.3}");
    let refined = SEGMENTER.predict(&ROCKET, &Prompts::from_box(truth.around).with_mask(mask)).unwrap();
    let overlap = truth.overlap(&refined[0].render(truth.width, truth.height));
    println!("refined: {overlap:.3}");
    assert!(overlap > 0.7, "{overlap:.3}");
}

#[test]
fn detailed_masks_accept_all_prompts() {
    let image = photograph("rocket.jpg");
    let shape = BoundingBox { x: 0.45, y: 0.1, width: 0.1, height: 0.2 };
    let mask = SEGMENTER.predict(&ROCKET, &Prompts::from_box(shape)).unwrap().remove(0);
    let edge = Point::new(1.0, 1.0);
    let objects = [
        Prompts::from_box(shape).with_mask(mask).with_point(edge, Polarity::Negative),
        Prompts::from_box(shape).with_point(edge, Polarity::Positive),
        Prompts::from_point(centre()).with_point(edge, Polarity::Negative),
    ];
    let masks = SEGMENTER.predict_detailed(&image, &ROCKET, &objects, &Cancellation::default()).unwrap();
    let pixels = u64::from(image.width() * image.height());
    for mask in &masks {
        let label = mask.to_bitmask().unwrap();
        assert_eq!(label.width() * label.height(), pixels);
        assert!(mask.quality() > 0.3, "{mask:?}");
    }
    assert_eq!(masks.len(), objects.len());
}

#[test]
fn detailed_masks_reject_invalid_input() {
    let image = photograph("rocket.jpg");
    let cancellation = Cancellation::default();
    let none = SEGMENTER.predict_detailed(&image, &ROCKET, &[], &cancellation);
    assert_eq!(none, Ok(Vec::new()));
    let refused = |image: &RgbImage, prompts: Prompts, cancellation: &Cancellation| {
        SEGMENTER.predict_detailed(image, &ROCKET, &[prompts], cancellation).unwrap_err()
    };
    assert_eq!(refused(&RgbImage::new(7, 5), Prompts::from_point(centre()), &cancellation), SegmentError::OtherSize);
    assert_eq!(refused(&image, Prompts::new(), &cancellation), SegmentError::NoPrompt);
    cancellation.cancel();
    assert_eq!(refused(&image, Prompts::from_point(centre()), &cancellation), SegmentError::Cancelled);
}
