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

/// Reads the objects with masks.
pub(crate) fn objects() -> Vec<Truth> {
    let coco: Value = serde_json::from_slice(&fs::read(sample("ground-truth/outlines.json")).unwrap()).unwrap();
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
        let counts: Vec<usize> = serde_json::from_value(annotation["segmentation"]["counts"].clone()).unwrap();
        let runs = counts.into_iter().enumerate();
        let columns: Vec<u8> = runs.flat_map(|(run, length)| vec![u8::from(run % 2 == 1); length]).collect();
        let mask = Bitmask::from_columns(width.into(), height.into(), &columns).unwrap();
        let inside = mask.to_rows().unwrap().into_iter().map(|pixel| pixel == 1).collect();
        let name = with_id("categories", &annotation["category_id"])["name"].as_str().unwrap().to_owned();
        Truth { file_name: image["file_name"].as_str().unwrap().to_owned(), name, around, width, height, inside }
    };
    coco["annotations"].as_array().unwrap().iter().map(object).collect()
}
