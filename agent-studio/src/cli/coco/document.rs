//! Parser of COCO files.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::report::Report;
use crate::cli::failure::Failure;

/// Identifier of an image, an annotation or a category: a number in most files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Number(i64),
    Text(String),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A COCO file. Invalid items are added to the report.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) info: Info,
    pub(super) images: Vec<Image>,
    pub(super) annotations: Vec<Annotation>,
    pub(super) categories: Vec<Category>,
}

/// Metadata of the file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Info {
    #[serde(default)]
    pub(super) description: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Image {
    pub(super) id: Id,
    pub(super) file_name: String,
    /// Width in pixels.
    pub(super) width: Option<u64>,
    /// Height in pixels.
    pub(super) height: Option<u64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Annotation {
    pub(super) id: Option<Id>,
    pub(super) image_id: Id,
    pub(super) category_id: Id,
    /// Left, top, width and height, in pixels.
    pub(super) bbox: Option<Vec<f64>>,
    /// Polygon rings in pixels, or a run-length encoded mask.
    pub(super) segmentation: Option<Value>,
    /// *x*, *y* and visibility of each point.
    pub(super) keypoints: Option<Vec<f64>>,
    #[serde(default)]
    pub(super) iscrowd: Value,
    #[serde(default)]
    pub(super) attributes: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub(super) id: Id,
    pub(super) name: String,
    #[serde(default)]
    pub(super) supercategory: Option<String>,
    /// Names of the keypoints.
    #[serde(default)]
    pub(super) keypoints: Vec<String>,
    /// Edges between keypoints, numbered from 1.
    #[serde(default)]
    pub(super) skeleton: Vec<(usize, usize)>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Members that are derived from imported ones, and therefore not reported.
const DERIVED_MEMBERS: [&str; 2] = ["area", "num_keypoints"];

impl Annotation {
    /// Returns the annotation's name in messages.
    pub(super) fn label(&self) -> String {
        self.id.as_ref().map_or_else(|| format!("one of image {}", self.image_id), ToString::to_string)
    }
}

impl Document {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// The file cannot be read, or is not a COCO file of instances or keypoints.
    pub(super) fn read(path: &Path, report: &mut Report) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::read(path, &error))?;
        let shown = path.display();
        let mut members: Map<String, Value> = serde_json::from_reader(BufReader::new(file))
            .map_err(|error| Failure::new(format!("{shown} is not a JSON object: {error}.")))?;
        let mut list = |key: &str| match members.remove(key) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(Failure::new(format!(
                "{shown} has no array `{key}`: a COCO file of instances or keypoints has images, annotations and \
                 categories."
            ))),
        };
        let (images, annotations, categories) = (list("images")?, list("annotations")?, list("categories")?);
        let info = members.remove("info").and_then(|info| serde_json::from_value(info).ok()).unwrap_or_default();
        for key in members.keys() {
            report.ignore_member(key, "");
        }
        let document = Self {
            info,
            images: parse_items(images, "images", report),
            annotations: parse_items(annotations, "annotations", report),
            categories: parse_items(categories, "categories", report),
        };
        document.report_rest(report);
        Ok(document)
    }

    fn report_rest(&self, report: &mut Report) {
        let images = self.images.iter().map(|image| ("images", &image.rest));
        let annotations = self.annotations.iter().map(|annotation| ("annotations", &annotation.rest));
        let categories = self.categories.iter().map(|category| ("categories", &category.rest));
        for (list, rest) in images.chain(annotations).chain(categories) {
            for key in rest.keys().filter(|key| !DERIVED_MEMBERS.contains(&key.as_str())) {
                report.ignore_member(&format!("{list}[].{key}"), "");
            }
        }
    }
}

/// Parses the valid items of an array and reports the others.
fn parse_items<T: DeserializeOwned>(list: Vec<Value>, name: &str, report: &mut Report) -> Vec<T> {
    let mut read = Vec::with_capacity(list.len());
    for (index, value) in list.into_iter().enumerate() {
        let id = value.get("id").map_or_else(|| format!("number {index}"), ToString::to_string);
        match serde_json::from_value(value) {
            Ok(one) => read.push(one),
            Err(error) => report.skip(&format!("{name} that cannot be read"), &format!("{id} ({error})")),
        }
    }
    read
}
