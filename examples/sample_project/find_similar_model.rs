//! Tests of `find_similar` on the sample project with the promptable model. They require the weights in `SAM_MODEL`: see
//! `agent-models/fetch-weights.sh`.

use std::time::{Duration, Instant};

use agent_models::sam::SharedSegmenter;
use agent_runtime::agent_platform::labels::{AnyCoordinates, Bitmask, BoundingBox, LabelRow, Polygon, Vertex};
use agent_runtime::media::{Croppable, PixelBox};
use agent_runtime::{ObjectHash, Server};

use super::SampleProject;
use super::ground_truth::{objects, right};

/// Width and height of `coins.png`.
const SIZE: (u32, u32) = (384, 303);

fn segmenter() -> SharedSegmenter {
    let path = std::env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see agent-models/fetch-weights.sh");
    SharedSegmenter::load(path.as_ref()).unwrap()
}

/// Returns the true boxes of the coins.
fn coins(title: &str) -> Vec<BoundingBox> {
    let coins = objects("coins.json").into_iter().filter(|coin| coin.file_name == title);
    coins.map(|coin| coin.around).collect()
}

/// Returns the ellipse in a box as a polygon.
fn ellipse(shape: &BoundingBox) -> Polygon {
    let vertex = |step: u32| {
        let (sin, cos) = (f64::from(step) / 40.0 * std::f64::consts::TAU).sin_cos();
        Vertex::from((shape.x + shape.width * (0.5 + cos / 2.0), shape.y + shape.height * (0.5 + sin / 2.0)))
    };
    Polygon { polygons: vec![vec![(0..40).map(vertex).collect()]] }
}

/// Returns the pixels of a polygon as a bitmask.
fn bitmask(outline: &Polygon) -> Bitmask {
    let mask = outline.mask(SIZE.0, SIZE.1).unwrap();
    let PixelBox { x: left, y: top, width, height } = mask.pixels();
    let inside = |x: u32, y: u32| {
        let within = (left..left + width).contains(&x) && (top..top + height).contains(&y);
        u8::from(within && mask.inside()[((y - top) * width + x - left) as usize])
    };
    let pixels: Vec<u8> = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| inside(x, y))).collect();
    Bitmask::from_rows(SIZE.0.into(), SIZE.1.into(), &pixels).unwrap()
}

/// Labels objects in `coins.png` as an annotator, and returns their hashes.
fn labelled(sample: &SampleProject, class: &str, shapes: Vec<AnyCoordinates>) -> Vec<String> {
    let data = sample.payload("coins.png", 0, &[]).data_hash.to_string();
    let hashes = sample.platform.edit_as("annotator@example.test", &data, |row| {
        let add =
            |shape: AnyCoordinates| row.add(class).coordinates(shape).on(0).map(|object| object.hash().to_string());
        shapes.into_iter().map(add).collect::<Result<Vec<_>, _>>()
    });
    hashes.unwrap()
}

/// Returns the shapes of the objects of a class that are not in `before`.
fn added(row: &LabelRow, class: &str, before: &LabelRow) -> Vec<AnyCoordinates> {
    let known: Vec<ObjectHash> = before.objects().map(|object| object.hash().clone()).collect();
    let new = row.objects_of_class(class).filter(|object| !known.contains(object.hash()));
    let mut numbers = Vec::new();
    let shapes = new.map(|object| {
        let placed = object.at(0).unwrap();
        assert!(!placed.is_manual() && (0.5..=1.0).contains(&placed.confidence()), "{}", placed.confidence());
        numbers.extend(object.number());
        placed.any_coordinates().unwrap()
    });
    let shapes: Vec<AnyCoordinates> = shapes.collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), shapes.len(), "each has a number of its own");
    shapes
}

#[tokio::test]
async fn model_boxes_other_coins_once() {
    for (title, prompts) in [("coins.png", &["LWoqTDgv"][..]), ("gravel.jpg", &["eciMWgJQ"])] {
        let sample = SampleProject::start(Server::new().state(segmenter())).await;
        let before = sample.row(title);
        let payload = sample.payload(title, 0, prompts);
        let answer = sample.call("/find-similar", &payload).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let row = sample.row(title);
        let shape = |shape: AnyCoordinates| match shape {
            AnyCoordinates::BoundingBox(shape) => shape,
            other => panic!("{other:?}"),
        };
        let new: Vec<BoundingBox> = added(&row, "Coin", &before).into_iter().map(shape).collect();
        let boxed: Vec<BoundingBox> =
            before.objects_of_class("Coin").map(|coin| coin.at(0).unwrap().coordinates().unwrap()).collect();
        let missing: Vec<BoundingBox> = coins(title).into_iter().filter(|coin| right(&boxed, &[*coin]) == 0).collect();
        let is_right = right(&new, &missing);
        println!("{title}: {} added, {is_right} of {} right: {}", new.len(), missing.len(), answer.message);
        assert!(answer.message.starts_with(&format!("Boxed {} more of Coin, the least sure to 0.", new.len())));
        assert!(new.len() <= is_right + 1 && missing.len() <= is_right + 1, "{is_right} of {}", missing.len());
        let again = sample.call("/find-similar", &payload).await;
        assert_eq!(again.message, "No similar objects found on this frame.");
        assert_eq!(sample.row(title).objects().count(), row.objects().count());
    }
}

