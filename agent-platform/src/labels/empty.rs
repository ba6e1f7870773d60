//! The text of a row for data that has no label row yet.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::{Tree, elements, float, is_object, member, members, quote, string, unsigned};

use super::data_type::{DataType, SpaceType};
use super::error::RowError;

/// Labels of one image, and of a point cloud.
const NO_LABELS: &str = r#"{"objects":[],"classifications":[]}"#;

/// As many images are made up for a group whose images the listing does not name. The number comes over the network.
const MOST_UNNAMED_IMAGES: u64 = 100_000;

/// Returns the text of the row that the platform would create for an entry of the listing.
///
/// # Errors
/// Text that is not JSON, an entry without `data_hash` or `data_type`, and an entry that names a label row.
pub(crate) fn empty_row(listing_entry: &str) -> Result<String, RowError> {
    Tree::parse(listing_entry)?;
    let entry = ListingEntry { members: members(listing_entry).collect() };
    if let Some(label_hash) = entry.string("label_hash").filter(|hash| !hash.is_empty()) {
        return Err(RowError::OnPlatform { label_hash: label_hash.into() });
    }
    entry.row()
}

/// An object that is being written.
struct ObjectWriter(String);

impl ObjectWriter {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn set(&mut self, key: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quote(key));
        self.0.push(':');
        self.0.push_str(value);
    }

    fn set_known(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// An entry of the listing. What it says in another type than expected it does not say.
struct ListingEntry<'t> {
    members: HashMap<Cow<'t, str>, &'t str>,
}

impl<'t> ListingEntry<'t> {
    /// As it is written.
    fn text(&self, key: &str) -> Option<&'t str> {
        self.members.get(key).copied().filter(|value| value.starts_with('"'))
    }

    fn text_or_null(&self, key: &str) -> &'t str {
        self.text(key).unwrap_or("null")
    }

    fn number(&self, key: &str) -> Option<&'t str> {
        self.members.get(key).copied().filter(|value| float(value).is_some())
    }

    fn flag(&self, key: &str) -> Option<&'t str> {
        self.members.get(key).copied().filter(|value| matches!(*value, "true" | "false"))
    }

    fn object(&self, key: &str) -> Option<&'t str> {
        self.members.get(key).copied().filter(|value| is_object(value))
    }

    fn string(&self, key: &str) -> Option<Cow<'t, str>> {
        self.text(key).and_then(string)
    }

    fn row(&self) -> Result<String, RowError> {
        let data_hash = self.text("data_hash").ok_or(RowError::Incomplete { missing: "data_hash" })?;
        let data_type = self.string("data_type").ok_or(RowError::Incomplete { missing: "data_type" })?;
        let data_type = data_type.to_lowercase();
        let mut row = ObjectWriter::new();
        row.set("label_hash", "null");
        row.set("branch_name", self.text("branch_name").unwrap_or(r#""main""#));
        row.set("created_at", "null");
        row.set("last_edited_at", "null");
        for key in ["dataset_hash", "dataset_title", "data_title"] {
            row.set(key, self.text_or_null(key));
        }
        row.set("data_hash", data_hash);
        row.set("data_type", &quote(&data_type));
        for key in ["is_image_sequence", "is_valid", "is_shadow_data"] {
            row.set_known(key, self.flag(key));
        }
        row.set("annotation_task_status", self.text_or_null("annotation_task_status"));
        row.set("label_status", self.text("label_status").unwrap_or(r#""NOT_LABELLED""#));
        for key in ["object_answers", "classification_answers", "object_actions"] {
            row.set(key, "{}");
        }
        row.set_known("scene", self.object("scene"));
        row.set("data_units", &self.units(data_hash, &DataType::from(data_type.as_str()))?);
        row.set("spaces", &self.spaces());
        Ok(row.end())
    }

    fn units(&self, data_hash: &str, data_type: &DataType) -> Result<String, RowError> {
        if *data_type == DataType::ImageGroup {
            return self.images();
        }
        let mut units = ObjectWriter::new();
        let key = string(data_hash).unwrap_or_default();
        units.set(&key, &self.unit(data_hash, data_type));
        Ok(units.end())
    }

    fn unit(&self, data_hash: &str, data_type: &DataType) -> String {
        let composite = matches!(data_type, DataType::Group | DataType::Scene);
        let mut unit = ObjectWriter::new();
        unit.set("data_hash", data_hash);
        unit.set("data_title", self.text_or_null("data_title"));
        if composite {
            unit.set("data_type", &quote(data_type.as_str()));
        } else {
            unit.set("data_type", self.text_or_null("file_type"));
        }
        unit.set("data_sequence", "0");
        if !composite {
            unit.set("data_link", self.text_or_null("data_link"));
            for key in ["width", "height", "audio_sample_rate", "audio_bit_depth", "audio_num_channels"] {
                unit.set_known(key, self.number(key));
            }
            unit.set_known("audio_codec", self.text("audio_codec"));
            unit.set_known("data_duration", self.number("duration"));
            unit.set_known("data_fps", self.number("frames_per_second"));
        }
        unit.set("labels", if *data_type == DataType::Image { NO_LABELS } else { "{}" });
        unit.end()
    }

    /// The data units of an image group: one for each image.
    fn images(&self) -> Result<String, RowError> {
        let mut units = ObjectWriter::new();
        let mut named = 0;
        for (image, position) in self.members.get("images_data").into_iter().flat_map(|list| elements(list)).zip(0..) {
            let frame = member(image, "index").and_then(unsigned).unwrap_or(position);
            add_image(&mut units, frame, image);
            named += 1;
        }
        if named == 0 {
            let count = self.number("number_of_frames").and_then(unsigned);
            let count = count.filter(|count| *count <= MOST_UNNAMED_IMAGES);
            for frame in 0..count.ok_or(RowError::Incomplete { missing: "images_data" })? {
                add_image(&mut units, frame, "{}");
            }
        }
        Ok(units.end())
    }

    /// The spaces as the listing describes them, without labels.
    fn spaces(&self) -> String {
        let mut spaces = ObjectWriter::new();
        for (id, space) in self.object("spaces").into_iter().flat_map(members) {
            let kind = SpaceType::from(member(space, "space_type").and_then(string).unwrap_or_default().as_ref());
            let mut own = ObjectWriter::new();
            for (key, value) in members(space).filter(|(key, _)| key != "labels") {
                own.set(&key, value);
            }
            let flat = matches!(kind, SpaceType::PointCloud | SpaceType::SceneImage);
            own.set("labels", if flat { NO_LABELS } else { "{}" });
            spaces.set(&id, &own.end());
        }
        spaces.end()
    }
}

/// One image of a group. Where the listing does not name it, its frame stands for its hash.
fn add_image(units: &mut ObjectWriter, frame: u64, image: &str) {
    let entry = ListingEntry { members: members(image).collect() };
    let hash = entry.string("image_hash").unwrap_or_else(|| frame.to_string().into());
    let mut unit = ObjectWriter::new();
    unit.set("data_hash", &quote(&hash));
    unit.set("data_title", entry.text_or_null("title"));
    unit.set("data_link", "null");
    unit.set("data_type", entry.text_or_null("file_type"));
    unit.set("data_sequence", &format!("\"{frame}\""));
    unit.set_known("width", entry.number("width"));
    unit.set_known("height", entry.number("height"));
    unit.set("labels", NO_LABELS);
    units.set(&hash, &unit.end());
}
