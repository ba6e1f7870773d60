//! Photographs of the sample project, and the masks of their objects: see `agent-studio/sample/README.md`.

use std::fs;
use std::path::PathBuf;

use agent_platform::labels::{Bitmask, BoundingBox};
use agent_platform::media::{Limits, RgbImage, decode};
use serde_json::Value;

/// Returns the path of a file in the sample project.
pub(crate) fn sample(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../agent-studio/sample", path].iter().collect()
}

/// Reads a photograph.
pub(crate) fn photograph(name: &str) -> RgbImage {
    decode(&fs::read(sample("data").join(name)).unwrap(), &Limits::default()).unwrap()
}

/// An object in a photograph.
pub(crate) struct Truth {
    pub(crate) file_name: String,
    pub(crate) name: String,
    pub(crate) around: BoundingBox,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the object, row by row.
    pub(crate) inside: Vec<bool>,
}

impl Truth {
    /// Returns the intersection over union with a mask.
    pub(crate) fn overlap(&self, mask: &[bool]) -> f64 {
        let count = |wanted: fn(bool, bool) -> bool| -> u32 {
            self.inside.iter().zip(mask).map(|(one, other)| u32::from(wanted(*one, *other))).sum()
        };
        f64::from(count(|one, other| one && other)) / f64::from(count(|one, other| one || other))
    }
}

/// Reads the objects of a ground-truth file.
pub(crate) fn objects(file: &str) -> Vec<Truth> {
    let coco: Value = serde_json::from_slice(&fs::read(sample("ground-truth").join(file)).unwrap()).unwrap();
    let with_id =
        |list: &str, id: &Value| coco[list].as_array().unwrap().iter().find(|entry| entry["id"] == *id).unwrap();
    let object = |annotation: &Value| {
        let image = with_id("images", &annotation["image_id"]);
        let side = |name: &str| u32::try_from(image[name].as_u64().unwrap()).unwrap();
        let (width, height) = (side("width"), side("height"));
        let numbers: Vec<f64> = serde_json::from_value(annotation["bbox"].clone()).unwrap();
        let around = BoundingBox {
            x: numbers[0] / f64::from(width),
            y: numbers[1] / f64::from(height),
            width: numbers[2] / f64::from(width),
            height: numbers[3] / f64::from(height),
        };
        let inside = match serde_json::from_value::<Vec<usize>>(annotation["segmentation"]["counts"].clone()) {
            Ok(counts) => {
                let runs = counts.into_iter().enumerate();
                let columns: Vec<u8> = runs.flat_map(|(run, length)| vec![u8::from(run % 2 == 1); length]).collect();
                let mask = Bitmask::from_columns(width.into(), height.into(), &columns).unwrap();
                mask.to_rows().unwrap().into_iter().map(|pixel| pixel == 1).collect()
            }
            // Coins have polygons, which are close to the ellipses in their boxes.
            Err(_) => ellipse(&around, width, height),
        };
        let name = with_id("categories", &annotation["category_id"])["name"].as_str().unwrap().to_owned();
        Truth { file_name: image["file_name"].as_str().unwrap().to_owned(), name, around, width, height, inside }
    };
    coco["annotations"].as_array().unwrap().iter().map(object).collect()
}

/// Returns the pixels of the ellipse in a box, row by row.
fn ellipse(around: &BoundingBox, width: u32, height: u32) -> Vec<bool> {
    let part = |at: u32, length: u32, from: f64, extent: f64| {
        ((f64::from(at) + 0.5) / f64::from(length) - from) / extent * 2.0 - 1.0
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| {
        let (x, y) = (part(x, width, around.x, around.width), part(y, height, around.y, around.height));
        x * x + y * y <= 1.0
    });
    pixels.collect()
}