#[tokio::test]
async fn model_finds_polygons_and_bitmasks_for_the_same() {
    let sample = SampleProject::start(Server::new().state(segmenter())).await;
    let coins = coins("coins.png");
    for (class, verb, as_mask) in [("Item outline", "Outlined", false), ("Item mask", "Masked", true)] {
        let shape = |coin: &BoundingBox| -> AnyCoordinates {
            if as_mask { bitmask(&ellipse(coin)).into() } else { ellipse(coin).into() }
        };
        // The third object is labelled and not selected.
        let hashes = labelled(&sample, class, vec![shape(&coins[0]), shape(&coins[13]), shape(&coins[5])]);
        let before = sample.row("coins.png");
        let payload = sample.payload("coins.png", 0, &[&hashes[0], &hashes[1]]);
        let answer = sample.call("/find-similar", &payload).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let new = added(&sample.row("coins.png"), class, &before);
        assert!(answer.message.starts_with(&format!("{verb} {} more of {class}, ", new.len())), "{}", answer.message);
        let without = [&coins[1..5], &coins[6..13], &coins[14..]].concat();
        let mut around = Vec::new();
        for shape in &new {
            let mask = match shape {
                AnyCoordinates::Polygon(shape) if !as_mask => shape.mask(SIZE.0, SIZE.1).unwrap(),
                AnyCoordinates::Bitmask(shape) if as_mask => shape.mask(SIZE.0, SIZE.1).unwrap(),
                other => panic!("{other:?}"),
            };
            let pixels = mask.pixels();
            let whole = f64::from(pixels.width * pixels.height);
            let fill = f64::from(u32::try_from(mask.area()).unwrap()) / whole;
            assert!((0.68..0.9).contains(&fill), "a coin fills its box by 0.785, not {fill:.2}");
            let side = |at: u32, length: u32| f64::from(at) / f64::from(length);
            let (x, y) = (side(pixels.x, SIZE.0), side(pixels.y, SIZE.1));
            around.push(BoundingBox { x, y, width: side(pixels.width, SIZE.0), height: side(pixels.height, SIZE.1) });
        }
        let is_right = right(&around, &without);
        println!("{class}: {} added, {is_right} of {} right: {}", new.len(), without.len(), answer.message);
        assert!(new.len() <= is_right + 1 && without.len() <= is_right + 1, "{is_right} of {}", without.len());
        let again = sample.call("/find-similar", &payload).await;
        assert_eq!(again.message, "No similar objects found on this frame.");
    }
}

#[tokio::test]
async fn model_requires_boxes_polygons_or_bitmasks() {
    let sample = SampleProject::start(Server::new().state(segmenter())).await;
    let lamp = sample.row("rocket.jpg").objects_of_class("Lamp").next().unwrap().hash().to_string();
    let cases: [(&str, &[&str], &str); 3] = [
        ("coins.png", &[], "Select one or more boxes around objects to find."),
        ("astronaut.jpg", &["meEdYEqs", "uUtVVwJt"], "Select boxes of one class: these are Face and Item box."),
        ("rocket.jpg", &[&lamp], "Select boxes, polygons or bitmasks around objects to find."),
    ];
    for (title, selected, complaint) in cases {
        let answer = sample.call("/find-similar", &sample.payload(title, 0, selected)).await;
        assert_eq!((answer.status, answer.message.as_str()), (400, complaint));
    }
}

/// The only call that may run is the search, until it has stopped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn model_stops_searching_when_annotator_leaves() {
    let sample = SampleProject::start(Server::new().concurrency(1).state(segmenter())).await;
    let payload = sample.payload("galaxies.jpg", 0, &[]);
    let _ = sample.call("/segment", &payload).await;
    let data = payload.data_hash.to_string();
    let hash = sample.platform.edit_as("annotator@example.test", &data, |row| {
        let shape = BoundingBox { x: 0.4, y: 0.4, width: 0.05, height: 0.05 };
        row.add("Coin").coordinates(shape).on(0).map(|object| object.hash().to_string())
    });
    let hash = hash.unwrap();
    let payload = sample.payload("galaxies.jpg", 0, &[&hash]);
    // The first search encodes the image.
    let encoded = sample.call("/find-similar", &payload).await;
    assert_eq!(encoded.status, 200, "{}", encoded.message);
    let started = Instant::now();
    sample.call("/find-similar", &payload).await;
    let whole = started.elapsed();
    let left = tokio::time::timeout(whole / 6, sample.call("/find-similar", &payload)).await;
    assert!(left.is_err(), "the search is still running");
    let started = Instant::now();
    while sample.call("/count-selected", &payload).await.status == 503 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("a search takes {whole:.1?}; it stopped after {:.1?}", started.elapsed());
    assert!(started.elapsed() < whole / 2, "it stopped after {:.1?} of {whole:.1?}", started.elapsed());
}
