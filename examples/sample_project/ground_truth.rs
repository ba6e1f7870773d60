//! Ground truth of the photographs in the sample project: see `agent-studio/sample/README.md`.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use agent_runtime::agent_platform::labels::{Bitmask, BoundingBox, Polygon};
use agent_runtime::media::{Croppable, Limits, RgbImage, decode};
use serde_json::Value;

fn sample(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../agent-studio/sample", path].iter().collect()
}

/// Reads a photograph.
pub(crate) fn photograph(name: &str) -> Arc<RgbImage> {
    Arc::new(decode(&fs::read(sample("data").join(name)).unwrap(), &Limits::default()).unwrap())
}

/// An object in a photograph.
pub(crate) struct Truth {
    pub(crate) file_name: String,
    pub(crate) what: String,
    pub(crate) around: BoundingBox,
    /// Mask of the object, if known.
    pub(crate) mask: Option<Bitmask>,
}

/// Reads the objects of a ground-truth file.
pub(crate) fn objects(file: &str) -> Vec<Truth> {
    let coco: Value = serde_json::from_slice(&fs::read(sample("ground-truth").join(file)).unwrap()).unwrap();
    let with_id =
        |list: &str, id: &Value| coco[list].as_array().unwrap().iter().find(|entry| entry["id"] == *id).unwrap();
    let object = |annotation: &Value| {
        let image = with_id("images", &annotation["image_id"]);
        let (width, height) = (image["width"].as_u64().unwrap(), image["height"].as_u64().unwrap());
        let numbers: Vec<f64> = serde_json::from_value(annotation["bbox"].clone()).unwrap();
        let side = |length: u64| f64::from(u32::try_from(length).unwrap());
        let around = BoundingBox {
            x: numbers[0] / side(width),
            y: numbers[1] / side(height),
            width: numbers[2] / side(width),
            height: numbers[3] / side(height),
        };
        let counts: Option<Vec<usize>> = serde_json::from_value(annotation["segmentation"]["counts"].clone()).ok();
        let mask = counts.map(|counts| {
            let runs = counts.into_iter().enumerate();
            let columns: Vec<u8> = runs.flat_map(|(run, length)| vec![u8::from(run % 2 == 1); length]).collect();
            Bitmask::from_columns(width, height, &columns).unwrap()
        });
        let what = with_id("categories", &annotation["category_id"])["name"].as_str().unwrap().to_owned();
        Truth { file_name: image["file_name"].as_str().unwrap().to_owned(), what, around, mask }
    };
    coco["annotations"].as_array().unwrap().iter().map(object).collect()
}

/// Returns the number of true positives: found boxes that match different ground-truth boxes.
pub(crate) fn right(found: &[BoundingBox], there: &[BoundingBox]) -> usize {
    let mut left: Vec<&BoundingBox> = there.iter().collect();
    let mut right = 0;
    for shape in found {
        let best = left.iter().enumerate().map(|(index, other)| (index, other.intersection_over_union(shape)));
        let best = best.max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((index, 0.5..)) = best {
            left.swap_remove(index);
            right += 1;
        }
    }
    right
}

/// Returns the intersection over union of a polygon and a mask.
pub(crate) fn overlap(outline: &Polygon, truth: &Bitmask) -> f64 {
    let (width, height) = (u32::try_from(truth.width()).unwrap(), u32::try_from(truth.height()).unwrap());
    let (truth, mask) = (truth.to_rows().unwrap(), outline.mask(width, height).unwrap());
    let pixels = mask.pixels();
    let rows = mask.inside().chunks_exact(pixels.width as usize).zip(pixels.y..);
    let inside =
        rows.flat_map(|(row, y)| (pixels.x..).zip(row).filter(|(_, inside)| **inside).map(move |(x, _)| (x, y)));
    let both = inside.filter(|(x, y)| truth[(y * width + x) as usize] == 1).count();
    let either = mask.area() + truth.iter().filter(|pixel| **pixel == 1).count() - both;
    f64::from(u32::try_from(both).unwrap()) / f64::from(u32::try_from(either).unwrap())
}
